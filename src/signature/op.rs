//! An op: what it declares, its functions, and what each of their parameters receives.

use super::bind::{Asks, Gets, Mode, Role, asks, gets};
use super::cpp_type::Passed;
use super::declared::{Reference, Registration};
use super::eval::{Dtype, Returned, Shape, Size, Value, returns};
use super::function::{Function, Param};
use super::lookup::{LookupError, Named};
use std::collections::BTreeMap;

/// A registration with its functions.
pub(crate) struct Op {
    pub(crate) declared: Registration,
    /// Kernel, InferShape, InferDtype; `None` where none is set, or its name could not be read.
    functions: [Option<Result<Named, LookupError>>; 3],
}

/// A function of an op, bound.
pub(crate) struct Bound<'o> {
    pub(crate) role: Role,
    pub(crate) function: &'o Function,
    /// Where the registration names it.
    pub(crate) reference: &'o Reference,
    /// What each parameter asks for.
    pub(crate) asks: Vec<Asks>,
    op: &'o Registration,
}

impl Op {
    pub(crate) fn new(
        declared: Registration,
        mut find: impl FnMut(&str) -> Result<Named, LookupError>,
    ) -> Self {
        let mut named = |reference: &Option<Reference>| {
            reference.as_ref().and_then(|reference| reference.name.as_deref()).map(&mut find)
        };
        let functions = [named(&declared.kernel), named(&declared.infer_shape), named(&declared.infer_dtype)];
        Op { declared, functions }
    }

    pub(crate) fn reference(&self, role: Role) -> Option<&Reference> {
        match role {
            Role::Kernel => self.declared.kernel.as_ref(),
            Role::InferShape => self.declared.infer_shape.as_ref(),
            Role::InferDtype => self.declared.infer_dtype.as_ref(),
        }
    }

    /// What the setter's name stands for.
    pub(crate) fn named(&self, role: Role) -> Option<&Result<Named, LookupError>> {
        self.functions[role as usize].as_ref()
    }

    /// The function of a role, if there is one that could be read.
    pub(crate) fn bound(&self, role: Role) -> Option<Bound<'_>> {
        let Some(Ok(Named::One(function))) = self.named(role) else { return None };
        let asks = function.params.iter().map(|param| asks(role, &param.ty)).collect();
        Some(Bound { role, function, reference: self.reference(role)?, asks, op: &self.declared })
    }
}

impl Bound<'_> {
    /// What each parameter gets in a mode.
    pub(crate) fn gets(&self, mode: Mode) -> Vec<Gets> {
        gets(self.role, &self.asks, self.op, mode)
    }

    /// Whether the body says the name of a parameter; without a body nobody knows.
    pub(crate) fn uses(&self, index: usize) -> Option<bool> {
        let body = self.function.body.as_deref()?;
        let Some(name) = &self.function.params[index].name else { return Some(false) };
        let mut used = false;
        super::ast::walk(body, &mut |expr| used |= expr.name() == Some(name));
        Some(used)
    }

    /// What the function returns, every parameter worth what `gets` says; `None` without a body.
    pub(crate) fn returns(&self, gets: &[Gets], shape: &dyn Fn(usize) -> Shape) -> Option<Vec<Returned>> {
        // What macros do in it is not followed.
        let body = self.function.body.as_deref().filter(|_| !self.function.hides)?;
        let mut values = BTreeMap::new();
        for ((param, asks), gets) in self.function.params.iter().zip(&self.asks).zip(gets) {
            let Some(name) = &param.name else { continue };
            let value = match (gets, asks) {
                (Gets::Input(_), Asks::Inputs { .. }) => Value::unknown(format!("{name} is a list")),
                (Gets::Input(input), _) if self.role == Role::InferShape => Value::Shape(shape(*input)),
                (Gets::Input(input), _) => Value::Type(Dtype::OfInput(*input)),
                (Gets::Attr(attr), Asks::Attr("int" | "int64_t")) => {
                    Value::Size(Size::symbol(&self.op.attrs()[*attr].name))
                }
                (Gets::Attr(_), Asks::Attr("bool")) => Value::Bool(None),
                (Gets::Attr(_), _) => Value::unknown(format!("{name} is an attribute that is not followed")),
                _ => Value::unknown(format!("{name} receives nothing that is known")),
            };
            values.insert(name.clone(), value);
        }
        let fixed = |param: &&Param| param.ty.passed == Passed::ConstRef;
        let fixed = self.function.params.iter().filter(fixed).filter_map(|param| param.name.clone());
        Some(returns(body, values, fixed.collect()))
    }

    /// [`returns`](Self::returns) as Paddle binds the parameters, with a symbol for every size of an input.
    pub(crate) fn returns_as_bound(&self, mode: Mode) -> Option<Vec<Returned>> {
        self.returns(&self.gets(mode), &|input| input_shape(self.op, input))
    }
}

/// The shape of an input of which nothing is known: `dim0(x)`, `dim1(x)`.
pub(crate) fn input_shape(op: &Registration, input: usize) -> Shape {
    let name = op.inputs()[input].name().to_owned();
    Shape::OfInput { input, name, changed: BTreeMap::new() }
}

/// How many values a `return` gives, if that is known.
pub(crate) fn count(value: &Value) -> Option<usize> {
    value.list().map(|list| list.len())
}
