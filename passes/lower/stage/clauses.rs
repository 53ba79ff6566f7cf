//! Whether the clauses of a fusion hold, as its kernel sees it.

use super::emit::Emit;
use crate::lower::clause::{Outcome, Report, comparison};
use xpuc_dialect::ir::{Builder, Type, ValueId};
use xpuc_dialect::ops::VERDICT_ELEMENTS;

/// Where the record of a clause on arrays begins.
pub(super) fn record(number: usize) -> i64 {
    (number as i64).saturating_mul(VERDICT_ELEMENTS as i64)
}

impl Emit<'_, '_, '_> {
    /// i1: the clause holds. All cores of the cluster see the same.
    fn clause(&mut self, k: &mut Builder<'_>, number: usize) -> ValueId {
        if let Some(known) = self.flags[number] {
            return known;
        }
        let clause = &self.stage.clauses[number];
        let op = self.stage.func.op(clause.op);
        k.loc = op.loc.clone();
        let holds = match (clause.record, self.records) {
            (Some(first), Some(records)) => {
                let first = k.index(record(first));
                let found = k.load(records, &[first]);
                let none = k.constant(0, &Type::I32);
                k.cmpi("slt", found, none)
            }
            _ => k.cmpi(comparison(op), self.elements.get(op.operands[0]), self.elements.get(op.operands[1])),
        };
        k.hint(holds, &format!("clause_{number}_holds"));
        self.flags[number] = Some(holds);
        holds
    }

    /// i1: the first `count` clauses hold; nothing if there are none.
    pub(super) fn hold(&mut self, k: &mut Builder<'_>, count: usize) -> Option<ValueId> {
        let last = count.checked_sub(1)?;
        if let Some(known) = self.holds[last] {
            return Some(known);
        }
        let before = self.hold(k, last);
        let clause = self.clause(k, last);
        let all = before.map_or(clause, |before| k.arith("andi", before, clause));
        if before.is_some() {
            k.hint(all, "clauses_hold");
        }
        self.holds[last] = Some(all);
        Some(all)
    }

    /// What the verdict is made of.
    pub(super) fn outcomes(&mut self, k: &mut Builder<'_>, count: usize) {
        for number in 0..count {
            let holds = self.clause(k, number);
            let clause = &self.stage.clauses[number];
            let op = self.stage.func.op(clause.op);
            let report = match (clause.record, self.records) {
                (Some(first), Some(records)) => Report::Record(records, record(first)),
                _ => {
                    let x = k.int_cast(self.elements.get(op.operands[0]), &Type::I64);
                    let y = k.int_cast(self.elements.get(op.operands[1]), &Type::I64);
                    Report::Scalars(x, y)
                }
            };
            self.elements.outcomes.push(Outcome { holds, report });
        }
    }
}
