//! Suppressions: `// xpuc: allow(PD001) why that is all right`.
//!
//! Behind code one covers the findings of its line; on a line of its own, those of the next line of code; on a line
//! before a registration, those of the whole op.

use super::code::Code;
use super::finding::{Finding, Outcome, Outcomes, Severity};
use super::lex::{Kind, Piece, pieces};
use super::text::{Place, Text};

/// What opens one, in lower case; a space may stand behind the colon.
const MARK: &str = "xpuc:";

/// A suppression in a comment.
#[derive(Debug)]
pub(crate) struct Allow {
    codes: Vec<Code>,
    /// What should be codes and is not.
    unknown: Vec<String>,
    reason: String,
    place: Place,
    /// First and last line whose findings it covers, counted from 1.
    lines: [u32; 2],
}

/// Every suppression of a file.
pub(crate) fn read(text: &Text) -> Vec<Allow> {
    if !text.text.to_ascii_lowercase().contains(MARK) {
        return Vec::new();
    }
    let all = pieces(&text.text);
    let mut out = Vec::new();
    for (index, piece) in all.iter().enumerate().filter(|(_, piece)| piece.kind == Kind::Comment) {
        let comment = &text.text[piece.range.clone()];
        let Some(start) = comment.to_ascii_lowercase().find(MARK) else { continue };
        let rest = comment[start + MARK.len()..].trim_start();
        let Some(rest) = rest.get(..5).filter(|word| word.eq_ignore_ascii_case("allow")).map(|_| &rest[5..])
        else {
            continue;
        };
        let listed = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        // Without parentheses nothing is suppressed, and that is said.
        let (codes, reason) = listed.unwrap_or((rest, ""));
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for code in codes.split(',').map(str::trim) {
            match Code::find(code).filter(|_| listed.is_some()) {
                Some(code) => known.push(code),
                None => unknown.push(code.to_owned()),
            }
        }
        let reason = reason.trim_end_matches("*/").trim_matches([' ', '\t', '\r', '\n', ':', '-']).to_owned();
        let place = text.place(piece.range.start + start..piece.range.end);
        out.push(Allow {
            codes: known,
            unknown,
            reason,
            lines: [place.line, last_line(text, &all, index).unwrap_or(place.line)],
            place,
        });
    }
    out
}

/// The last line that a comment is about: its own behind code, else that of the next code.
fn last_line(text: &Text, all: &[Piece], comment: usize) -> Option<u32> {
    let start = all[comment].range.start;
    let line = text.text[..start].rfind('\n').map_or(0, |end| end + 1);
    if !text.text[line..start].trim().is_empty() {
        return None;
    }
    let behind = all[comment + 1..].iter().filter(|piece| piece.kind != Kind::Comment);
    let mut code = behind.filter_map(|piece| {
        let blank = text.text[piece.range.clone()].bytes().take_while(u8::is_ascii_whitespace).count();
        (blank < piece.range.len()).then(|| piece.range.start + blank)
    });
    code.next().map(|at| text.place(at..at).line)
}

/// Marks the findings that are suppressed, and adds those about suppressions. `ops` has the first line of each
/// registration and its name.
pub(crate) fn apply(allows: &[Allow], ops: &[(u32, String)], findings: &mut Vec<Finding>) {
    let mut more = Vec::new();
    for allow in allows {
        let mut used = false;
        let covers_op = |finding: &Finding| {
            ops.iter().any(|(line, name)| allow.lines.contains(line) && *name == finding.op)
        };
        for finding in findings.iter_mut().filter(|finding| allow.codes.contains(&finding.code)) {
            let here = finding.place.file == allow.place.file && allow.lines.contains(&finding.place.line);
            if here || covers_op(finding) {
                used = true;
                if !allow.reason.is_empty() {
                    finding.allowed = Some(allow.reason.clone());
                }
            }
        }
        let mut say = |code, message: String| {
            let works = Outcomes::all(Outcome::Works);
            let finding = Finding::new(code, "", &allow.place, works, message);
            more.push(Finding { severity: Severity::Warning, ..finding });
        };
        if let Some(unknown) = allow.unknown.first() {
            say(Code::PD091, format!("expected xpuc: allow(PD001) and a reason, found {unknown}"));
        } else if !used {
            let codes: Vec<&str> = allow.codes.iter().map(|code| code.id()).collect();
            say(Code::PD091, format!("expected a finding {} here, found none", codes.join(" or ")));
        } else if allow.reason.is_empty() {
            let message =
                "expected a reason behind the parenthesis, found none: nothing is suppressed".to_owned();
            say(Code::PD090, message);
        }
    }
    findings.append(&mut more);
}
