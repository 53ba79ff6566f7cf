//! `simplify`: the cheapest program that computes the same values.
//!
//! **Before**: value form, sizes inferred (`infer-shapes`).
//! **After**: the same effects in the same order on values that take less work: slot mapping is one op, what
//! was computed on both sides is computed on one.
//! **Leaves alone**: everything that is not pure. Such ops keep their order; to terms their results are leaves.
//! Where a value is computed is not decided here: a term stays where the program computes it.
//! **Method**: equality saturation with egg under node and iteration limits; the terms are chosen over the
//! DAG, exactly, each shared value paid once. Facts that rules ask for come from the e-class analysis. Sums
//! have a normal form (`sums`).
//!
//! ```mlir
//! %4 = "xpu.gather"(%table, %3) ; %5 = "xpu.broadcast_mul"(%4, %bs) ; ...
//! ==>
//! %3 = "xpu.slot_mapping"(%table, %lod, %start, %batch_map, %columns, %bs, %pad, %n)
//! ```

mod cost;
mod export;
#[cfg_attr(not(test), expect(dead_code, reason = "what the search reports is for remarks and tests"))]
mod extract;
mod facts;
mod import;
mod lang;
#[cfg(test)]
mod prove;
mod rules;
mod saturate;
mod sums;

pub use rules::{Rule, rules};

use crate::infer_shapes::Facts;
use crate::pass::{Need, Pass, PassCx, PassError, PassErrorKind, RemarkKind, check_linear};
use egg::Rewrite;
use lang::Node;
use xpuc_dialect::ir::{Func, Module};
use xpuc_dialect::ops::is_kernel;

/// E-nodes at which saturation stops, for each of the program: what finds anything takes far fewer.
pub const NODE_FACTOR: usize = 4;

/// Rounds of rewriting at which saturation stops.
pub const ITERATION_LIMIT: u64 = 30;

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
        let rewrites: Vec<_> = rules::all().iter().collect();
        each(cx, module, &rewrites)
    }
}

/// The pass with its rules in another order, which must not show: for tests.
pub fn shuffled(cx: &mut PassCx, module: &Module, seed: u64) -> Result<Module, PassError> {
    let mut rewrites: Vec<_> = rules::all().iter().collect();
    let mut state = seed;
    for last in (1..rewrites.len()).rev() {
        // Knuth's MMIX generator; the high bits are the better ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rewrites.swap(last, (state >> 33) as usize % (last + 1));
    }
    each(cx, module, &rewrites)
}

fn each(
    cx: &mut PassCx,
    module: &Module,
    rewrites: &[&Rewrite<Node, facts::Facts>],
) -> Result<Module, PassError> {
    let mut out = Module { funcs: Vec::new(), attrs: module.attrs.clone() };
    for func in &module.funcs {
        let program = func.entry().is_some() && !is_kernel(func);
        out.funcs.push(if program { simplify(cx, func, rewrites)? } else { func.clone() });
    }
    Ok(out)
}

/// The pass on one function, step by step: benchmarks time the steps apart.
#[derive(Debug)]
pub struct Steps<'f> {
    func: &'f Func,
    imported: import::Imported,
}

/// What saturation did, and the terms that extraction chose.
#[derive(Debug)]
pub struct Found {
    run: saturate::Run,
    chosen: extract::Extraction<Node>,
}

impl<'f> Steps<'f> {
    /// The function as terms.
    pub fn import(func: &'f Func, shapes: &Facts) -> Self {
        Steps { func, imported: import::import(func, shapes) }
    }

    /// Saturation and extraction.
    ///
    /// # Errors
    ///
    /// Only defects of the rules.
    pub fn search(&mut self) -> Result<Found, SimplifyError> {
        self.search_by(&rules::all().iter().collect::<Vec<_>>())
    }

    fn search_by(&mut self, rewrites: &[&Rewrite<Node, facts::Facts>]) -> Result<Found, SimplifyError> {
        let run = saturate::saturate(&mut self.imported.graph, rewrites);
        if let Some((a, b)) = self.imported.graph.analysis.conflict {
            return Err(SimplifyError::Conflict(a, b));
        }
        let roots = self.imported.roots(self.func);
        let mut costs = cost::Costs::default();
        let limits = extract::Limits { nodes: SEARCH_LIMIT };
        let graph = &self.imported.graph;
        let chosen = extract::extract(graph, &roots, |g, id, node| costs.of(g, id, node), limits)
            .map_err(|error| SimplifyError::Extract(error.to_string()))?;
        Ok(Found { run, chosen })
    }

    /// The function of the chosen terms.
    ///
    /// # Errors
    ///
    /// [`SimplifyError::Order`].
    pub fn export(&self, found: &Found) -> Result<Func, SimplifyError> {
        export::export(self.func, &self.imported, &found.chosen)
    }
}

fn simplify(
    cx: &mut PassCx,
    func: &Func,
    rewrites: &[&Rewrite<Node, facts::Facts>],
) -> Result<Func, PassError> {
    let defect = |error| PassError { loc: func.loc.clone(), kind: PassErrorKind::Simplify(error) };
    let mut steps = Steps::import(func, &Facts::of(func)?);
    let found = steps.search_by(rewrites).map_err(defect)?;
    let (Found { run, chosen }, graph) = (&found, &steps.imported.graph);
    for (counter, value) in [
        ("e-classes", graph.number_of_classes() as u64),
        ("e-nodes", graph.total_size() as u64),
        ("rounds", run.rounds),
        ("limits-hit", u64::from(!run.saturated)),
        ("cost", chosen.cost()),
        ("optimality-gap", chosen.gap()),
        ("search-nodes", chosen.explored()),
    ] {
        cx.count("simplify", counter, value);
    }
    if !run.saturated {
        let text = format!(
            "stopped after {} rounds, at {NODE_FACTOR} times the terms of the program; more may be possible",
            run.rounds
        );
        cx.remark("simplify", RemarkKind::Missed, &func.loc, text);
    }
    if chosen.gap() > 0 {
        let text = format!("the best found may cost up to {} units more than the cheapest", chosen.gap());
        cx.remark("simplify", RemarkKind::Missed, &func.loc, text);
    }
    for (rule, times) in &run.fired {
        cx.remark("simplify", RemarkKind::Passed, &func.loc, format!("{rule} fired {times} times"));
    }
    let out = steps.export(&found);
    cx.rules.extend(found.run.fired);
    match out {
        Ok(out) => {
            let out = crate::tidy::tidy(&out);
            check_linear(func, &out)?;
            Ok(out)
        }
        Err(error) => {
            // Terms are chosen without regard to when leaves are defined; the program as it was is right.
            cx.remark("simplify", RemarkKind::Missed, &func.loc, format!("nothing changed: {error}"));
            Ok(func.clone())
        }
    }
}
