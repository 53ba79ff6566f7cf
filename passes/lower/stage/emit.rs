//! The kernel of a fusion, level by level.

use super::clauses::record;
use super::{Stage, When, Work, explain};
use crate::guard::Guard;
use crate::lower::elemental::Elements;
use crate::lower::kernel::Program;
use crate::lower::loops::Part;
use crate::lower::stream::wait;
use crate::pass::PassError;
use crate::size::axis;
use xpuc_dialect::ir::{Builder, OpId, Space, Type, ValueId};
use xpuc_dialect::ops::Kind;

pub(super) struct Emit<'s, 'e, 'a> {
    pub(super) stage: &'s Stage<'a>,
    pub(super) elements: &'e mut Elements<'a>,
    pub(super) program: &'e Program,
    /// Records of the clauses on arrays.
    pub(super) records: Option<ValueId>,
    /// Whether each clause holds.
    pub(super) flags: Vec<Option<ValueId>>,
    /// Whether each clause and all before it hold.
    pub(super) holds: Vec<Option<ValueId>>,
    /// Writes given to one core so far.
    pub(super) given: i64,
}

impl<'s, 'e, 'a> Emit<'s, 'e, 'a> {
    pub(super) fn new(stage: &'s Stage<'a>, elements: &'e mut Elements<'a>, program: &'e Program) -> Self {
        let unknown = vec![None; stage.clauses.len()];
        Emit { stage, elements, program, records: None, flags: unknown.clone(), holds: unknown, given: 0 }
    }

    /// Emits all of it; `scratch` makes the buffers of what is stored, and of the records.
    pub(super) fn body(
        mut self,
        k: &mut Builder<'_>,
        scratch: impl FnOnce(&mut Builder<'_>, &Elements<'_>) -> Result<Vec<ValueId>, PassError>,
    ) -> Result<(), PassError> {
        let stage = self.stage;
        let mut scratch = Some(scratch);
        // Nobody waits for what is not done: in buffers of the device nothing is fetched.
        let mut done = false;
        for level in 0..=stage.barriers() {
            if std::mem::take(&mut done) {
                k.effect(Kind::Barrier.name(), &[], &[]);
            }
            for (id, when) in stage.scalars.iter().filter(|(_, when)| when.level == level) {
                self.scalar(k, *id, when)?;
            }
            if let Some(scratch) = scratch.take() {
                let buffers = scratch(k, self.elements)?;
                let stored = stage.stored.iter().map(|(value, _)| *value);
                self.elements.map.extend(stored.zip(buffers.iter().copied()));
                self.records = buffers.get(stage.stored.len()).copied();
            }
            let steps = stage.steps.iter().filter(|(_, when)| when.level == level);
            for (number, (work, when)) in steps.enumerate() {
                done |= self.step(k, number, *work, when)?;
            }
        }
        self.writes(k)
    }

    /// The new scalar; 0 where it is not computed.
    fn scalar(&mut self, k: &mut Builder<'_>, id: OpId, when: &When) -> Result<(), PassError> {
        let op = self.stage.func.op(id);
        if Kind::of(op) == Some(Kind::Verdict) {
            self.outcomes(k, self.stage.verdict);
            return Ok(());
        }
        let condition = self.condition(k, when, &[]);
        k.loc = op.loc.clone();
        let ty = self.stage.func.ty(op.results[0]).clone();
        let compute = |k: &mut Builder<'_>, elements: &Elements<'_>| match &*op.name {
            "tensor.extract" => {
                let index: Vec<ValueId> = op.operands[1..].iter().map(|v| elements.get(*v)).collect();
                match index[..] {
                    [at] => elements.entry(k, op.operands[0], at),
                    _ => elements.element(k, op.operands[0], &index),
                }
            }
            "tensor.dim" | "memref.dim" => {
                let axis = axis(elements.func, op).ok_or_else(|| elements.refuse(op.results[0]))?;
                elements.size(k, op.operands[0], axis)
            }
            _ => {
                let operands: Vec<ValueId> = op.operands.iter().map(|v| elements.get(*v)).collect();
                let made = k.like(op, &operands, std::slice::from_ref(&ty), Vec::new());
                Ok(k.func.op(made).results[0])
            }
        };
        let scalar = match condition {
            None => compute(k, self.elements)?,
            Some(condition) => {
                let (outer, elements) = (k.block, &*self.elements);
                let guarded = k.if_else(
                    condition,
                    std::slice::from_ref(&ty),
                    |k| {
                        elements.nest(outer, k.block);
                        Ok::<_, PassError>(vec![compute(k, elements)?])
                    },
                    |k| Ok(vec![k.constant(0, &ty)]),
                )?;
                guarded[0]
            }
        };
        self.elements.map.insert(op.results[0], scalar);
        Ok(())
    }

    /// One core of the cluster does the work; false if there is none to do.
    fn step(
        &mut self,
        k: &mut Builder<'_>,
        number: usize,
        work: Work,
        when: &When,
    ) -> Result<bool, PassError> {
        let cores = i64::from(self.program.target.grid.cores);
        let chosen = k.index(number as i64 % cores);
        let mine = k.cmpi("eq", self.program.core, chosen);
        match work {
            Work::Store(value) => {
                let mine = self.condition(k, when, &[mine]).unwrap_or(mine);
                let Some(op) = self.stage.func.def_op(value) else { return Err(self.elements.refuse(value)) };
                k.loc = op.loc.clone();
                let out = self.elements.get(value);
                let (name, kind) = (self.stage.name_of(value), op.name.trim_start_matches("xpu."));
                k.when(mine, |k| self.elements.write(k, op, out, Part::Whole))?;
                let what = if name == kind { name } else { format!("{kind} into {name}") };
                explain(k, &what);
                Ok(true)
            }
            Work::Fetch(value) => {
                let buffer = self.elements.get(value);
                // Where the buffer is that of the device, it is not fetched.
                if k.shaped(buffer).space != Space::Shared {
                    return Ok(false);
                }
                let Some(op) = self.stage.func.def_op(value) else { return Err(self.elements.refuse(value)) };
                k.loc = op.loc.clone();
                let (zero, size) = (k.index(0), k.dim(buffer, 0));
                let some = k.cmpi("slt", zero, size);
                let mine = k.arith("andi", mine, some);
                k.when(mine, |k| {
                    let from = self.elements.memref(k, op.operands[0])?;
                    let (from, to) = (k.subview(from, zero, size), k.subview(buffer, zero, size));
                    k.effect(Kind::Copy.name(), &[from, to], &[]);
                    wait(k);
                    Ok::<_, PassError>(())
                })?;
                explain(k, &format!("fetch {}", self.stage.name_of(value)));
                Ok(true)
            }
            Work::Check(number) => {
                let condition = self.condition(k, when, &[]);
                let message = self.stage.func.op(self.stage.clauses[number].op).str_attr("message");
                let message = format!("check clause {number}: {}", message.unwrap_or_default());
                let clause = &self.stage.clauses[number];
                let op = self.stage.func.op(clause.op);
                k.loc = op.loc.clone();
                let Some(records) = self.records else { return Ok(false) };
                let first = record(clause.record.unwrap_or_default());
                let check = |k: &mut Builder<'_>| self.elements.check(k, op, number as i64, records, first);
                k.when(mine, |k| {
                    let Some(condition) = condition else { return check(k) };
                    // A clause that is not looked at does not fail first.
                    let (none, at) = (k.constant(-1, &Type::I32), k.index(first));
                    k.store(none, records, &[at]);
                    k.when(condition, check)
                })?;
                explain(k, &message);
                Ok(true)
            }
        }
    }

    /// All of `also`, the clauses that have to hold, and the guard; nothing if that is always so.
    fn condition(&mut self, k: &mut Builder<'_>, when: &When, also: &[ValueId]) -> Option<ValueId> {
        let mut all = also.to_vec();
        all.extend(self.hold(k, when.holds));
        self.sides(k, &when.guard, &mut all);
        all.into_iter().reduce(|x, y| k.arith("andi", x, y))
    }

    /// The conditions of a guard, each as something that has to hold.
    pub(super) fn sides(&self, k: &mut Builder<'_>, guard: &Guard, all: &mut Vec<ValueId>) {
        for (condition, side) in guard {
            let condition = self.elements.get(*condition);
            all.push(if *side {
                condition
            } else {
                let yes = k.constant(1, &Type::I1);
                k.arith("xori", condition, yes)
            });
        }
    }
}
