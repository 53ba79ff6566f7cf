//! What an op declares: inputs, outputs, attributes, functions.

use super::text::Place;
use serde::Serialize;
use std::fmt;

/// Which macro opens a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// `PD_BUILD_OP`
    Forward,
    /// `PD_BUILD_GRAD_OP`
    Grad,
    /// `PD_BUILD_DOUBLE_GRAD_OP`
    DoubleGrad,
}

impl Level {
    /// Each with its macro.
    pub(crate) const MACROS: [(&'static str, Level); 3] = [
        ("PD_BUILD_OP", Level::Forward),
        ("PD_BUILD_GRAD_OP", Level::Grad),
        ("PD_BUILD_DOUBLE_GRAD_OP", Level::DoubleGrad),
    ];
}

/// A registration, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The macro's argument.
    pub name: String,
    /// The name under which Paddle knows it.
    pub registered_as: String,
    /// Forward or backward.
    pub level: Level,
    /// Where the macro stands.
    pub place: Place,
    /// The namespace or function that it stands in.
    pub scope: Option<String>,
    /// Inputs in order; `None` where they could not be read.
    pub inputs: Option<Vec<Tensor>>,
    /// Outputs in order.
    pub outputs: Option<Vec<Tensor>>,
    /// Attributes in order.
    pub attrs: Option<Vec<AttrDecl>>,
    /// Pairs of input and output.
    pub inplace: Option<Vec<(Tensor, Tensor)>>,
    /// `SetKernelFn`
    pub kernel: Option<Reference>,
    /// `SetInferShapeFn`
    pub infer_shape: Option<Reference>,
    /// `SetInferDtypeFn`
    pub infer_dtype: Option<Reference>,
    /// Setters in the order in which they are called.
    pub setters: Vec<(String, Place)>,
    /// What could not be read, and why.
    pub unread: Vec<(String, Place)>,
}

/// A declared input or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// With the suffixes that `Vec`, `Optional`, `Grad` and `New` add: `x@VECTOR`.
    pub decorated: String,
    /// Where it stands.
    pub place: Place,
}

/// A declared attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrDecl {
    /// The string, as written.
    pub text: String,
    /// What is before the colon.
    pub name: String,
    /// What is behind it; `None` if there is no colon.
    pub ty: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// A function named by a setter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its name, qualified as written; `None` if it is no plain name.
    pub name: Option<String>,
    /// Where it is named.
    pub place: Place,
}

impl Tensor {
    /// The name without suffixes.
    pub fn name(&self) -> &str {
        self.decorated.split('@').next().unwrap_or_default()
    }

    /// Whether Paddle takes it for a `Vec`; it looks for the suffix anywhere.
    pub fn is_vector(&self) -> bool {
        self.decorated.contains("@VECTOR")
    }

    /// Whether it may be `None`.
    pub fn is_optional(&self) -> bool {
        self.decorated.contains("@OPTIONAL")
    }

    /// Whether it is a gradient.
    pub fn is_grad(&self) -> bool {
        self.decorated.contains("@GRAD")
    }
}

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decorated)
    }
}

impl AttrDecl {
    /// Splits the string as Paddle does: at the first colon, both sides trimmed.
    pub(crate) fn new(text: String, place: Place) -> Self {
        let (name, ty) = match text.split_once(':') {
            Some((name, ty)) => (name.trim().to_owned(), Some(ty.trim().to_owned())),
            None => (text.trim().to_owned(), None),
        };
        AttrDecl { text, name, ty, place }
    }
}

impl Registration {
    /// Inputs that were read.
    pub fn inputs(&self) -> &[Tensor] {
        self.inputs.as_deref().unwrap_or_default()
    }

    /// Outputs that were read.
    pub fn outputs(&self) -> &[Tensor] {
        self.outputs.as_deref().unwrap_or_default()
    }

    /// Attributes that were read.
    pub fn attrs(&self) -> &[AttrDecl] {
        self.attrs.as_deref().unwrap_or_default()
    }

    /// Pairs of the in-place map that were read.
    pub fn inplace(&self) -> &[(Tensor, Tensor)] {
        self.inplace.as_deref().unwrap_or_default()
    }

    /// Whether the lists that bind parameters could all be read.
    pub fn is_read(&self) -> bool {
        self.inputs.is_some() && self.outputs.is_some() && self.attrs.is_some() && self.inplace.is_some()
    }

    /// The input that an output is in place of, as the in-place map names it.
    pub fn in_place_of(&self, output: &Tensor) -> Option<&Tensor> {
        let pair = self.inplace().iter().find(|(_, to)| to.decorated == output.decorated);
        pair.map(|(from, _)| from)
    }

    /// The position of that input.
    pub fn in_place_input(&self, output: &Tensor) -> Option<usize> {
        let from = self.in_place_of(output)?;
        self.inputs().iter().position(|input| input.decorated == from.decorated)
    }

    /// The outputs that infer functions return: those that are not in place, in order.
    pub fn plain_outputs(&self) -> Vec<&Tensor> {
        self.outputs().iter().filter(|output| self.in_place_of(output).is_none()).collect()
    }

    /// Whether the setter is called.
    pub fn sets(&self, setter: &str) -> bool {
        self.setters.iter().any(|(name, _)| name == setter)
    }
}
