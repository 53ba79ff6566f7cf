//! How long a value is, found without computing it.

use xpuc_dialect::ir::{Builder, Extent, Func, Op, Slice, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// What a size is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Measure {
    /// The program text.
    Const(i64),
    /// An index value.
    Scalar(ValueId),
    /// A memref along an axis.
    Dim(ValueId, usize),
}

/// A size: what was measured and how many elements more, as a lod has one more than its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Size {
    /// What was measured.
    pub(crate) of: Measure,
    /// Elements more.
    pub(crate) more: i64,
}

impl Size {
    /// The size, when the program text says it.
    pub(crate) fn known(self) -> Option<i64> {
        if let Measure::Const(size) = self.of { Some(size + self.more) } else { None }
    }
}

/// What the op of a value says about a size.
enum Step {
    /// It is this.
    Is(Measure),
    /// It is that of another value and so many elements more.
    Like(ValueId, i64),
}

/// Memrefs that are not taken apart: those from outside of a fusion, or all.
type Outside<'a> = Option<&'a dyn Fn(ValueId) -> bool>;

/// Size of `value` along `axis` in a fusion; memrefs that `outside` knows are measured, views of them resolved.
pub(crate) fn size(
    func: &Func,
    outside: &dyn Fn(ValueId) -> bool,
    value: ValueId,
    axis: usize,
) -> Option<Size> {
    traced(func, Some(outside), value, axis).map(|(size, _)| size)
}

/// Size of `value` along `axis` where every memref is there, and the value whose op says it.
pub(crate) fn host_size(func: &Func, value: ValueId, axis: usize) -> Option<(Size, ValueId)> {
    traced(func, None, value, axis)
}

fn traced(func: &Func, outside: Outside<'_>, mut value: ValueId, axis: usize) -> Option<(Size, ValueId)> {
    let mut more = 0;
    loop {
        match step(func, outside, value, axis)? {
            Step::Is(of) => return Some((Size { of, more }, value)),
            Step::Like(other, longer) => {
                value = other;
                more += longer;
            }
        }
    }
}

fn step(func: &Func, outside: Outside<'_>, value: ValueId, axis: usize) -> Option<Step> {
    let ty = func.ty(value);
    if let Some(size) = *ty.shaped()?.dims.get(axis)? {
        return Some(Step::Is(Measure::Const(size as i64)));
    }
    if ty.memref().is_some() && outside.is_none_or(|outside| outside(value)) {
        return Some(Step::Is(Measure::Dim(value, axis)));
    }
    let op = func.def_op(value)?;
    let like = |operand: usize| op.operands.get(operand).map(|v| Step::Like(*v, 0));
    let scalar =
        |value: ValueId| Step::Is(func.constant(value).map_or(Measure::Scalar(value), Measure::Const));
    let operand = |operand: usize| op.operands.get(operand).map(|v| scalar(*v));
    // Sizes are operands for the dims that the type leaves open.
    let open = |first: usize| {
        let before = ty.shaped().map_or(0, |s| s.dims[..axis].iter().filter(|d| d.is_none()).count());
        operand(first + before)
    };
    if let Some(slice) = Slice::of(op) {
        return Some(match slice.size {
            Extent::Const(size) => Step::Is(Measure::Const(size)),
            Extent::Value(value) => scalar(value),
        });
    }
    let stretches = |v: &ValueId| func.ty(*v).shaped().is_none_or(|s| s.dims.get(axis) == Some(&Some(1)));
    match (Kind::of(op), &*op.name) {
        (Some(Kind::Read | Kind::H2d | Kind::D2h), _) | (None, "tensor.cast" | "memref.cast") => like(0),
        (Some(Kind::Constant), _) => open(1),
        (Some(Kind::Expand), _) => operand(1),
        (Some(Kind::Range), _) => operand(2),
        (Some(Kind::SlotMapping), _) => operand(7),
        // A kernel goes over the mask: what is as long as that shares its loop.
        (Some(Kind::Compact), _) => like(usize::from(outside.is_some())),
        (Some(Kind::Gather), _) | (None, "arith.select" | "tensor.insert" | "tensor.insert_slice") => like(1),
        (Some(Kind::Cumsum), _) => Some(Step::Like(op.operands[0], i64::from(op.has("exclusive")))),
        (None, "tensor.empty") => open(0),
        (Some(Kind::Broadcast(_) | Kind::Compare | Kind::Select), _) => {
            op.operands.iter().find(|v| !stretches(v)).map(|v| Step::Like(*v, 0))
        }
        (None, name) if name.starts_with("arith.") => like(0),
        _ => None,
    }
}

/// The axis that a `dim` op asks for.
pub(crate) fn axis(func: &Func, op: &Op) -> Option<usize> {
    let rank = func.ty(op.operands[0]).shaped()?.rank();
    let axis = func.constant(*op.operands.get(1)?).and_then(|axis| usize::try_from(axis).ok());
    axis.filter(|axis| *axis < rank)
}

/// `size + more`.
pub(crate) fn more(b: &mut Builder<'_>, size: ValueId, more: i64) -> ValueId {
    if more == 0 {
        return size;
    }
    let more = b.constant(more, &Type::Index);
    b.arith("addi", size, more)
}
