//! Buffers: their storage, and what is known about each of their elements.

use std::cell::Cell;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use super::{Address, View};

/// A memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// Memory that host code sees.
    Host,
    /// Memory that kernels see.
    Device,
    /// Memory that the cores of one cluster see while they run a kernel.
    Shared,
    /// Memory that one core sees while it runs a kernel.
    Local,
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::Device => "device",
            Self::Shared => "shared",
            Self::Local => "local",
        })
    }
}

/// Type of the elements of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elem {
    /// A truth value, 0 or 1, in one byte.
    I1,
    /// 32 bits, sign-extended when loaded.
    I32,
    /// 64 bits.
    I64,
}

impl Elem {
    /// Size of one element in memory, in bytes.
    pub fn bytes(self) -> u64 {
        match self {
            Self::I1 => 1,
            Self::I32 => 4,
            Self::I64 => 8,
        }
    }
}

impl fmt::Display for Elem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I1 => "i1",
            Self::I32 => "i32",
            Self::I64 => "i64",
        })
    }
}

/// What messages say about a buffer. Addresses are left out: they differ from run to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buffer {
    /// The argument's name; `None` for buffers that the program has allocated.
    pub name: Option<Box<str>>,
    /// Where it lives.
    pub space: Space,
    /// Type of its elements.
    pub elem: Elem,
    /// Number of its elements.
    pub elements: usize,
    /// Location of its allocation.
    pub allocated: u32,
}

impl fmt::Display for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, space, elem, elements, .. } = self;
        match name {
            Some(name) => write!(f, "'{name}' ({elements} x {elem} on the {space})"),
            None => write!(f, "a {space} buffer of {elements} x {elem}"),
        }
    }
}

// Shadow of an element, one byte of these bits. All but WRITTEN are cleared by a wait: the host's, and of transfers
// of a core the core's own.
/// Somebody has written the element.
pub(super) const WRITTEN: u8 = 1 << 0;
/// Host element that an asynchronous d2h has yet to be delivered into, or any that a core's transfer has.
pub(super) const IN_FLIGHT: u8 = 1 << 1;
/// Host element that an asynchronous h2d may not have read yet, or any that a core's transfer may not have.
pub(super) const LOCKED: u8 = 1 << 2;
/// Device element that stream work may not have read yet.
pub(super) const PENDING_READ: u8 = 1 << 3;
/// Device element that stream work may not have written yet.
pub(super) const PENDING_WRITE: u8 = 1 << 4;

/// Which programs have used a device or shared element, and between which barriers. A number stands for a
/// program from one barrier of its cluster to the next. Numbers are unique over all launches and start at 1,
/// so nothing has to be reset between launches: a number below the open launch's first is old.
///
/// Two uses, one of them a write, are a race iff two programs do them that are not of one cluster with a barrier
/// in between. One writer and one reader find every race, since nothing goes on after the first:
///
/// * All writes of a launch come from one cluster, those between two of its barriers from one program: a new
///   use is in a race with any of them iff it is with the last.
/// * Programs run one after another from barrier to barrier. So when the running one finds itself as the first
///   reader since the last barrier, no other has read the element since.
/// * Reads before the last barrier matter only to other clusters, which a later reader of the same cluster
///   stands for as well as the first.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trace {
    /// The last that wrote it.
    pub(super) writer: u64,
    /// Of the first cluster that read it in the last launch: the first that did so since the last barrier that a
    /// read of that cluster came after.
    pub(super) reader: u64,
}

/// Element storage that compiled code may access through its address at any time between two calls of the
/// machine.
///
/// Cells, because of that foreign access; reference-counted rather than boxed, because a `Box` claims to be
/// the only way to its contents whenever it is moved.
#[derive(Debug, Clone)]
pub(super) enum Storage {
    I1(Rc<[Cell<u8>]>),
    I32(Rc<[Cell<i32>]>),
    I64(Rc<[Cell<i64>]>),
}

impl Storage {
    /// Storage full of a value that no real program computes, so that output which was never written shows.
    fn new(elem: Elem, elements: usize) -> Self {
        fn cells<T: Copy>(value: T, count: usize) -> Rc<[Cell<T>]> {
            std::iter::repeat_n(value, count).map(Cell::new).collect()
        }
        // Never empty: two empty buffers need two addresses.
        let count = elements.max(1);
        match elem {
            Elem::I1 => Self::I1(cells(1, count)),
            Elem::I32 => Self::I32(cells(0x5a5a_5a5a, count)),
            Elem::I64 => Self::I64(cells(0x5a5a_5a5a_5a5a_5a5a, count)),
        }
    }

    /// Address of the first element; foreign code may use it to read and write all of them.
    pub(super) fn address(&self) -> Address {
        match self {
            Self::I1(cells) => cells.as_ptr().expose_provenance(),
            Self::I32(cells) => cells.as_ptr().expose_provenance(),
            Self::I64(cells) => cells.as_ptr().expose_provenance(),
        }
    }

    /// The element, sign-extended; i1 gives 0 or 1.
    #[inline]
    pub(super) fn get(&self, index: usize) -> i64 {
        match self {
            Self::I1(cells) => i64::from(cells[index].get() & 1),
            Self::I32(cells) => i64::from(cells[index].get()),
            Self::I64(cells) => cells[index].get(),
        }
    }

    /// Sets the element to `value`, wrapped to its width.
    #[inline]
    pub(super) fn set(&self, index: usize, value: i64) {
        match self {
            Self::I1(cells) => cells[index].set((value & 1) as u8),
            Self::I32(cells) => cells[index].set(value as i32),
            Self::I64(cells) => cells[index].set(value),
        }
    }

    /// Copies `range` of `from` to the elements from `start` on. Both have the same element type.
    pub(super) fn copy_from(&self, start: usize, from: &Self, range: Range<usize>) {
        fn copy<T: Copy>(to: &[Cell<T>], from: &[Cell<T>]) {
            for (to, from) in to.iter().zip(from) {
                to.set(from.get());
            }
        }
        let to = start..start + range.len();
        match (self, from) {
            (Self::I1(cells), Self::I1(from)) => copy(&cells[to], &from[range]),
            (Self::I32(cells), Self::I32(from)) => copy(&cells[to], &from[range]),
            (Self::I64(cells), Self::I64(from)) => copy(&cells[to], &from[range]),
            _ => debug_assert!(false, "commands check that element types agree"),
        }
    }

    /// A copy of `range`, for contents that are captured now and delivered later.
    pub(super) fn capture(&self, range: Range<usize>) -> Self {
        match self {
            Self::I1(cells) => Self::I1(cells[range].iter().cloned().collect()),
            Self::I32(cells) => Self::I32(cells[range].iter().cloned().collect()),
            Self::I64(cells) => Self::I64(cells[range].iter().cloned().collect()),
        }
    }
}

/// One buffer of the machine.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) buffer: Buffer,
    pub(super) storage: Storage,
    /// One byte of state bits an element; empty in fast mode.
    pub(super) shadow: Box<[u8]>,
    /// One entry an element once a launch has touched the block; empty before.
    pub(super) trace: Vec<Trace>,
    /// Location of the free; of the launch, for shared memory.
    pub(super) freed: Option<u32>,
    /// Which cluster shared memory belongs to, which program local memory.
    pub(super) owner: u32,
    /// Owned by the caller.
    pub(super) argument: bool,
    /// Whether the block is in the machine's list of blocks for the next wait to clear.
    pub(super) touched: bool,
    /// Location of the last stream command that read the block.
    pub(super) last_read: u32,
    /// Location of the last stream command that wrote the block.
    pub(super) last_write: u32,
}

impl Block {
    pub(super) fn new(buffer: Buffer, checked: bool) -> Self {
        Self {
            storage: Storage::new(buffer.elem, buffer.elements),
            shadow: vec![0; if checked { buffer.elements } else { 0 }].into(),
            trace: Vec::new(),
            freed: None,
            owner: 0,
            argument: false,
            touched: false,
            last_read: buffer.allocated,
            last_write: buffer.allocated,
            buffer,
        }
    }

    /// Makes a block on chip that was in use before a fresh one; its trace is old by itself.
    pub(super) fn renew(&mut self, loc: u32) {
        self.buffer.allocated = loc;
        self.freed = None;
        self.shadow.fill(0);
    }

    /// The elements of `view`, if they are all inside the block.
    pub(super) fn range(&self, view: View) -> Option<Range<usize>> {
        let start = usize::try_from(view.offset).ok()?;
        let end = start.checked_add(usize::try_from(view.len).ok()?)?;
        (end <= self.buffer.elements).then_some(start..end)
    }
}
