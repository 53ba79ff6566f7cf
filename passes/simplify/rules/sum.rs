//! Patterns that match a sum in any order: `(sum ?a (mul ?b ?c) (neg ?d))`.
//!
//! Each summand matches one product of the normal form, and all of them are matched: a term with coefficient 1,
//! with `neg` a term with coefficient -1, with `mul` two factors in either order, or a factor and its coefficient.

use super::below;
use crate::simplify::facts::{Facts, Graph};
use crate::simplify::lang::{Node, Op, Ty};
use crate::simplify::sums::Factors;
use egg::{ENodeOrVar, Id, Language, PatternAst, SearchMatches, Searcher, Subst, Var};

pub(super) struct Pattern {
    summands: Vec<Summand>,
    vars: Vec<Var>,
}

enum Summand {
    Term(egg::Pattern<Node>),
    Neg(egg::Pattern<Node>),
    /// Two factors and what they name.
    Mul(egg::Pattern<Node>, egg::Pattern<Node>, Vec<Var>),
}

impl Pattern {
    /// `None` if the pattern is none of a sum.
    pub(super) fn of(ast: &PatternAst<Node>) -> Option<Self> {
        let ENodeOrVar::ENode(root) = ast.as_ref().last()? else { return None };
        if root.op != Op::Sum {
            return None;
        }
        let summand = |id: &Id| match &ast[*id] {
            ENodeOrVar::ENode(node) if node.op == Op::Neg => Summand::Neg(below(ast, node.children[0])),
            ENodeOrVar::ENode(node)
                if node.op == Op::Xpu(xpuc_dialect::ops::Kind::Broadcast(xpuc_dialect::ops::Binary::Mul)) =>
            {
                let (x, y) = (below(ast, node.children[0]), below(ast, node.children[1]));
                let vars = x.vars().into_iter().chain(y.vars()).collect();
                Summand::Mul(x, y, vars)
            }
            _ => Summand::Term(below(ast, *id)),
        };
        let vars = egg::Pattern::new(ast.clone()).vars();
        Some(Pattern { summands: root.children().iter().map(summand).collect(), vars })
    }

    /// Every way to match the summands from `at` on with the terms that are left.
    fn matches(&self, graph: &Graph, terms: &[(Factors, i64)], bits: u32) -> Vec<Subst> {
        let mut found = vec![(Subst::default(), 0u32)];
        for summand in &self.summands {
            let mut next = Vec::new();
            for (at, term) in terms.iter().enumerate() {
                let open: Vec<&(Subst, u32)> =
                    found.iter().filter(|(_, used)| used & (1 << at) == 0).collect();
                if open.is_empty() {
                    continue;
                }
                for new in summand.matches(graph, term, bits) {
                    let joined = open.iter().filter_map(|(known, used)| {
                        Some((join(graph, known, &new, &self.vars)?, used | (1 << at)))
                    });
                    next.extend(joined);
                }
            }
            found = next;
        }
        found.into_iter().map(|(subst, _)| subst).collect()
    }
}

impl Summand {
    fn matches(&self, graph: &Graph, (factors, coefficient): &(Factors, i64), bits: u32) -> Vec<Subst> {
        let one = |pattern: &egg::Pattern<Node>, class: Id| {
            pattern.search_eclass(graph, class).map_or_else(Vec::new, |found| found.substs)
        };
        let both = |x: &egg::Pattern<Node>, a: Id, y: &egg::Pattern<Node>, b: Id, vars: &[Var]| {
            let mut all = Vec::new();
            for known in one(x, a) {
                all.extend(one(y, b).iter().filter_map(|new| join(graph, &known, new, vars)));
            }
            all
        };
        match (self, factors.as_slice(), *coefficient) {
            (Summand::Term(pattern), &[factor], 1) | (Summand::Neg(pattern), &[factor], -1) => {
                one(pattern, factor)
            }
            (Summand::Mul(x, y, vars), &[a, b], 1) => {
                let mut all = both(x, a, y, b, vars);
                if a != b {
                    all.extend(both(x, b, y, a, vars));
                }
                all
            }
            (Summand::Mul(x, y, vars), &[factor], coefficient) => {
                let constant = Node::constant(coefficient, Ty::Int(bits));
                graph.lookup(constant).map_or_else(Vec::new, |constant| both(x, factor, y, constant, vars))
            }
            _ => Vec::new(),
        }
    }
}

/// Both, if they agree on what they both name.
fn join(graph: &Graph, a: &Subst, b: &Subst, vars: &[Var]) -> Option<Subst> {
    let mut all = a.clone();
    for var in vars {
        let Some(new) = b.get(*var) else { continue };
        match all.get(*var) {
            Some(known) if graph.find(*known) != graph.find(*new) => return None,
            Some(_) => {}
            None => drop(all.insert(*var, *new)),
        }
    }
    Some(all)
}

impl Searcher<Node, Facts> for Pattern {
    fn search_eclass_with_limit(
        &self,
        graph: &Graph,
        class: Id,
        limit: usize,
    ) -> Option<SearchMatches<'_, Node>> {
        let sums = &graph.analysis.sums;
        let at = sums.binary_search_by_key(&class, |(id, _)| *id).ok()?;
        let sum = &sums[at].1;
        if sum.constant != 0 || sum.terms.len() != self.summands.len() {
            return None;
        }
        let mut substs = self.matches(graph, &sum.terms, graph[class].data.ty.bits());
        substs.truncate(limit);
        (!substs.is_empty()).then_some(SearchMatches { eclass: class, substs, ast: None })
    }

    fn search_with_limit(&self, graph: &Graph, limit: usize) -> Vec<SearchMatches<'_, Node>> {
        let classes = graph.analysis.sums.iter().map(|(id, _)| *id);
        classes.filter_map(|id| self.search_eclass_with_limit(graph, id, limit)).collect()
    }

    fn vars(&self) -> Vec<Var> {
        self.vars.clone()
    }
}
