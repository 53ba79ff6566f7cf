//! Commands of the host: transfers, copies, fills and waits.

use super::block::{Block, IN_FLIGHT, LOCKED, PENDING_READ, PENDING_WRITE, Storage, WRITTEN};
use super::{Address, Checked, Machine, MachineError, Space, Use};

/// Consecutive elements of a buffer: a contiguous memref of any rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The buffer: the allocated pointer of the memref.
    pub base: Address,
    /// First element, counted from the buffer's first.
    pub offset: i64,
    /// Number of elements: the product of the dimensions.
    pub len: i64,
}

/// A view that has been found to lie inside a live buffer of the machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) block: usize,
    pub(super) start: usize,
    pub(super) len: usize,
}

impl Span {
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.start..self.start + self.len
    }

    pub(super) fn contains(self, block: usize, index: usize) -> bool {
        self.block == block && self.range().contains(&index)
    }
}

/// An asynchronous d2h whose contents have been captured.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) to: Span,
    contents: Storage,
    /// WRITTEN or not, for each element.
    states: Vec<u8>,
    pub(super) loc: u32,
}

/// The source of an asynchronous h2d.
#[derive(Debug)]
pub(super) struct Lock {
    from: Span,
    loc: u32,
}

impl Machine {
    /// Transfers host elements to the device.
    ///
    /// Refused, besides ranges that do not fit: a source that a d2h is in flight into, and if `blocking`, a
    /// destination that pending stream work reads or writes, or the caller's may.
    pub fn h2d(&mut self, src: View, dst: View, blocking: bool, loc: u32) {
        self.issue("h2d", loc, |machine| {
            let from = machine.span(src, "h2d reads", Some(Space::Host), loc)?;
            let to = machine.span(dst, "h2d writes", Some(Space::Device), loc)?;
            machine.expect_match(["h2d", "h2d writes"], from, to, loc)?;
            machine.expect_clear(from, IN_FLIGHT, "h2d reads", loc)?;
            if blocking {
                machine.expect_clear(to, PENDING_READ | PENDING_WRITE, "blocking h2d writes", loc)?;
                machine.expect_idle(to, "blocking h2d writes", loc)?;
                machine.transfer(from, to);
            } else {
                machine.transfer(from, to);
                machine.mark(from, LOCKED, loc);
                machine.mark(to, PENDING_WRITE, loc);
                if !machine.fast {
                    machine.locks.push(Lock { from, loc });
                }
            }
            machine.report.commands.h2d += 1;
            machine.report.over_nothing.h2d += u64::from(from.len == 0);
            machine.report.bytes.h2d += machine.bytes(from);
            Ok(())
        });
    }

    /// Transfers device elements to the host.
    ///
    /// Refused, besides ranges that do not fit: a destination that another transfer is in flight into or
    /// from, and if `blocking`, a source that pending stream work writes, or the caller's may.
    pub fn d2h(&mut self, src: View, dst: View, blocking: bool, loc: u32) {
        self.issue("d2h", loc, |machine| {
            let from = machine.span(src, "d2h reads", Some(Space::Device), loc)?;
            let to = machine.span(dst, "d2h writes", Some(Space::Host), loc)?;
            machine.expect_match(["d2h", "d2h writes"], from, to, loc)?;
            machine.expect_clear(to, IN_FLIGHT | LOCKED, "d2h writes", loc)?;
            if blocking {
                machine.expect_clear(from, PENDING_WRITE, "blocking d2h reads", loc)?;
                machine.expect_idle(from, "blocking d2h reads", loc)?;
                machine.transfer(from, to);
            } else if machine.fast {
                // Nobody looks before the wait, so delivering early is the same and saves a copy.
                machine.transfer(from, to);
            } else {
                let block = &machine.blocks[from.block];
                let contents = block.storage.capture(from.range());
                let states = block.shadow[from.range()].iter().map(|state| state & WRITTEN).collect();
                machine.in_flight.push(Delivery { to, contents, states, loc });
                machine.mark(from, PENDING_READ, loc);
                machine.mark(to, IN_FLIGHT, loc);
            }
            machine.report.commands.d2h += 1;
            machine.report.over_nothing.d2h += u64::from(from.len == 0);
            machine.report.bytes.d2h += machine.bytes(from);
            Ok(())
        });
    }

    /// Copies within one memory: on the device as stream work, on the host at once.
    ///
    /// Refused: ranges in two memories, overlapping ranges, and on the host those that a transfer is in
    /// flight into, or, if written, from.
    pub fn copy(&mut self, src: View, dst: View, loc: u32) {
        self.issue("copy", loc, |machine| {
            let from = machine.span(src, "copy reads", None, loc)?;
            let space = machine.blocks[from.block].buffer.space;
            let to = machine.span(dst, "copy writes", Some(space), loc)?;
            machine.expect_match(["copy", "copy writes"], from, to, loc)?;
            if from.block == to.block
                && from.start != to.start
                && from.start < to.start + to.len
                && to.start < from.start + from.len
            {
                let buffer = machine.blocks[from.block].buffer.clone();
                return Err(Box::new(MachineError::Overlap {
                    buffer,
                    len: from.len,
                    from: from.start,
                    to: to.start,
                    loc,
                }));
            }
            machine.expect_clear(from, IN_FLIGHT, "copy reads", loc)?;
            machine.expect_clear(to, IN_FLIGHT | LOCKED, "copy writes", loc)?;
            machine.transfer(from, to);
            if space == Space::Device {
                machine.mark(from, PENDING_READ, loc);
                machine.mark(to, PENDING_WRITE, loc);
                machine.report.commands.d2d += 1;
                machine.report.over_nothing.d2d += u64::from(from.len == 0);
                machine.report.bytes.d2d += machine.bytes(from);
            } else {
                machine.report.commands.host_copies += 1;
            }
            Ok(())
        });
    }

    /// Sets device elements to `value`, wrapped to their width, as stream work.
    ///
    /// Refused: ranges that do not fit, and host buffers.
    pub fn fill(&mut self, dst: View, value: i64, loc: u32) {
        self.issue("fill", loc, |machine| {
            let to = machine.span(dst, "fill writes", Some(Space::Device), loc)?;
            let storage = &machine.blocks[to.block].storage;
            to.range().for_each(|i| storage.set(i, value));
            machine.mark(to, WRITTEN | PENDING_WRITE, loc);
            machine.report.commands.fills += 1;
            machine.report.over_nothing.fills += u64::from(to.len == 0);
            Ok(())
        });
    }

    /// Waits until the stream is idle: what is in flight is delivered, nothing is pending any more.
    pub fn wait(&mut self, loc: u32) {
        self.issue("wait", loc, |machine| {
            machine.report.commands.waits += 1;
            machine.waited = true;
            machine.drain();
            Ok(())
        });
    }

    pub(super) fn drain(&mut self) {
        for index in self.touched.drain(..) {
            let block = &mut self.blocks[index];
            block.touched = false;
            for state in &mut block.shadow {
                *state &= WRITTEN;
            }
        }
        self.locks.clear();
        for Delivery { to, contents, states, .. } in self.in_flight.drain(..) {
            let block = &mut self.blocks[to.block];
            block.storage.copy_from(to.start, &contents, 0..to.len);
            block.shadow[to.range()].copy_from_slice(&states);
        }
    }

    /// Puts a block on the list that the next wait clears.
    #[cold]
    pub(super) fn touch(&mut self, block: usize) {
        if !self.blocks[block].touched {
            self.blocks[block].touched = true;
            self.touched.push(block);
        }
    }

    /// Why element `index` of `block`, which has state bits that are in the way of `deed`, cannot be used
    /// now.
    #[cold]
    pub(super) fn conflict(
        &self,
        block: usize,
        index: usize,
        deed: &'static str,
        loc: u32,
    ) -> Box<MachineError> {
        let Block { buffer, shadow, last_read, last_write, .. } = &self.blocks[block];
        let buffer = buffer.clone();
        let state = shadow[index];
        // The machine marks elements only together with an entry in these lists.
        let issued = |found: Option<u32>| found.unwrap_or(loc);
        let of_core = |bit| buffer.space != Space::Host && state & bit != 0;
        Box::new(if of_core(IN_FLIGHT | LOCKED) {
            let issued = issued(self.under_way(block, index));
            if of_core(IN_FLIGHT) {
                MachineError::Landing { deed, buffer, index, issued, loc }
            } else {
                MachineError::Leaving { deed, buffer, index, issued, loc }
            }
        } else if state & IN_FLIGHT != 0 {
            let found = self.in_flight.iter().find(|delivery| delivery.to.contains(block, index));
            MachineError::InFlight {
                deed,
                buffer,
                index,
                issued: issued(found.map(|delivery| delivery.loc)),
                loc,
            }
        } else if state & LOCKED != 0 {
            let found = self.locks.iter().find(|lock| lock.from.contains(block, index));
            MachineError::SourceInFlight {
                deed,
                buffer,
                index,
                issued: issued(found.map(|lock| lock.loc)),
                loc,
            }
        } else if state & PENDING_WRITE != 0 {
            MachineError::NotOrdered { deed, buffer, index, pending: Use::Write, issued: *last_write, loc }
        } else {
            MachineError::NotOrdered { deed, buffer, index, pending: Use::Read, issued: *last_read, loc }
        })
    }

    /// The elements of `view`, which `deed` needs to be in `space` if one is given.
    pub(super) fn span(
        &mut self,
        view: View,
        deed: &'static str,
        space: Option<Space>,
        loc: u32,
    ) -> Checked<Span> {
        let index = self.live(view.base, deed, loc)?;
        let block = &self.blocks[index];
        if let Some(expected) = space
            && block.buffer.space != expected
        {
            return Err(Box::new(MachineError::WrongSpace {
                deed,
                expected,
                buffer: block.buffer.clone(),
                loc,
            }));
        }
        match block.range(view) {
            Some(range) => Ok(Span { block: index, start: range.start, len: range.len() }),
            None => {
                let View { offset, len, .. } = view;
                Err(Box::new(MachineError::RangeOutOfBounds {
                    deed,
                    buffer: block.buffer.clone(),
                    offset,
                    len,
                    loc,
                }))
            }
        }
    }

    /// Refuses a command between elements of different number or type.
    pub(super) fn expect_match(
        &self,
        [command, deed]: [&'static str; 2],
        from: Span,
        to: Span,
        loc: u32,
    ) -> Checked<()> {
        let buffer = |span: Span| self.blocks[span.block].buffer.clone();
        let expected = self.blocks[from.block].buffer.elem;
        if self.blocks[to.block].buffer.elem != expected {
            return Err(Box::new(MachineError::WrongElem { deed, expected, buffer: buffer(to), loc }));
        }
        if from.len != to.len {
            let (from_len, to_len) = (from.len, to.len);
            let (from, to) = (buffer(from), buffer(to));
            return Err(Box::new(MachineError::SizeMismatch { command, from, from_len, to, to_len, loc }));
        }
        Ok(())
    }

    /// Refuses elements with any of the state `bits`.
    fn expect_clear(&self, span: Span, bits: u8, deed: &'static str, loc: u32) -> Checked<()> {
        let block = &self.blocks[span.block];
        // In fast mode there is no shadow, and no block is ever touched.
        if !block.touched {
            return Ok(());
        }
        match block.shadow[span.range()].iter().position(|state| state & bits != 0) {
            None => Ok(()),
            Some(position) => Err(self.conflict(span.block, span.start + position, deed, loc)),
        }
    }

    /// Refuses elements that stream work of the caller may still use.
    fn expect_idle(&self, span: Span, deed: &'static str, loc: u32) -> Checked<()> {
        let block = &self.blocks[span.block];
        if self.fast || self.waited || !block.argument || span.len == 0 {
            return Ok(());
        }
        let (buffer, index) = (block.buffer.clone(), span.start);
        Err(Box::new(MachineError::NotWaited { deed, buffer, index, loc }))
    }

    /// Sets state `bits`, on behalf of the stream command at `loc`.
    fn mark(&mut self, span: Span, bits: u8, loc: u32) {
        if self.fast {
            return;
        }
        self.touch(span.block);
        let block = &mut self.blocks[span.block];
        for state in &mut block.shadow[span.range()] {
            *state |= bits;
        }
        if bits & PENDING_READ != 0 {
            block.last_read = loc;
        }
        if bits & PENDING_WRITE != 0 {
            block.last_write = loc;
        }
    }

    /// Moves elements, and whether they were written, from one disjoint span to another of the same size
    /// and type.
    fn transfer(&mut self, from: Span, to: Span) {
        let storage = &self.blocks[from.block].storage;
        self.blocks[to.block].storage.copy_from(to.start, storage, from.range());
        if self.fast {
            return;
        }
        let states = self.blocks[from.block].shadow[from.range()].to_vec();
        for (state, from) in self.blocks[to.block].shadow[to.range()].iter_mut().zip(states) {
            *state = *state & !WRITTEN | from & WRITTEN;
        }
    }

    fn bytes(&self, span: Span) -> u64 {
        span.len as u64 * self.blocks[span.block].buffer.elem.bytes()
    }
}
