//! The rules, in aligned tables, and how they become egg's.
//!
//! A rule's sides are terms over op names (`xpu.` left out, `name[detail]` fixes a predicate). The types of
//! what the right side makes follow from its operands. A side condition asks the e-class analysis.
//! A name ending in `~n` is the same rule with the operands of a commutative op exchanged, or with `@` standing
//! for the other space.

mod algebra;
mod slice;
mod slot;
mod transfer;

use super::analysis::{Facts, Graph, result_type};
use super::lang::Node;
use egg::{Applier, ENodeOrVar, Id, Language, Pattern, PatternAst, Rewrite, Subst, Symbol, Var};

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

/// A rule as a table holds it.
struct Row {
    rule: Rule,
    condition: fn(&Graph, &Subst) -> bool,
}

macro_rules! rw {
    ($name:literal; $left:literal => $right:literal) => {
        $crate::simplify::rules::Row {
            rule: $crate::simplify::rules::Rule { name: $name, left: $left, right: $right, condition: "" },
            condition: |_, _| true,
        }
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
use rw;

/// Every rule.
pub fn rules() -> Vec<Rule> {
    let mut all: Vec<Rule> = rows().into_iter().map(|row| row.rule).collect();
    all.push(transfer::MOVE_TO_DEVICE.clone());
    all
}

fn rows() -> Vec<Row> {
    [algebra::rows(), slice::rows(), slot::rows(), transfer::rows()].into_iter().flatten().collect()
}

/// The rules for egg.
pub(super) fn all() -> &'static [Rewrite<Node, Facts>] {
    static ALL: std::sync::LazyLock<Vec<Rewrite<Node, Facts>>> = std::sync::LazyLock::new(|| {
        let mut all = Vec::new();
        for row in rows() {
            let spaces: &[&str] = if row.rule.left.contains('@') { &["host", "device"] } else { &[""] };
            let mut variants = Vec::new();
            for space in spaces {
                let right = parse(&row.rule.right.replace('@', space)).ast;
                let left = parse(&row.rule.left.replace('@', space)).ast;
                variants.extend(orders(&left).into_iter().map(|left| (left, right.clone())));
            }
            for (n, (left, ast)) in variants.into_iter().enumerate() {
                let name = if n == 0 { row.rule.name.to_owned() } else { format!("{}~{n}", row.rule.name) };
                let rewrite =
                    Rewrite::new(name.as_str(), Pattern::new(left), Right { ast, condition: row.condition });
                all.push(rewrite.unwrap_or_else(|error| panic!("rule {name}: {error}")));
            }
        }
        all.push(transfer::move_to_device());
        all
    });
    &ALL
}

/// The rule that a variant belongs to.
pub(super) fn base_name(name: &str) -> &str {
    name.split_once('~').map_or(name, |(base, _)| base)
}

/// Terms that only rules use, to recognize a large one in steps; never part of a program.
pub(super) fn is_auxiliary(name: &str) -> bool {
    matches!(name, "position" | "page")
}

fn parse(text: &str) -> Pattern<Node> {
    text.parse().unwrap_or_else(|error| panic!("pattern {text}: {error}"))
}

/// The pattern with every choice of operand order of its commutative ops.
fn orders(ast: &PatternAst<Node>) -> Vec<PatternAst<Node>> {
    let mut all = vec![ast.clone()];
    for (position, node) in ast.as_ref().iter().enumerate() {
        let ENodeOrVar::ENode(node) = node else { continue };
        if matches!(&*node.name, "broadcast_add" | "broadcast_mul") && node.children[0] != node.children[1] {
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

/// The right side of a rule: adds its terms, typed.
#[derive(Clone)]
struct Right {
    ast: PatternAst<Node>,
    condition: fn(&Graph, &Subst) -> bool,
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
        let mut ids: Vec<Id> = Vec::new();
        for node in self.ast.as_ref() {
            let id = match node {
                ENodeOrVar::Var(var) => subst[*var],
                ENodeOrVar::ENode(node) => {
                    let mut node = node.clone().map_children(|child| ids[usize::from(child)]);
                    let ty = node.ty.clone().or_else(|| result_type(&node, graph));
                    let Some(ty) = ty else { return Vec::new() };
                    node.ty = Some(ty);
                    graph.add(node)
                }
            };
            ids.push(id);
        }
        let Some(root) = ids.last().copied() else { return Vec::new() };
        // Equal terms have equal types; a pattern may have matched what it does not mean.
        if graph[root].data.ty != graph[class].data.ty {
            return Vec::new();
        }
        if graph.union(class, root) { vec![root] } else { Vec::new() }
    }

    fn vars(&self) -> Vec<Var> {
        Pattern::new(self.ast.clone()).vars()
    }
}

/// The class a variable of the left side stands for.
fn class(subst: &Subst, name: &str) -> Id {
    subst[name.parse().unwrap_or_else(|error| panic!("{name}: {error}"))]
}

fn is_scalar(graph: &Graph, subst: &Subst, name: &str) -> bool {
    graph[class(subst, name)].data.ty.is_scalar()
}

/// Whether every element is at least `bound`.
fn at_least(graph: &Graph, subst: &Subst, name: &str, bound: i64) -> bool {
    graph[class(subst, name)].data.range.0 >= bound
}
