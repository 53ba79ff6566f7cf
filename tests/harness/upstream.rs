//! What we print is also valid for upstream's own tool: `mlir-opt --irdl-file` loads our dialect.

use crate::tree::{self, Folder};
use crate::{Outcome, Test, snapshot};
use libtest_mimic::Completion;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One test for each folder of snapshots that holds modules.
pub(crate) fn tests() -> Vec<Test> {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in Folder::of("snapshots").names("snap") {
        if let Some((folder, _)) = name.rsplit_once('/') {
            folders.entry(folder.to_owned()).or_default().push(name.clone());
        }
    }
    let tests = folders.into_iter();
    tests
        .map(|(folder, names)| Test::ignorable(format!("upstream/{folder}"), move || accepts(&names)))
        .collect()
}

/// `mlir-opt` of LLVM 22: Debian's name, that of the LLVM we build against, Debian's place.
fn tool() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> =
        std::env::split_paths(&path).map(|folder| folder.join("mlir-opt-22")).collect();
    places.extend(
        std::env::var_os("MLIR_SYS_220_PREFIX").map(|prefix| Path::new(&prefix).join("bin/mlir-opt")),
    );
    places.push(PathBuf::from("/usr/lib/llvm-22/bin/mlir-opt"));
    places.into_iter().find(|place| place.is_file())
}

fn accepts(names: &[String]) -> Outcome {
    let Some(tool) = tool() else {
        let reason = "mlir-opt OF LLVM 22 IS MISSING: upstream has not seen our output";
        eprintln!("WARNING: {reason}");
        return Ok(Completion::ignored_with(reason));
    };
    let texts = names.iter().filter_map(|name| Some((name, modules(&snapshot::text(name)?)?)));
    let texts: Vec<(&String, String)> = texts.collect();
    let all: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
    if refusal(&tool, &all.join("\n// -----\n"))?.is_none() {
        return Ok(Completion::Completed);
    }
    // Which one was it?
    let mut wrong = Vec::new();
    for (name, text) in &texts {
        wrong.extend(refusal(&tool, text)?.map(|said| format!("snapshots/{name}.snap: {said}")));
    }
    Err(wrong.join("\n").into())
}

/// The snapshot, if it holds whole modules and nothing else.
fn modules(text: &str) -> Option<String> {
    let all = text.split("// -----\n").all(|chunk| {
        let mut lines = chunk.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
        lines.next().is_some_and(|line| line.starts_with("module"))
    });
    all.then(|| text.to_owned())
}

fn refusal(tool: &Path, text: &str) -> Result<Option<String>, String> {
    let mut command = Command::new(tool);
    command.arg(format!("--irdl-file={}", tree::root().join("dialect/xpu.irdl.mlir").display()));
    command.args(["--split-input-file", "-o", "/dev/null", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let failed = |error: std::io::Error| format!("{}: {error}", tool.display());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((!output.status.success()).then_some(said))
}
