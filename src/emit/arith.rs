//! `arith` as expressions: in 32 bits where the ranges allow it, modulo 2^32 where the sum of two i32 may wrap.

use super::body::{Body, Place};
use super::expr::precedence::{BITS, CHOICE, PRIMARY, PRODUCT, SHIFT, SUM};
use super::expr::{Expr, Ty};
use super::helpers::{Helper, Sign};
use super::range::Range;
use super::transfer::{arith, cmpi};
use super::{EmitError, EmitErrorKind};
use xpuc_dialect::ir::{Op, OpId, Type};

impl Body<'_> {
    /// The expression of an `arith` op. Its longest operand becomes a variable until it fits on a line.
    pub(super) fn arith(&mut self, id: OpId) -> Result<Expr, EmitError> {
        let op = self.func.op(id);
        let result = op.results[0];
        if let Some(known) = self.facts.value(result).known() {
            return Ok(Expr::literal(known, self.ty(result)));
        }
        // What cannot be told apart from another branch's business here, is not needed here.
        let mut operands: Vec<Expr> = op.operands.iter().map(|value| self.take(*value)).collect();
        loop {
            let (mark, names) = (self.code.mark(), self.names.clone());
            let expr = self.computed(id, &operands)?;
            let longest = (0..operands.len()).filter(|i| !operands[*i].is_plain());
            let longest = longest.max_by_key(|i| operands[*i].text.len());
            let Some(longest) = longest.filter(|_| expr.text.len() > self.code.room()) else {
                return Ok(expr);
            };
            self.code.forget(mark);
            self.names = names;
            let own = op.str_attr("xpu.name").map(str::to_owned);
            let wanted = own.unwrap_or_else(|| self.wanted(op.operands[longest]));
            operands[longest] = self.plain(operands[longest].clone(), &wanted);
        }
    }

    fn computed(&mut self, id: OpId, operands: &[Expr]) -> Result<Expr, EmitError> {
        let op = self.func.op(id);
        let result = op.results[0];
        let ranges: Vec<Range> = (0..op.operands.len()).map(|i| self.facts.operand(id, i)).collect();
        let name = op.name.strip_prefix("arith.").unwrap_or_default();
        let exact = arith(op, self.func, &ranges);
        let bool = *self.func.ty(result) == Type::I1;
        Ok(match (name, operands) {
            ("addi", [x, y]) => self.sum(op_type(self, result), Sign::Add, (x, y), exact),
            ("subi", [x, y]) => self.sum(op_type(self, result), Sign::Sub, (x, y), exact),
            ("muli", [x, y]) => self.sum(op_type(self, result), Sign::Mul, (x, y), exact),
            ("floordivsi" | "divui" | "ceildivui" | "remui" | "remsi" | "divsi", [x, y]) => {
                return self.quotient(id, name, x, y, &ranges);
            }
            ("minsi", [x, y]) => self.least(op, "min", x, y),
            ("maxsi", [x, y]) => self.least(op, "max", x, y),
            ("minui", [x, y]) if natural(&ranges) => self.least(op, "min", x, y),
            ("maxui", [x, y]) if natural(&ranges) => self.least(op, "max", x, y),
            ("cmpi", [x, y]) => self.compared(cmpi(op), x, y, &ranges),
            ("andi", [x, y]) if bool => Expr::and(x, y),
            ("ori", [x, y]) if bool => Expr::or(x, y),
            ("xori", [x, y]) if bool => match &*y.text {
                "true" => x.not(),
                _ => Expr::comparison(x, "!=", y),
            },
            ("andi", [x, y]) => bits("&", BITS + 2, x, y),
            ("xori", [x, y]) => bits("^", BITS + 1, x, y),
            ("ori", [x, y]) => bits("|", BITS, x, y),
            ("shrsi", [x, y]) => {
                let x = x.cast(op_type(self, result));
                Expr::binary(&x, ">>", y, SHIFT, x.ty)
            }
            ("shli", [x, y]) => {
                let wide = matches!(op_type(self, result), Ty::Long);
                let word = if wide { Ty::DoubleWord } else { Ty::Word };
                Expr::binary(&signed(x).cast(op_type(self, result)).cast(word), "<<", y, SHIFT, word)
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
            // C++ widens where it has to.
            ("extsi", [x]) => signed(x),
            ("extui", [x]) if x.ty == Ty::Bool => x.cast(self.ty(result)),
            ("trunci", [x]) if !bool => signed(x).cast(self.ty(result)),
            _ => return Err(self.refuse(op, "arithmetic that C++ has")),
        })
    }

    /// `x op y`, exact if it cannot leave its type, else modulo its width.
    fn sum(&mut self, ty: Ty, sign: Sign, (x, y): (&Expr, &Expr), exact: Option<Range>) -> Expr {
        let [x, y] = [x, y].map(signed);
        match (&*x.text, sign, &*y.text) {
            ("0", Sign::Add, _) => return y,
            (_, Sign::Add | Sign::Sub, "0") => return x,
            _ => {}
        }
        let precedence = if sign == Sign::Mul { PRODUCT } else { SUM };
        let fits = |range: Range| exact.is_some_and(|exact| exact.within(range));
        if !x.ty.is_wide() && !y.ty.is_wide() && fits(Range::I32) {
            return Expr::binary(&x, sign.text(), &y, precedence, Ty::Int);
        }
        // Both sides have at most 64 bits, one of them has to have them before C++ adds.
        if ty == Ty::Long && fits(Range::I64) {
            let x = if y.ty == Ty::Long { x } else { x.cast(Ty::Long) };
            let long = x.text.len() + y.text.len() + 5 > self.code.room();
            let x = if long { self.plain(x, "wide") } else { x };
            return Expr::binary(&x, sign.text(), &y, precedence, Ty::Long);
        }
        let helper = if ty == Ty::Long { Helper::WrappingWide(sign) } else { Helper::Wrapping(sign) };
        self.helpers.insert(helper);
        Expr::call(helper.name(), &[&x, &y], ty)
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
        let [mut x, mut y] = if wide { [x, y] } else { [x.cast(Ty::Int), y.cast(Ty::Int)] };
        // With the name of a function around.
        if x.text.len() + y.text.len() + 14 > self.code.room() {
            (x, y) = (self.plain(x, "dividend"), self.plain(y, "divisor"));
        }
        // Rounding down is what C++ does where nothing is negative.
        let plain = natural(ranges);
        Ok(match name {
            "remui" | "remsi" => Expr::binary(&x, "%", &y, PRODUCT, ty),
            "divui" | "divsi" => Expr::binary(&x, "/", &y, PRODUCT, ty),
            "floordivsi" if plain => Expr::binary(&x, "/", &y, PRODUCT, ty),
            "floordivsi" => {
                let helper = match (wide, ranges[1].lo >= 1) {
                    (true, _) => Helper::FloorDivWide,
                    (false, true) => Helper::FloorDivByPositive,
                    (false, false) => Helper::FloorDiv,
                };
                self.helpers.insert(helper);
                Expr::call(helper.name(), &[&x, &y], ty)
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
                        let more = Expr::comparison(&rest, "!=", &zero);
                        let (one, zero) = (Expr::literal(1, Ty::Int), Expr::literal(0, Ty::Int));
                        Expr::binary(&quotient, "+", &Expr::choice(&more, &one, &zero, Ty::Int), SUM, ty)
                    }
                }
            }
        })
    }

    /// The smaller (`min`) or larger (`max`) of two.
    fn least(&mut self, op: &Op, function: &str, x: &Expr, y: &Expr) -> Expr {
        let [x, y] = [x, y].map(signed);
        if self.place == Place::Kernel && function == "max" {
            // Published kernels call min, and none max.
            let names = [0, 1].map(|i| self.wanted(op.operands[i]));
            let (x, y) = (self.plain(x, &names[0]), self.plain(y, &names[1]));
            let more = Expr::comparison(&x, ">", &y);
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
        let [x, y] = [x, y].map(|side| {
            // No choice inside another.
            if side.precedence == CHOICE { self.plain(signed(side), "chosen") } else { signed(side) }
        });
        let ty = if x.ty.is_wide() || y.ty.is_wide() { Ty::Long } else { x.ty };
        let choice = Expr::choice(condition, &x, &y, ty);
        let long = choice.text.len() > self.code.room() && x.is_plain() && y.is_plain();
        let param =
            self.place == Place::Kernel && [&x, &y].into_iter().any(|side| self.params.contains(&side.text));
        if ty == Ty::Bool || !(long || param) { choice } else { self.decided(condition, &x, &y, ty) }
    }

    /// One of two as a variable that changes if the condition holds.
    fn decided(&mut self, condition: &Expr, x: &Expr, y: &Expr, ty: Ty) -> Expr {
        let condition =
            if self.is_short(condition) { condition.clone() } else { self.plain(condition.clone(), "holds") };
        let name = self.names.fresh("chosen");
        self.changing.insert(name.clone());
        self.assign(&format!("{} {name}", ty.name()), y);
        self.code.line(format!("if ({}) {{", condition.text));
        self.assign(&name, x);
        self.code.line("}");
        Expr::name(name, ty)
    }

    fn compared(&mut self, predicate: &str, x: &Expr, y: &Expr, ranges: &[Range]) -> Expr {
        let [x, y] = [x, y].map(signed);
        let sign = match predicate {
            "eq" => "==",
            "ne" => "!=",
            "slt" | "ult" => "<",
            "sle" | "ule" => "<=",
            "sgt" | "ugt" => ">",
            _ => ">=",
        };
        // A compiler takes the comparison of something with itself for a mistake.
        if x.text == y.text {
            return Expr::literal(matches!(sign, "==" | "<=" | ">=").into(), Ty::Bool);
        }
        if !predicate.starts_with('u') || natural(ranges) {
            return Expr::comparison(&x, sign, &y);
        }
        if ranges[1].is_natural() && matches!(predicate, "ult" | "ule") {
            // Of two sides without sign: a negative one is larger than all others.
            let x = self.plain(x, "value");
            let zero = Expr::literal(0, Ty::Int);
            let some = Expr::comparison(&x, ">=", &zero);
            let less = Expr::comparison(&x, sign, &y);
            let long = some.text.len() + less.text.len() + 4 > self.code.room();
            let less = if long { self.plain(less, "less") } else { less };
            return Expr::and(&some, &less);
        }
        if natural(&ranges[..1]) && matches!(predicate, "ult" | "ule") {
            let zero = Expr::literal(0, Ty::Int);
            let y = self.plain(y, "value");
            let more = Expr::comparison(&y, "<", &zero);
            let less = Expr::comparison(&x, sign, &y);
            let long = more.text.len() + less.text.len() + 4 > self.code.room();
            let less = if long { self.plain(less, "less") } else { less };
            return Expr::or(&more, &less);
        }
        let wide = x.ty.is_wide() || y.ty.is_wide();
        let [x, y] = [x, y].map(|side| match wide {
            true => side.cast(Ty::Long).cast(Ty::DoubleWord),
            false => side.cast(Ty::Word),
        });
        Expr::comparison(&x, sign, &y)
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
