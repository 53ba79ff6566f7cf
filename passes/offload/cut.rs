//! The cheapest cut of a network, by Dinic's algorithm: phases of shortest paths, each edge looked at once a phase.

/// A node of a [`Network`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node(usize);

/// Nodes, and edges with what it costs to cut each.
#[derive(Debug, Default)]
pub(super) struct Network {
    /// Edge `2 * k + 1` is edge `2 * k` backwards.
    edges: Vec<Edge>,
    leaving: Vec<Vec<usize>>,
}

#[derive(Debug)]
struct Edge {
    to: usize,
    /// How much more can flow along it.
    room: u64,
}

/// The nodes on the near side of a cheapest cut, as few as possible, and what it costs.
pub(super) struct Near {
    nodes: Vec<usize>,
    pub(super) cost: u64,
}

impl Near {
    pub(super) fn contains(&self, node: Node) -> bool {
        self.nodes[node.0] != FAR
    }
}

const FAR: usize = usize::MAX;

impl Network {
    pub(super) fn node(&mut self) -> Node {
        self.leaving.push(Vec::new());
        Node(self.leaving.len() - 1)
    }

    pub(super) fn edge(&mut self, from: Node, to: Node, cost: u64) {
        for (from, to, room) in [(from, to, cost), (to, from, 0)] {
            self.leaving[from.0].push(self.edges.len());
            self.edges.push(Edge { to: to.0, room });
        }
    }

    pub(super) fn cut(mut self, source: Node, sink: Node) -> Near {
        loop {
            let distance = self.distances(source);
            if distance[sink.0] == FAR {
                let is_cut = |k: &usize| {
                    let (from, to) = (self.edges[k + 1].to, self.edges[*k].to);
                    distance[from] != FAR && distance[to] == FAR
                };
                // What is cut is full: all that it can take flows.
                let cut = (0..self.edges.len()).step_by(2).filter(is_cut);
                let cost = cut.fold(0, |sum: u64, k| sum.saturating_add(self.edges[k + 1].room));
                return Near { nodes: distance, cost };
            }
            self.fill(source.0, sink.0, &distance);
        }
    }

    /// Edges from the source to each node along edges with room.
    fn distances(&self, source: Node) -> Vec<usize> {
        let mut distance = vec![FAR; self.leaving.len()];
        distance[source.0] = 0;
        let mut reached = vec![source.0];
        let mut next = 0;
        while let Some(node) = reached.get(next).copied() {
            next += 1;
            for edge in self.leaving[node].iter().map(|edge| &self.edges[*edge]) {
                if edge.room > 0 && distance[edge.to] == FAR {
                    distance[edge.to] = distance[node] + 1;
                    reached.push(edge.to);
                }
            }
        }
        distance
    }

    /// Fills every shortest path.
    fn fill(&mut self, source: usize, sink: usize, distance: &[usize]) {
        let mut next = vec![0; self.leaving.len()];
        let mut path: Vec<usize> = Vec::new();
        let mut at = source;
        loop {
            if at == sink {
                let room = path.iter().map(|edge| self.edges[*edge].room).min().unwrap_or(0);
                for edge in &path {
                    self.edges[*edge].room -= room;
                    self.edges[edge ^ 1].room += room;
                }
                // On from where the first edge is full.
                let full = path.iter().position(|edge| self.edges[*edge].room == 0).unwrap_or(0);
                at = self.edges[path[full] ^ 1].to;
                path.truncate(full);
            } else if let Some(edge) = self.leaving[at].get(next[at]).copied() {
                let Edge { to, room } = self.edges[edge];
                if room > 0 && distance[to] == distance[at] + 1 {
                    path.push(edge);
                    at = to;
                } else {
                    next[at] += 1;
                }
            } else {
                // No way on from here: the edge to it is of no use.
                let Some(edge) = path.pop() else { return };
                at = self.edges[edge ^ 1].to;
                next[at] += 1;
            }
        }
    }
}
