//! The MLIR context: dialects registered, text in, text out, diagnostics collected.

use crate::ir::{self, ExportError, ImportError, Loc};
use melior::Context;
use melior::diagnostic::DiagnosticSeverity;
use melior::dialect::DialectRegistry;
use melior::ir::operation::{OperationLike, OperationPrintingFlags};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The dialect's definition; also loads in upstream's `mlir-opt --irdl-file`.
pub const IRDL: &str = include_str!("xpu.irdl.mlir");

/// Upper bound, in bytes, of MLIR text that is read.
pub const MAX_SOURCE_BYTES: usize = 16 << 20;

/// Deepest nesting of brackets that is read: MLIR's parser and printer recurse.
pub const MAX_NESTING: usize = 128;

/// What MLIR, or a check of ours, says about a place in the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub loc: Loc,
    /// What was expected and what was found.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.loc.parts().is_some() {
            write!(f, "{}: ", self.loc)?;
        }
        write!(f, "error: {}", self.message)
    }
}

/// Why text did not become a module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// MLIR's parser or verifier refused it.
    #[error("{}", lines(.0))]
    Mlir(Vec<Diagnostic>),
    /// More text than [`MAX_SOURCE_BYTES`].
    #[error("{file}: error: expected at most {MAX_SOURCE_BYTES} bytes of MLIR, found {found}")]
    TooLarge {
        /// Name of the input.
        file: String,
        /// Its size in bytes.
        found: usize,
    },
    /// A NUL byte, which MLIR takes for the end.
    #[error("{file}:{line}: error: expected MLIR text, found a NUL byte")]
    Nul {
        /// Name of the input.
        file: String,
        /// Line, counted from 1.
        line: usize,
    },
    /// Brackets nested deeper than [`MAX_NESTING`].
    #[error("{file}: error: expected brackets nested at most {MAX_NESTING} deep")]
    TooDeep {
        /// Name of the input.
        file: String,
    },
    /// Valid MLIR, but nothing this compiler can hold.
    #[error("{loc}: error: {0}", loc = .0.loc())]
    Import(#[from] ImportError),
}

/// Why a module of ours is not valid MLIR: a defect of this compiler.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// The module could not be built.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// It was built, and MLIR's verifier refused it.
    #[error("the module is not valid MLIR:\n{}", lines(.0))]
    Invalid(Vec<Diagnostic>),
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// An MLIR context with every upstream dialect and `xpu`.
pub struct Mlir {
    context: Context,
    diagnostics: Rc<RefCell<Vec<Diagnostic>>>,
}

impl fmt::Debug for Mlir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mlir")
    }
}

impl Default for Mlir {
    fn default() -> Self {
        Self::new()
    }
}

impl Mlir {
    /// Registers the dialects; takes some 10 ms.
    ///
    /// # Panics
    /// When [`IRDL`], a part of this crate, is not valid.
    pub fn new() -> Self {
        melior::utility::register_all_passes();
        let registry = DialectRegistry::new();
        melior::utility::register_all_dialects(&registry);
        let context = Context::new_with_registry(&registry, false);
        context.load_all_available_dialects();
        melior::utility::register_all_llvm_translations(&context);
        let diagnostics = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&diagnostics);
        context.attach_diagnostic_handler(move |diagnostic| {
            if matches!(diagnostic.severity(), DiagnosticSeverity::Error) {
                let loc = ir::diagnostic_location(&diagnostic);
                sink.borrow_mut().push(Diagnostic { loc, message: diagnostic.to_string() });
            }
            true
        });
        let irdl = melior::ir::Module::parse(&context, IRDL).expect("xpu.irdl.mlir parses");
        assert!(melior::utility::load_irdl_dialects(&irdl), "xpu.irdl.mlir loads");
        Mlir { context, diagnostics }
    }

    /// The context itself, for the conversion to machine code.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What MLIR has said since the last call.
    pub fn take_diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.take()
    }

    /// Parses and verifies text; `file` names it in locations.
    pub fn parse(&self, source: &str, file: &str) -> Result<ir::Module, ParseError> {
        if source.len() > MAX_SOURCE_BYTES {
            return Err(ParseError::TooLarge { file: file.to_owned(), found: source.len() });
        }
        if let Some(at) = source.bytes().position(|b| b == 0) {
            let line = source[..at].lines().count().max(1);
            return Err(ParseError::Nul { file: file.to_owned(), line });
        }
        if nesting(source) > MAX_NESTING {
            return Err(ParseError::TooDeep { file: file.to_owned() });
        }
        self.take_diagnostics();
        let file: Arc<str> = Arc::from(file);
        let Some(module) = melior::ir::Module::parse(&self.context, source) else {
            let mut diagnostics = self.take_diagnostics();
            for diagnostic in &mut diagnostics {
                diagnostic.loc = ir::in_file(&diagnostic.loc, &file);
            }
            return Err(ParseError::Mlir(diagnostics));
        };
        ir::import(&module, &file).map_err(ParseError::Import)
    }

    /// Builds and verifies the module in MLIR.
    pub fn export(&self, module: &ir::Module, spaces: bool) -> Result<melior::ir::Module<'_>, PrintError> {
        self.take_diagnostics();
        let built = ir::export(&self.context, module, spaces)?;
        if !built.as_operation().verify() {
            return Err(PrintError::Invalid(self.take_diagnostics()));
        }
        Ok(built)
    }

    /// The module after upstream's `canonicalize` and `cse`.
    pub fn canonicalize(&self, module: &ir::Module) -> Result<ir::Module, PrintError> {
        let mut built = self.export(module, true)?;
        let manager = melior::pass::PassManager::new(&self.context);
        manager.add_pass(melior::pass::transform::create_canonicalizer());
        manager.add_pass(melior::pass::transform::create_cse());
        if manager.run(&mut built).is_err() {
            return Err(PrintError::Invalid(self.take_diagnostics()));
        }
        let name: Arc<str> = Arc::from("-");
        ir::import(&built, &name).map_err(|error| {
            PrintError::Invalid(vec![Diagnostic { loc: error.loc().clone(), message: error.to_string() }])
        })
    }

    /// The module as text: verified, without locations.
    pub fn print(&self, module: &ir::Module) -> Result<String, PrintError> {
        let built = self.export(module, true)?;
        let flags = OperationPrintingFlags::new().use_local_scope().elide_large_elements_attributes(16);
        let text = built.as_operation().to_string_with_flags(flags);
        Ok(text.unwrap_or_default() + "\n")
    }
}

/// Deepest nesting of brackets in the text, comments and strings included: a bound, not a parse.
fn nesting(source: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
