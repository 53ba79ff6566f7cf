//! Kernels read and write device memory in blocks, through the local memory of each core.
//!
//! An outermost loop that goes through an array of the device element by element is cut into tiles. While a tile
//! is computed in one half of a buffer, the tile before it is on its way out of the other half and the next one
//! on its way in: one wait a tile. What is only carried from shared memory to the device goes there in one transfer, and
//! what is the same for every element fills a buffer once.
//!
//! ```mlir
//! scf.for %i = %lo to %hi step %c1 { memref.store %v, %out[%i] }          // %v computed from %x[%i]
//! ==>
//! scf.for %t = %lo to %hi step %c64 iter_args(%half = %c0) {
//!   scf.for %j = %c0 to %count step %c1 { memref.store %v, %mine[%half + %j] }
//!   "xpu.wait"()
//!   "xpu.copy"(%mine[%half..], %out[%t..])
//!   scf.yield %c64 - %half
//! }
//! "xpu.wait"()
//! ```
//!
//! Only for kernels that `lower` makes: there, what one loop stores at two places does not overlap, nor is it read at
//! another index.

mod plan;
mod tiles;

use super::PARTITION_ELEMENTS;
use plan::Plan;
use rustc_hash::FxHashMap as HashMap;
use tiles::Tiles;
pub(super) use tiles::wait;
use xpuc_dialect::ir::{Attr, BlockId, Builder, Func, Op, OpId, OpSpec, Shaped, Space, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// A kernel whose buffers in local memory take at most `bytes`; loops for which there is no room stay as they are.
pub(super) fn stream(func: Func, bytes: u64) -> Func {
    let Some(entry) = func.entry() else { return func };
    let mut plans = HashMap::default();
    plan::find(&func, entry, &mut plans);
    for tile in [PARTITION_ELEMENTS, PARTITION_ELEMENTS / 2, PARTITION_ELEMENTS / 4] {
        let need = Need::of(&func, &plans, entry, tile);
        if need.bytes() <= bytes {
            return rewrite(&func, entry, &plans, &need, tile);
        }
    }
    // Without tiles of its own, what lowering has put into local memory still takes turns.
    plans.clear();
    let need = Need::of(&func, &plans, entry, PARTITION_ELEMENTS);
    rewrite(&func, entry, &plans, &need, PARTITION_ELEMENTS)
}

/// Types of elements, each with the sizes of the buffers that are in use at once.
#[derive(Debug, Default, Clone)]
struct Need(Vec<(Type, Vec<i64>)>);

impl Need {
    /// What a kernel needs, siblings taking turns.
    fn of(func: &Func, plans: &HashMap<OpId, Plan>, block: BlockId, tile: i64) -> Need {
        let mut own = Need::default();
        let mut most = Need::default();
        for id in &func.block(block).ops {
            let op = func.op(*id);
            if let Some((elem, size)) = local(func, op) {
                own.add(elem, size);
            }
            let mut inner = Need::default();
            for elem in plans.get(id).into_iter().flat_map(|plan| plan.elems(func)) {
                inner.add(elem, 2 * tile);
            }
            for block in op.regions.iter().flatten() {
                let mut nested = inner.clone();
                nested.append(&Need::of(func, plans, *block, tile));
                most.widen(&nested);
            }
        }
        own.append(&most);
        own
    }

    fn sizes(&mut self, elem: &Type) -> &mut Vec<i64> {
        let at = self.0.iter().position(|(known, _)| known == elem).unwrap_or_else(|| {
            self.0.push((elem.clone(), Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    fn add(&mut self, elem: Type, size: i64) {
        self.sizes(&elem).push(size);
    }

    /// As much besides.
    fn append(&mut self, other: &Need) {
        for (elem, sizes) in &other.0 {
            self.sizes(elem).extend(sizes);
        }
    }

    /// As much at another time.
    fn widen(&mut self, other: &Need) {
        for (elem, others) in &other.0 {
            let sizes = self.sizes(elem);
            sizes.resize(sizes.len().max(others.len()), 0);
            for (size, other) in sizes.iter_mut().zip(others) {
                *size = (*size).max(*other);
            }
        }
    }

    fn bytes(&self) -> u64 {
        let width = |elem: &Type| u64::from(elem.bits().unwrap_or(64).div_ceil(8));
        self.0.iter().map(|(elem, sizes)| width(elem) * sizes.iter().sum::<i64>() as u64).sum()
    }
}

/// Element type and size of an allocation in local memory.
fn local(func: &Func, op: &Op) -> Option<(Type, i64)> {
    let shaped = func.ty(*op.results.first()?).memref()?;
    let own = Kind::of(op) == Some(Kind::Alloc) && shaped.space == Space::Local;
    let &[Some(size)] = &shaped.dims[..] else { return None };
    own.then(|| ((*shaped.elem).clone(), size as i64))
}

fn rewrite(func: &Func, entry: BlockId, plans: &HashMap<OpId, Plan>, need: &Need, tile: i64) -> Func {
    let mut out = func.empty_like();
    let new = out.body[0];
    let map = func.args().iter().copied().zip(out.args().to_vec()).collect();
    let mut b = Builder::new(&mut out, new);
    b.loc = func.loc.clone();
    let mut buffers = Vec::new();
    for (elem, sizes) in &need.0 {
        let made = sizes.iter().map(|size| alloc(&mut b, elem, *size)).collect();
        buffers.push((elem.clone(), made, 0));
    }
    let mut rewrite = Rewrite { func, plans, map, buffers, tile };
    rewrite.block(&mut b, entry);
    out
}

fn alloc(b: &mut Builder<'_>, elem: &Type, size: i64) -> ValueId {
    let ty = Type::MemRef(Shaped::new(elem.clone(), [Some(size as u64)], Space::Local));
    let attrs = [("xpu.name", Attr::str("tile"))];
    let op = b.op(Kind::Alloc.name(), OpSpec { results: &[ty], attrs: &attrs, ..OpSpec::default() });
    b.func.op(op).results[0]
}

struct Rewrite<'a> {
    func: &'a Func,
    plans: &'a HashMap<OpId, Plan>,
    map: HashMap<ValueId, ValueId>,
    /// Buffers for each type of element, and how many are in use.
    buffers: Vec<(Type, Vec<ValueId>, usize)>,
    tile: i64,
}

impl Rewrite<'_> {
    fn block(&mut self, b: &mut Builder<'_>, block: BlockId) {
        let in_use: Vec<usize> = self.buffers.iter().map(|(.., used)| *used).collect();
        for id in &self.func.block(block).ops {
            self.op(b, *id);
        }
        for ((.., used), before) in self.buffers.iter_mut().zip(in_use) {
            *used = before;
        }
    }

    fn op(&mut self, b: &mut Builder<'_>, id: OpId) {
        let op = self.func.op(id);
        b.loc = op.loc.clone();
        if let Some((elem, _)) = local(self.func, op) {
            let buffer = self.buffer(&elem);
            self.map.insert(op.results[0], buffer);
            return;
        }
        if let Some(plan) = self.plans.get(&id) {
            let in_use: Vec<usize> = self.buffers.iter().map(|(.., used)| *used).collect();
            Tiles::of(self, b, id, plan).emit(self, b);
            for ((.., used), before) in self.buffers.iter_mut().zip(in_use) {
                *used = before;
            }
            return;
        }
        let mut regions = Vec::new();
        for blocks in &op.regions {
            let mut made = Vec::new();
            for old in blocks {
                let args = &self.func.block(*old).args;
                let types: Vec<Type> = args.iter().map(|v| self.func.ty(*v).clone()).collect();
                let new = b.func.new_block(&types);
                self.map.extend(args.iter().copied().zip(b.func.block(new).args.clone()));
                self.block(&mut Builder::new(b.func, new), *old);
                made.push(new);
            }
            regions.push(made);
        }
        let operands = op.operands.iter().map(|v| self.map[v]).collect();
        let types: Vec<Type> = op.results.iter().map(|v| self.func.ty(*v).clone()).collect();
        let made = b.copy(op, operands, types, regions);
        let results = b.func.op(made).results.clone();
        self.map.extend(op.results.iter().copied().zip(results));
    }

    /// The next buffer that nothing uses; there are as many as `Need` has counted.
    fn buffer(&mut self, elem: &Type) -> ValueId {
        let of_elem = self.buffers.iter_mut().find(|(known, ..)| known == elem);
        let (_, buffers, used) = of_elem.expect("a buffer of each type in use");
        *used += 1;
        buffers[*used - 1]
    }
}
