//! Case files: one JSON object a line, each a call of the program and what to expect of it.
//!
//! ```json
//! {"name": "decode", "inputs": {"lens": [1, 2]}, "attrs": {"splice": true}, "outputs": {"lod": [0, 1, 3]}}
//! ```
//!
//! `name`, `inputs` and `attrs` are required; `generation`, `outputs` and `error_mentions` are not; other
//! fields are ignored, and so are blank lines. Tensors are nested lists of 32-bit integers, attributes
//! 32-bit integers, `true` or `false`.
//!
//! Two kinds of defect are kept apart. A line that is not a case, or whose expectations make no sense, is a
//! defect of the file: [`Cases`] yields a [`CasesError`] for it. A value in `inputs` or `attrs` that no
//! program can be called with (a ragged table, 0.5 for a length) may be what the case is about: the case is
//! yielded, its name and its `error_mentions` intact, and its [`arguments`](Case::arguments) are the reason
//! to refuse it.

mod error;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde_json::{Map, Value};

pub use error::{CaseError, CaseErrors, CasesError, Location};

use error::elements;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What reports call it. Not necessarily unique in its file.
    pub name: String,
    /// The line it is on.
    pub at: Location,
    /// Which published variant of the op it is for, if the file says so.
    pub generation: Option<String>,
    /// What to call the program with, or why that is impossible.
    pub arguments: Result<Arguments, CaseErrors>,
    /// Expected contents by name. A name that is absent is unspecified.
    pub outputs: Option<BTreeMap<String, Tensor>>,
    /// The case is expected to be refused, with a message that contains each of these.
    pub error_mentions: Option<Vec<String>>,
}

/// What a program is called with, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Contents of buffers.
    pub inputs: BTreeMap<String, Tensor>,
    /// Scalars.
    pub attrs: BTreeMap<String, Attr>,
}

/// Integers in row-major order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tensor {
    /// Size of each dimension, outermost first; at least one. `[]` is `[0]`, `[[], []]` is `[2, 0]`.
    pub dims: Vec<usize>,
    /// The elements, each in the range of i32.
    pub data: Vec<i64>,
}

/// Value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attr {
    /// An integer in the range of i32.
    Int(i64),
    /// A flag.
    Flag(bool),
}

/// The cases of a file, read line by line.
///
/// After a defect of the file it goes on with the next line, so that one reading finds them all; only where
/// reading itself fails does it end.
#[derive(Debug)]
pub struct Cases<R> {
    reader: R,
    at: Location,
    line: Vec<u8>,
    broken: bool,
}

impl Cases<BufReader<File>> {
    /// The cases of the file at `path`.
    ///
    /// # Errors
    /// [`CasesError::Open`].
    pub fn open(path: &Path) -> Result<Self, CasesError> {
        let file = path.display().to_string();
        match File::open(path) {
            Ok(reader) => Ok(Self::new(&file, BufReader::new(reader))),
            Err(error) => Err(CasesError::Open { file, error }),
        }
    }
}

impl<R: BufRead> Cases<R> {
    /// The cases that `reader` has; `file` is what messages call it.
    pub fn new(file: &str, reader: R) -> Self {
        Self { reader, at: Location { file: file.into(), line: 0 }, line: Vec::new(), broken: false }
    }

    /// Reads the next line that is not blank; `None` at the end.
    fn advance(&mut self) -> Option<io::Result<()>> {
        while !self.broken {
            self.line.clear();
            self.at.line += 1;
            match self.reader.read_until(b'\n', &mut self.line) {
                Ok(0) => return None,
                Ok(_) if self.line.trim_ascii().is_empty() => {}
                Ok(_) => return Some(Ok(())),
                Err(error) => {
                    self.broken = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl<R: BufRead> Iterator for Cases<R> {
    type Item = Result<Case, CasesError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.advance()? {
            Ok(()) => case(&self.line, &self.at),
            Err(error) => Err(CasesError::Read { at: self.at.clone(), error }),
        })
    }
}

fn case(line: &[u8], at: &Location) -> Result<Case, CasesError> {
    let fields = match serde_json::from_slice(line) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => return Err(CasesError::NotAnObject { at: at.clone(), found: describe(&other) }),
        Err(error) => {
            // The parser counts lines from this one, and says so.
            let position = format!(" at line {} column {}", error.line(), error.column());
            let reason = error.to_string();
            let reason = reason.strip_suffix(&position).unwrap_or(&reason).to_owned();
            return Err(CasesError::NotJson { at: at.clone(), column: error.column(), reason });
        }
    };
    let mut line = Line { at, case: None, fields };
    let name = line.required("name", "a string", string)?;
    line.case = Some(name.clone());

    let generation = line.optional("generation", "a string", string)?;
    let error_mentions = line.optional("error_mentions", "a list of strings", strings)?;
    let inputs = line.required("inputs", "an object of tensors", object)?;
    let attrs = line.required("attrs", "an object of integers and flags", object)?;
    let outputs = line.optional("outputs", "an object of tensors", object)?;

    let errors = |errors| CaseErrors { at: at.clone(), case: name.clone(), errors };
    let mut defects = Vec::new();
    let outputs = outputs.map(|outputs| values("outputs", outputs, tensor, &mut defects));
    if !defects.is_empty() {
        return Err(CasesError::Outputs(errors(defects)));
    }
    let inputs = values("inputs", inputs, tensor, &mut defects);
    let attrs = values("attrs", attrs, attr, &mut defects);
    let arguments = match defects.is_empty() {
        true => Ok(Arguments { inputs, attrs }),
        false => Err(errors(defects)),
    };
    Ok(Case { name, at: at.clone(), generation, arguments, outputs, error_mentions })
}

/// The fields of a line that have not been looked at yet.
struct Line<'a> {
    at: &'a Location,
    case: Option<String>,
    fields: Map<String, Value>,
}

impl Line<'_> {
    fn required<T>(
        &mut self,
        field: &'static str,
        expected: &'static str,
        read: Read<T>,
    ) -> Result<T, CasesError> {
        match self.optional(field, expected, read)? {
            Some(value) => Ok(value),
            None => Err(CasesError::Missing { at: self.at.clone(), case: self.case.clone(), field }),
        }
    }

    fn optional<T>(
        &mut self,
        field: &str,
        expected: &'static str,
        read: Read<T>,
    ) -> Result<Option<T>, CasesError> {
        let Some(value) = self.fields.remove(field) else { return Ok(None) };
        match read(value) {
            Ok(value) => Ok(Some(value)),
            Err(value) => Err(CasesError::WrongType {
                at: self.at.clone(),
                case: self.case.clone(),
                field: field.into(),
                expected,
                found: describe(&value),
            }),
        }
    }
}

/// Takes a value apart, or returns what is not of the expected type.
type Read<T> = fn(Value) -> Result<T, Value>;

fn string(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(other),
    }
}

fn strings(value: Value) -> Result<Vec<String>, Value> {
    match value {
        Value::Array(items) => items.into_iter().map(string).collect(),
        other => Err(other),
    }
}

fn object(value: Value) -> Result<Map<String, Value>, Value> {
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(other),
    }
}

/// Reads each field of the object `of`; what is defective goes to `defects` and is left out.
fn values<T>(
    of: &str,
    fields: Map<String, Value>,
    read: fn(&str, &Value) -> Result<T, CaseError>,
    defects: &mut Vec<CaseError>,
) -> BTreeMap<String, T> {
    let mut values = BTreeMap::new();
    for (name, value) in fields {
        match read(&format!("{of}.{name}"), &value) {
            Ok(value) => drop(values.insert(name, value)),
            Err(error) => defects.push(error),
        }
    }
    values
}

fn attr(field: &str, value: &Value) -> Result<Attr, CaseError> {
    match (value, integer(value)) {
        (Value::Bool(flag), _) => Ok(Attr::Flag(*flag)),
        (_, Some(int)) => Ok(Attr::Int(int)),
        _ => Err(CaseError::NotAnAttribute { field: field.into(), found: describe(value) }),
    }
}

fn tensor(field: &str, value: &Value) -> Result<Tensor, CaseError> {
    if !value.is_array() {
        return Err(CaseError::NotATensor { field: field.into(), found: describe(value) });
    }
    // The first list of each depth says what the dimensions are; then every list has to agree.
    let mut dims = Vec::new();
    let mut first = Some(value);
    while let Some(Value::Array(items)) = first {
        dims.push(items.len());
        first = items.first();
    }
    let mut reading = Reading { field, dims: &dims, path: Vec::new(), data: Vec::new() };
    reading.list(value)?;
    let data = reading.data;
    Ok(Tensor { dims, data })
}

/// A tensor being read.
struct Reading<'a> {
    field: &'a str,
    dims: &'a [usize],
    /// Index of the list being read in each list around it.
    path: Vec<usize>,
    data: Vec<i64>,
}

impl Reading<'_> {
    /// Reads a list, or an element at the innermost depth.
    fn list(&mut self, value: &Value) -> Result<(), CaseError> {
        let Some(&expected) = self.dims.get(self.path.len()) else {
            return match integer(value) {
                Some(int) => {
                    self.data.push(int);
                    Ok(())
                }
                None => Err(CaseError::NotAnInteger { field: self.name(&self.path), found: describe(value) }),
            };
        };
        let items = match value {
            Value::Array(items) if items.len() == expected => items,
            other => {
                let first = self.name(&vec![0; self.path.len()]);
                return Err(CaseError::Ragged {
                    field: self.name(&self.path),
                    first,
                    expected,
                    found: describe(other),
                });
            }
        };
        for (index, item) in items.iter().enumerate() {
            self.path.push(index);
            self.list(item)?;
            self.path.pop();
        }
        Ok(())
    }

    fn name(&self, path: &[usize]) -> String {
        path.iter().fold(self.field.to_owned(), |name, index| format!("{name}[{index}]"))
    }
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().filter(|&int| i32::try_from(int).is_ok())
}

/// A value as messages show it: short ones as they are, long ones by their kind.
fn describe(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", elements(items.len())),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) if text.len() > 40 => "a long string".to_owned(),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => value.to_string(),
    }
}
