//! Arrays whose elements follow a law.

use super::{Row, class, is_scalar, rw};
use crate::simplify::facts::Graph;
use crate::simplify::facts::range::in_table;
use egg::Subst;

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("gather-constant";  "(gather (constant ?k ?n) ?i)"            => "(broadcast_add (broadcast_sub ?i ?i) ?k)"          if "0 <= ?i < ?n, elements of one type", |g, s| inside(g, s)),
    rw!("gather-range";     "(gather (range ?b ?s ?n) ?i)"            => "(broadcast_add (broadcast_mul ?i ?s) ?b)"          if "0 <= ?i < ?n", |g, s| inside(g, s)),
    rw!("gather-gather";    "(gather (gather ?t ?i) ?j)"              => "(gather ?t (gather ?i ?j))"                        if "?i is within ?t", |g, s| in_table(g, class(s, "?i"), class(s, "?t"))),
    rw!("cumsum-constant";  "(cumsum[inclusive] (constant ?k ?n))"    => "(range ?k ?k ?n)"),
    rw!("lod-constant";     "(cumsum[exclusive] (constant ?k ?n))"    => "(range 0 ?k (arith.addi ?n 1:index))"),
    rw!("range-add";        "(broadcast_add (range ?b ?s ?n) ?k)"     => "(range (arith.addi ?b ?k) ?s ?n)"                  if "?k is a scalar", scalar),
    rw!("range-mul";        "(broadcast_mul (range ?b ?s ?n) ?k)"     => "(range (arith.muli ?b ?k) (arith.muli ?s ?k) ?n)" if "?k is a scalar", scalar),
]}

fn scalar(graph: &Graph, subst: &Subst) -> bool {
    is_scalar(graph, subst, "?k")
}

/// Whether the table, whose length is `?n`, has every element that `?i` names.
fn inside(graph: &Graph, subst: &Subst) -> bool {
    let (index, length) = (&graph[class(subst, "?i")].data, &graph[class(subst, "?n")].data);
    index.range.0 >= 0 && index.range.1 < length.range.0
}
