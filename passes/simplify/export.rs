//! From a choice of terms back to a function in value form.
//!
//! A term is computed where its class says, on operands that are there; what is elsewhere is transferred, once
//! for each class and direction, right before it is first needed.

use super::SimplifyError;
use super::extract::Extraction;
use super::facts::Data;
use super::import::{Imported, operands};
use super::lang::{Node, Op, Ty, Upstream};
use egg::Id;
use rustc_hash::FxHashMap;
use xpuc_dialect::ir::{Attr, Builder, Func, Loc, OpId, Shaped, Space, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// Rebuilds the function: ops outside the e-graph in their order, each term before its first use.
pub(super) fn export(func: &Func, from: &Imported, chosen: &Extraction<Node>) -> Result<Func, SimplifyError> {
    let mut out = func.empty_like();
    let entry = out.body[0];
    let mut locs: FxHashMap<Id, Loc> = FxHashMap::default();
    for (id, loc) in &from.locs {
        locs.entry(from.graph.find(*id)).or_insert_with(|| loc.clone());
    }
    let map = func.args().iter().copied().zip(out.args().to_vec()).collect();
    let mut export = Export {
        func,
        from,
        chosen,
        locs,
        map,
        terms: FxHashMap::default(),
        b: Builder::new(&mut out, entry),
    };
    for id in &from.skeleton {
        export.skeleton(*id)?;
    }
    Ok(out)
}

struct Export<'a, 'f> {
    func: &'a Func,
    from: &'a Imported,
    chosen: &'a Extraction<Node>,
    locs: FxHashMap<Id, Loc>,
    /// Values of the old function that are no terms, or have been made.
    map: FxHashMap<ValueId, ValueId>,
    /// Values of classes, by where they are; scalars are on the host.
    terms: FxHashMap<(Id, Space), ValueId>,
    b: Builder<'f>,
}

impl Export<'_, '_> {
    fn skeleton(&mut self, id: OpId) -> Result<(), SimplifyError> {
        for value in operands(self.func, id) {
            if let Some(class) = self.from.ids.get(&value) {
                let made = self.term(*class, space(self.func.ty(value)))?;
                self.map.insert(value, made);
            }
        }
        self.b.loc = self.func.op(id).loc.clone();
        self.b.clone_op(self.func, id, &mut self.map);
        Ok(())
    }

    /// The value of a class; a tensor in `space`.
    fn term(&mut self, class: Id, space: Option<Space>) -> Result<ValueId, SimplifyError> {
        let class = self.from.graph.find(class);
        // Terms only the ops outside use, like the buffer of an `into`, are no roots of the extraction.
        let Some(node) = self.chosen.node(class) else {
            return Err(SimplifyError::Order { what: format!("class {class}") });
        };
        let home = self.home(class, node);
        let space = space.unwrap_or(home);
        if let Some(made) = self.terms.get(&(class, space)) {
            return Ok(*made);
        }
        let made = match self.terms.get(&(class, home)) {
            Some(made) => *made,
            None => {
                let made = self.made(class, node, home)?;
                self.terms.insert((class, home), made);
                made
            }
        };
        if space == home {
            return Ok(made);
        }
        let kind = if space == Space::Device { Kind::H2d } else { Kind::D2h };
        let ty = Type::Tensor(self.b.shaped(made).in_space(space));
        let moved = self.b.value(kind.name(), &[made], ty, &[]);
        self.terms.insert((class, space), moved);
        Ok(moved)
    }

    /// Where a node is computed; scalars are on the host.
    fn home(&self, class: Id, node: &Node) -> Space {
        let fact = self.from.graph[class].data.space.map_or(Space::Host, |(_, space)| space);
        match node.op {
            Op::Leaf(index) => space(self.func.ty(self.from.leaves[index as usize])).unwrap_or(Space::Host),
            // One element is set by the host.
            Op::Upstream(Upstream::Insert, _) => Space::Host,
            _ => fact,
        }
    }

    fn made(&mut self, class: Id, node: &Node, home: Space) -> Result<ValueId, SimplifyError> {
        if let Op::Leaf(index) = node.op {
            let made = self.map.get(&self.from.leaves[index as usize]).copied();
            return made.ok_or_else(|| SimplifyError::Order { what: node.to_string() });
        }
        let mut operands = Vec::with_capacity(node.children.len());
        for child in &node.children {
            let tensor = self.from.graph[*child].data.ty.is_tensor();
            let space = match node.op {
                // One element is read by the host; a size is known wherever the array is.
                Op::Upstream(Upstream::Extract, _) => Some(Space::Host),
                Op::Upstream(Upstream::ValueDim, _) => None,
                _ => Some(home),
            };
            operands.push(self.term(*child, space.filter(|_| tensor))?);
        }
        if let Some(loc) = self.locs.get(&class) {
            self.b.loc = loc.clone();
        }
        Ok(self.node(node, operands, type_of(self.from, &self.from.graph[class].data, home)))
    }

    fn node(&mut self, node: &Node, mut operands: Vec<ValueId>, ty: Type) -> ValueId {
        match node.op {
            Op::Constant(value, _) => return self.b.constant(value, &ty),
            Op::Upstream(Upstream::ExtractSlice, _) => {
                let made = self.b.extract_slice(operands[0], operands[1], operands[2]);
                return self.b.tensor_cast(made, &ty);
            }
            Op::Upstream(Upstream::InsertSlice, _) => {
                let dest = self.b.tensor_cast(operands[1], &ty);
                return self.b.insert_slice(operands[0], dest, operands[2], operands[3]);
            }
            Op::Upstream(Upstream::Insert, _) => operands[1] = self.b.tensor_cast(operands[1], &ty),
            Op::Upstream(Upstream::Select, _) if ty.tensor().is_some() => {
                operands[1] = self.b.tensor_cast(operands[1], &ty);
                operands[2] = self.b.tensor_cast(operands[2], &ty);
            }
            // Sizes are operands only where the type leaves them open.
            Op::Xpu(Kind::Constant) | Op::Upstream(Upstream::Empty, _) => {
                let dims = ty.shaped().map(|s| s.dims.clone()).unwrap_or_default();
                let first = operands.len() - dims.len();
                let sizes = operands.split_off(first);
                operands.extend(sizes.into_iter().zip(dims).filter(|(_, d)| d.is_none()).map(|(v, _)| v));
            }
            _ => {}
        }
        let (name, attrs) = match node.op {
            Op::Xpu(kind) => (kind.name(), Vec::new()),
            Op::Compare(predicate) => {
                (Kind::Compare.name(), vec![("predicate", Attr::str(predicate.as_str()))])
            }
            Op::Cumsum(exclusive) => {
                (Kind::Cumsum.name(), exclusive.then_some(("exclusive", Attr::Unit)).into_iter().collect())
            }
            Op::ReduceSum(_) => (Kind::ReduceSum.name(), Vec::new()),
            Op::Upstream(op, 0) => (op.name(), Vec::new()),
            Op::Upstream(_, proto) => {
                let (name, attrs) = &self.from.protos[proto as usize];
                (&**name, attrs.iter().map(|(name, value)| (&**name, value.clone())).collect())
            }
            // Extraction chooses none of these.
            Op::Constant(..) | Op::Leaf(_) | Op::Position | Op::Page | Op::Sum | Op::Neg => ("", Vec::new()),
        };
        self.b.value(name, &operands, ty, &attrs)
    }
}

/// Space of a tensor.
fn space(ty: &Type) -> Option<Space> {
    if Ty::of(ty).is_tensor() { ty.shaped().map(|shaped| shaped.space) } else { None }
}

fn type_of(from: &Imported, data: &Data, space: Space) -> Type {
    match data.ty {
        Ty::Int(bits) => Type::Int(bits),
        Ty::Tensor(bits, rank) => {
            let known = |i: usize| from.graph.analysis.sizes.known(*data.dims.get(i)?);
            let size = |i: usize| known(i).and_then(|n| u64::try_from(n).ok());
            let dims: Vec<Option<u64>> = (0..rank as usize).map(size).collect();
            Type::Tensor(Shaped::new(Type::Int(bits), dims, space))
        }
        Ty::Index | Ty::Other => Type::Index,
    }
}
