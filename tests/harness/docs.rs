//! Documents that could go stale.

use crate::case::with_session;
use crate::directive::{KEYS, Show};
use crate::{Test, expected, tree};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::process::Command;

/// Documents that name commands of `./x`.
const GUIDES: [&str; 3] = ["README.md", "CONTRIBUTING.md", "tests/README.md"];

/// Documents whose MLIR examples are complete.
const EXAMPLES: [&str; 2] = ["dialect/SPEC.md", "README.md"];

pub(crate) fn tests() -> Vec<Test> {
    let examples = EXAMPLES.map(|file| Test::plain(format!("docs/examples/{file}"), move || examples(file)));
    let commands = GUIDES.map(|file| Test::plain(format!("docs/commands/{file}"), move || commands(file)));
    let directives = Test::plain("docs/directives", directives);
    examples.into_iter().chain(commands).chain([directives]).collect()
}

/// Text of a document; the README may be yet to come.
fn document(file: &str) -> Result<String, Failed> {
    if file == "README.md" && !tree::root().join(file).exists() {
        return Ok(String::new());
    }
    Ok(tree::read(file)?)
}

/// Every fence of MLIR parses and verifies.
fn examples(file: &str) -> Result<(), Failed> {
    let text = document(file)?;
    let mut wrong = Vec::new();
    for (before, fence) in fences(&text, "```mlir\n") {
        for (lines, module) in expected::chunks(fence) {
            let source = "\n".repeat(before + lines as usize) + module;
            let outcome = with_session(|session| {
                session.parse(&source, file).and_then(|module| session.verify(module))
            });
            wrong.extend(outcome.err().map(|error| error.to_string()));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What stands between an opening fence and the next closing one, with the number of lines before it.
fn fences<'t>(text: &'t str, open: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
    text.match_indices(open).map(move |(at, _)| {
        let start = at + open.len();
        let end = text[start..].find("```").map_or(text.len(), |end| start + end);
        (text[..start].lines().count(), &text[start..end])
    })
}

/// Every `./x COMMAND` that a guide names is one that `./x help` lists.
fn commands(file: &str) -> Result<(), Failed> {
    let help = Command::new(tree::root().join("x"))
        .arg("help")
        .output()
        .map_err(|error| format!("./x help: {error}"))?;
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let known: BTreeSet<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    if known.is_empty() {
        return Err("expected commands in ./x help, found none".into());
    }
    let text = document(file)?;
    let mut unknown = BTreeSet::new();
    for (at, named) in text.match_indices("./x ") {
        let rest = &text[at + named.len()..];
        let command: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        if !command.is_empty() && !known.contains(&*command) {
            unknown.insert(command);
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    Err(format!("{file}: expected commands of ./x, of {known:?}, found {unknown:?}").into())
}

/// `tests/README.md` documents every directive and no others.
fn directives() -> Result<(), Failed> {
    let text = tree::read("tests/README.md")?;
    let rows: BTreeSet<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `//@ ")?.split_once('`')?.0.split_once(": "))
        .collect();
    let documented: BTreeSet<&str> = rows.iter().map(|(key, _)| *key).collect();
    let known = BTreeSet::from(KEYS);
    if documented != known {
        return Err(
            format!("expected the directives {known:?} in tests/README.md, found {documented:?}").into()
        );
    }
    let documented: BTreeSet<&str> =
        rows.iter().filter(|(key, _)| *key == "show").map(|(_, value)| *value).collect();
    let known = BTreeSet::from(Show::NAMES.map(|(name, _)| name));
    if documented != known {
        return Err(format!("expected `show:` {known:?} in tests/README.md, found {documented:?}").into());
    }
    Ok(())
}
