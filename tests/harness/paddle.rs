//! What the audit predicts is what Paddle does: the ops of `tests/paddle/ops`, built and called by
//! `tests/paddle/observe.py`, which `./x test` runs before the tests.

use crate::tree::{self, Folder};
use crate::{Outcome as Ends, Test};
use libtest_mimic::{Completion, Failed};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use xpuc::signature::{Audit, Audited, Code, Finding, Outcome, OutputSummary, Severity};

/// The ops.
const OPS: &str = "tests/paddle/ops";

/// Where `./x test` puts what was observed.
const OBSERVED: &str = "target/paddle/observed.jsonl";

/// One call of an op in one mode.
#[derive(Debug, Deserialize)]
struct Observation {
    file: String,
    op: String,
    call: String,
    mode: String,
    stage: String,
    outcome: String,
    text: String,
    inferred: BTreeMap<String, Option<Array>>,
    real: BTreeMap<String, Option<Array>>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Array {
    shape: Option<Vec<i64>>,
    dtype: Option<String>,
}

/// What was observed, by file; `None` if nothing was.
static ALL: LazyLock<Option<BTreeMap<String, Vec<Observation>>>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(tree::root().join(OBSERVED)).ok()?;
    let mut all: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    for line in text.lines() {
        let one: Observation =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{OBSERVED}: {error}"));
        let name = Path::new(&one.file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        all.entry(name.unwrap_or_default()).or_default().push(one);
    }
    Some(all)
});

/// Two tests for each op: the codes that it deserves, and whether the prediction came true.
pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for name in Folder::of(OPS).names("cc") {
        let name: Arc<str> = name.into();
        let (codes, observed) = (Arc::clone(&name), Arc::clone(&name));
        tests.push(Test::plain(format!("paddle/{name}/codes"), move || check_codes(&codes)));
        tests.push(Test::ignorable(format!("paddle/{name}/observed"), move || check_observed(&observed)));
    }
    tests
}

fn audit(name: &str) -> Result<(String, Audited), Failed> {
    let path = format!("{OPS}/{name}.cc");
    let audited = Audit::default().file(Path::new(&path)).map_err(|error| error.to_string())?;
    Ok((tree::read(&path)?, audited))
}

/// What stands behind `//@ key: `.
fn directive<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix("//@ ")?.strip_prefix(key)?.strip_prefix(": "))
}

/// The findings are those of `//@ expect:`; a legal prefix is listed only by files that are about it.
fn check_codes(name: &str) -> Result<(), Failed> {
    let (text, audited) = audit(name)?;
    let expected = directive(&text, "expect").ok_or("expected //@ expect: PD001, or none")?;
    let expected: BTreeSet<&str> = expected.split(", ").filter(|code| *code != "none").collect();
    let found: BTreeSet<&str> = audited
        .findings
        .iter()
        .map(|finding| finding.code)
        .filter(|code| *code != Code::PD008 || expected.contains(code.id()))
        .map(Code::id)
        .collect();
    if expected == found {
        return Ok(());
    }
    let said: Vec<String> =
        audited.findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect();
    Err(format!("expected {expected:?}, found {found:?}\n{}", said.join("\n")).into())
}

fn check_observed(name: &str) -> Ends {
    let Some(all) = &*ALL else {
        return Ok(Completion::ignored_with("PADDLE IS MISSING: nobody has seen whether this comes true"));
    };
    let (text, audited) = audit(name)?;
    let observed = all.get(name).ok_or_else(|| format!("expected observations in {OBSERVED}, found none"))?;
    let mut wrong = Vec::new();
    for mode in ["eager", "pir", "legacy"] {
        let calls: Vec<&Observation> = observed.iter().filter(|one| one.mode == mode).collect();
        let predicted = Predicted::of(&audited.findings, mode);
        // What no reading of the source can tell stands in the file, and has to stay wrong.
        if let Some(why) = directive(&text, "unseen") {
            if observed.iter().all(|one| class(one) == Outcome::Works) {
                wrong
                    .push(format!("{mode}: expected something to go wrong ({why}), found that all is right"));
            }
            continue;
        }
        wrong.extend(predicted.contradictions(&calls));
        for call in &calls {
            let summary = audited.ops.iter().find(|op| op.name == call.op);
            wrong.extend(summary.into_iter().flat_map(|op| values(call, &op.outputs, &text)));
            wrong.extend(predicted.message(call));
        }
    }
    if wrong.is_empty() { Ok(Completion::Completed) } else { Err(wrong.join("\n").into()) }
}

/// What findings say of a mode.
struct Predicted<'f> {
    mode: &'static str,
    /// What happens, with the finding that says so.
    outcomes: Vec<(Outcome, &'f Finding)>,
}

impl<'f> Predicted<'f> {
    fn of(findings: &'f [Finding], mode: &str) -> Self {
        let of = |finding: &'f Finding| match mode {
            "eager" => (finding.modes.eager, finding),
            "pir" => (finding.modes.pir, finding),
            _ => (finding.modes.legacy, finding),
        };
        let mut outcomes: Vec<_> =
            findings.iter().map(of).filter(|(outcome, _)| *outcome != Outcome::Works).collect();
        // A file that does not compile or load does nothing else.
        for last in [Outcome::NotLoaded, Outcome::NotCompiled] {
            if outcomes.iter().any(|(outcome, _)| *outcome == last) {
                outcomes.retain(|(outcome, _)| *outcome == last);
            }
        }
        let mode = ["eager", "pir"].into_iter().find(|name| *name == mode).unwrap_or("legacy");
        Predicted { mode, outcomes }
    }

    /// Calls that end in another way. Of several calls, some may not come to the mistake: those that work.
    fn contradictions(&self, calls: &[&Observation]) -> Vec<String> {
        let mode = self.mode;
        let allowed = |found: Outcome| {
            self.outcomes.iter().any(|(outcome, _)| {
                // That values are wrong is not seen where nothing is inferred.
                *outcome == found
                    || *outcome == Outcome::Undefined
                    || *outcome == Outcome::Wrong && mode == "eager"
            })
        };
        let mut wrong = Vec::new();
        let mut came_true = false;
        for call in calls {
            let found = class(call);
            came_true |= allowed(found);
            if found != Outcome::Works && !allowed(found) {
                let text = call.text.lines().next().unwrap_or_default();
                wrong.push(format!(
                    "{mode} {}: expected {}, found {found}: {text}",
                    call.call,
                    self.expected()
                ));
            }
        }
        let certain = self.outcomes.iter().any(|(_, finding)| finding.severity != Severity::Note);
        if certain && !came_true {
            wrong.push(format!("{mode}: expected {} of some call, found that all work", self.expected()));
        }
        wrong
    }

    fn expected(&self) -> String {
        let all: Vec<String> =
            self.outcomes.iter().map(|(outcome, finding)| format!("{outcome} ({})", finding.code)).collect();
        if all.is_empty() { Outcome::Works.to_string() } else { all.join(" or ") }
    }

    /// What Paddle says is something that the page of the finding quotes, if it quotes anything.
    fn message(&self, call: &Observation) -> Option<String> {
        let found = class(call);
        let of_call = self.outcomes.iter().filter(|(outcome, _)| *outcome == found);
        let quotes: Vec<&str> = of_call.flat_map(|(_, finding)| quotes(finding.code)).collect();
        let text = one_line(&call.text);
        let said = quotes.is_empty() || text.is_empty() || quotes.iter().any(|quote| says(&text, quote));
        (!said).then(|| {
            format!("{} {}: expected one of {quotes:?} in the message, found {text:?}", self.mode, call.call)
        })
    }
}

/// Words, with quotes of one kind.
fn one_line(text: &str) -> String {
    text.replace(['\u{2018}', '\u{2019}'], "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a message is the one that is quoted: most of its words are there. Names and numbers in it are those of
/// another op.
fn says(text: &str, quote: &str) -> bool {
    let quote = one_line(quote);
    let found = quote.split(' ').filter(|word| text.contains(word)).count();
    found * 3 > quote.split(' ').count() * 2
}

/// Messages that a page quotes: between backticks, and in fences that hold no C++.
fn quotes(code: Code) -> Vec<&'static str> {
    let mut all = Vec::new();
    for (index, part) in code.explanation().split("```").enumerate() {
        match index % 2 {
            0 => all.extend(part.split('`').skip(1).step_by(2)),
            _ if part.starts_with("cpp\n") => {}
            _ => all.extend(part.lines().skip(1)),
        }
    }
    // Names of types and functions are no messages, and neither are commands.
    all.retain(|quote| quote.trim().contains(' ') && !quote.starts_with("xpuc "));
    all
}

/// How a call ended.
fn class(call: &Observation) -> Outcome {
    match (call.stage.as_str(), call.outcome.as_str()) {
        (_, "ok") if call.mode != "eager" && contradicts(call) => Outcome::Wrong,
        (_, "ok") => Outcome::Works,
        ("compile", _) => Outcome::NotCompiled,
        ("load", _) => Outcome::NotLoaded,
        (_, "exception") => Outcome::Refused,
        _ => Outcome::Crashes,
    }
}

/// Whether an output is not what the static program took it for.
fn contradicts(call: &Observation) -> bool {
    call.inferred.iter().any(|(name, inferred)| {
        let Some(inferred) = inferred else { return false };
        // A list is one name before the run, and several after it.
        let Some(real) = call.real.get(name) else { return false };
        let Some(real) = real else { return true };
        let shape = match (&inferred.shape, &real.shape) {
            (Some(inferred), Some(real)) => {
                inferred.len() == real.len() && inferred.iter().zip(real).all(|(i, r)| i == r || *i == -1)
            }
            _ => true,
        };
        let known =
            |dtype: &Option<String>| dtype.clone().filter(|name| name != "raw" && name != "undefined");
        let dtype = known(&inferred.dtype).zip(known(&real.dtype)).is_none_or(|(i, r)| i == r);
        !shape || !dtype
    })
}

/// Sizes and types that the audit gives, held against those of the static program.
fn values(call: &Observation, outputs: &[OutputSummary], text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if call.mode != "pir" || call.outcome != "ok" {
        return wrong;
    }
    let arguments = arguments(text, &call.op, &call.call);
    for output in outputs {
        let Some(Some(inferred)) = call.inferred.get(&output.name) else { continue };
        if let (Some(sizes), Some(found)) = (&output.shape, &inferred.shape) {
            let expected: Vec<Option<i64>> = match &sizes[..] {
                [all] if all.starts_with("shape(") => {
                    let name = all.trim_start_matches("shape(").trim_end_matches(')');
                    arguments.shape(name).map_or_else(Vec::new, |shape| shape.into_iter().map(Some).collect())
                }
                sizes => sizes.iter().map(|size| arguments.size(size)).collect(),
            };
            let same = expected.len() == found.len()
                && expected.iter().zip(found).all(|(expected, found)| expected.is_none_or(|e| e == *found));
            if !same && !expected.is_empty() {
                wrong.push(format!(
                    "{}: expected the sizes {sizes:?}, which are {expected:?}, found {found:?}",
                    output.name
                ));
            }
        }
        let dtype = output.dtype.as_deref().and_then(|dtype| arguments.dtype(dtype));
        if let (Some(expected), Some(found)) = (dtype, &inferred.dtype)
            && expected != *found
        {
            wrong.push(format!("{}: expected the type {expected}, found {found}", output.name));
        }
    }
    wrong
}

/// What an op is called with: `//@ call NAME as LABEL: x = int32[5] ...; n = 3`.
#[derive(Debug, Default)]
struct Arguments(BTreeMap<String, String>);

fn arguments(text: &str, op: &str, label: &str) -> Arguments {
    for line in text.lines().filter_map(|line| line.strip_prefix("//@ call")) {
        let Some((head, arguments)) = line.split_once(':') else { continue };
        let words: Vec<&str> = head.split_whitespace().collect();
        let (names, labels) = match words.iter().position(|word| *word == "as") {
            Some(at) => (&words[..at], words.get(at + 1).copied().unwrap_or_default()),
            None => (&words[..], ""),
        };
        if labels == label && names.first().is_none_or(|name| *name == op) {
            let pairs = arguments.split(';').filter_map(|pair| pair.split_once('='));
            return Arguments(pairs.map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned())).collect());
        }
    }
    Arguments::default()
}

impl Arguments {
    fn shape(&self, name: &str) -> Option<Vec<i64>> {
        let value = self.0.get(name)?;
        if value == "None" {
            return Some(Vec::new());
        }
        let inner = value.split_once('[')?.1.split_once(']')?.0;
        inner.split(',').filter(|size| !size.trim().is_empty()).map(|size| size.trim().parse().ok()).collect()
    }

    /// The value of a size over attributes and `dim0(x)`.
    fn size(&self, text: &str) -> Option<i64> {
        use xpuc::dialect::dim::{Dim, SymbolKind};
        let dim: Dim = text.parse().ok()?;
        let mut values = BTreeMap::new();
        for symbol in dim.symbols() {
            let value = match symbol.kind() {
                SymbolKind::OfTensor { function, tensor } => {
                    let shape = self.shape(tensor)?;
                    match function.strip_prefix("dim") {
                        Some(axis) => *shape.get(axis.parse::<usize>().ok()?)?,
                        None if function == "last" => *shape.last()?,
                        None => i64::try_from(shape.len()).ok()?,
                    }
                }
                SymbolKind::Named => self.0.get(symbol.as_str())?.parse().ok()?,
                _ => continue,
            };
            values.insert(symbol.clone(), value);
        }
        dim.evaluate(&values).ok()
    }

    /// Paddle's spelling of a type: that of an argument, or one by its name.
    fn dtype(&self, text: &str) -> Option<String> {
        match text.strip_prefix("dtype(").and_then(|name| name.strip_suffix(')')) {
            Some(name) => {
                let value = self.0.get(name)?;
                let end = value.find('[').filter(|_| value != "None")?;
                Some(value[..end].to_owned()).filter(|name| !name.is_empty())
            }
            None => Some(text.to_ascii_lowercase()),
        }
    }
}
