//! Whole programs: `tests/programs/<op>/<program>.mlir` against what their reference says.
//!
//! * `cases/<program>.jsonl`: every case, at each level of optimization, and once without the machine's checks;
//! * `programs.toml`: cases of other programs that hold too, and declarations to bind the program to;
//! * `cases/bad.jsonl`: each call is refused, in the words it says, by the program that it says;
//! * `reference.py --generation <program> --seed N --count N`: cases that nobody has seen before.

use crate::run_case::{self, CHECKED, LEVELS};
use crate::{Outcome, Test, case::with_session, inputs, tree};
use libtest_mimic::{Completion, Failed};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, ErrorKind};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use xpuc::run::cases::{Case, Cases};
use xpuc::run::machine::Options as MachineOptions;
use xpuc::run::{Program, RunError};
use xpuc::{Compiled, Declaration, Opt, Session, Target};

/// Unseen cases for each program and level, at least.
const UNSEEN: usize = 300;

/// How they are asked for at each level: other seeds, so that together they see twice as much. Only at full there are
/// calls of any size, up to more tokens than a launch has elements in its first round; they take most of the time.
const ASKED: [(&str, [&str; 6]); 2] = [
    ("none", ["--seed", "7431", "--count", "350", "--max-tokens", "3000"]),
    ("full", ["--seed", "48213", "--count", "300", "--max-tokens", "1000000"]),
];

/// An entry of `programs.toml`.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Beside {
    /// Programs whose cases hold for this one too.
    cases: Vec<String>,
    /// Names of the `.mlir` files that declare it.
    signatures: Vec<String>,
}

/// A program, as it is or bound to a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) op: String,
    pub(crate) program: String,
    /// Name of the `.mlir` file that declares it.
    pub(crate) signature: Option<String>,
}

impl Bound {
    /// The program as it is; `name` is `<op>/<program>`.
    pub(crate) fn of(name: &str) -> Self {
        let (op, program) = name.split_once('/').unwrap_or(("", name));
        Bound { op: op.to_owned(), program: program.to_owned(), signature: None }
    }

    /// What tests call it.
    pub(crate) fn title(&self) -> String {
        let signature = self.signature.iter().map(|name| format!("+{name}")).collect::<String>();
        format!("programs/{}/{}{signature}", self.op, self.program)
    }

    /// Compiles it down to commands.
    pub(crate) fn lowered(&self, session: &Session, opt: Opt) -> Result<Compiled, Failed> {
        let target = Target::find("virtual").map_err(|error| error.to_string())?;
        self.lowered_for(session, opt, target)
    }

    /// Compiles it down to commands of a target.
    pub(crate) fn lowered_for(
        &self,
        session: &Session,
        opt: Opt,
        target: Target,
    ) -> Result<Compiled, Failed> {
        let path = |name: &str| format!("tests/programs/{}/{name}.mlir", self.op);
        let file = path(&self.program);
        let signature = self.signature.as_deref().map(path);
        let text = signature.as_deref().map(tree::read).transpose()?;
        let declaration = signature.as_deref().zip(text.as_deref());
        let declaration = declaration.map(|(file, source)| Declaration { source, file });
        run_case::lowered_for(session, &tree::read(&file)?, &file, declaration, opt, target)
    }

    /// Compiles it down to machine code.
    pub(crate) fn compile(
        &self,
        session: &Session,
        opt: Opt,
        options: MachineOptions,
    ) -> Result<Program, Failed> {
        run_case::executable(session, &self.lowered(session, opt)?, options)
    }
}

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

/// A table of an op's folder, `None` without the file.
pub(crate) fn table<T: for<'de> Deserialize<'de>>(op: &str, file: &str) -> Result<Option<T>, String> {
    let path = format!("tests/programs/{op}/{file}");
    if !tree::root().join(&path).is_file() {
        return Ok(None);
    }
    toml::from_str(&tree::read(&path)?).map(Some).map_err(|error| format!("{path}: {error}"))
}

/// Tests of every program that has cases.
pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    let mut ops: BTreeSet<String> = BTreeSet::new();
    for name in names() {
        let plain = Bound::of(&name);
        ops.insert(plain.op.clone());
        let beside = match table::<BTreeMap<String, Beside>>(&plain.op, "programs.toml") {
            Ok(tables) => tables.unwrap_or_default().remove(&plain.program).unwrap_or_default(),
            Err(error) => {
                tests.push(Test::plain(format!("programs/{name}/table"), move || Err(error.into())));
                continue;
            }
        };
        let files: Vec<String> = [&plain.program]
            .into_iter()
            .chain(&beside.cases)
            .map(|p| cases(&format!("{}/{p}", plain.op)))
            .collect();
        let declared =
            beside.signatures.iter().cloned().map(|s| Bound { signature: Some(s), ..plain.clone() });
        for bound in [plain.clone()].into_iter().chain(declared) {
            of_program(&bound, &files, &mut tests);
            if bound.signature.is_some() {
                let title = bound.title();
                tests.push(Test::plain(format!("{title}/full/in_place"), move || in_place(&bound)));
            }
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

fn of_program(bound: &Bound, files: &[String], tests: &mut Vec<Test>) {
    let title = bound.title();
    let known = |opt, options| {
        let (bound, files) = (bound.clone(), files.to_vec());
        move || known(&bound, &files, opt, options)
    };
    let fast = MachineOptions { fast: true, ..CHECKED };
    tests.push(Test::plain(format!("{title}/full/fast"), known(Opt::Full, fast)));
    for (level, opt) in LEVELS {
        tests.push(Test::plain(format!("{title}/{level}/cases"), known(opt, CHECKED)));
        if script(&bound.op).is_file() {
            let bound = bound.clone();
            tests
                .push(Test::ignorable(format!("{title}/{level}/unseen"), move || unseen(&bound, level, opt)));
        }
    }
}

/// Opens a case file of the repository.
pub(crate) fn open(path: &str) -> Result<Cases<BufReader<std::fs::File>>, Failed> {
    let file = std::fs::File::open(tree::root().join(path)).map_err(|error| format!("{path}: {error}"))?;
    Ok(Cases::new(path, BufReader::new(file)))
}

fn known(bound: &Bound, files: &[String], opt: Opt, options: MachineOptions) -> Result<(), Failed> {
    with_session(|session| {
        let program = bound.compile(session, opt, options)?;
        let without = |case: &Case, _: Option<&_>| {
            let expects = case.outputs.is_some() || case.error_mentions.is_some();
            (!expects).then(|| "expected `outputs` or `error_mentions`, found neither".to_owned())
        };
        files.iter().try_for_each(|file| run_case::check(&program, open(file)?, without).map(drop))
    })
}

/// Every output that is an argument is written where it is, without a temporary and a copy.
fn in_place(bound: &Bound) -> Result<(), Failed> {
    with_session(|session| {
        let compiled = bound.lowered(session, Opt::Full)?;
        let host = compiled.lowered().and_then(|lowered| lowered.host()).ok_or("expected a host function")?;
        let outputs = (0..host.arg_attrs.len()).filter(|i| host.arg_attrs[*i].contains_key("xpu.output"));
        let mut missing: Vec<String> = outputs.map(|i| host.arg_name(i)).collect();
        if missing.is_empty() {
            return Err("expected outputs in place, found none".into());
        }
        missing.retain(|name| !compiled.cx.in_place.iter().any(|b| b.buffer == *name));
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("expected in place: {}", missing.join(", ")).into())
        }
    })
}

fn script(op: &str) -> std::path::PathBuf {
    tree::root().join(format!("tests/programs/{op}/reference.py"))
}

/// Hands over the cases that an op's reference prints; `None` where there is no Python.
pub(crate) fn reference<T>(
    op: &str,
    args: &[&str],
    use_cases: impl FnOnce(Cases<BufReader<ChildStdout>>) -> Result<T, Failed>,
) -> Result<Option<T>, Failed> {
    let mut command = Command::new("python3");
    command.arg(script(op)).args(args);
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("python3: {error}").into()),
    };
    let output = child.stdout.take().ok_or("expected the output of python3")?;
    let name = format!("reference.py {}", args.join(" "));
    let used = use_cases(Cases::new(&name, BufReader::new(output)));
    let status = child.wait().map_err(|error| format!("python3: {error}"))?;
    let used = used?;
    if status.success() { Ok(Some(used)) } else { Err(format!("{name}: {status}").into()) }
}

/// What a test that needs Python says without it.
pub(crate) fn without_python(title: &str) -> Completion {
    let reason = "python3 IS MISSING: no case of a reference was tried";
    eprintln!("WARNING: {title}: {reason}");
    Completion::ignored_with(reason)
}

fn unseen(bound: &Bound, level: &str, opt: Opt) -> Outcome {
    let asked = ASKED.into_iter().find(|(name, _)| *name == level).map(|(_, args)| args).unwrap_or_default();
    let args: Vec<&str> = ["--generation", &bound.program].into_iter().chain(asked).collect();
    let count = reference(&bound.op, &args, |cases| {
        with_session(|session| {
            let program = bound.compile(session, opt, MachineOptions { seed: 2, ..CHECKED })?;
            run_case::check(&program, cases, |_, _| None)
        })
    })?;
    match count {
        None => Ok(without_python(&bound.title())),
        Some(count) if count < UNSEEN => {
            Err(format!("expected {UNSEEN} cases of reference.py or more, found {count}").into())
        }
        Some(_) => Ok(Completion::Completed),
    }
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
            let bound = Bound::of(&path);
            programs.insert(name.clone(), with_session(|session| bound.compile(session, opt, CHECKED))?);
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
