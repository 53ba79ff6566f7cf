//! Registrations found: `PD_BUILD_OP(name).Inputs({...})...;`, cut out of a unit, macros around them undone.
//!
//! They are found by their words, each is then parsed alone: nothing around one that does not parse can hide it.

use super::declared::Level;
use super::lex::{Kind, is_word, pieces};
use super::preprocess::{Define, Unit, words};
use super::text::Place;
use std::ops::Range;

/// FastDeploy and PaddleNLP define it in each file, or in a header, and always like this.
const STATIC_OP: &str = "PD_BUILD_STATIC_OP";

/// Deepest nesting of macros that is followed.
pub(crate) const MAX_MACROS: usize = 8;

/// A registration's text and where its bytes come from.
pub(crate) struct Chain {
    pub(crate) text: String,
    pub(crate) level: Level,
    /// What the macro was called with: the op's name as people know it.
    pub(crate) name: String,
    /// The macro's use in the unit.
    pub(crate) used: Range<usize>,
    /// Bytes of `text` that come out of macros.
    head: usize,
    /// Where the rest comes from.
    tail: usize,
}

/// The chain of every registration of the unit, in order.
pub(crate) fn chains(unit: &Unit) -> Vec<Chain> {
    let mut found: Vec<Chain> = Vec::new();
    for (name, level) in Level::MACROS {
        found.extend(uses(unit, name).filter_map(|range| {
            let name = argument(&unit.code, &range)?;
            let end = statement_end(&unit.code, range.end);
            let text = unit.code[range.start..end].to_owned();
            Some(Chain { text, level, name, tail: range.start, used: range, head: 0 })
        }));
    }
    let mut wrappers = registering(unit);
    let implied = Define {
        name: STATIC_OP.to_owned(),
        params: Some(vec!["name".to_owned()]),
        body: "PD_BUILD_OP(static_op_##name)".to_owned(),
        range: 0..0,
    };
    if !wrappers.iter().any(|define| define.name == STATIC_OP) {
        wrappers.push(&implied);
    }
    for define in wrappers {
        for range in uses(unit, &define.name) {
            found.extend(expanded(unit, define, range));
        }
    }
    found.sort_by_key(|chain| chain.used.start);
    found
}

/// Uses of a macro with arguments: from its name to the closing parenthesis.
fn uses<'u>(unit: &'u Unit, name: &'u str) -> impl Iterator<Item = Range<usize>> + 'u {
    let literal_or_comment: Vec<Range<usize>> = pieces(&unit.code)
        .into_iter()
        .filter(|piece| piece.kind != Kind::Code)
        .map(|piece| piece.range)
        .collect();
    words(&unit.code, name).filter_map(move |at| {
        let hidden = literal_or_comment.partition_point(|range| range.end <= at);
        if literal_or_comment.get(hidden).is_some_and(|range| range.contains(&at)) {
            return None;
        }
        let open = at + name.len();
        let gap = unit.code[open..].bytes().take_while(u8::is_ascii_whitespace).count();
        (unit.code.as_bytes().get(open + gap) == Some(&b'('))
            .then(|| at..balanced_end(&unit.code, open + gap))
    })
}

/// The end of the bracket that opens at `open`.
pub(crate) fn balanced_end(text: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for piece in pieces(&text[open..]) {
        if piece.kind != Kind::Code {
            continue;
        }
        for (at, byte) in text[open..][piece.range.clone()].bytes().enumerate() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return open + piece.range.start + at + 1;
                    }
                }
                _ => {}
            }
        }
    }
    text.len()
}

/// The end of the statement, its `;` included; where that is missing, the end of the last call.
fn statement_end(text: &str, from: usize) -> usize {
    let mut at = from;
    let mut last = from;
    loop {
        let rest = &text[at..];
        let skipped = pieces(rest).into_iter().next().filter(|piece| piece.kind == Kind::Comment);
        let bytes = rest.as_bytes();
        match bytes.first() {
            Some(b'/') if skipped.is_some() => at += skipped.map_or(1, |piece| piece.range.end),
            Some(b) if b.is_ascii_whitespace() => at += 1,
            Some(b';') => return at + 1,
            Some(b'.') => at += 1,
            Some(b) if is_word(*b) => {
                let word = bytes.iter().take_while(|b| is_word(**b)).count();
                // A word that no point comes before starts something else.
                if !text[..at].trim_end().ends_with('.') && !comment_before(text, at) {
                    return last;
                }
                at += word;
            }
            Some(b'(') => {
                at = balanced_end(text, at);
                last = at;
            }
            _ => return last,
        }
    }
}

/// Whether what is before `at` is a comment, before which a point stands.
fn comment_before(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let code: String =
        pieces(before).into_iter().filter(|p| p.kind != Kind::Comment).map(|p| &before[p.range]).collect();
    code.trim_end().ends_with('.')
}

/// The macro's one argument.
fn argument(text: &str, range: &Range<usize>) -> Option<String> {
    let inner = text[range.clone()].split_once('(')?.1;
    Some(inner.strip_suffix(')').unwrap_or(inner).trim().to_owned())
}

/// Macros whose bodies register an op, at once or through others.
fn registering(unit: &Unit) -> Vec<&Define> {
    let mut names: Vec<&str> = Level::MACROS.iter().map(|(name, _)| *name).collect();
    names.push(STATIC_OP);
    let mut found: Vec<&Define> = Vec::new();
    loop {
        let mentions = |define: &&Define| {
            let others = names.iter().filter(|name| **name != define.name);
            others.into_iter().any(|name| words(&define.body, name).next().is_some())
        };
        let is_new = |define: &&Define| !found.iter().any(|known| std::ptr::eq(*known, *define));
        let more: Vec<&Define> = unit.defines.iter().filter(is_new).filter(mentions).collect();
        if more.is_empty() {
            return found;
        }
        names.extend(more.iter().map(|define| define.name.as_str()));
        found.extend(more);
    }
}

/// The registrations that the use of a macro expands to; the last one goes on behind the use.
fn expanded(unit: &Unit, define: &Define, used: Range<usize>) -> Vec<Chain> {
    let Some(arguments) = arguments(&unit.code[used.clone()]) else { return Vec::new() };
    let mut text = substitute(define, &arguments);
    for _ in 0..MAX_MACROS {
        let Some((inner, range)) = unit.defines.iter().find_map(|define| {
            let at = words(&text, &define.name).next()?;
            define.params.as_ref()?;
            let open = text[at..].find('(')? + at;
            Some((define, at..balanced_end(&text, open)))
        }) else {
            break;
        };
        let Some(inner_arguments) = self::arguments(&text[range.clone()]) else { break };
        let replacement = substitute(inner, &inner_arguments);
        text.replace_range(range, &replacement);
    }
    let mut starts: Vec<(usize, Level)> = Level::MACROS
        .iter()
        .flat_map(|(name, level)| words(&text, name).map(|at| (at, *level)).collect::<Vec<_>>())
        .collect();
    starts.sort();
    let name = arguments.first().cloned().unwrap_or_default();
    let count = starts.len();
    let chain = |(index, (start, level)): (usize, (usize, Level))| {
        let open = text[start..].find('(').map_or(text.len(), |length| start + length);
        let end = statement_end(&text, balanced_end(&text, open));
        let mut chain = Chain {
            text: text[start..end].to_owned(),
            level,
            name: name.clone(),
            used: used.clone(),
            head: end - start,
            tail: used.end,
        };
        if index + 1 == count && !chain.text.ends_with(';') {
            let end = statement_end(&unit.code, used.end);
            chain.text.push_str(&unit.code[used.end..end]);
        }
        chain
    };
    starts.into_iter().enumerate().map(chain).collect()
}

/// The arguments of a macro's use, each trimmed.
fn arguments(text: &str) -> Option<Vec<String>> {
    let open = text.find('(')?;
    let inner = &text[open + 1..text.len().checked_sub(1)?.max(open + 1)];
    let mut out = vec![String::new()];
    let mut depth = 0_usize;
    for piece in pieces(inner) {
        let part = &inner[piece.range];
        if piece.kind != Kind::Code {
            out.last_mut()?.push_str(part);
            continue;
        }
        for c in part.chars() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    out.push(String::new());
                    continue;
                }
                _ => {}
            }
            out.last_mut()?.push(c);
        }
    }
    Some(out.iter().map(|argument| argument.trim().to_owned()).collect())
}

/// A macro's body with its arguments in place; `##` joins, `#` quotes.
fn substitute(define: &Define, arguments: &[String]) -> String {
    let params = define.params.as_deref().unwrap_or_default();
    let mut out = String::new();
    let mut rest = define.body.as_str();
    while let Some(first) = rest.chars().next() {
        let word = rest.bytes().take_while(|b| is_word(*b)).count();
        if word > 0 {
            let name = &rest[..word];
            let variadic = params.last().is_some_and(|last| last == "...");
            let value = match params.iter().position(|param| param == name) {
                Some(index) => arguments.get(index).cloned().unwrap_or_default(),
                None if variadic && name == "__VA_ARGS__" => {
                    arguments.get(params.len() - 1..).unwrap_or_default().join(", ")
                }
                None => name.to_owned(),
            };
            let quoted = out.ends_with('#') && !out.ends_with("##");
            if quoted {
                out.pop();
                out.push_str(&format!("{value:?}"));
            } else {
                out.push_str(&value);
            }
            rest = &rest[word..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
        if let Some(joined) = rest.trim_start().strip_prefix("##") {
            out.truncate(out.trim_end().len());
            rest = joined.trim_start();
        }
    }
    out
}

impl Chain {
    /// Where bytes of the chain stand in the file.
    pub(crate) fn place(&self, unit: &Unit, range: &Range<usize>) -> Place {
        let map = |at: usize| if at < self.head { None } else { Some(self.tail + (at - self.head)) };
        let range = map(range.start).map_or(self.used.clone(), |start| start..start + range.len());
        unit.text.place(range)
    }
}
