//! From a function in value form to an e-graph.

use super::facts::{Data, Facts, Graph};
use super::lang::{Children, Node, Op as Term, Ty, Upstream};
use crate::infer_shapes;
use crate::tidy::is_pure;
use egg::Id;
use rustc_hash::FxHashMap;
use std::fmt::Write;
use std::sync::Arc;
use xpuc_dialect::ir::{Attr, Attrs, Extent, Func, Loc, Op, OpId, Slice, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, Parts, Predicate, predicate};

/// A function as an e-graph and what stays outside of it.
#[derive(Debug)]
pub(super) struct Imported {
    pub(super) graph: Graph,
    /// Class of each scalar and tensor.
    pub(super) ids: FxHashMap<ValueId, Id>,
    /// Values that leaves stand for.
    pub(super) leaves: Vec<ValueId>,
    /// Ops that are no terms, in order.
    pub(super) skeleton: Vec<OpId>,
    /// Names and attributes of upstream ops; the first has none.
    pub(super) protos: Vec<(Arc<str>, Attrs)>,
    /// Where each term was written, in order.
    pub(super) locs: Vec<(Id, Loc)>,
}

impl Imported {
    /// Classes that ops outside the e-graph use, in order of use.
    pub(super) fn roots(&self, func: &Func) -> Vec<Id> {
        let uses = self.skeleton.iter().flat_map(|id| operands(func, *id));
        uses.filter_map(|v| self.ids.get(&v)).map(|id| self.graph.find(*id)).collect()
    }
}

/// Values that an op, or one in its regions, uses.
pub(super) fn operands(func: &Func, id: OpId) -> Vec<ValueId> {
    let op = func.op(id);
    let nested = op.regions.iter().flatten().flat_map(|block| func.nested(*block));
    let nested = nested.flat_map(|inner| func.op(inner).operands.clone());
    op.operands.iter().copied().chain(nested).collect()
}

pub(super) fn import(func: &Func, shapes: &infer_shapes::Facts) -> Imported {
    let mut import = Import {
        func,
        shapes,
        out: Imported {
            graph: Graph::new(Facts::default()),
            ids: FxHashMap::default(),
            leaves: Vec::new(),
            skeleton: Vec::new(),
            protos: vec![(Arc::from(""), Attrs::new())],
            locs: Vec::new(),
        },
        numbers: FxHashMap::default(),
        spaces: FxHashMap::default(),
        contract: true,
    };
    for arg in func.args() {
        import.leaf(*arg);
    }
    for id in func.entry().map(|entry| func.block(entry).ops.clone()).unwrap_or_default() {
        import.op(id);
    }
    import.out.graph.rebuild();
    import.out
}

struct Import<'a> {
    func: &'a Func,
    shapes: &'a infer_shapes::Facts,
    out: Imported,
    /// Numbers of `protos`, by what tells them apart.
    numbers: FxHashMap<String, u32>,
    /// Where each class was first computed.
    spaces: FxHashMap<Id, Space>,
    /// Whether nothing but clauses of the contract has had an effect yet.
    contract: bool,
}

impl Import<'_> {
    fn op(&mut self, id: OpId) {
        let op = self.func.op(id);
        if is_pure(op)
            && let [result] = op.results[..]
            && Ty::of(self.func.ty(result)) != Ty::Other
            && let Some(class) = self.term(op)
        {
            self.learn(class, result);
            self.out.ids.insert(result, class);
            self.out.locs.push((class, op.loc.clone()));
            return;
        }
        self.out.skeleton.push(id);
        for result in &op.results {
            self.leaf(*result);
        }
        match Kind::of(op) {
            Some(Kind::Require) if self.contract => self.require(op),
            Some(Kind::Require | Kind::Read) => {}
            None if op.name.starts_with("memref.") => {}
            // What follows an effect may hold only after it; what comes before need not.
            _ => self.contract = false,
        }
    }

    fn term(&mut self, op: &Op) -> Option<Id> {
        let result = op.results[0];
        let ty = Ty::of(self.func.ty(result));
        let kind = Kind::of(op);
        let mut children =
            op.operands.iter().map(|v| self.out.ids.get(v).copied()).collect::<Option<Children>>()?;
        // Neither says anything about the value: where it is and what its type shows are no part of a term.
        if matches!(kind, Some(Kind::H2d | Kind::D2h)) || &*op.name == "tensor.cast" {
            return children.first().copied();
        }
        let upstream = Upstream::from_name(&op.name);
        if matches!(upstream, Upstream::ExtractSlice | Upstream::InsertSlice) {
            let inserted = Slice::of_insert(op).map(|(_, slice)| (slice, 2));
            let (slice, arrays) = Slice::of(op).map(|slice| (slice, 1)).or(inserted)?;
            children.truncate(arrays);
            children.extend([self.extent(slice.offset)?, self.extent(slice.size)?]);
            return Some(self.add(Node::new(Term::Upstream(upstream, 0), ty, children)));
        }
        if &*op.name == "arith.constant" {
            let value = match op.attrs.get("value")? {
                Attr::Int(value, _) => *value,
                Attr::Bool(value) => i64::from(*value),
                _ => return None,
            };
            return Some(self.add(Node::constant(value, ty)));
        }
        // Static sizes are operands like the others.
        if kind == Some(Kind::Constant) || upstream == Upstream::Empty {
            let count = Parts::of(op).map_or(0, |p| p.inputs.len());
            let mut sizes = children.drain(count..).collect::<Children>().into_iter();
            for dim in self.func.ty(result).shaped()?.dims.clone() {
                let size = match dim {
                    Some(size) => self.add(Node::constant(size as i64, Ty::Index)),
                    None => sizes.next()?,
                };
                children.push(size);
            }
        }
        let term = match kind {
            Some(Kind::Compare) => Term::Compare(predicate(op)?),
            Some(Kind::Cumsum) => Term::Cumsum(op.has("exclusive")),
            Some(Kind::ReduceSum) => Term::ReduceSum(ty.bits()),
            Some(kind) => Term::Xpu(kind),
            None => Term::Upstream(upstream, self.proto(op, upstream, ty)),
        };
        Some(self.add(Node::new(term, ty, children)))
    }

    /// Number of what the name and the operands of an upstream op do not say.
    fn proto(&mut self, op: &Op, upstream: Upstream, ty: Ty) -> u32 {
        let mut attrs = op.attrs.clone();
        attrs.shift_remove("xpu.shape");
        let typed =
            op.operands.iter().any(|v| Ty::of(self.func.ty(*v)) == ty) || upstream == Upstream::Extract;
        if attrs.is_empty() && typed && upstream != Upstream::Other {
            return 0;
        }
        let mut parts: Vec<String> = attrs.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        parts.sort();
        let mut key = format!("{} {}", op.name, parts.join(","));
        if !typed {
            // Writing to a string cannot fail.
            let _ = write!(key, " {ty:?}");
        }
        let next = self.out.protos.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.out.protos.push((Arc::clone(&op.name), attrs));
        }
        number
    }

    fn add(&mut self, node: Node) -> Id {
        self.out.graph.add(node)
    }

    fn extent(&mut self, extent: Extent) -> Option<Id> {
        match extent {
            Extent::Const(value) => Some(self.add(Node::constant(value, Ty::Index))),
            Extent::Value(value) => self.out.ids.get(&value).copied(),
        }
    }

    fn leaf(&mut self, value: ValueId) {
        let ty = Ty::of(self.func.ty(value));
        let class = self.add(Node::new(Term::Leaf(self.out.leaves.len() as u32), ty, []));
        self.out.leaves.push(value);
        self.learn(class, value);
        self.out.ids.insert(value, class);
    }

    /// Adds what `infer-shapes` knows, and where a value was first computed.
    fn learn(&mut self, class: Id, value: ValueId) {
        let mut data = self.out.graph[class].data.clone();
        if let Type::Tensor(shaped) = self.func.ty(value) {
            let sizes = &mut self.out.graph.analysis.sizes;
            data.dims = self.shapes.dims(value).iter().map(|dim| sizes.of(dim)).collect();
            data.space = Some((true, *self.spaces.entry(class).or_insert(shaped.space)));
        }
        if let Some(dim) = self.shapes.scalar(value).filter(|_| data.ty.is_scalar())
            && (data.scalar.is_none() || !dim.has_unknowns())
        {
            data.scalar = Some(self.out.graph.analysis.sizes.of(dim));
        }
        if data != self.out.graph[class].data {
            self.out.graph.set_analysis_data(class, data);
        }
    }

    /// A clause against a constant bounds what it is about, in all that runs after it.
    ///
    /// Only against a written constant: of two values that a clause compares, neither may be computed from
    /// what the clause says.
    fn require(&mut self, op: &Op) {
        let (Some(x), Some(y)) = (self.out.ids.get(&op.operands[0]), self.out.ids.get(&op.operands[1]))
        else {
            return;
        };
        let Some(bound) = self.out.graph[*y].data.literal else { return };
        let x = *x;
        let mut data: Data = self.out.graph[x].data.clone();
        let (low, high) = data.range;
        data.range = match predicate(op) {
            Some(Predicate::Sge) => (low.max(bound), high),
            Some(Predicate::Sgt) => (low.max(bound.saturating_add(1)), high),
            Some(Predicate::Sle) => (low, high.min(bound)),
            Some(Predicate::Slt) => (low, high.min(bound.saturating_sub(1))),
            Some(Predicate::Eq) => (low.max(bound), high.min(bound)),
            _ => (low, high),
        };
        data.assumed = true;
        // A clause that nothing satisfies says nothing: the program always fails there.
        if data.range.0 <= data.range.1 && data.literal.is_none() {
            self.out.graph.set_analysis_data(x, data);
        }
    }
}
