//! The program text: from a file or standard input, and the messages about it.

use crate::failure::Failure;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use xpuc::dialect::context::{Diagnostic, MAX_NESTING, MAX_SOURCE_BYTES, ParseError};
use xpuc::run::machine::{CAPACITY_BYTES, MAX_PROGRAMS};
use xpuc::{Declaration, Error};

/// The longest source line, in bytes, that a message shows.
const MAX_EXCERPT_BYTES: usize = 400;

/// What help texts say about limits.
pub(crate) fn limits() -> String {
    format!(
        "\
Limits:
  MLIR text          {MAX_SOURCE_BYTES} bytes (MAX_SOURCE_BYTES)
  nested brackets    {MAX_NESTING} (MAX_NESTING)
  buffers of a run   {CAPACITY_BYTES} bytes in all (CAPACITY_BYTES)
  programs a launch  {MAX_PROGRAMS} (MAX_PROGRAMS)"
    )
}

/// Whether a path means standard input or output.
pub(crate) fn is_std(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A program text.
#[derive(Debug)]
pub(crate) struct Source {
    /// What messages call it.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    path: PathBuf,
    /// The declaration of its op, if it is in a file of its own.
    signature: Option<Box<Source>>,
}

impl Source {
    /// Reads a program, and the declaration of its op.
    pub(crate) fn read(path: &Path, signature: Option<&Path>) -> Result<Self, Failure> {
        if is_std(path) && signature.is_some_and(is_std) {
            let text =
                "error: expected at most one of FILE and --signature to be '-' (standard input), found both";
            return Err(Failure::said(text));
        }
        let signature = signature.map(Source::one).transpose()?.map(Box::new);
        Ok(Source { signature, ..Source::one(path)? })
    }

    /// The declaration, as the library takes it.
    pub(crate) fn declaration(&self) -> Option<Declaration<'_>> {
        self.signature.as_ref().map(|text| Declaration { source: &text.text, file: &text.name })
    }

    fn one(path: &Path) -> Result<Self, Failure> {
        let name = if is_std(path) { "<stdin>".to_owned() } else { path.display().to_string() };
        // One byte more than is accepted tells whether there is more.
        let limit = MAX_SOURCE_BYTES as u64 + 1;
        let mut bytes = Vec::new();
        let read = if is_std(path) {
            io::stdin().lock().take(limit).read_to_end(&mut bytes)
        } else {
            File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
        };
        read.map_err(|error| Failure::said(format!("{name}: error: cannot read: {error}")))?;
        if bytes.len() > MAX_SOURCE_BYTES {
            let text =
                format!("{name}: error: expected at most {MAX_SOURCE_BYTES} bytes of MLIR, found more");
            return Err(Failure::said(text));
        }
        let bad = match std::str::from_utf8(&bytes) {
            Ok(text) => text.find('\0'),
            Err(error) => Some(error.valid_up_to()),
        };
        if let Some(at) = bad {
            let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |newline| newline + 1);
            let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
            let (column, byte) = (at - start + 1, bytes[at]);
            let text =
                format!("{name}:{line}:{column}: error: expected text in UTF-8, found byte 0x{byte:02x}");
            return Err(Failure::said(text));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Source { name, text, path: path.to_owned(), signature: None })
    }

    /// The file's name without its extension; standard input has none.
    pub(crate) fn stem(&self) -> Option<&str> {
        if is_std(&self.path) { None } else { self.path.file_stem()?.to_str() }
    }

    /// One message a defect, the line it is about below.
    pub(crate) fn explain(&self, error: &Error) -> Failure {
        if let Error::Parse(error @ (ParseError::TooLarge { .. } | ParseError::TooDeep { .. })) = error {
            return Failure::said(error);
        }
        let diagnostics = error.diagnostics();
        Failure::said(diagnostics.iter().map(|d| self.diagnostic(d)).collect::<String>())
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) -> String {
        let Some((file, line, column)) = diagnostic.loc.parts() else {
            return format!("{}: error: {}\n", self.name, diagnostic.message);
        };
        let mut text = format!("{diagnostic}\n");
        let sources = [Some(self), self.signature.as_deref()];
        let source = sources.into_iter().flatten().find(|source| file == source.name);
        let source =
            source.zip((line as usize).checked_sub(1)).and_then(|(s, line)| s.text.lines().nth(line));
        if let Some(source) = source.filter(|source| source.len() <= MAX_EXCERPT_BYTES) {
            text += &excerpt(source, column as usize);
        }
        text
    }
}

/// A source line and a caret below its byte `column`, counted from 1.
fn excerpt(line: &str, column: usize) -> String {
    let visible = |c: char| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    let before = line.char_indices().take_while(|(at, _)| at + 1 < column);
    let indent: String = before.map(|(_, c)| if c == '\t' { '\t' } else { ' ' }).collect();
    format!("{}\n{indent}^\n", line.chars().map(visible).collect::<String>())
}
