//! What is wrong with an op. Each file holds the checks of one subject; each check states what happens in the
//! three modes, and the severity follows from that.

mod forms;
mod kernel;
mod lists;
mod results;
mod slots;

use super::bind::Role;
use super::code::Code;
use super::finding::{Finding, Outcome, Outcomes};
use super::lookup::Named;
use super::op::Op;

/// Everything wrong with one op.
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
    if op.declared.is_read() {
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
