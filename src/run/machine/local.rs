//! What a core has for itself: local memory, and transfers between device memory and memory on chip.

use super::alloc::Spare;
use super::block::{IN_FLIGHT, LOCKED};
use super::command::{Span, View};
use super::{Access, Agent, Checked, Elem, Machine, MachineError, Program, Space};

/// Local memory of all programs of the open launch.
#[derive(Debug)]
pub(super) struct Local {
    /// What one core has, in bytes.
    capacity: u64,
    /// By linear id; shorter where later ones have nothing.
    programs: Vec<Own>,
    spare: Spare,
}

/// What one program has.
#[derive(Debug, Default, Clone)]
struct Own {
    blocks: Vec<usize>,
    /// Bytes allocated.
    used: u64,
    /// Transfers since its last wait, in order.
    under_way: Vec<Transfer>,
}

#[derive(Debug, Clone, Copy)]
struct Transfer {
    from: Span,
    to: Span,
    loc: u32,
}

impl Local {
    pub(super) fn new(capacity: u64) -> Self {
        Self { capacity, programs: Vec::new(), spare: Spare::default() }
    }
}

impl Machine {
    /// Transfers elements between device memory and memory on chip, for the running program. It is complete at
    /// the program's next [`kernel_wait`](Self::kernel_wait).
    ///
    /// Refused: what a load of each source element or a store of each target element would be, and ranges that do not fit.
    pub fn kernel_copy(&mut self, src: View, dst: View, loc: u32) {
        if self.failed() {
            return;
        }
        if let Err(error) = self.checked_kernel_copy(src, dst, loc) {
            self.refuse(error)
        }
    }

    /// The running program goes on when all of its transfers are complete.
    ///
    /// Refused: outside a launch.
    pub fn kernel_wait(&mut self, loc: u32) {
        if self.failed() {
            return;
        }
        let Some(program) = self.launch.program() else {
            return self.refuse(Box::new(MachineError::Misplaced {
                what: "kernel wait",
                inside: false,
                loc,
            }));
        };
        let under_way = match self.local.programs.get_mut(program.linear as usize) {
            Some(own) => std::mem::take(&mut own.under_way),
            None => return,
        };
        for Transfer { from, to, .. } in under_way {
            for (span, bit) in [(from, LOCKED), (to, IN_FLIGHT)] {
                for state in &mut self.blocks[span.block].shadow[span.range()] {
                    *state &= !bit;
                }
            }
        }
    }

    /// Refuses a transfer of the running program that is under way as it does `what`.
    pub(super) fn expect_landed(&self, what: &'static str) -> Checked<()> {
        let Some(program) = self.launch.program() else { return Ok(()) };
        let own = self.local.programs.get(program.linear as usize);
        match own.and_then(|own| own.under_way.first()) {
            None => Ok(()),
            Some(transfer) => Err(Box::new(MachineError::NotLanded {
                kernel: self.launch.kernel.as_str().into(),
                program,
                what,
                loc: transfer.loc,
            })),
        }
    }

    /// The running program, if there is one, is at its end, and with it the life of its local memory.
    pub(super) fn retire(&mut self) {
        let Some(program) = self.launch.program() else { return };
        if !self.failed()
            && let Err(error) = self.expect_landed("ends")
        {
            self.refuse(error)
        }
        let Some(own) = self.local.programs.get_mut(program.linear as usize) else { return };
        for index in std::mem::take(own).blocks {
            let block = &mut self.blocks[index];
            block.freed = Some(self.launch.loc);
            self.local.spare.keep(block, index);
        }
    }

    /// A block of the running program.
    pub(super) fn local_alloc(&mut self, elements: i64, elem: Elem, loc: u32) -> Checked<usize> {
        let Some(program) = self.launch.program() else {
            return Err(Box::new(MachineError::Misplaced {
                what: "alloc of local memory",
                inside: false,
                loc,
            }));
        };
        let used = self.own(program).used;
        let (count, bytes) =
            Self::expect_room(Space::Local, elem, elements, self.local.capacity - used, loc)?;
        let block = match self.local.spare.take(elem, count) {
            Some(block) => {
                self.blocks[block].renew(loc);
                block
            }
            None => self.new_block(Space::Local, elem, elements, loc)?,
        };
        self.blocks[block].owner = program.linear;
        let own = self.own(program);
        own.blocks.push(block);
        own.used += bytes;
        Ok(block)
    }

    /// Where the transfer of the running program that is under way from or to an element was started.
    pub(super) fn under_way(&self, block: usize, index: usize) -> Option<u32> {
        let own = self.local.programs.get(self.launch.program()?.linear as usize)?;
        let uses = |t: &&Transfer| t.from.contains(block, index) || t.to.contains(block, index);
        own.under_way.iter().find(uses).map(|transfer| transfer.loc)
    }

    fn own(&mut self, program: Program) -> &mut Own {
        let linear = program.linear as usize;
        if self.local.programs.len() <= linear {
            self.local.programs.resize(linear + 1, Own::default());
        }
        &mut self.local.programs[linear]
    }

    fn checked_kernel_copy(&mut self, src: View, dst: View, loc: u32) -> Checked<()> {
        let from = self.span(src, "kernel reads", None, loc)?;
        let to = self.span(dst, "kernel writes", None, loc)?;
        self.expect_match(["kernel copy", "kernel writes"], from, to, loc)?;
        let Some(program) = self.launch.program() else {
            return Err(Box::new(MachineError::Misplaced { what: "kernel copy", inside: false, loc }));
        };
        let space = |span: Span| self.blocks[span.block].buffer.space;
        if (space(from) == Space::Device) == (space(to) == Space::Device) {
            let expected = if space(from) == Space::Device { Space::Local } else { Space::Device };
            let buffer = self.blocks[to.block].buffer.clone();
            return Err(Box::new(MachineError::WrongSpace { deed: "kernel writes", expected, buffer, loc }));
        }
        let elem = self.blocks[from.block].buffer.elem;
        let access = |view: View, k: usize| Access {
            base: view.base,
            index: view.offset + k as i64,
            in_bounds: true,
            elem,
            agent: Agent::Kernel,
            loc,
        };
        for k in 0..from.len {
            let value = self.checked_load(&access(src, k))?;
            self.checked_store(&access(dst, k), value)?;
        }
        for (span, bit) in [(from, LOCKED), (to, IN_FLIGHT)] {
            for state in &mut self.blocks[span.block].shadow[span.range()] {
                *state |= bit;
            }
        }
        self.own(program).under_way.push(Transfer { from, to, loc });
        Ok(())
    }
}
