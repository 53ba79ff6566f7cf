//! Commands of one call: those that were published, and those that are left.

use crate::programs::{self, names};
use crate::{Test, case::with_session, run_case, tree};
use libtest_mimic::Failed;
use serde::Deserialize;
use std::collections::BTreeMap;
use xpuc::Opt;
use xpuc::run::Ran;
use xpuc::run::cases::{Attr, Case};
use xpuc::run::machine::Commands;

/// Counts by name, as reports spell them.
type Counts = BTreeMap<String, u64>;

/// The commands of one call as published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    /// Of every call that the table is about.
    every: Counts,
    /// On top of these, of a call in which a row has a prefix.
    prefix: Counts,
}

/// Tests of the programs whose op has a table.
pub(crate) fn tests() -> Vec<Test> {
    let table = |name: &String| tree::root().join(table(name)).is_file();
    let mut tests: Vec<Test> = names()
        .into_iter()
        .filter(table)
        .map(|name| Test::plain(format!("programs/{name}/none/counts"), move || published(&name)))
        .collect();
    tests.push(Test::plain(format!("programs/{OPTIMIZED}/full/counts"), optimized));
    tests
}

fn table(name: &str) -> String {
    let op = name.split('/').next().unwrap_or_default();
    format!("tests/programs/{op}/published_counts.toml")
}

/// What a case has of what the number of commands depends on.
struct Call {
    /// Prompt tokens, and whether their slots are mapped.
    encoder: (i64, bool),
    /// Decode tokens, and whether their slots are mapped.
    decoder: (i64, bool),
    prefix: bool,
}

impl Call {
    fn of(case: &Case) -> Option<Call> {
        let arguments = case.arguments.as_ref().ok()?;
        let outputs = case.outputs.as_ref()?;
        let splice = |name: &str| arguments.attrs.get(name) != Some(&Attr::Flag(false));
        let info = &outputs.get("len_info_cpu")?.data;
        let decoder_tokens = outputs.get("decoder_seq_lod_cpu")?.data.iter().max().copied()?;
        Some(Call {
            encoder: (*info.get(2)?, splice("encoder_splice")),
            decoder: (decoder_tokens, splice("decoder_splice")),
            prefix: *info.get(5)? != -1,
        })
    }

    /// The published table is about calls with tokens on both sides and both splices on.
    fn is_in_table(&self) -> bool {
        [self.encoder, self.decoder].into_iter().all(|(tokens, splice)| tokens > 0 && splice)
    }
}

fn by_name(commands: &Commands) -> Result<Counts, Failed> {
    let value = serde_json::to_value(commands).map_err(|error| error.to_string())?;
    serde_json::from_value(value).map_err(|error| error.to_string().into())
}

/// Runs every case and hands it over with its counts.
fn each_call(
    name: &str,
    opt: Opt,
    mut fault: impl FnMut(&Case, &Call, &Counts) -> Option<String>,
) -> Result<(), Failed> {
    let cases = programs::open(&programs::cases(name))?;
    with_session(|session| {
        let program = programs::compile(session, name, opt, run_case::CHECKED)?;
        let mut more = |case: &Case, ran: Option<&Ran>| {
            let call = Call::of(case)?;
            match by_name(&ran?.report.commands) {
                Ok(counts) => fault(case, &call, &counts),
                Err(error) => error.message().map(str::to_owned),
            }
        };
        run_case::check(&program, cases, &mut more).map(drop)
    })
}

/// Not optimized, a program issues the commands that were counted in the published source.
fn published(name: &str) -> Result<(), Failed> {
    let path = table(name);
    let all: BTreeMap<String, Published> =
        toml::from_str(&tree::read(&path)?).map_err(|e| format!("{path}: {e}"))?;
    let program = name.rsplit('/').next().unwrap_or_default();
    let table = all.get(program).ok_or_else(|| format!("{path}: expected a table [{program}]"))?;
    let mut checked = 0;
    each_call(name, Opt::None, |_, call, found| {
        if !call.is_in_table() {
            return None;
        }
        checked += 1;
        let more = |name: &String| if call.prefix { table.prefix.get(name).copied().unwrap_or(0) } else { 0 };
        let expected: Counts = table.every.iter().map(|(name, n)| (name.clone(), n + more(name))).collect();
        (expected != *found).then(|| format!("expected {expected:?}, found {found:?}"))
    })?;
    if checked == 0 { Err("expected a case that the table is about, found none".into()) } else { Ok(()) }
}

/// The program that shows what optimization achieves.
const OPTIMIZED: &str = "get_infer_param/inplace";

/// Device allocations of the optimized program: two results and a staging buffer.
const OPTIMIZED_DEVICE_ALLOCS: u64 = 3;

/// Optimized: one launch a slot mapping, fills only where there is nothing to map, everything written in place.
fn optimized() -> Result<(), Failed> {
    each_call(OPTIMIZED, Opt::Full, |_, call, found| {
        let sides = [call.encoder, call.decoder];
        let maps = sides.iter().filter(|(tokens, splice)| *tokens > 0 && *splice).count() as u64;
        let empty = sides.len() as u64 - maps;
        let found = |name: &str| found.get(name).copied().unwrap_or(u64::MAX);
        let faults = [
            ("launches", found("launches") == maps, format!("{maps}")),
            ("fills", found("fills") <= empty, format!("at most {empty}")),
            ("host_copies", found("host_copies") == 0, "0".to_owned()),
            (
                "device_allocs",
                found("device_allocs") <= OPTIMIZED_DEVICE_ALLOCS,
                format!("at most {OPTIMIZED_DEVICE_ALLOCS}"),
            ),
        ];
        let faults: Vec<String> = faults
            .into_iter()
            .filter(|(_, holds, _)| !holds)
            .map(|(name, _, expected)| format!("{name}: expected {expected}, found {}", found(name)))
            .collect();
        (!faults.is_empty()).then(|| faults.join("; "))
    })
}
