//! Transfers of one launch as one: values side by side in one buffer.
//!
//! The layout is a running sum: part `k` begins where part `k - 1` ends, so parts do not overlap, and the
//! buffer is as long as all of them. One buffer holds elements of one type, so every part is aligned.

use super::values::in_space;
use super::{At, Emit};
use std::collections::{BTreeMap, BTreeSet};
use xpuc_dialect::ir::{Layout, Loc, Shaped, Space, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// A transfer that brings several values.
#[derive(Debug)]
pub(in crate::offload) struct Transfer {
    pub(in crate::offload) loc: Loc,
    /// Values in it; a verdict is none.
    pub(in crate::offload) values: Vec<ValueId>,
    /// Whether a verdict is with them.
    pub(in crate::offload) verdict: bool,
    /// Whether they go down.
    pub(in crate::offload) down: bool,
}

/// A part of a packed buffer: the value, and its elements as they are packed.
struct Part {
    value: Option<ValueId>,
    tensor: ValueId,
    size: ValueId,
    ty: Type,
}

/// Brings host tensors up for one launch.
pub(super) fn up(emit: &mut Emit<'_, '_>, values: &BTreeSet<ValueId>, stage: usize) {
    let mut groups: BTreeMap<u32, Vec<ValueId>> = BTreeMap::new();
    for value in values {
        let shaped = emit.program.func.ty(*value).shaped().cloned();
        if let Some(shaped) = shaped.filter(|s| s.rank() == 1) {
            groups.entry(shaped.elem.bits().unwrap_or(64)).or_default().push(*value);
        }
    }
    for values in groups.into_values().filter(|values| values.len() > 1) {
        let mut parts = Vec::new();
        for value in values {
            let tensor = emit.host(value);
            let size = emit.size(value);
            parts.push(Part { value: Some(value), tensor, size, ty: emit.b.ty(tensor).clone() });
        }
        let (packed, offsets) = join(emit, &parts, None);
        let ty = in_space(emit.b.ty(packed), Space::Device);
        let there = emit.b.value(Kind::H2d.name(), &[packed], ty, &[]);
        let values = parts.iter().filter_map(|part| part.value).collect();
        let loc = emit.b.loc.clone();
        emit.packed.push(Transfer { loc, values, verdict: false, down: false });
        for (part, offset) in parts.iter().zip(offsets) {
            let mut slice = emit.in_launch(Some(stage), |b| b.extract_slice(there, offset, part.size));
            let ty = in_space(&part.ty, Space::Device);
            if *emit.b.ty(slice) != ty {
                slice = emit.tagged("tensor.cast", &[slice], ty, stage);
            }
            if let Some(value) = part.value {
                emit.define(value, At::Launch(stage), slice);
            }
        }
    }
}

/// Brings values of a launch down, and its verdict, which is heard before anything else is looked at.
pub(super) fn down(
    emit: &mut Emit<'_, '_>,
    values: &[ValueId],
    verdict: Option<ValueId>,
    stage: usize,
    is_launch: bool,
) {
    let mut groups: BTreeMap<u32, Vec<Part>> = BTreeMap::new();
    let mut single: Vec<Part> = Vec::new();
    if let Some(tensor) = verdict {
        let ty = emit.b.ty(tensor).clone();
        let size = emit.b.dim(tensor, 0);
        groups.entry(32).or_default().push(Part { value: None, tensor, size, ty });
    }
    for value in values {
        let made = emit.device(*value, stage);
        let ty = emit.b.ty(made).clone();
        let part = match ty.shaped().map(Shaped::rank) {
            // One wide element travels like a scalar.
            Some(1) if is_wide_cell(&ty) => {
                let first = emit.b.index(0);
                let element = emit.tagged("tensor.extract", &[made, first], ty.elem().clone(), stage);
                Part { ty, ..scalar(emit, *value, element, stage) }
            }
            Some(1) => {
                let size = emit.size(*value);
                Part { value: Some(*value), tensor: made, size, ty }
            }
            Some(_) => {
                single.push(Part { value: Some(*value), tensor: made, size: made, ty });
                continue;
            }
            None => scalar(emit, *value, made, stage),
        };
        groups.entry(part_bits(emit, &part)).or_default().push(part);
    }
    let mut arrived: Vec<(Part, ValueId, Option<ValueId>)> = Vec::new();
    for parts in groups.into_values() {
        if parts.len() == 1 || !is_launch {
            single.extend(parts);
            continue;
        }
        let (packed, offsets) = join(emit, &parts, Some(stage));
        let there = bring_down(emit, packed);
        let values: Vec<ValueId> = parts.iter().filter_map(|part| part.value).collect();
        let (loc, verdict) = (emit.b.loc.clone(), values.len() < parts.len());
        emit.packed.push(Transfer { loc, values, verdict, down: true });
        arrived.extend(parts.into_iter().zip(offsets).map(|(part, offset)| (part, there, Some(offset))));
    }
    for part in single {
        let there = bring_down(emit, part.tensor);
        arrived.push((part, there, None));
    }
    let (verdicts, values): (Vec<_>, Vec<_>) =
        arrived.into_iter().partition(|(part, ..)| part.value.is_none());
    for (part, there, offset) in verdicts.into_iter().chain(values) {
        let host = unpack(emit, &part, there, offset);
        match part.value {
            Some(value) => emit.define(value, At::Host, host),
            None => emit.judge(stage, host),
        }
    }
}

/// Whether an array is one element of 64 bits.
fn is_wide_cell(ty: &Type) -> bool {
    ty.shaped().is_some_and(|s| s.dims == [Some(1)]) && *ty.elem() == Type::I64
}

fn bring_down(emit: &mut Emit<'_, '_>, tensor: ValueId) -> ValueId {
    let ty = in_space(emit.b.ty(tensor), Space::Host);
    emit.b.value(Kind::D2h.name(), &[tensor], ty, &[])
}

/// A part of what came down, as what it was.
fn unpack(emit: &mut Emit<'_, '_>, part: &Part, there: ValueId, offset: Option<ValueId>) -> ValueId {
    if part.ty.is_scalar() {
        let offset = offset.unwrap_or_else(|| emit.b.index(0));
        return rebuild(emit, &part.ty, there, offset);
    }
    if is_wide_cell(&part.ty) && *emit.b.ty(there).elem() == Type::I32 {
        let offset = offset.unwrap_or_else(|| emit.b.index(0));
        let element = rebuild(emit, &Type::I64, there, offset);
        return emit.b.value(Kind::Constant.name(), &[element], in_space(&part.ty, Space::Host), &[]);
    }
    let Some(offset) = offset else { return there };
    let slice = emit.b.extract_slice(there, offset, part.size);
    emit.b.tensor_cast(slice, &in_space(&part.ty, Space::Host))
}

/// A scalar of the device as an array of i32: one element, or two halves.
fn scalar(emit: &mut Emit<'_, '_>, value: ValueId, made: ValueId, stage: usize) -> Part {
    let ty = emit.b.ty(made).clone();
    let array = |emit: &mut Emit<'_, '_>, element: ValueId| {
        let shape = Shaped {
            elem: Type::I32.into(),
            dims: vec![Some(1)],
            space: Space::Device,
            layout: Layout::Identity,
        };
        emit.tagged(Kind::Constant.name(), &[element], Type::Tensor(shape), stage)
    };
    let word = match ty {
        Type::I32 => made,
        Type::I1 => emit.tagged("arith.extui", &[made], Type::I32, stage),
        _ => {
            let wide = match ty {
                Type::Index => emit.tagged("arith.index_cast", &[made], Type::I64, stage),
                _ => made,
            };
            let bits = emit.b.constant(32, &Type::I64);
            let upper = emit.tagged("arith.shrsi", &[wide, bits], Type::I64, stage);
            let halves = [wide, upper].map(|half| {
                let word = emit.tagged("arith.trunci", &[half], Type::I32, stage);
                array(emit, word)
            });
            let tensor = beside(emit, halves, stage);
            let size = emit.b.index(2);
            return Part { value: Some(value), tensor, size, ty };
        }
    };
    let tensor = array(emit, word);
    let size = emit.b.index(1);
    Part { value: Some(value), tensor, size, ty }
}

/// Two arrays of one element in one of two.
fn beside(emit: &mut Emit<'_, '_>, halves: [ValueId; 2], stage: usize) -> ValueId {
    let shape = Shaped {
        elem: Type::I32.into(),
        dims: vec![Some(2)],
        space: Space::Device,
        layout: Layout::Identity,
    };
    let mut whole = emit.tagged("tensor.empty", &[], Type::Tensor(shape), stage);
    let one = emit.b.index(1);
    for (at, half) in halves.into_iter().enumerate() {
        let open = Type::Tensor(Shaped { dims: vec![None], ..emit.b.shaped(half).clone() });
        let half = emit.tagged("tensor.cast", &[half], open, stage);
        let offset = emit.b.index(at as i64);
        whole = emit.in_launch(Some(stage), |b| b.insert_slice(half, whole, offset, one));
    }
    whole
}

/// The scalar that came down as i32 from an offset on.
fn rebuild(emit: &mut Emit<'_, '_>, ty: &Type, there: ValueId, offset: ValueId) -> ValueId {
    let word =
        |emit: &mut Emit<'_, '_>, at: ValueId| emit.b.value("tensor.extract", &[there, at], Type::I32, &[]);
    let lower = word(emit, offset);
    match *ty {
        Type::I32 => lower,
        Type::I1 => emit.b.value("arith.trunci", &[lower], Type::I1, &[]),
        _ => {
            let one = emit.b.index(1);
            let next = emit.b.arith("addi", offset, one);
            let upper = word(emit, next);
            let upper = emit.b.value("arith.extsi", &[upper], Type::I64, &[]);
            let bits = emit.b.constant(32, &Type::I64);
            let upper = emit.b.arith("shli", upper, bits);
            let lower = emit.b.value("arith.extui", &[lower], Type::I64, &[]);
            let wide = emit.b.arith("ori", upper, lower);
            emit.b.int_cast(wide, ty)
        }
    }
}

fn part_bits(emit: &Emit<'_, '_>, part: &Part) -> u32 {
    emit.b.ty(part.tensor).elem().bits().unwrap_or(64)
}

/// The parts behind one another in one tensor, and where each begins.
fn join(emit: &mut Emit<'_, '_>, parts: &[Part], launch: Option<usize>) -> (ValueId, Vec<ValueId>) {
    let mut offsets = Vec::new();
    let mut end = emit.b.index(0);
    for part in parts {
        offsets.push(end);
        end = emit.b.arith("addi", end, part.size);
    }
    let first = emit.b.shaped(parts[0].tensor).clone();
    let ty = Type::Tensor(Shaped { dims: vec![None], layout: Layout::Identity, ..first });
    let mut whole = emit.in_launch(launch, |b| b.value("tensor.empty", &[end], ty, &[]));
    for (part, offset) in parts.iter().zip(&offsets) {
        let open = Type::Tensor(Shaped { dims: vec![None], ..emit.b.shaped(part.tensor).clone() });
        let mut tensor = part.tensor;
        if *emit.b.ty(tensor) != open {
            tensor = emit.in_launch(launch, |b| b.value("tensor.cast", &[tensor], open, &[]));
        }
        whole = emit.in_launch(launch, |b| b.insert_slice(tensor, whole, *offset, part.size));
    }
    (whole, offsets)
}
