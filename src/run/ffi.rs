//! The device runtime as compiled code calls it.
//!
//! Compiled code runs on the thread that entered it, and reaches its machine through a thread-local.

use super::coroutine::{self, Entry};
use super::machine::{Access, Agent, Elem, Machine, Space, View};
use std::cell::RefCell;

/// A run in progress: the machine and what the program has handed out.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) machine: Machine,
    pub(super) kernels: Vec<Kernel>,
    /// What the next kernel with barriers is called with.
    pub(super) passed: Vec<Passed>,
    pub(super) clauses: Vec<super::instrument::Clause>,
    pub(super) results: Vec<Output>,
}

/// A kernel that is launched.
#[derive(Debug, Clone)]
pub(super) struct Kernel {
    pub(super) name: String,
    /// Its code, if the runtime calls it: where it has barriers.
    pub(super) entry: Option<Entry>,
}

/// An argument of a kernel that the runtime calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Passed {
    /// The cluster of the program.
    Cluster,
    /// The core of the program.
    Core,
    /// The same for all programs.
    Scalar(i64),
    /// The same for all programs: address, first element, sizes.
    Buffer { base: usize, offset: i64, dims: Vec<i64> },
}

/// A result as the program returned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output {
    /// A buffer: address, first element, sizes.
    Buffer { base: usize, offset: i64, dims: Vec<i64> },
    /// A scalar.
    Scalar(i64),
}

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

/// Makes a run the one that compiled code on this thread talks to, for the time of `body`.
pub(super) fn with_running(running: Running, body: impl FnOnce()) -> Option<Running> {
    RUNNING.set(Some(running));
    body();
    RUNNING.take()
}

/// Calls from compiled code outside a run have no effect and yield the default.
pub(super) fn running<T: Default>(f: impl FnOnce(&mut Running) -> T) -> T {
    RUNNING.with_borrow_mut(|running| running.as_mut().map(f).unwrap_or_default())
}

/// A rank-1 memref as compiled code passes it by pointer.
#[repr(C)]
struct Descriptor {
    allocated: usize,
    aligned: usize,
    offset: i64,
    size: i64,
    stride: i64,
}

/// Names and addresses of every function, for the JIT.
pub(super) fn symbols() -> Vec<(&'static str, *mut ())> {
    vec![
        ("xpu_rt_load", load as *mut ()),
        ("xpu_rt_store", store as *mut ()),
        ("_mlir_ciface_xpu_rt_alloc_i1", alloc_i1 as *mut ()),
        ("_mlir_ciface_xpu_rt_alloc_i32", alloc_i32 as *mut ()),
        ("_mlir_ciface_xpu_rt_alloc_i64", alloc_i64 as *mut ()),
        ("xpu_rt_free", free as *mut ()),
        ("xpu_rt_transfer", transfer as *mut ()),
        ("xpu_rt_fill", fill as *mut ()),
        ("xpu_rt_wait", wait as *mut ()),
        ("xpu_rt_launch_begin", launch_begin as *mut ()),
        ("xpu_rt_next_program", next_program as *mut ()),
        ("xpu_rt_pass_id", pass_id as *mut ()),
        ("xpu_rt_pass_scalar", pass_scalar as *mut ()),
        ("xpu_rt_pass_buffer", pass_buffer as *mut ()),
        ("xpu_rt_pass_dim", pass_dim as *mut ()),
        ("xpu_rt_run_by_turns", run_by_turns as *mut ()),
        ("xpu_rt_barrier", barrier as *mut ()),
        ("xpu_rt_kernel_wait", kernel_wait as *mut ()),
        ("xpu_rt_launch_end", launch_end as *mut ()),
        ("xpu_rt_divided_by_zero", divided_by_zero as *mut ()),
        ("xpu_rt_fail", fail as *mut ()),
        ("xpu_rt_result", result as *mut ()),
        ("xpu_rt_result_dim", result_dim as *mut ()),
        ("xpu_rt_result_scalar", result_scalar as *mut ()),
    ]
}

fn elem(bits: i32) -> Elem {
    match bits {
        1 => Elem::I1,
        64 => Elem::I64,
        _ => Elem::I32,
    }
}

fn access(base: usize, index: i64, inside: i32, bits: i32, agent: i32, loc: i32) -> Access {
    let agent = if agent == 0 { Agent::Host } else { Agent::Kernel };
    Access { base, index, in_bounds: inside != 0, elem: elem(bits), agent, loc: loc as u32 }
}

extern "C" fn load(base: usize, index: i64, inside: i32, bits: i32, agent: i32, loc: i32) -> i64 {
    running(|r| r.machine.load(access(base, index, inside, bits, agent, loc)))
}

extern "C" fn store(value: i64, base: usize, index: i64, inside: i32, bits: i32, agent: i32, loc: i32) {
    running(|r| r.machine.store(access(base, index, inside, bits, agent, loc), value));
}

fn alloc(out: *mut Descriptor, bits: i32, space: i32, elements: i64, loc: i32) {
    let space = match space {
        0 => Space::Host,
        1 => Space::Device,
        2 => Space::Shared,
        _ => Space::Local,
    };
    let address = running(|r| r.machine.alloc(space, elements, elem(bits), loc as u32));
    let made = Descriptor { allocated: address, aligned: address, offset: 0, size: elements, stride: 1 };
    // SAFETY: the C interface of a function that returns a memref passes a pointer to a descriptor on the
    // caller's stack, aligned and valid for this write.
    unsafe { out.write(made) };
}

extern "C" fn alloc_i1(out: *mut Descriptor, space: i32, elements: i64, loc: i32) {
    alloc(out, 1, space, elements, loc);
}

extern "C" fn alloc_i32(out: *mut Descriptor, space: i32, elements: i64, loc: i32) {
    alloc(out, 32, space, elements, loc);
}

extern "C" fn alloc_i64(out: *mut Descriptor, space: i32, elements: i64, loc: i32) {
    alloc(out, 64, space, elements, loc);
}

extern "C" fn free(base: usize, loc: i32) {
    running(|r| r.machine.free(base, loc as u32));
}

extern "C" fn transfer(
    code: i32,
    src: usize,
    src_offset: i64,
    src_len: i64,
    dst: usize,
    dst_offset: i64,
    dst_len: i64,
    loc: i32,
) {
    let src = View { base: src, offset: src_offset, len: src_len };
    let dst = View { base: dst, offset: dst_offset, len: dst_len };
    running(|r| match code {
        0 | 1 => r.machine.h2d(src, dst, code == 1, loc as u32),
        2 | 3 => r.machine.d2h(src, dst, code == 3, loc as u32),
        4 => r.machine.copy(src, dst, loc as u32),
        _ => r.machine.kernel_copy(src, dst, loc as u32),
    });
}

extern "C" fn fill(base: usize, offset: i64, len: i64, value: i64, loc: i32) {
    running(|r| r.machine.fill(View { base, offset, len }, value, loc as u32));
}

extern "C" fn wait(loc: i32) {
    running(|r| r.machine.wait(loc as u32));
}

extern "C" fn launch_begin(kernel: i32, clusters: i32, cores: i32, loc: i32) -> usize {
    running(|r| {
        let name = r.kernels.get(kernel as usize).map(|kernel| kernel.name.clone()).unwrap_or_default();
        r.machine.launch_begin(&name, clusters as u32, cores as u32, loc as u32) as usize
    })
}

extern "C" fn next_program(k: usize) -> usize {
    running(|r| r.machine.next_program(k as u32) as usize)
}

extern "C" fn pass_id(which: i32) {
    running(|r| r.passed.push(if which == 0 { Passed::Cluster } else { Passed::Core }));
}

extern "C" fn pass_scalar(value: i64) {
    running(|r| r.passed.push(Passed::Scalar(value)));
}

extern "C" fn pass_buffer(base: usize, offset: i64) {
    running(|r| r.passed.push(Passed::Buffer { base, offset, dims: Vec::new() }));
}

extern "C" fn pass_dim(size: i64) {
    running(|r| {
        if let Some(Passed::Buffer { dims, .. }) = r.passed.last_mut() {
            dims.push(size);
        }
    });
}

extern "C" fn run_by_turns(kernel: i32, cores: i32) {
    let found = running(|r| {
        let passed = std::mem::take(&mut r.passed);
        Some((r.kernels.get(kernel as usize)?.entry?, passed))
    });
    if let Some((entry, passed)) = found {
        coroutine::run(entry, &passed, cores as u32);
    }
}

extern "C" fn barrier(number: i32, loc: i32) {
    if running(|r| r.machine.barrier(number as u32, loc as u32)) {
        coroutine::wait();
    }
}

extern "C" fn kernel_wait(loc: i32) {
    running(|r| r.machine.kernel_wait(loc as u32));
}

extern "C" fn launch_end() {
    running(|r| r.machine.launch_end());
}

extern "C" fn divided_by_zero(loc: i32) {
    running(|r| r.machine.divided_by_zero(loc as u32));
}

extern "C" fn fail(clause: i32, bound: i64, found: i64, index: i64, loc: i32) {
    running(|r| {
        let Some(clause) = r.clauses.get(clause as usize) else { return };
        let mut message = format!("{}: expected {} {bound}, found {found}", clause.message, clause.expected);
        if index >= 0 {
            message += &format!(" at [{index}]");
        }
        r.machine.fail(message, loc as u32);
    });
}

extern "C" fn result(_position: i32, base: usize, offset: i64, _loc: i32) {
    running(|r| r.results.push(Output::Buffer { base, offset, dims: Vec::new() }));
}

extern "C" fn result_dim(size: i64) {
    running(|r| {
        if let Some(Output::Buffer { dims, .. }) = r.results.last_mut() {
            dims.push(size);
        }
    });
}

extern "C" fn result_scalar(_position: i32, value: i64, _loc: i32) {
    running(|r| r.results.push(Output::Scalar(value)));
}
