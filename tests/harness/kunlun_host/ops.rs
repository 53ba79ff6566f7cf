//! Mistakes of an op, beside those of kernels and wrappers: `tests/kunlun_host/ops/rows.cc` with one of
//! `violations.toml` each, all in one program; and the op as it is.

use super::{EXIT_VIOLATION, HOST, build, kind_of};
use crate::{Outcome, Test, tree};
use libtest_mimic::{Completion, Failed};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, LazyLock};
use std::{fs, io};
use xpuc::run::kunlun::rewrite;

/// The op without a mistake.
const LEGAL: &str = "legal";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    kind: String,
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    fail: u64,
    old: String,
    new: String,
}

fn mistakes() -> Result<BTreeMap<String, Mistake>, String> {
    let path = format!("{HOST}/ops/violations.toml");
    toml::from_str(&tree::read(&path)?).map_err(|error| format!("{path}: {error}"))
}

/// One test for each mistake, and one of the op as it is.
pub(super) fn tests() -> Vec<Test> {
    let all = match mistakes() {
        Ok(all) => all,
        Err(error) => return vec![Test::plain("kunlun_host/ops", move || Err(error.into()))],
    };
    let mut tests = vec![Test::ignorable("kunlun_host/ops/legal", || run_or_ignore(legal))];
    for (name, mistake) in all {
        let title = format!("kunlun_host/ops/{name}");
        let mistake = Arc::new(mistake);
        tests.push(Test::ignorable(title, move || run_or_ignore(|| found(&name, &mistake))));
    }
    tests
}

fn run_or_ignore(test: impl FnOnce() -> Result<(), Failed>) -> Outcome {
    if Command::new("g++").arg("--version").output().is_err() {
        return Ok(Completion::ignored_with("g++ IS MISSING: nobody has run the strict host"));
    }
    test().map(|()| Completion::Completed)
}

/// One program with an op for each mistake: the host checks an op when it is called.
static PROGRAM: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kunlun_host_ops");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let text = tree::read(&format!("{HOST}/ops/rows.cc"))?;
    let mut host = "#include \"kunlun_host/runtime.h\"\n#include \"kunlun_host/driver.h\"\n".to_owned();
    let mut add = |name: &str, text: &str| {
        let text = text.replace("Rows", &format!("Rows_{name}")).replace("rows", &format!("rows_{name}"));
        let text = rewrite(Path::new("rows.cc"), &text).map_err(|error| error.to_string())?;
        host.push_str(&text);
        Ok::<_, String>(())
    };
    add(LEGAL, &text)?;
    for (name, mistake) in mistakes()? {
        if text.matches(&mistake.old).count() != 1 {
            return Err(format!("{name}: expected its `old` once in rows.cc: {}", mistake.old));
        }
        add(&name, &text.replace(&mistake.old, &mistake.new))?;
    }
    host.push_str("int main(int count, char** arguments) { return kunlun_host::drive(count, arguments); }\n");
    let kernels =
        format!("#include \"{}\"\n", tree::root().join(HOST).join("violations/plain.xpu").display());
    build(&folder, &kernels, &host, "-O0")
});

fn call(name: &str, at: &str, fail: u64) -> Result<Output, String> {
    let said = |error: io::Error| error.to_string();
    let mut command = Command::new(PROGRAM.as_ref()?);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(said)?;
    let text = format!(
        "call one 1 {fail} {at}\nop rows_{name}\nattr scale int 3\ninput x device int32 1 5 5 1 2 3 4 5\n\
         input limits host int32 1 5 5 9 9 9 9 10\noutput y device int32 1 5\noutput total host int32 1 1\nend\n"
    );
    if let Some(mut input) = child.stdin.take() {
        // One that has ended already is judged by what it said.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait_with_output().map_err(said)
}

fn found(name: &str, mistake: &Mistake) -> Result<(), Failed> {
    let output = call(name, mistake.at.as_deref().unwrap_or("xpu"), mistake.fail)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if kind_of(&output).as_ref() != Some(&mistake.kind) {
        let answer = String::from_utf8_lossy(&output.stdout);
        return Err(format!("expected {}, found {}: {said}{answer}", mistake.kind, output.status).into());
    }
    // Whoever reads it finds the op.
    if !said.contains("rows.cc") && !said.contains(&format!("rows_{name}")) {
        return Err(format!("expected the op or its line, found {said}").into());
    }
    Ok(())
}

/// The op as it is gives its values in both places, and says so when something fails.
fn legal() -> Result<(), Failed> {
    for (at, events) in [("xpu", 5), ("cpu", 4)] {
        for fail in 0..=events {
            let output = call(LEGAL, at, fail)?;
            let (answer, said) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let wanted = if fail == 0 {
                r#""y":{"dims":[5],"data":[2,4,6,8,10]},"total":{"dims":[1],"data":[30]},"tail":{"dims":[5],"data":[3,3,3,3,3]}"#
            } else {
                r#""failed":{"what":"#
            };
            let violation = output.status.code() == Some(EXIT_VIOLATION);
            if violation
                || !answer.contains(wanted)
                || !answer.contains(&format!(r#""events":{}}}"#, if fail == 0 { events } else { fail }))
            {
                return Err(
                    format!("{at}, event {fail} fails: expected {wanted}, found {answer}{said}").into()
                );
            }
        }
    }
    Ok(())
}
