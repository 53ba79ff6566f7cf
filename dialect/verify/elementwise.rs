//! `constant`, `range`, `gather`, `broadcast_*`, `compare` and `select`.

use super::check::{
    Check, NUMBERS, dims, dims_of, elem, ensure, one_space, predicate, rank, same_rank, sizes, stretched,
    stretches,
};
use super::view::{Named, View};
use crate::ir::Type;
use crate::ops::Predicate;

pub(super) fn constant(op: &View<'_>, value: Named<'_>) -> Check {
    let out = op.form("constant_c1")?;
    elem("constant_c2", out, &[value.elem()])?;
    if out.ty.tensor().is_some() {
        sizes("constant_c3", op, out)?;
    }
    Ok(())
}

pub(super) fn range(op: &View<'_>) -> Check {
    let out = op.form("range_c1")?;
    elem("range_c2", out, &[&Type::I32])?;
    rank("range_c3", out, 1)
}

pub(super) fn gather(op: &View<'_>, table: Named<'_>, index: Named<'_>) -> Check {
    let out = op.form("gather_c1")?;
    elem("gather_c2", index, &[&Type::I32])?;
    rank("gather_c3", table, 1)?;
    elem("gather_c4", out, &[table.elem()])?;
    same_rank("gather_c5", &[index, out])?;
    dims("gather_c6", out, dims_of(index))?;
    one_space("gather_c7", &[table, index, out])
}

pub(super) fn broadcast(op: &View<'_>, x: Named<'_>, y: Named<'_>) -> Check {
    let out = op.form("broadcast_c1")?;
    an_array("broadcast_c2", x, y)?;
    elem("broadcast_c3", x, &NUMBERS)?;
    elem("broadcast_c3", y, &[x.elem()])?;
    elem("broadcast_c3", out, &[x.elem()])?;
    same_rank("broadcast_c4", &[x, y, out])?;
    stretches("broadcast_c5", x, y)?;
    dims("broadcast_c6", out, &stretched(x, y))?;
    one_space("broadcast_c7", &[x, y, out])
}

pub(super) fn compare(op: &View<'_>, x: Named<'_>, y: Named<'_>) -> Check {
    let out = op.form("compare_c1")?;
    let predicate = predicate("compare_c2", op)?;
    an_array("compare_c3", x, y)?;
    if !matches!(predicate, Predicate::Eq | Predicate::Ne) {
        elem("compare_c4", x, &NUMBERS)?;
    }
    elem("compare_c4", y, &[x.elem()])?;
    elem("compare_c5", out, &[&Type::I1])?;
    same_rank("compare_c6", &[x, y, out])?;
    stretches("compare_c7", x, y)?;
    dims("compare_c7", out, &stretched(x, y))?;
    one_space("compare_c8", &[x, y, out])
}

pub(super) fn select(op: &View<'_>, mask: Named<'_>, x: Named<'_>, y: Named<'_>) -> Check {
    let out = op.form("select_c1")?;
    elem("select_c2", mask, &[&Type::I1])?;
    elem("select_c3", y, &[x.elem()])?;
    elem("select_c3", out, &[x.elem()])?;
    same_rank("select_c4", &[mask, x, y, out])?;
    for value in [x, y, out] {
        dims("select_c5", value, dims_of(mask))?;
    }
    one_space("select_c6", &[mask, x, y, out])
}

fn an_array(label: &'static str, x: Named<'_>, y: Named<'_>) -> Check {
    let array = x.shape().or(y.shape());
    ensure!(label, array.is_some(), "expected a memref or tensor in x or y, found two scalars");
    Ok(())
}
