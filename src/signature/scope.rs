//! Namespaces and functions that a registration may stand in by mistake, by their braces.

use super::lex::is_word;
use super::syntax::squeeze;
use std::ops::Range;

/// A named namespace or a function.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    range: Range<usize>,
    /// As messages name it.
    what: String,
}

/// Every scope of a text, in the order in which they end.
#[derive(Debug)]
pub(crate) struct Scopes(Vec<Scope>);

impl Scopes {
    /// Of code without comments and literals.
    pub(crate) fn of(code: &str) -> Self {
        let mut scopes = Vec::new();
        let mut open: Vec<(usize, Option<String>)> = Vec::new();
        // Where the text before a brace begins: behind whatever ended before it.
        let mut start = 0;
        for (at, byte) in code.bytes().enumerate() {
            match byte {
                b'{' => open.push((at, opened(&code[start..at]))),
                // Braces that nothing closes are no scope that can be told.
                b'}' => {
                    if let Some((from, Some(what))) = open.pop() {
                        scopes.push(Scope { range: from..at, what });
                    }
                }
                b';' => {}
                _ => continue,
            }
            start = at + 1;
        }
        Scopes(scopes)
    }

    /// The outermost scope that a place is in, if that is not global scope.
    pub(crate) fn around(&self, at: usize) -> Option<&str> {
        self.0.iter().rfind(|scope| scope.range.contains(&at)).map(|scope| scope.what.as_str())
    }
}

/// What a brace opens, by the text before it. An anonymous namespace is seen from outside.
fn opened(before: &str) -> Option<String> {
    // A long text before a brace is a list, or no C++.
    if before.len() > 1 << 14 {
        return None;
    }
    let before = squeeze(before);
    let named = before.strip_prefix("namespace ").or_else(|| before.strip_prefix("inline namespace "));
    if let Some(name) = named {
        return Some(format!("namespace {name}"));
    }
    let head = before.trim_end_matches("noexcept").trim_end_matches("const").trim_end();
    let name = before.split('(').next().filter(|_| head.ends_with(')'))?;
    let name = &name[name.bytes().rposition(|byte| !is_word(byte) && byte != b':').map_or(0, |at| at + 1)..];
    let is_name = !name.is_empty() && !matches!(name, "if" | "for" | "while" | "switch" | "catch" | "extern");
    is_name.then(|| format!("function {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_place_is_in() {
        let code = "int a;\nnamespace q { void f(int x) { if (x) { b; } } c; }\nnamespace { d; }\n\
                    extern \"C\" { e; }\nvoid g() const { h; }\nauto list = {i};\n{ j;";
        let around = |word: &str| {
            let at = code.find(&format!("{word};")).or_else(|| code.find(&format!("{word}}}")));
            Scopes::of(code).around(at.unwrap_or_default()).map(str::to_owned)
        };
        assert_eq!(around("a"), None);
        assert_eq!(around("b"), Some("namespace q".to_owned()));
        assert_eq!(around("c"), Some("namespace q".to_owned()));
        assert_eq!(around("d"), None);
        assert_eq!(around("e"), None);
        assert_eq!(around("h"), Some("function g".to_owned()));
        assert_eq!(around("i"), None);
        assert_eq!(around("j"), None);
    }
}
