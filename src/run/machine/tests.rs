//! Each refusal has a test that shows it, next to its legal twin.

mod access;
mod clusters;
mod commands;
mod launches;
mod local;
mod shared;

use super::*;

/// Location of whatever is expected to be refused; everything else happens at [`ELSEWHERE`].
const HERE: u32 = 7;
const ELSEWHERE: u32 = 1;

fn machine() -> Machine {
    Machine::new(Options::default())
}

/// An argument of i32 elements.
fn given(machine: &mut Machine, space: Space, values: &[i64]) -> Address {
    machine.argument("given", space, Elem::I32, Contents::Written(values), ELSEWHERE)
}

/// A fresh buffer of i32 elements.
fn fresh(machine: &mut Machine, space: Space, elements: i64) -> Address {
    machine.alloc(space, elements, Elem::I32, ELSEWHERE)
}

fn view(base: Address, offset: i64, len: i64) -> View {
    View { base, offset, len }
}

fn at(base: Address, index: i64, agent: Agent) -> Access {
    Access { base, index, in_bounds: true, elem: Elem::I32, agent, loc: HERE }
}

fn host(base: Address, index: i64) -> Access {
    at(base, index, Agent::Host)
}

fn kernel(base: Address, index: i64) -> Access {
    at(base, index, Agent::Kernel)
}

/// Launches `programs` programs of `body`, which gets the linear id.
fn launch(machine: &mut Machine, programs: u32, mut body: impl FnMut(&mut Machine, i64)) {
    for k in 0..machine.launch_begin("body", 1, programs, ELSEWHERE) {
        let id = machine.next_program(k);
        body(machine, i64::from(id));
    }
    machine.launch_end();
}

/// Launches `clusters` times `cores` programs that take turns. `body` runs a program, given by its id, for its
/// `turn`-th time, counted from 0, and returns the barrier that it comes to at HERE; none at its end.
fn by_turns(
    machine: &mut Machine,
    [clusters, cores]: [u32; 2],
    mut body: impl FnMut(&mut Machine, i64, usize) -> Option<u32>,
) {
    let programs = machine.launch_begin("k", clusters, cores, 3);
    let mut turns = vec![0; programs as usize];
    while let Some(id) = machine.next_turn() {
        let turn = &mut turns[id as usize];
        match body(machine, i64::from(id), *turn) {
            Some(barrier) => assert_eq!(machine.barrier(barrier, HERE), !machine.failed()),
            None => machine.ended(),
        }
        *turn += 1;
    }
    machine.launch_end();
}

/// The machine's error, which must have come from `HERE`.
#[track_caller]
fn refused(machine: Machine) -> MachineError {
    let error = machine.finish().expect_err("the machine must refuse this");
    assert_eq!(error.loc(), HERE, "{error}");
    error
}

#[track_caller]
fn accepted(machine: Machine) -> Report {
    machine.finish().unwrap_or_else(|error| panic!("{error}"))
}

macro_rules! assert_refused {
    ($machine:expr, $pattern:pat, $message:expr) => {
        let error = refused($machine);
        assert!(matches!(error, $pattern), "{error:?}");
        assert_eq!(error.to_string(), $message);
    };
}
use assert_refused;

#[test]
fn the_first_error_is_kept_and_nothing_happens_afterwards() {
    let mut m = machine();
    let a = given(&mut m, Space::Host, &[5]);
    let d = fresh(&mut m, Space::Device, 1);
    m.fail("n: expected at most 5, found 8", HERE);
    m.fail("a later one", ELSEWHERE);
    assert!(m.failed());
    assert_eq!(m.load(host(a, 0)), 0);
    m.store(host(a, 0), 9);
    m.h2d(view(a, 0, 1), view(d, 0, 1), true, ELSEWHERE);
    m.wait(ELSEWHERE);
    m.free(d, ELSEWHERE);
    m.at_return(&[d], ELSEWHERE);
    assert_eq!(m.alloc(Space::Host, 1, Elem::I32, ELSEWHERE), 0);
    assert_eq!(m.launch_begin("k", 1, 1, ELSEWHERE), 0);
    assert_eq!(m.read_back(view(a, 0, 1)), Some(vec![Some(5)]));
    assert_eq!(m.report().commands, Commands { device_allocs: 1, ..Commands::default() });
    assert_refused!(m, MachineError::Contract { .. }, "n: expected at most 5, found 8");
}

#[test]
fn fast_mode_performs_and_counts() {
    let mut m = Machine::new(Options { seed: 3, fast: true, ..Options::default() });
    let a = given(&mut m, Space::Host, &[1, 2]);
    let d = fresh(&mut m, Space::Device, 4);
    let b = fresh(&mut m, Space::Host, 4);
    m.fill(view(d, 0, 4), 9, ELSEWHERE);
    m.h2d(view(a, 0, 2), view(d, 0, 2), false, ELSEWHERE);
    m.copy(view(d, 0, 1), view(d, 3, 1), ELSEWHERE);
    let mut order = vec![];
    launch(&mut m, 3, |_, id| order.push(id));
    m.d2h(view(d, 0, 4), view(b, 0, 4), true, ELSEWHERE);
    assert_eq!(order, [0, 1, 2]);
    assert_eq!(m.read_back(view(b, 0, 4)), Some(vec![Some(1), Some(2), Some(9), Some(1)]));
    // Plain stores of compiled code may follow a failure, so allocation must go on.
    m.fail("stop", HERE);
    assert_ne!(fresh(&mut m, Space::Host, 4), 0);
    let commands =
        Commands { launches: 1, h2d: 1, d2h: 1, d2d: 1, fills: 1, device_allocs: 1, ..Commands::default() };
    assert_eq!(
        m.report(),
        Report { commands, bytes: Bytes { h2d: 8, d2h: 16, d2d: 4 }, ..Report::default() }
    );
}

#[test]
fn fast_mode_keeps_commands_inside_memory() {
    let mut m = Machine::new(Options { fast: true, ..Options::default() });
    let a = given(&mut m, Space::Host, &[1, 2]);
    let d = fresh(&mut m, Space::Device, 1);
    m.h2d(view(a, 0, 2), view(d, 0, 2), false, HERE);
    assert_refused!(
        m,
        MachineError::RangeOutOfBounds { .. },
        "h2d writes 2 elements from 0 on of a device buffer of 1 x i32: expected a range inside the buffer"
    );
}

#[test]
fn counters_are_reported_in_a_fixed_order() {
    let mut m = machine();
    let a = given(&mut m, Space::Host, &[1, 2, 3]);
    let b = fresh(&mut m, Space::Host, 3);
    let d = fresh(&mut m, Space::Device, 3);
    m.copy(view(a, 0, 3), view(b, 0, 3), ELSEWHERE);
    m.h2d(view(a, 0, 0), view(d, 3, 0), true, ELSEWHERE);
    launch(&mut m, 0, |_, _| unreachable!());
    m.at_return(&[], ELSEWHERE);
    assert_eq!(
        serde_json::to_string(&accepted(m)).unwrap(),
        r#"{"commands":{"launches":1,"h2d":1,"d2h":0,"d2d":0,"fills":0,"waits":0,"device_allocs":1,"host_copies":1},"bytes":{"h2d":0,"d2h":0,"d2d":0}}"#
    );
}

#[test]
fn stored_values_wrap_to_their_width() {
    for (elem, stored, loaded) in [
        (Elem::I1, -1, 1),
        (Elem::I1, 2, 0),
        (Elem::I32, 0xffff_ffff, -1),
        (Elem::I32, 1 << 31, -(1 << 31)),
        (Elem::I64, i64::MIN, i64::MIN),
    ] {
        let mut m = machine();
        let a = m.alloc(Space::Host, 1, elem, ELSEWHERE);
        let access = Access { elem, ..host(a, 0) };
        m.store(access, stored);
        assert_eq!(m.load(access), loaded, "{elem}");
        accepted(m);
    }
}

#[test]
fn unknown_buffer() {
    let mut m = machine();
    let a = given(&mut m, Space::Host, &[1, 2]);
    assert_eq!(m.load(host(a, 1)), 2);
    // An address inside a buffer is not the buffer's.
    m.load(host(a + 4, 0));
    assert_refused!(
        m,
        MachineError::UnknownBuffer { .. },
        "host reads memory that is no buffer: expected one that the program was given or has allocated"
    );
}

#[test]
fn null_is_no_buffer() {
    let mut m = machine();
    m.free(0, HERE);
    assert!(matches!(refused(m), MachineError::UnknownBuffer { address: 0, .. }));
}

#[test]
fn empty_buffers_are_distinct() {
    let mut m = machine();
    let (a, b) = (fresh(&mut m, Space::Host, 0), fresh(&mut m, Space::Host, 0));
    assert_ne!(a, b);
    assert_eq!(m.buffer(a).map(|buffer| buffer.elements), Some(0));
    m.free(a, ELSEWHERE);
    assert_eq!(m.buffer(a), None);
    m.free(b, ELSEWHERE);
    accepted(m);
}

#[test]
fn negative_size() {
    let mut m = machine();
    m.alloc(Space::Device, -3, Elem::I64, HERE);
    assert_refused!(
        m,
        MachineError::NegativeSize { .. },
        "alloc of device memory: expected a size of at least 0, found -3 x i64"
    );
}

#[test]
fn out_of_memory() {
    let mut m = machine();
    fresh(&mut m, Space::Host, 4);
    m.alloc(Space::Host, 1 << 30, Elem::I32, HERE);
    assert_refused!(
        m,
        MachineError::OutOfMemory { .. },
        "alloc of host memory: expected a size of at most the 1073741808 bytes left, found 1073741824 x i32"
    );
}

#[test]
fn out_of_memory_where_the_size_overflows() {
    let mut m = machine();
    m.alloc(Space::Host, i64::MAX, Elem::I64, HERE);
    assert!(matches!(refused(m), MachineError::OutOfMemory { .. }));
}

#[test]
fn used_after_free() {
    let mut m = machine();
    let a = fresh(&mut m, Space::Host, 2);
    m.store(host(a, 0), 1);
    m.free(a, 3);
    // Not at the same address, or the stale one would mean the new buffer.
    assert_ne!(fresh(&mut m, Space::Host, 2), a);
    m.load(host(a, 0));
    let error = refused(m);
    assert_eq!(error.to_string(), "host reads a host buffer of 2 x i32 after it was freed");
    assert_eq!(error.note(), Some(("freed here", 3)));
}

#[test]
fn freed_twice() {
    let mut m = machine();
    let a = fresh(&mut m, Space::Device, 2);
    m.free(a, ELSEWHERE);
    m.free(a, HERE);
    assert!(matches!(refused(m), MachineError::Freed { .. }));
}

#[test]
fn freed_argument() {
    let mut m = machine();
    let a = given(&mut m, Space::Host, &[1]);
    m.free(a, HERE);
    assert_refused!(
        m,
        MachineError::FreedArgument { .. },
        "free releases 'given' (1 x i32 on the host): expected a buffer that the program has allocated, found an argument"
    );
}

#[test]
fn freed_while_in_flight() {
    for wait in [true, false] {
        let mut m = machine();
        let d = given(&mut m, Space::Device, &[1]);
        let a = fresh(&mut m, Space::Host, 1);
        m.d2h(view(d, 0, 1), view(a, 0, 1), false, 2);
        if wait {
            m.wait(ELSEWHERE);
            m.free(a, ELSEWHERE);
            accepted(m);
        } else {
            m.free(a, HERE);
            assert!(matches!(
                refused(m),
                MachineError::InFlight { deed: "free releases", index: 0, issued: 2, .. }
            ));
        }
    }
}

#[test]
fn staging_buffer_freed_while_in_flight() {
    let mut m = machine();
    let d = fresh(&mut m, Space::Device, 1);
    let a = fresh(&mut m, Space::Host, 1);
    m.h2d(view(a, 0, 1), view(d, 0, 1), false, 2);
    m.free(a, HERE);
    assert!(matches!(refused(m), MachineError::SourceInFlight { issued: 2, .. }));
}

#[test]
fn device_buffers_are_freed_in_stream_order() {
    let mut m = machine();
    let d = fresh(&mut m, Space::Device, 2);
    launch(&mut m, 2, |m, id| m.store(kernel(d, id), id));
    m.free(d, ELSEWHERE);
    m.wait(ELSEWHERE);
    accepted(m);
}

#[test]
fn returned_buffer_was_freed() {
    for freed in [true, false] {
        let mut m = machine();
        let a = fresh(&mut m, Space::Host, 2);
        if freed {
            m.free(a, ELSEWHERE);
            m.at_return(&[a], HERE);
            assert_refused!(
                m,
                MachineError::Freed { .. },
                "return hands out a host buffer of 2 x i32 after it was freed"
            );
        } else {
            m.at_return(&[a], ELSEWHERE);
            accepted(m);
        }
    }
}

#[test]
fn returned_buffer_in_flight() {
    let mut m = machine();
    let d = given(&mut m, Space::Device, &[1, 2]);
    let a = fresh(&mut m, Space::Host, 2);
    m.d2h(view(d, 1, 1), view(a, 1, 1), false, 2);
    m.at_return(&[a], HERE);
    let error = refused(m);
    assert_eq!(
        error.to_string(),
        "the program returns while a d2h into element 1 of a host buffer of 2 x i32 is in flight: expected a wait before the return"
    );
    assert_eq!(error.note(), Some(("the d2h was issued here", 2)));
}

#[test]
fn argument_in_flight_at_return() {
    for wait in [true, false] {
        let mut m = machine();
        let d = given(&mut m, Space::Device, &[1, 2]);
        let a = m.argument("twin", Space::Host, Elem::I32, Contents::Unwritten(2), ELSEWHERE);
        m.d2h(view(d, 0, 2), view(a, 0, 2), false, 2);
        if wait {
            m.wait(ELSEWHERE);
            m.at_return(&[], ELSEWHERE);
            assert_eq!(m.read_back(view(a, 0, 2)), Some(vec![Some(1), Some(2)]));
            accepted(m);
        } else {
            m.at_return(&[], HERE);
            assert!(matches!(refused(m), MachineError::InFlightAtReturn { index: 0, .. }));
        }
    }
}

#[test]
fn return_drains_the_stream_without_counting_a_wait() {
    let mut m = machine();
    let d = given(&mut m, Space::Device, &[4]);
    let scratch = fresh(&mut m, Space::Host, 1);
    m.d2h(view(d, 0, 1), view(scratch, 0, 1), false, ELSEWHERE);
    assert_eq!(m.read_back(view(scratch, 0, 1)), Some(vec![None]));
    m.at_return(&[], ELSEWHERE);
    assert_eq!(m.read_back(view(scratch, 0, 1)), Some(vec![Some(4)]));
    assert_eq!(accepted(m).commands.waits, 0);
}

#[test]
fn read_back_shows_what_was_never_written() {
    let mut m = machine();
    let a = m.argument("out", Space::Device, Elem::I1, Contents::Unwritten(3), ELSEWHERE);
    m.fill(view(a, 1, 1), 1, ELSEWHERE);
    assert_eq!(m.read_back(view(a, 0, 3)), Some(vec![None, Some(1), None]));
    assert_eq!(m.read_back(view(a, 0, 4)), None);
    assert_eq!(m.read_back(view(a + 1, 0, 1)), None);
    accepted(m);
}
