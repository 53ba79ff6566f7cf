//! How far a value that a loop carries can get: what a turn adds to it, as often as there are turns.

use super::facts::Walk;
use super::range::Range;
use super::transfer::of_type;
use xpuc_dialect::ir::{BlockId, Op, Type, ValueId};

/// What a value can be that grows with every turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    /// At the beginning of a turn.
    pub(super) inside: Range,
    /// After the last one.
    pub(super) after: Range,
}

impl Walk<'_> {
    /// The growth of each value that a loop carries, where that is known and wraps around nowhere.
    pub(super) fn growth(
        &self,
        body: BlockId,
        args: &[ValueId],
        inits: &[Range],
        trips: i128,
    ) -> Vec<Option<Growth>> {
        let last = self.func.block(body).ops.last().map(|op| self.func.op(*op).operands.clone());
        let grown = |((arg, next), init): ((&ValueId, ValueId), &Range)| {
            let each = self.added(next, *arg)?;
            let after =
                |trips: i128| init.add(Range { lo: (each.lo * trips).min(0), hi: (each.hi * trips).max(0) });
            let growth = Growth { inside: after((trips - 1).max(0)), after: after(trips) };
            growth.after.within(of_type(self.func.ty(*arg))).then_some(growth)
        };
        args.iter().zip(last.unwrap_or_default()).zip(inits).map(grown).collect()
    }

    /// What is known of an addend without its surroundings: a number, or the type that it was widened from.
    fn widened(&self, value: ValueId) -> Option<Range> {
        if let Some(constant) = self.func.constant(value) {
            return Some(Range::exact(constant));
        }
        let op = self.func.def_op(value)?;
        let from = self.func.ty(*op.operands.first()?);
        // An i1 is 1 only without a sign; everything else has one.
        let widens = match &*op.name {
            "arith.extsi" | "arith.index_cast" => *from == Type::I32,
            "arith.extui" => *from == Type::I1,
            _ => false,
        };
        widens.then(|| of_type(from))
    }

    fn added(&self, value: ValueId, to: ValueId) -> Option<Range> {
        if value == to {
            return Some(Range::exact(0));
        }
        let op = self.func.def_op(value)?;
        match &*op.name {
            "arith.addi" => {
                let [x, y] = op.operands[..2] else { return None };
                let (carried, more) = if self.widened(y).is_some() { (x, y) } else { (y, x) };
                Some(self.added(carried, to)?.add(self.widened(more)?))
            }
            "arith.select" => Some(self.added(op.operands[1], to)?.hull(self.added(op.operands[2], to)?)),
            "scf.if" => {
                let position = op.results.iter().position(|result| *result == value)?;
                let sides = op.regions.iter().map(|blocks| {
                    let last = self.func.op(*self.func.block(*blocks.first()?).ops.last()?);
                    self.added(*last.operands.get(position)?, to)
                });
                sides.collect::<Option<Vec<_>>>()?.into_iter().reduce(Range::hull)
            }
            "scf.for" => {
                let position = op.results.iter().position(|result| *result == value)?;
                let body = *op.regions.first()?.first()?;
                let last = self.func.op(*self.func.block(body).ops.last()?);
                let each =
                    self.added(*last.operands.get(position)?, self.func.block(body).args[position + 1])?;
                let turns = i128::from(self.turns(op)?);
                let all = Range { lo: (each.lo * turns).min(0), hi: (each.hi * turns).max(0) };
                Some(self.added(op.operands[position + 3], to)?.add(all))
            }
            _ => None,
        }
    }

    /// Turns of a loop from 0 on, at most: it ends at a number or before.
    fn turns(&self, op: &Op) -> Option<i64> {
        let end = self.func.constant(op.operands[1]).or_else(|| {
            let end = self.func.def_op(op.operands[1])?;
            let least = matches!(&*end.name, "arith.minsi" | "arith.minui");
            end.operands.iter().find_map(|value| self.func.constant(*value)).filter(|_| least)
        })?;
        (self.func.constant(op.operands[0]) == Some(0)).then_some(end.max(0))
    }
}
