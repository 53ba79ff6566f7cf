//! Writing: a file is there as a whole or not at all.

use crate::failure::Failure;
use crate::input::is_std;
use serde::Serialize;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes to standard error. That it may be closed is nobody's concern.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Writes to standard output, all of it at once.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::stdout)
}

/// A value in JSON, for people and scripts.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| Failure::said(format!("error: {error}")))
}

/// A value in JSON, on one line with its end.
pub(crate) fn json_line(value: &impl Serialize) -> Result<String, Failure> {
    let line = serde_json::to_string(value).map_err(|error| Failure::said(format!("error: {error}")))?;
    Ok(line + "\n")
}

/// Files to write, once everything that could fail before has been done.
#[derive(Debug, Default)]
pub(crate) struct Files(Vec<(PathBuf, String)>);

impl Files {
    /// Adds a file; `-` is standard output.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        self.0.push((path.into(), text));
    }

    /// Writes every file under a temporary name beside it, then renames them all.
    pub(crate) fn write(self) -> Result<(), Failure> {
        let staged =
            self.0.into_iter().map(|(path, text)| Staged::new(path, text)).collect::<Result<Vec<_>, _>>()?;
        staged.into_iter().try_for_each(Staged::finish)
    }
}

/// Makes a folder, with those around it, unless it is there.
pub(crate) fn make_dir(dir: &Path) -> Result<(), Failure> {
    if fs::metadata(dir).is_ok_and(|data| !data.is_dir()) {
        return Err(Failure::said(format!("{}: error: expected a folder, found a file", dir.display())));
    }
    fs::create_dir_all(dir).map_err(|error| failed(dir, "make this folder", &error))
}

enum Staged {
    /// All is written; a rename is left.
    Renamed(PathBuf, NamedTempFile),
    /// A device or pipe, which nothing may take the place of.
    Direct(PathBuf, String),
}

impl Staged {
    fn new(path: PathBuf, text: String) -> Result<Self, Failure> {
        // A link stays a link: what it leads to is replaced.
        let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if is_std(&path) || fs::metadata(&real).is_ok_and(|data| !data.is_file() && !data.is_dir()) {
            return Ok(Staged::Direct(path, text));
        }
        let dir = real.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".xpuc-");
        readable(&mut builder);
        let temporary = builder.tempfile_in(dir).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            Ok(file)
        });
        match temporary {
            Ok(file) => Ok(Staged::Renamed(real, file)),
            Err(error) => Err(failed(&path, "write", &error)),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Staged::Renamed(path, file) => {
                file.persist(&path).map(drop).map_err(|error| failed(&path, "write", &error.error))
            }
            Staged::Direct(path, text) if is_std(&path) => print(&text),
            Staged::Direct(path, text) => {
                let written =
                    File::options().write(true).open(&path).and_then(|mut f| f.write_all(text.as_bytes()));
                match written {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::Quiet),
                    other => other.map_err(|error| failed(&path, "write", &error)),
                }
            }
        }
    }
}

/// Temporary files are for their owner alone by default; results are as open as the user's mask lets them be.
#[cfg(unix)]
fn readable(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn readable(_: &mut tempfile::Builder<'_, '_>) {}

fn failed(path: &Path, what: &str, error: &io::Error) -> Failure {
    // tempfile adds its own name for the file, which is of no interest.
    let reason = error.to_string();
    let reason = reason.split(" at path ").next().unwrap_or(&reason);
    Failure::said(format!("{}: error: cannot {what}: {reason}", path.display()))
}
