//! The table in the README of an op names everything that its sources use and do not define.

use crate::programs::{self, Bound};
use crate::{Test, case::with_session};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use xpuc::emit::File;
use xpuc::{Opt, Target};

/// Words of C++ and names of its library.
const STANDARD: [&str; 14] = [
    "if",
    "for",
    "while",
    "switch",
    "return",
    "sizeof",
    "catch",
    "defined",
    "__VA_ARGS__",
    "std",
    "get",
    "size",
    "str",
    "to_string",
];

/// One test for each program.
pub(crate) fn tests() -> Vec<Test> {
    let of = |name: String| Test::plain(format!("evidence/{name}"), move || check(&Bound::of(&name)));
    programs::names().into_iter().map(of).collect()
}

fn check(bound: &Bound) -> Result<(), Failed> {
    let files = with_session(|session| {
        let target = Target::find("kunlun3").map_err(|error| error.to_string())?;
        let compiled = bound.lowered_for(session, Opt::Full, target.clone())?;
        let files = compiled.sources(session, &target, &bound.title()).map_err(|error| error.to_string())?;
        Ok::<_, Failed>(files)
    })?;
    let (readme, sources): (Vec<File>, Vec<File>) =
        files.into_iter().partition(|file| file.name == "README.md");
    let readme = &readme.first().ok_or("expected a README")?.text;
    let listed: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .flat_map(|name| name.split(|c: char| !is_part(c)))
        .collect();
    let used: BTreeSet<String> = sources.iter().flat_map(|file| used(&file.text)).collect();
    let own = |name: &str| sources.iter().any(|file| defines(&file.text, name));
    let missing: Vec<&String> =
        used.iter().filter(|name| !listed.contains(&name.as_str()) && !own(name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("expected in the table: {missing:?}").into()) }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What a text calls, its macros, the namespaces that it names, and the qualifiers of the compiler.
fn used(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let code = line.split("//").next().unwrap_or_default();
        if code.starts_with('#') {
            continue;
        }
        let mut rest = code;
        while let Some(start) = rest.find(is_part) {
            let quoted = rest[..start].matches('"').count() % 2 == 1;
            rest = &rest[start..];
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let of_library = code[..code.len() - rest.len()].ends_with("std::");
            let (word, after) = rest.split_at(end);
            if quoted {
                rest = after.split_once('"').map_or("", |(_, after)| after);
                continue;
            }
            let capitals = word.len() > 2 && word.starts_with(|c: char| c.is_ascii_uppercase());
            let capitals = capitals && word.chars().all(|c| !c.is_ascii_lowercase());
            let qualifier = word.starts_with('_');
            let named = after.starts_with('(') || after.starts_with("::") || capitals || qualifier;
            if named && !of_library {
                found.push(word.to_owned());
            }
            rest = after;
        }
    }
    found
        .retain(|name| !STANDARD.contains(&name.as_str()) && !name.starts_with(|c: char| c.is_ascii_digit()));
    found
}

/// Whether a text says what a name is: a function with a body or a declaration, a variable, a macro or an alias.
fn defines(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        line.split(|c| !is_part(c)).any(|word| word == name)
            && (line.contains(&format!("#define {name}"))
                || line.contains(&format!("using {name}"))
                || [
                    "int ",
                    "void ",
                    "int64_t ",
                    "bool ",
                    "int32x16_t ",
                    "string ",
                    "Tensor> ",
                    "Shape> ",
                    "DataType> ",
                    "> ",
                ]
                .iter()
                .any(|ty| line.contains(&format!("{ty}{name}"))))
    })
}
