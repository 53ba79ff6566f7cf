//! What is computed again on the other side instead of being transferred.

use super::Stages;
use crate::offload::program::Role;
use xpuc_dialect::ir::ValueId;
use xpuc_dialect::ops::Kind;

/// Values that others are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    None,
    One(ValueId),
    Many,
}

impl Source {
    fn and(self, other: Source) -> Source {
        match (self, other) {
            (Source::None, source) | (source, Source::None) => source,
            (one, other) if one == other => one,
            _ => Source::Many,
        }
    }
}

impl Stages<'_> {
    /// Whether the host computes a scalar of the device again instead of having it sent: arithmetic on one
    /// scalar that is sent.
    pub(in crate::offload) fn again(&self, value: ValueId) -> bool {
        self.sides.is_device(value) && self.is_scalar_op(value) && self.source(value) != Source::Many
    }

    /// Whether a launch computes a value of the host again instead of having it sent: element by element from one
    /// array, which is sent in its place.
    pub(in crate::offload) fn is_remade(&self, value: ValueId) -> bool {
        self.program.role(value) == Role::Free
            && !self.sides.is_device(value)
            && self.is_element_wise(value)
            && self.source(value) != Source::Many
    }

    /// What has to be sent so that a value can be computed again: through arithmetic on scalars, through ops on
    /// elements to the arrays.
    fn source(&self, value: ValueId) -> Source {
        let program = self.program;
        if program.role(value) == Role::Both {
            return Source::None;
        }
        if let Some(known) = self.sources.borrow().get(&value) {
            return *known;
        }
        let of_elements = self.is_element_wise(value);
        let source = match program.op(value) {
            Some(op) if program.role(value) == Role::Free && (of_elements || self.is_scalar_op(value)) => {
                let operands = program.operands(op).into_iter();
                let sent = operands.filter(|v| !of_elements || program.is_tensor(*v));
                sent.fold(Source::None, |all, operand| all.and(self.source(operand)))
            }
            _ => Source::One(value),
        };
        self.sources.borrow_mut().insert(value, source);
        source
    }

    fn is_element_wise(&self, value: ValueId) -> bool {
        let kind = self.program.op(value).and_then(Kind::of);
        self.program.is_tensor(value) && kind.is_some_and(|kind| kind.is_pointwise() && kind != Kind::Gather)
    }

    fn is_scalar_op(&self, value: ValueId) -> bool {
        let arith = self.program.op(value).is_some_and(|op| op.name.starts_with("arith."));
        arith && !self.program.is_tensor(value)
    }
}
