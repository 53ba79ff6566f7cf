//! Launches: orders and races.

use super::*;

fn order(machine: &mut Machine, programs: u32) -> Vec<i64> {
    let mut order = vec![];
    launch(machine, programs, |_, id| order.push(id));
    order
}

#[test]
fn programs_run_in_a_seeded_order() {
    let run = |seed| {
        let mut m = Machine::new(Options { seed, ..Options::default() });
        [order(&mut m, 768), order(&mut m, 768)]
    };
    let [first, second] = run(1);
    assert_eq!([first.clone(), second.clone()], run(1));
    assert_ne!(first, second);
    assert_ne!(first, run(2)[0]);
    for mut ids in [first, second] {
        ids.sort_unstable();
        assert!(ids.into_iter().eq(0..768));
    }
}

#[test]
fn too_many_programs() {
    for (clusters, cores) in [(1 << 10, (1 << 10) + 1), (1 << 16, 1 << 16)] {
        let mut m = machine();
        assert_eq!(m.launch_begin("k", 1 << 10, 1 << 10, ELSEWHERE), 1 << 20);
        m.launch_end();
        assert_eq!(m.launch_begin("k", clusters, cores, HERE), 0);
        assert_refused!(
            m,
            MachineError::TooManyPrograms { .. },
            format!(
                "launch of kernel k: expected at most 1048576 programs, found {clusters} clusters of {cores} cores"
            )
        );
    }
}

#[test]
fn command_inside_a_launch() {
    let mut m = machine();
    launch(&mut m, 1, |m, _| m.wait(HERE));
    assert_refused!(
        m,
        MachineError::Misplaced { .. },
        "wait while a launch is running: expected only loads and stores in a kernel"
    );
}

#[test]
fn launch_or_alloc_inside_a_launch() {
    let mut m = machine();
    launch(&mut m, 1, |m, _| assert_eq!(m.launch_begin("inner", 1, 1, HERE), 0));
    assert!(matches!(refused(m), MachineError::Misplaced { what: "launch", inside: true, .. }));
    let mut m = machine();
    launch(&mut m, 1, |m, _| assert_eq!(m.alloc(Space::Device, 1, Elem::I32, HERE), 0));
    assert!(matches!(refused(m), MachineError::Misplaced { what: "alloc", inside: true, .. }));
}

/// Two programs, run as 0 and 1 whatever the seed: `first`, then `second`, on element 0 of a written
/// buffer.
fn pair(first: Use, second: Use, between: impl FnOnce(&mut Machine)) -> Machine {
    let mut m = machine();
    let d = given(&mut m, Space::Device, &[1]);
    let go = |m: &mut Machine, action| match action {
        Use::Read => assert_eq!(m.load(kernel(d, 0)), i64::from(!m.failed())),
        Use::Write => m.store(kernel(d, 0), 1),
    };
    m.launch_begin("k", 1, 2, 3);
    m.next_program(0);
    go(&mut m, first);
    between(&mut m);
    m.next_program(1);
    go(&mut m, second);
    m.launch_end();
    m
}

#[test]
fn races() {
    let next_launch = |m: &mut Machine| {
        m.launch_end();
        m.launch_begin("k", 1, 2, 3);
    };
    for (first, second, verbs) in [
        (Use::Write, Use::Write, ("writes", "writes")),
        (Use::Write, Use::Read, ("reads", "writes")),
        (Use::Read, Use::Write, ("writes", "reads")),
    ] {
        // Launches of one stream are in order.
        accepted(pair(first, second, next_launch));
        let error = refused(pair(first, second, |_| ()));
        let MachineError::Race { program, other, launched: 3, .. } = &error else { panic!("{error:?}") };
        assert_ne!(program, other);
        assert_eq!(
            error.to_string(),
            format!(
                "in kernel k, the program on {program} {} element 0 of 'given' (1 x i32 on the device) \
                 that the program on {other} of the same launch {}: expected no order between them to matter",
                verbs.0, verbs.1
            )
        );
    }
    // Reading together is no race.
    accepted(pair(Use::Read, Use::Read, |_| ()));
}

#[test]
fn a_program_may_use_its_own_elements_as_it_likes() {
    let mut m = machine();
    let d = fresh(&mut m, Space::Device, 16);
    for _ in 0..2 {
        launch(&mut m, 8, |m, id| {
            for index in [2 * id, 2 * id + 1] {
                m.store(kernel(d, index), id);
                assert_eq!(m.load(kernel(d, index)), id);
                m.store(kernel(d, index), -id);
            }
        });
    }
    accepted(m);
}

#[test]
fn a_write_after_several_programs_have_read_is_a_race() {
    let mut m = machine();
    let d = given(&mut m, Space::Device, &[1]);
    let mut run = 0;
    launch(&mut m, 3, |m, _| {
        run += 1;
        m.load(kernel(d, 0));
        if run == 3 {
            m.store(kernel(d, 0), 2);
        }
    });
    assert!(matches!(refused(m), MachineError::Race { action: Use::Write, earlier: Use::Read, .. }));
}

#[test]
fn programs_are_named_by_cluster_and_core() {
    assert_eq!(Program { linear: 131, cores: 64 }.to_string(), "cluster 2 core 3");
}

#[test]
fn a_launch_of_no_programs_counts() {
    let mut m = machine();
    assert_eq!(m.launch_begin("k", 12, 0, ELSEWHERE), 0);
    m.launch_end();
    assert_eq!(accepted(m).commands.launches, 1);
}
