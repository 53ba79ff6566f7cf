//! Sources for Kunlun XPU3 are laid out as clang-format lays them out: nobody reformats them before a review.
//!
//! Of every program of `tests/programs`, and of random ones, whose statements have lengths that nobody thought of.

use crate::programs::{self, Bound};
use crate::{Outcome, Test, case::with_session, generate, run_case, tree};
use libtest_mimic::{Completion, Failed};
use std::path::{Path, PathBuf};
use std::process::Command;
use xpuc::emit::File;
use xpuc::{Opt, Target};

/// Where `./x test` puts clang-format.
const CLANG_FORMAT: &str = "target/clang-format/venv/bin/clang-format";
const STYLE: &str = "tests/format/clang-format.yaml";

/// Random programs.
const PROGRAMS: u64 = 60;

/// What clang-format says of one file is enough to see what is wrong.
const MAX_CHARS: usize = 4000;

/// One test for each program, and one for random ones.
pub(crate) fn tests() -> Vec<Test> {
    let of_program = |name: String| {
        Test::ignorable(format!("format/{name}"), move || {
            check(&[(name.replace('/', "_"), of_program(&Bound::of(&name))?)])
        })
    };
    let mut tests: Vec<Test> = programs::names().into_iter().map(of_program).collect();
    tests.push(Test::ignorable("format/generated", || check(&generated()?)));
    tests
}

fn of_program(bound: &Bound) -> Result<Vec<File>, Failed> {
    with_session(|session| {
        let target = Target::find("kunlun3").map_err(|error| error.to_string())?;
        let compiled = bound.lowered_for(session, Opt::Full, target.clone())?;
        Ok(compiled.sources(session, &target, &bound.title()).map_err(|error| error.to_string())?)
    })
}

/// The sources of random programs, but of those that kunlun3 has no counterpart for.
fn generated() -> Result<Vec<(String, Vec<File>)>, Failed> {
    let target = Target::find("kunlun3").map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for seed in 0..PROGRAMS {
        let source = generate::source(seed);
        let files = with_session(|session| {
            let file = "generated.mlir";
            let compiled = run_case::lowered_for(session, &source, file, None, Opt::Full, target.clone())?;
            Ok::<_, Failed>(compiled.sources(session, &target, file).ok())
        })?;
        all.extend(files.map(|files| (format!("seed_{seed}"), files)));
    }
    if all.len() as u64 * 2 < PROGRAMS {
        return Err(format!("expected sources of {PROGRAMS} programs, found those of {}", all.len()).into());
    }
    Ok(all)
}

/// Holds all files against the one that clang-format makes of them.
fn check(all: &[(String, Vec<File>)]) -> Outcome {
    let program = tree::root().join(CLANG_FORMAT);
    if !program.exists() {
        return Ok(Completion::ignored_with(
            "CLANG-FORMAT IS MISSING: nobody has seen how the sources are laid out",
        ));
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for (name, files) in all {
        let inside = folder.path().join(name);
        std::fs::create_dir_all(&inside).map_err(|error| error.to_string())?;
        for file in files.iter().filter(|file| Path::new(&file.name).extension().is_some_and(|of| of != "md"))
        {
            let path = inside.join(&file.name);
            std::fs::write(&path, &file.text).map_err(|error| error.to_string())?;
            paths.push(path);
        }
    }
    let style = format!("--style=file:{}", tree::root().join(STYLE).display());
    let ran = Command::new(program).args(["--dry-run", "-Werror", &style]).args(&paths).output();
    let ran = ran.map_err(|error| error.to_string())?;
    if ran.status.success() {
        return Ok(Completion::Completed);
    }
    let said: String = String::from_utf8_lossy(&ran.stderr).chars().take(MAX_CHARS).collect();
    Err(format!("clang-format would write other lines:\n{said}").into())
}
