//! `arith` as expressions: in 32 bits where the ranges allow it, modulo 2^32 where the sum of two i32 may wrap.

use super::body::{Body, Helper, Place};
use super::expr::precedence::{AND, BITS, EQUALITY, OR, PRIMARY, PRODUCT, RELATION, SHIFT, SUM};
use super::expr::{Expr, Ty};
use super::range::Range;
use super::transfer::{arith, cmpi};
use super::{EmitError, EmitErrorKind};
use xpuc_dialect::ir::{OpId, Type};

impl Body<'_> {
    /// The expression of an `arith` op.
    pub(super) fn arith(&mut self, id: OpId) -> Result<Expr, EmitError> {
        let op = self.func.op(id);
        let result = op.results[0];
        if let Some(known) = self.facts.value(result).known() {
            return Ok(Expr::literal(known, self.ty(result)));
        }
        let ranges: Vec<Range> = (0..op.operands.len()).map(|i| self.facts.operand(id, i)).collect();
        // What cannot be told apart from another branch's business here, is not needed here.
        let name = op.name.strip_prefix("arith.").unwrap_or_default();
        let operands: Vec<Expr> = op.operands.iter().map(|value| self.take(*value)).collect();
        let exact = arith(op, self.func, &ranges);
        let bool = *self.func.ty(result) == Type::I1;
        Ok(match (name, &operands[..]) {
            ("addi", [x, y]) => self.sum(op_type(self, result), "+", SUM, (x, y), exact),
            ("subi", [x, y]) => self.sum(op_type(self, result), "-", SUM, (x, y), exact),
            ("muli", [x, y]) => self.sum(op_type(self, result), "*", PRODUCT, (x, y), exact),
            ("floordivsi" | "divui" | "ceildivui" | "remui" | "remsi" | "divsi", [x, y]) => {
                return self.quotient(id, name, x, y, &ranges);
            }
            ("minsi", [x, y]) => self.least("min", x, y),
            ("maxsi", [x, y]) => self.least("max", x, y),
            ("minui", [x, y]) if natural(&ranges) => self.least("min", x, y),
            ("maxui", [x, y]) if natural(&ranges) => self.least("max", x, y),
            ("cmpi", [x, y]) => self.compared(cmpi(op), x, y, &ranges),
            ("andi", [x, y]) if bool => Expr::binary(x, "&&", y, AND, Ty::Bool),
            ("ori", [x, y]) if bool => Expr::binary(x, "||", y, OR, Ty::Bool),
            ("xori", [x, y]) if bool => match &*y.text {
                "true" => x.not(),
                _ => Expr::binary(x, "!=", y, EQUALITY, Ty::Bool),
            },
            ("andi", [x, y]) => bits("&", BITS + 2, x, y),
            ("xori", [x, y]) => bits("^", BITS + 1, x, y),
            ("ori", [x, y]) => bits("|", BITS, x, y),
            ("shrsi", [x, y]) => {
                let x = x.cast(x.ty.signed());
                Expr::binary(&x, ">>", y, SHIFT, x.ty)
            }
            ("shrui", [x, y]) => {
                let wide = matches!(op_type(self, result), Ty::Long);
                let word = if wide { Ty::DoubleWord } else { Ty::Word };
                let x = if wide { x.cast(Ty::Long).cast(word) } else { x.cast(word) };
                Expr::binary(&x, ">>", y, SHIFT, word)
            }
            ("select", [condition, x, y]) => self.chosen(condition, x, y),
            ("index_cast", [x]) => {
                let ty = self.ty(result);
                if x.ty.is_wide() && !ty.is_wide() { x.cast(ty) } else { signed(x) }
            }
            // A sum modulo 2^32 is an i32 before it is widened.
            ("extsi", [x]) => signed(x).cast(Ty::Long),
            ("extui", [x]) if x.ty == Ty::Bool => x.cast(self.ty(result)),
            ("trunci", [x]) if !bool => signed(x).cast(self.ty(result)),
            _ => return Err(self.refuse(op, "arithmetic that C++ has")),
        })
    }

    /// `x op y`, exact if it cannot leave its type, else modulo its width.
    fn sum(&self, ty: Ty, sign: &str, precedence: u8, (x, y): (&Expr, &Expr), exact: Option<Range>) -> Expr {
        match (&*x.text, sign, &*y.text) {
            ("0", "+", _) => return signed(y),
            (_, "+" | "-", "0") => return signed(x),
            _ => {}
        }
        let fits = |range: Range| exact.is_some_and(|exact| exact.within(range));
        let narrow = !x.ty.is_wide() && !y.ty.is_wide();
        if narrow && fits(Range::I32) {
            let sides = [x, y].map(signed);
            return Expr::binary(&sides[0], sign, &sides[1], precedence, Ty::Int);
        }
        // Both sides have at most 64 bits, one of them has to have them before C++ adds.
        if ty == Ty::Long {
            let modulo = !fits(Range::I64);
            let wide = if modulo { Ty::DoubleWord } else { Ty::Long };
            let [x, y] = [x, y].map(signed);
            let x = if y.ty == wide { x } else { x.cast(wide) };
            return Expr::binary(&x, sign, &y, precedence, wide);
        }
        let x = if y.ty == Ty::Word { x.clone() } else { x.cast(Ty::Word) };
        Expr::binary(&x, sign, y, precedence, Ty::Word)
    }

    fn quotient(
        &mut self,
        id: OpId,
        name: &str,
        x: &Expr,
        y: &Expr,
        ranges: &[Range],
    ) -> Result<Expr, EmitError> {
        let op = self.func.op(id);
        let [x, y] = [x, y].map(signed);
        let unsigned = matches!(name, "divui" | "ceildivui" | "remui");
        if unsigned && !natural(ranges) {
            return Err(self.refuse(op, "operands that are not negative"));
        }
        let wide = !ranges.iter().all(|range| range.within(Range::I32));
        let shift =
            ranges[1].known().filter(|by| *by > 0 && by.count_ones() == 1).map(|by| by.trailing_zeros());
        if let (true, "divui" | "floordivsi", Some(bits)) = (wide, name, shift) {
            // In parentheses: compilers warn of sums beside a shift.
            let x = Expr { text: x.within(PRIMARY), precedence: PRIMARY, ..x };
            return Ok(Expr::binary(&x, ">>", &Expr::literal(bits.into(), Ty::Int), SHIFT, Ty::Long));
        }
        if wide && self.place == Place::Kernel {
            return Err(EmitErrorKind::WideDivision.at(&op.loc));
        }
        let ty = if wide { Ty::Long } else { Ty::Int };
        let [x, y] = if wide { [x, y] } else { [x.cast(Ty::Int), y.cast(Ty::Int)] };
        // Rounding down is what C++ does where nothing is negative.
        let plain = natural(ranges);
        Ok(match name {
            "remui" | "remsi" => Expr::binary(&x, "%", &y, PRODUCT, ty),
            "divui" | "divsi" => Expr::binary(&x, "/", &y, PRODUCT, ty),
            "floordivsi" if plain => Expr::binary(&x, "/", &y, PRODUCT, ty),
            "floordivsi" => {
                self.helpers.insert(if wide { Helper::FloorDivWide } else { Helper::FloorDiv });
                Expr::call("floordiv", &[&x.cast(ty), &y.cast(ty)], ty)
            }
            _ => {
                let (up, most) = (ranges[1].sub(Range::exact(1)), if wide { Range::I64 } else { Range::I32 });
                match y.text.parse::<i64>() {
                    Ok(by) if ranges[0].add(up).within(most) => {
                        let more = Expr::literal((by - 1).into(), Ty::Int);
                        let sum = Expr::binary(&x, "+", &more, SUM, ty);
                        Expr::binary(&sum, "/", &y, PRODUCT, ty)
                    }
                    _ => {
                        let (x, y) = (self.plain(x, "dividend"), self.plain(y, "divisor"));
                        let quotient = Expr::binary(&x, "/", &y, PRODUCT, ty);
                        let rest = Expr::binary(&x, "%", &y, PRODUCT, ty);
                        let zero = Expr::literal(0, Ty::Int);
                        let more = Expr::binary(&rest, "!=", &zero, EQUALITY, Ty::Bool);
                        let (one, zero) = (Expr::literal(1, Ty::Int), Expr::literal(0, Ty::Int));
                        Expr::binary(&quotient, "+", &Expr::choice(&more, &one, &zero, Ty::Int), SUM, ty)
                    }
                }
            }
        })
    }

    /// The smaller (`min`) or larger (`max`) of two.
    fn least(&mut self, function: &str, x: &Expr, y: &Expr) -> Expr {
        let [x, y] = [x, y].map(signed);
        if self.place == Place::Kernel && function == "max" {
            // Published kernels call min, and none max.
            let [x, y] = [x, y].map(|side| self.plain(side, "value"));
            let more = Expr::binary(&x, ">", &y, RELATION, Ty::Bool);
            return self.chosen(&more, &x, &y);
        }
        let ty = if x.ty.is_wide() || y.ty.is_wide() { Ty::Long } else { Ty::Int };
        let namespace = if self.place == Place::Kernel { "" } else { "std::" };
        // Both sides have to be of one type, or it has to be said.
        let of = if ty.is_wide() { "<int64_t>" } else { "" };
        Expr::call(&format!("{namespace}{function}{of}"), &[&x, &y], ty)
    }

    /// One of two. Between two variables `?:` is a place in memory, and a parameter has none on a core.
    fn chosen(&mut self, condition: &Expr, x: &Expr, y: &Expr) -> Expr {
        let [x, y] = [x, y].map(signed);
        let ty = if x.ty.is_wide() || y.ty.is_wide() { Ty::Long } else { x.ty };
        if self.place != Place::Kernel || ![&x, &y].into_iter().any(|side| self.params.contains(&side.text)) {
            return Expr::choice(condition, &x, &y, ty);
        }
        let name = self.names.fresh("chosen");
        self.code.line(format!("{} {name} = {};", ty.name(), y.text));
        self.code.line(format!("if ({}) {{", condition.text));
        self.code.line(format!("{name} = {};", x.text));
        self.code.line("}");
        Expr::name(name, ty)
    }

    fn compared(&mut self, predicate: &str, x: &Expr, y: &Expr, ranges: &[Range]) -> Expr {
        let [x, y] = [x, y].map(signed);
        let (sign, precedence) = match predicate {
            "eq" => ("==", EQUALITY),
            "ne" => ("!=", EQUALITY),
            "slt" | "ult" => ("<", RELATION),
            "sle" | "ule" => ("<=", RELATION),
            "sgt" | "ugt" => (">", RELATION),
            _ => (">=", RELATION),
        };
        if !predicate.starts_with('u') || natural(ranges) {
            return Expr::binary(&x, sign, &y, precedence, Ty::Bool);
        }
        if ranges[1].is_natural() && matches!(predicate, "ult" | "ule") {
            // Of two sides without sign: a negative one is larger than all others.
            let x = self.plain(x, "value");
            let zero = Expr::literal(0, Ty::Int);
            let some = Expr::binary(&x, ">=", &zero, RELATION, Ty::Bool);
            let less = Expr::binary(&x, sign, &y, RELATION, Ty::Bool);
            return Expr::binary(&some, "&&", &less, AND, Ty::Bool);
        }
        let [x, y] = [x, y].map(|side| side.cast(Ty::Long).cast(Ty::DoubleWord));
        Expr::binary(&x, sign, &y, precedence, Ty::Bool)
    }
}

fn op_type(body: &Body<'_>, result: xpuc_dialect::ir::ValueId) -> Ty {
    match body.func.ty(result) {
        Type::Int(32) => Ty::Int,
        _ => Ty::Long,
    }
}

fn natural(ranges: &[Range]) -> bool {
    ranges.iter().all(|range| range.is_natural())
}

/// A sum modulo 2^32 as the i32 that it is.
fn signed(expr: &Expr) -> Expr {
    expr.cast(expr.ty.signed())
}

fn bits(sign: &str, precedence: u8, x: &Expr, y: &Expr) -> Expr {
    let [x, y] = [x, y].map(signed);
    let ty = if x.ty.is_wide() || y.ty.is_wide() { Ty::Long } else { Ty::Int };
    Expr::binary(&x, sign, &y, precedence, ty)
}
