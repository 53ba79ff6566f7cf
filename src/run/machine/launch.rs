//! Kernel launches: which program runs when.

use super::{Checked, Machine, MachineError};

/// Most programs of one launch; far above any device's clusters times cores.
pub const MAX_PROGRAMS: u32 = 1 << 20;

/// The open launch, or the last one.
#[derive(Debug)]
pub(super) struct Launch {
    open: bool,
    pub(super) kernel: String,
    pub(super) cores: u32,
    pub(super) loc: u32,
    /// Number of the launch's program 0; see [`Trace`](super::block::Trace).
    pub(super) first: u64,
    /// Number of the program that runs.
    pub(super) current: Option<u64>,
    /// Linear ids in the order they run.
    order: Vec<u32>,
}

impl Default for Launch {
    fn default() -> Self {
        Self {
            open: false,
            kernel: String::new(),
            cores: 1,
            loc: 0,
            first: 1,
            current: None,
            order: Vec::new(),
        }
    }
}

impl Machine {
    /// Starts a launch of `clusters * cores` programs and returns how many are to be run: all of them, or
    /// none once the machine has failed. The caller then, for each `k` below that, runs the kernel as
    /// [`next_program(k)`](Self::next_program) and in the end calls [`launch_end`](Self::launch_end).
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
            self.launch.current = Some(self.launch.first + u64::from(linear));
        }
        linear
    }

    /// Ends the launch. Its reads and writes stay pending until the next wait.
    pub fn launch_end(&mut self) {
        self.launch.open = false;
        self.launch.current = None;
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
        launch.first += launch.order.len() as u64;
        launch.open = true;
        launch.cores = cores.max(1);
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

    fn apply(&mut self, ids: &mut [u32]) {
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
