//! Registrations that Paddle, the C++ compiler or Python refuses.

use crate::signature::bind::{ATTR_TYPES, ATTR_TYPES_WITHOUT_KERNEL, Asks, Role};
use crate::signature::code::Code;
use crate::signature::cpp_type::CppType;
use crate::signature::declared::Level;
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::lex::is_word;
use crate::signature::lookup::Named;
use crate::signature::op::{Bound, Op};
use crate::signature::text::Place;
use Outcome::{Crashes, NotCompiled, NotLoaded, Refused, Works};

/// Names that every op of Paddle has an attribute of.
const RESERVED: [&str; 6] =
    ["op_role", "op_role_var", "op_namescope", "op_callstack", "op_device", "with_quant_attr"];

/// Variables of the wrapper in legacy mode that an attribute must not be called like.
const SHADOWED_ATTRS: [&str; 2] = ["value", "outs"];

/// Python's keywords.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub(super) fn check(op: &Op, out: &mut Vec<Finding>) {
    attributes(op, out);
    in_place(op, out);
    // What the map names wrongly is not said of the outputs again.
    let forward = op.declared.level == Level::Forward;
    if forward && op.declared.is_read() && !out.iter().any(|finding| finding.code == Code::PD024) {
        let lists = op.declared.plain_outputs().into_iter().filter(|output| output.is_vector());
        lists.for_each(|output| vec_output(op, output, out));
    }
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
        if attr.name.is_empty() {
            let message = format!("expected a name before the colon, found {:?}", attr.text);
            say(Code::PD020, &attr.place, Outcomes::all(NotLoaded), message);
        }
        let accepted: Vec<&str> = ATTR_TYPES.iter().map(|(declared, _)| *declared).collect();
        if ATTR_TYPES_WITHOUT_KERNEL.contains(&ty) {
            let message = format!(
                "{}: expected a type that a kernel can take, one of {}, found {ty}",
                attr.name,
                accepted.join(", ")
            );
            say(Code::PD023, &attr.place, Outcomes::all(NotLoaded), message);
        } else if !accepted.contains(&ty) {
            let message = format!("{}: expected one of {}, found {ty}", attr.name, accepted.join(", "));
            say(Code::PD021, &attr.place, Outcomes::all(NotLoaded), message);
        } else if ty == "double" {
            let message = format!("{}: expected float, found double, which static graphs refuse", attr.name);
            say(Code::PD022, &attr.place, Outcomes::new(Works, Refused, Refused), message);
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
    for (from, to) in declared.inplace().iter().filter(|(from, to)| from.is_optional() && !to.is_optional()) {
        let message =
            format!("{to} is in place of {from}, expected it to be paddle::Optional too: None is refused");
        let modes = Outcomes::all(Refused);
        let finding = Finding::new(Code::PD017, &declared.name, &to.place, modes, message);
        out.push(finding.related(&from.place, format!("{from} may be None")).maybe());
    }
    let mut say = |place: &Place, message| {
        out.push(Finding::new(Code::PD024, &declared.name, place, Outcomes::all(NotLoaded), message));
    };
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
}

fn vec_output(op: &Op, output: &crate::signature::declared::Tensor, out: &mut Vec<Finding>) {
    let message =
        format!("{output} is a Vec, expected it in SetInplaceMap: nothing says how many tensors it has");
    let modes = Outcomes::new(Refused, Crashes, Refused);
    out.push(Finding::new(Code::PD029, &op.declared.name, &output.place, modes, message));
}

fn names(op: &Op, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let mut say = |code, place: &Place, modes, message| {
        out.push(Finding::new(code, &declared.name, place, modes, message));
    };
    let name = declared.registered_as.as_str();
    if declared.level == Level::Forward {
        if name.contains("_grad") {
            let message =
                format!("expected a name without _grad, found {name}: Paddle takes it for a gradient");
            say(Code::PD028, &declared.place, Outcomes::all(NotLoaded), message);
        }
        if name.ends_with('_') && declared.inplace().is_empty() && declared.inplace.is_some() {
            let message = format!("expected SetInplaceMap or a name without _ at its end, found {name}");
            say(Code::PD028, &declared.place, Outcomes::all(NotLoaded), message);
        }
        if KEYWORDS.contains(&name) {
            let message = format!("expected a name that Python can use, found its keyword {name}");
            say(Code::PD027, &declared.place, Outcomes::all(NotLoaded), message);
        }
    }
    let inputs = declared.inputs().iter().map(|input| (input.decorated.as_str(), input.name(), &input.place));
    let formed = declared.attrs().iter().filter(|attr| attr.ty.is_some() && !attr.name.is_empty());
    let attrs = formed.map(|attr| (attr.name.as_str(), attr.name.as_str(), &attr.place));
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
    for (output, _, place) in &outputs {
        if declared.inputs().iter().any(|input| input.decorated == **output) {
            let message = format!("expected a name of its own, found {output}, which is an input too");
            say(Code::PD026, place, Outcomes::all(NotLoaded), message);
        }
    }
    let shadowing = declared.attrs().iter().filter(|attr| SHADOWED_ATTRS.contains(&attr.name.as_str()));
    let shadowing = shadowing.map(|attr| (attr.name.as_str(), &attr.place));
    let ins =
        declared.inputs().iter().filter(|input| input.decorated == "ins").map(|input| ("ins", &input.place));
    for (name, place) in shadowing.chain(ins) {
        let message = format!("expected another name, found {name}, a variable of Paddle's wrapper");
        say(Code::PD027, place, Outcomes::new(Works, Works, Refused), message);
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
        // A space or comma around it is lost in the wrapper.
        let trimmed = name.trim_matches([' ', '\t', ',']);
        let identifier = trimmed.bytes().all(is_word) && !trimmed.starts_with(|c: char| c.is_ascii_digit());
        // The wrapper has them in lower case.
        if KEYWORDS.contains(&trimmed.to_ascii_lowercase().as_str()) || !identifier {
            let message = format!("expected a name that Python can use, found {trimmed}");
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

/// Parameters and results of types for which there is no rule.
pub(super) fn parameters(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let function = bound.function;
    let returns = CppType::read(&function.returns, &function.aliases);
    let expected: &[&str] = match bound.role {
        Role::Kernel => &["vector<Tensor>", "void"],
        Role::InferShape => &["vector<vector<int64_t>>"],
        Role::InferDtype => &["vector<DataType>"],
    };
    if !function.returns.is_empty() && returns.known && !expected.contains(&returns.base.as_str()) {
        let expected = expected.join(" or ");
        let message = format!("{}: expected it to return {expected}, found {}", bound.role, returns.base);
        let modes = Outcomes::all(NotCompiled);
        out.push(Finding::new(Code::PD030, &op.declared.name, &function.place, modes, message));
    }
    for (param, asks) in function.params.iter().zip(&bound.asks) {
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
