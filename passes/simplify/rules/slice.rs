//! Slices of values.

use super::{Row, fact, rw};
use crate::simplify::facts::Graph;
use egg::Subst;

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("insert-whole";   "(tensor.insert_slice ?x ?y 0:index ?n)"                         => "?x" if "?n is the size of ?y", |g, s| whole(g, s, "?y")),
    rw!("extract-whole";  "(tensor.extract_slice ?x 0:index ?n)"                           => "?x" if "?n is the size of ?x", |g, s| whole(g, s, "?x")),
    rw!("extract-insert"; "(tensor.extract_slice (tensor.insert_slice ?x ?y ?o ?n) ?o ?n)" => "?x"),
]}

fn whole(graph: &Graph, subst: &Subst, of: &str) -> bool {
    let size = fact(graph, subst, "?n").scalar;
    size.is_some_and(|n| fact(graph, subst, of).dims[..] == [n])
}
