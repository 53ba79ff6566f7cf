//! Read-only checks at the seams between phases: they never alter the IR, and they are always on.
//!
//! A failure is a defect of the pass before, or of a module that somebody handed to `--passes` out of order.

use crate::pass::{Need, Pass, PassCx, PassError, PassErrorKind};
use xpuc_dialect::ir::{Func, Module, Op};
use xpuc_dialect::ops::{Form, Kind, Parts, is_kernel};

/// What a check refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct CheckError {
    /// What may stand here.
    pub expected: &'static str,
    /// The op found.
    pub found: String,
}

/// A check: which ops may stand in a function outside fusions.
pub struct Check {
    name: &'static str,
    summary: &'static str,
    expected: &'static str,
    allows: fn(&Op) -> bool,
    /// Whether regions are looked into; what stays a region is not raised.
    regions: bool,
    /// Whether kernels are; those of a program as it was written are not raised.
    kernels: bool,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// After `raise`, `infer-shapes` and `simplify`.
pub static CHECK_VALUES: Check = Check {
    name: "check-values",
    summary: "check that ops are in value form",
    expected: "the value form of an op",
    allows: |op| {
        let buffer_form = Parts::of(op).is_some_and(|p| matches!(p.form, Form::Buffer { .. }));
        !buffer_form && !matches!(Kind::of(op), Some(Kind::Wait | Kind::Free | Kind::Barrier))
    },
    regions: false,
    kernels: false,
};

/// After `plan`, and of every program as it was written.
pub static CHECK_BUFFERS: Check = Check {
    name: "check-buffers",
    summary: "check that ops are in buffer form",
    expected: "the buffer form of an op",
    allows: |op| {
        let value_form = Parts::of(op).is_some_and(|p| matches!(p.form, Form::Value { .. }));
        !value_form
            && !matches!(Kind::of(op), Some(Kind::Read | Kind::Into | Kind::Materialize | Kind::Verdict))
    },
    regions: true,
    kernels: true,
};

/// After `lower`.
pub static CHECK_LOWERED: Check = Check {
    name: "check-lowered",
    summary: "check that only commands and upstream ops are left",
    expected: "a command or an upstream op",
    allows: |op| match Kind::of(op) {
        None => true,
        Some(Kind::Constant | Kind::Range) => {
            Parts::of(op).is_some_and(|p| matches!(p.form, Form::Buffer { .. }))
        }
        Some(kind) => matches!(
            kind,
            Kind::Alloc
                | Kind::Free
                | Kind::H2d
                | Kind::D2h
                | Kind::Copy
                | Kind::Wait
                | Kind::Launch
                | Kind::Require
                | Kind::Enforce
                | Kind::Barrier
        ),
    },
    regions: true,
    kernels: true,
};

impl Check {
    fn func(&self, func: &Func) -> Result<(), PassError> {
        let fused = |func: &Func, op: &Op| -> Vec<_> {
            if Kind::of(op) == Some(Kind::Fusion) {
                op.regions.iter().flatten().flat_map(|b| func.nested(*b)).collect()
            } else {
                Vec::new()
            }
        };
        let top = || func.entry().map(|entry| func.block(entry).ops.clone()).unwrap_or_default();
        let order = if self.regions { func.walk() } else { top() };
        let inside: rustc_hash::FxHashSet<_> =
            order.iter().flat_map(|id| fused(func, func.op(*id))).collect();
        for id in order {
            let op = func.op(id);
            if !inside.contains(&id) && !(self.allows)(op) {
                let error = CheckError { expected: self.expected, found: op.name.to_string() };
                return Err(PassError { loc: op.loc.clone(), kind: PassErrorKind::Check(error) });
            }
        }
        Ok(())
    }
}

impl Pass for Check {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn need(&self) -> Need {
        Need::Required
    }

    fn is_check(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        self.run_owned(cx, module.clone())
    }

    fn run_owned(&self, _cx: &mut PassCx, module: Module) -> Result<Module, PassError> {
        for func in module.funcs.iter().filter(|func| self.kernels || !is_kernel(func)) {
            self.func(func)?;
        }
        Ok(module)
    }
}
