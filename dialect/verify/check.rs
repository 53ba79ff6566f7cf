//! The checks that many ops share: what is compared, and how a message says it.
//!
//! Ranks, dims and spaces are those of arrays; a scalar has none and passes. Dims are compared where
//! both are static.

use super::view::{Named, View};
use crate::ir::{Attr, Layout, Space, Type};
use crate::ops::{self, Predicate};

/// A constraint that does not hold.
#[derive(Debug, thiserror::Error)]
#[error("{label}: {message}")]
pub(super) struct Broken {
    /// The constraint's label in `SPEC.md`.
    pub(super) label: &'static str,
    /// What was expected and what was found.
    pub(super) message: String,
}

/// Whether the constraints hold, or the first one that does not.
pub(super) type Check<T = ()> = Result<T, Broken>;

/// Returns a [`Broken`] from the function unless the condition holds, or the pattern matches.
macro_rules! ensure {
    ($label:expr, let $pattern:pat = $value:expr, $($message:tt)+) => {
        let $pattern = $value else {
            return Err($crate::verify::check::Broken { label: $label, message: format!($($message)+) });
        };
    };
    ($label:expr, $holds:expr, $($message:tt)+) => {
        let holds: bool = $holds;
        ensure!($label, let true = holds, $($message)+);
    };
}
pub(super) use ensure;

/// i32 or i64: elements to calculate with.
pub(super) const NUMBERS: [&Type; 2] = [&Type::I32, &Type::I64];

/// The elements are of one of the types.
pub(super) fn elem(label: &'static str, value: Named<'_>, allowed: &[&Type]) -> Check {
    let found = value.elem();
    ensure!(label, allowed.contains(&found), "{value} must have {} elements, found {found}", any_of(allowed));
    Ok(())
}

/// "i1, i32 or i64"
fn any_of(types: &[&Type]) -> String {
    let names: Vec<String> = types.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// An array has this rank.
pub(super) fn rank(label: &'static str, value: Named<'_>, expected: usize) -> Check {
    let found = value.shape().map_or(expected, |s| s.rank());
    ensure!(label, found == expected, "{value} must have rank {expected}, found rank {found}");
    Ok(())
}

/// The arrays have the rank of the first one.
pub(super) fn same_rank(label: &'static str, values: &[Named<'_>]) -> Check {
    let first = values.iter().find_map(|v| v.shape());
    first.map_or(Ok(()), |s| values.iter().try_for_each(|v| rank(label, *v, s.rank())))
}

/// An array has these dims.
pub(super) fn dims(label: &'static str, value: Named<'_>, expected: &[Option<u64>]) -> Check {
    for (axis, found, expected) in both(value, expected) {
        ensure!(
            label,
            found == expected,
            "{value} must have size {expected} in dimension {axis}, found {found}"
        );
    }
    Ok(())
}

/// Where both are static: the axis, the array's dim and the other one.
fn both<'a>(value: Named<'a>, other: &'a [Option<u64>]) -> impl Iterator<Item = (usize, u64, u64)> {
    let own = value.shape().map_or(&[][..], |s| &s.dims);
    own.iter().zip(other).enumerate().filter_map(|(axis, (own, other))| Some((axis, (*own)?, (*other)?)))
}

/// The array has so many elements along its first axis.
pub(super) fn at_least(label: &'static str, value: Named<'_>, least: u64) -> Check {
    let found = size(value).unwrap_or(least);
    ensure!(label, found >= least, "{value} must have at least {least} elements, found {found}");
    Ok(())
}

/// Size along the first axis, when static.
pub(super) fn size(value: Named<'_>) -> Option<u64> {
    *value.shape()?.dims.first()?
}

/// The dims of an array; those of a scalar are none.
pub(super) fn dims_of(value: Named<'_>) -> &[Option<u64>] {
    value.shape().map_or(&[], |s| &s.dims)
}

/// Elements, rank and dims are those of another array, each with its label.
pub(super) fn alike(
    [c_elem, c_rank, c_dims]: [&'static str; 3],
    value: Named<'_>,
    other: Named<'_>,
) -> Check {
    elem(c_elem, value, &[other.elem()])?;
    same_rank(c_rank, &[other, value])?;
    dims(c_dims, value, dims_of(other))
}

/// Each dim of `y` is that of `x`, or one of the two is 1.
pub(super) fn stretches(label: &'static str, x: Named<'_>, y: Named<'_>) -> Check {
    for (axis, y_size, x_size) in both(y, dims_of(x)) {
        ensure!(
            label,
            x_size == y_size || x_size == 1 || y_size == 1,
            "{y} must have size {x_size} or 1 in dimension {axis}, found {y_size}"
        );
    }
    Ok(())
}

/// Dims that `x` and `y` stretch to. Only a static 1 stretches; to what, a `?` may hide.
pub(super) fn stretched(x: Named<'_>, y: Named<'_>) -> Vec<Option<u64>> {
    let (Some(xs), Some(ys)) = (x.shape(), y.shape()) else { return [dims_of(x), dims_of(y)].concat() };
    let stretch = |(x, y): (&Option<u64>, &Option<u64>)| match (*x, *y) {
        (Some(1), other) | (other, Some(1)) => other,
        (x, y) => x.or(y),
    };
    xs.dims.iter().zip(&ys.dims).map(stretch).collect()
}

/// An array is in this space.
pub(super) fn space(label: &'static str, value: Named<'_>, expected: Space) -> Check {
    let found = value.shape().map_or(expected, |s| s.space);
    ensure!(label, found == expected, "{value} is in {found}, expected {expected}");
    Ok(())
}

/// All arrays are in the space of the first one.
pub(super) fn one_space(label: &'static str, values: &[Named<'_>]) -> Check {
    let first = values.iter().find_map(|v| v.shape());
    first.map_or(Ok(()), |s| values.iter().try_for_each(|v| space(label, *v, s.space)))
}

/// An array is no slice.
pub(super) fn dense(label: &'static str, value: Named<'_>) -> Check {
    let dense = value.shape().is_none_or(|s| s.layout == Layout::Identity);
    ensure!(label, dense, "{value} must be dense, found {}", value.ty);
    Ok(())
}

/// One size operand for each dynamic dim of the output.
pub(super) fn sizes(label: &'static str, op: &View<'_>, output: Named<'_>) -> Check {
    let (expected, found) = (output.shape().map_or(0, |s| s.dynamic_dims()), op.sizes);
    ensure!(label, found == expected, "expected {expected} size operands, found {found}");
    Ok(())
}

/// An optional attribute is a unit one.
pub(super) fn unit(label: &'static str, op: &View<'_>, name: &str) -> Check {
    let attr = op.op.attrs.get(name).unwrap_or(&Attr::Unit);
    ensure!(label, *attr == Attr::Unit, "{name} must be a unit attribute, found {attr}");
    Ok(())
}

/// The predicate is one of the six.
pub(super) fn predicate(label: &'static str, op: &View<'_>) -> Check<Predicate> {
    let found = op.op.str_attr("predicate").unwrap_or_default();
    let predicate = ops::predicate(op.op);
    ensure!(label, let Some(predicate) = predicate, "predicate must be eq, ne, slt, sle, sgt or sge, found {found}");
    Ok(predicate)
}
