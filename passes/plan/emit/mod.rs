//! The planned program, written out: buffers, commands in order, conditions around them.

mod condition;
mod kept;
mod memory;

use condition::Open;
use kept::Kept;

use super::fuse::Fusions;
use super::guard::{Guard, Guards};
use super::place::{Base, Place, Places};
use super::sync::Stream;
use crate::offload::LAUNCH;
use crate::raise::Buffers;
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{BlockId, Builder, Def, Extent, Func, Op, OpId, OpSpec, Slice, Space, Type, ValueId};
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
        memrefs: HashMap::default(),
        conditions: HashMap::default(),
        stream: Stream::new(plan.buffers),
        frees: last_uses(plan),
        due: Vec::new(),
        kept: HashMap::default(),
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
    let mut last: HashMap<usize, usize> = HashMap::default();
    for (position, id) in plan.order.iter().enumerate() {
        for member in plan.fusions.command(id) {
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
    let mut by_position: HashMap<usize, Vec<usize>> = HashMap::default();
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
    /// Writes of which a part is there already, and the conditions under which there is something to copy.
    kept: HashMap<OpId, Vec<Guard>>,
}

impl<'a> Emit<'a, '_> {
    fn func(&self) -> &'a Func {
        self.plan.func
    }

    fn op(&mut self, id: OpId) {
        let op = self.func().op(id);
        let guard = self.plan.guards.get(id).to_vec();
        if self.plan.fusions.is_member(id) {
            return self.launch(id, &guard);
        }
        match (Kind::of(op), &*op.name) {
            (Some(Kind::Read), _) => self.save(op),
            (Some(Kind::Into), _) => {
                if !self
                    .lives(op.operands[0], &Place { base: Base::View(op.operands[1]), slices: Vec::new() })
                {
                    let dst = self.map[&op.operands[1]];
                    let src = self.memref(op.operands[0]);
                    let bases = [self.base(op.operands[0]), Some(Base::View(op.operands[1]))];
                    for path in self.kept.remove(&id).unwrap_or_else(|| vec![Guard::new()]) {
                        let guard = [guard.clone(), path].concat();
                        self.copy(&guard, src, dst, bases);
                    }
                }
            }
            (Some(Kind::Materialize), _) => self.materialize(id),
            (Some(Kind::Require | Kind::Enforce), _) => {
                for operand in &op.operands {
                    self.settle(&guard, *operand);
                }
                self.close();
                let operands: Vec<ValueId> = op.operands.iter().map(|v| self.operand(*v)).collect();
                let made = self.b.like(op, &operands, &[], Vec::new());
                self.b.func.op_mut(made).attrs.shift_remove(LAUNCH);
            }
            (_, "tensor.extract") => self.extract(op, &guard),
            (_, "tensor.insert") => self.insert(op, &guard),
            (_, "tensor.insert_slice") => self.insert_slice(op, &guard),
            (_, "arith.select") if self.func().ty(op.results[0]).tensor().is_some() => {
                self.select(op, &guard)
            }
            (Some(Kind::Alloc), _) => self.clone_op(id),
            (_, "tensor.empty") => self.empty(op.results[0]),
            (_, "tensor.extract_slice" | "tensor.cast") => {}
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
                self.clone_op(id);
                self.stream.unknown_work();
            }
        }
    }

    /// A transfer, or an op that computes a tensor.
    fn command(&mut self, id: OpId, guard: &Guard) {
        let op = self.func().op(id);
        let result = op.results[0];
        let inputs = Parts::of(op).map_or(&[][..], |p| p.inputs);
        for input in inputs {
            self.settle(guard, *input);
        }
        let out = self.memref(result);
        let bases: Vec<Option<Base>> = inputs.iter().chain([&result]).map(|v| self.base(*v)).collect();
        let kind = Kind::of(op);
        if kind == Some(Kind::H2d) && self.stream.is_busy(self.base(result)) {
            self.in_guard(guard, |emit| emit.wait());
        }
        // What nothing on the stream is writing can come down without a wait.
        let idle = kind == Some(Kind::D2h) && !self.stream.is_busy(self.base(op.operands[0]));
        let blocking = kind == Some(Kind::H2d) || idle;
        let operands: Vec<ValueId> = inputs.iter().map(|v| self.operand(*v)).chain([out]).collect();
        self.settle(guard, result);
        self.in_guard(guard, |emit| {
            let made = emit.b.like(op, &operands, &[], Vec::new());
            let attrs = &mut emit.b.func.op_mut(made).attrs;
            attrs.shift_remove("xpu.shape");
            attrs.shift_remove(LAUNCH);
            if blocking {
                attrs.insert("blocking".into(), xpuc_dialect::ir::Attr::Unit);
            }
        });
        match kind {
            Some(Kind::H2d | Kind::D2h) if blocking => {}
            Some(Kind::D2h) if guard.is_empty() => {
                self.stream.download(self.base(result));
                self.stream.work(&[self.base(op.operands[0])]);
            }
            // Whoever uses it stands under the same condition; after it nobody knows whether it is there.
            Some(Kind::D2h) => self.in_guard(guard, |emit| emit.wait()),
            _ if space(self.func(), result) == Some(Space::Device) => self.stream.work(&bases),
            _ => {}
        }
    }

    /// A launch: what it needs is read, its ops computed in order, what others need of it written.
    fn launch(&mut self, id: OpId, guard: &Guard) {
        let func = self.func();
        let inputs = self.plan.fusions.inputs(func, id);
        let outputs = self.plan.fusions.outputs(id);
        let inside =
            |v: ValueId| matches!(func.def(v), Def::Result(op, _) if self.plan.fusions.anchor(op) == id);
        let late = |place: &Place| match place.base {
            Base::View(memref) if inside(memref) => Some(memref),
            _ => None,
        };
        let outer: Vec<ValueId> = inputs.iter().map(|v| self.operand(*v)).collect();
        let mut targets = Vec::new();
        for output in outputs {
            let Some(place) = self.plan.places.get(func, *output) else { continue };
            let memref = match late(&place) {
                Some(view) => Err(view),
                None => Ok(self.memref(*output)),
            };
            let kept = self.kept(id, *output, &place);
            targets.push((*output, memref, kept));
        }
        let bases: Vec<Option<Base>> = inputs
            .iter()
            .chain(outputs)
            .filter(|v| func.ty(**v).tensor().is_some())
            .map(|v| self.base(*v))
            .collect();
        self.in_guard(guard, |emit| emit.fusion(id, &inputs, &outer, &targets));
        self.stream.work(&bases);
    }

    fn fusion(
        &mut self,
        id: OpId,
        inputs: &[ValueId],
        outer: &[ValueId],
        targets: &[(ValueId, Result<ValueId, ValueId>, Option<Kept>)],
    ) {
        let func = self.func();
        let block = self.b.func.new_block(&[]);
        let home = std::mem::replace(&mut self.b.block, block);
        let mut inner: HashMap<ValueId, ValueId> = HashMap::default();
        for (input, outer) in inputs.iter().zip(outer) {
            let value = match func.ty(*input) {
                ty @ Type::Tensor(_) => self.b.value(Kind::Read.name(), &[*outer], ty.clone(), &[]),
                _ => *outer,
            };
            inner.insert(*input, value);
        }
        for member in self.plan.fusions.members(id) {
            let op = func.op(*member);
            self.b.loc = op.loc.clone();
            let operands: Vec<ValueId> = op.operands.iter().map(|v| inner[v]).collect();
            let types: Vec<Type> = op.results.iter().map(|v| func.ty(*v).clone()).collect();
            let made = self.b.like(op, &operands, &types, Vec::new());
            let made = self.b.func.op_mut(made);
            made.attrs.shift_remove("xpu.shape");
            made.attrs.shift_remove(LAUNCH);
            inner.extend(op.results.iter().copied().zip(made.results.clone()));
        }
        for (output, target, kept) in targets {
            let memref = target.unwrap_or_else(|view| inner[&view]);
            let value = match kept {
                Some(kept) => self.without_old(*output, kept, &inner),
                None => inner[output],
            };
            self.b.effect(Kind::Into.name(), &[value, memref], &[]);
        }
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
        if self.stream.is_downloading(Some(place.base)) {
            self.in_guard(guard, |emit| emit.wait());
        }
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

    /// Makes the buffer that something is going to be put into part by part.
    fn empty(&mut self, value: ValueId) {
        if let Some(Place { base: Base::Temp(temp), .. }) = self.plan.places.get(self.func(), value)
            && self.plan.places.values_in(temp) != [value]
        {
            self.memref(value);
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
        self.clone_op(id);
    }

    fn clone_op(&mut self, id: OpId) {
        let home = std::mem::replace(&mut self.b.block, self.entry);
        self.b.clone_op(self.plan.func, id, &mut self.map);
        self.b.block = home;
    }
}
