//! What is code in a C++ text, and what is a comment, a literal or a directive.
//!
//! By hand: what follows needs the byte ranges of these five kinds and nothing else, also in a text that no
//! parser accepts.

use std::ops::Range;

/// What a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anything that is none of the others.
    Code,
    /// `// ...` or `/* ... */`.
    Comment,
    /// A string or character literal, raw strings too.
    Literal,
    /// From `#` to the end of its line, or lines where they end in a backslash.
    Directive,
}

/// A stretch of text of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
}

/// The text in pieces, without gaps.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut at, mut code, mut line_start) = (0, 0, true);
    while at < bytes.len() {
        let found = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => Some((Kind::Comment, line_end(bytes, at))),
            b'/' if bytes.get(at + 1) == Some(&b'*') => Some((Kind::Comment, comment_end(text, at))),
            b'#' if line_start => Some((Kind::Directive, directive_end(text, at))),
            b'"' if is_raw(bytes, at) => Some((Kind::Literal, raw_end(text, at))),
            b'"' => Some((Kind::Literal, literal_end(bytes, at))),
            // `1'000` is one number.
            b'\'' if !(at > 0 && bytes[at - 1].is_ascii_hexdigit() && in_number(bytes, at)) => {
                Some((Kind::Literal, literal_end(bytes, at)))
            }
            _ => None,
        };
        if let Some((kind, end)) = found {
            if code < at {
                pieces.push(Piece { kind: Kind::Code, range: code..at });
            }
            pieces.push(Piece { kind, range: at..end });
            // A comment before a directive leaves it one.
            line_start =
                (line_start && kind == Kind::Comment) || bytes.get(end.wrapping_sub(1)) == Some(&b'\n');
            (at, code) = (end, end);
        } else {
            line_start = bytes[at] == b'\n' || (line_start && bytes[at].is_ascii_whitespace());
            at += 1;
        }
    }
    if code < bytes.len() {
        pieces.push(Piece { kind: Kind::Code, range: code..bytes.len() });
    }
    pieces
}

/// The text with comments and literals blank: brackets and words in it are code. Every byte keeps its place.
pub(crate) fn bare(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for piece in pieces(text).into_iter().filter(|piece| matches!(piece.kind, Kind::Comment | Kind::Literal))
    {
        blank(&mut bytes[piece.range]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Spaces for everything but the ends of lines.
pub(crate) fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| !matches!(**byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
}

/// End of the line, its `\n` excluded; lines that end in a backslash go on.
fn line_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() && bytes[at] != b'\n' {
        let spliced = bytes[at] == b'\\' && matches!(&bytes[at + 1..], [b'\n', ..] | [b'\r', b'\n', ..]);
        at += if spliced { 1 + usize::from(bytes[at + 1] == b'\r') + 1 } else { 1 };
    }
    at.min(bytes.len())
}

fn comment_end(text: &str, from: usize) -> usize {
    text[from + 2..].find("*/").map_or(text.len(), |length| from + 2 + length + 2)
}

/// A directive ends with its line, but a comment in it may go on to the next one.
fn directive_end(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let end = line_end(bytes, from);
    let mut at = from;
    while at < end {
        match &bytes[at..end] {
            [b'/', b'/', ..] => return end,
            [b'/', b'*', ..] => {
                let closed = comment_end(text, at);
                if closed > end {
                    return line_end(bytes, closed);
                }
                at = closed;
            }
            [b'"' | b'\'', ..] => at = literal_end(bytes, at),
            _ => at += 1,
        }
    }
    end
}

/// A literal ends with its line at the latest.
fn literal_end(bytes: &[u8], from: usize) -> usize {
    let quote = bytes[from];
    let mut at = from + 1;
    while at < bytes.len() && bytes[at] != b'\n' {
        if bytes[at] == quote {
            return at + 1;
        }
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

/// Whether the quote opens a raw string: `R"`, `u8R"`, `LR"`.
fn is_raw(bytes: &[u8], quote: usize) -> bool {
    let word = bytes[..quote].iter().rposition(|b| !is_word(*b)).map_or(0, |before| before + 1);
    matches!(&bytes[word..quote], b"R" | b"u8R" | b"uR" | b"UR" | b"LR")
}

fn raw_end(text: &str, quote: usize) -> usize {
    let Some(open) = text[quote..].find('(') else { return literal_end(text.as_bytes(), quote) };
    let close = format!("){}\"", &text[quote + 1..quote + open]);
    text[quote + open..].find(&close).map_or(text.len(), |length| quote + open + length + close.len())
}

/// Whether the quote is within a number.
fn in_number(bytes: &[u8], quote: usize) -> bool {
    let word =
        bytes[..quote].iter().rposition(|b| !is_word(*b) && *b != b'\'').map_or(0, |before| before + 1);
    bytes[word].is_ascii_digit()
}

/// Whether a byte may stand in a name.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        pieces(text).into_iter().map(|piece| (piece.kind, &text[piece.range])).collect()
    }

    #[test]
    fn every_kind() {
        use Kind::{Code, Comment, Directive, Literal};
        assert_eq!(kinds("a /*b*/ c"), [(Code, "a "), (Comment, "/*b*/"), (Code, " c")]);
        assert_eq!(kinds("  #if a \\\n b\nc"), [(Code, "  "), (Directive, "#if a \\\n b"), (Code, "\nc")]);
        assert_eq!(kinds("x = \"a\\\"#\";"), [(Code, "x = "), (Literal, "\"a\\\"#\""), (Code, ";")]);
        assert_eq!(kinds("R\"x(\")\" )x\";"), [(Code, "R"), (Literal, "\"x(\")\" )x\""), (Code, ";")]);
        assert_eq!(kinds("1'000 + 'a'"), [(Code, "1'000 + "), (Literal, "'a'")]);
        assert_eq!(kinds("a # b"), [(Code, "a # b")]);
        assert_eq!(
            kinds("#define A /* x\n y */ 1\nb"),
            [(Directive, "#define A /* x\n y */ 1"), (Code, "\nb")]
        );
    }

    #[test]
    fn unfinished_text_ends_somewhere() {
        for text in ["\"abc", "'", "/*", "R\"(", "R\"", "#", "#define \\", "//\\", "\"\\", "a\\"] {
            let all: String = pieces(text).into_iter().map(|piece| &text[piece.range]).collect();
            assert_eq!(all, text);
        }
    }
}
