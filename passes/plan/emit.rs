//! The planned program, written out: buffers, commands in order, conditions around them.

use super::fuse::Fusions;
use super::guard::{Guard, Guards};
use super::place::{Base, Place, Places};
use super::sync::Stream;
use crate::raise::Buffers;
use std::collections::HashMap;
use xpuc_dialect::ir::{
    BlockId, Builder, Def, Extent, Func, Op, OpId, OpSpec, Shaped, Slice, Space, Type, ValueId,
};
use xpuc_dialect::ops::{Kind, Parts, space};

/// What the plan of one function is.
pub(super) struct Plan<'a> {
    pub(super) func: &'a Func,
    pub(super) order: &'a [OpId],
    pub(super) guards: &'a Guards,
    pub(super) fusions: &'a Fusions,
    pub(super) places: &'a Places,
    pub(super) buffers: &'a Buffers,
}

pub(super) fn emit(plan: &Plan<'_>) -> Func {
    let mut out = plan.func.empty_like();
    let entry = out.body[0];
    let map = plan.func.args().iter().copied().zip(out.args().to_vec()).collect();
    let mut emit = Emit {
        plan,
        b: Builder::new(&mut out, entry),
        entry,
        open: None,
        map,
        temps: vec![None; plan.places.temps.len()],
        memrefs: HashMap::new(),
        conditions: HashMap::new(),
        stream: Stream::new(plan.buffers),
        frees: last_uses(plan),
        due: Vec::new(),
    };
    for (position, id) in plan.order.iter().enumerate() {
        emit.b.loc = plan.func.op(*id).loc.clone();
        emit.op(*id);
        emit.free_after(position);
    }
    out
}

/// Buffers of the plan whose last use is at each position; buffers that are returned have none.
fn last_uses(plan: &Plan<'_>) -> HashMap<usize, Vec<usize>> {
    let mut last: HashMap<usize, usize> = HashMap::new();
    for (position, id) in plan.order.iter().enumerate() {
        let members = plan.fusions.members(*id).iter().chain(std::iter::once(id));
        for member in members {
            let op = plan.func.op(*member);
            for value in op.operands.iter().chain(&op.results) {
                if let Some(Place { base: Base::Temp(temp), .. }) = plan.places.get(plan.func, *value) {
                    last.insert(temp, position);
                }
            }
        }
    }
    for temp in plan.places.results.values() {
        last.remove(temp);
    }
    let mut by_position: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut temps: Vec<(usize, usize)> = last.into_iter().collect();
    temps.sort_unstable();
    for (temp, position) in temps {
        by_position.entry(position).or_default().push(temp);
    }
    by_position
}

struct Emit<'a, 'f> {
    plan: &'a Plan<'a>,
    b: Builder<'f>,
    entry: BlockId,
    /// The conditions whose commands are being collected.
    open: Option<Open>,
    /// Scalars and memrefs of the old function.
    map: HashMap<ValueId, ValueId>,
    temps: Vec<Option<ValueId>>,
    /// Memrefs of places.
    memrefs: HashMap<(Base, Vec<(Extent, Extent)>), ValueId>,
    conditions: HashMap<Guard, ValueId>,
    stream: Stream<'a>,
    frees: HashMap<usize, Vec<usize>>,
    /// Buffers to free once no condition is open.
    due: Vec<usize>,
}

/// Commands under a guard, and perhaps those under its opposite.
struct Open {
    guard: Guard,
    then: BlockId,
    otherwise: Option<BlockId>,
}

/// The guard that holds exactly where this one does not, if it is a single condition.
fn opposite(guard: &Guard) -> Option<Guard> {
    let [(condition, side)] = guard[..] else { return None };
    Some(vec![(condition, !side)])
}

impl<'a> Emit<'a, '_> {
    fn func(&self) -> &'a Func {
        self.plan.func
    }

    fn op(&mut self, id: OpId) {
        let op = self.func().op(id);
        let guard = self.plan.guards.get(id).to_vec();
        match (Kind::of(op), &*op.name) {
            (Some(Kind::Read), _) => self.save(op),
            (Some(Kind::Into), _) => {
                let dst = self.map[&op.operands[1]];
                if !self
                    .lives(op.operands[0], &Place { base: Base::View(op.operands[1]), slices: Vec::new() })
                {
                    let src = self.memref(op.operands[0]);
                    let bases = [self.base(op.operands[0]), Some(Base::View(op.operands[1]))];
                    self.copy(&guard, src, dst, bases);
                }
            }
            (Some(Kind::Materialize), _) => self.materialize(id),
            (Some(Kind::Require), _) => {
                for operand in &op.operands {
                    self.settle(&guard, *operand);
                }
                self.close();
                let operands: Vec<ValueId> = op.operands.iter().map(|v| self.operand(*v)).collect();
                self.b.like(op, &operands, &[], Vec::new());
            }
            (_, "tensor.extract") => self.extract(op, &guard),
            (_, "tensor.insert") => self.insert(op, &guard),
            (_, "tensor.insert_slice") => self.insert_slice(op, &guard),
            (_, "arith.select") if self.func().ty(op.results[0]).tensor().is_some() => {
                self.select(op, &guard)
            }
            (_, "tensor.extract_slice" | "tensor.cast" | "tensor.empty") => {}
            (_, "func.return") => {
                self.close();
                if self.stream.downloads_pending() {
                    self.wait();
                }
                let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
                let operands: Vec<ValueId> = operands
                    .into_iter()
                    .zip(self.func().result_types.clone())
                    .map(|(v, ty)| {
                        let same = *self.b.ty(v) == ty;
                        if same { v } else { self.b.value("memref.cast", &[v], ty, &[]) }
                    })
                    .collect();
                self.b.like(op, &operands, &[], Vec::new());
            }
            (Some(_), _) if Parts::of(op).is_some() => self.command(id, &guard),
            _ if crate::tidy::is_pure(op) => self.scalar(id, &guard),
            _ => {
                // An op that we do not know: nothing may be in flight.
                self.close();
                if self.stream.downloads_pending() {
                    self.wait();
                }
                self.clone_op(id, self.entry);
            }
        }
    }

    /// A transfer, or an op that computes a tensor.
    fn command(&mut self, id: OpId, guard: &Guard) {
        let op = self.func().op(id);
        let result = op.results[0];
        for input in self.plan.fusions.inputs(self.func(), id) {
            self.settle(guard, input);
        }
        let out = self.memref(result);
        let inputs = Parts::of(op).map_or(&[][..], |p| p.inputs);
        let bases: Vec<Option<Base>> = self
            .plan
            .fusions
            .inputs(self.func(), id)
            .iter()
            .chain([&result])
            .map(|v| self.base(*v))
            .collect();
        let kind = Kind::of(op);
        if kind == Some(Kind::H2d) && self.stream.is_busy(self.base(result)) {
            self.in_guard(guard, |emit| emit.wait());
        }
        // What nothing on the stream is writing can come down without a wait.
        let idle = kind == Some(Kind::D2h) && !self.stream.is_busy(self.base(op.operands[0]));
        let blocking = kind == Some(Kind::H2d) || idle;
        let operands: Vec<ValueId> = if self.plan.fusions.members(id).is_empty() {
            inputs.iter().map(|v| self.operand(*v)).chain([out]).collect()
        } else {
            Vec::new()
        };
        self.settle(guard, result);
        self.in_guard(guard, |emit| {
            if emit.plan.fusions.members(id).is_empty() {
                let made = emit.b.like(op, &operands, &[], Vec::new());
                let attrs = &mut emit.b.func.op_mut(made).attrs;
                attrs.shift_remove("xpu.shape");
                if blocking {
                    attrs.insert("blocking".into(), xpuc_dialect::ir::Attr::Unit);
                }
            } else {
                emit.fusion(id, out);
            }
        });
        match kind {
            Some(Kind::H2d | Kind::D2h) if blocking => {}
            Some(Kind::D2h) if guard.is_empty() => self.stream.download(self.base(result)),
            // Whoever uses it stands under the same condition; after it nobody knows whether it is there.
            Some(Kind::D2h) => self.in_guard(guard, |emit| emit.wait()),
            _ if space(self.func(), result) == Some(Space::Device) => self.stream.work(&bases),
            _ => {}
        }
    }

    fn fusion(&mut self, id: OpId, out: ValueId) {
        let func = self.func();
        let block = self.b.func.new_block(&[]);
        let mut inner: HashMap<ValueId, ValueId> = HashMap::new();
        let home = self.b.block;
        let inputs = self.plan.fusions.inputs(func, id);
        let outer: Vec<ValueId> = inputs.iter().map(|v| self.operand(*v)).collect();
        self.b.block = block;
        for (input, outer) in inputs.iter().zip(outer) {
            let value = match func.ty(*input) {
                ty @ Type::Tensor(_) => self.b.value(Kind::Read.name(), &[outer], ty.clone(), &[]),
                _ => outer,
            };
            inner.insert(*input, value);
        }
        let root = func.op(id).results[0];
        for member in self.plan.fusions.members(id).iter().chain([&id]) {
            let op = func.op(*member);
            self.b.loc = op.loc.clone();
            let operands: Vec<ValueId> = op.operands.iter().map(|v| inner[v]).collect();
            let types: Vec<Type> = op.results.iter().map(|v| func.ty(*v).clone()).collect();
            let made = self.b.like(op, &operands, &types, Vec::new());
            self.b.func.op_mut(made).attrs.shift_remove("xpu.shape");
            inner.insert(op.results[0], self.b.func.op(made).results[0]);
        }
        self.b.effect(Kind::Into.name(), &[inner[&root], out], &[]);
        self.b.effect("vector.yield", &[], &[]);
        self.b.block = home;
        self.b.op(Kind::Fusion.name(), OpSpec { regions: vec![vec![block]], ..OpSpec::default() });
    }

    /// A read is a name for memory, unless what it read has to outlive a write.
    fn save(&mut self, op: &Op) {
        if !self.plan.places.saved.contains(&op.results[0]) {
            return;
        }
        let out = self.memref(op.results[0]);
        let bases = [Some(Base::View(op.operands[0])), self.base(op.results[0])];
        let src = self.map[&op.operands[0]];
        self.copy(&Vec::new(), src, out, bases);
    }

    fn materialize(&mut self, id: OpId) {
        let op = self.func().op(id);
        let temp = self.plan.places.results[&id];
        let place = Place { base: Base::Temp(temp), slices: Vec::new() };
        let lives = self.lives(op.operands[0], &place);
        let memref = self.at(&place, op.operands[0]);
        if !lives {
            let src = self.memref(op.operands[0]);
            self.copy(&Vec::new(), src, memref, [self.base(op.operands[0]), Some(place.base)]);
        }
        self.map.insert(op.results[0], memref);
    }

    fn extract(&mut self, op: &Op, guard: &Guard) {
        self.settle(guard, op.operands[0]);
        self.close();
        let memref = self.memref(op.operands[0]);
        let indices: Vec<ValueId> = op.operands[1..].iter().map(|v| self.map[v]).collect();
        let value = self.lazily(guard, self.func().ty(op.results[0]).clone(), |b| b.load(memref, &indices));
        self.map.insert(op.results[0], value);
    }

    fn insert(&mut self, op: &Op, guard: &Guard) {
        let Some(place) = self.plan.places.get(self.func(), op.results[0]) else { return };
        self.bring(guard, op.operands[1], &place);
        let memref = self.at(&place, op.results[0]);
        let value = self.map[&op.operands[0]];
        let indices: Vec<ValueId> = op.operands[2..].iter().map(|v| self.map[v]).collect();
        self.in_guard(guard, |emit| emit.b.store(value, memref, &indices));
    }

    fn insert_slice(&mut self, op: &Op, guard: &Guard) {
        let Some(place) = self.plan.places.get(self.func(), op.results[0]) else { return };
        let Some((source, slice)) = Slice::of_insert(op) else { return };
        self.bring(guard, slice.source, &place);
        self.at(&place, op.results[0]);
        let mut part = place;
        part.slices.push((slice.offset, slice.size));
        self.bring(guard, source, &part);
    }

    fn select(&mut self, op: &Op, guard: &Guard) {
        let Some(place) = self.plan.places.get(self.func(), op.results[0]) else { return };
        for (arm, side) in [(op.operands[1], true), (op.operands[2], false)] {
            let mut guard = guard.clone();
            guard.push((op.operands[0], side));
            self.bring(&guard, arm, &place);
        }
    }

    /// Copies a value to a place where it does not live already.
    fn bring(&mut self, guard: &Guard, value: ValueId, place: &Place) {
        let empty = self.func().def_op(value).is_some_and(|op| &*op.name == "tensor.empty");
        if empty || self.lives(value, place) {
            return;
        }
        let dst = self.at(place, value);
        let src = self.memref(value);
        self.copy(guard, src, dst, [self.base(value), Some(place.base)]);
    }

    fn copy(&mut self, guard: &Guard, src: ValueId, dst: ValueId, bases: [Option<Base>; 2]) {
        let host = self.b.shaped(dst).space == Space::Host;
        if host && bases.iter().any(|base| self.stream.is_downloading(*base)) {
            self.in_guard(guard, |emit| emit.wait());
        }
        self.in_guard(guard, |emit| {
            emit.b.effect(Kind::Copy.name(), &[src, dst], &[]);
        });
        if !host {
            self.stream.work(&bases);
        }
    }

    /// Arithmetic on scalars, or a view of a buffer: computed always, where that can do no harm.
    fn scalar(&mut self, id: OpId, guard: &Guard) {
        let op = self.func().op(id);
        let harmful = op.name.contains("div") || op.name.contains("rem");
        if harmful && !guard.is_empty() {
            let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
            let ty = self.func().ty(op.results[0]).clone();
            let value = self.lazily(guard, ty.clone(), |b| {
                let made = b.like(op, &operands, &[ty], Vec::new());
                b.func.op(made).results[0]
            });
            self.map.insert(op.results[0], value);
            return;
        }
        if &*op.name == "tensor.dim" {
            let memref = self.memref(op.operands[0]);
            let axis = self.map[&op.operands[1]];
            let size = self.top(|b| b.value("memref.dim", &[memref, axis], Type::Index, &[]));
            self.map.insert(op.results[0], size);
            return;
        }
        self.clone_op(id, self.entry);
    }

    /// A scalar that is computed only under a guard, and 0 otherwise.
    fn lazily(&mut self, guard: &Guard, ty: Type, make: impl FnOnce(&mut Builder<'_>) -> ValueId) -> ValueId {
        if guard.is_empty() {
            return self.top(make);
        }
        let condition = self.condition(guard);
        self.top(|b| {
            let types = [ty.clone()];
            let made = b.if_else(
                condition,
                &types,
                |b| Ok::<_, std::convert::Infallible>(vec![make(b)]),
                |b| Ok(vec![b.constant(0, &ty)]),
            );
            made.unwrap_or_else(|never| match never {})[0]
        })
    }

    fn clone_op(&mut self, id: OpId, block: BlockId) {
        let func = self.func();
        let op = func.op(id);
        let mut regions = Vec::new();
        for blocks in &op.regions {
            let mut made = Vec::new();
            for old in blocks {
                let args = &func.block(*old).args;
                let types: Vec<Type> = args.iter().map(|v| func.ty(*v).clone()).collect();
                let new = self.b.func.new_block(&types);
                self.map.extend(args.iter().copied().zip(self.b.func.block(new).args.clone()));
                for inner in &func.block(*old).ops {
                    self.clone_op(*inner, new);
                }
                made.push(new);
            }
            regions.push(made);
        }
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
        let types: Vec<Type> = op.results.iter().map(|v| func.ty(*v).clone()).collect();
        let home = std::mem::replace(&mut self.b.block, block);
        let made = self.b.like(op, &operands, &types, regions);
        self.b.block = home;
        let results = self.b.func.op(made).results.clone();
        self.map.extend(op.results.iter().copied().zip(results));
    }

    // ---- Places.

    fn base(&self, value: ValueId) -> Option<Base> {
        self.plan.places.get(self.func(), value).map(|place| place.base)
    }

    fn lives(&self, value: ValueId, place: &Place) -> bool {
        self.plan.places.get(self.func(), value).as_ref() == Some(place)
    }

    /// A tensor as the memref it lives in, anything else as it is.
    fn operand(&mut self, value: ValueId) -> ValueId {
        if self.func().ty(value).tensor().is_some() { self.memref(value) } else { self.map[&value] }
    }

    fn memref(&mut self, value: ValueId) -> ValueId {
        match self.plan.places.get(self.func(), value) {
            Some(place) => self.at(&place, value),
            // Every tensor that is no part of a launch has a place.
            None => unreachable!("a tensor without a place"),
        }
    }

    /// The memref of a place; its buffer is made when first needed, with the sizes of `value`.
    fn at(&mut self, place: &Place, value: ValueId) -> ValueId {
        let key = (place.base, place.slices.clone());
        if let Some(memref) = self.memrefs.get(&key) {
            return *memref;
        }
        let memref = match place.slices.split_last() {
            None => match place.base {
                Base::View(memref) => self.map[&memref],
                Base::Temp(temp) => self.alloc(temp, value),
            },
            Some((last, rest)) => {
                let outer = self.at(&Place { base: place.base, slices: rest.to_vec() }, value);
                let (offset, size) = (self.extent(last.0), self.extent(last.1));
                self.top(|b| b.subview(outer, offset, size))
            }
        };
        self.memrefs.insert(key, memref);
        memref
    }

    fn alloc(&mut self, temp: usize, value: ValueId) -> ValueId {
        if let Some(memref) = self.temps[temp] {
            return memref;
        }
        let Some(shaped) = self.func().ty(value).tensor().cloned() else {
            unreachable!("a buffer of a scalar")
        };
        let mut sizes: Vec<ValueId> = (0..shaped.rank())
            .filter(|axis| shaped.dims[*axis].is_none())
            .map(|axis| self.size(value, axis))
            .collect();
        // A size may make sense under its condition only.
        if let Def::Result(id, _) = self.func().def(self.plan.places.temps[temp])
            && !self.plan.guards.get(id).is_empty()
        {
            let condition = self.condition(&self.plan.guards.get(id).to_vec());
            sizes = sizes
                .into_iter()
                .map(|size| {
                    self.top(|b| {
                        let nothing = b.index(0);
                        b.select(condition, size, nothing)
                    })
                })
                .collect();
        }
        let ty = Type::MemRef(Shaped { ..shaped });
        let memref = self.top(|b| b.value(Kind::Alloc.name(), &sizes, ty, &[]));
        self.temps[temp] = Some(memref);
        memref
    }

    /// Size of a tensor along an axis, from what it is made of.
    fn size(&mut self, value: ValueId, axis: usize) -> ValueId {
        let func = self.func();
        if let Some(size) = func.ty(value).shaped().and_then(|s| s.dims.get(axis).copied().flatten()) {
            return self.top(|b| b.index(size as i64));
        }
        let Some(op) = func.def_op(value) else { unreachable!("tensors are results") };
        if let Some(parts) = Parts::of(op) {
            if parts.kind.is_sized() {
                let dims = func.ty(value).shaped().map(|s| s.dims.clone()).unwrap_or_default();
                let position = dims[..axis].iter().filter(|d| d.is_none()).count();
                return self.map[&parts.sizes[position]];
            }
            if parts.kind == Kind::Cumsum && op.has("exclusive") {
                let size = self.size(parts.inputs[0], axis);
                return self.top(|b| {
                    let one = b.index(1);
                    b.arith("addi", size, one)
                });
            }
            // The first input that is not a scalar and does not stretch; a gather has the shape of its index.
            let stretches = |v: &ValueId| func.ty(*v).shaped().is_none_or(|s| s.dims[axis] == Some(1));
            let inputs = if parts.kind == Kind::Gather { &parts.inputs[1..] } else { parts.inputs };
            if let Some(input) = inputs.iter().find(|v| !stretches(v)) {
                return self.size(*input, axis);
            }
        }
        if let Some(slice) = Slice::of(op) {
            return self.extent(slice.size);
        }
        match (Kind::of(op), &*op.name) {
            (Some(Kind::Read), _) => {
                let memref = self.map[&op.operands[0]];
                self.top(|b| b.dim(memref, axis))
            }
            (_, "tensor.empty") => {
                let dims = func.ty(value).shaped().map(|s| s.dims.clone()).unwrap_or_default();
                let position = dims[..axis].iter().filter(|d| d.is_none()).count();
                self.map[&op.operands[position]]
            }
            (_, "tensor.insert" | "tensor.insert_slice" | "arith.select") => self.size(op.operands[1], axis),
            _ => self.size(op.operands[0], axis),
        }
    }

    fn extent(&mut self, extent: Extent) -> ValueId {
        match extent {
            Extent::Value(value) => self.map[&value],
            Extent::Const(value) => self.top(|b| b.index(value)),
        }
    }

    // ---- Conditions and the stream.

    /// Builds outside of all conditions, before the commands that are being collected.
    fn top<T>(&mut self, build: impl FnOnce(&mut Builder<'_>) -> T) -> T {
        let home = std::mem::replace(&mut self.b.block, self.entry);
        let built = build(&mut self.b);
        self.b.block = home;
        built
    }

    /// Builds commands under a guard, together with the last ones if that is the same.
    fn in_guard(&mut self, guard: &Guard, build: impl FnOnce(&mut Self)) {
        let fits = |open: &Open| open.guard == *guard || opposite(&open.guard).as_ref() == Some(guard);
        if self.open.as_ref().is_some_and(|open| !fits(open)) {
            self.close();
        }
        if guard.is_empty() {
            return build(self);
        }
        // Known before the op that holds the block.
        if opposite(guard).is_none_or(|opposite| self.open.as_ref().is_none_or(|open| open.guard != opposite))
        {
            self.condition(guard);
        }
        let block = match &self.open {
            Some(open) if open.guard == *guard => open.then,
            Some(Open { otherwise: Some(block), .. }) => *block,
            _ => {
                let block = self.b.func.new_block(&[]);
                match &mut self.open {
                    Some(open) => open.otherwise = Some(block),
                    None => self.open = Some(Open { guard: guard.clone(), then: block, otherwise: None }),
                }
                block
            }
        };
        let home = std::mem::replace(&mut self.b.block, block);
        build(self);
        self.b.block = home;
    }

    /// Ends the conditions that are open.
    fn close(&mut self) {
        let Some(Open { guard, then, otherwise }) = self.open.take() else { return };
        let condition = self.condition(&guard);
        for block in [Some(then), otherwise].into_iter().flatten() {
            let home = std::mem::replace(&mut self.b.block, block);
            self.b.effect("scf.yield", &[], &[]);
            self.b.block = home;
        }
        let regions = vec![vec![then], otherwise.into_iter().collect()];
        self.top(|b| b.op("scf.if", OpSpec { operands: &[condition], regions, ..OpSpec::default() }));
        self.free_due();
    }

    fn condition(&mut self, guard: &Guard) -> ValueId {
        if let Some(condition) = self.conditions.get(guard) {
            return *condition;
        }
        let parts: Vec<(ValueId, bool)> = guard.iter().map(|(v, side)| (self.map[v], *side)).collect();
        let condition = self.top(|b| {
            let mut all: Option<ValueId> = None;
            for (value, side) in parts {
                let value = if side {
                    value
                } else {
                    let yes = b.constant(1, &Type::I1);
                    b.arith("xori", value, yes)
                };
                all = Some(all.map_or(value, |all| b.arith("andi", all, value)));
            }
            all.unwrap_or_else(|| b.constant(1, &Type::I1))
        });
        self.conditions.insert(guard.clone(), condition);
        condition
    }

    /// Waits, if what the host is about to use is still coming down.
    fn settle(&mut self, guard: &Guard, value: ValueId) {
        if space(self.func(), value) == Some(Space::Host) && self.stream.is_downloading(self.base(value)) {
            self.in_guard(guard, |emit| emit.wait());
        }
    }

    fn wait(&mut self) {
        self.b.effect(Kind::Wait.name(), &[], &[]);
        // A wait under a condition may not happen.
        if self.b.block == self.entry {
            self.stream.drained();
        }
    }

    fn free_after(&mut self, position: usize) {
        self.due.extend(self.frees.remove(&position).unwrap_or_default());
        if self.open.is_none() {
            self.free_due();
        }
    }

    fn free_due(&mut self) {
        for temp in std::mem::take(&mut self.due) {
            if let Some(memref) = self.temps[temp] {
                self.top(|b| b.effect(Kind::Free.name(), &[memref], &[]));
            }
        }
    }
}
