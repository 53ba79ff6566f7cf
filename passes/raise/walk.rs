//! The walk of `raise`.

use super::RaiseError;
use super::buffers::{Buffers, ByBuffer, is_scalar_op};
use super::{coalesce, forward, overwritten};
use crate::pass::{PassCx, PassError, RemarkKind};
use crate::tidy::tidy;
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;
use xpuc_dialect::ir::{BlockId, Builder, Extent, Func, OpId, Slice, Type, ValueId};
use xpuc_dialect::ops::{Form, Kind, Parts};

pub(super) fn raise(cx: &mut PassCx, func: &Func) -> Result<Func, PassError> {
    if func.body.len() != 1 {
        return Err(RaiseError::Blocks { blocks: func.body.len() }.at(&func.loc));
    }
    let mut out = func.empty_like();
    let entry = out.body[0];
    let map = func.args().iter().copied().zip(out.args().to_vec()).collect();
    let mut walk = Walk {
        cx,
        func,
        buffers: Buffers::of(func),
        out: Builder::new(&mut out, entry),
        map,
        content: BTreeMap::new(),
        known: ByBuffer::default(),
        conditions: Vec::new(),
    };
    walk.block(func.body[0])?;
    Ok(tidy(&overwritten::drop_overwritten(forward::forward(coalesce::coalesce(tidy(&out))))))
}

/// What a view of memory is known to hold, as long as nothing that may overlap is written.
struct Known {
    view: ValueId,
    value: ValueId,
    /// Whether it was written rather than read.
    written: bool,
}

struct Walk<'a, 'f> {
    cx: &'a mut PassCx,
    func: &'a Func,
    buffers: Buffers,
    out: Builder<'f>,
    /// Scalars, and memrefs that stay memory: old value to new.
    map: HashMap<ValueId, ValueId>,
    /// Current content of each promoted buffer, by its old value.
    content: BTreeMap<ValueId, ValueId>,
    /// Content of memory, by new values.
    known: ByBuffer<Known>,
    /// Conditions of the branches around, each with the side taken.
    conditions: Vec<(ValueId, bool)>,
}

impl Walk<'_, '_> {
    fn block(&mut self, block: BlockId) -> Result<(), PassError> {
        for id in self.func.block(block).ops.clone() {
            self.out.loc = self.func.op(id).loc.clone();
            self.op(id)?;
        }
        Ok(())
    }

    fn op(&mut self, id: OpId) -> Result<(), PassError> {
        let op = self.func.op(id);
        if let Some(parts) = Parts::of(op)
            && let Form::Buffer { out } = parts.form
        {
            let inputs: Vec<ValueId> = parts.inputs.iter().map(|v| self.read(*v)).collect();
            let value = self.compute(id, parts.kind, &inputs, out);
            self.write(value, out);
            return Ok(());
        }
        match (Kind::of(op), &*op.name) {
            (Some(Kind::Alloc), _) if self.buffers.is_promoted(op.results[0]) => {
                let sizes = self.mapped(&op.operands);
                let shaped = self.func.ty(op.results[0]).memref().cloned();
                let Some(shaped) = shaped else { return Ok(()) };
                let empty = self.out.value("tensor.empty", &sizes, Type::Tensor(shaped), &[]);
                self.content.insert(op.results[0], empty);
            }
            // It stays memory, because something that we do not follow holds it.
            (Some(Kind::Alloc), _) => {
                self.clone_op(id);
            }
            (Some(Kind::Wait | Kind::Free), _) => {}
            (Some(Kind::Require | Kind::Enforce), _) => {
                let operands: Vec<ValueId> = op.operands.iter().map(|v| self.read(*v)).collect();
                self.out.like(op, &operands, &[], Vec::new());
            }
            (_, "memref.load") => {
                let mut operands = vec![self.read(op.operands[0])];
                operands.extend(self.mapped(&op.operands[1..]));
                let ty = self.func.ty(op.results[0]).clone();
                let scalar = self.out.value("tensor.extract", &operands, ty, &[]);
                self.map.insert(op.results[0], scalar);
            }
            (_, "memref.store") => {
                let mut operands = vec![self.mapped(&op.operands[..1])[0], self.read(op.operands[1])];
                operands.extend(self.mapped(&op.operands[2..]));
                let ty = self.out.ty(operands[1]).clone();
                let value = self.out.value("tensor.insert", &operands, ty, &[]);
                self.write(value, op.operands[1]);
            }
            (_, "memref.dim") => {
                let size = match self.constant(op.operands[1]) {
                    Some(axis) => self.size(op.operands[0], axis),
                    None => self.clone_op(id)[0],
                };
                self.map.insert(op.results[0], size);
            }
            (_, "memref.subview" | "memref.cast" | "memref.collapse_shape") => {
                if !self.is_value(op.results[0]) {
                    self.clone_op(id);
                }
            }
            (_, "scf.if") if self.buffers.is_flat(id) => self.conditional(id)?,
            (_, "func.return") => {
                let operands: Vec<ValueId> = op.operands.iter().map(|v| self.returned(*v)).collect();
                self.out.like(op, &operands, &[], Vec::new());
            }
            _ if is_scalar_op(self.func, id) => {
                self.clone_op(id);
            }
            _ => self.opaque(id),
        }
        Ok(())
    }

    /// The value form of a compute op or transfer that writes `out`.
    fn compute(&mut self, id: OpId, kind: Kind, inputs: &[ValueId], out: ValueId) -> ValueId {
        if kind == Kind::Copy {
            return inputs[0];
        }
        let op = self.func.op(id);
        let Some(shaped) = self.func.ty(out).memref().cloned() else { return inputs[0] };
        let mut operands = inputs.to_vec();
        if kind.is_sized() {
            for axis in 0..shaped.rank() {
                if shaped.dims[axis].is_none() || kind != Kind::Constant {
                    let size = self.size(out, axis);
                    operands.push(size);
                }
            }
        }
        let ty = tensor_of(&Type::MemRef(shaped));
        let made = self.out.like(op, &operands, &[ty], Vec::new());
        self.out.func.op_mut(made).attrs.shift_remove("blocking");
        self.out.func.op(made).results[0]
    }

    /// The content of a memref now, as a tensor; a scalar as it is.
    fn read(&mut self, value: ValueId) -> ValueId {
        if self.func.ty(value).memref().is_none() {
            return self.map[&value];
        }
        if self.is_value(value) {
            if let Some(content) = self.content.get(&value) {
                return *content;
            }
            if let Some(slice) = self.func.def_op(value).and_then(Slice::of) {
                let source = self.read(slice.source);
                let (offset, size) = self.range(slice);
                let part = self.out.extract_slice(source, offset, size);
                return self.out.tensor_cast(part, &tensor_of(self.func.ty(value)));
            }
            // A cast of a promoted buffer.
            let source = self.func.def_op(value).map(|op| op.operands[0]);
            let ty = tensor_of(self.func.ty(value));
            return match source {
                Some(source) => {
                    let source = self.read(source);
                    self.out.tensor_cast(source, &ty)
                }
                None => self.map[&value],
            };
        }
        let view = self.map[&value];
        let root = self.buffers.root(value);
        let known = root.and_then(|root| self.known.of(root).iter().find(|k| self.same_view(k.view, view)));
        if let Some(known) = known {
            return known.value;
        }
        if let Some((slice, whole)) = self.part_of_written(value) {
            let (offset, size) = self.range(slice);
            let part = self.out.extract_slice(whole, offset, size);
            return self.out.tensor_cast(part, &tensor_of(self.func.ty(value)));
        }
        let ty = tensor_of(self.func.ty(value));
        let content = self.out.value(Kind::Read.name(), &[view], ty, &[]);
        if let Some(root) = root {
            self.known.add(root, Known { view, value: content, written: false });
        }
        content
    }

    /// Makes `value` the content of a memref.
    fn write(&mut self, value: ValueId, memref: ValueId) {
        let ty = tensor_of(self.func.ty(memref));
        let value = self.out.tensor_cast(value, &ty);
        if !self.is_value(memref) {
            if let Some((slice, whole)) = self.part_of_written(memref) {
                let (offset, size) = self.range(slice);
                let whole = self.out.insert_slice(value, whole, offset, size);
                return self.write(whole, slice.source);
            }
            let value = self.conditional_value(value, memref);
            let view = self.map[&memref];
            self.out.effect(Kind::Into.name(), &[value, view], &[]);
            if let Some(root) = self.buffers.root(memref) {
                self.known.retain(&self.buffers, root, |_| false);
                self.known.add(root, Known { view, value, written: true });
            }
            return;
        }
        if let Some(slice) = self.func.def_op(memref).and_then(Slice::of) {
            let dest = self.read(slice.source);
            let (offset, size) = self.range(slice);
            let whole = self.out.insert_slice(value, dest, offset, size);
            self.write(whole, slice.source);
        } else if let Some(content) = self.content.get_mut(&memref) {
            *content = value;
        } else if let Some(source) = self.func.def_op(memref).map(|op| op.operands[0]) {
            self.write(value, source);
        }
    }

    /// A slice of memory that was written as a whole, with what was written: a write to the part is a write of
    /// the whole, before which the first one is not seen.
    fn part_of_written(&self, memref: ValueId) -> Option<(Slice, ValueId)> {
        let slice = self.func.def_op(memref).and_then(Slice::of)?;
        let view = *self.map.get(&slice.source)?;
        let known = self.known.of(self.buffers.root(memref)?);
        let known = known.iter().find(|k| k.written && self.same_view(k.view, view))?;
        Some((slice, known.value))
    }

    /// What a write under conditions leaves: the old content where one of them fails.
    fn conditional_value(&mut self, mut value: ValueId, memref: ValueId) -> ValueId {
        if self.conditions.is_empty() {
            return value;
        }
        let old = self.read(memref);
        for (condition, side) in self.conditions.clone().into_iter().rev() {
            let (x, y) = if side { (value, old) } else { (old, value) };
            value = self.out.select(condition, x, y);
        }
        value
    }

    /// Raises both branches one after the other; what they leave different becomes a lazy select.
    ///
    /// What is known of memory stays known: a write under a condition has written a select of new and old,
    /// which is the old content wherever the other branch counts.
    fn conditional(&mut self, id: OpId) -> Result<(), PassError> {
        let op = self.func.op(id);
        let condition = self.map[&op.operands[0]];
        let before = self.content.clone();
        let (mut ends, mut yields) = (Vec::new(), Vec::new());
        for region in &op.regions {
            self.content.clone_from(&before);
            self.conditions.push((condition, ends.is_empty()));
            let mut yielded = Vec::new();
            for block in region {
                for inner in self.func.block(*block).ops.clone() {
                    let inner_op = self.func.op(inner);
                    self.out.loc = inner_op.loc.clone();
                    if &*inner_op.name == "scf.yield" {
                        yielded = self.mapped(&inner_op.operands);
                    } else {
                        self.op(inner)?;
                    }
                }
            }
            self.conditions.pop();
            ends.push(std::mem::take(&mut self.content));
            yields.push(yielded);
        }
        self.out.loc = op.loc.clone();
        let [then, otherwise] = [&ends[0], ends.get(1).unwrap_or(&before)];
        self.content.clone_from(&before);
        for buffer in before.keys() {
            let (x, y) = (then[buffer], otherwise[buffer]);
            if x != y {
                let merged = self.out.select(condition, x, y);
                self.content.insert(*buffer, merged);
            }
        }
        if let [x, y] = yields.as_slice() {
            for ((result, x), y) in op.results.iter().zip(x).zip(y) {
                let merged = self.out.select(condition, *x, *y);
                self.map.insert(*result, merged);
            }
        }
        Ok(())
    }

    /// An op that we do not know: it may touch every buffer that is not local.
    fn opaque(&mut self, id: OpId) {
        let op = self.func.op(id);
        self.cx.remark(
            "raise",
            RemarkKind::Missed,
            &op.loc,
            format!("{} may read and write every buffer", op.name),
        );
        self.known.clear();
        self.clone_op(id);
        self.known.clear();
    }

    fn clone_op(&mut self, id: OpId) -> Vec<ValueId> {
        self.out.clone_op(self.func, id, &mut self.map)
    }

    fn returned(&mut self, value: ValueId) -> ValueId {
        if !self.is_value(value) {
            return self.map[&value];
        }
        let content = self.read(value);
        let ty = self.func.ty(value).clone();
        self.out.value(Kind::Materialize.name(), &[content], ty, &[])
    }

    /// Whether a memref is, or is a view of, a buffer that became a value.
    fn is_value(&self, memref: ValueId) -> bool {
        self.buffers.root(memref).is_some_and(|root| self.buffers.is_promoted(root))
    }

    fn mapped(&self, values: &[ValueId]) -> Vec<ValueId> {
        values.iter().map(|v| self.map[v]).collect()
    }

    fn constant(&self, value: ValueId) -> Option<usize> {
        usize::try_from(self.func.constant(value)?).ok()
    }

    fn range(&mut self, slice: Slice) -> (ValueId, ValueId) {
        (self.extent(slice.offset), self.extent(slice.size))
    }

    fn extent(&mut self, extent: Extent) -> ValueId {
        match extent {
            Extent::Value(value) => self.map[&value],
            Extent::Const(value) => self.out.index(value),
        }
    }

    /// Size of a memref of the old function along an axis, as a new value.
    fn size(&mut self, memref: ValueId, axis: usize) -> ValueId {
        let dims = self.func.ty(memref).memref().map(|s| s.dims.clone()).unwrap_or_default();
        if let Some(Some(size)) = dims.get(axis) {
            return self.out.index(*size as i64);
        }
        match self.func.def_op(memref) {
            Some(op) if Kind::of(op) == Some(Kind::Alloc) => {
                let position = dims[..axis].iter().filter(|d| d.is_none()).count();
                self.map[&op.operands[position]]
            }
            Some(op) if let Some(slice) = Slice::of(op) => self.extent(slice.size),
            Some(op) if &*op.name == "memref.cast" => self.size(op.operands[0], axis),
            _ => {
                let memref = self.map[&memref];
                self.out.dim(memref, axis)
            }
        }
    }

    /// Whether two views (new values) are the same elements of the same buffer.
    fn same_view(&self, a: ValueId, b: ValueId) -> bool {
        if a == b {
            return true;
        }
        let (Some(x), Some(y)) = (self.out.func.def_op(a), self.out.func.def_op(b)) else { return false };
        let same_operand =
            |(x, y): (&ValueId, &ValueId)| self.same_view(*x, *y) || self.same_constant(*x, *y);
        x.name == y.name
            && matches!(&*x.name, "memref.subview" | "memref.cast" | "memref.collapse_shape")
            && x.operands.len() == y.operands.len()
            && x.attrs == y.attrs
            && self.out.ty(a) == self.out.ty(b)
            && x.operands.iter().zip(&y.operands).all(same_operand)
    }

    fn same_constant(&self, a: ValueId, b: ValueId) -> bool {
        match (self.out.func.def_op(a), self.out.func.def_op(b)) {
            (Some(x), Some(y)) => &*x.name == "arith.constant" && x.name == y.name && x.attrs == y.attrs,
            _ => false,
        }
    }
}

fn tensor_of(ty: &Type) -> Type {
    match ty {
        Type::MemRef(shaped) => Type::Tensor(xpuc_dialect::ir::Shaped::new(
            (*shaped.elem).clone(),
            shaped.dims.clone(),
            shaped.space,
        )),
        other => other.clone(),
    }
}
