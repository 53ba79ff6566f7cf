//! Loads and stores of compiled code: every one is checked, so every one has to be cheap.

use super::block::{Block, IN_FLIGHT, LOCKED, PENDING_READ, PENDING_WRITE, Trace, WRITTEN};
use super::launch::Launch;
use super::{Address, Agent, Checked, Elem, Machine, MachineError, Program, Space, Use};

/// One load or store.
#[derive(Debug, Clone, Copy)]
pub struct Access {
    /// The buffer: the allocated pointer of the memref, not the aligned pointer of a subview.
    pub base: Address,
    /// Linear element index from `base`, offset included.
    pub index: i64,
    /// Whether every index was inside its dimension of the memref; compiled code knows the dimensions.
    pub in_bounds: bool,
    /// Element type of the memref.
    pub elem: Elem,
    /// Who does it.
    pub agent: Agent,
    /// Location id, for messages.
    pub loc: u32,
}

impl Access {
    fn deed(&self, action: Use) -> &'static str {
        match (self.agent, action) {
            (Agent::Host, Use::Read) => "host reads",
            (Agent::Host, Use::Write) => "host writes",
            (Agent::Kernel, Use::Read) => "kernel reads",
            (Agent::Kernel, Use::Write) => "kernel writes",
        }
    }
}

impl Machine {
    /// Loads an element: 0 or 1 for i1, sign-extended for i32; 0 if the machine fails or has failed.
    ///
    /// Refused: an address that is no live buffer, the wrong element type, a device buffer or memory on chip on the host and
    /// the reverse, shared memory of another cluster, local memory of another core, an index outside the buffer or
    /// view, an element that nobody has written or that a transfer is in flight into, and in a kernel an element that another program of the launch has written, with no
    /// barrier in between.
    pub fn load(&mut self, access: Access) -> i64 {
        if self.failed() {
            return 0;
        }
        match self.checked_load(&access) {
            Ok(value) => value,
            Err(error) => self.refuse(error),
        }
    }

    /// Stores `value`, wrapped to the element's width.
    ///
    /// Refused: as for [`load`](Self::load), but unwritten elements are fine, the source of a transfer in
    /// flight is not, and neither is in a kernel an element that another program of the launch has read.
    pub fn store(&mut self, access: Access, value: i64) {
        if self.failed() {
            return;
        }
        if let Err(error) = self.checked_store(&access, value) {
            self.refuse(error)
        }
    }

    pub(super) fn checked_load(&mut self, access: &Access) -> Checked<i64> {
        let (block, index) = self.locate(access, Use::Read)?;
        if self.fast {
            return Ok(self.blocks[block].storage.get(index));
        }
        let state = self.blocks[block].shadow[index];
        if state & (WRITTEN | IN_FLIGHT) != WRITTEN {
            return Err(self.unreadable(block, index, access));
        }
        // Nobody else is in local memory.
        if access.agent == Agent::Kernel && self.blocks[block].buffer.space != Space::Local {
            let Launch { first, since, loc: launched, .. } = self.launch;
            let current = self.running(access)?;
            self.start_use(block);
            let block_ref = &mut self.blocks[block];
            let Trace { writer, reader } = &mut block_ref.trace[index];
            if *writer >= first && *writer != current && self.launch.races(*writer, current) {
                let other = (*writer, Use::Write);
                return Err(self.race(block, index, Use::Read, other, access.loc));
            }
            if *reader < since && (*reader < first || self.launch.same_cluster(*reader, current)) {
                *reader = current;
            }
            block_ref.shadow[index] = state | PENDING_READ;
            block_ref.last_read = launched;
        }
        Ok(self.blocks[block].storage.get(index))
    }

    pub(super) fn checked_store(&mut self, access: &Access, value: i64) -> Checked<()> {
        let (block, index) = self.locate(access, Use::Write)?;
        if self.fast {
            self.blocks[block].storage.set(index, value);
            return Ok(());
        }
        let state = self.blocks[block].shadow[index];
        if state & (IN_FLIGHT | LOCKED) != 0 {
            return Err(self.conflict(block, index, access.deed(Use::Write), access.loc));
        }
        let mut now = state | WRITTEN;
        if access.agent == Agent::Kernel && self.blocks[block].buffer.space != Space::Local {
            let Launch { first, loc: launched, .. } = self.launch;
            let current = self.running(access)?;
            self.start_use(block);
            let block_ref = &mut self.blocks[block];
            let entry = &mut block_ref.trace[index];
            for other in [(entry.writer, Use::Write), (entry.reader, Use::Read)] {
                if other.0 >= first && other.0 != current && self.launch.races(other.0, current) {
                    return Err(self.race(block, index, Use::Write, other, access.loc));
                }
            }
            entry.writer = current;
            block_ref.last_write = launched;
            now |= PENDING_WRITE;
        }
        let block = &mut self.blocks[block];
        block.shadow[index] = now;
        block.storage.set(index, value);
        Ok(())
    }

    /// The block and element of an access, if it is one in the memory that its agent sees.
    fn locate(&mut self, access: &Access, action: Use) -> Checked<(usize, usize)> {
        let index = self.live(access.base, access.deed(action), access.loc)?;
        let block = &self.blocks[index];
        let buffer = &block.buffer;
        let visible = match (access.agent, buffer.space) {
            (Agent::Host, Space::Host) | (Agent::Kernel, Space::Device) => true,
            (Agent::Kernel, Space::Shared) => block.owner == self.launch.cluster,
            (Agent::Kernel, Space::Local) => Some(block.owner) == self.launch.program().map(|p| p.linear),
            _ => false,
        };
        // One comparison for negative indices and too large ones.
        let inside = (access.index as u64) < buffer.elements as u64;
        if visible && buffer.elem == access.elem && inside && access.in_bounds {
            return Ok((index, access.index as usize));
        }
        Err(misfit(block, access, action, visible, &self.launch))
    }

    /// Number of the running program.
    fn running(&self, access: &Access) -> Checked<u64> {
        match self.launch.current {
            Some(current) => Ok(current),
            None => Err(Box::new(MachineError::Misplaced {
                what: "kernel access",
                inside: false,
                loc: access.loc,
            })),
        }
    }

    /// Prepares a block for use by a kernel.
    #[inline]
    fn start_use(&mut self, block: usize) {
        if !self.blocks[block].touched {
            self.touch(block);
        }
        if self.blocks[block].trace.is_empty() {
            self.start_trace(block);
        }
    }

    #[cold]
    fn start_trace(&mut self, block: usize) {
        let block = &mut self.blocks[block];
        block.trace = vec![Trace::default(); block.buffer.elements];
    }

    #[cold]
    fn unreadable(&self, block: usize, index: usize, access: &Access) -> Box<MachineError> {
        let deed = access.deed(Use::Read);
        let block_ref = &self.blocks[block];
        if block_ref.shadow[index] & IN_FLIGHT != 0 {
            return self.conflict(block, index, deed, access.loc);
        }
        Box::new(MachineError::Unwritten { deed, buffer: block_ref.buffer.clone(), index, loc: access.loc })
    }

    #[cold]
    fn race(
        &self,
        block: usize,
        index: usize,
        action: Use,
        other: (u64, Use),
        loc: u32,
    ) -> Box<MachineError> {
        let launch = &self.launch;
        let program = |number: u64| Program { linear: launch.linear(number), cores: launch.cores };
        Box::new(MachineError::Race {
            kernel: launch.kernel.as_str().into(),
            buffer: self.blocks[block].buffer.clone(),
            index,
            program: program(launch.current.unwrap_or(launch.first)),
            action,
            other: program(other.0),
            earlier: other.1,
            launched: launch.loc,
            loc,
        })
    }
}

/// Why an access does not fit the block it goes to.
#[cold]
fn misfit(block: &Block, access: &Access, action: Use, visible: bool, launch: &Launch) -> Box<MachineError> {
    let &Access { index, elem, loc, .. } = access;
    let deed = access.deed(action);
    let buffer = block.buffer.clone();
    Box::new(if !visible {
        match access.agent {
            Agent::Kernel if buffer.space == Space::Shared => {
                MachineError::OtherCluster { deed, buffer, owner: block.owner, cluster: launch.cluster, loc }
            }
            Agent::Kernel if buffer.space == Space::Local => {
                let owner = Program { linear: block.owner, cores: launch.cores };
                let program = launch.program().unwrap_or(owner);
                MachineError::OtherCore { deed, buffer, owner, program, loc }
            }
            Agent::Kernel => MachineError::WrongSpace { deed, expected: Space::Device, buffer, loc },
            Agent::Host => MachineError::WrongSpace { deed, expected: Space::Host, buffer, loc },
        }
    } else if buffer.elem != elem {
        MachineError::WrongElem { deed, expected: elem, buffer, loc }
    } else if (index as u64) >= buffer.elements as u64 {
        MachineError::OutOfBounds { deed, buffer, index, loc }
    } else {
        MachineError::OutsideView { deed, buffer, index, loc }
    })
}
