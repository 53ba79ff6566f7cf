//! Types, attributes and locations of the Rust IR.

use indexmap::IndexMap;
use std::fmt;
use std::sync::Arc;

/// Where a buffer or value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Memory of the host.
    Host,
    /// Global memory of the device.
    Device,
    /// On-chip memory of one cluster.
    Shared,
    /// On-chip memory of one core.
    Local,
}

impl Space {
    /// The spelling in `memref<..., "device">`.
    pub fn as_str(self) -> &'static str {
        match self {
            Space::Host => "host",
            Space::Device => "device",
            Space::Shared => "shared",
            Space::Local => "local",
        }
    }

    /// The inverse of [`Space::as_str`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Space::Host, Space::Device, Space::Shared, Space::Local].into_iter().find(|s| s.as_str() == name)
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Memory layout of a buffer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Row-major and dense.
    Identity,
    /// A rank-1 slice: unit stride, offset in elements (`None`: known only at run time).
    Slice(Option<u64>),
}

/// Shape, element type and space of a memref or tensor.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shaped {
    /// Element type.
    pub elem: Box<Type>,
    /// Sizes in elements; `None` is known only at run time.
    pub dims: Vec<Option<u64>>,
    /// Memory space.
    pub space: Space,
    /// Layout; always [`Layout::Identity`] for a tensor.
    pub layout: Layout,
}

impl Shaped {
    /// A dense shape.
    pub fn new(elem: Type, dims: impl Into<Vec<Option<u64>>>, space: Space) -> Self {
        Shaped { elem: Box::new(elem), dims: dims.into(), space, layout: Layout::Identity }
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.dims.len()
    }

    /// How many sizes are known only at run time.
    pub fn dynamic_dims(&self) -> usize {
        self.dims.iter().filter(|d| d.is_none()).count()
    }

    /// The same shape in another space.
    pub fn in_space(&self, space: Space) -> Self {
        Shaped { space, ..self.clone() }
    }
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Signless integer of a width in bits.
    Int(u32),
    /// The index type.
    Index,
    /// A buffer in a named memory space.
    MemRef(Shaped),
    /// A value, with the memory space as its encoding.
    Tensor(Shaped),
    /// Any other type, by its text.
    Other(Arc<str>),
}

impl Type {
    /// 1-bit integer.
    pub const I1: Type = Type::Int(1);
    /// 32-bit integer.
    pub const I32: Type = Type::Int(32);
    /// 64-bit integer.
    pub const I64: Type = Type::Int(64);

    /// The shape, when this is a memref or tensor.
    pub fn shaped(&self) -> Option<&Shaped> {
        match self {
            Type::MemRef(s) | Type::Tensor(s) => Some(s),
            _ => None,
        }
    }

    /// The shape, when this is a memref.
    pub fn memref(&self) -> Option<&Shaped> {
        if let Type::MemRef(s) = self { Some(s) } else { None }
    }

    /// The shape, when this is a tensor.
    pub fn tensor(&self) -> Option<&Shaped> {
        if let Type::Tensor(s) = self { Some(s) } else { None }
    }

    /// An integer or index: what fits a register.
    pub fn is_scalar(&self) -> bool {
        matches!(self, Type::Int(_) | Type::Index)
    }

    /// Element type of a memref or tensor, else the type itself.
    pub fn elem(&self) -> &Type {
        self.shaped().map_or(self, |s| &s.elem)
    }

    /// Width in bits of an integer; an index counts as 64.
    pub fn bits(&self) -> Option<u32> {
        match self {
            Type::Int(bits) => Some(*bits),
            Type::Index => Some(64),
            _ => None,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Int(bits) => write!(f, "i{bits}"),
            Type::Index => f.write_str("index"),
            Type::Other(text) => f.write_str(text),
            Type::MemRef(s) | Type::Tensor(s) => {
                f.write_str(if self.memref().is_some() { "memref<" } else { "tensor<" })?;
                for dim in &s.dims {
                    match dim {
                        Some(size) => write!(f, "{size}x")?,
                        None => f.write_str("?x")?,
                    }
                }
                write!(f, "{}", s.elem)?;
                match s.layout {
                    Layout::Identity => {}
                    Layout::Slice(None) => f.write_str(", strided<[1], offset: ?>")?,
                    Layout::Slice(Some(offset)) => write!(f, ", strided<[1], offset: {offset}>")?,
                }
                write!(f, ", \"{}\">", s.space)
            }
        }
    }
}

/// An attribute value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Attr {
    /// Presence alone is the meaning.
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// An integer and its type.
    Int(i64, Type),
    /// A string.
    Str(Arc<str>),
    /// A symbol in the same table: `@name`.
    Symbol(Arc<str>),
    /// A list.
    Array(Vec<Attr>),
    /// `array<i64: ...>`
    I64s(Vec<i64>),
    /// `array<i32: ...>`
    I32s(Vec<i32>),
    /// A type.
    Type(Type),
    /// Named entries, in the order of their names: `{name = value, unit}`.
    Dict(Vec<(Arc<str>, Attr)>),
    /// Any other attribute, by its text.
    Other(Arc<str>),
}

impl Attr {
    /// A string attribute.
    pub fn str(text: impl AsRef<str>) -> Self {
        Attr::Str(Arc::from(text.as_ref()))
    }

    /// The text of a string attribute.
    pub fn as_str(&self) -> Option<&str> {
        if let Attr::Str(text) = self { Some(text) } else { None }
    }

    /// An entry of a dictionary.
    pub fn entry(&self, name: &str) -> Option<&Attr> {
        let Attr::Dict(entries) = self else { return None };
        entries.iter().find(|(found, _)| &**found == name).map(|(_, value)| value)
    }

    /// The value of an integer attribute.
    pub fn as_int(&self) -> Option<i64> {
        if let Attr::Int(value, _) = self { Some(*value) } else { None }
    }
}

/// As MLIR writes it.
impl fmt::Display for Attr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list<T: fmt::Display>(items: &[T]) -> String {
            items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        match self {
            Attr::Unit => f.write_str("unit"),
            Attr::Bool(value) => write!(f, "{value}"),
            Attr::Int(value, ty) => write!(f, "{value} : {ty}"),
            Attr::Str(text) => {
                f.write_str("\"")?;
                for byte in text.bytes() {
                    match byte {
                        b'\\' => f.write_str("\\\\")?,
                        b' '..=b'~' if byte != b'"' => write!(f, "{}", char::from(byte))?,
                        _ => write!(f, "\\{byte:02X}")?,
                    }
                }
                f.write_str("\"")
            }
            Attr::Symbol(name) => write!(f, "@{name}"),
            Attr::Array(items) => write!(f, "[{}]", list(items)),
            Attr::I64s(values) => write!(f, "array<i64: {}>", list(values)),
            Attr::I32s(values) => write!(f, "array<i32: {}>", list(values)),
            Attr::Type(ty) => write!(f, "{ty}"),
            Attr::Dict(entries) => {
                let entry = |(name, value): &(Arc<str>, Attr)| match value {
                    Attr::Unit => name.to_string(),
                    value => format!("{name} = {value}"),
                };
                write!(f, "{{{}}}", list(&entries.iter().map(entry).collect::<Vec<_>>()))
            }
            Attr::Other(text) => f.write_str(text),
        }
    }
}

/// Attributes by name, in the order they were written.
pub type Attrs = IndexMap<Arc<str>, Attr>;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Loc(Option<(Arc<str>, u32, u32)>);

impl Loc {
    /// No place known.
    pub const UNKNOWN: Loc = Loc(None);

    /// Line and column count from 1.
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Loc(Some((file.into(), line, column)))
    }

    /// File, line and column, when known.
    pub fn parts(&self) -> Option<(&str, u32, u32)> {
        self.0.as_ref().map(|(file, line, column)| (&**file, *line, *column))
    }
}

impl fmt::Display for Loc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            Some((file, line, column)) => write!(f, "{file}:{line}:{column}"),
            None => f.write_str("<unknown>"),
        }
    }
}
