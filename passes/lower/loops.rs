//! Loops over elements: the whole of an op's output, or one program's part of it.

use super::LowerError;
use super::elemental::Elements;
use crate::pass::PassError;
use std::convert::Infallible;
use xpuc_dialect::ir::{Builder, Op, Type, ValueId};
use xpuc_dialect::ops::Kind;

/// The part of an output that one program writes: linear elements `lower..upper`.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// All of it, in one loop nest.
    Whole,
    /// A linear range.
    Range(ValueId, ValueId),
    /// A linear range, to be put into a buffer on chip that begins with its first element.
    Tile(ValueId, ValueId, ValueId),
}

/// What consecutive elements are.
#[derive(Clone, Copy)]
enum Alike {
    Same(ValueId),
    /// One more from element to element.
    Counting(ValueId),
}

impl Part {
    /// First element and one past the last of a rank-1 output.
    fn bounds(self, b: &mut Builder<'_>, out: ValueId) -> (ValueId, ValueId) {
        match self {
            Part::Whole => (b.index(0), b.dim(out, 0)),
            Part::Range(lower, upper) | Part::Tile(lower, upper, _) => (lower, upper),
        }
    }

    /// Writes elements `from..to` of `out`, at least one.
    fn run(self, b: &mut Builder<'_>, out: ValueId, [from, to]: [ValueId; 2], all: Alike) {
        if let Part::Tile(lower, _, buffer) = self {
            let (at, count) = (b.arith("subi", from, lower), b.arith("subi", to, from));
            let part = b.subview(buffer, at, count);
            match all {
                Alike::Same(value) => b.effect(Kind::Constant.name(), &[value, part], &[]),
                Alike::Counting(first) => {
                    let one = b.constant(1, &Type::I32);
                    b.effect(Kind::Range.name(), &[first, one, part], &[])
                }
            };
            return;
        }
        let built = b.for_range(from, to, |b, i| {
            let value = match all {
                Alike::Same(value) => value,
                Alike::Counting(first) => {
                    let ty = b.ty(first).clone();
                    let more = b.arith("subi", i, from);
                    let more = b.int_cast(more, &ty);
                    b.arith("addi", first, more)
                }
            };
            b.store(value, out, &[i]);
            Ok::<_, Infallible>(())
        });
        built.unwrap_or_else(|never| match never {})
    }
}

impl Elements<'_> {
    /// Writes the part of `out` (a memref of the new code) that an op's result covers.
    pub(super) fn write(
        &self,
        b: &mut Builder<'_>,
        op: &Op,
        out: ValueId,
        part: Part,
    ) -> Result<(), PassError> {
        match Kind::of(op) {
            Some(Kind::Cumsum) => self.cumsum(b, op, out),
            Some(kind @ (Kind::ReduceSum | Kind::ReduceMax)) => self.reduce(b, op, kind, out),
            Some(Kind::Compact) => self.compact(b, op, out),
            Some(Kind::Expand) => self.expand(b, op, out, part),
            Some(Kind::SlotMapping) => self.slot_mapping(b, op, out, part),
            Some(kind) if kind.is_pointwise() => self.for_each_index(b, out, part, |b, index| {
                let value = self.compute(b, op, kind, index)?;
                b.store(value, out, index);
                Ok(())
            }),
            _ => Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc)),
        }
    }

    /// Copies the part of values of one shape into a buffer each; all are computed before any is stored.
    pub(super) fn copy(
        &self,
        b: &mut Builder<'_>,
        copies: &[(ValueId, ValueId)],
        part: Part,
    ) -> Result<(), PassError> {
        let Some((_, out)) = copies.first() else { return Ok(()) };
        self.for_each_index(b, *out, part, |b, index| {
            let mut values = Vec::new();
            for (value, out) in copies {
                values.push((self.element(b, *value, index)?, *out));
            }
            for (value, out) in values {
                b.store(value, out, index);
            }
            Ok(())
        })
    }

    fn for_each_index(
        &self,
        b: &mut Builder<'_>,
        out: ValueId,
        part: Part,
        mut body: impl FnMut(&mut Builder<'_>, &[ValueId]) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let rank = b.shaped(out).rank();
        let dims: Vec<ValueId> = (0..rank).map(|axis| b.dim(out, axis)).collect();
        match part {
            Part::Whole => nest(b, &dims, &mut Vec::new(), &mut body),
            Part::Range(lower, upper) | Part::Tile(lower, upper, _) => {
                b.for_range(lower, upper, |b, linear| {
                    let index = delinearize(b, linear, &dims);
                    body(b, &index)
                })
            }
        }
    }

    fn cumsum(&self, b: &mut Builder<'_>, op: &Op, out: ValueId) -> Result<(), PassError> {
        let x = op.operands[0];
        let elem = b.shaped(out).elem.as_ref().clone();
        let (length, zero, one) = (self.size(b, x, 0)?, b.index(0), b.index(1));
        let start = b.constant(0, &elem);
        let exclusive = op.has("exclusive");
        if exclusive {
            b.store(start, out, &[zero]);
        }
        b.for_loop([zero, length, one], &[start], |b, i, carried| {
            let x = self.element(b, x, &[i])?;
            let next = b.arith("addi", carried[0], x);
            let at = if exclusive { b.arith("addi", i, one) } else { i };
            b.store(next, out, &[at]);
            Ok(vec![next])
        })?;
        Ok(())
    }

    fn reduce(&self, b: &mut Builder<'_>, op: &Op, kind: Kind, out: ValueId) -> Result<(), PassError> {
        let x = op.operands[0];
        let elem = b.shaped(out).elem.as_ref().clone();
        let (length, zero, one) = (self.size(b, x, 0)?, b.index(0), b.index(1));
        let (identity, combine) = match kind {
            Kind::ReduceSum => (0, "addi"),
            _ => (elem.bits().map_or(0, |bits| i64::MIN >> (64 - bits)), "maxsi"),
        };
        let identity = b.constant(identity, &elem);
        let reduced = b.for_loop([zero, length, one], &[identity], |b, i, carried| {
            let x = self.element(b, x, &[i])?;
            let x = b.int_cast(x, &elem);
            Ok(vec![b.arith(combine, carried[0], x)])
        })?;
        b.store(reduced[0], out, &[zero]);
        Ok(())
    }

    fn compact(&self, b: &mut Builder<'_>, op: &Op, out: ValueId) -> Result<(), PassError> {
        let (x, mask) = (op.operands[0], op.operands[1]);
        let elem = b.shaped(out).elem.as_ref().clone();
        let (length, zero, one) = (self.size(b, mask, 0)?, b.index(0), b.index(1));
        let kept = b.for_loop([zero, length, one], &[zero], |b, i, carried| {
            let keep = self.element(b, mask, &[i])?;
            let outer = b.block;
            b.if_else(
                keep,
                &[Type::Index],
                |b| {
                    self.nest(outer, b.block);
                    let x = self.element(b, x, &[i])?;
                    b.store(x, out, &[carried[0]]);
                    Ok(vec![b.arith("addi", carried[0], one)])
                },
                |_| Ok(vec![carried[0]]),
            )
        })?;
        let nothing = b.constant(0, &elem);
        let size = b.dim(out, 0);
        b.for_range(kept[0], size, |b, i| {
            b.store(nothing, out, &[i]);
            Ok(())
        })
    }

    /// Each row writes its own tokens.
    fn expand(&self, b: &mut Builder<'_>, op: &Op, out: ValueId, part: Part) -> Result<(), PassError> {
        let elem = b.shaped(out).elem.as_ref().clone();
        self.for_each_run(b, op.operands[0], out, part, |b, run| {
            let row = b.int_cast(run.row, &elem);
            part.run(b, out, [run.lower, run.upper], Alike::Same(row));
            Ok(())
        })
    }

    /// Calls `body` for every row of `lod` that has tokens in the part.
    fn for_each_run(
        &self,
        b: &mut Builder<'_>,
        lod: ValueId,
        out: ValueId,
        part: Part,
        body: impl FnOnce(&mut Builder<'_>, Run) -> Result<(), PassError>,
    ) -> Result<(), PassError> {
        let (zero, one) = (b.index(0), b.index(1));
        let (first, last) = part.bounds(b, out);
        let entries = self.size(b, lod, 0)?;
        let rows = b.arith("subi", entries, one);
        b.for_range(zero, rows, |b, row| {
            let next = b.arith("addi", row, one);
            let begin = self.index_element(b, lod, row)?;
            let end = self.index_element(b, lod, next)?;
            let lower = b.arith("maxsi", begin, first);
            let upper = b.arith("minsi", end, last);
            let some = b.cmpi("slt", lower, upper);
            b.when(some, |b| body(b, Run { row, begin, lower, upper }))
        })
    }

    fn index_element(&self, b: &mut Builder<'_>, value: ValueId, at: ValueId) -> Result<ValueId, PassError> {
        let element = self.element(b, value, &[at])?;
        Ok(b.int_cast(element, &Type::Index))
    }

    /// Inside one block of the cache the slots are consecutive: one table entry a run, no division
    /// a token.
    fn slot_mapping(&self, b: &mut Builder<'_>, op: &Op, out: ValueId, part: Part) -> Result<(), PassError> {
        let [table, lod, start, batch_map, columns, block_size, pad] = op.operands[..7] else {
            return Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc));
        };
        let elem = b.shaped(out).elem.as_ref().clone();
        let (columns, block_size, pad) = (self.get(columns), self.get(block_size), self.get(pad));
        let block = b.int_cast(block_size, &Type::Index);
        let one = b.index(1);
        self.for_each_run(b, lod, out, part, |b, run| {
            let start = self.index_element(b, start, run.row)?;
            let batch = self.element(b, batch_map, &[run.row])?;
            let table_row = b.arith("muli", batch, columns);
            // Token t of this row stands at position t + shift, in 64 bits.
            let shift = b.arith("subi", start, run.begin);
            let first_position = b.arith("addi", run.lower, shift);
            let end_position = b.arith("addi", run.upper, shift);
            // Positions are 32 bits wide: those from 2^31 on are 2^32 less.
            let (none, all) = (b.index(0), b.index(2));
            b.for_range(none, all, |b, wraps| {
                let (turn, end) = (b.index(1 << 32), b.index(1 << 31));
                let turns = b.arith("muli", wraps, turn);
                let first = b.arith("subi", first_position, turns);
                let last = b.arith("subi", end_position, turns);
                let negative = b.index(-(1 << 31));
                let first = b.arith("maxsi", first, negative);
                let last = b.arith("minsi", last, end);
                let some = b.cmpi("slt", first, last);
                let shift = b.arith("subi", shift, turns);
                b.when(some, |b| {
                    let last_position = b.arith("subi", last, one);
                    let first_block = b.arith("floordivsi", first, block);
                    let last_block = b.arith("floordivsi", last_position, block);
                    let end_block = b.arith("addi", last_block, one);
                    b.for_range(first_block, end_block, |b, block_index| {
                        let page = b.int_cast(block_index, &elem);
                        let at = b.arith("addi", table_row, page);
                        let at = b.int_cast(at, &Type::Index);
                        let id = self.element(b, table, &[at])?;
                        let slot = b.arith("muli", id, block_size);
                        let block_begin = b.arith("muli", block_index, block);
                        let block_end = b.arith("addi", block_begin, block);
                        let from = b.arith("maxsi", first, block_begin);
                        let to = b.arith("minsi", last, block_end);
                        let offset = b.arith("subi", from, block_begin);
                        let offset = b.int_cast(offset, &elem);
                        let slot = b.arith("addi", slot, offset);
                        let tokens = [from, to].map(|position| b.arith("subi", position, shift));
                        part.run(b, out, tokens, Alike::Counting(slot));
                        Ok(())
                    })
                })
            })
        })?;
        // Elements past the last token.
        let entries = self.size(b, lod, 0)?;
        let rows = b.arith("subi", entries, one);
        let tokens = self.index_element(b, lod, rows)?;
        let (first, last) = part.bounds(b, out);
        let from = b.arith("maxsi", tokens, first);
        let some = b.cmpi("slt", from, last);
        b.when(some, |b| {
            part.run(b, out, [from, last], Alike::Same(pad));
            Ok(())
        })
    }
}

/// Tokens of one row inside a part.
struct Run {
    /// The row of the lod.
    row: ValueId,
    /// The row's first token.
    begin: ValueId,
    /// First token of the row in the part.
    lower: ValueId,
    /// One past the last token of the row in the part.
    upper: ValueId,
}

fn nest(
    b: &mut Builder<'_>,
    dims: &[ValueId],
    index: &mut Vec<ValueId>,
    body: &mut impl FnMut(&mut Builder<'_>, &[ValueId]) -> Result<(), PassError>,
) -> Result<(), PassError> {
    let Some((dim, rest)) = dims.split_first() else { return body(b, index) };
    let zero = b.index(0);
    b.for_range(zero, *dim, |b, i| {
        index.push(i);
        nest(b, rest, index, body)?;
        index.pop();
        Ok(())
    })
}

/// Index along each axis of a linear element, row-major.
fn delinearize(b: &mut Builder<'_>, linear: ValueId, dims: &[ValueId]) -> Vec<ValueId> {
    let mut rest = linear;
    let mut index = vec![linear; dims.len()];
    for axis in (1..dims.len()).rev() {
        index[axis] = b.arith("remui", rest, dims[axis]);
        rest = b.arith("divui", rest, dims[axis]);
    }
    if let Some(first) = index.first_mut() {
        *first = rest;
    }
    index
}
