//! Mistakes that in-place writing and fusion invite: `tests/run/hazard_<what>.mlir`, and the twin in which the same
//! thing is allowed, `hazard_<what>_legal.mlir`, which has to be optimized: `tests/run/hazards.toml` says how far.
//!
//! That the values are right is for `run_case` to see, as of all files there.

use crate::counts::{Counts, beyond, by_name};
use crate::run_case::{self, CHECKED};
use crate::{Test, case::with_session, inputs, programs, tree};
use libtest_mimic::Failed;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use xpuc::Opt;

/// Path of the table.
const TABLE: &str = "tests/run/hazards.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    legal: BTreeMap<String, Limits>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    at_most: Counts,
}

/// One test for each entry, and one that none is missing.
pub(crate) fn tests() -> Vec<Test> {
    let table = tree::read(TABLE)
        .and_then(|text| toml::from_str::<Table>(&text).map_err(|e| format!("{TABLE}: {e}")));
    let table = match table {
        Ok(table) => table,
        Err(error) => return vec![Test::plain("run/hazards", move || Err(error.into()))],
    };
    let entries: BTreeSet<String> = table.legal.keys().cloned().collect();
    let mut tests = vec![Test::plain("run/hazards", move || complete(&entries))];
    for (what, limits) in table.legal {
        let most = limits.at_most;
        tests
            .push(Test::plain(format!("run/hazard_{what}_legal/full/counts"), move || counted(&what, &most)));
    }
    tests
}

/// Each hazard has its twin, and each twin its entry.
fn complete(entries: &BTreeSet<String>) -> Result<(), Failed> {
    let names = inputs().names("mlir");
    let hazards = names.iter().filter_map(|name| name.strip_prefix("run/hazard_"));
    let (twins, hazards): (BTreeSet<&str>, BTreeSet<&str>) =
        hazards.partition(|name| name.ends_with("_legal"));
    let twins: BTreeSet<&str> = twins.into_iter().filter_map(|name| name.strip_suffix("_legal")).collect();
    let entries: BTreeSet<&str> = entries.iter().map(String::as_str).collect();
    if twins == hazards && twins == entries {
        return Ok(());
    }
    Err(format!("expected the same names, found hazards {hazards:?}, twins {twins:?}, entries {entries:?}")
        .into())
}

fn counted(what: &str, most: &Counts) -> Result<(), Failed> {
    let name = format!("run/hazard_{what}_legal");
    let source = run_case::source(&name)?;
    let cases = programs::open(&format!("tests/{name}.jsonl"))?;
    with_session(|session| {
        let file = format!("tests/{name}.mlir");
        let program = run_case::program(session, &source, &file, Opt::Full, CHECKED)?;
        run_case::check(&program, cases, |_, ran| match by_name(&ran?.report.commands) {
            Ok(found) => beyond(most, &found),
            Err(error) => error.message().map(str::to_owned),
        })
        .map(drop)
    })
}
