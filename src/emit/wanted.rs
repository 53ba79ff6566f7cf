//! What to call variables: after what the program says, else after what a value is for, else after what it is.

use super::body::{Body, Place, is_variable};
use xpuc_dialect::ir::{Attr, BlockId, Extent, Op, OpId, Slice, Space, Type, ValueId};
use xpuc_dialect::ops::Kind;

impl Body<'_> {
    /// What to call a variable for a value.
    pub(super) fn wanted(&self, value: ValueId) -> String {
        let Some(op) = self.func.def_op(value) else { return "value".to_owned() };
        if let Some(name) = op.str_attr("xpu.name") {
            return name.to_owned();
        }
        if let Some(name) = self.purpose(value) {
            return name;
        }
        let bool = *self.func.ty(value) == Type::I1;
        let name = match op.name.strip_prefix("arith.").unwrap_or(&op.name) {
            "memref.load" => {
                let array = self.arrays.get(&op.operands[0]);
                let name = self.buffer_name(op.operands[0]).unwrap_or_else(|| "element".to_owned());
                let single = array.is_some_and(|array| array.length().text == "1");
                return if single { format!("{name}_value") } else { format!("{name}_at") };
            }
            "addi" => return self.increased(op).unwrap_or_else(|| "sum".to_owned()),
            // All other numbers need no name.
            "constant" => "lowest",
            "subi" => "difference",
            "muli" => "product",
            "floordivsi" | "divui" | "ceildivui" | "divsi" => "quotient",
            "remui" | "remsi" => "remainder",
            "minsi" | "minui" => "smaller",
            "maxsi" | "maxui" => "larger",
            "index_cast" | "extsi" | "trunci" => return self.converted(op),
            "cmpi" | "andi" | "ori" | "xori" if bool => "holds",
            "select" | "scf.if" if bool => "holds",
            "select" | "scf.if" => match self.other_than_constant(op, value) {
                Some(only) => return self.wanted(only),
                None => "chosen",
            },
            _ => "value",
        };
        name.to_owned()
    }

    /// What a choice hands on, where the other side is a number.
    fn other_than_constant(&self, op: &Op, value: ValueId) -> Option<ValueId> {
        let func = self.func;
        let sides: Vec<ValueId> = if &*op.name == "scf.if" {
            let position = op.results.iter().position(|result| *result == value)?;
            let last = |blocks: &Vec<BlockId>| func.block(*blocks.first()?).ops.last().copied();
            let handed = |last: OpId| func.op(last).operands.get(position).copied();
            op.regions.iter().filter_map(|blocks| handed(last(blocks)?)).collect()
        } else {
            op.operands[1..].to_vec()
        };
        let [x, y] = sides[..] else { return None };
        let made = |value: ValueId| func.def_op(value).is_some();
        match (func.constant(x), func.constant(y)) {
            (Some(_), None) if made(y) => Some(y),
            (None, Some(_)) if made(x) => Some(x),
            _ => None,
        }
    }

    /// A variable and a number more.
    fn increased(&self, op: &Op) -> Option<String> {
        let more = self.func.constant(op.operands[1]).filter(|more| *more > 0)?;
        let of = self.scalars.get(&op.operands[0]).filter(|expr| is_variable(expr) && expr.is_plain())?;
        Some(format!("{}_plus_{more}", of.text))
    }

    /// A variable in another type is called after it.
    fn converted(&self, op: &Op) -> String {
        let of = self.scalars.get(&op.operands[0]).filter(|expr| is_variable(expr) && expr.is_plain());
        match of {
            Some(of) => format!("{}{NARROW}", of.text),
            None => self.wanted(op.operands[0]),
        }
    }

    /// What a value is for: where something lies in a buffer, or how many elements that has.
    fn purpose(&self, value: ValueId) -> Option<String> {
        let func = self.func;
        let uses = || self.uses(value).iter().map(|user| func.op(*user));
        let allocated = |op: &Op| Kind::of(op) == Some(Kind::Alloc);
        let mut sized: Vec<String> =
            uses().filter(|op| allocated(op)).filter_map(|op| self.buffer_name(op.results[0])).collect();
        sized.dedup();
        match &sized[..] {
            [] => {}
            [one] => return Some(format!("{one}_size")),
            _ => return None,
        }
        let on_device =
            |value: ValueId| func.ty(value).memref().is_some_and(|shaped| shaped.space != Space::Local);
        let mut offset = None;
        for op in uses() {
            if let Some(Slice { source, offset: Extent::Value(at), .. }) = Slice::of(op)
                && at == value
                && on_device(source)
            {
                let of = self.transferred(op.results[0], MAX_VIEWS);
                let bare = || "offset".to_owned();
                offset = of.map(|of| format!("{of}_offset")).or_else(|| offset.or_else(|| Some(bare())));
            }
            if &*op.name == "memref.load"
                && op.operands[1..].contains(&value)
                && self.place == Place::Op
                && let Some(of) = self.purpose(op.results[0])
            {
                return Some(format!("{of}_offset"));
            }
        }
        offset
    }

    /// What a view is transferred to or from.
    fn transferred(&self, view: ValueId, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        self.uses(view).iter().find_map(|user| {
            let op = self.func.op(*user);
            match Slice::of(op) {
                Some(slice) if slice.source == view => self.transferred(op.results[0], depth),
                _ if &*op.name == "memref.cast" => self.transferred(op.results[0], depth),
                _ => self.other_side(op, view),
            }
        })
    }

    /// What the other buffer of a transfer is called.
    fn other_side(&self, op: &Op, of: ValueId) -> Option<String> {
        let transfers = matches!(Kind::of(op), Some(Kind::Copy | Kind::H2d | Kind::D2h));
        let other = op.operands.iter().find(|operand| **operand != of).filter(|_| transfers)?;
        let local =
            |value: ValueId| self.func.ty(value).memref().is_some_and(|shaped| shaped.space == Space::Local);
        // A tile holds one thing after the other.
        if local(*other) { None } else { self.buffer_name(*other) }
    }

    /// What a buffer is called, without what tells its pointer from it.
    fn buffer_name(&self, value: ValueId) -> Option<String> {
        if let Some(array) = self.arrays.get(&value) {
            let name = array.pointer.text.split(' ').next()?;
            let name = self.contents.get(name).map_or(name, String::as_str);
            // `x_sm_2` holds an x too.
            return Some(match (name.strip_suffix("_data"), name.rsplit_once("_sm")) {
                (Some(name), _) => name.to_owned(),
                (None, Some((name, rest))) if rest.chars().all(|c| c == '_' || c.is_ascii_digit()) => {
                    format!("{name}{rest}")
                }
                _ => name.to_owned(),
            });
        }
        if let Some(result) = self.commands.returned.get(&value) {
            return Some(result.name.clone());
        }
        let op = self.func.def_op(value)?;
        match op.attrs.get("xpu.name").and_then(Attr::as_str) {
            Some(name) => Some(name.to_owned()),
            None if matches!(&*op.name, "memref.cast" | "memref.subview") => self.buffer_name(op.operands[0]),
            None => {
                let space = self.func.ty(value).memref().map(|shaped| shaped.space);
                (space == Some(Space::Device)).then(|| "workspace".to_owned())
            }
        }
    }
}

/// Views of views that are followed for a name.
const MAX_VIEWS: usize = 4;

/// Behind the name of a variable that holds another one in 32 bits.
pub(super) const NARROW: &str = "_int";
