//! What the machine refuses.

use std::fmt;

use super::{Buffer, Elem, Space};

/// What a program or command does to an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Loads it, or copies it elsewhere.
    Read,
    /// Stores to it.
    Write,
}

/// One program of a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// `cluster * cores + core`.
    pub linear: u32,
    /// Cores per cluster in this launch, at least 1.
    pub cores: u32,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cluster {} core {}", self.linear / self.cores, self.linear % self.cores)
    }
}

/// Why a run was refused. A message says what was expected and what was found; where, says
/// [`loc`](Self::loc), an id that the caller resolves.
///
/// Fields that mean the same everywhere: `deed` is who does what ("host reads", "kernel writes", "h2d
/// reads", ...); `buffer` what it is done to, `index` the linear element index in it; `issued` the location
/// of the earlier command that is in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "fields with the same meaning everywhere are described once, above")]
pub enum MachineError {
    /// An address that belongs to no buffer. Not shown: addresses differ from run to run.
    #[error("{deed} memory that is no buffer: expected one that the program was given or has allocated")]
    UnknownBuffer { deed: &'static str, address: usize, loc: u32 },

    /// A buffer that has been freed at `freed`.
    #[error("{deed} {buffer} after it was freed")]
    Freed { deed: &'static str, buffer: Buffer, freed: u32, loc: u32 },

    /// Shared memory of the launch at `launched`, after it.
    #[error("{deed} {buffer} of a launch that is over")]
    LaunchOver { deed: &'static str, buffer: Buffer, launched: u32, loc: u32 },

    /// Shared memory of the cluster `owner`, used on another.
    #[error(
        "{deed} {buffer} of cluster {owner} on cluster {cluster}: expected shared memory of its own cluster"
    )]
    OtherCluster { deed: &'static str, buffer: Buffer, owner: u32, cluster: u32, loc: u32 },

    /// A free of a buffer of the caller.
    #[error("free releases {buffer}: expected a buffer that the program has allocated, found an argument")]
    FreedArgument { buffer: Buffer, loc: u32 },

    /// An allocation of fewer than 0 elements.
    #[error("alloc of {space} memory: expected a size of at least 0, found {elements} x {elem}")]
    NegativeSize { space: Space, elem: Elem, elements: i64, loc: u32 },

    /// An allocation of more than is left, `free` in bytes.
    #[error(
        "alloc of {space} memory: expected a size of at most the {free} bytes left, found {elements} x {elem}"
    )]
    OutOfMemory { space: Space, elem: Elem, elements: i64, free: u64, loc: u32 },

    /// An access or command in or of the wrong memory.
    #[error("{deed} {buffer}: expected a {expected} buffer")]
    WrongSpace { deed: &'static str, expected: Space, buffer: Buffer, loc: u32 },

    /// An access or command with another element type than the buffer's.
    #[error("{deed} {buffer}: expected elements of type {expected}")]
    WrongElem { deed: &'static str, expected: Elem, buffer: Buffer, loc: u32 },

    /// A load or store outside a buffer.
    #[error("{deed} element {index} of {buffer}: expected an index of at least 0 and less than {}", .buffer.elements)]
    OutOfBounds { deed: &'static str, buffer: Buffer, index: i64, loc: u32 },

    /// A load or store inside the buffer, with an index that is out of range in a dimension of the view.
    #[error(
        "{deed} element {index} of {buffer} through a view that does not contain it: expected each index within its dimension"
    )]
    OutsideView { deed: &'static str, buffer: Buffer, index: i64, loc: u32 },

    /// A command on elements that are not all inside the buffer.
    #[error("{deed} {len} elements from {offset} on of {buffer}: expected a range inside the buffer")]
    RangeOutOfBounds { deed: &'static str, buffer: Buffer, offset: i64, len: i64, loc: u32 },

    /// A command between ranges of `from_len` and `to_len` elements.
    #[error(
        "{command}: expected ranges of equal size, found {from_len} elements of {from} to be written to {to_len} elements of {to}"
    )]
    SizeMismatch { command: &'static str, from: Buffer, from_len: usize, to: Buffer, to_len: usize, loc: u32 },

    /// A copy between overlapping ranges of one buffer that start at `from` and `to`.
    #[error(
        "copy of {len} elements inside {buffer} from {from} on to {to} on: expected ranges that do not overlap"
    )]
    Overlap { buffer: Buffer, len: usize, from: usize, to: usize, loc: u32 },

    /// A read of poison.
    #[error(
        "{deed} element {index} of {buffer}: expected an element that was written, found one that nobody has written"
    )]
    Unwritten { deed: &'static str, buffer: Buffer, index: usize, loc: u32 },

    /// A use of an element that a d2h is still to be delivered into.
    #[error(
        "{deed} element {index} of {buffer} while a d2h into it is in flight: expected a wait in between"
    )]
    InFlight { deed: &'static str, buffer: Buffer, index: usize, issued: u32, loc: u32 },

    /// A change of an element that an h2d in flight reads: a staging buffer reused too early.
    #[error(
        "{deed} element {index} of {buffer} while an h2d from it is in flight: expected a wait in between"
    )]
    SourceInFlight { deed: &'static str, buffer: Buffer, index: usize, issued: u32, loc: u32 },

    /// A blocking transfer of an element that pending stream work reads or writes.
    #[error(
        "{deed} element {index} of {buffer} while stream work that {} it is pending: a blocking transfer is not ordered \
         after the stream; expected a wait first",
        match .pending { Use::Read => "reads", Use::Write => "writes" }
    )]
    NotOrdered { deed: &'static str, buffer: Buffer, index: usize, pending: Use, issued: u32, loc: u32 },

    /// A blocking transfer of an element of a device argument before the first wait.
    #[error(
        "{deed} element {index} of {buffer} before the program's first wait: stream work of the caller may still use it, \
         and a blocking transfer is not ordered after the stream; expected a wait first"
    )]
    NotWaited { deed: &'static str, buffer: Buffer, index: usize, loc: u32 },

    /// Two programs of the launch at `launched` use an element, and at least one of them writes it.
    #[error(
        "in kernel {kernel}, the program on {program} {} element {index} of {buffer} that the program on {other} of the same launch {}: \
         expected no order between them to matter",
        match .action { Use::Read => "reads", Use::Write => "writes" },
        match .earlier { Use::Read => "reads", Use::Write => "writes" }
    )]
    Race {
        kernel: Box<str>,
        buffer: Buffer,
        index: usize,
        program: Program,
        action: Use,
        other: Program,
        earlier: Use,
        launched: u32,
        loc: u32,
    },

    /// A launch of more programs than [`MAX_PROGRAMS`](super::MAX_PROGRAMS).
    #[error(
        "launch of kernel {kernel}: expected at most {} programs, found {clusters} clusters of {cores} cores",
        super::MAX_PROGRAMS
    )]
    TooManyPrograms { kernel: Box<str>, clusters: u32, cores: u32, loc: u32 },

    /// A launch of a kernel with barriers on clusters of more cores than [`MAX_TURNS`](super::MAX_TURNS).
    #[error(
        "launch of kernel {kernel}, which has barriers: expected at most {most} cores in a cluster, found {cores}"
    )]
    TooManyCores { kernel: Box<str>, cores: u32, most: u32, loc: u32 },

    /// A program that ends while another one of its cluster waits at the barrier at `loc`, or has ended before
    /// that one came there.
    #[error(
        "in kernel {kernel}, the program on {ended} ends while that on {waiting} waits at a barrier: \
         expected all cores of a cluster to come to the same barriers in the same order"
    )]
    EndedBeforeBarrier { kernel: Box<str>, ended: Program, waiting: Program, launched: u32, loc: u32 },

    /// A program that comes to another barrier than the one at which its cluster waits.
    #[error(
        "in kernel {kernel}, the program on {program} comes to this barrier while that on {waiting} waits at another: \
         expected all cores of a cluster to come to the same barriers in the same order"
    )]
    OtherBarrier { kernel: Box<str>, program: Program, waiting: Program, waits_at: u32, loc: u32 },

    /// A shared allocation that differs from the one that another core of the cluster has made as the same
    /// one of its own, counted from 0.
    #[error(
        "in kernel {kernel}, the program on {program} makes its shared allocation {position} of {elements} x {elem}: \
         expected {} x {} as on another core of the cluster", .first.elements, .first.elem
    )]
    SharedMismatch {
        kernel: Box<str>,
        program: Program,
        position: usize,
        elements: i64,
        elem: Elem,
        first: Buffer,
        loc: u32,
    },

    /// Local memory of the program `owner`, used by another.
    #[error("{deed} {buffer} of {owner} on {program}: expected local memory of its own core")]
    OtherCore { deed: &'static str, buffer: Buffer, owner: Program, program: Program, loc: u32 },

    /// A use of an element that a transfer of the core is still to be delivered into.
    #[error(
        "{deed} element {index} of {buffer} while a transfer of the core into it is under way: expected a wait in between"
    )]
    Landing { deed: &'static str, buffer: Buffer, index: usize, issued: u32, loc: u32 },

    /// A change of an element that a transfer of the core reads.
    #[error(
        "{deed} element {index} of {buffer} while a transfer of the core from it is under way: expected a wait in between"
    )]
    Leaving { deed: &'static str, buffer: Buffer, index: usize, issued: u32, loc: u32 },

    /// A program that ends or comes to a barrier with a transfer under way, issued at `loc`.
    #[error(
        "in kernel {kernel}, the program on {program} {what} while this transfer of its own is under way: expected a wait in between"
    )]
    NotLanded { kernel: Box<str>, program: Program, what: &'static str, loc: u32 },

    /// A kernel access outside a launch, or a command or launch inside one.
    #[error(
        "{what} while {}",
        if *.inside { "a launch is running: expected only loads and stores in a kernel" }
        else { "no launch is running: expected kernel code to run inside one" }
    )]
    Misplaced { what: &'static str, inside: bool, loc: u32 },

    /// The program returns before a d2h into a buffer that the caller sees.
    #[error(
        "the program returns while a d2h into element {index} of {buffer} is in flight: expected a wait before the return"
    )]
    InFlightAtReturn { buffer: Buffer, index: usize, issued: u32, loc: u32 },

    /// A quotient or remainder by 0.
    #[error("division: expected a divisor other than 0, found 0")]
    DivisionByZero { loc: u32 },

    /// A `xpu.require` of the program does not hold.
    #[error("{message}")]
    Contract { message: Box<str>, loc: u32 },
}

impl MachineError {
    /// Location id of the access or command that was refused.
    pub fn loc(&self) -> u32 {
        match self {
            Self::UnknownBuffer { loc, .. }
            | Self::Freed { loc, .. }
            | Self::LaunchOver { loc, .. }
            | Self::OtherCluster { loc, .. }
            | Self::FreedArgument { loc, .. }
            | Self::NegativeSize { loc, .. }
            | Self::OutOfMemory { loc, .. }
            | Self::WrongSpace { loc, .. }
            | Self::WrongElem { loc, .. }
            | Self::OutOfBounds { loc, .. }
            | Self::OutsideView { loc, .. }
            | Self::RangeOutOfBounds { loc, .. }
            | Self::SizeMismatch { loc, .. }
            | Self::Overlap { loc, .. }
            | Self::Unwritten { loc, .. }
            | Self::InFlight { loc, .. }
            | Self::SourceInFlight { loc, .. }
            | Self::NotOrdered { loc, .. }
            | Self::NotWaited { loc, .. }
            | Self::Race { loc, .. }
            | Self::TooManyCores { loc, .. }
            | Self::EndedBeforeBarrier { loc, .. }
            | Self::OtherBarrier { loc, .. }
            | Self::SharedMismatch { loc, .. }
            | Self::TooManyPrograms { loc, .. }
            | Self::Misplaced { loc, .. }
            | Self::InFlightAtReturn { loc, .. }
            | Self::OtherCore { loc, .. }
            | Self::Landing { loc, .. }
            | Self::Leaving { loc, .. }
            | Self::NotLanded { loc, .. }
            | Self::DivisionByZero { loc }
            | Self::Contract { loc, .. } => *loc,
        }
    }

    /// What else to show: a note, and the location id it is about.
    pub fn note(&self) -> Option<(&'static str, u32)> {
        match self {
            Self::Freed { freed, .. } => Some(("freed here", *freed)),
            Self::InFlight { issued, .. } | Self::InFlightAtReturn { issued, .. } => {
                Some(("the d2h was issued here", *issued))
            }
            Self::SourceInFlight { issued, .. } => Some(("the h2d was issued here", *issued)),
            Self::Landing { issued, .. } | Self::Leaving { issued, .. } => {
                Some(("the transfer was issued here", *issued))
            }
            Self::NotOrdered { issued, .. } => Some(("the last such command was issued here", *issued)),
            Self::Race { launched, .. }
            | Self::LaunchOver { launched, .. }
            | Self::EndedBeforeBarrier { launched, .. } => Some(("launched here", *launched)),
            Self::OtherBarrier { waits_at, .. } => Some(("the other barrier", *waits_at)),
            Self::SharedMismatch { first, .. } => Some(("that allocation", first.allocated)),
            Self::Overlap { buffer, .. }
            | Self::WrongSpace { buffer, .. }
            | Self::OtherCluster { buffer, .. }
            | Self::WrongElem { buffer, .. }
            | Self::OutOfBounds { buffer, .. }
            | Self::OutsideView { buffer, .. }
            | Self::RangeOutOfBounds { buffer, .. }
            | Self::Unwritten { buffer, .. }
                if buffer.name.is_none() =>
            {
                Some(("the buffer was allocated here", buffer.allocated))
            }
            _ => None,
        }
    }
}
