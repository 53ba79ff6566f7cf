//! Registrations that Paddle, the C++ compiler or Python refuses.

use crate::signature::bind::{ATTR_TYPES, ATTR_TYPES_WITHOUT_KERNEL, Asks, Role};
use crate::signature::code::Code;
use crate::signature::declared::Level;
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::lookup::Named;
use crate::signature::op::{Bound, Op};
use crate::signature::text::Place;
use Outcome::{NotCompiled, NotLoaded, Refused, Works};

/// Names that every op of Paddle has an attribute of.
const RESERVED: [&str; 6] =
    ["op_role", "op_role_var", "op_namescope", "op_callstack", "op_device", "with_quant_attr"];

/// Python's keywords.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub(super) fn check(op: &Op, out: &mut Vec<Finding>) {
    attributes(op, out);
    in_place(op, out);
    names(op, out);
    if let Some(scope) = &op.declared.scope {
        let message =
            format!("expected the registration of {} at global scope, found it in {scope}", op.declared.name);
        let modes = Outcomes::all(NotCompiled);
        out.push(Finding::new(Code::PD033, &op.declared.name, &op.declared.place, modes, message));
    }
    for role in Role::ALL {
        overloaded(op, role, out);
    }
}

fn attributes(op: &Op, out: &mut Vec<Finding>) {
    let mut say = |code, place: &Place, modes, message| {
        out.push(Finding::new(code, &op.declared.name, place, modes, message));
    };
    for attr in op.declared.attrs() {
        let Some(ty) = attr.ty.as_deref() else {
            let message = format!("expected an attribute of the form \"name: type\", found {:?}", attr.text);
            say(Code::PD020, &attr.place, Outcomes::all(NotLoaded), message);
            continue;
        };
        let accepted: Vec<&str> = ATTR_TYPES.iter().map(|(declared, _)| *declared).collect();
        if ATTR_TYPES_WITHOUT_KERNEL.contains(&ty) {
            let message = format!(
                "{}: expected a type that a kernel can take, one of {}, found {ty}",
                attr.name,
                accepted.join(", ")
            );
            say(Code::PD023, &attr.place, Outcomes::all(Works), message);
        } else if !accepted.contains(&ty) {
            let message = format!("{}: expected one of {}, found {ty}", attr.name, accepted.join(", "));
            say(Code::PD021, &attr.place, Outcomes::all(NotLoaded), message);
        } else if ty == "double" {
            let message =
                format!("{}: expected float, found double, which the executor of PIR refuses", attr.name);
            say(Code::PD022, &attr.place, Outcomes::new(Works, Refused, Works), message);
        }
    }
}

fn in_place(op: &Op, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let mut say = |place: &Place, message| {
        out.push(Finding::new(Code::PD024, &declared.name, place, Outcomes::all(NotLoaded), message));
    };
    let position = |setter: &str| declared.setters.iter().position(|(name, _)| name == setter);
    let Some(map) = position("SetInplaceMap") else { return };
    let late = ["Inputs", "Outputs"].into_iter().find(|setter| position(setter).is_none_or(|at| at > map));
    if let Some(late) = late {
        say(&declared.setters[map].1, format!("expected {late} before SetInplaceMap, found it behind"));
        return;
    }
    let (Some(inputs), Some(outputs)) = (&declared.inputs, &declared.outputs) else { return };
    for (from, to) in declared.inplace() {
        if !inputs.iter().any(|input| input.decorated == from.decorated) {
            let near = inputs.iter().find(|input| input.name() == from.name());
            let hint = near.map_or_else(String::new, |near| format!("; the input is {near}"));
            say(&from.place, format!("expected an input in SetInplaceMap, found {from}{hint}"));
        }
        if !outputs.iter().any(|output| output.decorated == to.decorated) {
            let near = outputs.iter().find(|output| output.name() == to.name());
            let hint = near.map_or_else(String::new, |near| format!("; the output is {near}"));
            say(&to.place, format!("expected an output in SetInplaceMap, found {to}{hint}"));
        }
    }
    for output in declared.plain_outputs() {
        if output.is_vector() && declared.inplace.is_some() {
            vec_output(op, output, out);
        }
    }
}

fn vec_output(op: &Op, output: &crate::signature::declared::Tensor, out: &mut Vec<Finding>) {
    let message =
        format!("{output} is a Vec, expected it in SetInplaceMap: nothing says how many tensors it has");
    let modes = Outcomes::all(Refused);
    out.push(Finding::new(Code::PD029, &op.declared.name, &output.place, modes, message));
}

fn names(op: &Op, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let mut say = |code, place: &Place, modes, message| {
        out.push(Finding::new(code, &declared.name, place, modes, message));
    };
    if declared.level == Level::Forward && declared.registered_as.contains("_grad") {
        let message = format!(
            "expected a name without _grad, found {}: PIR takes it for a gradient",
            declared.registered_as
        );
        say(Code::PD028, &declared.place, Outcomes::new(Works, Refused, Works), message);
    }
    let inputs = declared.inputs().iter().map(|input| (input.decorated.as_str(), input.name(), &input.place));
    let attrs = declared.attrs().iter().map(|attr| (attr.name.as_str(), attr.name.as_str(), &attr.place));
    let parameters: Vec<_> = inputs.chain(attrs).collect();
    let outputs: Vec<_> = declared
        .outputs()
        .iter()
        .map(|output| (output.decorated.as_str(), output.name(), &output.place))
        .collect();
    for list in [&parameters, &outputs] {
        for (index, (decorated, _, place)) in list.iter().enumerate() {
            if list[..index].iter().any(|(other, ..)| other == decorated) {
                let message = format!("expected {decorated} once, found it again");
                say(Code::PD026, place, Outcomes::all(NotLoaded), message);
            }
        }
    }
    for attr in declared.attrs().iter().filter(|attr| RESERVED.contains(&attr.name.as_str())) {
        let message = format!("expected a name of the op's own, found {}, which every op has", attr.name);
        say(Code::PD026, &attr.place, Outcomes::all(NotLoaded), message);
    }
    for (index, (_, name, place)) in parameters.iter().enumerate() {
        let twin = parameters[..index]
            .iter()
            .find(|(_, other, _)| other != name && other.eq_ignore_ascii_case(name));
        if let Some((_, twin, _)) = twin {
            let message = format!("expected names that differ in more than case, found {twin} and {name}");
            say(Code::PD027, place, Outcomes::all(NotLoaded), message);
        }
        if KEYWORDS.contains(name) {
            let message = format!("expected a name that Python can use, found its keyword {name}");
            say(Code::PD027, place, Outcomes::all(NotLoaded), message);
        }
    }
}

fn overloaded(op: &Op, role: Role, out: &mut Vec<Finding>) {
    let Some(Ok(Named::Overloaded(functions))) = op.named(role) else { return };
    let Some(reference) = op.reference(role) else { return };
    let name = reference.name.as_deref().unwrap_or_default();
    let message = format!("expected one function {name}, found {} of that name", functions.len());
    let modes = Outcomes::all(NotCompiled);
    let mut finding = Finding::new(Code::PD032, &op.declared.name, &reference.place, modes, message);
    for function in functions {
        finding = finding.related(&function.place, "one is here");
    }
    out.push(finding);
}

/// Parameters of types for which there is no rule.
pub(super) fn parameters(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    for (param, asks) in bound.function.params.iter().zip(&bound.asks) {
        if *asks != Asks::Nothing {
            continue;
        }
        let name = param.name.as_deref().unwrap_or("a parameter");
        let message =
            format!("{name}: expected a type that Paddle can pass to {}, found {}", bound.role, param.ty);
        let modes = Outcomes::all(NotCompiled);
        out.push(Finding::new(Code::PD030, &op.declared.name, &param.place, modes, message));
    }
}
