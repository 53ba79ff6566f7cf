//! A registration as IR: an `xpu.signature`, with the sizes and types that its infer functions give as Paddle binds
//! them (SPEC, "signature").

use super::bind::{Mode, Role};
use super::eval::{Dtype, Shape, Size, Value};
use super::op::{Op, input_shape};
use super::text::Place;
use std::sync::Arc;
use xpuc_dialect::ir::{self, Attr, Attrs, Type};
use xpuc_dialect::signature::{LISTS, OP, UNKNOWN_SIZE};

/// Element types: Paddle's names and the IR's.
const TYPES: [(&str, &str); 12] = [
    ("BOOL", "i1"),
    ("INT8", "i8"),
    ("INT16", "i16"),
    ("INT32", "i32"),
    ("INT64", "i64"),
    ("UINT8", "ui8"),
    ("FLOAT16", "f16"),
    ("BFLOAT16", "bf16"),
    ("FLOAT32", "f32"),
    ("FLOAT64", "f64"),
    ("FLOAT8_E4M3FN", "f8E4M3FN"),
    ("FLOAT8_E5M2", "f8E5M2"),
];

/// Types of attributes that the IR has.
const ATTR_TYPES: [(&str, &str); 5] =
    [("bool", "i1"), ("int", "i32"), ("int64_t", "i64"), ("float", "f32"), ("double", "f64")];

/// What a static graph takes an output for.
#[derive(Debug, Clone)]
pub(crate) struct Inferred {
    /// Its shape; `None` where InferShape could not be followed.
    pub(crate) shape: Option<Shape>,
    /// Its type of elements.
    pub(crate) dtype: Option<Dtype>,
    /// The input, by its position, whose buffer it is.
    pub(crate) inplace: Option<usize>,
    /// Where its shape is returned, or else where it is declared.
    pub(crate) place: Place,
    /// Where its type is returned, likewise.
    pub(crate) dtype_place: Place,
}

/// Every output in order, as Paddle binds the infer functions in PIR mode.
pub(crate) fn outputs(op: &Op) -> Vec<Inferred> {
    let declared = &op.declared;
    let (shapes, dtypes) = (inferred(op, Role::InferShape), inferred(op, Role::InferDtype));
    let places = [Role::InferShape, Role::InferDtype].map(|role| places(op, role));
    let copies = declared.inputs().len() == 1 && declared.outputs().len() == 1;
    let mut plain = 0;
    let mut out = Vec::new();
    for output in declared.outputs() {
        let inplace = declared.in_place_input(output);
        if let Some(input) = inplace {
            let shape = Some(input_shape(declared, input));
            let dtype = Some(Dtype::OfInput(input));
            let place = output.place.clone();
            out.push(Inferred { shape, dtype, inplace, dtype_place: place.clone(), place });
            continue;
        }
        let of = |values: &Option<Vec<Value>>| values.as_ref().and_then(|values| values.get(plain).cloned());
        let shape = match of(&shapes) {
            Some(value) => Some(value.shape()),
            None => (copies && declared.infer_shape.is_none()).then(|| input_shape(declared, 0)),
        };
        let dtype = match of(&dtypes) {
            Some(Value::Type(dtype)) => Some(dtype),
            Some(_) => None,
            None => (copies && declared.infer_dtype.is_none()).then_some(Dtype::OfInput(0)),
        };
        let [place, dtype_place] = [0, 1]
            .map(|role: usize| places[role].get(plain).cloned().unwrap_or_else(|| output.place.clone()));
        out.push(Inferred { shape, dtype, inplace: None, place, dtype_place });
        plain += 1;
    }
    out
}

/// The list that every `return` agrees on.
fn inferred(op: &Op, role: Role) -> Option<Vec<Value>> {
    let bound = op.bound(role)?;
    let returned = bound.returns_as_bound(Mode::Pir)?;
    let mut values = returned.iter().map(|returned| returned.value.clone());
    let first = values.next()?;
    values.fold(first, |a, b| a.join(&b, "it depends on a condition")).list()
}

/// Where an infer function returns each result, if it does so in one place.
fn places(op: &Op, role: Role) -> Vec<Place> {
    let Some(bound) = op.bound(role) else { return Vec::new() };
    match bound.returns_as_bound(Mode::Pir).as_deref() {
        Some([one]) => {
            one.elements.iter().map(|range| bound.function.unit.text.place(range.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// Sizes as IR spells them; `None` for a shape of unknown rank.
pub(crate) fn sizes(shape: &Shape) -> Option<Vec<String>> {
    let Shape::Dims(dims) = shape else { return None };
    let text = |size: &Size| match size {
        Size::Known(dim) if dim.as_const() != Some(-1) => dim.to_string(),
        _ => UNKNOWN_SIZE.to_owned(),
    };
    Some(dims.iter().map(text).collect())
}

/// The op as IR. Lists that could not be read are empty.
pub(crate) fn signature(op: &Op) -> ir::Op {
    let declared = &op.declared;
    let name = |input: usize| declared.inputs()[input].name().to_owned();
    let mut inputs = Vec::new();
    for input in declared.inputs() {
        let mut entry = vec![("name", Attr::str(input.name())), at(&input.place)];
        entry.extend(input.is_vector().then_some(("vector", Attr::Unit)));
        entry.extend(input.is_optional().then_some(("optional", Attr::Unit)));
        inputs.push(dict(entry));
    }
    let mut results = Vec::new();
    for (output, inferred) in declared.outputs().iter().zip(outputs(op)) {
        let mut entry = vec![("name", Attr::str(output.name())), at(&inferred.place)];
        entry.extend(output.is_vector().then_some(("vector", Attr::Unit)));
        entry.extend(output.is_optional().then_some(("optional", Attr::Unit)));
        entry.extend(inferred.inplace.map(|input| ("inplace", Attr::str(name(input)))));
        entry.extend(inferred.dtype.and_then(|dtype| match dtype {
            Dtype::Named(dtype) => Some(("type", Attr::Type(ty(&TYPES, &dtype)?))),
            Dtype::OfInput(input) => Some(("type", Attr::str(name(input)))),
        }));
        entry.extend(inferred.shape.and_then(|shape| match &shape {
            Shape::OfInput { name, changed, .. } if changed.is_empty() => Some(("shape", Attr::str(name))),
            shape => Some(("shape", Attr::Array(sizes(shape)?.into_iter().map(Attr::str).collect()))),
        }));
        results.push(dict(entry));
    }
    let attribute = |attr: &super::declared::AttrDecl| {
        let text = attr.ty.clone().unwrap_or_default();
        let ty = ty(&ATTR_TYPES, &text).map_or_else(|| Attr::str(&text), Attr::Type);
        dict(vec![("name", Attr::str(&attr.name)), ("type", ty), at(&attr.place)])
    };
    let attributes = declared.attrs().iter().map(attribute).collect();
    let lists = LISTS.into_iter().zip([inputs, results, attributes]);
    let mut attrs: Attrs = lists.map(|(list, entries)| (Arc::from(list), Attr::Array(entries))).collect();
    attrs.insert(Arc::from("function"), Attr::str(&declared.name));
    ir::Op {
        name: Arc::from(OP),
        operands: Vec::new(),
        results: Vec::new(),
        attrs,
        regions: Vec::new(),
        successors: Vec::new(),
        loc: declared.place.loc(),
    }
}

fn at(place: &Place) -> (&'static str, Attr) {
    ("at", Attr::str(format!("{}:{}:{}", place.file, place.line, place.column)))
}

fn dict(entries: Vec<(&str, Attr)>) -> Attr {
    let mut entries: Vec<_> = entries.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
    entries.sort_by(|(a, _): &(Arc<str>, Attr), (b, _)| a.cmp(b));
    Attr::Dict(entries)
}

fn ty(types: &[(&str, &str)], name: &str) -> Option<Type> {
    let (_, ty) = types.iter().find(|(paddle, _)| *paddle == name)?;
    Some(match ty.strip_prefix('i').and_then(|width| width.parse().ok()) {
        Some(width) => Type::Int(width),
        None => Type::Other(Arc::from(*ty)),
    })
}
