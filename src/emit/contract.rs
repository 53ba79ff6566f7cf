//! What the op checks of its tensors before anything else: element types, places, ranks, and the sizes that the program
//! declares.

use super::body::{Array, Body, elem};
use super::commands::quoted;
use super::expr::precedence::{PRODUCT, SUM};
use super::expr::{Expr, Ty};
use std::collections::BTreeMap;
use xpuc_dialect::dim::{Dim, Function, Symbol, SymbolKind};
use xpuc_dialect::ir::{Attr, Func, Space, Type};

/// Paddle's name of an element type.
pub(super) fn data_type(ty: &Type) -> String {
    format!("paddle::DataType::{}", data_type_name(ty).to_uppercase())
}

fn data_type_name(ty: &Type) -> &'static str {
    match elem(ty) {
        Ty::Bool => "bool",
        Ty::Int => "int32",
        _ => "int64",
    }
}

/// A tensor that the caller hands over.
#[derive(Debug, Clone)]
pub(super) struct Tensor {
    /// Number of the argument.
    pub(super) index: usize,
    /// What the program calls it, and Paddle.
    pub(super) label: String,
    /// What the code calls it.
    pub(super) name: String,
    pub(super) space: Space,
    pub(super) ty: Type,
    /// Declared sizes; `None` where the type or nothing says them.
    pub(super) dims: Vec<Option<Dim>>,
    /// Whether the op writes it.
    pub(super) written: bool,
}

/// The declared sizes in an argument's or result's attributes.
pub(super) fn declared(shape: Option<&Attr>, rank: usize) -> Vec<Option<Dim>> {
    let Some(Attr::Array(list)) = shape else { return vec![None; rank] };
    list.iter().map(|text| text.as_str()?.parse().ok()).collect()
}

/// The arrays of a function; `written` says which arguments it writes.
pub(super) fn tensors(func: &Func, written: &[bool]) -> Vec<Tensor> {
    let mut tensors = Vec::new();
    for (index, ty) in func.arg_types().into_iter().enumerate() {
        let Some(shaped) = ty.memref() else { continue };
        let known = declared(func.arg_attrs[index].get("xpu.shape"), shaped.rank());
        let dims = shaped.dims.iter().zip(known);
        tensors.push(Tensor {
            index,
            label: func.arg_name(index),
            name: func.arg_name(index),
            space: shaped.space,
            ty: (*shaped.elem).clone(),
            dims: dims.map(|(size, dim)| size.map(|n| Dim::constant(n as i64)).or(dim)).collect(),
            written: written[index],
        });
    }
    tensors
}

/// A size as an expression over what symbols are called; `None` if it is over anything else.
pub(super) fn size(dim: &Dim, symbols: &BTreeMap<Symbol, Expr>) -> Option<Expr> {
    let mut sum: Option<Expr> = None;
    for (monomial, coefficient) in dim.terms() {
        let mut product: Option<Expr> = None;
        for factor in monomial.symbols() {
            let factor = symbol(factor, symbols)?;
            product = Some(match product {
                None => factor,
                Some(before) => Expr::binary(&before, "*", &factor, PRODUCT, Ty::Long),
            });
        }
        let sign = if coefficient < 0 && sum.is_some() { "-" } else { "+" };
        let shown = if sign == "-" { coefficient.checked_neg()? } else { coefficient };
        let number = Expr::literal(shown.into(), Ty::Int);
        let term = match product {
            None => number,
            Some(product) if shown == 1 => product,
            Some(product) => Expr::binary(&number, "*", &product, PRODUCT, Ty::Long),
        };
        sum = Some(match sum {
            None => term,
            Some(before) => Expr::binary(&before, sign, &term, SUM, Ty::Long),
        });
    }
    Some(sum.unwrap_or_else(|| Expr::literal(0, Ty::Int)))
}

fn symbol(symbol: &Symbol, symbols: &BTreeMap<Symbol, Expr>) -> Option<Expr> {
    if let Some(known) = symbols.get(symbol) {
        return Some(known.clone());
    }
    let SymbolKind::Call { function, arguments } = symbol.kind() else { return None };
    let arguments = arguments.iter().map(|dim| size(dim, symbols)).collect::<Option<Vec<_>>>()?;
    match (function, &arguments[..]) {
        (Function::CeilDiv, [x, y]) => {
            let (more, one) = (Expr::binary(x, "+", y, SUM, Ty::Long), Expr::literal(1, Ty::Int));
            let up = Expr::binary(&more, "-", &one, SUM, Ty::Long);
            Some(Expr::binary(&up, "/", y, PRODUCT, Ty::Long))
        }
        (Function::Max, [first, rest @ ..]) => Some(
            rest.iter()
                .fold(first.clone(), |most, next| Expr::call("std::max<int64_t>", &[&most, next], Ty::Long)),
        ),
        _ => None,
    }
}

/// Writes the checks of all tensors, and variables for their sizes and elements.
pub(super) fn check(body: &mut Body<'_>, tensors: &[Tensor], symbols: &mut BTreeMap<Symbol, Expr>) {
    for tensor in tensors {
        let name = &tensor.name;
        let items = [name.clone(), quoted(name), data_type(&tensor.ty), tensor.dims.len().to_string()];
        let place = if tensor.space == Space::Host { "paddle::CPUPlace()" } else { "place" };
        body.code.list("CheckTensor(", &[&items[..], &[place.to_owned()]].concat(), ");");
    }
    // Whoever comes first says what a symbol is; the others have to agree, once all are known.
    let mut sizes = Vec::new();
    for tensor in tensors {
        for (axis, dim) in tensor.dims.iter().enumerate() {
            let found = format!("{}.shape()[{axis}]", tensor.name);
            let new = dim.as_ref().and_then(Dim::as_symbol).filter(|symbol| !symbols.contains_key(*symbol));
            let variable = match (new, dim) {
                (Some(symbol), _) => Some((Some(symbol), symbol.to_string())),
                (None, None) => Some((None, format!("{}_size", tensor.name))),
                _ => None,
            };
            let Some((symbol, wanted)) = variable else { continue };
            let variable = Expr::name(body.names.fresh(&wanted), Ty::Long);
            body.code.assign(&format!("const int64_t {}", variable.text), &found);
            if let Some(symbol) = symbol {
                symbols.insert(symbol.clone(), variable.clone());
            }
            sizes.push(((tensor.index, axis), variable));
        }
    }
    for tensor in tensors {
        let mut dims = Vec::new();
        for (axis, dim) in tensor.dims.iter().enumerate() {
            let found = format!("{}.shape()[{axis}]", tensor.name);
            if let Some((_, variable)) = sizes.iter().find(|(of, _)| *of == (tensor.index, axis)) {
                dims.push(variable.clone());
                continue;
            }
            let known = dim.as_ref().and_then(|dim| size(dim, symbols));
            let Some(known) = known else {
                let variable = Expr::name(body.names.fresh(&format!("{}_size", tensor.name)), Ty::Long);
                body.code.assign(&format!("const int64_t {}", variable.text), &found);
                dims.push(variable);
                continue;
            };
            let expected = quoted(&format!("{}: expected ", tensor.name));
            let why = dim.as_ref().map(ToString::to_string).unwrap_or_default();
            let why = if known.text.parse::<i64>().is_ok() { String::new() } else { format!(" ({why})") };
            let elements = quoted(&format!(" elements in dimension {axis}{why}, found "));
            let items = [format!("{found} == {}", known.text), expected, known.text.clone(), elements, found];
            body.code.list("OP_CHECK(", &items, ");");
            dims.push(known);
        }
        let element = elem(&tensor.ty);
        let data = body.names.fresh(&format!("{}_data", tensor.name));
        let constant = if tensor.written { "" } else { "const " };
        let ty = element.name();
        body.code.assign(&format!("{constant}{ty}* {data}"), &format!("{}.data<{ty}>()", tensor.name));
        let argument = body.func.args()[tensor.index];
        body.arrays
            .insert(argument, Array { pointer: Expr::name(data, element), at: None, dims, elem: element });
    }
}
