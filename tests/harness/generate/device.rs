//! What the host learns from the device: clauses on it, sizes, conditions.

use super::Space;
use super::program::{Array, Program};

impl Program {
    /// A value computed of a device array, in a few steps.
    fn chain(&mut self) -> Option<Array> {
        let mut x = self.pick(Space::Device, false)?;
        for _ in 0..self.random.below(3) {
            let out = self.fresh(Space::Device, "%B");
            match self.random.below(4) {
                0 => self.op("cumsum", &[&x], (&out.name, out.ty), ""),
                1 => {
                    let Some(mask) = self.pick(Space::Device, true) else { return Some(x) };
                    self.op("compact", &[&x, &mask], (&out.name, out.ty), "");
                }
                2 => {
                    let k = self.scalar();
                    self.op("broadcast_max", &[&x, &k], (&out.name, out.ty), "");
                }
                _ => {
                    let y = self.pick(Space::Device, false)?;
                    self.op("broadcast_add", &[&x, &y], (&out.name, out.ty), "");
                }
            }
            x = out;
        }
        Some(x)
    }

    /// A new buffer that nothing else knows of.
    fn fresh(&mut self, space: Space, size: &str) -> Array {
        let name = self.name("t");
        let ty = if space == Space::Host { "!h" } else { "!d" };
        self.line(&format!("{name} = \"xpu.alloc\"({size}) : (index) -> {ty}"));
        Array { name, ty, ..self.scalar() }
    }

    /// A device array on the host.
    fn down(&mut self, x: &Array, size: &str) -> Array {
        let host = self.fresh(Space::Host, size);
        if self.random.below(2) == 0 {
            self.wait();
            self.op("d2h", &[x], (&host.name, host.ty), "blocking");
        } else {
            self.op("d2h", &[x], (&host.name, host.ty), "");
            self.wait();
        }
        host
    }

    /// A scalar of what the device computes; conditions are made of it, too.
    pub(super) fn device_scalar(&mut self) {
        let Some(x) = self.chain() else { return };
        let (cell, down, value) = (self.name("cell"), self.name("cell"), self.name("v"));
        let op = *self.random.pick(&["reduce_sum", "reduce_max"]);
        self.line(&format!("{cell} = \"xpu.alloc\"() : () -> !dcell"));
        self.line(&format!("{down} = \"xpu.alloc\"() : () -> !cell"));
        self.op(op, &[&x], (&cell, "!dcell"), "");
        self.wait();
        let cell = Array { name: cell, ty: "!dcell", ..x };
        self.op("d2h", &[&cell], (&down, "!cell"), "blocking");
        self.line(&format!("{value} = memref.load {down}[%i0] : !cell"));
        self.scalars.push(value);
    }

    fn require(&mut self, x: &Array, y: &Array, predicate: &str) {
        let message = self.name("clause");
        let what = format!("{{predicate = \"{predicate}\", message = \"{}\"}}", &message[1..]);
        let types = format!("({}, {})", x.ty, y.ty);
        self.line(&format!("\"xpu.require\"({}, {}) {what} : {types} -> ()", x.name, y.name));
    }

    /// Clauses on what comes from the device, some of which some calls violate.
    pub(super) fn device_clause(&mut self) {
        if self.random.below(3) == 0 {
            self.device_scalar();
            let (x, y) = (self.scalar(), self.scalar());
            return self.require(&x, &y, "sge");
        }
        let Some(x) = self.chain() else { return };
        let host = self.down(&x, "%B");
        for _ in 0..=self.random.below(2) {
            let predicate = *self.random.pick(&["ne", "sle", "sge", "sge"]);
            let k = self.scalar();
            self.require(&host, &k, predicate);
        }
    }

    /// A gather that clauses before it make safe.
    pub(super) fn guarded_gather(&mut self, space: Space) {
        let (Some(table), Some(x)) = (self.pick(space, false), self.pick(space, false)) else { return };
        self.wait();
        let index = self.fresh(space, "%B");
        self.op("copy", &[&x], (&index.name, index.ty), "");
        let host = if space == Space::Host { index.clone() } else { self.down(&index, "%B") };
        let number = |name: &str, of: Array| Array { name: name.to_owned(), ..of };
        let (zero, n) = (number("%zero", self.scalar()), number("%n", self.scalar()));
        self.require(&host, &zero, "sge");
        self.require(&host, &n, "slt");
        let out = self.target(space, false);
        if out.name != table.name {
            self.op("gather", &[&table, &index], (&out.name, out.ty), "");
        }
    }

    /// The first elements of a buffer, as many as a scalar says.
    pub(super) fn part(&mut self, space: Space) {
        if self.random.below(2) == 0 {
            self.device_scalar();
        }
        let (Some(x), Some(y)) = (self.pick(space, false), self.pick(space, false)) else { return };
        let views = [&x, &y].iter().any(|array| array.name.starts_with("%view"));
        if views || x.name == y.name {
            return;
        }
        self.wait();
        let (k, most, least, size) = (self.scalar(), self.name("v"), self.name("v"), self.name("size"));
        self.line(&format!("{most} = arith.minsi {}, %n : i32", k.name));
        self.line(&format!("{least} = arith.maxsi {most}, %zero : i32"));
        self.line(&format!("{size} = arith.index_cast {least} : i32 to index"));
        let ty = match space {
            Space::Host => "memref<?xi32, strided<[1]>, \"host\">",
            Space::Device => "memref<?xi32, strided<[1]>, \"device\">",
        };
        let mut parts = Vec::new();
        for whole in [&x, &y] {
            let name = self.name("part");
            self.line(&format!(
                "{name} = memref.subview {}[0] [{size}] [1] : {} to {ty}",
                whole.name, whole.ty
            ));
            parts.push(Array { name, ty, ..whole.clone() });
        }
        let k = self.scalar();
        self.op("broadcast_add", &[&parts[0], &k], (&parts[1].name, ty), "");
    }

    /// Rows of a lod, as many tokens as it has: a size that the data tells.
    pub(super) fn rows(&mut self, space: Space) {
        let Some(x) = self.pick(space, false) else { return };
        let (b1, lens) = (self.name("size"), self.fresh(space, "%B"));
        self.line(&format!("{b1} = arith.addi %B, %i1 : index"));
        let three = Array { name: "%three".to_owned(), ..self.scalar() };
        self.op("broadcast_mod", &[&x, &three], (&lens.name, lens.ty), "");
        let lod = self.fresh(space, &b1);
        self.op("cumsum", &[&lens], (&lod.name, lod.ty), "exclusive");
        let host = if space == Space::Host { lod.clone() } else { self.down(&lod, &b1) };
        let (total, size) = (self.name("v"), self.name("size"));
        self.line(&format!("{total} = memref.load {}[%B] : !h", host.name));
        self.line(&format!("{size} = arith.index_cast {total} : i32 to index"));
        let (rows, starts, sum) =
            (self.fresh(space, &size), self.fresh(space, &size), self.fresh(space, &size));
        self.op("expand", &[&lod], (&rows.name, rows.ty), "");
        self.op("gather", &[&lod, &rows], (&starts.name, starts.ty), "");
        self.op("broadcast_sub", &[&starts, &rows], (&sum.name, sum.ty), "");
        let host = if space == Space::Host { sum } else { self.down(&sum, &size) };
        let (cell, value) = (self.name("cell"), self.name("v"));
        self.line(&format!("{cell} = \"xpu.alloc\"() : () -> !cell"));
        self.op("reduce_sum", &[&host], (&cell, "!cell"), "");
        self.line(&format!("{value} = memref.load {cell}[%i0] : !cell"));
        self.scalars.extend([total, value]);
    }
}
