//! The files, as FastDeploy's build of XPU ops expects them.

use super::body::mentions;
use super::code::{Code, WIDTH};
use super::commands::quoted;
use super::expr::Ty;
use super::helpers::Helper;
use super::infer;
use super::kernel::Written;
use super::names::camel;
use super::op::{Attribute, Kernel, Op};
use super::params::{Param, ParamKind};
use super::{File, Sources, prelude, readme};

pub(super) fn all(sources: &Sources<'_>, op: &Op) -> Vec<File> {
    let mut files = Vec::new();
    let mut add = |extension: &str, text: String| {
        files.push(File { name: format!("{}.{extension}", op.name), text });
    };
    if !op.kernels.is_empty() {
        add("xpu", kernels(sources, op));
        add("cpp", wrapper(sources, op));
        add("h", declarations(sources, op));
    }
    add("cc", registration(sources, op));
    let readme = readme::write(sources, op, &files);
    files.push(File { name: "README.md".to_owned(), text: readme });
    files
}

fn head(sources: &Sources<'_>, what: &str) -> Code {
    let mut code = Code::at(0);
    code.comment(&format!("{what}. Written by xpuc {} from {}.", env!("CARGO_PKG_VERSION"), sources.source));
    code
}

fn params(kernel: &Kernel) -> Vec<String> {
    kernel.launch.params.iter().map(Param::declared).collect()
}

fn with_context(kernel: &Kernel) -> Vec<String> {
    let mut list = vec!["api::Context* ctx".to_owned()];
    list.extend(params(kernel));
    list
}

/// Parameters of a function, without the names of those that it leaves alone.
fn named(params: &[Param], written: &Written) -> Vec<String> {
    let unnamed = |param: &Param| {
        let declared = param.declared();
        let name = declared.len() - param.name.len();
        format!("{}/*{}*/", &declared[..name], param.name)
    };
    params.iter().map(|p| if written.uses(&p.name) { p.declared() } else { unnamed(p) }).collect()
}

fn kernels(sources: &Sources<'_>, op: &Op) -> String {
    let mut code = head(sources, &format!("Kernels of {} for Kunlun XPU3", op.name));
    code.line("#include \"xpu/kernel/cluster.h\"");
    code.line("#include \"xpu/kernel/cluster_primitive.h\"");
    let helpers = op.kernels.iter().flat_map(|kernel| kernel.device.helpers.iter().copied());
    let helpers: std::collections::BTreeSet<Helper> = helpers.collect();
    if helpers.iter().any(|helper| helper.has_vectors()) {
        code.line("#include \"xpu/kernel/cluster_simd.h\"");
    }
    code.line("");
    code.line("namespace fd_xpu3 {");
    code.line("");
    let code_of_namespace = &mut flat(code);
    for one in helpers {
        one.define(code_of_namespace, "__device__ ");
    }
    for kernel in &op.kernels {
        let launch = &kernel.launch;
        code_of_namespace.comment(&format!(
            "For {} of {} cores.",
            readme::clusters(launch.clusters),
            launch.cores
        ));
        code_of_namespace.params(
            &format!("__global__ void {}(", launch.kernel),
            &named(&launch.params, &kernel.device),
            ") {",
        );
        code_of_namespace.append(&kernel.device.body);
        code_of_namespace.line("}");
        code_of_namespace.line("");
    }
    let mut code = std::mem::take(code_of_namespace);
    code.line("}  // namespace fd_xpu3");
    code.finish()
}

/// Code after an opened namespace, which does not indent.
fn flat(code: Code) -> Code {
    let mut all = Code::at(0);
    all.append(&code.finish());
    all
}

fn wrapper(sources: &Sources<'_>, op: &Op) -> String {
    let mut code = head(sources, &format!("Wrappers of the kernels of {}", op.name));
    code.line("#include <algorithm>");
    code.line("#include <cstdint>");
    code.line("#include <vector>");
    code.line("");
    code.line("#include \"xpu/plugin.h\"");
    code.line("#include \"xpu/refactor/impl_public/wrapper_check.h\"");
    code.line("");
    code.line("namespace api = baidu::xpu::api;");
    code.line("");
    code.line("namespace fd_xpu3 {");
    let mut code = flat(code);
    for kernel in &op.kernels {
        let head = format!("__attribute__((global)) void {}(", kernel.launch.kernel);
        code.params(&head, &params(kernel), ");");
    }
    code.line("}  // namespace fd_xpu3");
    code.line("");
    code.line("namespace fastdeploy {");
    let mut code = flat(code);
    code.line("namespace plugin {");
    let mut code = flat(code);
    code.line("");
    let helpers = op.kernels.iter().flat_map(|kernel| kernel.host.helpers.iter().copied());
    let helpers: std::collections::BTreeSet<Helper> = helpers.collect();
    for one in helpers {
        one.define(&mut code, "");
    }
    for kernel in &op.kernels {
        wrap(&mut code, kernel);
    }
    code.line("}  // namespace plugin");
    code.line("}  // namespace fastdeploy");
    code.finish()
}

fn wrap(code: &mut Code, kernel: &Kernel) {
    let launch = &kernel.launch;
    let name = &launch.kernel;
    let names: Vec<String> = launch.params.iter().map(|param| param.name.clone()).collect();
    let list = with_context(kernel);
    let mut on_host = vec!["api::Context* /*ctx*/".to_owned()];
    on_host.extend(named(&launch.params, &kernel.host));

    code.params(&format!("static int cpu_wrapper_{name}("), &on_host, ") {");
    code.append(&kernel.host.body);
    code.line("return api::SUCCESS;");
    code.line("}");
    code.line("");

    code.params(&format!("static int xpu3_wrapper_{name}("), &list, ") {");
    let passed: Vec<String> = launch.params.iter().map(passed).collect();
    if passed.iter().any(|text| text.contains(XPU_INT64)) {
        code.line(format!("using {XPU_INT64} = typename api::XPUIndexType<int64_t>::type;"));
    }
    let call = format!("{name}<<<{}, {}, ctx->xpu_stream>>>(", launch.clusters, launch.cores);
    let one = format!("int32_t ret_xre = fd_xpu3::{call}");
    if one.len() + 2 <= WIDTH {
        code.list(&one, &passed, ");");
    } else {
        code.list_below("int32_t ret_xre =", ["fd_xpu3::", &call], &passed, ");");
    }
    code.line("KERNEL_ASSERT_SUCCESS(ctx, ret_xre);");
    code.line("return api::SUCCESS;");
    code.line("}");
    code.line("");

    code.params(&format!("int {name}("), &list, ") {");
    code.line("WRAPPER_CHECK_CTX(ctx);");
    let dumped = ["ctx".to_owned(), quoted(name), "int".to_owned()];
    code.list("WRAPPER_DUMP_FUNCTION_T1(", &dumped, ");");
    for part in names.chunks(6) {
        let mut items = vec!["ctx".to_owned()];
        items.extend(part.iter().cloned());
        code.list(&format!("WRAPPER_DUMP_PARAM{}(", part.len()), &items, ");");
    }
    code.line("WRAPPER_DUMP(ctx);");
    for param in &launch.params {
        let ParamKind::Pointer { elem, dims, .. } = &param.kind else { continue };
        if dims.is_empty() {
            continue;
        }
        for dim in dims.iter().filter(|dim| !dim.text.starts_with(|c: char| c.is_ascii_digit())) {
            code.line(format!("WRAPPER_ASSERT_GE(ctx, {}, 0);", dim.text));
        }
        let length = match &dims[..] {
            [one] => one.text.clone(),
            many => {
                let many: Vec<&str> = many.iter().map(|dim| &*dim.text).collect();
                format!("static_cast<int64_t>({}) * {}", many[0], many[1..].join(" * "))
            }
        };
        let items = ["ctx".to_owned(), elem.name().to_owned(), length.clone(), param.name.clone()];
        // An array of nothing has no address.
        let open = !length.chars().all(|c| c.is_ascii_digit());
        if open {
            code.line(format!("if ({length} > 0) {{"));
        }
        code.list("WRAPPER_CHECK_PTR(", &items, ");");
        if open {
            code.line("}");
        }
    }
    for (device, function) in [("kCPU", "cpu"), ("kXPU3", "xpu3")] {
        code.line(format!("if (ctx->dev().type() == api::{device}) {{"));
        let mut items = vec!["ctx".to_owned()];
        items.extend(names.iter().cloned());
        code.list(&format!("return {function}_wrapper_{name}("), &items, ");");
        code.line("}");
    }
    code.line("WRAPPER_UNIMPLEMENTED(ctx);");
    code.line("}");
    code.line("");
}

/// What the 64-bit integer of the device is called in a wrapper.
const XPU_INT64: &str = "XPU_INT64";

/// A parameter as the launch takes it: a pointer to 64-bit integers is one to those of the device.
fn passed(param: &Param) -> String {
    match &param.kind {
        ParamKind::Pointer { elem: Ty::Long, written, .. } => {
            let constant = if *written { "" } else { "const " };
            format!("reinterpret_cast<{constant}{XPU_INT64}*>({})", param.name)
        }
        _ => param.name.clone(),
    }
}

fn declarations(sources: &Sources<'_>, op: &Op) -> String {
    let mut code =
        head(sources, &format!("Declarations for xpu/plugin.h: the wrappers that {} calls", op.name));
    code.line("#pragma once");
    code.line("#include <cstdint>");
    code.line("");
    code.line("namespace fastdeploy {");
    let mut code = flat(code);
    code.line("namespace plugin {");
    let mut code = flat(code);
    code.line("");
    for kernel in &op.kernels {
        let mut list = with_context(kernel);
        list[0] = "baidu::xpu::api::Context* ctx".to_owned();
        code.params(&format!("DLL_EXPORT int {}(", kernel.launch.kernel), &list, ");");
        code.line("");
    }
    code.line("}  // namespace plugin");
    code.line("}  // namespace fastdeploy");
    code.finish()
}

fn registration(sources: &Sources<'_>, op: &Op) -> String {
    let mut code = head(sources, &format!("The op {}", op.name));
    for line in [
        "#include <paddle/phi/backends/xpu/xpu_context.h>",
        "",
        "#include <algorithm>",
        "#include <cstdint>",
        "#include <cstring>",
        "#include <memory>",
        "#include <sstream>",
        "#include <string>",
        "#include <vector>",
        "",
    ] {
        code.line(line);
    }
    if !op.flags.is_empty() {
        code.line("#include \"ops/utility/env.h\"");
    }
    code.line("#include \"paddle/extension.h\"");
    code.line("#include \"paddle/phi/core/enforce.h\"");
    code.line("#include \"xpu/internal/infra_op.h\"");
    code.line("#include \"xpu/plugin.h\"");
    code.line("");
    code.line("namespace api = baidu::xpu::api;");
    code.line("");
    for flag in &op.flags {
        code.line(format!("XPU_DECLARE_BOOL({flag}, false);"));
    }
    if !op.flags.is_empty() {
        code.line("");
    }
    for one in &op.helpers {
        one.define(&mut code, "");
    }
    prelude::write(&mut code, op);
    function(&mut code, op);
    infer::write(&mut code, op);
    build_op(&mut code, op);
    code.finish()
}

fn function(code: &mut Code, op: &Op) {
    let mut list = Vec::new();
    for tensor in &op.tensors {
        let constant = if tensor.written { "" } else { "const " };
        list.push(format!("{constant}paddle::Tensor& {}", tensor.name));
    }
    for attribute in &op.attributes {
        let Attribute { name, ty, .. } = attribute;
        let used = mentions(&op.body, name);
        list.push(if used { format!("{} {name}", ty.name()) } else { format!("{} /*{name}*/", ty.name()) });
    }
    let result = if op.results.is_empty() { "void" } else { "std::vector<paddle::Tensor>" };
    code.params(&format!("{result} {}(", camel(&op.name)), &list, ") {");
    code.append(&op.body);
    code.line("}");
    code.line("");
}

fn build_op(code: &mut Code, op: &Op) {
    let in_place: Vec<&str> = op.tensors.iter().filter(|t| t.written).map(|t| &*t.label).collect();
    let inputs: Vec<String> = op.tensors.iter().map(|tensor| quoted(&tensor.label)).collect();
    let mut outputs: Vec<String> = op.results.iter().map(|result| quoted(&result.label)).collect();
    outputs.extend(in_place.iter().map(|name| quoted(&format!("{name}_out"))));
    let attributes: Vec<String> = op
        .attributes
        .iter()
        .map(|attribute| {
            let ty = if attribute.ty == Ty::Long { "int64_t" } else { "int" };
            quoted(&format!("{}: {ty}", attribute.symbol))
        })
        .collect();
    let mut setters = Code::at(2);
    setters.nested(".Inputs(", &inputs, ")");
    setters.nested(".Outputs(", &outputs, ")");
    if !in_place.is_empty() {
        let map: Vec<String> = in_place
            .iter()
            .map(|name| format!("{{{}, {}}}", quoted(name), quoted(&format!("{name}_out"))))
            .collect();
        setters.nested(".SetInplaceMap(", &map, ")");
    }
    if !attributes.is_empty() {
        setters.nested(".Attrs(", &attributes, ")");
    }
    let camel = camel(&op.name);
    if op.results.is_empty() {
        setters.line(format!(".SetKernelFn(PD_KERNEL({camel}));"));
    } else {
        setters.line(format!(".SetKernelFn(PD_KERNEL({camel}))"));
        setters.line(format!(".SetInferShapeFn(PD_INFER_SHAPE({camel}InferShape))"));
        setters.line(format!(".SetInferDtypeFn(PD_INFER_DTYPE({camel}InferDtype));"));
    }
    let setters = setters.finish();
    let one: String = setters.lines().map(str::trim).collect();
    let head = format!("PD_BUILD_OP({})", op.name);
    if head.len() + one.len() <= WIDTH {
        return code.line(head + &one);
    }
    code.line(head);
    code.append(&setters);
}
