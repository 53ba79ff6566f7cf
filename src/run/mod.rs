//! Running a lowered program on the virtual XPU, and comparing what it leaves with what a case expects.

mod bind;
pub mod cases;
mod coroutine;
mod ffi;
mod instrument;
mod jit;
pub mod kunlun;
pub mod machine;

pub use bind::BindError;
pub use jit::JitError;

use crate::session::Session;
use crate::stage::Lowered;
use cases::{Arguments, Case, CaseErrors, Tensor};
use ffi::Output;
use jit::{Argument, Executable};
use machine::{Machine, Options, Report, View};
use std::collections::BTreeMap;
use xpuc_dialect::ir::Func;

/// A program compiled for the virtual XPU.
pub struct Program {
    executable: Executable,
    func: Func,
    options: Options,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("name", &self.func.name).finish_non_exhaustive()
    }
}

/// What a run left in a buffer of the caller or in a result: `None` where nobody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Sizes.
    pub dims: Vec<usize>,
    /// Elements, row-major.
    pub data: Vec<Option<i64>>,
}

/// A run that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Outputs and results by name.
    pub outputs: BTreeMap<String, Content>,
    /// Commands and bytes.
    pub report: Report,
}

/// A command of the device, or what stands for one on the host, that was made to fail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Failure {
    /// `launch`, `wrapper`, `allocation`, ...
    pub what: String,
    /// The kernel or wrapper, if it is one.
    pub of: String,
}

/// Why a case has no outputs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The case itself is ill-typed.
    #[error("{}", .0.defects())]
    Case(CaseErrors),
    /// It does not fit the program.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The program refused it, or did what the virtual XPU refuses.
    #[error("{message}")]
    Machine {
        /// What was expected and what was found.
        message: String,
        /// Whether the program's own contract refused the input.
        contract: bool,
    },
    /// Something that the strict host made fail.
    #[error("{message}")]
    Injected {
        /// What the op said.
        message: String,
        /// What failed.
        failed: Failure,
        /// Buffers of the caller that it had written until then, with what they hold now.
        left: BTreeMap<String, Content>,
    },
    /// The strict host found something that no program may do, or could not run it.
    #[error("{0}")]
    Host(String),
    /// A defect of this compiler.
    #[error(transparent)]
    Jit(#[from] JitError),
}

/// A value that is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// The program has no such output.
    #[error("{name}: expected an output of the program, found none of that name")]
    Missing {
        /// Name of the output.
        name: String,
    },
    /// Another shape.
    #[error("{name}: expected shape {expected:?}, found {found:?}")]
    Shape {
        /// Name of the output.
        name: String,
        /// Expected sizes.
        expected: Vec<usize>,
        /// Sizes found.
        found: Vec<usize>,
    },
    /// Another value.
    #[error("{name}[{index}]: expected {}, found {}", text(*.expected), text(*.found))]
    Value {
        /// Name of the output.
        name: String,
        /// Element, row-major.
        index: usize,
        /// Expected; `None`: left as it was.
        expected: Option<i64>,
        /// Found; `None`: nobody wrote it.
        found: Option<i64>,
    },
}

fn text(value: Option<i64>) -> String {
    value.map_or_else(|| "nothing written".to_owned(), |v| v.to_string())
}

impl Program {
    /// Compiles the first function of a lowered module; `options.fast` leaves the checks out.
    pub fn new(session: &Session, program: &Lowered, options: Options) -> Result<Self, JitError> {
        let func = program
            .host()
            .ok_or_else(|| JitError::Convert("expected a function with a body, found none".to_owned()))?;
        let executable = Executable::new(session.mlir(), program.module(), func, !options.fast)?;
        Ok(Program { executable, func: func.clone(), options })
    }

    /// Runs one case's arguments on a machine of its own.
    pub fn run(&self, arguments: &Arguments) -> Result<Ran, RunError> {
        self.run_for(arguments, None)
    }

    /// Runs on buffers that have room for what is expected.
    fn run_for(&self, arguments: &Arguments, expected: Option<&bind::Expected>) -> Result<Ran, RunError> {
        let mut machine = Machine::new(self.options);
        let bound = bind::bind(&self.func, arguments, expected)?;
        let placed = bind::place(&self.func, &bound, &mut machine)?;
        let mut finished = self.executable.run(machine, &placed)?;
        let returned: Vec<usize> = finished
            .results
            .iter()
            .filter_map(|r| if let Output::Buffer { base, .. } = r { Some(*base) } else { None })
            .collect();
        finished.machine.at_return(&returned, 0);
        let report = finished.report().map_err(|error| RunError::Machine {
            message: self.executable.describe(error),
            contract: matches!(error, machine::MachineError::Contract { .. }),
        })?;
        let mut outputs = BTreeMap::new();
        for (index, argument) in placed.iter().enumerate() {
            if let Argument::Buffer(base, dims) = argument {
                let content = content(&finished.machine, *base, 0, dims);
                outputs.insert(self.func.arg_name(index), content);
            }
        }
        for (index, result) in finished.results.iter().enumerate() {
            let content = match result {
                Output::Buffer { base, offset, dims } => content(&finished.machine, *base, *offset, dims),
                Output::Scalar(value) => Content { dims: Vec::new(), data: vec![Some(*value)] },
            };
            outputs.insert(self.func.result_name(index), content);
        }
        Ok(Ran { outputs, report })
    }

    /// Runs a case and compares; the first difference of each output.
    pub fn check(&self, case: &Case) -> Result<(Ran, Vec<Difference>), RunError> {
        let arguments = case.arguments.as_ref().map_err(|errors| RunError::Case(errors.clone()))?;
        let ran = self.run_for(arguments, case.outputs.as_ref())?;
        let differences = differences(&self.func, case, &ran, self.options.fast);
        Ok((ran, differences))
    }
}

/// The first difference of each output that a case expects.
fn differences(func: &Func, case: &Case, ran: &Ran, fast: bool) -> Vec<Difference> {
    let expected = case.outputs.iter().flatten();
    expected.filter_map(|(name, tensor)| compare(name, tensor, pad(func, name), ran, fast)).collect()
}

/// What stands in a buffer behind the elements that a case expects, if the program says so.
fn pad(func: &Func, name: &str) -> Option<i64> {
    let index = (0..func.arg_attrs.len()).find(|index| func.arg_name(*index) == name)?;
    func.arg_attrs[index].get("xpu.pad")?.as_int()
}

fn content(machine: &Machine, base: usize, offset: i64, dims: &[i64]) -> Content {
    let len = dims.iter().product();
    let data = machine.read_back(View { base, offset, len }).unwrap_or_default();
    Content { dims: dims.iter().map(|n| *n as usize).collect(), data }
}

/// A flat list for a buffer of more dimensions gives its first elements; the rest must be left as it was, which
/// fast mode does not know. Fewer rows than a buffer with a pad has are followed by the pad.
fn compare(name: &str, expected: &Tensor, pad: Option<i64>, ran: &Ran, fast: bool) -> Option<Difference> {
    let Some(found) = ran.outputs.get(name) else {
        return Some(Difference::Missing { name: name.to_owned() });
    };
    let leading = expected.dims.len() == 1 && found.dims.len() > 1 && expected.data.len() <= found.data.len();
    let padded = pad.is_some()
        && expected.dims.len() == found.dims.len()
        && expected.dims[0] <= found.dims[0]
        && expected.dims[1..] == found.dims[1..];
    if !leading && !padded && expected.dims != found.dims {
        let (expected, found) = (expected.dims.clone(), found.dims.clone());
        return Some(Difference::Shape { name: name.to_owned(), expected, found });
    }
    let expected = expected.data.iter().copied().map(Some).chain(std::iter::repeat(pad));
    let (index, (expected, found)) = expected
        .zip(found.data.iter().copied())
        .enumerate()
        .find(|(_, (e, f))| e != f && !(fast && e.is_none()))?;
    Some(Difference::Value { name: name.to_owned(), index, expected, found })
}
