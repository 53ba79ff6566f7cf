//! Symbolic dimensions: sizes such as `B`, `B*(num_speculative_tokens + 1)` or `sum(seq_lens_encoder)`.
//!
//! A [`Dim`] is a polynomial over [`Symbol`]s with integer coefficients, kept in one canonical form, so
//! that two dims are equal exactly if their polynomials are. Functions are opaque symbols to the polynomial:
//! `ceildiv` and `max` fold where their arguments allow it ([`Dim::ceildiv`], [`Dim::max`]), no further.
//!
//! Operations that can overflow or grow return a [`Result`]; nothing here panics on what a program contains.
//! What a dim may grow to is bounded by [`MAX_TERMS`], [`MAX_TEXT`] and [`MAX_DEPTH`]. Whatever was built
//! within them prints as a text that parses to the same dim.
//!
//! | file | what |
//! |---|---|
//! | `mod.rs` | the polynomial and its arithmetic |
//! | `symbol.rs` | symbols and functions |
//! | `eval.rs` | values for symbols: evaluate, substitute |
//! | `parse.rs` | text to dim |
//! | `unify.rs` | unknowns and what is learnt about them |
//! | `tests.rs`, `laws.rs` | examples; laws on random dims |

mod eval;
#[cfg(test)]
mod laws;
mod parse;
mod symbol;
#[cfg(test)]
mod tests;
mod unify;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::Arc;

pub use eval::EvalError;
pub use parse::ParseError;
pub use symbol::{Function, Symbol, SymbolKind};
pub use unify::{Equation, Mismatch, Unifier};

/// Most terms of one [`Dim`]; stops products of sums from multiplying out without end.
pub const MAX_TERMS: usize = 256;
/// Most bytes of a [`Dim`]'s printed form, and of a text to parse.
pub const MAX_TEXT: usize = 4096;
/// Most levels of functions within functions, and, in a text to parse, of parentheses and functions.
pub const MAX_DEPTH: usize = 32;

/// Why a [`Dim`] or [`Symbol`] could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DimError {
    /// A coefficient is beyond `i64`.
    #[error("expected a coefficient of `{term}` that fits in 64 bits, found a larger one")]
    Overflow {
        /// The symbols whose coefficient it is, `1` for the constant.
        term: String,
    },
    /// More than [`MAX_TERMS`] terms.
    #[error("expected at most {MAX_TERMS} terms, found {found}")]
    TooManyTerms {
        /// How many there would be.
        found: usize,
    },
    /// More than [`MAX_TEXT`] bytes when printed.
    #[error("expected a dimension of at most {MAX_TEXT} bytes when printed, found {found} bytes")]
    TooLong {
        /// How many there would be.
        found: usize,
    },
    /// Functions nested deeper than [`MAX_DEPTH`].
    #[error("expected at most {MAX_DEPTH} functions within each other, found {found}")]
    TooDeep {
        /// How many there would be.
        found: usize,
    },
    /// The divisor is the constant zero.
    #[error("expected a divisor other than zero, found ceildiv({dividend}, 0)")]
    DivisionByZero {
        /// What was to be divided.
        dividend: Dim,
    },
    /// Not a name.
    #[error("expected a name (ASCII letters, digits and '_', no digit first), found {name:?}")]
    BadName {
        /// The text that is not one.
        name: String,
    },
    /// A function that does not read one tensor.
    #[error("expected a function of one tensor, such as 'sum', found '{function}'")]
    BadFunction {
        /// Its name.
        function: String,
    },
}

/// A product of symbols, sorted; a symbol that occurs twice is squared. The empty product is 1.
///
/// Ordered as printed: higher degree first, then by name, the constant last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Monomial(Vec<Symbol>);

impl Monomial {
    /// The factors, sorted by name.
    pub fn symbols(&self) -> &[Symbol] {
        &self.0
    }

    /// Whether this is the empty product, whose coefficient is a dim's constant.
    pub fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    fn new(mut symbols: Vec<Symbol>) -> Self {
        symbols.sort();
        Self(symbols)
    }

    fn times(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).cloned().collect())
    }
}

impl PartialOrd for Monomial {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Monomial {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.len().cmp(&self.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl fmt::Display for Monomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_one() {
            return f.write_char('1');
        }
        for (index, symbol) in self.0.iter().enumerate() {
            write!(f, "{}{symbol}", if index == 0 { "" } else { "*" })?;
        }
        Ok(())
    }
}

/// A size: a polynomial over symbols in canonical form. `==` is equality of polynomials. Cheap to clone.
///
/// There is deliberately no `Ord`: `a < b` and `a.max(b)` would compare how sizes are written, not the sizes.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Dim {
    /// No coefficient is zero.
    terms: Arc<BTreeMap<Monomial, i64>>,
}

impl Dim {
    /// A known size.
    pub fn constant(value: i64) -> Self {
        let terms = (value != 0).then(|| (Monomial::default(), value));
        Self { terms: Arc::new(terms.into_iter().collect()) }
    }

    /// The size that `symbol` stands for.
    pub fn symbol(symbol: Symbol) -> Self {
        Self { terms: Arc::new(BTreeMap::from([(Monomial::new(vec![symbol]), 1)])) }
    }

    /// `self + other`.
    pub fn add(&self, other: &Self) -> Result<Self, DimError> {
        Self::from_terms(self.wide().chain(other.wide()))
    }

    /// `self - other`.
    pub fn sub(&self, other: &Self) -> Result<Self, DimError> {
        Self::from_terms(self.wide().chain(other.wide().map(|(m, c)| (m, -c))))
    }

    /// `self * other`, multiplied out.
    pub fn mul(&self, other: &Self) -> Result<Self, DimError> {
        Self::from_terms(self.terms.iter().flat_map(|(m, &c)| {
            other.terms.iter().map(move |(n, &d)| (m.times(n), i128::from(c) * i128::from(d)))
        }))
    }

    /// `-self`.
    pub fn neg(&self) -> Result<Self, DimError> {
        self.scale(-1)
    }

    /// `self * factor`.
    pub fn scale(&self, factor: i64) -> Result<Self, DimError> {
        Self::from_terms(self.wide().map(|(m, c)| (m, c * i128::from(factor))))
    }

    /// The value, if it is the same under every assignment of symbols.
    pub fn as_const(&self) -> Option<i64> {
        (self.variable_terms().next().is_none()).then(|| self.constant_term())
    }

    /// The symbol, if this is one symbol and nothing else.
    pub fn as_symbol(&self) -> Option<&Symbol> {
        match self.terms.first_key_value() {
            Some((Monomial(symbols), 1)) if self.terms.len() == 1 => match symbols.as_slice() {
                [symbol] => Some(symbol),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether this is the constant 0.
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether the two differ under every assignment of symbols, because their difference is a nonzero constant.
    ///
    /// `B` and `C` are neither equal nor known to be different.
    pub fn known_different(&self, other: &Self) -> bool {
        self.constant_term() != other.constant_term() && self.variable_terms().eq(other.variable_terms())
    }

    /// The products and their nonzero coefficients, as printed: highest degree first, the constant last.
    pub fn terms(&self) -> impl Iterator<Item = (&Monomial, i64)> {
        self.terms.iter().map(|(monomial, &coefficient)| (monomial, coefficient))
    }

    /// Every symbol that occurs, sorted: functions and, within their arguments, their symbols too.
    pub fn symbols(&self) -> BTreeSet<&Symbol> {
        let mut all = BTreeSet::new();
        let mut dims = vec![self];
        while let Some(dim) = dims.pop() {
            for symbol in dim.factors() {
                if all.insert(symbol) {
                    dims.extend(symbol.arguments());
                }
            }
        }
        all
    }

    /// Whether `symbol` occurs, be it within a function's argument.
    pub fn mentions(&self, symbol: &Symbol) -> bool {
        self.factors().any(|s| s == symbol || s.arguments().iter().any(|dim| dim.mentions(symbol)))
    }

    /// Whether an unknown occurs, be it within a function's argument.
    pub fn has_unknowns(&self) -> bool {
        self.factors().any(|s| s.is_unknown() || s.arguments().iter().any(Dim::has_unknowns))
    }

    fn factors(&self) -> impl Iterator<Item = &Symbol> {
        self.terms.keys().flat_map(Monomial::symbols)
    }

    fn constant_term(&self) -> i64 {
        self.terms.get(&Monomial::default()).copied().unwrap_or(0)
    }

    fn variable_terms(&self) -> impl Iterator<Item = (&Monomial, i64)> {
        self.terms().filter(|(monomial, _)| !monomial.is_one())
    }

    fn wide(&self) -> impl Iterator<Item = (Monomial, i128)> {
        self.terms.iter().map(|(m, &c)| (m.clone(), i128::from(c)))
    }

    /// The sum of `parts`, if it is within the limits. The only place where larger dims come from.
    fn from_terms(parts: impl Iterator<Item = (Monomial, i128)>) -> Result<Self, DimError> {
        let overflow = |m: &Monomial| DimError::Overflow { term: m.to_string() };
        let mut sums = BTreeMap::<Monomial, i128>::new();
        for (monomial, part) in parts {
            let sum = sums.get(&monomial).copied().unwrap_or(0);
            let sum = sum.checked_add(part).ok_or_else(|| overflow(&monomial))?;
            sums.insert(monomial, sum);
        }
        sums.retain(|_, sum| *sum != 0);
        if sums.len() > MAX_TERMS {
            return Err(DimError::TooManyTerms { found: sums.len() });
        }
        let narrow = |(m, sum)| match i64::try_from(sum) {
            Ok(coefficient) => Ok((m, coefficient)),
            Err(_) => Err(overflow(&m)),
        };
        let dim = Self { terms: Arc::new(sums.into_iter().map(narrow).collect::<Result<_, _>>()?) };
        // A term is its symbols, as many signs, and a coefficient.
        let most = |m: &Monomial| m.symbols().iter().map(|s| s.as_str().len() + 1).sum::<usize>() + 32;
        if dim.terms.keys().map(most).sum::<usize>() > MAX_TEXT {
            check_length(&dim)?;
        }
        Ok(dim)
    }
}

/// [`MAX_TEXT`], counted without making the text.
fn check_length(printed: &impl fmt::Display) -> Result<(), DimError> {
    struct Count(usize);
    impl fmt::Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.saturating_add(text.len());
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting cannot fail; if it did, the text would be refused.
    match write!(count, "{printed}") {
        Ok(()) if count.0 <= MAX_TEXT => Ok(()),
        _ => Err(DimError::TooLong { found: count.0 }),
    }
}

impl From<i64> for Dim {
    fn from(value: i64) -> Self {
        Self::constant(value)
    }
}

impl From<Symbol> for Dim {
    fn from(symbol: Symbol) -> Self {
        Self::symbol(symbol)
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_char('0');
        }
        for (index, (monomial, coefficient)) in self.terms().enumerate() {
            // i64::MIN cannot be negated: it is printed as `B + -9223372036854775808`.
            let (sign, coefficient) = match coefficient.checked_neg() {
                _ if index == 0 => ("", coefficient),
                Some(negated) if coefficient < 0 => (" - ", negated),
                _ => (" + ", coefficient),
            };
            match coefficient {
                _ if monomial.is_one() => write!(f, "{sign}{coefficient}")?,
                1 => write!(f, "{sign}{monomial}")?,
                -1 => write!(f, "{sign}-{monomial}")?,
                _ => write!(f, "{sign}{coefficient}*{monomial}")?,
            }
        }
        Ok(())
    }
}

/// A dim with what its terms have in common in front: `B*(1+block_size)`. For messages; [`Dim`] prints as it parses.
#[derive(Debug, Clone, Copy)]
pub struct Factored<'d>(&'d Dim);

impl Dim {
    /// Prints the product of what all terms share, and the sum of the rest.
    pub fn factored(&self) -> Factored<'_> {
        Factored(self)
    }
}

impl fmt::Display for Factored<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dim = self.0;
        let mut terms = dim.terms.keys();
        let mut common: Vec<Symbol> = terms.next().map(|first| first.0.clone()).unwrap_or_default();
        for monomial in terms {
            let mut left = monomial.0.clone();
            common.retain(|symbol| {
                let at = left.iter().position(|other| other == symbol);
                at.map(|at| left.remove(at)).is_some()
            });
        }
        if common.is_empty() || dim.terms.len() < 2 {
            return write!(f, "{dim}");
        }
        write!(f, "{}*(", Monomial(common.clone()))?;
        for (index, (monomial, coefficient)) in dim.terms().collect::<Vec<_>>().into_iter().rev().enumerate()
        {
            let mut rest = monomial.0.clone();
            for symbol in &common {
                rest.iter().position(|other| other == symbol).map(|at| rest.remove(at));
            }
            let sign = if coefficient < 0 {
                "-"
            } else if index > 0 {
                "+"
            } else {
                ""
            };
            match (coefficient.unsigned_abs(), rest.is_empty()) {
                (value, true) => write!(f, "{sign}{value}")?,
                (1, false) => write!(f, "{sign}{}", Monomial(rest))?,
                (value, false) => write!(f, "{sign}{value}*{}", Monomial(rest))?,
            }
        }
        f.write_char(')')
    }
}

/// As printed, in quotes: the form that a failing test can show.
impl fmt::Debug for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
