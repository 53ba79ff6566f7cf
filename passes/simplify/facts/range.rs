//! Ranges: the least and the greatest value, when nothing wraps; every value of the type when something may.

use super::Graph;
use crate::simplify::lang::{Node, Op, Ty, Upstream};
use egg::Id;
use xpuc_dialect::ops::{Binary, Kind, Predicate};

/// Least and greatest value.
pub(in crate::simplify) type Range = (i64, i64);

/// Every value of an integer of so many bits.
pub(in crate::simplify) fn full(bits: u32) -> Range {
    match bits {
        1 => (0, 1),
        bits if bits < 64 => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        _ => (i64::MIN, i64::MAX),
    }
}

/// What `op` makes of the ranges, as true integers; `None` where a value might not be one of `bits` bits.
pub(in crate::simplify) fn exact(op: Binary, x: Range, y: Range, bits: u32) -> Option<Range> {
    let wide = |(low, high): Range| (i128::from(low), i128::from(high));
    let (x, y) = (wide(x), wide(y));
    let (low, high) = match op {
        Binary::Add => (x.0 + y.0, x.1 + y.1),
        Binary::Sub => (x.0 - y.1, x.1 - y.0),
        Binary::Mul => {
            let products = [x.0 * y.0, x.0 * y.1, x.1 * y.0, x.1 * y.1];
            products.into_iter().fold((i128::MAX, i128::MIN), |(low, high), p| (low.min(p), high.max(p)))
        }
        Binary::FloorDiv if y.0 > 0 => {
            let quotients = [(x.0, y.0), (x.0, y.1), (x.1, y.0), (x.1, y.1)].map(|(a, b)| a.div_euclid(b));
            quotients.into_iter().fold((i128::MAX, i128::MIN), |(low, high), q| (low.min(q), high.max(q)))
        }
        Binary::Mod if y.0 > 0 && x.0 >= 0 => (0, x.1.min(y.1 - 1)),
        Binary::Mod if y.0 > 0 => (0, y.1 - 1),
        Binary::FloorDiv | Binary::Mod => return None,
        Binary::Min => (x.0.min(y.0), x.1.min(y.1)),
        Binary::Max => (x.0.max(y.0), x.1.max(y.1)),
    };
    let all = wide(full(bits));
    // Both are within 64 bits then.
    (low >= all.0 && high <= all.1).then_some((low as i64, high as i64))
}

/// Whether `x predicate y` always holds (1, 1), never (0, 0), or is open.
fn decided(predicate: Predicate, x: Range, y: Range, same: bool) -> Range {
    let verdict = match predicate {
        Predicate::Eq | Predicate::Sle | Predicate::Sge if same => Some(true),
        Predicate::Ne | Predicate::Slt | Predicate::Sgt if same => Some(false),
        Predicate::Eq if x.0 == x.1 && x == y => Some(true),
        Predicate::Eq if x.1 < y.0 || y.1 < x.0 => Some(false),
        Predicate::Ne if x.1 < y.0 || y.1 < x.0 => Some(true),
        Predicate::Ne if x.0 == x.1 && x == y => Some(false),
        Predicate::Slt if x.1 < y.0 => Some(true),
        Predicate::Slt if x.0 >= y.1 => Some(false),
        Predicate::Sle if x.1 <= y.0 => Some(true),
        Predicate::Sle if x.0 > y.1 => Some(false),
        Predicate::Sgt if x.0 > y.1 => Some(true),
        Predicate::Sgt if x.1 <= y.0 => Some(false),
        Predicate::Sge if x.0 >= y.1 => Some(true),
        Predicate::Sge if x.1 < y.0 => Some(false),
        _ => None,
    };
    verdict.map_or((0, 1), |holds| (i64::from(holds), i64::from(holds)))
}

/// Range of what a node computes.
pub(super) fn of(graph: &Graph, node: &Node, ty: Ty) -> Range {
    let all = full(ty.bits());
    if let Some(value) = node.as_constant() {
        return (value, value);
    }
    let of = |i: usize| node.children.get(i).map_or(all, |id| graph[*id].data.range);
    let join = |a: Range, b: Range| (a.0.min(b.0), a.1.max(b.1));
    let choice = |condition: Range, x: Range, y: Range| match condition {
        (1, 1) => x,
        (0, 0) => y,
        _ => join(x, y),
    };
    // Upstream's i1 is signed: true is -1.
    let narrow = |i: usize| node.children.get(i).is_some_and(|id| graph[*id].data.ty.bits() == 1);
    if let Some(op) = node.op.binary() {
        if ty.bits() == 1 {
            return all;
        }
        return exact(op, of(0), of(1), ty.bits()).unwrap_or(all);
    }
    match node.op {
        Op::Compare(predicate) => decided(predicate, of(0), of(1), same(graph, node)),
        Op::Xpu(Kind::Select) | Op::Upstream(Upstream::Select, _) => choice(of(0), of(1), of(2)),
        // What is behind the kept elements is 0.
        Op::Xpu(Kind::Compact) => join(of(0), (0, 0)),
        Op::Xpu(Kind::Gather | Kind::Constant)
        | Op::Upstream(Upstream::ExtractSlice | Upstream::Extract, _) => of(0),
        Op::Upstream(Upstream::IndexCast | Upstream::Extend, _) if !narrow(0) => {
            let x = of(0);
            if x.0 >= all.0 && x.1 <= all.1 { x } else { all }
        }
        Op::Upstream(Upstream::InsertSlice | Upstream::Insert, _) => join(of(0), of(1)),
        // From 0 on, with a step of 0 or 1, only more elements than memory holds could wrap.
        Op::Xpu(Kind::Range) if of(0) == (0, 0) && of(1).0 >= 0 && of(1).1 <= 1 => (0, all.1),
        Op::Xpu(Kind::Expand) => (0, all.1),
        Op::Upstream(Upstream::BufferDim | Upstream::ValueDim, _) => (0, all.1),
        _ => all,
    }
}

/// The same value twice, without anything stretched.
fn same(graph: &Graph, node: &Node) -> bool {
    graph.find(node.children[0]) == graph.find(node.children[1])
}

/// Whether every element of `index` is an index of `table`.
pub(in crate::simplify) fn in_table(graph: &Graph, index: Id, table: Id) -> bool {
    let (index, table) = (&graph[index].data, &graph[table].data);
    let length = table.dims.first().and_then(|size| graph.analysis.sizes.known(*size));
    length.is_some_and(|length| index.range.0 >= 0 && index.range.1 < length)
}
