//! Removes what nobody uses and says everything once: for functions in value form.
//!
//! Not a pass but the end of several: pure ops with equal operands and attributes become one, and
//! pure ops without uses go. Reads of memory count as pure between two ops that may write it.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::sync::Arc;
use xpuc_dialect::ir::{Builder, Func, Op, OpId, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// Whether an op has no effect and may be computed once for all its uses.
pub(crate) fn is_pure(op: &Op) -> bool {
    if !op.regions.is_empty() {
        return false;
    }
    match Kind::of(op) {
        Some(kind) => kind.inputs().is_some() && op.results.len() == 1,
        None => {
            (op.name.starts_with("arith.") || op.name.starts_with("tensor."))
                || matches!(
                    &*op.name,
                    "memref.dim" | "memref.subview" | "memref.cast" | "memref.collapse_shape"
                )
        }
    }
}

/// A copy of `func` without duplicate and dead pure ops.
pub(crate) fn tidy(func: &Func) -> Func {
    let mut out = func.empty_like();
    let live = live(func);
    let entry = out.body[0];
    let mut tidy = Tidy {
        func,
        live,
        map: func.args().iter().copied().zip(out.args().to_vec()).collect(),
        seen: vec![HashMap::default()],
    };
    let mut b = Builder::new(&mut out, entry);
    if let Some(block) = func.entry() {
        for id in &func.block(block).ops {
            tidy.op(&mut b, *id);
        }
    }
    out
}

/// Operations that something with an effect needs.
fn live(func: &Func) -> HashSet<OpId> {
    let mut live = HashSet::default();
    let mut needed = vec![false; func.value_count()];
    for id in func.walk().into_iter().rev() {
        let op = func.op(id);
        let removable = is_pure(op) || Kind::of(op) == Some(Kind::Read);
        if !removable || op.results.iter().any(|r| needed[r.index()]) {
            live.insert(id);
            for operand in &op.operands {
                needed[operand.index()] = true;
            }
        }
    }
    live
}

/// Name and operands of an op; the ops found under it are told apart by the rest.
type Key = (Arc<str>, Vec<ValueId>);

struct Tidy<'a> {
    func: &'a Func,
    live: HashSet<OpId>,
    map: HashMap<ValueId, ValueId>,
    /// Ops of the new function that may be computed once, block by block, from the outermost to this one.
    seen: Vec<HashMap<Key, Vec<OpId>>>,
}

impl Tidy<'_> {
    fn op(&mut self, b: &mut Builder<'_>, id: OpId) {
        if !self.live.contains(&id) {
            return;
        }
        let op = self.func.op(id);
        b.loc = op.loc.clone();
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
        let key = is_pure(op).then(|| (op.name.clone(), operands.clone()));
        if let Some(same) = key.as_ref().and_then(|key| self.same(b.func, key, op)) {
            self.map.extend(op.results.iter().copied().zip(b.func.op(same).results.iter().copied()));
            return;
        }
        let regions = op
            .regions
            .iter()
            .map(|blocks| {
                let mut new_blocks = Vec::new();
                for block in blocks {
                    let args = &self.func.block(*block).args;
                    let types: Vec<Type> = args.iter().map(|v| self.func.ty(*v).clone()).collect();
                    let new = b.func.new_block(&types);
                    self.map.extend(args.iter().copied().zip(b.func.block(new).args.clone()));
                    // What is computed inside is not visible outside.
                    self.seen.push(HashMap::default());
                    for inner in &self.func.block(*block).ops {
                        self.op(&mut Builder::new(b.func, new), *inner);
                    }
                    self.seen.pop();
                    new_blocks.push(new);
                }
                new_blocks
            })
            .collect();
        let types = op.results.iter().map(|v| self.func.ty(*v).clone());
        let made = b.copy(op, operands, types, regions);
        self.map.extend(op.results.iter().copied().zip(b.func.op(made).results.iter().copied()));
        if let (Some(key), Some(seen)) = (key, self.seen.last_mut()) {
            seen.entry(key).or_default().push(made);
        }
    }

    /// The op of the new function that computes the same.
    fn same(&self, made: &Func, key: &Key, op: &Op) -> Option<OpId> {
        let types = || op.results.iter().map(|v| self.func.ty(*v));
        let mut all = self.seen.iter().filter_map(|seen| seen.get(key)).flatten().copied();
        all.find(|id| {
            let other = made.op(*id);
            other.attrs == op.attrs && other.results.iter().map(|v| made.ty(*v)).eq(types())
        })
    }
}
