//! Values for symbols: numbers ([`Dim::evaluate`]) or other dims ([`Dim::substitute`]).

use std::collections::BTreeMap;

use super::{Dim, DimError, Function, Monomial, Symbol, SymbolKind};

/// Why a dim has no value under an assignment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// The assignment lacks a symbol.
    #[error("expected a value for `{symbol}`, found none")]
    Unbound {
        /// The symbol.
        symbol: Symbol,
    },
    /// The value, or a number on the way to it, is too large.
    #[error("expected a value of `{dim}` that fits in 64 bits, found a larger one")]
    Overflow {
        /// What was evaluated, or the part of it that is too large.
        dim: Dim,
    },
    /// A divisor has the value zero.
    #[error("expected a divisor other than zero, found zero in `{symbol}`")]
    DivisionByZero {
        /// The division.
        symbol: Symbol,
    },
}

impl Dim {
    /// The value when symbols have the `values` given.
    ///
    /// `ceildiv` and `max` of sizes are computed from their arguments; every other symbol is looked up by
    /// its whole name (`sum(seq_lens_encoder)`). The way there is computed in 128 bits, the value has 64.
    pub fn evaluate(&self, values: &BTreeMap<Symbol, i64>) -> Result<i64, EvalError> {
        let value = self.evaluate_wide(values)?;
        i64::try_from(value).map_err(|_| EvalError::Overflow { dim: self.clone() })
    }

    fn evaluate_wide(&self, values: &BTreeMap<Symbol, i64>) -> Result<i128, EvalError> {
        let overflow = || EvalError::Overflow { dim: self.clone() };
        let mut sum = 0i128;
        for (monomial, coefficient) in self.terms() {
            let mut product = i128::from(coefficient);
            for symbol in monomial.symbols() {
                let value = symbol.evaluate_wide(values)?;
                product = product.checked_mul(value).ok_or_else(overflow)?;
            }
            sum = sum.checked_add(product).ok_or_else(overflow)?;
        }
        Ok(sum)
    }

    /// `self` with `value` in the place of `symbol`, within the arguments of functions too.
    pub fn substitute(&self, symbol: &Symbol, value: &Self) -> Result<Self, DimError> {
        let values = |s: &Symbol| (s == symbol).then_some(value);
        Ok(self.replace(&values)?.unwrap_or_else(|| self.clone()))
    }

    /// `self` with every symbol that `values` knows replaced, all at once. `None`: there was nothing to replace.
    pub(super) fn replace<'v>(
        &self,
        values: &dyn Fn(&Symbol) -> Option<&'v Self>,
    ) -> Result<Option<Self>, DimError> {
        let untouched = |symbol: &Symbol| symbol.arguments().is_empty() && values(symbol).is_none();
        if self.factors().all(untouched) {
            return Ok(None);
        }
        let mut changed = false;
        let mut parts = Vec::new();
        for (monomial, coefficient) in self.terms() {
            let mut kept = Vec::new();
            let mut product = Self::constant(coefficient);
            for symbol in monomial.symbols() {
                match symbol.replace(values)? {
                    Some(value) => product = product.mul(&value)?,
                    None => kept.push(symbol.clone()),
                }
            }
            changed |= kept.len() < monomial.symbols().len();
            let kept = Monomial::new(kept);
            parts.extend(product.wide().map(|(m, c)| (m.times(&kept), c)));
        }
        if changed { Self::from_terms(parts.into_iter()).map(Some) } else { Ok(None) }
    }
}

impl Symbol {
    fn evaluate_wide(&self, values: &BTreeMap<Symbol, i64>) -> Result<i128, EvalError> {
        let SymbolKind::Call { function, arguments } = self.kind() else {
            let value = values.get(self).copied().map(i128::from);
            return value.ok_or_else(|| EvalError::Unbound { symbol: self.clone() });
        };
        let numbers: Vec<i128> =
            arguments.iter().map(|dim| dim.evaluate_wide(values)).collect::<Result<_, _>>()?;
        let value = match (function, numbers.as_slice()) {
            (Function::CeilDiv, [_, 0]) => {
                return Err(EvalError::DivisionByZero { symbol: self.clone() });
            }
            (Function::CeilDiv, &[a, b]) => ceil_div(a, b),
            (Function::CeilDiv, _) => None,
            (Function::Max, numbers) => numbers.iter().copied().max(),
        };
        value.ok_or_else(|| EvalError::Overflow { dim: Dim::symbol(self.clone()) })
    }

    fn replace<'v>(&self, values: &dyn Fn(&Symbol) -> Option<&'v Dim>) -> Result<Option<Dim>, DimError> {
        if let Some(value) = values(self) {
            return Ok(Some(value.clone()));
        }
        let SymbolKind::Call { function, arguments } = self.kind() else {
            return Ok(None);
        };
        let replaced: Vec<Option<Dim>> =
            arguments.iter().map(|dim| dim.replace(values)).collect::<Result<_, _>>()?;
        if replaced.iter().all(Option::is_none) {
            return Ok(None);
        }
        // Rebuilt, not patched: with their new arguments functions may fold.
        let combine = match function {
            Function::CeilDiv => Dim::ceildiv,
            Function::Max => Dim::max,
        };
        let mut arguments =
            replaced.into_iter().zip(arguments).map(|(new, old)| new.unwrap_or_else(|| old.clone()));
        let Some(first) = arguments.next() else {
            return Ok(None);
        };
        arguments.try_fold(first, |a, b| combine(&a, &b)).map(Some)
    }
}

/// The least integer not below `a / b`; none if `b` is zero or the result is beyond `i128`.
pub(super) fn ceil_div(a: i128, b: i128) -> Option<i128> {
    let (quotient, rest) = (a.checked_div(b)?, a.checked_rem(b)?);
    if rest != 0 && (rest > 0) == (b > 0) { quotient.checked_add(1) } else { Some(quotient) }
}
