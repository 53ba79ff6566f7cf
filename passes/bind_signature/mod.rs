//! `bind-signature`: outputs that the signature declares in place become buffers of the caller.
//!
//! **Before**: buffer form, as an op author writes it; verified, with an `xpu.signature` or without.
//! **After**: every function with a signature has the inputs, outputs and attributes that it declares. A result
//! declared in place is an argument `xpu.output, xpu.noalias` behind the inputs, which the function's end copies
//! into; a buffer that was only made to be returned is freed. The signatures are gone.
//! **Leaves alone**: a module without a signature; outputs that are arguments already; the work before the return.
//! **Method**: the program's own signature is inferred, on a raised copy, and compared with what is declared: names
//! first, then types, then sizes. That the copy itself can go is for `plan` to see.
//!
//! ```mlir
//! func.func @f(%x) -> (!dev {xpu.name = "y", xpu.shape = ["B"]}) { ... ; return %y }
//! ==>
//! func.func @f(%x, %out {xpu.name = "y", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
//!   ... ; "xpu.copy"(%y, %out) ; "xpu.free"(%y) ; return
//! }
//! ```

mod agree;
mod infer;
mod results;

pub use agree::{Contradiction, compare};
pub use infer::infer;

use crate::pass::{Need, Pass, PassCx, PassError, PassErrorKind, RemarkKind};
use xpuc_dialect::dim::Dim;
use xpuc_dialect::ir::{Loc, Module};
use xpuc_dialect::signature::Signature;

/// The pass.
#[derive(Debug)]
pub struct BindSignature;

/// What `bind-signature` did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Results that became buffers of the caller.
    pub bound: u64,
    /// Buffers that the program made for them, and frees now.
    pub freed: u64,
}

/// How a signature contradicts its program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No function of that name.
    #[error("expected a function {declared} in the program, found {found}")]
    Function {
        /// Name in the signature.
        declared: String,
        /// Names in the program.
        found: String,
    },
    /// Declared, but not there.
    #[error("{name}: declared as {what}, found none of that name in the program")]
    Missing {
        /// Name.
        name: String,
        /// What it is declared as.
        what: &'static str,
    },
    /// There, but not declared.
    #[error("{name}: {what} of the program, found none of that name in the signature")]
    Undeclared {
        /// Name.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// Another one is in its place.
    #[error("{name}: expected {what} number {declared}, as declared, found it as number {found}")]
    Order {
        /// Name.
        name: String,
        /// What it is.
        what: &'static str,
        /// Position in the signature, counted from 0.
        declared: usize,
        /// Position in the program.
        found: usize,
    },
    /// Another size.
    #[error("{name}: the signature declares {}, the program {verb} {}{}", declared.factored(), found.factored(), in_dimension(*axis))]
    Size {
        /// Name.
        name: String,
        /// What is declared.
        declared: Dim,
        /// "has" or "yields".
        verb: &'static str,
        /// What is there.
        found: Dim,
        /// Dimension, counted from 0, where there are several.
        axis: Option<usize>,
    },
    /// Another element type, space or rank.
    #[error("{name}: the signature declares {declared}, the program {verb} {found}")]
    Differs {
        /// Name.
        name: String,
        /// What is declared.
        declared: String,
        /// "has" or "yields".
        verb: &'static str,
        /// What is there.
        found: String,
    },
}

fn in_dimension(axis: Option<usize>) -> String {
    axis.map_or_else(String::new, |axis| format!(" in dimension {axis}"))
}

impl SignatureError {
    fn at(self, loc: &Loc) -> PassError {
        PassError { loc: loc.clone(), kind: PassErrorKind::Signature(self) }
    }
}

impl Pass for BindSignature {
    fn name(&self) -> &'static str {
        "bind-signature"
    }

    fn summary(&self) -> &'static str {
        "make outputs that the signature declares in place buffers of the caller"
    }

    fn need(&self) -> Need {
        Need::Required
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        let mut out = module.clone();
        let mut stats = Stats::default();
        let signatures = std::mem::take(&mut out.attrs.signatures);
        for op in &signatures {
            let signature = Signature::of(op);
            let position = out.funcs.iter().position(|f| f.name == signature.function && !f.body.is_empty());
            let Some(position) = position else {
                let host = out.funcs.iter().filter(|f| !f.body.is_empty());
                let names: Vec<String> = host.map(|f| f.name.to_string()).collect();
                let found = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let declared = signature.function.to_string();
                return Err(SignatureError::Function { declared, found }.at(&op.loc));
            };
            let func = &out.funcs[position];
            let program = infer(cx, module, func)?;
            if let Some(Contradiction { loc, error }) = compare(&signature, &program).into_iter().next() {
                return Err(error.at(&loc));
            }
            let results = results::to_bind(func, &signature, &program);
            let done = results::bind(&mut out.funcs[position], &results);
            let message =
                format!("{}: {} results became buffers of the caller", signature.function, done.bound);
            cx.remark(self.name(), RemarkKind::Passed, &op.loc, message);
            stats.bound += done.bound;
            stats.freed += done.freed;
        }
        if !signatures.is_empty() {
            cx.count(self.name(), "bound", stats.bound);
            cx.count(self.name(), "freed", stats.freed);
        }
        Ok(out)
    }
}
