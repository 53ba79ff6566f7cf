//! Slot mapping: the position of each token, its page, its slot.
//!
//! For packed rows with offsets `lod`, token `t` of row `k` stands at `start[k] + (t - lod[k])`. Its page is entry
//! `map[k] * columns + position / block_size` of the flat block table, its slot
//! `page * block_size + position % block_size`. `position` and `page` are auxiliary terms.
//!
//! Both sides are 32 bits wide, wrap around, and divide toward minus infinity, which asks for a positive block size.

use super::{Row, at_least, class, is_scalar, rw};
use crate::simplify::analysis::Graph;
use crate::simplify::lang::Node;
use egg::{Id, Subst};

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> { vec![
    rw!("slot-position"; "(broadcast_add (gather ?start (expand ?lod ?n)) (broadcast_sub (range[@] 0 1 ?n) (gather ?lod (expand ?lod ?n))))"
                      => "(position ?start ?lod ?n)"),
    rw!("slot-page";     "(broadcast_add (broadcast_mul (gather ?map (expand ?lod ?n)) ?columns) (broadcast_floordiv (position ?start ?lod ?n) ?bs))"
                      => "(page ?start ?lod ?map ?columns ?bs ?n)"
                         if "?columns and ?bs are scalars, ?bs >= 1", divides),
    rw!("slot-mapping";  "(broadcast_add (broadcast_mul (gather ?table (page ?start ?lod ?map ?columns ?bs ?n)) ?bs) (broadcast_mod (position ?start ?lod ?n) ?bs))"
                      => "(slot_mapping ?table ?lod ?start ?map ?columns ?bs 0 ?n)"),
    rw!("slot-pad";      "(tensor.insert_slice (slot_mapping ?table ?lod ?start ?map ?columns ?bs ?p ?n) (constant[@] ?pad ?size) 0:index ?n)"
                      => "(slot_mapping ?table ?lod ?start ?map ?columns ?bs ?pad ?size)"
                         if "?n is the last entry of ?lod", |g, s| is_total(g, class(s, "?lod"), class(s, "?n"))),
]}

fn divides(graph: &Graph, subst: &Subst) -> bool {
    is_scalar(graph, subst, "?columns") && is_scalar(graph, subst, "?bs") && at_least(graph, subst, "?bs", 1)
}

/// Whether `n` is the last entry of `lod`: `lod` holds the entries `0..=k` of an array, and `n` is its entry `k`.
fn is_total(graph: &Graph, lod: Id, n: Id) -> bool {
    let nodes = |class: Id| graph[class].nodes.iter();
    nodes(lod).any(|node| match &*node.name {
        "h2d" => is_total(graph, node.children[0], n),
        "tensor.extract_slice" => {
            let (array, offset, size) = (node.children[0], node.children[1], node.children[2]);
            graph[offset].data.constant() == Some(0)
                && nodes(size)
                    .filter_map(|size| predecessor(graph, size))
                    .any(|k| is_entry(graph, n, array, k))
        }
        _ => false,
    })
}

/// `k` of `k + 1`.
fn predecessor(graph: &Graph, size: &Node) -> Option<Id> {
    let one = |i: usize| graph[size.children[i]].data.constant() == Some(1);
    (size.is("arith.addi") && one(1)).then(|| size.children[0])
}

/// Whether `n` is entry `k` of `array`, or of what was transferred to make it.
fn is_entry(graph: &Graph, n: Id, array: Id, k: Id) -> bool {
    let array = graph.find(array);
    let same = |x: Id| {
        let x = graph.find(x);
        x == array
            || graph[array].nodes.iter().any(|node| node.is("h2d") && graph.find(node.children[0]) == x)
    };
    graph[n].nodes.iter().any(|node| match &*node.name {
        "arith.index_cast" => is_entry(graph, node.children[0], array, k),
        "tensor.extract" => same(node.children[0]) && graph.find(node.children[1]) == graph.find(k),
        _ => false,
    })
}
