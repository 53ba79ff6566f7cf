//! What is known of an e-class: type, sizes, value, range.

use super::lang::{Node, Ty};
use egg::{Analysis, DidMerge, EGraph, Id};
use xpuc_dialect::dim::Dim;
use xpuc_dialect::ir::Space;
use xpuc_dialect::ops::Kind;

pub(super) type Graph = EGraph<Node, Facts>;

/// The analysis; also keeps what must never happen.
#[derive(Debug, Default, Clone)]
pub(super) struct Facts {
    /// Two constants that rules made equal: some rule is wrong.
    pub(super) conflict: Option<(i64, i64)>,
}

/// Facts of one class.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Data {
    pub(super) ty: Ty,
    /// Sizes of a tensor.
    pub(super) dims: Vec<Dim>,
    /// A scalar as a polynomial over symbols.
    pub(super) scalar: Option<Dim>,
    /// Least and greatest value of a scalar, or of every element of a tensor.
    pub(super) range: (i64, i64),
}

/// Every value of an integer type.
fn full(bits: u32) -> (i64, i64) {
    match bits {
        1 => (0, 1),
        bits if bits < 64 => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        _ => (i64::MIN, i64::MAX),
    }
}

fn full_of(ty: &Ty) -> (i64, i64) {
    match ty {
        Ty::Int(bits) | Ty::Tensor(bits, ..) => full(*bits),
        _ => full(64),
    }
}

impl Data {
    /// The value of a constant.
    pub(super) fn constant(&self) -> Option<i64> {
        (self.ty.is_scalar() && self.range.0 == self.range.1).then_some(self.range.0)
    }
}

impl Analysis<Node> for Facts {
    type Data = Data;

    fn make(egraph: &mut Graph, node: &Node, _: Id) -> Data {
        let ty = node.ty.clone().unwrap_or(Ty::Other);
        let child = |i: usize| node.children.get(i).map(|id| &egraph[*id].data);
        let scalar = if ty.is_scalar() { polynomial(node, &child) } else { None };
        let dims = if ty.is_tensor() { sizes(node, &child) } else { Vec::new() };
        let range = range(node, &ty, &child);
        Data { ty, dims, scalar, range }
    }

    fn merge(&mut self, a: &mut Data, b: Data) -> DidMerge {
        let before = a.clone();
        let range = (a.range.0.max(b.range.0), a.range.1.min(b.range.1));
        if range.0 > range.1 {
            self.conflict = Some((a.range.0, b.range.0));
        } else {
            a.range = range;
        }
        a.scalar = better(a.scalar.take(), b.scalar.clone());
        if a.dims.len() == b.dims.len() {
            for (x, y) in a.dims.iter_mut().zip(&b.dims) {
                if let Some(dim) = better(Some(x.clone()), Some(y.clone())) {
                    *x = dim;
                }
            }
        } else if a.dims.is_empty() {
            a.dims.clone_from(&b.dims);
        }
        DidMerge(*a != before, *a != b)
    }
}

/// The size that says more: one without unknowns, else the one that prints shorter, then first.
fn better(a: Option<Dim>, b: Option<Dim>) -> Option<Dim> {
    let key = |dim: &Dim| {
        let text = dim.to_string();
        (dim.has_unknowns(), text.len(), text)
    };
    match (a, b) {
        (Some(a), Some(b)) => Some(if key(&a) <= key(&b) { a } else { b }),
        (a, b) => a.or(b),
    }
}

fn polynomial<'d>(node: &Node, child: &impl Fn(usize) -> Option<&'d Data>) -> Option<Dim> {
    let known = |i: usize| child(i)?.scalar.as_ref();
    if let Some(value) = node.as_constant() {
        return Some(Dim::constant(value));
    }
    match &*node.name {
        "arith.addi" => known(0)?.add(known(1)?).ok(),
        "arith.subi" => known(0)?.sub(known(1)?).ok(),
        "arith.muli" => known(0)?.mul(known(1)?).ok(),
        "arith.index_cast" | "arith.extsi" => known(0).cloned(),
        _ => None,
    }
}

/// Sizes of a tensor node from those of its operands.
fn sizes<'d>(node: &Node, child: &impl Fn(usize) -> Option<&'d Data>) -> Vec<Dim> {
    let dims = |i: usize| child(i).map(|d| d.dims.clone()).unwrap_or_default();
    let size = |i: usize| child(i).and_then(|d| d.scalar.clone()).map(|dim| vec![dim]).unwrap_or_default();
    let one = Dim::constant(1);
    match &*node.name {
        "gather" => dims(1),
        "cumsum" if node.detail.contains("exclusive") => {
            dims(0).iter().filter_map(|d| d.add(&one).ok()).collect()
        }
        "reduce_sum" | "reduce_max" => vec![one],
        "constant" => (1..node.children.len()).flat_map(size).collect(),
        "range" | "tensor.extract_slice" => size(2),
        "expand" => size(1),
        "slot_mapping" => size(7),
        "tensor.insert_slice" | "tensor.insert" | "arith.select" => dims(1),
        "tensor.empty" => (0..node.children.len()).flat_map(size).collect(),
        name if name.starts_with("broadcast_") || name == "compare" => {
            let (x, y) = (dims(0), dims(1));
            if x.is_empty() {
                return y;
            }
            let pick = |(x, y): (Dim, Option<&Dim>)| if x == one { y.cloned().unwrap_or(x) } else { x };
            x.into_iter().enumerate().map(|(i, x)| pick((x, y.get(i)))).collect()
        }
        // Select, compact, transfers, casts: the shape of the first operand.
        _ => dims(0),
    }
}

/// Least and greatest value, when nothing wraps; every value of the type when something may.
fn range<'d>(node: &Node, ty: &Ty, child: &impl Fn(usize) -> Option<&'d Data>) -> (i64, i64) {
    let full = full_of(ty);
    if let Some(value) = node.as_constant() {
        return (value, value);
    }
    let of = |i: usize| child(i).map_or(full, |d| d.range);
    let join = |a: (i64, i64), b: (i64, i64)| (a.0.min(b.0), a.1.max(b.1));
    let fits = |low: Option<i64>, high: Option<i64>| match (low, high) {
        (Some(low), Some(high)) if low >= full.0 && high <= full.1 => (low, high),
        _ => full,
    };
    match &*node.name {
        "broadcast_add" | "arith.addi" => {
            let (x, y) = (of(0), of(1));
            fits(x.0.checked_add(y.0), x.1.checked_add(y.1))
        }
        "broadcast_sub" | "arith.subi" => {
            let (x, y) = (of(0), of(1));
            fits(x.0.checked_sub(y.1), x.1.checked_sub(y.0))
        }
        "broadcast_mul" | "arith.muli" => {
            let (x, y) = (of(0), of(1));
            let products = [(x.0, y.0), (x.0, y.1), (x.1, y.0), (x.1, y.1)].map(|(a, b)| a.checked_mul(b));
            match products.into_iter().collect::<Option<Vec<i64>>>() {
                Some(p) => fits(p.iter().min().copied(), p.iter().max().copied()),
                None => full,
            }
        }
        "broadcast_mod" if of(1).0 > 0 => (0, of(1).1 - 1),
        "broadcast_floordiv" | "arith.floordivsi" if of(1).0 > 0 && of(0).0 >= 0 => (0, of(0).1),
        "broadcast_min" | "arith.minsi" => (of(0).0.min(of(1).0), of(0).1.min(of(1).1)),
        "broadcast_max" | "arith.maxsi" => (of(0).0.max(of(1).0), of(0).1.max(of(1).1)),
        "select" | "arith.select" => join(of(1), of(2)),
        // What is behind the kept elements is 0.
        "compact" => join(of(0), (0, 0)),
        "gather" | "h2d" | "d2h" | "tensor.extract_slice" | "tensor.extract" | "tensor.cast" => of(0),
        "arith.index_cast" | "arith.extsi" => of(0),
        "constant" => of(0),
        "tensor.insert_slice" | "tensor.insert" => join(of(0), of(1)),
        // With a step of 0 or 1, only more elements than memory holds could wrap.
        "range" if of(0).0 >= 0 && of(1).0 >= 0 && of(1).1 <= 1 => (of(0).0, full.1),
        "expand" | "memref.dim" | "tensor.dim" => (0, full.1),
        _ => full,
    }
}

/// Type of the result of an op that a rule makes, from the types of its operands.
pub(super) fn result_type(node: &Node, egraph: &Graph) -> Option<Ty> {
    let child = |i: usize| node.children.get(i).map(|id| egraph[*id].data.ty.clone());
    let first_tensor =
        || node.children.iter().map(|id| &egraph[*id].data.ty).find(|ty| ty.is_tensor()).cloned();
    let kind = Kind::from_name(&format!("xpu.{}", node.name));
    match (kind, child(0)?) {
        (Some(Kind::H2d), ty) => Some(ty.in_space(Space::Device)),
        (Some(Kind::D2h), ty) => Some(ty.in_space(Space::Host)),
        (Some(Kind::Compare), _) => match first_tensor()? {
            Ty::Tensor(_, space, rank) => Some(Ty::Tensor(1, space, rank)),
            other => Some(other),
        },
        (Some(Kind::Gather), Ty::Tensor(bits, space, _)) => match child(1)? {
            Ty::Tensor(_, _, rank) => Some(Ty::Tensor(bits, space, rank)),
            other => Some(other),
        },
        (Some(Kind::Select), _) => match (child(0)?, child(1)?) {
            (Ty::Tensor(_, space, rank), Ty::Int(bits) | Ty::Tensor(bits, ..)) => {
                Some(Ty::Tensor(bits, space, rank))
            }
            _ => None,
        },
        (Some(Kind::SlotMapping), ty) | (None, ty) => Some(ty),
        (Some(_), _) => first_tensor(),
    }
}
