//! `xpuc run`: every case of a file, on the virtual XPU, compared with its outputs.

use crate::compare;
use crate::compile;
use crate::failure::{Answer, Failure};
use crate::input::{self, Source, is_std};
use crate::levels::{self, Level};
use crate::output;
use crate::progress::Progress;
use crate::verdict::{Run, Tally, judge};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use xpuc::run::Program;
use xpuc::run::cases::{Case, Cases, CasesError};
use xpuc::run::kunlun::{self, HostProgram};
use xpuc::run::machine;
use xpuc::{Compiled, Error, Lowered, Opt, Options, Phase, Session, Target, compile_declared};

/// Run every case of a file on the virtual XPU, and compare with its outputs
///
/// The first function that has a body is run, once a case. A case file has one JSON object a line, with "name",
/// "inputs" (tensors by name), "attrs" (integers and flags by name), and either "outputs" (tensors by name) or
/// "error_mentions" (words of the message with which the case has to be refused); with neither it is run only.
///
/// Prints a line for each case that is not simply equal, then how many are. The exit code is 1 if a case
/// differs, if one with outputs is refused, or if one that has to be refused is not, or without its words.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help(), verbatim_doc_comment)]
pub(crate) struct Args {
    /// The program, in MLIR; '-' is standard input
    pub(crate) file: PathBuf,

    /// The cases, in JSON, one a line; '-' is standard input
    #[arg(long, value_name = "F.jsonl")]
    cases: PathBuf,

    /// What to compile for and run on; 'xpuc targets' lists them
    ///
    /// 'kunlun3' builds the sources for Kunlun XPU3 with g++ and headers of our own, and calls the op on a strict host
    /// that checks every access of its kernels. Copies within the host are not counted there.
    #[arg(long, value_name = "TARGET", default_value = "virtual")]
    target: String,

    /// The declaration of the op: a module of 'xpu.signature', or the C++ that registers it
    ///
    /// Outputs that it declares in place become buffers of the caller. A declaration that contradicts the program
    /// is refused.
    #[arg(long, verbatim_doc_comment, value_name = "F.mlir|op.cc")]
    signature: Option<PathBuf>,

    /// How much to optimize
    #[arg(long, value_enum, default_value_t = Level::Full, conflicts_with = "compare")]
    opt: Level,

    /// Print one JSON object a line, in case order; the last one has the counts
    ///
    /// A case that ran:   {"name":s,"equal":b,"commands":{"launches":n,"h2d":n,"d2h":n,"d2d":n,"fills":n,
    ///                    "waits":n,"device_allocs":n,"host_copies":n},"bytes":{"h2d":n,"d2h":n,"d2d":n}}
    ///                    with "differences", a list of texts, if it is not equal;
    ///                    "equal" is null if there is nothing to compare with
    /// one that did not:  {"name":s,"error":s}
    ///                    with "not_mentioned", the words that its message lacks, if any
    /// at the end:        {"cases":n,"equal":n,"refused":n}
    #[arg(long, verbatim_doc_comment)]
    json: bool,

    /// Run every case at --opt none and --opt full, and print a table of commands and bytes
    ///
    /// With --json, the table is one JSON object.
    #[arg(long)]
    pub(crate) compare: bool,

    /// Leave out the checks of each memory access: only for programs that pass with them
    #[arg(long)]
    fast: bool,

    /// Seed of the order in which the programs of each launch run
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Run only cases whose name contains this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

fn after_help() -> String {
    format!(
        "\
Examples:
  xpuc run op.mlir --cases op.jsonl
  xpuc run op.mlir --cases op.jsonl --compare
  xpuc run op.mlir --cases op.jsonl --json --opt none | jq 'select(.equal == false)'
  xpuc run op.mlir --cases op.jsonl --filter decode --seed 7

{}",
        input::limits()
    )
}

pub(crate) fn run(args: Args) -> Result<Answer, Failure> {
    let target = levels::target(&args.target)?;
    if is_std(&args.file) && is_std(&args.cases) {
        let text = "error: expected at most one of FILE and --cases to be '-' (standard input), found both";
        return Err(Failure::said(text));
    }
    let source = Source::read(&args.file, args.signature.as_deref())?;
    let reader = Reader::open(&args.cases, args.filter.clone())?;
    let session = Session::new();
    let options = machine::Options {
        seed: args.seed,
        fast: args.fast,
        shared_bytes: target.device.memory.shared_bytes,
        local_bytes: target.device.memory.local_bytes,
    };
    let build = |opt| program(&session, &source, opt, &target, options);
    if target.name == compile::KUNLUN3 {
        return on_host(&session, &source, &args, &target, reader);
    }
    if args.compare {
        return compare::run(&source, reader, args.json, &build(Opt::None)?, &build(Opt::Full)?);
    }
    let program = build(args.opt.into())?;
    each(&source, reader, args.json, |case| program.check(case))
}

/// The sources for Kunlun XPU3, on the strict host.
fn on_host(
    session: &Session,
    source: &Source,
    args: &Args,
    target: &Target,
    reader: Reader,
) -> Result<Answer, Failure> {
    for (given, option) in [(args.compare, "--compare"), (args.fast, "--fast")] {
        if given {
            let text = format!("error: {option}: expected the target virtual, found {}", target.name);
            return Err(Failure::said(text));
        }
    }
    let until = Options { opt: args.opt.into(), target: target.clone(), until: Phase::Lower };
    let compiled =
        compile_declared(session, &source.text, &source.name, source.declaration(), &until, &mut |_| ())
            .map_err(|error| source.explain(&error))?;
    let lowered = lowered(source, &compiled)?;
    let files = compiled.sources(session, target, &source.name).map_err(|error| source.explain(&error))?;
    let func = lowered.host().ok_or_else(|| no_function(source))?;
    let mut progress = Progress::new(!args.json);
    progress.show(|| "building the sources".to_owned());
    let program = HostProgram::build(&files, func);
    progress.clear();
    let mut program = program.map_err(|error| Failure::said(format!("{}: error: {error}", source.name)))?;
    let options = kunlun::Options { seed: args.seed, ..kunlun::Options::default() };
    each(source, reader, args.json, |case| program.check(case, options))
}

fn lowered<'c>(source: &Source, compiled: &'c Compiled) -> Result<&'c Lowered, Failure> {
    compiled.lowered().filter(|lowered| lowered.host().is_some()).ok_or_else(|| no_function(source))
}

fn no_function(source: &Source) -> Failure {
    Failure::said(format!("{}: error: expected a function with a body, found none", source.name))
}

/// Compiles for the virtual XPU, down to machine code.
fn program(
    session: &Session,
    source: &Source,
    opt: Opt,
    target: &Target,
    options: machine::Options,
) -> Result<Program, Failure> {
    let until = Options { opt, target: target.clone(), until: Phase::Lower };
    let declaration = source.declaration();
    let compiled = compile_declared(session, &source.text, &source.name, declaration, &until, &mut |_| ())
        .map_err(|error| source.explain(&error))?;
    let lowered = lowered(source, &compiled)?;
    Program::new(session, lowered, options).map_err(|error| source.explain(&Error::Jit(error)))
}

fn each(
    source: &Source,
    mut reader: Reader,
    json: bool,
    mut run: impl FnMut(&Case) -> Run,
) -> Result<Answer, Failure> {
    let mut progress = Progress::new(!json);
    let mut tally = Tally::default();
    while let Some(case) = reader.next(&mut progress) {
        let verdict = judge(run(&case), &case).map_err(|error| source.explain(&Error::Jit(error)))?;
        tally.add(&verdict);
        let line = if json { Some(verdict.json()?) } else { verdict.text("") };
        if let Some(line) = line {
            progress.clear();
            output::print(&line)?;
        }
        progress.show(|| format!("{} cases run, {}", tally.cases, tally.text()));
    }
    progress.clear();
    output::print(&if json { output::json_line(&tally)? } else { tally.text() + "\n" })?;
    reader.finish(&tally)
}

/// The cases of a file; its defects are said as they are met.
pub(crate) struct Reader {
    cases: Cases<Box<dyn BufRead>>,
    name: String,
    filter: Option<String>,
    defective: bool,
}

impl Reader {
    fn open(path: &Path, filter: Option<String>) -> Result<Self, Failure> {
        let (name, input): (_, Box<dyn BufRead>) = if is_std(path) {
            ("<stdin>".to_owned(), Box::new(io::stdin().lock()))
        } else {
            let file = path.display().to_string();
            match File::open(path) {
                Ok(input) => (file, Box::new(BufReader::new(input))),
                Err(error) => return Err(Failure::said(message(&CasesError::Open { file, error }))),
            }
        };
        Ok(Reader { cases: Cases::new(&name, input), name, filter, defective: false })
    }

    /// The next case that passes the filter.
    pub(crate) fn next(&mut self, progress: &mut Progress) -> Option<Case> {
        loop {
            match self.cases.next()? {
                Ok(case) => {
                    if self.filter.as_ref().is_none_or(|text| case.name.contains(text)) {
                        return Some(case);
                    }
                }
                Err(error) => {
                    self.defective = true;
                    progress.clear();
                    output::say(&message(&error));
                }
            }
        }
    }

    /// The answer, unless the file was defective or had nothing to run.
    pub(crate) fn finish(self, tally: &Tally) -> Result<Answer, Failure> {
        match self.filter {
            _ if self.defective => Err(Failure::Quiet),
            Some(text) if tally.cases == 0 => {
                let found = "found none";
                Err(Failure::said(format!(
                    "error: --filter: expected a case whose name contains '{text}', {found}"
                )))
            }
            None if tally.cases == 0 => {
                output::say(&format!("{}: warning: expected a case, found none\n", self.name));
                Ok(Answer::Yes)
            }
            _ if tally.wrong > 0 => Ok(Answer::No),
            _ => Ok(Answer::Yes),
        }
    }
}

/// `file:line: error: ...`
fn message(error: &CasesError) -> String {
    let (place, text) = (error.place(), error.to_string());
    let text = text.strip_prefix(&place).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&text);
    format!("{place}: error: {text}\n")
}
