//! Placeholder until the constraints are written.
use crate::{context::Diagnostic, ir::Module};
/// Checks.
pub fn verify(_module: &Module) -> Vec<Diagnostic> { Vec::new() }
