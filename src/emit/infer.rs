//! `InferShape` and `InferDtype`: the sizes that shape inference found, over shapes and attributes as Paddle binds them.

use super::code::Code;
use super::contract::{self, Tensor, data_type};
use super::expr::{Expr, Ty};
use super::names::Names;
use super::op::Op;
use std::collections::{BTreeMap, BTreeSet};
use xpuc_dialect::dim::{Dim, Symbol};

/// Where a symbol's value is found.
#[derive(Debug, Clone)]
enum Source {
    /// A dimension of an input.
    Shape { tensor: usize, axis: usize },
    /// An attribute.
    Attribute(usize),
}

/// Writes both functions; nothing where Paddle needs none, because everything is written in place.
pub(super) fn write(code: &mut Code, op: &Op) {
    if op.results.is_empty() {
        return;
    }
    let sources = sources(op);
    // Each list binds by position, and a shorter one is legal: it ends with the last item that is needed.
    let mut asked: BTreeSet<Symbol> = BTreeSet::new();
    for dim in op.results.iter().flat_map(|result| result.dims.iter().flatten()) {
        // A size over anything else is -1, whatever the rest of it is.
        let symbols = all_symbols(dim);
        if symbols.iter().all(|symbol| sources.contains_key(symbol) || !symbol.arguments().is_empty()) {
            asked.extend(symbols);
        }
    }
    let used: Vec<&Source> = asked.iter().filter_map(|symbol| sources.get(symbol)).collect();
    let shapes =
        used.iter().filter_map(|s| if let Source::Shape { tensor, .. } = s { Some(*tensor) } else { None });
    let attributes = used.iter().filter_map(|s| if let Source::Attribute(i) = s { Some(*i) } else { None });
    let (shapes, attributes): (Vec<usize>, Vec<usize>) = (shapes.collect(), attributes.collect());
    // Paddle wants at least one shape.
    let shape_count = shapes.iter().max().map_or(1, |last| last + 1).min(op.tensors.len());
    let attribute_count = attributes.iter().max().map_or(0, |last| last + 1);
    let mut params = Vec::new();
    for (i, tensor) in op.tensors.iter().take(shape_count).enumerate() {
        let name = format!("{}_shape", tensor.name);
        let name = if shapes.contains(&i) { name } else { format!("/*{name}*/") };
        params.push(format!("const std::vector<int64_t>& {name}"));
    }
    for (i, attribute) in op.attributes.iter().take(attribute_count).enumerate() {
        let name =
            if attributes.contains(&i) { attribute.name.clone() } else { format!("/*{}*/", attribute.name) };
        params.push(format!("{} {name}", attribute.ty.name()));
    }
    if !shapes.is_empty() {
        code.append(SIZE);
        code.line("");
    }
    code.comment(
        "Sizes as they are inferred for the program; -1 for one that depends on the content of a tensor, or on a size \
         that is not known yet.",
    );
    let camel = super::names::camel(&op.name);
    code.params(&format!("std::vector<std::vector<int64_t>> {camel}InferShape("), &params, ") {");
    let mut symbols: BTreeMap<Symbol, Expr> = BTreeMap::new();
    let mut names = Names::default();
    for i in &shapes {
        names.fresh(&format!("{}_shape", op.tensors[*i].name));
    }
    for (i, attribute) in op.attributes.iter().enumerate() {
        if attributes.contains(&i) {
            names.fresh(&attribute.name);
        }
    }
    for (symbol, source) in &sources {
        let text = match source {
            Source::Attribute(i) => op.attributes[*i].name.clone(),
            Source::Shape { tensor, axis } if asked.contains(symbol) => {
                let name = names.fresh(symbol.as_str());
                let shape = format!("{}_shape", op.tensors[*tensor].name);
                code.assign(&format!("const int64_t {name}"), &format!("Size({shape}, {axis})"));
                name
            }
            Source::Shape { .. } => continue,
        };
        symbols.insert(symbol.clone(), Expr::name(text, Ty::Long));
    }
    let mut shapes = Vec::new();
    for result in &op.results {
        let mut dims: Vec<String> =
            result.dims.iter().map(|dim| size(dim.as_ref(), &symbols, &sources)).collect();
        if dims.join(", ").len() > ROOM {
            for dim in dims.iter_mut().filter(|dim| dim.contains(' ')) {
                let name = names.fresh(&format!("{}_size", result.name));
                code.assign(&format!("const int64_t {name}"), dim);
                *dim = name;
            }
        }
        shapes.push(format!("{{{}}}", dims.join(", ")));
    }
    code.list("return {", &shapes, "};");
    code.line("}");
    code.line("");
    let first = op.tensors.first().map(|tensor| format!("const paddle::DataType& /*{}_dtype*/", tensor.name));
    let params: Vec<String> = first.into_iter().collect();
    code.params(&format!("std::vector<paddle::DataType> {camel}InferDtype("), &params, ") {");
    let types: Vec<String> = op.results.iter().map(|result| data_type(&result.ty)).collect();
    match types.first().filter(|first| types.len() >= COLUMNS && types.iter().all(|ty| ty == *first)) {
        Some(first) => {
            let items = [types.len().to_string(), first.clone()];
            code.list("return std::vector<paddle::DataType>(", &items, ");");
        }
        None => code.list("return {", &types, "};"),
    }
    code.line("}");
    code.line("");
}

/// Columns of a list of sizes in the result.
const ROOM: usize = 64;

/// Items from which on clang-format arranges a list in columns.
const COLUMNS: usize = 20;

const SIZE: &str = "\
// A size; -1 if it is not known yet, or there is no such dimension: the op
// refuses that itself, and an exception here would end the process.
static int64_t Size(const std::vector<int64_t>& shape, size_t axis) {
  return axis < shape.size() ? shape[axis] : -1;
}
";

/// Symbols of a dim, and of the arguments of functions in it.
fn all_symbols(dim: &Dim) -> BTreeSet<Symbol> {
    let mut all = BTreeSet::new();
    let mut open: Vec<Symbol> = dim.symbols().into_iter().cloned().collect();
    while let Some(symbol) = open.pop() {
        open.extend(symbol.arguments().iter().flat_map(Dim::symbols).cloned());
        all.insert(symbol);
    }
    all
}

/// What the infer functions can say of each symbol.
fn sources(op: &Op) -> BTreeMap<Symbol, Source> {
    let mut sources = BTreeMap::new();
    for (index, attribute) in op.attributes.iter().enumerate() {
        if let Ok(symbol) = Symbol::named(&attribute.symbol) {
            sources.insert(symbol, Source::Attribute(index));
        }
    }
    for (index, Tensor { dims, .. }) in op.tensors.iter().enumerate() {
        for (axis, dim) in dims.iter().enumerate() {
            if let Some(symbol) = dim.as_ref().and_then(Dim::as_symbol) {
                sources.entry(symbol.clone()).or_insert(Source::Shape { tensor: index, axis });
            }
        }
    }
    sources
}

fn size(dim: Option<&Dim>, symbols: &BTreeMap<Symbol, Expr>, sources: &BTreeMap<Symbol, Source>) -> String {
    let Some((dim, size)) = dim.and_then(|dim| Some((dim, contract::size(dim, symbols)?))) else {
        return "-1".to_owned();
    };
    let mut open: Vec<String> = Vec::new();
    for symbol in all_symbols(dim) {
        if let (Some(Source::Shape { .. }), Some(expr)) = (sources.get(&symbol), symbols.get(&symbol)) {
            open.push(format!("{} < 0", expr.text));
        }
    }
    open.sort();
    open.dedup();
    match &open[..] {
        [] => size.text,
        _ if dim.as_symbol().is_some() => size.text,
        open => format!("{} ? -1 : {}", open.join(" || "), size.text),
    }
}
