//! What a C++ parser does not understand, taken out in a way that every byte keeps its place: directives,
//! branches that are not compiled, CUDA's launches and qualifiers.
//!
//! A file with `#if` is several programs. Each [`Choice`] of its conditions is one; what is audited is every one
//! of them, up to [`MAX_CHOICES`].

use super::lex::{Kind, Piece, is_word, pieces};
use super::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Most combinations of conditions that are looked at in one file. With more conditions than that allows, all
/// true, all false, and each one alone true or false.
pub const MAX_CHOICES: usize = 32;

/// What CUDA and XPU C++ add to a declaration.
const QUALIFIERS: [&str; 10] = [
    "__global__",
    "__device__",
    "__host__",
    "__forceinline__",
    "__noinline__",
    "__inline__",
    "__restrict__",
    "__shared__",
    "__constant__",
    "__local__",
];

/// Which conditions hold.
pub(crate) type Choice = BTreeMap<String, bool>;

/// A C++ file, its directives read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: Arc<Text>,
    pieces: Vec<Piece>,
    conditionals: Vec<Conditional>,
    defines: Vec<Define>,
    /// Files that it includes, as written in quotes.
    pub(crate) includes: Vec<String>,
}

/// A `#define`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Define {
    pub(crate) name: String,
    /// Names of its parameters; `None`: it takes none and no parentheses.
    pub(crate) params: Option<Vec<String>>,
    pub(crate) body: String,
    /// Where it stands.
    pub(crate) range: Range<usize>,
}

/// `#if ... #endif`
#[derive(Debug)]
struct Conditional {
    /// Branches in order; a last one that always holds is `#else`.
    branches: Vec<(Condition, Range<usize>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Always(bool),
    /// Holds if the named one is `true`, or `false`.
    Named(String, bool),
}

/// A C++ file under one choice.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) text: Arc<Text>,
    /// The text with everything blank that a parser must not see; as long as the text.
    pub(crate) code: Arc<str>,
    /// Macros defined in it.
    pub(crate) defines: Arc<[Define]>,
    pub(crate) choice: Choice,
}

impl Source {
    pub(crate) fn new(mut text: Text) -> Self {
        // A byte order mark hides a directive behind it.
        if text.text.starts_with('\u{feff}') {
            text.text.replace_range(..'\u{feff}'.len_utf8(), "   ");
        }
        let pieces = pieces(&text.text);
        let mut source = Source {
            text: Arc::new(text),
            pieces,
            conditionals: Vec::new(),
            defines: Vec::new(),
            includes: Vec::new(),
        };
        source.read_directives();
        source
    }

    fn read_directives(&mut self) {
        let text = Arc::clone(&self.text);
        let mut open: Vec<Conditional> = Vec::new();
        let directives: Vec<Range<usize>> =
            self.pieces.iter().filter(|p| p.kind == Kind::Directive).map(|p| p.range.clone()).collect();
        for (index, range) in directives.iter().enumerate() {
            let line = unspliced(&text.text[range.start + 1..range.end]);
            let (word, rest) = first_word(&line);
            let body = range.end..range.end;
            let next = directives.get(index + 1).map(|next| unspliced(&text.text[next.start + 1..next.end]));
            match word {
                "if" | "ifdef" | "ifndef" => {
                    let condition = match word {
                        "if" => condition(rest),
                        // An include guard.
                        "ifndef" if next.is_some_and(|n| defines(&n, first_word(rest).0)) => {
                            Condition::Always(true)
                        }
                        _ => Condition::Named(first_word(rest).0.to_owned(), word == "ifdef"),
                    };
                    open.push(Conditional { branches: vec![(condition, body)] });
                }
                "elif" | "else" | "elifdef" | "elifndef" | "endif" => {
                    let Some(conditional) = open.last_mut() else { continue };
                    if let Some((_, last)) = conditional.branches.last_mut() {
                        last.end = range.start;
                    }
                    match word {
                        "endif" => self.conditionals.extend(open.pop()),
                        "elif" => conditional.branches.push((condition(rest), body)),
                        "else" => conditional.branches.push((Condition::Always(true), body)),
                        _ => {
                            let name = first_word(rest).0.to_owned();
                            conditional.branches.push((Condition::Named(name, word == "elifdef"), body));
                        }
                    }
                }
                "define" => self.defines.extend(define(rest, range.clone())),
                "include" => self.includes.extend(included(rest)),
                _ => {}
            }
        }
        // One that never ends does so with the file.
        for mut conditional in open {
            if let Some((_, last)) = conditional.branches.last_mut() {
                last.end = text.text.len();
            }
            self.conditionals.push(conditional);
        }
    }

    /// The choices to look at: at least one.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let branches = self.conditionals.iter().flat_map(|c| &c.branches);
        let names: BTreeSet<&str> = branches
            .filter_map(|(condition, _)| match condition {
                Condition::Named(name, _) => Some(name.as_str()),
                Condition::Always(_) => None,
            })
            .collect();
        let names: Vec<&str> = names.into_iter().collect();
        let choice = |holds: &dyn Fn(usize) -> bool| -> Choice {
            names.iter().enumerate().map(|(i, name)| ((*name).to_owned(), holds(i))).collect()
        };
        if names.len() < usize::BITS as usize && 1 << names.len() <= MAX_CHOICES {
            return (0..1usize << names.len()).map(|bits| choice(&|i| bits >> i & 1 == 0)).collect();
        }
        let mut choices = vec![choice(&|_| true), choice(&|_| false)];
        for alone in 0..names.len() {
            choices.push(choice(&|i| i == alone));
            choices.push(choice(&|i| i != alone));
        }
        choices.truncate(MAX_CHOICES);
        choices
    }

    /// The file under a choice; conditions that it does not mention hold.
    pub(crate) fn unit(&self, choice: &Choice) -> Unit {
        let mut dead: Vec<Range<usize>> = Vec::new();
        for conditional in &self.conditionals {
            let mut taken = false;
            for (condition, body) in &conditional.branches {
                let holds = match condition {
                    Condition::Always(holds) => *holds,
                    Condition::Named(name, wanted) => choice.get(name).unwrap_or(&true) == wanted,
                };
                if taken || !holds {
                    dead.push(body.clone());
                }
                taken |= holds;
            }
        }
        let mut code = self.text.text.clone().into_bytes();
        let directives = self.pieces.iter().filter(|piece| piece.kind == Kind::Directive);
        for range in dead.iter().chain(directives.map(|piece| &piece.range)) {
            blank(&mut code[range.clone()]);
        }
        for piece in self.pieces.iter().filter(|piece| piece.kind == Kind::Code) {
            blank_qualifiers(&mut code[piece.range.clone()]);
        }
        blank_launches(&mut code);
        let code = String::from_utf8_lossy(&code).into_owned();
        let live = |define: &&Define| !dead.iter().any(|range| range.contains(&define.range.start));
        let defines: Vec<Define> = self.defines.iter().filter(live).cloned().collect();
        Unit {
            text: Arc::clone(&self.text),
            code: code.into(),
            defines: defines.into(),
            choice: choice.clone(),
        }
    }

    /// Places of `word` in code.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        let code = self.pieces.iter().filter(|piece| matches!(piece.kind, Kind::Code | Kind::Directive));
        code.into_iter().any(|piece| words(&self.text.text[piece.range.clone()], word).next().is_some())
    }
}

/// Offsets of a word, where it is a whole one.
pub(crate) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = text.as_bytes();
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).is_none_or(|before| !is_word(bytes[before]));
        before && bytes.get(at + word.len()).is_none_or(|after| !is_word(*after))
    })
}

/// A directive on one line, without comments.
fn unspliced(text: &str) -> String {
    let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let mut line = String::new();
    for piece in pieces(&text) {
        let part = if piece.kind == Kind::Comment { " " } else { &text[piece.range] };
        line.push_str(part);
    }
    line
}

/// The first word, and what comes behind it.
fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.bytes().position(|byte| !is_word(byte)).unwrap_or(text.len());
    (&text[..end], &text[end..])
}

/// Whether a directive is `define NAME`.
fn defines(directive: &str, name: &str) -> bool {
    let (word, rest) = first_word(directive);
    word == "define" && !name.is_empty() && first_word(rest).0 == name
}

/// The condition of `#if` and `#elif`.
fn condition(text: &str) -> Condition {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (negated, inner) = match text.strip_prefix('!') {
        Some(inner) => (true, inner.trim()),
        None => (false, text.as_str()),
    };
    let name = inner.strip_prefix("defined").map(|name| {
        let name = name.trim();
        name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name).trim()
    });
    match (name, inner) {
        (Some(name), _) if !name.is_empty() && name.bytes().all(is_word) => {
            Condition::Named(name.to_owned(), !negated)
        }
        (_, "0" | "false") => Condition::Always(negated),
        (_, "1" | "true") => Condition::Always(!negated),
        _ => Condition::Named(text, true),
    }
}

/// What stands behind `#define`.
fn define(text: &str, range: Range<usize>) -> Option<Define> {
    let (name, rest) = first_word(text);
    if name.is_empty() {
        return None;
    }
    let (params, body) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((params, body)) => {
            let params = params.split(',').map(|param| param.trim().to_owned());
            (Some(params.filter(|param| !param.is_empty()).collect()), body)
        }
        None => (None, rest),
    };
    Some(Define { name: name.to_owned(), params, body: body.trim().to_owned(), range })
}

/// The name of a file that is included in quotes.
fn included(text: &str) -> Option<String> {
    let name = text.trim().strip_prefix('"')?;
    name.split_once('"').map(|(name, _)| name.to_owned())
}

fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| !matches!(**byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
}

fn blank_qualifiers(code: &mut [u8]) {
    let text = String::from_utf8_lossy(code).into_owned();
    if text.len() != code.len() || !text.contains("__") {
        return;
    }
    for qualifier in QUALIFIERS {
        for at in words(&text, qualifier) {
            blank(&mut code[at..at + qualifier.len()]);
        }
    }
    for at in words(&text, "__launch_bounds__") {
        let close = text[at..].find(')').map_or(text.len(), |length| at + length + 1);
        blank(&mut code[at..close]);
    }
}

/// `kernel<<<grid, block>>>(x)` becomes `kernel(x)`.
fn blank_launches(code: &mut [u8]) {
    let mut at = 0;
    while let Some(start) = find(code, at, b"<<<") {
        // Whatever is within: no statement ends there.
        let limit =
            code[start..].iter().position(|byte| *byte == b';').map_or(code.len(), |length| start + length);
        match find(&code[..limit], start, b">>>") {
            Some(end) => {
                blank(&mut code[start..end + 3]);
                at = end + 3;
            }
            None => at = start + 3,
        }
    }
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    bytes[from..].windows(wanted.len()).position(|window| window == wanted).map(|length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new(Text::new("a.cc", text.to_owned()))
    }

    /// The code of every choice, spaces squeezed.
    fn codes(text: &str) -> Vec<String> {
        let source = source(text);
        let squeezed = |unit: Unit| unit.code.split_whitespace().collect::<Vec<_>>().join(" ");
        source.choices().iter().map(|choice| squeezed(source.unit(choice))).collect()
    }

    #[test]
    fn branches_follow_their_condition() {
        assert_eq!(
            codes("#ifdef A\nint a;\n#else\nint b;\n#endif\n#ifndef A\nint c;\n#endif"),
            ["int a;", "int b; int c;"]
        );
        assert_eq!(codes("#if 0\nint a;\n#elif defined(A)\nint b;\n#endif"), ["int b;", ""]);
        assert_eq!(codes("#ifndef A_H\n#define A_H\nint a;\n#endif"), ["int a;"]);
        assert_eq!(codes("#if A\n#if !A\nint a;\n#endif\nint b;\n#endif").len(), 4);
        assert_eq!(codes("#if A\nint a;"), ["int a;", ""]);
        assert_eq!(codes("#endif\n#else\nint a;"), ["int a;"]);
    }

    #[test]
    fn many_conditions_are_looked_at_one_by_one() {
        let text: String = (0..20).map(|i| format!("#ifdef A{i}\nint a{i};\n#endif\n")).collect();
        let choices = source(&text).choices();
        assert_eq!(choices.len(), MAX_CHOICES);
        let ones = choices.iter().filter(|choice| choice.values().filter(|holds| **holds).count() == 1);
        assert_eq!(ones.count(), 15);
    }

    #[test]
    fn bytes_keep_their_places() {
        let text = "__global__ void k() {}\nk<<<1, f(2)>>>(x); // \u{e9}\n#define A \\\n 1\nint a;";
        let source = source(text);
        let unit = source.unit(&Choice::new());
        assert_eq!(unit.code.len(), text.len());
        assert_eq!(unit.code.find("int a;"), text.find("int a;"));
        let launch = "<<<1, f(2)>>>".len();
        assert!(unit.code.contains(&format!("k{}(x);", " ".repeat(launch))), "{}", unit.code);
        assert_eq!(unit.defines[0].body, "1");
    }

    #[test]
    fn macros_and_includes() {
        let source =
            source("#define OP(name, fn) PD_BUILD_OP(p_##name) // c\n#include \"a/b.h\"\n#include <c>\n");
        let unit = source.unit(&Choice::new());
        assert_eq!(unit.defines[0].params.as_deref(), Some(&["name".to_owned(), "fn".to_owned()][..]));
        assert_eq!(unit.defines[0].body, "PD_BUILD_OP(p_##name)");
        assert_eq!(source.includes, ["a/b.h"]);
    }
}
