//! The README beside the files: where each goes, what the op is, and what is known of every name that the files use.

use super::body::mentions;
use super::commands::Call;
use super::op::Op;
use super::{File, Sources};
use serde::Deserialize;
use std::fmt::Write;
use std::sync::LazyLock;
use xpuc_dialect::ir::Space;

/// What is known of a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
    kind: String,
    what: String,
    /// Repository and path of a public file that uses it so; nothing if there is none.
    seen: String,
    unproven: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    name: Vec<Name>,
}

static EVIDENCE: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let evidence: Evidence = toml::from_str(include_str!("evidence.toml"))
        .unwrap_or_else(|error| panic!("evidence.toml: {error}"));
    evidence.name
});

/// Where FastDeploy keeps what.
const PLACES: [(&str, &str, &str); 4] = [
    ("xpu", "kernels", "custom_ops/xpu_ops/src/plugin/src/kernel/kunlun3cpp/"),
    (
        "cpp",
        "wrappers: checks, the kernels' launches, and the same on the host",
        "custom_ops/xpu_ops/src/plugin/src/wrapper/",
    ),
    (
        "h",
        "declarations of the wrappers: to be added to",
        "custom_ops/xpu_ops/src/plugin/include/xpu/plugin.h",
    ),
    ("cc", "the op, and its registration", "custom_ops/xpu_ops/src/ops/"),
];

/// Writes it, after all other files.
pub(super) fn write(sources: &Sources<'_>, op: &Op, files: &[File]) -> String {
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let _ = write!(
        text,
        "# {}\n\nWritten by xpuc {version} from {}, for Kunlun XPU3.\n\n",
        op.name, sources.source
    );
    text += "| file | what | where it goes in FastDeploy |\n|---|---|---|\n";
    for (extension, what, place) in PLACES {
        let name = format!("{}.{extension}", op.name);
        if files.iter().any(|file| file.name == name) {
            let _ = writeln!(text, "| `{name}` | {what} | `{place}` |");
        }
    }
    text += "\nThe build finds kernels, wrappers and ops by their place. A file of the same name anywhere in these folders is replaced by \
             this one: objects are named after it. If FastDeploy has an op of this name, its file goes; what calls that file's C++ function by \
             name (`custom_ops/xpu_ops/src/ops/pybind/pybind.cc` binds some) has to be changed too, for the op here is reached through its registration. Compare the table below with \
             the declaration that goes: inputs, attributes and outputs may be others (`xpuc audit OP.cc --program OP.mlir` does).\n\n## The op\n\n";
    signature(&mut text, op);
    calls(&mut text, op);
    text += "\nWorkspace comes from the context's pool (`ctx_guard`); nothing else is allocated on the device but the results.\n\n";
    evidence(&mut text, files);
    text
}

/// Kernels of what does not fit into shared memory are named so; see the lowering of fusions.
const IN_BUFFERS: &str = "_global";

fn calls(text: &mut String, op: &Op) {
    *text += "\n## What a call does\n\n";
    if op.calls.contains(&Call::HostToDevice) {
        *text += "* copies to the device what kernels need of the tensors on the host\n";
    }
    for kernel in &op.kernels {
        let launch = &kernel.launch;
        let instead = launch
            .kernel
            .strip_suffix(IN_BUFFERS)
            .filter(|name| op.kernels.iter().any(|other| other.launch.kernel == *name));
        let instead = instead.map_or_else(String::new, |name| {
            format!(", in place of `{name}` for a batch that does not fit into shared memory")
        });
        let _ = writeln!(
            text,
            "* launches `{}`: {} of {} cores{instead}",
            launch.kernel,
            clusters(launch.clusters),
            launch.cores
        );
    }
    if op.calls.contains(&Call::Wait) {
        *text += "* waits for the stream before it reads what lies on the device\n";
    }
    if op.calls.contains(&Call::DeviceToHost) {
        *text +=
            "* copies to the host what is needed there: sizes, what clauses found, tensors on the host\n";
    }
    *text += "* checks every return code; an error of any call is an exception of the op\n\n";
    *text += "What the program's clauses say is checked, and no more: an index outside a table or a divisor of 0 that no clause rules out is \
              not found on a device.\n";
}

fn signature(text: &mut String, op: &Op) {
    *text += "| | name | where | type | sizes |\n|---|---|---|---|---|\n";
    let dims = |dims: &[Option<xpuc_dialect::dim::Dim>]| {
        let each = dims.iter().map(|dim| dim.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string));
        format!("[{}]", each.collect::<Vec<_>>().join(", "))
    };
    for tensor in &op.tensors {
        let role = if tensor.written { "in place" } else { "input" };
        let space = if tensor.space == Space::Host { "host" } else { "device" };
        let _ = writeln!(
            text,
            "| {role} | `{}` | {space} | {} | {} |",
            tensor.label,
            tensor.ty,
            dims(&tensor.dims)
        );
    }
    for attribute in &op.attributes {
        let _ = writeln!(text, "| attribute | `{}` | | {} | |", attribute.symbol, attribute.ty.name());
    }
    for flag in &op.flags {
        let _ = writeln!(text, "| flag | `{flag}` | the environment, when the library is loaded | bool | |");
    }
    for result in &op.results {
        let _ = writeln!(text, "| result | `{}` | | {} | {} |", result.label, result.ty, dims(&result.dims));
    }
    if op.tensors.iter().any(|tensor| tensor.written) {
        *text += "\nOutputs in place are declared (`SetInplaceMap`), behind the results: a static program then knows who writes them. Python gets \
                  all of them, the results first: a caller that unpacks the results alone has to take the first ones. Hand over contiguous tensors: of one that is not, Paddle passes a contiguous copy, and what is written to that is \
                  lost.\n";
    }
}

/// A number of clusters, in words.
pub(super) fn clusters(count: i64) -> String {
    if count == 1 { "1 cluster".to_owned() } else { format!("{count} clusters") }
}

fn evidence(text: &mut String, files: &[File]) {
    *text += "## What it relies on\n\nNo device and no compiler for one was at hand. The files build with a C++ compiler and headers of our own, and run there \
              under the checks of a strict host; the names below are used as published sources use them. Paths are those of the revision \
              that was read; FastDeploy moves its files now and then.\n\n";
    let used = EVIDENCE.iter().filter(|name| files.iter().any(|file| name.is_used(file)));
    let (proven, open): (Vec<&Name>, Vec<&Name>) = used.partition(|name| name.unproven.is_empty());
    let cell = |text: &str| text.replace('|', "\\|");
    let seen = |name: &Name| if name.seen.is_empty() { "nowhere".to_owned() } else { cell(&name.seen) };
    *text += "### What a device has to show\n\n| name | kind | what is relied on | unproven without a device | publicly seen in |\n|---|---|---|---|---|\n";
    for name in open {
        let (what, unproven) = (cell(&name.what), cell(&name.unproven));
        let _ = writeln!(
            text,
            "| `{}` | {} | {what} | {unproven} | {} |",
            cell(&name.name),
            name.kind,
            seen(name)
        );
    }
    *text += "\n### What is used as it is seen\n\n| name | kind | what is relied on | publicly seen in |\n|---|---|---|---|\n";
    for name in proven {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            cell(&name.name),
            name.kind,
            cell(&name.what),
            seen(name)
        );
    }
}

impl Name {
    /// Whether a file uses it: as a word, if it is one; an intrinsic only in a kernel.
    fn is_used(&self, file: &File) -> bool {
        if self.kind == "intrinsic" && !file.name.ends_with(".xpu") {
            return false;
        }
        let word = self.name.chars().all(|c| c.is_alphanumeric() || c == '_');
        // A path is not the end of another one.
        let begins = |at: usize| !file.text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '/');
        if word {
            mentions(&file.text, &self.name)
        } else {
            file.text.match_indices(&*self.name).any(|(at, _)| begins(at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_complete() {
        for name in EVIDENCE.iter() {
            assert!(!name.what.is_empty(), "{}", name.name);
            assert!(!name.seen.is_empty() || !name.unproven.is_empty(), "{}", name.name);
        }
    }
}
