//! Between host and device.

use super::{Row, Rule, parse, rw};
use crate::simplify::analysis::{Facts, Graph};
use crate::simplify::lang::Node;
use egg::{Applier, Id, PatternAst, Rewrite, Subst, Symbol, Var};
use xpuc_dialect::ir::Space;
use xpuc_dialect::ops::Kind;

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("up-down"; "(h2d (d2h ?x))" => "?x"),
    rw!("down-up"; "(d2h (h2d ?x))" => "?x"),
]}

/// Every op of the dialect computes the same on either side, so it may as well be computed on the device.
pub(super) const MOVE_TO_DEVICE: Rule = Rule {
    name: "move-to-device",
    left: "(h2d (op ?x...))",
    right: "(op (h2d ?x)...)",
    condition: "op is pure; scalars and sizes stay as they are",
};

pub(super) fn move_to_device() -> Rewrite<Node, Facts> {
    let rewrite = Rewrite::new(MOVE_TO_DEVICE.name, parse("(h2d ?x)"), Move);
    rewrite.unwrap_or_else(|error| panic!("rule {}: {error}", MOVE_TO_DEVICE.name))
}

struct Move;

impl Applier<Node, Facts> for Move {
    fn apply_one(
        &self,
        graph: &mut Graph,
        class: Id,
        subst: &Subst,
        _: Option<&PatternAst<Node>>,
        _: Symbol,
    ) -> Vec<Id> {
        let source = super::class(subst, "?x");
        let nodes: Vec<Node> = graph[source].nodes.iter().filter(|node| is_movable(node)).cloned().collect();
        let mut changed = false;
        for node in nodes {
            let children: Vec<Id> = node
                .children
                .iter()
                .map(|child| {
                    let ty = graph[*child].data.ty.clone();
                    if ty.space() == Some(Space::Host) {
                        graph.add(Node::new("h2d", "", ty.in_space(Space::Device), vec![*child]))
                    } else {
                        *child
                    }
                })
                .collect();
            let ty = node.ty.as_ref().map(|ty| ty.in_space(Space::Device));
            let detail = if &*node.detail == "host" { "device".into() } else { node.detail };
            let moved = graph.add(Node { children, ty, detail, ..node });
            changed |= graph.union(class, moved);
        }
        if changed { vec![class] } else { Vec::new() }
    }

    fn vars(&self) -> Vec<Var> {
        "?x".parse().into_iter().collect()
    }
}

fn is_movable(node: &Node) -> bool {
    match Kind::from_name(&format!("xpu.{}", node.name)) {
        Some(kind) => kind.is_compute(),
        None => matches!(
            &*node.name,
            "tensor.extract_slice" | "tensor.insert_slice" | "position" | "page" | "arith.select"
        ),
    }
}
