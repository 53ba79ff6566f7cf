//! Rules that look right and are not: the proof has to find out.

use super::check;
use crate::simplify::rules::{Row, rw};
use xpuc_dialect::ops::Binary;

#[rustfmt::skip]
fn rows() -> Vec<Row> { vec![
    rw!("divide-then-multiply";   "(broadcast_mul (broadcast_floordiv ?x ?c) ?c)"                     => "?x"),
    rw!("multiply-then-divide";   "(broadcast_floordiv (broadcast_mul ?x ?c) ?c)"                     => "?x" if "?c >= 1", at_least_one),
    rw!("multiply-then-mod";      "(broadcast_mod (broadcast_mul ?x ?c) ?c)"                          => "(broadcast_sub ?x ?x)" if "?c >= 1", at_least_one),
    rw!("floordiv-distributes";   "(broadcast_floordiv (broadcast_add ?x ?y) ?c)"                     => "(broadcast_add (broadcast_floordiv ?x ?c) (broadcast_floordiv ?y ?c))" if "?c >= 1", at_least_one),
    rw!("floordiv-of-multiple";   "(broadcast_floordiv (broadcast_add ?y (broadcast_mul ?x ?c)) ?c)"  => "(broadcast_add (broadcast_floordiv ?y ?c) ?x)" if "?c >= 1", at_least_one),
    rw!("mod-of-multiple";        "(broadcast_mod (broadcast_add ?y (broadcast_mul ?x ?c)) ?c)"       => "(broadcast_mod ?y ?c)" if "?c >= 1", at_least_one),
    rw!("floordiv-of-negative";   "(broadcast_floordiv (broadcast_sub 0 ?x) ?c)"                      => "(broadcast_sub 0 (broadcast_floordiv ?x ?c))" if "?c >= 1", at_least_one),
    rw!("floordiv-by-negative";   "(broadcast_floordiv ?x (broadcast_sub 0 ?c))"                      => "(broadcast_sub 0 (broadcast_floordiv ?x ?c))" if "?c >= 1", at_least_one),
    rw!("floordiv-itself";        "(broadcast_floordiv ?x ?x)"                                        => "1"),
    rw!("mod-itself";             "(broadcast_mod ?x ?x)"                                             => "0"),
    rw!("mod-below";              "(broadcast_mod ?x ?c)"                                             => "?x" if "?x < ?c", |g, s| range(g, s, "?x").1 < range(g, s, "?c").0),
    rw!("floordiv-below";         "(broadcast_floordiv ?x ?c)"                                        => "0"  if "?x < ?c", |g, s| range(g, s, "?x").1 < range(g, s, "?c").0),
    rw!("mod-up-to";              "(broadcast_mod ?x ?c)"                                             => "?x" if "0 <= ?x <= ?c", |g, s| range(g, s, "?x").0 >= 0 && range(g, s, "?x").1 <= range(g, s, "?c").0),
    rw!("floordiv-twice";         "(broadcast_floordiv (broadcast_floordiv ?x ?a) ?b)"                => "(broadcast_floordiv ?x (broadcast_mul ?a ?b))"),
    rw!("floordiv-twice-wraps";   "(broadcast_floordiv (broadcast_floordiv ?x ?a) ?b)"                => "(broadcast_floordiv ?x (broadcast_mul ?a ?b))" if "?a, ?b >= 1", |g, s| range(g, s, "?a").0 >= 1 && range(g, s, "?b").0 >= 1),
    rw!("mod-of-sum";             "(broadcast_mod (broadcast_add ?x ?y) ?c)"                          => "(broadcast_add (broadcast_mod ?x ?c) (broadcast_mod ?y ?c))" if "?c >= 1", at_least_one),
    rw!("mod-mod-other";          "(broadcast_mod (broadcast_mod ?x ?a) ?b)"                          => "(broadcast_mod ?x ?b)"),
    rw!("min-of-sums";            "(broadcast_min (broadcast_add ?x ?z) (broadcast_add ?y ?z))"       => "(broadcast_add (broadcast_min ?x ?y) ?z)"),
    rw!("max-of-products";        "(broadcast_max (broadcast_mul ?x ?z) (broadcast_mul ?y ?z))"       => "(broadcast_mul (broadcast_max ?x ?y) ?z)"),
    rw!("min-touching";           "(broadcast_min ?x ?y)"                                             => "?x" if "?x starts below ?y", |g, s| range(g, s, "?x").0 <= range(g, s, "?y").0),
    rw!("double-is-positive";     "(broadcast_max (broadcast_mul ?x 2) 0)"                            => "(broadcast_mul (broadcast_max ?x 0) 2)"),
    rw!("compare-difference";     "(compare[slt] ?x ?y)"                                              => "(compare[slt] (broadcast_sub ?x ?y) 0)"),
    rw!("compare-shifted";        "(compare[slt] (broadcast_add ?x 1) (broadcast_add ?y 1))"          => "(compare[slt] ?x ?y)"),
    rw!("compare-not-less";       "(compare[sle] ?x ?y)"                                              => "(compare[slt] ?x (broadcast_add ?y 1))"),
    rw!("select-swapped";         "(select ?m ?x ?y)"                                                 => "(select ?m ?y ?x)"),
    rw!("select-twice-other";     "(select ?m (select ?o ?x ?z) ?y)"                                  => "(select ?m ?x ?y)"),
    rw!("cumsum-of-shifted";      "(cumsum[inclusive] (broadcast_add (gather ?t ?i) ?k))"             => "(broadcast_add (cumsum[inclusive] (gather ?t ?i)) ?k)"),
    rw!("cumsum-forgets-first";   "(cumsum[exclusive] (gather ?t ?i))"                                => "(cumsum[inclusive] (gather ?t ?i))"),
    rw!("gather-of-constant";     "(gather (constant ?k ?n) ?i)"                                      => "(broadcast_add (broadcast_sub ?i ?i) ?k)"),
    rw!("gather-of-range";        "(gather (range ?b ?s ?n) ?i)"                                      => "(broadcast_add (broadcast_mul ?i ?s) ?b)"),
    rw!("gather-of-gather";       "(gather (gather ?t ?i) ?j)"                                        => "(gather ?t (gather ?i ?j))"),
    rw!("gather-associates";      "(gather ?t (gather ?i ?j))"                                        => "(gather (gather ?t ?i) ?j)"),
    rw!("lod-of-constant";        "(cumsum[inclusive] (constant ?k ?n))"                              => "(range 0 ?k ?n)"),
    rw!("insert-anywhere";        "(tensor.insert_slice ?x ?y ?o ?n)"                                 => "?x"),
    rw!("extract-elsewhere";      "(tensor.extract_slice (tensor.insert_slice ?x ?y ?o ?n) ?p ?n)"    => "?x"),
    rw!("extract-behind-start";   "(tensor.extract_slice (tensor.insert_slice ?x ?y ?o ?n) ?p ?m)"    => "(tensor.extract_slice ?y ?p ?m)" if "?o < ?p", |g, s| range(g, s, "?o").1 < range(g, s, "?p").0),
    rw!("position-of-row";        "(sum (gather ?start (expand ?lod ?n)) (range 0 1 ?n))"             => "(position ?start ?lod ?n)"),
    rw!("slots-without-start";    "(sum (broadcast_mul (gather ?table (page ?start ?lod ?map ?columns ?bs ?n)) ?columns) (broadcast_mod (position ?start ?lod ?n) ?bs))"
                               => "(slot_mapping ?table ?lod ?start ?map ?columns ?bs 0 ?n)"),
]}

fn range(graph: &crate::simplify::facts::Graph, subst: &egg::Subst, name: &str) -> (i64, i64) {
    crate::simplify::rules::fact(graph, subst, name).range
}

fn at_least_one(graph: &crate::simplify::facts::Graph, subst: &egg::Subst) -> bool {
    range(graph, subst, "?c").0 >= 1
}

#[test]
fn wrong_rules_are_refuted() {
    let mut believed = Vec::new();
    for row in rows() {
        match check(&row) {
            Ok(times) => believed.push(format!("{}: not refuted in {times} tries", row.rule.name)),
            // Shown with `--nocapture`.
            Err(counterexample) => eprintln!("{counterexample}"),
        }
    }
    assert!(believed.is_empty(), "{}", believed.join("\n"));
    // Division by a negative number is as exact as by its opposite, at the ends too.
    assert_eq!(crate::simplify::facts::range::exact(Binary::FloorDiv, (-128, -128), (-1, -1), 8), None);
}
