//! Launches: what each is asked for, in the order of the program, and what comes down after it.

use super::{Emit, pack};
use crate::offload::program::Role;
use crate::offload::stages::{Demand, Launch};
use rustc_hash::FxHashSet as HashSet;
use xpuc_dialect::ir::{Layout, OpId, Shaped, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, VERDICT_ELEMENTS, space};

impl Emit<'_, '_> {
    /// Emits all launches up to one, and what comes down after each.
    pub(super) fn launch(&mut self, last: usize) {
        while self.launched <= last {
            let stage = self.launched;
            self.launched += 1;
            self.emit_launch(stage);
        }
    }

    fn emit_launch(&mut self, stage: usize) {
        let Some(launch) = self.stages.launches.remove(&stage) else { return };
        let loc = self.b.loc.clone();
        let is_launch = launch.computes || launch.pays(self.costs);
        if is_launch {
            pack::up(self, &launch.ups, stage);
        }
        self.views(&launch, stage);
        let mut clauses = 0;
        let mut written = HashSet::default();
        for (at, demand) in &launch.demands {
            match demand {
                Demand::Clause(id) => {
                    self.check(*id, stage, clauses);
                    clauses += 1;
                }
                Demand::Value(value) => {
                    if !self.is_fill(*at, *value) || self.joins(*at, *value) {
                        self.compute(*at, *value, stage, is_launch.then_some(&mut written));
                    }
                }
            }
        }
        let verdict = (clauses > 0).then(|| self.verdict(stage));
        let mut downs: Vec<(usize, ValueId)> = launch.downs.iter().map(|(v, at)| (*at, *v)).collect();
        downs.sort_unstable();
        let downs: Vec<ValueId> = downs.into_iter().map(|(_, v)| v).collect();
        pack::down(self, &downs, verdict, stage, is_launch);
        self.b.loc = loc;
    }

    /// Views that the launch can write through are there before it.
    fn views(&mut self, launch: &Launch, stage: usize) {
        for (at, _) in &launch.demands {
            let op = self.program.func.op(self.program.ops[*at]);
            if Kind::of(op) == Some(Kind::Into) && self.stages.is_view_ready(op.operands[1], stage) {
                self.view(op.operands[1], None);
            }
        }
    }

    /// A clause that the launch checks, and its number in the verdict.
    fn check(&mut self, id: OpId, stage: usize, number: i64) {
        let op = self.program.func.op(id);
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.device(*v, stage)).collect();
        self.b.loc = op.loc.clone();
        let made = self.b.like(op, &operands, &[], Vec::new());
        self.tag(made, stage);
        self.clauses.insert(id, (stage, number));
    }

    /// What the op at a position takes from the launch. `written` are the values that the launch writes already, if
    /// it is one and not a few transfers.
    fn compute(&mut self, at: usize, value: ValueId, stage: usize, written: Option<&mut HashSet<ValueId>>) {
        let made = self.value_for_write(value, stage);
        // What comes down for a write is not what is written.
        let op = self.program.func.op(self.program.ops[at]);
        let writes = matches!(Kind::of(op), Some(Kind::Into | Kind::Materialize))
            && self.program.source(op.operands[0]) == value;
        if let Some(written) = written
            && writes
            && self.goes_to_device(at)
        {
            // Memory that is there, or a value that is written elsewhere too, is copied by the launch.
            let there = self.program.role(value) == Role::Fixed(Space::Device) || written.contains(&value);
            if there && self.joins(at, value) {
                let ty = self.b.ty(made).clone();
                let copy = self.tagged("tensor.cast", &[made], ty, stage);
                self.copies.insert(at, copy);
            } else {
                written.insert(value);
            }
        }
        // The view that the kernel writes through is its own.
        if let Some(dst) = op.operands.get(1).filter(|dst| self.stages.late.contains(dst)) {
            self.view(*dst, Some(stage));
        }
    }

    fn verdict(&mut self, stage: usize) -> ValueId {
        let ty = Type::Tensor(Shaped {
            elem: Type::I32.into(),
            dims: vec![Some(VERDICT_ELEMENTS)],
            space: Space::Device,
            layout: Layout::Identity,
        });
        self.tagged(Kind::Verdict.name(), &[], ty, stage)
    }

    /// The verdict of a launch is on the host: what failed is said before anything else is looked at.
    pub(super) fn judge(&mut self, stage: usize, verdict: ValueId) {
        self.verdicts.insert(stage, verdict);
        self.enforce(stage);
    }

    /// Whether the op at a position writes a value to the device that needs no launch: a constant, a range.
    pub(super) fn is_fill(&self, at: usize, value: ValueId) -> bool {
        self.program.role(value) == Role::Both && self.goes_to_device(at)
    }

    /// Whether a write that needs no launch may as well be done by one, earlier: nobody reads the memory it goes
    /// to, and what it copies does not change.
    pub(super) fn joins(&self, at: usize, value: ValueId) -> bool {
        let program = self.program;
        let op = program.func.op(program.ops[at]);
        let free = op.operands.get(1).is_none_or(|dst| !program.is_read(*dst));
        let source = program.op(value).filter(|op| Kind::of(op) == Some(Kind::Read));
        free && source.is_none_or(|read| !program.is_written(read.operands[0]))
    }

    fn goes_to_device(&self, at: usize) -> bool {
        let func = self.program.func;
        let op = func.op(self.program.ops[at]);
        let memref = op.results.first().or(op.operands.get(1));
        memref.is_some_and(|v| space(func, *v) == Some(Space::Device))
    }
}
