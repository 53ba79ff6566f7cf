//! `xpuc passes | phases | rules | targets`: what there is, by name.

use crate::failure::{Answer, Failure};
use crate::{output, table};
use serde::Serialize;
use xpuc::passes::pass::Need;
use xpuc::passes::registry::PASSES;
use xpuc::passes::simplify::{self, Rule};
use xpuc::{Phase, Target, target};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print a JSON list of objects, each with a "name" and a "summary"
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Pass {
    name: &'static str,
    need: &'static str,
    summary: &'static str,
}

pub(crate) fn passes(args: Args) -> Result<Answer, Failure> {
    let need = |need| match need {
        Need::Required => "required",
        Need::Optional => "optional",
    };
    let passes: Vec<Pass> =
        PASSES.iter().map(|p| Pass { name: p.name(), need: need(p.need()), summary: p.summary() }).collect();
    print(args, &passes, |p| vec![p.name.into(), p.need.into(), p.summary.into()])
}

#[derive(Serialize)]
struct PhaseEntry {
    name: &'static str,
    passes: &'static [&'static str],
    summary: &'static str,
}

pub(crate) fn phases(args: Args) -> Result<Answer, Failure> {
    let entry = |p: Phase| PhaseEntry { name: p.name(), passes: p.passes(), summary: p.summary() };
    print(args, &Phase::ALL.map(entry), |p| vec![p.name.into(), p.summary.into()])
}

#[derive(Serialize)]
struct RuleEntry {
    name: &'static str,
    left: &'static str,
    right: &'static str,
    condition: &'static str,
    summary: String,
}

pub(crate) fn rules(args: Args) -> Result<Answer, Failure> {
    let entry = |Rule { name, left, right, condition }| {
        let when = if condition.is_empty() { String::new() } else { format!(" if {condition}") };
        RuleEntry { name, left, right, condition, summary: format!("{left} => {right}{when}") }
    };
    let rules: Vec<RuleEntry> = simplify::rules().into_iter().map(entry).collect();
    print(args, &rules, |r| vec![r.name.into(), r.summary.clone()])
}

#[derive(Serialize)]
struct TargetEntry {
    name: &'static str,
    clusters: u32,
    cores: u32,
    summary: String,
}

pub(crate) fn targets(args: Args) -> Result<Answer, Failure> {
    let mut targets = Vec::new();
    for name in target::names() {
        let Target { name, summary, device } = crate::levels::target(name)?;
        let grid = device.grid;
        targets.push(TargetEntry { name, clusters: grid.clusters, cores: grid.cores, summary });
    }
    print(args, &targets, |t| {
        vec![t.name.into(), format!("{} clusters of {} cores", t.clusters, t.cores), t.summary.clone()]
    })
}

fn print<T: Serialize>(args: Args, list: &[T], row: impl Fn(&T) -> Vec<String>) -> Result<Answer, Failure> {
    let text = if args.json {
        output::json(&list)? + "\n"
    } else {
        table::align(&list.iter().map(row).collect::<Vec<_>>(), usize::MAX)
    };
    output::print(&text)?;
    Ok(Answer::Yes)
}
