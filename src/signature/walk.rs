//! The C++ files that paths name.

use super::lookup::{ReadError, is_cpp};
use ignore::WalkBuilder;
use std::io;
use std::path::{Path, PathBuf};

/// The C++ files under the paths, each once: in the order of the paths, and by name within one.
///
/// A path that is a file is taken whatever its name. In folders, hidden files are left out, and those that a
/// `.gitignore` of the folder names.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ReadError> {
    let mut out: Vec<PathBuf> = Vec::new();
    for path in paths {
        let data = std::fs::metadata(path).map_err(|error| ReadError::io(path, error))?;
        if data.is_dir() {
            out.extend(folder(path)?);
        } else {
            out.push(path.clone());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|path| seen.insert(path.clone()));
    Ok(out)
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut out = Vec::new();
    let walk = WalkBuilder::new(path).parents(false).git_global(false).sort_by_file_path(Path::cmp).build();
    for entry in walk {
        let entry = entry.map_err(|error| {
            let text = error.to_string();
            let error = error.into_io_error().unwrap_or_else(|| io::Error::other(text));
            ReadError::io(path, error)
        })?;
        let file = entry.file_type().is_some_and(|kind| kind.is_file());
        if file && is_cpp(entry.path()) {
            out.push(entry.into_path());
        }
    }
    Ok(out)
}
