//! Reads of what was written before, with writes between that are known to go elsewhere.

use super::Buffers;
use crate::extents::Extents;
use crate::infer_shapes::Facts;
use crate::tidy::is_pure;
use std::collections::HashMap;
use xpuc_dialect::ir::{Func, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// `func` with such reads replaced by the value written.
pub(super) fn forward(func: &Func) -> Func {
    // Sizes that contradict each other are for `infer-shapes` to report.
    let (Some(entry), Ok(facts)) = (func.entry(), Facts::of_values(func)) else { return func.clone() };
    let (buffers, extents) = (Buffers::of(func), Extents::of(func, &facts));
    let ops = &func.block(entry).ops;
    let mut written: HashMap<ValueId, ValueId> = HashMap::new();
    for (at, id) in ops.iter().enumerate() {
        let op = func.op(*id);
        if Kind::of(op) == Some(Kind::Read)
            && let Some(value) = content(func, &buffers, &extents, &ops[..at], op.operands[0])
            && func.ty(value) == func.ty(op.results[0])
        {
            let value = written.get(&value).copied().unwrap_or(value);
            written.insert(op.results[0], value);
        }
    }
    let mut out = func.clone();
    for id in func.walk() {
        for operand in &mut out.op_mut(id).operands {
            *operand = written.get(operand).copied().unwrap_or(*operand);
        }
    }
    out
}

/// What the last write to a view left there, if nothing since may have changed it.
fn content(
    func: &Func,
    buffers: &Buffers,
    extents: &Extents<'_>,
    before: &[OpId],
    view: ValueId,
) -> Option<ValueId> {
    let root = |memref: ValueId| buffers.root(memref).unwrap_or(memref);
    for id in before.iter().rev() {
        let op = func.op(*id);
        match Kind::of(op) {
            Some(Kind::Into) if op.operands[1] == view => return Some(op.operands[0]),
            Some(Kind::Into) => {
                let other = op.operands[1];
                if buffers.may_alias(root(view), root(other)) && !extents.disjoint(view, other) {
                    return None;
                }
            }
            Some(Kind::Read | Kind::Require | Kind::Materialize | Kind::Alloc) => {}
            _ if is_pure(op) => {}
            _ => return None,
        }
    }
    None
}
