//! The text of a C++ file, and places in it.

use serde::Serialize;
use std::ops::Range;
use std::sync::Arc;
use xpuc_dialect::ir::Loc;

/// Most characters of a source line that a message shows.
const MAX_EXCERPT: usize = 400;

/// A C++ file.
#[derive(Debug)]
pub(crate) struct Text {
    /// What messages call it.
    pub(crate) file: Arc<str>,
    /// What stands in it.
    pub(crate) text: String,
    /// Where each line starts, in bytes.
    lines: Vec<usize>,
}

/// A place in a C++ file. Lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The file, as it was given.
    pub file: Arc<str>,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column behind the last character.
    pub end_column: u32,
    /// The first line, whole, if it is short enough to be shown.
    #[serde(skip)]
    pub excerpt: Option<Arc<str>>,
}

impl Text {
    /// `file` names it in messages.
    pub(crate) fn new(file: impl Into<Arc<str>>, text: String) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Text { file: file.into(), text, lines }
    }

    /// The place of a range of bytes.
    pub(crate) fn place(&self, range: Range<usize>) -> Place {
        let (line, column) = self.position(range.start);
        let (end_line, end_column) = self.position(range.end.max(range.start));
        let start = self.lines[line - 1];
        let whole = self.text[start..].lines().next().unwrap_or_default();
        let excerpt = (whole.len() <= MAX_EXCERPT).then(|| Arc::from(whole));
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            file: Arc::clone(&self.file),
            line: number(line),
            column: number(column),
            end_line: number(end_line),
            end_column: number(end_column),
            excerpt,
        }
    }

    /// Line and column of a byte, both from 1.
    fn position(&self, at: usize) -> (usize, usize) {
        let at = floor_boundary(&self.text, at);
        let line = self.lines.partition_point(|start| *start <= at);
        (line, self.text[self.lines[line - 1]..at].chars().count() + 1)
    }
}

impl Place {
    /// As IR holds it.
    pub fn loc(&self) -> Loc {
        Loc::new(Arc::clone(&self.file), self.line, self.column)
    }
}

/// The last boundary of a character at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let text = Text::new("a.cc", "int a;\n/* \u{e9} */ int b;\n".to_owned());
        let at = text.text.find("b;").unwrap_or_default();
        let place = text.place(at..at + 1);
        assert_eq!((place.line, place.column, place.end_line, place.end_column), (2, 13, 2, 14));
        assert_eq!(place.excerpt.as_deref(), Some("/* \u{e9} */ int b;"));
        let end = text.place(text.text.len()..text.text.len());
        assert_eq!((end.line, end.column), (3, 1));
    }
}
