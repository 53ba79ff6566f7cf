//! Parameters in the place of another one: the mistake that nothing in Paddle sees.

use super::reach::{looked_at, unconditional};
use crate::signature::ast::{Expr, ExprKind, Stmt, each};
use crate::signature::bind::{Asks, Gets, INT64_VECTOR, Mode, Role};
use crate::signature::code::Code;
use crate::signature::declared::{AttrDecl, Registration};
use crate::signature::eval::Value;
use crate::signature::finding::{Finding, Outcome, Outcomes};
use crate::signature::op::{Bound, Op, input_shape};
use Outcome::{Refused, Undefined, Works, Wrong};

pub(super) fn check(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    swapped(op, bound, out);
    if bound.role != Role::Kernel {
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

/// A name without case and underscores: `LogitsMask` and `logits_mask` are one.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "")
}

/// `xShape` as `x_shape`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase()
            && out.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit())
        {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The input that a parameter is named after, without what says that it is its shape or type.
fn stem(name: &str) -> String {
    let name = snake(name);
    let prefix = ["shape_", "dtype_"].iter().find_map(|prefix| name.strip_prefix(prefix));
    plain(SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)).or(prefix).unwrap_or(&name))
}

/// What a parameter is named after, if it is the name of one thing declared.
fn named(op: &Registration, name: &str, asks: Asks) -> Option<Gets> {
    let (full, stem) = (plain(name), stem(name));
    let spelled = |declared: &str, grad: bool| -> bool {
        let declared = plain(declared);
        let forms = [format!("{declared}grad"), format!("grad{declared}"), format!("d{declared}")];
        let is = |text: &str| if grad { forms.iter().any(|form| form == text) } else { declared == text };
        is(&stem) || is(&full)
    };
    // `head_dim` is a number of its own, not a dimension of `head`.
    let is_attr = matches!(asks, Asks::Attr(_));
    let wants_list = matches!(asks, Asks::Inputs { .. });
    let inputs =
        op.inputs().iter().enumerate().filter(|(_, input)| !is_attr && input.is_vector() == wants_list);
    let inputs =
        inputs.filter(|(_, input)| spelled(input.name(), input.is_grad())).map(|(i, _)| Gets::Input(i));
    let attrs = op.attrs().iter().enumerate();
    // The one attribute that a shape can be meant for is a list of int64_t.
    let fits = |attr: &AttrDecl| is_attr || attr.ty.as_deref() == Some(INT64_VECTOR);
    let attrs = attrs.filter(|(_, attr)| plain(&attr.name) == full && fits(attr)).map(|(i, _)| Gets::Attr(i));
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
        .zip(&bound.asks)
        .map(|(param, asks)| param.name.as_deref().and_then(|name| named(declared, name, *asks)))
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
        let kernel = bound.role == Role::Kernel;
        let harmless = bound.uses(index) == Some(false) || !kernel && same_result(op, bound, &gets, &meant);
        let modes = match () {
            () if harmless => Outcomes::all(Works),
            () if kernel => Outcomes::all(Wrong),
            () => Outcomes::new(Works, Wrong, Wrong),
        };
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
        // Eager mode runs the kernel: what it receives may be what it was written for, by another name.
        out.push(if kernel { finding.maybe() } else { finding });
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

/// Sizes of an Optional input, read or returned whether it is there or not: without it, its shape is empty and its
/// type undefined.
fn unguarded(op: &Op, bound: &Bound<'_>, out: &mut Vec<Finding>) {
    let declared = &op.declared;
    let Some(body) = &bound.function.body else { return };
    for (index, gets) in bound.gets(Mode::Pir).into_iter().enumerate() {
        let Gets::Input(input) = gets else { continue };
        let tensor = &declared.inputs()[input];
        let Some(name) = bound.function.params[index].name.as_deref() else { continue };
        if !tensor.is_optional() || looked_at(body, name) {
            continue;
        }
        let read = unconditional(body, &|expr| match &expr.kind {
            ExprKind::Index(base, _) => is(base, name),
            ExprKind::Call(callee, _) => match &callee.kind {
                ExprKind::Member(base, method) => {
                    matches!(method.as_str(), "at" | "front" | "back") && is(base, name)
                }
                _ => false,
            },
            _ => false,
        });
        let shape = bound.role == Role::InferShape;
        let (what, modes) = if read && shape {
            (format!("reads a size of {name}"), Outcomes::new(Works, Undefined, Undefined))
        } else if returned(body, name) && shape {
            (format!("returns {name}"), Outcomes::new(Works, Wrong, Wrong))
        } else if returned(body, name) {
            (format!("returns {name}"), Outcomes::new(Works, Refused, Works))
        } else {
            continue;
        };
        let is_there = if shape { "empty" } else { "undefined" };
        let message = format!(
            "{} {what}, expected a look before whether {tensor} is there: for None it is {is_there}",
            bound.role
        );
        let place = &bound.function.params[index].place;
        let finding = Finding::new(Code::PD009, &declared.name, place, modes, message);
        out.push(finding.related(&tensor.place, format!("{tensor} is declared here")));
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

/// Whether `{..., x, ...}` is returned whatever happens.
fn returned(body: &[Stmt], name: &str) -> bool {
    let Some(Stmt::Return { value: Some(value), .. }) = body.last() else { return false };
    let mut certain = true;
    each(body, &mut |stmt| certain &= !matches!(stmt, Stmt::If { .. } | Stmt::Loop(_)));
    certain && matches!(&value.kind, ExprKind::List(list) if list.iter().any(|element| is(element, name)))
}
