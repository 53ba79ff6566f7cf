//! Expressions of infer functions.

use super::value::{Dtype, Shape, Size, Value};
use super::{ITERATOR, Machine, are_iterators, bounded};
use crate::signature::ast::{Expr, ExprKind};
use xpuc_dialect::dim::Dim;

impl Machine {
    pub(super) fn value(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Int(value) => Value::int(*value),
            ExprKind::Bool(value) => Value::Bool(Some(*value)),
            ExprKind::Name(name) => self.name(name),
            ExprKind::List(values) => Value::List(values.iter().map(|value| self.value(value)).collect()),
            ExprKind::Unary(op, value) => {
                if op == "&" {
                    self.escape(value);
                }
                let value = self.value(value);
                unary(op, &value)
            }
            ExprKind::Binary(op, left, right) => {
                let before = self.value(left);
                let worth = self.value(right);
                match op.as_str() {
                    "&&" | "||" => self.maybe(right),
                    // What a stream gives, it puts there.
                    ">>" => self.forget(right, "a stream may change it"),
                    _ => {}
                }
                let (left, right) = (before, worth);
                binary(op, &left, &right)
            }
            ExprKind::Choice(condition, then, otherwise) => {
                let condition = self.condition(condition);
                let worth = (self.value(then), self.value(otherwise));
                self.maybe(then);
                self.maybe(otherwise);
                let (then, otherwise) = worth;
                match condition {
                    Some(true) => then,
                    Some(false) => otherwise,
                    None => then.join(&otherwise, "it depends on a condition"),
                }
            }
            ExprKind::Index(base, index) => {
                let (base, index) = (self.value(base), self.value(index).size());
                element(&base, &index)
            }
            ExprKind::Call(callee, args) => self.call(callee, args),
            ExprKind::Assign(op, target, value) => {
                let value = self.value(value);
                self.assign(op, target, value)
            }
            ExprKind::Str(_) => Value::unknown("it is a text"),
            // When it runs, what it names may change.
            ExprKind::Lambda(_) => {
                self.escape(expr);
                Value::unknown("it is a lambda")
            }
            ExprKind::Member(..) | ExprKind::Other(_) => {
                expr.children().into_iter().for_each(|child| drop(self.value(child)));
                Value::unknown("it is computed in a way that is not followed")
            }
        }
    }

    fn name(&self, name: &str) -> Value {
        if let Some(value) = self.values.get(name) {
            return value.clone();
        }
        let mut parts = name.rsplit("::");
        let (last, before) = (parts.next().unwrap_or_default(), parts.next());
        if before == Some("DataType") {
            return Value::Type(Dtype::Named(last.to_owned()));
        }
        Value::unknown(format!("{name} is not known"))
    }

    /// Whether a condition holds, if that is known.
    pub(super) fn condition(&mut self, expr: &Expr) -> Option<bool> {
        match self.value(expr) {
            Value::Bool(value) => value,
            Value::Size(size) => size.as_const().map(|value| value != 0),
            _ => None,
        }
    }

    fn call(&mut self, callee: &Expr, args: &[Expr]) -> Value {
        if let ExprKind::Member(base, method) = &callee.kind {
            return self.method(base, method, args);
        }
        let Some(name) = callee.name() else {
            self.value(callee);
            std::iter::once(callee).chain(args).for_each(|expr| self.forget(expr, "a call may change it"));
            return Value::unknown("a call is not followed");
        };
        // A variable, or what has the name of something of the standard library, is a function of its own.
        if self.values.contains_key(name) {
            std::iter::once(callee).chain(args).for_each(|expr| self.forget(expr, "a call may change it"));
            return Value::unknown(format!("{name} is not followed"));
        }
        let values: Vec<Value> = args.iter().map(|arg| self.value(arg)).collect();
        let bare = name.split('<').next().unwrap_or_default();
        match (bare.rsplit("::").next().unwrap_or_default(), &values[..]) {
            ("ref" | "cref", _) => {
                args.iter().for_each(|arg| self.escape(arg));
                Value::unknown("a reference is not followed")
            }
            ("max", [a, b]) => sizes(a, b, |a, b| Dim::max(a, b).ok()),
            ("max", [Value::List(values)]) if values.len() == 2 => {
                sizes(&values[0], &values[1], |a, b| Dim::max(a, b).ok())
            }
            ("min", [a, b]) => sizes(a, b, |a, b| Dim::max(&a.neg().ok()?, &b.neg().ok()?).ok()?.neg().ok()),
            // Conversions.
            ("int64_t" | "int" | "int32_t" | "size_t" | "long" | "make_optional" | "move", [value]) => {
                value.clone()
            }
            ("vector" | "initializer_list", values) => vector(name, values),
            (other, _) => {
                // It may change what is passed by reference; parameters by `const&` are not variables of ours.
                args.iter().for_each(|arg| self.forget(arg, "a call may change it"));
                Value::unknown(format!("{other} is not followed"))
            }
        }
    }

    fn method(&mut self, base: &Expr, method: &str, args: &[Expr]) -> Value {
        let target = self.value(base);
        let values: Vec<Value> = args.iter().map(|arg| self.value(arg)).collect();
        match (method, &target, &values[..]) {
            // Of `paddle::optional`.
            ("get" | "value", _, []) => target,
            ("size", Value::Shape(shape), []) => Value::Size(shape.rank()),
            ("size", Value::List(list), []) => Value::int(i64::try_from(list.len()).unwrap_or(i64::MAX)),
            ("empty", Value::Shape(Shape::Dims(dims)), []) => Value::Bool(Some(dims.is_empty())),
            ("empty" | "is_initialized" | "has_value", _, []) => Value::Bool(None),
            ("at", _, [index]) => element(&target, &index.size()),
            ("front", _, []) => element(&target, &Size::constant(0)),
            ("back", Value::Shape(Shape::Dims(dims)), []) if !dims.is_empty() => {
                Value::Size(dims[dims.len() - 1].clone())
            }
            ("back", Value::Shape(Shape::OfInput { name, changed, .. }), []) if changed.is_empty() => {
                Value::Size(Size::of_tensor("last", name))
            }
            ("push_back" | "emplace_back", _, [value]) => {
                let pushed = match &target {
                    Value::Shape(Shape::Dims(dims)) => {
                        let mut dims = dims.clone();
                        dims.push(value.size());
                        Value::Shape(Shape::Dims(dims))
                    }
                    Value::List(list) => {
                        let mut list = list.clone();
                        list.push(value.clone());
                        Value::List(list)
                    }
                    _ => Value::unknown("it grows in a way that is not followed"),
                };
                self.store(base, pushed);
                Value::unknown("push_back returns nothing")
            }
            ("reserve", ..) => Value::unknown("reserve returns nothing"),
            ("begin" | "end" | "cbegin" | "cend", ..) => {
                self.escape(base);
                Value::unknown(ITERATOR)
            }
            ("data", ..) => {
                self.escape(base);
                Value::unknown("a pointer is not followed")
            }
            // Whatever it does, it may change what it is called on.
            _ => {
                self.store(base, Value::unknown(format!("{method} is not followed")));
                args.iter().for_each(|arg| self.forget(arg, "a call may change it"));
                Value::unknown(format!("{method} is not followed"))
            }
        }
    }

    fn assign(&mut self, op: &str, target: &Expr, value: Value) -> Value {
        let value = match op.strip_suffix('=') {
            Some("") => value,
            Some(op) => {
                let old = self.value(target);
                binary(op, &old, &value)
            }
            None => Value::unknown(format!("{op} is not followed")),
        };
        self.store(target, value.clone());
        value
    }

    /// Puts a value into a variable, or an element of one.
    fn store(&mut self, target: &Expr, value: Value) {
        match &target.kind {
            ExprKind::Name(name) if self.escaped.contains(name) => {
                self.values.insert(name.clone(), Value::unknown("something else may change it"));
            }
            ExprKind::Name(name) => {
                if let Some(old) = self.values.get_mut(name) {
                    // `shape = {a, b}`
                    *old = bounded(match (&old, &value) {
                        (Value::Shape(_), Value::List(_)) => Value::Shape(value.shape()),
                        _ => value,
                    });
                }
            }
            ExprKind::Index(base, index) => {
                let index = self.value(index).size().as_const().and_then(|i| usize::try_from(i).ok());
                let mut whole = self.value(base);
                match (&mut whole, index) {
                    (Value::Shape(shape), Some(axis)) => shape.set(axis, value.size()),
                    (Value::List(list), Some(at)) if at < list.len() => list[at] = value,
                    _ => whole = Value::unknown("an element is assigned that is not known"),
                }
                self.store(base, whole);
            }
            // `shape.at(i) = ...`, `shape.front() = ...`
            ExprKind::Call(callee, args) => match (&callee.kind, &args[..]) {
                (ExprKind::Member(base, method), [index]) if method == "at" => {
                    let element = ExprKind::Index(base.clone(), Box::new(index.clone()));
                    self.store(&Expr { kind: element, range: target.range.clone() }, value);
                }
                _ => self.forget(target, "it is assigned in a way that is not followed"),
            },
            _ => self.forget(target, "it is assigned in a way that is not followed"),
        }
    }

    /// An expression that may have been evaluated or not: what it assigns is not known.
    fn maybe(&mut self, expr: &Expr) {
        let mut targets = Vec::new();
        expr.walk(&mut |expr| {
            if let ExprKind::Assign(_, target, _) = &expr.kind {
                targets.push(&**target);
            }
        });
        targets.into_iter().for_each(|target| self.forget(target, "it depends on a condition"));
    }
}

/// `std::vector<T>(...)` and `std::vector<T>{...}`.
fn vector(ty: &str, values: &[Value]) -> Value {
    let of_sizes = ty.ends_with("<int64_t>");
    let list = |values: Vec<Value>| {
        if of_sizes { Value::Shape(Value::List(values).shape()) } else { Value::List(values) }
    };
    match values {
        [] => list(Vec::new()),
        [Value::List(values)] if are_iterators(values) => Value::unknown(ITERATOR),
        values if are_iterators(values) => Value::unknown(ITERATOR),
        // Braces around a shape copy it.
        [Value::List(values)] if of_sizes && matches!(values[..], [Value::Shape(_)]) => values[0].clone(),
        [Value::List(values)] => list(values.clone()),
        [count, value] => match count.size().as_const().and_then(|count| usize::try_from(count).ok()) {
            Some(count) if count <= MAX_COPIES => list(vec![value.clone(); count]),
            _ => Value::unknown("a length is not known"),
        },
        [Value::Shape(shape)] => Value::Shape(shape.clone()),
        [count] => match count.size().as_const().and_then(|count| usize::try_from(count).ok()) {
            Some(count) if count <= MAX_COPIES => list(vec![Value::int(0); count]),
            _ => Value::unknown("a length is not known"),
        },
        _ => Value::unknown("a vector is made in a way that is not followed"),
    }
}

/// Most elements of a vector that is filled with copies of one value.
const MAX_COPIES: usize = 64;

fn element(base: &Value, index: &Size) -> Value {
    let Some(index) = index.as_const().and_then(|index| usize::try_from(index).ok()) else {
        return Value::unknown("an index is not known");
    };
    match base {
        Value::Shape(shape) => Value::Size(shape.dim(index)),
        Value::List(list) => list.get(index).cloned().unwrap_or_else(|| Value::unknown("an index is beyond")),
        Value::Unknown(why) => Value::unknown(why.clone()),
        _ => Value::unknown("it has no elements"),
    }
}

fn unary(op: &str, value: &Value) -> Value {
    match (op, value) {
        ("-", value) => match value.size() {
            Size::Known(dim) => known(dim.neg().ok()),
            Size::Unknown(why) => Value::unknown(why),
        },
        // `*optional`
        ("*" | "+" | "&", value) => value.clone(),
        ("!", Value::Bool(value)) => Value::Bool(value.map(|value| !value)),
        ("!", _) => Value::Bool(None),
        _ => Value::unknown(format!("{op} is not followed")),
    }
}

fn binary(op: &str, left: &Value, right: &Value) -> Value {
    match op {
        "+" => sizes(left, right, |a, b| a.add(b).ok()),
        "-" => sizes(left, right, |a, b| a.sub(b).ok()),
        "*" => sizes(left, right, |a, b| a.mul(b).ok()),
        // Sizes are not negative: the quotient is rounded down.
        "/" => sizes(left, right, floordiv),
        "%" => sizes(left, right, |a, b| a.sub(&b.mul(&floordiv(a, b)?).ok()?).ok()),
        "&&" | "||" => match (left, right) {
            (Value::Bool(a), Value::Bool(b)) => Value::Bool(match (op, a, b) {
                ("&&", Some(false), _) | ("&&", _, Some(false)) => Some(false),
                ("||", Some(true), _) | ("||", _, Some(true)) => Some(true),
                (_, Some(a), Some(b)) => Some(if op == "&&" { *a && *b } else { *a || *b }),
                _ => None,
            }),
            _ => Value::Bool(None),
        },
        "==" | "!=" | "<" | "<=" | ">" | ">=" => {
            let (Size::Known(a), Size::Known(b)) = (left.size(), right.size()) else {
                return Value::Bool(None);
            };
            let difference = a.sub(&b).ok().and_then(|difference| difference.as_const());
            Value::Bool(difference.map(|d| match op {
                "==" => d == 0,
                "!=" => d != 0,
                "<" => d < 0,
                "<=" => d <= 0,
                ">" => d > 0,
                _ => d >= 0,
            }))
        }
        _ => Value::unknown(format!("{op} is not followed")),
    }
}

/// `floor(a / b)` is `ceil((a - b + 1) / b)`.
fn floordiv(a: &Dim, b: &Dim) -> Option<Dim> {
    if let (Some(a), Some(b)) = (a.as_const(), b.as_const()) {
        return a.checked_div(b).map(Dim::constant);
    }
    Dim::ceildiv(&a.sub(b).ok()?.add(&Dim::constant(1)).ok()?, b).ok()
}

fn sizes(left: &Value, right: &Value, op: impl Fn(&Dim, &Dim) -> Option<Dim>) -> Value {
    match (left.size(), right.size()) {
        (Size::Known(a), Size::Known(b)) => known(op(&a, &b)),
        (Size::Unknown(why), _) | (_, Size::Unknown(why)) => Value::unknown(why),
    }
}

fn known(dim: Option<Dim>) -> Value {
    dim.map_or_else(
        || Value::unknown("it grows beyond what is followed"),
        |dim| Value::Size(Size::Known(dim)),
    )
}
