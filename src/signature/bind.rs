//! What each parameter of an op's functions receives. Paddle's rules, and nothing else.
//!
//! Nothing ties a parameter to what is declared but its position: every parameter takes the next item of its kind.
//!
//! | function | parameter | takes the next |
//! |---|---|---|
//! | kernel | `Tensor` by `const&` or `&`; `optional`, `vector`, `optional<vector>` of it alike | input, of whatever kind: one counter for all |
//! | kernel | `Tensor*`, `vector<Tensor*>` | output |
//! | kernel | `bool`, `int`, `float`, `double`, `int64_t`, `string`, `vector` of `int`, `float`, `int64_t`, `string` | attribute |
//! | infer shape | `vector<int64_t>` by value or `const&`, `optional` of it by `const&` | input that is no `Vec` |
//! | infer shape | `vector<vector<int64_t>>`, likewise | input that is a `Vec` |
//! | infer shape | as a kernel's, without `vector<int64_t>` | attribute; in legacy mode those of type `vector<int64_t>` are passed over |
//! | infer dtype | `DataType` by value or `const&`, `optional` of it by `const&` | input that is no `Vec` |
//! | infer dtype | `vector<DataType>`, likewise | input that is a `Vec` |
//! | infer dtype | as a kernel's, without `double`; `vector<int64_t>` by `const&` alone | attribute |
//!
//! Attributes of a kernel come by value or, except `double`, by `const&`; an attribute is cast to the type of its
//! parameter, and a cast to any but its declared type fails. Eager mode never calls the infer functions.
//!
//! Source: `paddle/phi/api/ext/op_meta_info.h` of paddlepaddle 3.3.1, and the ops of `tests/paddle/` built with it.

use super::cpp_type::{CppType, Passed};
use super::declared::Registration;
use serde::Serialize;
use std::fmt;

/// How Paddle runs an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Dynamic graph: the kernel alone.
    Eager,
    /// Static graph in Paddle's IR, the default.
    Pir,
    /// Static graph of `FLAGS_enable_pir_api=0`.
    Legacy,
}

impl Mode {
    /// All of them.
    pub const ALL: [Mode; 3] = [Mode::Eager, Mode::Pir, Mode::Legacy];
}

/// What a function of an op is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Kernel,
    InferShape,
    InferDtype,
}

impl Role {
    /// In the order in which they are audited.
    pub(crate) const ALL: [Role; 3] = [Role::Kernel, Role::InferShape, Role::InferDtype];
}

/// In messages.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Kernel => "the kernel",
            Role::InferShape => "InferShape",
            Role::InferDtype => "InferDtype",
        })
    }
}

/// What a parameter asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// A tensor, or what is inferred from: its shape or type.
    Input { optional: bool },
    /// A list of them.
    Inputs { optional: bool },
    /// A tensor to write.
    Output,
    /// An attribute of this type.
    Attr(&'static str),
    /// Something that Paddle has no rule for: it does not compile.
    Nothing,
    /// A type that could not be read.
    Unread,
}

/// What it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gets {
    /// An input, by its position.
    Input(usize),
    /// An attribute, by its position.
    Attr(usize),
    /// An output.
    Output(usize),
    /// There is none left.
    Nothing,
    /// Cannot be told.
    Unread,
}

/// Types of attributes, as declared and as C++ spells them here.
pub(crate) const ATTR_TYPES: [(&str, &str); 10] = [
    ("bool", "bool"),
    ("int", "int"),
    ("float", "float"),
    ("double", "double"),
    ("int64_t", "int64_t"),
    ("std::string", "string"),
    ("std::vector<int>", "vector<int>"),
    ("std::vector<float>", "vector<float>"),
    ("std::vector<int64_t>", "vector<int64_t>"),
    ("std::vector<std::string>", "vector<string>"),
];

/// The declared type that is skipped, or taken for a shape.
pub(crate) const INT64_VECTOR: &str = "std::vector<int64_t>";

/// Accepted when the op is registered, but no kernel can take one.
pub(crate) const ATTR_TYPES_WITHOUT_KERNEL: [&str; 2] = ["std::vector<bool>", "void*"];

/// What a parameter of this type asks for.
pub(crate) fn asks(role: Role, ty: &CppType) -> Asks {
    let by_value_or_const = matches!(ty.passed, Passed::Value | Passed::ConstRef);
    let by_ref = matches!(ty.passed, Passed::Ref | Passed::ConstRef);
    let by_const_ref = ty.passed == Passed::ConstRef;
    let found = match (role, ty.base.as_str()) {
        (Role::Kernel, "Tensor") if by_ref => Some(Asks::Input { optional: false }),
        (Role::Kernel, "optional<Tensor>") if by_ref => Some(Asks::Input { optional: true }),
        (Role::Kernel, "vector<Tensor>") if by_ref => Some(Asks::Inputs { optional: false }),
        (Role::Kernel, "optional<vector<Tensor>>") if by_ref => Some(Asks::Inputs { optional: true }),
        (Role::Kernel, "Tensor") if ty.passed == Passed::Pointer => Some(Asks::Output),
        (Role::Kernel, "vector<Tensor*>") if ty.passed == Passed::Value => Some(Asks::Output),
        (Role::InferShape, "vector<int64_t>") | (Role::InferDtype, "DataType") if by_value_or_const => {
            Some(Asks::Input { optional: false })
        }
        (Role::InferShape, "optional<vector<int64_t>>") | (Role::InferDtype, "optional<DataType>")
            if by_const_ref =>
        {
            Some(Asks::Input { optional: true })
        }
        (Role::InferShape, "vector<vector<int64_t>>") | (Role::InferDtype, "vector<DataType>")
            if by_value_or_const =>
        {
            Some(Asks::Inputs { optional: false })
        }
        (Role::InferShape, "optional<vector<vector<int64_t>>>")
        | (Role::InferDtype, "optional<vector<DataType>>")
            if by_const_ref =>
        {
            Some(Asks::Inputs { optional: true })
        }
        _ => attr(role, ty).map(Asks::Attr),
    };
    match found {
        Some(asks) => asks,
        None if ty.known => Asks::Nothing,
        None => Asks::Unread,
    }
}

/// The attribute's declared type that a parameter of this type takes.
fn attr(role: Role, ty: &CppType) -> Option<&'static str> {
    let (declared, base) = *ATTR_TYPES.iter().find(|(_, base)| *base == ty.base)?;
    let accepted = match (role, ty.passed) {
        (Role::InferShape, _) if base == "vector<int64_t>" => false,
        (Role::InferDtype, _) if base == "double" => false,
        (Role::InferDtype, Passed::Value) if base == "vector<int64_t>" => false,
        (_, Passed::Value) => true,
        (_, Passed::ConstRef) => base != "double",
        _ => false,
    };
    accepted.then_some(declared)
}

/// What each parameter gets, in order.
pub(crate) fn gets(role: Role, asks: &[Asks], op: &Registration, mode: Mode) -> Vec<Gets> {
    let inputs = op.inputs().iter().enumerate();
    let of_kind = |vector: bool| -> Vec<usize> {
        let kind = inputs.clone().filter(|(_, input)| role == Role::Kernel || input.is_vector() == vector);
        kind.map(|(index, _)| index).collect()
    };
    let (plain, vectors) = (of_kind(false), of_kind(true));
    let passed =
        |ty: Option<&str>| role != Role::InferShape || mode != Mode::Legacy || ty != Some(INT64_VECTOR);
    let attrs: Vec<usize> = op
        .attrs()
        .iter()
        .enumerate()
        .filter(|(_, attr)| passed(attr.ty.as_deref()))
        .map(|(index, _)| index)
        .collect();
    let (mut next_input, mut next_vector, mut next_attr, mut next_output) = (0, 0, 0, 0);
    let mut lost = false;
    let mut gets = |asks: &Asks| {
        if lost {
            return Gets::Unread;
        }
        let take = |next: &mut usize, from: &[usize]| {
            *next += 1;
            from.get(*next - 1).copied()
        };
        match asks {
            Asks::Inputs { .. } if role != Role::Kernel => {
                take(&mut next_vector, &vectors).map_or(Gets::Nothing, Gets::Input)
            }
            Asks::Input { .. } | Asks::Inputs { .. } => {
                take(&mut next_input, &plain).map_or(Gets::Nothing, Gets::Input)
            }
            Asks::Attr(_) => take(&mut next_attr, &attrs).map_or(Gets::Nothing, Gets::Attr),
            Asks::Output => {
                next_output += 1;
                if next_output <= op.outputs().len() { Gets::Output(next_output - 1) } else { Gets::Nothing }
            }
            Asks::Nothing | Asks::Unread => {
                // What is behind a parameter of unknown kind cannot be told.
                lost = true;
                Gets::Unread
            }
        }
    };
    asks.iter().map(&mut gets).collect()
}
