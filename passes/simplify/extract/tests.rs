//! Every result is checked to be a solution; small ones are compared with all others.

use super::*;
use std::collections::BTreeMap;

/// An operator named by a number; its cost is looked up in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Op {
    tag: u32,
    /// How many of `kids` there are.
    arity: usize,
    kids: [Id; 3],
}

impl Language for Op {
    // One for all: as many sets as operators would be most of the time a small graph takes to build.
    type Discriminant = ();
    fn discriminant(&self) {}
    fn matches(&self, other: &Self) -> bool {
        (self.tag, self.arity) == (other.tag, other.arity)
    }
    fn children(&self) -> &[Id] {
        &self.kids[..self.arity]
    }
    fn children_mut(&mut self) -> &mut [Id] {
        &mut self.kids[..self.arity]
    }
}

type Graph = EGraph<Op, ()>;

/// xorshift64*; tests must not depend on another crate's stream.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// An e-graph and the cost of each operator.
#[derive(Default)]
struct Case {
    graph: Graph,
    costs: Vec<u64>,
    roots: Vec<Id>,
}

impl Case {
    fn class(&mut self) -> Id {
        self.node(FORBIDDEN, &[])
    }

    /// A new operator, in a class of its own.
    fn node(&mut self, cost: u64, kids: &[Id]) -> Id {
        self.costs.push(cost);
        let mut op = Op { tag: self.costs.len() as u32 - 1, arity: kids.len(), kids: Default::default() };
        op.children_mut().copy_from_slice(kids);
        self.graph.add(op)
    }

    /// A new operator in `class`.
    fn put(&mut self, class: Id, cost: u64, kids: &[Id]) {
        let id = self.node(cost, kids);
        self.graph.union(class, id);
    }

    fn extract(&self, nodes: u64) -> Result<Extraction<Op>, ExtractError> {
        extract(&self.graph, &self.roots, |_, _, op| self.costs[op.tag as usize], Limits { nodes })
    }

    /// Fails unless the extraction is a solution that costs what it says.
    fn check(&self, found: &Extraction<Op>) {
        let mut seen = BTreeMap::new();
        let mut cost = 0;
        for (at, (id, op)) in found.order().iter().enumerate() {
            assert!(op.children().iter().all(|kid| seen.contains_key(kid)), "used before it is computed");
            assert!(self.graph[*id].nodes.contains(op), "a node of another class");
            assert_eq!(seen.insert(*id, at), None, "a class computed twice");
            assert_eq!(found.node(*id), Some(op));
            cost += self.costs[op.tag as usize];
        }
        assert!(
            self.roots.iter().all(|&root| seen.contains_key(&self.graph.find(root))),
            "a root is missing"
        );
        assert_eq!(found.cost(), cost);
        assert!(found.lower_bound() <= cost);
    }

    /// Least cost by trying every assignment; at most 32 classes.
    fn oracle(&self) -> Option<u64> {
        let ids: Vec<Id> = self.graph.classes().map(|class| class.id).collect();
        let bit = |id: Id| 1u32 << ids.iter().position(|&other| other == self.graph.find(id)).unwrap();
        let mut classes = Vec::new();
        for &id in &ids {
            let allowed = self.graph[id].iter().filter(|op| self.costs[op.tag as usize] != FORBIDDEN);
            let node = |op: &Op| {
                (self.costs[op.tag as usize], op.children().iter().fold(0, |mask, &kid| mask | bit(kid)))
            };
            classes.push(allowed.map(node).collect());
        }
        let needed = self.roots.iter().fold(0, |mask, &root| mask | bit(root));
        let mut best = None;
        every(&classes, needed, 0, &mut vec![0; ids.len()], 0, &mut best);
        best
    }
}

/// Tries each node for the lowest needed class without one; at the end, peels classes whose uses are all
/// peeled.
fn every(
    classes: &[Vec<(u64, u32)>],
    needed: u32,
    done: u32,
    uses: &mut [u32],
    cost: u64,
    best: &mut Option<u64>,
) {
    let open = needed & !done;
    if open != 0 {
        let class = open.trailing_zeros() as usize;
        for &(own, kids) in &classes[class] {
            uses[class] = kids;
            every(classes, needed | kids, done | 1 << class, uses, cost + own, best);
        }
        return;
    }
    let (mut left, mut changed) = (needed, true);
    while changed {
        changed = false;
        for (class, &uses) in uses.iter().enumerate() {
            if left >> class & 1 == 1 && uses & left == 0 {
                left &= !(1 << class);
                changed = true;
            }
        }
    }
    if left == 0 && best.is_none_or(|best| cost < best) {
        *best = Some(cost);
    }
}

/// How large a random graph may get.
#[derive(Clone, Copy)]
struct Shape {
    classes: u64,
    nodes: u64,
    uses: u64,
    cost: u64,
    /// Percent of uses that may go anywhere, and not only to later classes.
    back: u64,
}

/// A graph in which classes mostly use later classes, with shared ones, cycles, forbidden nodes and several
/// roots.
fn random(rng: &mut Rng, shape: Shape) -> Case {
    let mut case = Case::default();
    let count = 1 + rng.below(shape.classes) as usize;
    // The last class comes first, so that most nodes can be added where they belong.
    let mut ids: Vec<Id> = Vec::new();
    let mut back = Vec::new();
    for at in 0..count {
        for i in 0..=rng.below(shape.nodes) {
            let cost = if rng.chance(4) { FORBIDDEN } else { rng.below(shape.cost) };
            let uses = rng.below(shape.uses + 1);
            if i > 0 && rng.chance(shape.back) {
                back.push((at, cost, uses));
                continue;
            }
            let uses = if at == 0 { 0 } else { uses };
            let kids: Vec<Id> = (0..uses).map(|_| ids[rng.below(at as u64) as usize]).collect();
            let id = case.node(cost, &kids);
            if i == 0 {
                ids.push(id);
            } else {
                case.graph.union(ids[at], id);
            }
        }
    }
    for (at, cost, uses) in back {
        let kids: Vec<Id> = (0..uses).map(|_| ids[rng.below(count as u64) as usize]).collect();
        case.put(ids[at], cost, &kids);
    }
    // Now and then two classes turn out equal.
    if rng.chance(10) {
        case.graph.union(ids[count - 1], ids[rng.below(count as u64) as usize]);
    }
    case.graph.rebuild();
    case.roots = (0..rng.below(3)).map(|_| ids[rng.below(count as u64) as usize]).collect();
    case.roots.insert(0, ids[count - 1]);
    case
}

/// Clients that each use one of a few facilities: cheap where clients agree, and hard as nothing says on
/// which.
fn facilities(rng: &mut Rng, clients: u64, count: u64, per_client: u64) -> Case {
    let mut case = Case::default();
    let mut facilities = Vec::new();
    for _ in 0..count {
        let cost = 5 + rng.below(20);
        facilities.push(case.node(cost, &[]));
    }
    for _ in 0..clients {
        let client = case.class();
        for _ in 0..per_client {
            let cost = 1 + rng.below(6);
            case.put(client, cost, &[facilities[rng.below(count) as usize]]);
        }
        case.roots.push(client);
    }
    case.graph.rebuild();
    case
}

/// Steps that can be done on the host or on the device, with transfers between: `h2d(d2h(x)) = x` at each
/// step.
fn placement(rng: &mut Rng, steps: usize, transfer: u64) -> Case {
    let mut case = Case::default();
    let mut places: Vec<[Id; 2]> = Vec::new();
    for step in 0..steps {
        let here = [case.class(), case.class()];
        let operands = [rng.below(step.max(1) as u64) as usize, step.saturating_sub(1)];
        for place in 0..2 {
            let cost = 1 + rng.below(10);
            if step > 1 {
                case.put(here[place], cost, &operands.map(|operand| places[operand][place]));
            } else if place == step % 2 {
                case.put(here[place], 0, &[]);
            }
            case.put(here[place], transfer, &[here[1 - place]]);
        }
        places.push(here);
    }
    case.graph.rebuild();
    case.roots = vec![places[steps - 1][0], places[steps / 2][1]];
    case
}

/// What became of a number of cases.
#[derive(Debug, Default)]
struct Tally {
    solved: u64,
    searched: u64,
}

/// Compares with the oracle, and where there was a search, with smaller budgets too.
fn compare(count: u64, mut case: impl FnMut() -> Case) -> Tally {
    let mut tally = Tally::default();
    for i in 0..count {
        let case = case();
        let (found, least) = match (case.extract(u64::MAX), case.oracle()) {
            (Ok(found), Some(least)) => (found, least),
            (Err(ExtractError::Infeasible { .. }), None) => continue,
            (found, least) => panic!("case {i}: {found:?}, oracle {least:?}"),
        };
        case.check(&found);
        assert_eq!((found.cost(), found.gap()), (least, 0), "case {i}");
        tally.solved += 1;
        tally.searched += u64::from(found.explored() > 0);
        for budget in 0..found.explored() {
            let found = case.extract(budget).unwrap();
            case.check(&found);
            assert!(found.lower_bound() <= least && least <= found.cost(), "case {i}, budget {budget}");
            assert!(found.explored() <= budget);
        }
    }
    tally
}

fn compare_random(seed: u64, count: u64, shape: Shape) -> Tally {
    let mut rng = Rng(seed);
    let tally = compare(count, || random(&mut rng, shape));
    assert!(tally.solved > count / 2 && tally.solved < count, "{tally:?}");
    tally
}

// Four times 25,000 graphs, apart so that they can run at once.

#[test]
fn least_of_all_on_acyclic_graphs() {
    compare_random(1, 25_000, Shape { classes: 5, nodes: 2, uses: 3, cost: 8, back: 0 });
}

#[test]
fn least_of_all_on_cyclic_graphs() {
    compare_random(2, 25_000, Shape { classes: 5, nodes: 3, uses: 2, cost: 8, back: 40 });
}

#[test]
fn least_of_all_on_very_cyclic_graphs() {
    compare_random(3, 25_000, Shape { classes: 4, nodes: 3, uses: 2, cost: 20, back: 100 });
}

#[test]
fn least_of_all_with_few_costs() {
    compare_random(4, 25_000, Shape { classes: 4, nodes: 3, uses: 3, cost: 2, back: 30 });
}

#[test]
fn least_of_all_where_search_is_needed() {
    let mut rng = Rng(5);
    let shared = compare(150, || facilities(&mut rng, 6, 7, 3));
    let placed = compare(150, || placement(&mut rng, 7, 6));
    let larger = compare_random(6, 600, Shape { classes: 11, nodes: 3, uses: 3, cost: 30, back: 30 });
    assert!(shared.searched > 50 && placed.searched > 15, "{shared:?} {placed:?} {larger:?}");
}

#[test]
fn shared_operands_are_paid_once() {
    let mut case = Case::default();
    let gather = case.node(8, &[]);
    let one = case.node(2, &[gather]);
    let two = case.node(2, &[gather]);
    let root = case.node(0, &[one, two]);
    // Cheaper as a tree (14 against 20), dearer than the shared gather (12).
    let [a, b] = [case.node(7, &[]), case.node(7, &[])];
    case.put(root, 0, &[a, b]);
    case.graph.rebuild();
    case.roots = vec![root];
    let found = case.extract(0).unwrap();
    case.check(&found);
    assert_eq!((found.cost(), found.gap()), (12, 0));
}

#[test]
fn a_transfer_there_and_back_computes_nothing() {
    let mut case = Case::default();
    let (host, device) = (case.node(100, &[]), case.class());
    case.put(host, 1, &[device]);
    case.put(device, 1, &[host]);
    case.graph.rebuild();
    case.roots = vec![host, device];
    let found = case.extract(0).unwrap();
    case.check(&found);
    assert_eq!((found.cost(), found.gap()), (101, 0));
}

/// Each of two required classes is cheap given the other; the cheapest node of both would be a cycle.
#[test]
fn the_cheapest_nodes_of_required_classes_may_be_a_cycle() {
    let mut case = Case::default();
    let (a, b) = (case.node(50, &[]), case.node(60, &[]));
    case.put(a, 1, &[b]);
    case.put(b, 1, &[a]);
    case.graph.rebuild();
    case.roots = vec![b, a];
    let found = case.extract(0).unwrap();
    case.check(&found);
    assert_eq!((found.cost(), found.gap()), (51, 0));
}

#[test]
fn a_budget_too_small_leaves_a_solution_and_a_gap() {
    let case = facilities(&mut Rng(1), 40, 20, 3);
    let least = case.extract(u64::MAX).unwrap();
    case.check(&least);
    assert_eq!((least.gap(), least.lower_bound()), (0, least.cost()));
    assert!(least.explored() > 2);
    let mut gaps = 0;
    for budget in 0..least.explored() {
        let found = case.extract(budget).unwrap();
        case.check(&found);
        assert!(found.explored() <= budget && found.lower_bound() <= least.cost());
        gaps += u64::from(found.gap() > 0);
        assert!(budget > 2 || found.gap() > 0, "{budget}: {}", found.gap());
    }
    assert!(gaps > 2);
}

#[test]
fn same_graph_same_choice() {
    for seed in 1..=5 {
        let case = || facilities(&mut Rng(seed), 20, 10, 3);
        let found = case().extract(u64::MAX).unwrap();
        assert_eq!(Ok(found), case().extract(u64::MAX));
    }
}

/// The same e-graph with classes numbered the other way round, and forbidden nodes added.
fn renumbered(case: &Case) -> Case {
    let mut out = Case { costs: case.costs.clone(), ..Case::default() };
    let mut ids: Vec<Id> = case.graph.classes().map(|class| class.id).collect();
    ids.sort_unstable();
    let new: BTreeMap<Id, Id> = ids.into_iter().rev().map(|id| (id, out.class())).collect();
    for class in case.graph.classes() {
        for op in class.iter() {
            let id = out.graph.add(op.map_children(|kid| new[&kid]));
            out.graph.union(new[&class.id], id);
        }
    }
    out.graph.rebuild();
    out.roots = case.roots.iter().map(|root| new[&case.graph.find(*root)]).collect();
    out
}

#[test]
fn the_choice_does_not_depend_on_class_ids() {
    let tags =
        |case: &Case| Some(case.extract(50).ok()?.order().iter().map(|(_, op)| op.tag).collect::<Vec<_>>());
    let mut rng = Rng(7);
    for i in 0..2_000 {
        let case = random(&mut rng, Shape { classes: 9, nodes: 3, uses: 3, cost: 2, back: 20 });
        assert_eq!(tags(&case), tags(&renumbered(&case)), "{i}");
    }
    for i in 0..50 {
        let case = if i % 2 == 0 { facilities(&mut rng, 12, 6, 3) } else { placement(&mut rng, 20, 4) };
        assert_eq!(tags(&case), tags(&renumbered(&case)), "{i}");
    }
}

/// Either node costs 4 in the end, as what its operand uses is paid for. The operand cheaper by itself wins.
#[test]
fn ties_of_one_operator_go_to_the_cheaper_operand() {
    for costs in [[1, 5], [5, 1]] {
        let mut case = Case::default();
        let paid = costs.map(|cost| case.node(cost, &[]));
        let operands = paid.map(|paid| case.node(4, &[paid]));
        let op = |kid| Op { tag: 99, arity: 1, kids: [kid, Id::from(0), Id::from(0)] };
        let [one, two] = operands.map(|kid| case.graph.add(op(kid)));
        case.graph.union(one, two);
        case.graph.rebuild();
        case.costs.resize(100, 0);
        case.roots = vec![paid[0], paid[1], one];
        let found = case.extract(0).unwrap();
        assert_eq!(found.cost(), 10);
        let cheaper = operands[usize::from(costs[1] < costs[0])];
        assert_eq!(found.node(case.graph.find(one)), Some(&op(cheaper)));
    }
}

/// Chains that share nothing, each link with a choice.
fn chains(count: usize) -> Case {
    let mut case = Case::default();
    for _ in 0..count {
        let mut link = case.node(1, &[]);
        for i in 0..4 {
            let (next, detour) = (case.node(3, &[link]), case.node(1, &[link]));
            case.put(next, 1 + i % 2, &[detour]);
            link = next;
        }
        case.roots.push(link);
    }
    case.graph.rebuild();
    case
}

#[test]
fn independent_chains_take_linear_time() {
    let time = |count: usize| {
        let case = chains(count);
        let run = || {
            let start = std::time::Instant::now();
            let found = case.extract(0).unwrap();
            let time = start.elapsed();
            assert_eq!((found.cost(), found.gap(), found.explored()), (count as u64 * 11, 0, 0));
            time
        };
        (0..20).map(|_| run()).min().unwrap_or_default()
    };
    // Thirty times the work. The margin is for other programs that run; quadratic time would be 900 times as
    // long.
    let (few, many) = (time(10), time(300));
    assert!(many < few * 200, "300 chains: {many:?}, 10 chains: {few:?}");
}

#[test]
fn a_long_chain_needs_no_deep_stack() {
    let mut case = Case::default();
    let mut link = case.node(1, &[]);
    for _ in 0..20_000 {
        link = case.node(1, &[link]);
    }
    case.graph.rebuild();
    case.roots = vec![link];
    let found = case.extract(0).unwrap();
    assert_eq!((found.cost(), found.order().len()), (20_001, 20_001));
}

#[test]
fn placement_of_sixty_steps_is_exact() {
    let case = placement(&mut Rng(3), 60, 10);
    let found = case.extract(Limits::default().nodes).unwrap();
    case.check(&found);
    assert_eq!(found.gap(), 0);
}

#[test]
fn no_roots_cost_nothing() {
    let found = chains(1).graph;
    let found = extract(&found, &[], |_, _, _| 1, Limits::default()).unwrap();
    assert_eq!((found.cost(), found.gap(), found.order().len()), (0, 0, 0));
}

#[test]
fn errors_name_the_class() {
    let mut case = Case::default();
    let (good, bad) = (case.node(1, &[]), case.class());
    case.put(bad, 1, &[good, bad]);
    case.graph.rebuild();
    case.roots = vec![good, bad];
    assert_eq!(case.extract(9), Err(ExtractError::Infeasible { root: bad }));
    case.roots = vec![Id::from(99)];
    assert_eq!(case.extract(9), Err(ExtractError::UnknownRoot { root: Id::from(99) }));

    let mut case = Case::default();
    let low = case.node(u64::MAX / 2, &[]);
    let high = case.node(u64::MAX / 2 + 1, &[low]);
    case.graph.rebuild();
    case.roots = vec![high];
    assert!(matches!(case.extract(9), Err(ExtractError::CostOverflow { .. })));
    case.costs[1] -= 1;
    assert_eq!(case.extract(9).map(|found| found.cost()), Ok(u64::MAX - 1));
}
