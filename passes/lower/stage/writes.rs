//! What a fusion writes, taken apart: a packed buffer is written part by part, without being built first.

use super::linear::{Linear, bounds};
use crate::guard::Guard;
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{Extent, Func, Op, OpId, Slice, ValueId};
use xpuc_dialect::ops::Kind;

/// A write of a value, or of a scalar, into a memref or into a slice of a slice of it.
#[derive(Debug, Clone)]
pub(super) struct Write {
    /// The `into`.
    pub(super) into: OpId,
    /// What is written.
    pub(super) value: ValueId,
    /// The memref written.
    pub(super) dst: ValueId,
    /// Slices of it, outermost first.
    pub(super) slices: Vec<(Extent, Extent)>,
    /// Scalars that have to be so.
    pub(super) guard: Guard,
    /// Nothing else uses the value: a scan needs no memory besides.
    pub(super) alone: bool,
    /// Whether it is written even if a clause fails.
    pub(super) always: bool,
}

/// Scans run on one core and are sequential.
pub(super) fn is_scan(op: &Op) -> bool {
    matches!(Kind::of(op), Some(Kind::Cumsum | Kind::ReduceSum | Kind::ReduceMax | Kind::Compact))
}

/// All writes of a body, in program order; parts of one value in the order they were put in.
pub(super) fn of(func: &Func, body: &[OpId], outside: &dyn Fn(ValueId) -> bool) -> Vec<Write> {
    let mut uses: HashMap<ValueId, usize> = HashMap::default();
    for operand in body.iter().flat_map(|id| &func.op(*id).operands) {
        *uses.entry(*operand).or_default() += 1;
    }
    let mut split = Split { func, outside, uses, writes: Vec::new() };
    for id in body {
        let op = func.op(*id);
        if Kind::of(op) == Some(Kind::Into) {
            split.write(Write {
                into: *id,
                value: op.operands[0],
                dst: op.operands[1],
                slices: Vec::new(),
                guard: Vec::new(),
                alone: true,
                always: false,
            });
        }
    }
    split.writes
}

struct Split<'a> {
    func: &'a Func,
    outside: &'a dyn Fn(ValueId) -> bool,
    uses: HashMap<ValueId, usize>,
    writes: Vec<Write>,
}

impl Split<'_> {
    fn write(&mut self, mut write: Write) {
        write.alone &= self.uses.get(&write.value) == Some(&1);
        let Some(op) = self.func.def_op(write.value) else { return self.writes.push(write) };
        if self.is_there(op, &write) {
            return;
        }
        match &*op.name {
            "tensor.cast" => self.write(Write { value: op.operands[0], ..write }),
            "tensor.insert_slice" | "tensor.insert" => match self.parts(&write) {
                Some(parts) => parts.into_iter().for_each(|part| self.write(part)),
                None => self.writes.push(write),
            },
            "arith.select"
                if op.operands[1..].iter().any(|arm| self.is_left(*arm, &write) || self.has_a_way(*arm)) =>
            {
                for (arm, side) in [(op.operands[1], true), (op.operands[2], false)] {
                    let mut arm = Write { value: arm, ..write.clone() };
                    arm.guard.push((op.operands[0], side));
                    self.write(arm);
                }
            }
            // What is undefined may stay as it is.
            "tensor.empty" if !write.slices.is_empty() || !write.guard.is_empty() => {}
            _ => self.writes.push(write),
        }
    }

    /// Whether a value is what the memory holds that it is to be written to.
    fn is_there(&self, op: &Op, write: &Write) -> bool {
        if &*op.name == "tensor.cast" {
            return self.func.def_op(op.operands[0]).is_some_and(|op| self.is_there(op, write));
        }
        let same = || self.uncast(op.operands[0]) == self.uncast(write.dst);
        Kind::of(op) == Some(Kind::Read) && write.slices.is_empty() && same()
    }

    /// Whether a value is, under some condition, what is there already or nothing.
    fn is_left(&self, value: ValueId, write: &Write) -> bool {
        self.func.def_op(value).is_some_and(|op| match &*op.name {
            "tensor.empty" => true,
            "arith.select" => op.operands[1..].iter().any(|arm| self.is_left(*arm, write)),
            _ => self.is_there(op, write),
        })
    }

    fn uncast(&self, memref: ValueId) -> ValueId {
        match self.func.def_op(memref) {
            Some(op) if &*op.name == "memref.cast" => self.uncast(op.operands[0]),
            _ => memref,
        }
    }

    /// Whether a value is better written by itself than element by element.
    fn has_a_way(&self, value: ValueId) -> bool {
        is_written_in_runs(self.func, value) || is_packed(self.func, value)
    }

    /// The parts put into an empty value, or into what is there, unless one may cover another.
    fn parts(&self, write: &Write) -> Option<Vec<Write>> {
        let mut parts = Vec::new();
        let mut slices = Vec::new();
        let mut whole = write.clone();
        loop {
            whole.alone &= self.uses.get(&whole.value) == Some(&1);
            let op = self.func.def_op(whole.value)?;
            let (part, slice, rest) = match &*op.name {
                "tensor.cast" => {
                    whole.value = op.operands[0];
                    continue;
                }
                "tensor.empty" => break,
                "xpu.read" if self.is_there(op, &whole) => break,
                "tensor.insert" => {
                    let &[scalar, rest, at] = &op.operands[..] else { return None };
                    (scalar, (Extent::Value(at), Extent::Const(1)), rest)
                }
                _ => {
                    let (part, slice) = Slice::of_insert(op)?;
                    (part, bounds(slice), slice.source)
                }
            };
            let mut inner = Write { value: part, ..whole.clone() };
            inner.slices.push(slice);
            parts.push(inner);
            slices.push(slice);
            whole.value = rest;
        }
        parts.reverse();
        Linear::new(self.func, self.outside).disjoint(&slices).then_some(parts)
    }
}

/// Whether a loop over elements is not the best way to write a value.
pub(super) fn is_written_in_runs(func: &Func, value: ValueId) -> bool {
    let Some(op) = func.def_op(value) else { return false };
    match &*op.name {
        "tensor.cast" => is_written_in_runs(func, op.operands[0]),
        _ => is_scan(op) || matches!(Kind::of(op), Some(Kind::Expand | Kind::SlotMapping)),
    }
}

/// Whether a value is put together from parts.
fn is_packed(func: &Func, value: ValueId) -> bool {
    let op = func.def_op(value);
    op.is_some_and(|op| match &*op.name {
        "tensor.cast" => is_packed(func, op.operands[0]),
        name => matches!(name, "tensor.insert_slice" | "tensor.insert"),
    })
}
