//! The published programs: `tests/programs/<op>/<program>.mlir` against what its reference says.
//!
//! * `cases/<program>.jsonl`: every case, at each level of optimization, and once without the machine's checks;
//! * `cases/bad.jsonl`: each call is refused, in the words it says, by the program that it says;
//! * `reference.py --generation <program> --seed N --count N`: cases that nobody has seen before.

use crate::run_case::{self, CHECKED, LEVELS};
use crate::{Outcome, Test, case::with_session, inputs, tree};
use libtest_mimic::{Completion, Failed};
use std::collections::BTreeMap;
use std::io::{BufReader, ErrorKind};
use std::path::Path;
use std::process::{Command, Stdio};
use xpuc::run::cases::{Case, Cases};
use xpuc::run::machine::Options as MachineOptions;
use xpuc::run::{Program, RunError};
use xpuc::{Opt, Session};

/// Unseen cases for each program and level, at least.
const UNSEEN: usize = 300;

/// How they are asked for at each level: other seeds, so that together they see twice as much. Only at full there are
/// calls of any size, up to more tokens than a launch has elements in its first round; they take most of the time.
const ASKED: [(&str, [&str; 6]); 2] = [
    ("none", ["--seed", "7431", "--count", "350", "--max-tokens", "3000"]),
    ("full", ["--seed", "48213", "--count", "300", "--max-tokens", "1000000"]),
];

/// Names of the programs that have cases: `<op>/<program>`.
pub(crate) fn names() -> Vec<String> {
    let all = inputs().names("mlir").into_iter();
    let names = all.filter_map(|name| Some(name.strip_prefix("programs/")?.to_owned()));
    names.filter(|name| tree::root().join(cases(name)).is_file()).collect()
}

/// Path of the case file of a program.
pub(crate) fn cases(name: &str) -> String {
    let (op, program) = name.split_once('/').unwrap_or(("", name));
    format!("tests/programs/{op}/cases/{program}.jsonl")
}

/// Tests of every program that has cases.
pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    let mut ops: Vec<String> = Vec::new();
    for name in names() {
        let (op, program) = name.split_once('/').unwrap_or(("", &name));
        let case = name.clone();
        let fast = MachineOptions { fast: true, ..CHECKED };
        tests.push(Test::plain(format!("programs/{name}/full/fast"), move || known(&case, Opt::Full, fast)));
        for (level, opt) in LEVELS {
            let title = format!("programs/{name}/{level}");
            let case = name.clone();
            tests.push(Test::plain(format!("{title}/cases"), move || known(&case, opt, CHECKED)));
            if tree::root().join(format!("tests/programs/{op}/reference.py")).is_file() {
                let (op, program) = (op.to_owned(), program.to_owned());
                tests.push(Test::ignorable(format!("{title}/unseen"), move || {
                    unseen(&op, &program, level, opt)
                }));
            }
        }
        if !ops.iter().any(|known| known == op) {
            ops.push(op.to_owned());
        }
    }
    for op in ops.into_iter().filter(|op| tree::root().join(bad_cases(op)).is_file()) {
        for (level, opt) in LEVELS {
            let op = op.clone();
            tests.push(Test::plain(format!("programs/{op}/{level}/bad"), move || bad(&op, opt)));
        }
    }
    tests
}

/// Compiles a published program.
pub(crate) fn compile(
    session: &Session,
    name: &str,
    opt: Opt,
    options: MachineOptions,
) -> Result<Program, Failed> {
    let file = format!("tests/programs/{name}.mlir");
    run_case::program(session, &tree::read(&file)?, &file, opt, options)
}

/// Opens a case file of the repository.
pub(crate) fn open(path: &str) -> Result<Cases<BufReader<std::fs::File>>, Failed> {
    let file = std::fs::File::open(tree::root().join(path)).map_err(|error| format!("{path}: {error}"))?;
    Ok(Cases::new(path, BufReader::new(file)))
}

fn known(name: &str, opt: Opt, options: MachineOptions) -> Result<(), Failed> {
    let cases = open(&cases(name))?;
    with_session(|session| {
        let program = compile(session, name, opt, options)?;
        let without =
            |case: &Case, _: Option<&_>| case.outputs.is_none().then(|| "expected `outputs`".to_owned());
        run_case::check(&program, cases, without).map(drop)
    })
}

fn unseen(op: &str, program: &str, level: &str, opt: Opt) -> Outcome {
    let asked = ASKED.into_iter().find(|(name, _)| *name == level).map(|(_, args)| args).unwrap_or_default();
    let script = tree::root().join(format!("tests/programs/{op}/reference.py"));
    let mut command = Command::new("python3");
    command.arg(script).args(["--generation", program]).args(asked);
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let reason = "python3 IS MISSING: no unseen case was tried";
            eprintln!("WARNING: {op}/{program}: {reason}");
            return Ok(Completion::ignored_with(reason));
        }
        Err(error) => return Err(format!("python3: {error}").into()),
    };
    let output = child.stdout.take().ok_or("expected the output of python3")?;
    let name = format!("reference.py --generation {program} {}", asked.join(" "));
    let cases = Cases::new(&name, BufReader::new(output));
    let checked = with_session(|session| {
        let program =
            compile(session, &format!("{op}/{program}"), opt, MachineOptions { seed: 2, ..CHECKED })?;
        run_case::check(&program, cases, |_, _| None)
    });
    let status = child.wait().map_err(|error| format!("python3: {error}"))?;
    let count = checked?;
    if !status.success() || count < UNSEEN {
        return Err(format!(
            "expected {UNSEEN} cases of reference.py or more, found {count}; it ended with {status}"
        )
        .into());
    }
    Ok(Completion::Completed)
}

fn bad_cases(op: &str) -> String {
    format!("tests/programs/{op}/cases/bad.jsonl")
}

/// Each bad case is refused by the contract, not by accident.
fn bad(op: &str, opt: Opt) -> Result<(), Failed> {
    let mut programs: BTreeMap<String, Program> = BTreeMap::new();
    let (mut count, mut wrong) = (0, Vec::new());
    for case in open(&bad_cases(op))? {
        let case = case.map_err(|error| error.to_string())?;
        count += 1;
        let name = case.generation.clone().unwrap_or_default();
        if !programs.contains_key(&name) {
            let path = format!("{op}/{name}");
            if !Path::new(&tree::root().join(format!("tests/programs/{path}.mlir"))).is_file() {
                return Err(
                    format!("{}: expected `generation` to name a program, found `{name}`", case.at).into()
                );
            }
            programs.insert(name.clone(), with_session(|session| compile(session, &path, opt, CHECKED))?);
        }
        let words = case.error_mentions.clone().unwrap_or_default();
        let fault = match programs[&name].check(&case) {
            Ok(_) => Some("expected to be refused, but it ran".to_owned()),
            Err(RunError::Machine { message, contract: false }) => Some(format!(
                "expected to be refused by the contract, found a fault of the program: {message}"
            )),
            Err(error) => {
                let message = error.to_string();
                let missing = words.is_empty() || words.iter().any(|word| !message.contains(word));
                missing.then(|| format!("expected each of {words:?} in: {message}"))
            }
        };
        wrong.extend(fault.map(|fault| format!("{}: {fault}", case.name)));
    }
    match (count, wrong.is_empty()) {
        (0, _) => Err(format!("expected cases in {}, found none", bad_cases(op)).into()),
        (_, true) => Ok(()),
        (_, false) => Err(wrong.join("\n").into()),
    }
}
