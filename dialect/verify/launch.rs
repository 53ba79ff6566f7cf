//! `fusion` and `launch`: what their bodies hold.

use super::check::{Check, ensure, space};
use super::view::{Named, View};
use crate::ir::{Attr, Op, Space, Type};
use crate::ops::Kind;

pub(super) fn fusion(op: &View<'_>) -> Check {
    let body: Vec<&Op> = op.body().into_iter().flat_map(|b| &b.ops).map(|id| op.func.op(*id)).collect();
    let Some((end, body)) = body.split_last() else { return Ok(()) };
    for inner in body {
        ensure!("fusion_c1", may_stand(inner), "{} may not stand in a fusion", inner.name);
        let writes = matches!(Kind::of(inner), Some(Kind::Into | Kind::Require));
        let value_form = inner.results.len() == 1 || writes;
        ensure!("fusion_c1", value_form, "{} in buffer form may not stand in a fusion", inner.name);
    }
    ensure!("fusion_c1", &*end.name == "vector.yield", "body must end in vector.yield, found {}", end.name);
    yields_nothing("fusion_c1", end)?;
    let writes = body.iter().any(|inner| Kind::of(inner) == Some(Kind::Into));
    ensure!("fusion_c2", writes, "expected an xpu.into in the body, found none");
    for inner in body {
        let (name, memref) = match (Kind::of(inner), &*inner.operands) {
            (Some(Kind::Read), &[src]) => ("src of xpu.read", src),
            (Some(Kind::Into), &[_value, dst]) => ("dst of xpu.into", dst),
            _ => continue,
        };
        space("fusion_c3", Named { name, ty: op.func.ty(memref) }, Space::Device)?;
    }
    Ok(())
}

/// Upstream ops that a fusion can hold, those of `arith` apart.
const UPSTREAM: [&str; 10] = [
    "tensor.cast",
    "tensor.dim",
    "tensor.empty",
    "tensor.extract",
    "tensor.extract_slice",
    "tensor.insert",
    "tensor.insert_slice",
    "memref.dim",
    "memref.subview",
    "memref.cast",
];

/// Whether a fusion can hold the op; compute ops in one of their forms.
fn may_stand(op: &Op) -> bool {
    match Kind::of(op) {
        Some(kind) => {
            kind.is_compute() || matches!(kind, Kind::Read | Kind::Into | Kind::Require | Kind::Verdict)
        }
        None => op.name.starts_with("arith.") || UPSTREAM.contains(&&*op.name),
    }
}

pub(super) fn launch(op: &View<'_>) -> Check {
    for name in ["clusters", "cores"] {
        let Some(attr) = op.op.attrs.get(name) else { continue };
        let counts = matches!(attr, Attr::Int(1.., Type::Int(64)));
        ensure!("launch_c1", counts, "{name} must be an i64 of at least 1, found {attr}");
    }
    let Some(body) = op.body() else { return Ok(()) };
    let ops: Vec<&Op> = body.ops.iter().map(|id| op.func.op(*id)).collect();
    let expected = ["func.call", "vector.yield"];
    let other = ops.iter().enumerate().find(|(k, inner)| expected.get(*k) != Some(&&*inner.name));
    if let Some((_, other)) = other {
        ensure!("launch_c2", false, "expected one func.call, then vector.yield, found {}", other.name);
    }
    let &[call, end] = ops.as_slice() else { return Ok(()) };
    let grid = call.operands.starts_with(&body.args);
    ensure!("launch_c2", grid, "expected cluster and core as first arguments of the call");
    yields_nothing("launch_c2", end)?;
    kernel(op, call, body.args.len())
}

/// What is called and with what, apart from the first arguments.
fn kernel(op: &View<'_>, call: &Op, first: usize) -> Check {
    let Some(Attr::Symbol(name)) = call.attrs.get("callee") else { return Ok(()) };
    let marked = op.module.func(name).is_some_and(|f| f.attrs.get("xpu.kernel") == Some(&Attr::Unit));
    ensure!("launch_c3", marked, "@{name} must be a function with the unit attribute xpu.kernel");
    let results = call.results.len();
    ensure!("launch_c3", results == 0, "kernel @{name} must return nothing, found {results} results");
    for (k, argument) in call.operands.iter().enumerate().skip(first) {
        let ty = op.func.ty(*argument);
        let reachable = ty.is_scalar() || ty.memref().is_some_and(|s| s.space == Space::Device);
        ensure!(
            "launch_c4",
            reachable,
            "argument {k} of @{name} must be a scalar or a memref in device, found {ty}"
        );
    }
    Ok(())
}

fn yields_nothing(label: &'static str, end: &Op) -> Check {
    let found = end.operands.len();
    ensure!(label, found == 0, "expected vector.yield of 0 values, found {found}");
    Ok(())
}

pub(super) fn barrier(op: &View<'_>) -> Check {
    let kernel = op.func.attrs.get("xpu.kernel") == Some(&Attr::Unit);
    ensure!("barrier_c1", kernel, "expected in a function with the unit attribute xpu.kernel");
    Ok(())
}
