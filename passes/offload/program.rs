//! The function as this pass sees it: values apart from where they are, and ops with an effect in order.

use crate::infer_shapes::Facts;
use crate::pass::Sizes;
use crate::raise::Buffers;
use crate::tidy::is_pure;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use xpuc_dialect::dim::{Symbol, SymbolKind};
use xpuc_dialect::ir::{Attr, Def, Func, Op, OpId, Slice, Space, ValueId};
use xpuc_dialect::ops::{Kind, Parts, space};

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
    sizes: Sizes,
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
            roles: HashMap::new(),
            of_device: HashSet::new(),
            fallible: HashSet::new(),
            sizes,
        };
        for arg in func.args() {
            program.roles.insert(*arg, Role::Both);
        }
        for id in program.ops.clone() {
            program.classify(id);
        }
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
            if may_fail(func, op) || values.iter().any(|v| self.fallible.contains(v)) {
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

    /// Operands that are values, transfers left out; for a region op those within too.
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
    pub(super) fn late_views(&self) -> HashSet<ValueId> {
        let func = self.func;
        let uses = func.uses();
        let users = |v: ValueId| uses.get(&v).map_or(&[][..], Vec::as_slice);
        let alone = |view: ValueId| {
            let Some(root) = self.buffers.root(view) else { return false };
            let [into] = users(view) else { return false };
            let into = func.op(*into);
            let others = func.walk().into_iter().map(|id| func.op(id)).any(|op| {
                let used = |v: &ValueId| {
                    is_memref(func, *v) && self.buffers.may_alias(root, self.buffers.root(*v).unwrap_or(*v))
                };
                let passive = self.is_view(op) || std::ptr::eq(op, into) || &*op.name == "func.return";
                !passive && op.operands.iter().any(used)
            });
            Kind::of(into) == Some(Kind::Into)
                && into.operands[1] == view
                && !others
                && self.is_only_written(into)
        };
        let views = self.ops.iter().map(|id| func.op(*id)).filter(|op| {
            Slice::of(op).is_some()
                && op
                    .results
                    .first()
                    .is_some_and(|r| space(func, *r) == Some(Space::Device) && is_memref(func, *r))
        });
        views.map(|op| op.results[0]).filter(|view| alone(*view)).collect()
    }

    /// Whether nothing but one op uses the value that it writes.
    fn is_only_written(&self, into: &Op) -> bool {
        let value = self.source(into.operands[0]);
        let uses = |op: &Op| self.operands(op).contains(&value);
        self.ops
            .iter()
            .map(|id| self.func.op(*id))
            .all(|op| is_transfer(op) || std::ptr::eq(op, into) || !uses(op))
    }

    /// Elements of a value, as far as they can be foreseen.
    pub(super) fn elements(&self, value: ValueId) -> u64 {
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
        let mut found = BTreeSet::new();
        self.collect_sizes(self.source(value), &mut found);
        found
    }

    fn collect_sizes(&self, value: ValueId, found: &mut BTreeSet<(OpId, ValueId)>) {
        let func = self.func;
        let Def::Result(id, _) = func.def(value) else { return };
        let op = func.op(id);
        let Some(shaped) = func.ty(value).tensor() else { return };
        if shaped.dynamic_dims() == 0 {
            return;
        }
        if let Some(slice) = Slice::of(op) {
            if let xpuc_dialect::ir::Extent::Value(size) = slice.size {
                found.insert((id, size));
            }
            return;
        }
        let parts = Parts::of(op);
        if let Some(parts) = parts
            && parts.kind.is_sized()
        {
            found.extend(parts.sizes.iter().map(|size| (id, *size)));
            return;
        }
        if &*op.name == "tensor.empty" {
            found.extend(op.operands.iter().map(|size| (id, *size)));
            return;
        }
        if Kind::of(op) == Some(Kind::Read) {
            return;
        }
        // The same choice as where buffers are allocated: one operand tells the size.
        let stretches = |v: &ValueId| func.ty(*v).shaped().is_none_or(|s| s.dims.first() == Some(&Some(1)));
        let from = match (Kind::of(op), &*op.name) {
            (Some(Kind::Gather), _) => op.operands.get(1),
            (_, "tensor.insert" | "tensor.insert_slice" | "arith.select") => op.operands.get(1),
            _ => op.operands.iter().find(|v| !stretches(v)),
        };
        if let Some(input) = from {
            self.collect_sizes(self.source(*input), found);
        }
    }
}

pub(super) fn is_transfer(op: &Op) -> bool {
    matches!(Kind::of(op), Some(Kind::H2d | Kind::D2h)) && op.results.len() == 1
}

pub(super) fn is_memref(func: &Func, value: ValueId) -> bool {
    func.ty(value).memref().is_some()
}

/// Whether an op can fail at run time.
pub(super) fn may_fail(func: &Func, op: &Op) -> bool {
    let nonzero = |value: ValueId| {
        let constant = func.def_op(value).and_then(|op| op.attrs.get("value"));
        matches!(constant, Some(Attr::Int(n, _)) if *n != 0)
    };
    match Kind::of(op) {
        Some(Kind::Gather | Kind::Expand | Kind::SlotMapping) => true,
        Some(Kind::Broadcast(xpuc_dialect::ops::Binary::FloorDiv | xpuc_dialect::ops::Binary::Mod)) => {
            !op.operands.get(1).is_some_and(|v| nonzero(*v))
        }
        Some(_) => false,
        None => {
            let divides =
                op.name.starts_with("arith.") && (op.name.contains("div") || op.name.contains("rem"));
            (divides && !op.operands.get(1).is_some_and(|v| nonzero(*v)))
                || matches!(
                    &*op.name,
                    "tensor.extract" | "tensor.extract_slice" | "tensor.insert" | "tensor.insert_slice"
                )
        }
    }
}
