//! Machine code for a lowered module.

use super::coroutine::Entry;
use super::ffi::{self, Kernel, Output, Running};
use super::instrument::{self, Launched, Tables};
use super::machine::{Machine, MachineError, Report};
use melior::ExecutionEngine;
use melior::pass::PassManager;
use xpuc_dialect::context::{Mlir, PrintError};
use xpuc_dialect::ir::{Attr, Func, Loc, Module};

/// Upstream passes from `func`, `scf`, `memref` and `arith` to LLVM.
const TO_LLVM: &str = "builtin.module(canonicalize,cse,expand-strided-metadata,lower-affine,arith-expand,\
    convert-scf-to-cf,finalize-memref-to-llvm,convert-cf-to-llvm,convert-arith-to-llvm,convert-index-to-llvm,\
    convert-func-to-llvm,reconcile-unrealized-casts)";

/// Why a lowered module did not become machine code: unless it calls what is not there, a defect of this
/// compiler.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JitError {
    /// The instrumented module is not valid.
    #[error(transparent)]
    Print(#[from] PrintError),
    /// The program calls a function that has no body.
    #[error("{loc}: error: @{callee}: expected a function with a body, found a declaration")]
    Undefined {
        /// Where it is called.
        loc: Loc,
        /// The function.
        callee: String,
    },
    /// Upstream could not convert it.
    #[error("the conversion to LLVM failed: {0}")]
    Convert(String),
}

/// An argument as compiled code takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// Address, sizes.
    Buffer(usize, Vec<i64>),
    /// Any scalar, sign-extended.
    Scalar(i64),
}

/// What one run left.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) machine: Machine,
    pub(super) results: Vec<Output>,
}

/// A compiled function.
pub(super) struct Executable {
    engine: ExecutionEngine,
    entry: String,
    kernels: Vec<Kernel>,
    tables: Tables,
}

impl Executable {
    /// Compiles a lowered module; `checked` compiles every access to a call of the runtime.
    pub(super) fn new(mlir: &Mlir, module: &Module, func: &Func, checked: bool) -> Result<Self, JitError> {
        defined(module)?;
        let (instrumented, tables) = instrument::instrument(module, checked);
        let mut built = mlir.export(&instrumented, false)?;
        let manager = PassManager::new(mlir.context());
        melior::utility::parse_pass_pipeline(manager.as_operation_pass_manager(), TO_LLVM)
            .map_err(|error| JitError::Convert(error.to_string()))?;
        if manager.run(&mut built).is_err() {
            let said: Vec<String> = mlir.take_diagnostics().iter().map(ToString::to_string).collect();
            return Err(JitError::Convert(said.join("\n")));
        }
        // Checked code spends its time in the runtime; compiling it well would only cost time.
        let level = if checked { 1 } else { 3 };
        let engine = ExecutionEngine::new(&built, level, &[], false, false);
        for (name, function) in ffi::symbols() {
            // SAFETY: each function has the signature that `instrument` declares under this name.
            unsafe { engine.register_symbol(name, function) };
        }
        let kernels =
            tables.kernels.iter().map(|launched| kernel(&engine, launched)).collect::<Result<_, _>>()?;
        Ok(Executable { engine, entry: func.name.to_string(), kernels, tables })
    }

    /// Runs the function once on a machine that holds the arguments.
    pub(super) fn run(&self, machine: Machine, arguments: &[Argument]) -> Result<Finished, JitError> {
        let mut words: Vec<Vec<i64>> = arguments.iter().map(words).collect();
        let mut pointers: Vec<*mut i64> = words.iter_mut().map(|w| w.as_mut_ptr()).collect();
        let mut packed: Vec<*mut ()> = arguments
            .iter()
            .zip(pointers.iter_mut())
            .map(|(argument, pointer)| match argument {
                // The C interface takes a pointer to the descriptor, and packing one more.
                Argument::Buffer(..) => std::ptr::from_mut(pointer).cast(),
                Argument::Scalar(_) => (*pointer).cast(),
            })
            .collect();
        let running = Running {
            machine,
            kernels: self.kernels.clone(),
            passed: Vec::new(),
            clauses: self.tables.clauses.clone(),
            results: Vec::new(),
        };
        let mut outcome = Ok(());
        let running = ffi::with_running(running, || {
            // SAFETY: the entry takes exactly these arguments, bound from the function's own signature;
            // descriptors and scalars live in `words` until the call is over.
            outcome = unsafe { self.engine.invoke_packed(&self.entry, &mut packed) };
        });
        outcome.map_err(|_| JitError::Convert(format!("{} was not compiled", self.entry)))?;
        let Some(running) = running else {
            return Err(JitError::Convert("the run lost its machine".to_owned()));
        };
        Ok(Finished { machine: running.machine, results: running.results })
    }

    /// A location by its number.
    pub(super) fn loc(&self, id: u32) -> Loc {
        self.tables.locs.get(id as usize).cloned().unwrap_or(Loc::UNKNOWN)
    }

    /// An error of the machine for people: where, what, and what it has to do with.
    pub(super) fn describe(&self, error: &MachineError) -> String {
        let mut text = error.to_string();
        if let Some((note, loc)) = error.note() {
            text += &format!(" ({note}: {})", self.loc(loc));
        }
        if let MachineError::Contract { .. } = error {
            return text;
        }
        format!("{}: {text}", self.loc(error.loc()))
    }
}

impl Finished {
    /// Commands and bytes, or the first error.
    pub(super) fn report(&self) -> Result<Report, &MachineError> {
        self.machine.error().map_or_else(|| Ok(self.machine.report()), Err)
    }
}

/// Whether every function that is called can be compiled.
fn defined(module: &Module) -> Result<(), JitError> {
    for func in &module.funcs {
        for id in func.walk() {
            let op = func.op(id);
            if let Some(Attr::Symbol(callee)) = op.attrs.get("callee")
                && module.func(callee).is_none_or(|callee| callee.body.is_empty())
            {
                return Err(JitError::Undefined { loc: op.loc.clone(), callee: callee.to_string() });
            }
        }
    }
    Ok(())
}

/// A kernel with the code that the runtime calls, if it does.
fn kernel(engine: &ExecutionEngine, launched: &Launched) -> Result<Kernel, JitError> {
    let name = launched.name.clone();
    if !launched.by_turns {
        return Ok(Kernel { name, entry: None });
    }
    // What `invoke_packed` looks for, which would be a search for each program.
    let code = engine.lookup(&format!("_mlir__mlir_ciface_{name}"));
    if code.is_null() {
        return Err(JitError::Convert(format!("{name} was not compiled")));
    }
    // SAFETY: the engine makes a function of this type under this name for each function with a C interface.
    let entry = unsafe { std::mem::transmute::<*mut (), Entry>(code) };
    Ok(Kernel { name, entry: Some(entry) })
}

fn words(argument: &Argument) -> Vec<i64> {
    match argument {
        Argument::Scalar(value) => vec![*value],
        Argument::Buffer(address, dims) => descriptor(*address, 0, dims),
    }
}

/// Of a dense memref or a slice: allocated, aligned, offset, sizes, strides.
pub(super) fn descriptor(base: usize, offset: i64, dims: &[i64]) -> Vec<i64> {
    let mut strides = vec![1; dims.len()];
    for axis in (0..dims.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * dims[axis + 1];
    }
    let mut words = vec![base as i64, base as i64, offset];
    words.extend(dims);
    words.extend(strides);
    words
}
