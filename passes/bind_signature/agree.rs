//! Whether a signature and its program are about the same op: names, positions, types.

use super::SignatureError;
use crate::pass::PassError;
use std::collections::HashSet;
use xpuc_dialect::dim::Dim;
use xpuc_dialect::ir::{Attr, Attrs, Func, Type};
use xpuc_dialect::signature::{Param, Signature};

/// A result of the program that becomes a buffer of the caller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    /// Position among the results.
    pub(super) result: usize,
    /// Position among the declared outputs.
    pub(super) output: usize,
}

/// The results to bind, in the order of the declared outputs, once everything but sizes has been compared.
pub(super) fn results(func: &Func, signature: &Signature) -> Result<Vec<Bound>, PassError> {
    let check = || -> Result<Vec<Bound>, SignatureError> {
        inputs(func, signature)?;
        attributes(func, signature)?;
        outputs(func, signature)
    };
    // The loc is the signature's: the program may serve other callers as it is.
    check().map_err(|error| error.at(&signature.loc))
}

/// Positions of arguments for which `wanted` holds.
fn arguments(func: &Func, wanted: impl Fn(&Type, &Attrs) -> bool) -> Vec<usize> {
    let types = func.arg_types();
    (0..types.len()).filter(|i| wanted(&types[*i], &func.arg_attrs[*i])).collect()
}

fn inputs(func: &Func, signature: &Signature) -> Result<(), SignatureError> {
    // Callers that pass a buffer in place pass it as an input too: then it is declared in both lists.
    let buffers: HashSet<&str> = signature.outputs.iter().filter_map(|o| o.buffer.as_deref()).collect();
    let declared: Vec<&Param> = signature.inputs.iter().filter(|i| !buffers.contains(&*i.name)).collect();
    let found = arguments(func, |ty, attrs| ty.shaped().is_some() && !attrs.contains_key("xpu.output"));
    let types = func.arg_types();
    let names: Vec<String> = found.iter().map(|i| func.arg_name(*i)).collect();
    same_names("an input", "input", &declared, &names)?;
    for (param, index) in declared.iter().zip(found) {
        same_type(param, &types[index], &func.arg_attrs[index], "has")?;
    }
    Ok(())
}

/// Flags (i1) may be left out: they come from the environment, not from the caller.
fn attributes(func: &Func, signature: &Signature) -> Result<(), SignatureError> {
    let listed = |name: &str| signature.attributes.iter().any(|a| &*a.name == name);
    let types = func.arg_types();
    let mut found = arguments(func, |ty, _| ty.is_scalar());
    found.retain(|i| types[*i] != Type::I1 || listed(&func.arg_name(*i)));
    let declared: Vec<&Param> = signature.attributes.iter().collect();
    let names: Vec<String> = found.iter().map(|i| func.arg_name(*i)).collect();
    same_names("an attribute", "attribute", &declared, &names)?;
    for (param, index) in declared.iter().zip(found) {
        same_type(param, &types[index], &func.arg_attrs[index], "has")?;
    }
    Ok(())
}

fn outputs(func: &Func, signature: &Signature) -> Result<Vec<Bound>, SignatureError> {
    let types = func.arg_types();
    let written = arguments(func, |_, attrs| attrs.contains_key("xpu.output"));
    let (mut bound, mut kept, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (output, param) in signature.outputs.iter().enumerate() {
        if let Some(buffer) = &param.buffer {
            let argument = written.iter().copied().find(|i| func.arg_name(*i) == **buffer);
            if let Some(index) = argument {
                seen.insert(func.arg_name(index));
                same_type(param, &types[index], &func.arg_attrs[index], "has")?;
                continue;
            }
        }
        let result = (0..func.result_types.len()).find(|i| func.result_name(*i) == *param.name);
        let missing = || SignatureError::Missing { name: param.name.to_string(), what: "an output" };
        let result = result.ok_or_else(missing)?;
        seen.insert(func.result_name(result));
        let (ty, attrs) = (&func.result_types[result], &func.result_attrs[result]);
        // Sizes of what is bound are compared with those inferred, which say more.
        let attrs = if param.buffer.is_some() { &Attrs::new() } else { attrs };
        same_type(param, ty, attrs, "yields")?;
        if param.buffer.is_none() {
            kept.push((param, func.result_name(result)));
        } else if ty.memref().is_some() {
            bound.push(Bound { result, output });
        } else {
            let declared = "a buffer of the caller".to_owned();
            return Err(differs(param, declared, "yields", ty.to_string()));
        }
    }
    let results = (0..func.result_types.len()).map(|i| func.result_name(i));
    let all = results.chain(written.iter().map(|i| func.arg_name(*i)));
    if let Some(name) = all.into_iter().find(|name| !seen.contains(name)) {
        return Err(SignatureError::Undeclared { name, what: "an output" });
    }
    let stays = |i: &usize| !bound.iter().any(|b| b.result == *i);
    let names: Vec<String> =
        (0..func.result_types.len()).filter(stays).map(|i| func.result_name(i)).collect();
    let declared: Vec<&Param> = kept.iter().map(|(param, _)| *param).collect();
    same_names("an output", "result", &declared, &names)?;
    Ok(bound)
}

/// The same names in the same order.
fn same_names(
    a_what: &'static str,
    what: &'static str,
    declared: &[&Param],
    found: &[String],
) -> Result<(), SignatureError> {
    for param in declared {
        if !found.iter().any(|name| **name == *param.name) {
            return Err(SignatureError::Missing { name: param.name.to_string(), what: a_what });
        }
    }
    for (index, name) in found.iter().enumerate() {
        let position = declared.iter().position(|p| *p.name == **name);
        match position {
            None => return Err(SignatureError::Undeclared { name: name.clone(), what: a_what }),
            Some(position) if position != index => {
                let name = name.clone();
                return Err(SignatureError::Order { name, what, declared: position, found: index });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn differs(param: &Param, declared: String, verb: &'static str, found: String) -> SignatureError {
    SignatureError::Differs { name: param.name.to_string(), declared, verb, found }
}

/// Element type and space, and the sizes where both sides declare them.
fn same_type(param: &Param, ty: &Type, attrs: &Attrs, verb: &'static str) -> Result<(), SignatureError> {
    let word = |ty: &Type| if param.shape.is_some() { format!("elements of {ty}") } else { ty.to_string() };
    if *ty.elem() != param.ty {
        return Err(differs(param, word(&param.ty), verb, word(ty.elem())));
    }
    let space = ty.shaped().map(|s| s.space);
    if let Some(declared) = param.space
        && space != Some(declared)
    {
        let found = space.map_or_else(|| "a scalar".to_owned(), |s| format!("the space {s}"));
        return Err(differs(param, format!("the space {declared}"), verb, found));
    }
    let Some(shape) = &param.shape else { return Ok(()) };
    let rank = ty.shaped().map_or(0, |s| s.rank());
    if shape.len() != rank {
        return Err(differs(param, format!("{} dimensions", shape.len()), verb, rank.to_string()));
    }
    let Some(Attr::Array(dims)) = attrs.get("xpu.shape") else { return Ok(()) };
    for (axis, (declared, found)) in shape.iter().zip(dims).enumerate() {
        let (declared, found) = (declared.parse::<Dim>().ok(), found.as_str().and_then(|d| d.parse().ok()));
        let Some((declared, found)) = declared.zip(found) else { continue };
        if declared != found {
            return Err(size(param, axis, &declared, verb, &found));
        }
    }
    Ok(())
}

/// Another size along one axis; the axis is named where there are several.
pub(super) fn size(
    param: &Param,
    axis: usize,
    declared: &Dim,
    verb: &'static str,
    found: &Dim,
) -> SignatureError {
    let several = param.shape.as_ref().is_some_and(|shape| shape.len() > 1);
    let found = if several { format!("{found} in dimension {axis}") } else { found.to_string() };
    differs(param, declared.to_string(), verb, found)
}
