//! Places as they are wished for.

use super::{Base, Denied, Input, Place, Places};
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeSet;
use xpuc_dialect::ir::{Def, Func, OpId, Slice, ValueId};
use xpuc_dialect::ops::Kind;

/// What a value is under another type.
fn uncast(func: &Func, value: ValueId) -> ValueId {
    match func.def_op(value) {
        Some(op) if &*op.name == "tensor.cast" => uncast(func, op.operands[0]),
        _ => value,
    }
}

pub(super) struct Wish<'a> {
    input: &'a Input<'a>,
    denied: &'a Denied,
    saved: &'a BTreeSet<ValueId>,
    /// Values that share their buffer with no part of them.
    alone: &'a BTreeSet<ValueId>,
    position: HashMap<OpId, usize>,
    places: Places,
}

impl<'a> Wish<'a> {
    pub(super) fn new(
        input: &'a Input<'a>,
        denied: &'a Denied,
        saved: &'a BTreeSet<ValueId>,
        alone: &'a BTreeSet<ValueId>,
    ) -> Self {
        let mut position = HashMap::default();
        let mut places = Places::default();
        for (at, id) in input.order.iter().enumerate() {
            position.extend(input.fusions.command(id).iter().map(|member| (*member, at)));
            for member in input.fusions.members(*id) {
                places.lazy.extend(&input.func.op(*member).results);
            }
        }
        Wish { input, denied, saved, alone, position, places }
    }

    pub(super) fn run(mut self) -> Places {
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
            let launch = self.input.fusions.is_member(*id);
            // Views live where what they are views of lives.
            if !launch && (Slice::of(func.op(*id)).is_some() || &*func.op(*id).name == "tensor.cast") {
                continue;
            }
            let results = if launch { self.input.fusions.outputs(*id) } else { &func.op(*id).results };
            for result in results {
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
        if self.input.fusions.is_member(id) {
            return self.place(value, place, due, through);
        }
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
        if self.alone.contains(&value) || self.input.fusions.is_member(id) {
            return;
        }
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
                if there && before(slice.source, uncast(func, source)) {
                    self.wish(source, &place.slice(slice), due, &path);
                }
            }
            _ => {}
        }
    }
}
