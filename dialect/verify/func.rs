//! Attributes of the arguments and results of functions.

use super::check::{Check, ensure};
use crate::ir::{Attr, Attrs, Func, Type};
use std::fmt;

/// An argument or a result.
struct Place<'a> {
    what: &'static str,
    index: usize,
    ty: &'a Type,
    attrs: &'a Attrs,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.index)
    }
}

pub(super) fn constraints(func: &Func) -> Check {
    let arg_types = func.arg_types();
    let arguments = places("argument", &arg_types, &func.arg_attrs);
    let results = places("result", &func.result_types, &func.result_attrs);
    for place in arguments.iter().chain(&results) {
        let Some(name) = place.attrs.get("xpu.name") else { continue };
        let named = name.as_str().is_some_and(|text| !text.is_empty());
        ensure!("func_c1", named, "xpu.name of {place} must be a non-empty string, found {name}");
    }
    for place in arguments.iter().chain(&results) {
        let Some(shape) = place.attrs.get("xpu.shape") else { continue };
        let rank = place.ty.shaped().map_or(0, |s| s.rank());
        let strings = |dims: &[Attr]| dims.len() == rank && dims.iter().all(|d| d.as_str().is_some());
        let declared = matches!(shape, Attr::Array(dims) if strings(dims));
        ensure!("func_c2", declared, "xpu.shape of {place} must be {rank} strings, found {shape}");
    }
    for place in arguments.iter().chain(&results) {
        let layouts = ["strided<", "affine_map<"];
        let odd = matches!(place.ty, Type::Other(text) if layouts.iter().any(|layout| text.contains(layout)));
        ensure!("func_c5", !odd, "{place} must be dense or a rank-1 unit-stride slice, found {}", place.ty);
    }
    for place in &arguments {
        for name in ["xpu.noalias", "xpu.output"] {
            let Some(attr) = place.attrs.get(name) else { continue };
            let (ty, holds) = (place.ty, *attr == Attr::Unit && place.ty.shaped().is_some());
            ensure!(
                "func_c3",
                holds,
                "{name} of {place} must be a unit attribute of a memref or tensor, found {attr} on {ty}"
            );
        }
    }
    for place in &arguments {
        let Some(pad) = place.attrs.get("xpu.pad") else { continue };
        let holds = place.attrs.contains_key("xpu.output") && matches!(pad, Attr::Int(..));
        let ty = place.ty;
        ensure!(
            "func_c4",
            holds,
            "xpu.pad of {place} must be an integer on an xpu.output, found {pad} on {ty}"
        );
    }
    Ok(())
}

fn places<'a>(what: &'static str, types: &'a [Type], attrs: &'a [Attrs]) -> Vec<Place<'a>> {
    let places = types.iter().zip(attrs).enumerate();
    places.map(|(index, (ty, attrs))| Place { what, index, ty, attrs }).collect()
}
