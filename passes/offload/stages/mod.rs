//! When things happen: launches are numbered, and between two of them the host may wait and compute.
//!
//! *Stage* `s` on the device is launch `s`. On the host it is what can be done once the launches before `s`
//! are through and their results are down. A value goes into the first launch that has all it takes; one
//! that a later launch needs again is computed again there, unless it is in memory.

mod again;
mod demand;
mod walk;
mod when;

use super::program::{Program, Role, is_transfer};
use super::sides::Sides;
use crate::pass::Costs;
use again::Source;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use xpuc_dialect::ir::{OpId, Space, ValueId};
use xpuc_dialect::ops::{Kind, space};

/// What a launch is asked for, at a position of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Demand {
    /// A clause to check.
    Clause(OpId),
    /// A value to write or to bring down.
    Value(ValueId),
}

/// What one launch is for.
#[derive(Debug, Default)]
pub(super) struct Launch {
    /// What it computes, by position.
    pub(super) demands: BTreeSet<(usize, Demand)>,
    /// What comes down after it, by the first position that needs it.
    pub(super) downs: BTreeMap<ValueId, usize>,
    /// Host tensors that it reads.
    pub(super) ups: BTreeSet<ValueId>,
    /// Whether it computes anything.
    pub(super) computes: bool,
}

impl Launch {
    /// Whether packing its transfers alone is worth it.
    pub(super) fn pays(&self, costs: &Costs) -> bool {
        let saved = |count: usize, each: u64| each.saturating_mul(count.saturating_sub(1) as u64);
        saved(self.ups.len(), costs.h2d).saturating_add(saved(self.downs.len(), costs.d2h)) > costs.launch
    }

    fn checks(&self) -> bool {
        self.demands.iter().any(|(_, demand)| matches!(demand, Demand::Clause(_)))
    }
}

pub(super) struct Stages<'a> {
    program: &'a Program<'a>,
    sides: &'a Sides,
    /// Views that kernels make.
    pub(super) late: HashSet<ValueId>,
    device: HashMap<ValueId, usize>,
    host: HashMap<ValueId, usize>,
    /// First stage at which each read of memory is possible.
    reads: HashMap<ValueId, usize>,
    /// Stage of host code that each op with an effect waits for.
    pub(super) effects: HashMap<OpId, usize>,
    /// Position of each clause that the host checks, and its stage.
    clauses: Vec<(usize, usize)>,
    /// Ops whose size operands the host has to know.
    sized: HashSet<OpId>,
    /// Values of the device that are written to memory.
    homes: HashSet<ValueId>,
    /// The first launch that writes.
    earliest: usize,
    pub(super) launches: BTreeMap<usize, Launch>,
    /// The first value of each launch that has to be brought down before it starts.
    awaited: BTreeMap<usize, ValueId>,
    /// What each value can be computed from again.
    sources: RefCell<HashMap<ValueId, Source>>,
    /// Launch of each write to the device, by position.
    pub(super) written: HashMap<usize, usize>,
    marked: HashSet<(ValueId, usize)>,
    on_host: HashSet<ValueId>,
}

impl<'a> Stages<'a> {
    /// Stages with the fewest launches: one whose only purpose is to write early what a later one can write does
    /// not happen.
    pub(super) fn of(program: &'a Program<'a>, sides: &'a Sides) -> Self {
        let best = Stages::from(program, sides, 0);
        let in_memory = |value: &ValueId| program.role(*value) != Role::Free;
        let idle = |launch: &Launch| launch.downs.keys().all(in_memory) && !launch.checks();
        let first = best.launches.values().find(|launch| launch.computes);
        if best.count() < 2 || !first.is_some_and(idle) {
            return best;
        }
        let next = best.launches.iter().filter(|(_, launch)| launch.computes).nth(1).map(|(stage, _)| *stage);
        let later = Stages::from(program, sides, next.unwrap_or(0));
        if later.count() < best.count() { later } else { best }
    }

    /// Why each launch but the first is one of its own.
    pub(super) fn delays(&self) -> Vec<(usize, String)> {
        let stages = self.launches.iter().filter(|(_, launch)| launch.computes).map(|(stage, _)| *stage);
        let why = |stage: usize| match self.awaited.get(&stage).and_then(|v| self.program.op(*v)) {
            Some(op) => format!("it starts from {} at {}, which the host has after a wait", op.name, op.loc),
            None => "it reads memory that the one before writes".to_owned(),
        };
        stages.skip(1).map(|stage| (stage, why(stage))).collect()
    }

    /// Launches that compute.
    fn count(&self) -> usize {
        self.launches.values().filter(|launch| launch.computes).count()
    }

    /// What the launches, and the transfers beside them, cost once.
    pub(super) fn cost(&self, costs: &Costs) -> u64 {
        let each = |launch: &Launch| {
            let pays = launch.pays(costs);
            let packs = launch.computes || pays;
            let times = |count: usize| if packs { count.min(1) as u64 } else { count as u64 };
            let downs = times(launch.downs.len() + usize::from(launch.checks()));
            let ups = times(launch.ups.len());
            u64::from(packs) * costs.launch + downs * costs.d2h + ups * costs.h2d
        };
        self.launches.values().map(each).sum()
    }

    /// Stages in which nothing is written before launch `earliest`.
    fn from(program: &'a Program<'a>, sides: &'a Sides, earliest: usize) -> Self {
        let mut stages = Stages {
            earliest,
            program,
            sides,
            late: HashSet::default(),
            device: HashMap::default(),
            host: HashMap::default(),
            reads: HashMap::default(),
            effects: HashMap::default(),
            clauses: Vec::new(),
            sized: HashSet::default(),
            homes: HashSet::default(),
            launches: BTreeMap::new(),
            awaited: BTreeMap::new(),
            sources: RefCell::default(),
            written: HashMap::default(),
            marked: HashSet::default(),
            on_host: HashSet::default(),
        };
        stages.late = program.late_views.iter().copied().filter(|view| stages.is_late(*view)).collect();
        stages.find_sized();
        stages.walk();
        stages
    }

    /// Whether a view has extents that only the device knows.
    fn is_late(&self, view: ValueId) -> bool {
        let Some(op) = self.program.op(view) else { return false };
        self.program.operands(op).iter().any(|v| self.sides.is_device(*v))
    }

    /// Values that are written to memory; those whose buffers the host allocates or that come down need their
    /// size there.
    fn find_sized(&mut self) {
        let program = self.program;
        let mut escape: Vec<ValueId> = Vec::new();
        for id in &program.ops {
            let op = program.func.op(*id);
            match Kind::of(op) {
                Some(Kind::Materialize) => {
                    let value = program.source(op.operands[0]);
                    self.homes.insert(value);
                    // On either side: its size is one of an `alloc`.
                    self.sized.extend(program.size_scalars(value).into_iter().map(|(id, _)| id));
                }
                Some(Kind::Into) if space(program.func, op.operands[1]) == Some(Space::Host) => {
                    escape.push(program.source(op.operands[0]));
                }
                Some(Kind::Require) if self.sides.clauses.contains(id) => {}
                Some(Kind::Into) => {
                    let value = program.source(op.operands[0]);
                    self.homes.insert(value);
                    if self.is_late(op.operands[1]) && !self.late.contains(&op.operands[1]) {
                        escape.push(value);
                    }
                }
                Some(Kind::Read) => {}
                _ if is_transfer(op) || program.is_view(op) => {}
                _ if op.results.first().is_some_and(|r| self.sides.is_device(*r)) => {}
                _ => escape.extend(program.operands(op)),
            }
        }
        for value in escape {
            if program.is_tensor(value) && self.sides.is_device(value) {
                self.sized.extend(program.size_scalars(value).into_iter().map(|(id, _)| id));
            }
        }
    }
}
