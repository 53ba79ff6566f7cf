//! What a pass is, and what it may say.

use std::fmt;
use xpuc_dialect::ir::{Loc, Module};

/// Whether the pipeline can do without a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Without it the program cannot be lowered.
    Required,
    /// It makes the program better; values are the same without it.
    Optional,
}

/// Kinds of remarks, named as MLIR names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// Something was done.
    Passed,
    /// Something could not be done, and why.
    Missed,
    /// A fact found on the way.
    Analysis,
}

impl RemarkKind {
    /// The spelling on the command line and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            RemarkKind::Passed => "passed",
            RemarkKind::Missed => "missed",
            RemarkKind::Analysis => "analysis",
        }
    }
}

/// What a pass says about one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Name of the pass.
    pub pass: &'static str,
    /// Kind.
    pub kind: RemarkKind,
    /// Where.
    pub loc: Loc,
    /// What was done, or why not.
    pub message: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: remark: [{}] {}: {}", self.loc, self.kind.as_str(), self.pass, self.message)
    }
}

/// A buffer of the caller that is written without a temporary and a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InPlace {
    /// Name of the argument or result.
    pub buffer: String,
    /// Op that writes it.
    pub by: String,
}

/// A transfer that brings several values through one staging buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// `d2h` or `h2d`.
    pub transfer: &'static str,
    /// Values in it.
    pub values: usize,
    /// Bytes of the buffer, over the sizes of the program.
    pub bytes: String,
}

/// What passes hand to each other beside the module: statistics, remarks, the target.
#[derive(Debug, Clone)]
pub struct PassCx {
    /// Grid that device code is launched on.
    pub grid: Grid,
    /// What commands cost.
    pub costs: Costs,
    /// What sizes are taken to be.
    pub sizes: Sizes,
    /// On-chip memory that kernels may use.
    pub memory: Memory,
    /// Remarks in the order they were made.
    pub remarks: Vec<Remark>,
    /// Counters: pass, counter, value.
    pub stats: Vec<(&'static str, &'static str, u64)>,
    /// Rules that fired, with the number of times.
    pub rules: Vec<(String, u64)>,
    /// Buffers written in place.
    pub in_place: Vec<InPlace>,
    /// Transfers that were packed.
    pub packed: Vec<Packed>,
}

/// What commands cost, in nanoseconds: latencies, paid whatever the size, and rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// Kernel launch.
    pub launch: u64,
    /// Host to device transfer.
    pub h2d: u64,
    /// Device to host transfer.
    pub d2h: u64,
    /// Copy within the device.
    pub d2d: u64,
    /// Fill of a device buffer.
    pub fill: u64,
    /// One element-wise op on the host.
    pub host_op: u64,
    /// One array more in a transfer that is there anyway.
    pub pack: u64,
    /// Allocation of a device buffer.
    pub alloc: u64,
    /// A thousand bytes over the bus.
    pub kilobyte: u64,
    /// A thousand elements of an op on the host.
    pub host_kilo: u64,
    /// A thousand elements of an op that all cores of the device share.
    pub device_kilo: u64,
    /// A thousand elements of an op that one core does alone.
    pub scan_kilo: u64,
}

/// Sizes that decisions are made for where a program does not tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// A dimension with a name.
    pub dim: u64,
    /// A size that depends on data.
    pub data: u64,
}

/// On-chip memory that a kernel may use, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Shared memory of one cluster.
    pub shared_bytes: u64,
    /// Local memory of one core.
    pub local_bytes: u64,
}

/// What passes know of the device they compile for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Grid that device code is launched on.
    pub grid: Grid,
    /// On-chip memory.
    pub memory: Memory,
    /// What commands cost.
    pub costs: Costs,
    /// What sizes are taken to be.
    pub sizes: Sizes,
}

/// Clusters and cores of a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Clusters of the device.
    pub clusters: u32,
    /// Cores of one cluster.
    pub cores: u32,
}

impl PassCx {
    /// A context for one module.
    pub fn new(device: Device) -> Self {
        let Device { grid, memory, costs, sizes } = device;
        PassCx {
            grid,
            memory,
            costs,
            sizes,
            remarks: Vec::new(),
            stats: Vec::new(),
            rules: Vec::new(),
            in_place: Vec::new(),
            packed: Vec::new(),
        }
    }

    /// Adds a remark.
    pub fn remark(&mut self, pass: &'static str, kind: RemarkKind, loc: &Loc, message: impl Into<String>) {
        self.remarks.push(Remark { pass, kind, loc: loc.clone(), message: message.into() });
    }

    /// Adds to a counter.
    pub fn count(&mut self, pass: &'static str, counter: &'static str, value: u64) {
        self.stats.push((pass, counter, value));
    }
}

/// A defect of the program that a pass found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{loc}: error: {kind}")]
pub struct PassError {
    /// Where.
    pub loc: Loc,
    /// What.
    pub kind: PassErrorKind,
}

/// One variant a pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassErrorKind {
    /// Of `bind-signature`.
    #[error("signature: {0}")]
    Signature(crate::bind_signature::SignatureError),
    /// Of `raise`.
    #[error("raise: {0}")]
    Raise(crate::raise::RaiseError),
    /// Of `infer-shapes`.
    #[error("infer-shapes: {0}")]
    Shape(crate::infer_shapes::ShapeError),
    /// Of `simplify`.
    #[error("simplify: {0}")]
    Simplify(crate::simplify::SimplifyError),
    /// Of `offload`, and of what `simplify` has left.
    #[error("memory used out of order: {0}")]
    Linear(crate::linear::LinearError),
    /// Of `plan`.
    #[error("plan: {0}")]
    Plan(crate::plan::PlanError),
    /// Of the checks.
    #[error("{0}")]
    Check(crate::check::CheckError),
    /// Of `lower`.
    #[error("lower: {0}")]
    Lower(crate::lower::LowerError),
}

/// Fails unless `after` uses memory in the order of `before`.
pub(crate) fn check_linear(
    before: &xpuc_dialect::ir::Func,
    after: &xpuc_dialect::ir::Func,
) -> Result<(), PassError> {
    crate::linear::check(before, after)
        .map_err(|(loc, error)| PassError { loc, kind: PassErrorKind::Linear(error) })
}

/// A transformation of one module.
pub trait Pass: Sync {
    /// Name on the command line.
    fn name(&self) -> &'static str;
    /// One line for `xpuc passes`.
    fn summary(&self) -> &'static str;
    /// Whether the pipeline needs it.
    fn need(&self) -> Need;
    /// Runs it; the result is a new module.
    fn run(&self, cx: &mut PassCx, module: &Module) -> Result<Module, PassError>;
    /// Whether it only looks, and yields the module as it was.
    fn is_check(&self) -> bool {
        false
    }
    /// The same as [`Pass::run`], on a module that nobody needs any more.
    fn run_owned(&self, cx: &mut PassCx, module: Module) -> Result<Module, PassError> {
        self.run(cx, &module)
    }
}
