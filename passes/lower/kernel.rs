//! One launch: the kernel, and the call of it for every program of the grid.

use super::elemental::Elements;
use super::loops::Part;
use super::stream::{stream, wait};
use super::{LowerError, PARTITION_ELEMENTS};
use crate::pass::{Grid, Memory, PassError};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::Cell;
use xpuc_dialect::ir::{Attr, Builder, Def, Func, Op, OpId, OpSpec, Shaped, Space, Type, ValueId};
use xpuc_dialect::ops::{Form, Kind, Parts};

/// What kernels are made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    /// Clusters and cores.
    pub(super) grid: Grid,
    /// On-chip memory.
    pub(super) memory: Memory,
}

/// Emits the launch of a device op at `b`; returns the kernel.
pub(super) fn launch(
    b: &mut Builder<'_>,
    outer: &Elements<'_>,
    id: OpId,
    target: Target,
    name: String,
) -> Result<Func, PassError> {
    let kernel = build(outer.func, id, &[], target, name.clone(), |k, elements, program, _| {
        let op = elements.func.op(id);
        let Some(Parts { form: Form::Buffer { out }, .. }) = Parts::of(op) else { return Ok(()) };
        program.write(k, elements, op, elements.get(out))
    })?;
    call(b, outer, id, &[], target.grid, &name);
    Ok(kernel)
}

/// The kernel of an op: a function over cluster, core, what the op uses from outside, and `also`.
pub(super) fn build<'a>(
    func: &'a Func,
    id: OpId,
    also: &[Type],
    target: Target,
    name: String,
    body: impl FnOnce(&mut Builder<'_>, &mut Elements<'a>, &Program, &[ValueId]) -> Result<(), PassError>,
) -> Result<Func, PassError> {
    let op = func.op(id);
    let Uses { passed, computed } = Uses::of(func, id);
    let mut types = vec![Type::Index, Type::Index];
    types.extend(passed.iter().map(|v| func.ty(*v).clone()));
    types.extend(also.iter().cloned());
    let mut kernel = Func::new(name, &types, op.loc.clone());
    kernel.attrs.insert("sym_visibility".into(), Attr::str("private"));
    kernel.attrs.insert("xpu.kernel".into(), Attr::Unit);
    let (entry, args) = (kernel.body[0], kernel.args().to_vec());
    let (own, also) = args[2..].split_at(passed.len());
    let mut map: HashMap<ValueId, ValueId> = passed.into_iter().zip(own.iter().copied()).collect();
    let program = Program { cluster: args[0], core: args[1], target, known: Cell::new(None) };
    let mut k = Builder::new(&mut kernel, entry);
    k.loc = op.loc.clone();
    for op in computed {
        k.clone_op(func, op, &mut map);
    }
    let mut elements = Elements::new(func, map);
    body(&mut k, &mut elements, &program, also)?;
    k.effect("func.return", &[], &[]);
    Ok(stream(kernel, target.memory.local_bytes))
}

/// Emits the call of a kernel that [`build`] made.
pub(super) fn call(
    b: &mut Builder<'_>,
    outer: &Elements<'_>,
    id: OpId,
    also: &[ValueId],
    grid: Grid,
    name: &str,
) {
    let block = b.func.new_block(&[Type::Index, Type::Index]);
    let mut operands = b.func.block(block).args.clone();
    operands.extend(Uses::of(outer.func, id).passed.iter().map(|v| outer.get(*v)));
    operands.extend(also);
    let mut inner = Builder { func: b.func, block, loc: outer.func.op(id).loc.clone() };
    inner.effect("func.call", &operands, &[("callee", Attr::Symbol(name.into()))]);
    inner.effect("vector.yield", &[], &[]);
    let attrs = [
        ("clusters", Attr::Int(grid.clusters.into(), Type::I64)),
        ("cores", Attr::Int(grid.cores.into(), Type::I64)),
    ];
    b.op(Kind::Launch.name(), OpSpec { attrs: &attrs, regions: vec![vec![block]], ..OpSpec::default() });
}

/// The program of one core in a launch.
pub(super) struct Program {
    cluster: ValueId,
    /// Number of the core in its cluster.
    pub(super) core: ValueId,
    /// The grid of the launch, and memory on chip.
    pub(super) target: Target,
    /// Number of the program, once many ask for it.
    known: Cell<Option<ValueId>>,
}

impl Program {
    fn write(
        &self,
        k: &mut Builder<'_>,
        elements: &Elements<'_>,
        op: &Op,
        out: ValueId,
    ) -> Result<(), PassError> {
        match Kind::of(op) {
            // Scans are sequential: one core does them.
            Some(Kind::Cumsum | Kind::ReduceSum | Kind::ReduceMax | Kind::Compact) => {
                self.only(k, 0, |k| elements.write(k, op, out, Part::Whole))
            }
            Some(_) => self.partition(k, out, |k, part| {
                self.tiles(k, op, out, part, |k, part| elements.write(k, op, out, part))
            }),
            None => Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc)),
        }
    }

    /// One program of the grid does it.
    pub(super) fn only(
        &self,
        k: &mut Builder<'_>,
        program: i64,
        body: impl FnOnce(&mut Builder<'_>) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let program = k.index(program);
        let id = self.id(k);
        let mine = k.cmpi("eq", id, program);
        k.when(mine, body)
    }

    /// The elements of `out` that fall to this program: a run of whole partitions, the last one cut.
    pub(super) fn partition(
        &self,
        k: &mut Builder<'_>,
        out: ValueId,
        body: impl FnOnce(&mut Builder<'_>, Part) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let rank = k.shaped(out).rank();
        let mut length = k.index(1);
        for axis in 0..rank {
            let dim = k.dim(out, axis);
            length = k.arith("muli", length, dim);
        }
        let id = self.id(k);
        let programs = k.index(i64::from(self.target.grid.clusters) * i64::from(self.target.grid.cores));
        let align = k.index(PARTITION_ELEMENTS);
        let partitions = k.arith("ceildivui", length, align);
        let each = k.arith("ceildivui", partitions, programs);
        let chunk = k.arith("muli", each, align);
        let begin = k.arith("muli", id, chunk);
        let end = k.arith("addi", begin, chunk);
        let upper = k.arith("minui", end, length);
        for (value, name) in [(chunk, "chunk"), (begin, "begin"), (upper, "end")] {
            k.hint(value, name);
        }
        let some = k.cmpi("ult", begin, upper);
        k.when(some, |k| body(k, Part::Range(begin, upper)))
    }

    /// Where runs of elements are alike, they are put into a buffer on chip, tile after tile, each of which goes to
    /// `out` as a whole while the next one is computed.
    pub(super) fn tiles(
        &self,
        k: &mut Builder<'_>,
        op: &Op,
        out: ValueId,
        part: Part,
        body: impl FnOnce(&mut Builder<'_>, Part) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let in_runs = matches!(Kind::of(op), Some(Kind::Expand | Kind::SlotMapping));
        let elem = (*k.shaped(out).elem).clone();
        let width = u64::from(elem.bits().unwrap_or(64).div_ceil(8));
        let fits = 2 * PARTITION_ELEMENTS as u64 * width <= self.target.memory.local_bytes;
        let (Part::Range(lower, upper), true, true) = (part, in_runs, fits) else { return body(k, part) };
        let ty = Type::MemRef(Shaped::new(elem, [Some(2 * PARTITION_ELEMENTS as u64)], Space::Local));
        let buffer = k.op(Kind::Alloc.name(), OpSpec { results: &[ty], ..OpSpec::default() });
        let buffer = k.func.op(buffer).results[0];
        let (tile, zero) = (k.index(PARTITION_ELEMENTS), k.index(0));
        k.for_loop([lower, upper, tile], &[zero], |k, first, half| {
            let left = k.arith("subi", upper, first);
            let count = k.arith("minsi", tile, left);
            k.hint(count, "count");
            let end = k.arith("addi", first, count);
            let mine = k.subview(buffer, half[0], count);
            body(k, Part::Tile(first, end, mine))?;
            wait(k);
            let to = k.subview(out, first, count);
            k.effect(Kind::Copy.name(), &[mine, to], &[]);
            let other = k.arith("subi", tile, half[0]);
            k.hint(other, "half");
            Ok::<_, PassError>(vec![other])
        })?;
        wait(k);
        Ok(())
    }

    /// Computes the number of the program for everything after it.
    pub(super) fn know_id(&self, k: &mut Builder<'_>) {
        self.known.set(Some(self.id(k)));
    }

    /// Number of the program; small work spreads over clusters first.
    fn id(&self, k: &mut Builder<'_>) -> ValueId {
        if let Some(known) = self.known.get() {
            return known;
        }
        let clusters = k.index(self.target.grid.clusters.into());
        let row = k.arith("muli", self.core, clusters);
        let id = k.arith("addi", row, self.cluster);
        k.hint(id, "tid");
        id
    }
}

/// What a kernel uses from outside.
struct Uses {
    /// What the launch hands to it.
    passed: Vec<ValueId>,
    /// What it computes itself, from that: constants, sizes, and sums and products of them, each after what it needs.
    computed: Vec<OpId>,
}

impl Uses {
    fn of(func: &Func, id: OpId) -> Uses {
        let all = from_outside(func, id);
        let mut uses = Uses { passed: Vec::new(), computed: Vec::new() };
        // What nothing can be computed from comes first, so that the rest may be computed from it.
        let open = |value: &ValueId| func.def_op(*value).is_none_or(|op| !is_cheap(op));
        let passed: HashSet<ValueId> = all.iter().copied().filter(open).collect();
        for value in all {
            let mut closure = Vec::new();
            if passed.contains(&value) || !computable(func, value, &passed, &mut closure) {
                uses.passed.push(value);
            } else {
                for op in closure {
                    if !uses.computed.contains(&op) {
                        uses.computed.push(op);
                    }
                }
            }
        }
        uses
    }
}

/// Whether every core may as well compute it.
fn is_cheap(op: &Op) -> bool {
    matches!(
        &*op.name,
        "arith.constant" | "arith.addi" | "arith.subi" | "arith.muli" | "arith.index_cast" | "memref.dim"
    )
}

/// Whether a value can be computed from others, and the ops for that.
fn computable(func: &Func, value: ValueId, from: &HashSet<ValueId>, closure: &mut Vec<OpId>) -> bool {
    if from.contains(&value) {
        return true;
    }
    let Def::Result(id, _) = func.def(value) else { return false };
    let op = func.op(id);
    let all = is_cheap(op) && op.operands.iter().all(|operand| computable(func, *operand, from, closure));
    if all && !closure.contains(&id) {
        closure.push(id);
    }
    all
}

/// Memrefs and scalars from outside that an op and its regions use, in the order of first use.
fn from_outside(func: &Func, id: OpId) -> Vec<ValueId> {
    let op = func.op(id);
    let nested = op.regions.iter().flatten().flat_map(|block| &func.block(*block).ops);
    let mut seen: HashSet<ValueId> = HashSet::default();
    let mut uses: Vec<ValueId> = op.operands.iter().copied().filter(|value| seen.insert(*value)).collect();
    for inner in nested {
        let inner = func.op(*inner);
        uses.extend(inner.operands.iter().filter(|value| seen.insert(**value)));
        seen.extend(&inner.results);
    }
    uses
}
