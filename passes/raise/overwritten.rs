//! Writes that nobody sees: the same view is written again before anything may read it.

use super::Buffers;
use crate::tidy::is_pure;
use std::collections::HashSet;
use xpuc_dialect::ir::{Func, Op, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// `func` without them.
pub(super) fn drop_overwritten(func: &Func) -> Func {
    let Some(entry) = func.entry() else { return func.clone() };
    let ops = &func.block(entry).ops;
    let buffers = Buffers::of(func);
    let unseen: HashSet<OpId> = (0..ops.len())
        .filter(|at| {
            target(func.op(ops[*at])).is_some_and(|view| is_unseen(func, &buffers, &ops[*at + 1..], view))
        })
        .map(|at| ops[at])
        .collect();
    let mut out = func.clone();
    out.block_mut(entry).ops.retain(|id| !unseen.contains(id));
    out
}

/// The view that an op writes.
fn target(op: &Op) -> Option<ValueId> {
    (Kind::of(op) == Some(Kind::Into)).then(|| op.operands[1])
}

fn is_unseen(func: &Func, buffers: &Buffers, rest: &[OpId], view: ValueId) -> bool {
    let root = buffers.root(view).unwrap_or(view);
    for id in rest {
        let op = func.op(*id);
        match Kind::of(op) {
            Some(Kind::Into) if op.operands[1] == view => return true,
            Some(Kind::Read) => {
                let source = op.operands[0];
                if buffers.may_alias(root, buffers.root(source).unwrap_or(source)) {
                    return false;
                }
            }
            Some(Kind::Into | Kind::Require | Kind::Materialize) => {}
            _ if is_pure(op) => {}
            _ => return false,
        }
    }
    false
}
