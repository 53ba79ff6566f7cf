//! The function as this pass sees it: values apart from where they are, and ops with an effect in order.

use crate::fail::can_fail;
use crate::infer_shapes::Facts;
use crate::pass::Sizes;
use crate::raise::{Buffers, ByBuffer};
use crate::size::{Measure, Size, host_size};
use crate::tidy::is_pure;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use xpuc_dialect::dim::{Symbol, SymbolKind};
use xpuc_dialect::ir::{Def, Func, Op, OpId, Shaped, Slice, Space, ValueId};
use xpuc_dialect::ops::{Kind, space};

/// What a value is to this pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// There on both sides, or as cheap to make on either: arguments, sizes, what is computed of them alone.
    Both,
    /// Comes from memory of this side, or from an op that nobody knows.
    Fixed(Space),
    /// A pure op that either side can compute.
    Free,
}

pub(super) struct Program<'a> {
    pub(super) func: &'a Func,
    pub(super) facts: &'a Facts,
    pub(super) buffers: Buffers,
    /// Ops of the body in order.
    pub(super) ops: Vec<OpId>,
    pub(super) position: HashMap<OpId, usize>,
    roles: HashMap<ValueId, Role>,
    /// Values that depend on memory of the device.
    of_device: HashSet<ValueId>,
    /// Values that an op which may fail takes part in, down to memory.
    fallible: HashSet<ValueId>,
    /// Views that a kernel can make.
    pub(super) late_views: HashSet<ValueId>,
    sizes: Sizes,
    /// Sizes that have been asked for.
    elements: RefCell<HashMap<ValueId, u64>>,
}

impl<'a> Program<'a> {
    pub(super) fn of(func: &'a Func, facts: &'a Facts, sizes: Sizes) -> Self {
        let ops = func.entry().map(|entry| func.block(entry).ops.clone()).unwrap_or_default();
        let position = ops.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut program = Program {
            func,
            facts,
            buffers: Buffers::of(func),
            ops,
            position,
            roles: HashMap::default(),
            of_device: HashSet::default(),
            fallible: HashSet::default(),
            late_views: HashSet::default(),
            sizes,
            elements: RefCell::default(),
        };
        for arg in func.args() {
            program.roles.insert(*arg, Role::Both);
        }
        for id in program.ops.clone() {
            program.classify(id);
        }
        program.find_late_views();
        program
    }

    fn classify(&mut self, id: OpId) {
        let func = self.func;
        let op = func.op(id);
        for result in &op.results {
            let role = self.role_of(op, *result);
            self.roles.insert(*result, role);
            let values = self.operands(op);
            if role == Role::Fixed(Space::Device) || values.iter().any(|v| self.of_device.contains(v)) {
                self.of_device.insert(*result);
            }
            if can_fail(func, op) || values.iter().any(|v| self.fallible.contains(v)) {
                self.fallible.insert(*result);
            }
        }
    }

    fn role_of(&self, op: &Op, result: ValueId) -> Role {
        let func = self.func;
        let side = space(func, result).unwrap_or(Space::Host);
        if is_memref(func, result) {
            return Role::Both;
        }
        if !is_pure(op) || op.results.len() != 1 {
            return Role::Fixed(side);
        }
        if &*op.name == "memref.dim" {
            return Role::Both;
        }
        // A size is there without the content, unless it is computed from some.
        if &*op.name == "tensor.dim" {
            let sizes = self.size_scalars(op.operands[0]);
            let there = sizes.iter().all(|(_, v)| self.role(self.source(*v)) == Role::Both);
            return if there { Role::Both } else { Role::Free };
        }
        let both = op.operands.iter().all(|v| self.role(self.source(*v)) == Role::Both);
        let cheap = func.ty(result).is_scalar()
            || matches!(Kind::of(op), Some(Kind::Constant | Kind::Range))
            || &*op.name == "tensor.empty";
        if both && cheap { Role::Both } else { Role::Free }
    }

    /// The value that transfers bring from one side to the other.
    pub(super) fn source(&self, value: ValueId) -> ValueId {
        match self.func.def_op(value) {
            Some(op) if is_transfer(op) => self.source(op.operands[0]),
            _ => value,
        }
    }

    pub(super) fn role(&self, value: ValueId) -> Role {
        self.roles.get(&value).copied().unwrap_or(Role::Both)
    }

    pub(super) fn is_of_device(&self, value: ValueId) -> bool {
        self.of_device.contains(&value)
    }

    pub(super) fn is_fallible(&self, value: ValueId) -> bool {
        self.fallible.contains(&value)
    }

    pub(super) fn op(&self, value: ValueId) -> Option<&'a Op> {
        self.func.def_op(value)
    }

    pub(super) fn is_tensor(&self, value: ValueId) -> bool {
        self.func.ty(value).tensor().is_some()
    }

    /// Operands that are values, transfers left out.
    pub(super) fn operands(&self, op: &Op) -> Vec<ValueId> {
        op.operands.iter().filter(|v| !is_memref(self.func, **v)).map(|v| self.source(*v)).collect()
    }

    /// Position of the op that makes a value; arguments come first.
    pub(super) fn made_at(&self, value: ValueId) -> usize {
        match self.func.def(value) {
            Def::Result(id, _) => self.position.get(&id).copied().unwrap_or(0),
            Def::Arg(..) => 0,
        }
    }

    /// Whether an op makes a view of a buffer or asks for its size.
    pub(super) fn is_view(&self, op: &Op) -> bool {
        op.name.starts_with("memref.") && is_pure(op)
    }

    /// Whether an op is one of those whose effects are known: values, views and what this pass handles by name.
    pub(super) fn is_known(&self, op: &Op) -> bool {
        is_pure(op) || Kind::of(op) == Some(Kind::Read)
    }

    /// Views whose extents the kernel may compute itself: nothing is done with them but one write of their
    /// buffer, which nobody reads and no other buffer overlaps.
    fn find_late_views(&mut self) {
        let func = self.func;
        let root = |memref: ValueId| self.buffers.root(memref).unwrap_or(memref);
        let is_candidate = |op: &Op| {
            let view = op.results.first().copied();
            let on_device = |v: ValueId| space(func, v) == Some(Space::Device) && is_memref(func, v);
            Slice::of(op).is_some() && view.is_some_and(on_device)
        };
        let candidates: Vec<ValueId> = self
            .ops
            .iter()
            .map(|id| func.op(*id))
            .filter(|op| is_candidate(op))
            .map(|op| op.results[0])
            .collect();
        if candidates.is_empty() {
            return;
        }
        let uses = func.uses();
        // Who does something with a buffer, and who uses a value.
        let mut users: ByBuffer<OpId> = ByBuffer::default();
        for id in func.walk() {
            let op = func.op(id);
            if !self.is_view(op) && &*op.name != "func.return" {
                for memref in op.operands.iter().filter(|v| is_memref(func, **v)) {
                    users.add(root(*memref), id);
                }
            }
        }
        let mut readers: HashMap<ValueId, HashSet<OpId>> = HashMap::default();
        for id in self.ops.iter().filter(|id| !is_transfer(func.op(**id))) {
            for value in self.operands(func.op(*id)) {
                readers.entry(value).or_default().insert(*id);
            }
        }
        let alone = |view: &ValueId| {
            let (Some(root), Some([into])) = (self.buffers.root(*view), uses.get(view).map(Vec::as_slice))
            else {
                return false;
            };
            let op = func.op(*into);
            Kind::of(op) == Some(Kind::Into)
                && op.operands[1] == *view
                && users.aliasing(&self.buffers, root).all(|user| user == into)
                && readers
                    .get(&self.source(op.operands[0]))
                    .is_none_or(|readers| readers.iter().all(|user| user == into))
        };
        self.late_views = candidates.into_iter().filter(alone).collect();
    }

    /// Whether the program reads memory that may be what a memref is a view of.
    pub(super) fn is_read(&self, memref: ValueId) -> bool {
        self.touched(memref, |op| Kind::of(op) == Some(Kind::Read) || Kind::of(op).is_none())
    }

    /// Whether the program writes memory that may be what a memref is a view of.
    pub(super) fn is_written(&self, memref: ValueId) -> bool {
        self.touched(memref, |op| !matches!(Kind::of(op), Some(Kind::Read)))
    }

    fn touched(&self, memref: ValueId, by: impl Fn(&Op) -> bool) -> bool {
        let root = |v: ValueId| self.buffers.root(v).unwrap_or(v);
        let passive = |op: &Op| self.is_view(op) || &*op.name == "func.return";
        self.ops.iter().map(|id| self.func.op(*id)).any(|op| {
            let touches =
                |v: &ValueId| is_memref(self.func, *v) && self.buffers.may_alias(root(memref), root(*v));
            !passive(op) && by(op) && op.operands.iter().any(touches)
        })
    }

    /// Elements of a value, as far as they can be foreseen.
    pub(super) fn elements(&self, value: ValueId) -> u64 {
        let mut known = self.elements.borrow_mut();
        *known.entry(value).or_insert_with(|| self.foresee(value))
    }

    fn foresee(&self, value: ValueId) -> u64 {
        let value_of = |symbol: &&Symbol| {
            let size = if *symbol.kind() == SymbolKind::Named { self.sizes.dim } else { self.sizes.data };
            ((*symbol).clone(), i64::try_from(size).unwrap_or(i64::MAX))
        };
        let mut elements = 1u64;
        for dim in self.facts.dims(value) {
            let values: BTreeMap<Symbol, i64> = dim.symbols().iter().map(value_of).collect();
            let size = dim.evaluate(&values).unwrap_or(0);
            elements = elements.saturating_mul(u64::try_from(size).unwrap_or(0).max(1));
        }
        elements
    }

    /// Bytes of a value.
    pub(super) fn bytes(&self, value: ValueId) -> u64 {
        let bits = self.func.ty(value).elem().bits().unwrap_or(64);
        self.elements(value).saturating_mul(u64::from(bits.div_ceil(8)))
    }

    /// Scalars that the size of a tensor is computed from, and the ops that they are operands of.
    pub(super) fn size_scalars(&self, value: ValueId) -> BTreeSet<(OpId, ValueId)> {
        let rank = self.func.ty(value).tensor().map_or(0, Shaped::rank);
        let scalar = |axis| match host_size(self.func, value, axis)? {
            (Size { of: Measure::Scalar(scalar), .. }, sized) => match self.func.def(sized) {
                Def::Result(id, _) => Some((id, scalar)),
                Def::Arg(..) => None,
            },
            _ => None,
        };
        (0..rank).filter_map(scalar).collect()
    }
}

pub(super) fn is_transfer(op: &Op) -> bool {
    matches!(Kind::of(op), Some(Kind::H2d | Kind::D2h)) && op.results.len() == 1
}

pub(super) fn is_memref(func: &Func, value: ValueId) -> bool {
    func.ty(value).memref().is_some()
}
