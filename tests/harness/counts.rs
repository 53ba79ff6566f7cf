//! Commands of one call: those that were published or written, and those that are left.
//!
//! * `published_counts.toml`: what the published source of a program issues, from the inputs of a call;
//! * `counts.toml`: what a program issues as written, and what may be left of it at most.

use crate::programs::{self, Bound, names};
use crate::{Outcome, Test, case::with_session, run_case};
use libtest_mimic::{Completion, Failed};
use serde::Deserialize;
use std::collections::BTreeMap;
use xpuc::Opt;
use xpuc::dialect::ops::{Kind, space};
use xpuc::run::Ran;
use xpuc::run::cases::{Attr, Case};
use xpuc::run::machine::Commands;

/// Counts by name, as reports spell them.
pub(crate) type Counts = BTreeMap<String, u64>;

/// The commands of one call as published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    /// Of every call that the table is about.
    every: Counts,
    /// On top of these, of a call in which a row has a prefix.
    prefix: Counts,
}

/// The file `counts.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    program: BTreeMap<String, Limits>,
}

/// What is more than allowed, if anything is.
pub(crate) fn beyond(most: &Counts, found: &Counts) -> Option<String> {
    let more = most.iter().filter_map(|(name, most)| {
        let found = found.get(name).copied().unwrap_or(u64::MAX);
        (found > *most).then(|| format!("{name}: expected at most {most}, found {found}"))
    });
    let more: Vec<String> = more.collect();
    (!more.is_empty()).then(|| more.join("; "))
}

/// An entry of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    /// Arguments of the reference that prints the calls.
    #[serde(default = "some_cases")]
    asked: Vec<String>,
    /// Exactly, of every call as written.
    written: Option<Counts>,
    /// At most, of an optimized call.
    #[serde(default)]
    at_most: Counts,
    /// The commands of the optimized program are those written, in their order.
    #[serde(default)]
    unchanged: bool,
}

fn some_cases() -> Vec<String> {
    ["--seed", "5", "--count", "150"].map(str::to_owned).to_vec()
}

/// Tests of the programs that have an entry in a table.
pub(crate) fn tests() -> Vec<Test> {
    names()
        .into_iter()
        .flat_map(|name| of_program(&name).unwrap_or_else(|error| vec![broken(&name, error)]))
        .collect()
}

fn broken(name: &str, error: String) -> Test {
    Test::plain(format!("programs/{name}/counts"), move || Err(error.into()))
}

fn of_program(name: &str) -> Result<Vec<Test>, String> {
    let bound = Bound::of(name);
    let mut tests = Vec::new();
    let published = programs::table::<BTreeMap<String, Published>>(&bound.op, "published_counts.toml")?;
    if let Some(table) = published.and_then(|mut all| all.remove(&bound.program)) {
        let name = name.to_owned();
        tests.push(Test::plain(format!("programs/{name}/none/counts"), move || as_published(&name, &table)));
    }
    let Some(table) = programs::table::<Table>(&bound.op, "counts.toml")? else { return Ok(tests) };
    for (entry, limits) in table.program {
        // `program+signature` is about the program bound to that declaration.
        let (program, signature) =
            entry.split_once('+').map_or((&*entry, None), |(p, s)| (p, Some(s.to_owned())));
        if program == bound.program {
            limited(&Bound { signature, ..bound.clone() }, limits, &mut tests);
        }
    }
    Ok(tests)
}

fn limited(bound: &Bound, limits: Limits, tests: &mut Vec<Test>) {
    let title = bound.title();
    if let Some(written) = limits.written.clone() {
        let (bound, asked) = (bound.clone(), limits.asked.clone());
        tests.push(Test::ignorable(format!("{title}/none/written"), move || {
            counted(&bound, &asked, Opt::None, |found| {
                (written != *found).then(|| format!("expected {written:?}, found {found:?}"))
            })
        }));
    }
    if limits.unchanged {
        let bound = bound.clone();
        tests.push(Test::plain(format!("{title}/full/unchanged"), move || unchanged(&bound)));
    }
    let (bound, most) = (bound.clone(), limits.at_most);
    tests.push(Test::ignorable(format!("{title}/full/counts"), move || {
        counted(&bound, &limits.asked, Opt::Full, |found| beyond(&most, found))
    }));
}

/// Counts by the names that tables use.
pub(crate) fn by_name(commands: &Commands) -> Result<Counts, Failed> {
    let value = serde_json::to_value(commands).map_err(|error| error.to_string())?;
    serde_json::from_value(value).map_err(|error| error.to_string().into())
}

/// Runs the calls that the reference prints and hands over the counts of each.
fn counted(bound: &Bound, asked: &[String], opt: Opt, fault: impl Fn(&Counts) -> Option<String>) -> Outcome {
    let args = ["--generation", &bound.program].into_iter().chain(asked.iter().map(String::as_str));
    let count = programs::reference(&bound.op, &args.collect::<Vec<_>>(), |cases| {
        with_session(|session| {
            let program = bound.compile(session, opt, run_case::CHECKED)?;
            run_case::check(&program, cases, |_, ran| match by_name(&ran?.report.commands) {
                Ok(counts) => fault(&counts),
                Err(error) => error.message().map(str::to_owned),
            })
        })
    })?;
    match count {
        None => Ok(programs::without_python(&bound.program)),
        Some(0) => Err("expected cases, found none".into()),
        Some(_) => Ok(Completion::Completed),
    }
}

/// The host function issues the same commands at both levels, in the same order.
fn unchanged(bound: &Bound) -> Result<(), Failed> {
    let commands = |opt| {
        with_session(|session| {
            let compiled = bound.lowered(session, opt)?;
            let host =
                compiled.lowered().and_then(|lowered| lowered.host()).ok_or("expected a host function")?;
            let command = |op: &xpuc::dialect::ir::Op| {
                let kind = Kind::of(op)?;
                let target = op.results.first().or(op.operands.last());
                let space = target.and_then(|value| space(host, *value)).map(|s| s.to_string());
                let host_buffer =
                    matches!(kind, Kind::Alloc | Kind::Free) && space.as_deref() == Some("host");
                let blocking = if op.has("blocking") { " blocking" } else { "" };
                (!host_buffer).then(|| format!("{}{blocking} {}", op.name, space.unwrap_or_default()))
            };
            Ok::<Vec<String>, Failed>(host.walk().into_iter().filter_map(|id| command(host.op(id))).collect())
        })
    };
    let (written, found) = (commands(Opt::None)?, commands(Opt::Full)?);
    if written == found {
        return Ok(());
    }
    Err(format!("expected the commands\n{}\nfound\n{}", written.join("\n"), found.join("\n")).into())
}

/// What a case has of what the number of published commands depends on.
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

/// Not optimized, a program issues the commands that were counted in the published source.
fn as_published(name: &str, table: &Published) -> Result<(), Failed> {
    let mut checked = 0;
    let cases = programs::open(&programs::cases(name))?;
    with_session(|session| {
        let program = Bound::of(name).compile(session, Opt::None, run_case::CHECKED)?;
        run_case::check(&program, cases, |case: &Case, ran: Option<&Ran>| {
            let call = Call::of(case).filter(Call::is_in_table)?;
            checked += 1;
            let more =
                |name: &String| if call.prefix { table.prefix.get(name).copied().unwrap_or(0) } else { 0 };
            let expected: Counts =
                table.every.iter().map(|(name, n)| (name.clone(), n + more(name))).collect();
            match by_name(&ran?.report.commands) {
                Ok(found) => (expected != found).then(|| format!("expected {expected:?}, found {found:?}")),
                Err(error) => error.message().map(str::to_owned),
            }
        })
    })?;
    if checked == 0 { Err("expected a case that the table is about, found none".into()) } else { Ok(()) }
}
