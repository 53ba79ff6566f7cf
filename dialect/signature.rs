//! `xpu.signature`: how an op is declared to its caller (SPEC, "signature").

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
    /// Element type of an array, or type of a scalar.
    pub ty: Type,
    /// Where an array lives; `None`: where the program has it.
    pub space: Option<Space>,
    /// Sizes, as `xpu.shape` spells them; `None`: those of the program.
    pub shape: Option<Vec<Arc<str>>>,
    /// Name of the caller's buffer that an output is written to.
    pub buffer: Option<Arc<str>>,
}

impl Signature {
    /// Takes a verified `xpu.signature` apart; entries that break its constraints are left out.
    pub fn of(op: &Op) -> Self {
        let list = |name: &str| match op.attrs.get(name) {
            Some(Attr::Array(entries)) => entries.iter().filter_map(Param::of).collect(),
            _ => Vec::new(),
        };
        let [inputs, outputs, attributes] = LISTS.map(list);
        let function = Arc::from(op.str_attr("function").unwrap_or_default());
        Signature { function, inputs, outputs, attributes, loc: op.loc.clone() }
    }
}

impl Param {
    fn of(entry: &Attr) -> Option<Self> {
        let text = |attr: &Attr| attr.as_str().map(Arc::<str>::from);
        let name = entry.entry("name").and_then(text)?;
        let Some(Attr::Type(ty)) = entry.entry("type") else { return None };
        let shape = match entry.entry("shape") {
            Some(Attr::Array(dims)) => Some(dims.iter().filter_map(text).collect()),
            _ => None,
        };
        let buffer = match entry.entry("inplace") {
            Some(Attr::Unit) => Some(Arc::clone(&name)),
            Some(other) => text(other),
            None => None,
        };
        let space = entry.entry("space").and_then(Attr::as_str).and_then(Space::from_name);
        Some(Param { name, ty: ty.clone(), space, shape, buffer })
    }
}
