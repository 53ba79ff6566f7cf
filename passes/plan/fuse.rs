//! Which device ops share a launch: an element-wise producer is computed where its one consumer needs it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use xpuc_dialect::ir::{Func, Op, OpId, Space, ValueId};
use xpuc_dialect::ops::{Kind, space};

/// Launches by the op whose result they write.
#[derive(Debug, Default)]
pub(super) struct Fusions {
    /// Ops computed inside a launch, by the launch's last op, in program order.
    members: BTreeMap<OpId, Vec<OpId>>,
    /// Ops that no launch writes: every use computes them.
    inlined: HashSet<OpId>,
}

impl Fusions {
    pub(super) fn of(func: &Func, order: &[OpId]) -> Self {
        let uses = func.uses();
        let mut fusions = Fusions::default();
        let mut roots: HashMap<OpId, OpId> = HashMap::new();
        for id in order.iter().rev() {
            let op = func.op(*id);
            if !on_device(func, op, Kind::is_pointwise) {
                roots.insert(*id, *id);
                continue;
            }
            let result = op.results[0];
            let users: Vec<OpId> = uses.get(&result).cloned().unwrap_or_default();
            let fuses = |user: &&OpId| {
                let user = func.op(**user);
                // A table is read in any order: it has to be memory.
                let table = Kind::of(user) == Some(Kind::Gather) && user.operands[0] == result;
                on_device(func, user, Kind::is_pointwise) && !table
            };
            let targets: HashSet<OpId> = users.iter().filter(fuses).map(|user| roots[user]).collect();
            let all = users.iter().all(|user| fuses(&user));
            let leaf = op.operands.iter().all(|v| func.ty(*v).is_scalar());
            if all && (targets.len() == 1 || (leaf && !targets.is_empty())) {
                fusions.inlined.insert(*id);
                // A leaf may be computed in several launches; the others follow one root.
                let root = users.iter().map(|user| roots[user]).min().unwrap_or(*id);
                roots.insert(*id, root);
                for target in users.iter().map(|user| roots[user]).collect::<BTreeSet<_>>() {
                    fusions.members.entry(target).or_default().push(*id);
                }
            } else {
                roots.insert(*id, *id);
            }
        }
        for members in fusions.members.values_mut() {
            members.reverse();
        }
        fusions
    }

    /// Whether an op is computed inside the launches that use it.
    pub(super) fn is_inlined(&self, id: OpId) -> bool {
        self.inlined.contains(&id)
    }

    /// Ops that the launch of `root` computes besides it, in program order.
    pub(super) fn members(&self, root: OpId) -> &[OpId] {
        self.members.get(&root).map_or(&[], Vec::as_slice)
    }

    /// Tensors and scalars from outside that the command of `root` uses.
    pub(super) fn inputs(&self, func: &Func, root: OpId) -> Vec<ValueId> {
        let members = self.members(root);
        let inside: HashSet<ValueId> = members.iter().flat_map(|m| func.op(*m).results.clone()).collect();
        let mut inputs = Vec::new();
        for op in members.iter().chain(std::iter::once(&root)) {
            for operand in &func.op(*op).operands {
                if !inside.contains(operand) && !inputs.contains(operand) {
                    inputs.push(*operand);
                }
            }
        }
        inputs
    }
}

/// Whether an op computes a value on the device and is of a certain kind.
pub(super) fn on_device(func: &Func, op: &Op, kind: impl Fn(Kind) -> bool) -> bool {
    Kind::of(op).is_some_and(|k| k.is_compute() && kind(k))
        && op.results.first().is_some_and(|r| space(func, *r) == Some(Space::Device))
}
