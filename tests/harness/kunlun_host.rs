//! The strict host of `tests/kunlun_host` finds what it is there to find: each violation, by its kind, and nothing in
//! the legal twin. `ops` has the violations of ops.

mod ops;

use crate::tree::{self, Folder};
use crate::{Outcome, Test};
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock};
use xpuc::run::kunlun::{HOST_FLAGS, KERNEL_FLAGS, OPTIMIZED, WARNINGS, rewrite, wide_divisions};

/// The host and its cases.
const HOST: &str = "tests/kunlun_host";

/// The status of a program in which the host found something.
const EXIT_VIOLATION: i32 = 97;

/// Seeds that a legal twin runs with, and those that must find a violation of whatever kind.
const LEGAL_SEEDS: u32 = 100;
const OTHER_SEEDS: [u32; 2] = [2, 3];

/// A violation and its twin.
struct Case {
    name: String,
    kind: String,
    /// `clusters cores n` of a kernel, that of its twin; `None` for host code.
    launches: Option<(String, String)>,
    /// The event that fails.
    fail: Option<String>,
    /// The last number that the twin leaves.
    last: Option<String>,
}

/// One test for each violation, and those of the rewriting.
pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for case in cases() {
        let name = format!("kunlun_host/{}", case.name);
        let case = Arc::new(case);
        tests.push(Test::ignorable(name, move || check(&case)));
    }
    tests.extend(ops::tests());
    tests
}

/// What stands behind `//@ key: `.
fn directive(text: &str, key: &str) -> Option<String> {
    let found =
        text.lines().find_map(|line| line.strip_prefix("//@ ")?.strip_prefix(key)?.strip_prefix(": "));
    found.map(str::to_owned)
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for extension in ["xpu", "cc"] {
        for name in Folder::of(&format!("{HOST}/violations")).names(extension) {
            let text = tree::read(&format!("{HOST}/violations/{name}.{extension}"))
                .unwrap_or_else(|error| panic!("{error}"));
            let Some(kind) = directive(&text, "kind") else { continue };
            let launch = directive(&text, "launch");
            let twin = directive(&text, "launch good").or_else(|| launch.clone());
            cases.push(Case {
                name,
                kind,
                launches: launch.zip(twin),
                fail: directive(&text, "fail"),
                last: directive(&text, "last"),
            });
        }
    }
    cases
}

// --- building --------------------------------------------------------------------------------------------------------

/// A program of the host in a folder: `kernels` is C++11 for the cores, `host` is rewritten and has `main`.
fn build(folder: &Path, kernels: &str, host: &str, optimized: &str) -> Result<PathBuf, String> {
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text)
            .map_err(|error| format!("{}: {error}", folder.join(name).display()))
    };
    write("kernels.cc", kernels)?;
    write("host.cc", host)?;
    let host = command(folder, "host.cc", &HOST_FLAGS).args([optimized, "-o", "host.o"]).spawn();
    let assembly = assembly(folder, "kernels.cc", &[])?;
    let wide = wide_divisions(&assembly);
    if !wide.is_empty() {
        return Err(format!("wide-division: {}", wide.join(", ")));
    }
    let output = host.and_then(|child| child.wait_with_output()).map_err(|error| format!("g++: {error}"))?;
    succeeded("host.cc", &output)?;
    let mut link = Command::new("g++");
    link.current_dir(folder).args(["-fsanitize=address,undefined", "host.o", "kernels.s", "-o", "program"]);
    succeeded("program", &link.output().map_err(|error| format!("g++: {error}"))?)?;
    Ok(folder.join("program"))
}

fn command(folder: &Path, file: &str, flags: &[&str]) -> Command {
    let mut command = Command::new("g++");
    command.current_dir(folder).args(flags).args(WARNINGS);
    for include in ["include", "paddle"] {
        command.arg(format!("-I{}", tree::root().join(HOST).join(include).display()));
    }
    command.arg("-I.").arg(file);
    command.stderr(std::process::Stdio::piped());
    command
}

fn succeeded(what: &str, output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{what}:\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// What the compiler makes of kernels.
fn assembly(folder: &Path, file: &str, more: &[&str]) -> Result<String, String> {
    let out = Path::new(file).with_extension("s");
    let mut command = command(folder, file, &KERNEL_FLAGS);
    let output = command.args(more).arg("-o").arg(&out).output().map_err(|error| format!("g++: {error}"))?;
    succeeded(file, &output)?;
    fs::read_to_string(folder.join(&out)).map_err(|error| format!("{}: {error}", out.display()))
}

// --- the cases -------------------------------------------------------------------------------------------------------

/// One program with all cases.
static PROGRAM: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kunlun_host");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let host = tree::root().join(HOST);
    let include = |path: PathBuf| format!("#include \"{}\"\n", path.display());

    let kernels: Vec<String> = Folder::of(&format!("{HOST}/violations"))
        .names("xpu")
        .iter()
        .map(|name| format!("{name}.xpu"))
        .collect();
    let kernels: String = kernels.iter().map(|name| include(host.join("violations").join(name))).collect();

    let rewritten = |from: PathBuf, to: &str| {
        let text = fs::read_to_string(&from).map_err(|error| format!("{}: {error}", from.display()))?;
        let text = rewrite(&from, &text).map_err(|error| error.to_string())?;
        fs::write(folder.join(to), text).map_err(|error| format!("{to}: {error}"))
    };
    rewritten(host.join("cases.h"), "cases.h")?;
    let mut program = "#include \"kunlun_host/main.h\"\n".to_owned();
    let mut table = String::new();
    for case in cases() {
        let name = &case.name;
        let Some((bad, good)) = &case.launches else {
            rewritten(host.join("violations").join(format!("{name}.cc")), &format!("{name}.cc"))?;
            program.push_str(&format!("#include \"{name}.cc\"\n"));
            table.push_str(&format!("CASE({name})\n"));
            continue;
        };
        for (which, launch) in [("bad", bad), ("good", good)] {
            if which == "bad" && case.in_code() {
                continue;
            }
            program.push_str(&format!("namespace {name} {{ void {which}(const int*, int*, int); }}\n"));
            let last = case.last.as_deref().unwrap_or("ANY");
            table.push_str(&format!("KERNEL({which}, {name}, {}, {last})\n", launch.replace(' ', ", ")));
        }
    }
    program.push_str(&format!("static const Case CASES[] = {{\n{table}}};\n"));
    program.push_str("int main(int count, char** arguments) {\n");
    program.push_str("  return run(CASES, sizeof CASES / sizeof *CASES, count, arguments);\n}\n");
    build(&folder, &kernels, &program, OPTIMIZED)
});

impl Case {
    /// Whether it is found in the compiler's output, not in a run.
    fn in_code(&self) -> bool {
        self.kind == "wide-division"
    }

    fn run(&self, which: &str, first: u32, last: u32) -> Result<Output, String> {
        let mut command = Command::new(PROGRAM.as_ref()?);
        command.args([&self.name, which, &first.to_string(), &last.to_string()]).args(&self.fail);
        command.output().map_err(|error| error.to_string())
    }
}

/// The kind of violation that a program reported.
fn kind_of(output: &Output) -> Option<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let kind =
        said.lines().find_map(|line| line.strip_prefix("kunlun-host: ")?.split_once(':'))?.0.to_owned();
    (output.status.code() == Some(EXIT_VIOLATION)).then_some(kind)
}

fn check(case: &Case) -> Outcome {
    if Command::new("g++").arg("--version").output().is_err() {
        return Ok(Completion::ignored_with("g++ IS MISSING: nobody has run the strict host"));
    }
    PROGRAM.as_ref()?;
    if case.in_code() {
        check_code(case)?
    } else {
        check_violation(case)?
    }
    let output = case.run("good", 1, LEGAL_SEEDS)?;
    if !output.status.success() {
        return Err(format!("the legal twin: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(Completion::Completed)
}

fn check_violation(case: &Case) -> Result<(), Failed> {
    let output = case.run("bad", 1, 1)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if kind_of(&output).as_ref() != Some(&case.kind) {
        return Err(format!("expected {}, found {}: {said}", case.kind, output.status).into());
    }
    // Too much shared memory is found at the launch.
    let in_kernel = case.launches.is_some() && case.kind != "sm-overflow";
    if in_kernel && !said.contains(&format!("{}.", case.name)) {
        return Err(format!("expected the line in {}, found: {said}", case.name).into());
    }
    for seed in OTHER_SEEDS {
        if kind_of(&case.run("bad", seed, seed)?).is_none() {
            return Err(format!("expected a violation with seed {seed}, found none").into());
        }
    }
    Ok(())
}

/// What is found before anything runs.
fn check_code(case: &Case) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kunlun_host");
    let source = tree::root().join(HOST).join("violations").join(format!("{}.xpu", case.name));
    let file = format!("{}.cc", case.name);
    fs::write(folder.join(&file), format!("#include \"{}\"\n", source.display()))
        .map_err(|error| format!("{file}: {error}"))?;
    let found = wide_divisions(&assembly(&folder, &file, &["-DKUNLUN_HOST_BAD"])?);
    if found.len() == 1 && found[0].contains(&case.name) {
        return Ok(());
    }
    Err(format!("expected one {}, found {found:?}", case.kind).into())
}
