//! The same call at each level of optimization: nobody may tell the difference.

use crate::case::with_session;
use crate::run_case::{self, CHECKED};
use libtest_mimic::Failed;
use std::collections::BTreeMap;
use xpuc::Opt;
use xpuc::dialect::dim::{Dim, Symbol};
use xpuc::dialect::ir::{self, Func, Type};
use xpuc::run::cases::{Arguments, Attr, Tensor};
use xpuc::run::machine::Options as MachineOptions;
use xpuc::run::{Content, Program, RunError};

/// Random calls of each program.
const CALLS: u64 = 30;

/// Numbers that are the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next number, below `end`: splitmix64.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    /// Mostly small numbers, sometimes the extremes.
    fn element(&mut self) -> i64 {
        match self.below(20) {
            0 => i64::from(i32::MAX),
            1 => i64::from(i32::MIN),
            _ => self.below(9) as i64 - 2,
        }
    }
}

/// Random calls of a case that is run.
pub(crate) fn run(name: &str) -> Result<(), Failed> {
    let source = run_case::source(name)?;
    compare_levels(&source, &format!("tests/{name}.mlir"), CALLS, 1)
}

/// Compiles a program at both levels and compares them on random calls.
pub(crate) fn compare_levels(source: &str, file: &str, calls: u64, seed: u64) -> Result<(), Failed> {
    with_session(|session| {
        let module = session.parse(source, file).map_err(|error| error.to_string())?;
        let func =
            module.funcs.iter().find(|func| !func.body.is_empty() && !func.attrs.contains_key("xpu.kernel"));
        let func = func.ok_or("expected a function with a body")?;
        let none = run_case::program(session, source, file, Opt::None, CHECKED)?;
        let full =
            run_case::program(session, source, file, Opt::Full, MachineOptions { seed: 2, ..CHECKED })?;
        let mut ran = 0;
        for call in 0..calls {
            let arguments = arguments(func, &mut Random::new(seed.wrapping_mul(1000) + call))?;
            match compare(func, &none, &full, &arguments) {
                Ok(true) => ran += 1,
                Ok(false) => {}
                Err(fault) => return Err(format!("{fault}\nwhen called with {arguments:?}").into()),
            }
        }
        if ran == 0 {
            Err(format!("none of {calls} random calls came to an end: nothing was compared").into())
        } else {
            Ok(())
        }
    })
}

/// Compares one call; false where the program as written is at fault, so that anything goes.
fn compare(func: &Func, none: &Program, full: &Program, arguments: &Arguments) -> Result<bool, String> {
    let results: Vec<String> = (0..func.result_types.len()).map(|index| func.result_name(index)).collect();
    match (none.run(arguments), full.run(arguments)) {
        (Ok(none), Ok(full)) => {
            for (name, expected) in &none.outputs {
                let found = full.outputs.get(name).ok_or_else(|| format!("{name}: missing at full"))?;
                if let Some(difference) = difference(expected, found, results.contains(name)) {
                    return Err(format!("{name}: {difference}"));
                }
            }
            Ok(true)
        }
        (Err(RunError::Machine { contract: false, .. }), _) => Ok(false),
        (Err(none), Err(full)) if none == full => Ok(true),
        (Err(none), Err(full)) => Err(format!("refused at none: {none}\nrefused at full: {full}")),
        (Ok(_), Err(full)) => Err(format!("runs at none, refused at full: {full}")),
        (Err(none), Ok(_)) => Err(format!("runs at full, refused at none: {none}")),
    }
}

/// What nobody has written in a fresh buffer may be anything; a buffer of the caller is left as it was.
fn difference(expected: &Content, found: &Content, fresh: bool) -> Option<String> {
    if expected.dims != found.dims {
        return Some(format!("expected dims {:?} as at none, found {:?}", expected.dims, found.dims));
    }
    let mut elements = expected.data.iter().zip(&found.data).enumerate();
    let (index, (expected, found)) =
        elements.find(|(_, (expected, found))| expected != found && !(fresh && expected.is_none()))?;
    let text =
        |value: &Option<i64>| value.map_or_else(|| "nothing written".to_owned(), |value| value.to_string());
    Some(format!("element {index}: expected {} as at none, found {}", text(expected), text(found)))
}

/// Arguments of the declared shapes.
fn arguments(func: &Func, random: &mut Random) -> Result<Arguments, Failed> {
    let mut arguments = Arguments::default();
    let mut sizes: BTreeMap<Symbol, i64> = BTreeMap::new();
    for (index, ty) in func.arg_types().iter().enumerate().filter(|(_, ty)| ty.is_scalar()) {
        let name = func.arg_name(index);
        let attr =
            if *ty == Type::I1 { Attr::Flag(random.below(2) == 1) } else { Attr::Int(random.element()) };
        if let (Attr::Int(value), Ok(symbol)) = (attr, Symbol::named(&name)) {
            sizes.insert(symbol, value);
        }
        arguments.attrs.insert(name, attr);
    }
    for (index, ty) in func.arg_types().iter().enumerate() {
        let (Some(shaped), false) = (ty.memref(), func.arg_attrs[index].contains_key("xpu.output")) else {
            continue;
        };
        let name = func.arg_name(index);
        let declared = declared(func, index)?;
        let mut dims = Vec::new();
        for (axis, size) in shaped.dims.iter().enumerate() {
            let size = size.map(|size| size as i64);
            dims.push(match declared.get(axis) {
                Some(dim) => match dim.as_symbol() {
                    Some(symbol) => *sizes
                        .entry(symbol.clone())
                        .or_insert_with(|| size.unwrap_or_else(|| random.below(8) as i64)),
                    None => dim.evaluate(&sizes).map_err(|error| format!("{name}: {error}"))?,
                },
                None => size.unwrap_or_else(|| random.below(8) as i64),
            });
        }
        let dims: Vec<usize> =
            dims.into_iter().map(|size| usize::try_from(size).unwrap_or_default()).collect();
        let mask = *shaped.elem == Type::I1;
        let element = |random: &mut Random| if mask { random.below(2) as i64 } else { random.element() };
        let data = (0..dims.iter().product()).map(|_| element(random)).collect();
        arguments.inputs.insert(name, Tensor { dims, data });
    }
    Ok(arguments)
}

fn declared(func: &Func, index: usize) -> Result<Vec<Dim>, Failed> {
    let Some(ir::Attr::Array(list)) = func.arg_attrs[index].get("xpu.shape") else { return Ok(Vec::new()) };
    let parse = |text: &ir::Attr| text.as_str().unwrap_or_default().parse::<Dim>();
    list.iter().map(parse).collect::<Result<_, _>>().map_err(|error| error.to_string().into())
}
