//! Clauses of the contract, checked on the host or by a kernel.

use super::check::{Check, NUMBERS, dims, dims_of, elem, ensure, predicate, rank, space};
use super::view::{Named, View};
use crate::ir::{Attr, Space, Type};
use crate::ops::{Kind, VERDICT_ELEMENTS};

pub(super) fn require(op: &View<'_>, x: Named<'_>, y: Named<'_>) -> Check {
    predicate("require_c1", op)?;
    if x.shape().is_none() {
        ensure!("require_c2", y.shape().is_none(), "y must be a scalar like x, found {}", y.ty);
    } else {
        elem("require_c3", x, &NUMBERS)?;
    }
    elem("require_c3", y, &[x.elem()])?;
    rank("require_c4", x, 1)?;
    rank("require_c4", y, 1)?;
    dims("require_c5", y, dims_of(x))?;
    for array in [x, y] {
        if array.ty.tensor().is_none_or(|s| s.space != Space::Device) {
            space("require_c6", array, Space::Host)?;
        }
    }
    top_level("require_c7", op, &[Kind::Fusion.name()])
}

pub(super) fn verdict(result: Named<'_>) -> Check {
    let verdict = result.shape().is_some_and(|s| {
        s.space == Space::Device && *s.elem == Type::I32 && s.dims == [Some(VERDICT_ELEMENTS)]
    });
    ensure!(
        "verdict_c1",
        verdict,
        "expected tensor<{VERDICT_ELEMENTS}xi32, \"device\">, found {}",
        result.ty
    );
    Ok(())
}

pub(super) fn enforce(op: &View<'_>, verdict: Named<'_>) -> Check {
    predicate("enforce_c1", op)?;
    elem("enforce_c2", verdict, &[&Type::I32])?;
    rank("enforce_c2", verdict, 1)?;
    dims("enforce_c2", verdict, &[Some(VERDICT_ELEMENTS)])?;
    space("enforce_c3", verdict, Space::Host)?;
    if let Some(clause) = op.op.attrs.get("clause") {
        let counts = matches!(clause, Attr::Int(0.., Type::Int(64)));
        ensure!("enforce_c4", counts, "clause must be an i64 of at least 0, found {clause}");
    }
    top_level("enforce_c5", op, &[])
}

/// The op stands at the top level of a function body, or of one of these ops.
fn top_level(label: &'static str, op: &View<'_>, also: &[&str]) -> Check {
    let Some(parent) = op.parent else { return Ok(()) };
    let allowed = also.contains(&parent);
    ensure!(label, allowed, "expected at the top level of a function body, found in {parent}");
    Ok(())
}
