//! The end of the kernel: what is written, divided among all cores.

use super::emit::Emit;
use super::explain;
use super::linear::Linear;
use super::writes::{Write, is_scan, is_written_in_runs};
use crate::lower::PARTITION_ELEMENTS;
use crate::lower::elemental::Elements;
use crate::lower::loops::Part;
use crate::pass::PassError;
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{Builder, Def, ValueId};
use xpuc_dialect::ops::Kind;

impl Emit<'_, '_, '_> {
    /// What is written if all clauses hold, then what is written in any case.
    pub(super) fn writes(&mut self, k: &mut Builder<'_>) -> Result<(), PassError> {
        let (always, others): (Vec<&Write>, Vec<&Write>) =
            self.stage.writes.iter().partition(|write| write.always);
        let hold = self.hold(k, self.stage.clauses.len());
        if self.stage.writes.len() > 1 {
            self.program.know_id(k);
        }
        match hold {
            Some(hold) if !others.is_empty() => {
                let outer = k.block;
                k.when(hold, |k| {
                    self.elements.nest(outer, k.block);
                    self.groups(k, &others)
                })?;
            }
            _ => self.groups(k, &others)?,
        }
        self.groups(k, &always)
    }

    fn groups(&mut self, k: &mut Builder<'_>, writes: &[&Write]) -> Result<(), PassError> {
        let known = &|memref: ValueId| self.elements.map.contains_key(&memref);
        let linear = Linear::new(self.stage.func, known);
        let mut groups: Vec<Vec<&Write>> = Vec::new();
        let mut shared: HashMap<_, usize> = HashMap::default();
        // Scalars that lie side by side are one core's: no two cores write neighbouring elements one at a time.
        let mut scalars: HashMap<_, usize> = HashMap::default();
        for write in writes {
            if self.is_scalar(write) {
                match scalars.get(&write.guard) {
                    Some(group) => groups[*group].push(write),
                    None => {
                        scalars.insert(&write.guard, groups.len());
                        groups.push(vec![write]);
                    }
                }
                continue;
            }
            let length = self.is_by_element(write).then(|| linear.length(write.value)).flatten();
            let group = match length {
                Some(length) => *shared.entry((&write.guard, length)).or_insert(groups.len()),
                None => groups.len(),
            };
            match groups.get_mut(group) {
                Some(group) => group.push(write),
                None => groups.push(vec![write]),
            }
        }
        groups.iter().try_for_each(|group| self.group(k, group))
    }

    /// Writes of as many elements under the same conditions are one loop: what they have in common is computed
    /// once, and all of it is computed before any is stored.
    fn is_by_element(&self, write: &Write) -> bool {
        self.stage.func.ty(write.value).tensor().is_some_and(|s| s.rank() == 1)
            && !self.is_small(write)
            && (self.elements.map.contains_key(&write.value)
                || !is_written_in_runs(self.stage.func, write.value))
    }

    fn group(&mut self, k: &mut Builder<'_>, group: &[&Write]) -> Result<(), PassError> {
        let first = group[0];
        k.loc = self.stage.func.op(first.into).loc.clone();
        let mut all = Vec::new();
        self.sides(k, &first.guard, &mut all);
        match all.into_iter().reduce(|x, y| k.arith("andi", x, y)) {
            Some(condition) => k.when(condition, |k| self.parts(k, group)),
            None => self.parts(k, group),
        }
    }

    fn is_scalar(&self, write: &Write) -> bool {
        self.stage.func.ty(write.value).is_scalar()
    }

    fn parts(&mut self, k: &mut Builder<'_>, group: &[&Write]) -> Result<(), PassError> {
        if self.is_scalar(group[0]) {
            return self
                .one(k, |k, elements| group.iter().try_for_each(|write| elements.write_scalar(k, write)));
        }
        let &[write] = group else {
            let mut outs = Vec::new();
            for write in group {
                outs.push((write.value, self.part(k, write)?));
            }
            let elements = &*self.elements;
            self.program.partition(k, outs[0].1, |k, part| elements.copy(k, &outs, part))?;
            explain(k, &self.said(group));
            return Ok(());
        };
        let out = self.part(k, write)?;
        let elements = &*self.elements;
        let op = elements.func.def_op(write.value);
        let op = op.filter(|op| Kind::of(op).is_some_and(Kind::is_compute));
        let op = op.filter(|_| !elements.map.contains_key(&write.value));
        let emit = |k: &mut Builder<'_>, elements: &Elements<'_>, part: Part| match op {
            Some(op) => elements.write(k, op, out, part),
            None => elements.copy(k, &[(write.value, out)], part),
        };
        if self.is_small(write) || op.is_some_and(is_scan) {
            return self.one(k, |k, elements| emit(k, elements, Part::Whole));
        }
        let program = self.program;
        program.partition(k, out, |k, part| match op {
            Some(op) => program.tiles(k, op, out, part, |k, part| emit(k, elements, part)),
            None => emit(k, elements, part),
        })?;
        explain(k, &self.said(group));
        Ok(())
    }

    /// What is written by a group, as far as it has names.
    fn said(&self, group: &[&Write]) -> String {
        let func = self.stage.func;
        let named = |write: &&Write| match func.def(write.dst) {
            Def::Arg(_, index) => func.arg_attrs[index].get("xpu.name")?.as_str(),
            Def::Result(..) => None,
        };
        let mut names: Vec<&str> = group.iter().filter_map(named).collect();
        names.dedup();
        let packed = group.iter().any(|write| !write.slices.is_empty());
        names.extend(packed.then_some("what is sent to the host"));
        if names.is_empty() { String::new() } else { format!("write {}", names.join(", ")) }
    }

    /// The memref that a write fills.
    fn part(&self, k: &mut Builder<'_>, write: &Write) -> Result<ValueId, PassError> {
        let mut out = self.elements.memref(k, write.dst)?;
        for (offset, size) in &write.slices {
            let (offset, size) = (self.elements.extent(k, *offset), self.elements.extent(k, *size));
            out = k.subview(out, offset, size);
        }
        Ok(out)
    }

    /// Whether one core would do all of it anyway, beside other writes.
    fn is_small(&self, write: &Write) -> bool {
        let dims = self.stage.func.ty(write.value).shaped().map_or(&[][..], |s| &s.dims);
        let size = dims.iter().try_fold(1u64, |all, dim| all.checked_mul((*dim)?));
        self.stage.writes.len() > 1 && size.is_some_and(|size| size <= PARTITION_ELEMENTS as u64)
    }

    /// One core does it, each time another one.
    fn one(
        &mut self,
        k: &mut Builder<'_>,
        body: impl FnOnce(&mut Builder<'_>, &Elements<'_>) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let programs =
            i64::from(self.program.target.grid.clusters) * i64::from(self.program.target.grid.cores);
        let program = self.given % programs;
        self.given += 1;
        let elements = &*self.elements;
        self.program.only(k, program, |k| body(k, elements))
    }
}

impl Elements<'_> {
    /// Stores a scalar that was put into a packed value.
    fn write_scalar(&self, k: &mut Builder<'_>, write: &Write) -> Result<(), PassError> {
        let mut out = self.memref(k, write.dst)?;
        let Some(((at, _), slices)) = write.slices.split_last() else { return Err(self.refuse(write.value)) };
        for (offset, size) in slices {
            let (offset, size) = (self.extent(k, *offset), self.extent(k, *size));
            out = k.subview(out, offset, size);
        }
        let at = self.extent(k, *at);
        k.store(self.get(write.value), out, &[at]);
        Ok(())
    }
}
