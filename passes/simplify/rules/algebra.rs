//! Integer algebra on elements. Sums need no rules: they have a normal form.

use super::{Row, fact, is, rw};

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("add-splat";      "(broadcast_add ?x (constant ?s ?n))"        => "(broadcast_add ?x ?s)"),
    rw!("sub-splat";      "(broadcast_sub ?x (constant ?s ?n))"        => "(broadcast_sub ?x ?s)"),
    rw!("mul-splat";      "(broadcast_mul ?x (constant ?s ?n))"        => "(broadcast_mul ?x ?s)"),
    rw!("floordiv-splat"; "(broadcast_floordiv ?x (constant ?s ?n))"   => "(broadcast_floordiv ?x ?s)"),
    rw!("mod-splat";      "(broadcast_mod ?x (constant ?s ?n))"        => "(broadcast_mod ?x ?s)"),
    rw!("min-splat";      "(broadcast_min ?x (constant ?s ?n))"        => "(broadcast_min ?x ?s)"),
    rw!("max-splat";      "(broadcast_max ?x (constant ?s ?n))"        => "(broadcast_max ?x ?s)"),
    rw!("min-same";       "(broadcast_min ?x ?x)"                      => "?x"),
    rw!("max-same";       "(broadcast_max ?x ?x)"                      => "?x"),
    rw!("min-decided";    "(broadcast_min ?x ?y)"                      => "?x" if "?x <= ?y by their ranges", |g, s| fact(g, s, "?x").range.1 <= fact(g, s, "?y").range.0),
    rw!("max-decided";    "(broadcast_max ?x ?y)"                      => "?x" if "?x >= ?y by their ranges", |g, s| fact(g, s, "?x").range.0 >= fact(g, s, "?y").range.1),
    rw!("min-max";        "(broadcast_min ?x (broadcast_max ?x ?y))"   => "?x"),
    rw!("max-min";        "(broadcast_max ?x (broadcast_min ?x ?y))"   => "?x"),
    rw!("select-same";    "(select ?m ?x ?x)"                          => "?x"),
    rw!("select-true";    "(select ?m ?x ?y)"                          => "?x" if "?m is 1", |g, s| is(g, s, "?m", 1)),
    rw!("select-false";   "(select ?m ?x ?y)"                          => "?y" if "?m is 0", |g, s| is(g, s, "?m", 0)),
    rw!("select-twice";   "(select ?m (select ?m ?x ?z) ?y)"           => "(select ?m ?x ?y)"),
    rw!("select-again";   "(select ?m ?x (select ?m ?z ?y))"           => "(select ?m ?x ?y)"),
    rw!("if-same";        "(arith.select ?c ?x ?x)"                    => "?x"),
    rw!("if-true";        "(arith.select ?c ?x ?y)"                    => "?x" if "?c is 1", |g, s| is(g, s, "?c", 1)),
    rw!("if-false";       "(arith.select ?c ?x ?y)"                    => "?y" if "?c is 0", |g, s| is(g, s, "?c", 0)),
]}
