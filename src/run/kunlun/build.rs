//! Building an op with the strict host's headers, which this program carries along.

use super::rewrite::{Malformed, rewrite};
use crate::emit::File;
use include_dir::{Dir, include_dir};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, io};
use tempfile::TempDir;

/// Headers of the device, and of a Paddle for builds without it.
static INCLUDE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/kunlun_host/include");
static PADDLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/kunlun_host/paddle");

/// How kernels are built: every access calls the host, and calls are calls.
pub const KERNEL_FLAGS: [&str; 9] = [
    "-xc++",
    "-std=c++11",
    "-Og",
    "-g",
    "-fno-inline",
    "-fno-exceptions",
    "-fno-omit-frame-pointer",
    "-fsanitize=thread,undefined",
    "-S",
];

/// How host code is built.
pub const HOST_FLAGS: [&str; 5] =
    ["-std=c++17", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-c"];

/// Of the host itself, which every access of a kernel calls. Of an op it would take most of the time.
pub const OPTIMIZED: &str = "-O1";

/// With both.
pub const WARNINGS: [&str; 3] = ["-Wall", "-Wextra", "-Werror"];

/// The program around any op.
const DRIVER: &str = "\
#include \"kunlun_host/runtime.h\"
#include \"kunlun_host/driver.h\"
int main(int count, char** arguments) { return kunlun_host::drive(count, arguments); }
";

/// Why sources are not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no compiler.
    #[error("g++: expected a compiler of C++, found none ({0})")]
    NoCompiler(io::Error),
    /// It refused them.
    #[error("{file}: g++ refuses it:\n{said}")]
    Refused {
        /// The file.
        file: String,
        /// What the compiler said.
        said: String,
    },
    /// A core would divide numbers of 64 bits.
    #[error("wide-division: {}", .0.join(", "))]
    WideDivision(Vec<String>),
    /// Host code with a launch that is none.
    #[error(transparent)]
    Launch(#[from] Malformed),
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// A program in a folder of its own, which goes with it.
#[derive(Debug)]
pub(super) struct Built {
    folder: TempDir,
}

impl Built {
    pub(super) fn program(&self) -> PathBuf {
        self.folder.path().join("program")
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BuildError + '_ {
    |error| BuildError::File { path: path.to_owned(), error }
}

/// Builds the files of one op.
pub(super) fn build(files: &[File], op: &str) -> Result<Built, BuildError> {
    let host = host()?;
    let folder =
        tempfile::Builder::new().prefix("xpuc-").tempdir().map_err(at(Path::new("temporary folder")))?;
    let here = folder.path();
    let write = |name: &str, text: &str| {
        let path = here.join(name);
        fs::write(&path, text).map_err(at(&path))
    };
    let mut parts = "#include \"xpu/plugin.h\"\n".to_owned();
    let mut kernels = String::new();
    for extension in ["h", "cpp", "cc", "xpu"] {
        let name = format!("{op}.{extension}");
        let Some(file) = files.iter().find(|file| file.name == name) else { continue };
        if extension == "xpu" {
            write(&name, &file.text)?;
            kernels = format!("#include \"{name}\"\n");
        } else {
            write(&name, &rewrite(Path::new(&name), &file.text)?)?;
            parts += &format!("#include \"{name}\"\n");
        }
    }
    write("op.cpp", &parts)?;
    write("kernels.cpp", &kernels)?;
    let compiling = compiler(here, &host, "op.cpp", &HOST_FLAGS).args(["-o", "op.o"]).spawn();
    let compiling = compiling.map_err(BuildError::NoCompiler)?;
    run(
        &mut *compiler(here, &host, "kernels.cpp", &KERNEL_FLAGS).args(["-o", "kernels.s"]),
        &format!("{op}.xpu"),
    )?;
    succeeded(op, &compiling.wait_with_output().map_err(BuildError::NoCompiler)?)?;
    let assembly = here.join("kernels.s");
    let wide = wide_divisions(&fs::read_to_string(&assembly).map_err(at(&assembly))?);
    if !wide.is_empty() {
        return Err(BuildError::WideDivision(wide));
    }
    let mut link = Command::new("g++");
    link.current_dir(here).arg("-fsanitize=address,undefined").arg(host.join("driver.o"));
    run(link.args(["op.o", "kernels.s", "-o", "program"]), op)?;
    Ok(Built { folder })
}

fn compiler(folder: &Path, host: &Path, file: &str, flags: &[&str]) -> Command {
    let mut command = Command::new("g++");
    command.current_dir(folder).args(flags).args(WARNINGS).stderr(Stdio::piped());
    for include in ["include", "paddle"] {
        command.arg("-I").arg(host.join(include));
    }
    command.arg("-I.").arg(file);
    command
}

fn run(command: &mut Command, file: &str) -> Result<(), BuildError> {
    succeeded(file, &command.output().map_err(BuildError::NoCompiler)?)
}

fn succeeded(file: &str, output: &Output) -> Result<(), BuildError> {
    if output.status.success() {
        return Ok(());
    }
    Err(BuildError::Refused {
        file: file.to_owned(),
        said: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}

/// The folder with the headers and the driver, built by whoever comes first: it takes half a minute.
fn host() -> Result<PathBuf, BuildError> {
    let mut hasher = DefaultHasher::new();
    (DRIVER, HOST_FLAGS, OPTIMIZED, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    for tree in [&INCLUDE, &PADDLE] {
        contents(tree, &mut hasher);
    }
    // Not everybody has a home to write to.
    let places = [dirs::cache_dir(), Some(std::env::temp_dir())].into_iter().flatten();
    let mut places = places.map(|place| place.join("xpuc"));
    let cache = places.find(|place| fs::create_dir_all(place).is_ok()).unwrap_or_default();
    let folder = cache.join(format!("kunlun_host-{:016x}", hasher.finish()));
    if folder.is_dir() {
        return Ok(folder);
    }
    // Under another name until it is whole.
    let made = tempfile::Builder::new().prefix("kunlun_host-").tempdir_in(&cache).map_err(at(&cache))?;
    for (tree, name) in [(&INCLUDE, "include"), (&PADDLE, "paddle")] {
        let path = made.path().join(name);
        fs::create_dir(&path).map_err(at(&path))?;
        tree.extract(&path).map_err(at(&path))?;
    }
    let driver = made.path().join("driver.cpp");
    fs::write(&driver, DRIVER).map_err(at(&driver))?;
    run(
        compiler(made.path(), made.path(), "driver.cpp", &HOST_FLAGS).args([OPTIMIZED, "-o", "driver.o"]),
        "the strict host",
    )?;
    let whole = made.keep();
    if fs::rename(&whole, &folder).is_err() {
        // Somebody else was as fast.
        let _ = fs::remove_dir_all(&whole);
    }
    Ok(folder)
}

fn contents(tree: &Dir<'_>, hasher: &mut DefaultHasher) {
    for file in tree.files() {
        (file.path(), file.contents()).hash(hasher);
    }
    tree.dirs().for_each(|dir| contents(dir, hasher));
}

/// Lines of 64-bit divisions, which a core runs in software, as far as their divisor is no constant.
pub fn wide_divisions(assembly: &str) -> Vec<String> {
    let mut files: Vec<(&str, &str)> = Vec::new();
    let (mut file, mut line) = ("", "");
    let mut found = Vec::new();
    for words in assembly.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()) {
        match words[..] {
            [".file", number, .., name] => files.push((number, name)),
            [".loc", number, at, ..] => (file, line) = (number, at),
            ["idivq" | "divq", ..] => {
                let name = files.iter().find(|(number, _)| *number == file).map_or("", |(_, name)| *name);
                found.push(format!("{}:{line}", name.trim_matches('"')));
            }
            _ => {}
        }
    }
    found
}
