use super::*;
use std::collections::BTreeMap;

/// An operator named by a number; its cost is looked up in a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Op {
    tag: u32,
    kids: Vec<Id>,
}

impl Language for Op {
    type Discriminant = u32;
    fn discriminant(&self) -> u32 {
        self.tag
    }
    fn matches(&self, other: &Self) -> bool {
        self.tag == other.tag && self.kids.len() == other.kids.len()
    }
    fn children(&self) -> &[Id] {
        &self.kids
    }
    fn children_mut(&mut self) -> &mut [Id] {
        &mut self.kids
    }
}

pub(super) type Graph = EGraph<Op, ()>;

/// xorshift64*; tests must not depend on another crate's stream.
pub(super) struct Rng(pub(super) u64);

impl Rng {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// An e-graph and the cost of each operator.
#[derive(Default)]
pub(super) struct Case {
    pub(super) graph: Graph,
    costs: Vec<u64>,
    pub(super) roots: Vec<Id>,
}

impl Case {
    pub(super) fn class(&mut self) -> Id {
        self.node(FORBIDDEN, &[])
    }

    /// A new operator, in a class of its own.
    pub(super) fn node(&mut self, cost: u64, kids: &[Id]) -> Id {
        self.costs.push(cost);
        self.graph.add(Op { tag: self.costs.len() as u32 - 1, kids: kids.to_vec() })
    }

    /// A new operator in `class`.
    pub(super) fn put(&mut self, class: Id, cost: u64, kids: &[Id]) {
        let id = self.node(cost, kids);
        self.graph.union(class, id);
    }

    pub(super) fn extract(&self, nodes: u64) -> Result<Extraction<Op>, ExtractError> {
        extract(&self.graph, &self.roots, |_, _, op| self.costs[op.tag as usize], Limits { nodes })
    }

    /// Fails unless the extraction is a solution that costs what it says.
    pub(super) fn check(&self, found: &Extraction<Op>) {
        let mut seen = BTreeMap::new();
        let mut cost = 0;
        for (at, (id, op)) in found.order().iter().enumerate() {
            assert!(op.kids.iter().all(|kid| seen.contains_key(kid)), "used before it is computed");
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
            let node =
                |op: &Op| (self.costs[op.tag as usize], op.kids.iter().fold(0, |mask, &kid| mask | bit(kid)));
            classes.push(allowed.map(node).collect());
        }
        let needed = self.roots.iter().fold(0, |mask, &root| mask | bit(root));
        let mut best = None;
        every(&classes, needed, 0, &mut vec![0; ids.len()], 0, &mut best);
        best
    }
}

/// Tries each node for the lowest needed class without one; at the end, peels classes whose uses are all peeled.
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

#[derive(Clone, Copy)]
struct Shape {
    classes: u64,
    nodes: u64,
    kids: u64,
    cost: u64,
    /// Percent of uses that may go anywhere and not only to later classes.
    back: u64,
}

fn random(rng: &mut Rng, shape: Shape) -> Case {
    let mut case = Case::default();
    let count = 1 + rng.below(shape.classes);
    let ids: Vec<Id> = (0..count).map(|_| case.class()).collect();
    for (at, &class) in ids.iter().enumerate() {
        for _ in 0..=rng.below(shape.nodes) {
            let later = count - at as u64 - 1;
            let mut kids = Vec::new();
            for _ in 0..rng.below(shape.kids + 1) {
                if rng.chance(shape.back) {
                    kids.push(ids[rng.below(count) as usize]);
                } else if later > 0 {
                    kids.push(ids[at + 1 + rng.below(later) as usize]);
                }
            }
            let cost = rng.below(shape.cost);
            case.put(class, cost, &kids);
        }
    }
    // Now and then two classes turn out equal.
    if rng.chance(10) {
        case.graph.union(ids[0], ids[rng.below(count) as usize]);
    }
    case.graph.rebuild();
    case.roots = (0..1 + rng.below(3)).map(|_| ids[rng.below(count) as usize]).collect();
    if rng.chance(70) {
        case.roots.insert(0, ids[0]);
    }
    case
}

/// Compares with the oracle; returns how many cases had a solution and how many needed search.
fn compare(seed: u64, count: u64, shape: Shape) -> (u64, u64) {
    let mut rng = Rng(seed);
    let (mut solved, mut searched) = (0, 0);
    for i in 0..count {
        let case = random(&mut rng, shape);
        match (case.extract(u64::MAX), case.oracle()) {
            (Ok(found), Some(least)) => {
                case.check(&found);
                assert_eq!((found.cost(), found.gap()), (least, 0), "seed {seed}, case {i}");
                solved += 1;
                searched += u64::from(found.explored() > 0);
            }
            (Err(ExtractError::Infeasible { .. }), None) => {}
            (found, least) => panic!("seed {seed}, case {i}: {found:?}, oracle {least:?}"),
        }
    }
    (solved, searched)
}

#[test]
fn small() {
    for (seed, back, cost) in [(1, 0, 8), (2, 30, 8), (3, 60, 8), (4, 30, 2), (5, 100, 20)] {
        let t = std::time::Instant::now();
        let r = compare(seed, 20_000, Shape { classes: 6, nodes: 3, kids: 3, cost, back });
        println!("{r:?} {:?}", t.elapsed());
    }
}

#[test]
fn larger() {
    for (seed, back, cost) in [(1, 0, 8), (2, 10, 8), (3, 30, 8), (4, 30, 2), (5, 100, 20)] {
        let t = std::time::Instant::now();
        let r = compare(seed, 2_000, Shape { classes: 11, nodes: 3, kids: 3, cost, back });
        println!("{r:?} {:?}", t.elapsed());
    }
}

#[test]
#[ignore = "scratch"]
fn stress() {
    let mut rng = Rng(99);
    let t = std::time::Instant::now();
    let mut tot = (0, 0, 0);
    let mut seed = 1000;
    while t.elapsed().as_secs() < 150 {
        seed += 1;
        let shape = Shape {
            classes: 4 + rng.below(10),
            nodes: 1 + rng.below(4),
            kids: 1 + rng.below(4),
            cost: [1, 2, 3, 10, 100][rng.below(5) as usize],
            back: [0, 5, 20, 50, 100][rng.below(5) as usize],
        };
        if shape.classes * shape.nodes > 36 {
            continue;
        }
        let r = compare(seed, 300, shape);
        tot.0 += 300;
        tot.1 += r.0;
        tot.2 += r.1;
    }
    println!("{tot:?}");
}
