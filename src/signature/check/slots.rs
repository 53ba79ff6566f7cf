//! Parameters in the place of another one: the mistake that nothing in Paddle sees.

use crate::signature::ast::{Expr, ExprKind, Stmt};
use crate::signature::bind::{Asks, Gets, Mode, Role};
use crate::signature::code::Code;
use crate::signature::declared::Registration;
use crate::signature::eval::Value;
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::op::{Bound, Op, input_shape};
use Outcome::{Undefined, Works, Wrong};

pub(super) fn check(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    if bound.role == Role::Kernel {
        // Eager mode runs the kernel: what it receives is what it was written for.
        return;
    }
    swapped(op, bound, out);
    if bound.role == Role::InferShape {
        unguarded(op, bound, out);
    }
}

/// What authors add to the name of an input for its shape or type.
const SUFFIXES: [&str; 12] = [
    "_shape",
    "_shapes",
    "_dtype",
    "_dtypes",
    "_dims",
    "_dim",
    "_data_type",
    "_datatype",
    "_type",
    "_types",
    "_tensor",
    "_size",
];

/// The name of the input that a parameter is named after.
fn stem(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let stem = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(&name);
    stem.trim_matches('_').to_owned()
}

/// What a parameter is named after, if it is the name of one thing declared.
fn named(op: &Registration, name: &str) -> Option<Gets> {
    let full = name.to_ascii_lowercase();
    let stem = stem(name);
    let spelled = |declared: &str, grad: bool| -> bool {
        let declared = declared.to_ascii_lowercase();
        let forms = [format!("{declared}_grad"), format!("grad_{declared}"), format!("d{declared}")];
        let is = |text: &str| if grad { forms.iter().any(|form| form == text) } else { declared == text };
        is(&stem) || is(&full)
    };
    let inputs = op.inputs().iter().enumerate();
    let inputs =
        inputs.filter(|(_, input)| spelled(input.name(), input.is_grad())).map(|(i, _)| Gets::Input(i));
    let attrs = op.attrs().iter().enumerate();
    let attrs = attrs.filter(|(_, attr)| attr.name.to_ascii_lowercase() == full).map(|(i, _)| Gets::Attr(i));
    let mut all = inputs.chain(attrs);
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

fn what(op: &Registration, gets: Gets) -> String {
    match gets {
        Gets::Input(input) => format!("input {}", op.inputs()[input]),
        Gets::Attr(attr) => format!("attribute {}", op.attrs()[attr].name),
        _ => "nothing".to_owned(),
    }
}

fn swapped(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let gets = bound.gets(Mode::Pir);
    let meant: Vec<Option<Gets>> = bound
        .function
        .params
        .iter()
        .map(|param| param.name.as_deref().and_then(|name| named(declared, name)))
        .collect();
    for (index, (gets_this, meant_this)) in gets.iter().zip(&meant).enumerate() {
        let Some(meant_this) = *meant_this else { continue };
        if !matches!(gets_this, Gets::Input(_) | Gets::Attr(_)) || meant_this == *gets_this {
            continue;
        }
        // A type that does not fit is said elsewhere, and nothing is returned then.
        if let (Asks::Attr(ty), Gets::Attr(attr)) = (bound.asks[index], *gets_this)
            && declared.attrs()[attr].ty.as_deref() != Some(ty)
        {
            continue;
        }
        let param = &bound.function.params[index];
        let name = bound.function.param_name(index);
        let harmless = bound.uses(index) == Some(false) || same_result(op, bound, &gets, &meant);
        let modes = if harmless { Outcomes::all(Works) } else { Outcomes::new(Works, Wrong, Wrong) };
        let mut message = format!(
            "{name} of {} receives {}, expected {}",
            bound.role,
            what(declared, *gets_this),
            what(declared, meant_this)
        );
        if harmless {
            message += "; what is returned does not depend on it";
        }
        let place = match *gets_this {
            Gets::Input(input) => &declared.inputs()[input].place,
            Gets::Attr(attr) => &declared.attrs()[attr].place,
            _ => &bound.reference.place,
        };
        let finding = Finding::new(Code::PD001, &declared.name, &param.place, modes, message)
            .related(place, format!("{name} receives this"))
            .help("Paddle binds by position: take every input and attribute before this one too, in the order declared");
        out.push(finding);
    }
}

/// Whether the function returns the same with every parameter worth what it is named after.
fn same_result(op: &Op, bound: &Bound<'_>, gets: &[Gets], meant: &[Option<Gets>]) -> bool {
    let shape = |input: usize| input_shape(&op.declared, input);
    let meant: Vec<Gets> = gets.iter().zip(meant).map(|(gets, meant)| meant.unwrap_or(*gets)).collect();
    let values = |gets: &[Gets]| -> Option<Vec<Value>> {
        let returned = bound.returns(gets, &shape)?;
        Some(returned.into_iter().map(|returned| returned.value).collect())
    };
    let (Some(as_bound), Some(as_meant)) = (values(gets), values(&meant)) else { return false };
    as_bound == as_meant && !as_bound.is_empty() && as_bound.iter().all(|value| !has_unknowns(value))
}

fn has_unknowns(value: &Value) -> bool {
    use crate::signature::eval::{Shape, Size};
    let size = |size: &Size| matches!(size, Size::Unknown(_));
    match value {
        Value::Size(value) => size(value),
        Value::Shape(Shape::Dims(dims)) => dims.iter().any(size),
        Value::Shape(Shape::OfInput { changed, .. }) => changed.values().any(size),
        Value::Shape(Shape::Unknown(_)) | Value::Unknown(_) => true,
        Value::List(values) => values.iter().any(has_unknowns),
        Value::Bool(_) | Value::Type(_) => false,
    }
}

/// Sizes of an Optional input, read whether it is there or not: without it, its shape is empty.
fn unguarded(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let Some(body) = &bound.function.body else { return };
    for (index, gets) in bound.gets(Mode::Pir).into_iter().enumerate() {
        let Gets::Input(input) = gets else { continue };
        let tensor = &declared.inputs()[input];
        let Some(name) = bound.function.params[index].name.as_deref() else { continue };
        if !tensor.is_optional() || tensor.is_vector() || !reads(body, name) || looked_at(body, name) {
            continue;
        }
        let message = format!(
            "InferShape reads a size of {name}, expected a look at {name}.empty() before: {tensor} may be None, and its shape is empty then"
        );
        let place = &bound.function.params[index].place;
        let modes = Outcomes::new(Works, Undefined, Undefined);
        let finding = Finding::new(Code::PD009, &declared.name, place, modes, message);
        out.push(finding.related(&tensor.place, format!("{tensor} is declared here")));
    }
}

/// Whether an element of `name` is read where nothing decides whether it is.
fn reads(body: &[Stmt], name: &str) -> bool {
    fn in_expr(expr: &Expr, name: &str) -> bool {
        match &expr.kind {
            ExprKind::Index(base, _) if is(base, name) => true,
            ExprKind::Choice(condition, ..) => in_expr(condition, name),
            ExprKind::Binary(op, left, _) if op == "&&" || op == "||" => in_expr(left, name),
            _ => expr.children().into_iter().any(|child| in_expr(child, name)),
        }
    }
    /// `x`, `*x`, `x.get()`
    fn is(expr: &Expr, name: &str) -> bool {
        match &expr.kind {
            ExprKind::Name(found) => found == name,
            ExprKind::Unary(op, inner) => op == "*" && is(inner, name),
            ExprKind::Call(callee, _) => match &callee.kind {
                ExprKind::Member(base, method) => method == "get" && is(base, name),
                _ => false,
            },
            _ => false,
        }
    }
    for stmt in body {
        let found = match stmt {
            Stmt::Declare { value, .. } | Stmt::Return { value, .. } => {
                value.as_ref().is_some_and(|value| in_expr(value, name))
            }
            Stmt::Do(expr) => in_expr(expr, name),
            // Behind a condition nothing is certain.
            Stmt::If { condition, .. } => return in_expr(condition, name),
            Stmt::Block(body) => reads(body, name),
            Stmt::Loop(_) | Stmt::Throw => return false,
        };
        if found {
            return true;
        }
    }
    false
}

/// Whether the body asks if it is there, in whatever way.
fn looked_at(body: &[Stmt], name: &str) -> bool {
    let mut found = false;
    let mut see = |expr: &Expr| match &expr.kind {
        ExprKind::Member(base, method) => found |= method != "get" && base.mentions(name),
        ExprKind::Unary(op, inner) => found |= op == "!" && inner.mentions(name),
        ExprKind::Choice(condition, ..) => found |= condition.name() == Some(name),
        _ => {}
    };
    crate::signature::ast::walk(body, &mut see);
    found
}
