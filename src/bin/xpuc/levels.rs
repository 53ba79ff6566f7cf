//! Arguments that several subcommands take.

use crate::failure::Failure;
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use xpuc::{Opt, Phase, Target};

/// `--opt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// Every op becomes one command, as written
    None,
    /// Everything
    Full,
}

impl From<Level> for Opt {
    fn from(level: Level) -> Self {
        match level {
            Level::None => Opt::None,
            Level::Full => Opt::Full,
        }
    }
}

/// Takes the name of a phase.
pub(crate) fn phase() -> impl TypedValueParser<Value = Phase> {
    PossibleValuesParser::new(Phase::ALL.map(Phase::name))
        .try_map(|name| Phase::from_name(&name).ok_or("expected the name of a phase"))
}

/// The target of that name.
pub(crate) fn target(name: &str) -> Result<Target, Failure> {
    Target::find(name).map_err(|error| Failure::said(format!("error: --target: {error}")))
}
