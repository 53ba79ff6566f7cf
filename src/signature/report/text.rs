//! Findings as a compiler prints them: the place, the source line, a caret.

use crate::signature::finding::{Finding, Outcome, Outcomes, Severity};
use crate::signature::text::Place;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// One finding. With `color`, for a terminal.
pub fn text(finding: &Finding, color: bool) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(&*finding.message).id(finding.code.id()));
    let mut places = vec![(&finding.place, "", AnnotationKind::Primary)];
    places.extend(finding.related.iter().map(|r| (&r.place, r.message.as_str(), AnnotationKind::Context)));
    // What stands in one line is shown in one.
    let mut shown: Vec<Vec<(&Place, &str, AnnotationKind)>> = Vec::new();
    for place in places {
        let same = |other: &&mut Vec<(&Place, &str, AnnotationKind)>| {
            other[0].0.file == place.0.file && other[0].0.line == place.0.line
        };
        match shown.iter_mut().find(same) {
            Some(line) => line.push(place),
            None => shown.push(vec![place]),
        }
    }
    for line in &shown {
        let place = line[0].0;
        let Some(excerpt) = place.excerpt.as_deref() else {
            let message = format!("{}:{}:{}", place.file, place.line, place.column);
            group = group.element(Level::NOTE.message(message));
            continue;
        };
        let annotations = line.iter().map(|(place, label, kind)| annotation(excerpt, place, label, *kind));
        group = group.element(
            Snippet::source(excerpt)
                .line_start(place.line as usize)
                .path(&*place.file)
                .fold(false)
                .annotations(annotations),
        );
    }
    let modes = finding.modes;
    let works = modes == Outcomes::all(Outcome::Works);
    let modes =
        format!("eager: {}; static (PIR): {}; static (legacy): {}", modes.eager, modes.pir, modes.legacy);
    if !works {
        // A note with outcomes is about what cannot be told from the source.
        let modes = if finding.severity == Severity::Note { format!("if so, {modes}") } else { modes };
        group = group.element(Level::NOTE.message(modes));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    // Lines are shown whole; those too long for that have no excerpt.
    let renderer = renderer.term_width(usize::MAX / 2);
    renderer.render(&[group]).to_string() + "\n"
}

fn annotation<'a>(excerpt: &str, place: &Place, label: &'a str, kind: AnnotationKind) -> Annotation<'a> {
    let annotation = kind.span(span(excerpt, place));
    if label.is_empty() { annotation } else { annotation.label(label) }
}

/// The bytes of a line that a place covers.
fn span(line: &str, place: &Place) -> Range<usize> {
    let byte = |column: u32| {
        let before = line.char_indices().nth(column.saturating_sub(1) as usize);
        before.map_or(line.len(), |(at, _)| at)
    };
    let start = byte(place.column);
    let end = if place.end_line == place.line { byte(place.end_column) } else { line.len() };
    start..end.max(start)
}
