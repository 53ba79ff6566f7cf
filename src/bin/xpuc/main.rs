//! The program `xpuc`: one file a subcommand, and what they share.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 all right, 1 the answer
//! is no, 2 could not do it.

mod audit;
mod compare;
mod compile;
mod explain;
mod failure;
mod input;
mod levels;
mod list;
mod opt;
mod output;
mod progress;
mod run;
mod table;
mod verdict;

use clap::{Parser, Subcommand};
use failure::{Answer, Failure};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;

/// Lowers the index arithmetic and metadata packing around LLM kernels to XPU launches
#[derive(Debug, Parser)]
#[command(name = "xpuc", version, after_help = after_help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Opt(opt::Args),
    Compile(compile::Args),
    Run(run::Args),
    Audit(audit::Args),
    Explain(explain::Args),
    /// List the passes, in the order of the pipeline
    Passes(list::Args),
    /// List the phases of a compilation, in order
    Phases(list::Args),
    /// List the rules of the e-graph
    Rules(list::Args),
    /// List the targets
    Targets(list::Args),
}

fn after_help() -> String {
    format!(
        "\
Examples:
  xpuc run op.mlir --cases op.jsonl              run every case, compare with its outputs
  xpuc run op.mlir --cases op.jsonl --compare    count its commands as written and compiled
  xpuc opt op.mlir --until shape                 print the program after a phase
  xpuc compile op.mlir --target virtual -o out   write out/op.lowered.mlir
  xpuc audit custom_ops/                         check what C++ sources declare of Paddle's ops

Exit codes: 0 all right, 1 the answer is no (a case differs, a finding), 2 could not do it (bad usage, bad input).
'-' is standard input.

{}",
        input::limits()
    )
}

/// Where the last panic was.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    // A panic is a defect, and is reported as one by whoever catches it.
    std::panic::set_hook(Box::new(|panic| {
        if let (Some(at), Ok(mut place)) = (panic.location(), PANIC.lock()) {
            *place = format!("{at}: ");
        }
    }));
    let outcome = catch_unwind(AssertUnwindSafe(|| match Cli::try_parse() {
        Ok(cli) => dispatch(cli.command),
        Err(error) => failure::usage(&error),
    }));
    let outcome = outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panicked");
        let place = PANIC.lock().map(|place| place.clone()).unwrap_or_default();
        Err(Failure::said(format!("error: defect of xpuc: {place}{text}")))
    });
    match outcome {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(failure) => {
            failure.report();
            ExitCode::from(2)
        }
    }
}

fn dispatch(command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Opt(args) => opt::run(args),
        Command::Compile(args) => compile::run(args),
        Command::Run(args) => run::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Passes(args) => list::passes(args),
        Command::Phases(args) => list::phases(args),
        Command::Rules(args) => list::rules(args),
        Command::Targets(args) => list::targets(args),
    }
}
