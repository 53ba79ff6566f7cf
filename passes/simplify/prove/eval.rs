//! What terms mean, from `dialect/SPEC.md`, with integers of 8 bits. Sizes are as they are.

use crate::simplify::lang::{Node, Op, Ty, Upstream};
use egg::{ENodeOrVar, Id, PatternAst, Var};
use std::collections::BTreeMap;
use xpuc_dialect::ops::{Binary, Kind, Predicate};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Scalar(i64),
    Array(Vec<i64>),
}

impl Value {
    pub(super) fn elements(&self) -> &[i64] {
        match self {
            Value::Scalar(value) => std::slice::from_ref(value),
            Value::Array(all) => all,
        }
    }

    fn scalar(&self) -> Result<i64, Stop> {
        if let Value::Scalar(value) = self { Ok(*value) } else { Err(Stop::Type) }
    }

    fn array(&self) -> Result<&[i64], Stop> {
        if let Value::Array(all) = self { Ok(all) } else { Err(Stop::Type) }
    }
}

pub(super) type Env = BTreeMap<Var, Value>;

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// An error at run time.
    Error,
    /// No such program.
    Type,
}

/// The value, or `Some(None)` for an error at run time; `None` if there is no such program.
#[expect(clippy::option_option, reason = "an error is a result that both sides must have")]
pub(super) fn eval(ast: &PatternAst<Node>, env: &Env) -> Option<Option<Value>> {
    match term(ast, Id::from(ast.as_ref().len() - 1), env) {
        Ok(value) => Some(Some(value)),
        Err(Stop::Error) => Some(None),
        Err(Stop::Type) => None,
    }
}

fn wrap(value: i64) -> i64 {
    i64::from(value as i8)
}

/// `None` is an error at run time.
pub(super) fn binary(op: Binary, x: i64, y: i64) -> Option<i64> {
    let floor = |x: i64, y: i64| (y != 0).then(|| (x as f64 / y as f64).floor() as i64);
    Some(wrap(match op {
        Binary::Add => x + y,
        Binary::Sub => x - y,
        Binary::Mul => x * y,
        Binary::FloorDiv => floor(x, y)?,
        Binary::Mod => x - floor(x, y)? * y,
        Binary::Min => x.min(y),
        Binary::Max => x.max(y),
    }))
}

fn holds(predicate: Predicate, x: i64, y: i64) -> bool {
    match predicate {
        Predicate::Eq => x == y,
        Predicate::Ne => x != y,
        Predicate::Slt => x < y,
        Predicate::Sle => x <= y,
        Predicate::Sgt => x > y,
        Predicate::Sge => x >= y,
    }
}

fn term(ast: &PatternAst<Node>, id: Id, env: &Env) -> Result<Value, Stop> {
    let node = match &ast[id] {
        ENodeOrVar::Var(var) => return env.get(var).cloned().ok_or(Stop::Type),
        ENodeOrVar::ENode(node) => node,
    };
    let child = |i: usize| term(ast, node.children[i], env);
    let list = |i: usize| child(i).and_then(|value| value.array().map(<[_]>::to_vec));
    let number = |i: usize| child(i).and_then(|value| value.scalar());
    let size = |i: usize| number(i).and_then(|n| usize::try_from(n).map_err(|_| Stop::Error));
    match node.op {
        Op::Constant(value, _) => Ok(Value::Scalar(value)),
        // Of sizes: they do not wrap around.
        Op::Upstream(Upstream::Add, _) if is_size(ast, node) => Ok(Value::Scalar(number(0)? + number(1)?)),
        Op::Compare(p) => zip(&child(0)?, &child(1)?, |x, y| Some(i64::from(holds(p, x, y)))),
        Op::Xpu(Kind::Select) | Op::Upstream(Upstream::Select, _) => {
            let (mask, x, y) = (child(0)?, child(1)?, child(2)?);
            match (&mask, &x, &y) {
                (Value::Scalar(mask), ..) => Ok(if *mask == 1 { x } else { y }),
                _ => Err(Stop::Type),
            }
        }
        Op::Xpu(Kind::Constant) => {
            // In an element-wise row, in which nothing else is an array, it is one element like the others.
            let elementwise =
                env.values().all(|value| matches!(value, Value::Scalar(_))) && is_operand(ast, id);
            if elementwise { child(0) } else { Ok(Value::Array(vec![number(0)?; size(1)?])) }
        }
        Op::Xpu(Kind::Range) => {
            let (begin, step) = (number(0)?, number(1)?);
            Ok(Value::Array((0..size(2)? as i64).map(|i| wrap(begin + wrap(i) * step)).collect()))
        }
        Op::Xpu(Kind::Gather) => gather(&list(0)?, &list(1)?),
        Op::Cumsum(exclusive) => {
            let mut sum = 0;
            let mut all: Vec<i64> = if exclusive { vec![0] } else { Vec::new() };
            for x in list(0)? {
                sum = wrap(sum + x);
                all.push(sum);
            }
            Ok(Value::Array(all))
        }
        Op::Xpu(Kind::Expand) => rows(&list(0)?, size(1)?).map(Value::Array),
        Op::Sum => {
            let first = child(0)?;
            (1..node.children.len()).try_fold(first, |sum, i| zip(&sum, &child(i)?, |x, y| Some(wrap(x + y))))
        }
        Op::Neg => zip(&Value::Scalar(0), &child(0)?, |x, y| Some(wrap(x - y))),
        Op::Position => {
            let (start, lod, n) = (list(0)?, list(1)?, size(2)?);
            positions(&start, &lod, n).map(Value::Array)
        }
        Op::Page => {
            let (start, lod, map, columns, bs, n) =
                (list(0)?, list(1)?, list(2)?, number(3)?, number(4)?, size(5)?);
            pages(&start, &lod, &map, columns, bs, n).map(Value::Array)
        }
        Op::Xpu(Kind::SlotMapping) => {
            let (table, lod, start, map) = (list(0)?, list(1)?, list(2)?, list(3)?);
            let (columns, bs, pad, n) = (number(4)?, number(5)?, number(6)?, size(7)?);
            slots(&table, &lod, &start, &map, columns, bs, pad, n).map(Value::Array)
        }
        Op::Upstream(Upstream::ExtractSlice, _) => {
            let (x, offset, size) = (list(0)?, size(1)?, size(2)?);
            x.get(offset..offset + size).map(|part| Value::Array(part.to_vec())).ok_or(Stop::Error)
        }
        Op::Upstream(Upstream::InsertSlice, _) => {
            let (x, mut y, offset, size) = (list(0)?, list(1)?, size(2)?, size(3)?);
            if x.len() != size {
                return Err(Stop::Type);
            }
            y.get_mut(offset..offset + size).ok_or(Stop::Error)?.copy_from_slice(&x);
            Ok(Value::Array(y))
        }
        op => match op.binary() {
            Some(op) => zip(&child(0)?, &child(1)?, |x, y| binary(op, x, y)),
            None => Err(Stop::Type),
        },
    }
}

fn is_size(ast: &PatternAst<Node>, node: &Node) -> bool {
    let index = |id: &Id| matches!(&ast[*id], ENodeOrVar::ENode(node) if matches!(node.op, Op::Constant(_, Ty::Index)));
    node.children.iter().any(index)
}

/// Whether an element-wise op uses the term.
fn is_operand(ast: &PatternAst<Node>, id: Id) -> bool {
    let uses = |node: &ENodeOrVar<Node>| matches!(node, ENodeOrVar::ENode(node) if node.op.binary().is_some() && node.children.contains(&id));
    ast.as_ref().iter().any(uses)
}

fn zip(x: &Value, y: &Value, op: impl Fn(i64, i64) -> Option<i64>) -> Result<Value, Stop> {
    let all = |pairs: Vec<(i64, i64)>| -> Result<Value, Stop> {
        pairs
            .into_iter()
            .map(|(x, y)| op(x, y))
            .collect::<Option<Vec<i64>>>()
            .map(Value::Array)
            .ok_or(Stop::Error)
    };
    match (x, y) {
        (Value::Scalar(x), Value::Scalar(y)) => op(*x, *y).map(Value::Scalar).ok_or(Stop::Error),
        (Value::Array(x), Value::Scalar(y)) => all(x.iter().map(|x| (*x, *y)).collect()),
        (Value::Scalar(x), Value::Array(y)) => all(y.iter().map(|y| (*x, *y)).collect()),
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            all(x.iter().copied().zip(y.iter().copied()).collect())
        }
        _ => Err(Stop::Type),
    }
}

fn at(table: &[i64], index: i64) -> Result<i64, Stop> {
    usize::try_from(index).ok().and_then(|i| table.get(i)).copied().ok_or(Stop::Error)
}

fn gather(table: &[i64], index: &[i64]) -> Result<Value, Stop> {
    index.iter().map(|i| at(table, *i)).collect::<Result<_, _>>().map(Value::Array)
}

/// The row of each of `n` tokens.
fn rows(lod: &[i64], n: usize) -> Result<Vec<i64>, Stop> {
    let sorted = lod.windows(2).all(|pair| pair[0] <= pair[1]);
    if lod.first() != Some(&0) || !sorted || lod.last().is_none_or(|last| (n as i64) > *last) {
        return Err(Stop::Error);
    }
    let row = |t: i64| lod.windows(2).position(|pair| pair[0] <= t && t < pair[1]).map(|k| k as i64);
    (0..n as i64).map(|t| row(t).ok_or(Stop::Error)).collect()
}

fn positions(start: &[i64], lod: &[i64], n: usize) -> Result<Vec<i64>, Stop> {
    let rows = rows(lod, n)?;
    rows.iter().zip(0..).map(|(k, t)| Ok(wrap(at(start, *k)? + t - at(lod, *k)?))).collect()
}

fn pages(start: &[i64], lod: &[i64], map: &[i64], columns: i64, bs: i64, n: usize) -> Result<Vec<i64>, Stop> {
    let (rows, positions) = (rows(lod, n)?, positions(start, lod, n)?);
    let page = |(k, p): (&i64, &i64)| {
        let quotient = binary(Binary::FloorDiv, *p, bs).ok_or(Stop::Error)?;
        Ok(wrap(at(map, *k)? * columns + quotient))
    };
    rows.iter().zip(&positions).map(page).collect()
}

#[expect(clippy::too_many_arguments, reason = "as the op has them")]
fn slots(
    table: &[i64],
    lod: &[i64],
    start: &[i64],
    map: &[i64],
    columns: i64,
    bs: i64,
    pad: i64,
    n: usize,
) -> Result<Vec<i64>, Stop> {
    let total = usize::try_from(lod.last().copied().unwrap_or(0)).map_err(|_| Stop::Error)?;
    // What the op demands of its operands (slot_mapping_c4) is no error at run time.
    if lod.is_empty() || start.len() + 1 < lod.len() || map.len() + 1 < lod.len() {
        return Err(Stop::Type);
    }
    if bs <= 0 {
        return Err(Stop::Error);
    }
    let tokens = total.min(n);
    let (pages, positions) = (pages(start, lod, map, columns, bs, tokens)?, positions(start, lod, tokens)?);
    let slot = |(page, p): (&i64, &i64)| {
        let offset = binary(Binary::Mod, *p, bs).ok_or(Stop::Error)?;
        Ok(wrap(at(table, *page)? * bs + offset))
    };
    let mut slots: Vec<i64> = pages.iter().zip(&positions).map(slot).collect::<Result<_, _>>()?;
    slots.resize(n, pad);
    Ok(slots)
}
