//! A kernel of the device, and the loop that stands for it on the host.

use super::body::{Array, Body, Place, elem, mentions};
use super::expr::{Expr, Ty};
use super::facts::Facts;
use super::helpers::Helper;
use super::names::Names;
use super::params::{Given, Launch};
use super::range::Range;
use super::{EmitError, EmitErrorKind};
use std::collections::BTreeSet;
use xpuc_dialect::ir::{Func, Op, OpId, Space};
use xpuc_dialect::ops::Kind;

/// The body of a kernel's function as a kernel, or as a loop on the host.
pub(super) struct Written {
    pub(super) body: String,
    pub(super) helpers: BTreeSet<Helper>,
}

impl Written {
    /// Whether the body uses a parameter.
    pub(super) fn uses(&self, name: &str) -> bool {
        mentions(&self.body, name)
    }
}

/// Writes a kernel's body.
pub(super) fn write(
    func: &Func,
    launch: &Launch,
    place: Place,
    shared_bytes: u64,
) -> Result<Written, EmitError> {
    let one = |count: i64| Range { lo: 0, hi: (count - 1).max(0).into() };
    let mut ranges = match place {
        Place::Kernel => vec![one(launch.clusters), one(launch.cores)],
        _ => vec![Range::exact(0); 2],
    };
    ranges.extend(launch.inside.iter().map(|inside| match inside {
        Given::Scalar(_, range) => *range,
        Given::Array(_) => Range::I64,
    }));
    let facts = Facts::of(func, &ranges);
    let mut names = Names::default();
    for param in &launch.params {
        names.fresh(&param.name);
    }
    let mut body = Body::new(func, &facts, place, names);
    body.params.extend(launch.params.iter().map(|param| param.name.clone()));
    let args = func.args().to_vec();
    for (arg, inside) in args[2..].iter().zip(&launch.inside) {
        match inside {
            Given::Array(array) => drop(body.arrays.insert(*arg, array.clone())),
            Given::Scalar(expr, _) => body.set(*arg, expr.clone()),
        }
    }
    if place == Place::Kernel {
        let used = func.uses();
        for (arg, name) in args.iter().zip(["cluster", "core"]) {
            if used.contains_key(arg) && facts.value(*arg).known().is_none() {
                let name = body.names.fresh(name);
                let id = if *arg == args[0] { "cluster_id()" } else { "core_id()" };
                body.code.line(format!("const int {name} = {id};"));
                body.set(*arg, Expr::name(name, Ty::Int));
            }
        }
        shared(&mut body, shared_bytes)?;
    }
    if let Some(entry) = func.entry() {
        body.block(entry)?;
    }
    let Body { code, helpers, .. } = body;
    Ok(Written { body: code.finish(), helpers })
}

/// Bytes of an element.
fn width(op: &Op, func: &Func) -> u64 {
    func.ty(op.results[0]).elem().bits().unwrap_or(64).div_ceil(8).into()
}

/// Shared memory whose size is known only at the launch comes out of one array; `shared` declares it.
const POOL: &str = "shared_memory";

/// Declares the array that shared memory of open sizes comes out of.
fn shared(body: &mut Body<'_>, shared_bytes: u64) -> Result<(), EmitError> {
    let func = body.func;
    let (mut fixed, mut open): (u64, Option<(u64, Ty)>) = (0, None);
    for id in func.walk() {
        let op = func.op(id);
        if Kind::of(op) != Some(Kind::Alloc) {
            continue;
        }
        let Some(shaped) = func.ty(op.results[0]).memref() else { continue };
        match shaped.dims[..] {
            [Some(size)] => fixed += size * width(op, func),
            _ if open.is_none_or(|(bytes, _)| bytes == width(op, func)) => {
                open = Some((width(op, func), elem(&shaped.elem)));
            }
            _ => return Err(body.refuse(op, "shared memory of one element type, where its size is open")),
        }
    }
    if let Some((bytes, ty)) = open {
        let elements = shared_bytes.saturating_sub(fixed) / bytes;
        let name = body.names.fresh(POOL);
        body.code.comment("All of the cluster's shared memory that has no fixed use; the op launches this kernel only where it is enough.");
        body.code.line(format!("__shared__ {} {name}[{elements}];", ty.name()));
    }
    Ok(())
}

impl Body<'_> {
    /// What is no upstream op, in a kernel or in the loop that stands for it.
    pub(super) fn in_kernel(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        match Kind::of(op) {
            Some(Kind::Barrier) => {
                self.settle();
                if self.place == Place::Kernel {
                    self.code.line("");
                    self.code.line("mfence();");
                    self.code.line("sync_cluster();");
                    self.code.line("");
                }
                Ok(())
            }
            Some(Kind::Alloc) => self.on_chip(op),
            _ => Err(EmitErrorKind::Unsupported {
                op: op.name.to_string(),
                expected: "upstream ops, alloc and barrier in a kernel",
            }
            .at(&op.loc)),
        }
    }

    fn on_chip(&mut self, op: &Op) -> Result<(), EmitError> {
        let func = self.func;
        let Some(shaped) = func.ty(op.results[0]).memref().filter(|shaped| shaped.rank() == 1) else {
            return Err(self.refuse(op, "one dimension"));
        };
        if shaped.space != Space::Shared {
            return Err(self.refuse(op, "shared memory"));
        }
        let ty = elem(&shaped.elem);
        // The same array may be a parameter too.
        let name = format!("{}_sm", op.str_attr("xpu.name").unwrap_or("stored"));
        let name = self.names.fresh(&name);
        let dim = match (shaped.dims[0], op.operands.first()) {
            (Some(size), _) => Expr::literal(size.into(), Ty::Int),
            (None, Some(size)) => {
                let size = self.take(*size);
                self.plain(size, "size")
            }
            _ => return Err(self.refuse(op, "a size")),
        };
        if self.place == Place::Cpu {
            self.code.line(format!("std::vector<{}> {name}({});", element_name(ty), dim.text));
        } else if shaped.dims[0].is_some() {
            self.code.line(format!("__shared__ {} {name}[{}];", ty.name(), dim.text));
        } else {
            let from = self.pool.take().map_or_else(
                || POOL.to_owned(),
                |(name, size)| format!("{name} + {}", size.within(super::expr::precedence::SUM)),
            );
            self.code.line(format!("_shared_ptr_ {}* {name} = {from};", ty.name()));
            self.pool = Some((name.clone(), dim.clone()));
        }
        self.arrays.insert(op.results[0], Array { pointer: Expr::name(name, ty), dims: vec![dim], elem: ty });
        Ok(())
    }
}

/// The element of a vector on the host: one of bool has no elements to point to.
pub(super) fn element_name(ty: Ty) -> &'static str {
    match ty {
        Ty::Bool => "char",
        ty => ty.name(),
    }
}
