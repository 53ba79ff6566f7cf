//! `xpuc` lowers the small host-and-device programs around an LLM's kernels to XPU launches.
//!
//! ```no_run
//! use xpuc::{Options, Opt, Phase, Session, Target, compile};
//!
//! let session = Session::new();
//! let options = Options { opt: Opt::Full, target: Target::find("virtual")?, until: Phase::Lower };
//! let compiled = compile(&session, "func.func @f() { return }", "f.mlir", &options)?;
//! if let Some(module) = compiled.module() {
//!     let text = session.print(module)?;
//! }
//! # Ok::<(), xpuc::Error>(())
//! ```
#![warn(missing_docs)]

pub mod emit;
mod error;
mod phase;
mod pipeline;
pub mod report;
pub mod run;
mod session;
pub mod signature;
mod stage;
pub mod target;

pub use error::Error;
pub use phase::Phase;
pub use pipeline::{Compiled, Declaration, Opt, Options, Ran, compile, compile_declared, compile_watched};
pub use session::Session;
pub use stage::{Lowered, Planned, Shaped, Verified};
pub use target::Target;
pub use xpuc_dialect as dialect;
pub use xpuc_passes as passes;
