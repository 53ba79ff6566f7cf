//! Findings as SARIF 2.1.0, for code scanning.

use crate::signature::code::Code;
use crate::signature::finding::{Finding, Severity};
use crate::signature::text::Place;
use serde_sarif::sarif::{
    ArtifactLocation, Location, LogicalLocation, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingDescriptor, Result as SarifResult, ResultLevel, Run, Sarif, Suppression, Tool, ToolComponent,
};

/// The schema that a log names.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One log with one run.
pub fn sarif(findings: &[Finding]) -> Sarif {
    let driver = ToolComponent::builder()
        .name("xpuc")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(Code::ALL.iter().map(|code| rule(*code)).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(serde_json::Value::String("unicodeCodePoints".to_owned()))
        .results(findings.iter().map(result).collect::<Vec<_>>())
        .build();
    Sarif::builder()
        .schema(SCHEMA)
        .version(serde_json::Value::String("2.1.0".to_owned()))
        .runs(vec![run])
        .build()
}

fn rule(code: Code) -> ReportingDescriptor {
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    let page = MultiformatMessageString::builder().text(code.summary()).markdown(code.explanation()).build();
    ReportingDescriptor::builder()
        .id(code.id())
        .name(code.name())
        .short_description(text(code.summary()))
        .help(page)
        .build()
}

fn result(finding: &Finding) -> SarifResult {
    let level = match finding.severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Note => ResultLevel::Note,
    };
    let index = Code::ALL.iter().position(|code| *code == finding.code).unwrap_or_default();
    let modes = finding.modes;
    let text = format!(
        "{} (eager: {}; static, PIR: {}; static, legacy: {})",
        finding.message, modes.eager, modes.pir, modes.legacy
    );
    let mut primary = location(&finding.place, None);
    if !finding.op.is_empty() {
        let op = LogicalLocation::builder().name(finding.op.clone()).kind("function").build();
        primary.logical_locations = Some(vec![op]);
    }
    let related: Vec<Location> =
        finding.related.iter().map(|related| location(&related.place, Some(&related.message))).collect();
    let suppressed = finding.allowed.iter().map(|reason| {
        let in_source = serde_json::Value::String("inSource".to_owned());
        Suppression::builder().kind(in_source).justification(reason.clone()).build()
    });
    SarifResult::builder()
        .rule_id(finding.code.id())
        .rule_index(i64::try_from(index).unwrap_or_default())
        .level(level)
        .message(Message::builder().text(text).build())
        .locations(vec![primary])
        .related_locations(related)
        .suppressions(suppressed.collect::<Vec<_>>())
        .build()
}

fn location(place: &Place, message: Option<&str>) -> Location {
    let region = Region::builder()
        .start_line(i64::from(place.line))
        .start_column(i64::from(place.column))
        .end_line(i64::from(place.end_line))
        .end_column(i64::from(place.end_column))
        .build();
    let artifact = ArtifactLocation::builder().uri(uri(&place.file)).build();
    let physical = PhysicalLocation::builder().artifact_location(artifact).region(region).build();
    let mut location = Location::builder().physical_location(physical).build();
    location.message = message.map(|message| Message::builder().text(message).build());
    location
}

/// A path as a URI reference: what may not stand in one is escaped.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.strip_prefix("./").unwrap_or(path).bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    if out.starts_with('/') { format!("file://{out}") } else { out }
}
