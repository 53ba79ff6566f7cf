//! Tests of the harness itself.

use crate::case::{Found, judge};
use crate::directive::{Directives, Show, Steps};
use crate::{Test, cli, expected};
use libtest_mimic::Failed;
use xpuc::Phase;

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::plain("harness/directives", directives),
        Test::plain("harness/expectations", expectations),
        Test::plain("harness/verdicts", verdicts),
        Test::plain("harness/times", times),
    ]
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), Failed> {
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}").into()) }
}

fn directives() -> Result<(), Failed> {
    let read = |name: &str, source: &str| Directives::of(name, source);
    let case = read("passes/raise/x", "//@ passes: raise,infer-shapes\n//@ show: diff\n\n// What.\n")?;
    equal(case.steps, Steps::Passes(vec!["raise".to_owned(), "infer-shapes".to_owned()]))?;
    equal(case.show, Show::Diff)?;
    equal(read("ops/x", "// What.\n")?.steps, Steps::Until(Phase::Verify))?;
    let refused = [
        ("pipeline/x", "// nothing\n", "found neither"),
        ("pipeline/x", "//@ until: verify\n//@ passes: raise\n", "found both"),
        ("pipeline/x", "//@ until: verify\n//@ until: raise\n", "twice"),
        ("pipeline/x", "//@ passes: raise\n//@ opt: none\n", "about the pipeline"),
        ("pipeline/x", "//@ passes: rise\n", "found `rise`"),
        ("pipeline/x", "//@ until: later\n", "found `later`"),
        ("pipeline/x", "//@ until: verify\n//@ show: all\n", "found `all`"),
        ("pipeline/x", "//@ until: verify\n//@ target: gpu\n", "found gpu"),
        ("pipeline/x", "//@ until: verify\n//@ opt: some\n", "found `some`"),
        ("pipeline/x", "//@ until: verify\n//@ unti: verify\n", "found `unti`"),
        ("pipeline/x", "//@ until\n", "key: value"),
        ("pipeline/x", "//@ until: verify\nfunc.func @f()\n//@ show: diff\n", "at the top"),
        ("pipeline/x", "//@ until: verify\n  //@ show: diff\n", "at the start of the line"),
    ];
    for (name, source, words) in refused {
        match read(name, source) {
            Err(error) if error.contains(words) => {}
            other => {
                return Err(
                    format!("expected {source:?} to be refused with `{words}`, found {other:?}").into()
                );
            }
        }
    }
    Ok(())
}

fn expectations() -> Result<(), Failed> {
    let source = "a\n// -----\n// expected-error @below {{b}}\nx\n// expected-error @-1 {{c}}\n";
    let chunks: Vec<(u32, &str)> = expected::chunks(source).collect();
    equal(chunks.iter().map(|(line, _)| *line).collect::<Vec<_>>(), vec![0, 2])?;
    let found = |list: &[(u32, &str)]| {
        list.iter().map(|(line, text)| (*line, (*text).to_owned())).collect::<Vec<_>>()
    };
    equal(expected::mismatches(chunks[1].1, found(&[(2, "a b"), (2, "c")])).len(), 0)?;
    equal(expected::mismatches(chunks[1].1, found(&[(2, "a b")])).len(), 1)?;
    equal(expected::mismatches(chunks[1].1, found(&[(2, "b"), (2, "c"), (2, "b")])).len(), 1)?;
    equal(expected::mismatches(chunks[1].1, found(&[(1, "b"), (2, "c")])).len(), 2)?;
    equal(expected::mismatches("// expected-error @over {{b}}\n", found(&[])).len(), 1)
}

fn verdicts() -> Result<(), Failed> {
    let source = "// expected-error @below {{b}}\nx\n";
    let found = |line: u32| Err(vec![Found { line, column: 3, message: "a b".to_owned() }]);
    let faults = |refused: bool, outcome| judge(refused, source, outcome).1.len();
    equal(faults(true, found(2)), 0)?;
    equal(faults(true, found(1)), 2)?;
    // What was expected has not come.
    equal(faults(true, Ok("module".to_owned())), 1)?;
    equal(faults(false, Ok("module".to_owned())), 0)?;
    equal(faults(false, found(2)), 1)?;
    equal(judge(true, source, found(2)).0, "2:3 a b\n".to_owned())
}

fn times() -> Result<(), Failed> {
    equal(cli::without_times("raise   12.3 ms  3 ops"), "raise _ ms  3 ops".to_owned())?;
    equal(cli::without_times("took 4.25s, then 17us"), "took _ s, then _ us".to_owned())?;
    equal(cli::without_times("%c0 s 12 sums, x3 ms"), "%c0 s 12 sums, x3 ms".to_owned())
}
