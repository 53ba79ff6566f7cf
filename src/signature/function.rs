//! Functions: where they stand in a unit, their parameters and bodies.

use super::ast::Stmt;
use super::chain::balanced_end;
use super::cpp_type::{Aliases, CppType};
use super::preprocess::{Define, Unit, words};
use super::syntax::{Reader, children, innermost, parse};
use super::text::Place;
use std::sync::Arc;
use tree_sitter::Node;

/// A function, defined or declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// With its namespaces: `a::b::f`.
    pub(crate) name: String,
    pub(crate) params: Vec<Param>,
    /// The type it returns; empty for `auto` and where none was found.
    pub(crate) returns: String,
    /// Whether macros of the file hide statements of the body.
    pub(crate) hides: bool,
    /// `None` for a declaration.
    pub(crate) body: Option<Vec<Stmt>>,
    /// Where its name stands.
    pub(crate) place: Place,
    /// What names of types stand for where it is.
    pub(crate) aliases: Arc<Aliases>,
    /// Whether other files cannot see it: it is static, or in an anonymous namespace.
    pub(crate) internal: bool,
    /// Whether it is a template.
    pub(crate) template: bool,
    /// The unit it is in: ranges of its body are places there.
    pub(crate) unit: Unit,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param {
    /// `None` where it has none.
    pub(crate) name: Option<String>,
    pub(crate) ty: CppType,
    pub(crate) place: Place,
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.text.file == other.text.file && self.choice == other.choice
    }
}

impl Eq for Unit {}

impl Function {
    /// The name of a parameter in messages.
    pub(crate) fn param_name(&self, index: usize) -> String {
        let name = self.params.get(index).and_then(|param| param.name.clone());
        name.unwrap_or_else(|| format!("parameter {index}"))
    }

    /// Whether both take the same parameters.
    pub(crate) fn same_params(&self, other: &Self) -> bool {
        let types =
            |function: &Self| function.params.iter().map(|param| param.ty.clone()).collect::<Vec<_>>();
        types(self) == types(other)
    }
}

/// Every function of the unit at namespace level, in order.
pub(crate) fn functions(unit: &Unit) -> Vec<Function> {
    let Some(tree) = parse(&unit.code) else { return Vec::new() };
    let mut finder = Finder {
        unit,
        reader: Reader { text: &unit.code },
        aliases: Aliases::new(),
        shared: Arc::default(),
        anonymous: 0,
        out: Vec::new(),
    };
    finder.aliases(tree.root_node(), 0);
    finder.shared = Arc::new(finder.aliases.clone());
    finder.scope(tree.root_node(), "", false, 0);
    finder.out
}

/// Deepest nesting of namespaces, and of what did not parse, that is searched.
const MAX_DEPTH: usize = 60;

struct Finder<'u> {
    unit: &'u Unit,
    reader: Reader<'u>,
    aliases: Aliases,
    /// The same, once all are known.
    shared: Arc<Aliases>,
    /// How many anonymous namespaces are open.
    anonymous: usize,
    out: Vec<Function>,
}

impl Finder<'_> {
    fn aliases(&mut self, node: Node<'_>, depth: usize) {
        for child in children(node) {
            let pair = match child.kind() {
                "namespace_alias_definition" => {
                    let parts = children(child);
                    if let [name, namespace] = parts[..] {
                        let (name, namespace) = (self.reader.compact(name), self.reader.compact(namespace));
                        self.aliases.insert(format!("{name}::"), format!("{namespace}::"));
                    }
                    continue;
                }
                "alias_declaration" => ("name", "type"),
                "type_definition" => ("declarator", "type"),
                "namespace_definition" | "declaration_list" | "linkage_specification"
                    if depth < MAX_DEPTH =>
                {
                    self.aliases(child, depth + 1);
                    continue;
                }
                _ => continue,
            };
            let field = |name: &str| child.child_by_field_name(name);
            if let (Some(name), Some(ty)) = (field(pair.0), field(pair.1)) {
                self.aliases.insert(self.reader.compact(name), self.reader.compact(ty));
            }
        }
    }

    fn scope(&mut self, node: Node<'_>, namespace: &str, template: bool, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for child in children(node) {
            match child.kind() {
                "namespace_definition" => {
                    let name = child.child_by_field_name("name").map(|name| self.reader.compact(name));
                    let inner = match name {
                        Some(name) if namespace.is_empty() => name,
                        Some(name) => format!("{namespace}::{name}"),
                        // What an anonymous one holds is seen from outside.
                        None => namespace.to_owned(),
                    };
                    let anonymous = usize::from(child.child_by_field_name("name").is_none());
                    self.anonymous += anonymous;
                    if let Some(body) = child.child_by_field_name("body") {
                        self.scope(body, &inner, template, depth + 1);
                    }
                    self.anonymous -= anonymous;
                }
                "function_definition" | "declaration" => {
                    let before = self.out.len();
                    self.function(child, namespace, template);
                    // What did not parse may have swallowed those behind it.
                    if self.out.len() == before && child.has_error() {
                        self.scope(child, namespace, template, depth + 1);
                    }
                }
                "template_declaration" => self.scope(child, namespace, true, depth + 1),
                "linkage_specification" | "declaration_list" | "ERROR" | "compound_statement" => {
                    self.scope(child, namespace, template, depth + 1);
                }
                _ if child.has_error() && !child.kind().ends_with("expression") => {
                    self.scope(child, namespace, template, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn function(&mut self, node: Node<'_>, namespace: &str, template: bool) {
        let Some(declarator) = node.child_by_field_name("declarator") else { return };
        // `T& f()` and `T* f()` hide the function's declarator in others.
        let mut function = declarator;
        while function.kind() != "function_declarator" {
            let inner = function.child_by_field_name("declarator").or_else(|| {
                let wrapper = matches!(function.kind(), "reference_declarator" | "pointer_declarator");
                if wrapper { children(function).into_iter().next_back() } else { None }
            });
            let Some(inner) = inner else { return };
            function = inner;
        }
        let (Some(name), Some(params)) =
            (function.child_by_field_name("declarator"), function.child_by_field_name("parameters"))
        else {
            return;
        };
        if !matches!(name.kind(), "identifier" | "qualified_identifier") {
            return;
        }
        let body = node.child_by_field_name("body").filter(|body| body.kind() == "compound_statement");
        if node.kind() == "function_definition" && body.is_none() {
            return;
        }
        let plain = self.reader.compact(name);
        let name_text = if namespace.is_empty() { plain } else { format!("{namespace}::{plain}") };
        let is_static = children(node).iter().any(|child| {
            child.kind() == "storage_class_specifier" && self.reader.text_of(*child) == "static"
        });
        let trailing = children(function).into_iter().find(|child| child.kind() == "trailing_return_type");
        let trailing = trailing.and_then(|trailing| children(trailing).into_iter().next());
        let returns = trailing.or(node.child_by_field_name("type"));
        let returns = returns.map(|ty| self.reader.compact(ty)).unwrap_or_default();
        let params = children(params).into_iter().filter_map(|param| self.param(param)).collect();
        self.out.push(Function {
            name: name_text,
            params,
            returns: if returns == "auto" { String::new() } else { returns },
            hides: body.is_some_and(|body| self.hides(body)),
            body: body.map(|body| self.reader.body(body)),
            place: self.unit.text.place(name.byte_range()),
            aliases: Arc::clone(&self.shared),
            internal: is_static || self.anonymous > 0,
            template,
            unit: self.unit.clone(),
        });
    }

    /// Whether the text uses a macro that assigns, returns or decides something.
    fn hides(&self, body: Node<'_>) -> bool {
        let text = self.unit.bare.get(body.byte_range()).unwrap_or_default();
        let acts = |define: &Define| {
            let body = define.body.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", "");
            let is = |word: &str| words(&body, word).next().is_some();
            body.contains(['=', ';'])
                || body.contains("++")
                || ["return", "if", "goto", "push_back"].into_iter().any(is)
        };
        self.unit.defines.iter().any(|define| words(text, &define.name).next().is_some() && acts(define))
    }

    fn param(&self, node: Node<'_>) -> Option<Param> {
        if !matches!(node.kind(), "parameter_declaration" | "optional_parameter_declaration" | "ERROR") {
            return None;
        }
        let declarator = node.child_by_field_name("declarator");
        let inner = declarator.map(innermost).filter(|inner| inner.kind() == "identifier");
        let text = self.reader.text_of(node);
        // The type is what is left without the name and the default.
        let start = node.start_byte();
        let mut ty = text.to_owned();
        if let Some(default) = node.child_by_field_name("default_value") {
            let equals = text[..default.start_byte() - start].rfind('=').unwrap_or(text.len());
            ty.truncate(equals);
        }
        if let Some(inner) = inner {
            let (from, to) = (inner.start_byte() - start, inner.end_byte() - start);
            if to <= ty.len() {
                ty.replace_range(from..to, " ");
            }
        }
        if ty.trim() == "void" {
            return None;
        }
        let name = inner.map(|inner| self.reader.text_of(inner).to_owned());
        let place = self.unit.text.place(inner.map_or_else(|| node.byte_range(), |inner| inner.byte_range()));
        Some(Param { name, ty: CppType::read(&ty, &self.aliases), place })
    }
}

/// The definition of a function at namespace level, found by its words and parsed alone.
pub(crate) fn alone(unit: &Unit, name: &str) -> Option<Function> {
    let name = name.split('<').next()?.rsplit("::").next()?;
    let bare = &unit.bare;
    let blanks = |from: usize| from + bare[from..].bytes().take_while(u8::is_ascii_whitespace).count();
    let found = words(bare, name).find_map(|at| {
        let open = blanks(at + name.len());
        if bare.as_bytes().get(open) != Some(&b'(') {
            return None;
        }
        let body = blanks(balanced_end(bare, open));
        if bare.as_bytes().get(body) != Some(&b'{') {
            return None;
        }
        // What is before it, back to the end of something else, is its type.
        let start = bare[..at].rfind([';', '}', '{']).map_or(0, |end| end + 1);
        let ty = bare[start..at].trim();
        let is_type = !ty.is_empty() && !ty.ends_with(['(', ',', '=', '.']);
        is_type.then(|| start..balanced_end(bare, body))
    })?;
    let mut bytes = vec![b' '; unit.code.len()];
    bytes[found.clone()].copy_from_slice(&unit.code.as_bytes()[found]);
    let only = Unit { code: String::from_utf8(bytes).ok()?.into(), ..unit.clone() };
    functions(&only).into_iter().find(|function| function.name.ends_with(name) && function.body.is_some())
}
