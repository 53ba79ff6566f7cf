//! The virtual XPU: memory, a stream of commands and kernel launches, all checked.
//!
//! Compiled host code and kernels call it on one thread. Commands and kernels run eagerly, when they are
//! issued; that a real device would still be busy is bookkeeping: every element has a shadow state that
//! says who has written it and which unfinished stream work still needs it. A program that is right only
//! because its commands happened to finish in time is refused, with one [`MachineError`].
//!
//! **Memory.** Host and device buffers are separate. A buffer is known by the address of its first element,
//! which is a real address, so that code compiled for fast mode can use plain loads and stores. A freed
//! buffer stays allocated until the machine is dropped: an address never means two buffers.
//!
//! **Poison.** Elements start unwritten. Reading one on the host or in a kernel is refused. Copies and
//! transfers carry the state of their source along instead: programs do copy partly written scratch, and
//! that harms nobody until somebody looks at it.
//!
//! **Transfers.** An asynchronous h2d takes its contents when it is issued, later stream work sees them,
//! and its source must not be written or freed before the next [`wait`](Machine::wait). An asynchronous d2h
//! takes its contents when it is issued and delivers them at the next wait; until then nobody may touch its
//! destination. Blocking transfers complete at once and are *not* ordered after pending stream work: a
//! blocking d2h is refused where that work writes its source, a blocking h2d where that work reads or
//! writes its destination. Both go by element, so two halves of one buffer are independent. A host range in
//! flight is refused as source or destination of further transfers too, also where a device with one
//! in-order stream would get it right.
//!
//! **Caller.** Work that the caller has put on the stream may be unfinished when the program starts: until the
//! first wait, a blocking transfer from or to a device argument is refused as if such work were pending on it.
//!
//! **Launches.** The programs of a launch run one after another, each to its end, in an order shuffled by
//! the seed. Two programs of one launch must not write the same element, nor may one read what another
//! writes. Where a kernel has barriers, clusters run one after another, the cores of one by turns from barrier
//! to barrier, in an order shuffled anew each time; a barrier orders what the cores of its cluster do before
//! and after it, and nothing else. What one core may use is thus the same for every order of cores.
//!
//! **Shared memory.** The n-th allocation that a core of a cluster comes to is one buffer for all of them. It ends
//! with the launch; its storage is used again for later ones, of any cluster, since no address of it can leave
//! a kernel. **Local memory** is one core's, and ends with its program.
//!
//! **Transfers of a core.** A kernel copies between device memory and memory on chip. Its transfers are complete at the
//! core's next [`kernel_wait`](Machine::kernel_wait): until then the target is poison and the source must not change, and the
//! core may come neither to a barrier nor to its end.
//!
//! **Failure.** The first error is kept; from then on loads return 0 and everything else does nothing.
//!
//! **Fast mode.** Loads and stores do not come here. Commands are performed and counted; of the checks only
//! those remain that keep the command itself inside memory (known buffer, range, equal size and element
//! type). Only programs that pass in checked mode should run in it, and they have to return as soon as
//! [`failed`](Machine::failed) is true.

mod access;
mod alloc;
mod block;
mod cluster;
mod command;
mod error;
mod launch;
mod local;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde::Serialize;

pub use access::Access;
pub use block::{Buffer, Elem, Space};
pub use cluster::MAX_TURNS;
pub use command::View;
pub use error::{MachineError, Program, Use};
pub use launch::MAX_PROGRAMS;

use alloc::Shared;
use block::{Block, IN_FLIGHT, WRITTEN};
use command::{Delivery, Lock};
use launch::{Launch, Shuffle};
use local::Local;

/// Most bytes of element storage that one machine hands out, freed buffers included, in bytes.
///
/// A program that asks for more has computed a nonsensical size; it gets an error instead of taking the
/// process down.
pub const CAPACITY_BYTES: u64 = 1 << 30;

/// Address of a buffer: that of its first element. 0 is never a buffer.
pub type Address = usize;

/// Who performs a load or store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// Host code; sees host buffers.
    Host,
    /// The running program of the open launch; sees device buffers, the shared ones of its cluster and its own.
    Kernel,
}

/// How a machine behaves.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seeds the order in which the programs of each launch run. Same seed, same orders.
    pub seed: u64,
    /// Perform and count commands without checking them.
    pub fast: bool,
    /// Shared memory of one cluster, in bytes.
    pub shared_bytes: u64,
    /// Local memory of one core, in bytes.
    pub local_bytes: u64,
}

impl Options {
    /// Checks on, seed 0, the memory on chip of the target "virtual".
    pub const DEFAULT: Self = Self { seed: 0, fast: false, shared_bytes: 256 << 10, local_bytes: 4 << 10 };
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Commands that a program has issued. Zero-sized ones count too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Commands {
    /// Kernel launches.
    pub launches: u64,
    /// Host to device transfers.
    pub h2d: u64,
    /// Device to host transfers.
    pub d2h: u64,
    /// Copies from device memory to device memory.
    pub d2d: u64,
    /// Fills of device memory with one value.
    pub fills: u64,
    /// Waits for the stream.
    pub waits: u64,
    /// Device buffers that the program itself has allocated; arguments are not among them.
    pub device_allocs: u64,
    /// Copies from host memory to host memory.
    pub host_copies: u64,
}

/// Bytes moved, by kind of command. An i1 element is one byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Bytes {
    /// Host to device.
    pub h2d: u64,
    /// Device to host.
    pub d2h: u64,
    /// Device to device.
    pub d2d: u64,
}

/// What a run has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Commands issued.
    pub commands: Commands,
    /// Those among them that are over no elements.
    #[serde(skip)]
    pub over_nothing: Commands,
    /// Bytes moved.
    pub bytes: Bytes,
}

/// What an argument buffer holds when the program starts.
#[derive(Debug, Clone, Copy)]
pub enum Contents<'a> {
    /// These elements, each wrapped to the width of the element type.
    Written(&'a [i64]),
    /// So many elements that nobody has written: an output of the program.
    Unwritten(i64),
}

/// Entries of the cache from addresses to blocks: a power of two, well above the buffers that one kernel
/// touches.
const RECENT: usize = 64;

/// The virtual XPU; see the module's documentation. One machine serves one run of one program.
#[derive(Debug)]
pub struct Machine {
    fast: bool,
    /// In order of allocation; freed ones stay.
    blocks: Vec<Block>,
    by_address: HashMap<Address, usize>,
    /// Address and block last found in each slot; an unused entry has address 0.
    recent: Box<[(Address, usize); RECENT]>,
    /// Bytes of storage handed out.
    used: u64,
    shared: Shared,
    local: Local,
    /// Asynchronous d2h since the last wait, in order.
    in_flight: Vec<Delivery>,
    /// Sources of asynchronous h2d since the last wait.
    locks: Vec<Lock>,
    /// Whether the program has waited: what the caller left on the stream is then complete.
    waited: bool,
    /// Blocks whose shadow may have bits that the next wait clears.
    touched: Vec<usize>,
    launch: Launch,
    shuffle: Shuffle,
    report: Report,
    error: Option<Box<MachineError>>,
}

/// Boxed: errors are built once a run, results are returned on every access.
type Checked<T> = Result<T, Box<MachineError>>;

impl Machine {
    /// A machine with empty memories and an idle stream.
    pub fn new(options: Options) -> Self {
        Self {
            fast: options.fast,
            blocks: Vec::new(),
            by_address: HashMap::new(),
            recent: Box::new([(0, 0); RECENT]),
            used: 0,
            shared: Shared::new(options.shared_bytes),
            local: Local::new(options.local_bytes),
            in_flight: Vec::new(),
            locks: Vec::new(),
            waited: false,
            touched: Vec::new(),
            launch: Launch::default(),
            shuffle: Shuffle::new(options.seed),
            report: Report::default(),
            error: None,
        }
    }

    /// Whether checks are off.
    pub fn is_fast(&self) -> bool {
        self.fast
    }

    /// Whether an error has been met. Nothing that happens afterwards has an effect.
    pub fn failed(&self) -> bool {
        self.error.is_some()
    }

    /// The first error, if any.
    pub fn error(&self) -> Option<&MachineError> {
        self.error.as_deref()
    }

    /// Ends the run as a violation of the program's contract (`xpu.require`), unless it has failed before.
    pub fn fail(&mut self, message: impl Into<Box<str>>, loc: u32) {
        self.refuse::<()>(Box::new(MachineError::Contract { message: message.into(), loc }));
    }

    /// Ends the run because compiled code divides by 0, unless it has failed before.
    pub fn divided_by_zero(&mut self, loc: u32) {
        self.refuse::<()>(Box::new(MachineError::DivisionByZero { loc }));
    }

    /// Gives the program a buffer of the caller. Not a command: nothing is counted.
    ///
    /// `name` is what messages call it. Returns 0 if memory is exhausted, which fails the run.
    pub fn argument(
        &mut self,
        name: &str,
        space: Space,
        elem: Elem,
        contents: Contents<'_>,
        loc: u32,
    ) -> Address {
        let elements = match contents {
            // A slice has at most isize::MAX bytes, so its length fits.
            Contents::Written(values) => values.len() as i64,
            Contents::Unwritten(elements) => elements,
        };
        let index = match self.new_block(space, elem, elements, loc) {
            Ok(index) => index,
            Err(error) => return self.refuse(error),
        };
        let block = &mut self.blocks[index];
        block.buffer.name = Some(name.into());
        block.argument = true;
        if let Contents::Written(values) = contents {
            for (i, &value) in values.iter().enumerate() {
                block.storage.set(i, value);
            }
            block.shadow.fill(WRITTEN);
        }
        block.storage.address()
    }

    /// Ends the program: what is pending on the stream completes, as at a wait, without counting one.
    ///
    /// `returned` are the buffers that the program returns. Refused: a returned buffer that does not exist
    /// or was freed, and a returned or argument buffer that a d2h is still to be delivered into, because
    /// the caller may read it at once.
    pub fn at_return(&mut self, returned: &[Address], loc: u32) {
        self.issue("return", loc, |machine| {
            for &address in returned {
                machine.live(address, "return hands out", loc)?;
            }
            let early = machine.in_flight.iter().find(|delivery| {
                let block = &machine.blocks[delivery.to.block];
                delivery.to.len > 0 && (block.argument || returned.contains(&block.storage.address()))
            });
            if let Some(delivery) = early {
                return Err(Box::new(MachineError::InFlightAtReturn {
                    buffer: machine.blocks[delivery.to.block].buffer.clone(),
                    index: delivery.to.start,
                    issued: delivery.loc,
                    loc,
                }));
            }
            machine.drain();
            Ok(())
        });
    }

    /// The elements of `view`, each `None` if nobody has written it; for the caller, before and after the
    /// run.
    ///
    /// `None` as a whole if the view is not inside a live buffer. Fast mode does not know what was written:
    /// there every element is `Some`.
    pub fn read_back(&self, view: View) -> Option<Vec<Option<i64>>> {
        let block = &self.blocks[*self.by_address.get(&view.base)?];
        if block.freed.is_some() {
            return None;
        }
        let range = block.range(view)?;
        let known = |i: usize| self.fast || block.shadow[i] & (WRITTEN | IN_FLIGHT) == WRITTEN;
        Some(range.map(|i| known(i).then(|| block.storage.get(i))).collect())
    }

    /// The live buffer at `address`.
    pub fn buffer(&self, address: Address) -> Option<&Buffer> {
        let block = &self.blocks[*self.by_address.get(&address)?];
        block.freed.is_none().then_some(&block.buffer)
    }

    /// Commands and bytes so far.
    pub fn report(&self) -> Report {
        self.report
    }

    /// Ends the run.
    ///
    /// # Errors
    /// The first error that the run has met.
    pub fn finish(self) -> Result<Report, MachineError> {
        match self.error {
            None => Ok(self.report),
            Some(error) => Err(*error),
        }
    }

    /// Keeps `error` if it is the first, and gives the value that failed accesses and allocations return.
    #[cold]
    fn refuse<T: Default>(&mut self, error: Box<MachineError>) -> T {
        self.error.get_or_insert(error);
        T::default()
    }

    /// Runs one command of the host, unless the machine has failed.
    fn issue(&mut self, what: &'static str, loc: u32, command: impl FnOnce(&mut Self) -> Checked<()>) {
        if self.failed() {
            return;
        }
        if let Err(error) = self.outside_launch(what, loc).and_then(|()| command(self)) {
            self.refuse(error)
        }
    }

    /// The index of the live block at `address`; `deed` is what messages say is being done to it.
    fn live(&mut self, address: Address, deed: &'static str, loc: u32) -> Checked<usize> {
        // Fibonacci hashing: large blocks differ in their high bits only.
        let slot = (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - RECENT.ilog2());
        let entry = &mut self.recent[slot as usize];
        if entry.0 != address || address == 0 {
            match self.by_address.get(&address) {
                Some(&index) => *entry = (address, index),
                None => return Err(Box::new(MachineError::UnknownBuffer { deed, address, loc })),
            }
        }
        let index = entry.1;
        match self.blocks[index].freed {
            None => Ok(index),
            Some(freed) => {
                let buffer = self.blocks[index].buffer.clone();
                Err(Box::new(match buffer.space {
                    Space::Shared | Space::Local => {
                        MachineError::LaunchOver { deed, buffer, launched: freed, loc }
                    }
                    _ => MachineError::Freed { deed, buffer, freed, loc },
                }))
            }
        }
    }
}
