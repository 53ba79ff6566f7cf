//! The sources for Kunlun XPU3, built with the strict host of `tests/kunlun_host` and called.
//!
//! Each program of `tests/programs` that has cases, from one build:
//! * every case, on the device and on the host: equal, and with the commands of the virtual XPU;
//! * cases that nobody has seen, of the program's reference;
//! * one call in many orders of clusters, cores and transfers;
//! * one call in which each command fails once.

use crate::programs::{self, Bound};
use crate::run_case::CHECKED;
use crate::{Outcome, Test, case::with_session};
use libtest_mimic::{Completion, Failed};
use std::process::Command;
use xpuc::run::cases::Case;
use xpuc::run::kunlun::{HostProgram, Options};
use xpuc::run::machine::{Commands, Report};
use xpuc::run::{Program, RunError};
use xpuc::{Opt, Target};

/// Unseen cases of each program, at least.
const UNSEEN: usize = 300;
const ASKED: [&str; 6] = ["--seed", "30307", "--count", "400", "--max-tokens", "2000"];

/// Orders in which one call is made.
const ORDERS: u64 = 100;

/// One test for each program.
pub(crate) fn tests() -> Vec<Test> {
    programs::names()
        .into_iter()
        .map(|name| {
            let title = format!("kunlun3/{name}");
            Test::ignorable(title, move || check(&Bound::of(&name)))
        })
        .collect()
}

/// A program as it runs on both machines.
struct Both {
    strict: HostProgram,
    model: Program,
}

fn check(bound: &Bound) -> Outcome {
    if Command::new("g++").arg("--version").output().is_err() {
        return Ok(Completion::ignored_with("g++ IS MISSING: nobody has run the sources for Kunlun XPU3"));
    }
    let mut both = with_session(|session| {
        let target = Target::find("kunlun3").map_err(|error| error.to_string())?;
        let compiled = bound.lowered_for(session, Opt::Full, target.clone())?;
        let device = compiled.lowered().ok_or("expected a lowered program")?;
        let files = compiled.sources(session, &target, &bound.title()).map_err(|error| error.to_string())?;
        let func = device.host().ok_or("expected a function")?;
        let strict = HostProgram::build(&files, func).map_err(|error| error.to_string())?;
        let model = Program::new(session, device, CHECKED).map_err(|error| error.to_string())?;
        Ok::<_, Failed>(Both { strict, model })
    })?;
    let name = format!("{}/{}", bound.op, bound.program);
    let mut known = Vec::new();
    for case in programs::open(&programs::cases(&name))? {
        known.push(case.map_err(|error| error.to_string())?);
    }
    for case in &known {
        both.compare(case, Options { seed: 1, ..Options::default() })?;
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
    both.fail(case)?;
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

/// Elements that a case reads and expects.
fn elements(case: &Case) -> usize {
    let inputs = case.arguments.iter().flat_map(|arguments| arguments.inputs.values());
    inputs
        .chain(case.outputs.iter().flat_map(|outputs| outputs.values()))
        .map(|tensor| tensor.data.len())
        .sum()
}

impl Both {
    /// A case comes out as it has to, with the commands of the virtual XPU.
    fn compare(&mut self, case: &Case, options: Options) -> Result<(), Failed> {
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
                Ok(())
            }
            (Err(error), Some(words)) => {
                let message = error.to_string();
                let lacks = words.iter().find(|word| !message.contains(*word));
                match (lacks, error) {
                    (None, RunError::Machine { .. } | RunError::Bind(_) | RunError::Case(_)) => Ok(()),
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

    /// Makes each command of a call fail in turn: each time the op says so.
    fn fail(&mut self, case: &Case) -> Result<(), Failed> {
        let commands = {
            let options = Options { seed: 1, ..Options::default() };
            let (ran, _) = self.strict.check(case, options).map_err(|error| error.to_string())?;
            let Commands { launches, h2d, d2h, d2d, fills, waits, device_allocs, .. } = ran.report.commands;
            launches + h2d + d2h + d2d + fills + waits + device_allocs
        };
        for fail_at in 1..=commands {
            let found = self.strict.check(case, Options { seed: 1, fail_at, ..Options::default() });
            let Err(RunError::Injected { .. }) = found else {
                let found = found.map_or_else(|error| error.to_string(), |_| "none".to_owned());
                let failed = format!("{}: command {fail_at} of {commands} failed", case.name);
                return Err(format!("{failed}: expected the op to say so, found {found}").into());
            };
        }
        Ok(())
    }
}
