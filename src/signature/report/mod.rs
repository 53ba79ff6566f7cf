//! Findings for people and for tools.

mod json;
mod sarif;
mod text;

pub use json::Document;
pub use sarif::sarif;
pub use text::text;

use super::audit::Audited;
use super::finding::Severity;
use serde::Serialize;
use std::fmt;

/// How much was audited and found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// C++ files.
    pub files: usize,
    /// Ops that they register.
    pub ops: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Findings that are suppressed, whatever they are.
    pub allowed: usize,
}

impl Summary {
    /// Counts one more file.
    pub fn add(&mut self, audited: &Audited) {
        self.files += 1;
        self.ops += audited.ops.len();
        for finding in &audited.findings {
            let count = match (&finding.allowed, finding.severity) {
                (Some(_), _) => &mut self.allowed,
                (None, Severity::Error) => &mut self.errors,
                (None, Severity::Warning) => &mut self.warnings,
                (None, Severity::Note) => &mut self.notes,
            };
            *count += 1;
        }
    }
}

/// `12 ops in 3 files: 1 error, 2 warnings, 4 notes`
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(f, "{} in {}: ", many(self.ops, "op"), many(self.files, "file"))?;
        let (errors, warnings) = (many(self.errors, "error"), many(self.warnings, "warning"));
        write!(f, "{errors}, {warnings}, {}", many(self.notes, "note"))?;
        if self.allowed > 0 {
            write!(f, ", {} suppressed", self.allowed)?;
        }
        Ok(())
    }
}
