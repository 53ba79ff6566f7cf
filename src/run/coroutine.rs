//! Kernels with barriers: the programs of a cluster are coroutines that the machine gives turns.

use super::ffi::{Passed, running};
use super::jit::descriptor;
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::cell::{Cell, RefCell};

/// Stack of one program, in bytes: address space, of which pages that are used cost memory. Far above what
/// a kernel needs, whose arrays are buffers of the machine.
const STACK_BYTES: usize = 256 << 10;

/// Code of a kernel: takes a list with the address of each argument.
pub(super) type Entry = unsafe extern "C" fn(*mut *mut ());

type Program = Coroutine<(), (), (), DefaultStack>;

thread_local! {
    /// Of the coroutine that runs on this thread.
    static YIELDER: Cell<Option<*const Yielder<(), ()>>> = const { Cell::new(None) };
    /// Stacks that no coroutine uses; making them costs more than most kernels.
    static STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
}

/// Runs all programs of the open launch, by turns.
pub(super) fn run(entry: Entry, passed: &[Passed], cores: u32) {
    // Scalars and memref descriptors, which all programs share, and for each core its ids and where to find all
    // that it is called with. These lists do not move any more.
    let mut words: Vec<Vec<i64>> = passed.iter().map(words).collect();
    let mut shared: Vec<*mut i64> = words.iter_mut().map(|words| words.as_mut_ptr()).collect();
    let mut ids: Vec<[Cell<i64>; 2]> = Vec::new();
    let mut lists: Vec<Vec<*mut ()>> = Vec::new();
    let mut programs: Vec<Option<Program>> = Vec::new();
    // The machine says which programs run, and refuses more cores than can have a stack.
    while let Some(linear) = running(|r| r.machine.next_turn()) {
        if programs.is_empty() {
            ids.resize_with(cores as usize, Default::default);
            programs.resize_with(cores as usize, || None);
            lists.extend(ids.iter().map(|ids| list(passed, &mut shared, ids)));
        }
        let (cluster, core) = (linear / cores, (linear % cores) as usize);
        let program = match programs[core].take() {
            Some(program) => Some(program),
            None => {
                ids[core][0].set(i64::from(cluster));
                ids[core][1].set(core as i64);
                start(entry, lists[core].as_mut_ptr())
            }
        };
        let Some(mut program) = program else {
            running(|r| r.machine.no_stack());
            break;
        };
        match program.resume(()) {
            CoroutineResult::Yield(()) => programs[core] = Some(program),
            CoroutineResult::Return(()) => {
                running(|r| r.machine.ended());
                STACKS.with_borrow_mut(|stacks| stacks.push(program.into_stack()));
            }
        }
    }
    for mut program in programs.into_iter().flatten() {
        // SAFETY: a coroutine that waits has the frames of `start`, of compiled code and of the runtime's
        // barrier on its stack, none of which owns anything.
        unsafe { program.force_reset() };
        STACKS.with_borrow_mut(|stacks| stacks.push(program.into_stack()));
    }
}

/// The running program waits for its next turn.
pub(super) fn wait() {
    if let Some(yielder) = YIELDER.get() {
        // SAFETY: set by the coroutine that runs, whose yielder lives as long as its stack, on which this is.
        unsafe { &*yielder }.suspend(());
        YIELDER.set(Some(yielder));
    }
}

/// A program that has yet to run; none without memory for its stack.
fn start(entry: Entry, arguments: *mut *mut ()) -> Option<Program> {
    let stack = STACKS.with_borrow_mut(Vec::pop).or_else(|| DefaultStack::new(STACK_BYTES).ok())?;
    Some(Coroutine::with_stack(stack, move |yielder, ()| {
        YIELDER.set(Some(std::ptr::from_ref(yielder)));
        // SAFETY: the list has an address for each argument of the kernel, as compiled code has passed them;
        // it and what it points to live until no program runs any more.
        unsafe { entry(arguments) };
        YIELDER.set(None);
    }))
}

/// Where a program finds each argument.
fn list(passed: &[Passed], shared: &mut [*mut i64], [cluster, core]: &[Cell<i64>; 2]) -> Vec<*mut ()> {
    let address = |(passed, words): (&Passed, &mut *mut i64)| match passed {
        Passed::Cluster => cluster.as_ptr().cast(),
        Passed::Core => core.as_ptr().cast(),
        Passed::Scalar(_) => words.cast(),
        // The C interface takes a pointer to the descriptor, and packing one more.
        Passed::Buffer { .. } => std::ptr::from_mut(words).cast(),
    };
    passed.iter().zip(shared).map(address).collect()
}

fn words(passed: &Passed) -> Vec<i64> {
    match passed {
        Passed::Cluster | Passed::Core => Vec::new(),
        Passed::Scalar(value) => vec![*value],
        Passed::Buffer { base, offset, dims } => descriptor(*base, *offset, dims),
    }
}
