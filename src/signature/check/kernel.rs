//! What a kernel returns and writes.

use crate::signature::ast::{Expr, ExprKind, Stmt, each, walk};
use crate::signature::bind::{Asks, Gets, Mode, Role};
use crate::signature::code::Code;
use crate::signature::cpp_type::{Aliases, CppType, Passed};
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::op::{Bound, Op};
use Outcome::{NotCompiled, NotLoaded, Refused, Undefined, Works, Wrong};

pub(super) fn check(op: &Op, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    if op.reference(Role::Kernel).is_none() {
        let message = "expected SetKernelFn, found none".to_owned();
        let modes = Outcomes::all(NotLoaded);
        out.push(Finding::new(Code::PD019, &declared.name, &declared.place, modes, message));
    }
    let Some(bound) = op.bound(Role::Kernel) else { return };
    results(op, &bound, out);
    replaced(op, &bound, out);
    writes(op, &bound, out);
}

fn results(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let (plain, all) = (declared.plain_outputs().len(), declared.outputs().len());
    let function = bound.function;
    let taken = bound.asks.iter().filter(|asks| **asks == Asks::Output).count();
    if function.returns == "void" {
        if plain > taken {
            let names: Vec<String> = declared.plain_outputs().iter().map(ToString::to_string).collect();
            let message = format!(
                "the kernel returns nothing, expected {}, or each of {} to be in place or a parameter",
                if plain == 1 { "a tensor".to_owned() } else { format!("{plain} tensors") },
                names.join(", ")
            );
            let modes = Outcomes::new(Refused, Wrong, Wrong);
            out.push(Finding::new(Code::PD015, &declared.name, &function.place, modes, message));
        }
        return;
    }
    if taken > 0 {
        let message =
            "the kernel returns tensors and takes outputs as parameters, expected one of both".to_owned();
        let modes = Outcomes::all(NotCompiled);
        out.push(Finding::new(Code::PD031, &declared.name, &function.place, modes, message));
        return;
    }
    let Some(body) = function.body.as_ref().filter(|_| !function.hides) else { return };
    // How many a Vec stands for is not declared.
    if declared.outputs().iter().any(|output| output.is_vector()) {
        return;
    }
    let lists = lists_of_tensors(body, &function.aliases);
    let alone = leaves_once(body);
    each(body, &mut |stmt| {
        let Stmt::Return { value: Some(value), range } = stmt else { return };
        let Some(found) = returned(value, &lists) else { return };
        if let Some(output) = fresh(op, value).filter(|_| found == all) {
            let message = format!(
                "the kernel returns a new tensor for {output}, expected the input that it is in place of"
            );
            let place = function.unit.text.place(range.clone());
            let modes = Outcomes::all(Refused);
            return out.push(Finding::new(Code::PD014, &declared.name, &place, modes, message));
        }
        // `return {}` beside others is how kernels leave when something went wrong.
        if found == plain || found == all || found == 0 && !alone {
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

/// Whether there is one `return`, at the end, and nothing, such as a macro, that may hide another.
fn leaves_once(body: &[Stmt]) -> bool {
    let (mut returns, mut macros) = (0, false);
    each(body, &mut |stmt| returns += usize::from(matches!(stmt, Stmt::Return { .. })));
    walk(body, &mut |expr| {
        let ExprKind::Call(callee, _) = &expr.kind else { return };
        macros |= callee.name().is_some_and(is_macro);
    });
    returns == 1 && !macros && matches!(body.last(), Some(Stmt::Return { .. }))
}

/// Whether a name is written like that of a macro.
pub(super) fn is_macro(name: &str) -> bool {
    name.len() > 1 && !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Functions of Paddle that make one tensor.
const MAKE_ONE: [&str; 9] = [
    "empty",
    "empty_like",
    "full",
    "full_like",
    "zeros",
    "zeros_like",
    "ones",
    "ones_like",
    "GetEmptyTensor",
];

/// Whether an expression is one tensor for certain.
fn makes_one(value: &Expr) -> bool {
    let ExprKind::Call(callee, _) = &value.kind else { return false };
    callee.name().and_then(|name| name.rsplit("::").next()).is_some_and(|name| MAKE_ONE.contains(&name))
}

/// Local variables that are lists: one in braces is copied, not put into another.
fn lists_of_tensors<'b>(body: &'b [Stmt], aliases: &Aliases) -> Vec<&'b str> {
    let mut lists = Vec::new();
    each(body, &mut |stmt| {
        if let Stmt::Declare { ty, name, value, .. } = stmt
            && (CppType::read(ty, aliases).base != "Tensor" && !value.as_ref().is_some_and(makes_one))
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
                // What anything else gives may be a list.
                ExprKind::Name(name) if is_macro(name) => None,
                ExprKind::Name(_) => Some(1),
                _ => makes_one(one).then_some(1),
            },
            // A macro may stand for several.
            tensors if tensors.iter().any(|tensor| tensor.name().is_some_and(is_macro)) => None,
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

/// `*out = other`, where `out` is an output.
fn replaced(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let Some(body) = &bound.function.body else { return };
    for (param, asks) in bound.function.params.iter().zip(&bound.asks) {
        let (Asks::Output, Some(name)) = (asks, param.name.as_deref()) else { continue };
        let mut range = None;
        walk(body, &mut |expr| {
            let ExprKind::Assign(_, target, _) = &expr.kind else { return };
            if matches!(&target.kind, ExprKind::Unary(op, inner) if op == "*" && inner.name() == Some(name)) {
                range.get_or_insert_with(|| expr.range.clone());
            }
        });
        let Some(range) = range else { continue };
        let message =
            format!("the kernel replaces {name}, expected it to write {name}->mutable_data<T>(place)");
        let place = bound.function.unit.text.place(range);
        let modes = Outcomes::new(Refused, Wrong, Works);
        out.push(Finding::new(Code::PD018, &op.declared.name, &place, modes, message));
    }
}

/// The output in place for which a `return` gives a tensor that a function of Paddle has just made.
fn fresh(op: &Op, value: &Expr) -> Option<String> {
    let ExprKind::List(tensors) = &value.kind else { return None };
    let declared = &op.declared;
    let made = |tensor: &Expr| match &tensor.kind {
        // Functions that work in place end in an underscore.
        ExprKind::Call(callee, _) => {
            callee.name().is_some_and(|name| name.starts_with("paddle::") && !name.ends_with('_'))
        }
        _ => false,
    };
    let all = declared.outputs().iter().zip(tensors);
    let mut found = all.filter(|(output, tensor)| declared.in_place_of(output).is_some() && made(tensor));
    found.next().map(|(output, _)| output.to_string())
}

/// Inputs whose data the kernel gets at for writing, without a word in the in-place map.
fn writes(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let Some(body) = &bound.function.body else { return };
    for (index, gets) in bound.gets(Mode::Eager).into_iter().enumerate() {
        let Gets::Input(input) = gets else { continue };
        let tensor = &declared.inputs()[input];
        let param = &bound.function.params[index];
        if declared.inplace().iter().any(|(from, _)| from.decorated == tensor.decorated) {
            continue;
        }
        let Some(name) = param.name.as_deref() else { continue };
        let mut written = None;
        let by_ref = param.ty.passed == Passed::Ref;
        walk(body, &mut |expr| {
            let ExprKind::Call(callee, args) = &expr.kind else { return };
            let cast = callee.name().is_some_and(|callee| callee.starts_with("const_cast<"))
                && args.first().is_some_and(|arg| is_data(arg, name));
            if written.is_none() && (cast || by_ref && is_data(expr, name)) {
                written = Some(expr.range.clone());
            }
        });
        let Some(range) = written else { continue };
        let message = format!(
            "the kernel gets at the data of {tensor} for writing, expected {tensor} in SetInplaceMap if it is written: a static graph may run what reads it before or after"
        );
        let place = bound.function.unit.text.place(range);
        let modes = Outcomes::new(Works, Undefined, Works);
        out.push(Finding::new(Code::PD016, &declared.name, &place, modes, message).maybe());
    }
}

/// `x.data<T>()`, `x.mutable_data<T>(place)`
fn is_data(expr: &Expr, name: &str) -> bool {
    let ExprKind::Call(callee, _) = &expr.kind else { return false };
    let ExprKind::Member(base, method) = &callee.kind else { return false };
    base.name() == Some(name) && (method.starts_with("data") || method.starts_with("mutable_data"))
}
