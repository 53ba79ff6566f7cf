//! `xpuc audit`
use crate::failure::{Answer, Failure};
use crate::output;
use std::path::PathBuf;
use xpuc::signature::{self, Severity, report};

/// Check the signatures of Paddle's custom ops in C++ sources
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, and folders of them
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

pub(crate) fn run(args: Args) -> Result<Answer, Failure> {
    let files = signature::files(&args.paths).map_err(Failure::said)?;
    let mut errors = 0;
    let mut ops = 0;
    let mut counts = std::collections::BTreeMap::<Severity, usize>::new();
    for file in &files {
        let audited = signature::audit_file(file).map_err(|e| Failure::said(format!("{}: error: {e}", file.display())))?;
        ops += audited.ops.len();
        for f in &audited.findings {
            *counts.entry(f.severity).or_default() += 1;
            if f.severity == Severity::Error { errors += 1; }
            output::print(&(report::text(f, false) + "\n"))?;
        }
    }
    output::say(&format!("{} files, {ops} ops, {counts:?}\n", files.len()));
    Ok(if errors > 0 { Answer::No } else { Answer::Yes })
}
