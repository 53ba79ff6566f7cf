//! The phases of a compilation, by the names that `--until`, dumps and tests use.

/// A phase; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Text to MLIR.
    Parse,
    /// The constraints of the dialect.
    Verify,
    /// Buffers to values.
    Raise,
    /// Symbolic sizes, and what the function declares of them.
    Shape,
    /// Equal programs, and the cheapest of them.
    Simplify,
    /// Order, buffers and launches.
    Plan,
    /// Commands and kernels.
    Lower,
}

impl Phase {
    /// All phases in order.
    pub const ALL: [Phase; 7] =
        [Phase::Parse, Phase::Verify, Phase::Raise, Phase::Shape, Phase::Simplify, Phase::Plan, Phase::Lower];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Parse => "parse",
            Phase::Verify => "verify",
            Phase::Raise => "raise",
            Phase::Shape => "shape",
            Phase::Simplify => "simplify",
            Phase::Plan => "plan",
            Phase::Lower => "lower",
        }
    }

    /// One line about it.
    pub fn summary(self) -> &'static str {
        match self {
            Phase::Parse => "text to MLIR",
            Phase::Verify => "check the constraints of the dialect, bind the signature",
            Phase::Raise => "buffers to values",
            Phase::Shape => "infer symbolic sizes, check what is declared",
            Phase::Simplify => "find the cheapest equal program, decide what the device computes",
            Phase::Plan => "decide order and buffers",
            Phase::Lower => "commands, host loops and kernels",
        }
    }

    /// The inverse of [`Phase::name`].
    pub fn from_name(name: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.name() == name)
    }

    /// Names of the passes that make it up with full optimization.
    pub fn passes(self) -> &'static [&'static str] {
        match self {
            Phase::Parse => &[],
            // Where there is a signature.
            Phase::Verify => &["bind-signature"],
            Phase::Raise => &["raise", "check-values"],
            Phase::Shape => &["infer-shapes"],
            Phase::Simplify => &["simplify", "offload", "check-values"],
            Phase::Plan => &["plan", "check-buffers"],
            Phase::Lower => &["lower", "check-lowered"],
        }
    }
}
