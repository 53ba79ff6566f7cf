//! The function written anew: values where they are computed, launch by launch, effects in their order.

use super::pack;
use super::program::{Program, Role, is_memref};
use super::sides::Sides;
use super::stages::{Demand, Stages};
use crate::pass::Costs;
use crate::size::{Measure, axis, host_size, more};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;
use xpuc_dialect::ir::{Attr, Builder, Def, Func, Op, OpId, OpSpec, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, VERDICT_ELEMENTS, space};

/// On an op of the device: the number of the launch that computes it, for `plan`.
pub(crate) const LAUNCH: &str = "xpu.launch";

pub(super) struct Emit<'a, 'f> {
    pub(super) program: &'a Program<'a>,
    pub(super) stages: &'a mut Stages<'a>,
    sides: &'a Sides,
    pub(super) costs: &'a Costs,
    pub(super) b: Builder<'f>,
    memrefs: HashMap<ValueId, ValueId>,
    host: HashMap<ValueId, ValueId>,
    device: HashMap<(ValueId, usize), ValueId>,
    /// Copies within a launch, by the position of the write they are for.
    copies: HashMap<usize, ValueId>,
    /// Verdict of each launch on the host, and the number of each of its clauses.
    verdicts: BTreeMap<usize, ValueId>,
    clauses: HashMap<OpId, (usize, i64)>,
    /// Clauses that are written already.
    enforced: HashSet<OpId>,
    launched: usize,
    /// What was packed, for remarks.
    pub(super) packed: Vec<pack::Transfer>,
}

pub(super) fn emit<'a>(
    program: &'a Program<'a>,
    sides: &'a Sides,
    stages: &'a mut Stages<'a>,
    costs: &'a Costs,
) -> (Func, Vec<pack::Transfer>) {
    let mut out = program.func.empty_like();
    let entry = out.body[0];
    let args: Vec<(ValueId, ValueId)> =
        program.func.args().iter().copied().zip(out.args().to_vec()).collect();
    let mut emit = Emit {
        program,
        stages,
        sides,
        costs,
        b: Builder::new(&mut out, entry),
        memrefs: args.iter().copied().collect(),
        host: args.into_iter().collect(),
        device: HashMap::default(),
        copies: HashMap::default(),
        verdicts: BTreeMap::new(),
        clauses: HashMap::default(),
        enforced: HashSet::default(),
        launched: 0,
        packed: Vec::new(),
    };
    for (at, id) in program.ops.iter().enumerate() {
        emit.op(at, *id);
    }
    let packed = std::mem::take(&mut emit.packed);
    (out, packed)
}

impl<'a> Emit<'a, '_> {
    fn op(&mut self, at: usize, id: OpId) {
        let program = self.program;
        let func = program.func;
        let op = func.op(id);
        self.b.loc = op.loc.clone();
        match Kind::of(op) {
            Some(Kind::Read) => {
                self.read(op.results[0]);
            }
            Some(Kind::Into) => {
                let value = self.written(at, op.operands[0], space(func, op.operands[1]));
                let late = self.stages.late.contains(&op.operands[1]);
                let stage = self.stages.device_stage(program.source(op.operands[0]));
                let dst = self.view(op.operands[1], late.then_some(stage));
                self.b.loc = op.loc.clone();
                self.b.like(op, &[value, dst], &[], Vec::new());
            }
            Some(Kind::Materialize) => {
                let value = self.written(at, op.operands[0], space(func, op.results[0]));
                self.b.loc = op.loc.clone();
                let made = self.b.like(op, &[value], &[func.ty(op.results[0]).clone()], Vec::new());
                self.memrefs.insert(op.results[0], self.b.func.op(made).results[0]);
            }
            Some(Kind::Require) => self.clause(op, id),
            Some(Kind::Alloc) => {
                self.alloc(op);
            }
            _ if program.is_known(op) => {}
            _ => self.unknown(op, id),
        }
    }

    /// A value as it is written to memory of a space by the op at a position.
    fn written(&mut self, at: usize, value: ValueId, space: Option<Space>) -> ValueId {
        let value = self.program.source(value);
        if space != Some(Space::Device) {
            return self.host(value);
        }
        if self.is_fill(at, value) && !self.joins(at, value) {
            return self.fill(value);
        }
        let stage = self.stages.written.get(&at).copied().unwrap_or_else(|| self.stages.device_stage(value));
        self.launch(stage);
        if let Some(copy) = self.copies.get(&at) {
            return *copy;
        }
        self.value_for_write(value, stage)
    }

    fn read(&mut self, value: ValueId) -> ValueId {
        if let Some(made) = self.host.get(&value) {
            return *made;
        }
        let Some(op) = self.program.op(value) else { return value };
        let src = self.view(op.operands[0], None);
        let loc = std::mem::replace(&mut self.b.loc, op.loc.clone());
        let made = self.b.like(op, &[src], &[self.program.func.ty(value).clone()], Vec::new());
        self.b.loc = loc;
        let result = self.b.func.op(made).results[0];
        self.host.insert(value, result);
        result
    }

    /// A memref; one that a kernel makes belongs to its launch.
    fn view(&mut self, memref: ValueId, launch: Option<usize>) -> ValueId {
        if let Some(made) = self.memrefs.get(&memref) {
            return *made;
        }
        let Some(op) = self.program.op(memref) else { return memref };
        if Kind::of(op) == Some(Kind::Alloc) {
            return self.alloc(op);
        }
        let mut operands = Vec::new();
        for operand in &op.operands {
            operands.push(if is_memref(self.program.func, *operand) {
                self.view(*operand, None)
            } else if let Some(stage) = launch {
                self.device(self.program.source(*operand), stage)
            } else {
                self.host(*operand)
            });
        }
        let made = self.b.like(op, &operands, &[self.program.func.ty(memref).clone()], Vec::new());
        if let Some(stage) = launch {
            self.tag(made, stage);
        }
        let result = self.b.func.op(made).results[0];
        self.memrefs.insert(memref, result);
        result
    }

    /// A buffer that stays one, made where it is first needed.
    fn alloc(&mut self, op: &Op) -> ValueId {
        if let Some(made) = self.memrefs.get(&op.results[0]) {
            return *made;
        }
        let sizes: Vec<ValueId> = op.operands.iter().map(|v| self.host(*v)).collect();
        let made = self.b.like(op, &sizes, &[self.program.func.ty(op.results[0]).clone()], Vec::new());
        let result = self.b.func.op(made).results[0];
        self.memrefs.insert(op.results[0], result);
        result
    }

    /// An op that stays as it is, on host values.
    fn unknown(&mut self, op: &Op, id: OpId) {
        let program = self.program;
        let func = program.func;
        for operand in super::operands_of(func, id) {
            self.outside(operand);
        }
        self.b.loc = op.loc.clone();
        let entry = self.b.block;
        self.copy_op(id, entry);
    }

    fn outside(&mut self, operand: ValueId) -> ValueId {
        let func = self.program.func;
        if is_memref(func, operand) {
            return self.view(operand, None);
        }
        if let Some(made) = self.host.get(&operand) {
            return *made;
        }
        if space(func, operand) == Some(Space::Device) {
            let source = self.program.source(operand);
            let stage = self.stages.device_stage(source);
            self.launch(stage);
            return self.device(source, stage);
        }
        self.host(operand)
    }

    fn copy_op(&mut self, id: OpId, block: xpuc_dialect::ir::BlockId) {
        let func = self.program.func;
        let op = func.op(id);
        let mut regions = Vec::new();
        for blocks in &op.regions {
            let mut made = Vec::new();
            for old in blocks {
                let args = &func.block(*old).args;
                let types: Vec<Type> = args.iter().map(|v| func.ty(*v).clone()).collect();
                let new = self.b.func.new_block(&types);
                self.define(args, &self.b.func.block(new).args.clone());
                for inner in &func.block(*old).ops {
                    self.copy_op(*inner, new);
                }
                made.push(new);
            }
            regions.push(made);
        }
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.outside(*v)).collect();
        let types: Vec<Type> = op.results.iter().map(|v| func.ty(*v).clone()).collect();
        let home = std::mem::replace(&mut self.b.block, block);
        let made = self.b.like(op, &operands, &types, regions);
        self.b.block = home;
        self.define(&op.results, &self.b.func.op(made).results.clone());
    }

    fn define(&mut self, old: &[ValueId], new: &[ValueId]) {
        for (old, new) in old.iter().zip(new) {
            self.memrefs.insert(*old, *new);
            self.host.insert(*old, *new);
        }
    }

    fn clause(&mut self, op: &Op, id: OpId) {
        if self.sides.clauses.contains(&id) {
            let stage = self.clause_stage(op);
            self.launch(stage);
        }
        if !self.enforced.insert(id) {
            return;
        }
        let loc = std::mem::replace(&mut self.b.loc, op.loc.clone());
        match self.clauses.get(&id).copied() {
            Some((stage, clause)) => {
                let Some(verdict) = self.verdicts.get(&stage).copied() else { return };
                let attrs = [
                    ("clause", Attr::Int(clause, Type::I64)),
                    ("predicate", op.attrs.get("predicate").cloned().unwrap_or(Attr::Unit)),
                    ("message", op.attrs.get("message").cloned().unwrap_or(Attr::Unit)),
                    (LAUNCH, Attr::Int(stage as i64, Type::I64)),
                ];
                self.b.effect(Kind::Enforce.name(), &[verdict], &attrs);
            }
            None => {
                let operands: Vec<ValueId> = op.operands.iter().map(|v| self.host(*v)).collect();
                self.b.like(op, &operands, &[], Vec::new());
            }
        }
        self.b.loc = loc;
    }

    /// What a launch has checked is enforced before anything of it is used, in the order of the program: clauses
    /// that the host can check by then keep their place among them.
    fn enforce(&mut self, stage: usize) {
        let program = self.program;
        let of_launch = |id: &OpId| self.clauses.get(id).is_some_and(|(launch, _)| *launch == stage);
        let Some(last) = program.ops.iter().rposition(of_launch) else { return };
        for id in &program.ops[..=last] {
            let op = program.func.op(*id);
            if Kind::of(op) != Some(Kind::Require) {
                continue;
            }
            let ready = match self.sides.clauses.contains(id) {
                true => self.clause_stage(op) <= stage,
                false => self.stages.effects.get(id).is_some_and(|needed| *needed <= stage),
            };
            if ready {
                self.clause(op, *id);
            }
        }
    }

    fn clause_stage(&mut self, op: &Op) -> usize {
        let operands = self.program.operands(op);
        operands.into_iter().map(|v| self.stages.device_stage(v)).max().unwrap_or(0)
    }

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
            if let Some(made) = self.device.get(&(value, usize::MAX)) {
                return *made;
            }
        }
        let Some(op) = program.op(value) else { return value };
        if Kind::of(op) == Some(Kind::Read) {
            return self.read(value);
        }
        let key = (value, usize::MAX);
        if let Some(made) = self.device.get(&key) {
            return *made;
        }
        let made = if &*op.name == "tensor.dim" && program.role(value) == Role::Both {
            self.dim(op)
        } else {
            let operands: Vec<ValueId> = op.operands.iter().map(|v| self.host(*v)).collect();
            self.clone_op(op, value, &operands, Space::Host, None)
        };
        self.device.insert(key, made);
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
        if let Some(made) = self.device.get(&(value, stage)) {
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
        let sizes: Vec<ValueId> =
            program.size_scalars(value).into_iter().filter(|(o, _)| *o == id).map(|(_, v)| v).collect();
        let sized = self.stages.is_sized(id);
        let mut operands = Vec::new();
        for operand in &op.operands {
            let known = sized && sizes.contains(operand);
            operands.push(if known { self.host(*operand) } else { self.device(*operand, stage) });
        }
        let made = self.clone_op(op, value, &operands, Space::Device, Some(stage));
        self.device.insert((value, stage), made);
        made
    }

    /// A value as it is written to the device: one of the host is sent, whatever launches do with it otherwise.
    fn value_for_write(&mut self, value: ValueId, stage: usize) -> ValueId {
        match self.device.get(&(value, stage)) {
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
        self.device.insert((value, stage), made);
        made
    }

    pub(super) fn define_up(&mut self, value: ValueId, stage: usize, made: ValueId) {
        self.device.insert((value, stage), made);
    }

    /// The verdict of a launch is on the host: what failed is said before anything else is looked at.
    pub(super) fn judge(&mut self, stage: usize, verdict: ValueId) {
        self.verdicts.insert(stage, verdict);
        self.enforce(stage);
    }

    pub(super) fn define_down(&mut self, value: ValueId, made: ValueId) {
        self.device.insert((value, usize::MAX), made);
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
        let made = self.b.like(op, operands, &[ty], Vec::new());
        self.b.loc = loc;
        if let Some(stage) = launch {
            self.tag(made, stage);
        }
        self.b.func.op(made).results[0]
    }

    pub(super) fn tag(&mut self, op: OpId, stage: usize) {
        self.b.func.op_mut(op).attrs.insert(LAUNCH.into(), Attr::Int(stage as i64, Type::I64));
    }

    /// An op of a launch.
    pub(super) fn tagged(&mut self, name: &str, operands: &[ValueId], ty: Type, stage: usize) -> ValueId {
        let op = self.b.op(name, OpSpec { operands, results: &[ty], ..OpSpec::default() });
        self.tag(op, stage);
        self.b.func.op(op).results[0]
    }

    /// Emits all launches up to one, and what comes down after each.
    fn launch(&mut self, last: usize) {
        while self.launched <= last {
            let stage = self.launched;
            self.launched += 1;
            self.emit_launch(stage);
        }
    }

    fn emit_launch(&mut self, stage: usize) {
        let Some(launch) = self.stages.launches.remove(&stage) else { return };
        let loc = self.b.loc.clone();
        let is_launch = launch.computes || pack::pays(self.costs, &launch);
        if is_launch {
            pack::up(self, &launch.ups, stage);
        }
        // Views that the launch can write through are there before it.
        for (at, _) in &launch.demands {
            let op = self.program.func.op(self.program.ops[*at]);
            if Kind::of(op) == Some(Kind::Into) && self.stages.is_view_ready(op.operands[1], stage) {
                self.view(op.operands[1], None);
            }
        }
        let mut clauses = 0;
        let mut written: HashMap<ValueId, usize> = HashMap::default();
        for (at, demand) in &launch.demands {
            match demand {
                Demand::Clause(id) => {
                    let op = self.program.func.op(*id);
                    let operands: Vec<ValueId> = op.operands.iter().map(|v| self.device(*v, stage)).collect();
                    self.b.loc = op.loc.clone();
                    let made = self.b.like(op, &operands, &[], Vec::new());
                    self.tag(made, stage);
                    self.clauses.insert(*id, (stage, clauses));
                    clauses += 1;
                }
                Demand::Value(value) => {
                    if self.is_fill(*at, *value) && !self.joins(*at, *value) {
                        continue;
                    }
                    let made = self.value_for_write(*value, stage);
                    // What comes down for a write is not what is written.
                    let op = self.program.func.op(self.program.ops[*at]);
                    let writes = matches!(Kind::of(op), Some(Kind::Into | Kind::Materialize))
                        && self.program.source(op.operands[0]) == *value;
                    let device = writes && self.goes_to_device(*at);
                    // Memory that is there, or a value that is written elsewhere too, is copied by the launch.
                    let there = matches!(self.program.role(*value), Role::Fixed(Space::Device))
                        || written.contains_key(value);
                    if device && is_launch && there && self.joins(*at, *value) {
                        let ty = self.b.ty(made).clone();
                        let copy = self.tagged("tensor.cast", &[made], ty, stage);
                        self.copies.insert(*at, copy);
                    } else if device {
                        written.insert(*value, *at);
                    }
                    // The view that the kernel writes through is its own.
                    let dst = self.program.func.op(self.program.ops[*at]).operands.get(1).copied();
                    if let Some(dst) = dst.filter(|dst| self.stages.late.contains(dst)) {
                        self.view(dst, Some(stage));
                    }
                }
            }
        }
        let mut verdict = None;
        if clauses > 0 {
            let ty = Type::Tensor(xpuc_dialect::ir::Shaped {
                elem: Type::I32.into(),
                dims: vec![Some(VERDICT_ELEMENTS)],
                space: Space::Device,
                layout: xpuc_dialect::ir::Layout::Identity,
            });
            verdict = Some(self.tagged(Kind::Verdict.name(), &[], ty, stage));
        }
        let mut downs: Vec<(usize, ValueId)> = launch.downs.iter().map(|(v, at)| (*at, *v)).collect();
        downs.sort_unstable();
        let downs: Vec<ValueId> = downs.into_iter().map(|(_, v)| v).collect();
        pack::down(self, &downs, verdict, stage, is_launch);
        self.b.loc = loc;
    }

    /// Whether the op at a position writes a value to the device that needs no launch: a constant, a range.
    fn is_fill(&self, at: usize, value: ValueId) -> bool {
        self.program.role(value) == Role::Both && self.goes_to_device(at)
    }

    /// Whether a write that needs no launch may as well be done by one, earlier: nobody reads the memory it goes
    /// to, and what it copies does not change.
    fn joins(&self, at: usize, value: ValueId) -> bool {
        let program = self.program;
        let op = program.func.op(program.ops[at]);
        let free = op.operands.get(1).is_none_or(|dst| !program.is_read(*dst));
        let source = program.op(value).filter(|op| Kind::of(op) == Some(Kind::Read));
        free && source.is_none_or(|read| !program.is_written(read.operands[0]))
    }

    /// A value that a command of its own writes.
    fn fill(&mut self, value: ValueId) -> ValueId {
        let Some(op) = self.program.op(value) else { return value };
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.host(*v)).collect();
        self.clone_op(op, value, &operands, Space::Device, None)
    }

    fn goes_to_device(&self, at: usize) -> bool {
        let func = self.program.func;
        let op = func.op(self.program.ops[at]);
        let memref = op.results.first().or(op.operands.get(1));
        memref.is_some_and(|v| space(func, *v) == Some(Space::Device))
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
        Type::Tensor(shaped) => Type::Tensor(xpuc_dialect::ir::Shaped { space: side, ..shaped.clone() }),
        other => other.clone(),
    }
}
