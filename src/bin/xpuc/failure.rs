//! How a subcommand ends.

use crate::output;
use std::fmt::Display;
use std::io;

/// It was done, and this is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Exit code 0.
    Yes,
    /// Exit code 1.
    No,
}

/// It could not be done: exit code 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Why, in whole lines.
    Said(String),
    /// Why has been said, or nobody is listening any more.
    Quiet,
}

impl Failure {
    /// A failure with a message; the last line needs no end.
    pub(crate) fn said(message: impl Display) -> Self {
        let mut text = message.to_string();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Failure::Said(text)
    }

    /// Standard output did not take what it was given; a reader that has gone is no news.
    pub(crate) fn stdout(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Quiet,
            _ => Failure::said(format!("error: cannot write to standard output: {error}")),
        }
    }

    /// Says why.
    pub(crate) fn report(&self) {
        if let Failure::Said(text) = self {
            output::say(text);
        }
    }
}

/// What clap has to say: help and version are answers, the rest is bad usage.
pub(crate) fn usage(error: &clap::Error) -> Result<Answer, Failure> {
    let printed = error.print();
    match error.exit_code() {
        0 => printed.map(|()| Answer::Yes).map_err(Failure::stdout),
        _ => Err(Failure::Quiet),
    }
}
