//! Which loops go through device memory element by element.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{BlockId, Func, Op, OpId, Space, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// What is done about one loop.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Views that the loop makes again and again.
    pub(super) views: Vec<OpId>,
    /// Arrays that are read at the counter, each once; every load says which of them it reads.
    pub(super) inputs: Vec<At>,
    pub(super) loads: HashMap<OpId, usize>,
    /// Stores at the counter.
    pub(super) outputs: Vec<(OpId, At)>,
    /// Stores at the counter of what is loaded from shared memory at the counter: where from.
    pub(super) copies: Vec<(OpId, At, At)>,
    /// Whether every store is of something that the loop does not change, and it does nothing else.
    pub(super) fills: bool,
    /// Whether anything is left of the loop but what a transfer does.
    pub(super) rest: bool,
}

/// Element `counter + offset` of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) array: ValueId,
    pub(super) offset: Option<Offset>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offset {
    Plus(ValueId),
    Minus(ValueId),
}

impl Plan {
    /// Types of the elements of the buffers.
    pub(super) fn elems(&self, func: &Func) -> Vec<Type> {
        let outputs = self.outputs.iter().map(|(_, at)| at);
        self.inputs.iter().chain(outputs).map(|at| func.ty(at.array).elem().clone()).collect()
    }
}

/// Plans for the outermost loops of a block and below it; one whose step is not 1 goes over tiles already.
pub(super) fn find(func: &Func, block: BlockId, plans: &mut HashMap<OpId, Plan>) {
    for id in &func.block(block).ops {
        let op = func.op(*id);
        if &*op.name == "scf.for" && func.constant(op.operands[2]) == Some(1) {
            plans.extend(of_loop(func, op).map(|plan| (*id, plan)));
            continue;
        }
        for inner in op.regions.iter().flatten() {
            find(func, *inner, plans);
        }
    }
}

fn of_loop(func: &Func, op: &Op) -> Option<Plan> {
    let body = op.regions[0][0];
    let nested = func.nested(body);
    let inside: HashSet<ValueId> = nested.iter().flat_map(|id| func.op(*id).results.clone()).collect();
    let counter = func.block(body).args[0];
    let args: HashSet<ValueId> = func.block(body).args.iter().copied().collect();
    let scan = Scan { func, counter, fixed: |value| !inside.contains(&value) && !args.contains(&value) };
    if nested.iter().any(|id| matches!(Kind::of(func.op(*id)), Some(Kind::Copy | Kind::Wait | Kind::Barrier)))
    {
        return None;
    }
    let mut plan = Plan::default();
    let mut kept = Vec::new();
    for id in &func.block(body).ops {
        let op = func.op(*id);
        match &*op.name {
            "memref.subview" | "memref.cast" | "memref.collapse_shape"
                if op.operands.iter().all(|v| scan.is_fixed(*v, &plan)) =>
            {
                plan.views.push(*id);
            }
            "memref.load" => match scan.at(op.operands[0], &op.operands[1..], Space::Device, &plan) {
                Some(at) if !is_written_before(func, &nested, *id, at) => {
                    let known = plan.inputs.iter().position(|input| *input == at);
                    let input = known.unwrap_or_else(|| {
                        plan.inputs.push(at);
                        plan.inputs.len() - 1
                    });
                    plan.loads.insert(*id, input);
                }
                _ => kept.push(*id),
            },
            "memref.store" => match scan.at(op.operands[1], &op.operands[2..], Space::Device, &plan) {
                Some(at) => match scan.carried(op.operands[0], &plan) {
                    Some(from) => plan.copies.push((*id, from, at)),
                    None => plan.outputs.push((*id, at)),
                },
                None => kept.push(*id),
            },
            _ => kept.push(*id),
        }
    }
    if plan.inputs.is_empty() && plan.outputs.is_empty() && plan.copies.is_empty() {
        return None;
    }
    let yields_nothing = op.results.is_empty();
    let pure = |id: &OpId| {
        let name = &*func.op(*id).name;
        name.starts_with("arith.") || matches!(name, "memref.load" | "memref.dim" | "scf.yield")
    };
    let idle = yields_nothing && kept.iter().all(pure);
    let stored = plan.outputs.iter().all(|(id, _)| scan.is_fixed(func.op(*id).operands[0], &plan));
    plan.fills = idle && stored && !plan.outputs.is_empty();
    plan.rest = !idle || !plan.outputs.is_empty();
    if idle && stored {
        plan.inputs.clear();
        plan.loads.clear();
    }
    Some(plan)
}

/// Whether a loop stores to an array before it loads from it in the same turn, or stores to it elsewhere.
fn is_written_before(func: &Func, nested: &[OpId], load: OpId, at: At) -> bool {
    let root = root(func, at.array);
    let position = nested.iter().position(|id| *id == load);
    nested.iter().enumerate().any(|(k, id)| {
        let op = func.op(*id);
        let stores = &*op.name == "memref.store" && self::root(func, op.operands[1]) == root;
        stores
            && (Some(k) < position
                || op.operands[1] != at.array
                || op.operands[2..] != func.op(load).operands[1..])
    })
}

/// The array that a view is of.
fn root(func: &Func, array: ValueId) -> ValueId {
    match func.def_op(array) {
        Some(op) if matches!(&*op.name, "memref.subview" | "memref.cast" | "memref.collapse_shape") => {
            root(func, op.operands[0])
        }
        _ => array,
    }
}

/// What is asked about the values of one loop.
struct Scan<'a, F> {
    func: &'a Func,
    counter: ValueId,
    /// Whether a value comes from outside.
    fixed: F,
}

impl<F: Fn(ValueId) -> bool> Scan<'_, F> {
    /// Whether a value is the same in every turn.
    fn is_fixed(&self, value: ValueId, plan: &Plan) -> bool {
        (self.fixed)(value) || plan.views.iter().any(|id| self.func.op(*id).results.contains(&value))
    }

    /// An access at the counter, of one dimension in `space`.
    fn at(&self, array: ValueId, index: &[ValueId], space: Space, plan: &Plan) -> Option<At> {
        let shaped = self.func.ty(array).memref()?;
        let &[index] = index else { return None };
        let here = shaped.space == space && self.is_fixed(array, plan);
        let offset = self.offset(index)?;
        here.then_some(At { array, offset })
    }

    /// How far an index is from the counter.
    fn offset(&self, index: ValueId) -> Option<Option<Offset>> {
        if index == self.counter {
            return Some(None);
        }
        let op = self.func.def_op(index)?;
        match (&*op.name, &op.operands[..]) {
            ("arith.addi", &[x, y]) if x == self.counter && (self.fixed)(y) => Some(Some(Offset::Plus(y))),
            ("arith.addi", &[x, y]) if y == self.counter && (self.fixed)(x) => Some(Some(Offset::Plus(x))),
            ("arith.subi", &[x, y]) if x == self.counter && (self.fixed)(y) => Some(Some(Offset::Minus(y))),
            _ => None,
        }
    }

    /// Where a value is loaded from, if that is shared memory at the counter.
    fn carried(&self, value: ValueId, plan: &Plan) -> Option<At> {
        let op = self.func.def_op(value).filter(|op| &*op.name == "memref.load")?;
        self.at(op.operands[0], &op.operands[1..], Space::Shared, plan)
    }
}
