//! Expressions of C++, with what is needed to put them together: precedence and type.

use super::range::Range;

/// Types of scalars in emitted code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    Bool,
    Int,
    /// An i32 modulo 2^32: sums and products that may wrap around.
    Word,
    Long,
    /// An i64 modulo 2^64.
    DoubleWord,
}

impl Ty {
    /// The type of a variable.
    pub(super) fn name(self) -> &'static str {
        match self {
            Ty::Bool => "bool",
            Ty::Int => "int",
            Ty::Word => "uint32_t",
            Ty::Long => "int64_t",
            Ty::DoubleWord => "uint64_t",
        }
    }

    /// The type that a variable of a value has.
    pub(super) fn signed(self) -> Ty {
        match self {
            Ty::Word => Ty::Int,
            Ty::DoubleWord => Ty::Long,
            other => other,
        }
    }

    pub(super) fn is_wide(self) -> bool {
        matches!(self, Ty::Long | Ty::DoubleWord)
    }
}

/// How tightly an expression holds together; C++'s order.
pub(super) mod precedence {
    pub(in super::super) const PRIMARY: u8 = 16;
    pub(in super::super) const UNARY: u8 = 15;
    pub(in super::super) const PRODUCT: u8 = 13;
    pub(in super::super) const SUM: u8 = 12;
    pub(in super::super) const SHIFT: u8 = 11;
    pub(in super::super) const RELATION: u8 = 9;
    pub(in super::super) const EQUALITY: u8 = 8;
    pub(in super::super) const BITS: u8 = 5;
    pub(in super::super) const AND: u8 = 4;
    pub(in super::super) const OR: u8 = 3;
    pub(in super::super) const CHOICE: u8 = 2;
}
use precedence::{CHOICE, PRIMARY, UNARY};

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expr {
    pub(super) text: String,
    pub(super) precedence: u8,
    pub(super) ty: Ty,
    /// Whether it reads memory, so that it must not move behind a write.
    pub(super) reads: bool,
}

impl Expr {
    pub(super) fn name(text: impl Into<String>, ty: Ty) -> Expr {
        Expr { text: text.into(), precedence: PRIMARY, ty, reads: false }
    }

    pub(super) fn literal(value: i128, ty: Ty) -> Expr {
        let (text, precedence) = match (value, ty) {
            (0, Ty::Bool) => ("false".to_owned(), PRIMARY),
            (_, Ty::Bool) => ("true".to_owned(), PRIMARY),
            // There are no negative literals, and the least numbers are not the negative of one.
            (value, Ty::Int) if value == Range::I32.lo => ("(-2147483647 - 1)".to_owned(), PRIMARY),
            (value, _) if value == Range::I64.lo => ("(-9223372036854775807LL - 1)".to_owned(), PRIMARY),
            (value, Ty::Long) if !Range::within(Range { lo: value, hi: value }, Range::I32) => {
                (format!("{value}LL"), if value < 0 { UNARY } else { PRIMARY })
            }
            (value, _) => (value.to_string(), if value < 0 { UNARY } else { PRIMARY }),
        };
        let ty = match (ty, Range::within(Range { lo: value, hi: value }, Range::I32)) {
            (Ty::Long, true) => Ty::Int,
            (ty, _) => ty,
        };
        Expr { text, precedence, ty, reads: false }
    }

    /// A name or number: nothing is gained by a variable for it.
    pub(super) fn is_plain(&self) -> bool {
        let plain = |c: char| c.is_alphanumeric() || c == '_';
        !self.reads && self.text.trim_start_matches('-').chars().all(plain)
    }

    /// The text where something of `precedence` stands around it.
    pub(super) fn within(&self, precedence: u8) -> String {
        if self.precedence < precedence { format!("({})", self.text) } else { self.text.clone() }
    }

    /// `x op y`, left to right.
    pub(super) fn binary(x: &Expr, op: &str, y: &Expr, precedence: u8, ty: Ty) -> Expr {
        let text = format!("{} {op} {}", x.within(precedence), y.within(precedence + 1));
        Expr { text, precedence, ty, reads: x.reads || y.reads }
    }

    pub(super) fn call(function: &str, args: &[&Expr], ty: Ty) -> Expr {
        let list: Vec<&str> = args.iter().map(|arg| &*arg.text).collect();
        let reads = args.iter().any(|arg| arg.reads);
        Expr { text: format!("{function}({})", list.join(", ")), precedence: PRIMARY, ty, reads }
    }

    pub(super) fn not(&self) -> Expr {
        let text = format!("!{}", self.within(UNARY));
        Expr { text, precedence: UNARY, ty: Ty::Bool, reads: self.reads }
    }

    pub(super) fn choice(condition: &Expr, x: &Expr, y: &Expr, ty: Ty) -> Expr {
        let text =
            format!("{} ? {} : {}", condition.within(CHOICE + 1), x.within(CHOICE + 1), y.within(CHOICE));
        let reads = condition.reads || x.reads || y.reads;
        Expr { text, precedence: CHOICE, ty, reads }
    }

    /// The expression as `ty`.
    pub(super) fn cast(&self, ty: Ty) -> Expr {
        if self.ty == ty {
            return self.clone();
        }
        let (text, precedence) = match ty {
            Ty::Bool => (format!("{} != 0", self.within(precedence::EQUALITY)), precedence::EQUALITY),
            ty => (format!("static_cast<{}>({})", ty.name(), self.text), PRIMARY),
        };
        Expr { text, precedence, ty, reads: self.reads }
    }
}
