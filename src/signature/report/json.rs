//! Findings as one JSON document.

use super::Summary;
use crate::signature::audit::OpSummary;
use crate::signature::finding::Finding;
use serde::Serialize;

/// Everything that an audit found.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    /// Version of this form.
    pub version: u32,
    /// Ops in the order of files and places.
    pub ops: &'a [OpSummary],
    /// Findings, likewise; those that are suppressed have `allowed`.
    pub findings: &'a [Finding],
    /// How many there are.
    pub summary: Summary,
}

impl<'a> Document<'a> {
    /// The document of an audit.
    pub fn new(ops: &'a [OpSummary], findings: &'a [Finding], summary: Summary) -> Self {
        Document { version: 1, ops, findings, summary }
    }
}
