//! Signatures in C++: `tests/audit/<name>.cc`, the findings and the op as IR in a snapshot.

use crate::case::with_session;
use crate::tree::{self, Folder};
use crate::{Test, snapshot};
use libtest_mimic::Failed;
use std::path::Path;
use xpuc::dialect::signature::Signature;
use xpuc::signature::{self, Audit, Code, report};

/// The folder of cases, from the root.
const CASES: &str = "tests/audit";

/// One test for each file, and those about all of them.
pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for extension in ["cc", "cu"] {
        for name in Folder::of(CASES).names(extension) {
            let file = format!("{CASES}/{name}.{extension}");
            let name = format!("audit/{name}");
            tests.push(Test::snapshot(name.clone(), move || case(&name, &file)));
        }
    }
    tests.push(Test::plain("audit/sarif", sarif));
    tests.push(Test::plain("audit/pages", pages));
    tests
}

fn case(name: &str, file: &str) -> Result<(), Failed> {
    let text = tree::read(file)?;
    let programs = programs(&text)?;
    let audited = Audit::new(programs).file(Path::new(file)).map_err(|error| error.to_string())?;
    let mut out = String::new();
    for finding in &audited.findings {
        let allowed = finding.allowed.as_ref().map(|why| format!("suppressed: {why}\n")).unwrap_or_default();
        out += &format!("{allowed}{}\n", report::text(finding, false));
    }
    out += &format!("{}\n", if audited.findings.is_empty() { "no findings\n" } else { "// -----" });
    let signatures = signature::import_file(Path::new(file)).map_err(|error| error.to_string())?;
    let printed = with_session(|session| session.print_signatures(signatures)).map_err(|e| e.to_string())?;
    // An entry a line: a list of 26 inputs in one cannot be read.
    out += &printed.replace("}, {", "},\n    {").replace("[{", "[\n    {");
    snapshot::check(name, file, &out)
}

/// Signatures of the programs that a case names in `//@ program: PATH`.
fn programs(text: &str) -> Result<Vec<Signature>, Failed> {
    let mut all = Vec::new();
    for path in text.lines().filter_map(|line| line.strip_prefix("//@ program: ")) {
        let path = format!("tests/{path}");
        let source = tree::read(&path)?;
        let found = with_session(|session| session.signatures(&source, &path));
        all.extend(found.map_err(|error| error.to_string())?);
    }
    Ok(all)
}

/// What code scanning reads is valid against the schema, whatever was found.
fn sarif() -> Result<(), Failed> {
    let files = signature::files(&[CASES.into(), "tests/paddle/ops".into()]).map_err(|e| e.to_string())?;
    let (mut audit, mut findings) = (Audit::default(), Vec::new());
    for file in files {
        let audited = audit.file(&file).map_err(|error| error.to_string())?;
        findings.extend(audited.findings);
    }
    let log = serde_json::to_value(report::sarif(&findings)).map_err(|error| error.to_string())?;
    let validator = jsonschema::validator_for(&schema()?).map_err(|error| error.to_string())?;
    let wrong: Vec<String> = validator
        .iter_errors(&log)
        .take(5)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    // The schema is one that can say no.
    let mut broken = log.clone();
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    if validator.is_valid(&broken) {
        return Err("expected the schema to refuse the level fatal".into());
    }
    let results = log["runs"][0]["results"].as_array().map_or(0, Vec::len);
    match wrong.is_empty() {
        true if results == findings.len() && results > 100 => Ok(()),
        true => Err(format!("expected {} results, found {results}", findings.len()).into()),
        false => Err(wrong.join("\n").into()),
    }
}

/// The schema of SARIF 2.1.0, as the crate that writes it has it.
fn schema() -> Result<serde_json::Value, Failed> {
    let version = output("rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    // Without the platform, crates of others would have to be there too.
    let args = ["metadata", "--format-version", "1", "--offline", "--filter-platform", host];
    let metadata: serde_json::Value =
        serde_json::from_str(&output("cargo", &args)?).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif");
    let manifest = package.and_then(|package| package["manifest_path"].as_str()).ok_or("no serde-sarif")?;
    let path = Path::new(manifest).with_file_name("src").join("schema.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    // A bracket too many in the pattern of languages, which ECMAScript takes and others do not.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    Ok(serde_json::from_str(&text).map_err(|error| error.to_string())?)
}

/// What a program prints.
fn output(program: &str, args: &[&str]) -> Result<String, Failed> {
    let output = std::process::Command::new(program)
        .args(args)
        .current_dir(tree::root())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Every code has a page of its own, which says what happens in each mode and how to mend it.
fn pages() -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let page = code.explanation();
        let title = format!("# {}: {}\n", code.id(), code.name());
        if !page.starts_with(&title) {
            wrong.push(format!("{code}: expected the title {title:?}, found {:?}", page.lines().next()));
        }
        if !page.contains("```cpp\n") {
            wrong.push(format!("{code}: expected an example in C++, found none"));
        }
        let lines = page.lines().count();
        if !(15..=66).contains(&lines) {
            wrong.push(format!("{code}: expected a page of 15 to 66 lines, found {lines}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
