//! Which memory each value lives in: the buffer it ends up in, if nobody can tell.
//!
//! Every value first wishes for the place where it is needed: a buffer of the caller, the buffer that a
//! larger value it is a part of lives in. Then each write is checked against everything that is still to be
//! read; a write that would destroy something loses its wish and gets a buffer of its own. This is repeated
//! until no write destroys anything. Each round takes a wish away, so it ends.

mod check;
mod wish;

use super::fuse::Fusions;
use super::guard::Guards;
use crate::extents::Extents;
use crate::raise::Buffers;
use check::{Check, Violation};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::{BTreeMap, BTreeSet};
use wish::Wish;
use xpuc_dialect::ir::{Extent, Func, OpId, Slice, ValueId};

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
    /// Values in each buffer of the plan, sorted.
    residents: HashMap<usize, Vec<ValueId>>,
    /// Values that buffers of the plan are made for, in order.
    pub(super) temps: Vec<ValueId>,
    /// `materialize` ops and the buffer each returns.
    pub(super) results: BTreeMap<OpId, usize>,
    /// Reads that must be kept as they were.
    pub(super) saved: HashSet<ValueId>,
    pub(super) denials: Vec<Denial>,
    /// Ops through which a value got its place: the ones it is a part of.
    parents: HashMap<ValueId, Vec<OpId>>,
    /// Values that launches compute wherever they use them.
    lazy: HashSet<ValueId>,
    /// Position at which a value written in place is expected in its buffer.
    due: HashMap<ValueId, usize>,
}

impl Places {
    /// Values that live in a buffer of the plan, or in a part of it.
    pub(super) fn values_in(&self, temp: usize) -> &[ValueId] {
        self.residents.get(&temp).map_or(&[], Vec::as_slice)
    }

    fn find_residents(&mut self) {
        let mut homes: Vec<(ValueId, Base)> = self.homes.iter().map(|(v, place)| (*v, place.base)).collect();
        homes.sort_unstable();
        for (value, base) in homes {
            if let Base::Temp(temp) = base {
                self.residents.entry(temp).or_default().push(value);
            }
        }
    }

    /// Where a tensor lives; `None` for what is computed where it is used.
    pub(super) fn get(&self, func: &Func, value: ValueId) -> Option<Place> {
        if let Some(place) = self.homes.get(&value) {
            return Some(place.clone());
        }
        if self.lazy.contains(&value) {
            return None;
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
    pub(super) extents: &'a Extents<'a>,
}

pub(super) fn decide(input: &Input<'_>) -> Places {
    let mut denied: Denied = BTreeMap::new();
    let mut saved: BTreeSet<ValueId> = BTreeSet::new();
    let mut alone: BTreeSet<ValueId> = BTreeSet::new();
    loop {
        let mut places = Wish::new(input, &denied, &saved, &alone).run();
        match Check::new(input, &places).violation() {
            None => {
                let denials =
                    denied.into_iter().map(|((value, _), reason)| Denial { value, reason }).collect();
                places.find_residents();
                return Places { saved: saved.into_iter().collect(), denials, ..places };
            }
            Some(Violation::Deny(value, reason)) => {
                let place = places.homes.get(&value).cloned().unwrap_or(Place::whole(Base::View(value)));
                // A buffer of its own cannot be denied: then nothing else may live there.
                if denied.insert((value, place), reason).is_some() {
                    alone.insert(value);
                }
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
