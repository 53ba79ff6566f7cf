//! Local memory, and transfers of a core.

use super::*;

fn local(machine: &mut Machine, elements: i64) -> Address {
    machine.alloc(Space::Local, elements, Elem::I32, HERE)
}

#[test]
fn local_memory_is_of_one_core_and_starts_unwritten() {
    let mut m = machine();
    for _ in 0..2 {
        launch(&mut m, 3, |m, id| {
            let mine = local(m, 2);
            m.store(kernel(mine, 1), id);
            assert_eq!(m.load(kernel(mine, 1)), id);
        });
    }
    accepted(m);
    let mut m = machine();
    launch(&mut m, 2, |m, _| {
        let mine = local(m, 1);
        m.load(kernel(mine, 0));
    });
    assert!(matches!(refused(m), MachineError::Unwritten { .. }));
}

#[test]
fn local_memory_of_another_core() {
    let mut m = machine();
    let mut first = None;
    by_turns(&mut m, [1, 2], |m, _, turn| {
        let mine = if turn == 0 { local(m, 1) } else { 0 };
        m.store(kernel(*first.get_or_insert(mine), 0), 1);
        (turn == 0).then_some(0)
    });
    let MachineError::OtherCore { owner, program, .. } = refused(m) else {
        panic!("expected a refusal because of another core")
    };
    assert_ne!(owner, program);
}

#[test]
fn local_memory_after_its_core_has_ended() {
    let mut m = machine();
    let mut first = None;
    launch(&mut m, 2, |m, _| match first {
        None => first = Some(local(m, 1)),
        Some(first) => m.store(kernel(first, 0), 1),
    });
    assert!(matches!(refused(m), MachineError::LaunchOver { .. }));
}

#[test]
fn local_memory_exhausted() {
    for fast in [false, true] {
        let mut m = Machine::new(Options { local_bytes: 16, fast, ..Options::default() });
        launch(&mut m, 2, |m, _| assert_ne!(local(m, 4), 0));
        launch(&mut m, 1, |m, _| {
            local(m, 4);
            local(m, 1);
        });
        assert_refused!(
            m,
            MachineError::OutOfMemory { .. },
            "alloc of local memory: expected a size of at most the 0 bytes left, found 1 x i32"
        );
    }
    let mut m = machine();
    local(&mut m, 1);
    assert!(matches!(refused(m), MachineError::Misplaced { inside: false, .. }));
}

/// One program fetches two elements, doubles them and sends them back; `skip` names a wait to leave out.
fn double(skip: usize, seed: u64) -> Machine {
    let mut m = Machine::new(Options { seed, ..Options::default() });
    let (x, y) = (given(&mut m, Space::Device, &[3, 4]), fresh(&mut m, Space::Device, 2));
    launch(&mut m, 1, |m, _| {
        let mine = m.alloc(Space::Local, 2, Elem::I32, ELSEWHERE);
        m.kernel_copy(view(x, 0, 2), view(mine, 0, 2), HERE);
        if skip != 1 {
            m.kernel_wait(ELSEWHERE);
        }
        for i in 0..2 {
            let value = m.load(kernel(mine, i));
            m.store(kernel(mine, i), 2 * value);
        }
        m.kernel_copy(view(mine, 0, 2), view(y, 0, 2), HERE);
        if skip == 2 {
            m.store(kernel(mine, 1), 0);
        }
        if skip != 3 {
            m.kernel_wait(ELSEWHERE);
        }
    });
    if skip == 0 {
        m.wait(ELSEWHERE);
        assert_eq!(m.read_back(view(y, 0, 2)), Some(vec![Some(6), Some(8)]));
    }
    m
}

#[test]
fn transfers_need_a_wait() {
    accepted(double(0, 0));
    assert_refused!(
        double(1, 0),
        MachineError::Landing { .. },
        "kernel reads element 0 of a local buffer of 2 x i32 while a transfer of the core into it is under way: \
         expected a wait in between"
    );
    assert_refused!(
        double(2, 0),
        MachineError::Leaving { .. },
        "kernel writes element 1 of a local buffer of 2 x i32 while a transfer of the core from it is under way: \
         expected a wait in between"
    );
    assert_refused!(
        double(3, 0),
        MachineError::NotLanded { .. },
        "in kernel body, the program on cluster 0 core 0 ends while this transfer of its own is under way: \
         expected a wait in between"
    );
}

#[test]
fn a_barrier_is_no_wait() {
    for waits in [true, false] {
        let mut m = machine();
        let x = given(&mut m, Space::Device, &[3, 4]);
        by_turns(&mut m, [1, 2], |m, id, turn| {
            let shared = m.alloc(Space::Shared, 2, Elem::I32, ELSEWHERE);
            if turn == 0 && id == 0 {
                m.kernel_copy(view(x, 0, 2), view(shared, 0, 2), HERE);
                if waits {
                    m.kernel_wait(ELSEWHERE);
                }
            }
            if turn == 0 {
                return Some(0);
            }
            None
        });
        if waits {
            accepted(m);
        } else {
            let error = refused(m);
            assert!(matches!(error, MachineError::NotLanded { what: "comes to a barrier", .. }), "{error:?}");
        }
    }
}

#[test]
fn transfers_are_accesses_of_their_core() {
    // Two cores write one element.
    let mut m = machine();
    let y = fresh(&mut m, Space::Device, 1);
    launch(&mut m, 2, |m, id| {
        let mine = m.alloc(Space::Local, 1, Elem::I32, ELSEWHERE);
        m.store(kernel(mine, 0), id);
        m.kernel_copy(view(mine, 0, 1), view(y, 0, 1), HERE);
        m.kernel_wait(ELSEWHERE);
    });
    assert!(matches!(refused(m), MachineError::Race { .. }));
    // From and to device memory, beyond the end, of other sizes, of what nobody has written.
    for (from, to, len) in [(0, 1, 1), (0, 2, 3), (3, 2, 1), (0, 4, 1)] {
        let mut m = machine();
        let device = [given(&mut m, Space::Device, &[1, 2]), fresh(&mut m, Space::Device, 2)];
        launch(&mut m, 1, |m, _| {
            let mine = m.alloc(Space::Local, 2, Elem::I32, ELSEWHERE);
            let all = [device[0], device[1], mine, device[1], mine];
            let to_len = if to == 4 { 2 } else { len };
            m.kernel_copy(view(all[from], 0, len), view(all[to], 0, to_len), HERE);
        });
        let error = refused(m);
        let expected = match (from, to) {
            (0, 1) => matches!(error, MachineError::WrongSpace { expected: Space::Local, .. }),
            (3, _) => matches!(error, MachineError::Unwritten { .. }),
            (_, 4) => matches!(error, MachineError::SizeMismatch { .. }),
            _ => matches!(error, MachineError::RangeOutOfBounds { .. }),
        };
        assert!(expected, "{error:?}");
    }
}
