//! Functions in front of the op's own, those of them that it calls.

use super::code::Code;
use super::commands::{Call, quoted};
use super::op::Op;
use super::range::MAX_ELEMENTS;

/// Writes them.
pub(super) fn write(code: &mut Code, op: &Op) {
    code.append(CHECK);
    code.line("");
    for call in &op.calls {
        match call {
            Call::HostToDevice => {
                code.append(IN_ORDER);
                transfer(code, "HostToDevice", "api::do_host2device(ctx, from, to, bytes)");
            }
            Call::DeviceToHost => {
                code.append(NOT_IN_ORDER);
                let call = "xpu_memcpy(to, from, bytes, XPUMemcpyKind::XPU_DEVICE_TO_HOST)";
                transfer(code, "DeviceToHost", call);
            }
            Call::Wait => code.append(WAIT),
            Call::Verdict => code.append(VERDICT),
            Call::Workspace => workspace(code, &op.name),
            Call::ToInt => to_int(code, &op.name),
        }
        code.line("");
    }
    if !op.tensors.is_empty() {
        check_tensor(code);
    }
}

const CHECK: &str = "\
// Stops the op: as PD_CHECK, whose message static programs lose.
template <typename... Parts>
static void Refuse(const Parts&... parts) {
  std::ostringstream message;
  const int written[] = {(message << parts, 0)...};
  (void)written;
  PADDLE_THROW(common::errors::InvalidArgument(\"%s\", message.str()));
}

#define OP_CHECK(condition, ...) \\
  do {                           \\
    if (!(condition)) {          \\
      Refuse(__VA_ARGS__);       \\
    }                            \\
  } while (0)
";

/// A transfer that works on the host too, and does nothing where there is nothing.
fn transfer(code: &mut Code, name: &str, call: &str) {
    let params = ["api::Context* ctx", "const void* from", "void* to", "int64_t bytes"].map(str::to_owned);
    code.params(&format!("static int {name}("), &params, ") {");
    code.line("if (bytes == 0) {");
    code.line("return api::SUCCESS;");
    code.line("}");
    code.line("if (ctx->dev().type() == api::kCPU) {");
    code.line("std::memcpy(to, from, bytes);");
    code.line("return api::SUCCESS;");
    code.line("}");
    code.line(format!("return {call};"));
    code.line("}");
}

const IN_ORDER: &str = "\
// In stream order: kernels launched later see the data; the source may change
// as soon as this returns.
";
const NOT_IN_ORDER: &str = "\
// Not in stream order: what kernels write has to be waited for.
";
const WAIT: &str = "\
// On the host everything is done when its call returns.
static int Wait(api::Context* ctx) {
  if (ctx->dev().type() == api::kCPU) {
    return api::SUCCESS;
  }
  return xpu_wait(ctx->xpu_stream);
}
";
const VERDICT: &str = "\
// A number that a kernel found, from its lower and its upper half.
static int64_t Wide(const int* halves) {
  const uint64_t upper = static_cast<uint32_t>(halves[1]);
  return static_cast<int64_t>(upper << 32 | static_cast<uint32_t>(halves[0]));
}

// Where a kernel found it.
static std::string At(int index) {
  return index < 0 ? \"\" : \" at [\" + std::to_string(index) + \"]\";
}
";

fn workspace(code: &mut Code, op: &str) {
    code.comment("Memory of the device until the op returns; none for no elements.");
    code.line("template <typename T>");
    code.line("static T* Workspace(api::ctx_guard* guard, int64_t count) {");
    let at_most = MAX_ELEMENTS.to_string();
    let items = [
        format!("count <= {at_most}"),
        quoted(&format!("{op}: expected workspace for at most {at_most} elements, found ")),
        "count".to_owned(),
    ];
    code.list("OP_CHECK(", &items, ");");
    code.line("T* workspace = count > 0 ? guard->alloc<T>(count) : nullptr;");
    let items = [
        "count == 0 || workspace != nullptr".to_owned(),
        quoted(&format!("{op}: expected workspace for ")),
        "count".to_owned(),
        quoted(" elements, found none"),
    ];
    code.list("OP_CHECK(", &items, ");");
    code.line("return workspace;");
    code.line("}");
}

fn to_int(code: &mut Code, op: &str) {
    code.comment("A size as kernels take it.");
    code.line("static int ToInt(int64_t size) {");
    let expected = quoted(&format!("{op}: expected a size of 32 bits, found "));
    code.list("OP_CHECK(", &["size == static_cast<int>(size)".to_owned(), expected, "size".to_owned()], ");");
    code.line("return static_cast<int>(size);");
    code.line("}");
}

/// The check of a tensor.
fn check_tensor(code: &mut Code) {
    code.comment("What every tensor of the op has to be.");
    let params = [
        "const paddle::Tensor& tensor",
        "const std::string& name",
        "paddle::DataType type",
        "size_t rank",
        "const paddle::Place& place",
    ];
    code.params("static void CheckTensor(", &params.map(str::to_owned), ") {");
    let at_most = MAX_ELEMENTS.to_string();
    let mut check = |condition: &str, expected: &[&str], found: &str| {
        let mut items = vec![condition.to_owned()];
        items.extend(expected.iter().map(|part| (*part).to_owned()));
        items.push(found.to_owned());
        code.list("OP_CHECK(", &items, ");");
    };
    check("tensor.defined()", &[], "name + \": expected a tensor, found none\"");
    check("tensor.dtype() == type", &["name + \": expected \"", "type", "\", found \""], "tensor.dtype()");
    check(
        "tensor.shape().size() == rank",
        &["name + \": expected rank \"", "rank", "\", found \""],
        "tensor.shape().size()",
    );
    check(
        "tensor.place() == place",
        &["name + \": expected a tensor on \"", "place", "\", found one on \""],
        "tensor.place()",
    );
    let expected = format!("name + \": expected at most {at_most} elements, found \"");
    check(&format!("tensor.numel() <= {at_most}"), &[&expected], "tensor.numel()");
    code.line("}");
    code.line("");
}
