//! `xpuc run --compare`: a program as written and compiled, side by side.

use crate::failure::{Answer, Failure};
use crate::input::Source;
use crate::output;
use crate::progress::Progress;
use crate::run::Reader;
use crate::table;
use crate::verdict::{Tally, Verdict, judge};
use serde::Serialize;
use xpuc::Error;
use xpuc::run::Program;
use xpuc::run::machine::Report;

type Number = fn(&Report) -> u64;

#[rustfmt::skip]
const ROWS: [(&str, Number); 11] = [
    ("launches",      |r| r.commands.launches),
    ("h2d",           |r| r.commands.h2d),
    ("d2h",           |r| r.commands.d2h),
    ("d2d",           |r| r.commands.d2d),
    ("fills",         |r| r.commands.fills),
    ("waits",         |r| r.commands.waits),
    ("device allocs", |r| r.commands.device_allocs),
    ("host copies",   |r| r.commands.host_copies),
    ("bytes h2d",     |r| r.bytes.h2d),
    ("bytes d2h",     |r| r.bytes.d2h),
    ("bytes d2d",     |r| r.bytes.d2d),
];

/// Commands and bytes of both programs.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Both {
    as_written: Report,
    compiled: Report,
}

#[derive(Debug, Serialize)]
struct First {
    name: String,
    #[serde(flatten)]
    both: Both,
}

/// Sums over the cases that both programs ran.
#[derive(Debug, Default, Serialize)]
struct Total {
    cases: u64,
    #[serde(flatten)]
    both: Both,
}

#[derive(Debug, Default, Serialize)]
struct Tallies {
    as_written: Tally,
    compiled: Tally,
}

#[derive(Debug, Default, Serialize)]
struct Comparison {
    program: String,
    first: Option<First>,
    total: Total,
    results: Tallies,
}

/// Runs every case with both programs, and prints the table.
pub(crate) fn run(
    source: &Source,
    mut reader: Reader,
    json: bool,
    as_written: &Program,
    compiled: &Program,
) -> Result<Answer, Failure> {
    let mut progress = Progress::new(true);
    let mut comparison = Comparison { program: source.name.clone(), ..Comparison::default() };
    while let Some(case) = reader.next(&mut progress) {
        let judge = |program: &Program| {
            judge(program.check(&case), &case).map_err(|error| source.explain(&Error::Jit(error)))
        };
        let (before, after) = (judge(as_written)?, judge(compiled)?);
        for (verdict, level) in [(&before, "as written: "), (&after, "compiled: ")] {
            // Here only what makes the answer no is worth a line: the table has the rest.
            if let Some(line) = verdict.text(level).filter(|_| verdict.is_wrong()) {
                progress.clear();
                if json { output::say(&line) } else { output::print(&line)? }
            }
        }
        comparison.add(&before, &after);
        progress.show(|| format!("{} cases run", comparison.results.compiled.cases));
    }
    progress.clear();
    output::print(&if json { output::json(&comparison)? + "\n" } else { comparison.text() })?;
    let Tallies { as_written, compiled } = comparison.results;
    let answer = reader.finish(&compiled)?;
    Ok(if as_written.wrong > 0 { Answer::No } else { answer })
}

impl Comparison {
    fn add(&mut self, before: &Verdict, after: &Verdict) {
        self.results.as_written.add(before);
        self.results.compiled.add(after);
        let (Some(as_written), Some(compiled)) = (before.report(), after.report()) else { return };
        self.total.cases += 1;
        add(&mut self.total.both.as_written, &as_written);
        add(&mut self.total.both.compiled, &compiled);
        self.first.get_or_insert_with(|| {
            let both = Both { as_written, compiled };
            First { name: before.name().to_owned(), both }
        });
    }

    fn text(&self) -> String {
        let mut rows = Vec::new();
        let head = |title: String| vec![title, "as written".to_owned(), "compiled".to_owned()];
        let mut numbers = |title: String, both: &Both| {
            rows.push(head(title));
            for (label, number) in ROWS {
                let (before, after) = (number(&both.as_written), number(&both.compiled));
                rows.push(vec![format!("  {label}"), before.to_string(), after.to_string()]);
            }
            rows.push(Vec::new());
        };
        if let Some(first) = &self.first {
            numbers(format!("case {}", first.name), &first.both);
            numbers(format!("total of {} cases", self.total.cases), &self.total.both);
        }
        let Tallies { as_written, compiled } = &self.results;
        if self.first.is_none() {
            rows.push(head("cases".to_owned()));
        }
        if as_written.with_outputs > 0 || as_written.must_refuse == 0 {
            rows.push(vec![
                "cases equal".to_owned(),
                format!("{} of {}", as_written.equal, as_written.with_outputs),
                format!("{} of {}", compiled.equal, compiled.with_outputs),
            ]);
        }
        if as_written.must_refuse > 0 {
            rows.push(vec![
                "cases refused as expected".to_owned(),
                format!("{} of {}", as_written.refused_right, as_written.must_refuse),
                format!("{} of {}", compiled.refused_right, compiled.must_refuse),
            ]);
        }
        format!("{}\n\n{}", self.program, table::align(&rows, 1))
    }
}

/// Adds up commands and bytes.
fn add(sum: &mut Report, report: &Report) {
    let (commands, bytes) = (&mut sum.commands, &mut sum.bytes);
    commands.launches += report.commands.launches;
    commands.h2d += report.commands.h2d;
    commands.d2h += report.commands.d2h;
    commands.d2d += report.commands.d2d;
    commands.fills += report.commands.fills;
    commands.waits += report.commands.waits;
    commands.device_allocs += report.commands.device_allocs;
    commands.host_copies += report.commands.host_copies;
    bytes.h2d += report.bytes.h2d;
    bytes.d2h += report.bytes.d2h;
    bytes.d2d += report.bytes.d2d;
}
