//! Which ops can stop the program: they must not run where the program as written would not have run them, under
//! another condition or after a clause that fails.

use xpuc_dialect::ir::{Extent, Func, Op, Slice, ValueId};
use xpuc_dialect::ops::{Binary, Kind};

/// Whether an op may stop the program, whatever its operands are made of.
pub(crate) fn can_fail(func: &Func, op: &Op) -> bool {
    match (Kind::of(op), &*op.name) {
        (Some(Kind::Gather | Kind::Expand | Kind::SlotMapping), _) => true,
        (Some(Kind::Broadcast(Binary::FloorDiv | Binary::Mod)), _)
        | (
            None,
            "arith.divsi" | "arith.divui" | "arith.ceildivsi" | "arith.ceildivui" | "arith.floordivsi"
            | "arith.remsi" | "arith.remui",
        ) => !op.operands.get(1).is_some_and(|y| nonzero(func, *y)),
        (None, "tensor.extract") => !within(func, op.operands[0], &op.operands[1..]),
        (None, "tensor.insert") => !within(func, op.operands[1], &op.operands[2..]),
        (None, "tensor.extract_slice" | "memref.subview") => Slice::of(op).is_none_or(|s| !fits(func, s)),
        (None, "tensor.insert_slice") => Slice::of_insert(op).is_none_or(|(_, s)| !fits(func, s)),
        _ => false,
    }
}

/// A scalar constant, or an array of one, that is not 0.
fn nonzero(func: &Func, value: ValueId) -> bool {
    let op = func.def_op(value).filter(|op| Kind::of(op) == Some(Kind::Constant));
    let scalar = op.map_or(value, |op| op.operands[0]);
    func.constant(scalar).is_some_and(|value| value != 0)
}

/// Constant indices into a static shape.
fn within(func: &Func, tensor: ValueId, index: &[ValueId]) -> bool {
    let dims = func.ty(tensor).shaped().map_or(&[][..], |s| &s.dims);
    dims.iter().zip(index).all(|(dim, at)| {
        let at = func.constant(*at).and_then(|at| u64::try_from(at).ok());
        dim.zip(at).is_some_and(|(dim, at)| at < dim)
    })
}

/// A constant slice of a static shape.
fn fits(func: &Func, slice: Slice) -> bool {
    let known = |extent: Extent| match extent {
        Extent::Const(value) => u64::try_from(value).ok(),
        Extent::Value(value) => func.constant(value).and_then(|value| u64::try_from(value).ok()),
    };
    let end = known(slice.offset).zip(known(slice.size)).and_then(|(a, b)| a.checked_add(b));
    let size = func.ty(slice.source).shaped().and_then(|s| *s.dims.first()?);
    end.zip(size).is_some_and(|(end, size)| end <= size)
}
