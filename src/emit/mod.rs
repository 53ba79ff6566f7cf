//! Sources for Kunlun XPU3, from a lowered program: a kernel file, its wrapper, the op, and what goes into the plugin's
//! header.
//!
//! Nothing here knows an op. Each kernel of the lowered program becomes a kernel of the device and, from the same fusion
//! lowered for one core, a loop on the host; the host's function becomes the op.

mod arith;
mod body;
mod chip;
mod code;
mod commands;
mod contract;
mod control;
mod expr;
mod facts;
mod files;
mod growth;
mod helpers;
mod infer;
mod kernel;
mod moves;
mod names;
mod op;
mod order;
mod params;
mod prelude;
mod range;
mod readme;
mod transfer;
mod values;
mod wanted;

pub use range::MAX_ELEMENTS;

use crate::stage::Lowered;
use xpuc_dialect::ir::Loc;
use xpuc_dialect::ops::is_kernel;
use xpuc_passes::pass::Memory;

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// Why a program cannot be written for the device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{loc}: error: {kind}")]
pub struct EmitError {
    /// Where.
    pub loc: Loc,
    /// What.
    pub kind: EmitErrorKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmitErrorKind {
    /// Something that has no counterpart in what is written.
    #[error("{op}: expected {expected}, which is all that can be written for kunlun3")]
    Unsupported {
        /// Name of the op.
        op: String,
        /// What it has to be.
        expected: &'static str,
    },
    /// A division of 64-bit numbers in a kernel.
    #[error("division in a kernel: expected operands of 32 bits, found 64: a core of XPU3 divides no others")]
    WideDivision,
    /// More than one op for one folder.
    #[error("expected one function with a body, found another one, @{another}: sources are those of one op")]
    Several {
        /// Name of the second one.
        another: String,
    },
    /// Nothing to write.
    #[error("expected a function with a body, found none")]
    Empty,
}

impl EmitErrorKind {
    fn at(self, loc: &Loc) -> EmitError {
        EmitError { loc: loc.clone(), kind: self }
    }
}

/// What is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The program for the device.
    pub device: &'a Lowered,
    /// The same program, lowered for one core: what runs in place of each kernel on the host.
    pub host: &'a Lowered,
    /// On-chip memory.
    pub memory: Memory,
    /// Where the program comes from, for the heads of files.
    pub source: &'a str,
}

/// The files of a program.
pub fn kunlun3(sources: &Sources<'_>) -> Result<Vec<File>, EmitError> {
    let func = sources.device.host().ok_or_else(|| EmitErrorKind::Empty.at(&Loc::UNKNOWN))?;
    let all = sources.device.module().funcs.iter();
    let another = all.filter(|other| !other.body.is_empty() && !is_kernel(other)).nth(1);
    if let Some(another) = another {
        return Err(EmitErrorKind::Several { another: another.name.to_string() }.at(&another.loc));
    }
    let op = op::Op::of(sources, func)?;
    Ok(files::all(sources, &op))
}
