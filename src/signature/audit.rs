//! A file's ops, and what is wrong with them.

use super::allow;
use super::condition::Choice;
use super::declared::{Level, Tensor};
use super::eval::{Dtype, Shape};
use super::finding::Finding;
use super::folder::Folders;
use super::function::functions;
use super::ir::{Inferred, outputs, signature, sizes};
use super::lookup::{Around, ReadError, read};
use super::op::Op;
use super::preprocess::{Define, Source};
use super::registration::registrations;
use super::text::{Place, Text};
use super::{check, program};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use xpuc_dialect::ir;
use xpuc_dialect::signature::Signature;

/// What was found in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audited {
    /// The ops that it registers, in order.
    pub ops: Vec<OpSummary>,
    /// What is wrong, in the order of places.
    pub findings: Vec<Finding>,
}

/// An op, as declared and as its infer functions have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpSummary {
    /// The macro's argument.
    pub name: String,
    /// The name under which Paddle knows it.
    pub registered_as: String,
    /// Forward or backward.
    pub level: Level,
    /// Where the macro stands.
    #[serde(flatten)]
    pub place: Place,
    /// Inputs with their suffixes; empty where they could not be read.
    pub inputs: Vec<String>,
    /// Outputs.
    pub outputs: Vec<OutputSummary>,
    /// Attributes, name and type.
    pub attributes: Vec<String>,
}

impl OpSummary {
    /// Keeps of each output what another choice of conditions gives too.
    fn join(&mut self, other: &Self) {
        for output in &mut self.outputs {
            let twin = other.outputs.iter().find(|twin| twin.name == output.name);
            output.shape =
                output.shape.take().filter(|shape| twin.is_some_and(|t| t.shape.as_ref() == Some(shape)));
            output.dtype =
                output.dtype.take().filter(|dtype| twin.is_some_and(|t| t.dtype.as_ref() == Some(dtype)));
        }
    }
}

/// An output, and what a static graph takes it for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputSummary {
    /// Name, with suffixes.
    pub name: String,
    /// The input whose buffer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inplace: Option<String>,
    /// Sizes that InferShape gives as Paddle binds it, `?` for one that is not known before the op runs; none if
    /// the shape could not be followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<String>>,
    /// The type that InferDtype gives, or the input whose type it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dtype: Option<String>,
}

/// An audit of files, one after the other. Those of one folder come together: each folder is read once.
#[derive(Debug, Default)]
pub struct Audit {
    programs: Vec<Signature>,
    folders: Folders,
}

impl Audit {
    /// An audit that compares ops with the programs of their name, given by their signatures.
    pub fn new(programs: Vec<Signature>) -> Self {
        Audit { programs, folders: Folders::default() }
    }

    /// Audits a file; functions that are not in it are looked for around it.
    pub fn file(&mut self, path: &Path) -> Result<Audited, ReadError> {
        let around = Around::new(Some(path.to_owned()), &mut self.folders);
        Ok(Auditor::new(read(path)?, around).audit(&self.programs))
    }

    /// Audits text that stands in no folder; `file` names it in messages.
    pub fn text(&mut self, file: &str, text: &str) -> Audited {
        let source = Source::new(Text::new(file, text.to_owned()));
        Auditor::new(source, Around::new(None, &mut self.folders)).audit(&self.programs)
    }
}

/// The ops that a text registers and that could be read, as `xpu.signature`; of a file with conditions, as if all of them held. A path
/// says where functions are looked for that are not in the text.
pub fn import(file: &str, text: &str, path: Option<&Path>) -> Vec<ir::Op> {
    let source = Source::new(Text::new(file, text.to_owned()));
    imported(source, path)
}

/// [`import`] of a file.
pub fn import_file(path: &Path) -> Result<Vec<ir::Op>, ReadError> {
    Ok(imported(read(path)?, Some(path)))
}

fn imported(source: Source, path: Option<&Path>) -> Vec<ir::Op> {
    let choice = source.choices().swap_remove(0);
    let mut folders = Folders::default();
    let mut auditor = Auditor::new(source, Around::new(path.map(Path::to_owned), &mut folders));
    auditor.ops(&choice).iter().filter(|op| op.declared.is_read()).map(signature).collect()
}

/// Audits one file under each choice of its conditions.
pub(crate) struct Auditor<'f> {
    source: Source,
    around: Around<'f>,
    /// Macros that register ops, from files that are included.
    macros: Vec<Define>,
}

/// A finding and the choices, by number, under which it was made.
struct Seen {
    finding: Finding,
    choices: Vec<usize>,
}

impl<'f> Auditor<'f> {
    pub(crate) fn new(source: Source, mut around: Around<'f>) -> Self {
        let macros = around.macros(&source.includes);
        Auditor { source, around, macros }
    }

    /// The ops under a choice.
    fn ops(&mut self, choice: &Choice) -> Vec<Op> {
        let mut unit = self.source.unit(choice);
        if !self.macros.is_empty() {
            let own: Vec<&str> = unit.defines.iter().map(|define| define.name.as_str()).collect();
            let others = self.macros.iter().filter(|define| !own.contains(&define.name.as_str()));
            unit.defines = unit.defines.iter().chain(others).cloned().collect();
        }
        let declared = registrations(&unit);
        if declared.is_empty() {
            return Vec::new();
        }
        let own = functions(&unit);
        let (around, includes) = (&mut self.around, &self.source.includes);
        let mut find = |name: &str| around.find(name, &unit, &own, includes);
        declared.into_iter().map(|declared| Op::new(declared, &mut find)).collect()
    }

    fn audit(mut self, programs: &[Signature]) -> Audited {
        let registers = |word: &str| self.source.text.text.contains(word);
        if !registers("PD_BUILD_") && !self.macros.iter().any(|define| registers(&define.name)) {
            return Audited::default();
        }
        let choices = self.source.choices();
        let mut ops: BTreeMap<(Place, Level, String), (OpSummary, Vec<usize>)> = BTreeMap::new();
        let mut seen: Vec<Seen> = Vec::new();
        for (number, choice) in choices.iter().enumerate() {
            let all = self.ops(choice);
            let around = &mut self.around;
            let mut findings = check::grads(&all, &mut |name| around.registers(name));
            for op in &all {
                findings.extend(check::op(op));
                // What could not be read contradicts nothing.
                let same = programs.iter().filter(|program| *program.function == *op.declared.name);
                let same = same.filter(|_| op.declared.is_read());
                findings.extend(same.flat_map(|program| program::check(op, program)));
                let key = (op.declared.place.clone(), op.declared.level, op.declared.name.clone());
                let found = summary(op);
                let entry = ops.entry(key).or_insert_with(|| (found.clone(), Vec::new()));
                entry.0.join(&found);
                entry.1.push(number);
            }
            for finding in findings {
                match seen.iter_mut().find(|seen| seen.finding == finding) {
                    Some(seen) => seen.choices.push(number),
                    None => seen.push(Seen { finding, choices: vec![number] }),
                }
            }
        }
        let mut findings: Vec<Finding> = Vec::new();
        for Seen { mut finding, choices: found } in seen {
            let of_op: Vec<usize> =
                ops.values().filter(|(op, _)| op.name == finding.op).flat_map(|(_, at)| at.clone()).collect();
            if let Some(condition) = separating(&choices, &found, &of_op) {
                finding.message += &condition;
            }
            findings.push(finding);
        }
        let ops: Vec<OpSummary> = ops.into_values().map(|(op, _)| op).collect();
        let lines: Vec<(u32, String)> = ops.iter().map(|op| (op.place.line, op.name.clone())).collect();
        allow::apply(&allow::read(&self.source.text), &lines, &mut findings);
        findings.sort_by(|a, b| (&a.place, a.code).cmp(&(&b.place, b.code)));
        Audited { ops, findings }
    }
}

/// The condition that a finding depends on, if it is one: ` (where A is defined)`.
fn separating(choices: &[Choice], found: &[usize], of_op: &[usize]) -> Option<String> {
    let without: Vec<usize> = of_op.iter().copied().filter(|at| !found.contains(at)).collect();
    if without.is_empty() {
        return None;
    }
    let names = choices.first()?.keys();
    names.filter_map(|name| Some((name, *choices[*found.first()?].get(name)?))).find_map(|(name, value)| {
        let holds = |at: &usize| choices[*at].get(name) == Some(&value);
        let separates = found.iter().all(holds) && !without.iter().any(holds);
        let is_name = name.bytes().all(super::lex::is_word);
        separates.then(|| match (value, is_name) {
            (None, true) => format!(" (where {name} is not defined)"),
            (Some(1), true) => format!(" (where {name} is defined)"),
            (Some(value), true) => format!(" (where {name} is {value})"),
            (value, false) => format!(" (where {name} is {})", value.is_some()),
        })
    })
}

fn summary(op: &Op) -> OpSummary {
    let declared = &op.declared;
    let attributes = declared.attrs().iter().map(|attr| match &attr.ty {
        Some(ty) => format!("{}: {ty}", attr.name),
        None => attr.text.clone(),
    });
    OpSummary {
        name: declared.name.clone(),
        registered_as: declared.registered_as.clone(),
        level: declared.level,
        place: declared.place.clone(),
        inputs: declared.inputs().iter().map(ToString::to_string).collect(),
        outputs: summaries(op),
        attributes: attributes.collect(),
    }
}

/// Each output as a static graph has it.
fn summaries(op: &Op) -> Vec<OutputSummary> {
    let inputs = op.declared.inputs();
    let one = |(output, inferred): (&Tensor, Inferred)| OutputSummary {
        name: output.to_string(),
        inplace: inferred.inplace.map(|input| inputs[input].to_string()),
        shape: inferred.shape.and_then(|shape| match &shape {
            Shape::OfInput { name, changed, .. } if changed.is_empty() => {
                Some(vec![format!("shape({name})")])
            }
            shape => sizes(shape),
        }),
        dtype: inferred.dtype.map(|dtype| match dtype {
            Dtype::Named(name) => name,
            Dtype::OfInput(input) => format!("dtype({})", inputs[input].name()),
        }),
    };
    op.declared.outputs().iter().zip(outputs(op)).map(one).collect()
}
