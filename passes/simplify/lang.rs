//! The terms that rules work on: pure ops of the value form, each with the type of its result.

use egg::{FromOp, Id, Language};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
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
/// Name, detail and operands tell it apart; the type of its result follows from them. (egg looks a term up as
/// it is once its variables are bound, so nothing that patterns leave open may be part of what a node is.)
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Name of the op, `xpu.` left out; `#n` is the n-th leaf, `1` an i32, `1:index` or `1:i64` another constant.
    pub(super) name: Arc<str>,
    /// What the name leaves open: a predicate, the space of what has no operand in it, the type of a cast.
    pub(super) detail: Arc<str>,
    /// Type of the result; `None` in a pattern.
    pub(super) ty: Option<Ty>,
    pub(super) children: Vec<Id>,
}

impl Node {
    fn key(&self) -> (&str, &str, &[Id]) {
        (&self.name, &self.detail, &self.children)
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Node {}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
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
        let name = match ty {
            Ty::Int(32) => value.to_string(),
            Ty::Int(bits) => format!("{value}:i{bits}"),
            _ => format!("{value}:index"),
        };
        Node::new(&name, "", ty, Vec::new())
    }

    /// Value of a constant.
    pub(super) fn as_constant(&self) -> Option<i64> {
        if !self.children.is_empty() {
            return None;
        }
        self.name.split_once(':').map_or(&*self.name, |(value, _)| value).parse().ok()
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
        self.name == other.name && self.detail == other.detail && self.children.len() == other.children.len()
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

/// Patterns spell a node `name` or `name[detail]`, constants as nodes do.
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
