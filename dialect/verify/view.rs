//! An op of the dialect as `SPEC.md` speaks of it: inputs and outputs by name.

use super::check::{Check, ensure};
use crate::ir::{Block, Func, Module, Op, Shaped, Type};
use crate::ops::Kind;
use std::fmt;

/// An operand or result, by its name in messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    /// The name in `SPEC.md`.
    pub(super) name: &'a str,
    /// The type.
    pub(super) ty: &'a Type,
}

impl<'a> Named<'a> {
    /// The shape of an array; a scalar has none.
    pub(super) fn shape(self) -> Option<&'a Shaped> {
        self.ty.shaped()
    }

    /// The element type; a scalar counts by its type.
    pub(super) fn elem(self) -> &'a Type {
        self.ty.elem()
    }
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// An op taken apart.
#[derive(Debug)]
pub(super) struct View<'a> {
    /// The module it is in.
    pub(super) module: &'a Module,
    /// The function it is in.
    pub(super) func: &'a Func,
    /// The op itself.
    pub(super) op: &'a Op,
    /// Which op it is.
    pub(super) kind: Kind,
    /// Name of the op whose region it stands in; none at the top level of a function.
    pub(super) parent: Option<&'a str>,
    /// The operands that have a name of their own.
    pub(super) inputs: Vec<Named<'a>>,
    /// How many sizes follow them.
    pub(super) sizes: usize,
    /// `out` operands, then results.
    pub(super) outputs: Vec<Named<'a>>,
}

impl<'a> View<'a> {
    /// Takes an op of the dialect apart; `None` for upstream ones.
    pub(super) fn of(
        module: &'a Module,
        func: &'a Func,
        op: &'a Op,
        parent: Option<&'a str>,
    ) -> Option<Self> {
        let kind = Kind::of(op)?;
        let names = input_names(kind);
        let operands = || op.operands.iter().map(|value| func.ty(*value));
        let inputs = names.iter().zip(operands()).map(|(name, ty)| Named { name, ty }).collect();
        let (sizes, outs): (Vec<&Type>, Vec<&Type>) =
            operands().skip(names.len()).partition(|ty| **ty == Type::Index);
        let outs = outs.into_iter().map(|ty| Named { name: "out", ty });
        let results = op.results.iter().map(|value| Named { name: "result", ty: func.ty(*value) });
        let outputs = outs.chain(results).collect();
        Some(View { module, func, op, kind, parent, inputs, sizes: sizes.len(), outputs })
    }

    /// Inputs and outputs.
    pub(super) fn values(&self) -> impl Iterator<Item = Named<'a>> {
        self.inputs.iter().chain(&self.outputs).copied()
    }

    /// The one block of the op's region.
    pub(super) fn body(&self) -> Option<&'a Block> {
        Some(self.func.block(*self.op.regions.first()?.first()?))
    }

    /// "One form": memrefs and an `out`, or tensors and a result. Returns the output.
    pub(super) fn form(&self, label: &'static str) -> Check<Named<'a>> {
        let outs = self.op.operands.len().saturating_sub(self.inputs.len() + self.sizes);
        let results = self.op.results.len();
        ensure!(label, outs == 0 || results == 0, "expected an out operand or a result, found both");
        let output = self.outputs.first().copied();
        ensure!(label, let Some(output) = output, "expected an out operand or a result, found neither");
        ensure!(label, outs <= 1, "expected one out operand, found {outs}");
        for input in &self.inputs {
            let (memref, tensor) = (input.ty.memref(), input.ty.tensor());
            ensure!(
                label,
                outs == 0 || tensor.is_none(),
                "buffer form takes memrefs, {input} is {}",
                input.ty
            );
            ensure!(
                label,
                outs == 1 || memref.is_none(),
                "value form takes tensors, {input} is {}",
                input.ty
            );
        }
        Ok(output)
    }
}

/// Names of the inputs in `SPEC.md`, sizes and `out` apart.
fn input_names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Constant | Kind::Materialize => &["value"],
        Kind::Range => &["begin", "step"],
        Kind::Copy | Kind::H2d | Kind::D2h | Kind::Read => &["src"],
        Kind::Gather => &["table", "index"],
        Kind::Broadcast(_) | Kind::Compare | Kind::Require => &["x", "y"],
        Kind::Select => &["mask", "x", "y"],
        Kind::Cumsum | Kind::ReduceSum | Kind::ReduceMax => &["x"],
        Kind::Compact => &["x", "mask"],
        Kind::Expand => &["lod"],
        Kind::SlotMapping => &["table", "lod", "start", "batch_map", "columns", "block_size", "pad"],
        Kind::Free => &["buffer"],
        Kind::Into => &["value", "dst"],
        Kind::Enforce => &["verdict"],
        Kind::Wait | Kind::Alloc | Kind::Verdict | Kind::Fusion | Kind::Launch | Kind::Barrier => &[],
    }
}
