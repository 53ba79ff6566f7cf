//! What is said to the strict host, and what it answers (`tests/kunlun_host/README.md`).

use super::super::bind::{Bound, buffer};
use super::super::machine::{Bytes, Commands, Report};
use super::super::{Content, Failure, Ran, RunError};
use super::Options;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use xpuc_dialect::ir::{Func, Type};

/// A call in words. Names of cases are not said: answers come in order.
pub(super) fn request(func: &Func, op: &str, bound: &[Bound<'_>], options: Options) -> String {
    let place = if options.on_host { "cpu" } else { "xpu" };
    let mut text = format!("call case {} {} {place}\nop {op}\n", options.seed, options.fail_at);
    for (index, (bound, ty)) in bound.iter().zip(func.arg_types()).enumerate() {
        let name = func.arg_name(index);
        let list = |numbers: &mut dyn Iterator<Item = i64>| {
            numbers.fold(String::new(), |mut text, number| {
                let _ = write!(text, " {number}");
                text
            })
        };
        let tensor = |what: &str, dims: &mut dyn ExactSizeIterator<Item = i64>| {
            let space = buffer(&name, &ty).map_or("host", |(shaped, ..)| shaped.space.as_str());
            let rank = dims.len();
            format!("{what} {name} {space} {} {rank}{}", element(ty.elem()), list(dims))
        };
        text += &match bound {
            Bound::Scalar(value) if ty == Type::I1 => format!("flag {name} {value}\n"),
            Bound::Scalar(value) => {
                let ty = if ty == Type::I64 { "int64_t" } else { "int" };
                format!("attr {name} {ty} {value}\n")
            }
            Bound::Input(content) => {
                let head = tensor("input", &mut content.dims.iter().map(|n| *n as i64));
                format!("{head} {}{}\n", content.data.len(), list(&mut content.data.iter().copied()))
            }
            Bound::Output(dims) => tensor("output", &mut dims.iter().copied()) + "\n",
        };
    }
    text + "end\n"
}

fn element(ty: &Type) -> &'static str {
    match ty {
        Type::Int(1) => "bool",
        Type::Int(32) => "int32",
        _ => "int64",
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    outputs: BTreeMap<String, Array>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    failed: Option<Failure>,
    #[serde(default)]
    left: BTreeMap<String, Array>,
    events: u64,
    commands: Counts,
    bytes: Moved,
}

#[derive(Deserialize)]
struct Array {
    dims: Vec<usize>,
    data: Vec<Option<i64>>,
}

#[derive(Deserialize)]
struct Counts {
    launches: u64,
    h2d: u64,
    d2h: u64,
    d2d: u64,
    fills: u64,
    waits: u64,
    device_allocs: u64,
}

#[derive(Deserialize)]
struct Moved {
    h2d: u64,
    d2h: u64,
    d2d: u64,
}

/// How many events a call had that could have failed; what it has left, or why the op refused it.
pub(super) fn answer(line: &str) -> Result<(u64, Result<Ran, RunError>), RunError> {
    let answer: Answer = serde_json::from_str(line).map_err(|error| {
        RunError::Host(format!("strict host: expected an answer, found {line:?}: {error}"))
    })?;
    Ok((answer.events, outcome(answer)))
}

fn outcome(answer: Answer) -> Result<Ran, RunError> {
    let contents = |arrays: BTreeMap<String, Array>| {
        let content = |array: Array| Content { dims: array.dims, data: array.data };
        arrays.into_iter().map(|(name, array)| (name, content(array))).collect()
    };
    if let Some(message) = answer.error {
        if let Some(failed) = answer.failed {
            return Err(RunError::Injected { message, failed, left: contents(answer.left) });
        }
        if !answer.left.is_empty() {
            let touched: Vec<String> = answer.left.into_keys().collect();
            let touched = touched.join(", ");
            return Err(RunError::Host(format!("{message}; but it has written {touched} before")));
        }
        return Err(RunError::Machine { message, contract: true });
    }
    let outputs = contents(answer.outputs);
    let Counts { launches, h2d, d2h, d2d, fills, waits, device_allocs } = answer.commands;
    let commands = Commands { launches, h2d, d2h, d2d, fills, waits, device_allocs, host_copies: 0 };
    let Moved { h2d, d2h, d2d } = answer.bytes;
    Ok(Ran { outputs, report: Report { commands, bytes: Bytes { h2d, d2h, d2d }, ..Report::default() } })
}
