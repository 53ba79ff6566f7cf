//! What the IR is: the `xpu` dialect, its ops, types and shapes, and a Rust mirror of MLIR.
//!
//! `SPEC.md` is the source of truth for the ops, `RATIONALE.md` says why they are as they are.

pub mod context;
pub mod dim;
pub mod ir;
pub mod ops;
pub mod signature;
pub mod verify;
