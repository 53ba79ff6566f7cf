//! Functions that emitted code calls, defined in front of it: arithmetic that C++ does not have.

use super::chip;
use super::code::Code;
use super::expr::Ty;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Helper {
    /// Quotient rounded toward minus infinity.
    FloorDiv,
    /// The same by a number of at least 1.
    FloorDivByPositive,
    /// The same in 64 bits.
    FloorDivWide,
    /// A sum, difference or product modulo 2^32.
    Wrapping(Sign),
    /// The same modulo 2^64.
    WrappingWide(Sign),
    /// The vector of the numbers of its lanes.
    Lanes,
    /// A run of equal elements in local memory.
    StoreSame,
    /// A run of elements that count up, in local memory.
    StoreCounting,
}

/// Of what is done modulo a power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    Add,
    Sub,
    Mul,
}

impl Sign {
    pub(super) fn text(self) -> &'static str {
        match self {
            Sign::Add => "+",
            Sign::Sub => "-",
            Sign::Mul => "*",
        }
    }
}

impl Helper {
    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Helper::FloorDiv => "floordiv_signed",
            Helper::FloorDivByPositive => "floordiv",
            Helper::FloorDivWide => "floordiv64",
            Helper::Wrapping(Sign::Add) => "wrapping_add",
            Helper::Wrapping(Sign::Sub) => "wrapping_sub",
            Helper::Wrapping(Sign::Mul) => "wrapping_mul",
            Helper::WrappingWide(Sign::Add) => "wrapping_add64",
            Helper::WrappingWide(Sign::Sub) => "wrapping_sub64",
            Helper::WrappingWide(Sign::Mul) => "wrapping_mul64",
            Helper::Lanes => "lane_numbers",
            Helper::StoreSame => "store_same",
            Helper::StoreCounting => "store_counting",
        }
    }

    /// Whether it takes vectors of integers.
    pub(super) fn has_vectors(self) -> bool {
        matches!(self, Helper::Lanes | Helper::StoreSame | Helper::StoreCounting)
    }

    /// Writes its definition.
    pub(super) fn define(self, code: &mut Code, qualifiers: &str) {
        let comment = match self {
            Helper::Lanes => return chip::lane_numbers(code),
            Helper::StoreSame => return chip::store_run(code, false),
            Helper::StoreCounting => return chip::store_run(code, true),
            Helper::FloorDiv | Helper::FloorDivWide => {
                "The quotient rounded toward minus infinity; that of the least number by -1 wraps around."
            }
            Helper::FloorDivByPositive => {
                "The quotient rounded toward minus infinity, where y is at least 1."
            }
            Helper::Wrapping(Sign::Add) => "x + y modulo 2^32, where C++ leaves a sum undefined.",
            Helper::Wrapping(Sign::Sub) => "x - y modulo 2^32, where C++ leaves a difference undefined.",
            Helper::Wrapping(Sign::Mul) => "x * y modulo 2^32, where C++ leaves a product undefined.",
            Helper::WrappingWide(Sign::Add) => "x + y modulo 2^64, where C++ leaves a sum undefined.",
            Helper::WrappingWide(Sign::Sub) => "x - y modulo 2^64, where C++ leaves a difference undefined.",
            Helper::WrappingWide(Sign::Mul) => "x * y modulo 2^64, where C++ leaves a product undefined.",
        };
        let wide = matches!(self, Helper::FloorDivWide | Helper::WrappingWide(_));
        let (ty, word) = if wide { (Ty::Long, Ty::DoubleWord) } else { (Ty::Int, Ty::Word) };
        let (ty, word) = (ty.name(), word.name());
        code.comment(comment);
        code.line(format!("static inline {qualifiers}{ty} {}({ty} x, {ty} y) {{", self.name()));
        if let Helper::Wrapping(sign) | Helper::WrappingWide(sign) = self {
            // One side is enough to make it unsigned.
            let sign = sign.text();
            code.line(format!("return static_cast<{ty}>(static_cast<{word}>(x) {sign} y);"));
        } else if self == Helper::FloorDivByPositive {
            code.line("return x % y < 0 ? x / y - 1 : x / y;");
        } else {
            code.line("if (y == -1) {");
            code.line(format!("return static_cast<{ty}>(0 - static_cast<{word}>(x));"));
            code.line("}");
            code.line(format!("const {ty} quotient = x / y;"));
            code.line("return x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient;");
        }
        code.line("}");
        code.line("");
    }
}
