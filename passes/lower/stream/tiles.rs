//! A loop over tiles.

use super::Rewrite;
use super::plan::{At, Offset, Plan};
use std::convert::Infallible;
use xpuc_dialect::ir::{BlockId, Builder, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// An array that a loop goes through.
#[derive(Debug, Clone)]
struct Array {
    array: ValueId,
    /// Its element `counter + offset` is meant, for any counter of the loop.
    offset: Offset,
}

/// One loop, as it is emitted.
pub(super) struct Tiles<'p> {
    id: OpId,
    plan: &'p Plan,
    body: BlockId,
    lower: ValueId,
    upper: ValueId,
    tile: ValueId,
    inputs: Vec<(Array, ValueId)>,
    outputs: Vec<(Array, ValueId)>,
    copies: Vec<(Array, Array)>,
}

impl<'p> Tiles<'p> {
    /// Emits what the loop needs once.
    pub(super) fn of(rewrite: &mut Rewrite<'_>, b: &mut Builder<'_>, id: OpId, plan: &'p Plan) -> Self {
        let func = rewrite.func;
        let op = func.op(id);
        for view in &plan.views {
            rewrite.op(b, *view);
        }
        let tile = b.index(rewrite.tile);
        let inputs: Vec<ValueId> =
            plan.inputs.iter().map(|at| rewrite.buffer(func.ty(at.array).elem())).collect();
        let stored: Vec<(ValueId, ValueId)> =
            plan.stored(func).into_iter().map(|value| (value, rewrite.buffer(func.ty(value)))).collect();
        let of_store = |id: OpId| stored.iter().find(|(value, _)| *value == func.op(id).operands[0]);
        let here = |values: &[ValueId]| values.iter().map(|value| rewrite.map[value]).collect();
        let array = |at: &At| {
            let Offset { number, plus, minus } = &at.offset;
            let offset = Offset { number: *number, plus: here(plus), minus: here(minus) };
            Array { array: rewrite.map[&at.array], offset }
        };
        let inputs = plan.inputs.iter().map(array).zip(inputs).collect();
        let outputs =
            plan.outputs.iter().filter_map(|(id, at)| Some((array(at), of_store(*id)?.1))).collect();
        let copies = plan.copies.iter().map(|(_, from, to)| (array(from), array(to))).collect();
        let [lower, upper] = [0, 1].map(|k| rewrite.map[&op.operands[k]]);
        Tiles { id, plan, body: op.regions[0][0], lower, upper, tile, inputs, outputs, copies }
    }

    pub(super) fn emit(&self, rewrite: &mut Rewrite<'_>, b: &mut Builder<'_>) {
        self.whole_copies(b);
        if self.plan.fills {
            self.fill(rewrite, b);
        } else if self.plan.rest {
            self.first_inputs(b);
            self.tiles(rewrite, b);
        }
        if !(self.outputs.is_empty() && self.copies.is_empty()) {
            wait(b);
        }
    }

    /// What only goes from shared memory to the device.
    fn whole_copies(&self, b: &mut Builder<'_>) {
        if self.copies.is_empty() {
            return;
        }
        let copy = |b: &mut Builder<'_>| {
            let count = b.arith("subi", self.upper, self.lower);
            b.hint(count, "count");
            for (from, to) in &self.copies {
                let (from, to) = (from.part(b, self.lower, count), to.part(b, self.lower, count));
                b.effect(Kind::Copy.name(), &[from, to], &[]);
            }
            Ok(())
        };
        if self.plan.turns {
            return never(copy(b));
        }
        let some = b.cmpi("slt", self.lower, self.upper);
        never(b.when(some, copy));
    }

    /// Every element is the same: each buffer is filled once, and goes out again and again.
    fn fill(&self, rewrite: &Rewrite<'_>, b: &mut Builder<'_>) {
        let mut filled: Vec<ValueId> = Vec::new();
        for ((store, _), (_, buffer)) in self.plan.outputs.iter().zip(&self.outputs) {
            if filled.contains(buffer) {
                continue;
            }
            filled.push(*buffer);
            let value = rewrite.map[&rewrite.func.op(*store).operands[0]];
            let zero = b.index(0);
            let all = b.subview(*buffer, zero, self.tile);
            b.effect(Kind::Constant.name(), &[value, all], &[]);
        }
        wait(b);
        let built = b.for_loop([self.lower, self.upper, self.tile], &[], |b, first, _| {
            let count = self.count(b, first);
            let zero = b.index(0);
            for (array, buffer) in &self.outputs {
                let (from, to) = (b.subview(*buffer, zero, count), array.part(b, first, count));
                b.effect(Kind::Copy.name(), &[from, to], &[]);
            }
            Ok(Vec::new())
        });
        never(built);
    }

    /// Fetches the first two tiles.
    fn first_inputs(&self, b: &mut Builder<'_>) {
        if self.inputs.is_empty() {
            return;
        }
        let end = self.after_two(b, self.lower);
        let end = b.arith("minsi", end, self.upper);
        let built = b.for_loop([self.lower, end, self.tile], &[], |b, first, _| {
            let half = b.arith("subi", first, self.lower);
            b.hint(half, "half");
            self.fetch(b, first, half);
            Ok(Vec::new())
        });
        never(built);
        wait(b);
    }

    fn tiles(&self, rewrite: &mut Rewrite<'_>, b: &mut Builder<'_>) {
        let op = rewrite.func.op(self.id);
        let mut inits = vec![b.index(0)];
        inits.extend(op.operands[3..].iter().map(|v| rewrite.map[v]));
        let results = b.for_loop([self.lower, self.upper, self.tile], &inits, |b, first, carried| {
            let half = carried[0];
            let count = self.count(b, first);
            let next = self.elements(rewrite, b, [first, half, count], &carried[1..]);
            wait(b);
            for (array, buffer) in &self.outputs {
                let (from, to) = (b.subview(*buffer, half, count), array.part(b, first, count));
                b.effect(Kind::Copy.name(), &[from, to], &[]);
            }
            if !self.inputs.is_empty() {
                let later = self.after_two(b, first);
                let some = b.cmpi("slt", later, self.upper);
                never(b.when(some, |b| {
                    self.fetch(b, later, half);
                    Ok(())
                }));
            }
            let other = b.arith("subi", self.tile, half);
            b.hint(other, "half");
            Ok([vec![other], next].concat())
        });
        let results = never(results);
        rewrite.map.extend(op.results.iter().copied().zip(results.into_iter().skip(1)));
    }

    /// The loop over the elements of one tile.
    fn elements(
        &self,
        rewrite: &mut Rewrite<'_>,
        b: &mut Builder<'_>,
        [first, half, count]: [ValueId; 3],
        carried: &[ValueId],
    ) -> Vec<ValueId> {
        let func = rewrite.func;
        let body = func.block(self.body);
        let (zero, one) = (b.index(0), b.index(1));
        let next = b.for_loop([zero, count, one], carried, |b, j, carried| {
            let counter = b.arith("addi", first, j);
            let at = b.arith("addi", half, j);
            rewrite.map.insert(body.args[0], counter);
            rewrite.map.extend(body.args[1..].iter().copied().zip(carried.iter().copied()));
            let Some((last, ops)) = body.ops.split_last() else { return Ok(Vec::new()) };
            let mut stored: Vec<ValueId> = Vec::new();
            for id in ops {
                let op = func.op(*id);
                if let Some(input) = self.plan.loads.get(id) {
                    b.loc = op.loc.clone();
                    let element = b.load(self.inputs[*input].1, &[at]);
                    rewrite.map.insert(op.results[0], element);
                } else if let Some(output) = self.plan.outputs.iter().position(|(store, _)| store == id) {
                    let buffer = self.outputs[output].1;
                    if !stored.contains(&buffer) {
                        stored.push(buffer);
                        b.loc = op.loc.clone();
                        b.store(rewrite.map[&op.operands[0]], buffer, &[at]);
                    }
                } else if !(self.plan.views.contains(id)
                    || self.plan.copies.iter().any(|(store, ..)| store == id))
                {
                    rewrite.op(b, *id);
                }
            }
            Ok(func.op(*last).operands.iter().map(|v| rewrite.map[v]).collect())
        });
        never(next)
    }

    /// Starts to fetch the tile from element `first` on into that half of the buffers.
    fn fetch(&self, b: &mut Builder<'_>, first: ValueId, half: ValueId) {
        let count = self.count(b, first);
        for (array, buffer) in &self.inputs {
            let (from, to) = (array.part(b, first, count), b.subview(*buffer, half, count));
            b.effect(Kind::Copy.name(), &[from, to], &[]);
        }
    }

    /// Elements of the tile that begins at `first`.
    fn count(&self, b: &mut Builder<'_>, first: ValueId) -> ValueId {
        let left = b.arith("subi", self.upper, first);
        let count = b.arith("minsi", self.tile, left);
        b.hint(count, "count");
        count
    }

    fn after_two(&self, b: &mut Builder<'_>, first: ValueId) -> ValueId {
        let two = b.arith("addi", self.tile, self.tile);
        b.arith("addi", first, two)
    }
}

impl Array {
    /// The elements at `count` counters from `first` on.
    fn part(&self, b: &mut Builder<'_>, first: ValueId, count: ValueId) -> ValueId {
        let Offset { number, plus, minus } = &self.offset;
        let mut first = first;
        if *number != 0 {
            let number = b.index(*number);
            first = b.arith("addi", first, number);
        }
        first = plus.iter().fold(first, |sum, more| b.arith("addi", sum, *more));
        first = minus.iter().fold(first, |sum, less| b.arith("subi", sum, *less));
        b.subview(self.array, first, count)
    }
}

/// Waits for the core's transfers.
pub(in super::super) fn wait(b: &mut Builder<'_>) {
    b.effect(Kind::Wait.name(), &[], &[]);
}

fn never<T>(built: Result<T, Infallible>) -> T {
    built.unwrap_or_else(|never| match never {})
}
