//! Suppressions: `// xpuc: allow(PD001) why that is all right`.
//!
//! One covers the findings of its line and of the next line of code; on a line before a registration, those of the
//! whole op.

use super::code::Code;
use super::finding::{Finding, Outcome, Outcomes, Severity};
use super::lex::{Kind, pieces};
use super::text::{Place, Text};

/// What opens one.
const MARK: &str = "xpuc: allow(";

/// A suppression in a comment.
#[derive(Debug)]
pub(crate) struct Allow {
    codes: Vec<Code>,
    unknown: Vec<String>,
    reason: String,
    place: Place,
    /// Lines whose findings it covers, counted from 1.
    lines: [u32; 2],
}

/// Every suppression of a file.
pub(crate) fn read(text: &Text) -> Vec<Allow> {
    if !text.text.contains(MARK) {
        return Vec::new();
    }
    let all = pieces(&text.text);
    let mut out = Vec::new();
    for (index, piece) in all.iter().enumerate().filter(|(_, piece)| piece.kind == Kind::Comment) {
        let comment = &text.text[piece.range.clone()];
        let Some(start) = comment.find(MARK) else { continue };
        let Some((codes, reason)) = comment[start + MARK.len()..].split_once(')') else { continue };
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for code in codes.split(',').map(str::trim) {
            match Code::find(code) {
                Some(code) => known.push(code),
                None => unknown.push(code.to_owned()),
            }
        }
        let reason = reason.trim_end_matches("*/").trim_matches([' ', '\t', '\r', '\n', ':', '-']).to_owned();
        let place = text.place(piece.range.start + start..piece.range.end);
        let behind = all[index + 1..].iter().filter(|piece| piece.kind != Kind::Comment);
        let next = behind
            .filter_map(|piece| {
                let blank =
                    text.text[piece.range.clone()].bytes().take_while(u8::is_ascii_whitespace).count();
                (blank < piece.range.len()).then(|| piece.range.start + blank)
            })
            .map(|at| text.place(at..at).line)
            .next();
        out.push(Allow {
            codes: known,
            unknown,
            reason,
            lines: [place.line, next.unwrap_or(place.line)],
            place,
        });
    }
    out
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
            say(Code::PD091, format!("expected codes like PD001, found {unknown}"));
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
