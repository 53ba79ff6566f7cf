//! `//@ key: value` lines at the top of a case.

use xpuc::passes::registry;
use xpuc::{Opt, Phase, Target};

/// Every key; `tests/README.md` documents these and no others.
pub(crate) const KEYS: [&str; 6] = ["passes", "until", "show", "target", "opt", "program"];

/// What a case does with its program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Steps {
    /// Runs these passes.
    Passes(Vec<String>),
    /// Runs the pipeline up to and including this phase.
    Until(Phase),
}

/// What of the outcome the snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// The IR afterwards.
    After,
    /// The lines that the last pass or phase changed.
    Diff,
    /// Counters, and rules that fired.
    Stats,
    /// What was done and not done.
    Remarks,
    /// The files that are written for the target.
    Sources,
}

impl Show {
    /// Every spelling.
    pub(crate) const NAMES: [(&str, Show); 5] = [
        ("after", Show::After),
        ("diff", Show::Diff),
        ("stats", Show::Stats),
        ("remarks", Show::Remarks),
        ("sources", Show::Sources),
    ];
}

/// The directives of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directives {
    pub(crate) steps: Steps,
    pub(crate) show: Show,
    pub(crate) target: Target,
    pub(crate) opt: Opt,
    /// The program in whose place the case stands: a path from `tests/`.
    pub(crate) program: Option<String>,
}

impl Directives {
    /// Reads the directives of a case; `name` is its path from `tests/`, without extension.
    pub(crate) fn of(name: &str, source: &str) -> Result<Self, String> {
        let mut found = Found::default();
        for (line, text) in (1..).zip(source.lines()) {
            let Some(directive) = text.strip_prefix("//@") else {
                if text.contains("//@") {
                    return Err(format!(
                        "line {line}: expected //@ at the start of the line, found `{text}`"
                    ));
                }
                found.head &= text.starts_with("//") || text.is_empty();
                continue;
            };
            found.read(directive).map_err(|error| format!("line {line}: {error}"))?;
        }
        found.finish(name)
    }
}

struct Found {
    /// Whether only comments came so far.
    head: bool,
    keys: Vec<String>,
    steps: Option<Steps>,
    show: Show,
    target: String,
    opt: Opt,
    program: Option<String>,
}

impl Default for Found {
    fn default() -> Self {
        Found {
            head: true,
            keys: Vec::new(),
            steps: None,
            show: Show::After,
            target: "virtual".to_owned(),
            opt: Opt::Full,
            program: None,
        }
    }
}

impl Found {
    fn read(&mut self, directive: &str) -> Result<(), String> {
        let Some((key, value)) = directive.split_once(':').map(|(key, value)| (key.trim(), value.trim()))
        else {
            return Err(format!("expected `//@ key: value`, found `//@{directive}`"));
        };
        if !self.head {
            return Err(format!("expected `{key}` at the top, before the first module"));
        }
        if self.keys.iter().any(|known| known == key) {
            return Err(format!("expected `{key}` once, found it twice"));
        }
        match key {
            "passes" => self.step(Steps::Passes(passes(value)?))?,
            "until" => self.step(Steps::Until(phase(value)?))?,
            "show" => {
                let names = Show::NAMES.map(|(name, _)| name).join(", ");
                let show = Show::NAMES.into_iter().find(|(name, _)| *name == value);
                self.show = show.ok_or_else(|| format!("expected one of {names}, found `{value}`"))?.1;
            }
            "target" => self.target = value.to_owned(),
            "opt" => {
                self.opt = match value {
                    "none" => Opt::None,
                    "full" => Opt::Full,
                    _ => return Err(format!("expected none or full, found `{value}`")),
                }
            }
            "program" => self.program = Some(value.to_owned()),
            _ => return Err(format!("expected one of {}, found `{key}`", KEYS.join(", "))),
        }
        self.keys.push(key.to_owned());
        Ok(())
    }

    fn step(&mut self, steps: Steps) -> Result<(), String> {
        if self.steps.is_some() {
            return Err("expected either `passes` or `until`, found both".to_owned());
        }
        self.steps = Some(steps);
        Ok(())
    }

    fn finish(self, name: &str) -> Result<Directives, String> {
        let usual = name.starts_with("ops/").then_some(Steps::Until(Phase::Verify));
        let steps =
            self.steps.or(usual).ok_or("expected `//@ passes: ...` or `//@ until: ...`, found neither")?;
        if matches!(steps, Steps::Passes(_)) && self.keys.iter().any(|key| key == "opt") {
            return Err("`opt` is about the pipeline: expected `until` with it, found `passes`".to_owned());
        }
        let target = Target::find(&self.target).map_err(|error| error.to_string())?;
        Ok(Directives { steps, show: self.show, target, opt: self.opt, program: self.program })
    }
}

fn passes(value: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = value.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().find(|name| registry::find(name).is_none()) {
        None => Ok(names),
        Some(unknown) => {
            let known: Vec<&str> = registry::PASSES.iter().map(|pass| pass.name()).collect();
            Err(format!("expected passes, of {}, found `{unknown}`", known.join(", ")))
        }
    }
}

fn phase(value: &str) -> Result<Phase, String> {
    Phase::from_name(value).ok_or_else(|| {
        let known = Phase::ALL.map(Phase::name).join(", ");
        format!("expected a phase, one of {known}, found `{value}`")
    })
}
