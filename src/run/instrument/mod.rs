//! From the lowered form to calls of the device runtime: what `xpuc run` compiles to machine code.
//!
//! Commands become calls of `super::ffi`; with checks on, so does every load and store. A violated clause of
//! the contract returns from the function at once. Memory spaces mean nothing to LLVM: they are left out
//! when the module is written to MLIR.

mod check;
mod launch;

use std::collections::{HashMap, HashSet};
use xpuc_dialect::ir::{
    Attr, BlockId, Builder, Func, Loc, Module, OpId, OpSpec, Shaped, Space, Type, ValueId,
};
use xpuc_dialect::ops::Kind;

/// What calls refer to by number.
#[derive(Debug, Default, Clone)]
pub(super) struct Tables {
    /// Locations; entry 0 is unknown.
    pub(super) locs: Vec<Loc>,
    /// Kernels, one for each launch.
    pub(super) kernels: Vec<Launched>,
    /// How many barriers there are.
    barriers: u32,
    /// Clauses of the contract.
    pub(super) clauses: Vec<Clause>,
}

/// The kernel of a launch.
#[derive(Debug, Clone)]
pub(super) struct Launched {
    pub(super) name: String,
    /// Whether it has barriers, so that its programs take turns.
    pub(super) by_turns: bool,
}

/// What a violated `xpu.require` or `xpu.enforce` says.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    /// What it is about.
    pub(super) message: String,
    /// "at most", ...
    pub(super) expected: &'static str,
}

/// Rewrites a lowered module for the JIT.
pub(super) fn instrument(module: &Module, checked: bool) -> (Module, Tables) {
    let mut tables = Tables { locs: vec![Loc::UNKNOWN], ..Tables::default() };
    let by_turns = launch::by_turns(module);
    let mut rewritten = |func: &Func| rewrite(func, checked, &by_turns, &mut tables);
    let mut funcs: Vec<Func> = module
        .funcs
        .iter()
        .map(|func| if func.body.is_empty() { func.clone() } else { rewritten(func) })
        .collect();
    funcs.extend(declarations());
    (Module { funcs, attrs: module.attrs.clone() }, tables)
}

const INT: Type = Type::I32;

/// Functions of the runtime, as `super::ffi` defines them.
fn declarations() -> Vec<Func> {
    let (i, n) = (Type::Index, INT);
    let mut all: Vec<Func> = [
        (
            "xpu_rt_load",
            vec![i.clone(), i.clone(), n.clone(), n.clone(), n.clone(), n.clone()],
            vec![Type::I64],
        ),
        (
            "xpu_rt_store",
            vec![Type::I64, i.clone(), i.clone(), n.clone(), n.clone(), n.clone(), n.clone()],
            vec![],
        ),
        ("xpu_rt_free", vec![i.clone(), n.clone()], vec![]),
        (
            "xpu_rt_transfer",
            vec![n.clone(), i.clone(), i.clone(), i.clone(), i.clone(), i.clone(), i.clone(), n.clone()],
            vec![],
        ),
        ("xpu_rt_fill", vec![i.clone(), i.clone(), i.clone(), Type::I64, n.clone()], vec![]),
        ("xpu_rt_wait", vec![n.clone()], vec![]),
        ("xpu_rt_launch_begin", vec![n.clone(), n.clone(), n.clone(), n.clone()], vec![i.clone()]),
        ("xpu_rt_next_program", vec![i.clone()], vec![i.clone()]),
        ("xpu_rt_pass_id", vec![n.clone()], vec![]),
        ("xpu_rt_pass_scalar", vec![Type::I64], vec![]),
        ("xpu_rt_pass_buffer", vec![i.clone(), i.clone()], vec![]),
        ("xpu_rt_pass_dim", vec![i.clone()], vec![]),
        ("xpu_rt_run_by_turns", vec![n.clone(), n.clone()], vec![]),
        ("xpu_rt_barrier", vec![n.clone(), n.clone()], vec![]),
        ("xpu_rt_kernel_wait", vec![n.clone()], vec![]),
        ("xpu_rt_launch_end", vec![], vec![]),
        ("xpu_rt_divided_by_zero", vec![n.clone()], vec![]),
        ("xpu_rt_fail", vec![n.clone(), Type::I64, Type::I64, i.clone(), n.clone()], vec![]),
        ("xpu_rt_result", vec![n.clone(), i.clone(), i.clone(), n.clone()], vec![]),
        ("xpu_rt_result_dim", vec![i.clone()], vec![]),
        ("xpu_rt_result_scalar", vec![n.clone(), Type::I64, n], vec![]),
    ]
    .into_iter()
    .map(|(name, args, results)| Func::declaration(name, &args, &results))
    .collect();
    for bits in [1, 32, 64] {
        let memref = Type::MemRef(Shaped::new(Type::Int(bits), [None], Space::Host));
        let mut alloc = Func::declaration(alloc_name(bits), &[INT, i.clone(), INT], &[memref]);
        alloc.attrs.insert("llvm.emit_c_interface".into(), Attr::Unit);
        all.push(alloc);
    }
    all
}

fn alloc_name(bits: u32) -> String {
    format!("xpu_rt_alloc_i{bits}")
}

fn rewrite(func: &Func, checked: bool, by_turns: &HashSet<&str>, tables: &mut Tables) -> Func {
    let kernel = func.attrs.contains_key("xpu.kernel");
    let mut out = Func::new(func.name.clone(), &func.arg_types(), func.loc.clone());
    if kernel && !by_turns.contains(&*func.name) {
        out.attrs.insert("sym_visibility".into(), Attr::str("private"));
    } else {
        out.attrs.insert("llvm.emit_c_interface".into(), Attr::Unit);
    }
    let entry = out.body[0];
    let map = func.args().iter().copied().zip(out.args().to_vec()).collect();
    let mut rewriter = Rewriter { func, checked, kernel, by_turns, tables, map, views: HashMap::new() };
    let mut b = Builder::new(&mut out, entry);
    // Functions of the lowered form have one block: `raise` and the programs see to it.
    for id in func.block(func.body[0]).ops.clone() {
        b.loc = func.op(id).loc.clone();
        rewriter.op(&mut b, id);
    }
    out
}

struct Rewriter<'a> {
    func: &'a Func,
    checked: bool,
    kernel: bool,
    /// Functions that have barriers.
    by_turns: &'a HashSet<&'a str>,
    tables: &'a mut Tables,
    map: HashMap<ValueId, ValueId>,
    /// Base address and offset of each memref, per block they were computed in.
    views: HashMap<(BlockId, ValueId), (ValueId, ValueId)>,
}

impl Rewriter<'_> {
    fn op(&mut self, b: &mut Builder<'_>, id: OpId) {
        let op = self.func.op(id);
        let loc = self.loc(b, &op.loc);
        match (Kind::of(op), &*op.name) {
            (Some(Kind::Alloc), _) => self.alloc(b, id, loc),
            (Some(kind @ (Kind::Copy | Kind::Wait | Kind::Constant | Kind::Range)), _) if self.kernel => {
                self.in_kernel(b, kind, id, loc)
            }
            (Some(Kind::Free), _) => {
                let (base, _) = self.address(b, self.map[&op.operands[0]]);
                call(b, "xpu_rt_free", &[base, loc], &[]);
            }
            (Some(kind @ (Kind::H2d | Kind::D2h | Kind::Copy)), _) => {
                let code = match (kind, op.has("blocking")) {
                    (Kind::H2d, false) => 0,
                    (Kind::H2d, true) => 1,
                    (Kind::D2h, false) => 2,
                    (Kind::D2h, true) => 3,
                    _ => 4,
                };
                let mut operands = vec![b.constant(code, &INT)];
                operands.extend(self.spans(b, &op.operands));
                operands.push(loc);
                call(b, "xpu_rt_transfer", &operands, &[]);
            }
            (Some(Kind::Constant), _) => {
                let out = self.map[&op.operands[1]];
                let (base, offset) = self.address(b, out);
                let length = length(b, out);
                let value = wide(b, self.map[&op.operands[0]]);
                call(b, "xpu_rt_fill", &[base, offset, length, value, loc], &[]);
            }
            (Some(Kind::Wait), _) => {
                call(b, "xpu_rt_wait", &[loc], &[]);
            }
            (Some(Kind::Require), _) => self.require(b, id, loc),
            (Some(Kind::Enforce), _) => self.enforce(b, id, loc),
            (Some(Kind::Barrier), _) => self.barrier(b, loc),
            (Some(Kind::Launch), _) => self.launch(b, id, loc),
            (_, "func.return") => self.results(b, id, loc),
            (_, name) if is_division(name) => self.divide(b, id, loc),
            (_, "memref.load") if self.checked => {
                let indices: Vec<ValueId> = op.operands[1..].iter().map(|v| self.map[v]).collect();
                let memref = self.map[&op.operands[0]];
                let elem = b.shaped(memref).elem.as_ref().clone();
                let [base, index, inside, code, agent] = self.access(b, memref, &indices);
                let wide = call(b, "xpu_rt_load", &[base, index, inside, code, agent, loc], &[Type::I64])[0];
                let value = b.int_cast(wide, &elem);
                self.map.insert(op.results[0], value);
            }
            (_, "memref.store") if self.checked => {
                let indices: Vec<ValueId> = op.operands[2..].iter().map(|v| self.map[v]).collect();
                self.store(b, self.map[&op.operands[0]], self.map[&op.operands[1]], &indices, loc);
            }
            _ => self.copy(b, id),
        }
    }

    fn copy(&mut self, b: &mut Builder<'_>, id: OpId) {
        let op = self.func.op(id).clone();
        let regions = op
            .regions
            .iter()
            .map(|blocks| blocks.iter().map(|block| self.block(b, *block)).collect())
            .collect();
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
        let types: Vec<Type> = op.results.iter().map(|v| self.func.ty(*v).clone()).collect();
        let made = b.like(&op, &operands, &types, regions);
        let results = b.func.op(made).results.clone();
        self.map.extend(op.results.iter().copied().zip(results));
    }

    fn block(&mut self, b: &mut Builder<'_>, block: BlockId) -> BlockId {
        let args = self.func.block(block).args.clone();
        let types: Vec<Type> = args.iter().map(|v| self.func.ty(*v).clone()).collect();
        let new = b.func.new_block(&types);
        self.map.extend(args.into_iter().zip(b.func.block(new).args.clone()));
        let mut inner = Builder::new(b.func, new);
        for id in self.func.block(block).ops.clone() {
            inner.loc = self.func.op(id).loc.clone();
            self.op(&mut inner, id);
        }
        new
    }

    fn alloc(&mut self, b: &mut Builder<'_>, id: OpId, loc: ValueId) {
        let op = self.func.op(id);
        let ty = self.func.ty(op.results[0]).clone();
        let Some(shaped) = ty.memref().cloned() else { return };
        let mut dynamic = op.operands.iter().map(|v| self.map[v]).collect::<Vec<_>>().into_iter();
        let sizes: Vec<ValueId> = shaped
            .dims
            .iter()
            .map(|dim| match dim {
                Some(size) => b.index(*size as i64),
                None => dynamic.next().unwrap_or_else(|| b.index(0)),
            })
            .collect();
        let mut elements = b.index(1);
        for size in &sizes {
            elements = b.arith("muli", elements, *size);
        }
        let bits = shaped.elem.bits().unwrap_or(32);
        let space = match shaped.space {
            Space::Host => 0,
            Space::Device => 1,
            Space::Shared => 2,
            Space::Local => 3,
        };
        let space = b.constant(space, &INT);
        let flat = Type::MemRef(Shaped::new(Type::Int(bits), [None], shaped.space));
        let flat = call(b, &alloc_name(bits), &[space, elements, loc], &[flat])[0];
        let whole = if shaped.rank() == 1 { flat } else { reshape(b, flat, &sizes) };
        let memref = if b.ty(whole) == &ty { whole } else { b.value("memref.cast", &[whole], ty, &[]) };
        self.map.insert(op.results[0], memref);
    }

    fn results(&mut self, b: &mut Builder<'_>, id: OpId, loc: ValueId) {
        for (position, value) in self.func.op(id).operands.clone().into_iter().enumerate() {
            let value = self.map[&value];
            let position = b.constant(position as i64, &INT);
            if b.ty(value).is_scalar() {
                let value = wide(b, value);
                call(b, "xpu_rt_result_scalar", &[position, value, loc], &[]);
                continue;
            }
            let (base, offset) = self.address(b, value);
            call(b, "xpu_rt_result", &[position, base, offset, loc], &[]);
            for axis in 0..b.shaped(value).rank() {
                let dim = b.dim(value, axis);
                call(b, "xpu_rt_result_dim", &[dim], &[]);
            }
        }
        b.effect("func.return", &[], &[]);
    }

    fn loc(&mut self, b: &mut Builder<'_>, loc: &Loc) -> ValueId {
        let index = self.tables.locs.iter().position(|known| known == loc).unwrap_or_else(|| {
            self.tables.locs.push(loc.clone());
            self.tables.locs.len() - 1
        });
        b.constant(index as i64, &INT)
    }
}

fn is_division(name: &str) -> bool {
    matches!(
        name.trim_start_matches("arith."),
        "divsi" | "divui" | "remsi" | "remui" | "floordivsi" | "ceildivsi" | "ceildivui"
    )
}

fn call(b: &mut Builder<'_>, name: &str, operands: &[ValueId], results: &[Type]) -> Vec<ValueId> {
    let attrs = [("callee", Attr::Symbol(name.into()))];
    let op = b.op("func.call", OpSpec { operands, results, attrs: &attrs, ..OpSpec::default() });
    b.func.op(op).results.clone()
}

/// A scalar as i64.
fn wide(b: &mut Builder<'_>, value: ValueId) -> ValueId {
    b.int_cast(value, &Type::I64)
}

/// Number of elements of a memref.
fn length(b: &mut Builder<'_>, memref: ValueId) -> ValueId {
    let mut elements = b.index(1);
    for axis in 0..b.shaped(memref).rank() {
        let dim = b.dim(memref, axis);
        elements = b.arith("muli", elements, dim);
    }
    elements
}

/// A flat buffer as a row-major one of the given sizes.
fn reshape(b: &mut Builder<'_>, flat: ValueId, sizes: &[ValueId]) -> ValueId {
    const DYNAMIC: i64 = i64::MIN;
    let mut strides = vec![b.index(1); sizes.len()];
    for axis in (0..sizes.len().saturating_sub(1)).rev() {
        strides[axis] = b.arith("muli", strides[axis + 1], sizes[axis + 1]);
    }
    let shaped = b.shaped(flat).clone();
    let rank = sizes.len();
    let strided = Type::Other(
        format!(
            "memref<{}{}, strided<[{}], offset: 0>>",
            "?x".repeat(rank),
            shaped.elem,
            vec!["?"; rank].join(", "),
        )
        .into(),
    );
    let mut operands = vec![flat];
    operands.extend_from_slice(sizes);
    operands.extend_from_slice(&strides);
    let count = rank as i32;
    let attrs = [
        ("static_offsets", Attr::I64s(vec![0])),
        ("static_sizes", Attr::I64s(vec![DYNAMIC; rank])),
        ("static_strides", Attr::I64s(vec![DYNAMIC; rank])),
        ("operandSegmentSizes", Attr::I32s(vec![1, 0, count, count])),
    ];
    let view = b.value("memref.reinterpret_cast", &operands, strided, &attrs);
    // The strides are those of a dense buffer; say so in the type.
    let dense = Type::MemRef(Shaped::new((*shaped.elem).clone(), vec![None; rank], shaped.space));
    b.value("memref.cast", &[view], dense, &[])
}
