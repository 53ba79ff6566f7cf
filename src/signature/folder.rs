//! The C++ files of a folder, and the words that stand in each.

use super::lex::{bare, is_word};
use super::lookup::{MAX_FILE_BYTES, is_cpp};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The folder that was looked at last: files are audited folder by folder, and each folder is read once.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    last: Option<Folder>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    files: Vec<(PathBuf, HashSet<u64>)>,
}

impl Folders {
    /// Other files in the folder of `path` in whose code `word` stands, in order.
    pub(crate) fn with_word(&mut self, path: &Path, word: &str) -> Vec<PathBuf> {
        let folder = path.parent().unwrap_or(Path::new(""));
        if self.last.as_ref().is_none_or(|last| last.path != folder) {
            self.last = Some(Folder::read(folder));
        }
        let wanted = hash(word);
        let files = self.last.iter().flat_map(|last| &last.files);
        let found = files.filter(|(file, words)| file != path && words.contains(&wanted));
        found.map(|(file, _)| file.clone()).collect()
    }
}

impl Folder {
    fn read(path: &Path) -> Self {
        let folder = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.map(|entry| path.join(entry.file_name()));
        let mut files: Vec<PathBuf> = names.filter(|file| is_cpp(file) && file.is_file()).collect();
        files.sort();
        let words = |file: PathBuf| {
            let small = std::fs::metadata(&file).is_ok_and(|data| data.len() <= MAX_FILE_BYTES);
            let bytes = if small { std::fs::read(&file).unwrap_or_default() } else { Vec::new() };
            let text = bare(&String::from_utf8_lossy(&bytes));
            let words = text.split(|c: char| !u8::try_from(c).is_ok_and(is_word));
            let words = words.filter(|word| !word.is_empty()).map(hash).collect();
            (file, words)
        };
        Folder { path: path.to_owned(), files: files.into_iter().map(words).collect() }
    }
}

/// Words that share a number are looked at in vain, and nothing worse.
fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}
