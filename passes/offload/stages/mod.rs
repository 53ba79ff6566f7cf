//! When things happen: launches are numbered, and between two of them the host may wait and compute.
//!
//! *Stage* `s` on the device is launch `s`. On the host it is what can be done once the launches before `s`
//! are through and their results are down. A value goes into the first launch that has all it takes; one
//! that a later launch needs again is computed again there, unless it is in memory.

use super::program::{Program, Role, is_memref};
use super::sides::Sides;
use crate::extents::Extents;
use crate::fail::can_fail;
use crate::pass::Costs;
use crate::raise::ByBuffer;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use xpuc_dialect::ir::{Def, OpId, Space, ValueId};
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

/// Values that others are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    None,
    One(ValueId),
    Many,
}

impl Source {
    fn and(self, other: Source) -> Source {
        match (self, other) {
            (Source::None, source) | (source, Source::None) => source,
            (one, other) if one == other => one,
            _ => Source::Many,
        }
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
        stages.run();
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
            let on_host = |v: &ValueId| !self.sides.is_device(*v);
            match Kind::of(op) {
                Some(Kind::Materialize) => {
                    escape.push(program.source(op.operands[0]));
                    self.homes.insert(program.source(op.operands[0]));
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
                _ if super::program::is_transfer(op) || program.is_view(op) => {}
                _ if op.results.first().is_some_and(|r| !on_host(r)) => {}
                _ => escape.extend(program.operands(op)),
            }
        }
        for value in escape {
            if program.is_tensor(value) && self.sides.is_device(value) {
                self.sized.extend(program.size_scalars(value).into_iter().map(|(id, _)| id));
            }
        }
        // A tensor that ends up on the host is sized there, whoever computes it.
        for id in &program.ops {
            if Kind::of(program.func.op(*id)) == Some(Kind::Materialize) {
                let value = program.func.op(*id).operands[0];
                self.sized.extend(program.size_scalars(value).into_iter().map(|(id, _)| id));
            }
        }
    }

    /// The launch that writes a value to memory, where later ones find it.
    pub(super) fn home(&mut self, value: ValueId) -> Option<usize> {
        let stage = self.homes.contains(&value).then(|| self.device_stage(value))?;
        Some(stage.max(self.earliest))
    }

    pub(super) fn is_sized(&self, id: OpId) -> bool {
        self.sized.contains(&id)
    }

    /// Ops with an effect, in order.
    fn run(&mut self) {
        let program = self.program;
        let func = program.func;
        let mut now = 0;
        let mut floor = 0;
        let mut writes: ByBuffer<(ValueId, usize)> = ByBuffer::default();
        let extents = Extents::of(func, program.facts);
        for (at, id) in program.ops.iter().enumerate() {
            let op = func.op(*id);
            match Kind::of(op) {
                Some(Kind::Read) => {
                    let root = program.buffers.root(op.operands[0]).unwrap_or(op.operands[0]);
                    let src = op.operands[0];
                    let after = writes.aliasing(&program.buffers, root);
                    let after = after.filter(|(other, _)| !extents.disjoint(src, *other));
                    let after = after.map(|(_, stage)| *stage).max().unwrap_or(0);
                    let on_host = space(func, op.results[0]) == Some(Space::Host);
                    let seen = self.view_stage(src, at);
                    let stage = after.max(floor).max(seen).max(if on_host { now } else { 0 });
                    self.reads.insert(op.results[0], stage);
                }
                Some(Kind::Into) => {
                    let value = program.source(op.operands[0]);
                    let dst = op.operands[1];
                    if space(func, dst) == Some(Space::Device) {
                        let stage = self.write(value, at, floor);
                        now = now.max(stage);
                        if !self.late.contains(&dst) {
                            now = now.max(self.view_stage(dst, at));
                        }
                    } else {
                        now = now.max(self.on_host(value, at)).max(self.view_stage(dst, at));
                    }
                    let root = program.buffers.root(dst).unwrap_or(dst);
                    writes.add(root, (dst, now + 1));
                }
                Some(Kind::Materialize) => {
                    let value = program.source(op.operands[0]);
                    if space(func, op.results[0]) == Some(Space::Device) {
                        now = now.max(self.write(value, at, floor));
                        for (_, size) in program.size_scalars(value) {
                            now = now.max(self.on_host(program.source(size), at));
                        }
                    } else {
                        now = now.max(self.on_host(value, at));
                    }
                }
                Some(Kind::Require) if self.sides.clauses.contains(id) => {
                    let stage = program.operands(op).iter().map(|v| self.device_stage(*v)).max().unwrap_or(0);
                    self.demand(stage, at, Demand::Clause(*id));
                    for operand in program.operands(op) {
                        self.mark_device(operand, stage, at);
                    }
                    self.launch(stage).computes = true;
                    now = now.max(stage + 1);
                }
                Some(Kind::Require) => {
                    for operand in program.operands(op) {
                        now = now.max(self.on_host(operand, at));
                    }
                    self.clauses.push((at, now));
                }
                _ if program.is_known(op) => {}
                _ => {
                    for operand in super::operands_of(func, *id) {
                        if is_memref(func, operand) {
                            now = now.max(self.view_stage(operand, at));
                        } else {
                            now = now.max(self.on_host(program.source(operand), at));
                        }
                    }
                    let harmless = matches!(Kind::of(op), Some(Kind::Alloc)) || &*op.name == "func.return";
                    if !harmless {
                        floor = now + 1;
                    }
                    // The launch before may have started by then.
                    for result in &op.results {
                        self.reads.insert(*result, floor);
                    }
                }
            }
            self.effects.insert(*id, now);
        }
    }

    fn launch(&mut self, stage: usize) -> &mut Launch {
        self.launches.entry(stage).or_default()
    }

    fn demand(&mut self, stage: usize, at: usize, demand: Demand) {
        self.launch(stage).demands.insert((at, demand));
    }

    /// A value is written to device memory: by which launch.
    fn write(&mut self, value: ValueId, at: usize, floor: usize) -> usize {
        let mut stage = self.device_stage(value).max(self.earliest);
        // What needs nothing is written where it stands: an op before that nobody knows may use the memory.
        if self.program.role(value) == Role::Both {
            stage = stage.max(floor);
        }
        self.written.insert(at, stage);
        self.demand(stage, at, Demand::Value(value));
        if self.is_sent(value) {
            self.launch(stage).ups.insert(value);
            self.await_host(value, stage, at);
        } else {
            self.mark_device(value, stage, at);
        }
        stage
    }

    /// Whether a value that is written to the device comes from the host.
    pub(super) fn is_sent(&self, value: ValueId) -> bool {
        let program = self.program;
        program.role(value) != Role::Both && program.is_tensor(value) && !self.sides.is_device(value)
    }

    /// A value is used by host code: from which stage on.
    fn on_host(&mut self, value: ValueId, at: usize) -> usize {
        self.mark_host(value, at);
        self.host_stage(value)
    }

    /// Extents of a view are known to the host.
    fn view_stage(&mut self, view: ValueId, at: usize) -> usize {
        let Some(op) = self.program.op(view).filter(|op| self.program.is_view(op)) else { return 0 };
        let mut stage = 0;
        for operand in &op.operands {
            let operand = self.program.source(*operand);
            stage = stage.max(if is_memref(self.program.func, operand) {
                self.view_stage(operand, at)
            } else {
                self.on_host(operand, at)
            });
        }
        stage
    }

    /// Whether the host knows the extents of a view by a stage.
    pub(super) fn is_view_ready(&mut self, view: ValueId, stage: usize) -> bool {
        if self.late.contains(&view) {
            return false;
        }
        let Some(op) = self.program.op(view) else { return true };
        if !self.program.is_view(op) {
            return Kind::of(op) == Some(Kind::Alloc);
        }
        op.operands.iter().all(|operand| {
            let operand = self.program.source(*operand);
            if is_memref(self.program.func, operand) {
                self.is_view_ready(operand, stage)
            } else {
                self.host_stage(operand) <= stage
            }
        })
    }

    /// The first launch that can use a value.
    pub(super) fn device_stage(&mut self, value: ValueId) -> usize {
        let program = self.program;
        if let Some(stage) = self.device.get(&value) {
            return *stage;
        }
        let role = program.role(value);
        let stage = match role {
            Role::Both => 0,
            _ if let Some(read) = self.reads.get(&value) => *read,
            _ if role != Role::Both && !self.sides.is_device(value) => self.host_stage(value),
            _ => {
                let Def::Result(id, _) = program.func.def(value) else { return 0 };
                let op = program.func.op(id);
                let sized = self.is_sized(id);
                let sizes: Vec<ValueId> = program
                    .size_scalars(value)
                    .into_iter()
                    .filter(|(o, _)| *o == id)
                    .map(|(_, v)| v)
                    .collect();
                let mut stage = 0;
                for operand in program.operands(op) {
                    let late = sized && sizes.contains(&operand);
                    stage =
                        stage.max(if late { self.host_stage(operand) } else { self.device_stage(operand) });
                }
                if can_fail(program.func, op) {
                    let made = program.made_at(value);
                    let before = self.clauses.iter().filter(|(at, _)| *at < made).map(|(_, stage)| *stage);
                    stage = stage.max(before.max().unwrap_or(0));
                }
                stage
            }
        };
        self.device.insert(value, stage);
        stage
    }

    /// The first stage at which the host can use a value.
    pub(super) fn host_stage(&mut self, value: ValueId) -> usize {
        let program = self.program;
        if let Some(stage) = self.host.get(&value) {
            return *stage;
        }
        let stage = if program.role(value) == Role::Both {
            0
        } else if self.sides.is_device(value) && !self.again(value) {
            self.device_stage(value) + 1
        } else if let Some(read) = self.reads.get(&value) {
            *read
        } else {
            let operands = program.op(value).map(|op| program.operands(op)).unwrap_or_default();
            operands.into_iter().map(|v| self.host_stage(v)).max().unwrap_or(0)
        };
        self.host.insert(value, stage);
        stage
    }

    /// Whether the host computes a scalar of the device again instead of having it sent: arithmetic on one
    /// scalar that is sent.
    pub(super) fn again(&self, value: ValueId) -> bool {
        self.sides.is_device(value) && self.is_scalar_op(value) && self.source(value) != Source::Many
    }

    /// Whether a launch computes a value of the host again instead of having it sent: element by element from one
    /// array, which is sent in its place.
    pub(super) fn is_remade(&self, value: ValueId) -> bool {
        self.program.role(value) == Role::Free
            && !self.sides.is_device(value)
            && self.is_element_wise(value)
            && self.source(value) != Source::Many
    }

    /// What has to be sent so that a value can be computed again: through arithmetic on scalars, through ops on
    /// elements to the arrays.
    fn source(&self, value: ValueId) -> Source {
        let program = self.program;
        if program.role(value) == Role::Both {
            return Source::None;
        }
        if let Some(known) = self.sources.borrow().get(&value) {
            return *known;
        }
        let of_elements = self.is_element_wise(value);
        let source = match program.op(value) {
            Some(op) if program.role(value) == Role::Free && (of_elements || self.is_scalar_op(value)) => {
                let operands = program.operands(op).into_iter();
                let sent = operands.filter(|v| !of_elements || program.is_tensor(*v));
                sent.fold(Source::None, |all, operand| all.and(self.source(operand)))
            }
            _ => Source::One(value),
        };
        self.sources.borrow_mut().insert(value, source);
        source
    }

    fn is_element_wise(&self, value: ValueId) -> bool {
        let kind = self.program.op(value).and_then(Kind::of);
        self.program.is_tensor(value) && kind.is_some_and(|kind| kind.is_pointwise() && kind != Kind::Gather)
    }

    fn is_scalar_op(&self, value: ValueId) -> bool {
        let arith = self.program.op(value).is_some_and(|op| op.name.starts_with("arith."));
        arith && !self.program.is_tensor(value)
    }

    fn mark_host(&mut self, value: ValueId, at: usize) {
        let program = self.program;
        if program.role(value) == Role::Both {
            return;
        }
        if self.sides.is_device(value) && !self.again(value) {
            let stage = self.device_stage(value);
            let first = self.launch(stage).downs.entry(value).or_insert(at);
            *first = (*first).min(at);
            self.demand(stage, at, Demand::Value(value));
            self.mark_device(value, stage, at);
            return;
        }
        if self.on_host.insert(value) && !self.reads.contains_key(&value) {
            for operand in program.op(value).map(|op| program.operands(op)).unwrap_or_default() {
                self.mark_host(operand, at);
            }
        }
    }

    /// A launch needs a value of the host.
    fn await_host(&mut self, value: ValueId, stage: usize, at: usize) {
        if stage > 0 && self.host_stage(value) == stage {
            self.awaited.entry(stage).or_insert(value);
        }
        self.mark_host(value, at);
    }

    fn mark_device(&mut self, value: ValueId, stage: usize, at: usize) {
        let program = self.program;
        if program.role(value) == Role::Both || !self.marked.insert((value, stage)) {
            return;
        }
        if !self.sides.is_device(value) && !self.is_remade(value) {
            if program.is_tensor(value) {
                self.launch(stage).ups.insert(value);
            }
            return self.await_host(value, stage, at);
        }
        if self.reads.contains_key(&value) {
            return;
        }
        let first = if self.is_remade(value) { stage } else { self.device_stage(value) };
        if first < stage {
            if !program.is_tensor(value) {
                return self.await_host(value, stage, at);
            }
            if self.home(value).is_some_and(|home| home < stage) {
                return;
            }
        }
        self.launch(stage).computes = true;
        let Def::Result(id, _) = program.func.def(value) else { return };
        let op = program.func.op(id);
        let sizes: Vec<ValueId> =
            program.size_scalars(value).into_iter().filter(|(o, _)| *o == id).map(|(_, v)| v).collect();
        for operand in program.operands(op) {
            if self.is_sized(id) && sizes.contains(&operand) {
                self.await_host(operand, stage, at);
            } else {
                self.mark_device(operand, stage, at);
            }
        }
    }
}
