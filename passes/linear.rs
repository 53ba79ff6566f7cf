//! Memory is used linearly: each version of a buffer is read before the write that makes the next one.
//!
//! Passes that write a function anew may move reads and drop what nobody needs, never the order of writes. This
//! compares the two functions, read-only, and is always on.

use crate::raise::Buffers;
use crate::tidy::is_pure;
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashSet as HashSet};
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
    /// A read of a version that nobody read before.
    #[error(
        "expected reads of {buffer} where it had been written as often as before, found one after {version} writes"
    )]
    Version {
        /// The buffer.
        buffer: String,
        /// Writes before the read.
        version: usize,
    },
}

type FxIndexMap<K, V> = IndexMap<K, V, FxBuildHasher>;

/// What a function does to memory.
#[derive(Debug, Default)]
struct Trace {
    effects: Vec<String>,
    reads: Vec<(String, usize, Loc)>,
}

/// Whether `after` uses memory as `before` did; the location is that of the defect.
pub(crate) fn check(before: &Func, after: &Func) -> Result<(), (Loc, LinearError)> {
    let (before, now) = (trace(before), trace(after));
    let none = || "nothing".to_owned();
    for at in 0..before.effects.len().max(now.effects.len()) {
        let (expected, found) = (before.effects.get(at), now.effects.get(at));
        if expected != found {
            let (expected, found) =
                (expected.cloned().unwrap_or_else(none), found.cloned().unwrap_or_else(none));
            return Err((after.loc.clone(), LinearError::Order { at, expected, found }));
        }
    }
    let known: HashSet<(&str, usize)> = before.reads.iter().map(|(b, version, _)| (&**b, *version)).collect();
    match now.reads.into_iter().find(|(buffer, version, _)| !known.contains(&(&**buffer, *version))) {
        Some((buffer, version, loc)) => Err((loc, LinearError::Version { buffer, version })),
        None => Ok(()),
    }
}

fn trace(func: &Func) -> Trace {
    let buffers = Buffers::of(func);
    let root = |memref: ValueId| buffers.root(memref).unwrap_or(memref);
    let mut trace = Trace::default();
    // How often each buffer was written so far, and any by ops that may.
    let mut writes: FxIndexMap<ValueId, usize> = FxIndexMap::default();
    let mut any = 0;
    for id in func.entry().map(|entry| &func.block(entry).ops).into_iter().flatten() {
        let op = func.op(*id);
        match Kind::of(op) {
            Some(Kind::Read) => {
                let read = root(op.operands[0]);
                let of = |buffer: &ValueId| writes.get(buffer).copied().unwrap_or(0);
                let version = any
                    + if buffers.is_alone(read) {
                        of(&read)
                    } else {
                        writes.iter().filter(|(w, _)| buffers.may_alias(**w, read)).map(|(_, n)| n).sum()
                    };
                trace.reads.push((name(func, read), version, op.loc.clone()));
            }
            Some(Kind::Into) => {
                let written = root(op.operands[1]);
                trace.effects.push(format!("a write to {}", name(func, written)));
                *writes.entry(written).or_default() += 1;
            }
            _ if is_unknown(op) => {
                trace.effects.push(op.name.to_string());
                any += 1;
            }
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
        let (_, error) = check(&before, &after).expect_err("a later version");
        assert_eq!(error, LinearError::Version { buffer: "x".to_owned(), version: 1 });
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
