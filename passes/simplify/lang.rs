//! The terms that rules work on: pure ops of the value form, each with the type of its result.

use egg::{FromOp, Id, Language};
use std::fmt;
use std::sync::Arc;
use xpuc_dialect::ir::{Space, Type};

/// Type of a value, sizes apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ty {
    /// An index.
    Index,
    /// An integer of a width in bits.
    Int(u32),
    /// A tensor: width of its elements in bits, space, rank.
    Tensor(u32, Space, usize),
    /// Anything else; only leaves have it.
    Other,
}

impl Ty {
    pub(super) fn of(ty: &Type) -> Ty {
        match ty {
            Type::Index => Ty::Index,
            Type::Int(bits) => Ty::Int(*bits),
            Type::Tensor(shaped) => match *shaped.elem {
                Type::Int(bits) => Ty::Tensor(bits, shaped.space, shaped.rank()),
                _ => Ty::Other,
            },
            _ => Ty::Other,
        }
    }

    pub(super) fn is_tensor(&self) -> bool {
        matches!(self, Ty::Tensor(..))
    }

    pub(super) fn is_scalar(&self) -> bool {
        matches!(self, Ty::Index | Ty::Int(_))
    }

    /// Space of a tensor.
    pub(super) fn space(&self) -> Option<Space> {
        if let Ty::Tensor(_, space, _) = self { Some(*space) } else { None }
    }

    pub(super) fn in_space(&self, space: Space) -> Ty {
        if let Ty::Tensor(bits, _, rank) = self { Ty::Tensor(*bits, space, *rank) } else { self.clone() }
    }
}

/// An operation on e-classes.
///
/// Ordered by name, then detail, then type: a pattern, which leaves the type and perhaps the detail open,
/// matches a range of nodes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node {
    /// Name of the op, `xpu.` left out; `#n` is the n-th leaf, a number is a constant.
    pub(super) name: Arc<str>,
    /// Attributes that tell ops of one name apart, as text; in a pattern, empty matches any.
    pub(super) detail: Arc<str>,
    /// Type of the result; `None` in a pattern.
    pub(super) ty: Option<Ty>,
    pub(super) children: Vec<Id>,
}

impl Node {
    pub(super) fn new(name: &str, detail: &str, ty: Ty, children: Vec<Id>) -> Self {
        Node { name: Arc::from(name), detail: Arc::from(detail), ty: Some(ty), children }
    }

    /// A value that terms do not look into.
    pub(super) fn leaf(index: usize, ty: Ty) -> Self {
        Node::new(&format!("#{index}"), "", ty, Vec::new())
    }

    /// Position of a leaf.
    pub(super) fn leaf_index(&self) -> Option<usize> {
        self.name.strip_prefix('#')?.parse().ok()
    }

    pub(super) fn constant(value: i64, ty: Ty) -> Self {
        Node::new(&value.to_string(), "", ty, Vec::new())
    }

    /// Value of a constant.
    pub(super) fn as_constant(&self) -> Option<i64> {
        if self.children.is_empty() { self.name.parse().ok() } else { None }
    }

    /// Name of an op of the dialect.
    pub(super) fn is(&self, name: &str) -> bool {
        &*self.name == name
    }
}

impl Language for Node {
    type Discriminant = Arc<str>;

    fn discriminant(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn matches(&self, other: &Self) -> bool {
        let open = |x: &str, y: &str| x == y || x.is_empty() || y.is_empty();
        self.name == other.name
            && self.children.len() == other.children.len()
            && open(&self.detail, &other.detail)
            && (self.ty == other.ty || self.ty.is_none() || other.ty.is_none())
    }

    fn children(&self) -> &[Id] {
        &self.children
    }

    fn children_mut(&mut self) -> &mut [Id] {
        &mut self.children
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, "[{}]", self.detail) }
    }
}

/// Patterns spell a node `name` or `name[detail]`, a constant `1` (an i32) or `1:index`: egg looks terms without
/// variables up as they are, so those need their type.
impl FromOp for Node {
    type Error = std::convert::Infallible;

    fn from_op(op: &str, children: Vec<Id>) -> Result<Self, Self::Error> {
        let (value, ty) = op.strip_suffix(":index").map_or((op, Ty::Int(32)), |value| (value, Ty::Index));
        if let Ok(value) = value.parse::<i64>() {
            return Ok(Node { children, ..Node::constant(value, ty) });
        }
        let (name, detail) = op.strip_suffix(']').and_then(|op| op.split_once('[')).unwrap_or((op, ""));
        Ok(Node { name: Arc::from(name), detail: Arc::from(detail), ty: None, children })
    }
}
