//! Writes that nobody sees: the same view is written again before anything may read it.

use super::{Buffers, ByBuffer};
use crate::tidy::is_pure;
use rustc_hash::FxHashSet as HashSet;
use xpuc_dialect::ir::{Func, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// `func` without them.
pub(super) fn drop_overwritten(mut func: Func) -> Func {
    let Some(entry) = func.entry() else { return func };
    let buffers = Buffers::of(&func);
    let root = |memref: ValueId| buffers.root(memref).unwrap_or(memref);
    let mut unseen: HashSet<OpId> = HashSet::default();
    // Views that are written later, before anything may read them.
    let mut later: ByBuffer<ValueId> = ByBuffer::default();
    for id in func.block(entry).ops.iter().rev() {
        let op = func.op(*id);
        match Kind::of(op) {
            Some(Kind::Into) => {
                let view = op.operands[1];
                if later.of(root(view)).contains(&view) {
                    unseen.insert(*id);
                } else {
                    later.add(root(view), view);
                }
            }
            Some(Kind::Read) => later.retain(&buffers, root(op.operands[0]), |_| false),
            Some(Kind::Require | Kind::Materialize) => {}
            _ if is_pure(op) => {}
            _ => later.clear(),
        }
    }
    func.block_mut(entry).ops.retain(|id| !unseen.contains(id));
    func
}
