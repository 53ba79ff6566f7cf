//! How `xpu` programs change on their way to launches. `RATIONALE.md` says why each pass is as it is.

pub mod bind_signature;
pub mod check;
mod extents;
mod fail;
mod guard;
pub mod infer_shapes;
pub mod linear;
pub mod lower;
pub mod offload;
pub mod pass;
pub mod plan;
pub mod raise;
pub mod registry;
pub mod simplify;
mod size;
mod tidy;
