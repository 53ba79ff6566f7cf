//! Bodies of functions: `arith`, `scf` and `memref` as C++.
//!
//! A value that is used once, in the block that makes it, becomes part of the expression that uses it; every other
//! one a variable. What reads memory is put into a variable before anything is written.

use super::code::Code;
use super::commands::Commands;
use super::control::Kept;
use super::expr::{Expr, Ty};
use super::facts::Facts;
use super::helpers::Helper;
use super::names::Names;
use super::order;
use super::{EmitError, EmitErrorKind};
use indexmap::IndexMap;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeSet;
use xpuc_dialect::ir::{BlockId, Extent, Func, Op, OpId, Slice, Type, ValueId};

/// The longest expression that becomes part of another one.
pub(super) const INLINE: usize = 56;

/// Where the code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On a core of the device.
    Kernel,
    /// On the host, in place of a kernel.
    Cpu,
    /// The op's own function.
    Op,
}

/// A memref: where its first element is, and its sizes.
#[derive(Debug, Clone)]
pub(super) struct Array {
    pub(super) pointer: Expr,
    /// In a slice: its first element, counted from that of the whole.
    pub(super) at: Option<Expr>,
    pub(super) dims: Vec<Expr>,
    pub(super) elem: Ty,
}

impl Array {
    /// How many elements.
    pub(super) fn length(&self) -> Expr {
        let product = |x: Expr, y: &Expr| match (&*x.text, &*y.text) {
            ("1", _) => y.clone(),
            (_, "1") => x,
            _ => Expr::binary(&x, "*", y, super::expr::precedence::PRODUCT, Ty::Long),
        };
        self.dims.iter().fold(Expr::literal(1, Ty::Int), product)
    }
}

/// A function while its body is written.
pub(super) struct Body<'a> {
    pub(super) func: &'a Func,
    pub(super) facts: &'a Facts,
    pub(super) place: Place,
    pub(super) code: Code,
    pub(super) names: Names,
    pub(super) helpers: BTreeSet<Helper>,
    pub(super) arrays: HashMap<ValueId, Array>,
    pub(super) commands: Commands<'a>,
    /// The last array that came out of shared memory of open size, and its length.
    pub(super) pool: Option<(String, Expr)>,
    pub(super) scalars: HashMap<ValueId, Expr>,
    /// Names of parameters.
    pub(super) params: HashSet<String>,
    /// Names of variables that change.
    pub(super) changing: HashSet<String>,
    /// The variables that loops carry, by the block that hands on their next values.
    pub(super) carrying: HashMap<BlockId, Vec<Expr>>,
    /// Selects that become conditions on a change of what a loop carries.
    pub(super) kept: HashMap<ValueId, Kept>,
    /// What was transferred into a buffer on chip last.
    pub(super) contents: HashMap<String, String>,
    /// Expressions that wait for their one use.
    pub(super) pending: IndexMap<ValueId, Expr>,
    uses: HashMap<ValueId, Vec<OpId>>,
    blocks: HashMap<OpId, BlockId>,
}

impl<'a> Body<'a> {
    pub(super) fn new(func: &'a Func, facts: &'a Facts, place: Place, names: Names) -> Self {
        let mut blocks = HashMap::default();
        let mut open: Vec<BlockId> = func.body.clone();
        while let Some(block) = open.pop() {
            for op in &func.block(block).ops {
                blocks.insert(*op, block);
                open.extend(func.op(*op).regions.iter().flatten());
            }
        }
        Body {
            func,
            facts,
            place,
            code: Code::at(1),
            names,
            helpers: BTreeSet::new(),
            arrays: HashMap::default(),
            commands: Commands::default(),
            pool: None,
            params: HashSet::default(),
            changing: HashSet::default(),
            carrying: HashMap::default(),
            kept: HashMap::default(),
            contents: HashMap::default(),
            scalars: HashMap::default(),
            pending: IndexMap::new(),
            uses: func.uses(),
            blocks,
        }
    }

    // --- values ------------------------------------------------------------------------------------------------------

    /// The ops that use a value.
    pub(super) fn uses(&self, value: ValueId) -> &[OpId] {
        self.uses.get(&value).map_or(&[], Vec::as_slice)
    }

    /// The block that an op stands in.
    pub(super) fn block_of(&self, op: OpId) -> Option<BlockId> {
        self.blocks.get(&op).copied()
    }

    /// The block in which a value is made by an op.
    fn made_in(&self, value: ValueId) -> Option<BlockId> {
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
        let Some(users) = self.uses.get(&value) else { return };
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
    fn variable(&mut self, value: ValueId, expr: Expr, wanted: &str) {
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
    fn cast(&mut self, expr: Expr, ty: Ty, wanted: &str) -> Expr {
        let cast = expr.cast(ty);
        if cast.text.len() <= self.code.room() || expr.is_plain() {
            return cast;
        }
        let name = self.names.fresh(wanted);
        self.assign(&format!("const {} {name}", expr.ty.name()), &expr);
        Expr::name(name, expr.ty).cast(ty)
    }

    pub(super) fn assign(&mut self, target: &str, expr: &Expr) {
        self.code.assign(target, super::control::bare(&expr.text));
    }

    /// Whether an op is a select on `condition` that keeps or changes what a loop carries: they ask once for it.
    fn asks_once(&self, select: OpId, condition: ValueId) -> bool {
        let op = self.func.op(select);
        let known = op.results.first().is_some_and(|result| self.facts.value(*result).known().is_some());
        let same = self.block_of(select) == self.made_in(condition);
        &*op.name == "arith.select"
            && same
            && (known || self.kept(select).is_some_and(|kept| kept.condition == condition))
    }

    /// A comparison of what never changes, short enough to be said again: `core == 4`.
    fn is_evident(&self, expr: &Expr) -> bool {
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

    // --- operations --------------------------------------------------------------------------------------------------

    /// All of a block but its terminator, whose operands are what the block hands on.
    pub(super) fn block(&mut self, block: BlockId) -> Result<Vec<ValueId>, EmitError> {
        let (last, ops) = match self.func.block(block).ops.split_last() {
            Some((last, ops)) => (*last, ops),
            None => return Ok(Vec::new()),
        };
        let ops = if self.place == Place::Op { order::writes_last(self.func, ops) } else { ops.to_vec() };
        for op in ops {
            self.op(op)?;
        }
        let last = self.func.op(last);
        match &*last.name {
            "scf.yield" | "scf.condition" | "func.return" | "vector.yield" => Ok(last.operands.clone()),
            _ => Err(self.refuse(last, "the end of a block")),
        }
    }

    fn op(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        match &*op.name {
            "scf.if" => self.branch(id),
            "scf.for" => self.counted(id),
            "scf.while" => self.repeated(id),
            "memref.load" => {
                let element = self.element(op, op.operands[0], &op.operands[1..])?;
                self.bind(op.results[0], element);
                Ok(())
            }
            "memref.store" => {
                let value = self.take(op.operands[0]);
                let element = self.element(op, op.operands[1], &op.operands[2..])?;
                self.settle();
                let ty = element.ty;
                let value = if value.ty == ty.signed() || ty.is_wide() { value } else { value.cast(ty) };
                self.assign(&element.text, &value);
                Ok(())
            }
            "memref.dim" => {
                let array = self.array(op.operands[0], op)?;
                let axis = func.constant(op.operands[1]).and_then(|axis| usize::try_from(axis).ok());
                let Some(dim) = axis.and_then(|axis| array.dims.get(axis)) else {
                    return Err(self.refuse(op, "a dimension known while compiling"));
                };
                self.bind(op.results[0], dim.clone());
                Ok(())
            }
            "memref.cast" => {
                let array = self.array(op.operands[0], op)?;
                self.arrays.insert(op.results[0], array);
                Ok(())
            }
            "memref.collapse_shape" => {
                let array = self.array(op.operands[0], op)?;
                if func.ty(op.results[0]).shaped().is_none_or(|shaped| shaped.rank() != 1) {
                    return Err(self.refuse(op, "one dimension"));
                }
                let dims = vec![array.length()];
                self.arrays.insert(op.results[0], Array { dims, ..array });
                Ok(())
            }
            "memref.subview" => self.slice(op),
            "arith.select" if self.kept(id).is_some() => {
                self.kept.extend(self.kept(id).map(|kept| (op.results[0], kept)));
                Ok(())
            }
            name if name.starts_with("arith.") => {
                let expr = self.arith(id)?;
                self.bind(op.results[0], expr);
                Ok(())
            }
            _ => self.command(id),
        }
    }

    /// `array[index]`.
    fn element(&mut self, op: &Op, array: ValueId, index: &[ValueId]) -> Result<Expr, EmitError> {
        use super::expr::precedence::{PRODUCT, SUM};
        let array = self.array(array, op)?;
        let index: Vec<Expr> = index.iter().map(|value| self.take(*value)).collect();
        let mut linear: Option<Expr> = None;
        for (axis, index) in index.into_iter().enumerate() {
            linear = Some(match linear {
                None => index,
                Some(before) => {
                    let rows = Expr::binary(&before, "*", &array.dims[axis], PRODUCT, index.ty);
                    Expr::binary(&rows, "+", &index, SUM, index.ty)
                }
            });
        }
        let at = linear.unwrap_or_else(|| Expr::literal(0, Ty::Int));
        let at = at.cast(at.ty.signed());
        // `(x + y)[i]` is `x[y + i]`.
        let (pointer, at) = match array.pointer.text.split_once(" + ") {
            Some((base, offset)) if array.pointer.precedence == SUM => {
                let offset = Expr { precedence: SUM, ..Expr::name(offset, Ty::Int) };
                let at = if at.text == "0" { offset } else { Expr::binary(&offset, "+", &at, SUM, at.ty) };
                (base.to_owned(), at)
            }
            _ => (array.pointer.within(super::expr::precedence::PRIMARY), at),
        };
        let short = pointer.len() + at.text.len() + 2 <= self.code.room().min(INLINE + pointer.len());
        let at = if short { at } else { self.plain(at, "index") }.text;
        let text = format!("{pointer}[{at}]");
        Ok(Expr {
            text,
            precedence: super::expr::precedence::PRIMARY,
            ty: array.elem,
            reads: true,
            inverse: None,
        })
    }

    /// A slice is a pointer of its own.
    fn slice(&mut self, op: &Op) -> Result<(), EmitError> {
        let Some(Slice { source, offset, size }) = Slice::of(op) else {
            return Err(self.refuse(op, "a slice of one dimension"));
        };
        let array = self.array(source, op)?;
        let mut extent = |extent: Extent| match extent {
            Extent::Value(value) => self.take(value),
            Extent::Const(value) => Expr::literal(value.into(), Ty::Int),
        };
        let (offset, size) = (extent(offset), extent(size));
        let size = if size.reads { self.plain(size, "size") } else { size };
        let offset = if offset.reads { self.plain(offset, "offset") } else { offset };
        let pointer = if offset.text == "0" {
            array.pointer
        } else {
            Expr::binary(&array.pointer, "+", &offset, super::expr::precedence::SUM, array.elem)
        };
        let pointer = match op.str_attr("xpu.name") {
            Some(wanted) if self.place != Place::Op => {
                let name = self.names.fresh(wanted);
                let space = if self.place == Place::Kernel { "_global_ptr_ " } else { "" };
                self.code.line(format!("{space}{}* {name} = {};", array.elem.name(), pointer.text));
                Expr::name(name, array.elem)
            }
            _ => pointer,
        };
        let at = match array.at {
            None => offset,
            Some(before) => Expr::binary(&before, "+", &offset, super::expr::precedence::SUM, Ty::Int),
        };
        let slice = Array { pointer, at: Some(at), dims: vec![size], elem: array.elem };
        self.arrays.insert(op.results[0], slice);
        Ok(())
    }
}

pub(super) fn is_variable(expr: &Expr) -> bool {
    expr.text.starts_with(|c: char| c.is_ascii_alphabetic()) && !matches!(&*expr.text, "true" | "false")
}

/// Whether a name stands in an expression.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// The C++ type of an element in memory.
pub(super) fn elem(ty: &Type) -> Ty {
    match ty {
        Type::Int(1) => Ty::Bool,
        Type::Int(32) => Ty::Int,
        _ => Ty::Long,
    }
}
