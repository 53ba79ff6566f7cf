//! Which side computes what: a minimum cut between what the device has or needs and what the host does.

use super::cut::{Network, Node};
use super::program::{Program, Role, is_memref};
use super::stages::Stages;
use crate::pass::Costs;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;
use xpuc_dialect::ir::{Op, OpId, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, space};

/// More nanoseconds than any program takes: an edge that must not be cut.
const NEVER: u64 = 1 << 50;

/// Nanoseconds for what should not happen if it can be helped: a second, more than any launch or transfer.
const AVOID: u64 = 1 << 30;

/// Who computes what.
#[derive(Debug, Default)]
pub(super) struct Sides {
    device: HashSet<ValueId>,
    /// Clauses that kernels check.
    pub(super) clauses: HashSet<OpId>,
    /// What it costs by the model, in nanoseconds.
    pub(super) cost: u64,
}

impl Sides {
    pub(super) fn is_device(&self, value: ValueId) -> bool {
        self.device.contains(&value)
    }

    /// The cheapest of several ways, each one cut. A cut charges by value; launches and transfers are counted
    /// after it.
    pub(super) fn of(program: &Program<'_>, costs: &Costs) -> Self {
        let mut best: Option<Sides> = None;
        // What the stages of the ways so far cost: ways that come to the same sides have the same.
        let mut staged: Vec<(HashSet<ValueId>, HashSet<OpId>, u64)> = Vec::new();
        for way in &Way::all(costs) {
            let mut sides = Cut::new(program, costs, way).sides();
            sides.keep_order(program);
            // Stages only add to it.
            if best.as_ref().is_some_and(|best| sides.cost >= best.cost) {
                continue;
            }
            if sides.cost < AVOID {
                let known = staged.iter().find(|(d, c, _)| *d == sides.device && *c == sides.clauses);
                let stages = match known {
                    Some((_, _, cost)) => *cost,
                    None => Stages::of(program, &sides).cost(costs),
                };
                staged.push((sides.device.clone(), sides.clauses.clone(), stages));
                sides.cost = sides.cost.saturating_add(stages);
            }
            if best.as_ref().is_none_or(|best| sides.cost < best.cost) {
                best = Some(sides);
            }
        }
        best.unwrap_or_default()
    }

    /// A clause behind one that the device checks goes along where it can, so that the first that fails is reported.
    fn keep_order(&mut self, program: &Program<'_>) {
        let mut behind = false;
        for id in &program.ops {
            let op = program.func.op(*id);
            if Kind::of(op) != Some(Kind::Require) {
                continue;
            }
            behind |= self.clauses.contains(id);
            let there = |v: &ValueId| program.role(*v) == Role::Both || self.is_device(*v);
            if behind && program.operands(op).iter().all(there) {
                self.clauses.insert(*id);
            }
        }
    }
}

/// What a way of sharing the work charges on top of bytes and elements, in nanoseconds.
#[derive(Clone, Copy)]
struct Way {
    /// For an op on the device.
    compute: u64,
    /// For a value that goes up.
    up: u64,
    /// For one that is computed and goes down.
    down: u64,
    /// For one in memory that goes down.
    read: u64,
    /// For a clause on the device.
    clause: u64,
    /// For what a launch needs of the host that the host has from the device: the launch waits for it.
    late: u64,
}

impl Way {
    /// The ways that are tried, by what they transfer, in the order in which ties are broken.
    fn all(costs: &Costs) -> [Way; 5] {
        let pack = costs.pack;
        let packed_down = Way { compute: 0, up: AVOID, down: pack, read: pack, clause: 0, late: costs.d2h };
        let packed_both = Way { up: pack, ..packed_down };
        // From here on the host checks the clauses.
        let memory_down = Way { down: AVOID, clause: AVOID, late: 0, ..packed_down };
        let packed_up = Way { up: pack, read: AVOID, ..memory_down };
        let on_host = Way { compute: AVOID, up: pack, down: pack, ..memory_down };
        [packed_down, packed_both, memory_down, packed_up, on_host]
    }
}

struct Cut<'a> {
    program: &'a Program<'a>,
    costs: &'a Costs,
    way: &'a Way,
    network: Network,
    device: Node,
    host: Node,
    values: BTreeMap<ValueId, Node>,
    clauses: BTreeMap<OpId, Node>,
    downs: HashMap<ValueId, Node>,
    ups: HashMap<ValueId, Node>,
}

impl<'a> Cut<'a> {
    fn new(program: &'a Program<'a>, costs: &'a Costs, way: &'a Way) -> Self {
        let mut network = Network::default();
        let (device, host) = (network.node(), network.node());
        let mut cut = Cut {
            program,
            costs,
            way,
            network,
            device,
            host,
            values: BTreeMap::new(),
            clauses: BTreeMap::new(),
            downs: HashMap::default(),
            ups: HashMap::default(),
        };
        for id in &program.ops {
            cut.op(*id);
        }
        cut
    }

    fn edge(&mut self, from: Node, to: Node, cost: u64) {
        self.network.edge(from, to, cost);
    }

    fn op(&mut self, id: OpId) {
        let program = self.program;
        let op = program.func.op(id);
        if super::program::is_transfer(op) {
            return;
        }
        for result in &op.results {
            match program.role(*result) {
                Role::Both => {}
                Role::Fixed(side) => {
                    let node = self.node(*result);
                    let (from, to) =
                        if side == Space::Device { (self.device, node) } else { (node, self.host) };
                    self.edge(from, to, NEVER);
                }
                Role::Free => self.free(op, *result),
            }
        }
        match Kind::of(op) {
            Some(Kind::Require) => {
                if program.operands(op).iter().all(|v| program.role(*v) == Role::Both) {
                    return;
                }
                let node = self.network.node();
                self.clauses.insert(id, node);
                // Nothing behind a clause may fail before it: checked on the host, it holds the device up.
                if program.operands(op).iter().any(|v| program.is_of_device(*v)) {
                    let (device, late) = (self.device, self.way.late);
                    self.edge(device, node, late);
                }
                let (host, clause) = (self.host, self.way.clause);
                self.edge(node, host, clause);
                for operand in program.operands(op) {
                    self.flow(operand, node);
                }
            }
            Some(Kind::Into) => {
                let side = space(program.func, op.operands[1]).unwrap_or(Space::Host);
                self.needed(program.source(op.operands[0]), side);
                self.keep(op.operands[0], op.operands[1], side, &mut HashMap::default());
            }
            Some(Kind::Materialize) => {
                let side = space(program.func, op.results[0]).unwrap_or(Space::Host);
                self.needed(program.source(op.operands[0]), side);
                for (_, size) in program.size_scalars(op.operands[0]) {
                    self.needed(program.source(size), Space::Host);
                }
            }
            _ if program.is_view(op) => {
                if !op.results.iter().any(|view| self.program.late_views.contains(view)) {
                    for extent in program.operands(op) {
                        self.needed(extent, Space::Host);
                    }
                }
            }
            _ if program.is_known(op) => {}
            _ => {
                // What nobody knows takes what it takes where it is.
                for operand in super::operands_of(program.func, id) {
                    if !is_memref(program.func, operand) {
                        let side = space(program.func, operand).unwrap_or(Space::Host);
                        self.needed(program.source(operand), side);
                    }
                }
            }
        }
    }

    fn free(&mut self, op: &Op, result: ValueId) {
        let program = self.program;
        let node = self.node(result);
        let (on_device, on_host) = self.work(op, result);
        let (device, host) = (self.device, self.host);
        self.edge(node, host, on_device);
        self.edge(device, node, on_host);
        let lazy = &*op.name == "arith.select" && *program.func.ty(op.operands[0]) == Type::I1;
        for (position, operand) in program.operands(op).into_iter().enumerate() {
            self.flow(operand, node);
            // What is computed under a condition only, and may fail without it, stays with the condition.
            if lazy && position > 0 && program.is_fallible(operand) && program.role(operand) == Role::Free {
                let arm = self.node(operand);
                self.edge(arm, node, NEVER);
                self.edge(node, arm, NEVER);
            }
        }
    }

    /// Nanoseconds of an op on the device and on the host.
    fn work(&self, op: &Op, result: ValueId) -> (u64, u64) {
        let program = self.program;
        if !program.is_tensor(result) {
            return (self.way.compute.min(1), 1);
        }
        let inputs = program.operands(op).into_iter().filter(|v| program.is_tensor(*v));
        let elements = inputs.chain([result]).map(|v| program.elements(v)).max().unwrap_or(1);
        let scan =
            matches!(Kind::of(op), Some(Kind::Cumsum | Kind::Compact | Kind::ReduceSum | Kind::ReduceMax));
        let rate = if scan { self.costs.scan_kilo } else { self.costs.device_kilo };
        let view = matches!(&*op.name, "tensor.cast" | "tensor.extract_slice" | "tensor.insert_slice");
        if view {
            return (0, 0);
        }
        let on_device = elements.saturating_mul(rate) / 1000 + self.way.compute;
        let on_host = elements.saturating_mul(self.costs.host_kilo) / 1000 + self.costs.host_op;
        (on_device.min(NEVER / 2), on_host.min(NEVER / 2))
    }

    fn node(&mut self, value: ValueId) -> Node {
        if let Some(node) = self.values.get(&value) {
            return *node;
        }
        let node = self.network.node();
        self.values.insert(value, node);
        node
    }

    /// `value` is used by what `user` stands for; each way between the sides is paid once a value.
    fn flow(&mut self, value: ValueId, user: Node) {
        if self.program.role(value) == Role::Both {
            return;
        }
        let node = self.node(value);
        let down = self.down(value, node);
        self.edge(down, user, NEVER);
        let up = self.up(value, node);
        self.edge(user, up, NEVER);
    }

    fn needed(&mut self, value: ValueId, side: Space) {
        let (device, host) = (self.device, self.host);
        match side {
            Space::Device => self.flow_from(value, device),
            _ => self.flow_from(value, host),
        }
    }

    /// Old content that a write leaves where it is goes to no other side: what chooses it, or puts parts into it,
    /// is computed beside it. Says whether `value` has such content of `dst`.
    fn keep(&mut self, value: ValueId, dst: ValueId, side: Space, seen: &mut HashMap<ValueId, bool>) -> bool {
        let value = self.program.source(value);
        if let Some(kept) = seen.get(&value) {
            return *kept;
        }
        let Some(op) = self.program.op(value) else { return false };
        let kept = match &*op.name {
            _ if Kind::of(op) == Some(Kind::Read) => op.operands[0] == dst,
            "arith.select" => {
                let yes = self.keep(op.operands[1], dst, side, seen);
                self.keep(op.operands[2], dst, side, seen) || yes
            }
            "tensor.insert" | "tensor.insert_slice" => self.keep(op.operands[1], dst, side, seen),
            _ => false,
        };
        seen.insert(value, kept);
        if kept && self.program.role(value) == Role::Free {
            let node = self.node(value);
            let (from, to) = if side == Space::Device { (self.device, node) } else { (node, self.host) };
            self.edge(from, to, NEVER);
        }
        kept
    }

    fn flow_from(&mut self, value: ValueId, side: Node) {
        if self.program.role(value) != Role::Both {
            self.flow(value, side);
        }
    }

    fn bus(&self, value: ValueId) -> u64 {
        self.program.bytes(value).saturating_mul(self.costs.kilobyte) / 1000
    }

    fn down(&mut self, value: ValueId, node: Node) -> Node {
        if let Some(down) = self.downs.get(&value) {
            return *down;
        }
        let down = self.network.node();
        let computed = self.program.role(value) == Role::Free;
        let each = if computed { self.way.down } else { self.way.read };
        let cost = each + self.bus(value);
        self.edge(node, down, cost);
        self.downs.insert(value, down);
        down
    }

    fn up(&mut self, value: ValueId, node: Node) -> Node {
        if let Some(up) = self.ups.get(&value) {
            return *up;
        }
        let up = self.network.node();
        // A scalar is an argument of the launch.
        let late = if self.program.is_of_device(value) { self.way.late } else { 0 };
        let cost = if self.program.is_tensor(value) { self.way.up + self.bus(value) + late } else { late };
        self.edge(up, node, cost);
        self.ups.insert(value, up);
        up
    }

    /// Nodes that stay with the device when the cheapest edges are cut: those it still reaches.
    fn sides(self) -> Sides {
        let near = self.network.cut(self.device, self.host);
        let (values, clauses) = (&self.values, &self.clauses);
        let on_device = |v: &ValueId| values.get(v).is_some_and(|n| near.contains(*n));
        let device = values.keys().copied().filter(|v| on_device(v)).collect();
        let clauses = clauses.iter().filter(|(_, n)| near.contains(**n)).map(|(id, _)| *id).collect();
        Sides { device, clauses, cost: near.cost }
    }
}
