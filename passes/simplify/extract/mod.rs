//! Exact extraction: the cheapest acyclic program in an e-graph, shared values paid once.
//!
//! **Before**: the e-graph is rebuilt. It may be cyclic (`x + 0 = x` makes it so), classes may have no
//! finite term, and nodes may be forbidden by giving them the cost [`FORBIDDEN`].
//! **After**: one node is chosen for each class that the roots need, and for no other. The choice is acyclic.
//! Its cost, the sum over the chosen classes, is the least there is ([`Extraction::gap`] is 0), or the budget
//! was hit, and the gap says how far from the least the cost can be.
//! **Leaves alone**: the e-graph.
//! **Method**: branch and reduce. The e-graph becomes a plain and/or graph (`graph`). What no optimum needs
//! is removed until nothing more goes (`reduce`). What is left falls into independent parts; each gets a
//! lower bound (`cuts`) and a first solution, and if these differ it is split in two and reduced again
//! (`search`). There is no time limit and no hash order, so the same e-graph gives the same choice.
//!
//! Ties go to what comes first: classes in the order in which a walk from the roots meets them, nodes within
//! a class by operator (`L: Ord` with the operands blanked out), then by cost, then by the costs of the
//! operands. Class ids decide only what is still equal then, so which rule was applied first rarely shows.

mod cuts;
mod graph;
mod reduce;
mod search;
#[cfg(test)]
mod tests;

use egg::{Analysis, EGraph, Id, Language};
use graph::{Class, Instance, Links, NONE, Node, Terms, Uses};
use search::Search;

/// Cost of a node that may not be chosen.
pub(crate) const FORBIDDEN: u64 = u64::MAX;

/// Where to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Search nodes to spend: steps that branch, or that drop nodes for good. One that has to look at much
    /// counts for several, so that the work is bounded too. One takes about 0.2 ms.
    pub(crate) nodes: u64,
}

impl Limits {
    /// How often a search node may look at an e-node for the price of one.
    pub(crate) const LOOKS_PER_NODE: u64 = 4096;
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 10_000 }
    }
}

/// Why nothing was extracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExtractError {
    /// The root is not an e-class of this e-graph.
    #[error("expected roots in the e-graph, found class {root}, which it does not have")]
    UnknownRoot {
        /// The root, as given.
        root: Id,
    },
    /// Every term of the root is infinite, or uses a forbidden node.
    #[error("expected a finite term for each root, found none for class {root}")]
    Infeasible {
        /// The root, as given.
        root: Id,
    },
    /// Node costs are so large that a sum of them could wrap.
    #[error("expected costs whose sum over the classes fits in 64 bits, found more from class {class} on")]
    CostOverflow {
        /// The class at which the sum of the highest costs wraps.
        class: Id,
    },
}

/// One node for each class that the roots need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extraction<L> {
    order: Vec<(Id, L)>,
    /// Class and its place in `order`, sorted by class.
    places: Vec<(Id, usize)>,
    cost: u64,
    lower_bound: u64,
    explored: u64,
}

impl<L> Extraction<L> {
    /// The chosen nodes with their (canonical) classes, operands before users.
    pub(crate) fn order(&self) -> &[(Id, L)] {
        &self.order
    }

    /// The node chosen for a canonical class; `None` if the roots do not need it.
    pub(crate) fn node(&self, class: Id) -> Option<&L> {
        let at = self.places.binary_search_by_key(&class, |&(id, _)| id).ok()?;
        Some(&self.order[self.places[at].1].1)
    }

    /// Sum of the costs of the chosen nodes.
    pub(crate) fn cost(&self) -> u64 {
        self.cost
    }

    /// No solution costs less than this.
    pub(crate) fn lower_bound(&self) -> u64 {
        self.lower_bound
    }

    /// How far the cost can be from the least: 0 when it is proven to be the least.
    pub(crate) fn gap(&self) -> u64 {
        self.cost - self.lower_bound
    }

    /// Budget spent, in the unit of [`Limits::nodes`]; 0 when the reductions decided everything.
    pub(crate) fn explored(&self) -> u64 {
        self.explored
    }
}

/// Finds the cheapest acyclic choice of nodes that computes all `roots`.
///
/// `cost` is the cost of a node apart from its operands, [`FORBIDDEN`] if it may not be chosen. It is called
/// once for each node of each class that the roots reach. The highest costs of these classes must add up to
/// less than [`FORBIDDEN`].
pub(crate) fn extract<L, N, F>(
    egraph: &EGraph<L, N>,
    roots: &[Id],
    cost: F,
    limits: Limits,
) -> Result<Extraction<L>, ExtractError>
where
    L: Language,
    N: Analysis<L>,
    F: FnMut(&EGraph<L, N>, Id, &L) -> u64,
{
    if let Some(&root) = roots.iter().find(|&&root| usize::from(root) >= egraph.nodes().len()) {
        return Err(ExtractError::UnknownRoot { root });
    }
    let graph = Graph::new(egraph, roots, cost);
    let plain = graph.plain();
    let terms = Terms::new(&plain, &Links::new(&plain), |_, node| node.cost);
    if let Some(at) = graph.roots.iter().position(|&root| terms.rank[root as usize] == NONE) {
        return Err(ExtractError::Infeasible { root: roots[at] });
    }
    graph.check_sum(&terms)?;

    let mut search = Search::new(limits.nodes, graph.nodes.len() as u32);
    let (solution, lower) = search.run(graph.ordered(&terms));
    let mut choice = vec![NONE; graph.classes.len()];
    for pick in solution.picks {
        choice[graph.nodes[pick as usize].class as usize] = pick;
    }
    Ok(graph.finish(&choice, lower, search.explored()))
}

/// The part of an e-graph that the roots reach, with dense class numbers.
struct Graph<'a, L> {
    /// Canonical id of each class.
    classes: Vec<Id>,
    /// Nodes that may be chosen, grouped by class.
    nodes: Vec<Candidate<'a, L>>,
    /// For each class the start of its nodes; one more entry than there are classes.
    first: Vec<u32>,
    roots: Vec<u32>,
}

struct Candidate<'a, L> {
    class: u32,
    node: &'a L,
    cost: u64,
    /// Operands, in order and with repetitions.
    kids: Uses,
}

impl<'a, L: Language> Graph<'a, L> {
    fn new<N: Analysis<L>>(
        egraph: &'a EGraph<L, N>,
        roots: &[Id],
        mut cost: impl FnMut(&EGraph<L, N>, Id, &L) -> u64,
    ) -> Self {
        let mut number = vec![NONE; egraph.nodes().len()];
        let mut classes = Vec::new();
        let mut enter = |classes: &mut Vec<Id>, id: Id| {
            let id = egraph.find(id);
            let slot = &mut number[usize::from(id)];
            if *slot == NONE {
                *slot = classes.len() as u32;
                classes.push(id);
            }
            *slot
        };
        let roots = roots.iter().map(|&root| enter(&mut classes, root)).collect();
        let (mut nodes, mut first) = (Vec::new(), vec![0]);
        let mut class = 0;
        while class < classes.len() {
            let id = classes[class];
            for node in egraph[id].iter() {
                let cost = cost(egraph, id, node);
                // A node that uses its own class is in no acyclic choice.
                if cost == FORBIDDEN || node.any(|kid| egraph.find(kid) == id) {
                    continue;
                }
                let kids = node.children().iter().map(|&kid| enter(&mut classes, kid)).collect();
                nodes.push(Candidate { class: class as u32, node, cost, kids });
            }
            first.push(nodes.len() as u32);
            class += 1;
        }
        Self { classes, nodes, first, roots }
    }

    fn of_class(&self, class: u32) -> std::ops::Range<usize> {
        self.first[class as usize] as usize..self.first[class as usize + 1] as usize
    }

    /// The graph in the order in which it was read.
    fn plain(&self) -> Instance {
        let mut instance = Instance::with_capacity(self.classes.len());
        for class in 0..self.classes.len() as u32 {
            let node = |at: usize| Node::new(self.nodes[at].cost, self.nodes[at].kids.clone(), at as u32);
            instance.push(Class { required: false, nodes: self.of_class(class).map(node).collect() });
        }
        instance
    }

    /// With the sum of the highest costs representable, no sum over one node a class can wrap.
    fn check_sum(&self, terms: &Terms) -> Result<(), ExtractError> {
        let mut sum = 0u64;
        for class in 0..self.classes.len() as u32 {
            let highest = self
                .of_class(class)
                .filter(|&at| self.feasible(terms, at))
                .map(|at| self.nodes[at].cost)
                .max();
            sum = sum
                .checked_add(highest.unwrap_or(0))
                .filter(|&sum| sum < FORBIDDEN)
                .ok_or(ExtractError::CostOverflow { class: self.classes[class as usize] })?;
        }
        Ok(())
    }

    fn feasible(&self, terms: &Terms, at: usize) -> bool {
        self.nodes[at].kids.iter().all(|&kid| terms.rank[kid as usize] != NONE)
    }

    /// The feasible part in the order that ties are broken by, see the module's documentation.
    fn ordered(&self, terms: &Terms) -> Instance {
        let mut number = vec![NONE; self.classes.len()];
        let mut met = Vec::with_capacity(self.classes.len());
        let mut meet = |met: &mut Vec<u32>, class: u32| {
            if number[class as usize] == NONE {
                number[class as usize] = met.len() as u32;
                met.push(class);
            }
        };
        self.roots.iter().for_each(|&root| meet(&mut met, root));
        let mut instance = Instance::with_capacity(self.classes.len());
        let required = met.len();
        let mut at = 0;
        while at < met.len() {
            let mut nodes: Vec<usize> =
                self.of_class(met[at]).filter(|&node| self.feasible(terms, node)).collect();
            if nodes.len() > 1 {
                let mut keyed: Vec<_> = nodes.iter().map(|&node| (self.tie_key(terms, node), node)).collect();
                keyed.sort();
                nodes = keyed.into_iter().map(|(_, node)| node).collect();
            }
            for &node in &nodes {
                self.nodes[node].kids.iter().for_each(|&kid| meet(&mut met, kid));
            }
            let node = |at: usize| Node::new(self.nodes[at].cost, self.nodes[at].kids.clone(), at as u32);
            instance.push(Class { required: at < required, nodes: nodes.into_iter().map(node).collect() });
            at += 1;
        }
        for node in instance.iter_mut().flat_map(|class| &mut class.nodes) {
            node.renumber(|kid| Some(number[kid as usize]));
        }
        instance
    }

    /// Operator, cost, costs of the operands; class ids only as a last resort.
    fn tie_key(&self, terms: &Terms, at: usize) -> (L, u64, Vec<u64>, &'a L) {
        let Candidate { node, cost, kids, .. } = &self.nodes[at];
        let operator = (*node).clone().map_children(|_| Id::from(0));
        (operator, *cost, kids.iter().map(|&kid| terms.cost[kid as usize]).collect(), node)
    }

    /// Walks from the roots: drops classes that were paid for but are not needed, and sorts the others.
    fn finish(&self, choice: &[u32], lower: u64, explored: u64) -> Extraction<L> {
        let mut order = Vec::new();
        let mut seen = vec![false; self.classes.len()];
        let mut cost = 0;
        let mut stack: Vec<(u32, usize)> = Vec::new();
        for &root in &self.roots {
            let mut next = Some(root);
            loop {
                if let Some(class) = next.take()
                    && !std::mem::replace(&mut seen[class as usize], true)
                {
                    let pick = choice[class as usize];
                    debug_assert!(pick != NONE, "a needed class has no node");
                    stack.extend(Some((pick, 0)).filter(|_| pick != NONE));
                }
                let Some((pick, kid)) = stack.last_mut() else { break };
                let Candidate { class, node, cost: own, kids } = &self.nodes[*pick as usize];
                if let Some(&class) = kids.get(*kid) {
                    *kid += 1;
                    next = Some(class);
                } else {
                    let mut kids = kids.iter().map(|&kid| self.classes[kid as usize]);
                    let node = (*node).clone().map_children(|kid| kids.next().unwrap_or(kid));
                    order.push((self.classes[*class as usize], node));
                    cost += own;
                    stack.pop();
                }
            }
        }
        let mut places: Vec<_> = order.iter().enumerate().map(|(at, &(id, _))| (id, at)).collect();
        places.sort_unstable();
        // What was paid for in vain is gone by now, but no solution costs less than the bound.
        debug_assert!(lower <= cost);
        Extraction { order, places, cost, lower_bound: lower.min(cost), explored }
    }
}
