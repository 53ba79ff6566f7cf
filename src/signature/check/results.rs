//! What infer functions return: how many, and whether they are there.

use super::kernel::is_macro;
use crate::signature::ast::{ExprKind, walk};
use crate::signature::bind::{Mode, Role};
use crate::signature::code::Code;
use crate::signature::declared::Level;
use crate::signature::eval::{Dtype, Value};
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::op::{Bound, Op, count, input_shape};
use Outcome::{Crashes, Refused, Undefined, Works, Wrong};

pub(super) fn check(op: &Op, out: &mut Vec<Finding>) {
    let infer = [Role::InferShape, Role::InferDtype];
    infer.into_iter().filter_map(|role| op.bound(role)).for_each(|bound| counts(op, &bound, out));
    let absent: Vec<Role> = infer.into_iter().filter(|role| op.reference(*role).is_none()).collect();
    if !absent.is_empty() {
        missing(op, &absent, out);
    }
}

/// Another number of results than there are outputs to infer.
fn counts(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let (plain, all) = (declared.plain_outputs().len(), declared.outputs().len());
    // How many a Vec stands for is not declared.
    if declared.plain_outputs().iter().any(|output| output.is_vector()) {
        return;
    }
    let Some(returned) = bound.returns_as_bound(Mode::Pir) else { return };
    let (what, word) = match bound.role {
        Role::InferShape => ("shape", "shapes"),
        _ => ("type", "types"),
    };
    let outputs = if plain == all {
        format!("{plain}, one for each output")
    } else {
        format!("{plain}, one for each output that is not in place")
    };
    let several = returned.len() > 1;
    for one in returned {
        let Some(found) = count(&one.value) else { continue };
        // `return {}` beside others is what stands behind a check that fails.
        if found == 0 && (several || hides_returns(bound)) {
            continue;
        }
        let place = bound.function.unit.text.place(one.range.clone());
        let found_text = format!("{found} {}", if found == 1 { what } else { word });
        let message = format!("{} returns {found_text}, expected {outputs}", bound.role);
        let (code, modes) = if found < plain {
            let static_pir = if bound.role == Role::InferShape { Crashes } else { Undefined };
            (Code::PD010, Outcomes::new(Works, static_pir, Refused))
        } else if found == plain {
            continue;
        } else if plain < all {
            let first = plain > 0 && !in_place_last(op, bound, &one.value);
            (Code::PD012, Outcomes::new(Works, if first { Wrong } else { Works }, Refused))
        } else {
            (Code::PD011, Outcomes::new(Works, Works, Refused))
        };
        let finding = Finding::new(code, &declared.name, &place, modes, message)
            .related(&bound.reference.place, format!("{} is set here", bound.role));
        out.push(match code {
            Code::PD012 => finding.help(
                "outputs in place have the shapes and types of their inputs; what comes first here is taken for the others",
            ),
            _ => finding,
        });
    }
}

/// Whether a macro may hold another `return`.
fn hides_returns(bound: &Bound<'_>) -> bool {
    let mut found = false;
    walk(bound.function.body.as_deref().unwrap_or_default(), &mut |expr| {
        let ExprKind::Call(callee, _) = &expr.kind else { return };
        found |= callee.name().is_some_and(is_macro);
    });
    found
}

/// Whether what comes last of a list is what the outputs in place have, so that what comes first is for the others.
fn in_place_last(op: &Op, bound: &Bound<'_>, returned: &Value) -> bool {
    let declared = &op.declared;
    let outputs = declared.outputs().iter();
    let in_place: Vec<usize> = outputs.filter_map(|output| declared.in_place_input(output)).collect();
    let Some(returned) = returned.list() else { return false };
    let last = returned.len().checked_sub(in_place.len()).map(|first| &returned[first..]);
    let expected = in_place.iter().map(|input| match bound.role {
        Role::InferShape => Value::Shape(input_shape(declared, *input)),
        _ => Value::Type(Dtype::OfInput(*input)),
    });
    last.is_some_and(|last| last.iter().cloned().eq(expected))
}

/// No infer function, and no default that would do.
fn missing(op: &Op, absent: &[Role], out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let (inputs, outputs) = (declared.inputs().len(), declared.outputs().len());
    let in_place = declared.inplace().len();
    let all_in_place = in_place == outputs && outputs > 0;
    // The default of a gradient is the shape of what it is the gradient of.
    if all_in_place || declared.level != Level::Forward {
        return;
    }
    // The default copies one tensor to one: a list is no tensor, and None has no shape.
    let modes = match (declared.inputs(), outputs) {
        ([one], 1) if one.is_vector() => Outcomes::new(Works, Crashes, Wrong),
        ([one], 1) if one.is_optional() => Outcomes::new(Works, Refused, Refused),
        (_, 1) if inputs == 1 => return,
        _ => Outcomes::new(Works, Crashes, Refused),
    };
    let names: Vec<String> = absent.iter().map(ToString::to_string).collect();
    let message = format!(
        "expected {}, found none: Paddle has a default for 1 tensor to 1 tensor, or if all outputs are in place; here are {inputs} and {outputs}, {in_place} in place",
        names.join(" and "),
    );
    let setter = |role: &Role| {
        if *role == Role::InferShape { ".SetInferShapeFn(...)" } else { ".SetInferDtypeFn(...)" }
    };
    let setters: Vec<&str> = absent.iter().map(setter).collect();
    let finding = Finding::new(Code::PD013, &declared.name, &declared.place, modes, message);
    out.push(finding.help(format!("add {}", setters.join(" and "))));
}
