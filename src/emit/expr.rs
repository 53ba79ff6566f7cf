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

    /// Bytes of an element in memory.
    pub(super) fn bytes(self) -> u64 {
        match self {
            Ty::Bool => 1,
            Ty::Int | Ty::Word => 4,
            Ty::Long | Ty::DoubleWord => 8,
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
use precedence::{AND, CHOICE, EQUALITY, OR, PRIMARY, RELATION, UNARY};

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expr {
    pub(super) text: String,
    pub(super) precedence: u8,
    pub(super) ty: Ty,
    /// Whether it reads memory, so that it must not move behind a write.
    pub(super) reads: bool,
    /// What says that it is false, and how tightly that holds together.
    pub(super) inverse: Option<(String, u8)>,
}

impl Expr {
    pub(super) fn name(text: impl Into<String>, ty: Ty) -> Expr {
        Expr { text: text.into(), precedence: PRIMARY, ty, reads: false, inverse: None }
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
        Expr { text, precedence, ty, reads: false, inverse: None }
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
        Expr { text, precedence, ty, reads: x.reads || y.reads, inverse: None }
    }

    pub(super) fn call(function: &str, args: &[&Expr], ty: Ty) -> Expr {
        let list: Vec<&str> = args.iter().map(|arg| &*arg.text).collect();
        let reads = args.iter().any(|arg| arg.reads);
        Expr {
            text: format!("{function}({})", list.join(", ")),
            precedence: PRIMARY,
            ty,
            reads,
            inverse: None,
        }
    }

    pub(super) fn not(&self) -> Expr {
        let inverse = Some((self.text.clone(), self.precedence));
        let (text, precedence) = match (&*self.text, &self.inverse) {
            ("true", _) => ("false".to_owned(), PRIMARY),
            ("false", _) => ("true".to_owned(), PRIMARY),
            (_, Some((text, precedence))) => (text.clone(), *precedence),
            _ => (format!("!{}", self.within(UNARY)), UNARY),
        };
        Expr { text, precedence, ty: Ty::Bool, reads: self.reads, inverse }
    }

    /// A comparison, which has an inverse.
    pub(super) fn comparison(x: &Expr, sign: &str, y: &Expr) -> Expr {
        let inverse = match sign {
            "==" => "!=",
            "!=" => "==",
            "<" => ">=",
            "<=" => ">",
            ">" => "<=",
            _ => "<",
        };
        let level = if matches!(sign, "==" | "!=") { EQUALITY } else { RELATION };
        // Compilers want to see which of two comparisons comes first.
        let apart = |side: &Expr| match side.precedence {
            RELATION | EQUALITY => {
                Expr { text: format!("({})", side.text), precedence: PRIMARY, inverse: None, ..side.clone() }
            }
            _ => side.clone(),
        };
        let (x, y) = (&apart(x), &apart(y));
        let inverse = Expr::binary(x, inverse, y, level, Ty::Bool);
        let inverse = Some((inverse.text, inverse.precedence));
        Expr { inverse, ..Expr::binary(x, sign, y, level, Ty::Bool) }
    }

    pub(super) fn and(x: &Expr, y: &Expr) -> Expr {
        match (&*x.text, &*y.text) {
            ("true", _) => return y.clone(),
            (_, "true") => return x.clone(),
            _ => {}
        }
        let inverse = x.inverse.is_some() && y.inverse.is_some();
        let inverse = inverse.then(|| Expr::binary(&x.not(), "||", &y.not(), OR, Ty::Bool));
        let inverse = inverse.map(|inverse| (inverse.text, inverse.precedence));
        let text = format!("{} && {}", x.within(AND), y.within(AND));
        Expr { text, inverse, ..Expr::binary(x, "&&", y, AND, Ty::Bool) }
    }

    pub(super) fn or(x: &Expr, y: &Expr) -> Expr {
        match (&*x.text, &*y.text) {
            ("false", _) => return y.clone(),
            (_, "false") => return x.clone(),
            _ => {}
        }
        // In parentheses: compilers warn of && beside ||.
        let side = |side: &Expr| match side.precedence {
            AND => Expr { text: side.within(PRIMARY), precedence: PRIMARY, ..side.clone() },
            _ => side.clone(),
        };
        let inverse = x.inverse.is_some() && y.inverse.is_some();
        let inverse = inverse.then(|| Expr::binary(&x.not(), "&&", &y.not(), AND, Ty::Bool));
        let inverse = inverse.map(|inverse| (inverse.text, inverse.precedence));
        let text = format!("{} || {}", side(x).within(OR), side(y).within(OR));
        Expr { text, inverse, ..Expr::binary(x, "||", y, OR, Ty::Bool) }
    }

    pub(super) fn choice(condition: &Expr, x: &Expr, y: &Expr, ty: Ty) -> Expr {
        match (&*x.text, &*y.text) {
            (_, "false") => return Expr::and(condition, x),
            ("false", _) => return Expr::and(&condition.not(), y),
            ("true", _) => return Expr::or(condition, y),
            (_, "true") => return Expr::or(&condition.not(), x),
            _ => {}
        }
        let text =
            format!("{} ? {} : {}", condition.within(CHOICE + 1), x.within(CHOICE + 1), y.within(CHOICE));
        let reads = condition.reads || x.reads || y.reads;
        Expr { text, precedence: CHOICE, ty, reads, inverse: None }
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
        Expr { text, precedence, ty, reads: self.reads, inverse: None }
    }
}
