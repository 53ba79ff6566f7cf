//! `xpu.signature`: how an op is declared to its caller (SPEC, "signature").

use crate::dim::Dim;
use crate::ir::{Attr, Loc, Op, Space, Type};
use std::sync::Arc;

/// Name of the operation.
pub const OP: &str = "xpu.signature";

/// The lists of parameters, by the attributes that hold them.
pub const LISTS: [&str; 3] = ["inputs", "outputs", "attributes"];

/// What is declared of an op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the function that computes it.
    pub function: Arc<str>,
    /// Arrays that it reads, in the order in which a caller passes them.
    pub inputs: Vec<Param>,
    /// Arrays that it makes or writes, in order.
    pub outputs: Vec<Param>,
    /// Scalars, in order.
    pub attributes: Vec<Param>,
    /// Where it is declared.
    pub loc: Loc,
}

/// An input, output or attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Name.
    pub name: Arc<str>,
    /// Element type of an array, or type of a scalar; `None`: that of the program.
    pub ty: Option<Declared<Type>>,
    /// Where an array lives; `None`: where the program has it.
    pub space: Option<Space>,
    /// Sizes; `None`: those of the program.
    pub shape: Option<Declared<Vec<Size>>>,
    /// Name of the caller's buffer that an output is written to.
    pub buffer: Option<Arc<str>>,
    /// Where it is declared.
    pub loc: Loc,
}

/// What is declared, as such or by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared<T> {
    /// This.
    As(T),
    /// Of an array: that of the input of this name. Of an attribute: a type that only C++ has.
    Named(Arc<str>),
}

/// A declared size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Size {
    /// As `xpu.shape` spells it.
    Dim(Dim),
    /// Not known before the op has run.
    Unknown,
}

/// The spelling of [`Size::Unknown`].
pub const UNKNOWN_SIZE: &str = "?";

impl Size {
    /// Reads a size; unknowns of an analysis are none that a declaration can have.
    pub fn read(text: &str) -> Option<Self> {
        if text == UNKNOWN_SIZE {
            return Some(Size::Unknown);
        }
        text.parse::<Dim>().ok().filter(|dim| !dim.has_unknowns()).map(Size::Dim)
    }
}

impl Signature {
    /// Takes a verified `xpu.signature` apart; entries that break its constraints are left out.
    pub fn of(op: &Op) -> Self {
        let list = |name: &str| match op.attrs.get(name) {
            Some(Attr::Array(entries)) => {
                entries.iter().filter_map(|entry| Param::of(entry, &op.loc)).collect()
            }
            _ => Vec::new(),
        };
        let [inputs, outputs, attributes] = LISTS.map(list);
        let function = Arc::from(op.str_attr("function").unwrap_or_default());
        Signature { function, inputs, outputs, attributes, loc: op.loc.clone() }
    }
}

impl Param {
    fn of(entry: &Attr, at: &Loc) -> Option<Self> {
        let text = |attr: &Attr| attr.as_str().map(Arc::<str>::from);
        let name = entry.entry("name").and_then(text)?;
        let ty = entry.entry("type").and_then(|ty| match ty {
            Attr::Type(ty) => Some(Declared::As(ty.clone())),
            other => text(other).map(Declared::Named),
        });
        let shape = entry.entry("shape").and_then(|shape| match shape {
            Attr::Array(dims) => {
                Some(Declared::As(dims.iter().filter_map(|dim| Size::read(dim.as_str()?)).collect()))
            }
            other => text(other).map(Declared::Named),
        });
        let buffer = match entry.entry("inplace") {
            Some(Attr::Unit) => Some(Arc::clone(&name)),
            Some(other) => text(other),
            None => None,
        };
        let space = entry.entry("space").and_then(Attr::as_str).and_then(Space::from_name);
        let loc = entry.entry("at").and_then(Attr::as_str).and_then(place).unwrap_or_else(|| at.clone());
        Some(Param { name, ty, space, shape, buffer, loc })
    }
}

/// Reads `file:line:column`.
pub fn place(text: &str) -> Option<Loc> {
    let (rest, column) = text.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some(Loc::new(file, line.parse().ok()?, column.parse().ok()?))
}
