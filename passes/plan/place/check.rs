//! Whether a write destroys what is still to be read.

use super::{Base, Input, Place, Places};
use crate::plan::guard::{Guard, exclusive};
use crate::raise::ByBuffer;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{Attr, Def, Extent, Op, OpId, Slice, ValueId};
use xpuc_dialect::ops::{Kind, Parts};

pub(super) enum Violation {
    Deny(ValueId, String),
    Save(ValueId),
}

/// A write of a command.
struct Write {
    at: usize,
    place: Place,
    /// The value that ends up there.
    value: ValueId,
    guard: Guard,
    /// Whether it is a copy, which cannot be moved elsewhere.
    copy: bool,
}

struct Use {
    at: usize,
    op: OpId,
    guard: Guard,
}

pub(super) struct Check<'a> {
    input: &'a Input<'a>,
    places: &'a Places,
    /// Uses of each value that owns memory, through views of it.
    uses: HashMap<ValueId, Vec<Use>>,
    /// Those values, sorted; and by the buffer that each is in.
    owners: Vec<ValueId>,
    in_views: ByBuffer<ValueId>,
    in_temps: HashMap<usize, Vec<ValueId>>,
    defined: HashMap<ValueId, usize>,
}

impl<'a> Check<'a> {
    pub(super) fn new(input: &'a Input<'a>, places: &'a Places) -> Self {
        let func = input.func;
        let mut check = Check {
            input,
            places,
            uses: HashMap::default(),
            owners: Vec::new(),
            in_views: ByBuffer::default(),
            in_temps: HashMap::default(),
            defined: HashMap::default(),
        };
        for (at, id) in input.order.iter().enumerate() {
            let launch = input.fusions.is_member(*id);
            let outputs: HashSet<ValueId> = input.fusions.outputs(*id).iter().copied().collect();
            for member in input.fusions.command(id) {
                for result in &func.op(*member).results {
                    check.defined.insert(*result, at);
                }
                // A size is no content.
                if &*func.op(*member).name == "tensor.dim" {
                    continue;
                }
                for operand in &func.op(*member).operands {
                    let Some(owner) = check.owner(*operand) else { continue };
                    // A launch uses its own outputs as it computes them.
                    if launch && outputs.contains(&owner) {
                        continue;
                    }
                    let guards = if launch {
                        vec![input.guards.get(*id).to_vec()]
                    } else {
                        input.guards.of_use(func, *id, *operand)
                    };
                    for guard in guards {
                        check.uses.entry(owner).or_default().push(Use { at, op: *id, guard });
                    }
                }
            }
        }
        // A view is used wherever what is made of it is.
        let mut owners: Vec<ValueId> = check.uses.keys().copied().collect();
        owners.sort_unstable();
        for owner in &owners {
            match places.homes.get(owner).map(|place| place.base) {
                Some(Base::View(view)) => {
                    check.in_views.add(input.buffers.root(view).unwrap_or(view), *owner)
                }
                Some(Base::Temp(temp)) => check.in_temps.entry(temp).or_default().push(*owner),
                None => {}
            }
        }
        check.owners = owners;
        check
    }

    /// Owners that may live where a place is, sorted.
    fn owners_at(&self, place: &Place) -> Vec<ValueId> {
        let buffers = self.input.buffers;
        match place.base {
            Base::View(view) => {
                let root = buffers.root(view).unwrap_or(view);
                let mut owners: Vec<ValueId> = self.in_views.aliasing(buffers, root).copied().collect();
                owners.sort_unstable();
                owners
            }
            Base::Temp(temp) => self.in_temps.get(&temp).cloned().unwrap_or_default(),
        }
    }

    /// The value whose memory a tensor is in: views have none of their own.
    fn owner(&self, value: ValueId) -> Option<ValueId> {
        let func = self.input.func;
        func.ty(value).tensor()?;
        if self.places.homes.contains_key(&value) {
            return Some(value);
        }
        let op = func.def_op(value)?;
        if Slice::of(op).is_some() || &*op.name == "tensor.cast" { self.owner(op.operands[0]) } else { None }
    }

    pub(super) fn violation(&self) -> Option<Violation> {
        if let Some(violation) = self.overtaken() {
            return Some(violation);
        }
        let writes: Vec<Write> =
            self.input.order.iter().enumerate().flat_map(|(at, id)| self.writes(at, *id)).collect();
        // What one launch writes, it writes in any order.
        for pair in
            writes.chunk_by(|a, b| a.at == b.at && self.input.fusions.is_member(self.input.order[a.at]))
        {
            let (mut views, mut temps) = (ByBuffer::default(), HashSet::default());
            for write in pair {
                let twice = match write.place.base {
                    Base::Temp(temp) => !temps.insert(temp),
                    Base::View(view) => {
                        let root = self.input.buffers.root(view).unwrap_or(view);
                        let mut others = views.aliasing(self.input.buffers, root);
                        let twice = others.any(|other| !self.input.extents.disjoint(*other, view));
                        drop(others);
                        views.add(root, view);
                        twice
                    }
                };
                if twice {
                    let reason = "the same launch may write there already".to_owned();
                    return Some(Violation::Deny(write.value, reason));
                }
            }
        }
        writes.iter().find_map(|write| self.check(write))
    }

    /// A value in memory of the caller that an op we do not know may change before it is used.
    fn overtaken(&self) -> Option<Violation> {
        let func = self.input.func;
        let unknown = |id: &OpId| {
            let op = func.op(*id);
            let ours = !matches!(Kind::of(op), None | Some(Kind::Launch));
            !ours && !crate::tidy::is_pure(op) && &*op.name != "func.return"
        };
        let barriers: Vec<usize> =
            self.input.order.iter().enumerate().filter(|(_, id)| unknown(id)).map(|(at, _)| at).collect();
        self.owners.iter().find_map(|owner| {
            let (owner, uses) = (*owner, &self.uses[owner]);
            let Place { base: Base::View(_), .. } = self.places.homes.get(&owner)? else { return None };
            let read = func.def_op(owner).is_some_and(|op| Kind::of(op) == Some(Kind::Read));
            let defined = self.defined[&owner];
            let passed = |used: &Use| barriers.iter().any(|at| defined < *at && *at < used.at);
            if !uses.iter().any(passed) {
                return None;
            }
            Some(if read {
                Violation::Save(owner)
            } else {
                Violation::Deny(owner, "an op that may write anything comes before its last use".to_owned())
            })
        })
    }

    fn writes(&self, at: usize, id: OpId) -> Vec<Write> {
        let func = self.input.func;
        let op = func.op(id);
        let guard = self.input.guards.get(id).to_vec();
        let write =
            |place: Place, value: ValueId, copy: bool| Write { at, place, value, guard: guard.clone(), copy };
        let home = |value: ValueId| self.places.get(func, value);
        if self.input.fusions.is_member(id) {
            let outputs = self.input.fusions.outputs(id);
            return outputs.iter().filter_map(|v| Some(write(home(*v)?, *v, false))).collect();
        }
        if Parts::of(op).is_some() {
            return home(op.results[0]).map(|place| write(place, op.results[0], false)).into_iter().collect();
        }
        let moved = |value: ValueId, place: &Place| home(value).as_ref() != Some(place);
        let mut all = Vec::new();
        match (Kind::of(op), &*op.name) {
            (Some(Kind::Into), _) => {
                let place = Place::whole(Base::View(op.operands[1]));
                if moved(op.operands[0], &place) {
                    all.push(write(place, op.operands[0], true));
                }
            }
            (_, "tensor.insert") => {
                if let Some(place) = home(op.results[0]) {
                    all.push(write(place, op.results[0], false));
                }
            }
            (_, "tensor.insert_slice") => {
                if let (Some(place), Some((source, slice))) = (home(op.results[0]), Slice::of_insert(op))
                    && (moved(slice.source, &place) || moved(source, &place.slice(slice)))
                {
                    all.push(write(place, op.results[0], false));
                }
            }
            (_, "arith.select") => {
                if let Some(place) = home(op.results[0]) {
                    for (arm, side) in [(op.operands[1], true), (op.operands[2], false)] {
                        if moved(arm, &place) {
                            let mut copy = write(place.clone(), op.results[0], false);
                            copy.guard.push((op.operands[0], side));
                            all.push(copy);
                        }
                    }
                }
            }
            _ => {}
        }
        all
    }

    fn check(&self, write: &Write) -> Option<Violation> {
        let func = self.input.func;
        let later = |extent: &Extent| match extent {
            Extent::Value(value) => self.defined.get(value).is_some_and(|made| *made > write.at),
            Extent::Const(_) => false,
        };
        if !write.copy && write.place.slices.iter().any(|(offset, size)| later(offset) || later(size)) {
            return Some(Violation::Deny(write.value, "where it goes is known later".to_owned()));
        }
        if let Base::View(memref) = write.place.base
            && !write.copy
            && let Some(reason) = self.early(write, memref)
        {
            return Some(Violation::Deny(write.value, reason));
        }
        for owner in self.owners_at(&write.place) {
            let uses = &self.uses[&owner];
            let is_read = func.def_op(owner).is_some_and(|op| Kind::of(op) == Some(Kind::Read));
            // A value does not destroy itself, unless it is copied from memory to memory that may overlap.
            if owner == write.value && !write.copy {
                continue;
            }
            let Some(place) = self.places.homes.get(&owner) else { continue };
            if !self.overlap(place, &write.place) {
                continue;
            }
            // Memory that is read holds what it holds before the program, up to when the write is due.
            let due = self.places.due.get(&write.value).copied().filter(|_| !write.copy).unwrap_or(write.at);
            let defined = self.defined[&owner];
            let live = if is_read { defined < due } else { defined < write.at };
            if !live {
                continue;
            }
            for used in uses {
                // The whole that the written part is put into, over just that part of it.
                let part = self.places.parents.get(&write.value).is_some_and(|path| path.contains(&used.op))
                    && func.op(used.op).name.starts_with("tensor.insert");
                let harmless = used.at < write.at
                    || exclusive(&used.guard, &write.guard)
                    || exclusive(self.input.guards.get(self.input.order[defined]), &write.guard)
                    || (part && !is_read)
                    || (used.at == write.at && self.reusable(write, owner, place));
                if harmless {
                    continue;
                }
                if is_read && write.copy {
                    return Some(Violation::Save(owner));
                }
                // What something is put into can be copied instead of the part being moved.
                let base =
                    self.places.parents.get(&owner).and_then(|path| path.last()).is_some_and(|whole| {
                        func.op(*whole).results.contains(&write.value)
                            || self.places.parents.get(&write.value).is_some_and(|path| path.contains(whole))
                    });
                // A copy cannot be moved: what it would destroy has to live elsewhere.
                let loser = if base || write.copy { owner } else { write.value };
                let name = func.def_op(owner).map_or("a value", |op| &*op.name);
                return Some(Violation::Deny(loser, format!("what {name} left there is still to be read")));
            }
        }
        None
    }

    /// Why a buffer of the caller may not be written before its `into`, if so.
    fn early(&self, write: &Write, memref: ValueId) -> Option<String> {
        let func = self.input.func;
        let due = *self.places.due.get(&write.value)?;
        if self.defined.get(&memref).is_some_and(|made| *made > write.at) {
            return Some("the view it goes to is made later".to_owned());
        }
        let between = self.input.order.get(write.at + 1..due)?;
        between.iter().find_map(|id| {
            let op = func.op(*id);
            match Kind::of(op) {
                // Nothing of the caller's is written before the contract holds. A launch that has checked a clause
                // has written nothing if it fails.
                Some(Kind::Enforce) if self.checks(write.at, op) => None,
                Some(Kind::Require | Kind::Enforce) => {
                    Some("a clause of the contract is checked later".to_owned())
                }
                // What is kept of it is copied there and then.
                Some(Kind::Read) if self.may_alias(op.operands[0], memref) => {
                    let kept = self
                        .places
                        .homes
                        .get(&op.results[0])
                        .is_some_and(|p| p.base != Base::View(op.operands[0]));
                    kept.then(|| "what it held before is kept after".to_owned())
                }
                Some(Kind::Into) => {
                    self.may_alias(op.operands[1], memref).then(|| "another write comes between".to_owned())
                }
                Some(kind) if kind != Kind::Launch => None,
                None if crate::tidy::is_pure(op) => None,
                _ => Some(format!("{} may use the buffer before", op.name)),
            }
        })
    }

    /// Whether the launch at a position has checked the clause that is enforced.
    fn checks(&self, at: usize, enforce: &Op) -> bool {
        let number = self.input.fusions.number(self.input.order[at]);
        let checked = match enforce.attrs.get(crate::offload::LAUNCH) {
            Some(Attr::Int(number, _)) => Some(*number),
            _ => None,
        };
        number.is_some() && number == checked
    }

    /// Whether the command that writes may read what lives there while it does.
    fn reusable(&self, write: &Write, owner: ValueId, place: &Place) -> bool {
        let func = self.input.func;
        let id = self.input.order[write.at];
        if self.input.fusions.is_member(id) {
            return *place == write.place
                && (self.only_kept(id, owner, write.value) || self.element_wise(id, owner, write.value));
        }
        let op: &Op = func.op(id);
        let stays =
            |value: ValueId| *place == write.place && self.places.get(func, value).as_ref() == Some(place);
        let mut reads = op.operands.iter().enumerate().filter(|(_, v)| self.owner(**v) == Some(owner));
        if let Some(parts) = Parts::of(op) {
            return reads.all(|(position, value)| parts.kind.may_reuse_input(op, position) && stays(*value));
        }
        match &*op.name {
            // The whole that something is put into, where it is; what is put there is copied.
            "tensor.insert" | "tensor.insert_slice" => {
                reads.all(|(position, value)| position == 1 && stays(*value))
            }
            "arith.select" => reads.all(|(_, value)| stays(*value)),
            _ => false,
        }
    }

    /// Whether a launch uses an old content element by element, and for nothing but what it writes there: each
    /// element is then read by the core that overwrites it, before it does.
    fn element_wise(&self, anchor: OpId, old: ValueId, written: ValueId) -> bool {
        let func = self.input.func;
        let mut of_old: HashSet<ValueId> = std::iter::once(old).collect();
        for id in self.input.fusions.members(anchor) {
            let op = func.op(*id);
            let uses = |(_, v): &(usize, &ValueId)| of_old.contains(v);
            let mut positions = op.operands.iter().enumerate().filter(uses).map(|(at, _)| at).peekable();
            if positions.peek().is_none() {
                continue;
            }
            let by_element = match (Kind::of(op), &*op.name) {
                (Some(kind), _) if kind.is_pointwise() => positions.all(|at| kind.may_reuse_input(op, at)),
                (_, "arith.select" | "tensor.cast") => true,
                _ => false,
            };
            let [result] = op.results[..] else { return false };
            let same_shape =
                func.ty(result).shaped().map(|s| &s.dims) == func.ty(old).shaped().map(|s| &s.dims);
            if !by_element || !same_shape {
                return false;
            }
            of_old.insert(result);
        }
        let outputs = self.input.fusions.outputs(anchor);
        outputs.iter().all(|output| *output == written || !of_old.contains(output))
            && of_old.contains(&written)
    }

    /// Whether a launch uses an old content for nothing but to leave it where it is: as an arm of a choice, or as
    /// the whole that parts are put into, of what it writes there.
    fn only_kept(&self, anchor: OpId, old: ValueId, written: ValueId) -> bool {
        let func = self.input.func;
        let fusions = self.input.fusions;
        let mut kept = vec![written];
        let mut keepers: HashSet<OpId> = HashSet::default();
        while let Some(value) = kept.pop() {
            let Def::Result(id, _) = func.def(value) else { continue };
            if keepers.insert(id) {
                kept.extend(onwards(func.op(id)));
            }
        }
        // What is made of it by leaving it where it is holds it too, and is computed when it may be gone.
        let mut held: HashSet<ValueId> = std::iter::once(old).collect();
        fusions.members(anchor).iter().all(|id| {
            let op = func.op(*id);
            let uses = op.operands.iter().filter(|v| held.contains(v)).count();
            let passed = onwards(op).iter().filter(|v| held.contains(v)).count();
            if uses > 0 {
                held.extend(&op.results);
            }
            uses == 0 || (keepers.contains(id) && uses == passed)
        })
    }

    fn overlap(&self, a: &Place, b: &Place) -> bool {
        match (a.base, b.base) {
            (Base::View(x), Base::View(y)) => self.may_alias(x, y),
            _ => a.base.may_overlap(b.base, self.input.buffers),
        }
    }

    fn may_alias(&self, a: ValueId, b: ValueId) -> bool {
        Base::View(a).may_overlap(Base::View(b), self.input.buffers) && !self.input.extents.disjoint(a, b)
    }
}

/// Operands whose elements an op passes on where they are.
fn onwards(op: &Op) -> &[ValueId] {
    match &*op.name {
        "arith.select" => &op.operands[1..],
        "tensor.insert" | "tensor.insert_slice" => &op.operands[1..2],
        "tensor.cast" => &op.operands,
        _ => &[],
    }
}
