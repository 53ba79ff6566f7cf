//! `cumsum`, `reduce_*`, `compact`, `expand` and `slot_mapping`.

use super::check::{Check, NUMBERS, at_least, dims, elem, one_space, rank, size, unit};
use super::view::{Named, View};
use crate::ir::Type;
use crate::ops::Kind;

pub(super) fn cumsum(op: &View<'_>, x: Named<'_>) -> Check {
    let out = op.form("cumsum_c1")?;
    unit("cumsum_c2", op, "exclusive")?;
    elem("cumsum_c3", x, &NUMBERS)?;
    elem("cumsum_c3", out, &[x.elem()])?;
    rank("cumsum_c4", x, 1)?;
    rank("cumsum_c4", out, 1)?;
    let total = u64::from(op.op.has("exclusive"));
    dims("cumsum_c5", out, &[size(x).map(|n| n.saturating_add(total))])?;
    one_space("cumsum_c6", &[x, out])
}

pub(super) fn reduce(op: &View<'_>, x: Named<'_>) -> Check {
    let out = op.form("reduce_c1")?;
    elem("reduce_c2", x, &NUMBERS)?;
    match (op.kind, x.elem()) {
        (Kind::ReduceSum, &Type::I32) => elem("reduce_c3", out, &NUMBERS)?,
        (_, same) => elem("reduce_c3", out, &[same])?,
    }
    rank("reduce_c4", x, 1)?;
    rank("reduce_c4", out, 1)?;
    dims("reduce_c5", out, &[Some(1)])?;
    one_space("reduce_c6", &[x, out])
}

pub(super) fn compact(op: &View<'_>, x: Named<'_>, mask: Named<'_>) -> Check {
    let out = op.form("compact_c1")?;
    elem("compact_c2", mask, &[&Type::I1])?;
    elem("compact_c3", out, &[x.elem()])?;
    for value in [x, mask, out] {
        rank("compact_c4", value, 1)?;
    }
    dims("compact_c5", mask, &[size(x)])?;
    dims("compact_c5", out, &[size(x)])?;
    one_space("compact_c6", &[x, mask, out])
}

pub(super) fn expand(op: &View<'_>, lod: Named<'_>) -> Check {
    let out = op.form("expand_c1")?;
    elem("expand_c2", lod, &NUMBERS)?;
    elem("expand_c2", out, &[&Type::I32])?;
    rank("expand_c3", lod, 1)?;
    rank("expand_c3", out, 1)?;
    one_space("expand_c4", &[lod, out])
}

pub(super) fn slot_mapping(
    op: &View<'_>,
    table: Named<'_>,
    lod: Named<'_>,
    start: Named<'_>,
    batch_map: Named<'_>,
) -> Check {
    let out = op.form("slot_mapping_c1")?;
    let arrays = [table, lod, start, batch_map, out];
    for array in arrays {
        elem("slot_mapping_c2", array, &[&Type::I32])?;
    }
    for array in arrays {
        rank("slot_mapping_c3", array, 1)?;
    }
    at_least("slot_mapping_c4", lod, 1)?;
    let rows = size(lod).map_or(0, |n| n.saturating_sub(1));
    at_least("slot_mapping_c4", start, rows)?;
    at_least("slot_mapping_c4", batch_map, rows)?;
    one_space("slot_mapping_c5", &arrays)
}
