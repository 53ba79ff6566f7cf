//! Running the sources for Kunlun XPU3 without one: they are built with `g++` and headers of our own, whose strict host
//! checks every access, and called case by case in a process beside this one.

mod build;
mod protocol;
mod rewrite;

pub use build::{BuildError, HOST_FLAGS, KERNEL_FLAGS, OPTIMIZED, WARNINGS, wide_divisions};
pub use rewrite::{Malformed, rewrite};

use super::bind::{self, Expected};
use super::cases::{Arguments, Case};
use super::{Difference, Ran, RunError};
use crate::emit::File;
use build::Built;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use xpuc_dialect::ir::{Func, Space};

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Decides the order of clusters, cores and transfers.
    pub seed: u64,
    /// The event that fails, counted from 1; 0: none.
    pub fail_at: u64,
    /// Whether all tensors are on the host, where the op takes the path without a device.
    pub on_host: bool,
}

/// An op, built.
#[derive(Debug)]
pub struct HostProgram {
    built: Built,
    func: Func,
    op: String,
    process: Option<Process>,
    events: u64,
}

/// A process that answers calls.
#[derive(Debug)]
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It ends by itself when its input does; one that hangs is not waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl HostProgram {
    /// Builds the sources of `func`.
    pub fn build(files: &[File], func: &Func) -> Result<Self, BuildError> {
        let op = files.iter().find_map(|file| file.name.strip_suffix(".cc")).unwrap_or_default().to_owned();
        Ok(HostProgram { built: build::build(files, &op)?, func: func.clone(), op, process: None, events: 0 })
    }

    /// Makes one call.
    pub fn run(
        &mut self,
        arguments: &Arguments,
        expected: Option<&Expected>,
        options: Options,
    ) -> Result<Ran, RunError> {
        let bound = bind::bind(&self.func, arguments, expected)?;
        let request = protocol::request(&self.func, &self.op, &bound, options);
        let line = self.ask(&request).map_err(RunError::Host)?;
        let (events, outcome) = protocol::answer(&line)?;
        self.events = events;
        outcome
    }

    /// What the last call did that could have failed: its commands, and what stands for one on the host.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Whether a buffer of the caller is always on the host.
    pub fn is_on_host(&self, name: &str) -> bool {
        let index = (0..self.func.arg_attrs.len()).find(|index| self.func.arg_name(*index) == name);
        index.is_some_and(|index| {
            let types = self.func.arg_types();
            types[index].memref().is_some_and(|shaped| shaped.space == Space::Host)
        })
    }

    /// Makes a case's call, and compares; the first difference of each output.
    pub fn check(&mut self, case: &Case, options: Options) -> Result<(Ran, Vec<Difference>), RunError> {
        let arguments = case.arguments.as_ref().map_err(|errors| RunError::Case(errors.clone()))?;
        let ran = self.run(arguments, case.outputs.as_ref(), options)?;
        let differences = super::differences(&self.func, case, &ran, false);
        Ok((ran, differences))
    }

    /// Sends a request, and reads the line that answers it; without one, what the process said before it ended.
    fn ask(&mut self, request: &str) -> Result<String, String> {
        if self.process.is_none() {
            self.process = Some(start(&self.built).map_err(|error| format!("strict host: {error}"))?);
        }
        let Some(process) = &mut self.process else { return Err("strict host: it did not start".to_owned()) };
        let mut line = String::new();
        let sent = process.input.write_all(request.as_bytes()).and_then(|()| process.input.flush());
        if sent.and_then(|()| process.output.read_line(&mut line)).is_ok_and(|read| read > 0) {
            return Ok(line);
        }
        let mut said = String::new();
        if let Some(mut ended) = self.process.take()
            && let Some(mut messages) = ended.child.stderr.take()
        {
            let _ = messages.read_to_string(&mut said);
        }
        Err(format!("strict host: {}", said.trim().strip_prefix("kunlun-host: ").unwrap_or(said.trim())))
    }
}

fn start(built: &Built) -> std::io::Result<Process> {
    let mut command = Command::new(built.program());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let missing = || std::io::Error::other("expected pipes");
    let input = child.stdin.take().ok_or_else(missing)?;
    let output = BufReader::new(child.stdout.take().ok_or_else(missing)?);
    Ok(Process { child, input, output })
}
