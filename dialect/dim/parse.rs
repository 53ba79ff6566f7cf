//! Text to [`Dim`].
//!
//! ```text
//! sum     = product (('+' | '-') product)*
//! product = factor ('*' factor)*
//! factor  = '-'* (number | '?' digits | name | name '(' name ')' | function | '(' sum ')')
//! function = 'ceildiv' '(' sum ',' sum ')' | 'max' '(' sum (',' sum)+ ')'
//! ```
//!
//! By hand rather than with winnow: five short rules, and each step needs what a combinator hides: the depth,
//! the operator's column when its arithmetic overflows, the token that was found instead.

use std::str::FromStr;

use super::symbol::is_name_char;
use super::{Dim, DimError, Function, MAX_DEPTH, MAX_TEXT, Symbol};

/// Most characters of the text shown as what was found.
const MAX_FOUND: usize = 40;

/// Why a text is no dim. Columns count bytes from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Something else should be here.
    #[error("column {column}: expected {expected}, found {found}")]
    Unexpected {
        /// Where.
        column: usize,
        /// What may stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Parentheses or functions nested deeper than [`MAX_DEPTH`].
    #[error("column {column}: expected at most {MAX_DEPTH} levels of parentheses, found one more")]
    TooDeep {
        /// Where the first that is too deep opens.
        column: usize,
    },
    /// More than [`MAX_TEXT`] bytes of text.
    #[error("column {}: expected the end of the text, which may have {MAX_TEXT} bytes, found {found} bytes", MAX_TEXT + 1)]
    TooLong {
        /// How many there are.
        found: usize,
    },
    /// Well written, but a dim like this cannot be.
    #[error("column {column}: {reason}")]
    Dim {
        /// The operator, name or function whose result cannot be.
        column: usize,
        /// Why.
        reason: DimError,
    },
}

impl ParseError {
    /// Where, in bytes from 1.
    pub fn column(&self) -> usize {
        match *self {
            Self::Unexpected { column, .. } | Self::TooDeep { column } | Self::Dim { column, .. } => column,
            Self::TooLong { .. } => MAX_TEXT + 1,
        }
    }
}

impl FromStr for Dim {
    type Err = ParseError;

    /// Reads a declared shape's dim. Takes unknowns (`?3`) too, so that printed IR can be read again; whoever
    /// reads declarations may refuse those with [`Dim::has_unknowns`].
    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_TEXT {
            return Err(ParseError::TooLong { found: text.len() });
        }
        let mut parser = Parser { text, rest: text, depth: 0 };
        let dim = parser.sum()?;
        parser.skip_space();
        if parser.rest.is_empty() { Ok(dim) } else { Err(parser.unexpected("an operator or the end")) }
    }
}

#[derive(Clone)]
struct Parser<'t> {
    text: &'t str,
    /// What of `text` is still to be read.
    rest: &'t str,
    /// How many parentheses are open.
    depth: usize,
}

impl<'t> Parser<'t> {
    fn sum(&mut self) -> Result<Dim, ParseError> {
        let mut sum = self.product()?;
        loop {
            let column = self.column();
            let combine = if self.eat('+') {
                Dim::add
            } else if self.eat('-') {
                Dim::sub
            } else {
                return Ok(sum);
            };
            let right = self.product()?;
            sum = combine(&sum, &right).map_err(|reason| ParseError::Dim { column, reason })?;
        }
    }

    fn product(&mut self) -> Result<Dim, ParseError> {
        let mut product = self.factor()?;
        loop {
            let column = self.column();
            if !self.eat('*') {
                return Ok(product);
            }
            let right = self.factor()?;
            product = product.mul(&right).map_err(|reason| ParseError::Dim { column, reason })?;
        }
    }

    fn factor(&mut self) -> Result<Dim, ParseError> {
        let column = self.column();
        let mut negative = false;
        while self.eat('-') {
            negative = !negative;
        }
        self.skip_space();
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            // With its sign, for -9223372036854775808 has no positive.
            return self.number(negative);
        }
        let atom = self.atom()?;
        let signed = if negative { atom.neg() } else { Ok(atom) };
        signed.map_err(|reason| ParseError::Dim { column, reason })
    }

    fn number(&mut self, negative: bool) -> Result<Dim, ParseError> {
        let before = self.clone();
        let digits = self.take_while(|c| c.is_ascii_digit());
        let sign = if negative { "-" } else { "" };
        match format!("{sign}{digits}").parse() {
            Ok(value) => Ok(Dim::constant(value)),
            Err(_) => Err(before.unexpected("an integer of at most 64 bits")),
        }
    }

    fn atom(&mut self) -> Result<Dim, ParseError> {
        let before = self.clone();
        let column = self.column();
        if self.eat('(') {
            return self.nested(column, |parser| {
                let dim = parser.sum()?;
                parser.close()?;
                Ok(dim)
            });
        }
        if self.eat('?') {
            let digits = self.take_while(|c| c.is_ascii_digit());
            let expected = "'?' and a number of at most 32 bits";
            return match digits.parse() {
                Ok(id) => Ok(Dim::symbol(Symbol::unknown(id))),
                Err(_) => Err(before.unexpected(expected)),
            };
        }
        let name = self.name("a number, a name or '('")?;
        if self.eat('(') {
            return self.nested(column, |parser| parser.call(name, &before));
        }
        let symbol = Symbol::named(name).map_err(|reason| ParseError::Dim { column, reason })?;
        Ok(Dim::symbol(symbol))
    }

    /// What follows `name(`; `before` stands at the name.
    fn call(&mut self, name: &str, before: &Self) -> Result<Dim, ParseError> {
        let column = before.column();
        let refused = |reason| ParseError::Dim { column, reason };
        let function = Function::ALL.into_iter().find(|function| function.name() == name);
        if function != Some(Function::CeilDiv)
            && let Some(tensor) = self.lone_name()
        {
            return Symbol::of_tensor(name, tensor).map(Dim::symbol).map_err(refused);
        }
        let Some(function) = function else {
            let expected = "'ceildiv', 'max' or a function of one tensor's name";
            return Err(before.unexpected(expected));
        };
        let mut value = self.sum()?;
        self.expect(',', "',' and one more argument, or an operator")?;
        loop {
            let argument = self.sum()?;
            value = match function {
                Function::CeilDiv => Dim::ceildiv(&value, &argument),
                Function::Max => Dim::max(&value, &argument),
            }
            .map_err(refused)?;
            if function == Function::CeilDiv || !self.eat(',') {
                self.close()?;
                return Ok(value);
            }
        }
    }

    /// A name and `)`; otherwise reads nothing.
    fn lone_name(&mut self) -> Option<&'t str> {
        let before = self.rest;
        let name = self.name("a name").ok();
        if name.is_some() && self.eat(')') {
            return name;
        }
        self.rest = before;
        None
    }

    fn nested<T>(
        &mut self,
        column: usize,
        inner: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.depth >= MAX_DEPTH {
            return Err(ParseError::TooDeep { column });
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn name(&mut self, expected: &'static str) -> Result<&'t str, ParseError> {
        self.skip_space();
        if self.rest.starts_with(|c: char| is_name_char(c) && !c.is_ascii_digit()) {
            Ok(self.take_while(is_name_char))
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn close(&mut self) -> Result<(), ParseError> {
        self.expect(')', "')' or an operator")
    }

    fn expect(&mut self, c: char, expected: &'static str) -> Result<(), ParseError> {
        if self.eat(c) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn eat(&mut self, c: char) -> bool {
        self.skip_space();
        let after = self.rest.strip_prefix(c);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn take_while(&mut self, matches: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !matches(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn column(&self) -> usize {
        self.text.len() - self.rest.trim_ascii_start().len() + 1
    }

    fn unexpected(&self, expected: &'static str) -> ParseError {
        let rest = self.rest.trim_ascii_start();
        let word: String = rest.chars().take_while(|&c| is_name_char(c)).take(MAX_FOUND).collect();
        let found = match rest.chars().next() {
            None => "end of text".to_owned(),
            Some(c) if word.is_empty() => format!("'{}'", c.escape_debug()),
            Some(_) => format!("'{word}'"),
        };
        ParseError::Unexpected { column: self.column(), expected, found }
    }
}
