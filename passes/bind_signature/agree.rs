//! Whether a declaration and a program are about the same op: names, positions, types, sizes.

use super::SignatureError;
use std::collections::HashSet;
use xpuc_dialect::dim::{Dim, SymbolKind};
use xpuc_dialect::ir::{Loc, Type};
use xpuc_dialect::signature::{Declared, Param, Signature, Size};

/// A contradiction, where it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Where it is declared.
    pub loc: Loc,
    /// What it is.
    pub error: SignatureError,
}

/// Everything in which a program's signature, as [`infer`](super::infer()) finds it, is not what is declared. Names
/// are compared first: where they differ, nothing else is.
pub fn compare(declared: &Signature, program: &Signature) -> Vec<Contradiction> {
    let mut agree = Agree { declared, program, found: Vec::new() };
    agree.inputs();
    agree.attributes();
    agree.outputs();
    agree.found
}

struct Agree<'s> {
    declared: &'s Signature,
    program: &'s Signature,
    found: Vec<Contradiction>,
}

impl Agree<'_> {
    fn say(&mut self, loc: &Loc, error: SignatureError) {
        self.found.push(Contradiction { loc: loc.clone(), error });
    }

    fn inputs(&mut self) {
        // Callers that pass a buffer in place pass it as an input too: then it is declared in both lists.
        let buffers: HashSet<&str> =
            self.declared.outputs.iter().filter_map(|o| o.buffer.as_deref()).collect();
        // A buffer that is declared as an input alone is written all the same.
        let written =
            |name: &str| self.program.outputs.iter().any(|output| output.buffer.as_deref() == Some(name));
        let read =
            |name: &str| self.program.inputs.iter().any(|input| *input.name == *name) && !written(name);
        let declared = self.declared.inputs.iter();
        let declared: Vec<&Param> =
            declared.filter(|input| !buffers.contains(&*input.name) || read(&input.name)).collect();
        let listed =
            |input: &&Param| !written(&input.name) || declared.iter().any(|param| param.name == input.name);
        let program: Vec<&Param> = self.program.inputs.iter().filter(listed).collect();
        self.list("an input", "input", &declared, &program, "has");
    }

    /// Flags (i1) may be left out: they come from the environment, not from the caller.
    fn attributes(&mut self) {
        let declared: Vec<&Param> = self.declared.attributes.iter().collect();
        let listed = |param: &&Param| {
            param.ty != Some(Declared::As(Type::I1)) || declared.iter().any(|other| other.name == param.name)
        };
        let program: Vec<&Param> = self.program.attributes.iter().filter(listed).collect();
        self.list("an attribute", "attribute", &declared, &program, "has");
    }

    fn outputs(&mut self) {
        let (mut kept, mut seen) = (Vec::new(), HashSet::new());
        for param in &self.declared.outputs {
            let written = |other: &&Param| {
                param.buffer.as_deref().is_some_and(|buffer| other.buffer.as_deref() == Some(buffer))
            };
            if let Some(written) = self.program.outputs.iter().find(written) {
                seen.insert(&*written.name);
                self.same(param, written, "has");
                continue;
            }
            let results = self.program.outputs.iter().filter(|output| output.buffer.is_none());
            let Some(result) = results.clone().find(|result| result.name == param.name) else {
                let name = param.name.to_string();
                self.say(&param.loc, SignatureError::Missing { name, what: "an output" });
                continue;
            };
            seen.insert(&*result.name);
            self.same(param, result, "yields");
            if param.buffer.is_none() {
                kept.push((param, result));
            } else if result.shape.is_none() {
                let found = elem(result).map_or_else(String::new, ToString::to_string);
                self.say(&param.loc, differs(param, "a buffer of the caller".to_owned(), "yields", found));
            }
        }
        let passed = |output: &&Param| {
            output.buffer.is_some() && self.declared.inputs.iter().any(|input| input.name == output.name)
        };
        let outputs = self.program.outputs.iter().filter(|output| !passed(output));
        let unseen = outputs.into_iter().find(|output| !seen.contains(&*output.name));
        if let Some(output) = unseen {
            let name = output.name.to_string();
            self.say(&self.declared.loc.clone(), SignatureError::Undeclared { name, what: "an output" });
        }
        let position =
            |result: &Param| self.program.outputs.iter().position(|other| other.name == result.name);
        let mut order: Vec<_> = kept.iter().filter_map(|(_, result)| position(result)).collect();
        order.sort_unstable();
        for (index, (param, result)) in kept.iter().enumerate() {
            let found = order.iter().position(|at| Some(*at) == position(result));
            if let Some(found) = found.filter(|found| *found != index) {
                let name = param.name.to_string();
                return self
                    .say(&param.loc, SignatureError::Order { name, what: "result", declared: index, found });
            }
        }
    }

    /// The same names in the same order, and what they stand for.
    fn list(
        &mut self,
        a_what: &'static str,
        what: &'static str,
        declared: &[&Param],
        program: &[&Param],
        verb: &'static str,
    ) {
        let before = self.found.len();
        for param in declared {
            if !program.iter().any(|other| other.name == param.name) {
                let name = param.name.to_string();
                self.say(&param.loc, SignatureError::Missing { name, what: a_what });
            }
        }
        for other in program {
            if !declared.iter().any(|param| param.name == other.name) {
                let name = other.name.to_string();
                self.say(&self.declared.loc.clone(), SignatureError::Undeclared { name, what: a_what });
            }
        }
        if self.found.len() > before {
            return;
        }
        let moved = declared.iter().zip(program).position(|(param, other)| param.name != other.name);
        if let Some(found) = moved {
            let name = program[found].name.to_string();
            let at = declared.iter().position(|param| param.name == program[found].name).unwrap_or(found);
            let error = SignatureError::Order { name, what, declared: at, found };
            return self.say(&declared[at].loc, error);
        }
        for (param, other) in declared.iter().zip(program) {
            self.same(param, other, verb);
        }
    }

    /// Element type, space and sizes, where they are declared.
    fn same(&mut self, param: &Param, found: &Param, verb: &'static str) {
        let word = |ty: &Type| match found.shape {
            Some(_) => format!("elements of {ty}"),
            None => ty.to_string(),
        };
        if let Some(Declared::As(_) | Declared::Named(_)) = &param.ty {
            let declared = self.elem_of(param, found.space.is_some());
            let found_elem = elem(found);
            match (declared, found_elem) {
                (Some(declared), Some(found)) if declared != *found => {
                    self.say(&param.loc, differs(param, word(&declared), verb, word(found)));
                }
                (None, Some(ty)) if found.space.is_none() => {
                    if let Some(Declared::Named(name)) = &param.ty {
                        self.say(&param.loc, differs(param, name.to_string(), verb, word(ty)));
                    }
                }
                _ => {}
            }
        }
        if let Some(space) = param.space
            && found.space != Some(space)
        {
            let there =
                found.space.map_or_else(|| "a scalar".to_owned(), |space| format!("the space {space}"));
            return self.say(&param.loc, differs(param, format!("the space {space}"), verb, there));
        }
        self.same_shape(param, found, verb);
    }

    fn same_shape(&mut self, param: &Param, found: &Param, verb: &'static str) {
        let Some(declared) = self.shape_of(param) else { return };
        let Some(Declared::As(dims)) = &found.shape else { return };
        if declared.len() != dims.len() {
            let declared = format!("{} dimensions", declared.len());
            return self.say(&param.loc, differs(param, declared, verb, dims.len().to_string()));
        }
        for (axis, (declared, found_size)) in declared.iter().zip(dims).enumerate() {
            let (Size::Dim(declared), Size::Dim(size)) = (declared, found_size) else { continue };
            let Some(declared) = self.resolve(declared) else { continue };
            // A caller's buffer has to be as large as what is written to it; of a result, no more is known.
            let compared = param.buffer.is_some() || !size.has_unknowns();
            if compared && declared != *size {
                let axis = (dims.len() > 1).then_some(axis);
                let name = param.name.to_string();
                let error = SignatureError::Size { name, declared, verb, found: size.clone(), axis };
                return self.say(&param.loc, error);
            }
        }
    }

    /// An array of the program, by its name.
    fn array(&self, name: &str) -> Option<&Param> {
        self.program.inputs.iter().find(|param| &*param.name == name)
    }

    fn elem_of(&self, param: &Param, array: bool) -> Option<Type> {
        match param.ty.as_ref()? {
            Declared::As(ty) => Some(ty.clone()),
            Declared::Named(name) if array => self.array(name).and_then(elem).cloned(),
            Declared::Named(_) => None,
        }
    }

    fn shape_of(&self, param: &Param) -> Option<Vec<Size>> {
        match param.shape.as_ref()? {
            Declared::As(dims) => Some(dims.clone()),
            Declared::Named(name) => match self.array(name)?.shape.as_ref()? {
                Declared::As(dims) => Some(dims.clone()),
                Declared::Named(_) => None,
            },
        }
    }

    /// A declared size with the program's in the place of `dim0(x)`, `last(x)` and `rank(x)`.
    fn resolve(&self, dim: &Dim) -> Option<Dim> {
        let mut resolved = dim.clone();
        for symbol in dim.symbols() {
            let SymbolKind::OfTensor { function, tensor } = symbol.kind() else { continue };
            let array = || match self.array(tensor)?.shape.as_ref()? {
                Declared::As(dims) => Some(dims.clone()),
                Declared::Named(_) => None,
            };
            let size = match (function.as_str(), function.strip_prefix("dim")) {
                ("rank", _) => Size::Dim(Dim::constant(i64::try_from(array()?.len()).ok()?)),
                ("last", _) => array()?.last()?.clone(),
                (_, Some(axis)) => array()?.get(axis.parse::<usize>().ok()?)?.clone(),
                _ => continue,
            };
            let Size::Dim(size) = size else { return None };
            resolved = resolved.substitute(symbol, &size).ok()?;
        }
        Some(resolved)
    }
}

fn elem(param: &Param) -> Option<&Type> {
    match &param.ty {
        Some(Declared::As(ty)) => Some(ty),
        _ => None,
    }
}

fn differs(param: &Param, declared: String, verb: &'static str, found: String) -> SignatureError {
    SignatureError::Differs { name: param.name.to_string(), declared, verb, found }
}
