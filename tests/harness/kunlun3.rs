//! The sources for Kunlun XPU3, built with the strict host of `tests/kunlun_host` and called.
//!
//! Each program of `tests/programs` that has cases, from one build:
//! * every case, on the device and on the host: equal, and with the commands of the virtual XPU;
//! * cases that nobody has seen, of the program's reference;
//! * one call in many orders of clusters, cores and transfers;
//! * cases of odd programs (`tests/run/kunlun3_*`), at each level of optimization;
//! * for each sequence of commands that its cases have, calls in which everything fails once.

mod failures;

use crate::programs::{self, Bound};
use crate::run_case::{self, CHECKED};
use crate::{Outcome, Test, case::with_session, inputs};
use failures::Sequences;
use libtest_mimic::{Completion, Failed};
use std::process::Command;
use xpuc::run::cases::Case;
use xpuc::run::kunlun::{HostProgram, Options};
use xpuc::run::machine::{Commands, Report};
use xpuc::run::{Program, RunError};
use xpuc::{Compiled, Opt, Session, Target};

/// Unseen cases of each program, at least.
const UNSEEN: usize = 300;
const ASKED: [&str; 6] = ["--seed", "30307", "--count", "380", "--max-tokens", "2000"];

/// Orders in which one call is made.
const ORDERS: u64 = 100;

/// Rows of a case that is too large for shared memory, of the programs that do something else then.
const ROWS: [(&str, &str); 2] = [("get_infer_param", "4500"), ("get_padding_offset", "66000")];

/// One test for each program.
pub(crate) fn tests() -> Vec<Test> {
    let whole = programs::names().into_iter().map(|name| {
        let title = format!("kunlun3/{name}");
        Test::ignorable(title, move || check(&Bound::of(&name)))
    });
    let odd = inputs().names("mlir").into_iter().filter(|name| name.starts_with(ODD)).map(|name| {
        let title = format!("kunlun3/{name}");
        Test::ignorable(title, move || run(&name))
    });
    whole.chain(odd).collect()
}

/// Programs that are of interest for what their sources are called or look like.
const ODD: &str = "run/kunlun3_";

/// The cases of one of them.
fn run(name: &str) -> Outcome {
    if Command::new("g++").arg("--version").output().is_err() {
        return Ok(without_compiler());
    }
    let (source, file) = (run_case::source(name)?, format!("tests/{name}.mlir"));
    for opt in [Opt::None, Opt::Full] {
        let mut both = with_session(|session| {
            let target = Target::find("kunlun3").map_err(|error| error.to_string())?;
            let compiled = run_case::lowered_for(session, &source, &file, None, opt, target.clone())?;
            Both::of(session, &compiled, &target, &file)
        })?;
        for case in programs::open(&format!("tests/{name}.jsonl"))? {
            let case = case.map_err(|error| error.to_string())?;
            both.compare(&case, Options { seed: 1, ..Options::default() })?;
            both.compare(&case, Options { on_host: true, ..Options::default() })?;
        }
    }
    Ok(Completion::Completed)
}

fn without_compiler() -> Completion {
    Completion::ignored_with("g++ IS MISSING: nobody has run the sources for Kunlun XPU3")
}

/// A program as it runs on both machines.
struct Both {
    strict: HostProgram,
    model: Program,
}

fn check(bound: &Bound) -> Outcome {
    if Command::new("g++").arg("--version").output().is_err() {
        return Ok(without_compiler());
    }
    let mut both = with_session(|session| {
        let target = Target::find("kunlun3").map_err(|error| error.to_string())?;
        let compiled = bound.lowered_for(session, Opt::Full, target.clone())?;
        Both::of(session, &compiled, &target, &bound.title())
    })?;
    let name = format!("{}/{}", bound.op, bound.program);
    let mut known = Vec::new();
    for case in programs::open(&programs::cases(&name))? {
        known.push(case.map_err(|error| error.to_string())?);
    }
    let mut sequences = Sequences::default();
    for case in &known {
        if let Some(commands) = both.compare(case, Options { seed: 1, ..Options::default() })? {
            sequences.add(case, &commands, both.strict.events());
        }
        both.compare(case, Options { on_host: true, ..Options::default() })?;
    }
    // The one that does most, of those that are small enough to be made many times.
    let runs = known.iter().filter(|case| case.outputs.is_some() && elements(case) < 400);
    let Some(case) = runs.max_by_key(|case| elements(case)) else {
        return Err("expected a case of less than 400 elements".into());
    };
    for seed in 0..ORDERS {
        both.compare(case, Options { seed, ..Options::default() })?;
    }
    if !large(&mut both, bound, &mut sequences)? {
        return Ok(programs::without_python(&bound.title()));
    }
    sequences.check(&mut both)?;
    let asked: Vec<&str> = ["--generation", &bound.program].into_iter().chain(ASKED).collect();
    let unseen = programs::reference(&bound.op, &asked, |cases| {
        let mut count = 0;
        for case in cases {
            let case = case.map_err(|error| error.to_string())?;
            count += 1;
            both.compare(&case, Options { seed: count as u64, ..Options::default() })?;
        }
        Ok(count)
    })?;
    match unseen {
        None => Ok(programs::without_python(&bound.title())),
        Some(count) if count < UNSEEN => Err(format!("expected {UNSEEN} unseen cases, found {count}").into()),
        Some(_) => Ok(Completion::Completed),
    }
}

/// A case that is too large for shared memory has a sequence of its own; false without Python.
fn large(both: &mut Both, bound: &Bound, sequences: &mut Sequences) -> Result<bool, Failed> {
    let Some((_, rows)) = ROWS.iter().find(|(op, _)| *op == bound.op) else { return Ok(true) };
    let found = sequences.len();
    let asked = ["--generation", &bound.program, "--rows", rows];
    let made = programs::reference(&bound.op, &asked, |cases| {
        for case in cases {
            let case = case.map_err(|error| error.to_string())?;
            if let Some(commands) = both.compare(&case, Options { seed: 1, ..Options::default() })? {
                sequences.add(&case, &commands, both.strict.events());
            }
            both.compare(&case, Options { on_host: true, ..Options::default() })?;
        }
        Ok(())
    })?;
    if made.is_some() && sequences.len() == found {
        return Err(format!("expected other commands for {rows} rows than for few, found the same").into());
    }
    Ok(made.is_some())
}

/// Elements that a case reads and expects.
fn elements(case: &Case) -> usize {
    let inputs = case.arguments.iter().flat_map(|arguments| arguments.inputs.values());
    inputs
        .chain(case.outputs.iter().flat_map(|outputs| outputs.values()))
        .map(|tensor| tensor.data.len())
        .sum()
}

impl Both {
    /// Builds both; `source` is where the program comes from.
    fn of(session: &Session, compiled: &Compiled, target: &Target, source: &str) -> Result<Both, Failed> {
        let device = compiled.lowered().ok_or("expected a lowered program")?;
        let files = compiled.sources(session, target, source).map_err(|error| error.to_string())?;
        let func = device.host().ok_or("expected a function")?;
        let strict = HostProgram::build(&files, func).map_err(|error| error.to_string())?;
        let model = Program::new(session, device, CHECKED).map_err(|error| error.to_string())?;
        Ok(Both { strict, model })
    }

    /// A case comes out as it has to, with the commands of the virtual XPU; these, unless it is refused.
    fn compare(&mut self, case: &Case, options: Options) -> Result<Option<Commands>, Failed> {
        let at = |text: String| Failed::from(format!("{}: {options:?}: {text}", case.name));
        let found = self.strict.check(case, options);
        let words = case.error_mentions.as_deref();
        match (found, words) {
            (Ok(_), Some(words)) => {
                Err(at(format!("expected a refusal that mentions {words:?}, found none")))
            }
            (Ok((ran, differences)), None) => {
                if let Some(difference) = differences.first() {
                    return Err(at(difference.to_string()));
                }
                let wanted = if options.on_host { Report::default() } else { self.wanted(case)? };
                let found = ran.report;
                if found != wanted {
                    return Err(at(format!("expected {wanted:?} as on the virtual XPU, found {found:?}")));
                }
                Ok(Some(found.commands))
            }
            (Err(error), Some(words)) => {
                let message = error.to_string();
                let lacks = words.iter().find(|word| !message.contains(*word));
                match (lacks, error) {
                    (None, RunError::Machine { .. } | RunError::Bind(_) | RunError::Case(_)) => Ok(None),
                    _ => Err(at(format!("expected a refusal that mentions {words:?}, found {message}"))),
                }
            }
            (Err(error), None) => Err(at(error.to_string())),
        }
    }

    /// What the virtual XPU counts, without copies that no device takes part in and commands over nothing.
    fn wanted(&self, case: &Case) -> Result<Report, Failed> {
        let (ran, _) = self.model.check(case).map_err(|error| format!("{}: {error}", case.name))?;
        let Report { commands: all, over_nothing: none, bytes } = ran.report;
        let commands = Commands {
            launches: all.launches,
            h2d: all.h2d - none.h2d,
            d2h: all.d2h - none.d2h,
            d2d: all.d2d - none.d2d,
            fills: all.fills - none.fills,
            waits: all.waits,
            device_allocs: all.device_allocs - none.device_allocs,
            host_copies: 0,
        };
        Ok(Report { commands, bytes, ..Report::default() })
    }
}
