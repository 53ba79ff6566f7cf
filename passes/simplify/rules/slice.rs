//! Slices of values.

use super::{Row, fact, rw};
use crate::simplify::facts::Graph;
use egg::Subst;
use xpuc_dialect::dim::{Dim, Symbol};

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("insert-whole";   "(tensor.insert_slice ?x ?y 0:index ?n)"                         => "?x" if "?n is the size of ?y", |g, s| whole(g, s, "?y")),
    rw!("extract-whole";  "(tensor.extract_slice ?x 0:index ?n)"                           => "?x" if "?n is the size of ?x", |g, s| whole(g, s, "?x")),
    rw!("extract-insert"; "(tensor.extract_slice (tensor.insert_slice ?x ?y ?o ?n) ?o ?n)" => "?x"),
    rw!("extract-past-insert"; "(tensor.extract_slice (tensor.insert_slice ?x ?y ?o ?n) ?p ?m)" => "(tensor.extract_slice ?y ?p ?m)" if "?o + ?n <= ?p or ?p + ?m <= ?o, whatever the sizes", disjoint),
]}

fn whole(graph: &Graph, subst: &Subst, of: &str) -> bool {
    let size = fact(graph, subst, "?n").scalar;
    size.is_some_and(|n| fact(graph, subst, of).dims[..] == [n])
}

fn disjoint(graph: &Graph, subst: &Subst) -> bool {
    let below = |offset: &str, size: &str, other: &str| {
        let value = |name: &str| Some(graph.analysis.sizes.dim(fact(graph, subst, name).scalar?));
        let gap = value(other)?.sub(value(offset)?).ok()?.sub(value(size)?).ok()?;
        Some(is_natural(graph, &gap))
    };
    below("?o", "?n", "?p") == Some(true) || below("?p", "?m", "?o") == Some(true)
}

/// Whether a polynomial has no negative value: it only adds, and multiplies nothing but sizes.
fn is_natural(graph: &Graph, dim: &Dim) -> bool {
    let is_size = |symbol: &Symbol| {
        graph.classes().map(|class| &class.data).any(|data| {
            let scalar = data.scalar.map(|size| graph.analysis.sizes.dim(size));
            data.range.0 >= 0 && scalar.and_then(Dim::as_symbol) == Some(symbol)
        })
    };
    dim.terms().all(|(product, factor)| factor >= 0 && product.symbols().iter().all(is_size))
}
