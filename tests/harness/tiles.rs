//! Programs on devices of other shapes: few cores with much to do, and little memory of their own or none.
//!
//! On the virtual XPU a core rarely has more than one tile of an array, and here it has many. Half of the cases of a
//! reference are of any size.

use crate::programs::{self, Bound};
use crate::run_case::{self, LEVELS};
use crate::{Outcome, Test, case::with_session};
use libtest_mimic::Completion;
use xpuc::passes::pass::Grid;
use xpuc::run::machine::Options;
use xpuc::{Opt, Target};

/// Clusters, cores, bytes of local memory of one, and the level that it is for.
const SHAPES: [(u32, u32, u64, Opt); 5] = [
    (1, 1, 4096, Opt::Full),
    (2, 3, 4096, Opt::Full),
    (1, 2, 1200, Opt::Full),
    (3, 5, 0, Opt::Full),
    (1, 2, 4096, Opt::None),
];

const ASKED: [&str; 6] = ["--seed", "5150", "--count", "15", "--max-tokens", "3000"];

/// One test for each program.
pub(crate) fn tests() -> Vec<Test> {
    let of = |name: String| Test::ignorable(format!("tiles/{name}"), move || check(&Bound::of(&name)));
    programs::names().into_iter().map(of).collect()
}

fn check(bound: &Bound) -> Outcome {
    let known = programs::cases(&format!("{}/{}", bound.op, bound.program));
    for (clusters, cores, local_bytes, opt) in SHAPES {
        let mut target = Target::find("virtual").map_err(|error| error.to_string())?;
        target.device.grid = Grid { clusters, cores };
        target.device.memory.local_bytes = local_bytes;
        let options = Options { seed: 3, local_bytes, ..Options::DEFAULT };
        let level = LEVELS.iter().find(|(_, level)| *level == opt).map_or("", |(name, _)| name);
        let ran = with_session(|session| {
            let compiled = bound.lowered_for(session, opt, target)?;
            let program = run_case::executable(session, &compiled, options)?;
            run_case::check(&program, programs::open(&known)?, |_, _| None)?;
            let asked: Vec<&str> = ["--generation", &bound.program].into_iter().chain(ASKED).collect();
            programs::reference(&bound.op, &asked, |cases| run_case::check(&program, cases, |_, _| None))
        });
        let shape = format!("{clusters} x {cores}, {local_bytes} bytes, {level}");
        match ran {
            Err(error) => return Err(format!("{shape}: {}", error.message().unwrap_or_default()).into()),
            Ok(None) => return Ok(programs::without_python(&bound.title())),
            Ok(Some(_)) => {}
        }
    }
    Ok(Completion::Completed)
}
