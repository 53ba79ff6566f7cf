//! What an infer function returns, in symbols, over its parameters as Paddle binds them.
//!
//! It is run, not guessed: locals, assignments, `if`, the constructors and methods of `std::vector`. What is not
//! followed makes what it touches unknown; a branch whose condition is not known is taken and not taken.

mod expr;
mod value;

pub(crate) use value::{Dtype, Shape, Size, Value};

use super::ast::{Expr, ExprKind, Stmt, each};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// One `return` that may be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Returned {
    pub(crate) value: Value,
    /// Bytes of the function's unit.
    pub(crate) range: Range<usize>,
    /// Bytes of each element, where it lists them.
    pub(crate) elements: Vec<Range<usize>>,
}

/// Every `return` that a body may reach, with `values` for its parameters; those that are `fixed` no call changes.
pub(crate) fn returns(
    body: &[Stmt],
    values: BTreeMap<String, Value>,
    fixed: BTreeSet<String>,
) -> Vec<Returned> {
    let escaped = BTreeSet::new();
    let mut machine = Machine { values, fixed, escaped, returned: Vec::new(), steps: MAX_STEPS };
    machine.run(body);
    machine.returned
}

/// Most statements that are run.
const MAX_STEPS: usize = 100_000;

struct Machine {
    values: BTreeMap<String, Value>,
    /// Parameters that nothing changes.
    fixed: BTreeSet<String>,
    /// Variables that something else may change at any time.
    escaped: BTreeSet<String>,
    returned: Vec<Returned>,
    steps: usize,
}

/// Whether what is behind a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Goes,
    Ends,
}

impl Machine {
    fn run(&mut self, body: &[Stmt]) -> Flow {
        for stmt in body {
            self.steps = self.steps.saturating_sub(1);
            if self.steps == 0 || self.step(stmt) == Flow::Ends {
                return Flow::Ends;
            }
        }
        Flow::Goes
    }

    fn step(&mut self, stmt: &Stmt) -> Flow {
        match stmt {
            Stmt::Declare { ty, name, value, alias } => {
                let worth = value.as_ref().map(|value| self.value(value));
                self.values.insert(name.clone(), bounded(declared(ty, worth)));
                if let Some(value) = value.as_ref().filter(|_| *alias) {
                    // What is done to one is done to the other; parameters by `const&` stay what they are.
                    if self.names_variables(value) {
                        self.escape(value);
                        self.escaped.insert(name.clone());
                        self.values.insert(name.clone(), Value::unknown("it has two names"));
                    }
                }
            }
            Stmt::Do(expr) => {
                self.value(expr);
            }
            Stmt::Return { value, range } => {
                let elements = value.as_ref().map_or_else(Vec::new, elements);
                let value = match value {
                    Some(value) => self.value(value),
                    None => Value::unknown("nothing is returned"),
                };
                self.returned.push(Returned { value, range: range.clone(), elements });
                return Flow::Ends;
            }
            Stmt::If { condition, then, otherwise } => return self.branch(condition, then, otherwise),
            Stmt::Block(body) => return self.scoped(body),
            Stmt::Loop(body) => {
                // Whatever it changes is not known from here on, nor in a second round.
                for name in changed(body) {
                    if let Some(value) = self.values.get_mut(&name) {
                        *value = Value::unknown("a loop changes it");
                    }
                }
                let before = self.values.clone();
                self.run(body);
                self.values = before;
            }
            Stmt::Throw => return Flow::Ends,
            Stmt::Unknown => {
                let names: Vec<String> = self.values.keys().cloned().collect();
                self.escaped.extend(names);
                self.values.values_mut().for_each(|value| *value = Value::unknown("what runs is not known"));
            }
        }
        Flow::Goes
    }

    /// Runs statements in braces: what they declare is gone behind them.
    fn scoped(&mut self, body: &[Stmt]) -> Flow {
        let names = body.iter().filter_map(|stmt| match stmt {
            Stmt::Declare { name, .. } => Some((name.clone(), self.values.get(name).cloned())),
            _ => None,
        });
        let hidden: Vec<(String, Option<Value>)> = names.collect();
        let flow = self.run(body);
        for (name, value) in hidden.into_iter().rev() {
            match value {
                Some(value) => self.values.insert(name, value),
                None => self.values.remove(&name),
            };
        }
        flow
    }

    /// Whether an expression names a variable that can change.
    fn names_variables(&self, expr: &Expr) -> bool {
        let mut found = false;
        expr.walk(&mut |expr| {
            let is = |name: &str| self.values.contains_key(name) && !self.fixed.contains(name);
            found |= expr.name().is_some_and(is);
        });
        found
    }

    /// Nothing is known any more of the variables that an expression names, but for those that cannot change.
    fn forget(&mut self, expr: &Expr, why: &str) {
        expr.walk(&mut |expr| {
            let Some(name) = expr.name().filter(|name| !self.fixed.contains(*name)) else { return };
            if let Some(value) = self.values.get_mut(name) {
                *value = Value::unknown(why);
            }
        });
    }

    /// The same from here on, whatever is assigned: something else may change them at any time.
    fn escape(&mut self, expr: &Expr) {
        expr.walk(&mut |expr| {
            let name = expr.name().filter(|name| !self.fixed.contains(*name));
            self.escaped.extend(name.map(str::to_owned));
        });
        self.forget(expr, "something else may change it");
    }

    fn branch(&mut self, condition: &Expr, then: &[Stmt], otherwise: &[Stmt]) -> Flow {
        match self.condition(condition) {
            Some(true) => self.scoped(then),
            Some(false) => self.scoped(otherwise),
            None => {
                self.steps = self.steps.saturating_sub(self.values.len());
                let before = self.values.clone();
                let first = self.scoped(then);
                let after = std::mem::replace(&mut self.values, before);
                let second = self.scoped(otherwise);
                match (first, second) {
                    (Flow::Ends, Flow::Ends) => return Flow::Ends,
                    (Flow::Ends, Flow::Goes) => {}
                    (Flow::Goes, Flow::Ends) => self.values = after,
                    (Flow::Goes, Flow::Goes) => {
                        for (name, value) in &mut self.values {
                            if let Some(other) = after.get(name) {
                                *value = value.join(other, "it depends on a condition");
                            }
                        }
                    }
                }
                Flow::Goes
            }
        }
    }
}

/// Where the elements of `{a, b}` and `std::vector<T>{a, b}` stand.
fn elements(expr: &Expr) -> Vec<Range<usize>> {
    match &expr.kind {
        ExprKind::List(list) => list.iter().map(|element| element.range.clone()).collect(),
        ExprKind::Call(_, args) => match &args[..] {
            [list] if matches!(list.kind, ExprKind::List(_)) => elements(list),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Why an iterator is worth nothing here.
const ITERATOR: &str = "an iterator is not followed";

/// Whether a list is a range of something else.
fn are_iterators(values: &[Value]) -> bool {
    values.len() == 2 && values.iter().all(|value| *value == Value::unknown(ITERATOR))
}

/// Most elements of a value, those within its elements counted too.
const MAX_ELEMENTS: usize = 4096;

/// The value, if it is not too large to be followed.
fn bounded(value: Value) -> Value {
    if value.elements(MAX_ELEMENTS) > MAX_ELEMENTS { Value::unknown("it grows too large") } else { value }
}

/// The value of a new variable.
fn declared(ty: &str, value: Option<Value>) -> Value {
    let of_sizes = ty.ends_with("vector<int64_t>");
    if ty.contains("double") || ty.contains("float") {
        return Value::unknown("it is no integer");
    }
    match value {
        Some(Value::List(values)) if are_iterators(&values) => Value::unknown(ITERATOR),
        Some(value @ Value::List(_)) if of_sizes => Value::Shape(value.shape()),
        Some(value) => value,
        None if of_sizes => Value::Shape(Shape::Dims(Vec::new())),
        None if ty.contains("vector<") => Value::List(Vec::new()),
        None => Value::unknown("it has no value yet"),
    }
}

/// Names that statements assign to, or call methods of.
fn changed(body: &[Stmt]) -> Vec<String> {
    let mut names = Vec::new();
    let mut root = |expr: &Expr| {
        let mut at = expr;
        while let ExprKind::Index(base, _) | ExprKind::Member(base, _) | ExprKind::Unary(_, base) = &at.kind {
            at = base;
        }
        names.extend(at.name().map(str::to_owned));
    };
    super::ast::walk(body, &mut |expr| match &expr.kind {
        ExprKind::Assign(_, target, _) => root(target),
        ExprKind::Call(callee, args) => {
            root(callee);
            // What is passed by reference may change too.
            args.iter().for_each(&mut root);
        }
        _ => {}
    });
    each(body, &mut |stmt| {
        if let Stmt::Declare { name, value, alias, .. } = stmt {
            names.push(name.clone());
            // What is changed through a reference is what it refers to.
            value.iter().filter(|_| *alias).for_each(|value| {
                value.walk(&mut |expr| names.extend(expr.name().map(str::to_owned)));
            });
        }
    });
    names
}
