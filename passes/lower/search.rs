//! One element of what is written in runs elsewhere: the row of a token is found by bisection.

use super::LowerError;
use super::elemental::{Elements, arith};
use crate::pass::PassError;
use xpuc_dialect::ir::{Builder, Op, OpSpec, Type, ValueId};
use xpuc_dialect::ops::Binary;

impl Elements<'_> {
    /// The last row of `lod` that begins at `token` or before it, as an index. Past the last token this is
    /// the number of rows, which no table of rows has.
    pub(super) fn row_of(
        &self,
        b: &mut Builder<'_>,
        lod: ValueId,
        token: ValueId,
    ) -> Result<ValueId, PassError> {
        let (zero, one) = (b.index(0), b.index(1));
        let entries = self.size(b, lod, 0)?;
        let outer = b.block;
        // Entries below `lower` begin at the token or before it, those from `upper` on after it.
        let bounds = [Type::Index, Type::Index];
        let before = b.func.new_block(&bounds);
        let &[lower, upper] = &b.func.block(before).args.clone()[..] else { return Err(self.refuse(lod)) };
        let mut inner = Builder { func: b.func, block: before, loc: b.loc.clone() };
        let some = inner.cmpi("slt", lower, upper);
        inner.effect("scf.condition", &[some, lower, upper], &[]);
        let after = b.func.new_block(&bounds);
        let &[lower, upper] = &b.func.block(after).args.clone()[..] else { return Err(self.refuse(lod)) };
        let mut inner = Builder { func: b.func, block: after, loc: b.loc.clone() };
        self.nest(outer, after);
        let sum = inner.arith("addi", lower, upper);
        let two = inner.index(2);
        let middle = inner.arith("divui", sum, two);
        let entry = self.element(&mut inner, lod, &[middle])?;
        let entry = inner.int_cast(entry, &Type::Index);
        let begun = inner.cmpi("sle", entry, token);
        let next = inner.arith("addi", middle, one);
        let lower = inner.select(begun, next, lower);
        let upper = inner.select(begun, upper, middle);
        inner.effect("scf.yield", &[lower, upper], &[]);
        let regions = vec![vec![before], vec![after]];
        let found = b.op(
            "scf.while",
            OpSpec { operands: &[zero, entries], results: &bounds, regions, ..OpSpec::default() },
        );
        let found = b.func.op(found).results[0];
        b.hint_carried(found, &["low", "high"]);
        Ok(b.arith("subi", found, one))
    }

    /// The cache slot of one token.
    pub(super) fn slot_of(&self, b: &mut Builder<'_>, op: &Op, token: ValueId) -> Result<ValueId, PassError> {
        let [table, lod, start, batch_map, columns, block_size, pad] = op.operands[..7] else {
            return Err(LowerError::Fusion { op: op.name.to_string() }.at(&op.loc));
        };
        let (columns, block_size, pad) = (self.get(columns), self.get(block_size), self.get(pad));
        let one = b.index(1);
        let entries = self.size(b, lod, 0)?;
        let rows = b.arith("subi", entries, one);
        let row = self.row_of(b, lod, token)?;
        let some = b.cmpi("slt", row, rows);
        let outer = b.block;
        let slot = b.if_else(
            some,
            &[Type::I32],
            |b| {
                self.nest(outer, b.block);
                let begin = self.element(b, lod, &[row])?;
                let start = self.element(b, start, &[row])?;
                let token = b.int_cast(token, &Type::I32);
                let offset = b.arith("subi", token, begin);
                let position = b.arith("addi", start, offset);
                let page = arith(b, Binary::FloorDiv, position, block_size);
                let batch = self.element(b, batch_map, &[row])?;
                let table_row = b.arith("muli", batch, columns);
                let at = b.arith("addi", table_row, page);
                let at = b.int_cast(at, &Type::Index);
                let id = self.element(b, table, &[at])?;
                let slot = b.arith("muli", id, block_size);
                let before = b.arith("muli", page, block_size);
                let in_page = b.arith("subi", position, before);
                Ok(vec![b.arith("addi", slot, in_page)])
            },
            |_| Ok::<_, PassError>(vec![pad]),
        )?;
        Ok(slot[0])
    }
}
