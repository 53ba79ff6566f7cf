//! Shared memory.

use super::*;

fn shared(machine: &mut Machine, elements: i64) -> Address {
    machine.alloc(Space::Shared, elements, Elem::I32, HERE)
}

#[test]
fn the_same_allocation_is_the_same_buffer_for_a_cluster() {
    for seed in 0..4 {
        let mut m = Machine::new(Options { seed, ..Options::default() });
        let mut found = [[0; 2]; 4];
        let mut sum = 0;
        by_turns(&mut m, [2, 2], |m, id, turn| {
            if turn == 0 {
                found[id as usize] = [shared(m, 2), shared(m, 2)];
                m.store(kernel(found[id as usize][1], id % 2), id);
                return Some(0);
            }
            sum += m.load(kernel(found[id as usize][1], 1 - id % 2));
            None
        });
        assert_eq!(sum, 6);
        assert_eq!(found[0], found[1]);
        assert_eq!(found[2], found[3]);
        let mut all = [found[0], found[2]].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4);
        // No buffer of the device.
        assert_eq!(accepted(m).commands, Commands { launches: 1, ..Commands::default() });
    }
}

#[test]
fn shared_memory_without_barriers() {
    let mut m = machine();
    for _ in 0..2 {
        launch(&mut m, 4, |m, id| {
            let s = shared(m, 4);
            m.store(kernel(s, id), id);
            assert_eq!(m.load(kernel(s, id)), id);
        });
    }
    accepted(m);
    let mut m = machine();
    launch(&mut m, 2, |m, _| {
        let s = shared(m, 1);
        m.store(kernel(s, 0), 1);
    });
    assert!(matches!(refused(m), MachineError::Race { index: 0, .. }));
}

#[test]
fn shared_memory_starts_unwritten_in_each_launch() {
    let mut m = machine();
    let mut again = None;
    for _ in 0..2 {
        launch(&mut m, 1, |m, _| {
            let s = shared(m, 3);
            // The storage is used again, its contents are not.
            assert_eq!(*again.get_or_insert(s), s);
            assert!(!m.failed());
            if m.report().commands.launches == 2 {
                m.load(kernel(s, 0));
            }
            m.store(kernel(s, 0), 1);
        });
    }
    assert_refused!(
        m,
        MachineError::Unwritten { .. },
        "kernel reads element 0 of a shared buffer of 3 x i32: expected an element that was written, found one that nobody has written"
    );
}

#[test]
fn shared_memory_exhausted() {
    for (second, fast) in [(0, false), (1, false), (1, true)] {
        let mut m = Machine::new(Options { shared_bytes: 16, fast, ..Options::default() });
        by_turns(&mut m, [2, 2], |m, _, _| {
            shared(m, 4);
            let s = shared(m, second);
            // Plain stores may follow in fast mode.
            assert_eq!(s == 0, second > 0 && !fast);
            None
        });
        if second == 0 {
            accepted(m);
        } else {
            assert_refused!(
                m,
                MachineError::OutOfMemory { .. },
                "alloc of shared memory: expected a size of at most the 0 bytes left, found 1 x i32"
            );
        }
    }
    let mut m = machine();
    launch(&mut m, 1, |m, _| assert_eq!(shared(m, -1), 0));
    assert!(matches!(refused(m), MachineError::NegativeSize { space: Space::Shared, .. }));
}

#[test]
fn another_size_or_type_on_another_core() {
    for (first, second) in [((2, Elem::I32), (3, Elem::I32)), ((2, Elem::I32), (2, Elem::I64))] {
        let mut m = machine();
        m.launch_begin("k", 1, 2, ELSEWHERE);
        for (program, (elements, elem)) in [(0, first), (1, second)] {
            m.next_program(program);
            m.alloc(Space::Shared, 1, Elem::I1, ELSEWHERE);
            m.alloc(Space::Shared, elements, elem, if program == 0 { 4 } else { HERE });
        }
        m.launch_end();
        let error = refused(m);
        let MachineError::SharedMismatch { program, .. } = &error else { panic!("{error:?}") };
        assert_eq!(
            error.to_string(),
            format!(
                "in kernel k, the program on {program} makes its shared allocation 1 of {} x {}: \
                 expected 2 x i32 as on another core of the cluster",
                second.0, second.1
            )
        );
        assert_eq!(error.note(), Some(("that allocation", 4)));
    }
    // Clusters may differ, and so may how many allocations cores make.
    let mut m = machine();
    by_turns(&mut m, [2, 2], |m, id, _| {
        (0..=id % 2).for_each(|_| assert_ne!(shared(m, 1 + id / 2), 0));
        None
    });
    accepted(m);
}

#[test]
fn shared_memory_of_another_cluster() {
    let mut m = machine();
    m.launch_begin("k", 2, 1, ELSEWHERE);
    let owner = m.next_program(0);
    let s = m.alloc(Space::Shared, 4, Elem::I32, 5);
    let cluster = m.next_program(1);
    m.store(kernel(s, 0), 1);
    m.launch_end();
    let error = refused(m);
    assert_eq!(
        error.to_string(),
        format!(
            "kernel writes a shared buffer of 4 x i32 of cluster {owner} on cluster {cluster}: expected shared memory of its own cluster"
        )
    );
    assert_eq!(error.note(), Some(("the buffer was allocated here", 5)));
}

#[test]
fn shared_memory_after_its_launch() {
    let deeds: [fn(&mut Machine, Address); 3] = [
        |m, s| launch(m, 1, |m, _| m.store(kernel(s, 0), 1)),
        |m, s| m.d2h(view(s, 0, 1), view(s, 0, 1), true, HERE),
        |m, s| m.free(s, HERE),
    ];
    for deed in deeds {
        let mut m = machine();
        let mut kept = 0;
        by_turns(&mut m, [1, 1], |m, _, _| {
            kept = shared(m, 1);
            None
        });
        deed(&mut m, kept);
        let error = refused(m);
        assert!(
            error.to_string().ends_with("a shared buffer of 1 x i32 of a launch that is over"),
            "{error}"
        );
        assert_eq!(error.note(), Some(("launched here", 3)));
    }
}

#[test]
fn host_use_of_shared_memory() {
    let mut m = machine();
    assert_eq!(shared(&mut m, 1), 0);
    assert_refused!(
        m,
        MachineError::Misplaced { .. },
        "alloc of shared memory while no launch is running: expected kernel code to run inside one"
    );
    let mut m = machine();
    launch(&mut m, 1, |m, _| {
        let s = shared(m, 1);
        m.store(kernel(s, 0), 1);
        m.load(host(s, 0));
    });
    assert_refused!(
        m,
        MachineError::WrongSpace { .. },
        "host reads a shared buffer of 1 x i32: expected a host buffer"
    );
}
