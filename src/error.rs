//! What can go wrong, one variant a phase.

use crate::emit::EmitError;
use crate::run::JitError;
use crate::target::UnknownTarget;
use xpuc_dialect::context::{Diagnostic, ParseError, PrintError};
use xpuc_dialect::ir::Loc;
use xpuc_passes::pass::PassError;

/// Why a program could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not MLIR that this compiler reads.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// Constraints of the dialect that do not hold, one each.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Verify(Vec<Diagnostic>),
    /// A pass found a defect in the program.
    #[error(transparent)]
    Pass(#[from] PassError),
    /// No pass has that name.
    #[error("expected a pass, one of {}, found {found}", expected.join(", "))]
    UnknownPass {
        /// The name asked for.
        found: String,
        /// All names.
        expected: Vec<&'static str>,
    },
    /// No target has that name.
    #[error(transparent)]
    Target(#[from] UnknownTarget),
    /// A pass made a module that MLIR refuses: a defect of this compiler.
    #[error("defect of xpuc in {during}: {error}")]
    Invalid {
        /// Phase or pass.
        during: String,
        /// What MLIR said.
        error: PrintError,
    },
    /// A pass panicked: a defect of this compiler.
    #[error("defect of xpuc in {pass}: {message}")]
    Panic {
        /// Name of the pass.
        pass: String,
        /// What it said.
        message: String,
    },
    /// The program cannot be written for the target.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// Machine code could not be made: a defect of this compiler.
    #[error("defect of xpuc in run: {0}")]
    Jit(#[from] JitError),
}

impl Error {
    /// What is wrong, one entry a defect, each with its place where one is known.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let one = |loc: &Loc, message: String| vec![Diagnostic { loc: loc.clone(), message }];
        match self {
            Error::Parse(ParseError::Mlir(diagnostics)) | Error::Verify(diagnostics) => diagnostics.clone(),
            Error::Parse(ParseError::Import(error)) => one(error.loc(), error.to_string()),
            Error::Pass(error) => one(&error.loc, error.kind.to_string()),
            Error::Emit(error) => one(&error.loc, error.kind.to_string()),
            other => one(&Loc::UNKNOWN, other.to_string()),
        }
    }
}
