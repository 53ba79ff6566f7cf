//! `// expected-error @below {{text}}`: what a case says will be refused, against what was.
//!
//! In place of `@below` stands `@above`, `@+N`, `@-N`, or nothing for the line itself.

/// The modules of a file, which lines `// -----` separate, and the number of lines before each.
pub(crate) fn chunks(source: &str) -> impl Iterator<Item = (u32, &str)> {
    source.split("// -----\n").scan(0, |lines, chunk| {
        let first = *lines;
        *lines += chunk.lines().count() as u32 + 1;
        Some((first, chunk))
    })
}

/// Lines and texts of errors that were expected and not found, or found and not expected. An error
/// meets an expectation of its line whose text it contains; each counts once. Lines count from 1.
pub(crate) fn mismatches(chunk: &str, found: impl IntoIterator<Item = (u32, String)>) -> Vec<(u32, String)> {
    let mut wrong = Vec::new();
    let mut expected = Vec::new();
    for (line, text) in (1..).zip(chunk.lines()).filter(|(_, text)| text.contains("expected-error")) {
        match expectation(line, text) {
            Some(expectation) => expected.push(expectation),
            None => {
                wrong.push((line, format!("expected `expected-error @below {{{{text}}}}`, found `{text}`")))
            }
        }
    }
    for (line, message) in found {
        match expected.iter().position(|(at, text)| *at == line && message.contains(text)) {
            Some(met) => drop(expected.remove(met)),
            None => wrong.push((line, format!("found an error that is not expected: {message}"))),
        }
    }
    wrong.extend(
        expected.into_iter().map(|(line, text)| (line, format!("expected an error, found none: {text}"))),
    );
    wrong
}

/// The line and the text of one expectation.
fn expectation(line: u32, comment: &str) -> Option<(u32, &str)> {
    let (_, rest) = comment.split_once("expected-error")?;
    let (place, rest) = rest.split_once("{{")?;
    let offset = match place.trim() {
        "" => 0,
        "@below" => 1,
        "@above" => -1,
        other => other.strip_prefix('@')?.parse().ok()?,
    };
    let (text, _) = rest.rsplit_once("}}")?;
    Some((line.checked_add_signed(offset)?, text))
}
