//! `simplify`: the cheapest program that computes the same values.
//!
//! **Before**: value form, sizes inferred (`infer-shapes`).
//! **After**: the same effects in the same order on values that cost less: what can be computed where it is
//! needed is not transferred, slot mapping is one op.
//! **Leaves alone**: everything that is not pure. Such ops keep their order; to terms their results are leaves.
//! **Method**: equality saturation with egg under node and iteration limits; the terms are chosen over the
//! DAG, exactly, each shared value paid once. Facts that rules ask for come from the e-class analysis.
//!
//! ```mlir
//! %3 = "xpu.h2d"(%1) ; %4 = "xpu.gather"(%table, %3) ; %5 = "xpu.broadcast_mul"(%4, %bs) ; ...
//! ==>
//! %3 = "xpu.slot_mapping"(%table, %lod, %start, %batch_map, %columns, %bs, %pad, %n)
//! ```

mod analysis;
mod cost;
mod export;
#[cfg_attr(not(test), expect(dead_code, reason = "what the search reports is for remarks and tests"))]
mod extract;
mod import;
mod lang;
mod rules;

pub use rules::{Rule, rules};

use crate::infer_shapes::Facts;
use crate::pass::{Need, Pass, PassCx, PassError, PassErrorKind, RemarkKind};
use egg::{Runner, SimpleScheduler, StopReason};
use std::collections::BTreeMap;
use std::time::Duration;
use xpuc_dialect::ir::{Func, Loc, Module};
use xpuc_dialect::ops::is_kernel;

/// E-nodes at which saturation stops.
pub const NODE_LIMIT: usize = 50_000;

/// Rounds of rewriting at which saturation stops.
pub const ITERATION_LIMIT: usize = 30;

/// Branch-and-bound nodes at which extraction settles for the best found.
pub const SEARCH_LIMIT: u64 = 10_000;

/// The pass.
#[derive(Debug)]
pub struct Simplify;

/// What went wrong: all of it defects of the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimplifyError {
    /// Rules made two constants equal.
    #[error("rules made the constants {0} and {1} equal")]
    Conflict(i64, i64),
    /// No finite program computes a value.
    #[error("{0}")]
    Extract(String),
    /// The chosen term of a value needs something that comes later.
    #[error("{what} is needed before it is defined")]
    Order {
        /// The leaf.
        what: String,
    },
}

impl Pass for Simplify {
    fn name(&self) -> &'static str {
        "simplify"
    }

    fn summary(&self) -> &'static str {
        "find the cheapest equal program by equality saturation"
    }

    fn need(&self) -> Need {
        Need::Optional
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        let mut out = Module { funcs: Vec::new(), attrs: module.attrs.clone() };
        for func in &module.funcs {
            out.funcs.push(if func.entry().is_some() && !is_kernel(func) {
                simplify(cx, func)?
            } else {
                func.clone()
            });
        }
        Ok(out)
    }
}

fn simplify(cx: &mut PassCx, func: &Func) -> Result<Func, PassError> {
    let defect = |loc: &Loc, error| PassError { loc: loc.clone(), kind: PassErrorKind::Simplify(error) };
    let shapes = Facts::of(func)?;
    let mut imported = import::import(func, &shapes);
    let runner = Runner::<_, _, ()>::new(imported.graph.analysis.clone())
        .with_egraph(imported.graph)
        .with_node_limit(NODE_LIMIT)
        .with_iter_limit(ITERATION_LIMIT)
        // A limit in time would make the result depend on the machine.
        .with_time_limit(Duration::MAX)
        .with_scheduler(SimpleScheduler)
        .run(rules::all());
    let mut fired: BTreeMap<String, u64> = BTreeMap::new();
    for (name, times) in runner.iterations.iter().flat_map(|i| &i.applied) {
        *fired.entry(rules::base_name(name.as_str()).to_owned()).or_default() += *times as u64;
    }
    let saturated = matches!(runner.stop_reason, Some(StopReason::Saturated));
    let rounds = runner.iterations.len() as u64;
    imported.graph = runner.egraph;
    if let Some((a, b)) = imported.graph.analysis.conflict {
        return Err(defect(&func.loc, SimplifyError::Conflict(a, b)));
    }
    let roots = imported.roots(func);
    let costs = cx.costs;
    let limits = extract::Limits { nodes: SEARCH_LIMIT };
    let chosen =
        extract::extract(&imported.graph, &roots, |g, id, node| cost::cost(&costs, g, id, node), limits)
            .map_err(|error| defect(&func.loc, SimplifyError::Extract(error.to_string())))?;

    for (counter, value) in [
        ("e-classes", imported.graph.number_of_classes() as u64),
        ("e-nodes", imported.graph.total_size() as u64),
        ("rounds", rounds),
        ("limits-hit", u64::from(!saturated)),
        ("cost", chosen.cost()),
        ("optimality-gap", chosen.gap()),
        ("search-nodes", chosen.explored()),
    ] {
        cx.count("simplify", counter, value);
    }
    if !saturated {
        let text =
            format!("stopped at {ITERATION_LIMIT} rounds or {NODE_LIMIT} e-nodes; more may be possible");
        cx.remark("simplify", RemarkKind::Missed, &func.loc, text);
    }
    if chosen.gap() > 0 {
        let text = format!("the best found may cost up to {} ns more than the cheapest", chosen.gap());
        cx.remark("simplify", RemarkKind::Missed, &func.loc, text);
    }
    for (rule, times) in &fired {
        cx.remark("simplify", RemarkKind::Passed, &func.loc, format!("{rule} fired {times} times"));
    }
    cx.rules.extend(fired);
    match export::export(func, &imported, &chosen) {
        Ok(out) => Ok(crate::tidy::tidy(&out)),
        Err(error) => {
            // Terms are chosen without regard to when leaves are defined; the program as it was is right.
            cx.remark("simplify", RemarkKind::Missed, &func.loc, format!("nothing changed: {error}"));
            Ok(func.clone())
        }
    }
}
