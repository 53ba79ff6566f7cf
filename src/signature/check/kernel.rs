//! What a kernel returns and writes.

use crate::signature::ast::{Expr, ExprKind, Stmt, each, walk};
use crate::signature::bind::{Asks, Gets, Mode, Role};
use crate::signature::code::Code;
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::op::{Bound, Op};
use Outcome::{NotCompiled, Refused, Works, Wrong};

pub(super) fn check(op: &Op, out: &mut Vec<Finding>) {
    let Some(bound) = op.bound(Role::Kernel) else { return };
    results(op, &bound, out);
    writes(op, &bound, out);
}

fn results(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let (plain, all) = (declared.plain_outputs().len(), declared.outputs().len());
    let function = bound.function;
    let takes_outputs = bound.asks.contains(&Asks::Output);
    let returns_nothing = function.returns == "void";
    if returns_nothing {
        if plain > 0 && !takes_outputs {
            let names: Vec<String> = declared.plain_outputs().iter().map(ToString::to_string).collect();
            let message = format!(
                "the kernel returns nothing, expected {}, or SetInplaceMap to name {}",
                if plain == 1 { "a tensor".to_owned() } else { format!("{plain} tensors") },
                names.join(", ")
            );
            let modes = Outcomes::new(Refused, Wrong, Wrong);
            out.push(Finding::new(Code::PD015, &declared.name, &function.place, modes, message));
        }
        return;
    }
    if takes_outputs {
        let message =
            "the kernel returns tensors and takes outputs as parameters, expected one of both".to_owned();
        let modes = Outcomes::all(NotCompiled);
        out.push(Finding::new(Code::PD031, &declared.name, &function.place, modes, message));
        return;
    }
    let Some(body) = &function.body else { return };
    let lists = lists_of_tensors(body);
    each(body, &mut |stmt| {
        let Stmt::Return { value: Some(value), range } = stmt else { return };
        let Some(found) = returned(value, &lists) else { return };
        // `return {}` is how kernels leave when something went wrong.
        if found == plain || found == all || found == 0 {
            return;
        }
        let expected =
            if plain == all { format!("{all}") } else { format!("{plain} or, with those in place, {all}") };
        let message = format!(
            "the kernel returns {found} {}, expected {expected}",
            if found == 1 { "tensor" } else { "tensors" }
        );
        let place = function.unit.text.place(range.clone());
        out.push(Finding::new(Code::PD014, &declared.name, &place, Outcomes::all(Refused), message));
    });
}

/// Local variables that are lists: one in braces is copied, not put into another.
fn lists_of_tensors(body: &[Stmt]) -> Vec<&str> {
    let mut lists = Vec::new();
    each(body, &mut |stmt| {
        if let Stmt::Declare { ty, name, .. } = stmt
            && (ty.contains("vector<") || ty == "auto")
        {
            lists.push(name.as_str());
        }
    });
    lists
}

/// How many tensors a `return` gives, if it lists them.
fn returned(value: &Expr, lists: &[&str]) -> Option<usize> {
    match &value.kind {
        ExprKind::List(tensors) => match &tensors[..] {
            [one] => match &one.kind {
                ExprKind::Name(name) if lists.contains(&name.as_str()) => None,
                // What a call gives may be a list.
                ExprKind::Call(..) | ExprKind::Other(_) => None,
                _ => Some(1),
            },
            tensors => Some(tensors.len()),
        },
        ExprKind::Call(callee, args) => match (&args[..], callee.name()) {
            ([list], Some(name))
                if name.ends_with("vector<Tensor>") || name.ends_with("vector<paddle::Tensor>") =>
            {
                returned(list, lists).filter(|_| matches!(list.kind, ExprKind::List(_)))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Inputs whose data the kernel gets at for writing, without a word in the in-place map.
fn writes(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let Some(body) = &bound.function.body else { return };
    for (index, gets) in bound.gets(Mode::Eager).into_iter().enumerate() {
        let Gets::Input(input) = gets else { continue };
        let tensor = &declared.inputs()[input];
        if declared.inplace().iter().any(|(from, _)| from.decorated == tensor.decorated) {
            continue;
        }
        let Some(name) = bound.function.params[index].name.as_deref() else { continue };
        let mut written = None;
        walk(body, &mut |expr| {
            let ExprKind::Call(callee, args) = &expr.kind else { return };
            let cast = callee.name().is_some_and(|callee| callee.starts_with("const_cast<"));
            let data = args.first().is_some_and(|arg| is_data(arg, name));
            if cast && data && written.is_none() {
                written = Some(expr.range.clone());
            }
        });
        let Some(range) = written else { continue };
        let message = format!(
            "the kernel casts the const of {tensor} away, expected {tensor} in SetInplaceMap if it is written: no mode knows of the write"
        );
        let place = bound.function.unit.text.place(range);
        out.push(Finding::new(Code::PD016, &declared.name, &place, Outcomes::all(Works), message));
    }
}

/// `x.data<T>()`
fn is_data(expr: &Expr, name: &str) -> bool {
    let ExprKind::Call(callee, _) = &expr.kind else { return false };
    let ExprKind::Member(base, method) = &callee.kind else { return false };
    base.name() == Some(name) && method.starts_with("data")
}
