//! What an audit can find, as codes: the one list that checks, messages, `xpuc explain` and SARIF are made from.

use serde::{Serialize, Serializer};
use std::fmt;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static Entry);

/// An entry of the list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Entry {
    id: &'static str,
    name: &'static str,
    summary: &'static str,
    explanation: &'static str,
}

macro_rules! codes {
    ($($id:ident $name:literal $summary:literal)*) => {
        impl Code {
            $(
                #[doc = $summary]
                pub const $id: Code = Code(&Entry {
                    id: stringify!($id),
                    name: $name,
                    summary: $summary,
                    explanation: include_str!(concat!("explain/", stringify!($id), ".md")),
                });
            )*

            /// All codes, in order.
            pub const ALL: &'static [Code] = &[$(Code::$id),*];
        }
    };
}

codes! {
    PD000 "not-read" "part of a registration could not be read, so it was not checked"
    PD001 "wrong-slot" "a parameter of an infer function receives another input or attribute than its name says"
    PD002 "too-many-shapes" "an infer function takes more shapes or types than there are inputs"
    PD003 "too-many-attributes" "an infer function takes more attributes than are declared"
    PD004 "attribute-type" "an attribute is declared with another type than its parameter has"
    PD005 "vec-mismatch" "a Vec input meets a plain parameter, or a plain input a list"
    PD006 "kernel-takes-more" "the kernel takes more inputs or attributes than are declared"
    PD007 "int64-vector-attribute" "static modes disagree on an attribute of type std::vector<int64_t> before those that InferShape takes"
    PD008 "prefix" "a function takes the first few inputs or attributes only, which is legal"
    PD009 "optional-shape-read" "an infer function reads or returns what an Optional input has without a look whether it is there"
    PD010 "too-few-results" "an infer function returns less than there are outputs"
    PD011 "too-many-results" "an infer function returns more than there are outputs"
    PD012 "in-place-results" "an infer function returns the outputs in place too, in front of the others"
    PD013 "no-infer-function" "an infer function is missing where Paddle has no default"
    PD014 "kernel-results" "the kernel returns another number of tensors than there are outputs"
    PD015 "void-kernel" "the kernel returns nothing, but not every output is in place"
    PD016 "hidden-write" "the kernel writes to an input that SetInplaceMap does not name"
    PD017 "optional-mismatch" "an input is Optional for the kernel or for the declaration, but not for both"
    PD018 "output-replaced" "the kernel puts another tensor into an output that it takes by pointer"
    PD019 "no-kernel" "an op has no kernel"
    PD020 "attribute-form" "an attribute is not of the form \"name: type\""
    PD021 "attribute-type-unknown" "an attribute has a type that Paddle does not accept"
    PD022 "double-attribute" "an attribute of type double"
    PD023 "attribute-without-kernel" "an attribute of a type that no kernel can take"
    PD024 "in-place-map" "SetInplaceMap names what is not declared, or comes before Inputs and Outputs"
    PD025 "registration-order" "a gradient is registered before the op it belongs to"
    PD026 "name-twice" "a name is declared twice, or reserved"
    PD027 "name-in-python" "names that Python's wrapper cannot tell apart, or a keyword"
    PD028 "op-name" "the name of an op is one that Paddle takes for another's"
    PD029 "vec-output" "an output is a Vec but not in place"
    PD030 "parameter-type" "a parameter has a type that Paddle has no rule for"
    PD031 "returns-and-takes-outputs" "the kernel returns tensors and takes outputs as parameters too"
    PD032 "overloaded" "the function of a setter is overloaded"
    PD033 "in-namespace" "an op is registered within a namespace or function"
    PD034 "gradient-names" "a gradient takes an input or attribute that the op does not have"
    PD035 "double-gradient" "PIR does not run the gradient of a gradient"
    PD040 "program-shape" "the program yields another shape than InferShape"
    PD041 "program-dtype" "the program yields another type than InferDtype"
    PD042 "program-in-place" "the program writes other buffers than SetInplaceMap names"
    PD043 "program-names" "the program has other inputs, outputs or attributes than are declared"
    PD090 "allow-without-reason" "a finding is suppressed without a reason"
    PD091 "allow-unused" "a suppression that suppresses nothing"
}

impl Code {
    /// `PD001`
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// `wrong-slot`
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it says, in a line.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// What it means, in Markdown.
    pub fn explanation(self) -> &'static str {
        self.0.explanation
    }

    /// The code of this id or name.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.id().eq_ignore_ascii_case(text) || code.name().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
