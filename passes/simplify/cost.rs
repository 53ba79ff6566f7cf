//! What a term costs, in nanoseconds: commands first.
//!
//! A term on the device is priced as a launch of its own. That is too much where `plan` lets several share one,
//! but errs on the side of the host, where a term costs next to nothing.

use super::analysis::Graph;
use super::extract::FORBIDDEN;
use super::lang::Node;
use crate::pass::Costs;
use egg::Id;
use xpuc_dialect::ir::Space;
use xpuc_dialect::ops::Kind;

pub(super) fn cost(costs: &Costs, graph: &Graph, class: Id, node: &Node) -> u64 {
    if node.leaf_index().is_some() || node.as_constant().is_some() {
        return 0;
    }
    if super::rules::is_auxiliary(&node.name) {
        return FORBIDDEN;
    }
    let data = &graph[class].data;
    let on_device = data.ty.space() == Some(Space::Device);
    match Kind::from_name(&format!("xpu.{}", node.name)) {
        Some(Kind::H2d) => costs.h2d,
        Some(Kind::D2h) => costs.d2h,
        Some(_) if !on_device => costs.host_op,
        Some(Kind::Constant) => costs.fill,
        Some(Kind::Cumsum | Kind::Compact | Kind::ReduceSum | Kind::ReduceMax) => costs.launch + costs.scan,
        Some(_) => costs.launch,
        None => match &*node.name {
            "tensor.insert_slice" if on_device => costs.d2d,
            "tensor.insert_slice" | "tensor.insert" => costs.host_op,
            // Views, conditions and scalars are next to free, yet fewer are better.
            _ => 1,
        },
    }
}
