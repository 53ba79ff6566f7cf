//! Snapshots: `snapshots/` mirrors `tests/`, one file a test. Nothing but `--bless` writes them.

use crate::tree::{self, Folder};
use libtest_mimic::Failed;
use similar::TextDiff;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// insta reads its environment once, and a running process cannot change its own in safe code. So where the
/// environment is not the one wanted, the harness starts itself again with it; the code is then how that went.
pub(crate) fn enter(bless: bool) -> Option<ExitCode> {
    let given = std::env::var("INSTA_UPDATE").ok().filter(|value| !value.is_empty());
    let wanted = if bless { "always".to_owned() } else { given.clone().unwrap_or_else(|| "no".to_owned()) };
    // Without the root insta would ask cargo for it.
    if given.as_ref() == Some(&wanted) && std::env::var_os("INSTA_WORKSPACE_ROOT").is_some() {
        return None;
    }
    let status = std::env::current_exe().and_then(|program| {
        let mut command = Command::new(program);
        command.args(std::env::args_os().skip(1)).env("INSTA_UPDATE", wanted).env("INSTA_OUTPUT", "none");
        command.env("INSTA_WORKSPACE_ROOT", tree::root()).status()
    });
    Some(match status {
        Ok(status) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("the harness cannot start itself: {error}");
            ExitCode::FAILURE
        }
    })
}

fn path(name: &str) -> PathBuf {
    tree::root().join("snapshots").join(format!("{name}.snap"))
}

/// Text of a snapshot, without insta's header.
pub(crate) fn text(name: &str) -> Option<String> {
    let file = fs::read_to_string(path(name)).ok()?;
    let (_, text) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
    Some(text.to_owned())
}

/// Holds `found` against the snapshot of that name; `input` is the file that the snapshot is about.
pub(crate) fn check(name: &str, input: &str, found: &str) -> Result<(), Failed> {
    let expected = text(name);
    if expected.as_ref().is_some_and(|expected| expected.trim_end() == found.trim_end()) {
        return Ok(());
    }
    let (folder, stem) = name.rsplit_once('/').unwrap_or(("", name));
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(tree::root().join("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(tree::root().join(input));
    // insta panics where it does not write.
    let quiet = AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(stem, found)));
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update != "no") && catch_unwind(quiet).is_ok() {
        return Ok(());
    }
    let what = match &expected {
        Some(_) => "the output is not what the snapshot holds (-)",
        None => "there is no snapshot yet",
    };
    let changes = diff(&expected.unwrap_or_default(), found);
    Err(format!("{what}; is the new one (+) right? Then: ./x bless {name}\n{changes}").into())
}

/// The lines that differ, with some around them.
pub(crate) fn diff(before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .missing_newline_hint(false)
        .to_string()
}

/// Snapshots that no test of these names has made.
pub(crate) fn orphans(names: &[String]) -> Vec<String> {
    Folder::of("snapshots").names("snap").into_iter().filter(|name| !names.contains(name)).collect()
}

/// Deletes a snapshot.
pub(crate) fn remove(name: &str) -> io::Result<()> {
    fs::remove_file(path(name))
}

/// A snapshot without its test is a leftover.
pub(crate) fn no_orphans(names: &[String]) -> Result<(), Failed> {
    let orphans = orphans(names);
    if orphans.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> =
        orphans.iter().map(|name| format!("snapshots/{name}.snap has no test")).collect();
    Err(format!("{}\ndelete them, or: ./x bless", lines.join("\n")).into())
}
