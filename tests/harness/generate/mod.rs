//! Random programs in buffer form: at every level of optimization they leave the same.
//!
//! A program that fails is reported without the lines that the failure can do without.

mod device;
mod program;

use crate::Test;
use crate::differential::compare_levels;
use libtest_mimic::Failed;
use program::program;
use std::io::Write as _;
use std::ops::Range;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Programs that are always tried; see `MORE`.
const PROGRAMS: u64 = 40;

/// Programs of the ignored test: `cargo test --test harness -- --ignored generate`.
const MORE: u64 = 2000;

/// Tests that share them.
const TESTS: u64 = 4;

/// Calls of each program.
const CALLS: u64 = 6;

/// Time in which a program has to be compiled and run, some hundred times what it takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Attempts at making a program that fails smaller.
const MAX_ATTEMPTS: usize = 200;

/// The same for a program that is never compiled: each success takes seconds.
const MAX_WAITS: usize = 60;

/// Failures that one test lists.
const MAX_FAILURES: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    Host,
    Device,
}

/// Tests, each with programs of its own.
pub(crate) fn tests() -> Vec<Test> {
    let some = |first: u64, count: u64| first * count..(first + 1) * count;
    let mut tests: Vec<Test> = Vec::new();
    for part in 0..TESTS {
        tests.push(Test::plain(format!("generate/{part}"), move || run(some(part, PROGRAMS / TESTS))));
        let more = Test::plain(format!("generate/more/{part}"), move || run(some(part, MORE / TESTS)));
        tests.push(Test { ignored: true, ..more });
    }
    tests
}

/// A random program.
pub(crate) fn source(seed: u64) -> String {
    program(seed)
}

fn run(seeds: Range<u64>) -> Result<(), Failed> {
    let mut faults = Vec::new();
    for seed in seeds {
        let source = program(seed);
        let Err(fault) = check(&source, seed) else { continue };
        let endless = fault.contains(PATIENT);
        let smaller = if endless {
            smallest(&source, MAX_WAITS, never_ends)
        } else {
            // What is left must fail in the same way, not by being no program any more.
            let kind = KINDS.into_iter().find(|kind| fault.contains(kind)).unwrap_or(&fault);
            smallest(&source, MAX_ATTEMPTS, |fewer| {
                check(fewer, seed).is_err_and(|fault| fault.contains(kind))
            })
        };
        faults.push(format!("seed {seed}: {fault}\n{smaller}\n"));
        // A compiler that does not end still runs, and takes the time of all others.
        if endless || faults.len() == MAX_FAILURES {
            break;
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// How programs fail that are programs.
const KINDS: [&str; 4] = ["as at none", "runs at none", "defect of xpuc", "panicked"];

/// On a thread of its own: a compiler that does not come to an end is a failure, too.
fn check(source: &str, seed: u64) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    let text = source.to_owned();
    std::thread::spawn(move || {
        let outcome = compare_levels(&text, "generated.mlir", CALLS, seed);
        // Nobody listens any more when it took too long.
        let _ = sender.send(outcome.map_err(|fault| fault.message().unwrap_or_default().to_owned()));
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => Err(format!("{PATIENT} {} s", PATIENCE.as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err("panicked".to_owned()),
    }
}

/// The program without the lines that it can do without and still fail.
fn smallest(source: &str, attempts: usize, mut fails: impl FnMut(&str) -> bool) -> String {
    let mut lines: Vec<&str> = source.lines().collect();
    let (mut size, mut start) = (16, 0);
    for _ in 0..attempts {
        if start >= lines.len() {
            (size, start) = (size / 2, 0);
        }
        if size == 0 {
            break;
        }
        let end = lines.len().min(start + size);
        let fewer: Vec<&str> = lines[..start].iter().chain(&lines[end..]).copied().collect();
        if fails(&fewer.join("\n")) { lines = fewer } else { start += size }
    }
    lines.join("\n")
}

/// Whether the built program takes longer than a second and a bit to compile it: a process can be stopped.
fn never_ends(source: &str) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xpuc"));
    command
        .args(["opt", "-", "--until", "lower"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(source.as_bytes());
    }
    for _ in 0..25 {
        if let Ok(Some(_)) = child.try_wait() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let _ = child.kill();
    let _ = child.wait();
    true
}

/// How the message of a program that is not finished in time begins.
const PATIENT: &str = "not compiled and run within";
