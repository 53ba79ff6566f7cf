//! The walk of `lower` over a function of the host.

use super::elemental::Elements;
use super::kernel::{self, Target};
use super::loops::Part;
use super::{LowerError, stage};
use crate::pass::{PassCx, PassError};
use rustc_hash::FxHashMap as HashMap;
use xpuc_dialect::ir::{BlockId, Builder, Func, OpId, Space, Type, ValueId};
use xpuc_dialect::ops::{Form, Kind, Parts, space};

/// Lowers one function; returns it and its kernels.
pub(super) fn lower(cx: &PassCx, func: &Func) -> Result<(Func, Vec<Func>), PassError> {
    let mut out = func.empty_like();
    let mut walk = Walk {
        cx,
        func,
        elements: Elements::new(func, HashMap::default()),
        blocks: HashMap::default(),
        kernels: Vec::new(),
    };
    for (position, block) in func.body.iter().enumerate() {
        let new = if position == 0 { out.body[0] } else { walk.new_block(&mut out, *block) };
        if position > 0 {
            out.body.push(new);
        }
        let args = func.block(*block).args.iter().copied().zip(out.block(new).args.clone());
        walk.elements.map.extend(args);
        walk.blocks.insert(*block, new);
    }
    for block in &func.body {
        let new = walk.blocks[block];
        walk.block(&mut Builder::new(&mut out, new), *block)?;
    }
    Ok((out, walk.kernels))
}

struct Walk<'a> {
    cx: &'a PassCx,
    func: &'a Func,
    elements: Elements<'a>,
    blocks: HashMap<BlockId, BlockId>,
    kernels: Vec<Func>,
}

impl Walk<'_> {
    fn new_block(&self, out: &mut Func, block: BlockId) -> BlockId {
        let types: Vec<Type> = self.func.block(block).args.iter().map(|v| self.func.ty(*v).clone()).collect();
        out.new_block(&types)
    }

    fn block(&mut self, b: &mut Builder<'_>, block: BlockId) -> Result<(), PassError> {
        for id in self.func.block(block).ops.clone() {
            b.loc = self.func.op(id).loc.clone();
            self.op(b, id)?;
        }
        Ok(())
    }

    fn op(&mut self, b: &mut Builder<'_>, id: OpId) -> Result<(), PassError> {
        let op = self.func.op(id);
        let kind = Kind::of(op);
        if kind == Some(Kind::Fusion) {
            let name = self.name(&fusion_name(self.func, id));
            self.kernels.extend(stage::launch(b, &self.elements, id, self.target(), name)?);
            return Ok(());
        }
        let Some(parts) = Parts::of(op).filter(|p| p.kind.is_compute()) else {
            return self.copy(b, id);
        };
        let Form::Buffer { out } = parts.form else {
            return Err(LowerError::ValueForm { op: op.name.to_string() }.at(&op.loc));
        };
        match space(self.func, out) {
            Some(Space::Host) => {
                let out = self.elements.get(out);
                self.elements.write(b, op, out, Part::Whole)
            }
            // A fill has a command of its own.
            Some(Space::Device) if kind == Some(Kind::Constant) => self.copy(b, id),
            Some(Space::Device) => {
                let what = op.name.trim_start_matches("xpu.").trim_start_matches("broadcast_");
                let name = self.name(what);
                self.kernels.push(kernel::launch(b, &self.elements, id, self.target(), name)?);
                Ok(())
            }
            other => {
                let space = other.map_or_else(|| "none".to_owned(), |s| s.to_string());
                Err(LowerError::Space { op: op.name.to_string(), space }.at(&op.loc))
            }
        }
    }

    fn target(&self) -> Target {
        Target { grid: self.cx.grid, memory: self.cx.memory }
    }

    /// Name of the next kernel.
    fn name(&self, what: &str) -> String {
        format!("{}_{what}_{}", self.func.name, self.kernels.len())
    }

    /// A command or an upstream op stays as it is.
    fn copy(&mut self, b: &mut Builder<'_>, id: OpId) -> Result<(), PassError> {
        let op = self.func.op(id).clone();
        let mut regions = Vec::new();
        for blocks in &op.regions {
            let mut new_blocks = Vec::new();
            for block in blocks {
                let new = self.new_block(b.func, *block);
                let args = self.func.block(*block).args.iter().copied().zip(b.func.block(new).args.clone());
                self.elements.map.extend(args);
                self.blocks.insert(*block, new);
                new_blocks.push(new);
            }
            for (block, new) in blocks.iter().zip(&new_blocks) {
                self.block(&mut Builder::new(b.func, *new), *block)?;
            }
            regions.push(new_blocks);
        }
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.elements.get(*v)).collect();
        let types: Vec<Type> = op.results.iter().map(|v| self.func.ty(*v).clone()).collect();
        let made = b.like(&op, &operands, &types, regions);
        b.func.op_mut(made).successors = op.successors.iter().map(|s| self.blocks[s]).collect();
        let results = b.func.op(made).results.clone();
        self.elements.map.extend(op.results.iter().copied().zip(results));
        Ok(())
    }
}

/// A fusion is named after what it computes, the last few ops of it.
fn fusion_name(func: &Func, id: OpId) -> String {
    const MOST: usize = 4;
    // With the function's name: a launch of the kernel has to fit on a line of the sources that are written.
    const LONGEST: usize = 35;
    let blocks = func.op(id).regions.iter().flatten();
    let names: Vec<String> = blocks
        .flat_map(|b| &func.block(*b).ops)
        .filter_map(|inner| Kind::of(func.op(*inner)))
        .filter(|kind| kind.is_compute() && !matches!(kind, Kind::Constant | Kind::Range))
        .map(|kind| kind.name().trim_start_matches("xpu.").trim_start_matches("broadcast_").to_owned())
        .collect();
    let last = |count: usize| names[names.len().saturating_sub(count)..].join("_");
    let fits = |name: &String| func.name.len() + name.len() < LONGEST;
    match names.is_empty() {
        true => "fusion".to_owned(),
        false => (2..=MOST).rev().map(last).find(fits).unwrap_or_else(|| last(1)),
    }
}
