//! Lists of parameters against lists of what is declared: too long, too short, of another type.

use super::reach::{KNOWS, looked_at, unconditional};
use crate::signature::ast::{ExprKind, Stmt};
use crate::signature::bind::{ATTR_TYPES, Asks, Gets, Mode, Role};
use crate::signature::code::Code;
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::op::{Bound, Op};
use Outcome::{Crashes, Refused, Undefined, Works, Wrong};

pub(super) fn check(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    beyond(op, bound, out);
    types(op, bound, out);
    prefix(op, bound, out);
    optional(op, bound, out);
    first_of_list(op, bound, out);
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Parameters for which nothing is left.
fn beyond(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let gets = bound.gets(Mode::Pir);
    let claimed = |input: usize| gets.contains(&Gets::Input(input));
    for (index, (asks, gets)) in bound.asks.iter().zip(&gets).enumerate() {
        if *gets != Gets::Nothing {
            continue;
        }
        let param = &bound.function.params[index];
        let name = bound.function.param_name(index);
        let infer = bound.role != Role::Kernel;
        let wants_list = matches!(asks, Asks::Inputs { .. });
        let other_kind = declared
            .inputs()
            .iter()
            .enumerate()
            .find(|(input, tensor)| infer && tensor.is_vector() != wants_list && !claimed(*input));
        let taken = |what: fn(&Asks) -> bool| bound.asks.iter().filter(|asks| what(asks)).count();
        let finding = match asks {
            Asks::Input { .. } | Asks::Inputs { .. } if let Some((_, tensor)) = other_kind => {
                let (kind, found) = if wants_list { ("a list", "no Vec") } else { ("one tensor", "a Vec") };
                let message = format!(
                    "{name} of {} expects {kind}, and what is left of the inputs, {tensor}, is {found}",
                    bound.role
                );
                let modes = Outcomes::new(Works, Undefined, Undefined);
                Finding::new(Code::PD005, &declared.name, &param.place, modes, message)
                    .related(&tensor.place, format!("{tensor} is declared here"))
            }
            Asks::Input { .. } | Asks::Inputs { .. } => {
                let (what, list) = match bound.role {
                    Role::Kernel => {
                        ("input", taken(|a| matches!(a, Asks::Input { .. } | Asks::Inputs { .. })))
                    }
                    _ if wants_list => ("Vec input", taken(|a| matches!(a, Asks::Inputs { .. }))),
                    _ => ("input", taken(|a| matches!(a, Asks::Input { .. }))),
                };
                let there =
                    declared.inputs().iter().filter(|input| !infer || input.is_vector() == wants_list);
                let message = format!(
                    "{} takes {}, expected at most {}: {name} receives nothing",
                    bound.role,
                    plural(list, what),
                    there.count()
                );
                let (code, modes) = if infer {
                    (Code::PD002, Outcomes::new(Works, Undefined, Undefined))
                } else {
                    (Code::PD006, Outcomes::new(Crashes, Refused, Refused))
                };
                Finding::new(code, &declared.name, &param.place, modes, message)
            }
            Asks::Attr(_) => {
                let message = format!(
                    "{} takes {}, expected at most {}: {name} receives nothing",
                    bound.role,
                    plural(taken(|a| matches!(a, Asks::Attr(_))), "attribute"),
                    declared.attrs().len()
                );
                let (code, modes) = if infer {
                    (Code::PD003, Outcomes::new(Works, Undefined, Undefined))
                } else {
                    (Code::PD006, Outcomes::new(Crashes, Refused, Refused))
                };
                Finding::new(code, &declared.name, &param.place, modes, message)
            }
            Asks::Output => {
                let outputs = declared.outputs().len();
                let message = format!("{name}: expected at most {} as parameters", plural(outputs, "output"));
                let modes = Outcomes::new(Crashes, Refused, Refused);
                Finding::new(Code::PD006, &declared.name, &param.place, modes, message)
            }
            Asks::Nothing | Asks::Unread => continue,
        };
        // One finding a list: what is behind it follows from it.
        let again = out.iter().any(|other| other.code == finding.code && same_list(other, bound));
        if !again {
            out.push(finding.related(&bound.reference.place, format!("{} is set here", bound.role)));
        }
    }
}

fn same_list(finding: &Finding, bound: &Bound<'_>) -> bool {
    bound.function.params.iter().any(|param| param.place == finding.place)
}

/// Attributes cast to another type than they are declared with.
fn types(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let wrong = |mode: Mode, index: usize| -> Option<usize> {
        let (Asks::Attr(ty), Gets::Attr(attr)) = (bound.asks[index], bound.gets(mode)[index]) else {
            return None;
        };
        let found = declared.attrs()[attr].ty.as_deref()?;
        // A type that Paddle does not accept is said of the attribute.
        (found != ty && ATTR_TYPES.iter().any(|(accepted, _)| *accepted == found)).then_some(attr)
    };
    for (index, asks) in bound.asks.iter().enumerate() {
        let Asks::Attr(ty) = *asks else { continue };
        let (pir, legacy) = (wrong(Mode::Pir, index), wrong(Mode::Legacy, index));
        let Some(attr) = pir.or(legacy) else { continue };
        let attr = &declared.attrs()[attr];
        let name = bound.function.param_name(index);
        let param = &bound.function.params[index];
        let found = attr.ty.as_deref().unwrap_or_default();
        let message = format!(
            "{name} of {} expects an attribute of type {ty}, receives {}, which is declared {found}",
            bound.role, attr.name
        );
        let passed_over = bound.role == Role::InferShape && legacy.is_none();
        let (code, modes) = match bound.role {
            Role::Kernel => (Code::PD004, Outcomes::all(Refused)),
            _ if passed_over => (Code::PD007, Outcomes::new(Works, Crashes, Works)),
            _ => (Code::PD004, Outcomes::new(Works, Crashes, Refused)),
        };
        let finding = Finding::new(code, &declared.name, &param.place, modes, message)
            .related(&attr.place, format!("{} is declared here", attr.name));
        let finding = if passed_over {
            finding.help("declare attributes of type std::vector<int64_t> behind those that InferShape takes")
        } else {
            finding
        };
        out.push(finding);
        // Those behind it are shifted by the same mistake.
        break;
    }
}

/// Shorter lists, which Paddle accepts.
fn prefix(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let lost = bound.asks.iter().any(|asks| matches!(asks, Asks::Nothing | Asks::Unread));
    if lost {
        return;
    }
    let taken = |what: fn(&Gets) -> bool| bound.gets(Mode::Pir).iter().filter(|gets| what(gets)).count();
    let inputs = (taken(|gets| matches!(gets, Gets::Input(_))), declared.inputs().len(), "input");
    let attrs = (taken(|gets| matches!(gets, Gets::Attr(_))), declared.attrs().len(), "attribute");
    // Attributes that infer functions have no use for are left out everywhere; only a list cut short is news.
    // Infer functions that take no attribute at all are the rule.
    let short = |(taken, of, what): &(usize, usize, &str)| {
        taken < of && (*taken > 0 || *what == "input" || bound.role == Role::Kernel)
    };
    let parts: Vec<String> = [inputs, attrs]
        .iter()
        .filter(|part| short(part))
        .map(|(taken, of, what)| match taken {
            0 => format!("none of {}", plural(*of, what)),
            taken => format!("the first {taken} of {}", plural(*of, what)),
        })
        .collect();
    if parts.is_empty() {
        return;
    }
    let message = format!("{} takes {}", bound.role, parts.join(" and "));
    let place = &bound.function.place;
    out.push(Finding::new(Code::PD008, &declared.name, place, Outcomes::all(Works), message));
}

/// Optional for one side only.
fn optional(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    if bound.role != Role::Kernel {
        return;
    }
    let declared = &op.declared;
    for (index, (asks, gets)) in bound.asks.iter().zip(bound.gets(Mode::Eager)).enumerate() {
        let Gets::Input(input) = gets else { continue };
        let (Asks::Input { optional } | Asks::Inputs { optional }) = *asks else { continue };
        let tensor = &declared.inputs()[input];
        if optional == tensor.is_optional() {
            continue;
        }
        let name = bound.function.param_name(index);
        let body = bound.function.body.as_deref().unwrap_or_default();
        let (message, modes, certain) = if optional {
            let message = format!(
                "{name} of the kernel may be none, expected {tensor} to be declared paddle::Optional"
            );
            (message, Outcomes::new(Works, Works, Refused), false)
        } else {
            let message = format!(
                "{tensor} is declared paddle::Optional, expected {name} of the kernel to be paddle::optional: it has no data if None is passed"
            );
            (message, Outcomes::all(Crashes), uses_data(body, &name) && !looked_at(body, &name))
        };
        let place = &bound.function.params[index].place;
        let finding = Finding::new(Code::PD017, &declared.name, place, modes, message)
            .related(&tensor.place, format!("{tensor} is declared here"));
        out.push(if certain { finding } else { finding.maybe() });
    }
}

/// Whether data of a tensor is asked for where nothing decides whether it is.
fn uses_data(body: &[Stmt], name: &str) -> bool {
    unconditional(body, &|expr| match &expr.kind {
        ExprKind::Member(base, method) => base.name() == Some(name) && !KNOWS.contains(&method.as_str()),
        _ => false,
    })
}

/// A Vec input for which the kernel asks as for one tensor: it gets the first one.
fn first_of_list(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    if bound.role != Role::Kernel {
        return;
    }
    let declared = &op.declared;
    for (index, (asks, gets)) in bound.asks.iter().zip(bound.gets(Mode::Eager)).enumerate() {
        let (Asks::Input { .. }, Gets::Input(input)) = (*asks, gets) else { continue };
        let tensor = &declared.inputs()[input];
        if !tensor.is_vector() {
            continue;
        }
        let name = bound.function.param_name(index);
        let message = format!("{name} of the kernel expects one tensor, receives the first of {tensor}");
        let place = &bound.function.params[index].place;
        let finding = Finding::new(Code::PD005, &declared.name, place, Outcomes::all(Wrong), message);
        out.push(finding.related(&tensor.place, format!("{tensor} is declared here")));
    }
}
