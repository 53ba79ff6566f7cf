//! From a choice of terms back to a function in value form.

use super::SimplifyError;
use super::analysis::Data;
use super::extract::Extraction;
use super::import::{Imported, operands};
use super::lang::{Node, Ty};
use egg::Id;
use std::collections::HashMap;
use xpuc_dialect::ir::{Attr, Builder, Func, Loc, OpId, Shaped, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// Rebuilds the function: ops outside the e-graph in their order, each term before its first use.
pub(super) fn export(func: &Func, from: &Imported, chosen: &Extraction<Node>) -> Result<Func, SimplifyError> {
    let mut out = func.empty_like();
    let entry = out.body[0];
    let mut locs: HashMap<Id, Loc> = HashMap::new();
    for (id, loc) in &from.locs {
        locs.entry(from.graph.find(*id)).or_insert_with(|| loc.clone());
    }
    let map = func.args().iter().copied().zip(out.args().to_vec()).collect();
    let mut export =
        Export { func, from, chosen, locs, map, terms: HashMap::new(), b: Builder::new(&mut out, entry) };
    for id in &from.skeleton {
        export.skeleton(*id)?;
    }
    Ok(out)
}

struct Export<'a, 'f> {
    func: &'a Func,
    from: &'a Imported,
    chosen: &'a Extraction<Node>,
    locs: HashMap<Id, Loc>,
    /// Values of the old function that are no terms, or have been made.
    map: HashMap<ValueId, ValueId>,
    terms: HashMap<Id, ValueId>,
    b: Builder<'f>,
}

impl Export<'_, '_> {
    fn skeleton(&mut self, id: OpId) -> Result<(), SimplifyError> {
        for value in operands(self.func, id) {
            if let Some(class) = self.from.ids.get(&value) {
                let made = self.term(*class)?;
                self.map.insert(value, made);
            }
        }
        self.b.loc = self.func.op(id).loc.clone();
        self.copy(id, self.b.block);
        Ok(())
    }

    fn copy(&mut self, id: OpId, block: xpuc_dialect::ir::BlockId) {
        let op = self.func.op(id);
        let mut regions = Vec::new();
        for blocks in &op.regions {
            let mut made = Vec::new();
            for old in blocks {
                let args = &self.func.block(*old).args;
                let types: Vec<Type> = args.iter().map(|v| self.func.ty(*v).clone()).collect();
                let new = self.b.func.new_block(&types);
                self.map.extend(args.iter().copied().zip(self.b.func.block(new).args.clone()));
                for inner in &self.func.block(*old).ops {
                    self.copy(*inner, new);
                }
                made.push(new);
            }
            regions.push(made);
        }
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
        let types: Vec<Type> = op.results.iter().map(|v| self.func.ty(*v).clone()).collect();
        let home = std::mem::replace(&mut self.b.block, block);
        let made = self.b.like(op, &operands, &types, regions);
        self.b.block = home;
        let results = self.b.func.op(made).results.clone();
        self.map.extend(op.results.iter().copied().zip(results));
    }

    fn term(&mut self, class: Id) -> Result<ValueId, SimplifyError> {
        let class = self.from.graph.find(class);
        if let Some(made) = self.terms.get(&class) {
            return Ok(*made);
        }
        // Terms only the ops outside use, like the buffer of an `into`, are no roots of the extraction.
        let node = match self.chosen.node(class) {
            Some(node) => node.clone(),
            None => return Err(SimplifyError::Order { what: format!("class {class}") }),
        };
        if let Some(index) = node.leaf_index() {
            let value = self.from.leaves[index];
            let made = self.map.get(&value).copied();
            let made = made.ok_or_else(|| SimplifyError::Order { what: format!("{node}") })?;
            self.terms.insert(class, made);
            return Ok(made);
        }
        let mut operands = Vec::with_capacity(node.children.len());
        for child in &node.children {
            operands.push(self.term(*child)?);
        }
        if let Some(loc) = self.locs.get(&class) {
            self.b.loc = loc.clone();
        }
        let made = self.node(&node, operands, class);
        self.terms.insert(class, made);
        Ok(made)
    }

    fn node(&mut self, node: &Node, mut operands: Vec<ValueId>, class: Id) -> ValueId {
        let ty = type_of(&self.from.graph[class].data);
        if let Some(value) = node.as_constant() {
            return self.b.constant(value, &ty);
        }
        match &*node.name {
            "tensor.extract_slice" => {
                let made = self.b.extract_slice(operands[0], operands[1], operands[2]);
                return self.b.tensor_cast(made, &ty);
            }
            "tensor.insert_slice" => {
                let dest = self.b.tensor_cast(operands[1], &ty);
                return self.b.insert_slice(operands[0], dest, operands[2], operands[3]);
            }
            "tensor.insert" => operands[1] = self.b.tensor_cast(operands[1], &ty),
            "arith.select" if ty.tensor().is_some() => {
                operands[1] = self.b.tensor_cast(operands[1], &ty);
                operands[2] = self.b.tensor_cast(operands[2], &ty);
            }
            // Sizes are operands only where the type leaves them open.
            "constant" | "tensor.empty" => {
                let dims = ty.shaped().map(|s| s.dims.clone()).unwrap_or_default();
                let first = operands.len() - dims.len();
                let sizes = operands.split_off(first);
                operands.extend(sizes.into_iter().zip(dims).filter(|(_, d)| d.is_none()).map(|(v, _)| v));
            }
            _ => {}
        }
        let name = format!("xpu.{}", node.name);
        if let Some(kind) = Kind::from_name(&name) {
            let mut attrs = Vec::new();
            match kind {
                Kind::Compare => attrs.push(("predicate", Attr::str(&node.detail))),
                Kind::Cumsum if node.detail.starts_with("exclusive") => attrs.push(("exclusive", Attr::Unit)),
                _ => {}
            }
            return self.b.value(kind.name(), &operands, ty, &attrs);
        }
        let proto =
            self.from.protos.get(&(node.name.clone(), node.detail.clone())).cloned().unwrap_or_default();
        let attrs: Vec<(&str, Attr)> = proto.iter().map(|(k, v)| (&**k, v.clone())).collect();
        self.b.value(&node.name, &operands, ty, &attrs)
    }
}

fn type_of(data: &Data) -> Type {
    match &data.ty {
        Ty::Int(bits) => Type::Int(*bits),
        Ty::Tensor(bits, space, rank) => {
            let size =
                |i: usize| data.dims.get(i).and_then(|d| d.as_const()).and_then(|n| u64::try_from(n).ok());
            Type::Tensor(Shaped::new(Type::Int(*bits), (0..*rank).map(size).collect::<Vec<_>>(), *space))
        }
        Ty::Index | Ty::Other => Type::Index,
    }
}
