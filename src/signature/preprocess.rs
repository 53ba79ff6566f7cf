//! What a C++ parser does not understand, taken out in a way that every byte keeps its place: directives,
//! branches that are not compiled, CUDA's launches and qualifiers.
//!
//! A file with `#if` is several programs. Each [`Choice`] of what its macros are worth is one; what is audited is every
//! one of them, up to [`MAX_CHOICES`].

use super::condition::{Asked, Choice, Condition};
use super::lex::{Kind, Piece, bare, blank, is_word, pieces};
use super::syntax::integer;
use super::text::Text;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Most choices that are looked at in one file, fewer if it is long. With more conditions than that allows, all
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

/// A C++ file, its directives read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: Arc<Text>,
    pieces: Vec<Piece>,
    conditionals: Vec<Conditional>,
    defines: Vec<Define>,
    /// Names of `#undef`.
    undefined: Vec<String>,
    /// `#error`: a choice under which one is left does not compile.
    errors: Vec<usize>,
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

/// A C++ file under one choice.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) text: Arc<Text>,
    /// The text with everything blank that a parser must not see; as long as the text.
    pub(crate) code: Arc<str>,
    /// The code without comments and literals.
    pub(crate) bare: Arc<str>,
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
            undefined: Vec::new(),
            errors: Vec::new(),
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
                        "if" => Condition::read(rest),
                        // An include guard.
                        "ifndef" if next.is_some_and(|n| defines(&n, first_word(rest).0)) => {
                            Condition::Always(true)
                        }
                        _ => defined(rest, word == "ifdef"),
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
                        "elif" => conditional.branches.push((Condition::read(rest), body)),
                        "else" => conditional.branches.push((Condition::Always(true), body)),
                        _ => conditional.branches.push((defined(rest, word == "elifdef"), body)),
                    }
                }
                "define" => self.defines.extend(define(rest, range.clone())),
                "undef" => self.undefined.push(first_word(rest).0.to_owned()),
                "error" => self.errors.push(range.start),
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
        let mut asked = BTreeMap::new();
        self.conditionals
            .iter()
            .flat_map(|c| &c.branches)
            .for_each(|(condition, _)| condition.asks(&mut asked));
        // What the file defines, whatever holds, is worth that.
        let fixed = |name: &str| {
            let mut defines = self.defines.iter().filter(|define| define.name == name);
            let (define, None) = (defines.next()?, defines.next()) else { return None };
            let always = !self.bodies().any(|body| body.contains(&define.range.start));
            let first = self.conditionals.iter().flat_map(|c| &c.branches).map(|(_, body)| body.start).min();
            let before = first.is_some_and(|first| define.range.start < first);
            let value = if define.body.is_empty() { Some(1) } else { integer(&define.body) };
            value.filter(|_| {
                always && before && define.params.is_none() && !self.undefined.iter().any(|n| n == name)
            })
        };
        let values = |(name, asked): (&String, &Asked)| match fixed(name) {
            Some(value) => (name.clone(), vec![Some(value)]),
            None => (name.clone(), asked.values()),
        };
        let domains: Vec<(String, Vec<Option<i64>>)> = asked.iter().map(values).collect();
        let mut choices = combinations(&domains, most_choices(self.text.text.len()));
        let compiles = |choice: &Choice| {
            let dead = self.dead(choice);
            self.errors.iter().all(|at| is_in(&dead, *at))
        };
        if choices.iter().any(compiles) {
            choices.retain(compiles);
        }
        choices
    }

    fn bodies(&self) -> impl Iterator<Item = &Range<usize>> {
        self.conditionals.iter().flat_map(|conditional| &conditional.branches).map(|(_, body)| body)
    }

    /// What is not compiled under a choice: ranges in order, none within another.
    fn dead(&self, choice: &Choice) -> Vec<Range<usize>> {
        let mut dead: Vec<Range<usize>> = Vec::new();
        for conditional in &self.conditionals {
            let mut taken = false;
            for (condition, body) in &conditional.branches {
                let holds = condition.holds(choice);
                if taken || !holds {
                    dead.push(body.clone());
                }
                taken |= holds;
            }
        }
        dead.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in dead {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    /// The file under a choice; conditions that it does not mention hold.
    pub(crate) fn unit(&self, choice: &Choice) -> Unit {
        let dead = self.dead(choice);
        let mut code = self.text.text.clone().into_bytes();
        let directives = self.pieces.iter().filter(|piece| piece.kind == Kind::Directive);
        for range in dead.iter().chain(directives.map(|piece| &piece.range)) {
            blank(&mut code[range.clone()]);
        }
        for piece in self.pieces.iter().filter(|piece| piece.kind == Kind::Code) {
            blank_qualifiers(&mut code[piece.range.clone()]);
        }
        let mut bare = bare(&String::from_utf8_lossy(&code)).into_bytes();
        for launch in launches(&bare) {
            blank(&mut code[launch.clone()]);
            blank(&mut bare[launch]);
        }
        let defines = self.defines.iter().filter(|define| !is_in(&dead, define.range.start)).cloned();
        let text = |bytes: Vec<u8>| Arc::from(String::from_utf8_lossy(&bytes).into_owned());
        Unit {
            text: Arc::clone(&self.text),
            defines: defines.collect(),
            code: text(code),
            bare: text(bare),
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

/// `#ifdef`, or `#ifndef`
fn defined(text: &str, wanted: bool) -> Condition {
    let condition = Condition::Defined(first_word(text).0.to_owned());
    if wanted { condition } else { Condition::Not(Box::new(condition)) }
}

/// Fewer choices for a long text: each is parsed.
fn most_choices(bytes: usize) -> usize {
    const BYTES_IN_ALL: usize = 4 << 20;
    (BYTES_IN_ALL / bytes.max(1)).clamp(2, MAX_CHOICES)
}

/// Every combination of values, if there are at most `most`; or else the first values, the last values, and each
/// other value with the first ones and with the last ones.
fn combinations(domains: &[(String, Vec<Option<i64>>)], most: usize) -> Vec<Choice> {
    let count = domains.iter().try_fold(1_usize, |count, (_, values)| count.checked_mul(values.len()));
    if count.is_some_and(|count| count <= most) {
        let mut choices = vec![Choice::new()];
        for (name, values) in domains {
            let with = |choice: &Choice, value: &Option<i64>| {
                let mut choice = choice.clone();
                choice.insert(name.clone(), *value);
                choice
            };
            choices = values.iter().flat_map(|value| choices.iter().map(move |c| with(c, value))).collect();
        }
        return choices;
    }
    let all = |pick: &dyn Fn(&[Option<i64>]) -> Option<i64>| -> Choice {
        domains.iter().map(|(name, values)| (name.clone(), pick(values))).collect()
    };
    let first = all(&|values| values.first().copied().flatten());
    let last = all(&|values| values.last().copied().flatten());
    let mut choices = vec![first.clone(), last.clone()];
    'names: for (name, values) in domains {
        for value in values {
            for base in [&first, &last] {
                if choices.len() >= most {
                    break 'names;
                }
                if base.get(name) != Some(value) {
                    let mut choice = base.clone();
                    choice.insert(name.clone(), *value);
                    choices.push(choice);
                }
            }
        }
    }
    choices
}

/// Whether a place is in one of the ranges, which are in order.
fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.contains(&at))
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

/// Longest text between `<<<` and `>>>`, in bytes.
const MAX_LAUNCH: usize = 4096;

/// `<<<grid, block>>>` in code without comments and literals.
fn launches(bare: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at + 3 <= bare.len() {
        if &bare[at..at + 3] != b"<<<" {
            at += 1;
            continue;
        }
        let limit = bare.len().min(at + MAX_LAUNCH);
        // Whatever is within: no statement ends there.
        let inner = bare[at..limit].split(|byte| *byte == b';').next().unwrap_or_default();
        match inner.windows(3).position(|window| window == b">>>") {
            Some(length) => {
                found.push(at..at + length + 3);
                at += length + 3;
            }
            None => at += inner.len().max(3),
        }
    }
    found
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
        assert_eq!(codes("#if A\n#if !A\nint a;\n#endif\nint b;\n#endif"), ["int b;", ""]);
        assert_eq!(
            codes("#if V >= 2\nint a;\n#endif\n#if V < 2\nint b;\n#endif"),
            ["int a;", "int a;", "int b;"]
        );
        assert_eq!(codes("#define A 0\n#if A\nint a;\n#endif\nint b;"), ["int b;"]);
        assert_eq!(codes("#ifdef A\nint a;\n#else\n#error no\n#endif"), ["int a;"]);
        assert_eq!(codes("#if A\nint a;"), ["int a;", ""]);
        assert_eq!(codes("#endif\n#else\nint a;"), ["int a;"]);
    }

    #[test]
    fn many_conditions_are_looked_at_one_by_one() {
        let text: String = (0..20).map(|i| format!("#ifdef A{i}\nint a{i};\n#endif\n")).collect();
        let choices = source(&text).choices();
        assert_eq!(choices.len(), MAX_CHOICES);
        let ones = choices.iter().filter(|choice| choice.values().flatten().count() == 1);
        assert!(ones.count() > 10);
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
