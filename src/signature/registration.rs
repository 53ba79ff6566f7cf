//! Registrations read: what each setter of a chain declares.

use super::ast::{Expr, ExprKind};
use super::chain::{Chain, MAX_MACROS, chains};
use super::declared::{AttrDecl, Reference, Registration, Tensor};
use super::preprocess::Unit;
use super::scope::Scopes;
use super::syntax::{Reader, children, parse};
use super::text::Place;
use std::ops::Range;

/// Every registration of the unit, in order.
pub(crate) fn registrations(unit: &Unit) -> Vec<Registration> {
    let scopes = Scopes::of(&unit.bare);
    chains(unit).iter().map(|chain| chain.read(unit, &scopes)).collect()
}

impl Chain {
    fn read(&self, unit: &Unit, scopes: &Scopes) -> Registration {
        let place = unit.text.place(self.used.clone());
        let mut registration = Registration {
            name: self.name.clone(),
            registered_as: self.name.clone(),
            level: self.level,
            place,
            scope: scopes.around(self.used.start).map(str::to_owned),
            inputs: Some(Vec::new()),
            outputs: Some(Vec::new()),
            attrs: Some(Vec::new()),
            inplace: Some(Vec::new()),
            kernel: None,
            infer_shape: None,
            infer_dtype: None,
            setters: Vec::new(),
            unread: Vec::new(),
        };
        let expr = parse(&self.text).and_then(|tree| {
            let statement = children(tree.root_node()).into_iter().next()?;
            let expr = children(statement).into_iter().next().unwrap_or(statement);
            Some(Reader { text: &self.text }.expr(expr))
        });
        let mut calls = Vec::new();
        let mut at = expr.as_ref();
        while let Some(Expr { kind: ExprKind::Call(callee, args), range }) = at {
            match &callee.kind {
                ExprKind::Member(base, setter) => {
                    calls.push((setter, args, range));
                    at = Some(base);
                }
                ExprKind::Name(_) => {
                    if let Some(Expr { range, .. }) = args.first() {
                        registration.registered_as = self.text[range.clone()].trim().to_owned();
                    }
                    break;
                }
                _ => break,
            }
        }
        let whole = expr.as_ref().is_some_and(|expr| expr.range.end + 1 >= self.text.trim_end().len());
        if !whole || (calls.is_empty() && self.text.contains('.')) {
            let why = "expected calls of setters, found text that does not parse as C++".to_owned();
            registration.unread.push((why, registration.place.clone()));
            registration.inputs = None;
        }
        for (setter, args, range) in calls.into_iter().rev() {
            let reader = Setter { chain: self, unit, registration: &mut registration };
            reader.read(setter, args, range);
        }
        registration
    }
}

/// Reads the arguments of one setter.
struct Setter<'a> {
    chain: &'a Chain,
    unit: &'a Unit,
    registration: &'a mut Registration,
}

impl Setter<'_> {
    fn place(&self, expr: &Expr) -> Place {
        self.chain.place(self.unit, &expr.range)
    }

    fn read(mut self, setter: &str, args: &[Expr], range: &Range<usize>) {
        let place = match args.first() {
            Some(first) => self.place(first),
            None => self.chain.place(self.unit, range),
        };
        self.registration.setters.push((setter.to_owned(), place.clone()));
        match setter {
            "Inputs" => self.registration.inputs = self.list(setter, args, Self::tensor),
            "Outputs" => self.registration.outputs = self.list(setter, args, Self::tensor),
            "Attrs" => self.registration.attrs = self.list(setter, args, Self::attr),
            "SetInplaceMap" => self.registration.inplace = self.list(setter, args, Self::pair),
            "SetKernelFn" => self.registration.kernel = Some(self.reference(setter, args, &place)),
            "SetInferShapeFn" => self.registration.infer_shape = Some(self.reference(setter, args, &place)),
            "SetInferDtypeFn" => self.registration.infer_dtype = Some(self.reference(setter, args, &place)),
            _ => {}
        }
    }

    /// The elements of `{...}`, if every one can be read.
    fn list<T>(
        &mut self,
        setter: &str,
        args: &[Expr],
        element: impl Fn(&Self, &Expr) -> Option<T>,
    ) -> Option<Vec<T>> {
        let list = match args {
            [] => return Some(Vec::new()),
            [Expr { kind: ExprKind::List(list), .. }] => list,
            // `std::vector<std::string>{...}`
            [Expr { kind: ExprKind::Call(_, inner), .. }] => match &inner[..] {
                [Expr { kind: ExprKind::List(list), .. }] => list,
                _ => return self.unread(setter, &args[0]),
            },
            [other, ..] => return self.unread(setter, other),
        };
        let mut out = Vec::new();
        for expr in list {
            match element(self, expr) {
                Some(value) => out.push(value),
                None => return self.unread(setter, expr),
            }
        }
        Some(out)
    }

    fn unread<T>(&mut self, setter: &str, expr: &Expr) -> Option<T> {
        let found = &self.chain.text[expr.range.clone()];
        let found = found.split_whitespace().collect::<Vec<_>>().join(" ");
        let found: String = found.chars().take(60).collect();
        let why = format!("{setter}: expected literals, found {found}");
        let place = self.place(expr);
        self.registration.unread.push((why, place));
        None
    }

    /// `"x"`, `paddle::Optional(paddle::Vec("x"))`, or a macro for one of them.
    fn tensor(&self, expr: &Expr) -> Option<Tensor> {
        let place = self.place(expr);
        decorated(self.unit, expr, 0).map(|decorated| Tensor { decorated, place })
    }

    fn attr(&self, expr: &Expr) -> Option<AttrDecl> {
        decorated(self.unit, expr, 0).map(|text| AttrDecl::new(text, self.place(expr)))
    }

    fn pair(&self, expr: &Expr) -> Option<(Tensor, Tensor)> {
        let ExprKind::List(pair) = &expr.kind else { return None };
        let [from, to] = &pair[..] else { return None };
        Some((self.tensor(from)?, self.tensor(to)?))
    }

    /// `PD_KERNEL(f)`
    fn reference(&mut self, setter: &str, args: &[Expr], place: &Place) -> Reference {
        let inner = match args {
            [Expr { kind: ExprKind::Call(callee, inner), .. }]
                if callee.name().is_some_and(|name| name.starts_with("PD_")) =>
            {
                inner.first()
            }
            [Expr { kind: ExprKind::Call(..), .. }] => None,
            [other] => Some(other),
            _ => None,
        };
        let name = inner.and_then(Expr::name).map(str::to_owned);
        if name.is_none() {
            let why = format!("{setter}: expected the name of a function, found something else");
            self.registration.unread.push((why, place.clone()));
        }
        Reference { name, place: inner.map_or_else(|| place.clone(), |inner| self.place(inner)) }
    }
}

/// A name with the suffixes that Paddle's decorations add.
fn decorated(unit: &Unit, expr: &Expr, depth: usize) -> Option<String> {
    match &expr.kind {
        ExprKind::Str(text) => Some(text.clone()),
        ExprKind::Call(callee, args) => {
            let [inner] = &args[..] else { return None };
            let inner = decorated(unit, inner, depth)?;
            let suffix = match callee.name()?.rsplit("::").next()? {
                "Vec" => "@VECTOR",
                "Optional" => "@OPTIONAL",
                "Grad" => "@GRAD",
                "New" => "@NEW",
                "string" => "",
                _ => return None,
            };
            Some(inner + suffix)
        }
        ExprKind::Name(name) if depth < MAX_MACROS => {
            let define =
                unit.defines.iter().find(|define| define.name == *name && define.params.is_none())?;
            let tree = parse(&define.body)?;
            let statement = children(tree.root_node()).into_iter().next()?;
            let inner = children(statement).into_iter().next().unwrap_or(statement);
            decorated(unit, &Reader { text: &define.body }.expr(inner), depth + 1)
        }
        _ => None,
    }
}
