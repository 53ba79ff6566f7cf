//! A kernel of the device, and the loop that stands for it on the host.

use super::EmitError;
use super::body::{Body, Place, mentions};
use super::chip;
use super::expr::{Expr, Ty};
use super::facts::Facts;
use super::helpers::Helper;
use super::names::Names;
use super::params::{Given, Launch};
use super::range::Range;
use std::collections::BTreeSet;
use xpuc_dialect::ir::Func;

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
    let facts = Facts::of(func, &ranges, &launch.sizes(func));
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
        chip::shared(&mut body, shared_bytes)?;
        chip::lanes(&mut body);
    }
    if let Some(entry) = func.entry() {
        body.block(entry)?;
    }
    let Body { code, helpers, .. } = body;
    Ok(Written { body: code.finish(), helpers })
}

/// The element of a vector on the host: one of bool has no elements to point to.
pub(super) fn element_name(ty: Ty) -> &'static str {
    match ty {
        Ty::Bool => "char",
        ty => ty.name(),
    }
}
