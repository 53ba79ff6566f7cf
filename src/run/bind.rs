//! From the named tensors and attributes of a case to the arguments of a function.

use super::cases::{Arguments, Attr, Tensor};
use super::jit::Argument;
use super::machine::{Contents, Elem, Machine, Space};
use std::collections::BTreeMap;
use xpuc_dialect::dim::{Dim, EvalError, ParseError, Symbol};
use xpuc_dialect::ir::{self, Func, Shaped, Type};

/// Why a case cannot be given to the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// The case lacks a tensor that the program reads.
    #[error("{name}: expected an input tensor, found none")]
    NoInput {
        /// Name of the argument.
        name: String,
    },
    /// The case lacks an attribute.
    #[error("{name}: expected an attribute, found none")]
    NoAttr {
        /// Name of the argument.
        name: String,
    },
    /// The attribute has another type.
    #[error("{name}: expected {expected}, found {found}")]
    AttrType {
        /// Name of the argument.
        name: String,
        /// Expected type.
        expected: &'static str,
        /// What the case has.
        found: String,
    },
    /// The tensor has another number of dimensions.
    #[error("{name}: expected rank {expected}, found {found}")]
    Rank {
        /// Name of the argument.
        name: String,
        /// Expected rank.
        expected: usize,
        /// Rank of the case's tensor.
        found: usize,
    },
    /// The tensor has another size than the program declares.
    #[error("{name}: expected {expected} elements in dimension {axis} ({why}), found {found}")]
    Size {
        /// Name of the argument.
        name: String,
        /// Dimension, counted from 0.
        axis: usize,
        /// Expected size.
        expected: i64,
        /// Where the expectation comes from.
        why: String,
        /// Size in the case.
        found: i64,
    },
    /// The size of an output cannot be told before the program runs.
    #[error("{name}: {error}, in its size {dim}")]
    Unknown {
        /// Name of the argument.
        name: String,
        /// Declared size.
        dim: String,
        /// What is missing.
        error: EvalError,
    },
    /// The size of an output is negative.
    #[error("{name}: expected a size of at least 0 for {dim}, found {found}")]
    Negative {
        /// Name of the argument.
        name: String,
        /// Declared size.
        dim: String,
        /// Its value.
        found: i64,
    },
    /// A declared size does not parse.
    #[error("{name}: xpu.shape: {error}")]
    Shape {
        /// Name of the argument.
        name: String,
        /// Why.
        error: ParseError,
    },
    /// Nothing is known about an argument's type.
    #[error("{name}: expected a host or device memref, or an i1, i32 or i64, found {found}")]
    Type {
        /// Name of the argument.
        name: String,
        /// The type.
        found: String,
    },
}

/// Sizes that symbols stand for, and which argument said so.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    values: BTreeMap<Symbol, i64>,
    origin: BTreeMap<Symbol, String>,
}

impl Symbols {
    fn set(&mut self, symbol: Symbol, value: i64, from: &str) {
        self.origin.insert(symbol.clone(), from.to_owned());
        self.values.insert(symbol, value);
    }
}

/// Elements of a buffer with a capacity beyond those that the case expects, unless the case says otherwise.
pub(super) const SPARE: i64 = 37;

/// Attribute of a case that says the capacity, where the program has one.
const CAPACITY: &str = "capacity";

/// Expected outputs by name.
pub(super) type Expected = BTreeMap<String, Tensor>;

/// Element type of a buffer on the machine.
pub(super) fn elem(shaped: &Shaped) -> Option<Elem> {
    match *shaped.elem {
        Type::Int(1) => Some(Elem::I1),
        Type::Int(32) => Some(Elem::I32),
        Type::Int(64) => Some(Elem::I64),
        _ => None,
    }
}

/// What a case gives for an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bound<'c> {
    Scalar(i64),
    Input(&'c Tensor),
    /// A buffer of the caller that nobody has written: its sizes.
    Output(Vec<i64>),
}

/// Finds what a case gives for each argument. What is expected says how much of a buffer with a capacity is needed.
pub(super) fn bind<'c>(
    func: &Func,
    case: &'c Arguments,
    expected: Option<&Expected>,
) -> Result<Vec<Bound<'c>>, BindError> {
    let mut symbols = Symbols::default();
    let types = func.arg_types();
    let output = |i: usize| func.arg_attrs[i].contains_key("xpu.output");
    // Inputs and attributes first: they say what the sizes of outputs are.
    let mut bound: Vec<Option<Bound<'c>>> = vec![None; types.len()];
    for (i, ty) in types.iter().enumerate() {
        let name = func.arg_name(i);
        if ty.is_scalar() {
            let value = attribute(&name, ty, case.attrs.get(&name))?;
            if let Ok(symbol) = Symbol::named(&name) {
                symbols.set(symbol, value, &name);
            }
            bound[i] = Some(Bound::Scalar(value));
        } else if !output(i) {
            let (shaped, ..) = buffer(&name, ty)?;
            let tensor = case.inputs.get(&name).ok_or_else(|| BindError::NoInput { name: name.clone() })?;
            check_sizes(func, i, &name, shaped, tensor, &mut symbols)?;
            bound[i] = Some(Bound::Input(tensor));
        }
    }
    // Once more: a size may be over symbols that a later argument has bound.
    for (i, ty) in types.iter().enumerate().filter(|(i, ty)| !ty.is_scalar() && !output(*i)) {
        let name = func.arg_name(i);
        if let Some(tensor) = case.inputs.get(&name) {
            check_sizes(func, i, &name, buffer(&name, ty)?.0, tensor, &mut symbols)?;
        }
    }
    capacities(func, case, expected, &mut symbols)?;
    for (i, ty) in types.iter().enumerate() {
        if bound[i].is_none() {
            let name = func.arg_name(i);
            bound[i] = Some(Bound::Output(output_sizes(func, i, &name, buffer(&name, ty)?.0, &symbols)?));
        }
    }
    Ok(bound.into_iter().flatten().collect())
}

/// Puts what a case gives on the machine; arguments come back in order.
pub(super) fn place(
    func: &Func,
    bound: &[Bound<'_>],
    machine: &mut Machine,
) -> Result<Vec<Argument>, BindError> {
    let mut arguments = Vec::new();
    for (i, (bound, ty)) in bound.iter().zip(func.arg_types()).enumerate() {
        let name = func.arg_name(i);
        let (contents, dims) = match bound {
            Bound::Scalar(value) => {
                arguments.push(Argument::Scalar(*value));
                continue;
            }
            Bound::Input(tensor) => {
                (Contents::Written(&tensor.data), tensor.dims.iter().map(|n| *n as i64).collect())
            }
            Bound::Output(dims) => (Contents::Unwritten(dims.iter().product()), dims.clone()),
        };
        let (_, space, elem) = buffer(&name, &ty)?;
        arguments.push(Argument::Buffer(machine.argument(&name, space, elem, contents, 0), dims));
    }
    Ok(arguments)
}

/// A bare symbol that only sizes of outputs have is a capacity (SPEC, "Functions"): the attribute of its name or
/// `capacity`, else what the outputs need and some more.
fn capacities(
    func: &Func,
    case: &Arguments,
    expected: Option<&Expected>,
    symbols: &mut Symbols,
) -> Result<(), BindError> {
    let mut needed: BTreeMap<Symbol, i64> = BTreeMap::new();
    for index in (0..func.args().len()).filter(|i| func.arg_attrs[*i].contains_key("xpu.output")) {
        let name = func.arg_name(index);
        let tensor = expected.and_then(|outputs| outputs.get(&name));
        for (axis, dim) in declared(func, index, &name)?.into_iter().flatten().enumerate() {
            if let Some(symbol) = dim.as_symbol().filter(|s| !symbols.values.contains_key(*s)) {
                let size = tensor.and_then(|t| t.dims.get(axis)).map_or(0, |n| *n as i64);
                let most = needed.entry(symbol.clone()).or_default();
                *most = size.max(*most);
            }
        }
    }
    for (symbol, needed) in needed {
        let text = symbol.to_string();
        let value = match case.attrs.get(&text).or_else(|| case.attrs.get(CAPACITY)) {
            Some(value) => attribute(&text, &Type::I32, Some(value))?,
            None => needed + SPARE,
        };
        symbols.set(symbol, value, CAPACITY);
    }
    Ok(())
}

fn attribute(name: &str, ty: &Type, value: Option<&Attr>) -> Result<i64, BindError> {
    let expected = match ty {
        Type::Int(1) => "true or false",
        _ => "an integer",
    };
    match (value, ty) {
        (None, _) => Err(BindError::NoAttr { name: name.to_owned() }),
        (Some(Attr::Flag(flag)), Type::Int(1)) => Ok(i64::from(*flag)),
        (Some(Attr::Int(value)), Type::Int(32 | 64) | Type::Index) => Ok(*value),
        (Some(other), _) => {
            let found = match other {
                Attr::Int(value) => value.to_string(),
                Attr::Flag(flag) => flag.to_string(),
            };
            Err(BindError::AttrType { name: name.to_owned(), expected, found })
        }
    }
}

pub(super) fn buffer<'t>(name: &str, ty: &'t Type) -> Result<(&'t Shaped, Space, Elem), BindError> {
    let found = || BindError::Type { name: name.to_owned(), found: ty.to_string() };
    let shaped = ty.memref().ok_or_else(found)?;
    let space = match shaped.space {
        ir::Space::Host => Space::Host,
        ir::Space::Device => Space::Device,
        _ => return Err(found()),
    };
    Ok((shaped, space, elem(shaped).ok_or_else(found)?))
}

/// The declared sizes of an argument, where there are any.
fn declared(func: &Func, index: usize, name: &str) -> Result<Option<Vec<Dim>>, BindError> {
    let Some(ir::Attr::Array(list)) = func.arg_attrs[index].get("xpu.shape") else { return Ok(None) };
    let parse = |text: &ir::Attr| {
        let error = |error| BindError::Shape { name: name.to_owned(), error };
        text.as_str().unwrap_or_default().parse::<Dim>().map_err(error)
    };
    list.iter().map(parse).collect::<Result<Vec<_>, _>>().map(Some)
}

fn check_sizes(
    func: &Func,
    index: usize,
    name: &str,
    shaped: &Shaped,
    tensor: &Tensor,
    symbols: &mut Symbols,
) -> Result<(), BindError> {
    if tensor.dims.len() != shaped.rank() {
        return Err(BindError::Rank {
            name: name.to_owned(),
            expected: shaped.rank(),
            found: tensor.dims.len(),
        });
    }
    let declared = declared(func, index, name)?;
    for (axis, found) in tensor.dims.iter().enumerate() {
        let found = *found as i64;
        let mut expected = shaped.dims[axis].map(|size| (size as i64, "as its type says".to_owned()));
        if let Some(dim) = declared.as_ref().and_then(|dims| dims.get(axis)) {
            match dim.as_symbol() {
                Some(symbol) if !symbols.values.contains_key(symbol) => {
                    symbols.set(symbol.clone(), found, name);
                }
                Some(symbol) => {
                    let why = format!("{symbol}, as in {}", symbols.origin[symbol]);
                    expected = Some((symbols.values[symbol], why));
                }
                None => {
                    if let Ok(value) = dim.evaluate(&symbols.values) {
                        expected = Some((value, dim.to_string()));
                    }
                }
            }
        }
        if let Some((expected, why)) = expected.filter(|(expected, _)| *expected != found) {
            return Err(BindError::Size { name: name.to_owned(), axis, expected, why, found });
        }
    }
    Ok(())
}

fn output_sizes(
    func: &Func,
    index: usize,
    name: &str,
    shaped: &Shaped,
    symbols: &Symbols,
) -> Result<Vec<i64>, BindError> {
    let declared = declared(func, index, name)?;
    (0..shaped.rank())
        .map(|axis| {
            if let Some(size) = shaped.dims[axis] {
                return Ok(size as i64);
            }
            let dim = declared.as_ref().and_then(|dims| dims.get(axis)).cloned();
            let dim = dim.unwrap_or_else(|| Dim::symbol(Symbol::unknown(0)));
            let found = dim.evaluate(&symbols.values).map_err(|error| BindError::Unknown {
                name: name.to_owned(),
                dim: dim.to_string(),
                error,
            })?;
            if found < 0 {
                return Err(BindError::Negative { name: name.to_owned(), dim: dim.to_string(), found });
            }
            Ok(found)
        })
        .collect()
}
