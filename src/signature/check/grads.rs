//! Ops of one file against each other: gradients, and names that stand twice.

use crate::signature::code::Code;
use crate::signature::declared::{Level, Registration};
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::op::Op;
use Outcome::{NotCompiled, NotLoaded, Refused, Works, Wrong};

/// What is wrong with `ops`, taken together. `elsewhere` says whether an op is registered in another file.
pub(crate) fn check(ops: &[Op], elsewhere: &mut dyn FnMut(&str) -> bool) -> Vec<Finding> {
    let mut out = Vec::new();
    for (index, op) in ops.iter().enumerate() {
        let declared = &op.declared;
        let is = |level: Level| {
            move |other: &&Op| {
                other.declared.registered_as == declared.registered_as && other.declared.level == level
            }
        };
        if let Some(first) = ops[..index].iter().find(is(declared.level)) {
            let message = format!("expected {} once, found it registered again", declared.name);
            let modes = Outcomes::all(NotCompiled);
            let finding = Finding::new(Code::PD026, &declared.name, &declared.place, modes, message);
            out.push(finding.related(&first.declared.place, "it is registered here"));
            continue;
        }
        let (before, macro_name) = match declared.level {
            Level::Forward => continue,
            Level::Grad => (Level::Forward, "PD_BUILD_OP"),
            Level::DoubleGrad => (Level::Grad, "PD_BUILD_GRAD_OP"),
        };
        if declared.level == Level::DoubleGrad {
            let message = format!(
                "expected no gradient of a gradient of {} in PIR, which refuses to run it",
                declared.name
            );
            let modes = Outcomes::new(Works, Refused, Works);
            // Nobody may ever take it.
            out.push(Finding::new(Code::PD035, &declared.name, &declared.place, modes, message).maybe());
        }
        match ops[..index].iter().find(is(before)) {
            Some(forward) => names(declared, &forward.declared, &mut out),
            None => out.extend(order(declared, ops[index..].iter().find(is(before)), macro_name, elsewhere)),
        }
    }
    out
}

/// A gradient before, or without, what it is the gradient of.
fn order(
    declared: &Registration,
    behind: Option<&Op>,
    macro_name: &str,
    elsewhere: &mut dyn FnMut(&str) -> bool,
) -> Option<Finding> {
    let what = format!("expected {macro_name}({}) before its gradient, found ", declared.name);
    let finding = |found: &str| {
        let modes = Outcomes::all(NotLoaded);
        Finding::new(Code::PD025, &declared.name, &declared.place, modes, what.clone() + found)
    };
    match behind {
        Some(behind) => Some(finding("it behind").related(&behind.declared.place, "it is here")),
        // Between files there is no order that a file could tell.
        None if elsewhere(&declared.name) => None,
        // It may be in another folder.
        None => Some(finding("none").maybe()),
    }
}

/// What a gradient takes that the op has not.
fn names(grad: &Registration, forward: &Registration, out: &mut Vec<Finding>) {
    if !grad.is_read() || !forward.is_read() {
        return;
    }
    let known = |name: &str| {
        let plain = name.replace("@GRAD", "").replace("@NEW", "");
        let all = forward.inputs().iter().chain(forward.outputs());
        all.into_iter().any(|tensor| tensor.decorated == plain || tensor.decorated == name)
    };
    // A Vec or Optional may be named without its suffix.
    let near = |name: &str| {
        let bare = name.split('@').next().unwrap_or_default();
        forward.inputs().iter().chain(forward.outputs()).any(|tensor| tensor.name() == bare)
    };
    for input in grad.inputs().iter().filter(|input| !known(&input.decorated) && !near(&input.decorated)) {
        let message =
            format!("expected an input or output of {}, or a gradient of one, found {input}", forward.name);
        let modes = Outcomes::new(Wrong, Refused, Refused);
        let finding = Finding::new(Code::PD034, &grad.name, &input.place, modes, message);
        out.push(finding.related(&forward.place, "the op is registered here"));
    }
    for attr in grad.attrs() {
        if !forward.attrs().iter().any(|other| other.name == attr.name) {
            let message = format!("expected an attribute of {}, found {}", forward.name, attr.name);
            let finding = Finding::new(Code::PD034, &grad.name, &attr.place, Outcomes::all(Refused), message);
            out.push(finding.related(&forward.place, "the op is registered here"));
        }
    }
}
