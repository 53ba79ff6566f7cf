//! Cuts: a lower bound, from sets of nodes of which every solution has one.
//!
//! **Before**: an instance in which every class has a finite term.
//! **After**: a lower bound for all solutions, and one for the solutions with a given node.
//! **Method**: a class is as *far* as its cheapest term costs when of the classes that a node uses only the
//! farthest (its *support*) is paid for. Take the farthest required class. Its *zone* is that class and all
//! that support a free node of a class in the zone. Start at the required class, and go from class to class
//! by the support of the node that a solution chooses, until there is none; as solutions have no cycle, that
//! ends. The node of the last class in the zone on this way has its support outside the zone, in a class that
//! chains of supports from the leaves reach without entering the zone. The nodes of the zone of which that is
//! true are the *cut*. Every solution has one of them, so what the cheapest of them costs is a lower bound.
//! Take that much off the cost of each and find the distances anew: no cost is counted twice, so the bounds
//! add up. Go on until all required classes are free.
//! (In planning this is the LM-cut heuristic: extraction is planning without deletes, one effect an action.)
//!
//! Cycles do not weaken the bound, as a chain that runs in a circle has no leaf. In a linear relaxation two
//! transfers that feed each other pay 20 for a value that costs 400 to compute.

use super::graph::{Instance, Links, NONE, required};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Looks at nodes after which the bound is left as it is: about 50 ms, what a part of 5,000 classes may take.
const STEPS: u64 = 1 << 23;

/// Lower bounds for an instance.
pub(super) struct Cuts {
    /// No solution costs less.
    pub(super) bound: u64,
    /// By number of the node in [`Links`]: what the bound left of its cost.
    pub(super) left: Vec<u64>,
    /// What a solution with this node costs more than the bound, at least.
    pub(super) over: Vec<u64>,
    /// How far each class was at first: a lower bound on the cost of its terms.
    pub(super) least: Vec<u64>,
    /// What it took to find them, in looks at nodes.
    pub(super) steps: u64,
}

impl Cuts {
    pub(super) fn new(instance: &Instance, links: &Links) -> Self {
        let mut field = Field::new(instance, links);
        let least = field.far.clone();
        let mut bound = 0;
        let mut steps = 0;
        let mut zone = Zone { mark: vec![0; instance.len()], last: 0 };
        // The first of the farthest; `max_by_key` gives the last.
        let mut targets: Vec<u32> = required(instance).collect();
        targets.reverse();
        while let Some(&target) = targets.iter().max_by_key(|&&class| field.far[class as usize])
            && field.far[target as usize] > 0
            && steps < STEPS
        {
            let cut = zone.cut(&field, links, target, &mut steps);
            let cheapest = cut.iter().map(|&node| field.cost[node as usize]).min().unwrap_or(0);
            debug_assert!(
                cheapest > 0,
                "a class that is not free is cut off from the leaves by nodes that are not"
            );
            if cheapest == 0 {
                break;
            }
            bound += cheapest;
            cut.iter().for_each(|&node| field.cost[node as usize] -= cheapest);
            steps += field.approach(instance, links, &cut) + 1;
        }
        // A solution with this node has a term for its support that does not contain the node, and what is
        // left of their costs is in no cut.
        let over = (0..field.cost.len()).map(|node| field.distance(node)).collect();
        Self { bound, left: field.cost, over, least, steps }
    }
}

/// Distances, and what they follow from.
struct Field {
    cost: Vec<u64>,
    /// For each node, the farthest class it uses; `NONE` if it uses nothing.
    support: Vec<u32>,
    far: Vec<u64>,
}

impl Field {
    /// The first distances, nearest first.
    fn new(instance: &Instance, links: &Links) -> Self {
        let nodes = || instance.iter().flat_map(|class| &class.nodes);
        let mut missing: Vec<usize> = nodes().map(|node| node.uses.len()).collect();
        let mut field = Self {
            cost: nodes().map(|node| node.cost).collect(),
            support: vec![NONE; links.class.len()],
            far: vec![u64::MAX; instance.len()],
        };
        let leaves = (0..missing.len()).filter(|&node| missing[node] == 0);
        let mut ready: BinaryHeap<_> =
            leaves.map(|node| Reverse((field.cost[node], links.class[node]))).collect();
        while let Some(Reverse((far, class))) = ready.pop() {
            if far >= field.far[class as usize] {
                continue;
            }
            field.far[class as usize] = far;
            for &user in links.users(class) {
                let user = user as usize;
                missing[user] -= 1;
                if missing[user] == 0 {
                    field.support[user] = class;
                    ready.push(Reverse((field.distance(user), links.class[user])));
                }
            }
        }
        field
    }

    /// How far a class is by way of this node.
    fn distance(&self, node: usize) -> u64 {
        let far = self.far.get(self.support[node] as usize).copied().unwrap_or(0);
        far.saturating_add(self.cost[node])
    }

    /// Updates the distances after the nodes in `cut` became cheaper.
    fn approach(&mut self, instance: &Instance, links: &Links, cut: &[u32]) -> u64 {
        let mut nearer = BinaryHeap::new();
        for &node in cut {
            self.approach_by(node as usize, links, &mut nearer);
        }
        let mut steps = 0;
        while let Some(Reverse((far, class))) = nearer.pop() {
            if far > self.far[class as usize] {
                continue;
            }
            steps += links.users(class).len() as u64;
            for &user in links.users(class) {
                let user = user as usize;
                if self.support[user] == class {
                    let of = links.class[user];
                    let node = &instance[of as usize].nodes[user - links.nodes(of).start];
                    let farther =
                        |a: u32, &b: &u32| if self.far[b as usize] > self.far[a as usize] { b } else { a };
                    self.support[user] = node.uses.iter().fold(class, farther);
                    self.approach_by(user, links, &mut nearer);
                }
            }
        }
        steps
    }

    fn approach_by(&mut self, node: usize, links: &Links, nearer: &mut BinaryHeap<Reverse<(u64, u32)>>) {
        let (far, class) = (self.distance(node), links.class[node]);
        if far < self.far[class as usize] {
            self.far[class as usize] = far;
            nearer.push(Reverse((far, class)));
        }
    }
}

/// Marks on classes, told apart by a number that only grows.
struct Zone {
    mark: Vec<u32>,
    last: u32,
}

impl Zone {
    /// The nodes by which chains from the leaves first enter the zone of `target`.
    fn cut(&mut self, field: &Field, links: &Links, target: u32, steps: &mut u64) -> Vec<u32> {
        self.last += 1;
        let zone = self.last;
        self.mark[target as usize] = zone;
        let mut classes = vec![target];
        let mut at = 0;
        while let Some(&class) = classes.get(at) {
            at += 1;
            for node in links.nodes(class).filter(|&node| field.cost[node] == 0) {
                // A free node without support would make the target free.
                if let Some(mark) = self.mark.get_mut(field.support[node] as usize)
                    && *mark != zone
                {
                    *mark = zone;
                    classes.push(field.support[node]);
                }
            }
        }
        let mut cut = Vec::new();
        let far = field.far[target as usize];
        for node in classes.iter().flat_map(|&class| links.nodes(class)) {
            *steps += 1;
            if self.grounded(field, links, field.support[node], zone, far, steps) {
                cut.push(node as u32);
            }
        }
        cut
    }

    /// Whether a chain from the leaves leads to `class` without entering the zone. All of the zone is at
    /// least as far as its target, so what is nearer has such a chain.
    fn grounded(
        &mut self,
        field: &Field,
        links: &Links,
        class: u32,
        zone: u32,
        far: u64,
        steps: &mut u64,
    ) -> bool {
        let near = |class: u32| field.far.get(class as usize).is_none_or(|&other| other < far);
        if near(class) {
            return true;
        }
        if self.mark[class as usize] == zone {
            return false;
        }
        self.last += 1;
        self.mark[class as usize] = self.last;
        let mut work = vec![class];
        while let Some(class) = work.pop() {
            for node in links.nodes(class) {
                *steps += 1;
                let support = field.support[node];
                if near(support) {
                    return true;
                }
                let mark = &mut self.mark[support as usize];
                if *mark != zone && *mark != self.last {
                    *mark = self.last;
                    work.push(support);
                }
            }
        }
        false
    }
}
