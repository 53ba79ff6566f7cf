//! Ops with an effect, in order: from which stage on each can happen.

use super::{Demand, Stages};
use crate::extents::Extents;
use crate::offload::operands_of;
use crate::offload::program::is_memref;
use crate::raise::ByBuffer;
use xpuc_dialect::ir::{Op, OpId, Space, ValueId};
use xpuc_dialect::ops::{Kind, space};

/// How far the walk has come.
struct Walk<'a> {
    /// The stage that host code has reached.
    now: usize,
    /// The first stage after the last op that nobody knows.
    floor: usize,
    /// Memrefs that were written, and the first stage that can read what is there since.
    writes: ByBuffer<(ValueId, usize)>,
    extents: Extents<'a>,
}

impl Stages<'_> {
    pub(super) fn walk(&mut self) {
        let program = self.program;
        let func = program.func;
        let extents = Extents::of(func, program.facts);
        let mut walk = Walk { now: 0, floor: 0, writes: ByBuffer::default(), extents };
        for (at, id) in program.ops.iter().enumerate() {
            let op = func.op(*id);
            match Kind::of(op) {
                Some(Kind::Read) => self.read(op, at, &walk),
                Some(Kind::Into) => self.into(op, at, &mut walk),
                Some(Kind::Materialize) => self.materialize(op, at, &mut walk),
                Some(Kind::Require) => self.require(op, *id, at, &mut walk),
                _ if program.is_known(op) => {}
                _ => self.unknown(op, *id, at, &mut walk),
            }
            self.effects.insert(*id, walk.now);
        }
    }

    fn read(&mut self, op: &Op, at: usize, walk: &Walk<'_>) {
        let program = self.program;
        let src = op.operands[0];
        let root = program.buffers.root(src).unwrap_or(src);
        let after = walk.writes.aliasing(&program.buffers, root);
        let after = after.filter(|(other, _)| !walk.extents.disjoint(src, *other));
        let after = after.map(|(_, stage)| *stage).max().unwrap_or(0);
        let on_host = space(program.func, op.results[0]) == Some(Space::Host);
        let seen = self.view_stage(src, at);
        let stage = after.max(walk.floor).max(seen).max(if on_host { walk.now } else { 0 });
        self.reads.insert(op.results[0], stage);
    }

    fn into(&mut self, op: &Op, at: usize, walk: &mut Walk<'_>) {
        let program = self.program;
        let value = program.source(op.operands[0]);
        let dst = op.operands[1];
        if space(program.func, dst) == Some(Space::Device) {
            walk.now = walk.now.max(self.write(value, at, walk.floor));
            if !self.late.contains(&dst) {
                walk.now = walk.now.max(self.view_stage(dst, at));
            }
        } else {
            walk.now = walk.now.max(self.on_host(value, at)).max(self.view_stage(dst, at));
        }
        let root = program.buffers.root(dst).unwrap_or(dst);
        walk.writes.add(root, (dst, walk.now + 1));
    }

    fn materialize(&mut self, op: &Op, at: usize, walk: &mut Walk<'_>) {
        let program = self.program;
        let value = program.source(op.operands[0]);
        if space(program.func, op.results[0]) == Some(Space::Device) {
            walk.now = walk.now.max(self.write(value, at, walk.floor));
            for (_, size) in program.size_scalars(value) {
                walk.now = walk.now.max(self.on_host(program.source(size), at));
            }
        } else {
            walk.now = walk.now.max(self.on_host(value, at));
        }
    }

    fn require(&mut self, op: &Op, id: OpId, at: usize, walk: &mut Walk<'_>) {
        let operands = self.program.operands(op);
        if !self.sides.clauses.contains(&id) {
            for operand in operands {
                walk.now = walk.now.max(self.on_host(operand, at));
            }
            self.clauses.push((at, walk.now));
            return;
        }
        let stage = operands.iter().map(|v| self.device_stage(*v)).max().unwrap_or(0);
        self.demand(stage, at, Demand::Clause(id));
        for operand in operands {
            self.mark_device(operand, stage, at);
        }
        self.launch(stage).computes = true;
        walk.now = walk.now.max(stage + 1);
    }

    fn unknown(&mut self, op: &Op, id: OpId, at: usize, walk: &mut Walk<'_>) {
        let program = self.program;
        for operand in operands_of(program.func, id) {
            walk.now = walk.now.max(if is_memref(program.func, operand) {
                self.view_stage(operand, at)
            } else {
                self.on_host(program.source(operand), at)
            });
        }
        let harmless = Kind::of(op) == Some(Kind::Alloc) || &*op.name == "func.return";
        if !harmless {
            walk.floor = walk.now + 1;
        }
        // The launch before may have started by then.
        for result in &op.results {
            self.reads.insert(*result, walk.floor);
        }
    }
}
