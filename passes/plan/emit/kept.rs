//! Old content that a launch leaves where it is although what it writes goes through a buffer of its own: nobody
//! reads it, and the copy back happens where something was written. It may be undefined.

use super::Emit;
use crate::plan::guard::Guard;
use crate::plan::place::{Base, Place};
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{Def, OpId, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// What is left of an old content.
pub(super) struct Kept {
    anchor: OpId,
    /// Where it is.
    dst: ValueId,
    /// Its sizes, as far as the type does not state them.
    sizes: Vec<ValueId>,
}

/// How a value is made of an old content and others.
struct Paths {
    /// Conditions under which it is something else.
    new: Vec<Guard>,
    /// Whether it is the old content under others.
    old: bool,
}

impl Emit<'_, '_> {
    /// Whether an output of a launch is chosen between an old content and others by conditions that the host
    /// knows, and only goes back to where that is.
    pub(super) fn kept(&mut self, anchor: OpId, output: ValueId, place: &Place) -> Option<Kept> {
        let func = self.func();
        let Base::Temp(_) = place.base else { return None };
        let mut users = self.plan.order.iter().filter(|id| {
            **id != anchor
                && self
                    .plan
                    .fusions
                    .command(id)
                    .iter()
                    .any(|member| func.op(*member).operands.contains(&output))
        });
        let (into, None) = (*users.next()?, users.next()) else { return None };
        let op = func.op(into);
        if Kind::of(op) != Some(Kind::Into) || self.plan.fusions.is_member(into) {
            return None;
        }
        let dst = op.operands[1];
        let paths = self.paths(anchor, output, dst);
        if !paths.old || !self.is_quiet(anchor, into, dst) {
            return None;
        }
        self.kept.insert(into, paths.new);
        let shaped = func.ty(output).tensor()?;
        let memref = self.map[&dst];
        let axes: Vec<usize> = (0..shaped.rank()).filter(|axis| shaped.dims[*axis].is_none()).collect();
        let sizes = axes.into_iter().map(|axis| self.top(|b| b.dim(memref, axis))).collect();
        Some(Kept { anchor, dst, sizes })
    }

    fn paths(&self, anchor: OpId, value: ValueId, dst: ValueId) -> Paths {
        let func = self.func();
        let same = Paths { new: vec![Guard::new()], old: false };
        let Def::Result(id, _) = func.def(value) else { return same };
        let op = func.op(id);
        if Kind::of(op) == Some(Kind::Read)
            && op.operands[0] == dst
            && !self.plan.places.saved.contains(&value)
        {
            return Paths { new: Vec::new(), old: true };
        }
        let member = self.plan.fusions.is_member(id) && self.plan.fusions.anchor(id) == anchor;
        if !member || &*op.name != "arith.select" || !self.map.contains_key(&op.operands[0]) {
            return same;
        }
        let mut all = Paths { new: Vec::new(), old: false };
        for (arm, side) in [(op.operands[1], true), (op.operands[2], false)] {
            let paths = self.paths(anchor, arm, dst);
            all.old |= paths.old;
            all.new.extend(paths.new.into_iter().map(|path| [vec![(op.operands[0], side)], path].concat()));
        }
        if all.old { all } else { same }
    }

    /// Whether nothing between a launch and the write of what it left may change the memory.
    fn is_quiet(&self, anchor: OpId, into: OpId, dst: ValueId) -> bool {
        let func = self.func();
        let position = |id: OpId| self.plan.order.iter().position(|other| *other == id);
        let (Some(from), Some(to)) = (position(anchor), position(into)) else { return false };
        let overlaps = |base: Base| base.may_overlap(Base::View(dst), self.plan.buffers);
        let writes = |id: &OpId| {
            let op = func.op(*id);
            let made = self.plan.fusions.command(id).iter().flat_map(|member| &func.op(*member).results);
            let placed =
                made.filter_map(|v| self.plan.places.get(func, *v)).any(|place| overlaps(place.base));
            match Kind::of(op) {
                Some(Kind::Read | Kind::Require | Kind::Enforce) => false,
                Some(Kind::Into) => overlaps(Base::View(op.operands[1])),
                _ => placed || (!crate::tidy::is_pure(op) && Kind::of(op).is_none()),
            }
        };
        // Its own outputs are written beside each other, which was seen to when they got their places.
        !self.plan.order[from + 1..to].iter().any(writes)
    }

    /// A value of a launch with nothing where it is the old content.
    pub(super) fn without_old(
        &mut self,
        value: ValueId,
        kept: &Kept,
        inner: &HashMap<ValueId, ValueId>,
    ) -> ValueId {
        let func = self.func();
        let paths = self.paths(kept.anchor, value, kept.dst);
        let Def::Result(id, _) = func.def(value) else { return inner[&value] };
        if !paths.old {
            return inner[&value];
        }
        let op = func.op(id);
        let ty: Type = func.ty(value).clone();
        if Kind::of(op) == Some(Kind::Read) {
            return self.b.value("tensor.empty", &kept.sizes, ty, &[]);
        }
        let arms: Vec<ValueId> =
            op.operands[1..].iter().map(|arm| self.without_old(*arm, kept, inner)).collect();
        self.b.value("arith.select", &[inner[&op.operands[0]], arms[0], arms[1]], ty, &[])
    }
}
