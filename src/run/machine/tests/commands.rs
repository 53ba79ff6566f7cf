//! Transfers, copies, fills, waits.

use super::*;

/// A machine with a host and a device argument of three elements each; the caller's work on them is over.
fn both() -> (Machine, Address, Address) {
    let mut m = machine();
    let a = given(&mut m, Space::Host, &[1, 2, 3]);
    let d = given(&mut m, Space::Device, &[4, 5, 6]);
    m.wait(ELSEWHERE);
    (m, a, d)
}

/// Commands on a machine's host and device buffer.
type Issue = fn(&mut Machine, Address, Address);

fn read(machine: &Machine, base: Address, len: i64) -> Vec<Option<i64>> {
    machine.read_back(view(base, 0, len)).expect("a live buffer")
}

#[test]
fn transfers_reach_their_destination() {
    for blocking in [true, false] {
        let (mut m, a, d) = both();
        m.h2d(view(a, 0, 2), view(d, 1, 2), blocking, ELSEWHERE);
        assert_eq!(read(&m, d, 3), [Some(4), Some(1), Some(2)]);
        m.wait(ELSEWHERE);
        m.d2h(view(d, 0, 1), view(a, 2, 1), blocking, ELSEWHERE);
        m.wait(ELSEWHERE);
        assert_eq!(read(&m, a, 3), [Some(1), Some(2), Some(4)]);
        let report = accepted(m);
        assert_eq!(report.commands, Commands { h2d: 1, d2h: 1, waits: 3, ..Commands::default() });
        assert_eq!(report.bytes, Bytes { h2d: 8, d2h: 4, d2d: 0 });
    }
}

#[test]
fn an_asynchronous_d2h_captures_what_it_finds() {
    let (mut m, a, _) = both();
    let d = fresh(&mut m, Space::Device, 1);
    m.fill(view(d, 0, 1), 8, ELSEWHERE);
    m.d2h(view(d, 0, 1), view(a, 0, 1), false, ELSEWHERE);
    m.fill(view(d, 0, 1), 9, ELSEWHERE);
    m.free(d, ELSEWHERE);
    m.wait(ELSEWHERE);
    assert_eq!(m.load(host(a, 0)), 8);
    accepted(m);
}

#[test]
fn poison_travels() {
    let mut m = machine();
    let (a, b) = (fresh(&mut m, Space::Host, 2), fresh(&mut m, Space::Host, 2));
    let (c, d) = (given(&mut m, Space::Device, &[1, 1]), given(&mut m, Space::Device, &[1, 1]));
    m.store(host(a, 0), 7);
    m.h2d(view(a, 0, 2), view(c, 0, 2), false, ELSEWHERE);
    m.copy(view(c, 0, 2), view(d, 0, 2), ELSEWHERE);
    m.d2h(view(d, 0, 2), view(b, 0, 2), false, ELSEWHERE);
    m.wait(ELSEWHERE);
    for base in [c, d, b] {
        assert_eq!(read(&m, base, 2), [Some(7), None]);
    }
    m.load(host(b, 1));
    assert!(matches!(refused(m), MachineError::Unwritten { .. }));
}

#[test]
fn wrong_memories() {
    let cases: [(&str, Issue); 6] = [
        ("h2d reads 'given' (3 x i32 on the device): expected a host buffer", |m, _, d| {
            m.h2d(view(d, 0, 1), view(d, 1, 1), false, HERE)
        }),
        ("h2d writes 'given' (3 x i32 on the host): expected a device buffer", |m, a, _| {
            m.h2d(view(a, 0, 1), view(a, 1, 1), true, HERE)
        }),
        ("d2h reads 'given' (3 x i32 on the host): expected a device buffer", |m, a, _| {
            m.d2h(view(a, 0, 1), view(a, 1, 1), false, HERE)
        }),
        ("d2h writes 'given' (3 x i32 on the device): expected a host buffer", |m, _, d| {
            m.d2h(view(d, 0, 1), view(d, 1, 1), true, HERE)
        }),
        ("copy writes 'given' (3 x i32 on the device): expected a host buffer", |m, a, d| {
            m.copy(view(a, 0, 1), view(d, 1, 1), HERE)
        }),
        ("fill writes 'given' (3 x i32 on the host): expected a device buffer", |m, a, _| {
            m.fill(view(a, 0, 1), 0, HERE)
        }),
    ];
    for (message, command) in cases {
        let (mut m, a, d) = both();
        command(&mut m, a, d);
        assert_refused!(m, MachineError::WrongSpace { .. }, message);
    }
}

#[test]
fn ranges_outside_the_buffer() {
    for (offset, len) in [(-1, 1), (0, 4), (3, 1), (0, -1), (i64::MAX, 1), (1, i64::MAX)] {
        let (mut m, a, d) = both();
        // At the very end, nothing fits, and nothing is copied.
        m.h2d(view(a, 3, 0), view(d, 3, 0), true, ELSEWHERE);
        m.h2d(view(a, offset, len), view(d, 0, 1), true, HERE);
        assert_refused!(
            m,
            MachineError::RangeOutOfBounds { .. },
            format!(
                "h2d reads {len} elements from {offset} on of 'given' (3 x i32 on the host): expected a range inside the buffer"
            )
        );
    }
}

#[test]
fn sizes_differ() {
    let (mut m, a, d) = both();
    m.h2d(view(a, 0, 3), view(d, 0, 2), true, HERE);
    assert_refused!(
        m,
        MachineError::SizeMismatch { .. },
        "h2d: expected ranges of equal size, found 3 elements of 'given' (3 x i32 on the host) \
         to be written to 2 elements of 'given' (3 x i32 on the device)"
    );
}

#[test]
fn element_types_differ() {
    let (mut m, a, _) = both();
    let d = m.alloc(Space::Device, 3, Elem::I64, ELSEWHERE);
    m.h2d(view(a, 0, 3), view(d, 0, 3), true, HERE);
    assert_refused!(
        m,
        MachineError::WrongElem { .. },
        "h2d writes a device buffer of 3 x i64: expected elements of type i32"
    );
}

#[test]
fn copies() {
    let (mut m, a, d) = both();
    m.copy(view(d, 0, 1), view(d, 1, 1), ELSEWHERE);
    m.copy(view(a, 2, 1), view(a, 0, 1), ELSEWHERE);
    assert_eq!(read(&m, d, 3), [Some(4), Some(4), Some(6)]);
    assert_eq!(read(&m, a, 3), [Some(3), Some(2), Some(3)]);
    let report = accepted(m);
    assert_eq!(report.commands, Commands { d2d: 1, waits: 1, host_copies: 1, ..Commands::default() });
    assert_eq!(report.bytes, Bytes { d2d: 4, ..Bytes::default() });
}

#[test]
fn overlapping_copies() {
    for on_device in [true, false] {
        let (mut m, a, d) = both();
        let base = if on_device { d } else { a };
        m.copy(view(base, 1, 0), view(base, 1, 0), ELSEWHERE);
        m.copy(view(base, 0, 2), view(base, 1, 2), HERE);
        let space = if on_device { "device" } else { "host" };
        assert_refused!(
            m,
            MachineError::Overlap { .. },
            format!(
                "copy of 2 elements inside 'given' (3 x i32 on the {space}) from 0 on to 1 on: expected ranges that do not overlap"
            )
        );
    }
}

#[test]
fn fill_sets_and_counts() {
    let mut m = machine();
    let d = m.alloc(Space::Device, 3, Elem::I64, ELSEWHERE);
    m.fill(view(d, 1, 2), -1, ELSEWHERE);
    assert_eq!(read(&m, d, 3), [None, Some(-1), Some(-1)]);
    assert_eq!(accepted(m).commands, Commands { fills: 1, device_allocs: 1, ..Commands::default() });
}

/// What may be pending on element 0 of the device buffer, whether it writes it, and how to issue it with
/// the host and device buffer.
const PENDING: [(&str, bool, Issue); 8] = [
    ("kernel store", true, |m, _, d| launch(m, 1, |m, _| m.store(kernel(d, 0), 1))),
    ("kernel load", false, |m, _, d| {
        launch(m, 1, |m, _| {
            m.load(kernel(d, 0));
        })
    }),
    ("fill", true, |m, _, d| m.fill(view(d, 0, 1), 1, ELSEWHERE)),
    ("d2d to", true, |m, _, d| m.copy(view(d, 1, 1), view(d, 0, 1), ELSEWHERE)),
    ("d2d from", false, |m, _, d| m.copy(view(d, 0, 1), view(d, 1, 1), ELSEWHERE)),
    ("h2d", true, |m, a, d| m.h2d(view(a, 1, 1), view(d, 0, 1), false, ELSEWHERE)),
    ("blocking h2d is complete", false, |m, a, d| {
        m.h2d(view(a, 1, 1), view(d, 0, 1), true, ELSEWHERE);
        m.d2h(view(d, 0, 1), view(a, 1, 1), false, ELSEWHERE)
    }),
    ("d2h", false, |m, a, d| m.d2h(view(d, 0, 1), view(a, 1, 1), false, ELSEWHERE)),
];

#[test]
fn blocking_d2h_of_pending_writes() {
    for (what, writes, command) in PENDING {
        let (mut m, a, d) = both();
        command(&mut m, a, d);
        m.d2h(view(d, 2, 1), view(a, 2, 1), true, ELSEWHERE);
        m.d2h(view(d, 0, 1), view(a, 0, 1), true, HERE);
        if writes {
            let error = refused(m);
            let MachineError::NotOrdered { pending: Use::Write, issued: ELSEWHERE, .. } = error else {
                panic!("{what}: {error:?}")
            };
            assert_eq!(
                error.to_string(),
                "blocking d2h reads element 0 of 'given' (3 x i32 on the device) while stream work that writes it is pending: \
                 a blocking transfer is not ordered after the stream; expected a wait first"
            );
        } else {
            accepted(m);
        }
        // The twin: the same after a wait, and the same in stream order.
        for wait in [true, false] {
            let (mut m, a, d) = both();
            command(&mut m, a, d);
            if wait {
                m.wait(ELSEWHERE);
            }
            m.d2h(view(d, 0, 1), view(a, 0, 1), wait, ELSEWHERE);
            accepted(m);
        }
    }
}

#[test]
fn blocking_h2d_into_pending_use() {
    for (what, writes, command) in PENDING {
        let (mut m, a, d) = both();
        let other = fresh(&mut m, Space::Device, 1);
        command(&mut m, a, d);
        // The published op uploads right after launches, to buffers that they do not use.
        m.h2d(view(a, 0, 1), view(other, 0, 1), true, ELSEWHERE);
        m.h2d(view(a, 0, 1), view(d, 0, 1), true, HERE);
        let expected = if writes { Use::Write } else { Use::Read };
        let error = refused(m);
        let MachineError::NotOrdered { deed: "blocking h2d writes", pending, .. } = error else {
            panic!("{what}: {error:?}")
        };
        assert_eq!(pending, expected, "{what}");
        for wait in [true, false] {
            let (mut m, a, d) = both();
            command(&mut m, a, d);
            if wait {
                m.wait(ELSEWHERE);
            }
            m.h2d(view(a, 0, 1), view(d, 0, 1), wait, ELSEWHERE);
            accepted(m);
        }
    }
}

#[test]
fn commands_on_a_destination_in_flight() {
    let uses: [Issue; 5] = [
        |m, a, d| m.h2d(view(a, 0, 1), view(d, 0, 1), false, HERE),
        |m, a, d| m.h2d(view(a, 0, 1), view(d, 1, 1), true, HERE),
        |m, a, d| m.d2h(view(d, 0, 1), view(a, 0, 1), false, HERE),
        |m, a, _| m.copy(view(a, 0, 1), view(a, 1, 1), HERE),
        |m, a, _| m.copy(view(a, 1, 1), view(a, 0, 1), HERE),
    ];
    for (command, wait) in uses.iter().flat_map(|command| [(command, true), (command, false)]) {
        let (mut m, a, d) = both();
        m.d2h(view(d, 0, 1), view(a, 0, 1), false, 2);
        if wait {
            m.wait(ELSEWHERE);
        }
        command(&mut m, a, d);
        if wait {
            accepted(m);
        } else {
            assert!(matches!(refused(m), MachineError::InFlight { index: 0, issued: 2, .. }));
        }
    }
}

#[test]
fn commands_on_a_source_in_flight() {
    let writes: [Issue; 3] = [
        |m, a, d| m.d2h(view(d, 1, 1), view(a, 0, 1), false, HERE),
        |m, a, d| m.d2h(view(d, 1, 1), view(a, 0, 1), true, HERE),
        |m, a, _| m.copy(view(a, 1, 1), view(a, 0, 1), HERE),
    ];
    for (command, wait) in writes.iter().flat_map(|command| [(command, true), (command, false)]) {
        let (mut m, a, d) = both();
        m.h2d(view(a, 0, 1), view(d, 0, 1), false, 2);
        // Reading it again is harmless.
        m.h2d(view(a, 0, 1), view(d, 2, 1), true, ELSEWHERE);
        m.copy(view(a, 0, 1), view(a, 2, 1), ELSEWHERE);
        if wait {
            m.wait(ELSEWHERE);
        }
        command(&mut m, a, d);
        if wait {
            accepted(m);
        } else {
            assert!(matches!(refused(m), MachineError::SourceInFlight { index: 0, issued: 2, .. }));
        }
    }
}

#[test]
fn blocking_transfers_of_arguments_before_the_first_wait() {
    let blocking: [(&str, Issue); 2] = [
        ("blocking d2h reads", |m, a, d| m.d2h(view(d, 1, 2), view(a, 0, 2), true, HERE)),
        ("blocking h2d writes", |m, a, d| m.h2d(view(a, 0, 2), view(d, 1, 2), true, HERE)),
    ];
    let entered = || {
        let mut m = machine();
        let a = given(&mut m, Space::Host, &[1, 2, 3]);
        let d = given(&mut m, Space::Device, &[4, 5, 6]);
        (m, a, d)
    };
    for (deed, command) in blocking {
        let (mut m, a, d) = entered();
        // In stream order, of a buffer of the program, or of nothing, it is fine.
        m.h2d(view(a, 2, 1), view(d, 0, 1), false, ELSEWHERE);
        let own = fresh(&mut m, Space::Device, 1);
        m.h2d(view(a, 0, 1), view(own, 0, 1), true, ELSEWHERE);
        m.d2h(view(own, 0, 1), view(a, 1, 1), true, ELSEWHERE);
        m.d2h(view(d, 0, 0), view(a, 1, 0), true, ELSEWHERE);
        command(&mut m, a, d);
        assert_refused!(
            m,
            MachineError::NotWaited { index: 1, .. },
            format!(
                "{deed} element 1 of 'given' (3 x i32 on the device) before the program's first wait: stream work of the \
                 caller may still use it, and a blocking transfer is not ordered after the stream; expected a wait first"
            )
        );
        let (mut m, a, d) = entered();
        m.wait(ELSEWHERE);
        command(&mut m, a, d);
        accepted(m);
    }
}
