//! What is wrong with an op. Each file holds the checks of one subject; each check states what happens in the
//! three modes, and the severity follows from that.

mod forms;
mod grads;
mod kernel;
mod lists;
mod reach;
mod results;
mod slots;

use super::bind::Role;
use super::code::Code;
use super::finding::{Finding, Outcome, Outcomes};
use super::lookup::Named;
use super::op::Op;

pub(crate) use grads::check as grads;

/// Everything wrong with one op, taken alone.
pub(crate) fn op(op: &Op) -> Vec<Finding> {
    let mut out = unread(op);
    forms::check(op, &mut out);
    for role in Role::ALL {
        let Some(bound) = op.bound(role) else { continue };
        if op.declared.is_read() {
            lists::check(op, &bound, &mut out);
            slots::check(op, &bound, &mut out);
        }
        forms::parameters(op, &bound, &mut out);
    }
    // What is not known to be in place cannot be counted, and what does not compile returns nothing.
    let in_place = !out.iter().any(|finding| matches!(finding.code, Code::PD024 | Code::PD030));
    if op.declared.is_read() && in_place {
        results::check(op, &mut out);
        kernel::check(op, &mut out);
    }
    out
}

/// What could not be read: said, and not guessed.
fn unread(op: &Op) -> Vec<Finding> {
    let mut out = Vec::new();
    let name = &op.declared.name;
    let mut say = |place, why: String| {
        out.push(Finding::new(Code::PD000, name, place, Outcomes::all(Outcome::Works), why));
    };
    for (why, place) in &op.declared.unread {
        say(place, why.clone());
    }
    for role in Role::ALL {
        let Some(reference) = op.reference(role) else { continue };
        match op.named(role) {
            Some(Err(error)) => say(&reference.place, error.to_string()),
            Some(Ok(Named::One(function))) => {
                for (index, param) in function.params.iter().enumerate() {
                    if op.bound(role).is_some_and(|bound| bound.asks[index] == super::bind::Asks::Unread) {
                        let what = function.param_name(index);
                        say(
                            &param.place,
                            format!("{what}: expected a type that is known, found {}", param.ty),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    out
}
