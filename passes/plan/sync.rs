//! What the stream is still doing, as far as the host has to know.

use super::place::Base;
use crate::raise::Buffers;
use std::collections::BTreeSet;

/// Buffers that commands since the last wait use.
#[derive(Debug)]
pub(super) struct Stream<'a> {
    buffers: &'a Buffers,
    /// Device buffers that launches, copies and fills read or write.
    busy: BTreeSet<Base>,
    /// Host buffers that are coming down.
    downloading: BTreeSet<Base>,
    /// Whether the stream has been waited for since somebody else used it: before, work of the caller may be
    /// under way on its buffers.
    waited: bool,
}

impl<'a> Stream<'a> {
    pub(super) fn new(buffers: &'a Buffers) -> Self {
        Stream { buffers, busy: BTreeSet::new(), downloading: BTreeSet::new(), waited: false }
    }

    /// Commands on device buffers have been issued.
    pub(super) fn work(&mut self, bases: &[Option<Base>]) {
        self.busy.extend(bases.iter().flatten());
    }

    /// Something that nobody knows may have used any buffer of the caller.
    pub(super) fn unknown_work(&mut self) {
        self.waited = false;
    }

    /// A transfer down has been issued.
    pub(super) fn download(&mut self, to: Option<Base>) {
        self.downloading.extend(to);
    }

    /// Everything issued has completed.
    pub(super) fn drained(&mut self) {
        self.busy.clear();
        self.downloading.clear();
        self.waited = true;
    }

    /// Whether a blocking transfer to or from the buffer could overtake work on it.
    pub(super) fn is_busy(&self, base: Option<Base>) -> bool {
        let of_caller = |base: Base| matches!(base, Base::View(_)) && !self.waited;
        base.is_none_or(|base| of_caller(base) || self.busy.iter().any(|other| self.overlap(base, *other)))
    }

    /// Whether the host may not look at the buffer yet.
    pub(super) fn is_downloading(&self, base: Option<Base>) -> bool {
        base.is_none_or(|base| self.downloading.iter().any(|other| self.overlap(base, *other)))
    }

    /// Whether anything is coming down.
    pub(super) fn downloads_pending(&self) -> bool {
        !self.downloading.is_empty()
    }

    fn overlap(&self, a: Base, b: Base) -> bool {
        a.may_overlap(b, self.buffers)
    }
}
