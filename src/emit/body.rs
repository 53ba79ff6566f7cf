//! Bodies of functions: `arith`, `scf` and `memref` as C++.
//!
//! A value that is used once, in the block that makes it, becomes part of the expression that uses it; every other
//! one a variable. What reads memory is put into a variable before anything is written.

use super::EmitError;
use super::code::Code;
use super::commands::Commands;
use super::expr::{Expr, Ty};
use super::facts::Facts;
use super::helpers::Helper;
use super::moves::Kept;
use super::names::Names;
use super::order;
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
    /// Distances of arrays in shared memory, by their length.
    pub(super) strides: HashMap<String, Expr>,
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
    pub(super) users: HashMap<ValueId, Vec<OpId>>,
    pub(super) blocks: HashMap<OpId, BlockId>,
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
            strides: HashMap::default(),
            params: HashSet::default(),
            changing: HashSet::default(),
            carrying: HashMap::default(),
            kept: HashMap::default(),
            contents: HashMap::default(),
            scalars: HashMap::default(),
            pending: IndexMap::new(),
            users: func.uses(),
            blocks,
        }
    }

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

/// Whether a name stands in code, outside strings.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        let quotes = line.replace("\\\"", "").matches('"').count();
        !before.is_some_and(part) && !after.is_some_and(part) && quotes.is_multiple_of(2)
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
