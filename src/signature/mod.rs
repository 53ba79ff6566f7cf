//! Signatures of Paddle's custom ops: read from the C++ that registers them, bound as Paddle binds them, checked.
//!
//! | file | what |
//! |---|---|
//! | `text`, `lex`, `condition`, `preprocess` | a file: places, comments and literals, the programs that its `#if` make of it |
//! | `syntax`, `ast`, `cpp_type` | tree-sitter's C++, as expressions, statements and types |
//! | `chain`, `scope`, `registration`, `declared` | `PD_BUILD_OP(...)...`: found, read, what an op declares |
//! | `function`, `folder`, `lookup` | the functions that it names, wherever they are |
//! | `bind` | Paddle's rules: which parameter receives what, in which mode |
//! | `eval` | what an infer function returns, in symbols |
//! | `op`, `ir` | all of that of one op; as an `xpu.signature` |
//! | `check`, `program` | what is wrong with it, alone and against a program |
//! | `code`, `explain/`, `finding`, `allow` | kinds of findings and their pages; a finding; suppressions |
//! | `audit`, `walk`, `report` | files, folders, and how it is said |

mod allow;
mod ast;
mod audit;
mod bind;
mod chain;
mod check;
mod code;
mod condition;
mod cpp_type;
mod declared;
mod eval;
mod finding;
mod folder;
mod function;
mod ir;
mod lex;
mod lookup;
mod op;
mod preprocess;
mod program;
mod registration;
pub mod report;
mod scope;
mod syntax;
mod text;
mod walk;

pub use audit::{Audit, Audited, OpSummary, OutputSummary, import, import_file};
pub use bind::Mode;
pub use code::Code;
pub use declared::{AttrDecl, Level, Reference, Registration, Tensor};
pub use finding::{Finding, Outcome, Outcomes, Related, Severity};
pub use lookup::{EXTENSIONS, MAX_FILE_BYTES, ReadError, is_cpp};
pub use preprocess::MAX_CHOICES;
pub use text::Place;
pub use walk::files;
