//! What `arith` does to ranges.

use super::range::Range;
use xpuc_dialect::ir::{Func, Op, Type, cmpi_predicate};

/// All values of a type.
pub(super) fn of_type(ty: &Type) -> Range {
    match ty {
        Type::Int(1) => Range::BOOL,
        Type::Int(32) => Range::I32,
        _ => Range::I64,
    }
}

/// The predicate of an `arith.cmpi`.
pub(super) fn cmpi(op: &Op) -> &'static str {
    cmpi_predicate(op).unwrap_or("eq")
}

/// The range of what an `arith` op makes, before it wraps around; none if nothing is known.
pub(super) fn arith(op: &Op, func: &Func, ranges: &[Range]) -> Option<Range> {
    let full = of_type(func.ty(*op.results.first()?));
    let natural = ranges.iter().all(|range| range.is_natural());
    let range = match (&*op.name, ranges) {
        ("arith.addi", [x, y]) => x.add(*y),
        ("arith.subi", [x, y]) => x.sub(*y),
        ("arith.muli", [x, y]) => x.mul(*y),
        ("arith.minsi", [x, y]) => x.min(*y),
        ("arith.maxsi", [x, y]) => x.max(*y),
        ("arith.minui", [x, y]) if natural => x.min(*y),
        ("arith.maxui", [x, y]) if natural => x.max(*y),
        ("arith.floordivsi", [x, y]) => x.floordiv(*y),
        ("arith.divui", [x, y]) if natural => x.floordiv(*y),
        ("arith.ceildivui", [x, y]) if natural => Range::exact(0).sub(Range::exact(0).sub(*x).floordiv(*y)),
        ("arith.remui", [_, y]) if natural => Range { lo: 0, hi: (y.hi - 1).max(0) },
        ("arith.shrsi", [x, y]) => {
            let bits = y.known().and_then(|bits| u32::try_from(bits).ok()).filter(|bits| *bits < 64)?;
            Range { lo: x.lo >> bits, hi: x.hi >> bits }
        }
        ("arith.select", [condition, x, y]) => match condition.known() {
            Some(0) => *y,
            Some(_) => *x,
            None => x.hull(*y),
        },
        ("arith.cmpi", [x, y]) => compared(cmpi(op), *x, *y)?,
        ("arith.andi", [x, y]) if full == Range::BOOL => x.min(*y),
        ("arith.andi", [_, y]) if y.is_natural() => Range { lo: 0, hi: y.hi },
        ("arith.ori", [x, y]) if full == Range::BOOL => x.max(*y),
        ("arith.xori", [x, y]) if full == Range::BOOL => match (x.known(), y.known()) {
            (Some(x), Some(y)) => Range::exact(i64::from(x != y)),
            _ => Range::BOOL,
        },
        // An i1 is 0 or 1, whatever the width; extui of anything else is not emitted.
        ("arith.index_cast" | "arith.extsi" | "arith.extui" | "arith.trunci", [x]) if x.within(full) => *x,
        _ => return None,
    };
    Some(range)
}

/// Whether a comparison is always true or always false.
fn compared(predicate: &str, x: Range, y: Range) -> Option<Range> {
    let signed = match predicate {
        "ult" | "ule" | "ugt" | "uge" if !(x.is_natural() && y.is_natural()) => return None,
        "ult" => "slt",
        "ule" => "sle",
        "ugt" => "sgt",
        "uge" => "sge",
        other => other,
    };
    let always = match signed {
        "slt" if x.hi < y.lo => true,
        "slt" if x.lo >= y.hi => false,
        "sle" if x.hi <= y.lo => true,
        "sle" if x.lo > y.hi => false,
        "sgt" if x.lo > y.hi => true,
        "sgt" if x.hi <= y.lo => false,
        "sge" if x.lo >= y.hi => true,
        "sge" if x.hi < y.lo => false,
        "eq" | "ne" => match (x.known(), y.known()) {
            (Some(a), Some(b)) => (a == b) == (signed == "eq"),
            _ if x.hi < y.lo || y.hi < x.lo => signed == "ne",
            _ => return None,
        },
        _ => return None,
    };
    Some(Range::exact(always.into()))
}
