//! Names of C++ variables: each once in a function, none a word of the language.

use rustc_hash::FxHashMap as HashMap;

/// Words that no variable may be called: those of C++, and what emitted functions use by these names.
const RESERVED: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "class",
    "compl",
    "const",
    "const_cast",
    "constexpr",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "final",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "int32_t",
    "int64_t",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "nullptr",
    "operator",
    "or",
    "override",
    "private",
    "protected",
    "public",
    "register",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typename",
    "uint32_t",
    "uint64_t",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "EOF",
    "NULL",
    "errno",
    "not_eq",
    "or_eq",
    "xor_eq",
    "reinterpret_cast",
    "static_assert",
    "static_cast",
    "thread_local",
    "typeid",
    "ret",
    "ret_xre",
    "place",
    "cpu_ctx",
    "dev_ctx",
    "api",
    "baidu",
    "core_id",
    "core_num",
    "cluster_id",
    "cluster_num",
    "ctx",
    "fastdeploy",
    "fd_xpu3",
    "floordiv",
    "floordiv_signed",
    "floordiv64",
    "int32x16_t",
    "lane_numbers",
    "lanes",
    "main",
    "max",
    "mfence",
    "min",
    "paddle",
    "phi",
    "shared_memory",
    "std",
    "store_counting",
    "store_same",
    "svadd_int32x16",
    "sync_cluster",
    "wrapping_add",
    "wrapping_add64",
    "wrapping_mul",
    "wrapping_mul64",
    "wrapping_sub",
    "wrapping_sub64",
    "vload_lm_int32x16",
    "vset_zero_int",
    "vstore_lm_int32x16_mh",
];

/// The names that a function has given so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    given: HashMap<String, usize>,
}

impl Names {
    /// A name that nobody has, close to `wanted`.
    pub(super) fn fresh(&mut self, wanted: &str) -> String {
        let base = identifier(wanted);
        loop {
            let count = self.given.entry(base.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { base.clone() } else { format!("{base}_{count}") };
            // The name with a number may itself be one that was asked for.
            if *count == 1 || self.given.insert(name.clone(), 1).is_none() {
                return name;
            }
        }
    }
}

/// An identifier of C++ from any text.
pub(super) fn identifier(text: &str) -> String {
    let mut name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    // Two underscores in a row, and one in front, belong to the compiler.
    while name.contains("__") {
        name = name.replace("__", "_");
    }
    let name = name.trim_start_matches('_');
    match name.chars().next() {
        None => "value".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("n{name}"),
        _ if RESERVED.contains(&name) => format!("{name}_"),
        _ => name.to_owned(),
    }
}

/// `get_infer_param` as a type or function of the op's file is called: `GetInferParam`.
pub(super) fn camel(text: &str) -> String {
    let upper = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    let name: String = identifier(text).split('_').map(upper).collect();
    if FUNCTIONS.contains(&&*name) { name + "Op" } else { name }
}

/// Functions that the file of an op has beside that of the op.
const FUNCTIONS: [&str; 10] = [
    "At",
    "CheckTensor",
    "DeviceToHost",
    "HostToDevice",
    "Refuse",
    "Size",
    "ToInt",
    "Wait",
    "Wide",
    "Workspace",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_once() {
        let mut names = Names::default();
        let asked = ["x", "x_2", "x", "x", "int", "int", "2d", "a-b", "__a__b", ""];
        let given: Vec<String> = asked.iter().map(|name| names.fresh(name)).collect();
        assert_eq!(given, ["x", "x_2", "x_3", "x_4", "int_", "int__2", "n2d", "a_b", "a_b_2", "value"]);
    }

    #[test]
    fn camel_case() {
        assert_eq!(camel("get_infer_param"), "GetInferParam");
    }
}
