//! `xpuc compile`: a program, lowered for a target, into a folder.

use crate::failure::{Answer, Failure};
use crate::input::{self, Source};
use crate::levels::{self, Level};
use crate::output::{self, Files};
use std::path::{Path, PathBuf};
use xpuc::report::Report;
use xpuc::{Opt, Options, Phase, Session, compile_declared};

/// Lower a program for a target, and write the result into a folder
///
/// For the target 'virtual' that is NAME.lowered.mlir: the host function with its commands, and the kernels that
/// it launches. NAME is the file's name without extension; for standard input, that of its first function.
///
/// For the target 'kunlun3' it is what FastDeploy's build of XPU ops takes: OP.xpu (kernels), OP.cpp (their wrappers),
/// OP.h (declarations for the plugin's header), OP.cc (the op for Paddle), and README.md, which says where each goes
/// and what is known of every name in them. OP is the name of the function.
///
/// Every file is written under a temporary name and then renamed; none is written when the program is refused,
/// except those of --dump-phases-to, which show how far it came.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help(), verbatim_doc_comment)]
pub(crate) struct Args {
    /// The program, in MLIR; '-' is standard input
    file: PathBuf,

    /// What to compile for; 'xpuc targets' lists them
    #[arg(long, value_name = "TARGET")]
    target: String,

    /// The folder to write to; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    /// The declaration of the op: a module of 'xpu.signature', or the C++ that registers it
    ///
    /// In C++ that is the PD_BUILD_OP of the function's name, bound as Paddle binds it ('xpuc audit').
    /// Outputs that it declares in place become buffers of the caller. A declaration that contradicts the program
    /// is refused.
    #[arg(long, verbatim_doc_comment, value_name = "F.mlir|op.cc")]
    signature: Option<PathBuf>,

    /// How much to optimize
    #[arg(long, value_enum, default_value_t = Level::Full)]
    opt: Level,

    /// Write a report in JSON: commands before and after, rules, buffers written in place, missed chances, times
    ///
    /// Commands are counted in the text of the program, "always" in its entry block and "conditional" in
    /// branches and loops; 'xpuc run' counts those of one run. The times are the one part that differs
    /// from run to run.
    #[arg(long, verbatim_doc_comment, value_name = "F.json")]
    report: Option<PathBuf>,

    /// Write the program after each phase: DIR/01-parse.mlir, DIR/02-verify.mlir, ...
    ///
    /// The number is that of the phase, whether or not those before it run at this level of optimization.
    #[arg(long, value_name = "DIR")]
    dump_phases_to: Option<PathBuf>,
}

fn after_help() -> String {
    format!(
        "\
Examples:
  xpuc compile op.mlir --target virtual -o out
  xpuc compile op.mlir --target virtual -o out --report out/op.json --dump-phases-to out/phases
  xpuc compile op.mlir --target virtual -o out --signature op_signature.mlir
  xpuc compile op.mlir --target kunlun3 -o out
  xpuc compile - --target virtual -o out --opt none <op.mlir

{}",
        input::limits()
    )
}

pub(crate) fn run(args: Args) -> Result<Answer, Failure> {
    let target = levels::target(&args.target)?;
    let source = Source::read(&args.file, args.signature.as_deref())?;
    let session = Session::new();
    let options = Options { opt: args.opt.into(), target, until: Phase::Lower };

    let mut phases = Vec::new();
    let mut watch = |ran: &xpuc::Ran| {
        if args.dump_phases_to.is_some() {
            phases.push((ran.phase, session.print(&ran.module)));
        }
    };
    let build = |options: &Options, watch: &mut dyn FnMut(&xpuc::Ran)| {
        compile_declared(&session, &source.text, &source.name, source.declaration(), options, watch)
    };
    let compiled = build(&options, &mut watch);
    if let Some(dir) = &args.dump_phases_to {
        dump(dir, phases)?;
    }
    let compiled = compiled.map_err(|error| source.explain(&error))?;
    let lowered =
        compiled.lowered().ok_or_else(|| Failure::said("error: defect of xpuc: nothing was lowered"))?;

    let mut files = Files::default();
    let host = lowered.host().map_or("stdin", |func| &*func.name);
    let name = source.stem().map_or_else(|| file_name(host), str::to_owned);
    if options.target.name == KUNLUN3 {
        let written = compiled.sources(&session, &options.target, &source.name);
        for file in written.map_err(|error| source.explain(&error))? {
            files.add(args.output.join(file.name), file.text);
        }
    } else {
        let text = session.print(lowered.module()).map_err(|error| source.explain(&error))?;
        files.add(args.output.join(format!("{name}.lowered.mlir")), text);
    }
    if let Some(path) = args.report {
        let as_written = Options { opt: Opt::None, ..options.clone() };
        let before = build(&as_written, &mut |_| ()).map_err(|error| source.explain(&error))?;
        let report = Report::new(&source.name, &options.target, options.opt, &before, &compiled);
        files.add(path, output::json(&report)? + "\n");
    }
    output::make_dir(&args.output)?;
    files.write()?;
    Ok(Answer::Yes)
}

/// The target that sources are written for.
pub(crate) const KUNLUN3: &str = "kunlun3";

fn dump(dir: &Path, phases: Vec<(Phase, Result<String, xpuc::Error>)>) -> Result<(), Failure> {
    let mut files = Files::default();
    for (phase, text) in phases {
        let number = phase as usize + 1;
        let text = text.unwrap_or_else(|error| format!("// {error}\n"));
        files.add(dir.join(format!("{number:02}-{}.mlir", phase.name())), text);
    }
    output::make_dir(dir)?;
    files.write()
}

/// A symbol as the name of a file: it may hold anything, slashes included.
fn file_name(symbol: &str) -> String {
    symbol.chars().map(|c| if c.is_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}
