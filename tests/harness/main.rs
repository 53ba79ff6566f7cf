//! Every test that is data: one `.mlir` file, one case file, one command line, one document.
//!
//! `tests/README.md` says how to write one. Tests are named after their file, so `cargo test --test harness
//! gather` runs those about gathers. `--bless [FILTER]` writes snapshots in place of comparing them.

mod audit;
mod case;
mod cli;
mod counts;
mod differential;
mod directive;
mod docs;
mod evidence;
mod expected;
mod generate;
mod hazards;
mod kunlun3;
mod kunlun_host;
mod mangle;
mod orders;
mod own;
mod paddle;
mod programs;
mod run_case;
mod snapshot;
mod tiles;
mod tree;
mod upstream;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::process::ExitCode;
use tree::Folder;

/// How a test ends: it may find that it cannot run here.
type Outcome = Result<Completion, Failed>;

/// A test before it is handed to the runner.
pub(crate) struct Test {
    name: String,
    /// Whether it holds its output against the snapshot of its name.
    snapshot: bool,
    /// Whether it runs only when asked for, with `--ignored`.
    ignored: bool,
    body: Box<dyn FnOnce() -> Outcome + Send>,
}

impl Test {
    /// A test that compares its output with `snapshots/<name>.snap`.
    pub(crate) fn snapshot(
        name: impl Into<String>,
        body: impl FnOnce() -> Result<(), Failed> + Send + 'static,
    ) -> Self {
        Test { snapshot: true, ..Test::plain(name, body) }
    }

    /// A test that knows by itself what is right.
    pub(crate) fn plain(
        name: impl Into<String>,
        body: impl FnOnce() -> Result<(), Failed> + Send + 'static,
    ) -> Self {
        Test::ignorable(name, || body().map(|()| Completion::Completed))
    }

    /// A test that needs something that not every machine has.
    pub(crate) fn ignorable(
        name: impl Into<String>,
        body: impl FnOnce() -> Outcome + Send + 'static,
    ) -> Self {
        Test { name: name.into(), snapshot: false, ignored: false, body: Box::new(body) }
    }
}

fn main() -> ExitCode {
    let (flags, args): (Vec<String>, Vec<String>) = std::env::args().partition(|arg| arg == "--bless");
    let bless = !flags.is_empty();
    if let Some(code) = snapshot::enter(bless) {
        return code;
    }
    let arguments = Arguments::from_iter(args);

    // The long ones first: no thread is idle at the end.
    let mut tests = programs::tests();
    tests.extend(case::tests());
    tests.extend(cli::tests());
    tests.extend(run_case::tests());
    tests.extend(counts::tests());
    tests.extend(hazards::tests());
    tests.extend(generate::tests());
    tests.extend(audit::tests());
    tests.extend(paddle::tests());
    tests.extend(mangle::tests());
    tests.extend(docs::tests());
    tests.extend(upstream::tests());
    tests.extend(kunlun3::tests());
    tests.extend(kunlun_host::tests());
    tests.extend(orders::tests());
    tests.extend(own::tests());
    tests.extend(evidence::tests());
    tests.extend(tiles::tests());
    let names: Vec<String> =
        tests.iter().filter(|test| test.snapshot).map(|test| test.name.clone()).collect();
    if bless {
        tests.retain(|test| test.snapshot);
        let filter = arguments.filter.as_deref().unwrap_or_default();
        for orphan in snapshot::orphans(&names).into_iter().filter(|name| name.contains(filter)) {
            match snapshot::remove(&orphan) {
                Ok(()) => eprintln!("removed the orphan snapshots/{orphan}.snap"),
                Err(error) => eprintln!("cannot remove snapshots/{orphan}.snap: {error}"),
            }
        }
    } else {
        tests.push(Test::plain("snapshots/orphans", move || snapshot::no_orphans(&names)));
    }

    let trial = |test: Test| Trial::ignorable_test(test.name, test.body).with_ignored_flag(test.ignored);
    let trials = tests.into_iter().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The folder `tests`.
pub(crate) fn inputs() -> Folder {
    Folder::of("tests")
}
