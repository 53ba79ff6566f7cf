//! `infer-shapes`: a symbolic size for every dimension of every value.
//!
//! **Before**: value form (`raise`).
//! **After**: each op with tensor results carries them as `xpu.shape`; sizes that must agree do, and what the
//! function returns has the shape that its attributes declare.
//! **Leaves alone**: everything else.
//! **Method**: one forward walk. Arguments bring declared symbols (`B`), attributes their own name, sums
//! of a tensor's elements `sum(name)`; anything else is an unknown (`?3`). Sizes are polynomials over
//! symbols; two sizes that must agree are unified. Sizes are taken not to wrap: the contract of the program
//! has to see to that.
//!
//! ```mlir
//! %1 = "xpu.cumsum"(%0) {exclusive} : ...
//! ==>
//! %1 = "xpu.cumsum"(%0) {exclusive, xpu.shape = ["B + 1"]} : ...
//! ```

mod facts;

pub use facts::Facts;

use crate::pass::{Need, Pass, PassCx, PassError, PassErrorKind};
use xpuc_dialect::dim::ParseError;
use xpuc_dialect::ir::{Attr, Loc, Module};
use xpuc_dialect::ops::is_kernel;

/// The pass.
#[derive(Debug)]
pub struct InferShapes;

/// What `infer-shapes` refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Two sizes that must agree do not.
    #[error("{what}: expected size {expected} in dimension {axis}, found {found}")]
    Mismatch {
        /// Op and operand.
        what: String,
        /// Dimension, counted from 0.
        axis: usize,
        /// Size expected.
        expected: String,
        /// Size found.
        found: String,
    },
    /// A returned buffer has another shape than declared.
    #[error("{name}: declared size {declared} in dimension {axis}, the program yields {inferred}")]
    Result {
        /// Name of the result.
        name: String,
        /// Dimension, counted from 0.
        axis: usize,
        /// Declared size.
        declared: String,
        /// Inferred size.
        inferred: String,
    },
    /// A declared size does not parse.
    #[error("{name}: xpu.shape: {error}")]
    Declared {
        /// Name of the argument or result.
        name: String,
        /// Why.
        error: ParseError,
    },
    /// A declared size is an unknown of the analysis.
    #[error("{name}: xpu.shape: expected named symbols, found {dim}")]
    Unknown {
        /// Name of the argument or result.
        name: String,
        /// The size.
        dim: String,
    },
}

impl ShapeError {
    fn at(self, loc: &Loc) -> PassError {
        PassError { loc: loc.clone(), kind: PassErrorKind::Shape(self) }
    }
}

impl Pass for InferShapes {
    fn name(&self) -> &'static str {
        "infer-shapes"
    }

    fn summary(&self) -> &'static str {
        "find a symbolic size for every dimension, and check what is declared"
    }

    fn need(&self) -> Need {
        Need::Required
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        self.run_owned(cx, module.clone())
    }

    fn run_owned(&self, _cx: &mut PassCx, mut out: Module) -> Result<Module, PassError> {
        for func in out.funcs.iter_mut().filter(|f| !f.body.is_empty() && !is_kernel(f)) {
            let facts = Facts::of(func)?;
            for id in func.walk() {
                let shapes: Vec<String> = func
                    .op(id)
                    .results
                    .iter()
                    .filter(|r| func.ty(**r).tensor().is_some())
                    .flat_map(|r| facts.dims(*r).iter().map(ToString::to_string))
                    .collect();
                if func.op(id).results.iter().any(|r| func.ty(*r).tensor().is_some()) {
                    let shapes = Attr::Array(shapes.into_iter().map(Attr::str).collect());
                    func.op_mut(id).attrs.insert("xpu.shape".into(), shapes);
                }
            }
        }
        Ok(out)
    }
}
