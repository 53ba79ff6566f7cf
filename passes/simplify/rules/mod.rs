//! The rules, in aligned tables, and how they become egg's. `README.md` says how to write one.
//!
//! A rule's sides are terms over op names (`xpu.` left out, `name[detail]` fixes a predicate). The types of
//! what the right side makes follow from its operands. A side condition asks the facts of the e-classes.
//! A name ending in `~n` is the same rule with the operands of a commutative op exchanged, or on scalars.

mod algebra;
mod array;
mod division;
mod slice;
mod slot;
mod sum;

use super::facts::{Data, Facts, Graph, range, result_type};
use super::lang::Node;
use egg::{Applier, ENodeOrVar, Id, Language, Pattern, PatternAst, RecExpr, Rewrite, Subst, Symbol, Var};
use xpuc_dialect::ops::Binary;

/// A rule as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Stable name.
    pub name: &'static str,
    /// What it matches.
    pub left: &'static str,
    /// What is equal to it.
    pub right: &'static str,
    /// What must hold, in words; empty when nothing must.
    pub condition: &'static str,
}

/// Equalities that are found by looking at all classes at once rather than by patterns.
pub(super) const BUILT_IN: [Rule; 2] = [
    Rule {
        name: "constant",
        left: "?x",
        right: "the constant",
        condition: "the range of ?x is one value, and not because a clause says so of ?x itself",
    },
    Rule { name: "sum", left: "?x", right: "?y", condition: "both have one normal form, type and shape" },
];

/// A rule as a table holds it.
pub(super) struct Row {
    pub(super) rule: Rule,
    pub(super) condition: Condition,
}

pub(super) type Condition = fn(&Graph, &Subst) -> bool;

macro_rules! rw {
    ($name:literal; $left:literal => $right:literal) => {
        rw!($name; $left => $right if "", |_, _| true)
    };
    ($name:literal; $left:literal => $right:literal if $words:literal, $condition:expr) => {
        $crate::simplify::rules::Row {
            rule: $crate::simplify::rules::Rule {
                name: $name,
                left: $left,
                right: $right,
                condition: $words,
            },
            condition: $condition,
        }
    };
}
pub(super) use rw;

/// Every rule.
pub fn rules() -> Vec<Rule> {
    BUILT_IN.into_iter().chain(rows().into_iter().map(|row| row.rule)).collect()
}

pub(super) fn rows() -> Vec<Row> {
    [algebra::rows(), division::rows(), array::rows(), slice::rows(), slot::rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// The rules for egg.
pub(super) fn all() -> &'static [Rewrite<Node, Facts>] {
    static ALL: std::sync::LazyLock<Vec<Rewrite<Node, Facts>>> =
        std::sync::LazyLock::new(|| rows().iter().flat_map(compile).collect());
    &ALL
}

fn compile(row: &Row) -> Vec<Rewrite<Node, Facts>> {
    let mut all: Vec<Rewrite<Node, Facts>> = Vec::new();
    for (left, right) in
        [(row.rule.left.to_owned(), row.rule.right.to_owned())].into_iter().chain(on_scalars(row))
    {
        let ast = parse(&right).ast;
        let left = parse(&left).ast;
        let mut push = |left: Left| {
            let n = all.len();
            let name = if n == 0 { row.rule.name.to_owned() } else { format!("{}~{n}", row.rule.name) };
            let right = Right { ast: ast.clone(), condition: row.condition };
            let rewrite = match left {
                Left::Term(pattern) => Rewrite::new(name.as_str(), pattern, right),
                Left::Sum(pattern) => Rewrite::new(name.as_str(), pattern, right),
            };
            all.push(rewrite.unwrap_or_else(|error| panic!("rule {name}: {error}")));
        };
        match sum::Pattern::of(&left) {
            Some(sum) => push(Left::Sum(sum)),
            None => orders(&left).into_iter().for_each(|left| push(Left::Term(Pattern::new(left)))),
        }
    }
    all
}

enum Left {
    Term(Pattern<Node>),
    Sum(sum::Pattern),
}

/// The rule on scalars, if all its ops are arithmetic that scalars have too.
fn on_scalars(row: &Row) -> Option<(String, String)> {
    let pairs = [
        ("(broadcast_add ", "(arith.addi "),
        ("(broadcast_sub ", "(arith.subi "),
        ("(broadcast_mul ", "(arith.muli "),
        ("(broadcast_floordiv ", "(arith.floordivsi "),
        ("(broadcast_min ", "(arith.minsi "),
        ("(broadcast_max ", "(arith.maxsi "),
    ];
    let replace = |text: &str| pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let sides = (replace(row.rule.left), replace(row.rule.right));
    let other = |text: &str| text.matches('(').count() != text.matches("(arith.").count();
    (sides.0 != row.rule.left && !other(&sides.0) && !other(&sides.1)).then_some(sides)
}

/// The rule that a variant belongs to.
pub(super) fn base_name(name: &str) -> &str {
    name.split_once('~').map_or(name, |(base, _)| base)
}

pub(super) fn parse(text: &str) -> Pattern<Node> {
    text.parse().unwrap_or_else(|error| panic!("pattern {text}: {error}"))
}

/// The part of a pattern below one of its nodes.
fn below(ast: &PatternAst<Node>, id: Id) -> Pattern<Node> {
    let part: RecExpr<ENodeOrVar<Node>> = ast[id].build_recexpr(|id| ast[id].clone());
    Pattern::new(part)
}

/// The pattern with every choice of operand order of its commutative ops.
fn orders(ast: &PatternAst<Node>) -> Vec<PatternAst<Node>> {
    let mut all = vec![ast.clone()];
    for (position, node) in ast.as_ref().iter().enumerate() {
        let ENodeOrVar::ENode(node) = node else { continue };
        if node.op.commutes() && node.children[0] != node.children[1] {
            let swapped: Vec<PatternAst<Node>> = all
                .iter()
                .map(|ast| {
                    let mut nodes = ast.as_ref().to_vec();
                    if let ENodeOrVar::ENode(node) = &mut nodes[position] {
                        node.children.swap(0, 1);
                    }
                    nodes.into()
                })
                .collect();
            all.extend(swapped);
        }
    }
    all
}

/// Adds a node with the type that its operands give it; `None` where they give it none.
pub(super) fn add(graph: &mut Graph, mut node: Node) -> Option<Id> {
    node.ty = Some(node.ty.or_else(|| result_type(&node, graph))?);
    Some(graph.add(node))
}

/// Unites two classes unless they are one: egg takes any union for a change.
pub(super) fn unite(graph: &mut Graph, a: Id, b: Id) -> bool {
    graph.find(a) != graph.find(b) && graph.union(a, b)
}

/// The right side of a rule: adds its terms, typed.
#[derive(Clone)]
struct Right {
    ast: PatternAst<Node>,
    condition: Condition,
}

impl Applier<Node, Facts> for Right {
    fn apply_one(
        &self,
        graph: &mut Graph,
        class: Id,
        subst: &Subst,
        _: Option<&PatternAst<Node>>,
        _: Symbol,
    ) -> Vec<Id> {
        if !(self.condition)(graph, subst) {
            return Vec::new();
        }
        let mut ids: Vec<Id> = Vec::with_capacity(self.ast.as_ref().len());
        for node in self.ast.as_ref() {
            let id = match node {
                ENodeOrVar::Var(var) => Some(subst[*var]),
                ENodeOrVar::ENode(node) => {
                    add(graph, node.clone().map_children(|child| ids[usize::from(child)]))
                }
            };
            let Some(id) = id else { return Vec::new() };
            ids.push(id);
        }
        let Some(root) = ids.last().copied() else { return Vec::new() };
        // Equal terms have equal types and shapes; a pattern may have matched what it does not mean.
        let (made, found) = (&graph[root].data, &graph[class].data);
        if made.ty != found.ty || made.shape().is_none() || made.shape() != found.shape() {
            return Vec::new();
        }
        if unite(graph, class, root) { vec![root] } else { Vec::new() }
    }

    fn vars(&self) -> Vec<Var> {
        Pattern::new(self.ast.clone()).vars()
    }
}

/// The class a variable of the left side stands for.
fn class(subst: &Subst, name: &str) -> Id {
    subst[name.parse().unwrap_or_else(|error| panic!("{name}: {error}"))]
}

/// The facts of a variable.
pub(super) fn fact<'g>(graph: &'g Graph, subst: &Subst, name: &str) -> &'g Data {
    &graph[class(subst, name)].data
}

fn is_scalar(graph: &Graph, subst: &Subst, name: &str) -> bool {
    fact(graph, subst, name).ty.is_scalar()
}

/// Whether every element is at least `bound`.
fn at_least(graph: &Graph, subst: &Subst, name: &str, bound: i64) -> bool {
    fact(graph, subst, name).range.0 >= bound
}

/// Whether every element is `value`.
fn is(graph: &Graph, subst: &Subst, name: &str, value: i64) -> bool {
    fact(graph, subst, name).range == (value, value)
}

/// The range of `x op y`, if no value of it wraps around.
fn exact(op: Binary, x: range::Range, y: range::Range, bits: u32) -> Option<range::Range> {
    range::exact(op, x, y, bits)
}
