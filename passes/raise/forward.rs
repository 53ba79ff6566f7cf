//! Reads of what was written before, with writes between that are known to go elsewhere.

use super::{Buffers, ByBuffer};
use crate::extents::Extents;
use crate::infer_shapes::Facts;
use crate::tidy::is_pure;
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{Func, ValueId};
use xpuc_dialect::ops::Kind;

/// `func` with such reads replaced by the value written.
pub(super) fn forward(mut func: Func) -> Func {
    // Sizes that contradict each other are for `infer-shapes` to report.
    let (Some(entry), Ok(facts)) = (func.entry(), Facts::of_values(&func)) else { return func };
    let (buffers, extents) = (Buffers::of(&func), Extents::of(&func, &facts));
    let root = |memref: ValueId| buffers.root(memref).unwrap_or(memref);
    // What the last write to a view left there, if nothing since may have changed it.
    let mut content: ByBuffer<(ValueId, ValueId)> = ByBuffer::default();
    let mut written: HashMap<ValueId, ValueId> = HashMap::default();
    for id in &func.block(entry).ops {
        let op = func.op(*id);
        match Kind::of(op) {
            Some(Kind::Read) => {
                let known = content.of(root(op.operands[0])).iter().find(|(view, _)| *view == op.operands[0]);
                if let Some((_, value)) = known
                    && func.ty(*value) == func.ty(op.results[0])
                {
                    let value = written.get(value).copied().unwrap_or(*value);
                    written.insert(op.results[0], value);
                }
            }
            Some(Kind::Into) => {
                let (value, view) = (op.operands[0], op.operands[1]);
                let apart =
                    |(other, _): &(ValueId, ValueId)| *other != view && extents.disjoint(*other, view);
                content.retain(&buffers, root(view), apart);
                content.add(root(view), (view, value));
            }
            Some(Kind::Require | Kind::Materialize | Kind::Alloc) => {}
            _ if is_pure(op) => {}
            _ => content.clear(),
        }
    }
    if written.is_empty() {
        return func;
    }
    for id in func.walk() {
        for operand in &mut func.op_mut(id).operands {
            *operand = written.get(operand).copied().unwrap_or(*operand);
        }
    }
    func
}
