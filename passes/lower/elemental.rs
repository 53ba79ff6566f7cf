//! One element of a value, computed where it is needed.

use super::LowerError;
use crate::pass::PassError;
use std::collections::HashMap;
use xpuc_dialect::ir::{Builder, Extent, Func, Op, Slice, Type, ValueId};
use xpuc_dialect::ops::{Binary, Kind, predicate};

/// What stands for the values of the old function while new code is built.
pub(super) struct Elements<'a> {
    /// The function being lowered.
    pub(super) func: &'a Func,
    /// Memrefs and scalars of the old function in the new code.
    pub(super) map: HashMap<ValueId, ValueId>,
}

impl Elements<'_> {
    /// The new value of a scalar or memref.
    pub(super) fn get(&self, value: ValueId) -> ValueId {
        self.map[&value]
    }

    /// The new value of a slice's offset or size.
    pub(super) fn extent(&self, b: &mut Builder<'_>, extent: Extent) -> ValueId {
        match extent {
            Extent::Value(value) => self.get(value),
            Extent::Const(value) => b.index(value),
        }
    }

    /// Element `index` of `value`; a scalar is the same at every index.
    pub(super) fn element(
        &self,
        b: &mut Builder<'_>,
        value: ValueId,
        index: &[ValueId],
    ) -> Result<ValueId, PassError> {
        if self.func.ty(value).is_scalar() {
            return Ok(self.get(value));
        }
        let index = &self.stretch(b, value, index)[..];
        if self.func.ty(value).memref().is_some() {
            let memref = self.get(value);
            return Ok(b.load(memref, index));
        }
        let Some(op) = self.func.def_op(value) else {
            return Err(LowerError::Fusion { op: "block argument".to_owned() }.at(&self.func.loc));
        };
        match Kind::of(op) {
            Some(Kind::Read) => {
                let memref = self.get(op.operands[0]);
                Ok(b.load(memref, index))
            }
            Some(kind) => self.compute(b, op, kind, index),
            None => self.upstream(b, op, index),
        }
    }

    /// The index into a value that stretches along its static dims of size 1.
    fn stretch(&self, b: &mut Builder<'_>, value: ValueId, index: &[ValueId]) -> Vec<ValueId> {
        let dims = self.func.ty(value).shaped().map(|s| s.dims.clone()).unwrap_or_default();
        dims.iter().zip(index).map(|(dim, i)| if *dim == Some(1) { b.index(0) } else { *i }).collect()
    }

    /// Element `index` of the result of an element-wise op, in either form.
    pub(super) fn compute(
        &self,
        b: &mut Builder<'_>,
        op: &Op,
        kind: Kind,
        index: &[ValueId],
    ) -> Result<ValueId, PassError> {
        let elem = op.results.first().or(op.operands.last()).map(|v| self.func.ty(*v).elem().clone());
        let elem = elem.unwrap_or(Type::I32);
        let operands = &op.operands;
        match kind {
            Kind::Constant => Ok(self.get(operands[0])),
            Kind::Range => {
                let position = b.int_cast(index[0], &elem);
                let scaled = b.arith("muli", position, self.get(operands[1]));
                Ok(b.arith("addi", self.get(operands[0]), scaled))
            }
            Kind::Gather => {
                let at = self.element(b, operands[1], index)?;
                let at = b.int_cast(at, &Type::Index);
                self.element(b, operands[0], &[at])
            }
            Kind::Broadcast(binary) => {
                let (x, y) = (self.element(b, operands[0], index)?, self.element(b, operands[1], index)?);
                Ok(arith(b, binary, x, y))
            }
            Kind::Compare => {
                let (x, y) = (self.element(b, operands[0], index)?, self.element(b, operands[1], index)?);
                Ok(b.cmpi(predicate(op).map_or("eq", |p| p.as_str()), x, y))
            }
            Kind::Select => {
                let mask = self.element(b, operands[0], index)?;
                let (x, y) = (self.element(b, operands[1], index)?, self.element(b, operands[2], index)?);
                Ok(b.select(mask, x, y))
            }
            _ => Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc)),
        }
    }

    fn upstream(&self, b: &mut Builder<'_>, op: &Op, index: &[ValueId]) -> Result<ValueId, PassError> {
        if let Some(slice) = Slice::of(op) {
            let offset = self.extent(b, slice.offset);
            let at = b.arith("addi", index[0], offset);
            return self.element(b, slice.source, &[at]);
        }
        match &*op.name {
            "tensor.cast" => self.element(b, op.operands[0], index),
            // Only the chosen side is computed.
            "arith.select" => {
                let (condition, elem) =
                    (self.get(op.operands[0]), self.func.ty(op.results[0]).elem().clone());
                let element = |b: &mut Builder<'_>, arm: ValueId| Ok(vec![self.element(b, arm, index)?]);
                let chosen = b.if_else(
                    condition,
                    &[elem],
                    |b| element(b, op.operands[1]),
                    |b| element(b, op.operands[2]),
                )?;
                Ok(chosen[0])
            }
            _ => Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc)),
        }
    }
}

/// `broadcast_*` on two scalars.
pub(super) fn arith(b: &mut Builder<'_>, binary: Binary, x: ValueId, y: ValueId) -> ValueId {
    match binary {
        Binary::Add => b.arith("addi", x, y),
        Binary::Sub => b.arith("subi", x, y),
        Binary::Mul => b.arith("muli", x, y),
        Binary::FloorDiv => b.arith("floordivsi", x, y),
        Binary::Mod => {
            let quotient = b.arith("floordivsi", x, y);
            let whole = b.arith("muli", quotient, y);
            b.arith("subi", x, whole)
        }
        Binary::Min => b.arith("minsi", x, y),
        Binary::Max => b.arith("maxsi", x, y),
    }
}
