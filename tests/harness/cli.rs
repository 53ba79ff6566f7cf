//! Command lines: `tests/cli/<name>.toml`, and the help text of the program and all its commands.

use crate::{Test, inputs, snapshot, tree};
use libtest_mimic::Failed;
use serde::Deserialize;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use tree::Folder;

/// A command line and what it ends with; what it prints is in the snapshot.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandLine {
    /// Arguments of `xpuc`; `$TMP` is an empty folder, whose files are listed afterwards.
    args: Vec<String>,
    /// The expected exit code.
    exit: i32,
    /// Path of a file to be read from standard input.
    stdin: Option<String>,
}

/// One test for each file, and one for the help texts.
pub(crate) fn tests() -> Vec<Test> {
    let names = inputs().names("toml").into_iter().filter(|name| name.starts_with("cli/"));
    let mut tests: Vec<Test> = names.map(|name| Test::snapshot(name.clone(), move || run(&name))).collect();
    tests.push(Test::snapshot("cli/help", help));
    tests
}

fn run(name: &str) -> Result<(), Failed> {
    let file = format!("tests/{name}.toml");
    let line: CommandLine =
        toml::from_str(&tree::read(&file)?).map_err(|error| format!("{file}: {error}"))?;
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let output = xpuc(&line.args, line.stdin.as_deref(), folder.path())?;
    let mut text = format!("$ xpuc {}\n", line.args.join(" "));
    if let Some(stdin) = &line.stdin {
        text.insert_str(text.len() - 1, &format!(" < {stdin}"));
    }
    let _ = writeln!(text, "exit code {}", line.exit);
    for (title, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            let _ = writeln!(text, "--- {title}\n{}", normal(bytes, folder.path()).trim_end());
        }
    }
    if line.args.iter().any(|arg| arg.contains("$TMP")) {
        let files = Folder::everything(folder.path()).map_err(|error| error.to_string())?;
        let _ = writeln!(
            text,
            "--- files\n{}",
            if files.is_empty() { "none".to_owned() } else { files.join("\n") }
        );
    }
    if output.status.code() != Some(line.exit) {
        return Err(format!("expected exit code {}, found {}\n{text}", line.exit, output.status).into());
    }
    snapshot::check(name, &file, &text)
}

fn xpuc(args: &[String], stdin: Option<&str>, folder: &Path) -> Result<Output, Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xpuc"));
    command
        .current_dir(tree::root())
        .args(args.iter().map(|arg| arg.replace("$TMP", &folder.to_string_lossy())));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("xpuc: {error}"))?;
    let text = stdin.map(tree::read).transpose()?.unwrap_or_default();
    if let Some(mut input) = child.stdin.take() {
        // A program that refuses its command line does not read.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait_with_output().map_err(|error| format!("xpuc: {error}").into())
}

/// Output with the same text on every machine: no folders of this one, no times.
fn normal(bytes: &[u8], folder: &Path) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text =
        text.replace(&*folder.to_string_lossy(), "$TMP").replace(&*tree::root().to_string_lossy(), "$ROOT");
    let lines: Vec<String> = text.lines().map(|line| without_times(line.trim_end())).collect();
    lines.join("\n")
}

/// `_` for each number before a unit of time, and for the spaces that align it.
pub(crate) fn without_times(line: &str) -> String {
    const UNITS: [&str; 5] = ["ns", "us", "µs", "ms", "s"];
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let (mut text, mut rest) = (String::new(), line);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[start..].find(|c| !is_number(c)).map_or(rest.len(), |length| start + length);
        let after = rest[end..].trim_start_matches(' ');
        let word: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        // A letter before the digits makes them part of a name.
        let named = rest[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '%');
        if !named && UNITS.contains(&&*word) {
            let before = &rest[..start];
            let aligned = before.trim_end_matches(' ');
            let gap = if aligned.len() < before.len() { " " } else { "" };
            let _ = write!(text, "{aligned}{gap}_ {word}");
            rest = &after[word.len()..];
        } else {
            text.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    text + rest
}

/// Every help text in one snapshot: a command cannot be forgotten.
fn help() -> Result<(), Failed> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let mut text = String::new();
    let mut show = |args: &[String]| -> Result<String, Failed> {
        let output = xpuc(args, None, folder.path())?;
        let said = normal(&output.stdout, folder.path());
        if !output.status.success() {
            return Err(format!("xpuc {}: {}", args.join(" "), output.status).into());
        }
        let _ = writeln!(text, "$ xpuc {}\n{}\n", args.join(" "), said.trim_end());
        Ok(said)
    };
    let program = show(&["--help".to_owned()])?;
    let commands =
        program.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    if commands.is_empty() {
        return Err(format!("expected commands in the help text, found\n{program}").into());
    }
    for command in commands {
        show(&[command.to_owned(), "--help".to_owned()])?;
    }
    snapshot::check("cli/help", "tests/harness/cli.rs", &text)
}
