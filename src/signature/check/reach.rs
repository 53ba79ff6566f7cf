//! What a body does for certain, and what only if.

use crate::signature::ast::{Expr, ExprKind, Stmt, each, walk};

/// Methods that ask whether something is there.
pub(super) const KNOWS: [&str; 9] = [
    "empty",
    "size",
    "is_initialized",
    "initialized",
    "defined",
    "has_value",
    "get_ptr",
    "has_allocation",
    "impl",
];

/// Whether an expression of which `is` holds is reached where nothing decides whether it is.
pub(super) fn unconditional(body: &[Stmt], is: &dyn Fn(&Expr) -> bool) -> bool {
    fn within(expr: &Expr, is: &dyn Fn(&Expr) -> bool) -> bool {
        match &expr.kind {
            _ if is(expr) => true,
            ExprKind::Choice(condition, ..) => within(condition, is),
            ExprKind::Binary(op, left, _) if op == "&&" || op == "||" => within(left, is),
            _ => expr.children().into_iter().any(|child| within(child, is)),
        }
    }
    for stmt in body {
        let found = match stmt {
            Stmt::Declare { value, .. } | Stmt::Return { value, .. } => {
                value.as_ref().is_some_and(|value| within(value, is))
            }
            Stmt::Do(expr) => within(expr, is),
            // Behind a condition nothing is certain.
            Stmt::If { condition, .. } => return within(condition, is),
            Stmt::Block(body) => unconditional(body, is),
            Stmt::Loop(_) | Stmt::Throw | Stmt::Unknown => return false,
        };
        if found {
            return true;
        }
    }
    false
}

/// Whether an argument is code to run, not something to check.
fn is_block(arg: &Expr) -> bool {
    let mut found = false;
    arg.walk(&mut |expr| found |= matches!(expr.kind, ExprKind::Lambda(_)));
    found
}

/// Whether the body asks if `name` is there, in whatever way.
pub(super) fn looked_at(body: &[Stmt], name: &str) -> bool {
    let mut found = false;
    let mut see = |expr: &Expr| match &expr.kind {
        ExprKind::Member(base, method) => found |= KNOWS.contains(&method.as_str()) && base.mentions(name),
        ExprKind::Unary(op, inner) => found |= op == "!" && inner.mentions(name),
        ExprKind::Choice(condition, ..) => found |= condition.name() == Some(name),
        // A check that fails ends the function.
        ExprKind::Call(callee, args) => {
            let macro_name = callee.name().filter(|name| !name.bytes().any(|byte| byte.is_ascii_lowercase()));
            found |= macro_name.is_some() && args.iter().any(|arg| arg.mentions(name) && !is_block(arg));
        }
        ExprKind::Lambda(body) => each(body, &mut |stmt| {
            if let Stmt::If { condition, .. } = stmt {
                found |= condition.mentions(name);
            }
        }),
        _ => {}
    };
    walk(body, &mut see);
    let mut conditions = false;
    each(body, &mut |stmt| {
        if let Stmt::If { condition, .. } = stmt {
            conditions |= condition.mentions(name);
        }
    });
    found || conditions
}
