//! From a function in value form to an e-graph.

use super::analysis::{Data, Facts, Graph};
use super::lang::{Node, Ty};
use crate::infer_shapes;
use crate::tidy::is_pure;
use egg::Id;
use std::collections::HashMap;
use std::sync::Arc;
use xpuc_dialect::ir::{Attr, Attrs, Extent, Func, Loc, Op, OpId, Slice, Type, ValueId};
use xpuc_dialect::ops::{Kind, Parts, Predicate, predicate};

/// A function as an e-graph and what stays outside of it.
pub(super) struct Imported {
    pub(super) graph: Graph,
    /// Class of each scalar and tensor.
    pub(super) ids: HashMap<ValueId, Id>,
    /// Values that leaves stand for.
    pub(super) leaves: Vec<ValueId>,
    /// Ops that are no terms, in order.
    pub(super) skeleton: Vec<OpId>,
    /// Attributes of upstream ops, by name and detail.
    pub(super) protos: HashMap<(Arc<str>, Arc<str>), Attrs>,
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
            ids: HashMap::new(),
            leaves: Vec::new(),
            skeleton: Vec::new(),
            protos: HashMap::new(),
            locs: Vec::new(),
        },
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
        if &*op.name == "tensor.cast" {
            return self.out.ids.get(&op.operands[0]).copied();
        }
        let mut children =
            op.operands.iter().map(|v| self.out.ids.get(v).copied()).collect::<Option<Vec<Id>>>()?;
        let (name, detail) = match Kind::of(op) {
            Some(Kind::Compare) => ("compare", predicate(op).map_or("", Predicate::as_str).to_owned()),
            Some(Kind::Cumsum) => {
                ("cumsum", if op.has("exclusive") { "exclusive" } else { "inclusive" }.to_owned())
            }
            // What has no operand that lives anywhere says where it lives itself.
            Some(kind @ (Kind::Constant | Kind::Range)) => {
                let space = ty.space().map_or_else(String::new, |space| space.to_string());
                (kind.name().trim_start_matches("xpu."), space)
            }
            Some(kind @ Kind::ReduceSum) => {
                let bits = if let Ty::Tensor(bits, ..) = ty { format!("i{bits}") } else { String::new() };
                (kind.name().trim_start_matches("xpu."), bits)
            }
            Some(kind) => (kind.name().trim_start_matches("xpu."), String::new()),
            None => (&*op.name, String::new()),
        };
        if let Some(slice) = Slice::of(op) {
            children.truncate(1);
            children.extend([self.extent(slice.offset)?, self.extent(slice.size)?]);
            return Some(self.add(Node::new(name, "", ty, children)));
        }
        if let Some((_, slice)) = Slice::of_insert(op) {
            children.truncate(2);
            children.extend([self.extent(slice.offset)?, self.extent(slice.size)?]);
            return Some(self.add(Node::new(name, "", ty, children)));
        }
        if name == "arith.constant" {
            let value = match op.attrs.get("value")? {
                Attr::Int(value, _) => *value,
                Attr::Bool(value) => i64::from(*value),
                _ => return None,
            };
            return Some(self.add(Node::constant(value, ty)));
        }
        // Static sizes are operands like the others.
        if matches!(name, "constant" | "tensor.empty") {
            let count = Parts::of(op).map_or(0, |p| p.inputs.len());
            let mut sizes = children.split_off(count).into_iter();
            for dim in self.func.ty(result).shaped()?.dims.clone() {
                let size = match dim {
                    Some(size) => self.add(Node::constant(size as i64, Ty::Index)),
                    None => sizes.next()?,
                };
                children.push(size);
            }
            let detail = if name == "constant" { detail } else { self.proto(op, &ty) };
            return Some(self.add(Node::new(name, &detail, ty, children)));
        }
        let detail = if Kind::of(op).is_some() { detail } else { self.proto(op, &ty) };
        Some(self.add(Node::new(name, &detail, ty, children)))
    }

    /// Attributes of an upstream op as text; the attributes themselves are kept for the way back.
    fn proto(&mut self, op: &Op, ty: &Ty) -> String {
        let mut attrs = op.attrs.clone();
        attrs.shift_remove("xpu.shape");
        let mut parts: Vec<String> = attrs.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        parts.sort();
        if op.operands.iter().all(|v| Ty::of(self.func.ty(*v)) != *ty) {
            parts.push(format!("{ty:?}"));
        }
        let detail = parts.join(",");
        self.out.protos.insert((Arc::clone(&op.name), Arc::from(detail.as_str())), attrs);
        detail
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
        let class = self.add(Node::leaf(self.out.leaves.len(), ty));
        self.out.leaves.push(value);
        self.learn(class, value);
        self.out.ids.insert(value, class);
    }

    /// Adds what `infer-shapes` knows.
    fn learn(&mut self, class: Id, value: ValueId) {
        let mut data = self.out.graph[class].data.clone();
        if let Type::Tensor(_) = self.func.ty(value) {
            data.dims = self.shapes.dims(value).to_vec();
        }
        if let Some(dim) = self.shapes.scalar(value).filter(|dim| !dim.has_unknowns()) {
            data.scalar = Some(dim.clone());
        } else if data.scalar.is_none() && data.ty.is_scalar() {
            data.scalar = self.shapes.scalar(value).cloned();
        }
        self.out.graph.set_analysis_data(class, data);
    }

    /// A clause against a constant bounds what it is about, in all that runs after it.
    fn require(&mut self, op: &Op) {
        let (Some(x), Some(y)) = (self.out.ids.get(&op.operands[0]), self.out.ids.get(&op.operands[1]))
        else {
            return;
        };
        let (x, bound) = (*x, self.out.graph[*y].data.range);
        let mut data: Data = self.out.graph[x].data.clone();
        let (low, high) = data.range;
        data.range = match predicate(op) {
            Some(Predicate::Sge) => (low.max(bound.0), high),
            Some(Predicate::Sgt) => (low.max(bound.0.saturating_add(1)), high),
            Some(Predicate::Sle) => (low, high.min(bound.1)),
            Some(Predicate::Slt) => (low, high.min(bound.1.saturating_sub(1))),
            Some(Predicate::Eq) => (low.max(bound.0), high.min(bound.1)),
            _ => (low, high),
        };
        // A clause that nothing satisfies says nothing: the program always fails there.
        if data.range.0 <= data.range.1 {
            self.out.graph.set_analysis_data(x, data);
        }
    }
}
