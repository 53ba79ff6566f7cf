//! Reductions: remove what no optimum needs, until nothing more goes.
//!
//! **Before**: an [`Instance`].
//! **After**: a smaller one, whose least cost is that of the first less what was decided; its solutions, with
//! the decided nodes, solve the first. Every required class that is left has two nodes or more, or is on a
//! cycle through such a class. No class is used by one node only, unless it is required or that node would
//! get too long.
//! **Method**: rounds of the following, until a round changes nothing. "Reaches" is over all uses by the
//! nodes that are left; `scc(c)` is the strongly connected component of `c` in that graph. Steps only remove
//! uses or bypass a class, so components found at the start of a round may later be too coarse, but never too
//! fine.
//!
//! 1. *Unusable*: a node is dropped if it uses a class without a finite term, or one whose every finite term
//!    contains the node's own class. A choice with that node would have a cycle, whatever is required.
//! 2. *Merge*: a class `x` that is not required and is used by one node `n` only is chosen exactly when `n`
//!    is. So `n` is replaced by its combinations with the nodes of `x`: one node fewer in all. A cycle
//!    through `x` enters it from `n`'s class, so it stays a cycle through that, or becomes a self-use, which
//!    is unusable.
//! 3. *Dominance*: of two nodes `a`, `b` of class `c`, `a` is dropped if `b` together with terms for the
//!    classes `E = uses(b) \ uses(a)` costs no more than `a` alone, and `scc(e) != scc(c)` for all `e` in
//!    `E`.
//!    Proof: take a solution with `a`. Choose `b` instead and keep all other choices. Then, one term after
//!    the other, where a class of a term of `E` has no choice, choose as the term does. Forget what is not
//!    needed any more. This costs no more. Suppose there is a cycle. If it passed `c`, it would leave by an
//!    old use of `a`, and then through old classes only, a cycle before; or by some `e`, from which no path
//!    leads back to `c`, or they would be in one component. So it does not pass `c`, and therefore contains
//!    an added class. From there it goes on through classes added for the same term, which has no cycle, or
//!    to one that had its choice before; from that one only such classes are reached, so it does not come
//!    back. Hence there is no cycle.
//!    The proof does not look at what is required. So the least cost of each class by itself does not rise in
//!    steps 1 to 3 either, and costs of terms from the start of a round stay upper bounds through them.
//! 4. *Required*: if a class is required and all its nodes use `x`, then all solutions have `x`.
//! 5. *Free*: a use of a required `x` by a class `c` with `scc(c) != scc(x)` is forgotten. `x` is paid for in
//!    any case, and the use is on no cycle. Within a component the use stays, for it may close a cycle;
//!    dropping that condition is what makes the usual rule, to take the cheapest node whose operands are paid
//!    for, wrong for cyclic graphs. With steps 3 and 6 that rule follows from this one.
//! 6. *Decided*: a required class with a single node that uses nothing is paid for and removed.

use super::graph::{Class, Components, Instance, Links, NONE, Node, Picks, Terms, Uses, required, uses};

/// Classes that a merged node may use. Without a limit, long chains of merges would take quadratic time.
const MAX_USES: usize = 64;
/// How often the search for circular nodes may look at each class of a component. What it misses costs time
/// in the search, nothing else.
const CIRCULAR_STEPS: usize = 64;

/// What is left of an instance, and what was decided.
pub(super) struct Reduced {
    /// Cost of the decided nodes.
    pub(super) cost: u64,
    /// The decided nodes.
    pub(super) picks: Vec<u32>,
    pub(super) rest: Instance,
}

/// Reduces an instance; `None` if it has no solution.
pub(super) fn reduce(mut rest: Instance, names: &mut Picks) -> Option<Reduced> {
    let (mut cost, mut picks) = (0, Vec::new());
    let mut before = measure(&rest);
    loop {
        let terms = Terms::new(&rest, &Links::new(&rest), |_, node| node.cost);
        if required(&rest).any(|class| terms.rank[class as usize] == NONE) {
            return None;
        }
        drop_infinite(&mut rest, &terms);
        let components = Components::new(&rest);
        drop_circular(&mut rest, &terms, &components);
        let mut gone: Vec<bool> = components.of.iter().map(|&component| component == NONE).collect();
        merge_and_dominate(&mut rest, &terms, &components, names, &mut gone);
        spread_required(&mut rest);
        drop_free_uses(&mut rest, &components);
        for (class, gone) in rest.iter_mut().zip(&mut gone) {
            if class.required
                && let [node] = class.nodes.as_slice()
                && node.uses.is_empty()
            {
                cost += node.cost;
                picks.push(node.pick);
                *gone = true;
            }
        }
        rest = compact(rest, &gone);
        let after = measure(&rest);
        if after == before {
            return Some(Reduced { cost, picks, rest });
        }
        before = after;
    }
}

/// Falls, in lexicographic order, with each step that changes something.
fn measure(instance: &Instance) -> [usize; 4] {
    let nodes = instance.iter().map(|class| class.nodes.len()).sum();
    [instance.len(), nodes, uses(instance).count(), instance.len() - required(instance).count()]
}

fn drop_infinite(instance: &mut Instance, terms: &Terms) {
    for (class, at) in instance.iter_mut().zip(0..) {
        class
            .nodes
            .retain(|node| node.uses.iter().all(|&used| used != at && terms.rank[used as usize] != NONE));
    }
}

/// Step 1, second half. A term consists of lower ranks, so a use of lower rank than the own class is not
/// circular. The node that starts the term of a class has only such uses, so no class loses its last node.
fn drop_circular(instance: &mut Instance, terms: &Terms, components: &Components) {
    // The check in which a class was last found to have a term without the class checked.
    let mut found = vec![0; instance.len()];
    let mut check = 0;
    let rank = |class: u32| terms.rank[class as usize];
    for component in components.cyclic() {
        let id = components.of[component[0] as usize];
        let inside = |class: u32| components.of[class as usize] == id;
        let mut ranked = component.to_vec();
        ranked.sort_unstable_by_key(|&class| rank(class));
        let mut steps = CIRCULAR_STEPS * ranked.len();
        for &class in &ranked {
            let suspect = |&used: &u32| inside(used) && rank(used) > rank(class);
            if !instance[class as usize].nodes.iter().any(|node| node.uses.iter().any(suspect)) {
                continue;
            }
            check += 1;
            let mut before = None;
            let mut count = 0;
            while before != Some(count) {
                before = Some(count);
                for &other in ranked.iter().filter(|&&other| other != class) {
                    let has = |&used: &u32| !inside(used) || found[used as usize] == check;
                    if found[other as usize] != check
                        && instance[other as usize].nodes.iter().any(|node| node.uses.iter().all(has))
                    {
                        found[other as usize] = check;
                        count += 1;
                    }
                }
                steps = steps.saturating_sub(ranked.len());
            }
            let usable = |&used: &u32| !inside(used) || found[used as usize] == check;
            instance[class as usize].nodes.retain(|node| node.uses.iter().all(usable));
            if steps == 0 {
                break;
            }
        }
    }
}

/// Steps 2 and 3, used before user, so that one pass is enough where nothing is shared. Classes merged away
/// are noted in `gone`.
fn merge_and_dominate(
    instance: &mut Instance,
    terms: &Terms,
    components: &Components,
    names: &mut Picks,
    gone: &mut [bool],
) {
    let mut users = vec![0u32; instance.len()];
    for &class in &components.order {
        instance[class as usize].nodes.iter().for_each(|node| count(&mut users, node, 1));
    }
    for &at in &components.order {
        if gone[at as usize] {
            continue;
        }
        let mut nodes = std::mem::take(&mut instance[at as usize].nodes);
        let mut i = 0;
        while let Some(node) = nodes.get(i) {
            let fits = |x: &Class| x.nodes.iter().all(|other| node.uses.len() + other.uses.len() <= MAX_USES);
            let alone = |&&x: &&u32| users[x as usize] == 1 && !instance[x as usize].required;
            let Some(&x) = node.uses.iter().filter(alone).find(|&&x| fits(&instance[x as usize])) else {
                i += 1;
                continue;
            };
            gone[x as usize] = true;
            let mut merged = Vec::new();
            for other in std::mem::take(&mut instance[x as usize].nodes) {
                count(&mut users, &other, u32::MAX);
                let uses = node.uses.iter().chain(&other.uses).copied().filter(|&used| used != x).collect();
                let both = Node::new(node.cost + other.cost, uses, names.pair(node.pick, other.pick));
                count(&mut users, &both, 1);
                merged.push(both);
            }
            count(&mut users, node, u32::MAX);
            nodes.splice(i..=i, merged);
        }
        // From the last, so that the first of equal nodes stays.
        for a in (0..nodes.len()).rev() {
            if (0..nodes.len()).any(|b| b != a && dominates(&nodes[b], &nodes[a], at, terms, components)) {
                count(&mut users, &nodes.remove(a), u32::MAX);
            }
        }
        instance[at as usize].nodes = nodes;
    }
}

/// Adds `step`, which is 1 or (wrapping) -1, for each class that `node` uses.
fn count(users: &mut [u32], node: &Node, step: u32) {
    for &used in &node.uses {
        users[used as usize] = users[used as usize].wrapping_add(step);
    }
}

fn dominates(b: &Node, a: &Node, class: u32, terms: &Terms, components: &Components) -> bool {
    let mut cost = b.cost;
    cost <= a.cost
        && b.uses.iter().filter(|&&used| !a.uses(used)).all(|&used| {
            cost = cost.saturating_add(terms.cost[used as usize]);
            cost <= a.cost && components.of[used as usize] != components.of[class as usize]
        })
}

/// Step 4.
fn spread_required(instance: &mut Instance) {
    let mut work: Vec<u32> = required(instance).collect();
    while let Some(class) = work.pop() {
        let Some((first, others)) = instance[class as usize].nodes.split_first() else { continue };
        let common = |used: &u32| others.iter().all(|other| other.uses(*used));
        for used in first.uses.iter().copied().filter(common).collect::<Uses>() {
            if !std::mem::replace(&mut instance[used as usize].required, true) {
                work.push(used);
            }
        }
    }
}

/// Step 5.
fn drop_free_uses(instance: &mut Instance, components: &Components) {
    let required: Vec<bool> = instance.iter().map(|class| class.required).collect();
    for (class, component) in instance.iter_mut().zip(&components.of) {
        for node in &mut class.nodes {
            node.uses
                .retain(|&mut used| !required[used as usize] || components.of[used as usize] == *component);
        }
    }
}

/// Removes classes that are gone. Only a decided class can still be used, and that is on no cycle.
fn compact(instance: Instance, gone: &[bool]) -> Instance {
    let mut number = Vec::with_capacity(instance.len());
    let mut kept = Instance::with_capacity(instance.len());
    for (class, &gone) in instance.into_iter().zip(gone) {
        number.push((!gone).then_some(kept.len() as u32));
        if !gone {
            kept.push(class);
        }
    }
    for node in kept.iter_mut().flat_map(|class| &mut class.nodes) {
        node.renumber(|class| number[class as usize]);
    }
    kept
}
