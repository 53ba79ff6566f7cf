//! What a compilation has made of a program: the document behind `xpuc compile --report`.
//!
//! Commands are counted in the text of the lowered host function, not in a run: the same counts for every
//! input. Each count has two parts, because a branch may or may not be taken:
//!
//! * `always`: commands of the function's entry block, and what both branches of an `scf.if` in it have in common. A
//!   run that comes to its end issues so many.
//! * `conditional`: what comes on top on some way through the function: the larger rest of the two branches of an
//!   `scf.if`, and all commands in loops and blocks that are jumped to, which a run may issue any number of times.
//!
//! `xpuc run` says what one run has issued, and how many bytes were moved.

use crate::pipeline::{Compiled, Opt};
use crate::stage::Lowered;
use crate::target::Target;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use xpuc_dialect::ir::{BlockId, Func, Op, Space};
use xpuc_dialect::ops::{Kind, space};
use xpuc_passes::pass::{PassCx, RemarkKind};

/// How often a kind of command stands in a function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// In every run that comes to its end.
    pub always: u64,
    /// On top of that in some.
    pub conditional: u64,
}

/// Commands in a lowered host function, by kind: the names are those of
/// [`run::machine::Commands`](crate::run::machine::Commands).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Commands {
    /// Kernel launches.
    pub launches: Count,
    /// Host to device transfers, blocking or not.
    pub h2d: Count,
    /// Device to host transfers, blocking or not.
    pub d2h: Count,
    /// Copies from device memory to device memory.
    pub d2d: Count,
    /// Fills of device memory with one value.
    pub fills: Count,
    /// Waits for the stream.
    pub waits: Count,
    /// Device buffers that the program allocates.
    pub device_allocs: Count,
    /// Copies from host memory to host memory.
    pub host_copies: Count,
}

impl Commands {
    /// Counts the commands of the host function; none when there is no function.
    pub fn of(lowered: &Lowered) -> Self {
        let mut commands = Self::default();
        if let Some(func) = lowered.host() {
            for (position, block) in func.body.iter().enumerate() {
                let block = Self::of_block(func, *block);
                commands.add(if position > 0 { block.maybe() } else { block });
            }
        }
        commands
    }

    fn of_block(func: &Func, block: BlockId) -> Self {
        let mut commands = Self::default();
        for id in &func.block(block).ops {
            let op = func.op(*id);
            if let Some(count) = commands.count(func, op) {
                count.always += 1;
                continue;
            }
            // Depth is bounded by the parser: `dialect::context::MAX_NESTING`.
            let regions = op.regions.iter().map(|blocks| {
                let mut all = Self::default();
                blocks.iter().for_each(|inner| all.add(Self::of_block(func, *inner)));
                all
            });
            let mut regions: Vec<Self> = regions.collect();
            if &*op.name == "scf.if" {
                regions.resize(2, Self::default());
                commands.add(Self::either(regions[0], regions[1]));
            } else {
                regions.into_iter().for_each(|region| commands.add(region.maybe()));
            }
        }
        commands
    }

    fn add(&mut self, mut other: Self) {
        for (count, other) in self.counts().into_iter().zip(other.counts()) {
            count.always += other.always;
            count.conditional += other.conditional;
        }
    }

    /// One of two branches.
    fn either(mut x: Self, mut y: Self) -> Self {
        let mut both = Self::default();
        for ((count, x), y) in both.counts().into_iter().zip(x.counts()).zip(y.counts()) {
            count.always = x.always.min(y.always);
            count.conditional = (x.always + x.conditional).max(y.always + y.conditional) - count.always;
        }
        both
    }

    /// Perhaps not at all.
    fn maybe(mut self) -> Self {
        for count in self.counts() {
            count.conditional += std::mem::take(&mut count.always);
        }
        self
    }

    fn counts(&mut self) -> [&mut Count; 8] {
        [
            &mut self.launches,
            &mut self.h2d,
            &mut self.d2h,
            &mut self.d2d,
            &mut self.fills,
            &mut self.waits,
            &mut self.device_allocs,
            &mut self.host_copies,
        ]
    }

    fn count(&mut self, func: &Func, op: &Op) -> Option<&mut Count> {
        // Where the last operand or the result lives.
        let target = op.results.first().or(op.operands.last()).and_then(|value| space(func, *value));
        let device = target == Some(Space::Device);
        match Kind::of(op)? {
            Kind::Launch => Some(&mut self.launches),
            Kind::H2d => Some(&mut self.h2d),
            Kind::D2h => Some(&mut self.d2h),
            Kind::Copy if device => Some(&mut self.d2d),
            Kind::Copy => Some(&mut self.host_copies),
            Kind::Constant if device => Some(&mut self.fills),
            Kind::Wait => Some(&mut self.waits),
            Kind::Alloc if device => Some(&mut self.device_allocs),
            _ => None,
        }
    }
}

/// The same counts for the input program and for the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BeforeAfter {
    /// The program as written: every op one command.
    pub before: Commands,
    /// What it was compiled to.
    pub after: Commands,
}

/// A rule of the e-graph that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name; `xpuc rules` explains it.
    pub name: String,
    /// How many times.
    pub times: u64,
}

/// A buffer of the caller that is written without a temporary and a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InPlace {
    /// Name of the argument or result.
    pub buffer: String,
    /// The op that writes it.
    pub by: String,
}

/// A transfer of several values through one staging buffer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Packed {
    /// `d2h` or `h2d`.
    pub transfer: &'static str,
    /// How many values it brings.
    pub values: usize,
    /// Bytes of the staging buffer, over the sizes of the program.
    pub bytes: String,
}

/// Something that could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// The pass that would have done it.
    pub pass: &'static str,
    /// `file:line:column`, or `<unknown>`.
    pub loc: String,
    /// Why not, and what it costs.
    pub reason: String,
}

/// The report of one compilation; serializes to one JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Name of the input.
    pub program: String,
    /// Name of the target.
    pub target: &'static str,
    /// Level of optimization.
    pub opt: &'static str,
    /// Static counts of commands.
    pub commands: BeforeAfter,
    /// Rules that fired, in the order that passes list them.
    pub rules: Vec<Rule>,
    /// Buffers written in place.
    pub in_place: Vec<InPlace>,
    /// Transfers that were packed, each with the staging buffer it goes through.
    pub packed: Vec<Packed>,
    /// What could not be done, in the order that passes met it.
    pub missed: Vec<Missed>,
    /// Counters by pass.
    pub stats: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    /// Microseconds by phase, in the order of phases: the one part that differs from run to run.
    #[serde(serialize_with = "in_order")]
    pub times_us: Vec<(&'static str, u64)>,
}

impl Report {
    /// The report of `after`; `before` is the same program compiled with [`Opt::None`].
    ///
    /// `None` unless both were compiled to the end.
    pub fn new(
        program: &str,
        target: &Target,
        opt: Opt,
        before: &Compiled,
        after: &Compiled,
    ) -> Option<Self> {
        let commands =
            BeforeAfter { before: Commands::of(before.lowered()?), after: Commands::of(after.lowered()?) };
        let cx = &after.cx;
        let rules = cx.rules.iter().map(|(name, times)| Rule { name: name.clone(), times: *times });
        let in_place = cx.in_place.iter().map(|i| InPlace { buffer: i.buffer.clone(), by: i.by.clone() });
        let packed = cx.packed.iter();
        let packed =
            packed.map(|p| Packed { transfer: p.transfer, values: p.values, bytes: p.bytes.clone() });
        let missed = cx.remarks.iter().filter(|remark| remark.kind == RemarkKind::Missed);
        let missed =
            missed.map(|r| Missed { pass: r.pass, loc: r.loc.to_string(), reason: r.message.clone() });
        let times = after.phases.iter().map(|ran| (ran.phase.name(), ran.time.as_micros() as u64));
        Some(Report {
            program: program.to_owned(),
            target: target.name,
            opt: opt.name(),
            commands,
            rules: rules.collect(),
            in_place: in_place.collect(),
            packed: packed.collect(),
            missed: missed.collect(),
            stats: stats(cx),
            times_us: times.collect(),
        })
    }
}

/// Counters by pass and name: what a pass counted several times is added up.
pub fn stats(cx: &PassCx) -> BTreeMap<&'static str, BTreeMap<&'static str, u64>> {
    let mut stats = BTreeMap::<_, BTreeMap<_, u64>>::new();
    for (pass, counter, value) in &cx.stats {
        *stats.entry(*pass).or_default().entry(*counter).or_default() += value;
    }
    stats
}

fn in_order<S: Serializer>(times: &[(&'static str, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(times.iter().map(|(name, time)| (name, time)))
}
