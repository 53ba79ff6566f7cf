//! Kernel launches: which program runs when.

use super::cluster::Turns;
use super::{Checked, Machine, MachineError, Program};

/// Most programs of one launch; far above any device's clusters times cores.
pub const MAX_PROGRAMS: u32 = 1 << 20;

/// The open launch, or the last one.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) open: bool,
    pub(super) kernel: String,
    pub(super) clusters: u32,
    pub(super) cores: u32,
    /// Clusters times cores.
    pub(super) programs: u32,
    pub(super) loc: u32,
    /// Number of the launch's program 0 before any barrier; see [`Trace`](super::block::Trace).
    pub(super) first: u64,
    /// Number of the launch's program 0 since as many barriers as the running cluster has come to.
    pub(super) since: u64,
    /// Most barriers that a cluster has come to.
    pub(super) barriers: u64,
    /// Number of the program that runs.
    pub(super) current: Option<u64>,
    /// The cluster that it is on.
    pub(super) cluster: u32,
    /// Who runs when, where programs take turns.
    pub(super) turns: Option<Turns>,
    /// Linear ids in the order they run, where they do not.
    order: Vec<u32>,
}

impl Launch {
    /// The program with that number.
    pub(super) fn linear(&self, number: u64) -> u32 {
        // The remainder fits: there are at most MAX_PROGRAMS.
        ((number - self.first) % u64::from(self.programs.max(1))) as u32
    }

    /// The program that runs.
    pub(super) fn program(&self) -> Option<Program> {
        self.current.map(|number| Program { linear: self.linear(number), cores: self.cores })
    }

    /// Whether the programs with these numbers of this launch are on one cluster.
    pub(super) fn same_cluster(&self, one: u64, other: u64) -> bool {
        self.linear(one) / self.cores == self.linear(other) / self.cores
    }

    /// Whether nothing orders what is done under two numbers of this launch.
    pub(super) fn races(&self, one: u64, other: u64) -> bool {
        let barriers = |number: u64| (number - self.first) / u64::from(self.programs.max(1));
        self.linear(one) != self.linear(other)
            && (!self.same_cluster(one, other) || barriers(one) == barriers(other))
    }

    /// Makes a program the running one.
    pub(super) fn start(&mut self, linear: u32) {
        self.current = Some(self.since + u64::from(linear));
        self.cluster = linear / self.cores;
    }
}

impl Default for Launch {
    fn default() -> Self {
        Self {
            open: false,
            kernel: String::new(),
            clusters: 0,
            cores: 1,
            programs: 0,
            loc: 0,
            first: 1,
            since: 1,
            barriers: 0,
            current: None,
            cluster: 0,
            turns: None,
            order: Vec::new(),
        }
    }
}

impl Machine {
    /// Starts a launch of `clusters * cores` programs and returns how many are to be run: all of them, or
    /// none once the machine has failed. The caller then, for each `k` below that, runs the kernel as
    /// [`next_program(k)`](Self::next_program) and in the end calls [`launch_end`](Self::launch_end). A kernel
    /// with barriers is run by turns instead: see [`next_turn`](Self::next_turn).
    ///
    /// Refused: more than [`MAX_PROGRAMS`], and a launch inside a launch. `cores` of 0 is a launch of no
    /// program.
    pub fn launch_begin(&mut self, kernel: &str, clusters: u32, cores: u32, loc: u32) -> u32 {
        if self.failed() {
            return 0;
        }
        match self.checked_launch(kernel, clusters, cores, loc) {
            Ok(programs) => programs,
            Err(error) => self.refuse(error),
        }
    }

    /// Makes the `k`-th program to run the running one, and returns its linear id `cluster * cores + core`.
    ///
    /// Over all `k` the ids are a permutation, shuffled anew for each launch; in fast mode in ascending
    /// order.
    pub fn next_program(&mut self, k: u32) -> u32 {
        // A `k` beyond the launch is a mistake of the calling layer; it must not panic below compiled code.
        let linear = self.launch.order.get(k as usize).copied().unwrap_or(k);
        if self.launch.open {
            self.retire();
            self.launch.start(linear);
        }
        linear
    }

    /// Ends the launch, and the life of its memory on chip. Its reads and writes of device memory stay pending
    /// until the next wait.
    pub fn launch_end(&mut self) {
        if self.launch.turns.is_none() {
            self.retire();
        }
        self.launch.open = false;
        self.launch.current = None;
        self.launch.turns = None;
        self.shared_end();
    }

    fn checked_launch(&mut self, kernel: &str, clusters: u32, cores: u32, loc: u32) -> Checked<u32> {
        self.outside_launch("launch", loc)?;
        let programs = clusters.checked_mul(cores).filter(|&programs| programs <= MAX_PROGRAMS);
        let Some(programs) = programs else {
            return Err(Box::new(MachineError::TooManyPrograms {
                kernel: kernel.into(),
                clusters,
                cores,
                loc,
            }));
        };
        self.report.commands.launches += 1;
        let launch = &mut self.launch;
        launch.first += u64::from(launch.programs) * (launch.barriers + 1);
        launch.since = launch.first;
        launch.barriers = 0;
        launch.open = true;
        launch.clusters = clusters;
        launch.cores = cores.max(1);
        launch.programs = programs;
        launch.loc = loc;
        launch.kernel.clear();
        launch.kernel.push_str(kernel);
        launch.order.clear();
        if !self.fast {
            launch.order.extend(0..programs);
            self.shuffle.apply(&mut launch.order);
        }
        Ok(programs)
    }

    /// Refuses what only host code may do while a kernel runs.
    pub(super) fn outside_launch(&self, what: &'static str, loc: u32) -> Checked<()> {
        match self.launch.open {
            false => Ok(()),
            true => Err(Box::new(MachineError::Misplaced { what, inside: true, loc })),
        }
    }
}

/// A seeded source of permutations: SplitMix64 and Fisher-Yates. Our own, so that no dependency's update
/// changes an order.
#[derive(Debug)]
pub(super) struct Shuffle {
    state: u64,
}

impl Shuffle {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(super) fn apply(&mut self, ids: &mut [u32]) {
        for end in (1..ids.len()).rev() {
            // The bias of the remainder is below 2^-43: nobody samples enough launches to see it.
            let pick = self.next() % (end as u64 + 1);
            ids.swap(end, pick as usize);
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
