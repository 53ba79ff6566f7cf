//! Where the function is that a registration names.

use super::condition::Choice;
use super::folder::Folders;
use super::function::{Function, alone, functions};
use super::preprocess::{Define, Source, Unit};
use super::text::Text;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// Extensions of C++ files, with CUDA's and XPU's.
pub const EXTENSIONS: [&str; 11] = ["cc", "cpp", "cxx", "c++", "cu", "cuh", "h", "hpp", "hh", "xpu", "kps"];

/// How many folders above a file's own an include is looked for in.
const MAX_PARENTS: usize = 4;

/// Why no function was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LookupError {
    #[error("expected a function {0} in this file, one that it includes or its folder, found none")]
    Missing(String),
    #[error("expected one function {name} in this folder, found others in {}", files.join(" and "))]
    Ambiguous { name: String, files: Vec<String> },
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    One(Box<Function>),
    /// Several functions of this name with other parameters: C++ cannot choose.
    Overloaded(Vec<Function>),
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system says why.
    #[error("{}: error: cannot read: {error}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// More than [`MAX_FILE_BYTES`].
    #[error("{}: error: expected at most {MAX_FILE_BYTES} bytes of C++, found {found}", path.display())]
    TooLarge {
        /// The path.
        path: PathBuf,
        /// Its size in bytes.
        found: u64,
    },
}

impl ReadError {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        ReadError::Io { path: path.to_owned(), error }
    }
}

/// Reads a C++ file; text that is not UTF-8 keeps what is.
pub(crate) fn read(path: &Path) -> Result<Source, ReadError> {
    let data = std::fs::metadata(path).map_err(|error| ReadError::io(path, error))?;
    if data.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge { path: path.to_owned(), found: data.len() });
    }
    let bytes = std::fs::read(path).map_err(|error| ReadError::io(path, error))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    Ok(Source::new(Text::new(path.display().to_string(), text)))
}

/// Whether a path names a C++ file.
pub fn is_cpp(path: &Path) -> bool {
    path.extension().and_then(|ext| ext.to_str()).is_some_and(|ext| EXTENSIONS.contains(&ext))
}

/// The files around one: what it includes, and what is beside it.
pub(crate) struct Around<'f> {
    /// `None` for text that is in no folder.
    path: Option<PathBuf>,
    folders: &'f mut Folders,
    read: BTreeMap<PathBuf, Option<Rc<Source>>>,
    /// Functions of a file under a choice.
    found: BTreeMap<(PathBuf, Choice), Vec<Function>>,
}

impl<'f> Around<'f> {
    pub(crate) fn new(path: Option<PathBuf>, folders: &'f mut Folders) -> Self {
        Around { path, folders, read: BTreeMap::new(), found: BTreeMap::new() }
    }

    /// The function that `name` stands for in `unit`, whose own functions are `own`.
    pub(crate) fn find(
        &mut self,
        name: &str,
        unit: &Unit,
        own: &[Function],
        includes: &[String],
    ) -> Result<Named, LookupError> {
        let here = matching(name, own);
        let mut defined: Vec<&Function> = here.iter().copied().filter(|f| f.body.is_some()).collect();
        let distinct = |functions: &[&Function]| {
            functions.iter().any(|f| !f.same_params(functions[0]) || f.name != functions[0].name)
        };
        if defined.len() > 1 && distinct(&defined) {
            // Functions of the same name in different namespaces are no overloads, and neither are templates
            // that a reference with arguments chooses from.
            let same: Vec<&Function> =
                defined.iter().copied().filter(|f| f.name == defined[0].name).collect();
            if name.contains('<') || !distinct(&same) {
                let files = vec![unit.text.file.to_string()];
                return Err(LookupError::Ambiguous { name: name.to_owned(), files });
            }
            return Ok(Named::Overloaded(same.into_iter().cloned().collect()));
        }
        if let Some(found) = defined.pop() {
            return Ok(Named::One(Box::new(found.clone())));
        }
        // Where the text around it does not parse, it is read alone.
        if let Some(found) = alone(unit, name) {
            return Ok(Named::One(Box::new(found)));
        }
        let declared = here.first().copied();
        let elsewhere = self.elsewhere(name, unit, includes);
        let elsewhere: Vec<&Function> =
            elsewhere.iter().filter(|f| declared.is_none_or(|d| f.same_params(d))).collect();
        match (&elsewhere[..], declared) {
            ([first, rest @ ..], declared) if rest.iter().all(|f| f.same_params(first)) => {
                // A definition says more than a declaration; of declarations the file's own is the one that counts.
                let with_body = elsewhere.iter().find(|f| f.body.is_some()).copied();
                Ok(Named::One(Box::new(with_body.or(declared).unwrap_or(first).clone())))
            }
            ([], Some(declared)) => Ok(Named::One(Box::new(declared.clone()))),
            ([], None) => Err(LookupError::Missing(name.to_owned())),
            _ => {
                let mut files: Vec<String> = elsewhere.iter().map(|f| f.unit.text.file.to_string()).collect();
                files.dedup();
                Err(LookupError::Ambiguous { name: name.to_owned(), files })
            }
        }
    }

    /// Functions of that name in files that are included, or else in the folder.
    fn elsewhere(&mut self, name: &str, unit: &Unit, includes: &[String]) -> Vec<Function> {
        let Some(path) = self.path.clone() else { return Vec::new() };
        let included: Vec<PathBuf> = includes.iter().filter_map(|include| resolve(&path, include)).collect();
        let beside = self.folders.with_word(&path, last_name(name));
        let mut found = Vec::new();
        for (files, seen) in [(included, true), (beside, false)] {
            for file in files.iter().filter(|file| **file != path) {
                let functions = self.within(file, name, unit);
                found.extend(functions.into_iter().filter(|function| seen || !function.internal));
            }
            if found.iter().any(|function: &Function| function.body.is_some()) {
                break;
            }
        }
        found
    }

    /// Macros of the files that a file includes, if they register ops.
    pub(crate) fn macros(&mut self, includes: &[String]) -> Vec<Define> {
        let Some(path) = self.path.clone() else { return Vec::new() };
        let mut found = Vec::new();
        for file in includes.iter().filter_map(|include| resolve(&path, include)).filter(|file| *file != path)
        {
            let source = self.read.entry(file.clone()).or_insert_with(|| read(&file).ok().map(Rc::new));
            let Some(source) = source.as_ref().filter(|source| source.text.text.contains("PD_BUILD_")) else {
                continue;
            };
            let unit = source.unit(&Choice::new());
            found.extend(unit.defines.iter().filter(|define| define.body.contains("PD_BUILD_")).cloned());
        }
        found
    }

    /// Whether another file of the folder registers an op.
    pub(crate) fn registers(&mut self, op: &str) -> bool {
        let Some(path) = self.path.clone() else { return false };
        self.folders.with_word(&path, op).iter().any(|file| {
            let source = self.read.entry(file.clone()).or_insert_with(|| read(file).ok().map(Rc::new));
            source
                .as_ref()
                .is_some_and(|source| source.text.text.contains("PD_BUILD_") && source.mentions(op))
        })
    }

    fn within(&mut self, file: &Path, name: &str, unit: &Unit) -> Vec<Function> {
        let last = last_name(name);
        let source = self.read.entry(file.to_owned()).or_insert_with(|| read(file).ok().map(Rc::new));
        let Some(source) = source.clone().filter(|source| source.mentions(last)) else { return Vec::new() };
        let choices = std::iter::once(unit.choice.clone()).chain(source.choices());
        let mut found = choices.map(|choice| {
            let key = (file.to_owned(), choice);
            let all = self.found.entry(key).or_insert_with_key(|(_, choice)| functions(&source.unit(choice)));
            matching(name, all).into_iter().cloned().collect::<Vec<_>>()
        });
        found.find(|found| !found.is_empty()).unwrap_or_default()
    }
}

/// The file that an include means, seen from `path`.
fn resolve(path: &Path, include: &str) -> Option<PathBuf> {
    let parents = path.ancestors().skip(1).take(MAX_PARENTS + 1);
    parents.map(|folder| folder.join(include)).find(|file| file.is_file() && is_cpp(file))
}

/// `b` of `a::b<c>`.
fn last_name(name: &str) -> &str {
    let bare = name.split('<').next().unwrap_or_default();
    bare.rsplit("::").next().unwrap_or_default()
}

/// Functions that `name` may mean, seen from global scope: those there, or else those of any namespace.
fn matching<'f>(name: &str, functions: &'f [Function]) -> Vec<&'f Function> {
    let bare = name.split('<').next().unwrap_or_default().trim_start_matches("::");
    let exact: Vec<&Function> = functions.iter().filter(|function| function.name == bare).collect();
    if !exact.is_empty() {
        return exact;
    }
    let suffix = format!("::{bare}");
    functions.iter().filter(|function| function.name.ends_with(&suffix)).collect()
}
