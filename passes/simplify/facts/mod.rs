//! What is known of an e-class: type, sizes, value, range, space.

pub(super) mod range;
pub(super) mod sizes;

use super::lang::{Node, Op, Ty, Upstream};
use super::sums::Sum;
use egg::{Analysis, DidMerge, EGraph, Id};
pub(super) use range::Range;
use sizes::{Join, Size, Sizes};
use smallvec::{SmallVec, smallvec};
use xpuc_dialect::ir::Space;
use xpuc_dialect::ops::Kind;

pub(super) type Graph = EGraph<Node, Facts>;

/// The analysis: sizes, and what must never happen.
#[derive(Debug, Default, Clone)]
pub(super) struct Facts {
    pub(super) sizes: Sizes,
    /// Normal forms of the sums, as of the last time they were computed.
    pub(super) sums: Vec<(Id, Sum)>,
    /// Two constants that rules made equal: some rule is wrong.
    pub(super) conflict: Option<(i64, i64)>,
}

/// Sizes of a tensor; few have more.
pub(super) type Dims = SmallVec<[Size; 2]>;

/// Facts of one class.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Data {
    pub(super) ty: Ty,
    /// Sizes of a tensor; fewer than its rank where one is not known.
    pub(super) dims: Dims,
    /// A scalar as a polynomial over symbols.
    pub(super) scalar: Option<Size>,
    /// Least and greatest value of a scalar, or of every element of a tensor.
    pub(super) range: Range,
    /// Whether a clause of the contract says more than the terms do: the class must stay what the clause checks.
    pub(super) assumed: bool,
    /// Where a tensor is computed: where the program first did (`true`), else with its operands. The greater of two
    /// holds, so the device wins.
    pub(super) space: Option<(bool, Space)>,
    /// The constant that it is, written as one.
    pub(super) literal: Option<i64>,
    /// The first of the class's ids: an order that rules do not change.
    pub(super) birth: Id,
}

impl Data {
    /// The value of a scalar that has but one.
    pub(super) fn constant(&self) -> Option<i64> {
        (self.ty.is_scalar() && self.range.0 == self.range.1).then_some(self.range.0)
    }

    /// All its sizes.
    pub(super) fn shape(&self) -> Option<&[Size]> {
        match self.ty {
            Ty::Tensor(_, rank) if self.dims.len() == rank as usize => Some(&self.dims),
            Ty::Tensor(..) => None,
            _ => Some(&[]),
        }
    }
}

impl Analysis<Node> for Facts {
    type Data = Data;

    fn make(graph: &mut Graph, node: &Node, id: Id) -> Data {
        let ty = node.ty.unwrap_or(Ty::Other);
        let scalar = if ty.is_scalar() { polynomial(graph, node) } else { None };
        let dims = if ty.is_tensor() { shape(graph, node) } else { Dims::new() };
        let range = range::of(graph, node, ty);
        let spaces = || node.children.iter().filter_map(|child| graph[*child].data.space);
        let space = spaces().map(|(_, space)| (false, space)).max().filter(|_| ty.is_tensor());
        Data { ty, dims, scalar, range, assumed: false, space, literal: node.as_constant(), birth: id }
    }

    fn merge(&mut self, a: &mut Data, b: Data) -> DidMerge {
        let before = a.clone();
        if let (Some(x), Some(y)) = (a.literal, b.literal)
            && x != y
        {
            self.conflict = Some((x, y));
        }
        let range = (a.range.0.max(b.range.0), a.range.1.min(b.range.1));
        // No value satisfies both: under this contract the program always stops before.
        if range.0 <= range.1 {
            a.range = range;
        }
        a.literal = a.literal.or(b.literal);
        a.assumed |= b.assumed;
        a.space = a.space.max(b.space);
        a.birth = a.birth.min(b.birth);
        a.scalar = self.sizes.better(a.scalar, b.scalar);
        if a.dims.len() == b.dims.len() {
            for (x, y) in a.dims.iter_mut().zip(&b.dims) {
                *x = self.sizes.better(Some(*x), Some(*y)).unwrap_or(*x);
            }
        } else if a.dims.len() < b.dims.len() {
            a.dims.clone_from(&b.dims);
        }
        DidMerge(*a != before, *a != b)
    }
}

fn polynomial(graph: &mut Graph, node: &Node) -> Option<Size> {
    if let Some(value) = node.as_constant() {
        return Some(graph.analysis.sizes.constant(value));
    }
    let known = |i: usize| graph[node.children[i]].data.scalar;
    let join = match node.op {
        Op::Upstream(Upstream::Add, _) => Join::Add,
        Op::Upstream(Upstream::Sub, _) => Join::Sub,
        Op::Upstream(Upstream::Mul, _) => Join::Mul,
        // Upstream's i1 is signed: true is -1.
        Op::Upstream(Upstream::IndexCast | Upstream::Extend, _) => {
            return known(0).filter(|_| graph[node.children[0]].data.ty.bits() > 1);
        }
        _ => return None,
    };
    let (x, y) = (known(0)?, known(1)?);
    graph.analysis.sizes.join(join, x, y)
}

/// Sizes of a tensor node from those of its operands.
fn shape(graph: &mut Graph, node: &Node) -> Dims {
    let data = |i: usize| node.children.get(i).map(|id| &graph[*id].data);
    let dims = |i: usize| data(i).map(|d| d.dims.clone()).unwrap_or_default();
    let size = |i: usize| data(i).and_then(|d| d.scalar);
    let sized = |i: usize| size(i).into_iter().collect();
    match node.op {
        Op::Xpu(Kind::Gather) => dims(1),
        Op::Cumsum(true) => {
            let dims = dims(0);
            let one = graph.analysis.sizes.constant(1);
            dims.into_iter().filter_map(|d| graph.analysis.sizes.join(Join::Add, d, one)).collect()
        }
        Op::ReduceSum(_) | Op::Xpu(Kind::ReduceMax) => smallvec![graph.analysis.sizes.constant(1)],
        Op::Xpu(Kind::Constant) => (1..node.children.len()).map_while(size).collect(),
        Op::Xpu(Kind::Range) | Op::Upstream(Upstream::ExtractSlice, _) | Op::Position => sized(2),
        Op::Xpu(Kind::Expand) => sized(1),
        Op::Page => sized(5),
        Op::Xpu(Kind::SlotMapping) => sized(7),
        Op::Upstream(Upstream::InsertSlice | Upstream::Insert | Upstream::Select, _) => dims(1),
        Op::Upstream(Upstream::Empty, _) => (0..node.children.len()).map_while(size).collect(),
        Op::Xpu(Kind::Broadcast(_)) | Op::Compare(_) => {
            let (x, y) = (dims(0), dims(1));
            if x.is_empty() {
                return y;
            }
            let one = graph.analysis.sizes.constant(1);
            let pick = |(i, x): (usize, Size)| if x == one { y.get(i).copied().unwrap_or(x) } else { x };
            x.into_iter().enumerate().map(pick).collect()
        }
        // Select, compact, casts: the shape of the first operand.
        _ => dims(0),
    }
}

/// Type of the result of an op that a rule makes, from the types of its operands.
pub(super) fn result_type(node: &Node, graph: &Graph) -> Option<Ty> {
    let child = |i: usize| node.children.get(i).map(|id| graph[*id].data.ty);
    let first_tensor = || (0..node.children.len()).filter_map(child).find(|ty| ty.is_tensor());
    match node.op {
        Op::Xpu(Kind::Constant) => match child(0)? {
            Ty::Int(bits) => Some(Ty::Tensor(bits, node.children.len() as u32 - 1)),
            _ => None,
        },
        Op::Xpu(Kind::Range) => (child(0)? == Ty::Int(32)).then_some(Ty::Tensor(32, 1)),
        Op::Compare(_) => match first_tensor()? {
            Ty::Tensor(_, rank) => Some(Ty::Tensor(1, rank)),
            other => Some(other),
        },
        Op::Xpu(Kind::Gather) => match (child(0)?, child(1)?) {
            (Ty::Tensor(bits, _), Ty::Tensor(_, rank)) => Some(Ty::Tensor(bits, rank)),
            _ => None,
        },
        Op::Xpu(Kind::Select) => match (child(0)?, child(1)?) {
            (Ty::Tensor(_, rank), ty) => Some(Ty::Tensor(ty.bits(), rank)),
            _ => None,
        },
        Op::Xpu(Kind::Broadcast(_)) => {
            let tensor = first_tensor()?;
            (0..2).all(|i| child(i).is_some_and(|ty| ty.bits() == tensor.bits())).then_some(tensor)
        }
        Op::Upstream(Upstream::Select, _) => child(1),
        Op::Upstream(op, _) if op <= Upstream::Max => {
            let ty = child(0).filter(|ty| ty.is_scalar())?;
            (child(1) == Some(ty)).then_some(ty)
        }
        Op::Upstream(..) | Op::Xpu(Kind::SlotMapping) | Op::Position | Op::Page => child(0),
        _ => first_tensor(),
    }
}
