//! Where views lie in their buffer, as far as sizes tell: whether two of them can share an element.

use crate::infer_shapes::Facts;
use std::collections::BTreeSet;
use xpuc_dialect::dim::{Dim, Symbol};
use xpuc_dialect::ir::{Extent, Func, Slice, ValueId};

/// Extents of the views of one function.
#[derive(Debug)]
pub(crate) struct Extents<'a> {
    func: &'a Func,
    facts: &'a Facts,
    /// Symbols that are the size of some argument: they are not negative.
    sizes: BTreeSet<Symbol>,
}

/// A view as elements of the buffer that it is a slice of.
struct Range {
    begin: Dim,
    end: Dim,
}

impl<'a> Extents<'a> {
    pub(crate) fn of(func: &'a Func, facts: &'a Facts) -> Self {
        let dims = func.args().iter().flat_map(|arg| facts.dims(*arg));
        let sizes = dims.filter_map(|dim| dim.as_symbol().cloned()).collect();
        Extents { func, facts, sizes }
    }

    /// Whether two memrefs are views of one buffer that share no element.
    pub(crate) fn disjoint(&self, a: ValueId, b: ValueId) -> bool {
        if self.buffer(a) != self.buffer(b) {
            return false;
        }
        let (Some(a), Some(b)) = (self.range(a), self.range(b)) else { return false };
        self.at_most(&a.end, &b.begin) || self.at_most(&b.end, &a.begin)
    }

    fn range(&self, view: ValueId) -> Option<Range> {
        let Some(slice) = self.func.def_op(view).and_then(Slice::of) else {
            let [size] = self.facts.dims(view) else { return None };
            return Some(Range { begin: Dim::constant(0), end: size.clone() });
        };
        let outer = self.range(slice.source)?;
        let begin = outer.begin.add(&self.dim(slice.offset)?).ok()?;
        let end = begin.add(&self.dim(slice.size)?).ok()?;
        Some(Range { begin, end })
    }

    /// What a view is a slice of a slice of.
    fn buffer(&self, view: ValueId) -> ValueId {
        match self.func.def_op(view).and_then(Slice::of) {
            Some(slice) => self.buffer(slice.source),
            None => view,
        }
    }

    fn dim(&self, extent: Extent) -> Option<Dim> {
        match extent {
            Extent::Const(value) => Some(Dim::constant(value)),
            Extent::Value(value) => self.facts.scalar(value).cloned(),
        }
    }

    /// Whether `a <= b` for all sizes.
    fn at_most(&self, a: &Dim, b: &Dim) -> bool {
        let Ok(rest) = b.sub(a) else { return false };
        rest.terms().all(|(monomial, factor)| {
            factor >= 0 && monomial.symbols().iter().all(|symbol| self.sizes.contains(symbol))
        })
    }
}
