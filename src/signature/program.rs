//! What an op declares against what a program does: both are signatures, and are compared as such.

use super::code::Code;
use super::finding::{Finding, Outcome, Outcomes};
use super::ir::{outputs, signature};
use super::op::Op;
use super::text::Place;
use xpuc_dialect::ir::Loc;
use xpuc_dialect::signature::Signature;
use xpuc_passes::bind_signature::{Contradiction, SignatureError, compare};

/// What a static graph gets when it believes a declaration that is wrong.
const WRONG: Outcomes = Outcomes::new(Outcome::Works, Outcome::Wrong, Outcome::Wrong);

/// Everything in which `op` contradicts `program`.
pub(crate) fn check(op: &Op, program: &Signature) -> Vec<Finding> {
    let declared = Signature::of(&signature(op));
    let mut out = in_place(op, &declared, program);
    for Contradiction { loc, error } in compare(&declared, program) {
        let code = match &error {
            SignatureError::Size { .. } => Code::PD040,
            SignatureError::Differs { .. } if is_rank(&error) => Code::PD040,
            SignatureError::Differs { .. } => Code::PD041,
            _ => Code::PD043,
        };
        let mut at = place(op, &loc);
        if let (Code::PD041, SignatureError::Differs { name, verb: "yields", .. }) = (code, &error) {
            let all = op.declared.outputs().iter().zip(outputs(op));
            at = all
                .filter(|(output, _)| output.name() == name)
                .map(|(_, output)| output.dtype_place)
                .next()
                .unwrap_or(at);
        }
        out.push(Finding::new(code, &op.declared.name, &at, WRONG, message(&error)));
    }
    out
}

/// Buffers that one side has in place and the other has not.
fn in_place(op: &Op, declared: &Signature, program: &Signature) -> Vec<Finding> {
    let mut out = Vec::new();
    let name = &op.declared.name;
    let mapped =
        |buffer: &str| declared.outputs.iter().any(|output| output.buffer.as_deref() == Some(buffer));
    let hidden: Vec<&str> = program
        .outputs
        .iter()
        .filter(|output| output.buffer.is_some() && !mapped(&output.name))
        .map(|output| &*output.name)
        .filter(|name| declared.inputs.iter().any(|input| *input.name == **name))
        .collect();
    if !hidden.is_empty() {
        let at = declared.inputs.iter().find(|input| hidden.contains(&&*input.name));
        let at = place(op, at.map_or(&declared.loc, |input| &input.loc));
        let message = format!(
            "the program writes {} of its inputs, expected them in SetInplaceMap: no mode records the writes to {}",
            hidden.len(),
            some(&hidden)
        );
        out.push(Finding::new(Code::PD042, name, &at, Outcomes::all(Outcome::Works), message));
    }
    for output in &declared.outputs {
        let Some(buffer) = &output.buffer else { continue };
        let is_written = program.outputs.iter().any(|other| other.buffer.as_ref() == Some(buffer));
        let fresh = program.outputs.iter().any(|other| other.buffer.is_none() && other.name == output.name);
        if !is_written && fresh {
            let message = format!(
                "{}: SetInplaceMap has it in {buffer}, the program returns a new buffer",
                output.name
            );
            let modes = Outcomes::all(Outcome::Wrong);
            out.push(Finding::new(Code::PD042, name, &place(op, &output.loc), modes, message));
        }
    }
    out
}

/// Names, not more than a line holds.
fn some(names: &[&str]) -> String {
    const SHOWN: usize = 4;
    match names.len().checked_sub(SHOWN) {
        Some(more @ 2..) => format!("{} and {more} more", names[..SHOWN].join(", ")),
        _ => names.join(", "),
    }
}

fn is_rank(error: &SignatureError) -> bool {
    matches!(error, SignatureError::Differs { declared, .. } if declared.ends_with("dimensions"))
}

/// What is declared is what the infer functions yield.
fn message(error: &SignatureError) -> String {
    match error {
        SignatureError::Size { name, declared, verb: "yields", found, axis } => {
            let axis = axis.map_or_else(String::new, |axis| format!(" in dimension {axis}"));
            let (declared, found) = (declared.factored(), found.factored());
            format!("{name}: the program yields {found}{axis}, InferShape as bound yields {declared}")
        }
        SignatureError::Differs { name, declared, verb: "yields", found } => {
            let function = if is_rank(error) { "InferShape" } else { "InferDtype" };
            format!("{name}: the program yields {found}, {function} as bound yields {declared}")
        }
        other => other.to_string(),
    }
}

/// The place of a declaration; IR keeps its beginning.
fn place(op: &Op, loc: &Loc) -> Place {
    let declared = &op.declared;
    let all = declared.inputs().iter().map(|input| input.place.clone());
    let all = all.chain(declared.attrs().iter().map(|attr| attr.place.clone()));
    let mut all = all.chain(outputs(op).into_iter().map(|output| output.place));
    all.find(|place| place.loc() == *loc).unwrap_or_else(|| declared.place.clone())
}
