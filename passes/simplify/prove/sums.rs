//! Proof of the normal form of sums: what it unites is equal, and what should be united is.

use super::{Rng, leaf};
use crate::simplify::facts::{Facts, Graph};
use crate::simplify::lang::{Node, Op, Ty, Upstream};
use crate::simplify::sums;
use egg::Id;

/// A term over three variables.
#[derive(Debug, Clone)]
enum Term {
    Var(usize),
    Constant(i64),
    Op(Upstream, Box<[Term; 2]>),
}

fn op(op: Upstream, x: &Term, y: &Term) -> Term {
    Term::Op(op, Box::new([x.clone(), y.clone()]))
}

fn random(rng: &mut Rng, depth: u32) -> Term {
    match rng.below(if depth == 0 { 4 } else { 10 }) {
        0..=2 => Term::Var(rng.below(3) as usize),
        3 => Term::Constant(rng.value()),
        4..=6 => op(Upstream::Add, &random(rng, depth - 1), &random(rng, depth - 1)),
        7 | 8 => op(Upstream::Sub, &random(rng, depth - 1), &random(rng, depth - 1)),
        _ => op(Upstream::Mul, &random(rng, depth - 1), &random(rng, depth - 1)),
    }
}

fn value(term: &Term, vars: &[i64; 3]) -> i8 {
    match term {
        Term::Var(i) => vars[*i] as i8,
        Term::Constant(value) => *value as i8,
        Term::Op(op, sides) => {
            let (x, y) = (value(&sides[0], vars), value(&sides[1], vars));
            match op {
                Upstream::Add => x.wrapping_add(y),
                Upstream::Sub => x.wrapping_sub(y),
                _ => x.wrapping_mul(y),
            }
        }
    }
}

fn add(graph: &mut Graph, vars: &[Id; 3], term: &Term) -> Id {
    match term {
        Term::Var(i) => vars[*i],
        Term::Constant(value) => graph.add(Node::constant(*value, Ty::Int(8))),
        Term::Op(op, sides) => {
            let children: Vec<Id> = sides.iter().map(|side| add(graph, vars, side)).collect();
            graph.add(Node::new(Op::Upstream(*op, 0), Ty::Int(8), children))
        }
    }
}

fn united(terms: &[Term]) -> Vec<Id> {
    let mut graph = Graph::new(Facts::default());
    let vars = [0, 1, 2].map(|i| leaf(&mut graph, i));
    let ids: Vec<Id> = terms.iter().map(|term| add(&mut graph, &vars, term)).collect();
    graph.rebuild();
    for _ in 0..3 {
        sums::fold(&mut graph);
        sums::normalise(&mut graph);
    }
    assert_eq!(graph.analysis.conflict, None, "{terms:?}");
    ids.into_iter().map(|id| graph.find(id)).collect()
}

#[test]
fn united_sums_are_equal() {
    let mut rng = Rng(0x1234_5678_9ABC_DEF1);
    let mut pairs = 0;
    for _ in 0..300 {
        let terms: Vec<Term> = (0..12).map(|_| random(&mut rng, 3)).collect();
        let ids = united(&terms);
        for (i, x) in terms.iter().enumerate() {
            for (j, y) in terms.iter().enumerate().skip(i + 1).filter(|(j, _)| ids[*j] == ids[i]) {
                pairs += 1;
                for _ in 0..40 {
                    let vars = [rng.value(), rng.value(), rng.value()];
                    assert_eq!(value(x, &vars), value(y, &vars), "{x:?} and {y:?} at {vars:?} ({i}, {j})");
                }
            }
        }
    }
    assert!(pairs > 100, "only {pairs} pairs");
}

#[test]
fn equal_sums_are_united() {
    use Upstream::{Add, Mul, Sub};
    let (a, b, c) = (Term::Var(0), Term::Var(1), Term::Var(2));
    let n = Term::Constant;
    let cases = [
        (op(Add, &a, &b), op(Add, &b, &a)),
        (op(Add, &op(Add, &a, &b), &c), op(Add, &a, &op(Add, &c, &b))),
        (op(Sub, &a, &a), n(0)),
        (op(Sub, &op(Add, &a, &b), &b), a.clone()),
        (op(Add, &op(Sub, &a, &b), &b), a.clone()),
        (op(Mul, &a, &n(1)), a.clone()),
        (op(Mul, &a, &n(0)), n(0)),
        (op(Add, &a, &a), op(Mul, &n(2), &a)),
        (op(Mul, &op(Mul, &a, &n(64)), &n(4)), n(0)),
        (op(Mul, &op(Add, &a, &b), &c), op(Add, &op(Mul, &c, &b), &op(Mul, &a, &c))),
        (op(Sub, &a, &op(Sub, &b, &c)), op(Add, &op(Sub, &c, &b), &a)),
        (op(Add, &op(Add, &a, &n(100)), &n(100)), op(Sub, &a, &n(56))),
    ];
    for (x, y) in cases {
        let ids = united(&[x.clone(), y.clone()]);
        assert_eq!(ids[0], ids[1], "{x:?} and {y:?}");
    }
}

#[test]
fn other_sums_are_not_united() {
    use Upstream::{Add, Mul, Sub};
    let (a, b) = (Term::Var(0), Term::Var(1));
    let cases = [
        (op(Sub, &a, &b), op(Sub, &b, &a)),
        (op(Add, &a, &b), op(Mul, &a, &b)),
        (op(Mul, &a, &Term::Constant(2)), a.clone()),
        (op(Add, &a, &Term::Constant(1)), a.clone()),
    ];
    for (x, y) in cases {
        let ids = united(&[x.clone(), y.clone()]);
        assert_ne!(ids[0], ids[1], "{x:?} and {y:?}");
    }
}
