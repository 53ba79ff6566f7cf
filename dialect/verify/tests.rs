//! The cases of `tests/ops`, the examples and labels of `SPEC.md`, and the whole programs.

#[path = "../../tests/harness/expected.rs"]
mod expected;

use super::verify;
use crate::context::{Diagnostic, Mlir, ParseError};
use crate::ir::Loc;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const SPEC: &str = include_str!("../SPEC.md");

/// Name and text of each file of a folder of the repository that ends so, in order.
fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries =
        fs::read_dir(&folder).expect("the folder is there").map(|entry| entry.expect("readable").path());
    let paths: BTreeSet<_> = entries.filter(|path| path.to_string_lossy().ends_with(end)).collect();
    assert!(!paths.is_empty(), "no {end} in {}", folder.display());
    let name = |path: &Path| path.file_name().expect("a file").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).expect("readable"))).collect()
}

/// What MLIR says of a module, or else what the verifier says.
fn diagnostics(mlir: &Mlir, source: &str, file: &str) -> Vec<Diagnostic> {
    match mlir.parse(source, file) {
        Ok(module) => verify(&module),
        Err(ParseError::Mlir(diagnostics)) => diagnostics,
        Err(other) => vec![Diagnostic { loc: Loc::UNKNOWN, message: other.to_string() }],
    }
}

fn assert_valid(mlir: &Mlir, source: &str, file: &str) {
    let found: Vec<String> = diagnostics(mlir, source, file).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}\nin\n{source}", found.join("\n"));
}

#[test]
fn cases_of_ops_are_accepted_or_refused_as_they_say() {
    let mlir = Mlir::new();
    let mut wrong = Vec::new();
    for (file, source) in files("tests/ops", ".mlir") {
        // Those that go further are for the harness.
        if !source.contains("//@ until: verify\n") {
            continue;
        }
        assert_eq!(file.ends_with("_errors.mlir"), source.contains("expected-error"), "{file}");
        for (first_line, chunk) in expected::chunks(&source) {
            let found = diagnostics(&mlir, chunk, &file);
            let found = found.into_iter().map(|d| (d.loc.parts().map_or(0, |(_, line, _)| line), d.message));
            let mismatches = expected::mismatches(chunk, found);
            wrong.extend(
                mismatches.into_iter().map(|(line, text)| format!("{file}:{}: {text}", first_line + line)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_of_the_spec_are_valid() {
    let mlir = Mlir::new();
    let fences: Vec<&str> =
        SPEC.split("```mlir\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(fences.len() > 20, "found {} examples", fences.len());
    fences.iter().for_each(|source| assert_valid(&mlir, source, "SPEC.md"));
}

#[test]
fn programs_are_valid() {
    let mlir = Mlir::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs");
    for op in fs::read_dir(folder).expect("the folder is there") {
        let op = op.expect("readable").file_name().to_string_lossy().into_owned();
        for (file, source) in files(&format!("tests/programs/{op}"), ".mlir") {
            assert_valid(&mlir, &source, &file);
        }
    }
}

/// Words such as `gather_c1`.
fn labels(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|w| w.rsplit_once("_c").is_some_and(|(_, number)| number.parse::<u8>().is_ok())).collect()
}

#[test]
fn each_label_has_its_constraint_check_and_case() {
    let constraint = |line: &'static str| Some(line.strip_prefix("* `")?.split_once("` (Rust) ")?.0);
    let constraints: BTreeSet<&str> = SPEC.lines().filter_map(constraint).collect();
    assert!(constraints.len() > 100, "found {} constraints", constraints.len());
    assert_same(&constraints, &labels(SPEC), "names in SPEC.md");

    let mut sources = files("dialect/verify", ".rs");
    sources.retain(|(file, _)| file != "tests.rs");
    let at_checks = sources.iter().flat_map(|(_, text)| labels(text)).collect();
    assert_same(&constraints, &at_checks, "checks");

    let cases = files("tests/ops", "_errors.mlir");
    let functions =
        cases.iter().flat_map(|(_, text)| text.lines()).filter_map(|line| line.strip_prefix("func.func @"));
    let names: BTreeSet<&str> = functions.filter_map(|f| f.split('(').next()).flat_map(labels).collect();
    assert_same(&constraints, &names, "functions of tests/ops");
}

fn assert_same(constraints: &BTreeSet<&str>, found: &BTreeSet<&str>, what: &str) {
    let (missing, extra) = (constraints - found, found - constraints);
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{what}: missing {missing:?}, without a constraint {extra:?}"
    );
}
