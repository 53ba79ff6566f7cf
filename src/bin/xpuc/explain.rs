//! `xpuc explain`: what a finding of the audit means.

use crate::failure::{Answer, Failure};
use crate::{output, table};
use serde::Serialize;
use xpuc::signature::Code;

/// Explain a finding of 'xpuc audit'
///
/// A page for each code: what is wrong, what happens in eager mode and in static graphs, how to mend it. Without a
/// code, a list of them.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// A code, like PD001, or its name, like wrong-slot
    code: Option<String>,

    /// Print a JSON object with an "explanation", or a list of them
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Entry {
    code: Code,
    name: &'static str,
    summary: &'static str,
    explanation: &'static str,
}

impl Entry {
    fn of(code: Code) -> Self {
        Entry { code, name: code.name(), summary: code.summary(), explanation: code.explanation() }
    }
}

pub(crate) fn run(args: Args) -> Result<Answer, Failure> {
    let text = match &args.code {
        Some(text) => {
            let code = Code::find(text).ok_or_else(|| {
                let message =
                    format!("error: expected a code like PD001 ('xpuc explain' lists them), found {text}");
                Failure::said(message)
            })?;
            if args.json { output::json(&Entry::of(code))? + "\n" } else { code.explanation().to_owned() }
        }
        None if args.json => {
            let all: Vec<Entry> = Code::ALL.iter().copied().map(Entry::of).collect();
            output::json(&all)? + "\n"
        }
        None => {
            let row =
                |code: &Code| vec![code.id().to_owned(), code.name().to_owned(), code.summary().to_owned()];
            table::align(&Code::ALL.iter().map(row).collect::<Vec<_>>(), usize::MAX)
        }
    };
    output::print(&text)?;
    Ok(Answer::Yes)
}
