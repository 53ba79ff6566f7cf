//! How `xpu` programs change on their way to launches. `RATIONALE.md` says why each pass is as it is.

pub mod check;
mod guard;
pub mod infer_shapes;
pub mod lower;
pub mod pass;
pub mod plan;
pub mod raise;
pub mod registry;
pub mod simplify;
mod tidy;
