//! A file's ops, and what is wrong with them.

use super::allow;
use super::bind::{Mode, Role};
use super::check;
use super::code::Code;
use super::declared::Level;
use super::eval::{Dtype, Shape, Size, Value};
use super::finding::{Finding, Outcome, Outcomes};
use super::function::functions;
use super::lookup::{Around, read};
use super::op::{Op, input_shape};
use super::preprocess::{Choice, Source};
use super::registration::registrations;
use super::text::{Place, Text};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

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

/// Audits a file; functions that are not in it are looked for around it.
pub fn audit_file(path: &Path) -> std::io::Result<Audited> {
    let source = read(path)?;
    Ok(Auditor::new(source, Around::new(Some(path.to_owned()))).audit())
}

/// Audits text that stands in no folder.
pub fn audit_text(file: &str, text: &str) -> Audited {
    let source = Source::new(Text::new(file, text.to_owned()));
    Auditor::new(source, Around::new(None)).audit()
}

/// Audits one file under each choice of its conditions.
pub(crate) struct Auditor {
    source: Source,
    around: Around,
}

/// A finding and the choices, by number, under which it was made.
struct Seen {
    finding: Finding,
    choices: Vec<usize>,
}

impl Auditor {
    pub(crate) fn new(source: Source, around: Around) -> Self {
        Auditor { source, around }
    }

    /// The ops under a choice.
    fn ops(&mut self, choice: &Choice) -> Vec<Op> {
        let unit = self.source.unit(choice);
        let declared = registrations(&unit);
        if declared.is_empty() {
            return Vec::new();
        }
        let own = functions(&unit);
        let (around, includes) = (&mut self.around, &self.source.includes);
        let mut find = |name: &str| around.find(name, &unit, &own, includes);
        declared.into_iter().map(|declared| Op::new(declared, &mut find)).collect()
    }

    fn audit(mut self) -> Audited {
        if !self.source.text.text.contains("PD_BUILD_") {
            return Audited::default();
        }
        let choices = self.source.choices();
        let mut ops: BTreeMap<(Place, Level, String), (OpSummary, Vec<usize>)> = BTreeMap::new();
        let mut seen: Vec<Seen> = Vec::new();
        for (number, choice) in choices.iter().enumerate() {
            let all = self.ops(choice);
            let mut findings = order(&all);
            for op in &all {
                findings.extend(check::op(op));
                let key = (op.declared.place.clone(), op.declared.level, op.declared.name.clone());
                let entry = ops.entry(key).or_insert_with(|| (summary(op), Vec::new()));
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

/// Gradients that come before what they are the gradient of.
fn order(ops: &[Op]) -> Vec<Finding> {
    let mut out = Vec::new();
    for (index, op) in ops.iter().enumerate() {
        let declared = &op.declared;
        let before = match declared.level {
            Level::Forward => continue,
            Level::Grad => (Level::Forward, "PD_BUILD_OP"),
            Level::DoubleGrad => (Level::Grad, "PD_BUILD_GRAD_OP"),
        };
        let is = |other: &&Op| {
            other.declared.registered_as == declared.registered_as && other.declared.level == before.0
        };
        if ops[..index].iter().any(|other| is(&other)) {
            continue;
        }
        let Some(behind) = ops[index..].iter().find(is) else { continue };
        let message = format!("expected {}({}) before its gradient, found it behind", before.1, declared.name);
        let modes = Outcomes::all(Outcome::NotLoaded);
        let finding = Finding::new(Code::PD025, &declared.name, &declared.place, modes, message);
        out.push(finding.related(&behind.declared.place, "it is here"));
    }
    out
}

/// The condition that a finding depends on, if it is one: ` (where A is defined)`.
fn separating(choices: &[Choice], found: &[usize], of_op: &[usize]) -> Option<String> {
    let without: Vec<usize> = of_op.iter().copied().filter(|at| !found.contains(at)).collect();
    if without.is_empty() {
        return None;
    }
    for name in choices.first()?.keys() {
        for value in [true, false] {
            let holds = |at: &usize| choices[*at].get(name) == Some(&value);
            if found.iter().all(holds) && !without.iter().any(holds) {
                let what = if name.bytes().all(super::lex::is_word) { "defined" } else { "true" };
                let not = if value { "" } else { "not " };
                return Some(format!(" (where {name} is {not}{what})"));
            }
        }
    }
    None
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
        outputs: outputs(op),
        attributes: attributes.collect(),
    }
}

/// Each output as a static graph has it.
fn outputs(op: &Op) -> Vec<OutputSummary> {
    let declared = &op.declared;
    let shapes = inferred(op, Role::InferShape);
    let dtypes = inferred(op, Role::InferDtype);
    let mut plain = 0;
    let mut out = Vec::new();
    for output in declared.outputs() {
        let from = declared.inplace().iter().find(|(_, to)| to.decorated == output.decorated).map(|(from, _)| from);
        let input = from.and_then(|from| declared.inputs().iter().position(|i| i.decorated == from.decorated));
        let default = declared.inputs().len() == 1 && declared.outputs().len() == 1;
        let (shape, dtype) = match input {
            Some(input) => (Some(Value::Shape(input_shape(declared, input))), Some(Value::Type(Dtype::OfInput(input)))),
            None => {
                let of = |values: &Option<Vec<Value>>| values.as_ref().and_then(|v| v.get(plain).cloned());
                let shape = of(&shapes).or_else(|| {
                    let copies = default && declared.infer_shape.is_none();
                    copies.then(|| Value::Shape(input_shape(declared, 0)))
                });
                let dtype = of(&dtypes).or_else(|| {
                    let copies = default && declared.infer_dtype.is_none();
                    copies.then_some(Value::Type(Dtype::OfInput(0)))
                });
                plain += 1;
                (shape, dtype)
            }
        };
        out.push(OutputSummary {
            name: output.to_string(),
            inplace: from.map(ToString::to_string),
            shape: shape.and_then(|shape| sizes(&shape.shape())),
            dtype: dtype.and_then(|dtype| match dtype {
                Value::Type(Dtype::Named(name)) => Some(name),
                Value::Type(Dtype::OfInput(input)) => Some(format!("dtype({})", declared.inputs()[input].name())),
                _ => None,
            }),
        });
    }
    out
}

/// The list that every `return` agrees on.
pub(crate) fn inferred(op: &Op, role: Role) -> Option<Vec<Value>> {
    let bound = op.bound(role)?;
    let returned = bound.returns_as_bound(Mode::Pir)?;
    let mut values = returned.iter().map(|returned| returned.value.clone());
    let first = values.next()?;
    values.fold(first, |a, b| a.join(&b, "it depends on a condition")).list()
}

/// Sizes as text; a shape of unknown rank is `shape(x)`.
fn sizes(shape: &Shape) -> Option<Vec<String>> {
    match shape {
        Shape::Dims(dims) => Some(
            dims.iter()
                .map(|size| match size {
                    Size::Known(dim) if dim.as_const() == Some(-1) => "?".to_owned(),
                    Size::Known(dim) => dim.to_string(),
                    Size::Unknown(_) => "?".to_owned(),
                })
                .collect(),
        ),
        Shape::OfInput { name, changed, .. } if changed.is_empty() => Some(vec![format!("shape({name})")]),
        Shape::OfInput { .. } | Shape::Unknown(_) => None,
    }
}
