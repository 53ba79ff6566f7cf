//! What is written into the caller's memory on the host comes last: whatever fails before leaves it as it was.

use xpuc_dialect::ir::{Def, Func, OpId, Space, ValueId};
use xpuc_dialect::ops::Kind;

/// The operations of a block, with those that only write to the caller's host memory behind the last one that can fail,
/// as far as nothing between reads or writes the same memory.
pub(super) fn writes_last(func: &Func, ops: &[OpId]) -> Vec<OpId> {
    let Some(last) = ops.iter().rposition(|op| fails(func, *op)) else { return ops.to_vec() };
    let mut order = Vec::new();
    let mut held: Vec<OpId> = Vec::new();
    for op in &ops[..=last] {
        if !fails(func, *op) && func.op(*op).results.is_empty() && writes_to_caller(func, *op) {
            held.push(*op);
            continue;
        }
        if held.iter().any(|earlier| meet(func, *earlier, *op)) {
            order.append(&mut held);
        }
        order.push(*op);
    }
    order.append(&mut held);
    order.extend(&ops[last + 1..]);
    order
}

/// An operation and what is in it.
fn within(func: &Func, id: OpId) -> Vec<OpId> {
    let blocks = func.op(id).regions.iter().flatten();
    [id].into_iter().chain(blocks.flat_map(|block| func.nested(*block))).collect()
}

/// Commands, what allocates, and clauses of the contract; an unknown operation may be any of them.
fn fails(func: &Func, id: OpId) -> bool {
    within(func, id).into_iter().any(|id| {
        let op = func.op(id);
        match Kind::of(op) {
            Some(Kind::Copy) => op.operands.iter().any(|value| space(func, *value) == Some(Space::Device)),
            Some(Kind::Free) => false,
            Some(_) => true,
            None => !["arith.", "memref.", "scf."].iter().any(|known| op.name.starts_with(known)),
        }
    })
}

fn space(func: &Func, value: ValueId) -> Option<Space> {
    Some(func.ty(value).memref()?.space)
}

/// The buffer that a view is of.
fn root(func: &Func, mut value: ValueId) -> ValueId {
    while let Some(op) = func.def_op(value).filter(|op| op.name.starts_with("memref.")) {
        value = op.operands[0];
    }
    value
}

/// Buffers that an operation reads or writes, and whether it may write: a view and a size do neither.
fn touched(func: &Func, id: OpId) -> Vec<(ValueId, bool)> {
    let mut all = Vec::new();
    for id in within(func, id) {
        let op = func.op(id);
        let writes = |at: usize| match &*op.name {
            "memref.load" => Some(false),
            "memref.store" => Some(true),
            name if name.starts_with("memref.") => None,
            _ => match Kind::of(op) {
                Some(Kind::Free) => None,
                Some(Kind::Copy) => Some(at > 0),
                _ => Some(true),
            },
        };
        for (at, value) in op.operands.iter().enumerate().filter(|(_, value)| space(func, **value).is_some())
        {
            all.extend(writes(at).map(|writes| (root(func, *value), writes)));
        }
    }
    all
}

fn writes_to_caller(func: &Func, id: OpId) -> bool {
    within(func, id).into_iter().any(|id| {
        let op = func.op(id);
        let target = match &*op.name {
            "memref.store" => op.operands.get(1),
            _ if Kind::of(op) == Some(Kind::Copy) => op.operands.last(),
            _ => None,
        };
        target.is_some_and(|value| func.args().contains(&root(func, *value)))
    })
}

/// Whether two operations may touch the same memory, and one of them write it.
fn meet(func: &Func, a: OpId, b: OpId) -> bool {
    let shared = |value: ValueId| {
        let index = func.args().iter().position(|arg| *arg == value);
        index.is_some_and(|index| !func.arg_attrs[index].contains_key("xpu.noalias"))
    };
    let same = |a: ValueId, b: ValueId| {
        let unknown = |value| matches!(func.def(value), Def::Arg(..)) && !func.args().contains(&value);
        let aliases = (shared(a) && shared(b)) || unknown(a) || unknown(b);
        a == b || (aliases && space(func, a) == space(func, b))
    };
    let others = touched(func, b);
    touched(func, a).into_iter().any(|(value, writes)| {
        others.iter().any(|(other, other_writes)| (writes || *other_writes) && same(value, *other))
    })
}
