//! What a run of one case says, for people and for scripts.

use crate::failure::Failure;
use crate::output;
use serde::Serialize;
use xpuc::run::cases::Case;
use xpuc::run::machine::{Bytes, Commands, Report};
use xpuc::run::{Difference, JitError, Ran, RunError};

/// What a case wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// To be compared.
    Outputs,
    /// To be refused.
    Refusal,
    /// To be run.
    Nothing,
}

#[derive(Debug)]
enum Found {
    /// It came to its end; differences from what was expected.
    Ran(Report, Vec<String>),
    /// It was refused with this message, which lacks these words.
    Refused(String, Vec<String>),
}

/// A case that has been run, or refused.
#[derive(Debug)]
pub(crate) struct Verdict {
    name: String,
    at: String,
    wanted: Wanted,
    found: Found,
}

/// What came of running a case.
pub(crate) type Run = Result<(Ran, Vec<Difference>), RunError>;

/// Judges what came of a case; the error is a defect of the compiler, not of the case.
pub(crate) fn judge(run: Run, case: &Case) -> Result<Verdict, JitError> {
    let wanted = match (&case.error_mentions, &case.outputs) {
        (Some(_), _) => Wanted::Refusal,
        (None, Some(_)) => Wanted::Outputs,
        (None, None) => Wanted::Nothing,
    };
    let words = case.error_mentions.as_deref().unwrap_or_default();
    let found = match run {
        Ok((ran, _)) if wanted == Wanted::Refusal => {
            let expected = match words {
                [] => "expected a refusal".to_owned(),
                _ => format!("expected a refusal that mentions {}", list(words)),
            };
            Found::Ran(ran.report, vec![format!("{expected}, found a run to the end")])
        }
        Ok((ran, differences)) => {
            Found::Ran(ran.report, differences.iter().map(ToString::to_string).collect())
        }
        Err(RunError::Jit(error)) => return Err(error),
        Err(error) => {
            let message = error.to_string();
            let lacks = words.iter().filter(|word| !message.contains(*word)).cloned().collect();
            Found::Refused(message, lacks)
        }
    };
    Ok(Verdict { name: case.name.clone(), at: case.at.to_string(), wanted, found })
}

#[derive(Serialize)]
struct RanLine<'a> {
    name: &'a str,
    /// `null`: nothing to compare with.
    equal: Option<bool>,
    commands: Commands,
    bytes: Bytes,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    differences: &'a [String],
}

#[derive(Serialize)]
struct RefusedLine<'a> {
    name: &'a str,
    error: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_mentioned: &'a [String],
}

impl Verdict {
    /// The case's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Commands and bytes, if it ran.
    pub(crate) fn report(&self) -> Option<Report> {
        if let Found::Ran(report, _) = &self.found { Some(*report) } else { None }
    }

    /// Whether it makes the answer no.
    pub(crate) fn is_wrong(&self) -> bool {
        match (&self.found, self.wanted) {
            (Found::Ran(_, differences), _) => !differences.is_empty(),
            (Found::Refused(_, lacks), Wanted::Refusal) => !lacks.is_empty(),
            (Found::Refused(..), wanted) => wanted == Wanted::Outputs,
        }
    }

    /// One object on one line, as `design.md` fixes it.
    pub(crate) fn json(&self) -> Result<String, Failure> {
        let name = &self.name;
        match &self.found {
            Found::Ran(Report { commands, bytes, .. }, differences) => {
                let equal = (self.wanted != Wanted::Nothing).then_some(differences.is_empty());
                output::json_line(&RanLine { name, equal, commands: *commands, bytes: *bytes, differences })
            }
            Found::Refused(error, not_mentioned) => {
                output::json_line(&RefusedLine { name, error, not_mentioned })
            }
        }
    }

    /// A line for people, or some, unless it is simply equal; `level` says which program it is about.
    pub(crate) fn text(&self, level: &str) -> Option<String> {
        let what = match (&self.found, self.wanted) {
            (Found::Ran(..), Wanted::Nothing) => "ran; the case has no outputs to compare with".to_owned(),
            (Found::Ran(_, differences), _) if differences.is_empty() => return None,
            (Found::Ran(_, differences), Wanted::Refusal) => differences.join("; "),
            (Found::Ran(_, differences), Wanted::Outputs) => format!("differs: {}", differences.join("; ")),
            (Found::Refused(error, lacks), Wanted::Refusal) if lacks.is_empty() => {
                format!("refused as expected: {error}")
            }
            (Found::Refused(error, lacks), Wanted::Refusal) => {
                format!("refused, but expected a message that mentions {}: {error}", list(lacks))
            }
            (Found::Refused(error, _), _) => format!("refused: {error}"),
        };
        // What a message says on more lines, the strict host's for one, stands under its first.
        let what = what.replace('\n', "\n    ");
        let shown = |c: char| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c };
        let name: String = self.name.replace('\n', "\u{fffd}");
        let line: String = format!("{}: {name}: {level}{what}", self.at).chars().map(shown).collect();
        Some(line.trim_end().to_owned() + "\n")
    }
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ")
}

/// How many cases came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    /// All that were run or refused.
    pub(crate) cases: u64,
    /// Compared, and equal.
    pub(crate) equal: u64,
    /// Refused, as expected or not.
    pub(crate) refused: u64,
    /// Cases with outputs.
    #[serde(skip)]
    pub(crate) with_outputs: u64,
    /// Cases that have to be refused.
    #[serde(skip)]
    pub(crate) must_refuse: u64,
    /// Those among them that were, with the words expected.
    #[serde(skip)]
    pub(crate) refused_right: u64,
    /// Cases that make the answer no.
    #[serde(skip)]
    pub(crate) wrong: u64,
}

impl Tally {
    /// Counts one more.
    pub(crate) fn add(&mut self, verdict: &Verdict) {
        let wrong = verdict.is_wrong();
        self.cases += 1;
        self.wrong += u64::from(wrong);
        self.refused += u64::from(verdict.report().is_none());
        match verdict.wanted {
            Wanted::Outputs => {
                self.with_outputs += 1;
                self.equal += u64::from(!wrong);
            }
            Wanted::Refusal => {
                self.must_refuse += 1;
                self.refused_right += u64::from(!wrong);
            }
            Wanted::Nothing => {}
        }
    }

    /// `53 of 53 cases equal, 14 of 14 refused as expected`
    pub(crate) fn text(&self) -> String {
        let mut parts = Vec::new();
        if self.with_outputs > 0 || self.must_refuse == 0 {
            parts.push(format!("{} of {} cases equal", self.equal, self.with_outputs));
        }
        if self.must_refuse > 0 {
            let cases = if parts.is_empty() { "cases " } else { "" };
            parts.push(format!("{} of {} {cases}refused as expected", self.refused_right, self.must_refuse));
        }
        let others = self.cases - self.with_outputs - self.must_refuse;
        if others > 0 {
            parts.push(format!("{others} not compared"));
        }
        parts.join(", ")
    }
}
