//! The C++ files that paths name.

use super::lookup::{ReadError, is_cpp};
use ignore::WalkBuilder;
use std::collections::BTreeSet;
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
    let mut seen = BTreeSet::new();
    out.retain(|path| seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    Ok(out)
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut out = Vec::new();
    let mut walk = WalkBuilder::new(path);
    walk.parents(false).git_global(false).follow_links(true).sort_by_file_path(Path::cmp);
    for entry in walk.build() {
        // A link to a folder around it leads to what has been seen, and one to nothing has nothing.
        if entry.as_ref().is_err_and(leads_nowhere) {
            continue;
        }
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

fn leads_nowhere(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithPath { path, err } => path.is_symlink() || leads_nowhere(err),
        ignore::Error::WithDepth { err, .. } => leads_nowhere(err),
        ignore::Error::Io(error) => error.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}
