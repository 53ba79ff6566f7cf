//! Values where they are needed: computed there, or transferred.

use super::{At, Emit, LAUNCH};
use crate::offload::program::Role;
use crate::size::{Measure, axis, host_size, more};
use xpuc_dialect::ir::{Attr, Builder, Def, Op, OpId, Shaped, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, space};

impl Emit<'_, '_> {
    /// A value for host code.
    pub(super) fn host(&mut self, value: ValueId) -> ValueId {
        let program = self.program;
        let value = program.source(value);
        if let Some(made) = self.host.get(&value)
            && space(program.func, value) != Some(Space::Device)
        {
            return *made;
        }
        if program.role(value) != Role::Both && self.sides.is_device(value) && !self.stages.again(value) {
            let stage = self.stages.device_stage(value);
            self.launch(stage);
            if let Some(made) = self.made.get(&(value, At::Host)) {
                return *made;
            }
        }
        let Some(op) = program.op(value) else { return value };
        if Kind::of(op) == Some(Kind::Read) {
            return self.read(value);
        }
        if let Some(made) = self.made.get(&(value, At::Host)) {
            return *made;
        }
        let made = if &*op.name == "tensor.dim" && program.role(value) == Role::Both {
            self.dim(op)
        } else {
            let operands: Vec<ValueId> = op.operands.iter().map(|v| self.host(*v)).collect();
            self.clone_op(op, value, &operands, Space::Host, None)
        };
        self.define(value, At::Host, made);
        made
    }

    /// A size that is known without the content.
    fn dim(&mut self, op: &Op) -> ValueId {
        self.size_along(op.operands[0], axis(self.program.func, op).unwrap_or(0))
    }

    /// A value for launch `stage`.
    pub(super) fn device(&mut self, value: ValueId, stage: usize) -> ValueId {
        let program = self.program;
        let value = program.source(value);
        let role = program.role(value);
        if role == Role::Both && !program.is_tensor(value) {
            return self.host(value);
        }
        if let Some(made) = self.made.get(&(value, At::Launch(stage))) {
            return *made;
        }
        if role != Role::Both {
            let remade = self.stages.is_remade(value);
            if !self.sides.is_device(value) && !remade {
                return if program.is_tensor(value) { self.up(value, stage) } else { self.host(value) };
            }
            if matches!(role, Role::Fixed(_)) {
                let read = program.op(value).is_some_and(|op| Kind::of(op) == Some(Kind::Read));
                return if read { self.read(value) } else { self.host(value) };
            }
            let first = if remade { stage } else { self.stages.device_stage(value) };
            if first < stage && !program.is_tensor(value) {
                return self.host(value);
            }
            if let Some(home) = self.stages.home(value).filter(|home| *home < stage && !remade) {
                self.launch(home);
                return self.device(value, home);
            }
        }
        let (Some(op), Def::Result(id, _)) = (program.op(value), program.func.def(value)) else {
            return value;
        };
        let sizes = self.stages.host_sizes(id, value);
        let mut operands = Vec::new();
        for operand in &op.operands {
            let known = sizes.contains(operand);
            operands.push(if known { self.host(*operand) } else { self.device(*operand, stage) });
        }
        let made = self.clone_op(op, value, &operands, Space::Device, Some(stage));
        self.define(value, At::Launch(stage), made);
        made
    }

    /// A value as it is written to the device: one of the host is sent, whatever launches do with it otherwise.
    pub(super) fn value_for_write(&mut self, value: ValueId, stage: usize) -> ValueId {
        match self.made.get(&(value, At::Launch(stage))) {
            None if self.stages.is_sent(value) => self.up(value, stage),
            Some(made) if self.stages.is_sent(value) => *made,
            _ => self.device(value, stage),
        }
    }

    /// A host tensor that is not packed with others.
    fn up(&mut self, value: ValueId, stage: usize) -> ValueId {
        let host = self.host(value);
        let ty = in_space(self.b.ty(host), Space::Device);
        let made = self.b.value(Kind::H2d.name(), &[host], ty, &[]);
        self.define(value, At::Launch(stage), made);
        made
    }

    /// What stands for a value from now on.
    pub(super) fn define(&mut self, value: ValueId, at: At, made: ValueId) {
        self.made.insert((value, at), made);
    }

    /// A value that a command of its own writes.
    pub(super) fn fill(&mut self, value: ValueId) -> ValueId {
        let Some(op) = self.program.op(value) else { return value };
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.host(*v)).collect();
        self.clone_op(op, value, &operands, Space::Device, None)
    }

    fn clone_op(
        &mut self,
        op: &Op,
        value: ValueId,
        operands: &[ValueId],
        side: Space,
        launch: Option<usize>,
    ) -> ValueId {
        let ty = in_space(self.program.func.ty(value), side);
        let loc = std::mem::replace(&mut self.b.loc, op.loc.clone());
        let made = self.in_launch(launch, |b| {
            let made = b.like(op, operands, &[ty], Vec::new());
            b.func.op(made).results[0]
        });
        self.b.loc = loc;
        made
    }

    pub(super) fn tag(&mut self, op: OpId, stage: usize) {
        self.b.func.op_mut(op).attrs.insert(LAUNCH.into(), Attr::Int(stage as i64, Type::I64));
    }

    /// What `build` yields, as an op of a launch; on the host without one.
    pub(super) fn in_launch(
        &mut self,
        launch: Option<usize>,
        build: impl FnOnce(&mut Builder<'_>) -> ValueId,
    ) -> ValueId {
        let made = build(&mut self.b);
        if let (Some(stage), Def::Result(op, _)) = (launch, self.b.func.def(made)) {
            self.tag(op, stage);
        }
        made
    }

    /// An op of a launch.
    pub(super) fn tagged(&mut self, name: &str, operands: &[ValueId], ty: Type, stage: usize) -> ValueId {
        self.in_launch(Some(stage), |b| b.value(name, operands, ty, &[]))
    }

    /// Elements of a rank-1 value, for the host.
    pub(super) fn size(&mut self, value: ValueId) -> ValueId {
        self.size_along(value, 0)
    }

    fn size_along(&mut self, value: ValueId, axis: usize) -> ValueId {
        let Some((size, _)) = host_size(self.program.func, value, axis) else {
            let made = self.outside(value);
            return self.b.dim(made, axis);
        };
        let measured = match size.of {
            Measure::Const(known) => return self.b.index(known + size.more),
            Measure::Scalar(scalar) => self.host(scalar),
            Measure::Dim(memref, axis) => {
                let memref = self.view(memref, None);
                self.b.dim(memref, axis)
            }
        };
        more(&mut self.b, measured, size.more)
    }
}

pub(super) fn in_space(ty: &Type, side: Space) -> Type {
    match ty {
        Type::Tensor(shaped) => Type::Tensor(Shaped { space: side, ..shaped.clone() }),
        other => other.clone(),
    }
}
