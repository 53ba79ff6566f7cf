//! Findings for people and for tools.

mod text;

pub use text::text;
