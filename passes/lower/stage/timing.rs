//! When each value of a fusion is ready, and what has to hold for it to be computed.

use super::writes::{Write, is_scan};
use super::{Clause, Stage, When, Work};
use crate::fail::can_fail;
use crate::guard::{Guard, Guards};
use crate::lower::LowerError;
use crate::pass::PassError;
use crate::size::{Measure, axis, size};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{Def, Extent, Func, Op, OpId, Slice, ValueId};
use xpuc_dialect::ops::Kind;

/// What is known of a value or a step.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    /// Barriers after which it can be computed.
    ready: usize,
    /// So many clauses have to hold for it to be there at all.
    holds: usize,
    /// So many clauses have to hold for it to be what the program says.
    genuine: usize,
    /// Computing it may stop the program.
    fails: bool,
    /// It is made of the verdict.
    verdict: bool,
}

impl Facts {
    fn and(self, other: Facts) -> Facts {
        Facts {
            ready: self.ready.max(other.ready),
            holds: self.holds.max(other.holds),
            genuine: self.genuine.max(other.genuine),
            fails: self.fails || other.fails,
            verdict: self.verdict || other.verdict,
        }
    }

    /// What may fail must not run on values that are none.
    fn careful(mut self) -> Facts {
        self.genuine = self.genuine.max(self.holds);
        if self.fails {
            self.holds = self.genuine;
        }
        self
    }
}

pub(super) fn plan<'a>(
    func: &'a Func,
    body: &[OpId],
    outside: &dyn Fn(ValueId) -> bool,
    writes: Vec<Write>,
    fetches: bool,
) -> Result<Stage<'a>, PassError> {
    let alone: HashSet<ValueId> = writes.iter().filter(|w| w.alone).map(|w| w.value).collect();
    let requires: Vec<OpId> =
        body.iter().copied().filter(|id| Kind::of(func.op(*id)) == Some(Kind::Require)).collect();
    let mut before = HashMap::default();
    let mut count = 0;
    for id in body {
        before.insert(*id, count);
        count += usize::from(Kind::of(func.op(*id)) == Some(Kind::Require));
    }
    let mut timing = Timing {
        func,
        outside,
        // A size is known without the value.
        guards: Guards::by(func, body, HashSet::default(), |user| &*user.name != "tensor.dim"),
        fetched: if fetches { fetched(func, body, &alone) } else { HashSet::default() },
        alone,
        before,
        facts: HashMap::default(),
        clauses: requires.iter().map(|_| None).collect(),
        requires,
        records: 0,
        stage: Stage {
            func,
            scalars: Vec::new(),
            steps: Vec::new(),
            clauses: Vec::new(),
            verdict: 0,
            writes: Vec::new(),
            stored: Vec::new(),
        },
    };
    for id in timing.needed(body, &writes) {
        match func.op(id).results.first() {
            Some(result) => {
                timing.value(*result)?;
            }
            None => {
                timing.clause(timing.before[&id])?;
            }
        }
    }
    for write in writes {
        timing.write(write)?;
    }
    timing.stage.clauses = timing.clauses.into_iter().flatten().collect();
    Ok(timing.stage)
}

struct Timing<'a, 'b> {
    func: &'a Func,
    outside: &'b dyn Fn(ValueId) -> bool,
    guards: Guards,
    /// What is written and not used otherwise.
    alone: HashSet<ValueId>,
    /// Buffers of the device, as values, that several scans read.
    fetched: HashSet<ValueId>,
    /// Clauses before each op of the body.
    before: HashMap<OpId, usize>,
    facts: HashMap<ValueId, Facts>,
    requires: Vec<OpId>,
    clauses: Vec<Option<Clause>>,
    records: usize,
    stage: Stage<'a>,
}

impl Timing<'_, '_> {
    /// Ops that a write or a clause needs, in program order.
    fn needed(&self, body: &[OpId], writes: &[Write]) -> Vec<OpId> {
        let mut values: HashSet<ValueId> = writes.iter().flat_map(|w| self.of_write(w)).collect();
        let mut needed: Vec<OpId> = Vec::new();
        for id in body.iter().rev() {
            let op = self.func.op(*id);
            if Kind::of(op) == Some(Kind::Require) || op.results.iter().any(|v| values.contains(v)) {
                needed.push(*id);
                values.extend(self.inputs(op));
            }
        }
        needed.reverse();
        needed
    }

    /// Values that an op is computed from; of a size, what it is known from.
    fn inputs(&self, op: &Op) -> Vec<ValueId> {
        match &*op.name {
            "tensor.dim" | "memref.dim" => {
                let size =
                    axis(self.func, op).and_then(|axis| size(self.func, self.outside, op.operands[0], axis));
                match size.map(|size| size.of) {
                    Some(Measure::Scalar(value) | Measure::Dim(value, _)) => vec![value],
                    Some(Measure::Const(_)) => Vec::new(),
                    None => op.operands.clone(),
                }
            }
            _ => op.operands.clone(),
        }
    }

    /// Values that a write needs besides those of its conditions.
    fn of_write(&self, write: &Write) -> Vec<ValueId> {
        let extents = write.slices.iter().flat_map(|(offset, size)| [*offset, *size]);
        let extents = extents.filter_map(|e| if let Extent::Value(value) = e { Some(value) } else { None });
        let conditions = write.guard.iter().map(|(condition, _)| *condition);
        [write.value, write.dst].into_iter().chain(extents).chain(conditions).collect()
    }

    fn value(&mut self, value: ValueId) -> Result<Facts, PassError> {
        if let Some(known) = self.facts.get(&value) {
            return Ok(*known);
        }
        let Def::Result(id, _) = self.func.def(value) else { return Ok(Facts::default()) };
        if (self.outside)(value) {
            return Ok(Facts::default());
        }
        let op = self.func.op(id);
        if !is_known(self.func, op) {
            return Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc));
        }
        let facts = self.result(id, op, value)?;
        self.facts.insert(value, facts);
        Ok(facts)
    }

    fn result(&mut self, id: OpId, op: &Op, value: ValueId) -> Result<Facts, PassError> {
        if Kind::of(op) == Some(Kind::Verdict) {
            let clauses = self.before[&id];
            let ready = self.known(clauses)?;
            self.stage.verdict = clauses;
            self.stage.scalars.push((id, When { level: ready, ..When::default() }));
            return Ok(Facts { ready, verdict: true, ..Facts::default() });
        }
        let mut facts = self
            .inputs(op)
            .into_iter()
            .try_fold(Facts::default(), |all, input| Ok::<_, PassError>(all.and(self.value(input)?)))?;
        if can_fail(self.func, op) {
            facts.fails = true;
            facts.holds = facts.holds.max(self.before[&id]);
        }
        facts = facts.careful();
        if self.func.ty(value).is_scalar() {
            let guarded = facts.fails || &*op.name == "tensor.extract";
            let (facts, guard) = self.guarded(id, facts, guarded)?;
            let when = When { level: facts.ready, holds: facts.holds, guard };
            self.stage.scalars.push((id, when));
            return Ok(Facts { holds: 0, fails: false, ..facts });
        }
        if self.fetched.contains(&value) {
            self.stage.steps.push((Work::Fetch(value), When { level: facts.ready, ..When::default() }));
            return Ok(Facts { ready: facts.ready + 1, ..facts });
        }
        if is_scan(op) && !self.alone.contains(&value) {
            let (facts, guard) = self.guarded(id, facts, true)?;
            let when = When { level: facts.ready, holds: facts.holds, guard };
            self.stage.steps.push((Work::Store(value), when));
            return Ok(Facts { ready: facts.ready + 1, fails: false, ..facts });
        }
        Ok(facts)
    }

    /// The conditions under which an op runs, and the facts with them. What may fail waits for all of its
    /// conditions; what cannot, takes those that are known anyway.
    fn guarded(&mut self, id: OpId, mut facts: Facts, wanted: bool) -> Result<(Facts, Guard), PassError> {
        let mut guard = Guard::new();
        if wanted {
            for (condition, side) in self.guards.get(id).to_vec() {
                let known = self.value(condition)?;
                if !facts.fails && known.ready > facts.ready {
                    break;
                }
                facts.ready = facts.ready.max(known.ready);
                facts.genuine = facts.genuine.max(known.genuine);
                facts.verdict |= known.verdict;
                guard.push((condition, side));
            }
        }
        facts = facts.careful();
        facts.ready = facts.ready.max(self.known(facts.holds)?);
        Ok((facts, guard))
    }

    /// Barriers after which the first clauses are known.
    fn known(&mut self, clauses: usize) -> Result<usize, PassError> {
        (0..clauses).try_fold(0, |ready, clause| Ok(ready.max(self.clause(clause)?)))
    }

    fn clause(&mut self, number: usize) -> Result<usize, PassError> {
        if let Some(Some(clause)) = self.clauses.get(number) {
            return Ok(clause.ready);
        }
        let id = self.requires[number];
        let op = self.func.op(id);
        let mut facts = Facts::default();
        for operand in &op.operands {
            facts = facts.and(self.value(*operand)?);
        }
        let array = op.operands.first().is_some_and(|x| !self.func.ty(*x).is_scalar());
        let (mut ready, mut record) = (facts.ready, None);
        if array {
            let (facts, guard) = self.guarded(id, facts.careful(), false)?;
            let when = When { level: facts.ready, holds: facts.holds, guard };
            self.stage.steps.push((Work::Check(number), when));
            ready = facts.ready + 1;
            record = Some(self.records);
            self.records += 1;
        }
        self.clauses[number] = Some(Clause { op: id, ready, record });
        Ok(ready)
    }

    fn write(&mut self, mut write: Write) -> Result<(), PassError> {
        let mut facts = Facts::default();
        for value in self.of_write(&write) {
            facts = facts.and(self.value(value)?);
        }
        write.always = facts.verdict;
        if facts.verdict && facts.careful().genuine > 0 {
            let op = self.func.op(write.into);
            return Err(LowerError::Verdict.at(&op.loc));
        }
        self.stage.writes.push(write);
        Ok(())
    }
}

/// Buffers of the device, as values, that two or more of what one core does for all go through.
fn fetched(func: &Func, body: &[OpId], alone: &HashSet<ValueId>) -> HashSet<ValueId> {
    let inside: HashSet<OpId> = body.iter().copied().collect();
    let sequential = |op: &Op| match op.results.first() {
        Some(result) => is_scan(op) && !alone.contains(result),
        None => Kind::of(op) == Some(Kind::Require),
    };
    let mut readers: HashMap<ValueId, usize> = HashMap::default();
    for id in body.iter().filter(|id| sequential(func.op(**id))) {
        let mut seen: HashSet<ValueId> = HashSet::default();
        let mut open = func.op(*id).operands.clone();
        while let Some(value) = open.pop() {
            let Def::Result(def, _) = func.def(value) else { continue };
            if func.ty(value).tensor().is_none() || !inside.contains(&def) || !seen.insert(value) {
                continue;
            }
            let op = func.op(def);
            if Kind::of(op) == Some(Kind::Read) {
                *readers.entry(value).or_default() += 1;
            } else if !is_scan(op) && &*op.name != "tensor.dim" {
                open.extend(&op.operands);
            }
        }
    }
    let one_dimension = |value: &ValueId| func.ty(*value).shaped().is_some_and(|shaped| shaped.rank() == 1);
    readers
        .into_iter()
        .filter(|(value, count)| *count > 1 && one_dimension(value))
        .map(|(value, _)| value)
        .collect()
}

/// Whether a kernel can hold the op.
fn is_known(func: &Func, op: &Op) -> bool {
    let tensor = op.results.first().is_some_and(|v| func.ty(*v).tensor().is_some());
    let scalar = |value: Option<&ValueId>| value.is_some_and(|v| func.ty(*v).is_scalar());
    match (Kind::of(op), &*op.name) {
        (Some(kind), _) => kind.is_compute() || matches!(kind, Kind::Read | Kind::Verdict),
        (None, "arith.select") => scalar(op.operands.first()),
        (None, "tensor.extract_slice" | "memref.subview") => Slice::of(op).is_some(),
        (None, "tensor.insert_slice") => Slice::of_insert(op).is_some(),
        (None, "tensor.cast" | "tensor.dim" | "tensor.empty" | "tensor.extract" | "tensor.insert")
        | (None, "memref.dim" | "memref.cast") => true,
        (None, name) => name.starts_with("arith.") && !tensor,
    }
}
