//! What can be said of every integer of a function before it is emitted: an abstract run over [`Range`]s.
//!
//! Conditions narrow: inside `scf.if (x < y)`, after `require (x >= 1)`, where a size of a slice is used. Loops run
//! until what they carry stays within its range.

use super::growth::Growth;
use super::range::Range;
use super::transfer::{arith, cmpi, of_type};
use indexmap::IndexMap;
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{BlockId, Extent, Func, Op, OpId, Slice, ValueId, cmpi_inverse};
use xpuc_dialect::ops::{Kind, predicate};

/// Ranges of values where they are made, and of operands where they are used.
#[derive(Debug, Default)]
pub(super) struct Facts {
    values: HashMap<ValueId, Range>,
    operands: HashMap<OpId, Vec<Range>>,
    /// Ranges of the sizes of arrays at each call, in the order of the values.
    sizes: HashMap<OpId, Vec<(ValueId, Range)>>,
}

/// What is known of the sizes of a function's arguments: an argument, an axis, and the range.
pub(super) type Sizes = HashMap<(ValueId, usize), Range>;

impl Facts {
    /// Analyses a function whose arguments are in `args`.
    pub(super) fn of(func: &Func, args: &[Range], sizes: &Sizes) -> Facts {
        let mut walk =
            Walk { func, sizes, now: HashMap::default(), undo: Vec::new(), facts: Facts::default() };
        for (arg, range) in func.args().iter().zip(args) {
            walk.define(*arg, *range);
        }
        if let Some(entry) = func.entry() {
            walk.block(entry);
        }
        walk.facts
    }

    /// The range of a value.
    pub(super) fn value(&self, value: ValueId) -> Range {
        self.values.get(&value).copied().unwrap_or(Range::I64)
    }

    /// Ranges of the sizes that a call's function knows.
    pub(super) fn sizes(&self, call: OpId) -> &[(ValueId, Range)] {
        self.sizes.get(&call).map_or(&[], Vec::as_slice)
    }

    /// The range of an operand where its op uses it.
    pub(super) fn operand(&self, op: OpId, index: usize) -> Range {
        self.operands.get(&op).and_then(|ranges| ranges.get(index)).copied().unwrap_or(Range::I64)
    }
}

pub(super) struct Walk<'a> {
    pub(super) func: &'a Func,
    sizes: &'a Sizes,
    /// Ranges here: of the definition, narrowed by the conditions around.
    now: HashMap<ValueId, Range>,
    /// What narrowing has replaced.
    undo: Vec<(ValueId, Range)>,
    facts: Facts,
}

impl Walk<'_> {
    fn define(&mut self, value: ValueId, range: Range) {
        let range = range.meet(of_type(self.func.ty(value)));
        self.now.insert(value, range);
        self.facts.values.insert(value, range);
    }

    fn get(&self, value: ValueId) -> Range {
        self.now.get(&value).copied().unwrap_or_else(|| of_type(self.func.ty(value)))
    }

    fn narrow(&mut self, value: ValueId, to: Range) {
        let range = self.get(value);
        self.undo.push((value, range));
        self.now.insert(value, range.meet(to));
    }

    /// A value is a size or an offset, and so is each part of a sum of naturals: of `3 * B + 6`, `B` is a third.
    fn size(&mut self, value: ValueId) {
        self.narrow(value, Range::SIZE);
        let mut terms: IndexMap<ValueId, i128> = IndexMap::default();
        let Some(number) = self.terms(value, &mut terms) else { return };
        for (term, times) in terms {
            self.narrow(term, Range { lo: 0, hi: (Range::SIZE.hi - number).max(0) / times });
        }
    }

    /// The array and the axes whose sizes a product is of: then it is no more than the array's elements.
    fn elements(&self, value: ValueId) -> Option<(Option<ValueId>, Vec<i64>)> {
        if self.func.constant(value) == Some(1) {
            return Some((None, Vec::new()));
        }
        let op = self.func.def_op(value)?;
        match &*op.name {
            "memref.dim" => Some((Some(op.operands[0]), vec![self.func.constant(op.operands[1])?])),
            "arith.muli" => {
                let [x, y] = [op.operands[0], op.operands[1]];
                if let Some(size) = self.func.constant(y).filter(|size| *size != 1) {
                    // A size that the type states.
                    let (array, mut axes) = self.elements(x)?;
                    let dims = &self.func.ty(array?).shaped()?.dims;
                    let stated = |axis: usize| dims[axis].and_then(|dim| i64::try_from(dim).ok());
                    let axis = (0..dims.len())
                        .find(|axis| stated(*axis) == Some(size) && !axes.contains(&(*axis as i64)))?;
                    axes.push(axis as i64);
                    return Some((array, axes));
                }
                let ((one, mut axes), (other, more)) = (self.elements(x)?, self.elements(y)?);
                let same = one.is_none() || other.is_none() || one == other;
                let apart = more.iter().all(|axis| !axes.contains(axis));
                axes.extend(more);
                (same && apart).then_some((one.or(other), axes))
            }
            _ => None,
        }
    }

    /// How often each value is in a sum of naturals; returned is the number in it.
    fn terms(&self, value: ValueId, terms: &mut IndexMap<ValueId, i128>) -> Option<i128> {
        let range = self.get(value);
        if !range.is_natural() {
            return None;
        }
        if let Some(known) = range.known() {
            return Some(known);
        }
        match self.func.def_op(value) {
            Some(op) if &*op.name == "arith.addi" => {
                Some(self.terms(op.operands[0], terms)? + self.terms(op.operands[1], terms)?)
            }
            _ => {
                *terms.entry(value).or_default() += 1;
                Some(0)
            }
        }
    }

    /// Runs `body`, and forgets what it has narrowed.
    fn scoped<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.undo.len();
        let result = body(self);
        for (value, range) in self.undo.split_off(mark).into_iter().rev() {
            self.now.insert(value, range);
        }
        result
    }

    /// Runs a block; the ranges of what its last op hands on.
    fn block(&mut self, block: BlockId) -> Vec<Range> {
        let ops = self.func.block(block).ops.clone();
        for op in &ops {
            self.op(*op);
        }
        let last = ops.last().map(|op| self.func.op(*op).operands.clone()).unwrap_or_default();
        last.into_iter().map(|value| self.get(value)).collect()
    }

    fn op(&mut self, id: OpId) {
        let op = self.func.op(id).clone();
        let ranges: Vec<Range> = op.operands.iter().map(|value| self.get(*value)).collect();
        self.facts.operands.insert(id, ranges.clone());
        match &*op.name {
            "scf.if" => self.branch(&op),
            "scf.for" => self.counted(&op, &ranges),
            "scf.while" => self.repeated(&op, &ranges),
            "memref.subview" => {
                if let Some(Slice { offset, size, .. }) = Slice::of(&op) {
                    for extent in [offset, size] {
                        if let Extent::Value(value) = extent {
                            self.size(value);
                        }
                    }
                }
            }
            "arith.constant" => {
                let value = self.func.constant(op.results[0]).unwrap_or_default();
                self.define(op.results[0], Range::exact(value));
            }
            "memref.dim" => {
                let axis = self.func.constant(op.operands[1]).and_then(|axis| usize::try_from(axis).ok());
                let known = axis.and_then(|axis| self.sizes.get(&(op.operands[0], axis)).copied());
                self.define(op.results[0], known.unwrap_or(Range::SIZE));
            }
            "func.call" => {
                let is_size =
                    |value: &ValueId| self.func.def_op(*value).is_some_and(|op| &*op.name == "memref.dim");
                let known = self.now.iter().filter(|(value, _)| is_size(value));
                let mut sizes: Vec<(ValueId, Range)> = known.map(|(value, range)| (*value, *range)).collect();
                sizes.sort_unstable_by_key(|(value, _)| *value);
                self.facts.sizes.insert(id, sizes);
            }
            _ => match Kind::of(&op) {
                Some(Kind::Alloc) => {
                    op.operands.iter().for_each(|size| self.size(*size));
                }
                Some(Kind::Require) => {
                    if let Some(predicate) = predicate(&op) {
                        self.compare(predicate.as_str(), op.operands[0], op.operands[1]);
                    }
                }
                _ => {
                    for blocks in &op.regions {
                        blocks.iter().for_each(|block| self.scoped(|walk| drop(walk.block(*block))));
                    }
                    if let [result] = op.results[..] {
                        // What may wrap around can be anything.
                        let full = of_type(self.func.ty(result));
                        let range = arith(&op, self.func, &ranges).map(|range| match self.elements(result) {
                            Some(_) => range.meet(Range::SIZE),
                            None => range,
                        });
                        let range = range.filter(|range| range.within(full));
                        self.define(result, range.unwrap_or(full));
                    }
                }
            },
        }
    }

    fn branch(&mut self, op: &Op) {
        let condition = op.operands[0];
        let mut results: Option<Vec<Range>> = None;
        for (side, blocks) in [true, false].into_iter().zip(&op.regions) {
            let Some(block) = blocks.first() else { continue };
            if self.get(condition).known().is_some_and(|known| (known != 0) != side) {
                continue;
            }
            let yielded = self.scoped(|walk| {
                walk.assume(condition, side);
                walk.block(*block)
            });
            results = Some(match results {
                None => yielded,
                Some(before) => before.into_iter().zip(yielded).map(|(x, y)| x.hull(y)).collect(),
            });
        }
        for (result, range) in op.results.iter().zip(results.unwrap_or_default()) {
            self.define(*result, range);
        }
    }

    fn counted(&mut self, op: &Op, ranges: &[Range]) {
        let body = op.regions[0][0];
        let args = self.func.block(body).args.clone();
        let (lower, upper) = (ranges[0], ranges[1]);
        let trips = (upper.hi - lower.lo).max(0);
        let counter = Range { lo: lower.lo, hi: (upper.hi - 1).max(lower.lo) };
        let inits = &ranges[3..];
        let step = i128::from(self.func.constant(op.operands[2]).unwrap_or(1).max(1));
        let grown = self.growth(body, &args[1..], inits, (trips + step - 1) / step);
        let carried = self.settle(&args[1..], inits, &grown, |walk| {
            walk.define(args[0], counter);
            walk.scoped(|walk| walk.block(body))
        });
        for (result, range) in op.results.iter().zip(carried) {
            self.define(*result, range);
        }
    }

    fn repeated(&mut self, op: &Op, inits: &[Range]) {
        let (before, after) = (op.regions[0][0], op.regions[1][0]);
        let args = self.func.block(before).args.clone();
        let inner = self.func.block(after).args.clone();
        let Some(last) = self.func.block(before).ops.last().map(|id| self.func.op(*id).clone()) else {
            return;
        };
        self.settle(&args, inits, &[], |walk| {
            walk.block(before);
            walk.scoped(|walk| {
                walk.assume(last.operands[0], true);
                for (arg, value) in inner.iter().zip(&last.operands[1..]) {
                    let range = walk.get(*value);
                    walk.define(*arg, range);
                }
                walk.block(after)
            })
        });
        for (result, value) in op.results.iter().zip(&last.operands[1..]) {
            self.define(*result, self.get(*value));
        }
    }

    /// Runs a loop's body with ever wider ranges of what it carries, until they hold what it hands on.
    fn settle(
        &mut self,
        args: &[ValueId],
        inits: &[Range],
        grown: &[Option<Growth>],
        mut body: impl FnMut(&mut Self) -> Vec<Range>,
    ) -> Vec<Range> {
        let all = inits.iter().copied().reduce(Range::hull);
        let mut levels = vec![0; args.len()];
        let grown = |i: usize| grown.get(i).copied().flatten();
        let mut carried: Vec<Range> =
            inits.iter().enumerate().map(|(i, init)| grown(i).map_or(*init, |grown| grown.inside)).collect();
        loop {
            for (arg, range) in args.iter().zip(&carried) {
                self.define(*arg, *range);
            }
            let next = body(self);
            let mut settled = true;
            for (i, next) in next.into_iter().enumerate() {
                if next.within(carried[i]) || grown(i).is_some() {
                    continue;
                }
                settled = false;
                levels[i] += 1;
                let full = of_type(self.func.ty(args[i]));
                let wider = match (levels[i], all) {
                    (1, _) => carried[i].hull(next),
                    (2, Some(all)) => all,
                    (2 | 3, _) if carried[i].hull(next).is_natural() => Range { lo: 0, hi: Range::I32.hi },
                    (2..=4, _) => Range::I32,
                    _ => full,
                };
                let wider = if wider.within(full) { wider } else { full };
                // Only the side that has moved is given up.
                let (lo, hi) = (next.lo < carried[i].lo, next.hi > carried[i].hi);
                carried[i] = Range {
                    lo: if lo { wider.lo.min(next.lo) } else { carried[i].lo },
                    hi: if hi { wider.hi.max(next.hi) } else { carried[i].hi },
                };
            }
            if settled {
                let after = |(i, range)| grown(i).map_or(range, |grown| grown.after);
                return carried.into_iter().enumerate().map(after).collect();
            }
        }
    }

    /// Narrows by what a condition says, now that it holds or does not.
    fn assume(&mut self, condition: ValueId, holds: bool) {
        self.narrow(condition, Range::exact(holds.into()));
        let Some(op) = self.func.def_op(condition).cloned() else { return };
        match (&*op.name, holds) {
            ("arith.andi", true) | ("arith.ori", false) => {
                op.operands.iter().for_each(|value| self.assume(*value, holds));
            }
            ("arith.xori", _) if self.func.constant(op.operands[1]) == Some(1) => {
                self.assume(op.operands[0], !holds);
            }
            ("arith.cmpi", _) => {
                let predicate = cmpi(&op);
                let predicate = if holds { predicate } else { cmpi_inverse(predicate) };
                self.compare(predicate, op.operands[0], op.operands[1]);
            }
            _ => {}
        }
    }

    fn compare(&mut self, predicate: &str, x: ValueId, y: ValueId) {
        let (a, b) = (self.get(x), self.get(y));
        let natural = Range { lo: 0, hi: i128::MAX };
        let (signed, strict) = match predicate {
            "eq" => {
                self.narrow(x, b);
                return self.narrow(y, a);
            }
            "slt" | "ult" => (("less", x, y, a, b), 1),
            "sle" | "ule" => (("less", x, y, a, b), 0),
            "sgt" | "ugt" => (("less", y, x, b, a), 1),
            "sge" | "uge" => (("less", y, x, b, a), 0),
            _ => return,
        };
        let (_, less, more, a, b) = signed;
        if predicate.starts_with('u') {
            // Nothing but a natural number is less than one, without signs.
            if !b.is_natural() {
                return;
            }
            self.narrow(less, natural);
        }
        self.narrow(less, Range { lo: i128::MIN, hi: b.hi - strict });
        self.narrow(more, Range { lo: a.lo + strict, hi: i128::MAX });
    }
}
