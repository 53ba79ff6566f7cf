//! Host code as `g++` takes it.

use std::path::Path;

/// A launch that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: expected KERNEL<<<...>>>(...), found {found}")]
pub struct Malformed {
    /// The file.
    pub file: String,
    /// What is there.
    pub found: &'static str,
}

/// `k<<<a, b, c>>>(x)` becomes `KUNLUN_HOST_LAUNCH((k), a, b, c)(x)`, and the attribute of kernels goes. Lines stay
/// where they are.
pub fn rewrite(path: &Path, text: &str) -> Result<String, Malformed> {
    let malformed = |found| Malformed { file: path.display().to_string(), found };
    let text = text.replace("__attribute__((global))", "__global__");
    let mut out = format!("#line 1 \"{}\"\n", path.display());
    let mut rest = text.as_str();
    while let Some(open) = rest.find("<<<") {
        let kernel = kernel_before(&rest[..open]);
        let after = &rest[open + 3..];
        let end = after.find(">>>").ok_or_else(|| malformed("<<< without >>>"))?;
        if kernel == open || !after[end + 3..].trim_start().starts_with('(') {
            return Err(malformed("no kernel or no arguments"));
        }
        out.push_str(&rest[..kernel]);
        out.push_str(&format!("KUNLUN_HOST_LAUNCH(({}), {})", &rest[kernel..open], &after[..end]));
        rest = &after[end + 3..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Where the name that a text ends with begins: `ns::k`, `k<int>`, also with a line's end behind `ns::`.
fn kernel_before(text: &str) -> usize {
    let name = name_before(text);
    let before = text[..name].trim_end();
    if name < text.len() && before.len() < name && before.ends_with("::") {
        name_before(before)
    } else {
        name
    }
}

fn name_before(text: &str) -> usize {
    let mut depth = 0_usize;
    let part = |c: char, depth: &mut usize| {
        match c {
            '>' => *depth += 1,
            '<' if *depth > 0 => *depth -= 1,
            c if c.is_alphanumeric() || c == '_' || c == ':' => {}
            _ => return *depth > 0,
        }
        true
    };
    text.char_indices()
        .rev()
        .take_while(|(_, c)| part(*c, &mut depth))
        .last()
        .map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a launch, and what is none.
    #[test]
    fn launches() {
        let path = Path::new("a.cc");
        for (text, expected) in [
            ("int r = ns::k<<<n, 64, s>>>(x);", "int r = KUNLUN_HOST_LAUNCH((ns::k), n, 64, s)(x);"),
            ("k<int, 3><<<f(1, 2),\n 64>>>(x);", "KUNLUN_HOST_LAUNCH((k<int, 3>), f(1, 2),\n 64)(x);"),
            (
                "int r = ns::\n    k<<<n, 64, s>>>(x);",
                "int r = KUNLUN_HOST_LAUNCH((ns::\n    k), n, 64, s)(x);",
            ),
            ("__attribute__((global)) void k();", "__global__ void k();"),
            ("a << b >> c;", "a << b >> c;"),
        ] {
            assert_eq!(rewrite(path, text), Ok(format!("#line 1 \"a.cc\"\n{expected}")));
        }
        for text in ["k<<<1, 2(x)", "<<<1, 2>>>(x)", "k<<<1, 2>>>;"] {
            assert!(rewrite(path, text).is_err(), "{text}");
        }
    }
}
