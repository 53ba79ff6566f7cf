//! One element of a value, computed where it is needed.

use super::LowerError;
use super::clause::Outcome;
use super::memo::Memo;
use crate::pass::PassError;
use crate::size::{Measure, more, size};
use rustc_hash::FxHashMap as HashMap;
use std::cell::RefCell;
use xpuc_dialect::ir::{BlockId, Builder, Extent, Func, Op, Slice, Type, ValueId};
use xpuc_dialect::ops::{Binary, Kind, predicate};

/// What stands for the values of the old function while new code is built.
pub(super) struct Elements<'a> {
    /// The function being lowered.
    pub(super) func: &'a Func,
    /// Memrefs and scalars of the old function in the new code, and tensors that lie in a buffer there.
    pub(super) map: HashMap<ValueId, ValueId>,
    /// How the clauses of a fusion turned out, once all of them are checked.
    pub(super) outcomes: Vec<Outcome>,
    memo: RefCell<Memo>,
}

impl<'a> Elements<'a> {
    pub(super) fn new(func: &'a Func, map: HashMap<ValueId, ValueId>) -> Self {
        Elements { func, map, outcomes: Vec::new(), memo: RefCell::default() }
    }

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

    /// What `outer` knows is known in a block inside it.
    pub(super) fn nest(&self, outer: BlockId, inner: BlockId) {
        self.memo.borrow_mut().nest(outer, inner);
    }

    /// Size of a value of the old function along `axis`.
    pub(super) fn size(
        &self,
        b: &mut Builder<'_>,
        value: ValueId,
        axis: usize,
    ) -> Result<ValueId, PassError> {
        let outside = |memref: ValueId| self.map.contains_key(&memref);
        let Some(size) = size(self.func, &outside, value, axis) else {
            return Err(self.refuse(value));
        };
        let measured = match size.of {
            Measure::Const(known) => return Ok(b.index(known + size.more)),
            Measure::Scalar(scalar) => self.get(scalar),
            Measure::Dim(memref, axis) => b.dim(self.get(memref), axis),
        };
        Ok(more(b, measured, size.more))
    }

    /// The new value of a memref; a view that the fusion makes is made where it is used.
    pub(super) fn memref(&self, b: &mut Builder<'_>, value: ValueId) -> Result<ValueId, PassError> {
        if let Some(known) = self.map.get(&value) {
            return Ok(*known);
        }
        if let Some(known) = self.memo.borrow().get(b.block, value, &[]) {
            return Ok(known);
        }
        let Some(op) = self.func.def_op(value).filter(|op| op.name.starts_with("memref.")) else {
            return Err(self.refuse(value));
        };
        let mut operands = vec![self.memref(b, op.operands[0])?];
        operands.extend(op.operands[1..].iter().map(|v| self.get(*v)));
        let made = b.like(op, &operands, &[self.func.ty(value).clone()], Vec::new());
        let view = b.func.op(made).results[0];
        self.memo.borrow_mut().put(b.block, value, &[], view);
        Ok(view)
    }

    /// Element `index` of `value`; a scalar is the same at every index.
    pub(super) fn element(
        &self,
        b: &mut Builder<'_>,
        value: ValueId,
        index: &[ValueId],
    ) -> Result<ValueId, PassError> {
        let ty = self.func.ty(value);
        if ty.is_scalar() {
            return Ok(self.get(value));
        }
        let known = self.memo.borrow().get(b.block, value, index);
        if let Some(known) = known {
            return Ok(known);
        }
        let at = &self.stretch(b, value, index)[..];
        let element = if ty.memref().is_some() || self.map.contains_key(&value) {
            b.load(self.get(value), at)
        } else {
            let Some(op) = self.func.def_op(value) else { return Err(self.refuse(value)) };
            match Kind::of(op) {
                Some(Kind::Read) => {
                    let memref = self.memref(b, op.operands[0])?;
                    b.load(memref, at)
                }
                Some(kind) => self.compute(b, op, kind, at)?,
                None => self.upstream(b, op, at)?,
            }
        };
        // What is stored may be read again after it has changed; a tensor does not change.
        if ty.tensor().is_some() {
            self.memo.borrow_mut().put(b.block, value, index, element);
        }
        Ok(element)
    }

    /// Entry `at` of a table; a slice of memory is read as a view, so that no entry beyond it is found.
    pub(super) fn entry(
        &self,
        b: &mut Builder<'_>,
        table: ValueId,
        at: ValueId,
    ) -> Result<ValueId, PassError> {
        let op = self.func.def_op(table).filter(|_| !self.map.contains_key(&table));
        let slice = op.and_then(|op| if &*op.name == "tensor.extract_slice" { Slice::of(op) } else { None });
        let of = slice.and_then(|slice| self.func.def_op(slice.source));
        match (op, slice, of) {
            (Some(op), ..) if &*op.name == "tensor.cast" => self.entry(b, op.operands[0], at),
            (_, Some(slice), Some(read)) if Kind::of(read) == Some(Kind::Read) => {
                let memref = self.memref(b, read.operands[0])?;
                let (offset, size) = (self.extent(b, slice.offset), self.extent(b, slice.size));
                let view = b.subview(memref, offset, size);
                Ok(b.load(view, &[at]))
            }
            _ => self.element(b, table, &[at]),
        }
    }

    /// The index into a value that stretches along its static dims of size 1.
    fn stretch(&self, b: &mut Builder<'_>, value: ValueId, index: &[ValueId]) -> Vec<ValueId> {
        let dims = self.func.ty(value).shaped().map(|s| s.dims.clone()).unwrap_or_default();
        dims.iter().zip(index).map(|(dim, i)| if *dim == Some(1) { b.index(0) } else { *i }).collect()
    }

    /// Element `index` of the result of an op of the dialect, in either form.
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
                self.entry(b, operands[0], at)
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
            Kind::Expand => {
                let row = self.row_of(b, operands[0], index[0])?;
                Ok(b.int_cast(row, &elem))
            }
            Kind::SlotMapping => self.slot_of(b, op, index[0]),
            Kind::Verdict => self.verdict(b, index[0]),
            _ => Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc)),
        }
    }

    fn upstream(&self, b: &mut Builder<'_>, op: &Op, index: &[ValueId]) -> Result<ValueId, PassError> {
        if let Some(slice) = Slice::of(op) {
            let offset = self.extent(b, slice.offset);
            let at = b.arith("addi", index[0], offset);
            return self.element(b, slice.source, &[at]);
        }
        let elem = op.results.first().map_or(Type::I32, |v| self.func.ty(*v).elem().clone());
        if let Some((part, slice)) = Slice::of_insert(op) {
            let (offset, size) = (self.extent(b, slice.offset), self.extent(b, slice.size));
            let at = b.arith("subi", index[0], offset);
            let inside = b.cmpi("ult", at, size);
            return self.lazily(b, inside, elem, (part, &[at]), (slice.source, index));
        }
        match &*op.name {
            "tensor.cast" => self.element(b, op.operands[0], index),
            "tensor.empty" => Ok(b.constant(0, &elem)),
            "tensor.insert" => {
                let rest = self.element(b, op.operands[1], index)?;
                let mut chosen = b.constant(1, &Type::I1);
                for (i, at) in index.iter().zip(&op.operands[2..]) {
                    let same = b.cmpi("eq", *i, self.get(*at));
                    chosen = b.arith("andi", chosen, same);
                }
                Ok(b.select(chosen, self.get(op.operands[0]), rest))
            }
            // Only the chosen side is computed.
            "arith.select" => {
                let condition = self.get(op.operands[0]);
                self.lazily(b, condition, elem, (op.operands[1], index), (op.operands[2], index))
            }
            _ => Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc)),
        }
    }

    /// One of two elements; the other is not computed.
    fn lazily(
        &self,
        b: &mut Builder<'_>,
        condition: ValueId,
        elem: Type,
        then: (ValueId, &[ValueId]),
        otherwise: (ValueId, &[ValueId]),
    ) -> Result<ValueId, PassError> {
        let outer = b.block;
        let element = |b: &mut Builder<'_>, (value, index): (ValueId, &[ValueId])| {
            self.nest(outer, b.block);
            Ok(vec![self.element(b, value, index)?])
        };
        let chosen = b.if_else(condition, &[elem], |b| element(b, then), |b| element(b, otherwise))?;
        Ok(chosen[0])
    }

    /// What no kernel can hold.
    pub(super) fn refuse(&self, value: ValueId) -> PassError {
        match self.func.def_op(value) {
            Some(op) => LowerError::Fusion { op: op.name.to_string() }.at(&op.loc),
            None => LowerError::Fusion { op: "block argument".to_owned() }.at(&self.func.loc),
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
