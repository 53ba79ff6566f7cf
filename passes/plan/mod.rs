//! `plan`: values become buffers and commands in an order.
//!
//! **Before**: value form (`simplify`, or `infer-shapes` alone).
//! **After**: buffer form. Each value lives in the buffer it is needed in, if nobody can tell, else in one of
//! its own, allocated before its first use and freed after its last. Device ops with one launch number
//! (`offload`) become one `fusion`; without numbers each is a launch. Only what is needed under a condition is computed under it.
//! **Leaves alone**: ops it does not know; they stay in order with everything that touches memory.
//! **Method**: a dependence graph (petgraph) gives the order, guards the conditions. Places start from wishes
//! and lose those that would destroy something (`place`). Waits stand where the host first looks at what a
//! transfer brings. A transfer up blocks, after a wait if its target is in use; one down blocks if nothing on
//! the stream uses its source, and is otherwise waited for.
//!
//! ```mlir
//! %1 = "xpu.h2d"(%0) ; "xpu.into"(%1, %out)
//! ==>
//! "xpu.h2d"(%host, %out) {blocking}
//! ```

mod emit;
mod fuse;
mod place;
mod schedule;
mod split;
mod sync;

use crate::extents::Extents;
use crate::guard;
use crate::infer_shapes::Facts;
use crate::pass::{InPlace, Need, Pass, PassCx, PassError, PassErrorKind, RemarkKind};
use crate::raise::Buffers;
use place::{Base, Place, Places};
use std::collections::BTreeSet;
use xpuc_dialect::dim::Dim;
use xpuc_dialect::ir::{Def, Func, Module, Op, OpId, Slice, ValueId};
use xpuc_dialect::ops::{Kind, is_kernel};

/// The pass.
#[derive(Debug)]
pub struct Plan;

/// What went wrong: a defect of an earlier pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Values depend on each other.
    #[error("values depend on each other in a cycle")]
    Cycle,
    /// A function is not in one block.
    #[error("expected a function body of one block, found {0}")]
    Blocks(usize),
}

impl Pass for Plan {
    fn name(&self) -> &'static str {
        "plan"
    }

    fn summary(&self) -> &'static str {
        "decide order and buffers"
    }

    fn need(&self) -> Need {
        Need::Required
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        let mut out = Module { funcs: Vec::new(), attrs: module.attrs.clone() };
        for func in &module.funcs {
            out.funcs.push(if func.entry().is_some() && !is_kernel(func) {
                plan(cx, func)?
            } else {
                func.clone()
            });
        }
        Ok(out)
    }
}

fn plan(cx: &mut PassCx, func: &Func) -> Result<Func, PassError> {
    let error = |error| PassError { loc: func.loc.clone(), kind: PassErrorKind::Plan(error) };
    if func.body.len() != 1 {
        return Err(error(PlanError::Blocks(func.body.len())));
    }
    let func = &split::split(func);
    let program = func.block(func.body[0]).ops.clone();
    let fusions = fuse::Fusions::of(func, &program);
    let mut guards = guard::Guards::of(func, &program, fusions.device_scalars());
    fusions.guard(func, &mut guards);
    let order = schedule::schedule(func, &program, &fusions, &guards).map_err(error)?;
    let buffers = Buffers::of(func);
    let facts = Facts::of_values(func)?;
    let extents = Extents::of(func, &facts);
    let input = place::Input {
        func,
        order: &order,
        guards: &guards,
        fusions: &fusions,
        buffers: &buffers,
        extents: &extents,
    };
    let places = place::decide(&input);

    let mut fused = 0;
    for id in &order {
        fused += fusions.members(*id).len() as u64;
    }
    cx.count("plan", "ops-fused", fused);
    cx.count("plan", "buffers", places.temps.len() as u64);
    report(cx, func, &facts, &order, &buffers, &places);
    for denial in &places.denials {
        let op = func.def_op(denial.value);
        let (name, loc) = op.map_or(("a value", &func.loc), |op| (&*op.name, &op.loc));
        let (bytes, ns) = (bytes(func, &facts, denial.value), cx.costs.alloc + cx.costs.d2d);
        let text = format!(
            "{name} is not written in place, a buffer and a copy of {bytes} bytes, {ns} ns: {}",
            denial.reason
        );
        cx.remark("plan", RemarkKind::Missed, loc, text);
    }
    let plan = emit::Plan {
        func,
        order: &order,
        guards: &guards,
        fusions: &fusions,
        places: &places,
        buffers: &buffers,
    };
    Ok(emit::emit(&plan))
}

/// Bytes of a tensor, over the sizes of the program.
fn bytes(func: &Func, facts: &Facts, value: ValueId) -> String {
    let width = func.ty(value).elem().bits().unwrap_or(64).div_ceil(8);
    let product = facts.dims(value).iter().try_fold(Dim::constant(i64::from(width)), |all, dim| all.mul(dim));
    product.map_or_else(|error| error.to_string(), |bytes| bytes.to_string())
}

/// The transfer down that a value is a part of, as it arrives in its staging buffer.
fn unpacked(func: &Func, value: ValueId) -> Option<&Op> {
    let op = func.def_op(value)?;
    match (Kind::of(op), &*op.name) {
        (Some(Kind::D2h), _) => Some(op),
        (_, "tensor.cast" | "tensor.extract_slice") => unpacked(func, op.operands[0]),
        _ => None,
    }
}

/// Says which buffers of the caller are written in place, and by what.
fn report(cx: &mut PassCx, func: &Func, facts: &Facts, order: &[OpId], buffers: &Buffers, places: &Places) {
    let returned = order.iter().rev().map(|id| func.op(*id)).find(|op| &*op.name == "func.return");
    let mut copies = 0;
    for id in order {
        let op = func.op(*id);
        let (place, buffer) = match Kind::of(op) {
            Some(Kind::Into) => {
                let root = buffers.root(op.operands[1]);
                let index = func.args().iter().position(|arg| Some(*arg) == root);
                let returned = || {
                    let index = returned?.operands.iter().position(|v| Some(*v) == root)?;
                    Some(func.result_name(index))
                };
                let name = index.map(|i| func.arg_name(i)).or_else(returned);
                (Base::View(op.operands[1]), name)
            }
            Some(Kind::Materialize) => {
                let index = returned.and_then(|r| r.operands.iter().position(|v| *v == op.results[0]));
                (Base::Temp(places.results[id]), index.map(|i| func.result_name(i)))
            }
            _ => continue,
        };
        let buffer = buffer.unwrap_or_else(|| "a local buffer".to_owned());
        if places.get(func, op.operands[0]) == Some(Place { base: place, slices: Vec::new() }) {
            let mut writers = BTreeSet::new();
            writers_of(func, op.operands[0], &mut writers);
            let by = writers.into_iter().collect::<Vec<_>>().join(", ");
            cx.remark("plan", RemarkKind::Passed, &op.loc, format!("{buffer} is written in place by {by}"));
            cx.in_place.push(InPlace { buffer, by });
        } else if unpacked(func, op.operands[0]).is_some() {
            // The buffer that it shares a transfer with others in is no temporary of the program.
            let text = format!("{buffer} is filled from the transfer that it shares");
            cx.remark("plan", RemarkKind::Passed, &op.loc, text);
            cx.in_place.push(InPlace { buffer, by: Kind::D2h.name().to_owned() });
        } else {
            copies += 1;
            let text =
                format!("{buffer} is written by a copy of {} bytes", bytes(func, facts, op.operands[0]));
            cx.remark("plan", RemarkKind::Missed, &op.loc, text);
        }
    }
    cx.count("plan", "in-place", cx.in_place.len() as u64);
    cx.count("plan", "copied", copies);
}

/// Ops that write what a value consists of.
fn writers_of(func: &Func, value: ValueId, writers: &mut BTreeSet<String>) {
    let Def::Result(id, _) = func.def(value) else { return };
    let op = func.op(id);
    match &*op.name {
        "arith.select" => op.operands[1..].iter().for_each(|arm| writers_of(func, *arm, writers)),
        "tensor.insert_slice" => {
            if let Some((source, slice)) = Slice::of_insert(op) {
                writers_of(func, slice.source, writers);
                writers_of(func, source, writers);
            }
        }
        "tensor.cast" => writers_of(func, op.operands[0], writers),
        "tensor.insert" => {
            writers.insert("memref.store".to_owned());
            writers_of(func, op.operands[1], writers);
        }
        "tensor.empty" => {}
        name => {
            writers.insert(name.to_owned());
        }
    }
}
