//! Local buffers that stay memory (a view of another rank is made of them, say) and end in a buffer of the caller:
//! they are that buffer from the start, unless a clause of the contract comes between. Nothing of the caller's is
//! written before that holds.

use super::Buffers;
use crate::tidy::is_pure;
use xpuc_dialect::ir::{Func, Op, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// `func` with each such buffer replaced by the one that it is copied to.
pub(super) fn coalesce(func: &Func) -> Func {
    let mut out = func.clone();
    while let Some(found) = find(&out) {
        apply(&mut out, &found);
    }
    out
}

/// An allocation, and the read and write that copy it to an argument.
struct Found {
    alloc: OpId,
    read: OpId,
    into: OpId,
}

fn find(func: &Func) -> Option<Found> {
    let entry = func.entry()?;
    let ops = &func.block(entry).ops;
    let buffers = Buffers::of(func);
    let uses = func.uses();
    let users = |v: ValueId| uses.get(&v).map_or(&[][..], Vec::as_slice);
    ops.iter().enumerate().find_map(|(at, into)| {
        let op = func.op(*into);
        if Kind::of(op) != Some(Kind::Into) {
            return None;
        }
        let (value, arg) = (op.operands[0], op.operands[1]);
        let read = *ops[..at].iter().rfind(|id| func.op(**id).results.contains(&value))?;
        let local = *func.op(read).operands.first()?;
        let alloc = *ops[..at].iter().find(|id| func.op(**id).results.contains(&local))?;
        let of_caller = func.args().iter().position(|a| *a == arg).is_some_and(|index| {
            let attrs = &func.arg_attrs[index];
            attrs.contains_key("xpu.noalias") && attrs.contains_key("xpu.output")
        });
        let whole = Kind::of(func.op(read)) == Some(Kind::Read)
            && Kind::of(func.op(alloc)) == Some(Kind::Alloc)
            && func.ty(local) == func.ty(arg)
            && users(value) == [*into];
        if !of_caller || !whole {
            return None;
        }
        let copied = ops.iter().position(|id| *id == read)?;
        let made = ops.iter().position(|id| *id == alloc)?;
        let touches = |op: &Op, memref: ValueId| {
            let root = |v: &ValueId| buffers.root(*v);
            !is_pure(op) && op.operands.iter().any(|v| root(v) == Some(memref))
        };
        // From there on the argument is nobody's but this buffer's, which is not used again after the copy.
        let apart = ops[made..].iter().enumerate().all(|(offset, id)| {
            let (op, at_op) = (func.op(*id), made + offset);
            let known = is_pure(op) || Kind::of(op).is_some() || &*op.name == "func.return";
            (at_op > at || (known && Kind::of(op) != Some(Kind::Require)))
                && (*id == *into || at_op > at || !touches(op, arg))
                && (at_op <= copied || !touches(op, local))
        });
        apart.then_some(Found { alloc, read, into: *into })
    })
}

fn apply(func: &mut Func, found: &Found) {
    let Some(entry) = func.entry() else { return };
    let local = func.op(found.alloc).results[0];
    let arg = func.op(found.into).operands[1];
    let gone = [found.alloc, found.read, found.into];
    func.block_mut(entry).ops.retain(|id| !gone.contains(id));
    for id in func.walk() {
        for operand in &mut func.op_mut(id).operands {
            if *operand == local {
                *operand = arg;
            }
        }
    }
}
