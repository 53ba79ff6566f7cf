//! Symbols: what a dim is a polynomial over; and the functions that make some of them.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::eval::ceil_div;
use super::{Dim, DimError, MAX_DEPTH, Monomial, check_length};

/// Something with a value that is not known when compiling. Cheap to clone, compared by its printed name.
#[derive(Clone)]
pub struct Symbol(Arc<Node>);

struct Node {
    /// The canonical printed form. No two kinds share one, so it alone is compared.
    text: String,
    kind: SymbolKind,
    /// How many functions are within each other.
    depth: usize,
}

/// What a [`Symbol`] stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SymbolKind {
    /// A dimension with a name: `B`.
    Named,
    /// A dimension that the analysis has yet to find out: `?3`.
    Unknown(u32),
    /// A number read from a tensor's elements: `sum(seq_lens_encoder)`.
    ///
    /// `tensor` names no dimension: substitution and evaluation see the symbol as a whole.
    OfTensor {
        /// What is done with the elements.
        function: String,
        /// The tensor's name.
        tensor: String,
    },
    /// A function of sizes: `ceildiv(B, 64)`. Its value follows from its arguments.
    Call {
        /// Which one.
        function: Function,
        /// At least two.
        arguments: Vec<Dim>,
    },
}

/// A function of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Function {
    /// `ceildiv(a, b)`: the least integer that is not below the quotient.
    CeilDiv,
    /// `max(a, b, ...)`: the largest.
    Max,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::CeilDiv, Self::Max];

    /// The name in a declared shape.
    pub fn name(self) -> &'static str {
        match self {
            Self::CeilDiv => "ceildiv",
            Self::Max => "max",
        }
    }
}

impl Symbol {
    /// A named dimension.
    pub fn named(name: &str) -> Result<Self, DimError> {
        check_name(name)?;
        Ok(Self::new(name.to_owned(), SymbolKind::Named, 0))
    }

    /// The unknown `?id`. Whoever makes unknowns sees to it that ids are used once.
    pub fn unknown(id: u32) -> Self {
        Self::new(format!("?{id}"), SymbolKind::Unknown(id), 0)
    }

    /// A number read from a tensor's elements: `of_tensor("sum", "seq_lens_encoder")`.
    pub fn of_tensor(function: &str, tensor: &str) -> Result<Self, DimError> {
        check_name(function)?;
        check_name(tensor)?;
        let (function, tensor) = (function.to_owned(), tensor.to_owned());
        if function == Function::CeilDiv.name() {
            return Err(DimError::BadFunction { function });
        }
        let text = format!("{function}({tensor})");
        check_length(&text)?;
        Ok(Self::new(text, SymbolKind::OfTensor { function, tensor }, 1))
    }

    /// The name as printed.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// What it stands for.
    pub fn kind(&self) -> &SymbolKind {
        &self.0.kind
    }

    /// Whether the analysis made it and has yet to find out what it is.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind(), SymbolKind::Unknown(_))
    }

    /// The arguments, if it is a function of sizes; otherwise none.
    pub fn arguments(&self) -> &[Dim] {
        match self.kind() {
            SymbolKind::Call { arguments, .. } => arguments,
            _ => &[],
        }
    }

    fn new(text: String, kind: SymbolKind, depth: usize) -> Self {
        Self(Arc::new(Node { text, kind, depth }))
    }

    fn call(function: Function, arguments: Vec<Dim>) -> Result<Self, DimError> {
        let inner = arguments.iter().flat_map(Dim::factors).map(|s| s.0.depth).max().unwrap_or(0);
        let depth = inner.saturating_add(1);
        if depth > MAX_DEPTH {
            return Err(DimError::TooDeep { found: depth });
        }
        let texts: Vec<String> = arguments.iter().map(Dim::to_string).collect();
        let text = format!("{}({})", function.name(), texts.join(", "));
        check_length(&text)?;
        Ok(Self::new(text, SymbolKind::Call { function, arguments }, depth))
    }
}

impl Dim {
    /// The least integer not below `dividend / divisor`.
    ///
    /// Whole multiples of a constant positive divisor come out, so that equal sizes look equal:
    /// `ceildiv(64*B + C + 65, 64)` is `B + ceildiv(C + 1, 64) + 1`, and `ceildiv(C - 1, 64)` is
    /// `ceildiv(C + 63, 64) - 1`. What remains is an opaque symbol.
    pub fn ceildiv(dividend: &Self, divisor: &Self) -> Result<Self, DimError> {
        let call = |dividend: Self| {
            Ok(Self::symbol(Symbol::call(Function::CeilDiv, vec![dividend, divisor.clone()])?))
        };
        match (dividend.as_const(), divisor.as_const()) {
            (_, Some(0)) => Err(DimError::DivisionByZero { dividend: dividend.clone() }),
            (Some(a), Some(b)) => {
                let quotient = ceil_div(a.into(), b.into()).and_then(|q| i64::try_from(q).ok());
                let term = Monomial::default().to_string();
                quotient.map(Self::constant).ok_or(DimError::Overflow { term })
            }
            (None, Some(b)) if b > 0 => {
                let b = i128::from(b);
                let whole = Self::from_terms(dividend.wide().map(|(m, c)| (m, c.div_euclid(b))))?;
                let rest = Self::from_terms(dividend.wide().map(|(m, c)| (m, c.rem_euclid(b))))?;
                let rest =
                    if rest.as_const().is_some() { Self::ceildiv(&rest, divisor)? } else { call(rest)? };
                whole.add(&rest)
            }
            _ => call(dividend.clone()),
        }
    }

    /// The larger of the two sizes.
    ///
    /// `max` within `max` is one `max`; equal arguments and constants are merged; one argument is itself.
    pub fn max(a: &Self, b: &Self) -> Result<Self, DimError> {
        let mut constant: Option<i64> = None;
        let mut others = BTreeMap::new();
        for side in [a, b] {
            let within = match side.as_symbol().map(Symbol::kind) {
                Some(SymbolKind::Call { function: Function::Max, arguments }) => arguments,
                _ => std::slice::from_ref(side),
            };
            for dim in within {
                match dim.as_const() {
                    Some(value) => constant = constant.max(Some(value)),
                    None => drop(others.insert(dim.to_string(), dim.clone())),
                }
            }
        }
        let mut arguments: Vec<Self> = others.into_values().collect();
        arguments.extend(constant.map(Self::constant));
        match arguments.as_slice() {
            [one] => Ok(one.clone()),
            _ => Ok(Self::symbol(Symbol::call(Function::Max, arguments)?)),
        }
    }
}

/// Whether `c` can be part of a name.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn check_name(name: &str) -> Result<(), DimError> {
    if name.chars().all(is_name_char) && name.starts_with(|c: char| !c.is_ascii_digit()) {
        check_length(&name)
    } else {
        Err(DimError::BadName { name: name.to_owned() })
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for Symbol {}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.text.cmp(&other.0.text)
    }
}

impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
