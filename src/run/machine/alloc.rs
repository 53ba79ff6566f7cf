//! Allocation: buffers of the host, of the device, shared by the cores of a cluster, and of a core.

use super::block::{Block, Buffer, IN_FLIGHT, LOCKED};
use super::{Address, CAPACITY_BYTES, Checked, Elem, Machine, MachineError, Space};
use std::collections::BTreeMap;

/// Shared memory of all clusters.
#[derive(Debug)]
pub(super) struct Shared {
    /// What one cluster has, in bytes.
    capacity: u64,
    /// What the clusters of the open launch have allocated.
    clusters: Vec<Cluster>,
    /// How many allocations each program of the open launch has come to; empty before the first.
    allocated: Vec<usize>,
    spare: Spare,
}

/// Blocks on chip that are no longer in use, by bytes and number of their elements.
#[derive(Debug, Default)]
pub(super) struct Spare(BTreeMap<(u64, usize), Vec<usize>>);

impl Spare {
    pub(super) fn take(&mut self, elem: Elem, elements: usize) -> Option<usize> {
        self.0.get_mut(&(elem.bytes(), elements))?.pop()
    }

    pub(super) fn keep(&mut self, block: &Block, index: usize) {
        self.0.entry((block.buffer.elem.bytes(), block.buffer.elements)).or_default().push(index);
    }
}

/// Shared memory of one cluster.
#[derive(Debug, Default, Clone)]
struct Cluster {
    /// Blocks in the order in which cores come to their allocation.
    blocks: Vec<usize>,
    /// Bytes allocated.
    used: u64,
}

impl Shared {
    pub(super) fn new(capacity: u64) -> Self {
        Self { capacity, clusters: Vec::new(), allocated: Vec::new(), spare: Spare::default() }
    }
}

impl Machine {
    /// Allocates a buffer of unwritten elements. Counted if on the device.
    ///
    /// Shared memory is allocated by the running program of a launch: its n-th allocation is the buffer that the
    /// n-th one of any other core of its cluster is. Local memory is the running program's own.
    ///
    /// Returns 0 for a negative size or when [`CAPACITY_BYTES`] is exceeded, which fails the run; so does more
    /// memory on chip than a cluster or core has, and an n-th shared allocation of another size or type than on another
    /// core. A failed machine returns 0 in checked mode; in fast mode it goes on allocating, since plain
    /// stores may follow.
    pub fn alloc(&mut self, space: Space, elements: i64, elem: Elem, loc: u32) -> Address {
        if self.failed() && !self.fast {
            return 0;
        }
        let new = match space {
            Space::Shared => self.shared_alloc(elements, elem, loc),
            Space::Local => self.local_alloc(elements, elem, loc),
            _ => self.outside_launch("alloc", loc).and_then(|()| self.new_block(space, elem, elements, loc)),
        };
        match new {
            Ok(index) => {
                let device = u64::from(space == Space::Device);
                self.report.commands.device_allocs += device;
                self.report.over_nothing.device_allocs += if elements == 0 { device } else { 0 };
                self.blocks[index].storage.address()
            }
            Err(error) => {
                self.refuse::<()>(error);
                let spare = self.fast && matches!(space, Space::Shared | Space::Local);
                let spare = spare.then(|| self.new_block(space, elem, elements, loc).ok()).flatten();
                spare.map_or(0, |index| self.blocks[index].storage.address())
            }
        }
    }

    /// Frees a buffer that the program has allocated. On the device this is stream-ordered: pending work
    /// may still use it. A host buffer must have no transfer in flight.
    pub fn free(&mut self, address: Address, loc: u32) {
        self.issue("free", loc, |machine| machine.checked_free(address, loc));
    }

    pub(super) fn new_block(&mut self, space: Space, elem: Elem, elements: i64, loc: u32) -> Checked<usize> {
        let (count, bytes) = Self::expect_room(space, elem, elements, CAPACITY_BYTES - self.used, loc)?;
        self.used += bytes;
        let buffer = Buffer { name: None, space, elem, elements: count, allocated: loc };
        let block = Block::new(buffer, !self.fast);
        self.by_address.insert(block.storage.address(), self.blocks.len());
        self.blocks.push(block);
        Ok(self.blocks.len() - 1)
    }

    /// Number and bytes of elements, which have to fit into `free` bytes.
    pub(super) fn expect_room(
        space: Space,
        elem: Elem,
        elements: i64,
        free: u64,
        loc: u32,
    ) -> Checked<(usize, u64)> {
        let Ok(count) = usize::try_from(elements) else {
            return Err(Box::new(MachineError::NegativeSize { space, elem, elements, loc }));
        };
        match (count as u64).checked_mul(elem.bytes()) {
            Some(bytes) if bytes <= free => Ok((count, bytes)),
            _ => Err(Box::new(MachineError::OutOfMemory { space, elem, elements, free, loc })),
        }
    }

    fn checked_free(&mut self, address: Address, loc: u32) -> Checked<()> {
        let index = self.live(address, "free releases", loc)?;
        let block = &self.blocks[index];
        if block.argument {
            return Err(Box::new(MachineError::FreedArgument { buffer: block.buffer.clone(), loc }));
        }
        // Only a block that was touched since the last wait can have such a bit.
        if block.touched
            && let Some(element) = block.shadow.iter().position(|state| state & (IN_FLIGHT | LOCKED) != 0)
        {
            return Err(self.conflict(index, element, "free releases", loc));
        }
        self.blocks[index].freed = Some(loc);
        Ok(())
    }

    /// The block that the running program's next shared allocation is.
    fn shared_alloc(&mut self, elements: i64, elem: Elem, loc: u32) -> Checked<usize> {
        let launch = &self.launch;
        let Some(program) = launch.program() else {
            return Err(Box::new(MachineError::Misplaced {
                what: "alloc of shared memory",
                inside: false,
                loc,
            }));
        };
        let (linear, cluster) = (program.linear as usize, (program.linear / program.cores) as usize);
        let shared = &mut self.shared;
        shared.allocated.resize(launch.programs as usize, 0);
        shared.clusters.resize((launch.programs / program.cores) as usize, Cluster::default());
        let position = shared.allocated[linear];
        shared.allocated[linear] += 1;
        if let Some(&block) = shared.clusters[cluster].blocks.get(position) {
            let first = &self.blocks[block].buffer;
            if first.elem == elem && i64::try_from(first.elements) == Ok(elements) {
                return Ok(block);
            }
            return Err(Box::new(MachineError::SharedMismatch {
                kernel: launch.kernel.as_str().into(),
                program,
                position,
                elements,
                elem,
                first: first.clone(),
                loc,
            }));
        }
        let free = shared.capacity - shared.clusters[cluster].used;
        let (count, bytes) = Self::expect_room(Space::Shared, elem, elements, free, loc)?;
        let block = match shared.spare.take(elem, count) {
            Some(block) => {
                self.blocks[block].renew(loc);
                block
            }
            None => self.new_block(Space::Shared, elem, elements, loc)?,
        };
        self.blocks[block].owner = cluster as u32;
        let cluster = &mut self.shared.clusters[cluster];
        cluster.blocks.push(block);
        cluster.used += bytes;
        Ok(block)
    }

    /// Ends the life of the open launch's shared memory.
    pub(super) fn shared_end(&mut self) {
        self.shared.allocated.clear();
        for cluster in self.shared.clusters.drain(..) {
            for index in cluster.blocks {
                let block = &mut self.blocks[index];
                block.freed = Some(self.launch.loc);
                self.shared.spare.keep(block, index);
            }
        }
    }
}
