//! What can be wrong with a file of cases.

use std::fmt;
use std::io;
use std::sync::Arc;

/// A line of a file; shown as `file:line`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file as the user called it.
    pub file: Arc<str>,
    /// Line number, the first is 1.
    pub line: u64,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A defect of a file of cases.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// The file cannot be opened.
    #[error("{file}: cannot open: {error}")]
    Open {
        /// The file as the user called it.
        file: String,
        /// The system's reason.
        error: io::Error,
    },
    /// The file cannot be read on.
    #[error("{at}: cannot read: {error}")]
    Read {
        /// The line that could not be read.
        at: Location,
        /// The system's reason.
        error: io::Error,
    },
    /// A line that is not JSON.
    #[error("{at}:{column}: expected one JSON object on this line, found a syntax error: {reason}")]
    NotJson {
        /// Where.
        at: Location,
        /// Byte column, the first is 1.
        column: usize,
        /// The parser's reason.
        reason: String,
    },
    /// A line that is JSON, but not a case.
    #[error("{at}: expected one JSON object on this line, found {found}")]
    NotAnObject {
        /// Where.
        at: Location,
        /// What kind of value it is.
        found: String,
    },
    /// A required field is missing.
    #[error("{at}: {}expected a field '{field}', found none", of_case(.case))]
    Missing {
        /// Where.
        at: Location,
        /// The case's name, if that is known.
        case: Option<String>,
        /// The field's name.
        field: &'static str,
    },
    /// A field of another type than it should have.
    #[error("{at}: {}{field}: expected {expected}, found {found}", of_case(.case))]
    WrongType {
        /// Where.
        at: Location,
        /// The case's name, if that is known.
        case: Option<String>,
        /// Path of the field.
        field: String,
        /// What kind of value it should be.
        expected: &'static str,
        /// What kind of value it is.
        found: String,
    },
    /// Expected outputs that are no tensors.
    #[error(transparent)]
    Outputs(CaseErrors),
}

impl CasesError {
    /// Where it is: the beginning of the message, up to `": "`.
    pub fn place(&self) -> String {
        match self {
            Self::Open { file, .. } => file.clone(),
            Self::NotJson { at, column, .. } => format!("{at}:{column}"),
            Self::Read { at, .. }
            | Self::NotAnObject { at, .. }
            | Self::Missing { at, .. }
            | Self::WrongType { at, .. }
            | Self::Outputs(CaseErrors { at, .. }) => at.to_string(),
        }
    }
}

fn of_case(case: &Option<String>) -> String {
    case.as_ref().map_or(String::new(), |case| format!("case '{case}': "))
}

/// A value that no program can be called with. `field` is the path to it, such as `inputs.lens[3]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// Something else where a tensor should be.
    #[error("{field}: expected a list of 32-bit integers, found {found}")]
    NotATensor {
        /// Path of the tensor.
        field: String,
        /// What kind of value it is.
        found: String,
    },
    /// Something else where an element should be.
    #[error("{field}: expected a 32-bit integer, found {found}")]
    NotAnInteger {
        /// Path of the element.
        field: String,
        /// The value, or what kind it is.
        found: String,
    },
    /// A list whose length differs from that of the first list of the same depth, or something else in its
    /// place.
    #[error("{field}: expected {} as in {first}, found {found}", elements(*.expected))]
    Ragged {
        /// Path of the list.
        field: String,
        /// Path of the first list of the same depth.
        first: String,
        /// Length of that.
        expected: usize,
        /// What was found instead.
        found: String,
    },
    /// Something else where an attribute should be.
    #[error("{field}: expected a 32-bit integer, true or false, found {found}")]
    NotAnAttribute {
        /// Path of the attribute.
        field: String,
        /// The value, or what kind it is.
        found: String,
    },
}

/// What is wrong with the values of a case: one error for each tensor and attribute that is defective.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: case '{case}': {}", self.defects())]
pub struct CaseErrors {
    /// The case's line.
    pub at: Location,
    /// The case's name.
    pub case: String,
    /// At least one.
    pub errors: Vec<CaseError>,
}

impl CaseErrors {
    /// The errors alone, for where file, line and name are known.
    pub fn defects(&self) -> String {
        let errors: Vec<_> = self.errors.iter().map(CaseError::to_string).collect();
        errors.join("; ")
    }
}

/// A number of elements, in words.
pub(super) fn elements(count: usize) -> String {
    match count {
        1 => "1 element".to_owned(),
        _ => format!("{count} elements"),
    }
}
