//! tree-sitter's C++ grammar: text to [`ast`](super::ast).

use super::ast::{Expr, ExprKind, Stmt};
use std::ops::{ControlFlow, Range};
use tree_sitter::{Node, ParseOptions, Parser, Tree};

/// Deepest nesting of expressions and statements that is read.
const MAX_DEPTH: usize = 100;

/// Most steps of the parser for each byte, in units of its progress reports; error recovery can be slow.
const MAX_REPORTS_A_BYTE: usize = 4;

/// Parses text; `None` if the parser gives up.
pub(crate) fn parse(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_cpp::LANGUAGE.into()).ok()?;
    let mut left = 10_000 + text.len() * MAX_REPORTS_A_BYTE;
    let mut watch = |_: &tree_sitter::ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut watch);
    let bytes = text.as_bytes();
    parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options))
}

/// Named children, comments left out.
pub(crate) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

/// A text and the tree that was parsed from it.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'t> {
    pub(crate) text: &'t str,
}

impl<'t> Reader<'t> {
    pub(crate) fn text_of(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// Text without spaces and comments, but for those between two words.
    pub(crate) fn compact(&self, node: Node<'_>) -> String {
        squeeze(self.text_of(node))
    }

    pub(crate) fn expr(&self, node: Node<'_>) -> Expr {
        self.expr_at(node, 0)
    }

    fn expr_at(&self, node: Node<'_>, depth: usize) -> Expr {
        let range: Range<usize> = node.byte_range();
        if depth > MAX_DEPTH {
            return Expr { kind: ExprKind::Other(Vec::new()), range };
        }
        let kind = self.kind(node, depth).unwrap_or_else(|| {
            let all = children(node).into_iter().map(|child| self.expr_at(child, depth + 1)).collect();
            ExprKind::Other(all)
        });
        Expr { kind, range }
    }

    fn kind(&self, node: Node<'_>, depth: usize) -> Option<ExprKind> {
        let sub = |node: Node<'_>| Box::new(self.expr_at(node, depth + 1));
        let field = |name: &str| node.child_by_field_name(name);
        let args = |node: Node<'_>| -> Vec<Expr> {
            children(node).into_iter().map(|child| self.expr_at(child, depth + 1)).collect()
        };
        let op = || field("operator").map(|op| self.text_of(op).to_owned());
        Some(match node.kind() {
            "identifier"
            | "qualified_identifier"
            | "template_function"
            | "template_type"
            | "primitive_type"
            | "type_identifier"
            | "namespace_identifier"
            | "field_identifier"
            | "type_descriptor"
            | "sized_type_specifier"
            | "this" => ExprKind::Name(self.compact(node)),
            "number_literal" => match integer(self.text_of(node)) {
                Some(value) => ExprKind::Int(value),
                None => ExprKind::Other(Vec::new()),
            },
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "string_literal" | "raw_string_literal" | "concatenated_string" => {
                ExprKind::Str(string(self.text_of(node))?)
            }
            "parenthesized_expression" => {
                let inner = children(node);
                let [inner] = inner[..] else { return None };
                return Some(self.expr_at(inner, depth + 1).kind);
            }
            "unary_expression" | "pointer_expression" => ExprKind::Unary(op()?, sub(field("argument")?)),
            "binary_expression" => ExprKind::Binary(op()?, sub(field("left")?), sub(field("right")?)),
            "conditional_expression" => ExprKind::Choice(
                sub(field("condition")?),
                sub(field("consequence")?),
                sub(field("alternative")?),
            ),
            "subscript_expression" => {
                let index = children(field("indices")?);
                let [index] = index[..] else { return None };
                ExprKind::Index(sub(field("argument")?), sub(index))
            }
            "field_expression" => {
                let name = field("field")?;
                ExprKind::Member(sub(field("argument")?), self.compact(name))
            }
            "call_expression" => {
                let callee = field("function")?;
                let values = args(field("arguments")?);
                let callee_text = self.compact(callee);
                let cast = callee_text.strip_prefix("static_cast<").is_some_and(keeps_integers);
                match <[Expr; 1]>::try_from(values) {
                    // A conversion between integers changes nothing here.
                    Ok([value]) if cast => value.kind,
                    Ok(value) => ExprKind::Call(sub(callee), value.into()),
                    Err(values) => ExprKind::Call(sub(callee), values),
                }
            }
            "cast_expression" if field("type").is_some_and(|ty| keeps_integers(&self.compact(ty))) => {
                return Some(self.expr_at(field("value")?, depth + 1).kind);
            }
            "lambda_expression" => ExprKind::Lambda(self.body_at(field("body")?, depth + 1)),
            "compound_literal_expression" => ExprKind::Call(sub(field("type")?), vec![*sub(field("value")?)]),
            "initializer_list" => ExprKind::List(args(node)),
            "assignment_expression" => ExprKind::Assign(op()?, sub(field("left")?), sub(field("right")?)),
            "update_expression" => {
                let target = sub(field("argument")?);
                let one = Expr { kind: ExprKind::Int(1), range: node.byte_range() };
                let text = self.text_of(node);
                let op = if text.contains("++") { "+=" } else { "-=" };
                let step = ExprKind::Assign(op.to_owned(), target, Box::new(one));
                // Behind its operand it is worth what was there before, which is not followed.
                if text.starts_with(['+', '-']) {
                    step
                } else {
                    ExprKind::Other(vec![Expr { kind: step, range: node.byte_range() }])
                }
            }
            _ => return None,
        })
    }

    /// The statements of a body.
    pub(crate) fn body(&self, node: Node<'_>) -> Vec<Stmt> {
        self.body_at(node, 0)
    }

    fn body_at(&self, node: Node<'_>, depth: usize) -> Vec<Stmt> {
        let mut out = Vec::new();
        if node.kind() == "compound_statement" {
            children(node).into_iter().for_each(|child| self.stmt(child, depth + 1, &mut out));
        } else {
            self.stmt(node, depth + 1, &mut out);
        }
        out
    }

    fn stmt(&self, node: Node<'_>, depth: usize, out: &mut Vec<Stmt>) {
        if depth > MAX_DEPTH {
            return out.push(Stmt::Unknown);
        }
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "declaration" => self.declaration(node, out),
            "expression_statement" => {
                for child in children(node) {
                    let expr = self.expr(child);
                    let throws =
                        matches!(&expr.kind, ExprKind::Call(callee, _) if callee.name().is_some_and(throws));
                    out.push(if throws { Stmt::Throw } else { Stmt::Do(expr) });
                }
            }
            "return_statement" => {
                let value = children(node).first().map(|child| self.expr(*child));
                out.push(Stmt::Return { value, range: node.byte_range() });
            }
            "if_statement" => {
                let (Some(condition), Some(then)) = (field("condition"), field("consequence")) else {
                    return;
                };
                let condition = self.expr(condition.child_by_field_name("value").unwrap_or(condition));
                let then = self.body_at(then, depth);
                let otherwise = field("alternative").map_or_else(Vec::new, |otherwise| {
                    // `else_clause` holds one statement.
                    let inner = children(otherwise);
                    inner.into_iter().flat_map(|child| self.body_at(child, depth)).collect()
                });
                out.push(Stmt::If { condition, then, otherwise });
            }
            "compound_statement" => out.push(Stmt::Block(self.body_at(node, depth))),
            "throw_statement" => out.push(Stmt::Throw),
            _ if node.kind().ends_with("expression") || node.kind().ends_with("literal") => {
                out.push(Stmt::Do(self.expr(node)));
            }
            "identifier" | "qualified_identifier" | "comment" => {}
            "goto_statement" | "labeled_statement" => out.push(Stmt::Unknown),
            "for_range_loop" => {
                let mut inner = Vec::new();
                if let (Some(name), Some(range)) = (field("declarator"), field("right")) {
                    let is_const = field("type").is_some_and(|_| self.text_of(node).contains("const "));
                    let alias = !is_const && name.kind() == "reference_declarator";
                    let name = self.text_of(innermost(name)).to_owned();
                    inner.push(Stmt::Declare {
                        ty: String::new(),
                        name,
                        value: Some(self.expr(range)),
                        alias,
                    });
                }
                inner.extend(field("body").into_iter().flat_map(|body| self.body_at(body, depth)));
                out.push(Stmt::Loop(inner));
            }
            // What a local type or function does is not done here.
            "class_specifier"
            | "struct_specifier"
            | "union_specifier"
            | "enum_specifier"
            | "function_definition"
            | "template_declaration"
            | "type_definition"
            | "alias_declaration" => {}
            // Loops, switches, labels, and what did not parse: its statements may or may not run.
            _ => {
                let mut inner = Vec::new();
                children(node).into_iter().for_each(|child| self.stmt(child, depth + 1, &mut inner));
                out.push(Stmt::Loop(inner));
            }
        }
    }

    fn declaration(&self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let Some(ty) = node.child_by_field_name("type") else { return };
        let ty = self.compact(ty);
        // A static variable keeps what an earlier call left.
        let text = self.text_of(node).trim_start();
        let keeps = text.starts_with("static ") && !text.contains("const");
        let mut cursor = node.walk();
        for declarator in node.children_by_field_name("declarator", &mut cursor) {
            let (name, value) = match declarator.kind() {
                "init_declarator" => {
                    let name = declarator.child_by_field_name("declarator");
                    let value = declarator.child_by_field_name("value").map(|value| {
                        let expr = self.expr(value);
                        if value.kind() == "argument_list" { self.construct(&ty, value) } else { expr }
                    });
                    (name, value)
                }
                // `std::vector<int64_t> shape(rank, size);` looks like a function.
                "function_declarator" => {
                    let value = declarator.child_by_field_name("parameters");
                    (declarator.child_by_field_name("declarator"), value.map(|v| self.construct(&ty, v)))
                }
                _ => (Some(declarator), None),
            };
            let Some(name) = name else { continue };
            let unknown = |value: Expr| Expr { kind: ExprKind::Other(Vec::new()), ..value };
            let value = if keeps { value.map(unknown) } else { value };
            // Through a `const&` nothing changes, but what it names may.
            let alias = matches!(name.kind(), "reference_declarator" | "pointer_declarator");
            let name = self.text_of(innermost(name)).to_owned();
            out.push(Stmt::Declare { ty: ty.clone(), name, value, alias });
        }
    }

    fn construct(&self, ty: &str, args: Node<'_>) -> Expr {
        let range = args.byte_range();
        let callee = Expr { kind: ExprKind::Name(ty.to_owned()), range: range.clone() };
        let args = children(args).into_iter().map(|arg| {
            let inner =
                if arg.kind() == "parameter_declaration" { arg.child_by_field_name("type") } else { None };
            self.expr(inner.unwrap_or(arg))
        });
        Expr { kind: ExprKind::Call(Box::new(callee), args.collect()), range }
    }
}

/// Whether a conversion to this type leaves the sizes of tensors what they are.
fn keeps_integers(ty: &str) -> bool {
    let ty = ty.trim_end_matches('>').trim_start_matches("const ").trim_start_matches("std::");
    matches!(ty, "int64_t" | "int" | "int32_t" | "long" | "long long" | "size_t" | "uint64_t" | "ptrdiff_t")
}

/// Whether a call of this name does not come back.
fn throws(name: &str) -> bool {
    matches!(
        name.rsplit("::").next(),
        Some("PD_THROW" | "PADDLE_THROW" | "abort" | "exit" | "__builtin_unreachable")
    )
}

/// The name within `&x`, `*x`, `(x)` or `x[3]`.
pub(crate) fn innermost(declarator: Node<'_>) -> Node<'_> {
    let mut node = declarator;
    loop {
        let inner = node.child_by_field_name("declarator").or_else(|| {
            let is_wrapper = node.kind().ends_with("_declarator");
            if is_wrapper { children(node).into_iter().next_back() } else { None }
        });
        match inner {
            Some(inner) => node = inner,
            None => return node,
        }
    }
}

/// Text without spaces and comments, but for a space between two words.
pub(crate) fn squeeze(text: &str) -> String {
    use super::lex::{Kind, is_word, pieces};
    let mut out = String::new();
    let mut gap = false;
    for piece in pieces(text) {
        if piece.kind == Kind::Comment {
            gap = true;
            continue;
        }
        for c in text[piece.range].chars() {
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            let word = |c: char| u8::try_from(c).is_ok_and(is_word);
            if gap && word(c) && out.chars().next_back().is_some_and(word) {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    out
}

/// The value of an integer literal.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let text = text.replace('\'', "");
    let digits = text.trim_end_matches(['u', 'U', 'l', 'L', 'z', 'Z']);
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |digits| (-1, digits));
    let radix = |prefixes: [&str; 2]| prefixes.iter().find_map(|prefix| digits.strip_prefix(prefix));
    let value = match (radix(["0x", "0X"]), radix(["0b", "0B"])) {
        (Some(hex), _) => i64::from_str_radix(hex, 16),
        (_, Some(bits)) => i64::from_str_radix(bits, 2),
        _ if digits.len() > 1 && digits.starts_with('0') => i64::from_str_radix(&digits[1..], 8),
        _ => digits.parse(),
    };
    value.ok().map(|value| sign * value)
}

/// The value of a string literal, or of several side by side.
fn string(text: &str) -> Option<String> {
    use super::lex::{Kind, pieces};
    let mut value = String::new();
    let all = pieces(text);
    for (index, piece) in all.iter().enumerate() {
        if piece.kind != Kind::Literal {
            continue;
        }
        let literal = &text[piece.range.clone()];
        let raw = index.checked_sub(1).is_some_and(|i| text[all[i].range.clone()].ends_with('R'));
        let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
        if raw {
            let (delimiter, rest) = inner.split_once('(')?;
            value.push_str(rest.strip_suffix(delimiter)?.strip_suffix(')')?);
        } else {
            value.push_str(&unescape(inner));
        }
    }
    Some(value)
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}
