//! Integer algebra on elements.

use super::{Row, class, is_scalar, rw};
use crate::simplify::analysis::Graph;
use egg::Subst;
use xpuc_dialect::dim::Dim;

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("add-zero";       "(broadcast_add ?x 0)"                    => "?x"),
    rw!("sub-zero";       "(broadcast_sub ?x 0)"                    => "?x"),
    rw!("mul-one";        "(broadcast_mul ?x 1)"                    => "?x"),
    rw!("floordiv-one";   "(broadcast_floordiv ?x 1)"               => "?x"),
    rw!("add-splat";      "(broadcast_add ?x (constant[@] ?s ?n))"     => "(broadcast_add ?x ?s)"       if "the constant stretches to ?x", splat),
    rw!("sub-splat";      "(broadcast_sub ?x (constant[@] ?s ?n))"     => "(broadcast_sub ?x ?s)"       if "the constant stretches to ?x", splat),
    rw!("mul-splat";      "(broadcast_mul ?x (constant[@] ?s ?n))"     => "(broadcast_mul ?x ?s)"       if "the constant stretches to ?x", splat),
    rw!("floordiv-splat"; "(broadcast_floordiv ?x (constant[@] ?s ?n))" => "(broadcast_floordiv ?x ?s)" if "the constant stretches to ?x", splat),
    rw!("mod-splat";      "(broadcast_mod ?x (constant[@] ?s ?n))"     => "(broadcast_mod ?x ?s)"       if "the constant stretches to ?x", splat),
    rw!("select-same";    "(select ?m ?x ?x)"                       => "?x"                          if "?x is no scalar", tensor),
    rw!("if-same";        "(arith.select ?c ?x ?x)"                 => "?x"),
]}

fn tensor(graph: &Graph, subst: &Subst) -> bool {
    !is_scalar(graph, subst, "?x")
}

/// Dropping the constant leaves the shape of `?x`: the constant has size 1, or that of `?x`.
fn splat(graph: &Graph, subst: &Subst) -> bool {
    let dims = &graph[class(subst, "?x")].data.dims;
    let size = graph[class(subst, "?n")].data.scalar.as_ref();
    tensor(graph, subst) && size.is_some_and(|n| *n == Dim::constant(1) || dims.as_slice() == [n.clone()])
}
