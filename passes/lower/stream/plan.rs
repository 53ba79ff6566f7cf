//! Which loops go through device memory element by element.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{BlockId, Func, Op, OpId, Space, Type, ValueId, cmpi_predicate};
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
    /// Whether it is known to have a turn.
    pub(super) turns: bool,
    /// Whether every store is of something that the loop does not change, and it does nothing else.
    pub(super) fills: bool,
    /// Whether anything is left of the loop but what a transfer does.
    pub(super) rest: bool,
}

/// Element `counter + offset` of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At {
    pub(super) array: ValueId,
    pub(super) offset: Offset,
}

/// A number and values from outside, each added or subtracted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offset {
    pub(super) number: i64,
    pub(super) plus: Vec<ValueId>,
    pub(super) minus: Vec<ValueId>,
}

impl Offset {
    fn add(mut self, other: Offset, negative: bool) -> Option<Offset> {
        let (plus, minus) = if negative { (other.minus, other.plus) } else { (other.plus, other.minus) };
        let number = if negative { other.number.checked_neg()? } else { other.number };
        self.number = self.number.checked_add(number)?;
        self.plus.extend(plus);
        self.minus.extend(minus);
        Some(self)
    }
}

impl Plan {
    /// Types of the elements of the buffers: one for each input, and one for each value that is stored.
    pub(super) fn elems(&self, func: &Func) -> Vec<Type> {
        let inputs = self.inputs.iter().map(|at| func.ty(at.array).elem().clone());
        inputs.chain(self.stored(func).into_iter().map(|value| func.ty(value).clone())).collect()
    }

    /// The values that are stored, each once.
    pub(super) fn stored(&self, func: &Func) -> Vec<ValueId> {
        let mut stored: Vec<ValueId> = self.outputs.iter().map(|(id, _)| func.op(*id).operands[0]).collect();
        let mut seen = HashSet::default();
        stored.retain(|value| seen.insert(*value));
        stored
    }
}

/// Plans for the outermost loops of a block and below it; one whose step is not 1 goes over tiles already.
pub(super) fn find(func: &Func, block: BlockId, plans: &mut HashMap<OpId, Plan>) {
    find_under(func, block, None, plans);
}

/// `less`: two values of which the first is known to be less.
fn find_under(func: &Func, block: BlockId, less: Option<[ValueId; 2]>, plans: &mut HashMap<OpId, Plan>) {
    for id in &func.block(block).ops {
        let op = func.op(*id);
        if &*op.name == "scf.for" && func.constant(op.operands[2]) == Some(1) {
            let turns = less.is_some_and(|less| op.operands[..2] == less);
            plans.extend(of_loop(func, op).map(|plan| (*id, Plan { turns, ..plan })));
            continue;
        }
        for (side, inner) in op.regions.iter().flatten().enumerate() {
            let less = op.operands.first().filter(|_| side == 0 && &*op.name == "scf.if");
            let less = less.and_then(|condition| func.def_op(*condition)).filter(|op| is_less(op));
            find_under(func, *inner, less.map(|op| [op.operands[0], op.operands[1]]), plans);
        }
    }
}

/// Whether an op says that one natural number is less than another.
fn is_less(op: &Op) -> bool {
    matches!(cmpi_predicate(op), Some("slt" | "ult"))
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
                Some(at) if !is_written_before(func, &nested, *id, &at) => {
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
    // What the loop itself puts into shared memory is not there before it.
    let filled = |from: &At| {
        nested
            .iter()
            .map(|id| func.op(*id))
            .any(|op| &*op.name == "memref.store" && root(func, op.operands[1]) == root(func, from.array))
    };
    if plan.copies.iter().any(|(_, from, _)| filled(from)) {
        return None;
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
fn is_written_before(func: &Func, nested: &[OpId], load: OpId, at: &At) -> bool {
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

/// The array that a view is of; one with a name is an array of its own.
fn root(func: &Func, array: ValueId) -> ValueId {
    match func.def_op(array) {
        Some(op)
            if !op.has("xpu.name")
                && matches!(&*op.name, "memref.subview" | "memref.cast" | "memref.collapse_shape") =>
        {
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
        match self.sum(index)? {
            (1, offset) if here => Some(At { array, offset }),
            _ => None,
        }
    }

    /// How often the counter is in a sum, and what else is.
    fn sum(&self, value: ValueId) -> Option<(i64, Offset)> {
        if value == self.counter {
            return Some((1, Offset::default()));
        }
        if let Some(number) = self.func.constant(value) {
            return Some((0, Offset { number, ..Offset::default() }));
        }
        if (self.fixed)(value) {
            return Some((0, Offset { plus: vec![value], ..Offset::default() }));
        }
        let op = self.func.def_op(value)?;
        let negative = match &*op.name {
            "arith.addi" => false,
            "arith.subi" => true,
            _ => return None,
        };
        let ((n, x), (m, y)) = (self.sum(op.operands[0])?, self.sum(op.operands[1])?);
        Some((if negative { n - m } else { n + m }, x.add(y, negative)?))
    }

    /// Where a value is loaded from, if that is shared memory at the counter.
    fn carried(&self, value: ValueId, plan: &Plan) -> Option<At> {
        let op = self.func.def_op(value).filter(|op| &*op.name == "memref.load")?;
        self.at(op.operands[0], &op.operands[1..], Space::Shared, plan)
    }
}
