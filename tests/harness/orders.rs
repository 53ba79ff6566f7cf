//! `simplify` gives one text whatever the order of its rules.

use crate::Test;
use libtest_mimic::Failed;
use xpuc::passes::pass::PassCx;
use xpuc::passes::simplify;
use xpuc::{Session, Target};

/// Orders tried of each program; a thousand with `--ignored orders`.
const FEW: u64 = 10;
const MANY: u64 = 1000;

const PROGRAMS: [&str; 5] = [
    "programs/get_infer_param/functional",
    "programs/get_infer_param/host_slots",
    "programs/get_infer_param/inplace",
    "run/arithmetic",
    "run/division",
];

pub(crate) fn tests() -> Vec<Test> {
    PROGRAMS
        .into_iter()
        .flat_map(|program| {
            let few = Test::plain(format!("orders/{program}"), move || orders(program, FEW));
            let many = Test::plain(format!("orders/many/{program}"), move || orders(program, MANY));
            [few, Test { ignored: true, ..many }]
        })
        .collect()
}

fn orders(program: &str, times: u64) -> Result<(), Failed> {
    let path = format!("tests/{program}.mlir");
    let source = std::fs::read_to_string(&path)?;
    let session = Session::new();
    let target = Target::find("virtual")?;
    let cx = || PassCx::new(target.device);
    let verified = session.verify(session.parse(&source, &path)?)?;
    let shaped = session.shape(&mut cx(), &session.raise(&mut cx(), &verified)?)?;
    let mut first: Option<(u64, String)> = None;
    for seed in 0..times {
        let found = session.print(&simplify::shuffled(&mut cx(), shaped.module(), seed)?)?;
        match &first {
            None => first = Some((seed, found)),
            Some((other, text)) if *text != found => {
                let diff = similar::TextDiff::from_lines(text.as_str(), found.as_str());
                let diff = diff.unified_diff().context_radius(2).to_string();
                return Err(format!("order {other} (-) and order {seed} (+) differ:\n{diff}").into());
            }
            Some(_) => {}
        }
    }
    Ok(())
}
