//! Appends operations to a function, with the upstream ones that we use as methods.

use super::{Attr, Attrs, BlockId, Def, Func, Loc, Op, OpId, Shaped, Type, ValueId};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::RefCell;
use std::sync::Arc;

/// What [`Builder::op`] needs beyond the name; missing parts are empty.
#[derive(Debug, Default)]
pub struct OpSpec<'a> {
    /// Operands.
    pub operands: &'a [ValueId],
    /// Result types.
    pub results: &'a [Type],
    /// Attributes.
    pub attrs: &'a [(&'a str, Attr)],
    /// Regions.
    pub regions: Vec<Vec<BlockId>>,
    /// Successor blocks.
    pub successors: Vec<BlockId>,
}

/// Appends at the end of one block; every operation gets the current location.
#[derive(Debug)]
pub struct Builder<'f> {
    /// The function under construction.
    pub func: &'f mut Func,
    /// The block that operations are appended to.
    pub block: BlockId,
    /// Location of the next operations.
    pub loc: Loc,
}

impl<'f> Builder<'f> {
    /// Starts at the end of a block.
    pub fn new(func: &'f mut Func, block: BlockId) -> Self {
        Builder { func, block, loc: Loc::UNKNOWN }
    }

    /// Type of a value.
    pub fn ty(&self, value: ValueId) -> &Type {
        self.func.ty(value)
    }

    /// Shape of a memref or tensor value.
    ///
    /// # Panics
    /// When the value is a scalar: callers know what they hold.
    pub fn shaped(&self, value: ValueId) -> &Shaped {
        self.ty(value).shaped().expect("a memref or tensor")
    }

    /// Appends an operation.
    pub fn op(&mut self, name: &str, spec: OpSpec<'_>) -> OpId {
        let attrs: Attrs = spec.attrs.iter().map(|(k, v)| (interned(k), v.clone())).collect();
        let op = Op {
            name: interned(name),
            operands: spec.operands.to_vec(),
            results: Vec::new(),
            attrs,
            regions: spec.regions,
            successors: spec.successors,
            loc: self.loc.clone(),
        };
        let id = self.func.new_op(op, spec.results.iter().cloned());
        self.func.block_mut(self.block).ops.push(id);
        id
    }

    /// Appends an operation with one result.
    pub fn value(&mut self, name: &str, operands: &[ValueId], ty: Type, attrs: &[(&str, Attr)]) -> ValueId {
        let op = self.op(name, OpSpec { operands, results: &[ty], attrs, ..OpSpec::default() });
        self.func.op(op).results[0]
    }

    /// Appends an operation without results.
    pub fn effect(&mut self, name: &str, operands: &[ValueId], attrs: &[(&str, Attr)]) -> OpId {
        self.op(name, OpSpec { operands, attrs, ..OpSpec::default() })
    }

    /// A copy of `op` on other operands, with regions rebuilt by the caller; returns its results.
    pub fn like(
        &mut self,
        op: &Op,
        operands: &[ValueId],
        results: &[Type],
        regions: Vec<Vec<BlockId>>,
    ) -> OpId {
        self.copy(op, operands.to_vec(), results.iter().cloned(), regions)
    }

    /// The same of parts that nobody needs any more.
    pub fn copy(
        &mut self,
        op: &Op,
        operands: Vec<ValueId>,
        results: impl IntoIterator<Item = Type>,
        regions: Vec<Vec<BlockId>>,
    ) -> OpId {
        let copy = Op {
            name: op.name.clone(),
            operands,
            results: Vec::new(),
            attrs: op.attrs.clone(),
            regions,
            successors: Vec::new(),
            loc: op.loc.clone(),
        };
        let id = self.func.new_op(copy, results);
        self.func.block_mut(self.block).ops.push(id);
        id
    }

    /// An op of another function with all in its regions, and its results. `map` has what stands here for the values
    /// from outside that it uses, and gets what stands for those it makes.
    pub fn clone_op(&mut self, from: &Func, id: OpId, map: &mut HashMap<ValueId, ValueId>) -> Vec<ValueId> {
        let op = from.op(id);
        let types = |values: &[ValueId]| values.iter().map(|v| from.ty(*v).clone()).collect::<Vec<_>>();
        let mut regions = Vec::new();
        for blocks in &op.regions {
            let mut made = Vec::new();
            for old in blocks {
                let old = from.block(*old);
                let new = self.func.new_block(&types(&old.args));
                map.extend(old.args.iter().copied().zip(self.func.block(new).args.clone()));
                let mut inside = Builder::new(self.func, new);
                for inner in &old.ops {
                    inside.clone_op(from, *inner, map);
                }
                made.push(new);
            }
            regions.push(made);
        }
        let operands = op.operands.iter().map(|v| map[v]).collect();
        let made = self.copy(op, operands, types(&op.results), regions);
        let results = self.func.op(made).results.clone();
        map.extend(op.results.iter().copied().zip(results.iter().copied()));
        results
    }

    /// `arith.constant` of an integer or index type.
    pub fn constant(&mut self, value: i64, ty: &Type) -> ValueId {
        let attr = if *ty == Type::I1 { Attr::Bool(value != 0) } else { Attr::Int(value, ty.clone()) };
        self.value("arith.constant", &[], ty.clone(), &[("value", attr)])
    }

    /// An index constant.
    pub fn index(&mut self, value: i64) -> ValueId {
        self.constant(value, &Type::Index)
    }

    /// A binary `arith` operation on one type: `addi`, `muli`, `floordivsi`, ...
    pub fn arith(&mut self, name: &str, x: ValueId, y: ValueId) -> ValueId {
        let ty = self.ty(x).clone();
        self.value(&format!("arith.{name}"), &[x, y], ty, &[])
    }

    /// `arith.cmpi`; the predicate is spelled as in MLIR ("slt").
    pub fn cmpi(&mut self, predicate: &str, x: ValueId, y: ValueId) -> ValueId {
        let code = CMPI.iter().position(|p| *p == predicate).unwrap_or_default() as i64;
        self.value("arith.cmpi", &[x, y], Type::I1, &[("predicate", Attr::Int(code, Type::I64))])
    }

    /// `arith.select` of two values of one type.
    pub fn select(&mut self, condition: ValueId, x: ValueId, y: ValueId) -> ValueId {
        let ty = self.ty(x).clone();
        self.value("arith.select", &[condition, x, y], ty, &[])
    }

    /// Converts a signed integer or index to another width.
    pub fn int_cast(&mut self, x: ValueId, ty: &Type) -> ValueId {
        let from = self.ty(x).clone();
        if from == *ty {
            return x;
        }
        let name = match (&from, ty) {
            (Type::Index, _) | (_, Type::Index) => "arith.index_cast",
            _ if from.bits() > ty.bits() => "arith.trunci",
            _ if from == Type::I1 => "arith.extui",
            _ => "arith.extsi",
        };
        self.value(name, &[x], ty.clone(), &[])
    }

    /// Size of a memref or tensor along `axis`.
    pub fn dim(&mut self, shaped: ValueId, axis: usize) -> ValueId {
        if let Some(size) = self.shaped(shaped).dims[axis] {
            return self.index(size as i64);
        }
        let axis = self.index(axis as i64);
        let name = if self.ty(shaped).memref().is_some() { "memref.dim" } else { "tensor.dim" };
        self.value(name, &[shaped, axis], Type::Index, &[])
    }

    /// `memref.load`.
    pub fn load(&mut self, memref: ValueId, indices: &[ValueId]) -> ValueId {
        let elem = self.ty(memref).elem().clone();
        let mut operands = vec![memref];
        operands.extend_from_slice(indices);
        self.value("memref.load", &operands, elem, &[])
    }

    /// `memref.store`.
    pub fn store(&mut self, value: ValueId, memref: ValueId, indices: &[ValueId]) {
        let mut operands = vec![value, memref];
        operands.extend_from_slice(indices);
        self.effect("memref.store", &operands, &[]);
    }

    /// Says what code that is written from this may call a value.
    pub fn hint(&mut self, value: ValueId, name: &str) {
        if let Def::Result(op, _) = self.func.def(value) {
            self.func.op_mut(op).attrs.insert(interned("xpu.name"), Attr::str(name));
        }
    }

    /// The same of all that the loop with this result carries.
    pub fn hint_carried(&mut self, result: ValueId, names: &[&str]) {
        if let Def::Result(op, _) = self.func.def(result) {
            let names = names.iter().map(|name| Attr::str(*name)).collect();
            self.func.op_mut(op).attrs.insert(interned("xpu.names"), Attr::Array(names));
        }
    }

    /// `scf.for` from `lower` to `upper` by `step`, carrying `inits`; the body returns the next ones.
    pub fn for_loop<E>(
        &mut self,
        [lower, upper, step]: [ValueId; 3],
        inits: &[ValueId],
        body: impl FnOnce(&mut Builder<'_>, ValueId, &[ValueId]) -> Result<Vec<ValueId>, E>,
    ) -> Result<Vec<ValueId>, E> {
        let types: Vec<Type> = inits.iter().map(|v| self.ty(*v).clone()).collect();
        let mut args = vec![Type::Index];
        args.extend(types.iter().cloned());
        let block = self.func.new_block(&args);
        let params = self.func.block(block).args.clone();
        let mut inner = Builder { func: self.func, block, loc: self.loc.clone() };
        let next = body(&mut inner, params[0], &params[1..])?;
        inner.effect("scf.yield", &next, &[]);
        let mut operands = vec![lower, upper, step];
        operands.extend_from_slice(inits);
        let op = self.op(
            "scf.for",
            OpSpec { operands: &operands, results: &types, regions: vec![vec![block]], ..OpSpec::default() },
        );
        Ok(self.func.op(op).results.clone())
    }

    /// `scf.for` from `lower` to `upper` by one, carrying nothing.
    pub fn for_range<E>(
        &mut self,
        lower: ValueId,
        upper: ValueId,
        body: impl FnOnce(&mut Builder<'_>, ValueId) -> Result<(), E>,
    ) -> Result<(), E> {
        let one = self.index(1);
        self.for_loop([lower, upper, one], &[], |b, i, _| body(b, i).map(|()| Vec::new()))?;
        Ok(())
    }

    /// `scf.if` with results; both branches return values of `types`.
    pub fn if_else<E>(
        &mut self,
        condition: ValueId,
        types: &[Type],
        then: impl FnOnce(&mut Builder<'_>) -> Result<Vec<ValueId>, E>,
        otherwise: impl FnOnce(&mut Builder<'_>) -> Result<Vec<ValueId>, E>,
    ) -> Result<Vec<ValueId>, E> {
        let (then_block, else_block) = (self.func.new_block(&[]), self.func.new_block(&[]));
        let mut inner = Builder { func: self.func, block: then_block, loc: self.loc.clone() };
        let values = then(&mut inner)?;
        inner.effect("scf.yield", &values, &[]);
        inner.block = else_block;
        let values = otherwise(&mut inner)?;
        inner.effect("scf.yield", &values, &[]);
        let bare = types.is_empty() && self.func.block(else_block).ops.len() == 1;
        let regions = vec![vec![then_block], if bare { Vec::new() } else { vec![else_block] }];
        let op = self
            .op("scf.if", OpSpec { operands: &[condition], results: types, regions, ..OpSpec::default() });
        Ok(self.func.op(op).results.clone())
    }

    /// `scf.if` without results or `else`.
    pub fn when<E>(
        &mut self,
        condition: ValueId,
        then: impl FnOnce(&mut Builder<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.if_else(condition, &[], |b| then(b).map(|()| Vec::new()), |_| Ok(Vec::new()))?;
        Ok(())
    }
}

/// The predicate of an `arith.cmpi`, as MLIR spells it; none of another op.
pub fn cmpi_predicate(op: &Op) -> Option<&'static str> {
    let code = op.attrs.get("predicate").and_then(Attr::as_int).filter(|_| &*op.name == "arith.cmpi")?;
    CMPI.get(usize::try_from(code).ok()?).copied()
}

/// The predicate of `arith.cmpi` that holds where another does not.
pub fn cmpi_inverse(predicate: &str) -> &'static str {
    match predicate {
        "eq" => "ne",
        "ne" => "eq",
        "slt" => "sge",
        "sle" => "sgt",
        "sgt" => "sle",
        "sge" => "slt",
        "ult" => "uge",
        "ule" => "ugt",
        "ugt" => "ule",
        _ => "ult",
    }
}

/// Predicates of `arith.cmpi` in the order of their codes.
const CMPI: [&str; 10] = ["eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"];

/// The one copy of a name that this thread has used before: there are few, and every op has one.
fn interned(name: &str) -> Arc<str> {
    thread_local! {
        static NAMES: RefCell<HashSet<Arc<str>>> = RefCell::default();
    }
    NAMES.with_borrow_mut(|names| match names.get(name) {
        Some(known) => Arc::clone(known),
        None => {
            let new: Arc<str> = Arc::from(name);
            names.insert(Arc::clone(&new));
            new
        }
    })
}
