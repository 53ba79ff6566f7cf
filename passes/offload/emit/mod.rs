//! The function written anew: values where they are computed, launch by launch, effects in their order.

mod launch;
mod pack;
mod values;

pub(super) use pack::Transfer;

use super::program::{Program, is_memref};
use super::sides::Sides;
use super::stages::Stages;
use crate::pass::Costs;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;
use xpuc_dialect::ir::{Attr, Builder, Func, Op, OpId, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, space};

/// On an op of the device: the number of the launch that computes it, for `plan`.
pub(crate) const LAUNCH: &str = "xpu.launch";

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum At {
    Host,
    /// In the launch of this number.
    Launch(usize),
}

struct Emit<'a, 'f> {
    program: &'a Program<'a>,
    stages: &'a mut Stages<'a>,
    sides: &'a Sides,
    costs: &'a Costs,
    b: Builder<'f>,
    memrefs: HashMap<ValueId, ValueId>,
    /// Values that are on the host as they were: arguments, reads, results of ops that nobody knows.
    host: HashMap<ValueId, ValueId>,
    /// Values that were computed or transferred, wherever they are needed.
    made: HashMap<(ValueId, At), ValueId>,
    /// Copies within a launch, by the position of the write they are for.
    copies: HashMap<usize, ValueId>,
    /// Verdict of each launch on the host, and the number of each of its clauses.
    verdicts: BTreeMap<usize, ValueId>,
    clauses: HashMap<OpId, (usize, i64)>,
    /// Clauses that are written already.
    enforced: HashSet<OpId>,
    launched: usize,
    /// What was packed, for remarks.
    packed: Vec<Transfer>,
}

pub(super) fn emit<'a>(
    program: &'a Program<'a>,
    sides: &'a Sides,
    stages: &'a mut Stages<'a>,
    costs: &'a Costs,
) -> (Func, Vec<Transfer>) {
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
        made: HashMap::default(),
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
        let func = self.program.func;
        let operands = super::operands_of(func, id).into_iter();
        let mut map = operands.map(|operand| (operand, self.outside(operand))).collect();
        let results = self.b.clone_op(func, id, &mut map);
        for (old, new) in op.results.iter().zip(results) {
            self.memrefs.insert(*old, new);
            self.host.insert(*old, new);
        }
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
                if let Some(verdict) = self.verdicts.get(&stage).copied() {
                    let attrs = [
                        ("clause", Attr::Int(clause, Type::I64)),
                        ("predicate", op.attrs.get("predicate").cloned().unwrap_or(Attr::Unit)),
                        ("message", op.attrs.get("message").cloned().unwrap_or(Attr::Unit)),
                        (LAUNCH, Attr::Int(stage as i64, Type::I64)),
                    ];
                    self.b.effect(Kind::Enforce.name(), &[verdict], &attrs);
                }
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
}
