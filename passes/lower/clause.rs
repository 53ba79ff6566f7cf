//! Clauses that a kernel checks, and the verdict on them.

use super::elemental::Elements;
use crate::pass::PassError;
use xpuc_dialect::ir::{Builder, Op, Type, ValueId, cmpi_inverse};
use xpuc_dialect::ops::predicate;

/// How one clause turned out, known to every core.
pub(super) struct Outcome {
    /// i1: it holds.
    pub(super) holds: ValueId,
    /// What there is to say if it does not.
    pub(super) report: Report,
}

/// What a clause that fails says.
pub(super) enum Report {
    /// Of scalars: `x` and `y` as i64.
    Scalars(ValueId, ValueId),
    /// Of arrays: a verdict of 6 elements in a buffer, from this element on.
    Record(ValueId, i64),
}

/// The spelling of a clause's predicate in `arith.cmpi`.
pub(super) fn comparison(op: &Op) -> &'static str {
    predicate(op).map_or("eq", |p| p.as_str())
}

impl Elements<'_> {
    /// Element `index` of the verdict: that of the first clause which fails.
    pub(super) fn verdict(&self, b: &mut Builder<'_>, index: ValueId) -> Result<ValueId, PassError> {
        let (zero, none) = (b.index(0), b.constant(0, &Type::I32));
        let number = b.cmpi("eq", index, zero);
        let no_clause = b.constant(-1, &Type::I32);
        let mut verdict = b.select(number, no_clause, none);
        for (clause, outcome) in self.outcomes.iter().enumerate().rev() {
            let reported = b.if_else(
                outcome.holds,
                &[Type::I32],
                |_| Ok::<_, PassError>(vec![verdict]),
                |b| {
                    Ok(vec![match outcome.report {
                        Report::Scalars(x, y) => of_scalars(b, clause as i64, [x, y], index, number),
                        Report::Record(records, first) => {
                            let first = b.index(first);
                            let at = b.arith("addi", index, first);
                            b.load(records, &[at])
                        }
                    }])
                },
            )?;
            verdict = reported[0];
            b.hint(verdict, "verdict");
        }
        Ok(verdict)
    }

    /// Looks for the first element at which a clause on arrays fails, and writes its record.
    pub(super) fn check(
        &self,
        b: &mut Builder<'_>,
        op: &Op,
        clause: i64,
        records: ValueId,
        first: i64,
    ) -> Result<(), PassError> {
        let &[x, y] = &op.operands[..] else { return Ok(()) };
        let elem = self.func.ty(x).elem().clone();
        let (length, zero, one) = (self.size(b, x, 0)?, b.index(0), b.index(1));
        let (nowhere, nothing) = (b.index(-1), b.constant(0, &elem));
        let types = [Type::Index, elem.clone(), elem.clone()];
        let found = b.for_loop([zero, length, one], &[nowhere, nothing, nothing], |b, i, found| {
            let (x, y) = (self.element(b, x, &[i])?, self.element(b, y, &[i])?);
            let fails = b.cmpi(cmpi_inverse(comparison(op)), x, y);
            let none = b.cmpi("slt", found[0], zero);
            let first = b.arith("andi", fails, none);
            b.if_else(first, &types, |_| Ok::<_, PassError>(vec![i, x, y]), |_| Ok(found.to_vec()))
        })?;
        b.hint_carried(found[0], &["first", "found", "limit"]);
        let holds = b.cmpi("slt", found[0], zero);
        let (clause, no_clause) = (b.constant(clause, &Type::I32), b.constant(-1, &Type::I32));
        let mut record = vec![b.select(holds, no_clause, clause), b.int_cast(found[0], &Type::I32)];
        for value in &found[1..] {
            // Of an i32 the upper half is its sign.
            let bits = b.constant(if elem == Type::I32 { 31 } else { 32 }, &elem);
            let (value, upper) = (*value, b.arith("shrsi", *value, bits));
            record.extend([b.int_cast(value, &Type::I32), b.int_cast(upper, &Type::I32)]);
        }
        for (element, value) in (first..).zip(record) {
            let at = b.index(element);
            b.store(value, records, &[at]);
        }
        Ok(())
    }
}

/// Element `index` of the record of a clause on two scalars.
fn of_scalars(
    b: &mut Builder<'_>,
    clause: i64,
    [x, y]: [ValueId; 2],
    index: ValueId,
    number: ValueId,
) -> ValueId {
    let (one, four) = (b.index(1), b.index(4));
    let of_x = b.cmpi("slt", index, four);
    let value = b.select(of_x, x, y);
    let odd = b.arith("andi", index, one);
    let odd = b.int_cast(odd, &Type::I64);
    let width = b.constant(32, &Type::I64);
    let shift = b.arith("muli", odd, width);
    let half = b.arith("shrsi", value, shift);
    let half = b.int_cast(half, &Type::I32);
    let place = b.cmpi("eq", index, one);
    let (nowhere, clause) = (b.constant(-1, &Type::I32), b.constant(clause, &Type::I32));
    let rest = b.select(place, nowhere, half);
    b.select(number, clause, rest)
}
