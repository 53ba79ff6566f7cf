//! `xpuc audit`: declared signatures in C++ sources.

use crate::failure::{Answer, Failure};
use crate::input::{Source, is_std};
use crate::output::{self, Files};
use crate::progress::Progress;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use xpuc::Session;
use xpuc::dialect::signature::Signature;
use xpuc::signature::report::{self, Document, Summary};
use xpuc::signature::{self, Audit, Audited, Finding, MAX_FILE_BYTES, OpSummary, Severity};

/// Check the signatures of Paddle's custom ops in C++ sources
///
/// Paddle binds the parameters of an op's kernel, InferShape and InferDtype by position only, and eager mode never
/// calls the last two. For every PD_BUILD_OP, PD_BUILD_STATIC_OP, PD_BUILD_GRAD_OP and PD_BUILD_DOUBLE_GRAD_OP,
/// this says what each parameter receives that was not meant, and what happens then in eager mode and in static
/// graphs. 'xpuc explain CODE' has the rest.
///
/// Folders are searched for C++, CUDA and XPU files; hidden ones are left out, and in a git repository those that a
/// .gitignore names. A
/// function that is not in the file is looked for in what it includes and in its folder. What cannot be read is
/// reported as not read (PD000), never guessed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, verbatim_doc_comment)]
pub(crate) struct Args {
    /// Files, and folders of them; '-' is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// A program, in MLIR, that the op of its name is compared with: shapes, types, buffers in place
    #[arg(long, value_name = "F.mlir")]
    program: Vec<PathBuf>,

    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Take these as errors too, for the exit code
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,

    /// Leave out what is less than this; SARIF and JSON have everything
    #[arg(long, value_enum, default_value_t = Least::Note, value_name = "SEVERITY")]
    severity: Least,

    /// Where to write; standard output if it is not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
A finding is an error if some mode gives a wrong result, undefined behaviour or a crash, or if no mode works; a warning
if some mode refuses the op with a message; a note if it is legal and worth knowing, or if the source cannot tell.

Examples:
  xpuc audit custom_ops/
  xpuc audit get_infer_param.cc --program get_infer_param.mlir
  xpuc audit custom_ops/ --format sarif -o audit.sarif --deny warnings
  xpuc explain PD001

To suppress a finding, say why, behind its line or on the line before; before a registration, that covers the whole op:
  // xpuc: allow(PD001) the second attribute is never read

Exit codes: 0 no error found, 1 an error found (with --deny, a warning or note), 2 could not do it, or not all of it.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// As a compiler prints it, with the source line
    Text,
    /// One document: ops as declared and as inferred, findings, how many
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Each op that could be read as 'xpu.signature'; no findings
    Mlir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// Warnings
    Warnings,
    /// Warnings and notes
    Notes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Least {
    /// Everything
    Note,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
}

impl From<Least> for Severity {
    fn from(least: Least) -> Self {
        match least {
            Least::Note => Severity::Note,
            Least::Warning => Severity::Warning,
            Least::Error => Severity::Error,
        }
    }
}

pub(crate) fn run(args: Args) -> Result<Answer, Failure> {
    let programs = programs(&args.program)?;
    let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) = args.paths.iter().cloned().partition(|p| is_std(p));
    let files = signature::files(&paths).map_err(Failure::said)?;
    let stdin = if stdin.is_empty() { None } else { Some(read_stdin()?) };
    if args.format == Format::Mlir {
        return mlir(&args, stdin.as_deref(), &files);
    }
    let mut report = Collected::new(&args);
    let mut audit = Audit::new(programs.clone());
    let mut progress = Progress::new(true);
    let mut unread = 0;
    if let Some(text) = stdin {
        report.add(audit.text(STDIN, &text))?;
    }
    for (index, file) in files.iter().enumerate() {
        progress.show(|| format!("{} of {} files: {}", index + 1, files.len(), file.display()));
        let audited = match audited(&mut audit, file) {
            Ok(audited) => audited,
            Err(message) => {
                progress.clear();
                output::say(&format!("{message}\n"));
                unread += 1;
                continue;
            }
        };
        if args.output.is_none() && args.format == Format::Text {
            progress.clear();
        }
        report.add(audited)?;
    }
    progress.clear();
    let summary = report.summary;
    let missing = programs.iter().find(|program| !report.names.contains(&*program.function));
    let missing = missing.map(|program| program.function.to_string());
    report.finish()?;
    // What could not be read was not audited.
    if unread > 0 {
        return Err(Failure::Quiet);
    }
    // A comparison that never took place is no agreement.
    if let Some(name) = missing {
        let message = format!("error: expected a registration of {name}, which --program has, found none");
        return Err(Failure::said(message));
    }
    let wrong = match args.deny {
        None => summary.errors,
        Some(Deny::Warnings) => summary.errors + summary.warnings,
        Some(Deny::Notes) => summary.errors + summary.warnings + summary.notes,
    };
    Ok(if wrong == 0 { Answer::Yes } else { Answer::No })
}

/// Audits a file; a defect of ours is no reason to leave out the others.
fn audited(audit: &mut Audit, file: &Path) -> Result<Audited, String> {
    let audited = catch_unwind(AssertUnwindSafe(|| audit.file(file)));
    match audited {
        Ok(audited) => audited.map_err(|error| error.to_string()),
        Err(_) => Err(format!("{}: error: defect of xpuc: the audit panicked", file.display())),
    }
}

/// The signatures that programs have.
fn programs(paths: &[PathBuf]) -> Result<Vec<Signature>, Failure> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let session = Session::new();
    let mut all = Vec::new();
    for path in paths {
        let source = Source::read(path, None)?;
        let found = session.signatures(&source.text, &source.name).map_err(|error| source.explain(&error))?;
        if found.is_empty() {
            return Err(Failure::said(format!(
                "{}: error: expected a function with a body, found none",
                source.name
            )));
        }
        all.extend(found);
    }
    Ok(all)
}

/// What there is to print. Text goes out file by file.
struct Collected<'a> {
    args: &'a Args,
    color: bool,
    text: String,
    ops: Vec<OpSummary>,
    findings: Vec<Finding>,
    /// Names of all ops.
    names: BTreeSet<String>,
    summary: Summary,
}

impl<'a> Collected<'a> {
    fn new(args: &'a Args) -> Self {
        let color = args.output.is_none() && io::stdout().is_terminal();
        Collected {
            args,
            color,
            text: String::new(),
            ops: Vec::new(),
            findings: Vec::new(),
            names: BTreeSet::new(),
            summary: Summary::default(),
        }
    }

    fn add(&mut self, audited: Audited) -> Result<(), Failure> {
        self.summary.add(&audited);
        self.names.extend(audited.ops.iter().map(|op| op.name.clone()));
        if self.args.format != Format::Text {
            self.ops.extend(audited.ops);
            self.findings.extend(audited.findings);
            return Ok(());
        }
        let least = Severity::from(self.args.severity);
        let shown = audited.findings.iter().filter(|f| f.allowed.is_none() && f.severity >= least);
        let text: String = shown.map(|finding| report::text(finding, self.color) + "\n").collect();
        if self.args.output.is_some() {
            self.text += &text;
            return Ok(());
        }
        output::print(&text)
    }

    fn finish(self) -> Result<(), Failure> {
        let text = match self.args.format {
            Format::Json => output::json(&Document::new(&self.ops, &self.findings, self.summary))? + "\n",
            Format::Sarif => output::json(&report::sarif(&self.findings))? + "\n",
            Format::Text | Format::Mlir => self.text,
        };
        write(self.args.output.as_deref(), text)?;
        output::say(&format!("{}\n", self.summary));
        Ok(())
    }
}

fn write(output: Option<&Path>, text: String) -> Result<(), Failure> {
    match output {
        Some(path) => {
            let mut files = Files::default();
            files.add(path, text);
            files.write()
        }
        None => output::print(&text),
    }
}

/// What messages call standard input.
const STDIN: &str = "<stdin>";

/// Standard input, as far as it is text.
fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::said(format!("{STDIN}: error: cannot read: {error}")))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message = format!("{STDIN}: error: expected at most {MAX_FILE_BYTES} bytes of C++, found more");
        return Err(Failure::said(message));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The ops as IR.
fn mlir(args: &Args, stdin: Option<&str>, files: &[PathBuf]) -> Result<Answer, Failure> {
    let session = Session::new();
    let mut all: Vec<_> = stdin.map(|text| signature::import(STDIN, text, None)).into_iter().collect();
    for file in files {
        all.push(signature::import_file(file).map_err(Failure::said)?);
    }
    let mut text = String::new();
    for signatures in all.into_iter().filter(|signatures| !signatures.is_empty()) {
        let printed = session.print_signatures(signatures);
        text += &printed.map_err(|error| Failure::said(format!("error: {error}")))?;
    }
    write(args.output.as_deref(), text)?;
    Ok(Answer::Yes)
}
