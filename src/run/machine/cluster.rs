//! Barriers: the cores of a cluster take turns, and wait for each other.

use super::launch::Launch;
use super::{Checked, Machine, MachineError, Program};

/// Most cores of a cluster whose programs take turns: each one that waits keeps a stack.
pub const MAX_TURNS: u32 = 1 << 10;

/// Who runs when in a launch whose programs take turns.
#[derive(Debug)]
pub(super) struct Turns {
    /// Clusters that have not started, the next one last.
    clusters: Vec<u32>,
    cluster: u32,
    /// Cores of the cluster that are to run until their next barrier, the next one last.
    cores: Vec<u32>,
    /// The first of the cluster that waits.
    waiting: Option<Waiting>,
    /// The first of the cluster that has come to its end.
    ended: Option<Program>,
}

/// A program at a barrier.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    program: Program,
    /// Which barrier of the code.
    barrier: u32,
    loc: u32,
}

impl Machine {
    /// The linear id of the program that runs next, up to a barrier or to its end, which is then told by
    /// [`barrier`](Self::barrier) or [`ended`](Self::ended). None when all have ended, or the machine has
    /// failed: then those that wait are to be given up.
    ///
    /// Clusters run one after another. Their order, and that of the cores between two barriers, is shuffled
    /// anew each time; in fast mode both are ascending.
    ///
    /// Refused: more than [`MAX_TURNS`] cores in a cluster.
    pub fn next_turn(&mut self) -> Option<u32> {
        if self.failed() || !self.launch.open {
            return None;
        }
        match self.checked_turn() {
            Ok(next) => next,
            Err(error) => self.refuse(error),
        }
    }

    /// The running program comes to a barrier of its code; returns whether it has to wait there, which it does
    /// not when the machine fails or has failed.
    ///
    /// Refused: outside a launch that runs by turns, and when another core of the cluster waits at another
    /// barrier or has ended, and when a transfer of its own is under way.
    pub fn barrier(&mut self, barrier: u32, loc: u32) -> bool {
        if self.failed() {
            return false;
        }
        match self.checked_barrier(barrier, loc) {
            Ok(()) => true,
            Err(error) => self.refuse(error),
        }
    }

    /// The running program, one that takes turns, has come to its end.
    ///
    /// Refused: when another core of the cluster waits at a barrier, and when a transfer of its own is under way.
    pub fn ended(&mut self) {
        self.retire();
        let (Some(program), Some(turns)) = (self.launch.program(), &mut self.launch.turns) else { return };
        let waiting = turns.waiting;
        turns.ended.get_or_insert(program);
        if let Some(Waiting { program: waiting, loc, .. }) = waiting {
            let error = self.ended_early(program, waiting, loc);
            self.refuse(error)
        }
    }

    /// There is no memory for the stack of the program whose turn it is.
    pub fn no_stack(&mut self) {
        let Launch { kernel, cores, cluster, loc, .. } = &self.launch;
        let core = self.launch.program().map_or(0, |program| program.linear - cluster * cores);
        let error = MachineError::TooManyCores {
            kernel: kernel.as_str().into(),
            cores: *cores,
            most: core,
            loc: *loc,
        };
        self.refuse(Box::new(error))
    }

    fn checked_turn(&mut self) -> Checked<Option<u32>> {
        if self.launch.turns.is_none() {
            self.start_turns()?;
        }
        let launch = &mut self.launch;
        let Some(turns) = &mut launch.turns else { return Ok(None) };
        if turns.cores.is_empty() {
            if turns.waiting.take().is_some() {
                // All of them wait, and for the same: anything else has been refused.
                launch.since += u64::from(launch.programs);
                launch.barriers =
                    launch.barriers.max((launch.since - launch.first) / u64::from(launch.programs));
            } else {
                let Some(next) = turns.clusters.pop() else { return Ok(None) };
                turns.cluster = next;
                turns.ended = None;
                launch.since = launch.first;
            }
            turns.cores.extend((0..launch.cores).rev());
            if !self.fast {
                self.shuffle.apply(&mut turns.cores);
            }
        }
        let next = turns.cores.pop().map(|core| turns.cluster * launch.cores + core);
        if let Some(linear) = next {
            launch.start(linear);
        }
        Ok(next)
    }

    fn start_turns(&mut self) -> Checked<()> {
        let launch = &mut self.launch;
        if launch.cores > MAX_TURNS {
            return Err(Box::new(MachineError::TooManyCores {
                kernel: launch.kernel.as_str().into(),
                cores: launch.cores,
                most: MAX_TURNS,
                loc: launch.loc,
            }));
        }
        // A launch of no cores has no program, whatever its clusters.
        let clusters = if launch.programs == 0 { 0 } else { launch.clusters };
        let mut clusters: Vec<u32> = (0..clusters).rev().collect();
        if !self.fast {
            self.shuffle.apply(&mut clusters);
        }
        launch.turns = Some(Turns { clusters, cluster: 0, cores: Vec::new(), waiting: None, ended: None });
        Ok(())
    }

    fn checked_barrier(&mut self, barrier: u32, loc: u32) -> Checked<()> {
        let open = self.launch.open;
        let (Some(program), Some(turns)) = (self.launch.program(), &mut self.launch.turns) else {
            return Err(Box::new(MachineError::Misplaced { what: "barrier", inside: open, loc }));
        };
        let waiting = *turns.waiting.get_or_insert(Waiting { program, barrier, loc });
        let ended = turns.ended;
        self.expect_landed("comes to a barrier")?;
        if let Some(ended) = ended {
            return Err(self.ended_early(ended, program, loc));
        }
        if waiting.barrier != barrier {
            return Err(Box::new(MachineError::OtherBarrier {
                kernel: self.launch.kernel.as_str().into(),
                program,
                waiting: waiting.program,
                waits_at: waiting.loc,
                loc,
            }));
        }
        Ok(())
    }

    #[cold]
    fn ended_early(&self, ended: Program, waiting: Program, loc: u32) -> Box<MachineError> {
        let launch = &self.launch;
        let (kernel, launched) = (launch.kernel.as_str().into(), launch.loc);
        Box::new(MachineError::EndedBeforeBarrier { kernel, ended, waiting, launched, loc })
    }
}
