//! Declarations of ops: what stands in an `xpu.signature`.

use super::check::{Check, ensure};
use crate::ir::{Attr, Module, Op, Type};
use crate::signature::{LISTS, Size, place};
use rustc_hash::FxHashSet as HashSet;
use std::fmt;

/// What an entry may say.
const KEYS: [&str; 8] = ["name", "type", "space", "shape", "inplace", "vector", "optional", "at"];

/// An entry of one of the lists, as messages name it.
struct Entry<'a> {
    list: &'static str,
    index: usize,
    attr: &'a Attr,
}

impl<'a> Entry<'a> {
    fn get(&self, key: &str) -> Option<&'a Attr> {
        self.attr.entry(key)
    }

    fn name(&self) -> Option<&'a str> {
        self.get("name").and_then(Attr::as_str).filter(|name| !name.is_empty())
    }

    fn is_scalar(&self) -> bool {
        self.list == "attributes"
    }
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{}[{}]", self.list, self.index),
        }
    }
}

/// The op stands where no function does.
pub(super) fn in_function(op: &Op) -> Check {
    ensure!("signature_c1", false, "expected at the top level of a module, found {} in a function", op.name);
    Ok(())
}

/// The constraints of the signature at `index` of the module.
pub(super) fn constraints(module: &Module, index: usize) -> Check {
    let signatures = &module.attrs.signatures;
    let op = &signatures[index];
    let mut entries = Vec::new();
    for list in LISTS {
        if let Some(Attr::Array(attrs)) = op.attrs.get(list) {
            entries.extend(attrs.iter().enumerate().map(|(index, attr)| Entry { list, index, attr }));
        }
    }
    for entry in &entries {
        let named = entry.name().is_some();
        ensure!("signature_c2", named, "{entry} must be a dictionary with a name, found {}", entry.attr);
        let Attr::Dict(items) = entry.attr else { continue };
        let unknown = items.iter().find(|(key, _)| !KEYS.contains(&&**key));
        if let Some((key, _)) = unknown {
            ensure!("signature_c2", false, "{entry} may have {}, found {key}", KEYS.join(", "));
        }
    }
    // An output in place has the name of its buffer, which may be an input.
    let (mut parameters, mut outputs) = (HashSet::default(), HashSet::default());
    for entry in &entries {
        let names = if entry.list == "outputs" { &mut outputs } else { &mut parameters };
        let new = names.insert(entry.name());
        ensure!("signature_c3", new, "{entry} must be declared once, found it again in {}", entry.list);
    }
    entries.iter().try_for_each(types)?;
    entries.iter().try_for_each(arrays)?;
    entries.iter().try_for_each(in_place)?;
    let function = |op: &Op| op.str_attr("function").map(str::to_owned);
    let first = signatures.iter().position(|other| function(other) == function(op)) == Some(index);
    let name = function(op).unwrap_or_default();
    ensure!("signature_c8", first, "expected one signature of {name}, found another");
    Ok(())
}

fn types(entry: &Entry<'_>) -> Check {
    let Some(ty) = entry.get("type") else { return Ok(()) };
    let scalar = match ty {
        Attr::Type(Type::Int(_)) => true,
        Attr::Type(Type::Other(name)) => name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        Attr::Str(name) => !name.is_empty(),
        _ => false,
    };
    ensure!("signature_c4", scalar, "type of {entry} must be that of an element, or name one, found {ty}");
    Ok(())
}

fn arrays(entry: &Entry<'_>) -> Check {
    if let Some(space) = entry.get("space") {
        let known = !entry.is_scalar() && matches!(space.as_str(), Some("host" | "device"));
        ensure!("signature_c5", known, "space of {entry} must be host or device, of an array, found {space}");
    }
    let flag = ["vector", "optional"].into_iter().find(|key| entry.get(key).is_some());
    if let Some(flag) = flag {
        let unit = entry.get(flag) == Some(&Attr::Unit) && !entry.is_scalar();
        ensure!(
            "signature_c9",
            unit,
            "{flag} of {entry} must be a unit attribute, of an array, found another"
        );
    }
    if let Some(at) = entry.get("at") {
        let known = at.as_str().and_then(place).is_some();
        ensure!("signature_c10", known, "at of {entry} must be a place like \"op.cc:12:5\", found {at}");
    }
    let Some(shape) = entry.get("shape") else { return Ok(()) };
    let list = matches!(shape, Attr::Array(_) | Attr::Str(_)) && !entry.is_scalar();
    ensure!(
        "signature_c6",
        list,
        "shape of {entry} must be a list of sizes or name an input, of an array, found {shape}"
    );
    let Attr::Array(dims) = shape else { return Ok(()) };
    for dim in dims {
        let known = dim.as_str().and_then(Size::read).is_some();
        ensure!(
            "signature_c6",
            known,
            "shape of {entry} must hold sizes like \"B + 1\" or \"?\", found {dim}"
        );
    }
    Ok(())
}

fn in_place(entry: &Entry<'_>) -> Check {
    let Some(buffer) = entry.get("inplace") else { return Ok(()) };
    let named = buffer.as_str().is_some_and(|name| !name.is_empty());
    ensure!(
        "signature_c7",
        entry.list == "outputs" && (*buffer == Attr::Unit || named),
        "inplace of {entry} must be a unit attribute of an output or name its buffer, found {buffer}"
    );
    Ok(())
}
