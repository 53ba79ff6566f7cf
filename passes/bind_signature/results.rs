//! Results that become arguments.

use super::Stats;
use super::agree::{Bound, size};
use crate::infer_shapes::Facts;
use crate::pass::{Pass, PassCx, PassError};
use crate::raise::{Buffers, Raise};
use std::sync::Arc;
use xpuc_dialect::dim::Dim;
use xpuc_dialect::ir::{Attr, Attrs, Func, Layout, Module, Op, OpId, Shaped, Type, ValueId};
use xpuc_dialect::ops::Kind;
use xpuc_dialect::signature::Signature;

/// The declared sizes of what is bound are those that the program yields.
pub(super) fn check_sizes(
    cx: &PassCx,
    module: &Module,
    func: &Func,
    signature: &Signature,
    results: &[Bound],
) -> Result<(), PassError> {
    if results.is_empty() {
        return Ok(());
    }
    let one = Module { funcs: vec![func.clone()], attrs: module.attrs.clone() };
    // What it remarks and counts is about a copy.
    let raised = Raise.run(&mut cx.clone(), &one)?;
    let Some(raised) = raised.funcs.first() else { return Ok(()) };
    let facts = Facts::of(raised)?;
    let Some(exit) = exit(raised).map(|id| raised.op(id)) else { return Ok(()) };
    for bound in results {
        let param = &signature.outputs[bound.output];
        let yields = facts.dims(exit.operands[bound.result]);
        for (axis, (declared, found)) in param.shape.iter().flatten().zip(yields).enumerate() {
            let Ok(declared) = declared.parse::<Dim>() else { continue };
            if declared != *found {
                return Err(size(param, axis, &declared, "yields", found).at(&signature.loc));
            }
        }
    }
    Ok(())
}

/// The `func.return` of a function of one block.
fn exit(func: &Func) -> Option<OpId> {
    let last = func.entry().and_then(|entry| func.block(entry).ops.last().copied())?;
    (&*func.op(last).name == "func.return").then_some(last)
}

/// Makes the results arguments behind the other arrays, in the order given.
pub(super) fn bind(func: &mut Func, signature: &Signature, results: &[Bound]) -> Stats {
    let Some(exit) = exit(func) else { return Stats::default() };
    let returned = func.op(exit).operands.clone();
    let types = func.arg_types();
    let first = types.iter().rposition(|ty| ty.shaped().is_some()).map_or(0, |last| last + 1);
    let owned = owned(func, &returned, results);
    let entry = func.body[0];
    let mut tail = Vec::new();
    // Host memory is read at once, and nothing may be in flight into a buffer that is freed.
    if !results.is_empty() && in_flight(func) {
        tail.push(op(func, exit, Kind::Wait, &[]));
    }
    for (position, bound) in results.iter().enumerate() {
        let param = &signature.outputs[bound.output];
        let Some(shaped) = func.result_types[bound.result].memref().cloned() else { continue };
        let ty = Type::MemRef(Shaped { layout: Layout::Identity, ..shaped });
        let argument = func.insert_arg(first + position, ty, attrs(param));
        tail.push(op(func, exit, Kind::Copy, &[returned[bound.result], argument]));
    }
    let freed: Vec<OpId> = owned.into_iter().map(|buffer| op(func, exit, Kind::Free, &[buffer])).collect();
    let stats = Stats { bound: results.len() as u64, freed: freed.len() as u64 };
    tail.extend(freed);
    let ops = &mut func.block_mut(entry).ops;
    let at = ops.len() - 1;
    ops.splice(at..at, tail);

    let stays = |i: &usize| !results.iter().any(|bound| bound.result == *i);
    let kept: Vec<usize> = (0..returned.len()).filter(stays).collect();
    func.op_mut(exit).operands = kept.iter().map(|i| returned[*i]).collect();
    func.result_types = kept.iter().map(|i| func.result_types[*i].clone()).collect();
    func.result_attrs = kept.iter().map(|i| func.result_attrs[*i].clone()).collect();
    stats
}

fn attrs(param: &xpuc_dialect::signature::Param) -> Attrs {
    let name = param.buffer.as_deref().unwrap_or(&param.name);
    let shape = param.shape.iter().flatten().map(Attr::str).collect();
    let entries = [
        ("xpu.name", Attr::str(name)),
        ("xpu.shape", Attr::Array(shape)),
        ("xpu.noalias", Attr::Unit),
        ("xpu.output", Attr::Unit),
    ];
    entries.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()
}

/// An op without results, where the return stands in the source.
fn op(func: &mut Func, at: OpId, kind: Kind, operands: &[ValueId]) -> OpId {
    let loc = func.op(at).loc.clone();
    let op = Op {
        name: Arc::from(kind.name()),
        operands: operands.to_vec(),
        results: Vec::new(),
        attrs: Attrs::new(),
        regions: Vec::new(),
        successors: Vec::new(),
        loc,
    };
    func.new_op(op, [])
}

/// Buffers that the program allocates, returns only as what is bound, and has not freed: in order, each once.
fn owned(func: &Func, returned: &[ValueId], results: &[Bound]) -> Vec<ValueId> {
    let buffers = Buffers::of(func);
    let is_bound = |i: usize| results.iter().any(|bound| bound.result == i);
    let roots = |bound: bool| {
        let some = returned.iter().enumerate().filter(move |(i, _)| is_bound(*i) == bound);
        some.filter_map(|(_, value)| buffers.root(*value)).collect::<Vec<_>>()
    };
    let stay = roots(false);
    let mut owned = Vec::new();
    for root in roots(true) {
        let made = func.def_op(root).is_some_and(|op| Kind::of(op) == Some(Kind::Alloc));
        if made && !stay.contains(&root) && !owned.contains(&root) {
            owned.push(root);
        }
    }
    owned
}

/// Whether a transfer may still be under way when the function ends.
fn in_flight(func: &Func) -> bool {
    let is = |id: &OpId, kinds: &[Kind]| Kind::of(func.op(*id)).is_some_and(|kind| kinds.contains(&kind));
    let top = func.entry().map(|entry| func.block(entry).ops.clone()).unwrap_or_default();
    let since = top.iter().rposition(|id| is(id, &[Kind::Wait])).map_or(0, |wait| wait + 1);
    let starts = |id: &OpId| is(id, &[Kind::H2d, Kind::D2h]) && !func.op(*id).has("blocking");
    top[since..].iter().any(|id| {
        let nested = func.op(*id).regions.iter().flatten().flat_map(|block| func.nested(*block));
        starts(id) || nested.collect::<Vec<_>>().iter().any(starts)
    })
}
