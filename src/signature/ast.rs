//! The part of C++ that the functions of an op are read in: expressions and statements.

use std::ops::Range;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    /// Bytes of the unit.
    pub(crate) range: Range<usize>,
}

/// What an [`Expr`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExprKind {
    /// A name, qualified or not, without spaces: `x`, `std::max`, `std::vector<int64_t>`.
    Name(String),
    /// An integer.
    Int(i64),
    /// `true` or `false`.
    Bool(bool),
    /// A string, its parts joined.
    Str(String),
    /// `-x`, `!x`, `*x`.
    Unary(String, Box<Expr>),
    /// `a + b`, `a < b`, `a && b`.
    Binary(String, Box<Expr>, Box<Expr>),
    /// `a ? b : c`.
    Choice(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a[i]`.
    Index(Box<Expr>, Box<Expr>),
    /// `a.b` or `a->b`.
    Member(Box<Expr>, String),
    /// `f(a)`; also `T(a)` and `T{a}`, where a type is called.
    Call(Box<Expr>, Vec<Expr>),
    /// `{a, b}`.
    List(Vec<Expr>),
    /// `a = b`, `a += b`, `++a`.
    Assign(String, Box<Expr>, Box<Expr>),
    /// A lambda, by its body: whether it runs is not known.
    Lambda(Vec<Stmt>),
    /// Anything else, with the expressions in it.
    Other(Vec<Expr>),
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stmt {
    /// `T name = value;`, `T name{...};` or `T name;`
    Declare {
        ty: String,
        name: String,
        value: Option<Expr>,
        /// Whether it is another name for `value`, or points to it.
        alias: bool,
    },
    /// An expression for its effect.
    Do(Expr),
    /// `return value;`
    Return { value: Option<Expr>, range: Range<usize> },
    /// `if (condition) {...} else {...}`
    If { condition: Expr, then: Vec<Stmt>, otherwise: Vec<Stmt> },
    /// `{...}`
    Block(Vec<Stmt>),
    /// A loop, or whatever runs its statements an unknown number of times.
    Loop(Vec<Stmt>),
    /// `throw`: nothing behind it runs.
    Throw,
    /// Whatever it does, nothing is known behind it: `goto`, a label, too deep a nesting.
    Unknown,
}

impl Expr {
    /// The name, when this is one.
    pub(crate) fn name(&self) -> Option<&str> {
        if let ExprKind::Name(name) = &self.kind { Some(name) } else { None }
    }

    /// The expressions right below.
    pub(crate) fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Name(_) | ExprKind::Int(_) | ExprKind::Bool(_) | ExprKind::Str(_) => Vec::new(),
            // Its statements are walked, not its expressions alone.
            ExprKind::Lambda(_) => Vec::new(),
            ExprKind::Unary(_, a) | ExprKind::Member(a, _) => vec![a],
            ExprKind::Binary(_, a, b) | ExprKind::Index(a, b) | ExprKind::Assign(_, a, b) => vec![a, b],
            ExprKind::Choice(a, b, c) => vec![a, b, c],
            ExprKind::Call(f, args) => std::iter::once(&**f).chain(args).collect(),
            ExprKind::List(all) | ExprKind::Other(all) => all.iter().collect(),
        }
    }

    /// Calls `see` for this expression and every one within.
    pub(crate) fn walk<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        see(self);
        if let ExprKind::Lambda(body) = &self.kind {
            walk(body, see);
        }
        self.children().into_iter().for_each(|child| child.walk(see));
    }

    /// Whether the name occurs.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let mut found = false;
        self.walk(&mut |expr| found |= expr.name() == Some(name));
        found
    }
}

/// Calls `see` for every expression of the statements, outermost first.
pub(crate) fn walk<'a>(stmts: &'a [Stmt], see: &mut dyn FnMut(&'a Expr)) {
    each(stmts, &mut |stmt| match stmt {
        Stmt::Declare { value, .. } | Stmt::Return { value, .. } => {
            value.iter().for_each(|value| value.walk(see));
        }
        Stmt::Do(expr) => expr.walk(see),
        Stmt::If { condition, .. } => condition.walk(see),
        Stmt::Block(_) | Stmt::Loop(_) | Stmt::Throw | Stmt::Unknown => {}
    });
}

/// Calls `see` for every statement, those within others too.
pub(crate) fn each<'a>(stmts: &'a [Stmt], see: &mut dyn FnMut(&'a Stmt)) {
    for stmt in stmts {
        see(stmt);
        match stmt {
            Stmt::If { then, otherwise, .. } => {
                each(then, see);
                each(otherwise, see);
            }
            Stmt::Block(body) | Stmt::Loop(body) => each(body, see),
            _ => {}
        }
    }
}
