//! Unknowns and what is learnt about them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Dim, DimError, Symbol, SymbolKind};

/// Two sizes that cannot be the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected size {expected}, found {found}")]
pub struct Mismatch {
    /// The first side, with what is known put in.
    pub expected: Dim,
    /// The second side, with what is known put in.
    pub found: Dim,
}

/// Two sizes that must be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equation {
    /// The first side.
    pub expected: Dim,
    /// The second side.
    pub found: Dim,
}

impl Equation {
    fn mentions(&self, symbol: &Symbol) -> bool {
        self.expected.mentions(symbol) || self.found.mentions(symbol)
    }
}

/// Finds out what unknowns are from sizes that must be the same.
///
/// Every assignment of symbols that agrees with [`bindings`](Self::bindings) and satisfies
/// [`open`](Self::open) makes both sides of every accepted equation equal. Equations that one choice of dims
/// for the unknowns turns into identities, all of them, are never refused.
#[derive(Debug, Clone, Default)]
pub struct Unifier {
    /// No bound unknown occurs in a value.
    bindings: BTreeMap<Symbol, Dim>,
    /// Bound unknowns whose values have unknowns: the only ones that another binding changes.
    loose: BTreeSet<Symbol>,
    /// Neither true nor false yet.
    open: Vec<Equation>,
}

enum Verdict {
    Equal,
    Bind(Symbol, Dim),
    Open(Equation),
}

impl Unifier {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires the two to be the same size, and returns that size as far as it is known.
    ///
    /// Binds an unknown that stands alone on a side, or once, with factor 1 or -1, in the difference: of two,
    /// the newer one. If nothing can be bound, the equation is refused when the sides are known to be different
    /// or have no unknowns; otherwise it stays [`open`](Self::open) until one of its unknowns is bound.
    /// A refused equation leaves everything as it was; so does one that contradicts an open one, which is
    /// then what the error shows.
    pub fn unify(&mut self, expected: &Dim, found: &Dim) -> Result<Dim, Mismatch> {
        if expected == found {
            return Ok(self.resolve(expected));
        }
        let mut before = None;
        let mut queue = vec![Equation { expected: expected.clone(), found: found.clone() }];
        while let Some(equation) = queue.pop() {
            let verdict = match self.decide(&equation) {
                Ok(verdict) => verdict,
                Err(mismatch) => {
                    if let Some(before) = before {
                        *self = before;
                    }
                    return Err(mismatch);
                }
            };
            let undecided = match verdict {
                Verdict::Equal => continue,
                Verdict::Open(equation) => equation,
                Verdict::Bind(unknown, value) => {
                    if before.is_none() && !self.open.is_empty() {
                        before = Some(self.clone());
                    }
                    if self.bind(&unknown, &value).is_ok() {
                        queue.extend(self.open.extract_if(.., |open| open.mentions(&unknown)));
                        continue;
                    }
                    equation
                }
            };
            if !self.open.contains(&undecided) {
                self.open.push(undecided);
            }
        }
        Ok(self.resolve(expected))
    }

    /// `dim` with what is known put in. Stays as it is where that would exceed a limit of dims.
    pub fn resolve(&self, dim: &Dim) -> Dim {
        self.try_resolve(dim).unwrap_or_else(|_| dim.clone())
    }

    /// What each unknown was found to be.
    pub fn bindings(&self) -> &BTreeMap<Symbol, Dim> {
        &self.bindings
    }

    /// The equations that are neither shown nor refuted: empty when all is decided.
    pub fn open(&self) -> &[Equation] {
        &self.open
    }

    fn decide(&self, equation: &Equation) -> Result<Verdict, Mismatch> {
        let sides = (self.try_resolve(&equation.expected), self.try_resolve(&equation.found));
        let (Ok(expected), Ok(found)) = sides else {
            return Ok(Verdict::Open(equation.clone()));
        };
        if expected == found {
            return Ok(Verdict::Equal);
        }
        if let Some((unknown, value)) = solve(&expected, &found) {
            return Ok(Verdict::Bind(unknown, value));
        }
        let named = !expected.has_unknowns() && !found.has_unknowns();
        if named || expected.known_different(&found) {
            return Err(Mismatch { expected, found });
        }
        Ok(Verdict::Open(Equation { expected, found }))
    }

    fn try_resolve(&self, dim: &Dim) -> Result<Dim, DimError> {
        let replaced = dim.replace(&|symbol| {
            // Unknowns alone are ever bound.
            if symbol.is_unknown() { self.bindings.get(symbol) } else { None }
        })?;
        Ok(replaced.unwrap_or_else(|| dim.clone()))
    }

    /// Changes nothing if a value would exceed a limit of dims.
    fn bind(&mut self, unknown: &Symbol, value: &Dim) -> Result<(), DimError> {
        let bound = self.loose.iter().filter_map(|symbol| self.bindings.get_key_value(symbol));
        let mentioning = bound.filter(|(_, dim)| dim.mentions(unknown));
        let put_in = |(s, dim): (&Symbol, &Dim)| Ok((s.clone(), dim.substitute(unknown, value)?));
        let mut changed: Vec<_> = mentioning.map(put_in).collect::<Result<_, _>>()?;
        changed.push((unknown.clone(), value.clone()));
        for (symbol, dim) in changed {
            if dim.has_unknowns() {
                self.loose.insert(symbol.clone());
            } else {
                self.loose.remove(&symbol);
            }
            self.bindings.insert(symbol, dim);
        }
        Ok(())
    }
}

/// An unknown and the value that makes both sides equal, whatever the other symbols are.
fn solve(a: &Dim, b: &Dim) -> Option<(Symbol, Dim)> {
    let newest = |(symbol, _): &(Symbol, Dim)| match symbol.kind() {
        SymbolKind::Unknown(id) => Some(*id),
        _ => None,
    };
    let alone = |side: &Dim, other: &Dim| {
        let unknown = side.as_symbol().filter(|s| s.is_unknown() && !other.mentions(s));
        unknown.map(|s| (s.clone(), other.clone()))
    };
    let lone = [alone(a, b), alone(b, a)].into_iter().flatten().max_by_key(newest);
    if lone.is_some() {
        return lone;
    }
    let difference = a.sub(b).ok()?;
    let linear = difference.terms().filter_map(|(monomial, coefficient)| {
        let [symbol] = monomial.symbols() else {
            return None;
        };
        if !symbol.is_unknown() || !matches!(coefficient, 1 | -1) {
            return None;
        }
        let term = Dim::symbol(symbol.clone()).scale(coefficient).ok()?;
        let value = difference.sub(&term).ok()?.scale(-coefficient).ok()?;
        (!value.mentions(symbol)).then(|| (symbol.clone(), value))
    });
    linear.max_by_key(newest)
}
