//! And/or graph: what extraction works on once operators and e-class ids are out of the way.
//!
//! An [`Instance`] has classes, some of them required; a class has nodes, a node uses classes. A solution
//! chooses a node for each required class and each class that a chosen node uses, without a cycle. It costs
//! the sum of the chosen nodes.

use smallvec::SmallVec;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No class, no node.
pub(super) const NONE: u32 = u32::MAX;

/// Classes that a node uses; few use more.
pub(super) type Uses = SmallVec<[u32; 4]>;

/// A choice for a class, or for a class and those merged into it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) cost: u64,
    /// Classes used: sorted, each once.
    pub(super) uses: Uses,
    /// What is chosen with it, see [`Picks`].
    pub(super) pick: u32,
}

impl Node {
    pub(super) fn new(cost: u64, uses: Uses, pick: u32) -> Self {
        let mut node = Self { cost, uses, pick };
        node.tidy();
        node
    }

    fn tidy(&mut self) {
        if self.uses.len() > 1 {
            self.uses.sort_unstable();
            self.uses.dedup();
        }
    }

    /// Renames the classes used, and forgets those without a new name.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> Option<u32>) {
        self.uses.retain_mut(|class| number(*class).inspect(|&new| *class = new).is_some());
        self.tidy();
    }

    pub(super) fn uses(&self, class: u32) -> bool {
        self.uses.binary_search(&class).is_ok()
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    pub(super) required: bool,
    pub(super) nodes: Vec<Node>,
}

/// A class is named by its position.
pub(super) type Instance = Vec<Class>;

/// All uses by all nodes.
pub(super) fn uses(instance: &Instance) -> impl Iterator<Item = u32> {
    instance.iter().flat_map(|class| &class.nodes).flat_map(|node| &node.uses).copied()
}

/// The required classes, in order.
pub(super) fn required(instance: &Instance) -> impl Iterator<Item = u32> {
    (0..).zip(instance).filter(|(_, class)| class.required).map(|(at, _)| at)
}

/// Names for sets of chosen nodes, so that merging two nodes takes constant time.
#[derive(Debug)]
pub(super) struct Picks {
    singles: u32,
    pairs: Vec<[u32; 2]>,
}

impl Picks {
    /// Numbers below `singles` name one node of the e-graph each.
    pub(super) fn new(singles: u32) -> Self {
        Self { singles, pairs: Vec::new() }
    }

    pub(super) fn pair(&mut self, a: u32, b: u32) -> u32 {
        self.pairs.push([a, b]);
        self.singles + self.pairs.len() as u32 - 1
    }

    /// How many pairs there are, for [`Picks::forget`].
    pub(super) fn mark(&self) -> usize {
        self.pairs.len()
    }

    /// Forgets the pairs made since `mark`.
    pub(super) fn forget(&mut self, mark: usize) {
        self.pairs.truncate(mark);
    }

    /// The nodes of the e-graph that `picks` name.
    pub(super) fn expand(&self, mut picks: Vec<u32>) -> Vec<u32> {
        let mut out = Vec::with_capacity(picks.len());
        while let Some(pick) = picks.pop() {
            match pick.checked_sub(self.singles) {
                Some(pair) => picks.extend(self.pairs[pair as usize]),
                None => out.push(pick),
            }
        }
        out
    }
}

/// Nodes in one sequence, class by class, and who uses what.
#[derive(Debug)]
pub(super) struct Links {
    /// First node of each class, and the number of nodes.
    first: Vec<u32>,
    /// Class of each node.
    pub(super) class: Vec<u32>,
    /// Start of the users of each class, and the number of uses.
    start: Vec<u32>,
    users: Vec<u32>,
}

impl Links {
    pub(super) fn new(instance: &Instance) -> Self {
        let mut start = vec![0; instance.len() + 1];
        for used in uses(instance) {
            start[used as usize + 1] += 1;
        }
        for class in 0..instance.len() {
            start[class + 1] += start[class];
        }
        let mut users = vec![0; start[instance.len()] as usize];
        let (mut first, mut class) = (vec![0], Vec::new());
        let mut fill = start.clone();
        for (nodes, at) in instance.iter().map(|class| &class.nodes).zip(0..) {
            for node in nodes {
                for &used in &node.uses {
                    users[fill[used as usize] as usize] = class.len() as u32;
                    fill[used as usize] += 1;
                }
                class.push(at);
            }
            first.push(class.len() as u32);
        }
        Self { first, class, start, users }
    }

    /// The nodes of a class.
    pub(super) fn nodes(&self, class: u32) -> std::ops::Range<usize> {
        self.first[class as usize] as usize..self.first[class as usize + 1] as usize
    }

    /// The nodes that use a class.
    pub(super) fn users(&self, class: u32) -> &[u32] {
        &self.users[self.start[class as usize] as usize..self.start[class as usize + 1] as usize]
    }
}

/// A finite term for each class that has one: the cheapest when shared parts are counted each time. (Knuth's
/// generalisation of Dijkstra's algorithm.)
#[derive(Debug)]
pub(super) struct Terms {
    /// Cost of the term; saturating, as it can be exponential in the number of classes.
    pub(super) cost: Vec<u64>,
    /// Position in the order in which terms were found, each made of terms before it; `NONE` if there is no
    /// term.
    pub(super) rank: Vec<u32>,
    /// Which node of the class starts the term.
    pub(super) node: Vec<u32>,
}

impl Terms {
    /// `cost` is by number of the node in [`Links`].
    pub(super) fn new(instance: &Instance, links: &Links, cost: impl Fn(usize, &Node) -> u64) -> Self {
        // For each node the number of uses without a term so far, and its own cost and that of the others.
        let mut open: Vec<(usize, u64)> = Vec::with_capacity(links.class.len());
        let mut ready = BinaryHeap::new();
        for node in instance.iter().flat_map(|class| &class.nodes) {
            let at = open.len();
            open.push((node.uses.len(), cost(at, node)));
            if node.uses.is_empty() {
                ready.push(Reverse((open[at].1, at as u32)));
            }
        }
        let count = instance.len();
        let mut terms =
            Self { cost: vec![u64::MAX; count], rank: vec![NONE; count], node: vec![NONE; count] };
        let mut found = 0;
        while let Some(Reverse((cost, node))) = ready.pop() {
            let class = links.class[node as usize];
            let at = class as usize;
            if terms.rank[at] != NONE {
                continue;
            }
            (terms.cost[at], terms.rank[at], terms.node[at]) = (cost, found, node - links.first[at]);
            found += 1;
            for &user in links.users(class) {
                let (missing, sum) = &mut open[user as usize];
                *missing -= 1;
                *sum = sum.saturating_add(cost);
                if *missing == 0 && terms.rank[links.class[user as usize] as usize] == NONE {
                    ready.push(Reverse((*sum, user)));
                }
            }
        }
        terms
    }

    /// The solution made of the terms of the required classes: its cost, and the node of each class it needs.
    /// A class has one term only, so shared parts are the same and count once; terms are finite, so there is
    /// no cycle.
    pub(super) fn solution(&self, instance: &Instance) -> (u64, Vec<Option<u32>>) {
        let (mut cost, mut chosen) = (0, vec![None; instance.len()]);
        let mut work: Vec<u32> = required(instance).collect();
        while let Some(class) = work.pop() {
            let node = self.node[class as usize];
            if chosen[class as usize].replace(node).is_none() {
                let node = &instance[class as usize].nodes[node as usize];
                cost += node.cost;
                work.extend(&node.uses);
            }
        }
        (cost, chosen)
    }
}

/// Strongly connected components of the classes that the required ones reach. (Tarjan's algorithm, without
/// recursion: chains can be long.)
#[derive(Debug)]
pub(super) struct Components {
    /// Component of each class, `NONE` if not reached.
    pub(super) of: Vec<u32>,
    /// The reached classes, component by component, used before user.
    pub(super) order: Vec<u32>,
    /// End of each component in `order`.
    ends: Vec<usize>,
}

impl Components {
    pub(super) fn new(instance: &Instance) -> Self {
        let mut of = vec![NONE; instance.len()];
        let (mut order, mut ends) = (Vec::with_capacity(instance.len()), Vec::new());
        // When each class was met, and the earliest class without a component that it reaches.
        let mut met = vec![NONE; instance.len()];
        let mut low = vec![NONE; instance.len()];
        let (mut count, mut pending) = (0, Vec::new());
        let mut stack: Vec<(u32, usize, usize)> = Vec::new();
        for root in required(instance) {
            let mut next = Some(root).filter(|&root| met[root as usize] == NONE);
            loop {
                if let Some(class) = next.take() {
                    (met[class as usize], low[class as usize]) = (count, count);
                    count += 1;
                    pending.push(class);
                    stack.push((class, 0, 0));
                }
                let Some((class, node, i)) = stack.last_mut() else { break };
                let at = *class as usize;
                if let Some(n) = instance[at].nodes.get(*node) {
                    let Some(&used) = n.uses.get(*i) else {
                        (*node, *i) = (*node + 1, 0);
                        continue;
                    };
                    *i += 1;
                    if met[used as usize] == NONE {
                        next = Some(used);
                    } else if of[used as usize] == NONE {
                        low[at] = low[at].min(met[used as usize]);
                    }
                    continue;
                }
                stack.pop();
                if let Some(&(user, ..)) = stack.last() {
                    low[user as usize] = low[user as usize].min(low[at]);
                }
                if low[at] == met[at] {
                    while let Some(class) = pending.pop() {
                        of[class as usize] = ends.len() as u32;
                        order.push(class);
                        if class as usize == at {
                            break;
                        }
                    }
                    ends.push(order.len());
                }
            }
        }
        Self { of, order, ends }
    }

    /// The components with more than one class.
    pub(super) fn cyclic(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.order[start..end])
            .filter(|component| component.len() > 1)
    }
}
