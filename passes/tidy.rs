//! Removes what nobody uses and says everything once: for functions in value form.
//!
//! Not a pass but the end of several: pure ops with equal operands and attributes become one, and
//! pure ops without uses go. Reads of memory count as pure between two ops that may write it.

use std::collections::{HashMap, HashSet};
use xpuc_dialect::ir::{Attr, Builder, Func, Op, OpId, Type, ValueId};
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
        seen: HashMap::new(),
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
    let mut live = HashSet::new();
    let mut needed: HashSet<ValueId> = HashSet::new();
    let order = func.walk();
    for id in order.iter().rev() {
        let op = func.op(*id);
        let removable = is_pure(op) || Kind::of(op) == Some(Kind::Read);
        if !removable || op.results.iter().any(|r| needed.contains(r)) {
            live.insert(*id);
            needed.extend(&op.operands);
        }
    }
    live
}

type Key = (String, Vec<ValueId>, Vec<(String, Attr)>, Vec<Type>);

struct Tidy<'a> {
    func: &'a Func,
    live: HashSet<OpId>,
    map: HashMap<ValueId, ValueId>,
    seen: HashMap<Key, Vec<ValueId>>,
}

impl Tidy<'_> {
    fn op(&mut self, b: &mut Builder<'_>, id: OpId) {
        if !self.live.contains(&id) {
            return;
        }
        let op = self.func.op(id);
        b.loc = op.loc.clone();
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
        let types: Vec<Type> = op.results.iter().map(|v| self.func.ty(*v).clone()).collect();
        let key = is_pure(op).then(|| {
            let mut attrs: Vec<(String, Attr)> =
                op.attrs.iter().map(|(k, v)| (k.to_string(), v.clone())).collect();
            attrs.sort_by(|a, b| a.0.cmp(&b.0));
            (op.name.to_string(), operands.clone(), attrs, types.clone())
        });
        if let Some(results) = key.as_ref().and_then(|key| self.seen.get(key)) {
            self.map.extend(op.results.iter().copied().zip(results.iter().copied()));
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
                    let outside = self.seen.clone();
                    for inner in &self.func.block(*block).ops {
                        self.op(&mut Builder::new(b.func, new), *inner);
                    }
                    self.seen = outside;
                    new_blocks.push(new);
                }
                new_blocks
            })
            .collect();
        let made = b.like(op, &operands, &types, regions);
        let results = b.func.op(made).results.clone();
        self.map.extend(op.results.iter().copied().zip(results.iter().copied()));
        if let Some(key) = key {
            self.seen.insert(key, results);
        }
    }
}
