//! A fusion as a stage: what is computed when, by whom, and where it lies until it is used.
//!
//! Clusters cannot wait for each other, so each computes all that everybody needs into memory of its own.
//! *Scalars* are computed by every core. *Lazy* values are computed an element at a time where they are
//! used. Results of scans that are read at any index are *stored*: a step of one core computes them, the
//! others wait. So is what several scans read: it is *fetched* once, for all of them. Writes are divided among the cores
//! of all clusters.
//!
//! A value is ready after some number of barriers: what reads nothing stored after 0, what reads a step
//! of level n after n + 1.

mod clauses;
mod emit;
mod linear;
mod scratch;
mod store;
mod timing;
mod writes;

use super::LowerError;
use super::elemental::Elements;
use super::kernel::{self, Target};
use crate::guard::Guard;
use crate::pass::{Grid, PassError};
use crate::size::{self, Size};
use emit::Emit;
use rustc_hash::FxHashSet as HashSet;
use scratch::{Room, Scratch};
use writes::Write;
use xpuc_dialect::ir::{Attr, Builder, Def, Func, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// When something runs, and under what conditions.
#[derive(Debug, Clone, Default)]
struct When {
    /// Barriers before it.
    level: usize,
    /// So many clauses of the fusion have to hold.
    holds: usize,
    /// Scalars that have to be so.
    guard: Guard,
}

/// What one core of each cluster does for all.
#[derive(Debug, Clone, Copy)]
enum Work {
    /// Fetches a buffer of the device that many scans read.
    Fetch(ValueId),
    /// Computes a value that is stored.
    Store(ValueId),
    /// Checks a clause on arrays, counted from 0.
    Check(usize),
}

/// A clause of the fusion.
#[derive(Debug)]
struct Clause {
    op: OpId,
    /// Barriers after which everybody knows how it turned out.
    ready: usize,
    /// Number among the clauses on arrays; scalars are compared by every core.
    record: Option<usize>,
}

/// The plan of one fusion.
struct Stage<'a> {
    func: &'a Func,
    /// Scalars and the verdict, each after what it depends on.
    scalars: Vec<(OpId, When)>,
    steps: Vec<(Work, When)>,
    clauses: Vec<Clause>,
    /// So many clauses the verdict is about.
    verdict: usize,
    writes: Vec<Write>,
    /// Sizes of the values that are stored.
    stored: Vec<(ValueId, Size)>,
}

impl<'a> Stage<'a> {
    /// `fetches`: whether a core has memory of its own. Then what is fetched takes memory that is asked for at the
    /// launch anyway: for its sake alone the same kernel is not emitted twice.
    fn of(func: &'a Func, id: OpId, fetches: bool) -> Result<Self, PassError> {
        let body: Vec<OpId> =
            func.op(id).regions.iter().flatten().flat_map(|b| func.block(*b).ops.clone()).collect();
        let stage = Stage::planned(func, &body, false)?;
        let open = stage.stored.iter().any(|(_, size)| size.known().is_none());
        if fetches && open { Stage::planned(func, &body, true) } else { Ok(stage) }
    }

    fn planned(func: &'a Func, body: &[OpId], fetches: bool) -> Result<Self, PassError> {
        let inside: HashSet<ValueId> = body.iter().flat_map(|op| func.op(*op).results.clone()).collect();
        let outside = |value: ValueId| !inside.contains(&value);
        let writes = writes::of(func, body, &outside);
        let mut stage = timing::plan(func, body, &outside, writes, fetches)?;
        for (work, _) in &stage.steps {
            if let Work::Store(value) | Work::Fetch(value) = *work {
                let size =
                    size::size(func, &outside, value, 0).ok_or_else(|| unsized_error(func, Some(value)))?;
                stage.stored.push((value, size));
            }
        }
        Ok(stage)
    }

    /// The buffer of the device that a value is fetched from.
    fn fetched(&self, value: ValueId) -> Option<ValueId> {
        let op = self.func.def_op(value).filter(|op| Kind::of(op) == Some(Kind::Read))?;
        Some(op.operands[0])
    }

    /// What to call a value: the argument that it is read from or written to, else what it is.
    fn name_of(&self, value: ValueId) -> String {
        let target = |write: &Write| match self.func.def(write.dst) {
            Def::Arg(_, index) if write.slices.is_empty() => {
                self.func.arg_attrs[index].get("xpu.name")?.as_str()
            }
            _ => None,
        };
        let source = match self.fetched(value).map(|memref| self.func.def(memref)) {
            Some(Def::Arg(_, index)) => self.func.arg_attrs[index].get("xpu.name").and_then(Attr::as_str),
            _ => None,
        };
        let written = self.writes.iter().filter(|write| write.value == value).find_map(target).or(source);
        let kind = self.func.def_op(value).map_or("value", |op| op.name.trim_start_matches("xpu."));
        written.unwrap_or(kind).to_owned()
    }

    /// Barriers of the kernel.
    fn barriers(&self) -> usize {
        self.steps.iter().map(|(_, when)| when.level + 1).max().unwrap_or(0)
    }

    /// Clauses on arrays.
    fn records(&self) -> usize {
        self.clauses.iter().filter(|clause| clause.record.is_some()).count()
    }
}

/// A value whose size the host cannot know.
fn unsized_error(func: &Func, value: Option<ValueId>) -> PassError {
    let (op, loc) =
        value.and_then(|value| func.def_op(value)).map_or(("value", &func.loc), |op| (&*op.name, &op.loc));
    LowerError::Size { op: op.to_owned() }.at(loc)
}

/// Emits the launch of a fusion at `b`; returns its kernels. What does not fit into memory on chip lies in
/// buffers of the device, and one cluster does it all.
pub(super) fn launch(
    b: &mut Builder<'_>,
    outer: &Elements<'_>,
    id: OpId,
    target: Target,
    name: String,
) -> Result<Vec<Func>, PassError> {
    let func = outer.func;
    let stage = Stage::of(func, id, target.memory.local_bytes > 0)?;
    let scratch = Scratch::of(&stage);
    let room = scratch.room(b, outer, &stage, target.memory.shared_bytes)?;
    let mut kernels = Vec::new();
    if !matches!(room, Room::Global) {
        kernels.push(kernel::build(func, id, &[], target, name.clone(), |k, elements, program, _| {
            Emit::new(&stage, elements, program).body(k, |k, elements| scratch.on_chip(k, elements))
        })?);
    }
    let one = Grid { clusters: 1, ..target.grid };
    let global = format!("{name}_global");
    if !matches!(room, Room::Shared) {
        let types = scratch.types();
        kernels.push(kernel::build(
            func,
            id,
            &types,
            Target { grid: one, ..target },
            global.clone(),
            |k, elements, program, buffers| {
                Emit::new(&stage, elements, program)
                    .body(k, |k, elements| scratch.given(k, elements, buffers))
            },
        )?);
    }
    let on_chip = |b: &mut Builder<'_>| kernel::call(b, outer, id, &[], target.grid, &name);
    let in_buffers = |b: &mut Builder<'_>| {
        let buffers = scratch.allocate(b, outer, func)?;
        kernel::call(b, outer, id, &buffers, one, &global);
        scratch::free(b, &buffers);
        Ok::<_, PassError>(())
    };
    match room {
        Room::Shared => on_chip(b),
        Room::Global => in_buffers(b)?,
        Room::If(fits) => {
            b.if_else(
                fits,
                &[],
                |b| {
                    on_chip(b);
                    Ok(Vec::new())
                },
                |b| in_buffers(b).map(|()| Vec::new()),
            )?;
        }
    }
    Ok(kernels)
}

/// Says of the branch just built what it does.
fn explain(k: &mut Builder<'_>, what: &str) {
    if what.is_empty() {
        return;
    }
    let last = k.func.block(k.block).ops.last().copied();
    if let Some(last) = last.filter(|last| &*k.func.op(*last).name == "scf.if") {
        k.func.op_mut(last).attrs.insert("xpu.does".into(), Attr::str(what));
    }
}
