//! Launches and barriers.

use super::{INT, Launched, Rewriter, call, wide};
use std::collections::HashSet;
use std::convert::Infallible;
use xpuc_dialect::ir::{Attr, BlockId, Builder, Func, Module, Op, OpId, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// Functions that have a barrier, or call one that has.
pub(super) fn by_turns(module: &Module) -> HashSet<&str> {
    let mut found: HashSet<&str> = HashSet::new();
    let waits = |func: &Func, found: &HashSet<&str>| {
        func.walk().into_iter().any(|id| {
            let op = func.op(id);
            let calls = match op.attrs.get("callee") {
                Some(Attr::Symbol(callee)) => found.contains(&**callee),
                _ => false,
            };
            Kind::of(op) == Some(Kind::Barrier) || calls && Kind::of(op).is_none()
        })
    };
    loop {
        let more = module.funcs.iter().filter(|func| func.attrs.contains_key("xpu.kernel"));
        let more: Vec<&str> = more
            .filter(|func| !found.contains(&*func.name) && waits(func, &found))
            .map(|f| &*f.name)
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

impl Rewriter<'_> {
    pub(super) fn launch(&mut self, b: &mut Builder<'_>, id: OpId, loc: ValueId) {
        let op = self.func.op(id);
        let size =
            |name: &str| op.attrs.get(name).and_then(Attr::as_int).unwrap_or(1).clamp(0, i32::MAX.into());
        let (clusters, cores) = (b.constant(size("clusters"), &INT), b.constant(size("cores"), &INT));
        let block = op.regions[0][0];
        let callee =
            self.func.block(block).ops.iter().find_map(|inner| self.func.op(*inner).attrs.get("callee"));
        let name = if let Some(Attr::Symbol(name)) = callee { name.to_string() } else { String::new() };
        let by_turns = self.by_turns.contains(&*name);
        self.tables.kernels.push(Launched { name, by_turns });
        let kernel = b.constant(self.tables.kernels.len() as i64 - 1, &INT);
        let count = call(b, "xpu_rt_launch_begin", &[kernel, clusters, cores, loc], &[Type::Index])[0];
        if by_turns {
            self.pass(b, block);
            call(b, "xpu_rt_run_by_turns", &[kernel, cores], &[]);
            call(b, "xpu_rt_launch_end", &[], &[]);
            return;
        }
        let (zero, per_cluster) = (b.index(0), b.index(size("cores")));
        let built = b.for_range(zero, count, |b, k| {
            let program = call(b, "xpu_rt_next_program", &[k], &[Type::Index])[0];
            let ids = [b.arith("divui", program, per_cluster), b.arith("remui", program, per_cluster)];
            self.map.extend(self.func.block(block).args.iter().copied().zip(ids));
            for inner in self.func.block(block).ops.clone() {
                if &*self.func.op(inner).name != "vector.yield" {
                    self.op(b, inner);
                }
            }
            Ok::<(), Infallible>(())
        });
        built.unwrap_or_else(|never| match never {});
        call(b, "xpu_rt_launch_end", &[], &[]);
    }

    /// Gives the arguments of a launch's call to the runtime.
    fn pass(&mut self, b: &mut Builder<'_>, block: BlockId) {
        let func = self.func;
        let block = func.block(block);
        let kernel = block.ops.iter().map(|id| func.op(*id)).find(|op| op.attrs.contains_key("callee"));
        for argument in kernel.into_iter().flat_map(|op: &Op| &op.operands) {
            if let Some(which) = block.args.iter().position(|id| id == argument) {
                let which = b.constant(which as i64, &INT);
                call(b, "xpu_rt_pass_id", &[which], &[]);
                continue;
            }
            let value: ValueId = self.map[argument];
            if b.ty(value).is_scalar() {
                let value = wide(b, value);
                call(b, "xpu_rt_pass_scalar", &[value], &[]);
                continue;
            }
            let (base, offset) = self.address(b, value);
            call(b, "xpu_rt_pass_buffer", &[base, offset], &[]);
            for axis in 0..b.shaped(value).rank() {
                let size = b.dim(value, axis);
                call(b, "xpu_rt_pass_dim", &[size], &[]);
            }
        }
    }

    /// What one core does with memory on chip. Without checks that is a loop, and nothing is ever under way.
    pub(super) fn in_kernel(&mut self, b: &mut Builder<'_>, kind: Kind, id: OpId, loc: ValueId) {
        let op = self.func.op(id);
        match kind {
            Kind::Copy if self.checked => {
                // Behind the codes of the host's transfers.
                let mut operands = vec![b.constant(5, &INT)];
                operands.extend(self.spans(b, &op.operands));
                operands.push(loc);
                call(b, "xpu_rt_transfer", &operands, &[]);
                return;
            }
            Kind::Wait if self.checked => {
                call(b, "xpu_rt_kernel_wait", &[loc], &[]);
                return;
            }
            _ => {}
        }
        let operands: Vec<ValueId> = op.operands.iter().map(|v| self.map[v]).collect();
        let Some((out, inputs)) = operands.split_last() else { return };
        let (zero, size) = (b.index(0), b.dim(*out, 0));
        let built = b.for_range(zero, size, |b, i| {
            let value = match (kind, inputs) {
                (Kind::Copy, [src]) => b.load(*src, &[i]),
                (Kind::Range, [begin, step]) => {
                    let position = b.int_cast(i, &Type::I32);
                    let scaled = b.arith("muli", position, *step);
                    b.arith("addi", *begin, scaled)
                }
                _ => inputs[0],
            };
            self.store(b, value, *out, &[i], loc);
            Ok::<(), Infallible>(())
        });
        built.unwrap_or_else(|never| match never {});
    }

    pub(super) fn barrier(&mut self, b: &mut Builder<'_>, loc: ValueId) {
        let number = b.constant(i64::from(self.tables.barriers), &INT);
        self.tables.barriers += 1;
        call(b, "xpu_rt_barrier", &[number, loc], &[]);
    }
}
