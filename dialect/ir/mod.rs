//! A plain Rust mirror of the MLIR that this compiler works on.
//!
//! MLIR parses, verifies and prints; everything between is done on this graph, built by one walk
//! ([`import`]) and written back by one walk ([`export`]). No lifetime of the MLIR context reaches a pass.
//!
//! A [`Func`] owns its operations, values and blocks in arenas; ids are indices and never reused.
//! Passes do not edit in place: they build a new function with a [`Builder`], mapping values as they go.

mod builder;
mod export;
mod import;
mod slice;
mod types;

pub use builder::{Builder, OpSpec, cmpi_inverse, cmpi_predicate};
pub use export::{ExportError, export};
pub use import::{ImportError, import};
pub(crate) use import::{diagnostic_location, in_file};
pub use slice::{Extent, Slice};
pub use types::{Attr, Attrs, Layout, Loc, Shaped, Space, Type};

use rustc_hash::FxHashMap as HashMap;
use std::sync::Arc;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// Position in the function's arena.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// An SSA value of a function.
    ValueId
);
id!(
    /// An operation of a function.
    OpId
);
id!(
    /// A block of a function.
    BlockId
);

/// What defines a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Def {
    /// The n-th argument of a block.
    Arg(BlockId, usize),
    /// The n-th result of an operation.
    Result(OpId, usize),
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Op {
    /// Full name, `dialect.op`.
    pub name: Arc<str>,
    /// Values it uses.
    pub operands: Vec<ValueId>,
    /// Values it defines.
    pub results: Vec<ValueId>,
    /// Attributes, inherent and discardable alike.
    pub attrs: Attrs,
    /// Regions, each a list of blocks.
    pub regions: Vec<Vec<BlockId>>,
    /// Blocks that a terminator may go to.
    pub successors: Vec<BlockId>,
    /// Where it was written.
    pub loc: Loc,
}

impl Op {
    /// Whether a unit (or any) attribute is there.
    pub fn has(&self, attr: &str) -> bool {
        self.attrs.contains_key(attr)
    }

    /// Text of a string attribute.
    pub fn str_attr(&self, attr: &str) -> Option<&str> {
        self.attrs.get(attr).and_then(Attr::as_str)
    }
}

#[derive(Debug, Clone)]
struct ValueData {
    ty: Type,
    def: Def,
}

/// A block: arguments, then operations in order.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Arguments.
    pub args: Vec<ValueId>,
    /// Operations in program order.
    pub ops: Vec<OpId>,
}

/// A function and everything in it.
#[derive(Debug, Clone)]
pub struct Func {
    /// Symbol name.
    pub name: Arc<str>,
    /// One set of attributes an argument.
    pub arg_attrs: Vec<Attrs>,
    /// Result types.
    pub result_types: Vec<Type>,
    /// One set of attributes a result.
    pub result_attrs: Vec<Attrs>,
    /// Attributes of the function itself, its name and type apart.
    pub attrs: Attrs,
    /// Where it was written.
    pub loc: Loc,
    /// Blocks of the body; empty for a declaration.
    pub body: Vec<BlockId>,
    /// Argument types of a declaration.
    declared_args: Vec<Type>,
    values: Vec<ValueData>,
    ops: Vec<Op>,
    blocks: Vec<Block>,
}

impl Func {
    /// A function with an entry block whose arguments have the given types.
    pub fn new(name: impl Into<Arc<str>>, args: &[Type], loc: Loc) -> Self {
        let mut func = Func {
            name: name.into(),
            arg_attrs: vec![Attrs::new(); args.len()],
            result_types: Vec::new(),
            result_attrs: Vec::new(),
            attrs: Attrs::new(),
            loc,
            body: Vec::new(),
            declared_args: args.to_vec(),
            values: Vec::new(),
            ops: Vec::new(),
            blocks: Vec::new(),
        };
        let entry = func.new_block(args);
        func.body.push(entry);
        func
    }

    /// A declaration: a function without a body.
    pub fn declaration(name: impl Into<Arc<str>>, args: &[Type], results: &[Type]) -> Self {
        let mut func = Func::new(name, &[], Loc::UNKNOWN);
        func.body.clear();
        func.arg_attrs = vec![Attrs::new(); args.len()];
        func.declared_args = args.to_vec();
        func.set_results(results.to_vec());
        func.attrs.insert(Arc::from("sym_visibility"), Attr::str("private"));
        func
    }

    /// An empty function with the name, arguments, results and attributes of `self`.
    pub fn empty_like(&self) -> Self {
        let mut func = Func::new(self.name.clone(), &self.arg_types(), self.loc.clone());
        func.arg_attrs.clone_from(&self.arg_attrs);
        func.result_types.clone_from(&self.result_types);
        func.result_attrs.clone_from(&self.result_attrs);
        func.attrs.clone_from(&self.attrs);
        func
    }

    /// Sets result types; attributes of results are emptied.
    pub fn set_results(&mut self, types: Vec<Type>) {
        self.result_attrs = vec![Attrs::new(); types.len()];
        self.result_types = types;
    }

    /// Arguments of the entry block.
    pub fn args(&self) -> &[ValueId] {
        self.body.first().map_or(&[], |entry| &self.block(*entry).args)
    }

    /// Makes room for one more argument at `index` of a function with a body.
    pub fn insert_arg(&mut self, index: usize, ty: Type, attrs: Attrs) -> ValueId {
        let entry = self.body[0];
        let value = self.new_value(ty, Def::Arg(entry, index));
        self.arg_attrs.insert(index, attrs);
        let args = &mut self.blocks[entry.index()].args;
        args.insert(index, value);
        for (position, arg) in args.iter().enumerate().skip(index) {
            self.values[arg.index()].def = Def::Arg(entry, position);
        }
        value
    }

    /// Types of the arguments.
    pub fn arg_types(&self) -> Vec<Type> {
        if self.body.is_empty() {
            return self.declared_args.clone();
        }
        self.args().iter().map(|v| self.ty(*v).clone()).collect()
    }

    /// Name of an argument for people: `xpu.name`, else its position.
    pub fn arg_name(&self, index: usize) -> String {
        named(self.arg_attrs.get(index)).unwrap_or_else(|| format!("argument {index}"))
    }

    /// Name of a result for people: `xpu.name`, else its position.
    pub fn result_name(&self, index: usize) -> String {
        named(self.result_attrs.get(index)).unwrap_or_else(|| format!("result {index}"))
    }

    /// The entry block; a declaration has none.
    pub fn entry(&self) -> Option<BlockId> {
        self.body.first().copied()
    }

    /// An operation.
    pub fn op(&self, id: OpId) -> &Op {
        &self.ops[id.index()]
    }

    /// An operation, to change.
    pub fn op_mut(&mut self, id: OpId) -> &mut Op {
        &mut self.ops[id.index()]
    }

    /// A block.
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    /// A block, to change.
    pub fn block_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.index()]
    }

    /// Type of a value.
    pub fn ty(&self, value: ValueId) -> &Type {
        &self.values[value.index()].ty
    }

    /// Changes the type of a value.
    pub fn set_type(&mut self, value: ValueId, ty: Type) {
        self.values[value.index()].ty = ty;
    }

    /// What defines a value.
    pub fn def(&self, value: ValueId) -> Def {
        self.values[value.index()].def
    }

    /// The operation that defines a value, if one does.
    pub fn def_op(&self, value: ValueId) -> Option<&Op> {
        match self.def(value) {
            Def::Result(op, _) => Some(self.op(op)),
            Def::Arg(..) => None,
        }
    }

    /// The value of an `arith.constant`, if that defines it.
    pub fn constant(&self, value: ValueId) -> Option<i64> {
        let op = self.def_op(value).filter(|op| &*op.name == "arith.constant")?;
        match op.attrs.get("value")? {
            Attr::Bool(value) => Some((*value).into()),
            other => other.as_int(),
        }
    }

    /// Number of values ever made; ids are below it.
    pub fn value_count(&self) -> usize {
        self.values.len()
    }

    /// Adds a block that no region holds yet.
    pub fn new_block(&mut self, args: &[Type]) -> BlockId {
        let id = BlockId(self.blocks.len() as u32);
        self.blocks.push(Block::default());
        for (index, ty) in args.iter().enumerate() {
            let value = self.new_value(ty.clone(), Def::Arg(id, index));
            self.blocks[id.index()].args.push(value);
        }
        id
    }

    /// Adds an operation that no block holds yet.
    pub fn new_op(&mut self, mut op: Op, results: impl IntoIterator<Item = Type>) -> OpId {
        let id = OpId(self.ops.len() as u32);
        let results = results.into_iter().enumerate();
        op.results = results.map(|(i, ty)| self.new_value(ty, Def::Result(id, i))).collect();
        self.ops.push(op);
        id
    }

    fn new_value(&mut self, ty: Type, def: Def) -> ValueId {
        let id = ValueId(self.values.len() as u32);
        self.values.push(ValueData { ty, def });
        id
    }

    /// Every operation under the body, outer before inner, in program order.
    pub fn walk(&self) -> Vec<OpId> {
        let mut order = Vec::new();
        let mut stack: Vec<OpId> = self.ops_of(&self.body);
        stack.reverse();
        while let Some(op) = stack.pop() {
            order.push(op);
            for region in self.op(op).regions.iter().rev() {
                stack.extend(self.ops_of(region).into_iter().rev());
            }
        }
        order
    }

    /// Every operation of a block and under it.
    pub fn nested(&self, block: BlockId) -> Vec<OpId> {
        let mut order = Vec::new();
        let mut stack: Vec<OpId> = self.block(block).ops.iter().rev().copied().collect();
        while let Some(op) = stack.pop() {
            order.push(op);
            stack.extend(self.op(op).regions.iter().flat_map(|r| self.ops_of(r)));
        }
        order
    }

    fn ops_of(&self, blocks: &[BlockId]) -> Vec<OpId> {
        blocks.iter().flat_map(|b| self.block(*b).ops.iter().copied()).collect()
    }

    /// Uses of each value, in program order.
    pub fn uses(&self) -> HashMap<ValueId, Vec<OpId>> {
        let mut uses: HashMap<ValueId, Vec<OpId>> = HashMap::default();
        for op in self.walk() {
            for operand in &self.op(op).operands {
                uses.entry(*operand).or_default().push(op);
            }
        }
        uses
    }
}

fn named(attrs: Option<&Attrs>) -> Option<String> {
    Some(attrs?.get("xpu.name")?.as_str()?.to_owned())
}

/// A module: functions in order.
#[derive(Debug, Clone, Default)]
pub struct Module {
    /// Functions; names are unique.
    pub funcs: Vec<Func>,
    /// What stands beside the functions.
    pub attrs: Header,
}

/// What a module has beside its functions.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// Attributes of the module.
    pub attrs: Attrs,
    /// `xpu.signature` operations that no function has been bound to yet.
    pub signatures: Vec<Op>,
}

impl Module {
    /// The function of that name.
    pub fn func(&self, name: &str) -> Option<&Func> {
        self.funcs.iter().find(|f| &*f.name == name)
    }
}
