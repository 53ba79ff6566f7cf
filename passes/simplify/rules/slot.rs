//! Slot mapping: the position of each token, its page, its slot.
//!
//! For packed rows with offsets `lod`, token `t` of row `k` stands at `start[k] + (t - lod[k])`. Its page is entry
//! `map[k] * columns + position / block_size` of the flat block table, its slot
//! `page * block_size + position % block_size`. `position` and `page` are auxiliary terms.
//!
//! Both sides are 32 bits wide, wrap around, and divide toward minus infinity, which asks for a positive block size.

use super::{Row, at_least, class, is_scalar, rw};
use crate::simplify::facts::Graph;
use crate::simplify::lang::{Node, Op, Upstream};
use egg::{Id, Subst};

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("slot-position"; "(sum (gather ?start (expand ?lod ?n)) (range 0 1 ?n) (neg (gather ?lod (expand ?lod ?n))))"
                      => "(position ?start ?lod ?n)"),
    rw!("slot-page";     "(sum (broadcast_mul (gather ?map (expand ?lod ?n)) ?columns) (broadcast_floordiv (position ?start ?lod ?n) ?bs))"
                      => "(page ?start ?lod ?map ?columns ?bs ?n)"
                         if "?columns and ?bs are scalars, ?bs >= 1", divides),
    rw!("slot-mapping";  "(sum (broadcast_mul (gather ?table (page ?start ?lod ?map ?columns ?bs ?n)) ?bs) (broadcast_mod (position ?start ?lod ?n) ?bs))"
                      => "(slot_mapping ?table ?lod ?start ?map ?columns ?bs 0 ?n)"
                         if "?columns and ?bs are scalars, ?bs >= 1", divides),
    rw!("slot-pad";      "(tensor.insert_slice (slot_mapping ?table ?lod ?start ?map ?columns ?bs ?p ?n) (constant ?pad ?size) 0:index ?n)"
                      => "(slot_mapping ?table ?lod ?start ?map ?columns ?bs ?pad ?size)"
                         if "?n is the last entry of ?lod", |g, s| is_total(g, class(s, "?lod"), class(s, "?n"))),
]}

fn divides(graph: &Graph, subst: &Subst) -> bool {
    is_scalar(graph, subst, "?columns") && is_scalar(graph, subst, "?bs") && at_least(graph, subst, "?bs", 1)
}

/// Whether `n` is the last entry of `lod`: `lod` holds the entries `0..=k` of an array, and `n` is its entry `k`.
fn is_total(graph: &Graph, lod: Id, n: Id) -> bool {
    graph[lod].nodes.iter().filter(|node| node.op == Op::Upstream(Upstream::ExtractSlice, 0)).any(|node| {
        let (array, offset, size) = (node.children[0], node.children[1], node.children[2]);
        graph[offset].data.constant() == Some(0)
            && graph[size]
                .nodes
                .iter()
                .flat_map(|size| predecessor(graph, size))
                .any(|k| is_entry(graph, n, array, k))
    })
}

/// `k` of `k + 1`.
fn predecessor(graph: &Graph, size: &Node) -> Option<Id> {
    if !matches!(size.op, Op::Upstream(Upstream::Add, _)) {
        return None;
    }
    let one = |i: usize| graph[size.children[i]].data.literal == Some(1);
    if one(1) { Some(size.children[0]) } else { one(0).then(|| size.children[1]) }
}

/// Whether `n` is entry `k` of `array`.
fn is_entry(graph: &Graph, n: Id, array: Id, k: Id) -> bool {
    let same = |x: Id, y: Id| graph.find(x) == graph.find(y);
    graph[n].nodes.iter().any(|node| match node.op {
        Op::Upstream(Upstream::IndexCast, _) => is_entry(graph, node.children[0], array, k),
        Op::Upstream(Upstream::Extract, _) => same(node.children[0], array) && same(node.children[1], k),
        _ => false,
    })
}
