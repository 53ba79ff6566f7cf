//! The constraints of `SPEC.md` that IRDL cannot hold.
//!
//! Each check stands next to the label it has in `SPEC.md`, in the order of the labels; an op reports
//! the first one that it breaks. What `xpu.irdl.mlir` guarantees is taken as given: how many operands,
//! of which kind, which attributes and regions.

mod check;
mod contract;
mod elementwise;
mod func;
mod launch;
mod memory;
mod scan;
mod signature;
#[cfg(test)]
mod tests;
mod view;

use crate::context::Diagnostic;
use crate::ir::{Func, Loc, Module, Op, OpId, Type};
use crate::ops::Kind;
use check::{Check, elem, ensure};
use rustc_hash::FxHashMap as HashMap;
use view::View;

/// Checks the signatures and functions of a module and every op of the dialect in them: at most one diagnostic
/// each, in program order. No diagnostics: the module is valid.
pub fn verify(module: &Module) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut report = |loc: &Loc, check: Check| {
        found.extend(check.err().map(|broken| Diagnostic { loc: loc.clone(), message: broken.to_string() }));
    };
    for (index, op) in module.attrs.signatures.iter().enumerate() {
        report(&op.loc, signature::constraints(module, index));
    }
    for func in &module.funcs {
        report(&func.loc, func::constraints(func));
        // Outer ops come before inner ones, so a parent is known when its children are met.
        let mut parents: HashMap<OpId, &str> = HashMap::default();
        for id in func.walk() {
            let op = func.op(id);
            for block in op.regions.iter().flatten() {
                parents.extend(func.block(*block).ops.iter().map(|child| (*child, &*op.name)));
            }
            if &*op.name == crate::signature::OP {
                report(&op.loc, signature::in_function(op));
            }
            report(&op.loc, axis(func, op));
            if let Some(view) = View::of(module, func, op, parents.get(&id).copied()) {
                report(&op.loc, types(&view).and_then(|()| constraints(&view)));
            }
        }
    }
    found
}

/// The axis that upstream's `dim` asks for is one.
fn axis(func: &Func, op: &Op) -> Check {
    if !matches!(&*op.name, "memref.dim" | "tensor.dim") {
        return Ok(());
    }
    let (Some(rank), Some(axis)) =
        (func.ty(op.operands[0]).shaped().map(|shaped| shaped.rank()), func.constant(op.operands[1]))
    else {
        return Ok(());
    };
    let inside = usize::try_from(axis).is_ok_and(|axis| axis < rank);
    ensure!("type_c3", inside, "{} must be of an axis below {rank}, found {axis}", op.name);
    Ok(())
}

/// What holds for every array, whatever the op.
fn types(op: &View<'_>) -> Check {
    for value in op.values() {
        if value.shape().is_some() {
            elem("type_c1", value, &[&Type::I1, &Type::I32, &Type::I64])?;
        }
    }
    for value in op.values() {
        ensure!(
            "type_c2",
            !matches!(value.ty, Type::Other(_)),
            "{value} must be dense or a rank-1 unit-stride slice, in host, device, shared or local, found {}",
            value.ty
        );
    }
    Ok(())
}

/// What holds for this op: its inputs and outputs by their names in `SPEC.md`.
#[rustfmt::skip]
fn constraints(op: &View<'_>) -> Check {
    match (op.kind, &*op.inputs, &*op.outputs) {
        (Kind::Constant, &[value], _) => elementwise::constant(op, value),
        (Kind::Range, &[_begin, _step], _) => elementwise::range(op),
        (Kind::Copy, &[src], &[out]) => memory::copy(op, src, out),
        (Kind::Gather, &[table, index], _) => elementwise::gather(op, table, index),
        (Kind::Broadcast(_), &[x, y], _) => elementwise::broadcast(op, x, y),
        (Kind::Compare, &[x, y], _) => elementwise::compare(op, x, y),
        (Kind::Select, &[mask, x, y], _) => elementwise::select(op, mask, x, y),
        (Kind::Cumsum, &[x], _) => scan::cumsum(op, x),
        (Kind::ReduceSum | Kind::ReduceMax, &[x], _) => scan::reduce(op, x),
        (Kind::Compact, &[x, mask], _) => scan::compact(op, x, mask),
        (Kind::Expand, &[lod], _) => scan::expand(op, lod),
        (Kind::SlotMapping, &[table, lod, start, batch_map, ..], _) => scan::slot_mapping(op, table, lod, start, batch_map),
        (Kind::H2d, &[src], _) => memory::h2d(op, src),
        (Kind::D2h, &[src], _) => memory::d2h(op, src),
        (Kind::Alloc, &[], &[result]) => memory::alloc(op, result),
        (Kind::Require, &[x, y], _) => contract::require(op, x, y),
        (Kind::Verdict, _, &[result]) => contract::verdict(result),
        (Kind::Enforce, &[verdict], _) => contract::enforce(op, verdict),
        (Kind::Read, &[src], &[result]) => memory::read(src, result),
        (Kind::Into, &[value, dst], _) => memory::into(value, dst),
        (Kind::Materialize, &[value], &[result]) => memory::materialize(value, result),
        (Kind::Fusion, ..) => launch::fusion(op),
        (Kind::Launch, ..) => launch::launch(op),
        (Kind::Barrier, ..) => launch::barrier(op),
        // `wait` and `free` have none of their own; a wrong number of operands is for IRDL to say.
        _ => Ok(()),
    }
}
