//! Memory for what is stored: on chip if it fits, else in buffers of the device.

use super::{Stage, unsized_error};
use crate::lower::SHARED_ALIGN_BYTES;
use crate::lower::elemental::Elements;
use crate::pass::PassError;
use crate::size::{Measure, Size, axis, more, size};
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{Attr, Builder, Func, OpSpec, Shaped, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, VERDICT_ELEMENTS};

/// Whether the host knows that everything fits on chip.
pub(super) enum Room {
    /// It does.
    Shared,
    /// It does not.
    Global,
    /// It does where this i1 is set.
    If(ValueId),
}

/// Buffers that a stage needs.
pub(super) struct Scratch {
    buffers: Vec<Buffer>,
}

/// A buffer of one dimension.
struct Buffer {
    elem: Type,
    size: Size,
    /// The value that it holds.
    value: Option<ValueId>,
    /// The buffer of the device that this is a copy of.
    of: Option<ValueId>,
    /// What to call it.
    name: String,
}

impl Buffer {
    fn ty(&self, space: Space) -> Type {
        let size = self.size.known().and_then(|size| u64::try_from(size).ok());
        Type::MemRef(Shaped::new(self.elem.clone(), [size], space))
    }

    /// Bytes of one element.
    fn width(&self) -> i64 {
        i64::from(self.elem.bits().unwrap_or(64).div_ceil(8))
    }
}

impl Scratch {
    pub(super) fn of(stage: &Stage<'_>) -> Self {
        let of_value = |(value, size): &(ValueId, Size)| Buffer {
            elem: stage.func.ty(*value).elem().clone(),
            size: *size,
            value: Some(*value),
            of: stage.fetched(*value),
            name: stage.name_of(*value),
        };
        let mut buffers: Vec<Buffer> = stage.stored.iter().map(of_value).collect();
        let records = stage.records() as i64;
        if records > 0 {
            let size = Size { of: Measure::Const(records * VERDICT_ELEMENTS as i64), more: 0 };
            buffers.push(Buffer { elem: Type::I32, size, value: None, of: None, name: "clauses".to_owned() });
        }
        Scratch { buffers }
    }

    /// Types of the buffers in the device: one for all buffers with elements of a type.
    pub(super) fn types(&self) -> Vec<Type> {
        let whole = |elem: &Type| Type::MemRef(Shaped::new(elem.clone(), [None], Space::Device));
        self.elems().iter().map(whole).collect()
    }

    /// What takes memory on the device: a copy of what is there does not.
    fn on_device(&self) -> impl Iterator<Item = &Buffer> {
        self.buffers.iter().filter(|buffer| buffer.of.is_none())
    }

    fn elems(&self) -> Vec<Type> {
        let mut elems: Vec<Type> = Vec::new();
        for buffer in self.on_device() {
            if !elems.contains(&buffer.elem) {
                elems.push(buffer.elem.clone());
            }
        }
        elems
    }

    /// Takes the buffers out of those that the host has allocated on the device.
    pub(super) fn given(
        &self,
        k: &mut Builder<'_>,
        elements: &Elements<'_>,
        given: &[ValueId],
    ) -> Result<Vec<ValueId>, PassError> {
        let elems = self.elems();
        let mut ends = vec![k.index(0); elems.len()];
        let mut taken = Vec::new();
        for buffer in &self.buffers {
            let whole = elems.iter().position(|elem| *elem == buffer.elem);
            taken.push(match (buffer.of, whole) {
                (Some(memref), _) => elements.memref(k, memref)?,
                (None, None) => return Err(elements.refuse(given[0])),
                (None, Some(whole)) => {
                    let size = match (buffer.size.known(), buffer.value) {
                        (None, Some(value)) => elements.size(k, value, 0)?,
                        (known, _) => k.index(known.unwrap_or_default()),
                    };
                    let view = k.subview(given[whole], ends[whole], size);
                    k.hint(view, &buffer.name);
                    ends[whole] = k.arith("addi", ends[whole], size);
                    view
                }
            });
        }
        Ok(taken)
    }

    /// Adds the bytes up on the host.
    pub(super) fn room(
        &self,
        b: &mut Builder<'_>,
        outer: &Elements<'_>,
        stage: &Stage<'_>,
        bytes: u64,
    ) -> Result<Room, PassError> {
        let align = SHARED_ALIGN_BYTES;
        let aligned = |bytes: i64| bytes.saturating_add(align - 1) / align * align;
        let (mut known, mut open) = (0i64, None);
        let mut rows: Vec<(&Buffer, i64)> = Vec::new();
        for buffer in &self.buffers {
            let alike = |(other, _): &&mut (&Buffer, i64)| {
                other.size == buffer.size && other.width() == buffer.width()
            };
            match (buffer.size.known(), rows.iter_mut().find(alike)) {
                (Some(size), _) => {
                    known = known.saturating_add(aligned(size.saturating_mul(buffer.width())));
                }
                (None, Some((_, count))) => *count += 1,
                (None, None) => rows.push((buffer, 1)),
            }
        }
        for (buffer, count) in rows {
            let size = buffer.host_size(b, outer, stage.func)?;
            let each = b.index(align / buffer.width());
            let lines = b.arith("ceildivui", size, each);
            let bytes = b.index(align * count);
            let bytes = b.arith("muli", lines, bytes);
            b.hint(bytes, "bytes");
            open = Some(open.map_or(bytes, |open| b.arith("addi", open, bytes)));
        }
        let most = i64::try_from(bytes).unwrap_or(i64::MAX).saturating_sub(known);
        Ok(match open {
            _ if most < 0 => Room::Global,
            None => Room::Shared,
            Some(open) => {
                b.hint(open, "scratch_bytes");
                let most = b.index(most);
                Room::If(b.cmpi("ule", open, most))
            }
        })
    }

    /// Allocates in the kernel.
    pub(super) fn on_chip(
        &self,
        k: &mut Builder<'_>,
        elements: &Elements<'_>,
    ) -> Result<Vec<ValueId>, PassError> {
        let mut made = Vec::new();
        for buffer in &self.buffers {
            let size = match (buffer.size.known(), buffer.value) {
                (None, Some(value)) => Some(elements.size(k, value, 0)?),
                _ => None,
            };
            made.push(alloc(k, size, buffer.ty(Space::Shared), &buffer.name));
        }
        Ok(made)
    }

    /// Allocates on the host.
    pub(super) fn allocate(
        &self,
        b: &mut Builder<'_>,
        outer: &Elements<'_>,
        func: &Func,
    ) -> Result<Vec<ValueId>, PassError> {
        let mut made = Vec::new();
        for (elem, ty) in self.elems().into_iter().zip(self.types()) {
            let mut all = b.index(0);
            for buffer in self.on_device().filter(|buffer| buffer.elem == elem) {
                let size = buffer.host_size(b, outer, func)?;
                all = b.arith("addi", all, size);
            }
            made.push(alloc(b, Some(all), ty, "scratch"));
        }
        Ok(made)
    }
}

fn alloc(b: &mut Builder<'_>, size: Option<ValueId>, ty: Type, name: &str) -> ValueId {
    let operands: Vec<ValueId> = size.into_iter().collect();
    let attrs = [("xpu.name", Attr::str(name))];
    let spec = OpSpec { operands: &operands, results: &[ty], attrs: &attrs, ..OpSpec::default() };
    let op = b.op(Kind::Alloc.name(), spec);
    b.func.op(op).results[0]
}

/// Frees in stream order: after the launch.
pub(super) fn free(b: &mut Builder<'_>, buffers: &[ValueId]) {
    for buffer in buffers {
        b.effect(Kind::Free.name(), &[*buffer], &[]);
    }
}

impl Buffer {
    fn host_size(
        &self,
        b: &mut Builder<'_>,
        outer: &Elements<'_>,
        func: &Func,
    ) -> Result<ValueId, PassError> {
        let host = Host { func, outer };
        let size = host.size(b, self.size, &mut HashMap::default());
        size.ok_or_else(|| unsized_error(func, self.value))
    }
}

/// Computes sizes of a fusion before its launch.
struct Host<'a> {
    func: &'a Func,
    outer: &'a Elements<'a>,
}

impl Host<'_> {
    fn size(&self, b: &mut Builder<'_>, size: Size, made: &mut HashMap<ValueId, ValueId>) -> Option<ValueId> {
        let measured = match size.of {
            Measure::Const(known) => return Some(b.index(known + size.more)),
            Measure::Scalar(value) => self.scalar(b, value, made)?,
            Measure::Dim(memref, axis) => b.dim(*self.outer.map.get(&memref)?, axis),
        };
        Some(more(b, measured, size.more))
    }

    /// A scalar of the body, if it does not depend on the content of an array.
    fn scalar(
        &self,
        b: &mut Builder<'_>,
        value: ValueId,
        made: &mut HashMap<ValueId, ValueId>,
    ) -> Option<ValueId> {
        if let Some(known) = self.outer.map.get(&value).or_else(|| made.get(&value)) {
            return Some(*known);
        }
        let op = self.func.def_op(value)?;
        let new = if matches!(&*op.name, "tensor.dim" | "memref.dim") {
            let outside = |memref: ValueId| self.outer.map.contains_key(&memref);
            let size = size(self.func, &outside, op.operands[0], axis(self.func, op)?)?;
            self.size(b, size, made)?
        } else if op.name.starts_with("arith.") && !crate::fail::can_fail(self.func, op) {
            let operands: Option<Vec<ValueId>> =
                op.operands.iter().map(|v| self.scalar(b, *v, made)).collect();
            let made = b.like(op, &operands?, &[self.func.ty(value).clone()], Vec::new());
            b.func.op(made).results[0]
        } else {
            return None;
        };
        made.insert(value, new);
        Some(new)
    }
}
