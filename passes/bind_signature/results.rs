//! Results that become arguments.

use super::Stats;
use crate::raise::Buffers;
use std::sync::Arc;
use xpuc_dialect::ir::{Attr, Attrs, Func, Layout, Op, OpId, Shaped, Type, ValueId};
use xpuc_dialect::ops::Kind;
use xpuc_dialect::signature::{Declared, Param, Signature, Size};

/// A result of the program that becomes a buffer of the caller.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    /// Position among the results.
    result: usize,
    /// Name of the buffer.
    buffer: Arc<str>,
    /// Its sizes: those declared, or else those that the program yields.
    shape: Option<Vec<Attr>>,
}

/// The results to bind, in the order of the declared outputs.
pub(super) fn to_bind(func: &Func, declared: &Signature, program: &Signature) -> Vec<Bound> {
    let mut bound = Vec::new();
    for param in &declared.outputs {
        let Some(buffer) = &param.buffer else { continue };
        let is_written = program.outputs.iter().any(|output| output.buffer.as_ref() == Some(buffer));
        let result = (0..func.result_types.len()).find(|i| func.result_name(*i) == *param.name);
        let Some(result) = result.filter(|_| !is_written) else { continue };
        let yields =
            program.outputs.iter().find(|output| output.buffer.is_none() && output.name == param.name);
        let declared = sizes(param);
        let shape = declared.or_else(|| yields.and_then(sizes));
        bound.push(Bound { result, buffer: Arc::clone(buffer), shape });
    }
    bound
}

/// Sizes of a parameter, as `xpu.shape` has them, if every one is known.
fn sizes(param: &Param) -> Option<Vec<Attr>> {
    let Some(Declared::As(sizes)) = &param.shape else { return None };
    let text = |size: &Size| match size {
        Size::Dim(dim) if !dim.has_unknowns() => Some(Attr::str(dim.to_string())),
        _ => None,
    };
    sizes.iter().map(text).collect()
}

/// The `func.return` of a function of one block.
pub(super) fn exit(func: &Func) -> Option<OpId> {
    let last = func.entry().and_then(|entry| func.block(entry).ops.last().copied())?;
    (&*func.op(last).name == "func.return").then_some(last)
}

/// Makes the results arguments behind the other arrays, in the order given.
pub(super) fn bind(func: &mut Func, results: &[Bound]) -> Stats {
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
        let Some(shaped) = func.result_types[bound.result].memref().cloned() else { continue };
        let ty = Type::MemRef(Shaped { layout: Layout::Identity, ..shaped });
        let argument = func.insert_arg(first + position, ty, attrs(bound));
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

fn attrs(bound: &Bound) -> Attrs {
    let entries = [
        ("xpu.name", Some(Attr::Str(Arc::clone(&bound.buffer)))),
        ("xpu.shape", bound.shape.clone().map(Attr::Array)),
        ("xpu.noalias", Some(Attr::Unit)),
        ("xpu.output", Some(Attr::Unit)),
    ];
    entries.into_iter().filter_map(|(name, value)| Some((Arc::from(name), value?))).collect()
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
