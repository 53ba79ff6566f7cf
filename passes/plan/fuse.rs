//! Launches: the ops that `offload` gave one number, computed together.

use crate::guard::{Guard, Guards, common};
use crate::offload::LAUNCH;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;
use xpuc_dialect::ir::{Attr, Def, Func, Op, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// The launches of a function. Each goes by its last op, its *anchor*.
#[derive(Debug, Default)]
pub(super) struct Fusions {
    launches: BTreeMap<OpId, Launch>,
    /// Anchor of each op of a launch.
    anchors: HashMap<OpId, OpId>,
    /// Scalars that only the device knows.
    scalars: HashSet<ValueId>,
}

/// One launch.
#[derive(Debug)]
struct Launch {
    number: i64,
    /// Its ops, in program order.
    members: Vec<OpId>,
    /// What the rest of the program uses of it.
    outputs: Vec<ValueId>,
}

impl Fusions {
    pub(super) fn of(func: &Func, order: &[OpId]) -> Self {
        let uses = func.uses();
        let mut by_number: BTreeMap<i64, Vec<OpId>> = BTreeMap::new();
        for id in order {
            if let Some(number) = launch_of(func.op(*id)) {
                by_number.entry(number).or_default().push(*id);
            }
        }
        let mut fusions = Fusions::default();
        for (number, members) in by_number {
            // One op is a command of its own.
            if let [single] = members[..]
                && Kind::of(func.op(single)).is_some_and(Kind::is_compute)
            {
                continue;
            }
            let Some(anchor) = members.last().copied() else { continue };
            let inside: HashSet<OpId> = members.iter().copied().collect();
            let results = || members.iter().flat_map(|id| func.op(*id).results.iter().copied());
            let outside =
                |v: &ValueId| uses.get(v).is_some_and(|users| users.iter().any(|u| !inside.contains(u)));
            let outputs = results().filter(|v| func.ty(*v).tensor().is_some() && outside(v)).collect();
            fusions.scalars.extend(results().filter(|v| func.ty(*v).is_scalar()));
            fusions.anchors.extend(members.iter().map(|id| (*id, anchor)));
            fusions.launches.insert(anchor, Launch { number, members, outputs });
        }
        fusions
    }

    /// Whether an op is computed by the launch of another.
    pub(super) fn is_inlined(&self, id: OpId) -> bool {
        self.anchors.get(&id).is_some_and(|anchor| *anchor != id)
    }

    /// Whether an op is part of a launch.
    pub(super) fn is_member(&self, id: OpId) -> bool {
        self.anchors.contains_key(&id)
    }

    /// The op that stands for an op in the order of execution.
    pub(super) fn anchor(&self, id: OpId) -> OpId {
        self.anchors.get(&id).copied().unwrap_or(id)
    }

    /// Scalars that only the device knows: no condition of a command.
    pub(super) fn device_scalars(&self) -> HashSet<ValueId> {
        self.scalars.clone()
    }

    /// A launch happens where any of its outputs is needed, and where it checks a clause.
    pub(super) fn guard(&self, func: &Func, guards: &mut Guards) {
        for (anchor, launch) in &self.launches {
            let of_output = |v: &ValueId| match func.def(*v) {
                Def::Result(member, _) => guards.get(member).to_vec(),
                Def::Arg(..) => Guard::new(),
            };
            let guard =
                launch.outputs.iter().map(of_output).reduce(|a, b| common(&a, &b)).unwrap_or_default();
            let checks = launch.members.iter().any(|m| func.op(*m).results.is_empty());
            guards.set(*anchor, if checks { Guard::new() } else { guard });
        }
    }

    /// Ops of the launch with this anchor, in program order.
    pub(super) fn members(&self, anchor: OpId) -> &[OpId] {
        self.launches.get(&anchor).map_or(&[], |launch| &launch.members)
    }

    /// What the rest of the program uses of a launch.
    pub(super) fn outputs(&self, anchor: OpId) -> &[ValueId] {
        self.launches.get(&anchor).map_or(&[], |launch| &launch.outputs)
    }

    /// Number of the launch with this anchor.
    pub(super) fn number(&self, anchor: OpId) -> Option<i64> {
        self.launches.get(&anchor).map(|launch| launch.number)
    }

    /// Ops that the command of an op consists of.
    pub(super) fn command<'a>(&'a self, id: &'a OpId) -> &'a [OpId] {
        match self.launches.get(id) {
            Some(launch) => &launch.members,
            None => std::slice::from_ref(id),
        }
    }

    /// Values from outside that the command of an op uses, memrefs apart.
    pub(super) fn inputs(&self, func: &Func, id: OpId) -> Vec<ValueId> {
        let mut inputs = Vec::new();
        let mut seen: HashSet<ValueId> = HashSet::default();
        for member in self.command(&id) {
            let op = func.op(*member);
            inputs.extend(op.operands.iter().filter(|operand| seen.insert(**operand)));
            seen.extend(&op.results);
        }
        inputs
    }
}

/// Number of the launch that computes an op.
pub(super) fn launch_of(op: &Op) -> Option<i64> {
    match op.attrs.get(LAUNCH) {
        Some(Attr::Int(number, _)) if Kind::of(op) != Some(Kind::Enforce) => Some(*number),
        _ => None,
    }
}
