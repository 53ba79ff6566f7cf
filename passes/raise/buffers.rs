//! Which buffers of a function become values, and which may overlap.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{Func, OpId, Slice, Space, ValueId};
use xpuc_dialect::ops::{Form, Kind, Parts};

/// The buffers of one function.
#[derive(Debug)]
pub(crate) struct Buffers {
    /// The buffer that each memref value is, or is a view of.
    roots: HashMap<ValueId, ValueId>,
    /// Local buffers that become values.
    promoted: HashSet<ValueId>,
    /// Arguments that no other argument overlaps, and local allocations.
    distinct: HashSet<ValueId>,
    /// Memrefs that ops we do not follow have made: of what, nobody knows.
    unknown: HashSet<ValueId>,
    /// Memory that each buffer is in.
    spaces: HashMap<ValueId, Space>,
    /// `scf.if` operations whose branches hold nothing but ops that we follow.
    flat: HashSet<OpId>,
}

impl Buffers {
    pub(crate) fn of(func: &Func) -> Self {
        let mut buffers = Buffers {
            roots: HashMap::default(),
            promoted: HashSet::default(),
            distinct: HashSet::default(),
            unknown: HashSet::default(),
            spaces: HashMap::default(),
            flat: HashSet::default(),
        };
        for (index, arg) in func.args().iter().enumerate() {
            buffers.roots.insert(*arg, *arg);
            if func.arg_attrs[index].contains_key("xpu.noalias") {
                buffers.distinct.insert(*arg);
            }
        }
        let mut opaque = Vec::new();
        for id in func.walk() {
            if is_flat(func, id) {
                buffers.flat.insert(id);
            }
            buffers.visit(func, id, &mut opaque);
            // Regions that stay regions: what they use has to stay memory.
            if !buffers.flat.contains(&id) {
                let nested = func.op(id).regions.iter().flatten().flat_map(|b| func.nested(*b));
                opaque.extend(nested.flat_map(|inner| func.op(inner).operands.clone()));
            }
        }
        let roots: HashSet<ValueId> = buffers.roots.values().copied().collect();
        buffers.spaces = roots.into_iter().filter_map(|v| Some((v, func.ty(v).shaped()?.space))).collect();
        // Whoever holds a memref in a way we do not follow may do anything with it.
        for value in opaque {
            if let Some(root) = buffers.root(value) {
                buffers.promoted.remove(&root);
            }
        }
        buffers
    }

    fn visit(&mut self, func: &Func, id: OpId, opaque: &mut Vec<ValueId>) {
        let op = func.op(id);
        let memrefs = || op.operands.iter().copied().filter(|v| func.ty(*v).memref().is_some());
        match Kind::of(op) {
            Some(Kind::Alloc) => {
                let buffer = op.results[0];
                self.roots.insert(buffer, buffer);
                self.promoted.insert(buffer);
                self.distinct.insert(buffer);
            }
            Some(Kind::Fusion | Kind::Launch | Kind::Read | Kind::Into | Kind::Materialize) => {
                opaque.extend(memrefs());
            }
            Some(_) => {}
            None => match &*op.name {
                "memref.subview" if Slice::of(op).is_some() => self.view(op.operands[0], op.results[0]),
                "memref.cast" => self.view(op.operands[0], op.results[0]),
                "memref.collapse_shape" => {
                    self.view(op.operands[0], op.results[0]);
                    opaque.push(op.operands[0]);
                }
                "memref.dim" | "memref.load" | "memref.store" | "func.return" => {}
                "scf.if" if op.results.iter().all(|r| func.ty(*r).memref().is_none()) => {}
                _ => {
                    opaque.extend(memrefs());
                    // Views made by ops that we do not follow are views of everything they take.
                    for result in &op.results {
                        if func.ty(*result).memref().is_some() {
                            self.roots.insert(*result, *result);
                            self.unknown.insert(*result);
                        }
                    }
                }
            },
        }
    }

    fn view(&mut self, source: ValueId, view: ValueId) {
        let root = self.roots.get(&source).copied().unwrap_or(source);
        self.roots.insert(view, root);
    }

    /// The buffer that a memref is, or is a view of.
    pub(crate) fn root(&self, memref: ValueId) -> Option<ValueId> {
        self.roots.get(&memref).copied()
    }

    /// Whether an operation is an `scf.if` that is flattened.
    pub(super) fn is_flat(&self, id: OpId) -> bool {
        self.flat.contains(&id)
    }

    /// Whether the buffer becomes a value.
    pub(super) fn is_promoted(&self, root: ValueId) -> bool {
        self.promoted.contains(&root)
    }

    /// Whether a buffer aliases none but itself.
    fn is_alone(&self, root: ValueId) -> bool {
        self.distinct.contains(&root) && (self.unknown.is_empty() || self.promoted.contains(&root))
    }

    /// Whether a write to `a` may change what is read from `b`.
    pub(crate) fn may_alias(&self, a: ValueId, b: ValueId) -> bool {
        if let (Some(x), Some(y)) = (self.spaces.get(&a), self.spaces.get(&b))
            && x != y
        {
            return false;
        }
        let unknown = |x: ValueId, y: ValueId| self.unknown.contains(&x) && !self.promoted.contains(&y);
        a == b
            || unknown(a, b)
            || unknown(b, a)
            || !(self.distinct.contains(&a) || self.distinct.contains(&b))
    }
}

/// A set of buffers, to ask whether a write to one of them may change another.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    roots: HashSet<ValueId>,
    /// One that shares its memory with every other such buffer is among them.
    shared: bool,
    /// One of which nobody knows what it is.
    unknown: bool,
    /// One that somebody else can see.
    visible: bool,
}

impl Touched {
    pub(crate) fn add(&mut self, buffers: &Buffers, root: ValueId) {
        self.roots.insert(root);
        self.shared |= !buffers.distinct.contains(&root);
        self.unknown |= buffers.unknown.contains(&root);
        self.visible |= !buffers.promoted.contains(&root);
    }

    /// Whether any of them may alias a buffer ([`Buffers::may_alias`]).
    pub(crate) fn meets(&self, buffers: &Buffers, root: ValueId) -> bool {
        self.roots.contains(&root)
            || (self.shared && !buffers.distinct.contains(&root))
            || (self.unknown && !buffers.promoted.contains(&root))
            || (self.visible && buffers.unknown.contains(&root))
    }
}

/// What is known of views, by the buffer that each is of; of one buffer in the order it was learned.
#[derive(Debug)]
pub(crate) struct ByBuffer<T>(IndexMap<ValueId, Vec<T>, FxBuildHasher>);

impl<T> Default for ByBuffer<T> {
    fn default() -> Self {
        ByBuffer(IndexMap::default())
    }
}

impl<T> ByBuffer<T> {
    pub(crate) fn of(&self, root: ValueId) -> &[T] {
        self.0.get(&root).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn add(&mut self, root: ValueId, item: T) {
        self.0.entry(root).or_default().push(item);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What is known of buffers that may alias one.
    pub(crate) fn aliasing(&self, buffers: &Buffers, root: ValueId) -> impl Iterator<Item = &T> {
        let (own, others) = match buffers.is_alone(root) {
            true => (Some(self.of(root)), None),
            false => (None, Some(self.0.iter().filter(move |(other, _)| buffers.may_alias(root, **other)))),
        };
        own.into_iter().chain(others.into_iter().flatten().map(|(_, items)| items.as_slice())).flatten()
    }

    /// Keeps of what is known of buffers that may alias one only some.
    pub(crate) fn retain(&mut self, buffers: &Buffers, root: ValueId, mut keep: impl FnMut(&T) -> bool) {
        if buffers.is_alone(root) {
            if let Some(items) = self.0.get_mut(&root) {
                items.retain(keep);
            }
            return;
        }
        self.0.retain(|other, items| {
            if buffers.may_alias(root, *other) {
                items.retain(&mut keep);
            }
            !items.is_empty()
        });
    }
}

/// Whether both branches of an `scf.if` can become straight-line code.
fn is_flat(func: &Func, id: OpId) -> bool {
    let op = func.op(id);
    &*op.name == "scf.if"
        && op.results.iter().all(|r| func.ty(*r).is_scalar())
        && op.regions.iter().flatten().all(|block| {
            func.block(*block).ops.iter().all(|inner| {
                let inner_op = func.op(*inner);
                &*inner_op.name == "scf.yield"
                    || is_flat(func, *inner)
                    || (is_known(func, *inner)
                        && !matches!(Kind::of(inner_op), Some(Kind::Require | Kind::Enforce)))
            })
        })
}

/// Whether an op only reads and writes the buffers it names.
fn is_known(func: &Func, id: OpId) -> bool {
    let op = func.op(id);
    match Kind::of(op) {
        Some(Kind::Fusion | Kind::Launch | Kind::Read | Kind::Into | Kind::Materialize) => false,
        Some(Kind::Wait | Kind::Alloc | Kind::Free | Kind::Require | Kind::Enforce) => true,
        Some(_) => Parts::of(op).is_some_and(|p| matches!(p.form, Form::Buffer { .. })),
        None => {
            matches!(
                &*op.name,
                "memref.dim" | "memref.load" | "memref.store" | "memref.cast" | "memref.collapse_shape"
            ) || (&*op.name == "memref.subview" && Slice::of(op).is_some())
                || is_scalar_op(func, id)
        }
    }
}

/// Pure arithmetic on scalars.
pub(super) fn is_scalar_op(func: &Func, id: OpId) -> bool {
    let op = func.op(id);
    op.name.starts_with("arith.")
        && op.regions.is_empty()
        && op.operands.iter().chain(&op.results).all(|v| func.ty(*v).is_scalar())
}
