//! Slices of values.

use super::{Row, class, rw};
use crate::simplify::analysis::Graph;
use egg::Subst;

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("insert-whole";   "(tensor.insert_slice ?x ?y 0:index ?n)"                         => "?x" if "?n is the size of ?y", |g, s| whole(g, s, "?y")),
    rw!("extract-whole";  "(tensor.extract_slice ?x 0:index ?n)"                           => "?x" if "?n is the size of ?x", |g, s| whole(g, s, "?x")),
    rw!("extract-insert"; "(tensor.extract_slice (tensor.insert_slice ?x ?y ?o ?n) ?o ?n)" => "?x"),
]}

fn whole(graph: &Graph, subst: &Subst, of: &str) -> bool {
    let dims = &graph[class(subst, of)].data.dims;
    let size = graph[class(subst, "?n")].data.scalar.as_ref();
    size.is_some_and(|n| dims.as_slice() == [n.clone()])
}
