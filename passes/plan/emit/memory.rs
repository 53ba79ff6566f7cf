//! Where values live: memrefs of places, allocated when first needed.

use super::Emit;
use crate::plan::guard::{Guard, common};
use crate::plan::place::{Base, Place};
use crate::size::{Measure, host_size, more};
use xpuc_dialect::ir::{Def, Extent, Shaped, Type, ValueId};
use xpuc_dialect::ops::Kind;

impl Emit<'_, '_> {
    pub(super) fn base(&self, value: ValueId) -> Option<Base> {
        self.plan.places.get(self.func(), value).map(|place| place.base)
    }

    pub(super) fn lives(&self, value: ValueId, place: &Place) -> bool {
        self.plan.places.get(self.func(), value).as_ref() == Some(place)
    }

    /// A tensor as the memref it lives in, anything else as it is.
    pub(super) fn operand(&mut self, value: ValueId) -> ValueId {
        if self.func().ty(value).tensor().is_some() { self.memref(value) } else { self.map[&value] }
    }

    pub(super) fn memref(&mut self, value: ValueId) -> ValueId {
        let Some(place) = self.plan.places.get(self.func(), value) else {
            unreachable!("every tensor that is no part of a launch has a place")
        };
        let memref = self.at(&place, value);
        // Sizes that are in the value's type: a 1 there stretches.
        let mut shaped = self.b.shaped(memref).clone();
        let Some(tensor) = self.func().ty(value).tensor() else { return memref };
        if shaped.dims == tensor.dims {
            return memref;
        }
        shaped.dims.clone_from(&tensor.dims);
        self.top(|b| b.value("memref.cast", &[memref], Type::MemRef(shaped), &[]))
    }

    /// The memref of a place; its buffer is made when first needed, with the sizes of `value`.
    pub(super) fn at(&mut self, place: &Place, value: ValueId) -> ValueId {
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

    pub(super) fn alloc(&mut self, temp: usize, value: ValueId) -> ValueId {
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
        // A size may make sense under the condition of all that lives there only.
        let guard = self.guard_of(temp);
        if self.is_measured(temp, &guard) {
            sizes = sizes
                .into_iter()
                .map(|size| {
                    self.top(|b| {
                        let nothing = b.index(0);
                        b.arith("maxsi", size, nothing)
                    })
                })
                .collect();
        } else if !guard.is_empty() {
            let condition = self.condition(&guard);
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

    /// Whether a launch that does not stand under the condition of a buffer takes sizes from it.
    fn is_measured(&self, temp: usize, guard: &Guard) -> bool {
        let values = self.plan.places.values_in(temp);
        self.plan.order.iter().filter(|id| self.plan.fusions.is_member(**id)).any(|id| {
            let inputs = self.plan.fusions.inputs(self.func(), *id);
            values.iter().any(|v| inputs.contains(v)) && !self.plan.guards.get(*id).starts_with(guard)
        })
    }

    /// The condition that everything in a buffer of the plan stands under.
    fn guard_of(&self, temp: usize) -> Guard {
        let values = self.plan.places.values_in(temp);
        let guards = values.iter().filter_map(|value| match self.func().def(*value) {
            Def::Result(id, _) => Some(self.plan.guards.get(self.plan.fusions.anchor(id)).to_vec()),
            Def::Arg(..) => None,
        });
        guards.reduce(|a, b| common(&a, &b)).unwrap_or_default()
    }

    /// Size of a tensor along an axis, from what it is made of.
    pub(super) fn size(&mut self, value: ValueId, axis: usize) -> ValueId {
        let Some((size, _)) = host_size(self.func(), value, axis) else {
            unreachable!("tensors are results of ops that say their size")
        };
        let measured = match size.of {
            Measure::Const(known) => return self.top(|b| b.index(known + size.more)),
            Measure::Scalar(scalar) => self.map[&scalar],
            Measure::Dim(memref, axis) => {
                let memref = self.map[&memref];
                self.top(|b| b.dim(memref, axis))
            }
        };
        self.top(|b| more(b, measured, size.more))
    }

    pub(super) fn extent(&mut self, extent: Extent) -> ValueId {
        match extent {
            Extent::Value(value) => self.map[&value],
            Extent::Const(value) => self.top(|b| b.index(value)),
        }
    }
}
