//! What a term costs: the work on its elements.
//!
//! One unit is about one write of an element. A launch, a transfer or an allocation is none of it: what shares a
//! launch and what runs where is decided later, over the terms that are left. The table says only which of two equal
//! terms computes less: an addition counts for more than a fill, a division for several additions, and one
//! `slot_mapping` for less than the ten ops that it stands for.

use super::extract::FORBIDDEN;
use super::facts::Graph;
use super::facts::sizes::Size;
use super::lang::{Node, Op, Upstream};
use egg::Id;
use rustc_hash::FxHashMap;
use xpuc_dialect::dim::{Dim, Function, Symbol, SymbolKind};
use xpuc_dialect::ops::{Binary, Kind};

/// Elements that a size is taken for when nothing tells: rows of a batch, columns of a table.
const ASSUMED_SIZE: u64 = 64;

/// Elements that a sum over lengths, or a size that is computed, is taken for: tokens.
const ASSUMED_SUM: u64 = 4096;

/// No term is taken for more elements, so that costs add up without wrapping.
const MAX_ELEMENTS: u64 = 1 << 32;

/// Costs of the terms of one e-graph.
#[derive(Debug, Default)]
pub(super) struct Costs {
    sizes: FxHashMap<Size, u64>,
}

impl Costs {
    /// Work of one node.
    pub(super) fn of(&mut self, graph: &Graph, class: Id, node: &Node) -> u64 {
        let Some(work) = work(node.op) else { return FORBIDDEN };
        // What a slice writes is as large as what is put in, and a cumsum or a reduction reads all its input.
        let sized = match node.op {
            Op::Leaf(_) | Op::Constant(..) => return 0,
            Op::Upstream(Upstream::InsertSlice, _) | Op::ReduceSum(_) | Op::Xpu(Kind::ReduceMax) => {
                node.children[0]
            }
            // A condition, a view: the same whatever the size.
            Op::Upstream(..) => return work,
            _ => class,
        };
        work.saturating_mul(self.elements(graph, sized))
    }

    fn elements(&mut self, graph: &Graph, class: Id) -> u64 {
        let data = &graph[class].data;
        if data.ty.is_scalar() {
            return 1;
        }
        let product = |product: u64, size: &Size| {
            let elements = self.sizes.entry(*size);
            product.saturating_mul(*elements.or_insert_with(|| assumed(graph.analysis.sizes.dim(*size))))
        };
        data.dims.iter().fold(1, product).min(MAX_ELEMENTS)
    }
}

/// Units for one element; `None` for what no program contains.
fn work(op: Op) -> Option<u64> {
    Some(match op {
        Op::Position | Op::Page | Op::Sum | Op::Neg => return None,
        Op::Leaf(_) | Op::Constant(..) => 0,
        Op::Xpu(Kind::Constant | Kind::Range) => 1,
        Op::Xpu(Kind::Broadcast(op)) => match op {
            Binary::Add | Binary::Sub | Binary::Min | Binary::Max => 2,
            Binary::Mul => 3,
            Binary::FloorDiv | Binary::Mod => 10,
        },
        Op::Compare(_) | Op::Xpu(Kind::Select | Kind::ReduceMax) | Op::ReduceSum(_) => 2,
        Op::Cumsum(_) => 3,
        Op::Xpu(Kind::Compact | Kind::Expand) => 4,
        // Out of order.
        Op::Xpu(Kind::Gather) => 6,
        Op::Xpu(Kind::SlotMapping) => 8,
        Op::Xpu(_) => 2,
        Op::Upstream(Upstream::Mul, _) => 2,
        Op::Upstream(Upstream::FloorDiv, _) => 8,
        Op::Upstream(..) => 1,
    })
}

/// What a size is taken for.
fn assumed(dim: &Dim) -> u64 {
    let mut sum = 0i128;
    for (monomial, coefficient) in dim.terms() {
        let product = monomial.symbols().iter().fold(i128::from(coefficient), |product, symbol| {
            product.saturating_mul(i128::from(assumed_symbol(symbol)))
        });
        sum = sum.saturating_add(product);
    }
    u64::try_from(sum.max(1)).unwrap_or(MAX_ELEMENTS).min(MAX_ELEMENTS)
}

fn assumed_symbol(symbol: &Symbol) -> u64 {
    match symbol.kind() {
        // What is only known once it was computed counts tokens.
        SymbolKind::OfTensor { .. } | SymbolKind::Unknown(_) => ASSUMED_SUM,
        SymbolKind::Call { function, arguments } => {
            let mut values = arguments.iter().map(assumed);
            match function {
                Function::Max => values.max().unwrap_or(1),
                Function::CeilDiv => {
                    values.next().unwrap_or(1).div_ceil(values.next().unwrap_or(1).max(1)).max(1)
                }
                _ => ASSUMED_SIZE,
            }
        }
        _ => ASSUMED_SIZE,
    }
}
