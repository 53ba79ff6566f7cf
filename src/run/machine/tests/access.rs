//! Loads and stores.

use super::*;

#[test]
fn outside_the_buffer() {
    for index in [-1, 2, i64::MAX, i64::MIN] {
        let mut m = machine();
        let a = given(&mut m, Space::Host, &[5, 6]);
        assert_eq!((m.load(host(a, 0)), m.load(host(a, 1))), (5, 6));
        m.load(host(a, index));
        assert_refused!(
            m,
            MachineError::OutOfBounds { .. },
            format!(
                "host reads element {index} of 'given' (2 x i32 on the host): expected an index of at least 0 and less than 2"
            )
        );
    }
}

#[test]
fn stored_outside_the_buffer() {
    let mut m = machine();
    let d = fresh(&mut m, Space::Device, 1);
    launch(&mut m, 1, |m, _| m.store(kernel(d, 1), 1));
    assert!(matches!(refused(m), MachineError::OutOfBounds { deed: "kernel writes", index: 1, .. }));
}

#[test]
fn outside_the_view() {
    let mut m = machine();
    let a = given(&mut m, Space::Host, &[5, 6]);
    m.load(Access { in_bounds: false, ..host(a, 1) });
    assert_refused!(
        m,
        MachineError::OutsideView { .. },
        "host reads element 1 of 'given' (2 x i32 on the host) through a view that does not contain it: expected each index within its dimension"
    );
}

#[test]
fn host_access_to_device_memory() {
    let mut m = machine();
    let (a, d) = (given(&mut m, Space::Host, &[1]), given(&mut m, Space::Device, &[2]));
    m.store(host(a, 0), 3);
    m.store(host(d, 0), 3);
    assert_refused!(
        m,
        MachineError::WrongSpace { .. },
        "host writes 'given' (1 x i32 on the device): expected a host buffer"
    );
}

#[test]
fn kernel_access_to_host_memory() {
    let mut m = machine();
    let (a, d) = (given(&mut m, Space::Host, &[1]), given(&mut m, Space::Device, &[2]));
    launch(&mut m, 1, |m, _| assert_eq!(m.load(kernel(d, 0)), 2));
    launch(&mut m, 1, |m, _| assert_eq!(m.load(kernel(a, 0)), 0));
    assert_refused!(
        m,
        MachineError::WrongSpace { .. },
        "kernel reads 'given' (1 x i32 on the host): expected a device buffer"
    );
}

#[test]
fn wrong_element_type() {
    let mut m = machine();
    let a = given(&mut m, Space::Host, &[1]);
    m.load(Access { elem: Elem::I64, ..host(a, 0) });
    assert_refused!(
        m,
        MachineError::WrongElem { .. },
        "host reads 'given' (1 x i32 on the host): expected elements of type i64"
    );
}

#[test]
fn unwritten_element() {
    let mut m = machine();
    let a = fresh(&mut m, Space::Host, 2);
    m.store(host(a, 0), 4);
    assert_eq!(m.load(host(a, 0)), 4);
    assert_eq!(m.load(host(a, 1)), 0);
    let error = refused(m);
    assert_eq!(
        error.to_string(),
        "host reads element 1 of a host buffer of 2 x i32: expected an element that was written, found one that nobody has written"
    );
    assert_eq!(error.note(), Some(("the buffer was allocated here", ELSEWHERE)));
}

#[test]
fn unwritten_element_in_a_kernel() {
    let mut m = machine();
    let d = fresh(&mut m, Space::Device, 1);
    launch(&mut m, 1, |m, _| {
        m.load(kernel(d, 0));
    });
    assert!(matches!(refused(m), MachineError::Unwritten { deed: "kernel reads", .. }));
}

#[test]
fn destination_of_a_d2h_in_flight() {
    for (wait, store) in [(true, false), (true, true), (false, false), (false, true)] {
        let mut m = machine();
        let d = given(&mut m, Space::Device, &[8, 9]);
        let a = given(&mut m, Space::Host, &[1, 2, 3]);
        m.d2h(view(d, 0, 2), view(a, 1, 2), false, 2);
        // Outside the range that is in flight.
        assert_eq!(m.load(host(a, 0)), 1);
        if wait {
            m.wait(ELSEWHERE);
        }
        if store {
            m.store(host(a, 2), 7);
        } else {
            assert_eq!(m.load(host(a, 2)), if wait { 9 } else { 0 });
        }
        if wait {
            accepted(m);
        } else {
            let deed = if store { "host writes" } else { "host reads" };
            let message = "element 2 of 'given' (3 x i32 on the host) while a d2h into it is in flight: expected a wait in between";
            assert_refused!(m, MachineError::InFlight { issued: 2, .. }, format!("{deed} {message}"));
        }
    }
}

#[test]
fn staging_buffer_reused() {
    for wait in [true, false] {
        let mut m = machine();
        let d = fresh(&mut m, Space::Device, 1);
        let a = given(&mut m, Space::Host, &[1, 2]);
        m.h2d(view(a, 1, 1), view(d, 0, 1), false, 2);
        // Reading is harmless, and so is writing elsewhere.
        assert_eq!(m.load(host(a, 1)), 2);
        m.store(host(a, 0), 5);
        if wait {
            m.wait(ELSEWHERE);
        }
        m.store(host(a, 1), 6);
        if wait {
            accepted(m);
        } else {
            assert_refused!(
                m,
                MachineError::SourceInFlight { issued: 2, .. },
                "host writes element 1 of 'given' (2 x i32 on the host) while an h2d from it is in flight: expected a wait in between"
            );
        }
    }
}

#[test]
fn kernel_access_outside_a_launch() {
    let mut m = machine();
    let d = given(&mut m, Space::Device, &[1]);
    m.load(kernel(d, 0));
    assert_refused!(
        m,
        MachineError::Misplaced { .. },
        "kernel access while no launch is running: expected kernel code to run inside one"
    );
}
