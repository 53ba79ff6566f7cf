//! Sums of products of index values: enough to see that the parts of a packed buffer do not overlap.

use crate::size::{Measure, Size, axis, size};
use rustc_hash::FxHashSet as HashSet;
use std::collections::BTreeMap;
use xpuc_dialect::ir::{Extent, Func, Slice, ValueId};

/// Factors of a product, sorted.
pub(super) type Product = Vec<Atom>;

/// An index value that is not taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Atom {
    /// Any value.
    Value(ValueId),
    /// Size of a memref.
    Dim(ValueId, usize),
}

/// A sum of products with coefficients; the empty product is the constant.
pub(super) type Sum = BTreeMap<Product, i64>;

/// What is known of the index values of one function.
pub(super) struct Linear<'a> {
    func: &'a Func,
    outside: &'a dyn Fn(ValueId) -> bool,
    /// Sizes of slices: less than none would be an error.
    sizes: HashSet<Atom>,
}

impl<'a> Linear<'a> {
    pub(super) fn new(func: &'a Func, outside: &'a dyn Fn(ValueId) -> bool) -> Self {
        Linear { func, outside, sizes: HashSet::default() }
    }

    /// Whether no two of the slices have an element in common.
    pub(super) fn disjoint(&mut self, slices: &[(Extent, Extent)]) -> bool {
        let sums: Vec<(Sum, Sum)> =
            slices.iter().map(|(offset, size)| (self.extent(*offset), self.extent(*size))).collect();
        for (_, size) in &sums {
            let single = size.iter().next().filter(|(product, factor)| product.len() == 1 && **factor > 0);
            if let (1, Some((product, _))) = (size.len(), single) {
                self.sizes.insert(product[0]);
            }
        }
        let before = |(a, size): &(Sum, Sum), (b, _): &(Sum, Sum)| {
            let end = add(a.clone(), size, 1);
            add(b.clone(), &end, -1).iter().all(|(product, factor)| *factor >= 0 && self.positive(product))
        };
        // One after the other in the order written, or in the opposite one; else pair by pair.
        let row = sums.windows(2).all(|pair| before(&pair[0], &pair[1]));
        let back = sums.windows(2).all(|pair| before(&pair[1], &pair[0]));
        let apart = |(k, a)| sums[k + 1..].iter().all(|b| before(a, b) || before(b, a));
        row || back || sums.iter().enumerate().all(apart)
    }

    /// How long an array of one dimension is: two with the same sum are certainly as long.
    pub(super) fn length(&self, value: ValueId) -> Option<Sum> {
        size(self.func, self.outside, value, 0).map(|size| self.size(size))
    }

    fn positive(&self, product: &Product) -> bool {
        product.iter().all(|atom| matches!(atom, Atom::Dim(..)) || self.sizes.contains(atom))
    }

    fn extent(&self, extent: Extent) -> Sum {
        match extent {
            Extent::Const(value) => number(value),
            Extent::Value(value) => self.sum(value),
        }
    }

    fn size(&self, size: Size) -> Sum {
        let measured = match size.of {
            Measure::Const(known) => number(known),
            Measure::Scalar(scalar) => self.sum(scalar),
            Measure::Dim(memref, axis) => atom(Atom::Dim(memref, axis)),
        };
        add(measured, &number(size.more), 1)
    }

    fn sum(&self, value: ValueId) -> Sum {
        if let Some(known) = self.func.constant(value) {
            return number(known);
        }
        let Some(op) = self.func.def_op(value) else { return atom(Atom::Value(value)) };
        match (&*op.name, &op.operands[..]) {
            ("arith.addi", &[x, y]) => add(self.sum(x), &self.sum(y), 1),
            ("arith.subi", &[x, y]) => add(self.sum(x), &self.sum(y), -1),
            ("arith.muli", &[x, y]) => multiply(&self.sum(x), &self.sum(y)),
            ("memref.dim" | "tensor.dim", &[array, _]) => {
                let size = axis(self.func, op).and_then(|axis| size(self.func, self.outside, array, axis));
                size.map_or_else(|| atom(Atom::Value(value)), |size| self.size(size))
            }
            _ => atom(Atom::Value(value)),
        }
    }
}

/// Offset and size of a slice.
pub(super) fn bounds(slice: Slice) -> (Extent, Extent) {
    (slice.offset, slice.size)
}

fn atom(atom: Atom) -> Sum {
    Sum::from([(vec![atom], 1)])
}

fn number(value: i64) -> Sum {
    if value == 0 { Sum::new() } else { Sum::from([(Vec::new(), value)]) }
}

fn add(mut x: Sum, y: &Sum, times: i64) -> Sum {
    for (product, factor) in y {
        let sum = x.entry(product.clone()).or_default();
        *sum = sum.wrapping_add(factor.wrapping_mul(times));
    }
    x.retain(|_, factor| *factor != 0);
    x
}

fn multiply(x: &Sum, y: &Sum) -> Sum {
    let mut all = Sum::new();
    for (a, n) in x {
        for (b, m) in y {
            let mut product = [&a[..], b].concat();
            product.sort_unstable();
            all = add(all, &Sum::from([(product, n.wrapping_mul(*m))]), 1);
        }
    }
    all
}
