//! The signature that a program has, whatever is declared.

use crate::infer_shapes::Facts;
use crate::pass::{Pass, PassCx, PassError};
use crate::raise::Raise;
use std::sync::Arc;
use xpuc_dialect::ir::{Attr, Attrs, Func, Module, Type};
use xpuc_dialect::signature::{Declared, Param, Signature, Size};

/// Inputs, outputs and attributes of `func`, in its order. Buffers of the caller are inputs and, before the results,
/// outputs. Sizes of results are those that shape inference finds.
pub fn infer(cx: &PassCx, module: &Module, func: &Func) -> Result<Signature, PassError> {
    let one = Module { funcs: vec![func.clone()], attrs: module.attrs.clone() };
    // What it remarks and counts is about a copy.
    let raised = Raise.run(&mut cx.clone(), &one)?;
    let types = func.arg_types();
    let mut signature = Signature {
        function: Arc::clone(&func.name),
        inputs: Vec::new(),
        outputs: Vec::new(),
        attributes: Vec::new(),
        loc: func.loc.clone(),
    };
    for (index, ty) in types.iter().enumerate() {
        let attrs = &func.arg_attrs[index];
        let name: Arc<str> = func.arg_name(index).into();
        let output = attrs.contains_key("xpu.output");
        let param = param(func, Arc::clone(&name), ty, declared(attrs));
        if ty.is_scalar() {
            signature.attributes.push(param);
            continue;
        }
        if output {
            signature.outputs.push(Param { buffer: Some(name), ..param.clone() });
        }
        signature.inputs.push(param);
    }
    let yields = match raised.funcs.first() {
        Some(raised) => {
            let facts = Facts::of(raised)?;
            let exit = super::results::exit(raised).map(|id| raised.op(id));
            let dims = |value| facts.dims(value).iter().cloned().map(Size::Dim).collect::<Vec<_>>();
            exit.map(|exit| exit.operands.iter().map(|value| dims(*value)).collect::<Vec<_>>())
        }
        None => None,
    };
    for (index, ty) in func.result_types.iter().enumerate() {
        let shape = yields.as_ref().and_then(|yields| yields.get(index)).cloned();
        signature.outputs.push(param(func, func.result_name(index).into(), ty, shape));
    }
    Ok(signature)
}

fn param(func: &Func, name: Arc<str>, ty: &Type, shape: Option<Vec<Size>>) -> Param {
    let shaped = ty.shaped();
    Param {
        name,
        ty: Some(Declared::As(ty.elem().clone())),
        space: shaped.map(|shaped| shaped.space),
        shape: shaped.and(shape).map(Declared::As),
        buffer: None,
        loc: func.loc.clone(),
    }
}

/// Sizes that an argument declares.
fn declared(attrs: &Attrs) -> Option<Vec<Size>> {
    let Some(Attr::Array(dims)) = attrs.get("xpu.shape") else { return None };
    dims.iter().map(|dim| Size::read(dim.as_str()?)).collect()
}
