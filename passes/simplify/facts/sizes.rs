//! Sizes as numbers: equal sizes have equal numbers, so facts are compared and copied without looking into them.

use rustc_hash::FxHashMap;
use xpuc_dialect::dim::{Dim, DimError};

/// A size; its number says whether it equals another of the same [`Sizes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::simplify) struct Size(u32);

/// How two sizes make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::simplify) enum Join {
    Add,
    Sub,
    Mul,
}

/// Every size of one function.
#[derive(Debug, Default, Clone)]
pub(in crate::simplify) struct Sizes {
    dims: Vec<Dim>,
    numbers: FxHashMap<Dim, Size>,
    joined: FxHashMap<(Join, Size, Size), Option<Size>>,
}

impl Sizes {
    pub(in crate::simplify) fn of(&mut self, dim: &Dim) -> Size {
        if let Some(size) = self.numbers.get(dim) {
            return *size;
        }
        let size = Size(self.dims.len() as u32);
        self.dims.push(dim.clone());
        self.numbers.insert(dim.clone(), size);
        size
    }

    pub(in crate::simplify) fn constant(&mut self, value: i64) -> Size {
        self.of(&Dim::constant(value))
    }

    pub(in crate::simplify) fn dim(&self, size: Size) -> &Dim {
        &self.dims[size.0 as usize]
    }

    /// The value of a size that is known.
    pub(in crate::simplify) fn known(&self, size: Size) -> Option<i64> {
        self.dim(size).as_const()
    }

    /// `None` where the result would be beyond the limits of dims.
    pub(in crate::simplify) fn join(&mut self, join: Join, a: Size, b: Size) -> Option<Size> {
        if let Some(known) = self.joined.get(&(join, a, b)) {
            return *known;
        }
        let (x, y) = (self.dim(a), self.dim(b));
        let dim: Result<Dim, DimError> = match join {
            Join::Add => x.add(y),
            Join::Sub => x.sub(y),
            Join::Mul => x.mul(y),
        };
        let size = dim.ok().map(|dim| self.of(&dim));
        self.joined.insert((join, a, b), size);
        size
    }

    /// The size that says more: one without unknowns, else the one that prints shorter, then first.
    pub(in crate::simplify) fn better(&self, a: Option<Size>, b: Option<Size>) -> Option<Size> {
        let (Some(x), Some(y)) = (a, b) else { return a.or(b) };
        if x == y {
            return a;
        }
        let key = |size: Size| {
            let dim = self.dim(size);
            let text = dim.to_string();
            (dim.has_unknowns(), text.len(), text)
        };
        if key(x) <= key(y) { a } else { b }
    }
}
