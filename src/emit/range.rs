//! Bounds of an integer, so that code is emitted in 32 bits where nothing is lost.

/// Most elements of an array that emitted code takes: their bytes fit into 32 bits, as sizes of transfers do.
pub const MAX_ELEMENTS: i64 = (1 << 29) - 1;

/// The least and the largest value that an integer can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) lo: i128,
    pub(super) hi: i128,
}

impl Range {
    pub(super) const BOOL: Range = Range { lo: 0, hi: 1 };
    pub(super) const I32: Range = Range::of_bits(32);
    pub(super) const I64: Range = Range::of_bits(64);
    /// Sizes of arrays, and indices into them.
    pub(super) const SIZE: Range = Range { lo: 0, hi: MAX_ELEMENTS as i128 };

    pub(super) const fn of_bits(bits: u32) -> Range {
        Range { lo: -(1 << (bits - 1)), hi: (1 << (bits - 1)) - 1 }
    }

    pub(super) fn exact(value: i64) -> Range {
        Range { lo: value.into(), hi: value.into() }
    }

    /// The value, if there is only one.
    pub(super) fn known(self) -> Option<i128> {
        (self.lo == self.hi).then_some(self.lo)
    }

    pub(super) fn within(self, other: Range) -> bool {
        other.lo <= self.lo && self.hi <= other.hi
    }

    pub(super) fn is_natural(self) -> bool {
        self.lo >= 0
    }

    pub(super) fn hull(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// What is in both; where nothing is, no such code runs, and any range is right.
    pub(super) fn meet(self, other: Range) -> Range {
        let met = Range { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) };
        if met.lo <= met.hi { met } else { self }
    }

    /// All that `f` makes of the corners; right for what is monotonous in each operand.
    fn corners(self, other: Range, f: impl Fn(i128, i128) -> i128) -> Range {
        let all = [(self.lo, other.lo), (self.lo, other.hi), (self.hi, other.lo), (self.hi, other.hi)];
        let first = f(all[0].0, all[0].1);
        all[1..].iter().fold(Range { lo: first, hi: first }, |range, (x, y)| {
            let at = f(*x, *y);
            range.hull(Range { lo: at, hi: at })
        })
    }

    pub(super) fn add(self, other: Range) -> Range {
        Range { lo: self.lo + other.lo, hi: self.hi + other.hi }
    }

    pub(super) fn sub(self, other: Range) -> Range {
        Range { lo: self.lo - other.hi, hi: self.hi - other.lo }
    }

    pub(super) fn mul(self, other: Range) -> Range {
        self.corners(other, |x, y| x * y)
    }

    pub(super) fn min(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.min(other.hi) }
    }

    pub(super) fn max(self, other: Range) -> Range {
        Range { lo: self.lo.max(other.lo), hi: self.hi.max(other.hi) }
    }

    /// Quotients rounded down, by divisors other than 0.
    pub(super) fn floordiv(self, other: Range) -> Range {
        let negative = Range { lo: other.lo, hi: other.hi.min(-1) };
        let positive = Range { lo: other.lo.max(1), hi: other.hi };
        let quotients = [negative, positive].into_iter().filter(|divisor| divisor.lo <= divisor.hi);
        let quotients = quotients.map(|divisor| self.corners(divisor, i128::div_euclid_floor));
        quotients.reduce(Range::hull).unwrap_or(self)
    }
}

/// Division rounded toward minus infinity.
trait FloorDiv {
    fn div_euclid_floor(self, other: Self) -> Self;
}

impl FloorDiv for i128 {
    fn div_euclid_floor(self, other: i128) -> i128 {
        let quotient = self / other;
        if self % other != 0 && (self < 0) != (other < 0) { quotient - 1 } else { quotient }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(range: Range) -> impl Iterator<Item = i128> + Clone {
        range.lo..=range.hi
    }

    /// Every result of small operands is in the range, and both ends of it are reached.
    #[test]
    fn ranges_are_exact() {
        let ranges: Vec<Range> = (-4..=4).flat_map(|lo| (lo..=4).map(move |hi| Range { lo, hi })).collect();
        type Op = (fn(Range, Range) -> Range, fn(i128, i128) -> i128);
        let ops: [Op; 6] = [
            (Range::add, |x, y| x + y),
            (Range::sub, |x, y| x - y),
            (Range::mul, |x, y| x * y),
            (Range::min, i128::min),
            (Range::max, i128::max),
            (Range::floordiv, i128::div_euclid_floor),
        ];
        for (number, (range_of, op)) in ops.into_iter().enumerate() {
            for (x, y) in ranges.iter().flat_map(|x| ranges.iter().map(move |y| (*x, *y))) {
                let divides = number == 5;
                let pairs = all(x).flat_map(|a| all(y).map(move |b| (a, b)));
                let values: Vec<i128> =
                    pairs.filter(|(_, b)| !divides || *b != 0).map(|(a, b)| op(a, b)).collect();
                let (Some(lo), Some(hi)) = (values.iter().min(), values.iter().max()) else { continue };
                assert_eq!(range_of(x, y), Range { lo: *lo, hi: *hi }, "op {number} of {x:?} and {y:?}");
            }
        }
    }
}
