//! Which passes run, in which order.

use crate::emit;
use crate::error::Error;
use crate::phase::Phase;
use crate::session::Session;
use crate::stage::{Lowered, Planned, Shaped, Verified};
use crate::target::Target;
use std::time::{Duration, Instant};
use xpuc_dialect::ir::Module;
use xpuc_passes::pass::{Device, Grid, Memory, PassCx};

/// How much to optimize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opt {
    /// Every op becomes one command, as written.
    None,
    /// Everything.
    #[default]
    Full,
}

impl Opt {
    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Opt::None => "none",
            Opt::Full => "full",
        }
    }

    /// Whether a phase runs at this level.
    pub fn runs(self, phase: Phase) -> bool {
        self == Opt::Full || !matches!(phase, Phase::Simplify | Phase::Plan)
    }
}

/// What to compile for, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How much to optimize.
    pub opt: Opt,
    /// The device.
    pub target: Target,
    /// The last phase.
    pub until: Phase,
}

/// The declaration of an op, in a text of its own.
#[derive(Debug, Clone, Copy)]
pub struct Declaration<'a> {
    /// MLIR with one `xpu.signature` or more, and nothing else.
    pub source: &'a str,
    /// Its name in messages.
    pub file: &'a str,
}

/// One phase that has run.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The phase.
    pub phase: Phase,
    /// The program after it.
    pub module: Module,
    /// How long it took.
    pub time: Duration,
}

/// A compilation, phase by phase.
#[derive(Debug)]
pub struct Compiled {
    /// Phases in order; the last is the one asked for.
    pub phases: Vec<Ran>,
    /// Statistics, remarks, rules that fired.
    pub cx: PassCx,
    planned: Option<Planned>,
    lowered: Option<Lowered>,
}

impl Compiled {
    /// The program after the last phase.
    pub fn module(&self) -> Option<&Module> {
        self.phases.last().map(|ran| &ran.module)
    }

    /// The lowered program, if compilation went that far.
    pub fn lowered(&self) -> Option<&Lowered> {
        self.lowered.as_ref()
    }

    /// Sources for Kunlun XPU3; none if compilation did not go that far. `source` names the program in them.
    pub fn sources(
        &self,
        session: &Session,
        target: &Target,
        source: &str,
    ) -> Result<Vec<emit::File>, Error> {
        let (Some(planned), Some(device)) = (&self.planned, &self.lowered) else { return Ok(Vec::new()) };
        // What runs in place of the kernels on a host: the same launches, each of one core.
        let grid = Grid { clusters: 1, cores: 1 };
        let memory = target.device.memory;
        let mut cx =
            PassCx::new(Device { grid, memory: Memory { local_bytes: 0, ..memory }, ..target.device });
        let host = session.lower(&mut cx, planned)?;
        Ok(emit::kunlun3(&emit::Sources { device, host: &host, memory, source })?)
    }
}

/// Compiles MLIR text; `file` names it in messages.
pub fn compile(session: &Session, source: &str, file: &str, options: &Options) -> Result<Compiled, Error> {
    compile_watched(session, source, file, options, &mut |_| ())
}

/// [`compile`] that calls `watch` after each phase, which also shows how far a compilation came that failed.
pub fn compile_watched(
    session: &Session,
    source: &str,
    file: &str,
    options: &Options,
    watch: &mut dyn FnMut(&Ran),
) -> Result<Compiled, Error> {
    compile_declared(session, source, file, None, options, watch)
}

/// [`compile_watched`] of a program whose op is declared in another text: what that declares in place is written
/// to buffers of the caller.
pub fn compile_declared(
    session: &Session,
    source: &str,
    file: &str,
    declaration: Option<Declaration<'_>>,
    options: &Options,
    watch: &mut dyn FnMut(&Ran),
) -> Result<Compiled, Error> {
    let cx = PassCx::new(options.target.device);
    let done = Compiled { phases: Vec::new(), cx, planned: None, lowered: None };
    let mut run = Run { until: options.until, watch, done };
    let Some(module) =
        run.step(Phase::Parse, |_| session.parse_declared(source, file, declaration), Module::clone)?
    else {
        return Ok(run.done);
    };
    let verify = |cx: &mut PassCx| session.bind(cx, session.verify(module)?);
    let Some(verified) = run.step(Phase::Verify, verify, stage_module)? else { return Ok(run.done) };
    // Sizes are checked at every level of optimization; without any, the values go no further.
    let Some(raised) = run.step(Phase::Raise, |cx| session.raise(cx, &verified), Module::clone)? else {
        return Ok(run.done);
    };
    let Some(shaped) = run.step(Phase::Shape, |cx| session.shape(cx, &raised), stage_module)? else {
        return Ok(run.done);
    };
    let planned = match options.opt {
        Opt::None => Planned(verified.0),
        Opt::Full => {
            let simplify = |cx: &mut PassCx| session.simplify(cx, &shaped);
            let Some(simplified) = run.step(Phase::Simplify, simplify, stage_module)? else {
                return Ok(run.done);
            };
            let plan = |cx: &mut PassCx| session.plan(cx, &simplified);
            let Some(planned) = run.step(Phase::Plan, plan, stage_module)? else { return Ok(run.done) };
            planned
        }
    };
    if options.until < Phase::Lower {
        return Ok(run.done);
    }
    run.done.lowered = run.step(Phase::Lower, |cx| session.lower(cx, &planned), stage_module)?;
    run.done.planned = Some(planned);
    Ok(run.done)
}

trait Stage {
    fn get(&self) -> &Module;
}

macro_rules! stages {
    ($($name:ident),*) => { $(impl Stage for $name { fn get(&self) -> &Module { self.module() } })* };
}
stages!(Verified, Shaped, Planned, Lowered);

fn stage_module(stage: &impl Stage) -> Module {
    stage.get().clone()
}

struct Run<'w> {
    until: Phase,
    watch: &'w mut dyn FnMut(&Ran),
    done: Compiled,
}

impl Run<'_> {
    /// Runs one phase; `None` when it lies beyond the last one asked for.
    fn step<T>(
        &mut self,
        phase: Phase,
        body: impl FnOnce(&mut PassCx) -> Result<T, Error>,
        module: impl FnOnce(&T) -> Module,
    ) -> Result<Option<T>, Error> {
        if phase > self.until {
            return Ok(None);
        }
        let start = Instant::now();
        let result = body(&mut self.done.cx)?;
        let ran = Ran { phase, time: start.elapsed(), module: module(&result) };
        (self.watch)(&ran);
        self.done.phases.push(ran);
        Ok(Some(result))
    }
}
