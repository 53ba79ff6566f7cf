//! Files of the repository, by their path from its root.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Text of a file of the repository.
pub(crate) fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// A folder of the repository.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at a path from the root.
    pub(crate) fn of(path: &str) -> Self {
        Folder { path: root().join(path) }
    }

    /// Names of all files under it that end in `.<extension>`: paths from the folder, without the extension, in
    /// order. Folders named `inputs` hold what cases refer to, and are left out.
    pub(crate) fn names(&self, extension: &str) -> Vec<String> {
        let mut found = Vec::new();
        visit(&self.path, &mut |path| {
            if path.extension().is_some_and(|end| end == extension)
                && let Ok(name) = path.with_extension("").strip_prefix(&self.path)
            {
                found.push(name.to_string_lossy().replace('\\', "/"));
            }
        })
        .unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
        found.sort();
        found
    }

    /// Paths from the folder of everything in it, in order.
    pub(crate) fn everything(path: &Path) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        visit(path, &mut |file| {
            let name = file.strip_prefix(path).unwrap_or(file);
            found.push(name.to_string_lossy().into_owned());
        })?;
        found.sort();
        Ok(found)
    }
}

fn visit(folder: &Path, file: &mut impl FnMut(&Path)) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() {
            file(&path);
        } else if path.file_name().is_none_or(|name| name != "inputs") {
            visit(&path, file)?;
        }
    }
    Ok(())
}
