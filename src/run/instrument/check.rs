//! Loads, stores, divisions and clauses of the contract, each with its check.

use super::{Clause, INT, Rewriter, call, length, wide};
use std::convert::Infallible;
use xpuc_dialect::ir::{Attr, BlockId, Builder, Op, OpId, OpSpec, Shaped, Type, ValueId};
use xpuc_dialect::ops::{Predicate, predicate};

impl Rewriter<'_> {
    /// Base, linear index, whether inside, element code and agent of an access.
    pub(super) fn access(
        &mut self,
        b: &mut Builder<'_>,
        memref: ValueId,
        indices: &[ValueId],
    ) -> [ValueId; 5] {
        let (base, offset) = self.address(b, memref);
        let mut inside = b.constant(1, &Type::I1);
        let mut index = b.index(0);
        for (axis, i) in indices.iter().enumerate() {
            let dim = b.dim(memref, axis);
            let within = b.cmpi("ult", *i, dim);
            inside = b.arith("andi", inside, within);
            let scaled = b.arith("muli", index, dim);
            index = b.arith("addi", scaled, *i);
        }
        let index = b.arith("addi", index, offset);
        let inside = b.value("arith.extui", &[inside], INT, &[]);
        let code = b.constant(b.shaped(memref).elem.bits().unwrap_or(32).into(), &INT);
        let agent = b.constant(i64::from(self.kernel), &INT);
        [base, index, inside, code, agent]
    }

    /// Address of the buffer that a memref is in, and the memref's first element.
    pub(super) fn address(&mut self, b: &mut Builder<'_>, memref: ValueId) -> (ValueId, ValueId) {
        if let Some(known) = self.views.get(&(b.block, memref)) {
            return *known;
        }
        let shaped = b.shaped(memref).clone();
        let base = b.value("memref.extract_aligned_pointer_as_index", &[memref], Type::Index, &[]);
        let mut types = vec![Type::MemRef(Shaped::new((*shaped.elem).clone(), [], shaped.space))];
        types.extend(std::iter::repeat_n(Type::Index, 1 + 2 * shaped.rank()));
        let spec = OpSpec { operands: &[memref], results: &types, ..OpSpec::default() };
        let metadata = b.op("memref.extract_strided_metadata", spec);
        let view = (base, b.func.op(metadata).results[1]);
        self.views.insert((b.block, memref), view);
        view
    }

    pub(super) fn load(
        &mut self,
        b: &mut Builder<'_>,
        memref: ValueId,
        index: ValueId,
        loc: ValueId,
    ) -> ValueId {
        if !self.checked {
            return b.load(memref, &[index]);
        }
        let elem = b.shaped(memref).elem.as_ref().clone();
        let [base, index, inside, code, agent] = self.access(b, memref, &[index]);
        let wide = call(b, "xpu_rt_load", &[base, index, inside, code, agent, loc], &[Type::I64])[0];
        b.int_cast(wide, &elem)
    }

    pub(super) fn store(
        &mut self,
        b: &mut Builder<'_>,
        value: ValueId,
        memref: ValueId,
        indices: &[ValueId],
        loc: ValueId,
    ) {
        if !self.checked {
            return b.store(value, memref, indices);
        }
        let [base, index, inside, code, agent] = self.access(b, memref, indices);
        let value = wide(b, value);
        call(b, "xpu_rt_store", &[value, base, index, inside, code, agent, loc], &[]);
    }

    /// Buffer, first element and length of each memref.
    pub(super) fn spans(&mut self, b: &mut Builder<'_>, memrefs: &[ValueId]) -> Vec<ValueId> {
        let mut operands = Vec::new();
        for memref in memrefs {
            let memref = self.map[memref];
            let (base, offset) = self.address(b, memref);
            operands.extend([base, offset, length(b, memref)]);
        }
        operands
    }

    /// A division that neither traps on 0 nor on the one quotient that does not fit, which wraps.
    pub(super) fn divide(&mut self, b: &mut Builder<'_>, id: OpId, loc: ValueId) {
        let op = self.func.op(id);
        let (x, y) = (self.map[&op.operands[0]], self.map[&op.operands[1]]);
        let ty = b.ty(x).clone();
        let constant = b.func.def_op(y).and_then(|op| op.attrs.get("value")).and_then(Attr::as_int);
        if constant.is_some_and(|value| value > 0) {
            return self.copy(b, id);
        }
        let (zero, one, minus_one) = (b.constant(0, &ty), b.constant(1, &ty), b.constant(-1, &ty));
        let by_zero = b.cmpi("eq", y, zero);
        if self.checked {
            let checked = b.when(by_zero, |b| {
                call(b, "xpu_rt_divided_by_zero", &[loc], &[]);
                Ok::<_, Infallible>(())
            });
            checked.unwrap_or_else(|never| match never {});
        }
        let mut divisor = b.select(by_zero, one, y);
        let signed = !op.name.ends_with("ui");
        let negates = b.cmpi("eq", y, minus_one);
        if signed {
            divisor = b.select(negates, one, divisor);
        }
        let made = b.like(op, &[x, divisor], &[ty], Vec::new());
        let mut result = b.func.op(made).results[0];
        if signed {
            let by_minus_one = if op.name.starts_with("arith.rem") { zero } else { b.arith("subi", zero, x) };
            result = b.select(negates, by_minus_one, result);
        }
        self.map.insert(op.results[0], result);
    }

    /// Goes on when every element satisfies the clause, else reports the first that does not and returns.
    pub(super) fn require(&mut self, b: &mut Builder<'_>, id: OpId, loc: ValueId) {
        let op = self.func.op(id);
        let Some((predicate, clause)) = self.clause(b, op) else { return };
        let (x, y) = (self.map[&op.operands[0]], self.map[&op.operands[1]]);
        let nowhere = b.index(-1);
        let scalar = b.ty(x).is_scalar();
        let (holds, index) = if scalar {
            (b.cmpi(predicate.as_str(), x, y), nowhere)
        } else {
            let index = self.first_violation(b, (x, y), predicate.as_str(), loc);
            (b.cmpi("eq", index, nowhere), index)
        };
        let go_on = fork(b, holds);
        let found = if scalar { x } else { self.load(b, x, index, loc) };
        let bound = if b.ty(y).is_scalar() { y } else { self.load(b, y, index, loc) };
        let (found, bound) = (wide(b, found), wide(b, bound));
        call(b, "xpu_rt_fail", &[clause, bound, found, index, loc], &[]);
        b.effect("func.return", &[], &[]);
        b.block = go_on;
    }

    /// Goes on unless the verdict names the clause, else reports what it says of it and returns.
    pub(super) fn enforce(&mut self, b: &mut Builder<'_>, id: OpId, loc: ValueId) {
        let op = self.func.op(id);
        let Some((_, clause)) = self.clause(b, op) else { return };
        let verdict = self.map[&op.operands[0]];
        let number =
            b.constant(op.attrs.get("clause").and_then(Attr::as_int).unwrap_or_default(), &Type::I64);
        let element = |this: &mut Self, b: &mut Builder<'_>, k: i64| {
            let k = b.index(k);
            this.load(b, verdict, k, loc)
        };
        let failed = element(self, b, 0);
        let failed = wide(b, failed);
        let holds = b.cmpi("ne", failed, number);
        let go_on = fork(b, holds);
        let index = element(self, b, 1);
        let index = b.int_cast(index, &Type::Index);
        let [found, bound] = [2, 4].map(|lower| {
            let halves = [lower, lower + 1].map(|half| element(self, b, half));
            let low = b.value("arith.extui", &[halves[0]], Type::I64, &[]);
            let high = wide(b, halves[1]);
            let bits = b.constant(32, &Type::I64);
            let high = b.arith("shli", high, bits);
            b.arith("ori", high, low)
        });
        call(b, "xpu_rt_fail", &[clause, bound, found, index, loc], &[]);
        b.effect("func.return", &[], &[]);
        b.block = go_on;
    }

    /// Predicate of a clause, and its number in the table of messages.
    fn clause(&mut self, b: &mut Builder<'_>, op: &Op) -> Option<(Predicate, ValueId)> {
        let predicate = predicate(op)?;
        let message = op.str_attr("message").unwrap_or_default().to_owned();
        self.tables.clauses.push(Clause { message, expected: predicate.in_words() });
        Some((predicate, b.constant(self.tables.clauses.len() as i64 - 1, &INT)))
    }

    pub(super) fn first_violation(
        &mut self,
        b: &mut Builder<'_>,
        (x, y): (ValueId, ValueId),
        predicate: &str,
        loc: ValueId,
    ) -> ValueId {
        let (zero, one, nowhere) = (b.index(0), b.index(1), b.index(-1));
        let size = b.dim(x, 0);
        let found = b.for_loop([zero, size, one], &[nowhere], |b, i, carried| {
            let left = self.load(b, x, i, loc);
            let right = if b.ty(y).is_scalar() { y } else { self.load(b, y, i, loc) };
            let holds = b.cmpi(predicate, left, right);
            let first = b.cmpi("eq", carried[0], nowhere);
            let here = b.select(first, i, carried[0]);
            Ok::<_, Infallible>(vec![b.select(holds, carried[0], here)])
        });
        found.unwrap_or_else(|never| match never {})[0]
    }
}

/// Branches: building goes on where the condition does not hold; returned is the block where it does.
fn fork(b: &mut Builder<'_>, holds: ValueId) -> BlockId {
    let (go_on, fail) = (b.func.new_block(&[]), b.func.new_block(&[]));
    b.func.body.extend([fail, go_on]);
    let successors = vec![go_on, fail];
    let segments = [("operandSegmentSizes", Attr::I32s(vec![1, 0, 0]))];
    b.op("cf.cond_br", OpSpec { operands: &[holds], successors, attrs: &segments, ..OpSpec::default() });
    b.block = fail;
    go_on
}
