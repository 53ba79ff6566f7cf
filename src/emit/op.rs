//! The op: its function, and what is registered of it.

use super::body::{Body, Place, elem, mentions};
use super::commands::{Call, Commands, Returned};
use super::contract::{self, Tensor};
use super::expr::{Expr, Ty};
use super::facts::{Facts, Sizes};
use super::helpers::Helper;
use super::kernel::Written;
use super::names::Names;
use super::params::{Launch, Uses};
use super::range::Range;
use super::transfer::of_type;
use super::{EmitError, EmitErrorKind, Sources};
use std::collections::{BTreeMap, BTreeSet};
use xpuc_dialect::dim::{Dim, Symbol};
use xpuc_dialect::ir::{Attr, Func, Module, OpId, Space, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// An attribute of the op.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub(super) name: String,
    /// Its name in declared sizes.
    pub(super) symbol: String,
    pub(super) ty: Ty,
}

/// What the op returns beside what it writes in place.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    /// What the program calls it, and Paddle.
    pub(super) label: String,
    /// What the code calls it.
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) dims: Vec<Option<Dim>>,
}

/// A kernel, both ways.
pub(super) struct Kernel {
    pub(super) launch: Launch,
    pub(super) device: Written,
    pub(super) host: Written,
}

/// Everything that files are written from.
pub(super) struct Op {
    pub(super) name: String,
    pub(super) tensors: Vec<Tensor>,
    pub(super) attributes: Vec<Attribute>,
    /// Flags of the program, which the environment sets.
    pub(super) flags: Vec<String>,
    pub(super) results: Vec<Outcome>,
    pub(super) kernels: Vec<Kernel>,
    pub(super) body: String,
    pub(super) helpers: BTreeSet<Helper>,
    pub(super) calls: BTreeSet<Call>,
}

impl Op {
    pub(super) fn of(sources: &Sources<'_>, func: &Func) -> Result<Op, EmitError> {
        for ty in func.arg_types().iter().chain(&func.result_types) {
            let known = matches!(ty.elem(), Type::Int(1 | 32 | 64) | Type::Index);
            if ty.shaped().is_some() && !known {
                let expected = "arrays of i1, i32 or i64";
                return Err(EmitErrorKind::Unsupported { op: "func.func".to_owned(), expected }.at(&func.loc));
            }
        }
        let written = written(sources.device.module(), func);
        let mut tensors = contract::tensors(func, &written);
        let (mut attributes, mut flags) = (Vec::new(), Vec::new());
        let mut names = Names::default();
        for reserved in [
            "place",
            "ret",
            "cpu_ctx",
            "dev_ctx",
            "RAII_GUARD",
            "Wait",
            "Wide",
            "At",
            "Refuse",
            "Size",
            "CheckTensor",
            "Workspace",
            "ToInt",
            "HostToDevice",
            "DeviceToHost",
        ] {
            names.fresh(reserved);
        }
        for tensor in &mut tensors {
            tensor.name = names.fresh(&tensor.name);
        }
        let mut scalars: Vec<(ValueId, Expr)> = Vec::new();
        let mut symbols: BTreeMap<Symbol, Expr> = BTreeMap::new();
        for (index, ty) in func.arg_types().iter().enumerate().filter(|(_, ty)| ty.is_scalar()) {
            let symbol = func.arg_name(index);
            let name = names.fresh(&symbol);
            let expr = if *ty == Type::I1 {
                flags.push(name.clone());
                Expr::name(format!("FLAGS_{name}"), Ty::Bool)
            } else {
                let ty = elem(ty);
                attributes.push(Attribute { name: name.clone(), symbol: symbol.clone(), ty });
                Expr::name(name, ty)
            };
            if let Ok(symbol) = Symbol::named(&symbol) {
                symbols.insert(symbol, expr.clone());
            }
            scalars.push((func.args()[index], expr));
        }
        let mut results = Vec::new();
        for (index, ty) in func.result_types.iter().enumerate() {
            let Some(shaped) = ty.memref() else {
                let expected = "buffers as results";
                return Err(EmitErrorKind::Unsupported { op: "func.func".to_owned(), expected }.at(&func.loc));
            };
            let known = func.result_attrs.get(index).and_then(|attrs| attrs.get("xpu.shape"));
            let known = contract::declared(known, shaped.rank());
            let dims = shaped.dims.iter().zip(known);
            let label = func.result_name(index);
            results.push(Outcome {
                name: names.fresh(&label),
                label,
                ty: (*shaped.elem).clone(),
                dims: dims.map(|(size, dim)| size.map(|n| Dim::constant(n as i64)).or(dim)).collect(),
            });
        }

        let ranges: Vec<Range> = func.arg_types().iter().map(of_type).collect();
        let facts = Facts::of(func, &ranges, &Sizes::default());
        let mut body = Body::new(func, &facts, Place::Op, names);
        body.commands = Commands {
            op_name: super::names::identifier(&func.name),
            modules: Some([sources.device.module(), sources.host.module()]),
            returned: returned(func, &results)?,
            shared_bytes: sources.memory.shared_bytes,
            ..Commands::default()
        };
        for (value, expr) in scalars {
            body.set(value, expr);
        }
        context(&mut body, &tensors);
        contract::check(&mut body, &tensors, &mut symbols);
        body.code.line("");
        let mut on_branch: Vec<String> =
            body.commands.returned.values().filter(|of| of.on_branch).map(|of| of.name.clone()).collect();
        on_branch.sort();
        for name in on_branch {
            body.code.line(format!("paddle::Tensor {name};"));
        }
        if let Some(entry) = func.entry() {
            body.block(entry)?;
        }
        if !results.is_empty() {
            let list: Vec<String> = results.iter().map(|result| result.name.clone()).collect();
            body.code.list("return {", &list, "};");
        }
        let Body { code, helpers, commands, .. } = body;
        Ok(Op {
            name: super::names::identifier(&func.name),
            tensors,
            attributes,
            flags,
            results,
            kernels: commands.kernels,
            body: without_unused(&code.finish()),
            helpers,
            calls: commands.calls,
        })
    }
}

/// Sizes and addresses of tensors that nothing asks for go again.
fn without_unused(body: &str) -> String {
    let mut statements: Vec<String> = Vec::new();
    for line in body.lines() {
        match statements.last_mut().filter(|last| last.ends_with(" =")) {
            Some(last) => *last += &format!("\n{line}"),
            None => statements.push(line.to_owned()),
        }
    }
    let defined = |statement: &str| {
        let joined = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let (left, right) = joined.split_once(" = ")?;
        let of_tensor = right.ends_with(">();") || right.contains(".shape()[");
        let name = left.rsplit(['*', ' ']).next().filter(|_| of_tensor && right.ends_with(';'))?;
        Some(name.to_owned())
    };
    let unused = |statement: &str| {
        defined(statement)
            .is_some_and(|name| statements.iter().filter(|other| mentions(other, &name)).count() == 1)
    };
    let kept: Vec<&str> =
        statements.iter().map(String::as_str).filter(|statement| !unused(statement)).collect();
    let text = kept.join("\n") + "\n";
    // Without a call nothing is returned.
    let calls = statements.iter().filter(|statement| mentions(statement, "ret")).count() > 1;
    if calls { text } else { text.replacen(&format!("  {RETURNED}\n"), "", 1) }
}

/// The code that the last call has returned.
const RETURNED: &str = "int ret = api::SUCCESS;";

/// Where the op runs: beside the tensors of the device.
fn context(body: &mut Body<'_>, tensors: &[Tensor]) {
    let code = &mut body.code;
    let anchor = tensors.iter().find(|tensor| tensor.space == Space::Device);
    if let Some(Tensor { name, .. }) = anchor {
        let expected = super::commands::quoted(&format!("{name}: expected a tensor, found none"));
        code.list("OP_CHECK(", &[format!("{name}.defined()"), expected], ");");
    }
    match anchor {
        Some(tensor) => {
            code.comment("Tensors of the device may all be on the host: then the op runs there.");
            code.line(format!("const paddle::Place place = {}.place();", tensor.name));
        }
        None => {
            code.line("const paddle::Place place =");
            code.line("    phi::XPUPlace(phi::backends::xpu::GetXPUCurrentDeviceId());");
        }
    }
    code.line("std::unique_ptr<api::Context> cpu_ctx;");
    code.line("api::Context* ctx = nullptr;");
    if let Some(tensor) = anchor {
        code.line(format!("if ({}.is_cpu()) {{", tensor.name));
        code.line("cpu_ctx.reset(new api::Context(api::kCPU));");
        code.line("ctx = cpu_ctx.get();");
        code.line("} else {");
    }
    code.line("auto* dev_ctx =");
    code.line("    paddle::experimental::DeviceContextPool::Instance().Get(place);");
    code.line("ctx = static_cast<const phi::XPUContext*>(dev_ctx)->x_context();");
    if anchor.is_some() {
        code.line("}");
    }
    code.line("api::ctx_guard RAII_GUARD(ctx);");
    code.line(RETURNED);
    code.line("");
}

/// Which arguments a function writes, itself or in a kernel.
fn written(module: &Module, func: &Func) -> Vec<bool> {
    let mut root: BTreeMap<ValueId, usize> = BTreeMap::new();
    root.extend(func.args().iter().enumerate().map(|(i, value)| (*value, i)));
    let mut written: Vec<bool> =
        (0..func.args().len()).map(|i| func.arg_attrs[i].contains_key("xpu.output")).collect();
    for id in func.walk() {
        let op = func.op(id);
        if op.name.starts_with("memref.") {
            if let Some(of) = op.operands.first().and_then(|v| root.get(v)).copied() {
                root.extend(op.results.iter().map(|result| (*result, of)));
            }
            if &*op.name == "memref.store"
                && let Some(of) = root.get(&op.operands[1])
            {
                written[*of] = true;
            }
        }
        if let Some(Attr::Symbol(callee)) = op.attrs.get("callee")
            && let Some(kernel) = module.func(callee)
        {
            let mut uses = Uses::default();
            uses.add(kernel);
            for (position, operand) in op.operands.iter().enumerate() {
                if let Some(of) = root.get(operand).filter(|_| uses.writes(position)) {
                    written[*of] = true;
                }
            }
        }
        if matches!(Kind::of(op), Some(Kind::Copy | Kind::H2d | Kind::D2h | Kind::Constant))
            && let Some(of) = op.operands.last().and_then(|v| root.get(v))
        {
            written[*of] = true;
        }
    }
    written
}

/// The buffers that the function returns, each allocated as its result.
fn returned(func: &Func, results: &[Outcome]) -> Result<rustc_hash::FxHashMap<ValueId, Returned>, EmitError> {
    let mut returned = rustc_hash::FxHashMap::default();
    let entry = func.entry();
    let last: Option<OpId> = entry.and_then(|entry| func.block(entry).ops.last().copied());
    let Some(last) = last.map(|id| func.op(id)) else { return Ok(returned) };
    for (value, result) in last.operands.iter().zip(results) {
        let mut root = *value;
        while let Some(op) = func.def_op(root).filter(|op| &*op.name == "memref.cast") {
            root = op.operands[0];
        }
        let fresh = func.def_op(root).is_some_and(|op| Kind::of(op) == Some(Kind::Alloc));
        let on_branch = !entry
            .is_some_and(|entry| func.block(entry).ops.iter().any(|op| func.op(*op).results.contains(&root)));
        let known = Returned { name: result.name.clone(), on_branch };
        if !fresh || returned.insert(root, known).is_some() {
            let expected = "each result to be a buffer of its own that the program allocates";
            return Err(EmitErrorKind::Unsupported { op: "func.return".to_owned(), expected }.at(&last.loc));
        }
    }
    Ok(returned)
}
