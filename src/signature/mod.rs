//! Signatures of ops, read from the C++ that registers them.
#![allow(dead_code, reason = "being built")]

mod ast;
mod cpp_type;
mod declared;
mod eval;
mod function;
mod lex;
mod preprocess;
mod registration;
mod syntax;
mod text;
pub use declared::*;
pub use text::Place;
mod bind;
pub use bind::Mode;
mod lookup;
mod code;
mod finding;
mod op;
pub use code::Code;
pub use finding::{Finding, Outcome, Outcomes, Related, Severity};
mod check;
mod allow;
mod audit;
pub use audit::{Audited, OpSummary, OutputSummary, audit_file, audit_text};
pub mod report;
mod walk;
pub use walk::{WalkError, files};
