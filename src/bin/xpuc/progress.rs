//! A line on the terminal that says how far a long run has come.

use crate::output;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

/// Time between two updates.
const INTERVAL: Duration = Duration::from_millis(100);

/// Shows nothing unless standard error is a terminal, nor before [`INTERVAL`] is over.
#[derive(Debug)]
pub(crate) struct Progress {
    last: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Progress that is shown if `wanted`.
    pub(crate) fn new(wanted: bool) -> Self {
        Progress { last: (wanted && io::stderr().is_terminal()).then(Instant::now), shown: false }
    }

    /// Shows `text`, if the last one is old enough.
    pub(crate) fn show(&mut self, text: impl FnOnce() -> String) {
        if let Some(last) = &mut self.last
            && last.elapsed() >= INTERVAL
        {
            *last = Instant::now();
            self.shown = true;
            output::say(&format!("\r\x1b[K{}", text()));
        }
    }

    /// Makes room for other text.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            output::say("\r\x1b[K");
        }
    }
}
