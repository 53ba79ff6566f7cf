//! An MLIR context, and each step of a compilation on it.

use crate::error::Error;
use crate::pipeline::Declaration;
use crate::signature;
use crate::stage::{Lowered, Planned, Shaped, Verified};
use crate::target::Target;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use xpuc_dialect::context::{Diagnostic, Mlir};
use xpuc_dialect::ir::{Header, Loc, Module, Op};
use xpuc_dialect::signature::Signature;
use xpuc_dialect::verify;
use xpuc_passes::bind_signature;
use xpuc_passes::pass::{Pass, PassCx, PassError};
use xpuc_passes::registry;

type Watch = Box<dyn Fn(&Session, &str, &Module)>;

/// A context to compile in; making one takes some 10 ms, so keep it.
#[derive(Default)]
pub struct Session {
    mlir: Mlir,
    watch: Option<Watch>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("watched", &self.watch.is_some()).finish_non_exhaustive()
    }
}

impl Session {
    /// A session with every dialect loaded.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `watch` after each pass that succeeds, with its name and the module after it.
    pub fn watch_passes(&mut self, watch: impl Fn(&Session, &str, &Module) + 'static) {
        self.watch = Some(Box::new(watch));
    }

    /// The MLIR context.
    pub fn mlir(&self) -> &Mlir {
        &self.mlir
    }

    /// Parses text; MLIR's own verifier has accepted it. `file` names it in messages.
    pub fn parse(&self, source: &str, file: &str) -> Result<Module, Error> {
        Ok(self.mlir.parse(source, file)?)
    }

    /// Parses a program and, from another text, the declaration of its op.
    pub fn parse_declared(
        &self,
        source: &str,
        file: &str,
        declaration: Option<Declaration<'_>>,
    ) -> Result<Module, Error> {
        let mut module = self.parse(source, file)?;
        let Some(Declaration { source, file }) = declaration else { return Ok(module) };
        if signature::is_cpp(Path::new(file)) {
            module.attrs.signatures.extend(registered(&module, source, file)?);
            return Ok(module);
        }
        let declared = self.parse(source, file)?;
        let refuse = |loc: Loc, message: String| Err(Error::Verify(vec![Diagnostic { loc, message }]));
        if let Some(func) = declared.funcs.first() {
            return refuse(
                func.loc.clone(),
                format!("expected only xpu.signature, found func.func @{}", func.name),
            );
        }
        if declared.attrs.signatures.is_empty() {
            return refuse(Loc::new(file, 1, 1), "expected an xpu.signature, found none".to_owned());
        }
        module.attrs.signatures.extend(declared.attrs.signatures);
        Ok(module)
    }

    /// The signature of every function of a program that has a body, its sizes inferred.
    pub fn signatures(&self, source: &str, file: &str) -> Result<Vec<Signature>, Error> {
        let module = self.verify(self.parse(source, file)?)?.0;
        let cx = PassCx::new(Target::find("virtual")?.device);
        let program = module.funcs.iter().filter(|func| !func.body.is_empty());
        let infer = |func| stacker::grow(STACK_BYTES, || bind_signature::infer(&cx, &module, func));
        Ok(program.map(infer).collect::<Result<_, _>>()?)
    }

    /// Text of declarations.
    pub fn print_signatures(&self, signatures: Vec<Op>) -> Result<String, Error> {
        let attrs = Header { signatures, ..Header::default() };
        self.print(&Module { funcs: Vec::new(), attrs })
    }

    /// Binds functions to their signatures; without any the program is as it was.
    pub fn bind(&self, cx: &mut PassCx, program: Verified) -> Result<Verified, Error> {
        if program.0.attrs.signatures.is_empty() {
            return Ok(program);
        }
        self.run_passes(cx, crate::Phase::Verify.passes(), &program.0).map(Verified)
    }

    /// Checks the constraints of the dialect.
    pub fn verify(&self, module: Module) -> Result<Verified, Error> {
        let diagnostics = verify::verify(&module);
        if diagnostics.is_empty() { Ok(Verified(module)) } else { Err(Error::Verify(diagnostics)) }
    }

    /// Text of a module: verified by MLIR, without locations.
    pub fn print(&self, module: &Module) -> Result<String, Error> {
        self.mlir.print(module).map_err(|error| Error::Invalid { during: "print".to_owned(), error })
    }

    /// Runs one pass by name. A panic in it is an error, and so is a module that does not verify after it.
    pub fn run_pass(&self, cx: &mut PassCx, name: &str, module: &Module) -> Result<Module, Error> {
        self.guarded(name, |pass| pass.run(cx, module))
    }

    fn guarded(
        &self,
        name: &str,
        run: impl FnOnce(&dyn Pass) -> Result<Module, PassError>,
    ) -> Result<Module, Error> {
        let pass = registry::find(name).ok_or_else(|| Error::UnknownPass {
            found: name.to_owned(),
            expected: registry::PASSES.into_iter().map(|pass| pass.name()).collect(),
        })?;
        let result = stacker::grow(STACK_BYTES, || catch_unwind(AssertUnwindSafe(|| run(pass))));
        let after = result.map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            Error::Panic { pass: name.to_owned(), message: text.unwrap_or_else(|| "panicked".to_owned()) }
        })??;
        // What was valid before a check is so after it.
        if !pass.is_check() {
            let invalid = |error| Error::Invalid { during: name.to_owned(), error };
            self.mlir.export(&after, true).map_err(invalid)?;
            let diagnostics = verify::verify(&after);
            if !diagnostics.is_empty() {
                return Err(Error::Verify(diagnostics));
            }
        }
        if let Some(watch) = &self.watch {
            watch(self, name, &after);
        }
        Ok(after)
    }

    fn run_passes(&self, cx: &mut PassCx, names: &[&str], module: &Module) -> Result<Module, Error> {
        let Some((first, rest)) = names.split_first() else { return Ok(module.clone()) };
        let first = self.run_pass(cx, first, module)?;
        rest.iter().try_fold(first, |module, name| self.guarded(name, |pass| pass.run_owned(cx, module)))
    }

    /// Buffers to values.
    pub fn raise(&self, cx: &mut PassCx, program: &Verified) -> Result<Module, Error> {
        self.run_passes(cx, crate::Phase::Raise.passes(), &program.0)
    }

    /// Sizes.
    pub fn shape(&self, cx: &mut PassCx, raised: &Module) -> Result<Shaped, Error> {
        self.run_passes(cx, crate::Phase::Shape.passes(), raised).map(Shaped)
    }

    /// The cheapest equal program.
    pub fn simplify(&self, cx: &mut PassCx, shaped: &Shaped) -> Result<Shaped, Error> {
        self.run_passes(cx, crate::Phase::Simplify.passes(), &shaped.0).map(Shaped)
    }

    /// Order, buffers and launches.
    pub fn plan(&self, cx: &mut PassCx, shaped: &Shaped) -> Result<Planned, Error> {
        self.run_passes(cx, crate::Phase::Plan.passes(), &shaped.0).map(Planned)
    }

    /// Commands and kernels; upstream's canonicalization has the last word.
    pub fn lower(&self, cx: &mut PassCx, planned: &Planned) -> Result<Lowered, Error> {
        let module = self.run_passes(cx, crate::Phase::Lower.passes(), &planned.0)?;
        let invalid = |error| Error::Invalid { during: "canonicalize".to_owned(), error };
        self.mlir.canonicalize(&module).map(Lowered).map_err(invalid)
    }
}

/// The signatures that C++ registers for the functions of a program.
fn registered(module: &Module, source: &str, file: &str) -> Result<Vec<Op>, Error> {
    let all = signature::import(file, source, Some(Path::new(file)));
    let function = |op: &Op| op.str_attr("function").unwrap_or_default().to_owned();
    let is_here = |op: &Op| module.funcs.iter().any(|func| *func.name == *function(op));
    let names: Vec<String> = all.iter().map(function).collect();
    let found: Vec<Op> = all.into_iter().filter(is_here).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let program: Vec<&str> = module.funcs.iter().filter(|f| !f.body.is_empty()).map(|f| &*f.name).collect();
    let found = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let message =
        format!("expected a registration of {} that can be read, found {found}", program.join(" or "));
    Err(Error::Verify(vec![Diagnostic { loc: Loc::new(file, 1, 1), message }]))
}

/// Stack of a pass in bytes, of which only what is used takes memory: passes follow operands down to memory, and a
/// program may be one long chain of them.
const STACK_BYTES: usize = 1 << 30;
