//! Symbolic sizes of the values of one function.

use super::ShapeError;
use crate::pass::PassError;
use crate::raise::{Buffers, Touched};
use crate::tidy::is_pure;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::dim::{Dim, Symbol, Unifier};
use xpuc_dialect::ir::{Attr, Attrs, Extent, Func, Op, Slice, Type, ValueId};
use xpuc_dialect::ops::{Kind, Parts};

/// Symbolic sizes and scalars of one function.
#[derive(Debug, Default)]
pub struct Facts {
    shapes: HashMap<ValueId, Vec<Dim>>,
    scalars: HashMap<ValueId, Dim>,
    /// The argument whose elements a value holds, all of them, in order.
    names: HashMap<ValueId, String>,
    unifier: Unifier,
    unknowns: u32,
}

impl Facts {
    /// Infers the sizes of every value of a function in value form, and checks what its results declare.
    pub fn of(func: &Func) -> Result<Facts, PassError> {
        Facts::infer(func, true)
    }

    /// The same without that check: after `offload`, sizes that depend on data come from transfers, and what
    /// they are can no longer be told.
    pub fn of_values(func: &Func) -> Result<Facts, PassError> {
        Facts::infer(func, false)
    }

    fn infer(func: &Func, check_results: bool) -> Result<Facts, PassError> {
        let mut facts = Facts::default();
        let written = written(func);
        for (index, arg) in func.args().iter().enumerate() {
            facts.argument(func, index, *arg)?;
            // What is written holds different elements at different times: no one name for them.
            if written.contains(arg) {
                facts.names.remove(arg);
            }
        }
        for id in func.walk() {
            let op = func.op(id);
            if check_results || &*op.name != "func.return" {
                facts.op(func, op)?;
            }
        }
        facts.settle();
        Ok(facts)
    }

    /// Sizes of a memref or tensor; empty for others.
    pub fn dims(&self, value: ValueId) -> &[Dim] {
        self.shapes.get(&value).map_or(&[], Vec::as_slice)
    }

    /// What is known of a scalar.
    pub fn scalar(&self, value: ValueId) -> Option<&Dim> {
        self.scalars.get(&value)
    }

    fn argument(&mut self, func: &Func, index: usize, arg: ValueId) -> Result<(), PassError> {
        let name = func.arg_name(index);
        let ty = func.ty(arg);
        if ty.is_scalar() {
            let dim = Symbol::named(&name).map_or_else(|_| self.unknown(), Dim::symbol);
            self.scalars.insert(arg, dim);
            return Ok(());
        }
        let declared = declared(&func.arg_attrs[index], &name).map_err(|error| error.at(&func.loc))?;
        let mut dims = self.of_type(ty);
        for (axis, declared) in declared.into_iter().enumerate() {
            let Some(dim) = dims.get_mut(axis) else { break };
            let mismatch = |m: xpuc_dialect::dim::Mismatch| ShapeError::Mismatch {
                what: name.clone(),
                axis,
                expected: m.expected.to_string(),
                found: m.found.to_string(),
            };
            *dim = self.unifier.unify(&declared, dim).map_err(mismatch).map_err(|e| e.at(&func.loc))?;
        }
        self.shapes.insert(arg, dims);
        self.names.insert(arg, name);
        Ok(())
    }

    /// Static sizes as constants, others as unknowns.
    fn of_type(&mut self, ty: &Type) -> Vec<Dim> {
        let dims = sizes_of(ty, self.unknowns);
        self.unknowns += ty.shaped().map_or(0, |s| s.dynamic_dims() as u32);
        dims
    }

    fn unknown(&mut self) -> Dim {
        self.unknowns += 1;
        Dim::symbol(Symbol::unknown(self.unknowns))
    }

    fn op(&mut self, func: &Func, op: &Op) -> Result<(), PassError> {
        if let [result] = op.results[..]
            && func.ty(result).is_scalar()
        {
            let dim = self.scalar_of(func, op).unwrap_or_else(|| self.unknown());
            self.scalars.insert(result, dim);
            return Ok(());
        }
        if Kind::of(op) == Some(Kind::Into) {
            self.agree(op, "dst", op.operands[1], op.operands[0])?;
            return Ok(());
        }
        if &*op.name == "func.return" {
            return self.results(func, op);
        }
        for result in &op.results {
            let ty = func.ty(*result);
            let first = self.unknowns;
            self.unknowns += ty.shaped().map_or(0, |s| s.dynamic_dims() as u32);
            let inferred = match self.shape_of(func, op)? {
                Some(inferred) => {
                    self.agree_static(op, ty, &inferred)?;
                    inferred
                }
                None => sizes_of(ty, first),
            };
            self.shapes.insert(*result, inferred);
            if let Some(name) = self.name_of(func, op) {
                self.names.insert(*result, name);
            }
        }
        Ok(())
    }

    /// Shape of a memref or tensor result; `None` where nothing is known but the type.
    fn shape_of(&mut self, func: &Func, op: &Op) -> Result<Option<Vec<Dim>>, PassError> {
        if let Some(slice) = Slice::of(op) {
            return Ok(Some(vec![self.extent(slice.size)]));
        }
        if let Some(parts) = Parts::of(op) {
            return self.shape_of_compute(func, op, &parts).map(Some);
        }
        let operands = &op.operands;
        Ok(match (Kind::of(op), &*op.name) {
            (Some(Kind::Read | Kind::Materialize), _)
            | (_, "memref.cast" | "tensor.cast" | "tensor.insert") => {
                let source = if &*op.name == "tensor.insert" { operands[1] } else { operands[0] };
                Some(self.dims(source).to_vec())
            }
            (Some(Kind::Alloc), _) | (_, "tensor.empty") => {
                let mut sizes = operands.iter();
                let dims = op.results.first().and_then(|r| func.ty(*r).shaped()).map(|s| s.dims.clone());
                let dim = |d: Option<u64>| match d {
                    Some(n) => Dim::constant(n as i64),
                    None => sizes.next().map_or_else(|| Dim::constant(0), |v| self.extent(Extent::Value(*v))),
                };
                dims.map(|dims| dims.into_iter().map(dim).collect())
            }
            (_, "memref.collapse_shape") => {
                let product = self.dims(operands[0]).iter().try_fold(Dim::constant(1), |p, d| p.mul(d).ok());
                let rank = op.results.first().and_then(|r| func.ty(*r).shaped()).map(|s| s.rank());
                if rank == Some(1) { product.map(|p| vec![p]) } else { None }
            }
            (_, "arith.select") => {
                self.agree(op, "y", operands[1], operands[2])?;
                Some(self.dims(operands[1]).to_vec())
            }
            (_, "tensor.insert_slice") => {
                if let Some((source, slice)) = Slice::of_insert(op) {
                    let size = self.extent(slice.size);
                    self.agree_dims(op, "source", source, &[size])?;
                }
                Some(self.dims(operands[1]).to_vec())
            }
            _ => None,
        })
    }

    fn shape_of_compute(&mut self, func: &Func, op: &Op, parts: &Parts<'_>) -> Result<Vec<Dim>, PassError> {
        let inputs = parts.inputs;
        let one = Dim::constant(1);
        Ok(match parts.kind {
            Kind::Gather => self.dims(inputs[1]).to_vec(),
            Kind::Cumsum => {
                let dims = self.dims(inputs[0]).to_vec();
                let next = |d: &Dim| d.add(&one).ok();
                if op.has("exclusive") {
                    dims.iter().map(next).map(|d| d.unwrap_or_else(|| self.unknown())).collect()
                } else {
                    dims
                }
            }
            Kind::ReduceSum | Kind::ReduceMax => vec![one],
            Kind::Constant | Kind::Range | Kind::Expand | Kind::SlotMapping => {
                let mut sizes = parts.sizes.iter();
                let ty = func.ty(parts.target()).shaped().map(|s| s.dims.clone()).unwrap_or_default();
                let dim = |d: Option<u64>| match d {
                    Some(n) => Dim::constant(n as i64),
                    None => sizes.next().map_or_else(|| one.clone(), |v| self.extent(Extent::Value(*v))),
                };
                ty.into_iter().map(dim).collect()
            }
            // Element-wise: every input has the shape of the first, dims of static size 1 stretch.
            _ => {
                let shaped: Vec<ValueId> =
                    inputs.iter().copied().filter(|v| func.ty(*v).shaped().is_some()).collect();
                let mut dims = shaped.first().map(|v| self.dims(*v).to_vec()).unwrap_or_default();
                let position = |v: ValueId| inputs.iter().position(|i| *i == v).unwrap_or_default();
                for value in shaped.iter().skip(1) {
                    let found = self.dims(*value).to_vec();
                    for (axis, found) in found.into_iter().enumerate() {
                        let Some(expected) = dims.get_mut(axis) else { break };
                        if *expected == one {
                            *expected = found;
                        } else if found != one {
                            let what = format!("operand {}", position(*value));
                            *expected = self.unify(op, &what, axis, &expected.clone(), &found)?;
                        }
                    }
                }
                dims
            }
        })
    }

    /// A scalar as a polynomial, where it is one.
    fn scalar_of(&mut self, func: &Func, op: &Op) -> Option<Dim> {
        let known = |i: usize| self.scalars.get(op.operands.get(i)?);
        match &*op.name {
            "arith.constant" => match op.attrs.get("value")? {
                Attr::Int(value, _) => Some(Dim::constant(*value)),
                _ => None,
            },
            "arith.addi" => known(0)?.add(known(1)?).ok(),
            "arith.subi" => known(0)?.sub(known(1)?).ok(),
            "arith.muli" => known(0)?.mul(known(1)?).ok(),
            "arith.index_cast" | "arith.extsi" => known(0).cloned(),
            "memref.dim" | "tensor.dim" => {
                let axis = known(1)?.as_const().and_then(|n| usize::try_from(n).ok())?;
                self.dims(op.operands[0]).get(axis).cloned()
            }
            "tensor.extract" => {
                let reduce = func.def_op(op.operands[0]).filter(|r| Kind::of(r) == Some(Kind::ReduceSum))?;
                let name = self.names.get(&reduce.operands[0])?;
                Symbol::of_tensor("sum", name).ok().map(Dim::symbol)
            }
            _ => None,
        }
    }

    /// The argument whose elements the result holds.
    fn name_of(&self, func: &Func, op: &Op) -> Option<String> {
        match (Kind::of(op), &*op.name) {
            (Some(Kind::Read | Kind::H2d | Kind::D2h), _) | (_, "tensor.cast") => {
                self.names.get(&op.operands[0]).cloned()
            }
            (_, "tensor.extract_slice") => {
                let slice = Slice::of(op)?;
                let from = (self.peek(slice.offset)?, self.peek(slice.size)?);
                self.inserted(func, slice.source, &from)
            }
            _ => None,
        }
    }

    /// Name of what was inserted into a value at exactly the range `(offset, size)`.
    fn inserted(&self, func: &Func, value: ValueId, range: &(Dim, Dim)) -> Option<String> {
        let op = func.def_op(value)?;
        if matches!(Kind::of(op), Some(Kind::H2d | Kind::D2h)) || &*op.name == "tensor.cast" {
            return self.inserted(func, op.operands[0], range);
        }
        let (source, slice) = Slice::of_insert(op)?;
        let other = (self.peek(slice.offset)?, self.peek(slice.size)?);
        if other == *range {
            return self.names.get(&source).cloned();
        }
        if ends_before(range, &other) || ends_before(&other, range) {
            return self.inserted(func, slice.source, range);
        }
        None
    }

    fn peek(&self, extent: Extent) -> Option<Dim> {
        match extent {
            Extent::Const(n) => Some(Dim::constant(n)),
            Extent::Value(value) => self.scalars.get(&value).cloned(),
        }
    }

    fn extent(&mut self, extent: Extent) -> Dim {
        self.peek(extent).unwrap_or_else(|| {
            let unknown = self.unknown();
            // The same value is the same size wherever it is used.
            if let Extent::Value(value) = extent {
                self.scalars.insert(value, unknown.clone());
            }
            unknown
        })
    }

    fn agree(&mut self, op: &Op, what: &str, expected: ValueId, found: ValueId) -> Result<(), PassError> {
        let dims = self.dims(expected).to_vec();
        self.agree_dims(op, what, found, &dims)
    }

    fn agree_dims(&mut self, op: &Op, what: &str, value: ValueId, expected: &[Dim]) -> Result<(), PassError> {
        let found = self.dims(value).to_vec();
        for (axis, (expected, found)) in expected.iter().zip(&found).enumerate().filter(|(_, (a, b))| a != b)
        {
            self.unify(op, what, axis, expected, found)?;
        }
        Ok(())
    }

    /// Sizes are what the type says, where it does.
    fn agree_static(&mut self, op: &Op, ty: &Type, inferred: &[Dim]) -> Result<(), PassError> {
        let dims = ty.shaped().map_or(&[][..], |s| &s.dims);
        for (axis, (inferred, size)) in inferred.iter().zip(dims).enumerate() {
            if let Some(size) = size {
                self.unify(op, "result", axis, inferred, &Dim::constant(*size as i64))?;
            }
        }
        Ok(())
    }

    fn unify(
        &mut self,
        op: &Op,
        what: &str,
        axis: usize,
        expected: &Dim,
        found: &Dim,
    ) -> Result<Dim, PassError> {
        self.unifier.unify(expected, found).map_err(|mismatch| {
            ShapeError::Mismatch {
                what: format!("{}, {what}", op.name),
                axis,
                expected: mismatch.expected.to_string(),
                found: mismatch.found.to_string(),
            }
            .at(&op.loc)
        })
    }

    /// What is returned has the declared shape; a symbol that only a result names is its definition.
    fn results(&mut self, func: &Func, op: &Op) -> Result<(), PassError> {
        let mut defined: HashMap<Symbol, Dim> = HashMap::default();
        for (index, value) in op.operands.iter().enumerate() {
            let name = func.result_name(index);
            let Some(attrs) = func.result_attrs.get(index) else { continue };
            let declared = declared(attrs, &name).map_err(|error| error.at(&op.loc))?;
            for (axis, (declared, inferred)) in declared.iter().zip(self.dims(*value).to_vec()).enumerate() {
                let inferred = self.unifier.resolve(&inferred);
                let new = declared.as_symbol().filter(|s| !self.is_argument_symbol(s));
                let defines = new.is_some_and(|symbol| {
                    inferred.has_unknowns()
                        && *defined.entry(symbol.clone()).or_insert_with(|| inferred.clone()) == inferred
                });
                if inferred != *declared && !defines {
                    let (declared, inferred) = (declared.to_string(), inferred.to_string());
                    return Err(ShapeError::Result { name, axis, declared, inferred }.at(&op.loc));
                }
            }
        }
        Ok(())
    }

    fn is_argument_symbol(&self, symbol: &Symbol) -> bool {
        self.shapes.values().flatten().chain(self.scalars.values()).any(|dim| dim.mentions(symbol))
    }

    /// Replaces unknowns by what they turned out to be.
    fn settle(&mut self) {
        let unifier = &self.unifier;
        for dim in self.shapes.values_mut().flatten().chain(self.scalars.values_mut()) {
            *dim = unifier.resolve(dim);
        }
    }
}

/// Arguments whose elements may change while the function runs.
fn written(func: &Func) -> HashSet<ValueId> {
    let buffers = Buffers::of(func);
    let mut touched = Touched::default();
    for id in func.walk() {
        let op = func.op(id);
        match Kind::of(op) {
            Some(Kind::Into) if let Some(root) = buffers.root(op.operands[1]) => touched.add(&buffers, root),
            None if is_pure(op) || matches!(&*op.name, "func.return" | "scf.yield") => {}
            Some(Kind::Into) | None => return func.args().iter().copied().collect(),
            Some(_) => {}
        }
    }
    func.args().iter().copied().filter(|arg| touched.meets(&buffers, *arg)).collect()
}

/// Whether range `a` ends where `b` begins, or before; symbols stand for sizes and are not negative.
fn ends_before(a: &(Dim, Dim), b: &(Dim, Dim)) -> bool {
    let gap = a.0.add(&a.1).and_then(|end| b.0.sub(&end));
    gap.is_ok_and(|gap| gap.terms().all(|(_, coefficient)| coefficient >= 0))
}

/// Sizes of a type: constants, and unknowns numbered after `last` for those that it leaves open.
fn sizes_of(ty: &Type, mut last: u32) -> Vec<Dim> {
    let dims = ty.shaped().map_or(&[][..], |s| &s.dims);
    let unknown = |last: &mut u32| {
        *last += 1;
        Dim::symbol(Symbol::unknown(*last))
    };
    dims.iter().map(|dim| dim.map_or_else(|| unknown(&mut last), |n| Dim::constant(n as i64))).collect()
}

/// The sizes that the attributes of an argument or result declare.
fn declared(attrs: &Attrs, name: &str) -> Result<Vec<Dim>, ShapeError> {
    let Some(Attr::Array(list)) = attrs.get("xpu.shape") else { return Ok(Vec::new()) };
    list.iter()
        .map(|text| {
            let dim: Dim = text
                .as_str()
                .unwrap_or_default()
                .parse()
                .map_err(|error| ShapeError::Declared { name: name.to_owned(), error })?;
            if dim.has_unknowns() {
                return Err(ShapeError::Unknown { name: name.to_owned(), dim: dim.to_string() });
            }
            Ok(dim)
        })
        .collect()
}
