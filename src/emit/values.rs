//! Values as expressions: which become part of another one, and which a variable.

use super::body::{Array, Body, INLINE, Place, elem};
use super::expr::{Expr, Ty};
use super::{EmitError, EmitErrorKind};
use xpuc_dialect::ir::{BlockId, Op, OpId, Type, ValueId};

impl Body<'_> {
    /// The ops that use a value.
    pub(super) fn uses(&self, value: ValueId) -> &[OpId] {
        self.users.get(&value).map_or(&[], Vec::as_slice)
    }

    /// The block that an op stands in.
    pub(super) fn block_of(&self, op: OpId) -> Option<BlockId> {
        self.blocks.get(&op).copied()
    }

    /// The block in which a value is made by an op.
    pub(super) fn made_in(&self, value: ValueId) -> Option<BlockId> {
        match self.func.def(value) {
            xpuc_dialect::ir::Def::Result(op, _) => self.block_of(op),
            xpuc_dialect::ir::Def::Arg(..) => None,
        }
    }

    /// Says what stands for a scalar from outside.
    pub(super) fn set(&mut self, value: ValueId, expr: Expr) {
        self.scalars.insert(value, expr);
    }

    /// The expression of a scalar.
    pub(super) fn take(&mut self, value: ValueId) -> Expr {
        if let Some(known) = self.facts.value(value).known() {
            self.pending.shift_remove(&value);
            return Expr::literal(known, self.ty(value));
        }
        if let Some(expr) = self.pending.shift_remove(&value) {
            return expr;
        }
        self.scalars.get(&value).cloned().unwrap_or_else(|| Expr::name("undefined", self.ty(value)))
    }

    /// The array of a memref.
    pub(super) fn array(&self, value: ValueId, op: &Op) -> Result<Array, EmitError> {
        self.arrays.get(&value).cloned().ok_or_else(|| self.refuse(op, "a buffer that no branch decides on"))
    }

    pub(super) fn refuse(&self, op: &Op, expected: &'static str) -> EmitError {
        EmitErrorKind::Unsupported { op: op.name.to_string(), expected }.at(&op.loc)
    }

    /// The C++ type of a variable for a value.
    pub(super) fn ty(&self, value: ValueId) -> Ty {
        match self.func.ty(value) {
            Type::Index if self.place == Place::Op => Ty::Long,
            Type::Index if self.facts.value(value).within(super::range::Range::I32) => Ty::Int,
            ty => elem(ty),
        }
    }

    /// What stands for a value that `expr` computes.
    pub(super) fn bind(&mut self, value: ValueId, expr: Expr) {
        let Some(users) = self.users.get(&value) else { return };
        if self.facts.value(value).known().is_some() {
            return;
        }
        if expr.is_plain() || self.is_evident(&expr) {
            self.scalars.insert(value, expr);
            return;
        }
        let def = self.made_in(value);
        let once = matches!(users[..], [user] if self.block_of(user) == def && def.is_some());
        // What is stored or handed on has a line of its own.
        let alone = |user: &OpId| matches!(&*self.func.op(*user).name, "memref.store" | "scf.yield");
        let fits = users.iter().all(alone) && expr.text.len() <= self.code.room();
        // Selects that keep or change what a loop carries ask once for their condition.
        let once = once || def.is_some() && users.iter().all(|user| self.asks_once(*user, value));
        if once && (fits || self.is_short(&expr)) {
            self.pending.insert(value, expr);
        } else {
            let wanted = self.wanted(value);
            self.variable(value, expr, &wanted);
        }
    }

    /// Puts a value into a variable.
    pub(super) fn variable(&mut self, value: ValueId, expr: Expr, wanted: &str) {
        let ty = self.ty(value);
        let expr = if ty.is_wide() || expr.ty == Ty::Int || expr.ty == Ty::Bool {
            expr
        } else {
            self.cast(expr, ty, wanted)
        };
        let name = self.names.fresh(wanted);
        self.assign(&format!("const {} {name}", ty.name()), &expr);
        self.scalars.insert(value, Expr::name(name, ty));
    }

    /// The expression as `ty`, of a variable where both do not fit on a line.
    pub(super) fn cast(&mut self, expr: Expr, ty: Ty, wanted: &str) -> Expr {
        let cast = expr.cast(ty);
        if cast.text.len() <= self.code.room() || expr.is_plain() {
            return cast;
        }
        let name = self.names.fresh(wanted);
        self.assign(&format!("const {} {name}", expr.ty.name()), &expr);
        Expr::name(name, expr.ty).cast(ty)
    }

    pub(super) fn assign(&mut self, target: &str, expr: &Expr) {
        self.code.assign(target, super::moves::bare(&expr.text));
    }

    /// Whether an op is a select on `condition` that keeps or changes what a loop carries: they ask once for it.
    pub(super) fn asks_once(&self, select: OpId, condition: ValueId) -> bool {
        let op = self.func.op(select);
        let known = op.results.first().is_some_and(|result| self.facts.value(*result).known().is_some());
        let same = self.block_of(select) == self.made_in(condition);
        &*op.name == "arith.select"
            && same
            && (known || self.kept(select).is_some_and(|kept| kept.condition == condition))
    }

    /// A comparison of what never changes, short enough to be said again: `core == 4`.
    pub(super) fn is_evident(&self, expr: &Expr) -> bool {
        const SHORT: usize = 40;
        let changes = |word: &str| self.changing.contains(word);
        let mut words = expr.text.split(' ');
        let joins = expr.text.contains("&&") || expr.text.contains("||");
        expr.ty == Ty::Bool
            && !(expr.reads || joins)
            && expr.text.len() <= SHORT
            && words.clone().count() == 3
            && words.all(|word| !word.contains('(') && !changes(word))
    }

    /// Whether an expression may become part of another one, or stand in a condition.
    pub(super) fn is_short(&self, expr: &Expr) -> bool {
        expr.text.len() <= INLINE.min(self.code.room().saturating_sub(6))
    }

    /// Puts everything that reads memory into variables: something is about to be written.
    pub(super) fn settle(&mut self) {
        let reads: Vec<ValueId> =
            self.pending.iter().filter(|(_, expr)| expr.reads).map(|(value, _)| *value).collect();
        for value in reads {
            if let Some(expr) = self.pending.shift_remove(&value) {
                let wanted = self.wanted(value);
                self.variable(value, expr, &wanted);
            }
        }
    }

    /// A scalar as a name or a number: in a variable, if it is anything else.
    pub(super) fn plain(&mut self, expr: Expr, wanted: &str) -> Expr {
        if expr.is_plain() {
            return expr;
        }
        let ty = expr.ty.signed();
        let expr = self.cast(expr, ty, wanted);
        let name = self.names.fresh(wanted);
        self.assign(&format!("const {} {name}", ty.name()), &expr);
        Expr::name(name, ty)
    }
}
