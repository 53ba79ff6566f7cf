//! Rounds of rewriting until nothing new is found.

use super::facts::{Facts, Graph};
use super::lang::Node;
use super::{ITERATION_LIMIT, NODE_FACTOR, rules, sums};
use egg::Rewrite;
use std::collections::BTreeMap;

/// What saturation did.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) rounds: u64,
    /// Whether it ended because nothing new was found.
    pub(super) saturated: bool,
    /// How often each rule fired.
    pub(super) fired: BTreeMap<String, u64>,
}

/// E-nodes that are no reason to stop.
const SMALL: usize = 1000;

/// Applies `rewrites` and the built-in rules until nothing changes or a limit is hit.
///
/// There is no limit in time, which would make the result depend on the machine. In a round all rules see the
/// same e-graph.
pub(super) fn saturate(graph: &mut Graph, rewrites: &[&Rewrite<Node, Facts>]) -> Run {
    let mut run = Run::default();
    let limit = graph.total_number_of_nodes() * NODE_FACTOR + SMALL;
    while !run.saturated && run.rounds < ITERATION_LIMIT && graph.total_number_of_nodes() < limit {
        run.rounds += 1;
        run.saturated = true;
        let mut fire = |name: &str, times: u64| {
            if times > 0 {
                *run.fired.entry(rules::base_name(name).to_owned()).or_default() += times;
                run.saturated = false;
            }
        };
        fire("constant", sums::fold(graph));
        fire("sum", sums::normalise(graph));
        let found: Vec<_> = rewrites.iter().map(|rewrite| rewrite.search(graph)).collect();
        for (rewrite, found) in rewrites.iter().zip(found) {
            fire(rewrite.name.as_str(), rewrite.apply(graph, &found).len() as u64);
        }
        if !graph.clean {
            graph.rebuild();
        }
    }
    run
}
