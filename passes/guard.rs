//! Under which conditions each value is needed: a select on a scalar computes only the side it takes.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{Func, Op, OpId, Type, ValueId};

/// Conditions and the side of each, outermost first; empty is always.
pub(crate) type Guard = Vec<(ValueId, bool)>;

/// Guards of the ops of a function.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    of: HashMap<OpId, Guard>,
    hidden: HashSet<ValueId>,
}

impl Guards {
    /// From the last op to the first: an op is needed where one of its users is. Scalars that are `hidden` are
    /// no conditions: nobody who decides what is computed knows them.
    pub(crate) fn of(func: &Func, order: &[OpId], hidden: HashSet<ValueId>) -> Self {
        Self::by(func, order, hidden, |_| true)
    }

    /// The same, of users that need what they use.
    pub(crate) fn by(
        func: &Func,
        order: &[OpId],
        hidden: HashSet<ValueId>,
        needs: impl Fn(&Op) -> bool,
    ) -> Self {
        let uses = func.uses();
        let mut guards = Guards { of: HashMap::default(), hidden };
        for id in order.iter().rev() {
            let op = func.op(*id);
            let mut needed: Option<Guard> = None;
            for result in &op.results {
                for user in uses.get(result).into_iter().flatten().filter(|user| needs(func.op(**user))) {
                    if needed.as_ref().is_some_and(Vec::is_empty) {
                        break;
                    }
                    for guard in guards.of_use(func, *user, *result) {
                        needed = Some(needed.map_or(guard.clone(), |known| common(&known, &guard)));
                    }
                }
            }
            // What has an effect happens always.
            let pure = crate::tidy::is_pure(op);
            guards.of.insert(*id, needed.filter(|_| pure).unwrap_or_default());
        }
        guards
    }

    /// Gives an op another guard.
    pub(crate) fn set(&mut self, id: OpId, guard: Guard) {
        self.of.insert(id, guard);
    }

    /// Guard of an op.
    pub(crate) fn get(&self, id: OpId) -> &[(ValueId, bool)] {
        self.of.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Guards of each use of `value` in `user`.
    pub(crate) fn of_use(&self, func: &Func, user: OpId, value: ValueId) -> Vec<Guard> {
        let op = func.op(user);
        let base = self.get(user).to_vec();
        let lazy = &*op.name == "arith.select"
            && *func.ty(op.operands[0]) == Type::I1
            && !self.hidden.contains(&op.operands[0]);
        let positions = op.operands.iter().enumerate().filter(|(_, v)| **v == value);
        let mut all: Vec<Guard> = positions
            .map(|(position, _)| {
                let mut guard = base.clone();
                if lazy && position > 0 {
                    guard.push((op.operands[0], position == 1));
                }
                guard
            })
            .collect();
        // Used inside a region of the op.
        if all.is_empty() {
            all.push(base);
        }
        all
    }
}

/// The conditions that two guards begin with.
pub(crate) fn common(a: &[(ValueId, bool)], b: &[(ValueId, bool)]) -> Guard {
    a.iter().zip(b).take_while(|(x, y)| x == y).map(|(x, _)| *x).collect()
}

/// Whether two guards never hold together.
pub(crate) fn exclusive(a: &[(ValueId, bool)], b: &[(ValueId, bool)]) -> bool {
    a.iter().any(|(condition, side)| b.contains(&(*condition, !side)))
}
