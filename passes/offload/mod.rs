//! `offload`: what runs on the device, and in which launch.
//!
//! **Before**: value form, each value wherever it was written (`simplify`, or `infer-shapes` alone).
//! **After**: value form with the same effects in the same order. Each value is computed on the side that a
//! cost model says; transfers stand where a value is needed on the other side. Ops of the device carry the
//! number of their launch (`xpu.launch`): as few launches as dependences allow. Values of one launch that the
//! host needs come down in one packed transfer. Clauses of the contract on device values are checked by the
//! launch that computes them; its verdict comes down with the rest.
//! **Leaves alone**: ops it does not know, which run on the host where they stand.
//! **Method**: a minimum cut over the values (`sides`), exact for the model; then stages: a value goes into the
//! first launch after everything it needs (`stages`).
//!
//! ```mlir
//! %0 = "xpu.read"(%lens) ; %1 = "xpu.d2h"(%0) ; %2 = "xpu.cumsum"(%1) ; %3 = "xpu.h2d"(%2) ; "xpu.into"(%3, %lod)
//! ==>
//! %0 = "xpu.read"(%lens) ; %2 = "xpu.cumsum"(%0) {xpu.launch = 0} ; "xpu.into"(%2, %lod)
//! ```

mod cut;
mod emit;
mod program;
mod sides;
mod stages;

pub(crate) use emit::LAUNCH;

use crate::infer_shapes::Facts;
use crate::pass::{Need, Packed, Pass, PassCx, PassError, RemarkKind, check_linear};
use program::Program;
use rustc_hash::FxHashSet as HashSet;
use sides::Sides;
use stages::Stages;
use xpuc_dialect::dim::Dim;
use xpuc_dialect::ir::{Func, Module, OpId, ValueId};
use xpuc_dialect::ops::{VERDICT_ELEMENTS, is_kernel};

/// The pass.
#[derive(Debug)]
pub struct Offload;

impl Pass for Offload {
    fn name(&self) -> &'static str {
        "offload"
    }

    fn summary(&self) -> &'static str {
        "decide what the device computes, in which launch, and what is transferred"
    }

    fn need(&self) -> Need {
        Need::Optional
    }

    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError> {
        let mut out = Module { funcs: Vec::new(), attrs: module.attrs.clone() };
        for func in &module.funcs {
            let plain = func.entry().is_some() && func.body.len() == 1 && !is_kernel(func);
            out.funcs.push(if plain { offload(cx, func)? } else { func.clone() });
        }
        Ok(out)
    }
}

fn offload(cx: &mut PassCx, func: &Func) -> Result<Func, PassError> {
    let facts = Facts::of_values(func)?;
    let program = Program::of(func, &facts, cx.sizes);
    let sides = Sides::of(&program, &cx.costs);
    let mut stages = Stages::of(&program, &sides);
    cx.count("offload", "cost", sides.cost);
    cx.count("offload", "launches", stages.launches.values().filter(|l| l.computes).count() as u64);
    cx.count("offload", "clauses", sides.clauses.len() as u64);
    let delays = stages.delays();
    let (out, packed) = emit::emit(&program, &sides, &mut stages, &cx.costs);
    for transfer in packed {
        let name = if transfer.down { "d2h" } else { "h2d" };
        let values = transfer.values.len() + usize::from(transfer.verdict);
        let bytes = staging_bytes(&program, &transfer);
        let text = format!("{values} values share one {name} through a staging buffer of {bytes} bytes");
        cx.remark("offload", RemarkKind::Passed, &transfer.loc, text);
        cx.packed.push(Packed { transfer: name, values, bytes });
    }
    for (stage, why) in delays {
        let text = format!("launch {stage} is one of its own, {} ns: {why}", cx.costs.launch);
        cx.remark("offload", RemarkKind::Missed, &func.loc, text);
    }
    let out = crate::tidy::tidy(&out);
    check_linear(func, &out)?;
    Ok(out)
}

/// Bytes of the staging buffer of a transfer, over the sizes of the program.
fn staging_bytes(program: &Program<'_>, transfer: &emit::Transfer) -> String {
    let verdict = if transfer.verdict { VERDICT_ELEMENTS as i64 * 4 } else { 0 };
    let mut total = Ok(Dim::constant(verdict));
    for value in &transfer.values {
        let bits = program.func.ty(*value).elem().bits().unwrap_or(64);
        // A scalar is packed as one i32 or two.
        let width = if program.is_tensor(*value) { bits.div_ceil(8) } else { bits.div_ceil(32) * 4 };
        let mut bytes = Ok(Dim::constant(i64::from(width)));
        for dim in program.facts.dims(*value) {
            bytes = bytes.and_then(|bytes| bytes.mul(dim));
        }
        total = total.and_then(|total| total.add(&bytes?));
    }
    total.map_or_else(|error| error.to_string(), |total| total.to_string())
}

/// Values from outside that an op, or one in its regions, uses.
fn operands_of(func: &Func, id: OpId) -> Vec<ValueId> {
    let blocks: Vec<_> = func.op(id).regions.iter().flatten().copied().collect();
    let inner: Vec<OpId> = blocks.iter().flat_map(|block| func.nested(*block)).collect();
    let nested = inner.iter().flat_map(|op| func.op(*op).regions.iter().flatten().copied());
    let args = blocks.iter().copied().chain(nested).flat_map(|block| func.block(block).args.clone());
    let results = inner.iter().flat_map(|op| func.op(*op).results.clone());
    let inside: HashSet<ValueId> = args.chain(results).collect();
    let uses = inner.iter().flat_map(|op| func.op(*op).operands.clone());
    let operands = func.op(id).operands.iter().copied().chain(uses);
    operands.filter(|value| !inside.contains(value)).collect()
}
