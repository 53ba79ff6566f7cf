//! Rank-1 slices: `memref.subview`, `tensor.extract_slice`, `tensor.insert_slice` with unit stride.

use super::{Attr, Builder, Layout, Op, OpSpec, Shaped, Type, ValueId};

/// A size or offset in elements: a value, or known while compiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// An index value.
    Value(ValueId),
    /// A constant.
    Const(i64),
}

/// What MLIR writes for "known only at run time" in static offset and size lists.
const DYNAMIC: i64 = i64::MIN;

/// A rank-1, unit-stride slice operation taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The memref or tensor that the slice is of.
    pub source: ValueId,
    /// First element.
    pub offset: Extent,
    /// Number of elements.
    pub size: Extent,
}

impl Slice {
    /// `memref.subview` or `tensor.extract_slice` of rank 1 and stride 1.
    pub fn of(op: &Op) -> Option<Slice> {
        if !matches!(&*op.name, "memref.subview" | "tensor.extract_slice") {
            return None;
        }
        let (offset, size) = extents(op, 1)?;
        Some(Slice { source: op.operands[0], offset, size })
    }

    /// `tensor.insert_slice` of rank 1 and stride 1; the source is the destination tensor.
    pub fn of_insert(op: &Op) -> Option<(ValueId, Slice)> {
        if &*op.name != "tensor.insert_slice" {
            return None;
        }
        let (offset, size) = extents(op, 2)?;
        Some((op.operands[0], Slice { source: op.operands[1], offset, size }))
    }
}

fn extents(op: &Op, first: usize) -> Option<(Extent, Extent)> {
    let list = |name: &str| match op.attrs.get(name) {
        Some(Attr::I64s(values)) if values.len() == 1 => Some(values[0]),
        _ => None,
    };
    let (offset, size, stride) = (list("static_offsets")?, list("static_sizes")?, list("static_strides")?);
    let mut dynamic = op.operands.get(first..)?.iter().copied();
    let mut extent = |value: i64| {
        if value == DYNAMIC { dynamic.next().map(Extent::Value) } else { Some(Extent::Const(value)) }
    };
    let extents = (extent(offset)?, extent(size)?);
    (stride == 1).then_some(extents)
}

impl Builder<'_> {
    /// An extent as an index value.
    pub fn extent(&mut self, extent: Extent) -> ValueId {
        match extent {
            Extent::Value(value) => value,
            Extent::Const(value) => self.index(value),
        }
    }

    /// `memref.subview` of `size` elements from `offset`.
    pub fn subview(&mut self, memref: ValueId, offset: ValueId, size: ValueId) -> ValueId {
        let from = self.shaped(memref);
        let ty = Type::MemRef(Shaped {
            elem: from.elem.clone(),
            dims: vec![None],
            space: from.space,
            layout: Layout::Slice(None),
        });
        self.slice_op("memref.subview", &[memref], offset, size, ty)
    }

    /// `tensor.extract_slice` of `size` elements from `offset`.
    pub fn extract_slice(&mut self, tensor: ValueId, offset: ValueId, size: ValueId) -> ValueId {
        let from = self.shaped(tensor);
        let ty = Type::Tensor(Shaped { dims: vec![None], ..from.clone() });
        self.slice_op("tensor.extract_slice", &[tensor], offset, size, ty)
    }

    /// `tensor.insert_slice` of `source` into `dest`.
    pub fn insert_slice(
        &mut self,
        source: ValueId,
        dest: ValueId,
        offset: ValueId,
        size: ValueId,
    ) -> ValueId {
        let ty = self.ty(dest).clone();
        // The size is an operand, so the type must leave it open.
        let part = Type::Tensor(Shaped { dims: vec![None], ..self.shaped(source).clone() });
        let source = self.tensor_cast(source, &part);
        self.slice_op("tensor.insert_slice", &[source, dest], offset, size, ty)
    }

    fn slice_op(&mut self, name: &str, of: &[ValueId], offset: ValueId, size: ValueId, ty: Type) -> ValueId {
        let mut operands = of.to_vec();
        operands.extend([offset, size]);
        let mut segments = vec![1; of.len()];
        segments.extend([1, 1, 0]);
        let attrs = [
            ("static_offsets", Attr::I64s(vec![DYNAMIC])),
            ("static_sizes", Attr::I64s(vec![DYNAMIC])),
            ("static_strides", Attr::I64s(vec![1])),
            ("operandSegmentSizes", Attr::I32s(segments)),
        ];
        let op =
            self.op(name, OpSpec { operands: &operands, results: &[ty], attrs: &attrs, ..OpSpec::default() });
        self.func.op(op).results[0]
    }

    /// `tensor.cast` to `ty`, where the type differs.
    pub fn tensor_cast(&mut self, tensor: ValueId, ty: &Type) -> ValueId {
        if self.ty(tensor) == ty { tensor } else { self.value("tensor.cast", &[tensor], ty.clone(), &[]) }
    }
}
