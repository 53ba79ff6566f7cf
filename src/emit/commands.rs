//! Commands of the op's own function: allocations, transfers, launches, waits, and the clauses of the contract.

use super::EmitError;
use super::body::{Array, Body, Place, elem};
use super::contract::data_type;
use super::expr::precedence::{PRODUCT, RELATION};
use super::expr::{Expr, Ty};
use super::kernel;
use super::op::Kernel;
use super::params::{self, Launch, Uses};
use super::range::{MAX_ELEMENTS, Range};
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeSet;
use xpuc_dialect::ir::{Attr, Module, Op, OpId, Space, Type, ValueId};
use xpuc_dialect::ops::{Kind, predicate};

/// Functions that the op calls, defined in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Call {
    HostToDevice,
    DeviceToHost,
    Wait,
    /// Reading what a kernel found of the clauses.
    Verdict,
    /// Memory of the device.
    Workspace,
    /// A size in 32 bits.
    ToInt,
}

/// What the op's function knows beside its body.
#[derive(Default)]
pub(super) struct Commands<'a> {
    pub(super) op_name: String,
    /// The program lowered for the device, and for one core.
    pub(super) modules: Option<[&'a Module; 2]>,
    /// Buffers that the function returns.
    pub(super) returned: HashMap<ValueId, Returned>,
    pub(super) shared_bytes: u64,
    pub(super) kernels: Vec<Kernel>,
    pub(super) calls: BTreeSet<Call>,
    /// Whether a wait stands in front of transfers that the program completes by the next one.
    pub(super) waited: bool,
}

/// A tensor that the op returns.
#[derive(Debug, Clone)]
pub(super) struct Returned {
    pub(super) name: String,
    /// Whether it is allocated on a branch, and so declared in front of it.
    pub(super) on_branch: bool,
}

/// A string of C++.
pub(super) fn quoted(text: &str) -> String {
    let escaped: String = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' => format!("\\{}", char::from(byte)),
            b' '..=b'~' => char::from(byte).to_string(),
            // Octal: at most three digits belong to it, unlike those of \x.
            _ => format!("\\{byte:03o}"),
        })
        .collect();
    // Trigraphs.
    format!("\"{}\"", escaped.replace("??", "?\\?"))
}

impl Body<'_> {
    /// What is no upstream op.
    pub(super) fn command(&mut self, id: OpId) -> Result<(), EmitError> {
        if self.place != Place::Op {
            return self.in_kernel(id);
        }
        let func = self.func;
        let op = func.op(id);
        self.settle();
        let Some(kind) = Kind::of(op) else {
            return Err(self.refuse(op, "ops of the dialect and of upstream"));
        };
        match kind {
            Kind::Alloc => return self.allocate(id),
            // The context, a variable or the result owns what is allocated.
            Kind::Free => return Ok(()),
            Kind::Require => return self.require(op),
            Kind::Enforce => return self.enforce(op),
            _ => {}
        }
        let waited = std::mem::take(&mut self.commands.waited);
        match kind {
            Kind::H2d => self.transfer(op, Call::HostToDevice),
            Kind::D2h => {
                // The runtime has no copy that a later wait completes: the wait comes first, and is the program's.
                if !op.has("blocking") {
                    if !waited {
                        self.wait();
                    }
                    self.commands.waited = true;
                }
                self.transfer(op, Call::DeviceToHost)
            }
            Kind::Wait => {
                if !waited {
                    self.wait();
                }
                Ok(())
            }
            Kind::Copy => self.copy(op),
            Kind::Constant => self.fill(op),
            Kind::Launch => self.launch(op),
            _ => Err(self.refuse(op, "commands")),
        }
    }

    /// A call whose code is checked.
    fn checked(&mut self, function: &str, args: &[String]) {
        let name = function.rsplit("::").next().unwrap_or(function).split('<').next().unwrap_or_default();
        self.code.list(&format!("ret = {function}("), args, ");");
        let message = quoted(&format!("{}: {name} failed with code ", self.commands.op_name));
        self.code.list("OP_CHECK(", &["ret == api::SUCCESS".to_owned(), message, "ret".to_owned()], ");");
    }

    /// A command over some elements: none where there are none.
    fn over(&mut self, length: &Expr, command: impl FnOnce(&mut Self)) {
        let known = length.text.parse::<i64>().ok();
        if known.is_none() {
            let length = length.within(RELATION);
            self.code.line(format!("if ({length} > 0) {{"));
        }
        if known != Some(0) {
            command(self);
        }
        if known.is_none() {
            self.code.line("}");
        }
    }

    fn wait(&mut self) {
        self.commands.calls.insert(Call::Wait);
        self.checked("Wait", &["ctx".to_owned()]);
    }

    fn allocate(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        let result = op.results[0];
        let Some(shaped) = func.ty(result).memref() else { return Err(self.refuse(op, "a buffer")) };
        let ty = elem(&shaped.elem);
        let mut sizes = op.operands.iter();
        let mut dims = Vec::new();
        for dim in &shaped.dims {
            let Some(size) = dim else {
                let Some(size) = sizes.next() else {
                    return Err(self.refuse(op, "a size for each dimension"));
                };
                let size = self.take(*size);
                dims.push(self.plain(size, "size"));
                continue;
            };
            dims.push(Expr::literal((*size).into(), Ty::Int));
        }
        let mut array = Array { pointer: Expr::literal(0, Ty::Int), at: None, dims, elem: ty };
        let length = array.length();
        let on_device = shaped.space == Space::Device;
        let name = if let Some(Returned { name, on_branch }) = self.commands.returned.get(&result).cloned() {
            let list: Vec<String> = array.dims.iter().map(|dim| dim.text.clone()).collect();
            let sizes = (0..op.operands.len()).map(|i| self.facts.operand(id, i));
            let statics = shaped.dims.iter().flatten().map(|size| Range::exact(*size as i64));
            let elements = sizes.chain(statics).fold(Range::exact(1), Range::mul);
            if !elements.within(Range::SIZE) {
                let at_most = MAX_ELEMENTS.to_string();
                let small =
                    Expr::binary(&length, "<=", &Expr::name(at_most.clone(), Ty::Int), RELATION, Ty::Bool);
                let expected = quoted(&format!("{name}: expected at most {at_most} elements, found "));
                self.code.list("OP_CHECK(", &[small.text, expected, length.text.clone()], ");");
            }
            let place = if on_device { "place" } else { "paddle::CPUPlace()" };
            let items = [format!("{{{}}}", list.join(", ")), data_type(&shaped.elem), place.to_owned()];
            let ty = if on_branch { "" } else { "paddle::Tensor " };
            self.code.list(&format!("{ty}{name} = paddle::empty("), &items, ");");
            let data = self.names.fresh(&format!("{name}_data"));
            let element = elem(&shaped.elem).name();
            self.assign(
                &format!("{element}* {data}"),
                &Expr::name(format!("{name}.data<{element}>()"), elem(&shaped.elem)),
            );
            data
        } else if on_device {
            let name = self.names.fresh(op.str_attr("xpu.name").unwrap_or("workspace"));
            let taken = format!("Workspace<{}>(&RAII_GUARD, {})", ty.name(), length.text);
            self.assign(&format!("{}* {name}", ty.name()), &Expr::name(taken, ty));
            self.commands.calls.insert(Call::Workspace);
            name
        } else {
            let name = self.names.fresh("staging");
            let element = ty.name();
            self.code
                .line(format!("std::unique_ptr<{element}[]> {name}_owner(new {element}[{}]);", length.text));
            self.code.line(format!("{element}* {name} = {name}_owner.get();"));
            name
        };
        array.pointer = Expr::name(name, ty);
        self.arrays.insert(result, array);
        Ok(())
    }

    /// Bytes of an array.
    fn bytes(&self, array: &Array) -> String {
        let size = Expr::name(format!("sizeof({})", array.elem.name()), Ty::Long);
        Expr::binary(&array.length(), "*", &size, PRODUCT, Ty::Long).text
    }

    fn transfer(&mut self, op: &Op, call: Call) -> Result<(), EmitError> {
        let (from, to) = (self.array(op.operands[0], op)?, self.array(op.operands[1], op)?);
        self.commands.calls.insert(call);
        let name = if call == Call::HostToDevice { "HostToDevice" } else { "DeviceToHost" };
        let bytes = self.bytes(&from);
        self.checked(name, &["ctx".to_owned(), from.pointer.text, to.pointer.text, bytes]);
        Ok(())
    }

    fn copy(&mut self, op: &Op) -> Result<(), EmitError> {
        let (from, to) = (self.array(op.operands[0], op)?, self.array(op.operands[1], op)?);
        if self.is_on_device(op.operands[0]) {
            let args = ["ctx".to_owned(), from.pointer.text.clone(), to.pointer.text, from.length().text];
            self.over(&from.length(), |body| {
                body.checked(&format!("api::copy<{}>", from.elem.name()), &args)
            });
            return Ok(());
        }
        let length = from.length();
        self.code.list("std::copy_n(", &[from.pointer.text, length.text, to.pointer.text], ");");
        Ok(())
    }

    fn fill(&mut self, op: &Op) -> Result<(), EmitError> {
        let value = self.take(op.operands[0]);
        let to = self.array(op.operands[1], op)?;
        let value = value.cast(value.ty.signed()).text;
        let args = ["ctx".to_owned(), to.pointer.text.clone(), to.length().text, value];
        self.over(&to.length(), |body| body.checked(&format!("api::constant<{}>", to.elem.name()), &args));
        Ok(())
    }

    fn is_on_device(&self, value: ValueId) -> bool {
        self.func.ty(value).memref().is_some_and(|shaped| shaped.space == Space::Device)
    }

    fn launch(&mut self, op: &Op) -> Result<(), EmitError> {
        let func = self.func;
        let body = op.regions.first().and_then(|blocks| blocks.first());
        let call = body.and_then(|body| func.block(*body).ops.first().copied());
        let callee = call.and_then(|call| match func.op(call).attrs.get("callee") {
            Some(Attr::Symbol(name)) => Some((call, name.to_string())),
            _ => None,
        });
        let Some(((call, kernel), modules)) = callee.zip(self.commands.modules) else {
            return Err(self.refuse(op, "a call of a kernel"));
        };
        let kernels = modules.map(|module| module.func(&kernel));
        let [Some(on_device), Some(on_host)] = kernels else {
            return Err(self.refuse(op, "a call of a kernel that has a body"));
        };
        let mut uses = Uses::default();
        uses.add(on_device);
        uses.add(on_host);
        let given = params::given(self, call)?;
        let flow: Vec<Range> = (2..func.op(call).operands.len())
            .map(|i| {
                let range = self.facts.operand(call, i);
                let ty = func.ty(func.op(call).operands[i]);
                if *ty == Type::Index { range.meet(Range::I32) } else { range }
            })
            .collect();
        let number = |name: &str| op.attrs.get(name).and_then(Attr::as_int).unwrap_or(1);
        let (clusters, cores) = (number("clusters"), number("cores"));
        let (params, inside) = params::params(on_device, &uses, &given, &flow);
        let mut launch = Launch {
            kernel: super::names::identifier(&kernel),
            clusters,
            cores,
            params,
            inside,
            sizes: params::sizes(self, call),
        };
        let bytes = self.commands.shared_bytes;
        let device = kernel::write(on_device, &launch, Place::Kernel, bytes)?;
        let host = kernel::write(on_host, &launch, Place::Cpu, bytes)?;
        launch.params.retain(|param| device.uses(&param.name) || host.uses(&param.name));
        let params = &launch.params;
        let mut args = vec!["ctx".to_owned()];
        for param in params {
            let text = &param.argument.text;
            let params::ParamKind::Scalar(ty) = param.kind else {
                args.push(text.clone());
                continue;
            };
            let range = given.iter().find_map(|given| match given {
                params::Given::Scalar(expr, range) if expr.text == *text => Some(*range),
                _ => None,
            });
            // Kernels count in 32 bits.
            let narrowed = param.argument.ty.is_wide() && ty == Ty::Int;
            if narrowed && !range.unwrap_or(Range::SIZE).within(Range::I32) {
                self.commands.calls.insert(Call::ToInt);
                args.push(format!("ToInt({text})"));
            } else if param.argument.ty.is_wide() {
                args.push(param.argument.cast(ty).text);
            } else {
                args.push(text.clone());
            }
        }
        self.checked(&format!("fastdeploy::plugin::{}", launch.kernel), &args);
        self.commands.kernels.push(Kernel { launch, device, host });
        Ok(())
    }

    /// Stops unless `x predicate y`.
    fn require(&mut self, op: &Op) -> Result<(), EmitError> {
        let func = self.func;
        let Some((predicate, message)) = predicate(op).zip(op.str_attr("message")) else {
            return Err(self.refuse(op, "a predicate and a message"));
        };
        let sign = match predicate.as_str() {
            "eq" => "==",
            "ne" => "!=",
            "slt" => "<",
            "sle" => "<=",
            "sgt" => ">",
            _ => ">=",
        };
        let is_array = |value: ValueId| func.ty(value).memref().is_some();
        let expected = quoted(&format!("{message}: expected {} ", predicate.in_words()));
        let [x, y] = [op.operands[0], op.operands[1]];
        if !is_array(x) {
            let (x, y) = (self.take(x), self.take(y));
            let (x, y) = (x.cast(x.ty.signed()), y.cast(y.ty.signed()));
            let holds = Expr::binary(&x, sign, &y, RELATION, Ty::Bool);
            let items = [holds.text, expected, y.text, quoted(", found "), x.text];
            self.code.list("OP_CHECK(", &items, ");");
            return Ok(());
        }
        let length = self.array(x, op)?.length();
        let length = self.plain(length, "length");
        let names = self.names.clone();
        let i = self.names.fresh("i");
        let side = |body: &mut Self, value: ValueId| -> Result<String, EmitError> {
            if !is_array(value) {
                let expr = body.take(value);
                return Ok(body.plain(expr, "limit").text);
            }
            let array = body.array(value, op)?;
            Ok(format!("{}[{i}]", array.pointer.within(super::expr::precedence::PRIMARY)))
        };
        let (x, y) = (side(self, x)?, side(self, y)?);
        self.code.line(format!("for (int64_t {i} = 0; {i} < {}; {i}++) {{", length.text));
        let items =
            [format!("{x} {sign} {y}"), expected, y, quoted(", found "), x, quoted(" at ["), i, quoted("]")];
        self.code.list("OP_CHECK(", &items, ");");
        self.code.line("}");
        self.names = names;
        Ok(())
    }

    /// Stops if the kernel found that a clause does not hold.
    fn enforce(&mut self, op: &Op) -> Result<(), EmitError> {
        let verdict = self.array(op.operands[0], op)?.pointer;
        let Some((predicate, message)) = predicate(op).zip(op.str_attr("message")) else {
            return Err(self.refuse(op, "a predicate and a message"));
        };
        let clause = op.attrs.get("clause").and_then(Attr::as_int).unwrap_or_default();
        let verdict = verdict.within(super::expr::precedence::PRIMARY);
        let items = [
            format!("{verdict}[0] != {clause}"),
            quoted(&format!("{message}: expected {} ", predicate.in_words())),
            format!("Wide({verdict} + 4)"),
            quoted(", found "),
            format!("Wide({verdict} + 2)"),
            format!("At({verdict}[1])"),
        ];
        self.code.list("OP_CHECK(", &items, ");");
        self.commands.calls.insert(Call::Verdict);
        Ok(())
    }
}
