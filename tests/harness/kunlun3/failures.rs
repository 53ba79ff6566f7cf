//! Whatever fails on the device, or in place of it on the host, the op says so, and leaves nothing half done.
//!
//! That is more than an exception, since outputs in place are the caller's. After a failed call
//! * no tensor comes back: results are returned or not, all of them;
//! * buffers on the host are as they were;
//! * each element of a buffer on the device is as it was, or as a whole call leaves it. Launches before the failure have
//!   written there, and nobody can take that back; but no intermediate value stands there.

use super::Both;
use libtest_mimic::Failed;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use xpuc::run::cases::Case;
use xpuc::run::kunlun::Options;
use xpuc::run::machine::Commands;
use xpuc::run::{Content, Failure, RunError};

/// Of a program's cases the smallest for each sequence of commands.
#[derive(Default)]
pub(super) struct Sequences {
    smallest: BTreeMap<String, (usize, Case)>,
}

impl Sequences {
    /// A case that came out as it has to, with these commands.
    pub(super) fn add(&mut self, case: &Case, commands: &Commands, events: u64) {
        let size = super::elements(case);
        match self.smallest.entry(format!("{commands:?}, {events} events")) {
            Entry::Vacant(entry) => {
                entry.insert((size, case.clone()));
            }
            Entry::Occupied(mut entry) if size < entry.get().0 => {
                entry.insert((size, case.clone()));
            }
            Entry::Occupied(_) => {}
        }
    }

    pub(super) fn len(&self) -> usize {
        self.smallest.len()
    }

    /// Makes everything fail in turn that can fail in one of the cases, on the device and on the host.
    pub(super) fn check(&self, both: &mut Both) -> Result<(), Failed> {
        for (_, case) in self.smallest.values() {
            for on_host in [false, true] {
                fail(both, case, on_host)
                    .map_err(|said| format!("{}, on_host: {on_host}: {said}", case.name))?;
            }
        }
        Ok(())
    }
}

/// Words of which a message has one: what it is that failed.
fn words(failed: &Failure) -> Vec<&str> {
    match &*failed.what {
        "launch" | "wrapper" => {
            vec![failed.of.trim_matches(['(', ')']).rsplit("::").next().unwrap_or_default()]
        }
        "allocation" => vec!["workspace", "memory"],
        "wait" => vec!["Wait", "xpu_wait"],
        "transfer" => vec!["HostToDevice", "DeviceToHost", "xpu_memcpy", "do_host2device", "do_device2host"],
        "constant" => vec!["constant"],
        "copy" => vec!["copy"],
        "cast" => vec!["cast"],
        _ => vec![],
    }
}

fn fail(both: &mut Both, case: &Case, on_host: bool) -> Result<(), String> {
    let options = Options { seed: 1, on_host, ..Options::default() };
    let (whole, _) = both.strict.check(case, options).map_err(|error| error.to_string())?;
    let events = both.strict.events();
    for fail_at in 1..=events {
        let at = |said: String| format!("event {fail_at} of {events} failed: {said}");
        let (message, failed, left) = match both.strict.check(case, Options { fail_at, ..options }) {
            Err(RunError::Injected { message, failed, left }) => (message, failed, left),
            Err(error) => return Err(at(format!("expected the op to say so, found {error}"))),
            Ok(_) => return Err(at("expected the op to say so, found nothing".to_owned())),
        };
        if !words(&failed).iter().any(|word| !word.is_empty() && message.contains(word)) {
            return Err(at(format!("expected a message about {failed:?}, found {message:?}")));
        }
        for (name, now) in &left {
            if both.strict.is_on_host(name) {
                return Err(at(format!(
                    "{name} is on the host: expected what it was, found another content"
                )));
            }
            let given = case.arguments.as_ref().ok().and_then(|arguments| arguments.inputs.get(name));
            let before = |index: usize| given.and_then(|tensor| tensor.data.get(index).copied());
            let after = whole.outputs.get(name).map(|content: &Content| &content.data);
            for (index, found) in now.data.iter().enumerate() {
                let done = after.and_then(|data| data.get(index).copied()).flatten();
                if *found != before(index) && *found != done {
                    let (old, found) = (before(index), *found);
                    return Err(at(format!(
                        "{name}[{index}]: expected {old:?} or {done:?}, found {found:?}"
                    )));
                }
            }
        }
    }
    Ok(())
}
