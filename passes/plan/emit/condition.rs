//! Conditions around commands, waits, and the end of buffers.

use super::Emit;
use crate::plan::guard::Guard;
use crate::plan::place::Base;
use xpuc_dialect::ir::{BlockId, Builder, OpSpec, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, space};

/// Commands under a guard, and perhaps those under its opposite.
pub(super) struct Open {
    guard: Guard,
    then: BlockId,
    otherwise: Option<BlockId>,
}

/// The guard that holds exactly where this one does not, if it is a single condition.
fn opposite(guard: &Guard) -> Option<Guard> {
    let [(condition, side)] = guard[..] else { return None };
    Some(vec![(condition, !side)])
}

impl Emit<'_, '_> {
    /// A scalar that is computed only under a guard, and 0 otherwise.
    pub(super) fn lazily(
        &mut self,
        guard: &Guard,
        ty: Type,
        make: impl FnOnce(&mut Builder<'_>) -> ValueId,
    ) -> ValueId {
        if guard.is_empty() {
            return self.top(make);
        }
        let condition = self.condition(guard);
        self.top(|b| {
            let types = [ty.clone()];
            let made = b.if_else(
                condition,
                &types,
                |b| Ok::<_, std::convert::Infallible>(vec![make(b)]),
                |b| Ok(vec![b.constant(0, &ty)]),
            );
            made.unwrap_or_else(|never| match never {})[0]
        })
    }

    /// Builds outside of all conditions, before the commands that are being collected.
    pub(super) fn top<T>(&mut self, build: impl FnOnce(&mut Builder<'_>) -> T) -> T {
        let home = std::mem::replace(&mut self.b.block, self.entry);
        let built = build(&mut self.b);
        self.b.block = home;
        built
    }

    /// Builds commands under a guard, together with the last ones if that is the same.
    pub(super) fn in_guard(&mut self, guard: &Guard, build: impl FnOnce(&mut Self)) {
        let fits = |open: &Open| open.guard == *guard || opposite(&open.guard).as_ref() == Some(guard);
        if self.open.as_ref().is_some_and(|open| !fits(open)) {
            self.close();
        }
        if guard.is_empty() {
            return build(self);
        }
        // Known before the op that holds the block.
        if opposite(guard).is_none_or(|opposite| self.open.as_ref().is_none_or(|open| open.guard != opposite))
        {
            self.condition(guard);
        }
        let block = match &self.open {
            Some(open) if open.guard == *guard => open.then,
            Some(Open { otherwise: Some(block), .. }) => *block,
            _ => {
                let block = self.b.func.new_block(&[]);
                match &mut self.open {
                    Some(open) => open.otherwise = Some(block),
                    None => self.open = Some(Open { guard: guard.clone(), then: block, otherwise: None }),
                }
                block
            }
        };
        let home = std::mem::replace(&mut self.b.block, block);
        build(self);
        self.b.block = home;
    }

    /// Ends the conditions that are open.
    pub(super) fn close(&mut self) {
        let Some(Open { guard, then, otherwise }) = self.open.take() else { return };
        let condition = self.condition(&guard);
        for block in [Some(then), otherwise].into_iter().flatten() {
            let home = std::mem::replace(&mut self.b.block, block);
            self.b.effect("scf.yield", &[], &[]);
            self.b.block = home;
        }
        let regions = vec![vec![then], otherwise.into_iter().collect()];
        self.top(|b| b.op("scf.if", OpSpec { operands: &[condition], regions, ..OpSpec::default() }));
        self.free_due();
    }

    pub(super) fn condition(&mut self, guard: &Guard) -> ValueId {
        if let Some(condition) = self.conditions.get(guard) {
            return *condition;
        }
        let parts: Vec<(ValueId, bool)> = guard.iter().map(|(v, side)| (self.map[v], *side)).collect();
        let condition = self.top(|b| {
            let mut all: Option<ValueId> = None;
            for (value, side) in parts {
                let value = if side {
                    value
                } else {
                    let yes = b.constant(1, &Type::I1);
                    b.arith("xori", value, yes)
                };
                all = Some(all.map_or(value, |all| b.arith("andi", all, value)));
            }
            all.unwrap_or_else(|| b.constant(1, &Type::I1))
        });
        self.conditions.insert(guard.clone(), condition);
        condition
    }

    /// Waits, if what the host is about to use is still coming down.
    pub(super) fn settle(&mut self, guard: &Guard, value: ValueId) {
        if space(self.func(), value) == Some(Space::Host) && self.stream.is_downloading(self.base(value)) {
            self.in_guard(guard, |emit| emit.wait());
        }
    }

    pub(super) fn wait(&mut self) {
        self.b.effect(Kind::Wait.name(), &[], &[]);
        // A wait under a condition may not happen.
        if self.b.block == self.entry {
            self.stream.drained();
        }
    }

    pub(super) fn free_after(&mut self, position: usize) {
        self.due.extend(self.frees.remove(&position).unwrap_or_default());
        if self.open.is_none() {
            self.free_due();
        }
    }

    pub(super) fn free_due(&mut self) {
        for temp in std::mem::take(&mut self.due) {
            if let Some(memref) = self.temps[temp] {
                if self.stream.is_downloading(Some(Base::Temp(temp))) {
                    let home = std::mem::replace(&mut self.b.block, self.entry);
                    self.wait();
                    self.b.block = home;
                }
                self.top(|b| b.effect(Kind::Free.name(), &[memref], &[]));
            }
        }
    }
}
