//! Registrations found: `PD_BUILD_OP(name).Inputs({...})...;`, cut out of a unit, macros around them undone.
//!
//! They are found by their words, each is then parsed alone: nothing around one that does not parse can hide it.

use super::declared::Level;
use super::lex::{Kind, bare, is_word, pieces};
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
        for used in uses(unit, name, true) {
            let Some(name) = argument(&unit.code, &used) else { continue };
            let end = statement_end(unit, &unit.bare, used.end);
            let text = unit.code[used.start..end].to_owned();
            found.push(whole(unit, Chain { text, level, name, tail: used.start, used, head: 0 }));
        }
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
        for used in uses(unit, &define.name, define.params.is_some()) {
            found.extend(expanded(unit, define, used).into_iter().map(|chain| whole(unit, chain)));
        }
    }
    found.sort_by_key(|chain| chain.used.start);
    found
}

/// Uses of a macro: its name and, `with_arguments`, what follows up to the closing parenthesis.
fn uses(unit: &Unit, name: &str, with_arguments: bool) -> Vec<Range<usize>> {
    let bare = &unit.bare;
    let used = |at: usize| {
        let end = at + name.len();
        if !with_arguments {
            return Some(at..end);
        }
        let open = end + bare[end..].bytes().take_while(u8::is_ascii_whitespace).count();
        (bare.as_bytes().get(open) == Some(&b'(')).then(|| at..balanced_end(bare, open))
    };
    words(bare, name).filter_map(used).collect()
}

/// The end of the bracket that opens at `open`, in code without comments and literals.
pub(crate) fn balanced_end(bare: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in bare.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    bare.len()
}

/// The end of the statement, its `;` included; where that is missing, the end of the last call.
fn statement_end(unit: &Unit, bare: &str, from: usize) -> usize {
    let bytes = bare.as_bytes();
    let (mut at, mut last, mut behind_point) = (from, from, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b';' => return at + 1,
            b'.' => behind_point = true,
            b'(' => {
                at = balanced_end(bare, at);
                last = at;
                continue;
            }
            byte if byte.is_ascii_whitespace() => {}
            byte if is_word(*byte) => {
                let word = bytes[at..].iter().take_while(|byte| is_word(**byte)).count();
                // A word that no point comes before starts something else, or is a macro for what follows.
                let name = &bare[at..at + word];
                if !behind_point && !unit.defines.iter().any(|define| define.name == name) {
                    return last;
                }
                behind_point = false;
                at += word;
                last = at;
                continue;
            }
            _ => return last,
        }
        at += 1;
    }
    last
}

/// A chain with the macros in it expanded that stand for more than one literal.
fn whole(unit: &Unit, chain: Chain) -> Chain {
    let several = |define: &&Define| {
        let body = bare(&define.body);
        let nested = unit.defines.iter().any(|other| words(&body, &other.name).next().is_some());
        (nested || body.contains([',', '.', '{', '(']))
            && words(&bare(&chain.text), &define.name).next().is_some()
    };
    if !unit.defines.iter().any(|define| several(&define)) {
        return chain;
    }
    let text =
        expand(unit, chain.text.clone(), &["PD_BUILD_OP", "PD_BUILD_GRAD_OP", "PD_BUILD_DOUBLE_GRAD_OP"]);
    // What comes out of macros has no place but that of the use.
    Chain { head: text.len(), text, ..chain }
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

/// Longest text that macros expand to, in bytes.
const MAX_EXPANSION: usize = 1 << 18;

/// A text with the unit's macros in it expanded, but for those of `kept`; a macro is not expanded in itself.
fn expand(unit: &Unit, text: String, kept: &[&str]) -> String {
    let mut text = text;
    let mut done: Vec<&str> = kept.to_vec();
    for _ in 0..MAX_MACROS {
        let mut changed = false;
        for define in unit.defines.iter().filter(|define| !define.body.is_empty()) {
            if done.contains(&define.name.as_str()) || text.len() > MAX_EXPANSION {
                continue;
            }
            let bare = bare(&text);
            let used: Vec<Range<usize>> = words(&bare, &define.name)
                .filter_map(|at| {
                    let end = at + define.name.len();
                    let open = end + bare[end..].bytes().take_while(u8::is_ascii_whitespace).count();
                    let has_arguments = bare.as_bytes().get(open) == Some(&b'(');
                    match &define.params {
                        None => Some(at..end),
                        Some(_) => has_arguments.then(|| at..balanced_end(&bare, open)),
                    }
                })
                .collect();
            // A use within the arguments of another goes with it.
            let mut outer: Vec<Range<usize>> = Vec::new();
            for range in used {
                if outer.last().is_none_or(|last| range.start >= last.end) {
                    outer.push(range);
                }
            }
            for range in outer.iter().rev() {
                let arguments = arguments(&text[range.clone()]).unwrap_or_default();
                let replacement = substitute(define, &arguments);
                if text.len() + replacement.len() <= MAX_EXPANSION {
                    text.replace_range(range.clone(), &replacement);
                }
            }
            if !outer.is_empty() {
                done.push(&define.name);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    text
}

/// The registrations that the use of a macro expands to; the last one goes on behind the use.
fn expanded(unit: &Unit, define: &Define, used: Range<usize>) -> Vec<Chain> {
    let arguments = arguments(&unit.code[used.clone()]).unwrap_or_default();
    let text = expand(unit, substitute(define, &arguments), &[&define.name]);
    let bare = bare(&text);
    let mut starts: Vec<(usize, Level)> = Level::MACROS
        .iter()
        .flat_map(|(name, level)| words(&bare, name).map(|at| (at, *level)).collect::<Vec<_>>())
        .collect();
    starts.sort();
    let count = starts.len();
    let chain = |(index, (start, level)): (usize, (usize, Level))| {
        let open = bare[start..].find('(').map_or(text.len(), |length| start + length);
        let close = balanced_end(&bare, open);
        let end = statement_end(unit, &bare, close);
        // The name is the argument that becomes one, or what it becomes.
        let registered = argument(&text, &(start..close)).unwrap_or_default();
        let name = arguments.iter().find(|argument| !argument.is_empty() && registered.contains(*argument));
        let mut chain = Chain {
            text: text[start..end].to_owned(),
            level,
            name: name.cloned().unwrap_or(registered),
            used: used.clone(),
            head: end - start,
            tail: used.end,
        };
        if index + 1 == count && !chain.text.ends_with(';') {
            let end = statement_end(unit, &unit.bare, used.end);
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

/// A macro's body with its arguments in place; `##` joins, `#` quotes, literals stay.
fn substitute(define: &Define, arguments: &[String]) -> String {
    let params = define.params.as_deref().unwrap_or_default();
    let value = |name: &str| match params.iter().position(|param| param == name) {
        Some(index) => arguments.get(index).cloned().unwrap_or_default(),
        None if name == "__VA_ARGS__" && params.last().is_some_and(|last| last == "...") => {
            arguments.get(params.len() - 1..).unwrap_or_default().join(", ")
        }
        None => name.to_owned(),
    };
    let mut out = String::new();
    for piece in pieces(&define.body) {
        let mut rest = &define.body[piece.range];
        if matches!(piece.kind, Kind::Literal | Kind::Comment) {
            out.push_str(rest);
            continue;
        }
        while let Some(first) = rest.chars().next() {
            let word = rest.bytes().take_while(|byte| is_word(*byte)).count();
            if word > 0 {
                let value = value(&rest[..word]);
                if out.ends_with('#') && !out.ends_with("##") {
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
