//! The passes, once: help, timing, documents and tests are made from this list.

use crate::bind_signature::BindSignature;
use crate::check::{CHECK_BUFFERS, CHECK_LOWERED, CHECK_VALUES};
use crate::infer_shapes::InferShapes;
use crate::lower::Lower;
use crate::offload::Offload;
use crate::pass::Pass;
use crate::plan::Plan;
use crate::raise::Raise;
use crate::simplify::Simplify;

/// Every pass, in the order of the pipeline.
pub static PASSES: [&(dyn Pass + Sync); 10] = [
    &BindSignature,
    &Raise,
    &InferShapes,
    &Simplify,
    &Offload,
    &CHECK_VALUES,
    &Plan,
    &CHECK_BUFFERS,
    &Lower,
    &CHECK_LOWERED,
];

/// The pass of that name.
pub fn find(name: &str) -> Option<&'static dyn Pass> {
    PASSES.into_iter().find(|pass| pass.name() == name).map(|pass| pass as &dyn Pass)
}
