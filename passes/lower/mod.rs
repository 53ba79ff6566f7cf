//! `lower`: every op becomes one command, or plain loops on the host.
//!
//! **Before**: buffer form, as written or as planned.
//! **After**: the function holds commands (`alloc`, `free`, `h2d`, `d2h`, `copy`, `constant` on the
//! device, `wait`, `launch`, `require`, `enforce`) and upstream `arith`, `scf`, `memref`. Each launch calls
//! one kernel: a function over cluster, core and what it uses, in upstream ops, `barrier` and `alloc` of
//! shared memory, no element computed twice.
//! **Leaves alone**: upstream ops, and functions without ops of `xpu`.
//! **Method**: one walk. Element-wise ops are emitted per element, producers inside a fusion inlined;
//! tokens are partitioned over all cores in runs; scans run on one core. A fusion with scans that others
//! read, with clauses or with packed parts is planned in levels (`stage`).
//!
//! ```mlir
//! "xpu.broadcast_add"(%x, %y, %out)
//! ==>
//! "xpu.launch"() ({ ^bb0(%cluster: index, %core: index): func.call @f_broadcast_add_0(%cluster, %core, ...) })
//! ```

mod clause;
mod elemental;
mod kernel;
mod loops;
mod memo;
mod search;
mod stage;
mod stream;
mod walk;

use crate::pass::{Need, Pass, PassCx, PassError, PassErrorKind};
use xpuc_dialect::ir::{Loc, Module};
use xpuc_dialect::ops::is_kernel;

/// Elements that one core takes at a time: 256 bytes of i32, one DMA of a cache line's multiple.
pub const PARTITION_ELEMENTS: i64 = 64;

/// What a buffer in shared memory begins at a multiple of: published kernels have transfers and vectors go from and to
/// such addresses only.
pub const SHARED_ALIGN_BYTES: i64 = 64;

/// The pass.
#[derive(Debug)]
pub struct Lower;

/// What `lower` refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LowerError {
    /// A value-form op where a buffer-form one is expected.
    #[error("expected {op} in buffer form, found its value form")]
    ValueForm {
        /// Name of the op.
        op: String,
    },
    /// Something in a fusion that no kernel can hold.
    #[error("expected ops that a kernel can compute in a fusion, found {op}")]
    Fusion {
        /// Name of the op.
        op: String,
    },
    /// A value that needs memory, nobody knows how much before the launch.
    #[error("{op}: expected a size that is known before the launch, found one that depends on device values")]
    Size {
        /// Name of the op.
        op: String,
    },
    /// Something beside the verdict in a write that happens even if a clause fails.
    #[error(
        "expected the verdict alone, or as a part that overlaps no other, in what is written if a clause fails"
    )]
    Verdict,
    /// An op whose buffers lie in a space that no command reaches.
    #[error("{op}: expected buffers in host or device memory, found {space}")]
    Space {
        /// Name of the op.
        op: String,
        /// The space found.
        space: String,
    },
}

impl LowerError {
    pub(crate) fn at(self, loc: &Loc) -> PassError {
        PassError { loc: loc.clone(), kind: PassErrorKind::Lower(self) }
    }
}

impl Pass for Lower {
    fn name(&self) -> &'static str {
        "lower"
    }

    fn summary(&self) -> &'static str {
        "turn every op into one command and its kernel, or into host loops"
    }

    fn need(&self) -> Need {
        Need::Required
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        let mut out = Module { funcs: Vec::new(), attrs: module.attrs.clone() };
        for func in &module.funcs {
            if func.body.is_empty() || is_kernel(func) {
                out.funcs.push(func.clone());
                continue;
            }
            let (host, kernels) = walk::lower(cx, func)?;
            out.funcs.push(host);
            out.funcs.extend(kernels);
        }
        Ok(out)
    }
}
