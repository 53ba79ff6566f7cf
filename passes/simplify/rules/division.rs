//! Division toward minus infinity and its remainder.
//!
//! What holds for integers holds here only as long as nothing wraps around, which the ranges have to say:
//! `(x * 2) / 2` is not `x` for large `x`.

use super::{Row, at_least, exact, fact, is, is_scalar, rw};
use crate::simplify::facts::Graph;
use egg::Subst;
use xpuc_dialect::ops::Binary;

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("floordiv-one";      "(broadcast_floordiv ?x ?c)"                                       => "?x"                                    if "?c is 1", |g, s| is(g, s, "?c", 1)),
    rw!("floordiv-small";    "(broadcast_floordiv ?x ?c)"                                       => "(broadcast_sub ?x ?x)"                 if "0 <= ?x < ?c", small),
    rw!("mod-small";         "(broadcast_mod ?x ?c)"                                            => "?x"                                    if "0 <= ?x < ?c", small),
    rw!("mod-one";           "(broadcast_mod ?x ?c)"                                            => "(broadcast_sub ?x ?x)"                 if "?c is 1", |g, s| is(g, s, "?c", 1)),
    rw!("mod-mod";           "(broadcast_mod (broadcast_mod ?x ?c) ?c)"                         => "(broadcast_mod ?x ?c)"),
    rw!("floordiv-mod";      "(broadcast_floordiv (broadcast_mod ?x ?c) ?c)"                    => "(broadcast_sub ?x ?x)"                 if "?c >= 1", positive),
    rw!("floordiv-multiple"; "(broadcast_floordiv (broadcast_mul ?x ?c) ?c)"                    => "?x"                                    if "?c >= 1, ?x * ?c does not wrap", product),
    rw!("mod-multiple";      "(broadcast_mod (broadcast_mul ?x ?c) ?c)"                         => "(broadcast_sub ?x ?x)"                 if "?c >= 1, ?x * ?c does not wrap", product),
    rw!("floordiv-sum";      "(broadcast_floordiv (broadcast_add ?y (broadcast_mul ?x ?c)) ?c)" => "(broadcast_add (broadcast_floordiv ?y ?c) ?x)" if "?c >= 1, ?y + ?x * ?c does not wrap", sum),
    rw!("mod-sum";           "(broadcast_mod (broadcast_add ?y (broadcast_mul ?x ?c)) ?c)"      => "(broadcast_mod ?y ?c)"                 if "?c >= 1, ?y + ?x * ?c does not wrap", sum),
    rw!("floordiv-floordiv"; "(broadcast_floordiv (broadcast_floordiv ?x ?a) ?b)"               => "(broadcast_floordiv ?x (arith.muli ?a ?b))" if "?a and ?b are scalars >= 1, ?a * ?b does not wrap", nested),
]}

fn small(graph: &Graph, subst: &Subst) -> bool {
    let (x, c) = (fact(graph, subst, "?x").range, fact(graph, subst, "?c").range);
    x.0 >= 0 && x.1 < c.0
}

fn positive(graph: &Graph, subst: &Subst) -> bool {
    at_least(graph, subst, "?c", 1)
}

fn product(graph: &Graph, subst: &Subst) -> bool {
    let (x, c) = (fact(graph, subst, "?x"), fact(graph, subst, "?c"));
    positive(graph, subst) && exact(Binary::Mul, x.range, c.range, x.ty.bits()).is_some()
}

fn sum(graph: &Graph, subst: &Subst) -> bool {
    let (x, y, c) = (fact(graph, subst, "?x"), fact(graph, subst, "?y"), fact(graph, subst, "?c"));
    let bits = x.ty.bits();
    let product = exact(Binary::Mul, x.range, c.range, bits);
    positive(graph, subst) && product.is_some_and(|p| exact(Binary::Add, y.range, p, bits).is_some())
}

fn nested(graph: &Graph, subst: &Subst) -> bool {
    let (a, b) = (fact(graph, subst, "?a"), fact(graph, subst, "?b"));
    ["?a", "?b"].iter().all(|name| is_scalar(graph, subst, name) && at_least(graph, subst, name, 1))
        && exact(Binary::Mul, a.range, b.range, a.ty.bits()).is_some()
}
