//! C++ types as the functions of an op write them, in one spelling.

use super::lex::is_word;
use super::preprocess::words;
use super::syntax::squeeze;
use std::collections::BTreeMap;
use std::fmt;

/// How a parameter is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    /// `T`; a `const` on it is of no matter to the caller.
    Value,
    /// `const T&`
    ConstRef,
    /// `T&`
    Ref,
    /// `T*`
    Pointer,
    /// `T&&`, `const T*`, `T**`
    Other,
}

/// A type, its namespaces and spaces left out: `const std::vector<int64_t>&` is a `vector<int64_t>` by `ConstRef`.
#[derive(Debug, Clone)]
pub(crate) struct CppType {
    /// As written.
    text: String,
    /// What is passed.
    pub(crate) base: String,
    /// How.
    pub(crate) passed: Passed,
    /// Whether every name in it is known to be what it says.
    pub(crate) known: bool,
}

/// Names of types that need no declaration to be known.
const KNOWN: [&str; 24] = [
    "Tensor", "DataType", "vector", "optional", "string", "bool", "int", "int64_t", "float", "double",
    "char", "short", "unsigned", "size_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t",
    "int16_t", "void", "pair", "map", "longlong",
];

/// Namespaces of C++ and Paddle whose names are known without them.
const NAMESPACES: [&str; 5] = ["std", "paddle", "phi", "experimental", "common"];

/// Words that are no names.
const WORDS: [&str; 6] = ["const", "typename", "struct", "class", "enum", "signed"];

/// `using` and `typedef`: what each name stands for.
pub(crate) type Aliases = BTreeMap<String, String>;

/// Types are the same however they are written.
impl PartialEq for CppType {
    fn eq(&self, other: &Self) -> bool {
        self.base == other.base && self.passed == other.passed
    }
}

impl Eq for CppType {}

impl CppType {
    /// Reads `text`, the type of a parameter without its name.
    pub(crate) fn read(text: &str, aliases: &Aliases) -> Self {
        let (mut tokens, foreign) = tokens(&with_namespaces(text, aliases));
        // An alias may stand for another.
        for _ in 0..8 {
            let Some(at) = tokens.iter().position(|token| aliases.contains_key(token)) else { break };
            let (replacement, _) = self::tokens(&with_namespaces(&aliases[&tokens[at]], aliases));
            tokens.splice(at..=at, replacement);
        }
        let mut stars = 0;
        let mut refs = 0;
        let mut is_const = false;
        while let Some(last) = tokens.last() {
            match last.as_str() {
                "*" => stars += 1,
                "&" => refs += 1,
                // Of what is pointed to; of the parameter itself it is of no matter.
                "const" => is_const |= stars + refs > 0,
                _ => break,
            }
            tokens.pop();
        }
        // `T const` and `const T` are one type.
        let depth_zero = |tokens: &[String]| {
            let mut depth = 0;
            tokens.iter().position(|token| {
                depth += i32::from(token == "<") - i32::from(token == ">");
                token == "const" && depth == 0
            })
        };
        while let Some(at) = depth_zero(&tokens) {
            tokens.remove(at);
            is_const = true;
        }
        let passed = match (stars, refs, is_const) {
            (0, 0, _) => Passed::Value,
            (0, 1, true) => Passed::ConstRef,
            (0, 1, false) => Passed::Ref,
            (1, 0, false) => Passed::Pointer,
            _ => Passed::Other,
        };
        let names = tokens.iter().filter(|token| token.bytes().all(is_word));
        // What Paddle or C++ calls by another name is no mystery either.
        let known = names.into_iter().all(|token| KNOWN.contains(&token.as_str()) || foreign.contains(token));
        CppType { text: squeeze(text), base: tokens.concat(), passed, known }
    }
}

/// As written.
impl fmt::Display for CppType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text with `namespace pd = paddle;` undone; such aliases are kept as `pd::`.
fn with_namespaces(text: &str, aliases: &Aliases) -> String {
    let mut text = text.to_owned();
    for (alias, namespace) in aliases.iter().filter(|(alias, _)| alias.ends_with("::")) {
        let name = alias.trim_end_matches("::");
        let found: Vec<usize> =
            words(&text, name).filter(|at| text[at + name.len()..].starts_with("::")).collect();
        for at in found.into_iter().rev() {
            text.replace_range(at..at + alias.len(), namespace);
        }
    }
    text
}

/// The tokens of a type, namespaces gone, integers under one name each; and the names that a known namespace holds.
fn tokens(text: &str) -> (Vec<String>, Vec<String>) {
    // Attributes say nothing of the type; one character for what stands between names.
    let mut text = squeeze(text);
    while let Some((from, to)) = text.find("[[").zip(text.find("]]")).filter(|(from, to)| from < to) {
        text.replace_range(from..to + 2, " ");
    }
    let text = text.replace("&&", "& &").replace("::", ":");
    let mut out: Vec<String> = Vec::new();
    let mut foreign = Vec::new();
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut Vec<String>| {
        if !word.is_empty() {
            out.push(std::mem::take(word));
        }
    };
    for c in text.chars() {
        if u8::try_from(c).is_ok_and(is_word) {
            word.push(c);
            continue;
        }
        flush(&mut word, &mut out);
        match c {
            ':' => {
                let qualified = out.last().is_some_and(|last| NAMESPACES.contains(&last.as_str()));
                if qualified {
                    out.pop();
                    foreign.push(out.len());
                } else if out
                    .last()
                    .is_some_and(|last| last.bytes().all(is_word) && !WORDS.contains(&&**last))
                {
                    // A namespace of others makes another name.
                    let last = out.pop().unwrap_or_default();
                    word = format!("{last}__");
                }
            }
            ' ' => {}
            c => out.push(c.to_string()),
        }
    }
    flush(&mut word, &mut out);
    let foreign = foreign.into_iter().filter_map(|at| out.get(at).cloned()).collect();
    out.retain(|token| token == "const" || !WORDS.contains(&&**token));
    for token in &mut out {
        if token == "int32_t" {
            *token = "int".to_owned();
        }
    }
    (integers(out), foreign)
}

/// `long`, `long int`, `long long`: 64 bits wide here, but only the first two are `int64_t`.
fn integers(tokens: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for token in tokens {
        match (out.last().map(String::as_str), token.as_str()) {
            (Some("int64_t"), "long") => {
                *out.last_mut().expect("there is a last one") = "longlong".to_owned()
            }
            (Some("int64_t" | "longlong" | "short" | "unsigned"), "int") => {}
            (_, "long") => out.push("int64_t".to_owned()),
            _ => out.push(token),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Passed, bool) {
        let pairs = [("Shape", "std::vector<int64_t>"), ("pd::", "paddle::")];
        let aliases: Aliases = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let ty = CppType::read(text, &aliases);
        (ty.base, ty.passed, ty.known)
    }

    #[test]
    fn one_spelling() {
        let shape = ("vector<int64_t>".to_owned(), Passed::ConstRef, true);
        for text in [
            "const std::vector<int64_t>&",
            "std::vector<int64_t> const &",
            "const  ::std::vector< int64_t > /* x */ &",
            "const Shape&",
            "const std::vector<long>&",
        ] {
            assert_eq!(read(text), shape, "{text}");
        }
        assert_eq!(read("const paddle::optional<paddle::Tensor>&").0, "optional<Tensor>");
        assert_eq!(read("paddle::experimental::Tensor").0, "Tensor");
        assert_eq!(read("const int"), ("int".to_owned(), Passed::Value, true));
        assert_eq!(read("std::vector<Tensor*>").0, "vector<Tensor*>");
        assert_eq!(read("Tensor*").1, Passed::Pointer);
        assert_eq!(read("int32_t").0, "int");
        assert_eq!(read("long long").0, "longlong");
        assert_eq!(read("unsigned int").0, "unsigned");
        assert!(read("const phi::IntArray&").2);
        assert!(!read("IntArray").2);
        assert_eq!(read("std::vector<int64_t> const&").1, Passed::ConstRef);
        assert_eq!(read("Tensor* const").1, Passed::Pointer);
        assert_eq!(read("pd::DataType").0, "DataType");
        assert!(!read("mine::Tensor").2);
        assert_eq!(read("int64_t&&").1, Passed::Other);
    }
}
