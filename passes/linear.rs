//! Memory is used linearly: each version of a buffer is read before the write that makes the next one.
//!
//! Passes that write a function anew may move reads and drop what nobody needs, never the order of writes. This
//! compares the two functions, read-only, and is always on.

use crate::extents::Extents;
use crate::infer_shapes::Facts;
use crate::raise::Buffers;
use crate::tidy::is_pure;
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{Def, Func, Loc, Op, ValueId};
use xpuc_dialect::ops::Kind;

/// Memory is used in another order than before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinearError {
    /// Writes, or ops that may write anything, in another order.
    #[error("expected effect {at} to be {expected}, found {found}")]
    Order {
        /// Position among the effects.
        at: usize,
        /// What the function did there before.
        expected: String,
        /// What it does there now.
        found: String,
    },
    /// A read has passed a write that may change what it reads.
    #[error("expected a read of {buffer} after as many effects as before, found it after {effects}")]
    Moved {
        /// The buffer.
        buffer: String,
        /// Effects before the read now.
        effects: usize,
    },
}

/// What a function does to memory.
#[derive(Debug, Default)]
struct Trace {
    /// Each effect in words, and the view that it writes; none is any memory.
    effects: Vec<(String, Option<ValueId>)>,
    reads: Vec<Read>,
}

/// A read of memory.
#[derive(Debug)]
struct Read {
    buffer: String,
    loc: Loc,
    view: ValueId,
    /// Effects before it.
    after: usize,
}

/// Whether `after` uses memory as `before` did; the location is that of the defect.
pub(crate) fn check(before: &Func, after: &Func) -> Result<(), (Loc, LinearError)> {
    let (was, is) = (trace(before), trace(after));
    let none = || "nothing".to_owned();
    for at in 0..was.effects.len().max(is.effects.len()) {
        let [expected, found] = [&was, &is].map(|trace| trace.effects.get(at).map(|(effect, _)| effect));
        if expected != found {
            let (expected, found) =
                (expected.cloned().unwrap_or_else(none), found.cloned().unwrap_or_else(none));
            return Err((after.loc.clone(), LinearError::Order { at, expected, found }));
        }
    }
    let mut originals: HashMap<(&str, &Loc), Vec<&Read>> = HashMap::default();
    for read in &was.reads {
        originals.entry((&read.buffer, &read.loc)).or_default().push(read);
    }
    let mut passing: Option<Passing<'_>> = None;
    for read in &is.reads {
        let originals = originals.get(&(&*read.buffer, &read.loc)).map_or(&[][..], Vec::as_slice);
        let stayed = originals.iter().any(|original| original.after == read.after);
        let mut may_pass = |original: &&&Read| {
            let (first, last) = (original.after.min(read.after), original.after.max(read.after));
            let passing = passing.get_or_insert_with(|| Passing::of(before));
            was.effects[first..last].iter().all(|(_, write)| passing.is_free(original.view, *write))
        };
        if !stayed && !originals.iter().any(|original| may_pass(&original)) {
            let error = LinearError::Moved { buffer: read.buffer.clone(), effects: read.after };
            return Err((read.loc.clone(), error));
        }
    }
    Ok(())
}

/// What reads may pass in a function.
struct Passing<'a> {
    func: &'a Func,
    buffers: Buffers,
    facts: Option<Facts>,
}

impl<'a> Passing<'a> {
    fn of(func: &'a Func) -> Self {
        Passing { func, buffers: Buffers::of(func), facts: Facts::of_values(func).ok() }
    }

    /// Whether a read of a view is the same before and after a write.
    fn is_free(&self, view: ValueId, write: Option<ValueId>) -> bool {
        let Some(write) = write else { return false };
        let root = |memref: ValueId| self.buffers.root(memref).unwrap_or(memref);
        let apart = |facts: &Facts| Extents::of(self.func, facts).disjoint(view, write);
        !self.buffers.may_alias(root(view), root(write)) || self.facts.as_ref().is_some_and(apart)
    }
}

fn trace(func: &Func) -> Trace {
    let buffers = Buffers::of(func);
    let name = |memref: ValueId| name(func, buffers.root(memref).unwrap_or(memref));
    let mut trace = Trace::default();
    for id in func.entry().map(|entry| &func.block(entry).ops).into_iter().flatten() {
        let op = func.op(*id);
        match Kind::of(op) {
            Some(Kind::Read) => {
                let (view, after) = (op.operands[0], trace.effects.len());
                trace.reads.push(Read { buffer: name(view), loc: op.loc.clone(), view, after });
            }
            Some(Kind::Into) => {
                let view = op.operands[1];
                trace.effects.push((format!("a write to {}", name(view)), Some(view)));
            }
            _ if is_unknown(op) => trace.effects.push((op.name.to_string(), None)),
            _ => {}
        }
    }
    trace
}

/// Whether an op may write any memory.
fn is_unknown(op: &Op) -> bool {
    match Kind::of(op) {
        Some(kind) => kind == Kind::Launch || kind == Kind::Fusion,
        None => !is_pure(op) && &*op.name != "func.return",
    }
}

/// A buffer by what does not change when a function is written anew.
fn name(func: &Func, buffer: ValueId) -> String {
    match func.def(buffer) {
        Def::Arg(..) => {
            let index = func.args().iter().position(|arg| *arg == buffer);
            index.map_or_else(|| "a block argument".to_owned(), |index| func.arg_name(index))
        }
        Def::Result(id, _) => format!("{} at {}", func.op(id).name, func.op(id).loc),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xpuc_dialect::ir::{Attr, Builder, Layout, Shaped, Space, Type};

    fn array() -> Type {
        let shape =
            Shaped { elem: Type::I32.into(), dims: vec![None], space: Space::Host, layout: Layout::Identity };
        Type::MemRef(shape)
    }

    /// `f(x, y)` with these steps: reads of an argument, writes of the first read to one.
    fn function(noalias: bool, steps: &[(bool, usize)]) -> Func {
        let mut func = Func::new("f".to_owned(), &[array(), array()], Loc::UNKNOWN);
        for (index, name) in ["x", "y"].into_iter().enumerate() {
            func.arg_attrs[index].insert("xpu.name".into(), Attr::str(name));
            if noalias {
                func.arg_attrs[index].insert("xpu.noalias".into(), Attr::Unit);
            }
        }
        let (entry, args) = (func.body[0], func.args().to_vec());
        let mut b = Builder::new(&mut func, entry);
        let mut value = None;
        for (write, arg) in steps {
            match (write, value) {
                (true, Some(value)) => {
                    b.effect(Kind::Into.name(), &[value, args[*arg]], &[]);
                }
                _ => {
                    let Type::MemRef(shape) = array() else { continue };
                    value = Some(b.value(Kind::Read.name(), &[args[*arg]], Type::Tensor(shape), &[]));
                }
            }
        }
        func
    }

    const READ_X: (bool, usize) = (false, 0);
    const WRITE_X: (bool, usize) = (true, 0);
    const WRITE_Y: (bool, usize) = (true, 1);

    #[test]
    fn reads_move_between_writes() {
        let before = function(true, &[READ_X, WRITE_Y, READ_X]);
        let after = function(true, &[READ_X, READ_X, WRITE_Y]);
        assert_eq!(check(&before, &after), Ok(()));
    }

    #[test]
    fn a_read_does_not_pass_a_write_that_may_change_it() {
        let before = function(false, &[READ_X, WRITE_Y]);
        let after = function(false, &[READ_X, WRITE_Y, READ_X]);
        let (_, error) = check(&before, &after).expect_err("a read behind the write");
        assert_eq!(error, LinearError::Moved { buffer: "x".to_owned(), effects: 1 });
        assert_eq!(check(&after, &before), Ok(()));
    }

    #[test]
    fn writes_keep_their_order() {
        let before = function(true, &[READ_X, WRITE_X, WRITE_Y]);
        let after = function(true, &[READ_X, WRITE_Y, WRITE_X]);
        let (_, error) = check(&before, &after).expect_err("another order");
        assert_eq!(error.to_string(), "expected effect 0 to be a write to x, found a write to y");
    }

    #[test]
    fn writes_are_not_dropped() {
        let before = function(true, &[READ_X, WRITE_X, WRITE_Y]);
        let after = function(true, &[READ_X, WRITE_X]);
        assert!(check(&before, &after).is_err());
    }
}
