//! `raise`: buffers become SSA values; memory of others is read and written in order.
//!
//! **Before**: buffer form, as an op author writes it; verified.
//! **After**: value form in one block. A buffer that the program allocates and nobody else can see is
//! a tensor value, a new one after each write; what is returned is a `materialize` of it. Arguments
//! stay memory: `read` and `into` stand in program order, and a `read` of what was just written is
//! that value. `scf.if` is flattened: an `arith.select` on tensors is lazy, only the chosen side is
//! ever computed. `alloc`, `free`, `copy`, `wait` and `blocking` are gone: they are decisions of `plan`.
//! **Leaves alone**: kernels, and ops it does not know, launches among them. They may read and write every buffer that is not local,
//! and a local buffer they use is no value but memory.
//! **Method**: one walk with the current content of each buffer; two buffers that are not local may
//! overlap unless an argument is `xpu.noalias`.
//!
//! ```mlir
//! "xpu.copy"(%x, %tmp) ; "xpu.broadcast_add"(%tmp, %y, %out)
//! ==>
//! %0 = "xpu.read"(%x) ; %1 = "xpu.read"(%y) ; %2 = "xpu.broadcast_add"(%0, %1) ; "xpu.into"(%2, %out)
//! ```

mod buffers;
mod coalesce;
mod forward;
mod overwritten;
mod walk;

pub(crate) use buffers::{Buffers, ByBuffer, Touched};

use crate::pass::{Need, Pass, PassCx, PassError, PassErrorKind};
use xpuc_dialect::ir::{Loc, Module};
use xpuc_dialect::ops::is_kernel;

/// The pass.
#[derive(Debug)]
pub struct Raise;

/// What `raise` refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RaiseError {
    /// Control flow between blocks.
    #[error("expected a function body of one block, found {blocks}")]
    Blocks {
        /// Number of blocks.
        blocks: usize,
    },
}

impl RaiseError {
    fn at(self, loc: &Loc) -> PassError {
        PassError { loc: loc.clone(), kind: PassErrorKind::Raise(self) }
    }
}

impl Pass for Raise {
    fn name(&self) -> &'static str {
        "raise"
    }

    fn summary(&self) -> &'static str {
        "turn local buffers into SSA values and scf.if into lazy selects"
    }

    fn need(&self) -> Need {
        Need::Required
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        let mut out = Module { funcs: Vec::new(), attrs: module.attrs.clone() };
        for func in &module.funcs {
            out.funcs.push(if func.body.is_empty() || is_kernel(func) {
                func.clone()
            } else {
                walk::raise(cx, func)?
            });
        }
        Ok(out)
    }
}
