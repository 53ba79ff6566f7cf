//! The order of execution: a topological order of the dependence graph.

use super::PlanError;
use super::fuse::Fusions;
use super::guard::Guards;
use indexmap::IndexSet;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxBuildHasher, FxHashMap as HashMap};
use std::collections::BTreeSet;
use xpuc_dialect::ir::{Func, OpId, Space};
use xpuc_dialect::ops::{Kind, space};

/// Orders the ops that are no part of another's launch.
///
/// Operands come before users, effects stay in their order. Among ops that are ready, those under the
/// condition of the last one go first, so that a condition is tested once; then the order of the program.
pub(super) fn schedule(
    func: &Func,
    order: &[OpId],
    fusions: &Fusions,
    guards: &Guards,
) -> Result<Vec<OpId>, PlanError> {
    let mut graph: DiGraph<OpId, ()> = DiGraph::new();
    let mut edges: IndexSet<(NodeIndex, NodeIndex), FxBuildHasher> = IndexSet::default();
    let ops: Vec<OpId> = order.iter().copied().filter(|id| !fusions.is_inlined(*id)).collect();
    let nodes: HashMap<OpId, NodeIndex> = ops.iter().map(|id| (*id, graph.add_node(*id))).collect();
    let mut last_effect: Option<NodeIndex> = None;
    let mut last_clause: Option<NodeIndex> = None;
    // What looks at memory does so after the clauses before it: it may make no sense, or not be there, without them.
    for id in order {
        let op = func.op(*id);
        let anchor = fusions.anchor(*id);
        let looks = op.operands.iter().any(|v| func.ty(*v).tensor().is_some());
        let first = fusions.members(anchor).first().is_none_or(|member| member == id);
        if let (Some(clause), true) = (last_clause, looks && first)
            && clause != nodes[&anchor]
        {
            edges.insert((clause, nodes[&anchor]));
        }
        if matches!(Kind::of(op), Some(Kind::Require | Kind::Enforce)) && !fusions.is_member(*id) {
            last_clause = Some(nodes[&anchor]);
        }
    }
    for id in &ops {
        let op = func.op(*id);
        let node = nodes[id];
        let nested = op.regions.iter().flatten().flat_map(|b| func.nested(*b));
        let nested: Vec<_> = nested.flat_map(|inner| func.op(inner).operands.clone()).collect();
        // A condition is known before what stands under it.
        let conditions = guards.get(*id).iter().map(|(condition, _)| *condition);
        for input in fusions.inputs(func, *id).into_iter().chain(nested).chain(conditions) {
            if let xpuc_dialect::ir::Def::Result(producer, _) = func.def(input)
                && let Some(producer) = nodes.get(&fusions.anchor(producer))
                && *producer != node
            {
                edges.insert((*producer, node));
            }
        }
        if !crate::tidy::is_pure(op) && !fusions.is_member(*id) {
            if let Some(last) = last_effect {
                edges.insert((last, node));
            }
            last_effect = Some(node);
        }
    }
    for (before, after) in edges {
        graph.add_edge(before, after, ());
    }

    let mut waiting: HashMap<NodeIndex, usize> =
        graph.node_indices().map(|n| (n, graph.neighbors_directed(n, petgraph::Incoming).count())).collect();
    // Node indices are in program order.
    let mut ready: BTreeSet<NodeIndex> = graph.node_indices().filter(|n| waiting[n] == 0).collect();
    let mut done = Vec::with_capacity(ops.len());
    let mut current: &[_] = &[];
    while let Some(first) = ready.first().copied() {
        let command = |n: &&NodeIndex| is_command(func, graph[**n]);
        let same = ready.iter().filter(command).find(|n| guards.get(graph[**n]) == current).copied();
        // Scalars are free and come when they can; a command continues the condition at hand.
        let next = if command(&&first) && !current.is_empty() { same.unwrap_or(first) } else { first };
        ready.remove(&next);
        let id = graph[next];
        if is_command(func, id) {
            current = guards.get(id);
        }
        done.push(id);
        for after in graph.neighbors_directed(next, petgraph::Outgoing) {
            if let Some(count) = waiting.get_mut(&after) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(after);
                }
            }
        }
    }
    if done.len() == ops.len() { Ok(done) } else { Err(PlanError::Cycle) }
}

/// Whether an op becomes code on tensors, rather than a scalar or a name for part of one.
pub(super) fn is_command(func: &Func, id: OpId) -> bool {
    let op = func.op(id);
    Kind::of(op).is_some()
        || op.results.iter().any(|r| space(func, *r).is_some_and(|s| s == Space::Device || s == Space::Host))
}
