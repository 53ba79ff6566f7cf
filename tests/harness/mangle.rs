//! C++ that is cut and mixed up: the audit reads it, says something or nothing, and ends.

use crate::Test;
use crate::differential::Random;
use crate::tree::{self, Folder};
use libtest_mimic::Failed;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use xpuc::signature::Audit;

/// Texts that are tried.
const TEXTS: u64 = 10_000;

/// Tests that share them.
const TESTS: u64 = 4;

/// Time for one, some hundred times what it takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is put somewhere: what opens and does not close, and what ends what is open.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "(",
    ")",
    "\"",
    "'",
    "/*",
    "*/",
    "//",
    "\n#if A\n",
    "\n#else\n",
    "\n#endif\n",
    "<",
    ">",
    "<<<",
    ">>>",
    ",",
    ";",
    "R\"(",
    "\\",
    "\u{e9}",
    "PD_BUILD_OP(",
    "template <",
    "#define X(",
];

pub(crate) fn tests() -> Vec<Test> {
    let part = |part: u64| {
        Test::plain(format!("audit/mangled/{part}"), move || {
            run(part * TEXTS / TESTS..(part + 1) * TEXTS / TESTS)
        })
    };
    (0..TESTS).map(part).collect()
}

fn run(seeds: std::ops::Range<u64>) -> Result<(), Failed> {
    let mut sources = Vec::new();
    for folder in ["tests/paddle/ops", "tests/audit"] {
        for extension in ["cc", "cu"] {
            for name in Folder::of(folder).names(extension) {
                sources.push(tree::read(&format!("{folder}/{name}.{extension}"))?);
            }
        }
    }
    for seed in seeds {
        let mut random = Random::new(seed);
        let text = mangled(&mut random, &sources);
        let start = Instant::now();
        let audited = catch_unwind(AssertUnwindSafe(|| Audit::default().text("mangled.cc", &text)));
        let fault = match audited {
            Err(_) => "panics".to_owned(),
            Ok(_) if start.elapsed() > PATIENCE => format!("takes {:?}", start.elapsed()),
            Ok(_) => continue,
        };
        return Err(format!("seed {seed}: the audit {fault} on\n{text}").into());
    }
    Ok(())
}

/// One source with some changes, the end cut off every other time.
fn mangled(random: &mut Random, sources: &[String]) -> String {
    let mut text = random.pick(sources).clone();
    for _ in 0..=random.below(6) {
        let (from, to) = (boundary(random, &text), boundary(random, &text));
        let (from, to) = (from.min(to), from.max(to));
        match random.below(6) {
            0 => text.replace_range(from..to.min(floor(&text, from + 40)), ""),
            1 => {
                let piece = *random.pick(&PIECES);
                text.insert_str(from, piece);
            }
            2 => {
                let part = text[from..floor(&text, to.min(from + 200))].to_owned();
                let at = boundary(random, &text);
                text.insert_str(at, &part);
            }
            3 => {
                let other = random.pick(sources);
                let start = boundary(random, other);
                let part = &other[start..floor(other, start + 120)];
                text.insert_str(from, part);
            }
            4 => text.insert_str(from, &random.pick(&PIECES).repeat(1 + random.below(300) as usize)),
            _ => text.truncate(if random.below(2) == 0 { to } else { text.len() }),
        }
    }
    text
}

fn boundary(random: &mut Random, text: &str) -> usize {
    floor(text, random.below(text.len() as u64 + 1) as usize)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
