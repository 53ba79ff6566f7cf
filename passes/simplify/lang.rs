//! The terms that rules work on: pure ops of the value form, each with the type of its result.
//!
//! Where a value lives is no part of a term: a transfer is the identity (`analysis` keeps the space as a fact).

use egg::{FromOp, Id, Language};
use smallvec::SmallVec;
use std::fmt;
use std::hash::{Hash, Hasher};
use xpuc_dialect::ir::{Space, Type};
use xpuc_dialect::ops::{Binary, Kind, Predicate};

/// Type of a value, sizes and space apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ty {
    /// An index.
    Index,
    /// An integer of a width in bits.
    Int(u32),
    /// A tensor: width of its elements in bits, rank.
    Tensor(u32, u32),
    /// Anything else; only leaves have it.
    Other,
}

impl Ty {
    pub(super) fn of(ty: &Type) -> Ty {
        match ty {
            Type::Index => Ty::Index,
            Type::Int(bits) => Ty::Int(*bits),
            // A transfer joins these two spaces and no other.
            Type::Tensor(shaped) if matches!(shaped.space, Space::Host | Space::Device) => {
                match *shaped.elem {
                    Type::Int(bits) => Ty::Tensor(bits, shaped.rank() as u32),
                    _ => Ty::Other,
                }
            }
            _ => Ty::Other,
        }
    }

    pub(super) fn is_tensor(self) -> bool {
        matches!(self, Ty::Tensor(..))
    }

    pub(super) fn is_scalar(self) -> bool {
        matches!(self, Ty::Index | Ty::Int(_))
    }

    /// Width of the integers, or of the elements, in bits.
    pub(super) fn bits(self) -> u32 {
        match self {
            Ty::Int(bits) | Ty::Tensor(bits, _) => bits,
            Ty::Index | Ty::Other => 64,
        }
    }
}

/// An upstream op that facts or rules speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Upstream {
    Add,
    Sub,
    Mul,
    FloorDiv,
    Min,
    Max,
    Select,
    IndexCast,
    Extend,
    Extract,
    Insert,
    Empty,
    ExtractSlice,
    InsertSlice,
    BufferDim,
    ValueDim,
    /// Any other; its attributes name it.
    Other,
}

impl Upstream {
    const NAMES: [(&'static str, Upstream); 16] = [
        ("arith.addi", Upstream::Add),
        ("arith.subi", Upstream::Sub),
        ("arith.muli", Upstream::Mul),
        ("arith.floordivsi", Upstream::FloorDiv),
        ("arith.minsi", Upstream::Min),
        ("arith.maxsi", Upstream::Max),
        ("arith.select", Upstream::Select),
        ("arith.index_cast", Upstream::IndexCast),
        ("arith.extsi", Upstream::Extend),
        ("tensor.extract", Upstream::Extract),
        ("tensor.insert", Upstream::Insert),
        ("tensor.empty", Upstream::Empty),
        ("tensor.extract_slice", Upstream::ExtractSlice),
        ("tensor.insert_slice", Upstream::InsertSlice),
        ("memref.dim", Upstream::BufferDim),
        ("tensor.dim", Upstream::ValueDim),
    ];

    pub(super) fn from_name(name: &str) -> Upstream {
        Self::NAMES.iter().find(|(known, _)| *known == name).map_or(Upstream::Other, |(_, op)| *op)
    }

    /// Full name; empty for those that attributes name.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }
}

/// What a term does with its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Op {
    /// A scalar constant.
    Constant(i64, Ty),
    /// The n-th value that terms do not look into.
    Leaf(u32),
    /// An op of the dialect that its name says all about.
    Xpu(Kind),
    Compare(Predicate),
    /// Whether it is exclusive.
    Cumsum(bool),
    /// Width of the result.
    ReduceSum(u32),
    /// An upstream op and the number of its attributes; 0 is none.
    Upstream(Upstream, u32),
    /// `start[k] + t - lod[k]` of every token: part of a slot mapping.
    Position,
    /// Where the page of every token stands in the block table: part of a slot mapping.
    Page,
    /// In a pattern: a sum in any order.
    Sum,
    /// In a summand of a pattern: taken away.
    Neg,
}

impl Op {
    /// `a + b`, on arrays or scalars; `-` and `*` likewise.
    pub(super) fn linear(self) -> Option<Binary> {
        match self {
            Op::Xpu(Kind::Broadcast(op @ (Binary::Add | Binary::Sub | Binary::Mul))) => Some(op),
            Op::Upstream(Upstream::Add, _) => Some(Binary::Add),
            Op::Upstream(Upstream::Sub, _) => Some(Binary::Sub),
            Op::Upstream(Upstream::Mul, _) => Some(Binary::Mul),
            _ => None,
        }
    }

    /// Element-wise arithmetic, on arrays or scalars.
    pub(super) fn binary(self) -> Option<Binary> {
        match self {
            Op::Xpu(Kind::Broadcast(op)) => Some(op),
            Op::Upstream(Upstream::FloorDiv, _) => Some(Binary::FloorDiv),
            Op::Upstream(Upstream::Min, _) => Some(Binary::Min),
            Op::Upstream(Upstream::Max, _) => Some(Binary::Max),
            _ => self.linear(),
        }
    }

    /// Whether the operands may change places.
    pub(super) fn commutes(self) -> bool {
        matches!(self.binary(), Some(Binary::Add | Binary::Mul | Binary::Min | Binary::Max))
    }
}

/// Operands; few have more.
pub(super) type Children = SmallVec<[Id; 4]>;

/// An operation on e-classes.
///
/// Op and operands tell it apart; the type of its result follows from them. (egg looks a term up as it is once
/// its variables are bound, so nothing that patterns leave open may be part of what a node is.)
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) op: Op,
    /// Type of the result; `None` in a pattern.
    pub(super) ty: Option<Ty>,
    pub(super) children: Children,
}

impl Node {
    pub(super) fn new(op: Op, ty: Ty, children: impl IntoIterator<Item = Id>) -> Self {
        Node { op, ty: Some(ty), children: children.into_iter().collect() }
    }

    pub(super) fn constant(value: i64, ty: Ty) -> Self {
        Node::new(Op::Constant(value, ty), ty, [])
    }

    /// Value of a constant.
    pub(super) fn as_constant(&self) -> Option<i64> {
        if let Op::Constant(value, _) = self.op { Some(value) } else { None }
    }

    fn key(&self) -> (Op, &[Id]) {
        (self.op, &self.children)
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Node {}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl Language for Node {
    type Discriminant = Op;

    fn discriminant(&self) -> Op {
        self.op
    }

    fn matches(&self, other: &Self) -> bool {
        self.op == other.op && self.children.len() == other.children.len()
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
        match self.op {
            Op::Constant(value, _) => write!(f, "{value}"),
            Op::Leaf(index) => write!(f, "leaf {index}"),
            Op::Xpu(kind) => f.write_str(kind.name().trim_start_matches("xpu.")),
            Op::Compare(predicate) => write!(f, "compare[{}]", predicate.as_str()),
            Op::Cumsum(exclusive) => write!(f, "cumsum[{}]", SCANS[usize::from(exclusive)]),
            Op::ReduceSum(bits) => write!(f, "reduce_sum[i{bits}]"),
            Op::Upstream(op, _) => f.write_str(op.name()),
            Op::Position => f.write_str("position"),
            Op::Page => f.write_str("page"),
            Op::Sum => f.write_str("sum"),
            Op::Neg => f.write_str("neg"),
        }
    }
}

const SCANS: [&str; 2] = ["inclusive", "exclusive"];

/// A word of a pattern that is no op.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an op, found {0}")]
pub(super) struct NoOp(String);

/// Patterns spell a node `name` or `name[detail]`, constants `1` (i32), `1:index`, `1:i1`.
impl FromOp for Node {
    type Error = NoOp;

    fn from_op(text: &str, children: Vec<Id>) -> Result<Self, NoOp> {
        let (value, ty) = match text.split_once(':') {
            Some((value, "index")) => (value, Ty::Index),
            Some((value, "i1")) => (value, Ty::Int(1)),
            _ => (text, Ty::Int(32)),
        };
        if let Ok(value) = value.parse::<i64>() {
            return Ok(Node { children: children.into(), ..Node::constant(value, ty) });
        }
        let (name, detail) = text.strip_suffix(']').and_then(|t| t.split_once('[')).unwrap_or((text, ""));
        let op = match (name, Upstream::from_name(name)) {
            (_, op) if op != Upstream::Other => Some(Op::Upstream(op, 0)),
            ("position", _) => Some(Op::Position),
            ("page", _) => Some(Op::Page),
            ("sum", _) => Some(Op::Sum),
            ("neg", _) => Some(Op::Neg),
            ("compare", _) => Predicate::from_name(detail).map(Op::Compare),
            ("cumsum", _) => SCANS.iter().position(|scan| *scan == detail).map(|at| Op::Cumsum(at == 1)),
            _ => Kind::from_name(&format!("xpu.{name}")).map(Op::Xpu),
        };
        let op = op.ok_or_else(|| NoOp(text.to_owned()))?;
        Ok(Node { op, ty: None, children: children.into() })
    }
}
