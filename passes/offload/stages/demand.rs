//! What launches are asked for, and what has to be transferred for it.

use super::{Demand, Launch, Stages};
use crate::offload::program::{Role, is_memref};
use xpuc_dialect::ir::{Def, ValueId};

impl Stages<'_> {
    pub(super) fn launch(&mut self, stage: usize) -> &mut Launch {
        self.launches.entry(stage).or_default()
    }

    pub(super) fn demand(&mut self, stage: usize, at: usize, demand: Demand) {
        self.launch(stage).demands.insert((at, demand));
    }

    /// A value is written to device memory: by which launch.
    pub(super) fn write(&mut self, value: ValueId, at: usize, floor: usize) -> usize {
        let mut stage = self.device_stage(value).max(self.earliest);
        // What needs nothing is written where it stands: an op before that nobody knows may use the memory.
        if self.program.role(value) == Role::Both {
            stage = stage.max(floor);
        }
        self.written.insert(at, stage);
        self.demand(stage, at, Demand::Value(value));
        if self.is_sent(value) {
            self.launch(stage).ups.insert(value);
            self.await_host(value, stage, at);
        } else {
            self.mark_device(value, stage, at);
        }
        stage
    }

    /// Whether a value that is written to the device comes from the host.
    pub(in crate::offload) fn is_sent(&self, value: ValueId) -> bool {
        let program = self.program;
        program.role(value) != Role::Both && program.is_tensor(value) && !self.sides.is_device(value)
    }

    /// A value is used by host code: from which stage on.
    pub(super) fn on_host(&mut self, value: ValueId, at: usize) -> usize {
        self.mark_host(value, at);
        self.host_stage(value)
    }

    /// Extents of a view are known to the host.
    pub(super) fn view_stage(&mut self, view: ValueId, at: usize) -> usize {
        let Some(op) = self.program.op(view).filter(|op| self.program.is_view(op)) else { return 0 };
        let mut stage = 0;
        for operand in &op.operands {
            let operand = self.program.source(*operand);
            stage = stage.max(if is_memref(self.program.func, operand) {
                self.view_stage(operand, at)
            } else {
                self.on_host(operand, at)
            });
        }
        stage
    }

    fn mark_host(&mut self, value: ValueId, at: usize) {
        let program = self.program;
        if program.role(value) == Role::Both {
            return;
        }
        if self.sides.is_device(value) && !self.again(value) {
            let stage = self.device_stage(value);
            let first = self.launch(stage).downs.entry(value).or_insert(at);
            *first = (*first).min(at);
            self.demand(stage, at, Demand::Value(value));
            self.mark_device(value, stage, at);
            return;
        }
        if self.on_host.insert(value) && !self.reads.contains_key(&value) {
            for operand in program.op(value).map(|op| program.operands(op)).unwrap_or_default() {
                self.mark_host(operand, at);
            }
        }
    }

    /// A launch needs a value of the host.
    fn await_host(&mut self, value: ValueId, stage: usize, at: usize) {
        if stage > 0 && self.host_stage(value) == stage {
            self.awaited.entry(stage).or_insert(value);
        }
        self.mark_host(value, at);
    }

    pub(super) fn mark_device(&mut self, value: ValueId, stage: usize, at: usize) {
        let program = self.program;
        if program.role(value) == Role::Both || !self.marked.insert((value, stage)) {
            return;
        }
        if !self.sides.is_device(value) && !self.is_remade(value) {
            if program.is_tensor(value) {
                self.launch(stage).ups.insert(value);
            }
            return self.await_host(value, stage, at);
        }
        if self.reads.contains_key(&value) {
            return;
        }
        let first = if self.is_remade(value) { stage } else { self.device_stage(value) };
        if first < stage {
            if !program.is_tensor(value) {
                return self.await_host(value, stage, at);
            }
            if self.home(value).is_some_and(|home| home < stage) {
                return;
            }
        }
        self.launch(stage).computes = true;
        let Def::Result(id, _) = program.func.def(value) else { return };
        let op = program.func.op(id);
        let sizes = self.host_sizes(id, value);
        for operand in program.operands(op) {
            if sizes.contains(&operand) {
                self.await_host(operand, stage, at);
            } else {
                self.mark_device(operand, stage, at);
            }
        }
    }
}
