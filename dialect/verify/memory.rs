//! `copy`, the commands, and the ops between buffers and values.

use super::check::{Check, alike, dense, ensure, one_space, sizes, space, unit};
use super::view::{Named, View};
use crate::ir::Space;
use crate::ops::is_kernel;

pub(super) fn copy(op: &View<'_>, src: Named<'_>, out: Named<'_>) -> Check {
    alike(["copy_c1", "copy_c2", "copy_c3"], out, src)?;
    if !is_kernel(op.func) {
        return one_space("copy_c4", &[src, out]);
    }
    let (Some(from), Some(to)) = (src.shape(), out.shape()) else { return Ok(()) };
    let on_chip = |space| matches!(space, Space::Shared | Space::Local);
    let one_way = from.space == Space::Device && on_chip(to.space);
    let other_way = on_chip(from.space) && to.space == Space::Device;
    ensure!(
        "copy_c5",
        one_way || other_way,
        "in a kernel, expected device on one side and shared or local on the other, found {} to {}",
        from.space,
        to.space
    );
    Ok(())
}

pub(super) fn h2d(op: &View<'_>, src: Named<'_>) -> Check {
    let out = op.form("h2d_c1")?;
    unit("h2d_c2", op, "blocking")?;
    alike(["h2d_c3", "h2d_c4", "h2d_c5"], out, src)?;
    space("h2d_c6", src, Space::Host)?;
    space("h2d_c6", out, Space::Device)
}

pub(super) fn d2h(op: &View<'_>, src: Named<'_>) -> Check {
    let out = op.form("d2h_c1")?;
    unit("d2h_c2", op, "blocking")?;
    alike(["d2h_c3", "d2h_c4", "d2h_c5"], out, src)?;
    space("d2h_c6", src, Space::Device)?;
    space("d2h_c6", out, Space::Host)
}

pub(super) fn alloc(op: &View<'_>, result: Named<'_>) -> Check {
    sizes("alloc_c1", op, result)?;
    dense("alloc_c2", result)
}

pub(super) fn read(src: Named<'_>, result: Named<'_>) -> Check {
    alike(["read_c1", "read_c2", "read_c3"], result, src)?;
    one_space("read_c4", &[src, result])
}

pub(super) fn into(value: Named<'_>, dst: Named<'_>) -> Check {
    alike(["into_c1", "into_c2", "into_c3"], dst, value)?;
    one_space("into_c4", &[value, dst])
}

pub(super) fn materialize(value: Named<'_>, result: Named<'_>) -> Check {
    alike(["materialize_c1", "materialize_c2", "materialize_c3"], result, value)?;
    one_space("materialize_c4", &[value, result])?;
    dense("materialize_c5", result)
}
