//! Cases that run: `tests/run/<name>.mlir` with its calls in `<name>.jsonl`, at each level of optimization.

use crate::case::with_session;
use crate::directive::KEYS;
use crate::{Test, differential, inputs, programs, tree};
use libtest_mimic::Failed;
use std::io::BufRead;
use xpuc::run::cases::{Case, Cases};
use xpuc::run::machine::Options as MachineOptions;
use xpuc::run::{Program, Ran, RunError};
use xpuc::{Compiled, Declaration, Opt, Options, Phase, Session, Target, compile_declared};

/// The levels of optimization, by name.
pub(crate) const LEVELS: [(&str, Opt); 2] = [("none", Opt::None), ("full", Opt::Full)];

/// Every access is checked; the programs of a launch run in the order that this seed says.
pub(crate) const CHECKED: MachineOptions = MachineOptions { seed: 1, ..MachineOptions::DEFAULT };

/// Failures that one test lists.
const MAX_FAILURES: usize = 5;

/// One test for each file and level, and one that compares the levels on random calls.
pub(crate) fn tests() -> Vec<Test> {
    let names = inputs().names("mlir").into_iter().filter(|name| name.starts_with("run/"));
    names
        .flat_map(|name| {
            let levels = LEVELS.map(|(level, opt)| {
                let case = name.clone();
                Test::plain(format!("{name}/{level}"), move || run(&case, opt))
            });
            let random = {
                let case = name.clone();
                Test::plain(format!("{name}/random"), move || differential::run(&case))
            };
            levels.into_iter().chain([random])
        })
        .collect()
}

fn run(name: &str, opt: Opt) -> Result<(), Failed> {
    let source = source(name)?;
    let file = format!("tests/{name}.mlir");
    let cases = format!("tests/{name}.jsonl");
    let reader = programs::open(&cases)?;
    with_session(|session| {
        let program = program(session, &source, &file, opt, CHECKED)?;
        let count = check(&program, reader, |case, _| {
            let expects = case.outputs.is_some() || case.error_mentions.is_some();
            (!expects).then(|| "expected `outputs` or `error_mentions`, found neither".to_owned())
        })?;
        if count == 0 { Err(format!("expected cases in {cases}, found none").into()) } else { Ok(()) }
    })
}

/// Text of a case that is run; it has no directives.
pub(crate) fn source(name: &str) -> Result<String, Failed> {
    let source = tree::read(&format!("tests/{name}.mlir"))?;
    match KEYS.iter().find(|key| source.contains(&format!("//@ {key}"))) {
        Some(key) => {
            Err(format!("tests/{name}.mlir: a case that is run has no directives, found `{key}`").into())
        }
        None => Ok(source),
    }
}

/// Compiles a program for the virtual XPU.
pub(crate) fn program(
    session: &Session,
    source: &str,
    file: &str,
    opt: Opt,
    options: MachineOptions,
) -> Result<Program, Failed> {
    let compiled = lowered(session, source, file, None, opt)?;
    executable(session, &compiled, options)
}

/// Compiles a program down to commands.
pub(crate) fn lowered(
    session: &Session,
    source: &str,
    file: &str,
    declaration: Option<Declaration<'_>>,
    opt: Opt,
) -> Result<Compiled, Failed> {
    let target = Target::find("virtual").map_err(|error| error.to_string())?;
    lowered_for(session, source, file, declaration, opt, target)
}

/// Compiles a program down to commands of a target.
pub(crate) fn lowered_for(
    session: &Session,
    source: &str,
    file: &str,
    declaration: Option<Declaration<'_>>,
    opt: Opt,
    target: Target,
) -> Result<Compiled, Failed> {
    let until = Options { opt, target, until: Phase::Lower };
    compile_declared(session, source, file, declaration, &until, &mut |_| ())
        .map_err(|error| error.to_string().into())
}

/// Compiles commands to machine code.
pub(crate) fn executable(
    session: &Session,
    compiled: &Compiled,
    options: MachineOptions,
) -> Result<Program, Failed> {
    let lowered = compiled.lowered().ok_or("expected a lowered program, found none")?;
    Program::new(session, lowered, options).map_err(|error| error.to_string().into())
}

/// Runs every case: the outputs are as expected, or the call is refused in the words expected. `more` may find a
/// fault with what a call did. Returns the number of cases.
pub(crate) fn check<R: BufRead>(
    program: &Program,
    cases: Cases<R>,
    mut more: impl FnMut(&Case, Option<&Ran>) -> Option<String>,
) -> Result<usize, Failed> {
    let (mut count, mut wrong) = (0, Vec::new());
    for case in cases {
        let case = case.map_err(|error| error.to_string())?;
        count += 1;
        let outcome = program.check(&case);
        let fault = fault(&case, &outcome).or_else(|| more(&case, outcome.as_ref().ok().map(|(ran, _)| ran)));
        wrong.extend(fault.map(|fault| format!("{}: {}: {fault}", case.at, case.name)));
    }
    if wrong.is_empty() {
        return Ok(count);
    }
    let total = wrong.len();
    wrong.truncate(MAX_FAILURES);
    if total > wrong.len() {
        wrong.push(format!("and {} more", total - wrong.len()));
    }
    Err(format!("{total} of {count} cases fail\n{}", wrong.join("\n")).into())
}

fn fault(case: &Case, outcome: &Result<(Ran, Vec<xpuc::run::Difference>), RunError>) -> Option<String> {
    match (outcome, &case.error_mentions) {
        (Ok((_, differences)), None) => {
            let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
            (!differences.is_empty()).then(|| differences.join("; "))
        }
        (Ok(_), Some(words)) => Some(format!("expected to be refused with {words:?}, but it ran")),
        (Err(error), None) => Some(error.to_string()),
        (Err(error), Some(words)) => {
            let message = error.to_string();
            let missing: Vec<&String> = words.iter().filter(|word| !message.contains(*word)).collect();
            (!missing.is_empty()).then(|| format!("refused, but {missing:?} are not in: {message}"))
        }
    }
}
