//! `xpuc opt`: one program, some passes or phases, and what they have to say.

use crate::failure::{Answer, Failure};
use crate::input::{self, Source};
use crate::levels::{self, Level};
use crate::output::{self, Files};
use crate::table;
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use xpuc::dialect::ir::Module;
use xpuc::passes::pass::{PassCx, RemarkKind};
use xpuc::passes::registry::PASSES;
use xpuc::{Error, Opt, Options, Phase, Session, Target, compile_declared, report};

/// What `--print-ir-after` takes for every phase, or for every pass of `--passes`.
const ALL: &str = "all";

/// Parse and check a program, run passes or phases on it, and print it
///
/// Without --passes and --until the program is parsed, checked against the constraints of the dialect, and printed.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help(), verbatim_doc_comment)]
pub(crate) struct Args {
    /// The program, in MLIR; '-' is standard input
    file: PathBuf,

    /// Run these passes on the module, in this order; 'xpuc passes' explains them
    #[arg(long, value_name = "a,b", value_delimiter = ',', conflicts_with = "until")]
    #[arg(value_parser = PossibleValuesParser::new(PASSES.map(|pass| pass.name())))]
    passes: Vec<String>,

    /// Run the pipeline up to and including this phase; 'xpuc phases' explains them
    #[arg(long, value_name = "PHASE", value_parser = levels::phase())]
    until: Option<Phase>,

    /// How much to optimize; with 'none', the phases simplify and plan do not run [default: full]
    #[arg(long, requires = "until", value_enum)]
    opt: Option<Level>,

    /// The declaration of the op: a module of 'xpu.signature', or the C++ that registers it
    ///
    /// Outputs that it declares in place become buffers of the caller. A declaration that contradicts the program
    /// is refused. With --passes it is bound before they run.
    #[arg(long, verbatim_doc_comment, value_name = "F.mlir|op.cc")]
    signature: Option<PathBuf>,

    /// Print the program to standard error after a pass or phase, or after all of them
    ///
    /// With --until, 'all' means every phase, and a name that a pass and a phase share means the phase.
    #[arg(long, value_name = "PASS|all", value_delimiter = ',')]
    #[arg(value_parser = PossibleValuesParser::new(stations()), hide_possible_values = true)]
    print_ir_after: Vec<String>,

    /// Print the time of each phase, or of each pass of --passes, to standard error
    #[arg(long)]
    timing: bool,

    /// Print what passes have counted to standard error
    #[arg(long)]
    stats: bool,

    /// Print what passes did (passed), could not do (missed) or found (analysis) to standard error
    #[arg(long, value_name = "KIND", value_enum)]
    remarks: Option<Remarks>,

    /// Write the result to this file instead of standard output
    #[arg(short, long, value_name = "F")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Remarks {
    Passed,
    Missed,
    Analysis,
    All,
}

impl Remarks {
    fn include(self, kind: RemarkKind) -> bool {
        match self {
            Remarks::Passed => kind == RemarkKind::Passed,
            Remarks::Missed => kind == RemarkKind::Missed,
            Remarks::Analysis => kind == RemarkKind::Analysis,
            Remarks::All => true,
        }
    }
}

fn after_help() -> String {
    format!(
        "\
Examples:
  xpuc opt op.mlir                                       check the program, print it in normal form
  xpuc opt op.mlir --passes raise,infer-shapes           run two passes
  xpuc opt op.mlir --until plan --print-ir-after all     see every phase
  xpuc opt op.mlir --until plan --remarks missed -o F    see what could not be done, and why

{}",
        input::limits()
    )
}

/// Everything that `--print-ir-after` may name.
fn stations() -> Vec<&'static str> {
    let mut names = vec![ALL];
    names.extend(Phase::ALL.map(Phase::name));
    for pass in PASSES {
        if !names.contains(&pass.name()) {
            names.push(pass.name());
        }
    }
    names
}

pub(crate) fn run(args: Args) -> Result<Answer, Failure> {
    let opt = args.opt.map_or(Opt::Full, Opt::from);
    if let Some(until) = args.until
        && !opt.runs(until)
    {
        let (until, opt) = (until.name(), opt.name());
        return Err(Failure::said(format!(
            "error: --until {until}: this phase does not run with --opt {opt}"
        )));
    }
    let target = levels::target("virtual")?;
    let source = Source::read(&args.file, args.signature.as_deref())?;
    let mut session = Session::new();
    let mut times = Vec::new();
    let done = if args.passes.is_empty() {
        watch_passes(&mut session, &args);
        let options = Options { opt, target, until: args.until.unwrap_or(Phase::Verify) };
        run_phases(&session, &args, &source, &options, &mut times)
    } else {
        run_passes(&session, &args, &source, &target, &mut times)
    };
    if args.timing {
        output::say(&timing(&times));
    }
    let (module, cx) = done.map_err(|error| source.explain(&error))?;
    if args.stats {
        output::say(&stats(&cx));
    }
    if let Some(kind) = args.remarks {
        let remarks = cx.remarks.iter().filter(|remark| kind.include(remark.kind));
        output::say(&remarks.map(|remark| format!("{remark}\n")).collect::<String>());
    }
    let text = session.print(&module).map_err(|error| source.explain(&error))?;
    let mut files = Files::default();
    files.add(args.output.unwrap_or_else(|| "-".into()), text);
    files.write()?;
    Ok(Answer::Yes)
}

type Times = Vec<(String, Duration)>;

fn run_phases(
    session: &Session,
    args: &Args,
    source: &Source,
    options: &Options,
    times: &mut Times,
) -> Result<(Module, PassCx), Error> {
    let mut watch = |ran: &xpuc::Ran| {
        times.push((ran.phase.name().to_owned(), ran.time));
        if args.print_ir_after.iter().any(|name| name == ALL || name == ran.phase.name()) {
            show(session, ran.phase.name(), &ran.module);
        }
    };
    let (text, name) = (&source.text, &source.name);
    let compiled = compile_declared(session, text, name, source.declaration(), options, &mut watch)?;
    // Without a phase there would be no module, but parsing always is one.
    Ok((compiled.module().cloned().unwrap_or_default(), compiled.cx))
}

/// Prints after the passes within phases that are asked for by a name that no phase has.
fn watch_passes(session: &mut Session, args: &Args) {
    let names = args.print_ir_after.iter().filter(|name| Phase::from_name(name).is_none());
    let names: Vec<String> = names.cloned().collect();
    if !names.is_empty() {
        session.watch_passes(move |session, pass, module| {
            if names.iter().any(|name| name == pass) {
                show(session, pass, module);
            }
        });
    }
}

fn run_passes(
    session: &Session,
    args: &Args,
    source: &Source,
    target: &Target,
    times: &mut Times,
) -> Result<(Module, PassCx), Error> {
    let mut cx = PassCx::new(target.device);
    let start = Instant::now();
    let declaration = source.declaration();
    let parsed = session.parse_declared(&source.text, &source.name, declaration)?;
    times.push((Phase::Parse.name().to_owned(), start.elapsed()));
    let start = Instant::now();
    let verified = session.verify(parsed)?;
    // A signature within the program is for those who ask for the pass.
    let verified = if declaration.is_some() { session.bind(&mut cx, verified)? } else { verified };
    let mut module = verified.module().clone();
    times.push((Phase::Verify.name().to_owned(), start.elapsed()));
    for name in &args.passes {
        let start = Instant::now();
        module = session.run_pass(&mut cx, name, &module)?;
        times.push((name.clone(), start.elapsed()));
        if args.print_ir_after.iter().any(|wanted| wanted == ALL || wanted == name) {
            show(session, name, &module);
        }
    }
    Ok((module, cx))
}

fn show(session: &Session, after: &str, module: &Module) {
    let text = session.print(module).unwrap_or_else(|error| format!("// {error}\n"));
    output::say(&format!("// -----// IR after {after} //----- //\n{text}\n"));
}

fn timing(times: &Times) -> String {
    let milliseconds = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
    let mut rows: Vec<_> = times.iter().map(|(name, time)| vec![name.clone(), milliseconds(*time)]).collect();
    rows.push(vec!["total".to_owned(), milliseconds(times.iter().map(|(_, time)| *time).sum())]);
    table::align(&rows, 1)
}

fn stats(cx: &PassCx) -> String {
    let stats = report::stats(cx);
    if stats.is_empty() {
        return "no pass has counted anything\n".to_owned();
    }
    let rows = stats.iter().flat_map(|(pass, counters)| {
        counters
            .iter()
            .map(|(counter, value)| vec![(*pass).to_owned(), (*counter).to_owned(), value.to_string()])
    });
    table::align(&rows.collect::<Vec<_>>(), 2)
}
