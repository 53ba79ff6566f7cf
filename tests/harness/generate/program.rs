//! One random program.
//!
//! It keeps to the rules that make a program right by SPEC.md: nothing is read before it is written, an op whose
//! output may not share memory with an input has another output, and what is in flight is waited for.

use super::Space;
use crate::differential::Random;
use std::fmt::Write as _;

/// Deepest nesting of branches.
const MAX_DEPTH: usize = 2;

/// Statements of one program, those in branches apart.
const STATEMENTS: usize = 18;

const HEAD: &str = r#"!h = memref<?xi32, "host">
!d = memref<?xi32, "device">
!hm = memref<?xi1, "host">
!dm = memref<?xi1, "device">
!cell = memref<1xi32, "host">
!dcell = memref<1xi32, "device">
"#;

/// A buffer of B elements.
#[derive(Debug, Clone)]
pub(super) struct Array {
    pub(super) name: String,
    pub(super) ty: &'static str,
    pub(super) space: Space,
    pub(super) mask: bool,
    pub(super) written: bool,
}

pub(super) struct Program {
    pub(super) random: Random,
    text: String,
    depth: usize,
    names: usize,
    arrays: Vec<Array>,
    /// Buffers of 2 B elements, whose halves are arrays.
    wholes: Vec<Array>,
    pub(super) scalars: Vec<String>,
    /// Host buffers that a transfer is in flight from or into.
    in_flight: Vec<String>,
}

/// The program of a seed.
pub(super) fn program(seed: u64) -> String {
    let mut program = Program {
        random: Random::new(seed),
        text: HEAD.to_owned(),
        depth: 0,
        names: 0,
        arrays: Vec::new(),
        wholes: Vec::new(),
        scalars: vec!["%k".to_owned(), "%three".to_owned()],
        in_flight: Vec::new(),
    };
    program.signature();
    for _ in 0..STATEMENTS {
        program.statement();
    }
    program.end();
    program.text
}

impl Program {
    pub(super) fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{}{text}", "  ".repeat(self.depth + 1));
    }

    pub(super) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("%{prefix}{}", self.names)
    }

    fn signature(&mut self) {
        self.text.push_str(
            "\nfunc.func @f(%k: i32 {xpu.name = \"k\"}, %c: i1 {xpu.name = \"c\"}, %e: i1 {xpu.name = \"e\"}",
        );
        // Name, type, size, whether the program writes it for the caller.
        let args = [
            ("%h0", "!h", "B", false),
            ("%h1", "!h", "B", false),
            ("%d0", "!d", "B", false),
            ("%d1", "!d", "B", false),
            ("%hw", "!h", "2*B", false),
            ("%dw", "!d", "2*B", false),
            ("%ho", "!h", "B", true),
            ("%do", "!d", "B", true),
        ];
        for (name, ty, size, output) in args {
            let noalias = if self.random.below(2) == 0 { ", xpu.noalias" } else { "" };
            let output_attr = if output { ", xpu.output" } else { "" };
            let _ = write!(
                self.text,
                ",\n    {name}: {ty} {{xpu.name = \"{}\", xpu.shape = [\"{size}\"]{noalias}{output_attr}}}",
                &name[1..]
            );
            let space = if ty == "!h" { Space::Host } else { Space::Device };
            let array = Array { name: name.to_owned(), ty, space, mask: false, written: !output };
            if size == "B" { self.arrays.push(array) } else { self.wholes.push(array) }
        }
        self.text.push_str(") -> (!h {xpu.name = \"r\", xpu.shape = [\"B\"]}, !d {xpu.name = \"s\", xpu.shape = [\"B\"]}) {\n");
        self.line("%i0 = arith.constant 0 : index");
        self.line("%i1 = arith.constant 1 : index");
        self.line("%three = arith.constant 3 : i32");
        self.line("%B = memref.dim %h0, %i0 : !h");
        self.line("%B2 = arith.addi %B, %B : index");
        self.line("%n = arith.index_cast %B : index to i32");
        self.line("%zero = arith.constant 0 : i32");
        // Work of the caller may be pending.
        self.wait();
        for whole in self.wholes.clone() {
            if self.random.below(2) == 0 {
                self.split(&whole);
            }
        }
    }

    fn end(&mut self) {
        self.wait();
        for (name, ty, from) in [("%r", "!h", "%h1"), ("%s", "!d", "%d1")] {
            self.line(&format!("{name} = \"xpu.alloc\"(%B) : (index) -> {ty}"));
            let space = if ty == "!h" { Space::Host } else { Space::Device };
            let source = self.pick(space, false).unwrap_or_else(|| self.array(from));
            self.op("copy", &[&source], (name, ty), "");
        }
        self.wait();
        self.line("return %r, %s : !h, !d");
        self.text.push_str("}\n");
    }

    fn array(&self, name: &str) -> Array {
        self.arrays.iter().find(|array| array.name == name).cloned().expect("an array of that name")
    }

    pub(super) fn wait(&mut self) {
        self.line("\"xpu.wait\"() : () -> ()");
        self.in_flight.clear();
    }

    /// A written array.
    pub(super) fn pick(&mut self, space: Space, mask: bool) -> Option<Array> {
        let fits = |array: &&Array| array.space == space && array.mask == mask && array.written;
        let all: Vec<Array> = self.arrays.iter().filter(fits).cloned().collect();
        if all.is_empty() { None } else { Some(self.random.pick(&all).clone()) }
    }

    /// An array to write, now and then a new one.
    pub(super) fn target(&mut self, space: Space, mask: bool) -> Array {
        let fits = |array: &&Array| array.space == space && array.mask == mask;
        let all: Vec<Array> = self.arrays.iter().filter(fits).cloned().collect();
        if !all.is_empty() && self.random.below(3) > 0 {
            return self.random.pick(&all).clone();
        }
        let name = self.name("b");
        let ty = match (space, mask) {
            (Space::Host, false) => "!h",
            (Space::Device, false) => "!d",
            (Space::Host, true) => "!hm",
            (Space::Device, true) => "!dm",
        };
        self.line(&format!("{name} = \"xpu.alloc\"(%B) : (index) -> {ty}"));
        let array = Array { name, ty, space, mask, written: false };
        self.arrays.push(array.clone());
        array
    }

    pub(super) fn scalar(&mut self) -> Array {
        let name = self.random.pick(&self.scalars).clone();
        Array { name, ty: "i32", space: Space::Host, mask: false, written: true }
    }

    fn space(&mut self) -> Space {
        *self.random.pick(&[Space::Host, Space::Device])
    }

    /// Writes an op; what is in flight comes down first.
    pub(super) fn op(&mut self, name: &str, inputs: &[&Array], out: (&str, &str), attrs: &str) {
        let touched = |name: &str| inputs.iter().any(|input| input.name == name) || out.0 == name;
        if self.in_flight.iter().any(|name| touched(name))
            || self.in_flight.iter().any(|name| name.starts_with("%view"))
        {
            self.wait();
        }
        let names: Vec<&str> = inputs.iter().map(|input| &*input.name).chain([out.0]).collect();
        let types: Vec<&str> = inputs.iter().map(|input| input.ty).chain([out.1]).collect();
        let attrs = if attrs.is_empty() { String::new() } else { format!(" {{{attrs}}}") };
        self.line(&format!("\"xpu.{name}\"({}){attrs} : ({}) -> ()", names.join(", "), types.join(", ")));
        if let Some(array) = self.arrays.iter_mut().find(|array| array.name == out.0) {
            array.written = true;
        }
    }

    fn statement(&mut self) {
        let space = self.space();
        match self.random.below(26) {
            0..4 => self.arithmetic(space),
            4 => self.division(space),
            5 => self.choice(space),
            6 => self.scan(space),
            7 => self.gather(space),
            8 => self.fill(space),
            9 | 10 => self.transfer(),
            11 => self.reduction(),
            12 if self.depth < MAX_DEPTH => self.branch(),
            13 if self.depth == 0 => self.halves(space),
            14 => self.element(),
            15 => self.round(),
            16 if self.depth == 0 => self.clause(),
            17 | 18 => self.whole(),
            19 => self.device_scalar(),
            20 | 21 if self.depth == 0 => self.device_clause(),
            22 if self.depth == 0 => self.guarded_gather(space),
            23 if self.depth == 0 => self.part(space),
            24 if self.depth == 0 => self.rows(space),
            _ => self.copy(space),
        }
    }

    fn arithmetic(&mut self, space: Space) {
        let op = *self.random.pick(&["add", "sub", "mul", "min", "max"]);
        let Some(x) = self.pick(space, false) else { return };
        let y = if self.random.below(3) == 0 {
            self.scalar()
        } else {
            self.pick(space, false).unwrap_or_else(|| x.clone())
        };
        let out = self.target(space, false);
        self.op(&format!("broadcast_{op}"), &[&x, &y], (&out.name, out.ty), "");
    }

    fn division(&mut self, space: Space) {
        let op = *self.random.pick(&["floordiv", "mod"]);
        let Some(x) = self.pick(space, false) else { return };
        let out = self.target(space, false);
        let three = Array { name: "%three".to_owned(), ..self.scalar() };
        self.op(&format!("broadcast_{op}"), &[&x, &three], (&out.name, out.ty), "");
    }

    fn choice(&mut self, space: Space) {
        let predicate = *self.random.pick(&["eq", "ne", "slt", "sle", "sgt", "sge"]);
        let (Some(x), Some(y)) = (self.pick(space, false), self.pick(space, false)) else { return };
        let k = self.scalar();
        let mask = self.target(space, true);
        let other = if self.random.below(2) == 0 { &k } else { &y };
        self.op("compare", &[&x, other], (&mask.name, mask.ty), &format!("predicate = \"{predicate}\""));
        let out = self.target(space, false);
        if self.random.below(2) == 0 {
            self.op("select", &[&mask, &x, &k], (&out.name, out.ty), "");
        } else if out.name != x.name && out.name != y.name {
            self.op("compact", &[&y, &mask], (&out.name, out.ty), "");
        }
    }

    fn scan(&mut self, space: Space) {
        let Some(x) = self.pick(space, false) else { return };
        let out = self.target(space, false);
        self.op("cumsum", &[&x], (&out.name, out.ty), "");
    }

    fn gather(&mut self, space: Space) {
        let (Some(table), Some(x)) = (self.pick(space, false), self.pick(space, false)) else { return };
        let index = self.target(space, false);
        if index.name == table.name {
            return;
        }
        let n = Array { name: "%n".to_owned(), ..self.scalar() };
        self.op("broadcast_mod", &[&x, &n], (&index.name, index.ty), "");
        let out = self.target(space, false);
        if out.name != table.name {
            self.op("gather", &[&table, &index], (&out.name, out.ty), "");
        }
    }

    fn fill(&mut self, space: Space) {
        let out = self.target(space, false);
        let (k, step) = (self.scalar(), self.scalar());
        if self.random.below(2) == 0 {
            self.op("constant", &[&k], (&out.name, out.ty), "");
        } else {
            self.op("range", &[&k, &step], (&out.name, out.ty), "");
        }
    }

    fn copy(&mut self, space: Space) {
        let mask = self.random.below(6) == 0;
        let Some(x) = self.pick(space, mask) else { return };
        let out = self.target(space, mask);
        if out.name != x.name {
            self.op("copy", &[&x], (&out.name, out.ty), "");
        }
    }

    fn transfer(&mut self) {
        let (op, from, to) =
            *self.random.pick(&[("h2d", Space::Host, Space::Device), ("d2h", Space::Device, Space::Host)]);
        let Some(x) = self.pick(from, false) else { return };
        let out = self.target(to, false);
        if self.random.below(2) == 0 {
            self.wait();
            self.op(op, &[&x], (&out.name, out.ty), "blocking");
        } else {
            self.op(op, &[&x], (&out.name, out.ty), "");
            self.in_flight.push(if from == Space::Host { x.name } else { out.name });
        }
    }

    fn reduction(&mut self) {
        let op = *self.random.pick(&["reduce_sum", "reduce_max"]);
        let Some(x) = self.pick(Space::Host, false) else { return };
        let cell = self.name("cell");
        self.line(&format!("{cell} = \"xpu.alloc\"() : () -> !cell"));
        self.op(op, &[&x], (&cell, "!cell"), "");
        let value = self.name("v");
        self.line(&format!("{value} = memref.load {cell}[%i0] : !cell"));
        self.scalars.push(value);
    }

    /// The first element; there is none if B is 0, which is an error of the program.
    fn element(&mut self) {
        let Some(x) = self.pick(Space::Host, false) else { return };
        if x.name.starts_with("%view") {
            return;
        }
        if self.in_flight.contains(&x.name) {
            self.wait();
        }
        if self.random.below(2) == 0 {
            let k = self.scalar();
            self.line(&format!("memref.store {}, {}[%i0] : {}", k.name, x.name, x.ty));
        } else {
            let value = self.name("v");
            self.line(&format!("{value} = memref.load {}[%i0] : {}", x.name, x.ty));
            self.scalars.push(value);
        }
    }

    /// A loop of upstream ops, which nobody looks into.
    fn round(&mut self) {
        let (Some(x), Some(y)) = (self.pick(Space::Host, false), self.pick(Space::Host, false)) else {
            return;
        };
        self.wait();
        let k = self.scalar().name;
        self.line("scf.for %i = %i0 to %B step %i1 {");
        self.line(&format!("  %a = memref.load {}[%i] : {}", x.name, x.ty));
        self.line(&format!("  %b = arith.addi %a, {k} : i32"));
        self.line(&format!("  memref.store %b, {}[%i] : {}", y.name, y.ty));
        self.line("}");
    }

    /// A clause of the contract, which some calls violate.
    fn clause(&mut self) {
        let (Some(x), k) = (self.pick(Space::Host, false), self.scalar()) else { return };
        if self.in_flight.contains(&x.name) || x.name.starts_with("%view") {
            self.wait();
        }
        let predicate = *self.random.pick(&["ne", "sle"]);
        let operands = format!(
            "\"xpu.require\"({}, {}) {{predicate = \"{predicate}\", message = \"clause\"}}",
            x.name, k.name
        );
        self.line(&format!("{operands} : ({}, i32) -> ()", x.ty));
    }

    /// A buffer of two halves, each an array of its own.
    fn halves(&mut self, space: Space) {
        let ty = if space == Space::Host { "!h" } else { "!d" };
        let whole = self.name("w");
        self.line(&format!("{whole} = \"xpu.alloc\"(%B2) : (index) -> {ty}"));
        let k = self.scalar();
        self.op("constant", &[&k], (&whole, ty), "");
        let whole = Array { name: whole, ty, space, mask: false, written: true };
        self.split(&whole);
        self.wholes.push(whole);
    }

    fn split(&mut self, whole: &Array) {
        let space = if whole.space == Space::Host { "host" } else { "device" };
        for offset in ["0", "%B"] {
            let view = self.name("view");
            let ty = match (offset, whole.space) {
                ("0", Space::Host) => "memref<?xi32, strided<[1]>, \"host\">",
                ("0", Space::Device) => "memref<?xi32, strided<[1]>, \"device\">",
                (_, Space::Host) => "memref<?xi32, strided<[1], offset: ?>, \"host\">",
                (_, Space::Device) => "memref<?xi32, strided<[1], offset: ?>, \"device\">",
            };
            let from = format!("memref.subview {}[{offset}] [%B] [1]", whole.name);
            self.line(&format!("{view} = {from} : memref<?xi32, \"{space}\"> to {ty}"));
            self.arrays.push(Array { name: view, ty, space: whole.space, mask: false, written: true });
        }
    }

    /// Works on a whole, of which halves may be known.
    fn whole(&mut self) {
        let (x, y) = (self.random.pick(&self.wholes).clone(), self.random.pick(&self.wholes).clone());
        self.wait();
        match (x.space, y.space) {
            _ if x.name == y.name && self.random.below(2) == 0 => {
                self.op("cumsum", &[&x], (&x.name, x.ty), "")
            }
            _ if x.name == y.name => {
                let k = self.scalar();
                self.op("broadcast_add", &[&x, &k], (&x.name, x.ty), "");
            }
            (Space::Host, Space::Device) => self.op("h2d", &[&x], (&y.name, y.ty), "blocking"),
            (Space::Device, Space::Host) => self.op("d2h", &[&x], (&y.name, y.ty), "blocking"),
            _ => self.op("copy", &[&x], (&y.name, y.ty), ""),
        }
    }

    fn branch(&mut self) {
        self.wait();
        let mut condition = (*self.random.pick(&["%c", "%e"])).to_owned();
        if self.random.below(3) == 0 {
            condition = self.name("c");
            let (x, y) = (self.scalar().name, self.scalar().name);
            self.line(&format!("{condition} = arith.cmpi slt, {x}, {y} : i32"));
        }
        // A scalar that each side yields.
        let yields = self.random.below(3) == 0;
        let result = self.name("y");
        match yields {
            true => self.line(&format!("{result} = scf.if {condition} -> (i32) {{")),
            false => self.line(&format!("scf.if {condition} {{")),
        }
        let (arrays, scalars) = (self.arrays.clone(), self.scalars.clone());
        let sides = if yields { 2 } else { 1 + self.random.below(2) };
        for side in 0..sides {
            if side == 1 {
                self.line("} else {");
            }
            self.depth += 1;
            for _ in 0..=self.random.below(3) {
                self.statement();
            }
            self.wait();
            if yields {
                let k = self.scalar().name;
                self.line(&format!("scf.yield {k} : i32"));
            }
            self.depth -= 1;
            // What only one side has made or written is not there afterwards.
            self.arrays.clone_from(&arrays);
            self.scalars.clone_from(&scalars);
        }
        self.line("}");
        if yields {
            self.scalars.push(result);
        }
    }
}
