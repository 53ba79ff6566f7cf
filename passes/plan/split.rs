//! Two copies of an op that can stop the program, where no one condition says when it is needed.
//!
//! Equal ops are one value in every pass before. If such a value is needed under one condition and under another, the
//! guard of the op is what both have in common, and it would run, and perhaps stop the program, where neither
//! holds. So each condition gets its own.

use crate::fail::can_fail;
use crate::guard::{Guard, Guards};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{Func, Op, OpId, ValueId};

/// A copy of the function in which each op that can fail is needed under one guard.
pub(super) fn split(func: &Func) -> Func {
    let mut out = func.clone();
    let Some(entry) = func.entry() else { return out };
    let mut facts = Facts::of(&out);
    // From the last to the first: a copy makes another use of its operands.
    for id in func.block(entry).ops.iter().rev().copied().filter(|id| stops(func, func.op(*id))) {
        let Some(result) = out.op(id).results.first().copied() else { continue };
        let uses = facts.uses(&out, result);
        let least = least(&uses);
        if opposite(&least) {
            continue;
        }
        for guard in least.iter().skip(1) {
            let copy = Op { results: Vec::new(), ..out.op(id).clone() };
            let ty = out.ty(result).clone();
            let copy = out.new_op(copy, [ty]);
            let made = out.op(copy).results[0];
            for (user, position, _) in uses.iter().filter(|(_, _, of)| of.starts_with(guard)) {
                out.op_mut(*user).operands[*position] = made;
            }
            let ops = &mut out.block_mut(entry).ops;
            let at = ops.iter().position(|op| *op == id).unwrap_or_default();
            ops.insert(at, copy);
        }
        if least.len() > 1 {
            facts = Facts::of(&out);
        }
    }
    out
}

struct Facts {
    guards: Guards,
    users: HashMap<ValueId, Vec<OpId>>,
}

impl Facts {
    fn of(func: &Func) -> Self {
        let order = func.entry().map(|entry| func.block(entry).ops.clone()).unwrap_or_default();
        Facts { guards: Guards::of(func, &order, HashSet::default()), users: func.uses() }
    }

    /// User, position among its operands, and the guard of each use.
    fn uses(&self, func: &Func, value: ValueId) -> Vec<(OpId, usize, Guard)> {
        let mut users = self.users.get(&value).cloned().unwrap_or_default();
        users.dedup();
        let of_user = |user: OpId| {
            let positions = func.op(user).operands.iter().enumerate().filter(move |(_, v)| **v == value);
            let guards = self.guards.of_use(func, user, value);
            positions.zip(guards).map(move |((position, _), guard)| (user, position, guard))
        };
        users.into_iter().flat_map(of_user).collect()
    }
}

/// The guards that no other one begins, in the order of use.
fn least(uses: &[(OpId, usize, Guard)]) -> Vec<Guard> {
    let mut least: Vec<Guard> = Vec::new();
    for (_, _, guard) in uses {
        let begun = |other: &Guard| guard.starts_with(other) && guard != other;
        if !least.contains(guard) && !uses.iter().any(|(_, _, other)| begun(other)) {
            least.push(guard.clone());
        }
    }
    least
}

/// Whether one of two guards holds whenever what they have in common does.
fn opposite(guards: &[Guard]) -> bool {
    let [x, y] = guards else { return false };
    match (x.split_last(), y.split_last()) {
        (Some(((c, side), x)), Some(((d, other), y))) => c == d && side != other && x == y,
        _ => false,
    }
}

/// Whether running the op can stop the program. Views are names, made in any case.
fn stops(func: &Func, op: &Op) -> bool {
    &*op.name != "memref.subview" && can_fail(func, op)
}
