//! What is computed already, and where it can be seen.

use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{BlockId, ValueId};

/// Elements of old values in the new code: the value of a block is known there and in the blocks inside it.
#[derive(Debug, Default)]
pub(super) struct Memo {
    known: HashMap<(BlockId, ValueId, Vec<ValueId>), ValueId>,
    parents: HashMap<BlockId, BlockId>,
}

impl Memo {
    /// What `inner`, a block under an op of `outer`, can see.
    pub(super) fn nest(&mut self, outer: BlockId, inner: BlockId) {
        if outer != inner {
            self.parents.insert(inner, outer);
        }
    }

    /// Element `index` of `value`, as seen from `block`.
    pub(super) fn get(&self, block: BlockId, value: ValueId, index: &[ValueId]) -> Option<ValueId> {
        let mut key = (block, value, index.to_vec());
        loop {
            if let Some(known) = self.known.get(&key) {
                return Some(*known);
            }
            key.0 = *self.parents.get(&key.0)?;
        }
    }

    /// Keeps what was computed in `block`.
    pub(super) fn put(&mut self, block: BlockId, value: ValueId, index: &[ValueId], element: ValueId) {
        self.known.insert((block, value, index.to_vec()), element);
    }
}
