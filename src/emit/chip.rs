//! Memory on chip in a kernel: where it lies, and how it is filled from device memory and emptied.

use super::EmitError;
use super::EmitErrorKind;
use super::body::{Array, Body, Place, elem};
use super::code::Code;
use super::expr::{Expr, Ty, precedence};
use super::helpers::{Helper, Sign};
use super::kernel::element_name;
use xpuc_dialect::ir::{Func, Op, OpId, Shaped, Space, ValueId};
use xpuc_dialect::ops::Kind;
use xpuc_passes::lower::SHARED_ALIGN_BYTES;

/// Bytes of an element.
fn width(op: &Op, func: &Func) -> u64 {
    func.ty(op.results[0]).elem().bits().unwrap_or(64).div_ceil(8).into()
}

/// The shape of memory on chip that an op allocates.
fn allocated<'f>(func: &'f Func, op: &Op) -> Option<&'f Shaped> {
    func.ty(*op.results.first()?).memref().filter(|_| Kind::of(op) == Some(Kind::Alloc))
}

/// Where arrays in shared memory begin; lowering counts with the same.
const ALIGN_BYTES: u64 = SHARED_ALIGN_BYTES as u64;

/// Shared memory whose size is known only at the launch comes out of one array of this reserved name.
const POOL: &str = "shared_memory";

/// Declares the array that shared memory of open sizes comes out of.
pub(super) fn shared(body: &mut Body<'_>, shared_bytes: u64) -> Result<(), EmitError> {
    let func = body.func;
    let (mut fixed, mut open): (u64, Option<(u64, Ty)>) = (0, None);
    for id in func.walk() {
        let op = func.op(id);
        let Some(shaped) = allocated(func, op).filter(|shaped| shaped.space == Space::Shared) else {
            continue;
        };
        match shaped.dims[..] {
            [Some(size)] => fixed += (size * width(op, func)).next_multiple_of(ALIGN_BYTES),
            _ if open.is_none_or(|(bytes, _)| bytes == width(op, func)) => {
                open = Some((width(op, func), elem(&shaped.elem)));
            }
            _ => return Err(body.refuse(op, "shared memory of one element type, where its size is open")),
        }
    }
    if let Some((bytes, ty)) = open {
        let elements = shared_bytes.saturating_sub(fixed) / ALIGN_BYTES * (ALIGN_BYTES / bytes);
        body.code.comment("All of the cluster's shared memory that has no fixed use; the op launches this kernel only where it is enough.");
        body.code.line(format!("__shared__ __simd__ {} {POOL}[{elements}];", ty.name()));
    }
    Ok(())
}

/// The vector of the numbers of lanes; a reserved name.
const LANES: &str = "lanes";

/// Declares the vector 0, 1, ... where the kernel writes such runs.
pub(super) fn lanes(body: &mut Body<'_>) {
    let func = body.func;
    if func.walk().into_iter().any(|id| Kind::of(func.op(id)) == Some(Kind::Range)) {
        body.helpers.insert(Helper::Lanes);
        body.code.line(format!("const int32x16_t {LANES} = lane_numbers();"));
    }
}

/// What buffers in local memory are for.
const TILES: &str = "Blocks of arrays on their way in or out, in two halves: while one is computed, the other is transferred.";

impl Body<'_> {
    /// What is no upstream op, in a kernel or in the loop that stands for it.
    pub(super) fn in_kernel(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        match Kind::of(op) {
            Some(Kind::Barrier) => {
                self.settle();
                if self.place == Place::Kernel {
                    self.code.line("");
                    self.code.line("mfence();");
                    self.code.line("sync_cluster();");
                    self.code.line("");
                }
                Ok(())
            }
            Some(Kind::Alloc) => self.on_chip(op),
            Some(Kind::Copy) if self.place == Place::Kernel => self.core_transfer(op),
            Some(Kind::Wait) if self.place == Place::Kernel => {
                self.settle();
                self.code.line("mfence();");
                Ok(())
            }
            Some(kind @ (Kind::Constant | Kind::Range)) if self.place == Place::Kernel => self.run(op, kind),
            _ => Err(EmitErrorKind::Unsupported {
                op: op.name.to_string(),
                expected: "upstream ops, alloc, copy, wait, constant, range and barrier in a kernel",
            }
            .at(&op.loc)),
        }
    }

    fn on_chip(&mut self, op: &Op) -> Result<(), EmitError> {
        let func = self.func;
        let Some(shaped) = allocated(func, op).filter(|shaped| shaped.rank() == 1) else {
            return Err(self.refuse(op, "one dimension"));
        };
        let ty = elem(&shaped.elem);
        let wanted = op.str_attr("xpu.name").unwrap_or("stored");
        if shaped.space == Space::Local {
            let &[Some(size)] = &shaped.dims[..] else { return Err(self.refuse(op, "a size")) };
            let first = func.walk().into_iter().find_map(|id| {
                let shaped = allocated(func, func.op(id))?;
                (shaped.space == Space::Local).then(|| func.op(id).results[0])
            });
            if first == Some(op.results[0]) {
                self.code.comment(TILES);
            }
            let name = self.names.fresh(wanted);
            self.code.line(format!("__simd__ {} {name}[{size}];", ty.name()));
            let dims = vec![Expr::literal(size.into(), Ty::Int)];
            self.arrays
                .insert(op.results[0], Array { pointer: Expr::name(name, ty), at: None, dims, elem: ty });
            return Ok(());
        }
        if shaped.space != Space::Shared {
            return Err(self.refuse(op, "memory on chip"));
        }
        // The same array may be a parameter too.
        let name = self.names.fresh(&format!("{wanted}_sm"));
        let dim = match (shaped.dims[0], op.operands.first()) {
            (Some(size), _) => Expr::literal(size.into(), Ty::Int),
            (None, Some(size)) => {
                let size = self.take(*size);
                if size.reads { self.plain(size, "size") } else { size }
            }
            _ => return Err(self.refuse(op, "a size")),
        };
        if self.place == Place::Cpu {
            self.code.line(format!("std::vector<{}> {name}({});", element_name(ty), dim.text));
        } else if shaped.dims[0].is_some() {
            self.code.line(format!("__shared__ {} {name}[{}];", ty.name(), dim.text));
        } else {
            let from = match self.pool.take() {
                None => POOL.to_owned(),
                Some((before, length)) => format!("{before} + {}", self.stride(&length, ty).text),
            };
            self.code.assign(&format!("_shared_ptr_ {}* {name}", ty.name()), &from);
            self.pool = Some((name.clone(), dim.clone()));
        }
        let array = Array { pointer: Expr::name(name, ty), at: None, dims: vec![dim], elem: ty };
        self.arrays.insert(op.results[0], array);
        Ok(())
    }

    /// How far behind an array in shared memory the next one begins.
    fn stride(&mut self, dim: &Expr, ty: Ty) -> Expr {
        if let Some(known) = self.strides.get(&dim.text) {
            return known.clone();
        }
        let each = ALIGN_BYTES / ty.bytes();
        let wanted = if dim.is_plain() { &*dim.text } else { "array" };
        let name = self.names.fresh(&format!("{wanted}_stride"));
        let text = format!("({} + {}) / {each} * {each}", dim.within(precedence::SUM), each - 1);
        self.code.line(format!("const int {name} = {text};"));
        let stride = Expr::name(name, Ty::Int);
        self.strides.insert(dim.text.clone(), stride.clone());
        stride
    }

    /// A transfer, complete after the next fence.
    fn core_transfer(&mut self, op: &Op) -> Result<(), EmitError> {
        let space = |value: ValueId| self.func.ty(value).memref().map(|shaped| shaped.space);
        let name = match (space(op.operands[0]), space(op.operands[1])) {
            (Some(Space::Device), Some(Space::Local)) => "GM2LM_ASYNC",
            (Some(Space::Local), Some(Space::Device)) => "LM2GM_ASYNC",
            (Some(Space::Device), Some(Space::Shared)) => "GM2SM_ASYNC",
            (Some(Space::Shared), Some(Space::Device)) => "SM2GM_ASYNC",
            _ => return Err(self.refuse(op, "a transfer between device memory and memory on chip")),
        };
        let (from, to) = (self.array(op.operands[0], op)?, self.array(op.operands[1], op)?);
        self.settle();
        let base = |array: &Array| array.pointer.text.split(' ').next().unwrap_or_default().to_owned();
        self.contents.insert(base(&to), base(&from));
        let size = Expr::name(format!("sizeof({})", from.elem.name()), Ty::Long);
        let bytes = Expr::binary(&from.length(), "*", &size, precedence::PRODUCT, Ty::Long).text;
        self.code.list(&format!("{name}("), &[from.pointer.text, to.pointer.text, bytes], ");");
        Ok(())
    }

    /// Elements of local memory that are all the same, or that count up.
    fn run(&mut self, op: &Op, kind: Kind) -> Result<(), EmitError> {
        let counts = kind == Kind::Range;
        let [out, value] = [op.operands[op.operands.len() - 1], op.operands[0]];
        let local = self.func.ty(out).memref().is_some_and(|s| s.space == Space::Local);
        let array = self.array(out, op)?;
        if !local {
            return Err(self.refuse(op, "local memory"));
        }
        if counts && (array.elem != Ty::Int || self.func.constant(op.operands[1]) != Some(1)) {
            return Err(self.refuse(op, "i32 elements, and a step of 1"));
        }
        let value = self.take(value);
        self.settle();
        let whole = Expr::literal(0, Ty::Int);
        let begin = array.at.clone().unwrap_or(whole);
        let buffer = array.pointer.text.split(' ').next().unwrap_or_default().to_owned();
        if array.elem != Ty::Int {
            // Vectors are of 32 bits.
            let (outside, i) = (self.names.clone(), self.names.fresh("i"));
            let at = if begin.text == "0" { i.clone() } else { format!("{} + {i}", begin.text) };
            self.code.line(format!("for (int {i} = 0; {i} < {}; {i}++) {{", array.length().text));
            self.code.line(format!("{buffer}[{at}] = {};", value.text));
            self.code.line("}");
            self.names = outside;
            return Ok(());
        }
        // Both are within the buffer.
        let mut narrow = |expr: Expr, wanted: &str| {
            if expr.ty.is_wide() { self.plain(expr, wanted).cast(Ty::Int) } else { expr }
        };
        let (begin, count) = (narrow(begin, "from"), narrow(array.length(), "count"));
        let mut args = vec![buffer, begin.text, count.text, value.text];
        let name = if counts {
            args.push(LANES.to_owned());
            "store_counting"
        } else {
            "store_same"
        };
        self.helpers.insert(if counts { Helper::StoreCounting } else { Helper::StoreSame });
        if counts {
            self.helpers.insert(Helper::Wrapping(Sign::Add));
        }
        self.code.list(&format!("{name}("), &args, ");");
        Ok(())
    }
}

/// The vector of lane numbers.
pub(super) fn lane_numbers(code: &mut Code) {
    code.comment("0, 1, 2, ... in the lanes of a vector.");
    for line in [
        "static inline __device__ int32x16_t lane_numbers() {",
        "__simd__ int numbers[16];",
        "for (int i = 0; i < 16; i++) {",
        "numbers[i] = i;",
        "}",
        "mfence_lm();",
        "return vload_lm_int32x16(numbers);",
        "}",
        "",
    ] {
        code.line(line);
    }
}

/// Stores of runs, a vector at a time; lanes outside the run are left alone by the mask.
pub(super) fn store_run(code: &mut Code, counts: bool) {
    let (what, name, more, vector) = if counts {
        ("`first`, `first + 1`, ...", "store_counting", ["int first", "int32x16_t lanes"].as_slice(), {
            "values"
        })
    } else {
        ("`value`", "store_same", ["int value"].as_slice(), "all")
    };
    code.comment(&format!("Writes {what} to `count` elements of a buffer from element `begin` on. The buffer begins at a multiple of 64 bytes and ends at one."));
    let mut params = ["int* buffer", "int begin", "int count"].map(str::to_owned).to_vec();
    params.extend(more.iter().map(|param| (*param).to_owned()));
    code.params(&format!("static inline __device__ void {name}("), &params, ") {");
    if !counts {
        code.line("const int32x16_t all = svadd_int32x16(value, vset_zero_int());");
    }
    for line in [
        "const int end = begin + count;",
        "for (int i = begin / 16 * 16; i < end; i += 16) {",
        "const int before = begin > i ? begin - i : 0;",
        "const int until = end - i < 16 ? end - i : 16;",
        "const int mask = (1 << until) - (1 << before);",
    ] {
        code.line(line);
    }
    if counts {
        code.comment("Of lane 0, which may be before the run.");
        let wrapping = Helper::Wrapping(Sign::Add).name();
        code.assign("const int lane_0", &format!("{wrapping}(first, i - begin)"));
        code.assign("const int32x16_t values", "svadd_int32x16(lane_0, lanes)");
    }
    code.line(format!("vstore_lm_int32x16_mh(buffer + i, {vector}, mask);"));
    code.line("}");
    code.line("}");
    code.line("");
}
