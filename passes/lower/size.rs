//! How long a value is, found without computing it.

use super::LowerError;
use super::elemental::Elements;
use crate::pass::PassError;
use xpuc_dialect::ir::{Builder, Extent, Func, Op, Slice, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// What a size is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Measure {
    /// The program text.
    Const(i64),
    /// An index value.
    Scalar(ValueId),
    /// A memref along an axis.
    Dim(ValueId, usize),
}

/// A size: what was measured and how many elements more, as a lod has one more than its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Size {
    /// What was measured.
    pub(super) of: Measure,
    /// Elements more.
    pub(super) more: i64,
}

impl Size {
    fn plain(of: Measure) -> Self {
        Size { of, more: 0 }
    }

    /// The size, when the program text says it.
    pub(super) fn known(self) -> Option<i64> {
        if let Measure::Const(size) = self.of { Some(size + self.more) } else { None }
    }
}

/// Size of `value` along `axis`; memrefs that `outside` knows are measured, views of them resolved.
pub(super) fn size(
    func: &Func,
    outside: &dyn Fn(ValueId) -> bool,
    value: ValueId,
    axis: usize,
) -> Option<Size> {
    let ty = func.ty(value);
    if let Some(size) = *ty.shaped()?.dims.get(axis)? {
        return Some(Size::plain(Measure::Const(size as i64)));
    }
    if ty.memref().is_some() && outside(value) {
        return Some(Size::plain(Measure::Dim(value, axis)));
    }
    let op = func.def_op(value)?;
    let of = |value: ValueId| size(func, outside, value, axis);
    let scalar =
        |value: ValueId| Size::plain(func.constant(value).map_or(Measure::Scalar(value), Measure::Const));
    // Sizes are operands for the dims that the type leaves open.
    let open = |first: usize| {
        let before = ty.shaped().map_or(0, |s| s.dims[..axis].iter().filter(|d| d.is_none()).count());
        op.operands.get(first + before).map(|v| scalar(*v))
    };
    if let Some(slice) = Slice::of(op) {
        return Some(match slice.size {
            Extent::Const(size) => Size::plain(Measure::Const(size)),
            Extent::Value(value) => scalar(value),
        });
    }
    let stretches = |v: &ValueId| func.ty(*v).shaped().is_none_or(|s| s.dims.get(axis) == Some(&Some(1)));
    match (Kind::of(op), &*op.name) {
        (Some(Kind::Read | Kind::Select), _) | (None, "tensor.cast" | "memref.cast") => of(op.operands[0]),
        (Some(Kind::Constant), _) => open(1),
        (Some(Kind::Expand), _) => op.operands.get(1).map(|v| scalar(*v)),
        (Some(Kind::Range), _) => op.operands.get(2).map(|v| scalar(*v)),
        (Some(Kind::SlotMapping), _) => op.operands.get(7).map(|v| scalar(*v)),
        (Some(Kind::Gather | Kind::Compact), _)
        | (None, "arith.select" | "tensor.insert" | "tensor.insert_slice") => of(op.operands[1]),
        (Some(Kind::Broadcast(_) | Kind::Compare), _) => {
            op.operands.iter().find(|v| !stretches(v)).and_then(|v| of(*v))
        }
        (Some(Kind::Cumsum), _) => {
            let size = of(op.operands[0])?;
            Some(Size { more: size.more + i64::from(op.has("exclusive")), ..size })
        }
        (None, "tensor.empty") => open(0),
        _ => None,
    }
}

/// The axis that a `dim` op asks for.
pub(super) fn axis(func: &Func, op: &Op) -> Option<usize> {
    func.constant(*op.operands.get(1)?).and_then(|axis| usize::try_from(axis).ok())
}

impl Elements<'_> {
    /// Size of a value of the old function along `axis`.
    pub(super) fn size(
        &self,
        b: &mut Builder<'_>,
        value: ValueId,
        axis: usize,
    ) -> Result<ValueId, PassError> {
        let outside = |memref: ValueId| self.map.contains_key(&memref);
        let Some(size) = size(self.func, &outside, value, axis) else {
            let op = self.func.def_op(value).map_or("block argument", |op| &op.name);
            let loc = self.func.def_op(value).map_or(&self.func.loc, |op| &op.loc);
            return Err(LowerError::Fusion { op: op.to_owned() }.at(loc));
        };
        let measured = match size.of {
            Measure::Const(known) => return Ok(b.index(known + size.more)),
            Measure::Scalar(scalar) => self.get(scalar),
            Measure::Dim(memref, axis) => b.dim(self.get(memref), axis),
        };
        Ok(more(b, measured, size.more))
    }
}

/// `size + more`.
pub(super) fn more(b: &mut Builder<'_>, size: ValueId, more: i64) -> ValueId {
    if more == 0 {
        return size;
    }
    let more = b.constant(more, &Type::Index);
    b.arith("addi", size, more)
}
