//! A finding: what is wrong, where, and what it does in each mode.

use super::code::Code;
use super::text::Place;
use serde::Serialize;
use std::fmt;

/// What happens in a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It works.
    Works,
    /// It is refused, with a message.
    Refused,
    /// A wrong shape, type or value, and no message.
    Wrong,
    /// Undefined behaviour: a wrong value or a crash.
    Undefined,
    /// The process ends.
    Crashes,
    /// The library cannot be loaded.
    NotLoaded,
    /// The file does not compile.
    NotCompiled,
}

/// What happens in eager, static PIR and static legacy mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Dynamic graph.
    pub eager: Outcome,
    /// Static graph, the default.
    pub pir: Outcome,
    /// Static graph of `FLAGS_enable_pir_api=0`.
    pub legacy: Outcome,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It works, and is worth knowing.
    Note,
    /// Some mode refuses it, with a message.
    Warning,
    /// A wrong result, undefined behaviour or a crash in some mode, or no mode in which it works.
    Error,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The op, as its macro names it; empty for a file as a whole.
    pub op: String,
    /// What was expected and what was found.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What happens.
    pub modes: Outcomes,
    /// Why it was suppressed, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
}

/// A place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// What stands there.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
}

impl Outcomes {
    /// In order: eager, PIR, legacy.
    pub const fn new(eager: Outcome, pir: Outcome, legacy: Outcome) -> Self {
        Outcomes { eager, pir, legacy }
    }

    /// The same everywhere.
    pub const fn all(outcome: Outcome) -> Self {
        Outcomes::new(outcome, outcome, outcome)
    }

    /// How bad that is.
    pub fn severity(self) -> Severity {
        let all = [self.eager, self.pir, self.legacy];
        let worst = all.into_iter().max().unwrap_or(Outcome::Works);
        match worst {
            Outcome::Works => Severity::Note,
            Outcome::Refused if all.contains(&Outcome::Works) => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl Finding {
    /// A finding whose severity follows from what happens.
    pub(crate) fn new(code: Code, op: &str, place: &Place, modes: Outcomes, message: String) -> Self {
        Finding {
            code,
            severity: modes.severity(),
            op: op.to_owned(),
            message,
            place: place.clone(),
            related: Vec::new(),
            help: None,
            modes,
            allowed: None,
        }
    }

    /// It happens only if something is so that cannot be told from here.
    pub(crate) fn maybe(mut self) -> Self {
        self.severity = Severity::Note;
        self
    }

    pub(crate) fn related(mut self, place: &Place, message: impl Into<String>) -> Self {
        self.related.push(Related { message: message.into(), place: place.clone() });
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Works => "works",
            Outcome::Refused => "refused",
            Outcome::Wrong => "wrong result",
            Outcome::Undefined => "undefined",
            Outcome::Crashes => "crashes",
            Outcome::NotLoaded => "does not load",
            Outcome::NotCompiled => "does not compile",
        })
    }
}
