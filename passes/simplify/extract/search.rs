//! Search: cut into independent parts, bound each, branch, reduce again.
//!
//! **Before**: an instance that has a solution.
//! **After**: its cheapest solution, with that cost as lower bound; or, if the budget was hit, a solution and
//! a lower bound.
//! **Method**: depth first. What `reduce` leaves is cut into parts that no use connects. A cycle lies within
//! one part and no class is in two, so parts are solved one by one and their costs add up. Each has a lower
//! bound ([`Cuts`]) and a first solution. Where these differ:
//!
//! 1. *Fix*: nodes with which no solution is cheaper than the best known are dropped. If there are any,
//!    reduce again.
//! 2. *Share*: else take a class `x` that is not required and that several classes could use. Require it;
//!    then do without it, by dropping the nodes that use it. Solutions with `x` are among the first,
//!    solutions without `x` are the second. The first also has solutions that pay for `x` in vain; the same
//!    without `x` costs no more and is in the second, so neither has one that is too cheap.
//! 3. *Choose*: if there is none (what is open closes cycles only), try the nodes of a required class one by
//!    one.
//!
//! Each step leaves fewer nodes, or fewer classes that are not required, so the search ends.

use super::Limits;
use super::cuts::Cuts;
use super::graph::{Instance, Links, NONE, Picks, Terms, required};
use super::reduce::reduce;

/// Steps within steps. What is deeper counts as beyond the budget: each level keeps a copy of its part, and
/// stack.
const MAX_DEPTH: u32 = 256;
/// How often the first solution of a part is improved upon.
const REROUTES: usize = 2;

/// The chosen nodes, and their cost.
pub(super) struct Solution {
    cost: u64,
    pub(super) picks: Vec<u32>,
}

/// The best solution below a cutoff, if one was found, and a lower bound for all.
struct Outcome {
    lower: u64,
    best: Option<Solution>,
}

pub(super) struct Search {
    names: Picks,
    budget: u64,
    explored: u64,
    depth: u32,
}

impl Search {
    /// `nodes` is the number of nodes in the e-graph, which picks below that number name.
    pub(super) fn new(budget: u64, nodes: u32) -> Self {
        Self { names: Picks::new(nodes), budget, explored: 0, depth: 0 }
    }

    pub(super) fn explored(&self) -> u64 {
        self.explored
    }

    /// The best solution and a lower bound.
    pub(super) fn run(&mut self, instance: Instance) -> (Solution, u64) {
        let Outcome { lower, best } = self.solve(instance, u64::MAX);
        debug_assert!(best.is_some(), "an instance with terms for all roots has a solution");
        (best.unwrap_or(Solution { cost: 0, picks: Vec::new() }), lower)
    }

    /// Looks for solutions cheaper than `cutoff`. Their picks are nodes of the e-graph.
    fn solve(&mut self, instance: Instance, cutoff: u64) -> Outcome {
        let mark = self.names.mark();
        let Some(reduced) = reduce(instance, &mut self.names) else {
            return Outcome { lower: u64::MAX, best: None };
        };
        let parts = cut_apart(reduced.rest);
        let mut lower = reduced.cost;
        // What the parts that are still to come cost at least, which is not there for the others to spend.
        let mut ahead: u64 = parts.iter().map(|part| part.bounds.bound).sum();
        let mut best = Some(Solution { cost: reduced.cost, picks: self.names.expand(reduced.picks) });
        for part in parts {
            let bound = part.bounds.bound;
            ahead -= bound;
            let outcome = match &best {
                Some(total) => self.branch(part, cutoff.saturating_sub(total.cost + ahead)),
                None => Outcome { lower: bound, best: None },
            };
            lower = lower.saturating_add(outcome.lower);
            best = best.zip(outcome.best).map(|(mut total, solution)| {
                total.cost += solution.cost;
                total.picks.extend(solution.picks);
                total
            });
        }
        self.names.forget(mark);
        Outcome { lower, best: best.filter(|total| total.cost < cutoff) }
    }

    fn branch(&mut self, part: Part, mut cutoff: u64) -> Outcome {
        let bound = part.bounds.bound;
        let mut best = None;
        if part.first.cost < cutoff {
            cutoff = part.first.cost;
            best = Some(Solution {
                cost: part.first.cost,
                picks: self.names.expand(part.first.picks(&part.instance)),
            });
        }
        let price = 1 + part.bounds.steps / Limits::LOOKS_PER_NODE;
        let spent = self.explored.saturating_add(price);
        if bound >= cutoff || self.depth == MAX_DEPTH || spent > self.budget {
            return Outcome { lower: bound, best };
        }
        let Some(step) = part.step(cutoff) else { return Outcome { lower: bound, best } };
        self.explored = spent;
        self.depth += 1;
        // What a fix drops costs the cutoff or more.
        let mut lower = if matches!(step, Step::Fix(_)) { cutoff } else { u64::MAX };
        let mut rest = part.instance;
        let count = step.count();
        for branch in 0..count {
            let mut instance = if branch + 1 < count { rest.clone() } else { std::mem::take(&mut rest) };
            step.narrow(branch, &mut instance);
            let outcome = self.solve(instance, cutoff);
            lower = lower.min(outcome.lower);
            if let Some(solution) = outcome.best {
                cutoff = solution.cost;
                best = Some(solution);
            }
        }
        self.depth -= 1;
        Outcome { lower: lower.max(bound), best }
    }
}

/// How to go on with a part.
enum Step {
    /// Keep these nodes, of all nodes in order.
    Fix(Vec<bool>),
    /// Require this class, then do without.
    Share(u32),
    /// Take these nodes of this class in turn.
    Choose(u32, Vec<u32>),
}

impl Step {
    fn count(&self) -> usize {
        match self {
            Self::Fix(_) => 1,
            Self::Share(_) => 2,
            Self::Choose(_, nodes) => nodes.len(),
        }
    }

    fn narrow(&self, branch: usize, instance: &mut Instance) {
        match self {
            Self::Fix(keep) => {
                let mut keep = keep.iter();
                instance.iter_mut().for_each(|class| class.nodes.retain(|_| keep.next() == Some(&true)));
            }
            Self::Share(class) if branch == 0 => instance[*class as usize].required = true,
            Self::Share(class) => {
                instance.iter_mut().for_each(|other| other.nodes.retain(|node| !node.uses(*class)));
            }
            Self::Choose(class, nodes) => {
                let class = &mut instance[*class as usize];
                class.nodes = vec![class.nodes.swap_remove(nodes[branch] as usize)];
            }
        }
    }
}

/// Classes that can be decided without looking at any others.
struct Part {
    instance: Instance,
    links: Links,
    bounds: Cuts,
    first: First,
}

/// A solution of a part: for each class it needs, the number of its node.
struct First {
    cost: u64,
    chosen: Vec<Option<u32>>,
}

impl First {
    /// The best of a few solutions: by cost, by what the bound left of it, and with costs divided among
    /// users.
    fn new(instance: &Instance, links: &Links, bounds: &Cuts) -> Self {
        let follow = |terms: Terms| {
            let (cost, chosen) = terms.solution(instance);
            Self { cost, chosen }
        };
        let mut best = follow(Terms::new(instance, links, |_, node| node.cost));
        let mut other = follow(Terms::new(instance, links, |at, _| bounds.left[at]));
        for _ in 0..REROUTES {
            if other.cost < best.cost {
                best = Self { cost: other.cost, chosen: other.chosen.clone() };
            }
            if best.cost == bounds.bound {
                break;
            }
            let mut users = vec![0u64; instance.len()];
            for (class, node) in instance.iter().zip(&other.chosen) {
                let uses = node.map_or(&[][..], |node| &class.nodes[node as usize].uses);
                uses.iter().for_each(|&used| users[used as usize] += 1);
            }
            // Costs are small numbers; dividing them as they are would lose too much.
            let shared = |at: usize, cost: u64| {
                let class = links.class[at];
                let chosen = other.chosen[class as usize]
                    .is_some_and(|node| links.nodes(class).start + node as usize == at);
                cost.saturating_mul(16) / if chosen { users[class as usize].max(1) } else { 1 }
            };
            other = follow(Terms::new(instance, links, |at, node| shared(at, node.cost)));
        }
        if other.cost < best.cost { other } else { best }
    }

    fn picks(&self, instance: &Instance) -> Vec<u32> {
        let chosen = instance.iter().zip(&self.chosen);
        chosen.filter_map(|(class, node)| node.map(|node| class.nodes[node as usize].pick)).collect()
    }
}

impl Part {
    fn new(instance: Instance) -> Self {
        let links = Links::new(&instance);
        let bounds = Cuts::new(&instance, &links);
        let first = First::new(&instance, &links, &bounds);
        Self { instance, links, bounds, first }
    }

    fn step(&self, cutoff: u64) -> Option<Step> {
        let Self { instance, links, bounds, first } = self;
        let keep: Vec<bool> =
            bounds.over.iter().map(|over| over.saturating_add(bounds.bound) < cutoff).collect();
        if keep.contains(&false) {
            return Some(Step::Fix(keep));
        }
        // Of the classes that the first solution has: the one whose cost, shared or not, is most in doubt.
        let doubt = |class: u32| {
            let mut users: Vec<u32> =
                links.users(class).iter().map(|&node| links.class[node as usize]).collect();
            users.dedup();
            bounds.least[class as usize].saturating_mul(users.len() as u64 - 1)
        };
        let optional =
            |&class: &u32| !instance[class as usize].required && first.chosen[class as usize].is_some();
        let doubts = (0..instance.len() as u32).filter(optional).map(|class| (doubt(class), class));
        // In reverse, as of equals the last would be taken.
        if let Some((1.., class)) = doubts.rev().max_by_key(|&(doubt, _)| doubt) {
            return Some(Step::Share(class));
        }
        // The class where the second best choice costs most.
        let ranked = |class: u32| {
            let mut nodes: Vec<(u64, u32)> =
                links.nodes(class).map(|node| bounds.over[node]).zip(0..).collect();
            nodes.sort_unstable();
            (nodes, class)
        };
        let open: Vec<_> = required(instance).map(ranked).filter(|(nodes, _)| nodes.len() > 1).collect();
        let (nodes, class) = open.into_iter().rev().max_by_key(|(nodes, _)| nodes[1].0 - nodes[0].0)?;
        Some(Step::Choose(class, nodes.into_iter().map(|(_, node)| node).collect()))
    }
}

/// Parts that no use connects, in the order of their first classes.
fn cut_apart(mut instance: Instance) -> Vec<Part> {
    fn find(up: &mut [u32], mut class: u32) -> u32 {
        while up[class as usize] != class {
            up[class as usize] = up[up[class as usize] as usize];
            class = up[class as usize];
        }
        class
    }
    let mut up: Vec<u32> = (0..instance.len() as u32).collect();
    for (class, at) in instance.iter().zip(0..) {
        for &used in class.nodes.iter().flat_map(|node| &node.uses) {
            let (a, b) = (find(&mut up, at), find(&mut up, used));
            // The first class leads, so that the parts come in order.
            up[a.max(b) as usize] = a.min(b);
        }
    }
    let mut parts: Vec<Instance> = Vec::new();
    let mut part = vec![NONE; instance.len()];
    let mut number = vec![NONE; instance.len()];
    for class in 0..instance.len() {
        let leader = find(&mut up, class as u32) as usize;
        if leader == class {
            part[class] = parts.len() as u32;
            parts.push(Instance::new());
        }
        let members = &mut parts[part[leader] as usize];
        number[class] = members.len() as u32;
        members.push(std::mem::take(&mut instance[class]));
    }
    let nodes = parts.iter_mut().flatten().flat_map(|class| &mut class.nodes);
    nodes.for_each(|node| node.renumber(|used| Some(number[used as usize])));
    parts.into_iter().map(Part::new).collect()
}
