//! What an expression of an infer function is worth, in symbols.

use std::collections::BTreeMap;
use xpuc_dialect::dim::{Dim, Symbol};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// An integer.
    Size(Size),
    /// A condition, if it is known.
    Bool(Option<bool>),
    /// A shape: `vector<int64_t>`.
    Shape(Shape),
    /// A type of elements.
    Type(Dtype),
    /// A list of values, its length known.
    List(Vec<Value>),
    /// Anything else, and why it is not known.
    Unknown(String),
}

/// An integer: known in symbols, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Size {
    Known(Dim),
    Unknown(String),
}

/// A type of elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dtype {
    /// `paddle::DataType::INT32` is `INT32`.
    Named(String),
    /// That of an input, by its position.
    OfInput(usize),
}

/// The sizes of a tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Of known rank.
    Dims(Vec<Size>),
    /// That of an input whose rank is not known, but for some changes.
    OfInput {
        /// Position of the input.
        input: usize,
        /// Its name, for the symbols of its sizes.
        name: String,
        /// Sizes that were assigned.
        changed: BTreeMap<usize, Size>,
    },
    Unknown(String),
}

impl Size {
    /// A number.
    pub(crate) fn constant(value: i64) -> Self {
        Size::Known(Dim::constant(value))
    }

    /// An attribute's value.
    pub(crate) fn symbol(name: &str) -> Self {
        match Symbol::named(name) {
            Ok(symbol) => Size::Known(Dim::symbol(symbol)),
            Err(error) => Size::Unknown(error.to_string()),
        }
    }

    /// A number read off a tensor: `dim0(x)`, `rank(x)`.
    pub(crate) fn of_tensor(function: &str, tensor: &str) -> Self {
        match Symbol::of_tensor(function, tensor) {
            Ok(symbol) => Size::Known(Dim::symbol(symbol)),
            Err(error) => Size::Unknown(error.to_string()),
        }
    }

    pub(crate) fn as_const(&self) -> Option<i64> {
        if let Size::Known(dim) = self { dim.as_const() } else { None }
    }

    fn join(&self, other: &Self, why: &str) -> Self {
        if self == other { self.clone() } else { Size::Unknown(why.to_owned()) }
    }
}

impl Shape {
    /// The size along one axis.
    pub(crate) fn dim(&self, axis: usize) -> Size {
        match self {
            Shape::Dims(dims) => dims
                .get(axis)
                .cloned()
                .unwrap_or_else(|| Size::Unknown(format!("dimension {axis} of a shape of {}", dims.len()))),
            Shape::OfInput { name, changed, .. } => match changed.get(&axis) {
                Some(size) => size.clone(),
                None => Size::of_tensor(&format!("dim{axis}"), name),
            },
            Shape::Unknown(why) => Size::Unknown(why.clone()),
        }
    }

    pub(crate) fn set(&mut self, axis: usize, size: Size) {
        match self {
            Shape::Dims(dims) => match dims.get_mut(axis) {
                Some(dim) => *dim = size,
                None => *self = Shape::Unknown(format!("a size is assigned beyond dimension {axis}")),
            },
            Shape::OfInput { changed, .. } => {
                changed.insert(axis, size);
            }
            Shape::Unknown(_) => {}
        }
    }

    pub(crate) fn rank(&self) -> Size {
        match self {
            Shape::Dims(dims) => Size::constant(i64::try_from(dims.len()).unwrap_or(i64::MAX)),
            Shape::OfInput { name, .. } => Size::of_tensor("rank", name),
            Shape::Unknown(why) => Size::Unknown(why.clone()),
        }
    }
}

impl Value {
    pub(crate) fn unknown(why: impl Into<String>) -> Self {
        Value::Unknown(why.into())
    }

    pub(crate) fn int(value: i64) -> Self {
        Value::Size(Size::constant(value))
    }

    /// As an integer.
    pub(crate) fn size(&self) -> Size {
        match self {
            Value::Size(size) => size.clone(),
            Value::Bool(Some(value)) => Size::constant(i64::from(*value)),
            Value::Unknown(why) => Size::Unknown(why.clone()),
            _ => Size::Unknown("it is no integer".to_owned()),
        }
    }

    /// As a shape; braces around sizes are one.
    pub(crate) fn shape(&self) -> Shape {
        match self {
            Value::Shape(shape) => shape.clone(),
            // Braces around a shape copy it.
            Value::List(values) => match &values[..] {
                [Value::Shape(shape)] => shape.clone(),
                values => Shape::Dims(values.iter().map(Value::size).collect()),
            },
            Value::Unknown(why) => Shape::Unknown(why.clone()),
            _ => Shape::Unknown("it is no shape".to_owned()),
        }
    }

    /// As a list; `{list}` copies the list that is within.
    pub(crate) fn list(&self) -> Option<Vec<Value>> {
        let Value::List(values) = self else { return None };
        match &values[..] {
            [Value::Unknown(_)] => None,
            [Value::List(inner)]
                if inner.iter().any(|v| matches!(v, Value::List(_) | Value::Shape(_) | Value::Type(_))) =>
            {
                Some(inner.clone())
            }
            _ => Some(values.clone()),
        }
    }

    /// How many elements it has, with those within; not counted further than `most`.
    pub(crate) fn elements(&self, most: usize) -> usize {
        match self {
            Value::List(values) => values.iter().fold(values.len(), |count, value| {
                if count > most { count } else { count + value.elements(most) }
            }),
            Value::Shape(Shape::Dims(dims)) => dims.len(),
            _ => 0,
        }
    }

    /// What holds of both, as far as they agree.
    pub(crate) fn join(&self, other: &Self, why: &str) -> Self {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Value::Size(a), Value::Size(b)) => Value::Size(a.join(b, why)),
            (Value::Bool(_), Value::Bool(_)) => Value::Bool(None),
            (Value::Shape(Shape::Dims(a)), Value::Shape(Shape::Dims(b))) if a.len() == b.len() => {
                let dims = a.iter().zip(b).map(|(a, b)| a.join(b, why)).collect();
                Value::Shape(Shape::Dims(dims))
            }
            (Value::List(a), Value::List(b)) if a.len() == b.len() => {
                Value::List(a.iter().zip(b).map(|(a, b)| a.join(b, why)).collect())
            }
            _ => Value::unknown(why),
        }
    }
}
