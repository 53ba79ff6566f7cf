//! Cases that compile: `.mlir` in, snapshot out.

use crate::directive::{Directives, Show, Steps};
use crate::expected;
use crate::{Test, inputs, snapshot, tree};
use libtest_mimic::Failed;
use xpuc::dialect::context::{Diagnostic, ParseError};
use xpuc::dialect::ir::{Loc, Module};
use xpuc::emit::File;
use xpuc::passes::pass::{PassCx, Remark};
use xpuc::{Error, Options, Phase, Session, compile};

thread_local! {
    static SESSION: Session = Session::new();
}

/// The thread's own session: an MLIR context belongs to one thread.
pub(crate) fn with_session<T>(body: impl FnOnce(&Session) -> T) -> T {
    SESSION.with(body)
}

/// One test for each `.mlir` file that is no program and is not run.
pub(crate) fn tests() -> Vec<Test> {
    let names = inputs().names("mlir").into_iter();
    let cases = names.filter(|name| !name.starts_with("programs/") && !name.starts_with("run/"));
    cases.map(|name| Test::snapshot(name.clone(), move || run(&name))).collect()
}

fn run(name: &str) -> Result<(), Failed> {
    let file = format!("tests/{name}.mlir");
    let source = tree::read(&file)?;
    let directives = Directives::of(name, &source).map_err(|error| format!("{file}: {error}"))?;
    let refused = name.ends_with("_errors");
    if !refused && source.contains("expected-error") {
        return Err(
            format!("{file}: expected the name of a case with `expected-error` to end in _errors").into()
        );
    }
    let (file, source) = match &directives.program {
        Some(program) => (format!("tests/{program}"), tree::read(&format!("tests/{program}"))?),
        None => (file, source),
    };
    let mut modules = Vec::new();
    let mut wrong = Vec::new();
    for (lines, chunk) in expected::chunks(&source) {
        let outcome = with_session(|session| process(session, &directives, lines, chunk, &file))?;
        let (text, faults) = judge(refused, chunk, outcome);
        wrong.extend(faults.into_iter().map(|(line, text)| format!("{file}:{}: {text}", lines + line)));
        modules.push(format!("{}{text}", header(chunk)));
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into());
    }
    snapshot::check(name, &file, &modules.join("\n// -----\n\n"))
}

/// What the snapshot holds of a module, and what is not as it should be: lines, counted from that of the module,
/// and texts. `refused`: whether its file is about errors.
pub(crate) fn judge(
    refused: bool,
    chunk: &str,
    outcome: Result<String, Vec<Found>>,
) -> (String, Vec<(u32, String)>) {
    let (text, found) = match outcome {
        Ok(text) => (text, Vec::new()),
        Err(found) => {
            let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
            (lines.join("\n") + "\n", found)
        }
    };
    let found = found.into_iter().map(|found| (found.line, found.message));
    let wrong = if refused { expected::mismatches(chunk, found) } else { found.collect() };
    (text, wrong)
}

/// The functions of a module, as its title.
fn header(chunk: &str) -> String {
    let names: Vec<&str> = chunk.lines().filter_map(function).collect();
    if names.is_empty() { String::new() } else { format!("// {}\n", names.join(", ")) }
}

/// `@name` in a line that begins a function.
fn function(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("func.func ")?;
    let name = &rest[rest.find('@')?..];
    let end = name[1..]
        .find(|c: char| !c.is_ascii_alphanumeric() && !"_.$-".contains(c))
        .map_or(name.len(), |n| n + 1);
    Some(&name[..end])
}

/// A defect that was found in the program; the line counts from that of its module.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) message: String,
}

impl Found {
    fn new(loc: &Loc, lines: u32, message: String) -> Self {
        let (line, column) =
            loc.parts().map_or((0, 0), |(_, line, column)| (line.saturating_sub(lines), column));
        Found { line, column, message }
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} {}", self.line, self.column, self.message)
    }
}

/// Runs one module; inside, what its snapshot holds, or the defects that were found.
fn process(
    session: &Session,
    directives: &Directives,
    lines: u32,
    chunk: &str,
    file: &str,
) -> Result<Result<String, Vec<Found>>, Failed> {
    // Locations are those in the file.
    let source = "\n".repeat(lines as usize) + chunk;
    let outcome = steps(session, directives, &source, file)
        .and_then(|outcome| outcome.show(session, directives.show, lines));
    match outcome {
        Ok(text) => Ok(Ok(text)),
        Err(error) => defects(&error, lines).map(Err).ok_or_else(|| error.to_string().into()),
    }
}

/// The located defects that an error is about; `None` for a defect of the compiler.
fn defects(error: &Error, lines: u32) -> Option<Vec<Found>> {
    let of = |diagnostics: &[Diagnostic]| {
        diagnostics.iter().map(|d| Found::new(&d.loc, lines, d.message.clone())).collect::<Vec<_>>()
    };
    match error {
        Error::Parse(ParseError::Mlir(diagnostics)) | Error::Verify(diagnostics) => Some(of(diagnostics)),
        Error::Parse(ParseError::Import(error)) => {
            Some(vec![Found::new(error.loc(), lines, error.to_string())])
        }
        Error::Pass(error) => Some(vec![Found::new(&error.loc, lines, error.kind.to_string())]),
        Error::Emit(error) => Some(vec![Found::new(&error.loc, lines, error.kind.to_string())]),
        _ => None,
    }
}

/// A program before and after the last step.
struct Outcome {
    before: Module,
    after: Module,
    cx: PassCx,
    sources: Vec<File>,
}

fn steps(session: &Session, directives: &Directives, source: &str, file: &str) -> Result<Outcome, Error> {
    match &directives.steps {
        Steps::Until(until) => {
            let options = Options { opt: directives.opt, target: directives.target.clone(), until: *until };
            let compiled = compile(session, source, file, &options)?;
            let module = |back: usize| compiled.phases.iter().rev().nth(back).map(|ran| ran.module.clone());
            let after = module(0).unwrap_or_default();
            let before = module(1).unwrap_or_default();
            let sources = match directives.show {
                Show::Sources => compiled.sources(session, &directives.target, file)?,
                _ => Vec::new(),
            };
            Ok(Outcome { before, after, cx: compiled.cx, sources })
        }
        Steps::Passes(names) => {
            let target = &directives.target;
            let mut cx = PassCx::new(target.device);
            let options = Options { opt: directives.opt, target: target.clone(), until: Phase::Verify };
            let mut after = compile(session, source, file, &options)?.module().cloned().unwrap_or_default();
            let mut before = after.clone();
            for name in names {
                let next = session.run_pass(&mut cx, name, &after)?;
                before = std::mem::replace(&mut after, next);
            }
            Ok(Outcome { before, after, cx, sources: Vec::new() })
        }
    }
}

impl Outcome {
    fn show(&self, session: &Session, show: Show, lines: u32) -> Result<String, Error> {
        let some = |lines: Vec<String>| {
            if lines.is_empty() { "nothing\n".to_owned() } else { lines.join("\n") + "\n" }
        };
        Ok(match show {
            Show::After => session.print(&self.after)?,
            Show::Diff => {
                let diff = snapshot::diff(&session.print(&self.before)?, &session.print(&self.after)?);
                some(diff.lines().map(str::to_owned).collect())
            }
            Show::Stats => {
                let counters =
                    self.cx.stats.iter().map(|(pass, counter, value)| format!("{pass}: {counter} {value}"));
                let rules = self.cx.rules.iter().map(|(rule, times)| format!("rule {rule} {times}"));
                some(counters.chain(rules).collect())
            }
            Show::Sources => {
                let files = self.sources.iter().map(|file| format!("=== {}\n{}", file.name, file.text));
                files.collect::<Vec<_>>().join("\n")
            }
            Show::Remarks => some(self.cx.remarks.iter().map(|remark| said(remark, lines)).collect()),
        })
    }
}

/// As a remark prints, its line counted from that of its module.
fn said(remark: &Remark, lines: u32) -> String {
    let message = format!("[{}] {}: {}", remark.kind.as_str(), remark.pass, remark.message);
    Found::new(&remark.loc, lines, message).to_string()
}
