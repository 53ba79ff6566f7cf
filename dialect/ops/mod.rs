//! The op table of the dialect, and views of operations by it.
//!
//! `SPEC.md` says what each op means; this table says it to passes.

use crate::ir::{Func, Op, Type, ValueId};
use rustc_hash::FxHashMap as HashMap;
use std::sync::LazyLock;

/// Elements of a verdict: the clause, the index, and `x` and `y` in two halves each (SPEC, `verdict`).
pub const VERDICT_ELEMENTS: u64 = 6;

/// Element-wise arithmetic: `broadcast_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binary {
    /// Sum, wrapping.
    Add,
    /// Difference, wrapping.
    Sub,
    /// Product, wrapping.
    Mul,
    /// Quotient, rounded toward minus infinity.
    FloorDiv,
    /// Remainder with the sign of the divisor.
    Mod,
    /// The smaller.
    Min,
    /// The larger.
    Max,
}

impl Binary {
    /// All of them.
    pub const ALL: [Binary; 7] =
        [Binary::Add, Binary::Sub, Binary::Mul, Binary::FloorDiv, Binary::Mod, Binary::Min, Binary::Max];

    /// The suffix of `xpu.broadcast_*`.
    pub fn as_str(self) -> &'static str {
        match self {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::FloorDiv => "floordiv",
            Binary::Mod => "mod",
            Binary::Min => "min",
            Binary::Max => "max",
        }
    }
}

/// How two integers compare, signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Predicate {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Slt,
    /// Less or equal.
    Sle,
    /// Greater.
    Sgt,
    /// Greater or equal.
    Sge,
}

impl Predicate {
    /// All of them.
    pub const ALL: [Predicate; 6] =
        [Predicate::Eq, Predicate::Ne, Predicate::Slt, Predicate::Sle, Predicate::Sgt, Predicate::Sge];

    /// The spelling of `arith.cmpi`.
    pub fn as_str(self) -> &'static str {
        match self {
            Predicate::Eq => "eq",
            Predicate::Ne => "ne",
            Predicate::Slt => "slt",
            Predicate::Sle => "sle",
            Predicate::Sgt => "sgt",
            Predicate::Sge => "sge",
        }
    }

    /// The inverse of [`Predicate::as_str`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == name)
    }

    /// How a message says it: "expected at least 1".
    pub fn in_words(self) -> &'static str {
        match self {
            Predicate::Eq => "exactly",
            Predicate::Ne => "other than",
            Predicate::Slt => "less than",
            Predicate::Sle => "at most",
            Predicate::Sgt => "more than",
            Predicate::Sge => "at least",
        }
    }
}

/// An op of the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Every element is one scalar.
    Constant,
    /// Arithmetic sequence.
    Range,
    /// Copy within one space.
    Copy,
    /// Elements of a table by index.
    Gather,
    /// Element-wise arithmetic.
    Broadcast(Binary),
    /// Element-wise comparison.
    Compare,
    /// Element-wise choice.
    Select,
    /// Running sum.
    Cumsum,
    /// Sum of all elements.
    ReduceSum,
    /// Largest element.
    ReduceMax,
    /// Elements whose mask is set, in order.
    Compact,
    /// Row of every token, from row offsets.
    Expand,
    /// Cache slot of every token, from row offsets.
    SlotMapping,
    /// Transfer, host to device.
    H2d,
    /// Transfer, device to host.
    D2h,
    /// Wait for the stream.
    Wait,
    /// Allocation of a buffer.
    Alloc,
    /// End of a buffer.
    Free,
    /// A clause of the contract.
    Require,
    /// Which clause checked on the device fails first.
    Verdict,
    /// Stops the program where the verdict says so.
    Enforce,
    /// Content of a buffer, as a value.
    Read,
    /// Write of a value into a buffer.
    Into,
    /// A value as a fresh buffer.
    Materialize,
    /// Device ops that share one launch.
    Fusion,
    /// Launch of a kernel.
    Launch,
    /// In a kernel: wait for the other cores of the cluster.
    Barrier,
}

impl Kind {
    /// Every kind, in the order of `SPEC.md`.
    pub fn all() -> Vec<Kind> {
        let mut all = vec![Kind::Constant, Kind::Range, Kind::Copy, Kind::Gather];
        all.extend(Binary::ALL.map(Kind::Broadcast));
        all.extend([
            Kind::Compare,
            Kind::Select,
            Kind::Cumsum,
            Kind::ReduceSum,
            Kind::ReduceMax,
            Kind::Compact,
            Kind::Expand,
            Kind::SlotMapping,
            Kind::H2d,
            Kind::D2h,
            Kind::Wait,
            Kind::Alloc,
            Kind::Free,
            Kind::Require,
            Kind::Verdict,
            Kind::Enforce,
            Kind::Read,
            Kind::Into,
            Kind::Materialize,
            Kind::Fusion,
            Kind::Launch,
            Kind::Barrier,
        ]);
        all
    }

    /// Full name of the op.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Constant => "xpu.constant",
            Kind::Range => "xpu.range",
            Kind::Copy => "xpu.copy",
            Kind::Gather => "xpu.gather",
            Kind::Broadcast(Binary::Add) => "xpu.broadcast_add",
            Kind::Broadcast(Binary::Sub) => "xpu.broadcast_sub",
            Kind::Broadcast(Binary::Mul) => "xpu.broadcast_mul",
            Kind::Broadcast(Binary::FloorDiv) => "xpu.broadcast_floordiv",
            Kind::Broadcast(Binary::Mod) => "xpu.broadcast_mod",
            Kind::Broadcast(Binary::Min) => "xpu.broadcast_min",
            Kind::Broadcast(Binary::Max) => "xpu.broadcast_max",
            Kind::Compare => "xpu.compare",
            Kind::Select => "xpu.select",
            Kind::Cumsum => "xpu.cumsum",
            Kind::ReduceSum => "xpu.reduce_sum",
            Kind::ReduceMax => "xpu.reduce_max",
            Kind::Compact => "xpu.compact",
            Kind::Expand => "xpu.expand",
            Kind::SlotMapping => "xpu.slot_mapping",
            Kind::H2d => "xpu.h2d",
            Kind::D2h => "xpu.d2h",
            Kind::Wait => "xpu.wait",
            Kind::Alloc => "xpu.alloc",
            Kind::Free => "xpu.free",
            Kind::Require => "xpu.require",
            Kind::Verdict => "xpu.verdict",
            Kind::Enforce => "xpu.enforce",
            Kind::Read => "xpu.read",
            Kind::Into => "xpu.into",
            Kind::Materialize => "xpu.materialize",
            Kind::Fusion => "xpu.fusion",
            Kind::Launch => "xpu.launch",
            Kind::Barrier => "xpu.barrier",
        }
    }

    /// The kind of an op name; `None` for ops of other dialects.
    pub fn from_name(name: &str) -> Option<Kind> {
        static KINDS: LazyLock<HashMap<&str, Kind>> =
            LazyLock::new(|| Kind::all().into_iter().map(|kind| (kind.name(), kind)).collect());
        if !name.starts_with("xpu.") {
            return None;
        }
        KINDS.get(name).copied()
    }

    /// The kind of an operation.
    pub fn of(op: &Op) -> Option<Kind> {
        Kind::from_name(&op.name)
    }

    /// Number of inputs of a compute op, transfer or copy: the operands before sizes or `out`.
    pub fn inputs(self) -> Option<usize> {
        Some(match self {
            Kind::Constant
            | Kind::Copy
            | Kind::Cumsum
            | Kind::ReduceSum
            | Kind::ReduceMax
            | Kind::Expand
            | Kind::H2d
            | Kind::D2h => 1,
            Kind::Range | Kind::Gather | Kind::Broadcast(_) | Kind::Compare | Kind::Compact => 2,
            Kind::Select => 3,
            Kind::SlotMapping => 7,
            _ => return None,
        })
    }

    /// Whether the op computes elements: everything with inputs that is no copy and no transfer.
    pub fn is_compute(self) -> bool {
        self.inputs().is_some() && !matches!(self, Kind::Copy | Kind::H2d | Kind::D2h)
    }

    /// Whether the size of the result cannot come from the inputs.
    pub fn is_sized(self) -> bool {
        matches!(self, Kind::Constant | Kind::Range | Kind::Expand | Kind::SlotMapping)
    }

    /// Whether element `i` of the result depends on element `i` of same-shaped inputs only
    /// (tables apart), so that it can be computed wherever it is used.
    pub fn is_pointwise(self) -> bool {
        matches!(
            self,
            Kind::Constant | Kind::Range | Kind::Gather | Kind::Broadcast(_) | Kind::Compare | Kind::Select
        )
    }

    /// Inputs whose buffer may be the very buffer of the result (SPEC, "In-place").
    pub fn may_reuse_input(self, op: &Op, input: usize) -> bool {
        match self {
            // Each sum is written where its last summand was read.
            Kind::Cumsum => !op.has("exclusive"),
            Kind::Broadcast(_) | Kind::Compare | Kind::Select => true,
            // The table is read out of order; the index only at the element being written.
            Kind::Gather => input == 1,
            _ => false,
        }
    }
}

/// The two forms of an op with inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Writes its last operand; no result.
    Buffer {
        /// The buffer written.
        out: ValueId,
    },
    /// Yields a value.
    Value {
        /// The result.
        result: ValueId,
    },
}

/// A compute op, transfer or copy, taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The op.
    pub kind: Kind,
    /// Inputs in order.
    pub inputs: &'a [ValueId],
    /// Sizes of the result (value form of sized ops), index typed.
    pub sizes: &'a [ValueId],
    /// Where the result goes.
    pub form: Form,
}

impl<'a> Parts<'a> {
    /// Takes an operation apart; `None` when it is no op with inputs, or has too few operands.
    pub fn of(op: &'a Op) -> Option<Self> {
        let kind = Kind::of(op)?;
        let count = kind.inputs()?;
        if op.operands.len() < count {
            return None;
        }
        let (inputs, rest) = op.operands.split_at(count);
        match (op.results.as_slice(), rest) {
            (&[result], sizes) => Some(Parts { kind, inputs, sizes, form: Form::Value { result } }),
            (&[], &[out]) => Some(Parts { kind, inputs, sizes: &[], form: Form::Buffer { out } }),
            _ => None,
        }
    }

    /// The value that stands for the result: `out` or the result.
    pub fn target(&self) -> ValueId {
        match self.form {
            Form::Buffer { out } => out,
            Form::Value { result } => result,
        }
    }
}

/// Whether a function is what a launch runs: a kernel, which is in lowered form from the start.
pub fn is_kernel(func: &Func) -> bool {
    func.attrs.contains_key("xpu.kernel")
}

/// The `predicate` attribute of `compare` and `require`.
pub fn predicate(op: &Op) -> Option<Predicate> {
    Predicate::from_name(op.str_attr("predicate")?)
}

/// The space of a memref or tensor value.
pub fn space(func: &Func, value: ValueId) -> Option<crate::ir::Space> {
    func.ty(value).shaped().map(|s| s.space)
}

/// Whether a type is one that ops take as a scalar.
pub fn is_scalar(ty: &Type) -> bool {
    ty.is_scalar()
}
