//! Barriers: turns, and what they order.

use super::*;

/// Which program ran in which turn, in order.
fn order(seed: u64, fast: bool) -> Vec<(i64, usize)> {
    let mut m = Machine::new(Options { seed, fast, ..Options::default() });
    let mut order = Vec::new();
    by_turns(&mut m, [3, 4], |_, id, turn| {
        order.push((id, turn));
        (turn < 2).then_some(turn as u32)
    });
    accepted(m);
    order
}

#[test]
fn cores_take_turns_in_a_seeded_order() {
    let found = order(1, false);
    assert_eq!(found, order(1, false));
    assert_ne!(found, order(2, false));
    let all: Vec<Vec<(i64, usize)>> = found.chunks(4).map(<[_]>::to_vec).collect();
    for (k, mut turn) in all.clone().into_iter().enumerate() {
        let first = all[k / 3 * 3][0].0 / 4 * 4;
        turn.sort_unstable();
        assert_eq!(turn, [first, first + 1, first + 2, first + 3].map(|id| (id, k % 3)));
    }
    let cores = |k: usize| all[k].iter().map(|(id, _)| id % 4).collect::<Vec<_>>();
    assert!((1..9).any(|k| cores(k) != cores(0)), "the order of cores must change from barrier to barrier");
    let ascending =
        (0..3).flat_map(|c| (0..3).flat_map(move |turn| (0..4).map(move |core| (c * 4 + core, turn))));
    assert!(order(1, true).into_iter().eq(ascending));
}

#[test]
fn a_launch_of_no_programs_has_no_turns() {
    let mut m = machine();
    by_turns(&mut m, [12, 0], |_, _, _| unreachable!());
    accepted(m);
}

#[test]
fn barrier_outside_a_launch() {
    let mut m = machine();
    assert!(!m.barrier(0, HERE));
    assert_refused!(
        m,
        MachineError::Misplaced { .. },
        "barrier while no launch is running: expected kernel code to run inside one"
    );
    // Nor in one whose programs run each to its end.
    let mut m = machine();
    launch(&mut m, 2, |m, _| assert!(!m.barrier(0, HERE)));
    assert!(matches!(refused(m), MachineError::Misplaced { what: "barrier", inside: true, .. }));
}

#[test]
fn a_core_that_ends_while_others_wait() {
    for seed in 0..8 {
        let mut m = Machine::new(Options { seed, ..Options::default() });
        by_turns(&mut m, [1, 2], |_, id, turn| (turn == 0 && id == 0).then_some(0));
        assert_refused!(
            m,
            MachineError::EndedBeforeBarrier { launched: 3, .. },
            "in kernel k, the program on cluster 0 core 1 ends while that on cluster 0 core 0 waits at a barrier: \
             expected all cores of a cluster to come to the same barriers in the same order"
        );
    }
    // Clusters do not wait for each other.
    let mut m = machine();
    by_turns(&mut m, [2, 2], |_, id, turn| (turn == 0 && id < 2).then_some(0));
    accepted(m);
}

#[test]
fn a_core_that_waits_at_another_barrier() {
    let mut m = machine();
    by_turns(&mut m, [1, 2], |_, id, turn| (turn == 0).then_some(id as u32));
    let error = refused(m);
    let MachineError::OtherBarrier { program, waiting, waits_at: HERE, .. } = &error else {
        panic!("{error:?}")
    };
    assert_ne!(program, waiting);
    assert_eq!(
        error.to_string(),
        format!(
            "in kernel k, the program on {program} comes to this barrier while that on {waiting} waits at another: \
             expected all cores of a cluster to come to the same barriers in the same order"
        )
    );
    assert_eq!(error.note(), Some(("the other barrier", HERE)));
    // The same ones in the same order, some of them more than once; each cluster its own.
    let mut m = machine();
    by_turns(&mut m, [2, 2], |_, id, turn| (turn < 4).then_some(turn as u32 % 2 + id as u32 / 2));
    accepted(m);
}

#[test]
fn too_many_cores_to_wait() {
    for cores in [MAX_TURNS, MAX_TURNS + 1] {
        let mut m = machine();
        m.launch_begin("k", 1, cores, HERE);
        let refused_at = m.next_turn();
        m.launch_end();
        if cores > MAX_TURNS {
            assert_eq!(refused_at, None);
            assert_refused!(
                m,
                MachineError::TooManyCores { .. },
                "launch of kernel k, which has barriers: expected at most 1024 cores in a cluster, found 1025"
            );
        }
    }
    let mut m = machine();
    m.launch_begin("k", 1, 2, HERE);
    m.next_turn();
    m.no_stack();
    assert!(matches!(refused(m), MachineError::TooManyCores { cores: 2, .. }));
}

#[test]
fn a_barrier_orders_the_cores_of_its_cluster() {
    for (first, second) in [(Use::Write, Use::Write), (Use::Write, Use::Read), (Use::Read, Use::Write)] {
        for (grid, barrier) in [([1, 2], true), ([1, 2], false), ([2, 1], true)] {
            let mut m = machine();
            let d = given(&mut m, Space::Device, &[1]);
            let go = |m: &mut Machine, action| match action {
                Use::Read => {
                    m.load(kernel(d, 0));
                }
                Use::Write => m.store(kernel(d, 0), 1),
            };
            by_turns(&mut m, grid, |m, id, turn| {
                match (id, turn) {
                    (0, 0) => go(m, first),
                    (1, turn) if turn == usize::from(barrier) => go(m, second),
                    _ => {}
                }
                (turn == 0).then_some(0)
            });
            if grid == [1, 2] && barrier {
                accepted(m);
            } else {
                assert!(matches!(refused(m), MachineError::Race { index: 0, launched: 3, .. }));
            }
        }
    }
}

/// What was done to one element: by whom, after how many barriers.
#[derive(Clone, Copy)]
struct Done {
    id: i64,
    turn: usize,
    action: Use,
}

/// As SPEC says it.
fn races(one: Done, other: Done) -> bool {
    const CORES: i64 = 3;
    let ordered = one.id / CORES == other.id / CORES && one.turn != other.turn;
    one.id != other.id && !ordered && (one.action == Use::Write || other.action == Use::Write)
}

#[test]
fn every_race_is_found_and_nothing_else() {
    let (mut raced, mut clean) = (0, 0);
    for seed in 0..4000 {
        let mut m = Machine::new(Options { seed, ..Options::default() });
        let d = given(&mut m, Space::Device, &[1; 2]);
        let mut state = seed;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        // Some launches have one cluster, and reads are as common as they have to be for long histories.
        let grid = [1 + random(2) as u32, 3];
        let (turns, writes, uses) = (1 + random(4) as usize, 1 + random(4), 1 + random(3));
        for _ in 0..2 {
            let mut done: [Vec<Done>; 2] = [Vec::new(), Vec::new()];
            let mut expected = false;
            by_turns(&mut m, grid, |m, id, turn| {
                for _ in 0..random(uses + 1) {
                    let action = if random(8) < writes { Use::Write } else { Use::Read };
                    let (element, now) = (random(2) as usize, Done { id, turn, action });
                    if m.failed() {
                        break;
                    }
                    match action {
                        Use::Write => m.store(kernel(d, element as i64), 1),
                        Use::Read => {
                            m.load(kernel(d, element as i64));
                        }
                    }
                    expected = done[element].iter().any(|earlier| races(*earlier, now));
                    assert_eq!(m.failed(), expected, "seed {seed}");
                    done[element].push(now);
                }
                (turn + 1 < turns).then_some(turn as u32)
            });
            if expected {
                break;
            }
        }
        *if m.failed() { &mut raced } else { &mut clean } += 1;
    }
    assert!(raced > 500 && clean > 500, "{raced} launches with a race, {clean} without");
}
