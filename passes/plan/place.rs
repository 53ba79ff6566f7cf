//! Which memory each value lives in: the buffer it ends up in, if nobody can tell.
//!
//! Every value first wishes for the place where it is needed: a buffer of the caller, the buffer that a
//! larger value it is a part of lives in. Then each write is checked against everything that is still to be
//! read; a write that would destroy something loses its wish and gets a buffer of its own. This is repeated
//! until no write destroys anything. Each round takes a wish away, so it ends.

use super::fuse::Fusions;
use super::guard::{Guard, Guards, exclusive};
use crate::raise::Buffers;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use xpuc_dialect::ir::{Def, Extent, Func, Op, OpId, Slice, ValueId};
use xpuc_dialect::ops::{Kind, Parts};

/// A buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Base {
    /// A memref that is there already: an argument, a view of one.
    View(ValueId),
    /// A buffer of the plan, by number.
    Temp(usize),
}

impl Base {
    /// Whether a write to one may change the other.
    pub(super) fn may_overlap(self, other: Base, buffers: &Buffers) -> bool {
        let root = |memref: ValueId| buffers.root(memref).unwrap_or(memref);
        match (self, other) {
            (Base::Temp(a), Base::Temp(b)) => a == b,
            (Base::View(a), Base::View(b)) => buffers.may_alias(root(a), root(b)),
            _ => false,
        }
    }
}

/// A buffer or a slice of one, slices outermost first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) base: Base,
    pub(super) slices: Vec<(Extent, Extent)>,
}

impl Place {
    fn whole(base: Base) -> Self {
        Place { base, slices: Vec::new() }
    }

    fn slice(&self, slice: Slice) -> Self {
        let mut slices = self.slices.clone();
        slices.push((slice.offset, slice.size));
        Place { base: self.base, slices }
    }
}

/// Why a value has no place in the buffer it is wanted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Denial {
    /// The value.
    pub(super) value: ValueId,
    /// The reason, for people.
    pub(super) reason: String,
}

/// Places of all values.
#[derive(Debug, Default)]
pub(super) struct Places {
    homes: HashMap<ValueId, Place>,
    /// Values that buffers of the plan are made for, in order.
    pub(super) temps: Vec<ValueId>,
    /// `materialize` ops and the buffer each returns.
    pub(super) results: BTreeMap<OpId, usize>,
    /// Reads that must be kept as they were.
    pub(super) saved: HashSet<ValueId>,
    pub(super) denials: Vec<Denial>,
    /// Ops through which a value got its place: the ones it is a part of.
    parents: HashMap<ValueId, Vec<OpId>>,
    /// Position at which a value written in place is expected in its buffer.
    due: HashMap<ValueId, usize>,
}

impl Places {
    /// Where a tensor lives; `None` for what is computed where it is used.
    pub(super) fn get(&self, func: &Func, value: ValueId) -> Option<Place> {
        if let Some(place) = self.homes.get(&value) {
            return Some(place.clone());
        }
        let op = func.def_op(value)?;
        if let Some(slice) = Slice::of(op) {
            return Some(self.get(func, slice.source)?.slice(slice));
        }
        if &*op.name == "tensor.cast" { self.get(func, op.operands[0]) } else { None }
    }
}

/// What the decision is made from.
pub(super) struct Input<'a> {
    pub(super) func: &'a Func,
    pub(super) order: &'a [OpId],
    pub(super) guards: &'a Guards,
    pub(super) fusions: &'a Fusions,
    pub(super) buffers: &'a Buffers,
}

pub(super) fn decide(input: &Input<'_>) -> Places {
    let mut denied: Denied = BTreeMap::new();
    let mut saved: BTreeSet<ValueId> = BTreeSet::new();
    loop {
        let places = Wish::new(input, &denied, &saved).run();
        match Check::new(input, &places).violation() {
            None => {
                let denials =
                    denied.into_iter().map(|((value, _), reason)| Denial { value, reason }).collect();
                return Places { saved: saved.into_iter().collect(), denials, ..places };
            }
            Some(Violation::Deny(value, reason)) => {
                let place = places.homes.get(&value).cloned().unwrap_or(Place::whole(Base::View(value)));
                denied.insert((value, place), reason);
            }
            // With the old content kept, places that were denied may do.
            Some(Violation::Save(value)) => {
                saved.insert(value);
                denied.clear();
            }
        }
    }
}

/// Places that values may not have, and why.
type Denied = BTreeMap<(ValueId, Place), String>;

struct Wish<'a> {
    input: &'a Input<'a>,
    denied: &'a Denied,
    saved: &'a BTreeSet<ValueId>,
    position: HashMap<OpId, usize>,
    places: Places,
}

impl<'a> Wish<'a> {
    fn new(input: &'a Input<'a>, denied: &'a Denied, saved: &'a BTreeSet<ValueId>) -> Self {
        let position = input.order.iter().enumerate().map(|(i, id)| (*id, i)).collect();
        Wish { input, denied, saved, position, places: Places::default() }
    }

    fn run(mut self) -> Places {
        let func = self.input.func;
        for id in self.input.order {
            let op = func.op(*id);
            if let (Some(Kind::Read), [result]) = (Kind::of(op), &op.results[..])
                && !self.saved.contains(result)
            {
                self.places.homes.insert(*result, Place::whole(Base::View(op.operands[0])));
            }
        }
        for (position, id) in self.input.order.iter().enumerate() {
            let op = func.op(*id);
            match Kind::of(op) {
                Some(Kind::Into) => {
                    self.wish(op.operands[0], &Place::whole(Base::View(op.operands[1])), position, &[]);
                }
                Some(Kind::Materialize) => {
                    let temp = self.temp(op.operands[0]);
                    self.places.results.insert(*id, temp);
                    self.wish(op.operands[0], &Place::whole(Base::Temp(temp)), position, &[]);
                }
                _ => {}
            }
        }
        for id in self.input.order.iter().rev() {
            // Views live where what they are views of lives.
            if Slice::of(func.op(*id)).is_some() || &*func.op(*id).name == "tensor.cast" {
                continue;
            }
            for result in &func.op(*id).results {
                let is_tensor = func.ty(*result).tensor().is_some();
                if is_tensor && self.places.get(func, *result).is_none() {
                    let temp = self.temp(*result);
                    let position = usize::MAX;
                    self.place(*result, &Place::whole(Base::Temp(temp)), position, &[]);
                }
            }
        }
        self.places
    }

    fn temp(&mut self, value: ValueId) -> usize {
        self.places.temps.push(value);
        self.places.temps.len() - 1
    }

    fn wish(&mut self, value: ValueId, place: &Place, due: usize, through: &[OpId]) {
        let func = self.input.func;
        let Def::Result(id, _) = func.def(value) else { return };
        if self.denied.contains_key(&(value, place.clone())) || self.places.homes.contains_key(&value) {
            return;
        }
        let op = func.op(id);
        if Slice::of(op).is_some() || Kind::of(op) == Some(Kind::Read) || !self.position.contains_key(&id) {
            return;
        }
        if &*op.name == "tensor.cast" {
            return self.wish(op.operands[0], place, due, through);
        }
        self.place(value, place, due, through);
    }

    fn place(&mut self, value: ValueId, place: &Place, due: usize, through: &[OpId]) {
        let func = self.input.func;
        self.places.homes.insert(value, place.clone());
        self.places.parents.insert(value, through.to_vec());
        self.places.due.insert(value, due);
        let Def::Result(id, _) = func.def(value) else { return };
        let op = func.op(id);
        let mut path = through.to_vec();
        path.push(id);
        match &*op.name {
            "arith.select" => {
                self.wish(op.operands[1], place, due, &path);
                self.wish(op.operands[2], place, due, &path);
            }
            "tensor.insert" => self.wish(op.operands[1], place, due, &path),
            "tensor.insert_slice" => {
                let Some((source, slice)) = Slice::of_insert(op) else { return };
                self.wish(slice.source, place, due, &path);
                // The part may be written in place only over a whole that is there already.
                let there = self.places.get(func, slice.source).as_ref() == Some(place);
                let before = |a: ValueId, b: ValueId| match (func.def(a), func.def(b)) {
                    (Def::Result(a, _), Def::Result(b, _)) => self.position.get(&a) < self.position.get(&b),
                    _ => false,
                };
                if there && before(slice.source, source) {
                    self.wish(source, &place.slice(slice), due, &path);
                }
            }
            _ => {}
        }
    }
}

enum Violation {
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

struct Check<'a> {
    input: &'a Input<'a>,
    places: &'a Places,
    /// Uses of each value that owns memory, through views of it.
    uses: HashMap<ValueId, Vec<Use>>,
    defined: HashMap<ValueId, usize>,
}

impl<'a> Check<'a> {
    fn new(input: &'a Input<'a>, places: &'a Places) -> Self {
        let func = input.func;
        let mut check = Check { input, places, uses: HashMap::new(), defined: HashMap::new() };
        for (at, id) in input.order.iter().enumerate() {
            for result in &func.op(*id).results {
                check.defined.insert(*result, at);
            }
            let members: Vec<OpId> =
                input.fusions.members(*id).iter().copied().chain(std::iter::once(*id)).collect();
            for member in members {
                for operand in &func.op(member).operands {
                    let Some(owner) = check.owner(*operand) else { continue };
                    let guards = if member == *id {
                        input.guards.of_use(func, *id, *operand)
                    } else {
                        vec![input.guards.get(*id).to_vec()]
                    };
                    for guard in guards {
                        check.uses.entry(owner).or_default().push(Use { at, op: *id, guard });
                    }
                }
            }
        }
        // A view is used wherever what is made of it is.
        check
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

    fn violation(&self) -> Option<Violation> {
        if let Some(value) = self.overtaken() {
            return Some(Violation::Save(value));
        }
        let writes: Vec<Write> =
            self.input.order.iter().enumerate().flat_map(|(at, id)| self.writes(at, *id)).collect();
        writes.iter().find_map(|write| self.check(write))
    }

    /// A value read from memory that an op we do not know may change before the value is used.
    fn overtaken(&self) -> Option<ValueId> {
        let func = self.input.func;
        let unknown = |id: &OpId| {
            let op = func.op(*id);
            Kind::of(op).is_none() && !crate::tidy::is_pure(op) && &*op.name != "func.return"
        };
        let barriers: Vec<usize> =
            self.input.order.iter().enumerate().filter(|(_, id)| unknown(id)).map(|(at, _)| at).collect();
        self.sorted_uses().into_iter().find_map(|(owner, uses)| {
            let Place { base: Base::View(_), .. } = self.places.homes.get(&owner)? else { return None };
            let read = func.def_op(owner).is_some_and(|op| Kind::of(op) == Some(Kind::Read));
            let defined = self.defined[&owner];
            let passed = |used: &Use| barriers.iter().any(|at| defined < *at && *at < used.at);
            (read && uses.iter().any(passed)).then_some(owner)
        })
    }

    fn writes(&self, at: usize, id: OpId) -> Vec<Write> {
        let func = self.input.func;
        let op = func.op(id);
        let guard = self.input.guards.get(id).to_vec();
        let write =
            |place: Place, value: ValueId, copy: bool| Write { at, place, value, guard: guard.clone(), copy };
        let home = |value: ValueId| self.places.get(func, value);
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
        if let Base::View(memref) = write.place.base
            && !write.copy
            && let Some(reason) = self.early(write, memref)
        {
            return Some(Violation::Deny(write.value, reason));
        }
        for (owner, uses) in self.sorted_uses() {
            if owner == write.value {
                continue;
            }
            let Some(place) = self.places.homes.get(&owner) else { continue };
            if !self.overlap(place, &write.place) {
                continue;
            }
            let is_read = func.def_op(owner).is_some_and(|op| Kind::of(op) == Some(Kind::Read));
            // Memory that is read holds what it holds before the program, up to when the write is due.
            let due = self.places.due.get(&write.value).copied().filter(|_| !write.copy).unwrap_or(write.at);
            let defined = self.defined[&owner];
            let live = if is_read { defined < due } else { defined < write.at };
            if !live {
                continue;
            }
            for used in uses {
                let part = self.places.parents.get(&write.value).is_some_and(|path| path.contains(&used.op));
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
                let base = self.places.parents.get(&owner).is_some_and(|path| {
                    let of_write = self.places.parents.get(&write.value);
                    path.last().is_some_and(|last| of_write.is_some_and(|path| path.contains(last)))
                });
                let loser = if base { owner } else { write.value };
                let name = func.def_op(owner).map_or("a value", |op| &*op.name);
                return Some(Violation::Deny(loser, format!("what {name} left there is still to be read")));
            }
        }
        None
    }

    fn sorted_uses(&self) -> Vec<(ValueId, &Vec<Use>)> {
        let mut all: Vec<_> = self.uses.iter().map(|(value, uses)| (*value, uses)).collect();
        all.sort_by_key(|(value, _)| *value);
        all
    }

    /// Why a buffer of the caller may not be written before its `into`, if so.
    fn early(&self, write: &Write, memref: ValueId) -> Option<String> {
        let func = self.input.func;
        let due = *self.places.due.get(&write.value)?;
        let between = self.input.order.get(write.at + 1..due)?;
        between.iter().find_map(|id| {
            let op = func.op(*id);
            match Kind::of(op) {
                // Nothing of the caller's is written before the contract holds.
                Some(Kind::Require) => Some("a clause of the contract is checked later".to_owned()),
                Some(Kind::Into) => {
                    self.may_alias(op.operands[1], memref).then(|| "another write comes between".to_owned())
                }
                Some(_) => None,
                None if crate::tidy::is_pure(op) => None,
                None => Some(format!("{} may use the buffer before", op.name)),
            }
        })
    }

    /// Whether the command that writes may read what lives there while it does.
    fn reusable(&self, write: &Write, owner: ValueId, place: &Place) -> bool {
        let func = self.input.func;
        let id = self.input.order[write.at];
        let op: &Op = func.op(id);
        let stays =
            |value: ValueId| *place == write.place && self.places.get(func, value).as_ref() == Some(place);
        let mut reads = op.operands.iter().enumerate().filter(|(_, v)| self.owner(**v) == Some(owner));
        if let Some(parts) = Parts::of(op) {
            let alone = self.input.fusions.members(id).is_empty();
            return alone
                && reads.all(|(position, value)| parts.kind.may_reuse_input(op, position) && stays(*value));
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

    fn overlap(&self, a: &Place, b: &Place) -> bool {
        a.base.may_overlap(b.base, self.input.buffers)
    }

    fn may_alias(&self, a: ValueId, b: ValueId) -> bool {
        Base::View(a).may_overlap(Base::View(b), self.input.buffers)
    }
}
