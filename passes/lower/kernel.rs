//! One launch: the kernel, and the call of it for every program of the grid.

use super::elemental::Elements;
use super::loops::Part;
use super::{LowerError, PARTITION_ELEMENTS};
use crate::pass::{Grid, PassError};
use std::collections::HashMap;
use xpuc_dialect::ir::{Attr, BlockId, Builder, Func, Op, OpId, OpSpec, Type, ValueId};
use xpuc_dialect::ops::{Form, Kind, Parts};

/// Emits the launch of a device op or a fusion at `b`; returns the kernel.
pub(super) fn launch(
    b: &mut Builder<'_>,
    outer: &Elements<'_>,
    id: OpId,
    grid: Grid,
    name: String,
) -> Result<Func, PassError> {
    let func = outer.func;
    let op = func.op(id);
    let uses = used(func, id);
    let mut types = vec![Type::Index, Type::Index];
    types.extend(uses.iter().map(|v| func.ty(*v).clone()));
    let mut kernel = Func::new(name.clone(), &types, op.loc.clone());
    kernel.attrs.insert("sym_visibility".into(), Attr::str("private"));
    kernel.attrs.insert("xpu.kernel".into(), Attr::Unit);
    let (entry, args) = (kernel.body[0], kernel.args().to_vec());
    let mut elements = Elements {
        func,
        map: uses.iter().copied().zip(args[2..].iter().copied()).collect::<HashMap<_, _>>(),
    };
    let mut k = Builder::new(&mut kernel, entry);
    k.loc = op.loc.clone();
    let program = Program { cluster: args[0], core: args[1], grid };
    match op.regions.first() {
        Some(blocks) => {
            for inner in blocks.iter().flat_map(|block| &func.block(*block).ops) {
                fused(&mut k, &mut elements, func.op(*inner), &program)?;
            }
        }
        None => {
            if let Some(Parts { form: Form::Buffer { out }, .. }) = Parts::of(op) {
                let out = elements.get(out);
                program.write(&mut k, &elements, op, out)?;
            }
        }
    }
    k.effect("func.return", &[], &[]);

    let block = b.func.new_block(&[Type::Index, Type::Index]);
    let mut operands = b.func.block(block).args.clone();
    operands.extend(uses.iter().map(|v| outer.get(*v)));
    let mut inner = Builder { func: b.func, block, loc: op.loc.clone() };
    inner.effect("func.call", &operands, &[("callee", Attr::Symbol(name.into()))]);
    inner.effect("vector.yield", &[], &[]);
    let attrs = [
        ("clusters", Attr::Int(grid.clusters.into(), Type::I64)),
        ("cores", Attr::Int(grid.cores.into(), Type::I64)),
    ];
    b.op(Kind::Launch.name(), OpSpec { attrs: &attrs, regions: vec![vec![block]], ..OpSpec::default() });
    Ok(kernel)
}

/// One op of a fusion's body: `into` writes, scalars are computed, the rest is computed where it is used.
fn fused(
    k: &mut Builder<'_>,
    elements: &mut Elements<'_>,
    op: &Op,
    program: &Program,
) -> Result<(), PassError> {
    k.loc = op.loc.clone();
    if let [result] = op.results[..]
        && elements.func.ty(result).is_scalar()
    {
        if !op.operands.iter().all(|v| elements.map.contains_key(v)) {
            return Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc));
        }
        let operands: Vec<ValueId> = op.operands.iter().map(|v| elements.get(*v)).collect();
        let made = k.like(op, &operands, &[elements.func.ty(result).clone()], Vec::new());
        elements.map.insert(result, k.func.op(made).results[0]);
        return Ok(());
    }
    if Kind::of(op) != Some(Kind::Into) {
        return Ok(());
    }
    let (value, out) = (op.operands[0], elements.get(op.operands[1]));
    match elements.func.def_op(value) {
        Some(source) if Kind::of(source).is_some_and(Kind::is_compute) => {
            program.write(k, elements, source, out)
        }
        _ => program.partition(k, out, |k, part| elements.copy(k, value, out, part)),
    }
}

/// The program of one core in a launch.
struct Program {
    cluster: ValueId,
    core: ValueId,
    grid: Grid,
}

impl Program {
    fn write(
        &self,
        k: &mut Builder<'_>,
        elements: &Elements<'_>,
        op: &Op,
        out: ValueId,
    ) -> Result<(), PassError> {
        match Kind::of(op) {
            Some(Kind::Cumsum | Kind::ReduceSum | Kind::ReduceMax | Kind::Compact) => {
                self.first_core(k, |k| elements.write(k, op, out, Part::Whole))
            }
            Some(_) => self.partition(k, out, |k, part| elements.write(k, op, out, part)),
            None => Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc)),
        }
    }

    /// Scans are sequential: one core does them.
    fn first_core(
        &self,
        k: &mut Builder<'_>,
        body: impl FnOnce(&mut Builder<'_>) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let zero = k.index(0);
        let id = self.id(k);
        let first = k.cmpi("eq", id, zero);
        k.when(first, body)
    }

    /// The elements of `out` that fall to this program: a run of whole partitions, the last one cut.
    fn partition(
        &self,
        k: &mut Builder<'_>,
        out: ValueId,
        body: impl FnOnce(&mut Builder<'_>, Part) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let rank = k.shaped(out).rank();
        let mut length = k.index(1);
        for axis in 0..rank {
            let dim = k.dim(out, axis);
            length = k.arith("muli", length, dim);
        }
        let id = self.id(k);
        let programs = k.index(i64::from(self.grid.clusters) * i64::from(self.grid.cores));
        let align = k.index(PARTITION_ELEMENTS);
        let partitions = k.arith("ceildivui", length, align);
        let each = k.arith("ceildivui", partitions, programs);
        let chunk = k.arith("muli", each, align);
        let begin = k.arith("muli", id, chunk);
        let end = k.arith("addi", begin, chunk);
        let upper = k.arith("minui", end, length);
        let some = k.cmpi("ult", begin, upper);
        k.when(some, |k| body(k, Part::Range(begin, upper)))
    }

    /// Number of the program; small work spreads over clusters first.
    fn id(&self, k: &mut Builder<'_>) -> ValueId {
        let clusters = k.index(self.grid.clusters.into());
        let row = k.arith("muli", self.core, clusters);
        k.arith("addi", row, self.cluster)
    }
}

/// Memrefs and scalars from outside that an op and its regions use, in the order of first use.
fn used(func: &Func, id: OpId) -> Vec<ValueId> {
    let op = func.op(id);
    let mut inside: Vec<ValueId> = Vec::new();
    let mut uses: Vec<ValueId> = Vec::new();
    let mut visit = |operands: &[ValueId], inside: &[ValueId]| {
        for value in operands {
            if !inside.contains(value) && !uses.contains(value) {
                uses.push(*value);
            }
        }
    };
    visit(&op.operands, &inside);
    let nested: Vec<BlockId> = op.regions.iter().flatten().copied().collect();
    for block in nested {
        for inner in &func.block(block).ops {
            visit(&func.op(*inner).operands, &inside);
            inside.extend(&func.op(*inner).results);
        }
    }
    uses
}
