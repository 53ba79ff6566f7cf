//! The first stage at which something is there.

use super::Stages;
use crate::fail::can_fail;
use crate::offload::program::{Role, is_memref};
use xpuc_dialect::ir::{Def, OpId, ValueId};
use xpuc_dialect::ops::Kind;

impl Stages<'_> {
    /// The first launch that can use a value.
    pub(in crate::offload) fn device_stage(&mut self, value: ValueId) -> usize {
        let program = self.program;
        if let Some(stage) = self.device.get(&value) {
            return *stage;
        }
        let stage = match program.role(value) {
            Role::Both => 0,
            _ if let Some(read) = self.reads.get(&value) => *read,
            _ if !self.sides.is_device(value) => self.host_stage(value),
            _ => {
                let Def::Result(id, _) = program.func.def(value) else { return 0 };
                let op = program.func.op(id);
                let sizes = self.host_sizes(id, value);
                let mut stage = 0;
                for operand in program.operands(op) {
                    let late = sizes.contains(&operand);
                    stage =
                        stage.max(if late { self.host_stage(operand) } else { self.device_stage(operand) });
                }
                if can_fail(program.func, op) {
                    let made = program.made_at(value);
                    let before = self.clauses.iter().filter(|(at, _)| *at < made).map(|(_, stage)| *stage);
                    stage = stage.max(before.max().unwrap_or(0));
                }
                stage
            }
        };
        self.device.insert(value, stage);
        stage
    }

    /// The first stage at which the host can use a value.
    pub(super) fn host_stage(&mut self, value: ValueId) -> usize {
        let program = self.program;
        if let Some(stage) = self.host.get(&value) {
            return *stage;
        }
        let stage = if program.role(value) == Role::Both {
            0
        } else if self.sides.is_device(value) && !self.again(value) {
            self.device_stage(value) + 1
        } else if let Some(read) = self.reads.get(&value) {
            *read
        } else {
            let operands = program.op(value).map(|op| program.operands(op)).unwrap_or_default();
            operands.into_iter().map(|v| self.host_stage(v)).max().unwrap_or(0)
        };
        self.host.insert(value, stage);
        stage
    }

    /// The launch that writes a value to memory, where later ones find it.
    pub(in crate::offload) fn home(&mut self, value: ValueId) -> Option<usize> {
        let stage = self.homes.contains(&value).then(|| self.device_stage(value))?;
        Some(stage.max(self.earliest))
    }

    /// Size operands of the op of a value that the host has to know.
    pub(in crate::offload) fn host_sizes(&self, id: OpId, value: ValueId) -> Vec<ValueId> {
        if !self.sized.contains(&id) {
            return Vec::new();
        }
        let scalars = self.program.size_scalars(value).into_iter();
        scalars.filter(|(op, _)| *op == id).map(|(_, scalar)| scalar).collect()
    }

    /// Whether the host knows the extents of a view by a stage.
    pub(in crate::offload) fn is_view_ready(&mut self, view: ValueId, stage: usize) -> bool {
        if self.late.contains(&view) {
            return false;
        }
        let Some(op) = self.program.op(view) else { return true };
        if !self.program.is_view(op) {
            return Kind::of(op) == Some(Kind::Alloc);
        }
        op.operands.iter().all(|operand| {
            let operand = self.program.source(*operand);
            if is_memref(self.program.func, operand) {
                self.is_view_ready(operand, stage)
            } else {
                self.host_stage(operand) <= stage
            }
        })
    }
}
