//! Conditions of `#if`: read, and evaluated under a choice of what macros are worth.

use std::collections::{BTreeMap, BTreeSet};

/// What each macro is worth; `None`: it is not defined. One that is not mentioned makes every condition on it hold.
pub(crate) type Choice = BTreeMap<String, Option<i64>>;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Always(bool),
    /// `defined(A)`
    Defined(String),
    /// `A`
    Value(String),
    /// `A >= 2`
    Compare(String, Relation, i64),
    /// Anything else, by its text.
    Opaque(String),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// How a macro is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What a macro is asked for in a file, which says what values are worth trying.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Whether it is defined, or not zero.
    plain: bool,
    /// Numbers that it is compared with.
    numbers: BTreeSet<i64>,
}

impl Asked {
    /// Values that decide every condition, those that make plain ones hold first.
    pub(crate) fn values(&self) -> Vec<Option<i64>> {
        let mut values: BTreeSet<Option<i64>> = BTreeSet::new();
        for number in &self.numbers {
            values.extend([-1, 0, 1].map(|step| Some(number.saturating_add(step))));
        }
        if self.plain {
            values.insert(None);
            if self.numbers.is_empty() {
                values.insert(Some(1));
            }
        }
        values.into_iter().rev().collect()
    }
}

impl Condition {
    /// Reads what stands behind `#if`.
    pub(crate) fn read(text: &str) -> Self {
        let tokens = tokens(text);
        let mut parser = Parser { tokens: &tokens, at: 0 };
        match parser.any() {
            Some(condition) if parser.at == tokens.len() => condition,
            _ => Condition::Opaque(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }

    pub(crate) fn holds(&self, choice: &Choice) -> bool {
        let value = |name: &String| choice.get(name).copied();
        match self {
            Condition::Always(holds) => *holds,
            Condition::Defined(name) => value(name).is_none_or(|value| value.is_some()),
            Condition::Value(name) => value(name).is_none_or(|value| value.unwrap_or(0) != 0),
            Condition::Opaque(text) => value(text).is_none_or(|value| value.is_some()),
            Condition::Compare(name, relation, number) => value(name).is_none_or(|value| {
                let value = value.unwrap_or(0);
                match relation {
                    Relation::Equal => value == *number,
                    Relation::Differs => value != *number,
                    Relation::Less => value < *number,
                    Relation::AtMost => value <= *number,
                    Relation::More => value > *number,
                    Relation::AtLeast => value >= *number,
                }
            }),
            Condition::Not(inner) => !inner.holds(choice),
            Condition::All(all) => all.iter().all(|one| one.holds(choice)),
            Condition::Any(any) => any.iter().any(|one| one.holds(choice)),
        }
    }

    /// Adds what is asked of each macro.
    pub(crate) fn asks(&self, asked: &mut BTreeMap<String, Asked>) {
        match self {
            Condition::Always(_) => {}
            Condition::Defined(name) | Condition::Value(name) | Condition::Opaque(name) => {
                asked.entry(name.clone()).or_default().plain = true;
            }
            Condition::Compare(name, _, number) => {
                asked.entry(name.clone()).or_default().numbers.insert(*number);
            }
            Condition::Not(inner) => inner.asks(asked),
            Condition::All(all) | Condition::Any(all) => all.iter().for_each(|one| one.asks(asked)),
        }
    }
}

/// Names, numbers and operators.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = rest.bytes().take_while(|byte| super::lex::is_word(*byte)).count();
        let two = ["&&", "||", "==", "!=", "<=", ">="].into_iter().find(|op| rest.starts_with(op));
        let length = if word > 0 { word } else { two.map_or(first.len_utf8(), str::len) };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Deepest nesting of parentheses and negations.
const MAX_DEPTH: usize = 64;

struct Parser<'t> {
    tokens: &'t [&'t str],
    at: usize,
}

impl Parser<'_> {
    fn next_is(&mut self, words: &[&str]) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| words.contains(token));
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Option<Condition> {
        self.any_at(0)
    }

    fn any_at(&mut self, depth: usize) -> Option<Condition> {
        let mut all = vec![self.all_at(depth)?];
        while self.next_is(&["||", "or"]) {
            all.push(self.all_at(depth)?);
        }
        Some(if all.len() == 1 { all.remove(0) } else { Condition::Any(all) })
    }

    fn all_at(&mut self, depth: usize) -> Option<Condition> {
        let mut all = vec![self.one(depth)?];
        while self.next_is(&["&&", "and"]) {
            all.push(self.one(depth)?);
        }
        Some(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn one(&mut self, depth: usize) -> Option<Condition> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.next_is(&["!", "not"]) {
            return Some(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.next_is(&["("]) {
            let inner = self.any_at(depth + 1)?;
            return self.next_is(&[")"]).then_some(inner);
        }
        if self.next_is(&["defined"]) {
            let parenthesis = self.next_is(&["("]);
            let name = self.name()?;
            return (!parenthesis || self.next_is(&[")"])).then_some(Condition::Defined(name));
        }
        let left = self.operand()?;
        let relation = match self.tokens.get(self.at) {
            Some(&"==") => Relation::Equal,
            Some(&"!=") => Relation::Differs,
            Some(&"<") => Relation::Less,
            Some(&"<=") => Relation::AtMost,
            Some(&">") => Relation::More,
            Some(&">=") => Relation::AtLeast,
            _ => {
                return Some(match left {
                    Operand::Name(name) => Condition::Value(name),
                    Operand::Number(number) => Condition::Always(number != 0),
                });
            }
        };
        self.at += 1;
        match (left, self.operand()?) {
            (Operand::Name(name), Operand::Number(number)) => {
                Some(Condition::Compare(name, relation, number))
            }
            (Operand::Number(number), Operand::Name(name)) => {
                let mirrored = match relation {
                    Relation::Less => Relation::More,
                    Relation::AtMost => Relation::AtLeast,
                    Relation::More => Relation::Less,
                    Relation::AtLeast => Relation::AtMost,
                    same => same,
                };
                Some(Condition::Compare(name, mirrored, number))
            }
            _ => None,
        }
    }

    fn name(&mut self) -> Option<String> {
        match self.operand()? {
            Operand::Name(name) => Some(name),
            Operand::Number(_) => None,
        }
    }

    fn operand(&mut self) -> Option<Operand> {
        let token = *self.tokens.get(self.at)?;
        if !token.bytes().all(super::lex::is_word) {
            return None;
        }
        // A macro with arguments is worth whatever it is worth, the same wherever it stands.
        if self.tokens.get(self.at + 1) == Some(&"(") {
            let mut depth = 0_usize;
            let end = self.tokens[self.at..].iter().position(|token| {
                depth += usize::from(*token == "(");
                let closes = *token == ")";
                depth -= usize::from(closes && depth > 0);
                closes && depth == 0
            })?;
            let text = self.tokens[self.at..=self.at + end].concat();
            self.at += end + 1;
            return Some(Operand::Name(text));
        }
        self.at += 1;
        match token {
            "true" => Some(Operand::Number(1)),
            "false" => Some(Operand::Number(0)),
            token if token.starts_with(|c: char| c.is_ascii_digit()) => {
                super::syntax::integer(token).map(Operand::Number)
            }
            token => Some(Operand::Name(token.to_owned())),
        }
    }
}

enum Operand {
    Name(String),
    Number(i64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_evaluated() {
        let choice =
            Choice::from([("A".to_owned(), Some(1)), ("B".to_owned(), None), ("V".to_owned(), Some(11_000))]);
        for (text, expected) in [
            ("defined(A)", true),
            ("defined A && !defined(B)", true),
            ("!(defined(A) || B)", false),
            ("not defined(A) or B", false),
            ("V >= 11000 && V < 12000", true),
            ("12000 <= V", false),
            ("0", false),
            ("1 && A", true),
            ("B == 0", true),
            ("UNKNOWN > 3", true),
            ("__has_include(<x>)", true),
        ] {
            assert_eq!(Condition::read(text).holds(&choice), expected, "{text}");
        }
    }

    #[test]
    fn values_decide_every_condition() {
        let mut asked = BTreeMap::new();
        Condition::read("V >= 2 && defined(V) && A").asks(&mut asked);
        assert_eq!(asked["V"].values(), [Some(3), Some(2), Some(1), None]);
        assert_eq!(asked["A"].values(), [Some(1), None]);
    }

    #[test]
    fn what_is_no_condition_is_opaque() {
        for text in ["", "(", "A +", "!", "A == B", "f(x", "defined(", &"(".repeat(1000)] {
            assert!(matches!(Condition::read(text), Condition::Opaque(_)), "{text}");
        }
    }
}
