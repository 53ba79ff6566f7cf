//! MLIR to Rust IR: one walk.

#[cfg(test)]
mod tests;

use super::{Attr, Attrs, BlockId, Func, Header, Layout, Loc, Module, Op, Shaped, Space, Type, ValueId};
use crate::signature;
use melior::ir::attribute::{
    ArrayAttribute, BoolAttribute, DenseI32ArrayAttribute, DenseI64ArrayAttribute, DictionaryAttribute,
    IntegerAttribute, TypeAttribute,
};
use melior::ir::operation::OperationLike;
use melior::ir::r#type::{FunctionType, IntegerType, MemRefType, RankedTensorType, ShapedTypeLike};
use melior::ir::{
    Attribute, AttributeLike, BlockLike, BlockRef, Location, OperationRef, RegionLike, RegionRef, TypeLike,
    ValueLike,
};
use rustc_hash::FxHashMap as HashMap;
use std::sync::Arc;

/// Why a module cannot be mirrored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Something else than a function stands at the top level.
    #[error("expected only func.func and xpu.signature at the top level of a module, found {name}")]
    TopLevel {
        /// Name of the operation found.
        name: String,
        /// Where.
        loc: Loc,
    },
}

impl ImportError {
    /// Where the module departs from what is expected.
    pub fn loc(&self) -> &Loc {
        let ImportError::TopLevel { loc, .. } = self;
        loc
    }
}

/// Mirrors a verified module; `file` takes the place of the name that MLIR gives to text in memory.
pub fn import(module: &melior::ir::Module<'_>, file: &Arc<str>) -> Result<Module, ImportError> {
    let attrs = attributes(&module.as_operation(), &["sym_name"]);
    let mut out = Module { funcs: Vec::new(), attrs: Header { attrs, signatures: Vec::new() } };
    let mut next = module.body().first_operation();
    while let Some(op) = next {
        let name = identifier(op.name());
        let loc = in_file(&location(op.location()), file);
        match &*name {
            "func.func" => out.funcs.push(function(op, file)),
            signature::OP => out.attrs.signatures.push(Op {
                name,
                operands: Vec::new(),
                results: Vec::new(),
                attrs: attributes(&op, &[]),
                regions: Vec::new(),
                successors: Vec::new(),
                loc,
            }),
            _ => return Err(ImportError::TopLevel { name: name.to_string(), loc }),
        }
        next = op.next_in_block();
    }
    Ok(out)
}

fn function(op: OperationRef<'_, '_>, file: &Arc<str>) -> Func {
    let name = attribute(op.attribute("sym_name").ok());
    let name = name.as_str().unwrap_or_default().to_owned();
    let ty = op.attribute("function_type").ok().and_then(|a| TypeAttribute::try_from(a).ok());
    let ty = ty.and_then(|t| FunctionType::try_from(t.value()).ok());
    let types =
        |count: usize, get: &dyn Fn(usize) -> Option<Type>| (0..count).filter_map(get).collect::<Vec<_>>();
    let (args, results) = ty.map_or_else(Default::default, |ty| {
        (
            types(ty.input_count(), &|i| ty.input(i).ok().map(type_of)),
            types(ty.result_count(), &|i| ty.result(i).ok().map(type_of)),
        )
    });
    let entry = op.region(0).ok().and_then(|r| r.first_block());
    let mut func = if entry.is_some() {
        Func::new(name, &args, in_file(&location(op.location()), file))
    } else {
        Func::declaration(name, &args, &results)
    };
    func.arg_attrs = attribute_sets(op, "arg_attrs", args.len());
    func.result_attrs = attribute_sets(op, "res_attrs", results.len());
    func.result_types = results;
    func.attrs = attributes(&op, &["sym_name", "function_type", "arg_attrs", "res_attrs"]);
    if entry.is_some()
        && let Ok(region) = op.region(0)
    {
        let mut walk = Walk { file, func, values: HashMap::default(), blocks: HashMap::default() };
        walk.entry_region(region);
        func = walk.func;
    }
    func
}

struct Walk<'f> {
    file: &'f Arc<str>,
    func: Func,
    values: HashMap<usize, ValueId>,
    blocks: HashMap<usize, BlockId>,
}

impl Walk<'_> {
    fn entry_region(&mut self, region: RegionRef<'_, '_>) {
        let entry = self.func.body[0];
        let blocks = blocks_of(region);
        for (position, block) in blocks.iter().enumerate() {
            let id = if position == 0 { entry } else { self.new_block(*block) };
            if position > 0 {
                self.func.body.push(id);
            }
            self.bind(*block, id);
        }
        for block in blocks {
            self.fill(block);
        }
    }

    fn region(&mut self, region: RegionRef<'_, '_>) -> Vec<BlockId> {
        let blocks = blocks_of(region);
        let ids = blocks
            .iter()
            .map(|block| {
                let id = self.new_block(*block);
                self.bind(*block, id);
                id
            })
            .collect();
        for block in blocks {
            self.fill(block);
        }
        ids
    }

    fn new_block(&mut self, block: BlockRef<'_, '_>) -> BlockId {
        let types: Vec<Type> = (0..block.argument_count())
            .filter_map(|i| block.argument(i).ok())
            .map(|a| type_of(a.r#type()))
            .collect();
        self.func.new_block(&types)
    }

    fn bind(&mut self, block: BlockRef<'_, '_>, id: BlockId) {
        self.blocks.insert(block.to_raw().ptr as usize, id);
        for index in 0..block.argument_count() {
            if let Ok(argument) = block.argument(index) {
                let value = self.func.block(id).args[index];
                self.values.insert(argument.to_raw().ptr as usize, value);
            }
        }
    }

    fn fill(&mut self, block: BlockRef<'_, '_>) {
        let id = self.blocks[&(block.to_raw().ptr as usize)];
        let mut next = block.first_operation();
        while let Some(op) = next {
            let regions = op.regions().map(|r| self.region(r)).collect();
            let mirrored = Op {
                name: identifier(op.name()),
                operands: op
                    .operands()
                    .filter_map(|v| self.values.get(&(v.to_raw().ptr as usize)).copied())
                    .collect(),
                results: Vec::new(),
                attrs: attributes(&op, &[]),
                regions,
                successors: op
                    .successors()
                    .filter_map(|b| self.blocks.get(&(b.to_raw().ptr as usize)).copied())
                    .collect(),
                loc: in_file(&location(op.location()), self.file),
            };
            let types: Vec<Type> = op.results().map(|r| type_of(r.r#type())).collect();
            let op_id = self.func.new_op(mirrored, types);
            for (index, result) in op.results().enumerate() {
                let value = self.func.op(op_id).results[index];
                self.values.insert(result.to_raw().ptr as usize, value);
            }
            self.func.block_mut(id).ops.push(op_id);
            next = op.next_in_block();
        }
    }
}

fn blocks_of<'c, 'a>(region: RegionRef<'c, 'a>) -> Vec<BlockRef<'c, 'a>> {
    let mut blocks = Vec::new();
    let mut next = region.first_block();
    while let Some(block) = next {
        blocks.push(block);
        next = block.next_in_region();
    }
    blocks
}

fn identifier(id: melior::ir::Identifier<'_>) -> Arc<str> {
    Arc::from(id.as_string_ref().as_str().unwrap_or_default())
}

fn attributes<'c: 'a, 'a>(op: &impl OperationLike<'c, 'a>, without: &[&str]) -> Attrs {
    op.attributes()
        .map(|(name, value)| (identifier(name), attribute(Some(value))))
        .filter(|(name, _)| !without.contains(&&**name))
        .collect()
}

fn attribute_sets(op: OperationRef<'_, '_>, name: &str, count: usize) -> Vec<Attrs> {
    let list = op.attribute(name).ok().and_then(|a| ArrayAttribute::try_from(a).ok());
    (0..count)
        .map(|i| {
            let entry = list.and_then(|l| l.element(i).ok());
            let entry = entry.and_then(|a| DictionaryAttribute::try_from(a).ok());
            entry.map_or_else(Attrs::new, |dict| entries(dict).collect())
        })
        .collect()
}

fn entries(dict: DictionaryAttribute<'_>) -> impl Iterator<Item = (Arc<str>, Attr)> {
    let entries = (0..dict.len()).filter_map(move |i| dict.element(i).ok());
    entries.map(|(name, value)| (identifier(name), attribute(Some(value))))
}

fn attribute(attribute: Option<Attribute<'_>>) -> Attr {
    let Some(a) = attribute else { return Attr::Unit };
    let text = || Attr::Other(Arc::from(a.to_string()));
    if a.to_string() == "unit" {
        return Attr::Unit;
    }
    if a.is_bool() {
        return BoolAttribute::try_from(a).map_or_else(|_| text(), |b| Attr::Bool(b.value()));
    }
    if a.is_integer() {
        return match (type_of(a.r#type()), IntegerAttribute::try_from(a)) {
            (ty @ (Type::Index | Type::Int(..=64)), Ok(int)) => Attr::Int(int.value(), ty),
            _ => text(),
        };
    }
    if a.is_string() {
        return unquoted(&a.to_string()).map_or_else(text, Attr::str);
    }
    if a.is_flat_symbol_ref() {
        return symbol(&a.to_string()).map_or_else(text, |name| Attr::Symbol(Arc::from(name)));
    }
    if a.is_array() {
        return ArrayAttribute::try_from(a).map_or_else(
            |_| text(),
            |list| Attr::Array((0..list.len()).map(|i| self::attribute(list.element(i).ok())).collect()),
        );
    }
    if a.is_dictionary() {
        return DictionaryAttribute::try_from(a)
            .map_or_else(|_| text(), |d| Attr::Dict(entries(d).collect()));
    }
    if a.is_dense_i64_array() {
        return DenseI64ArrayAttribute::try_from(a).map_or_else(
            |_| text(),
            |list| Attr::I64s((0..list.len()).filter_map(|i| list.element(i).ok()).collect()),
        );
    }
    if a.is_dense_i32_array() {
        return DenseI32ArrayAttribute::try_from(a).map_or_else(
            |_| text(),
            |list| Attr::I32s((0..list.len()).filter_map(|i| list.element(i).ok()).collect()),
        );
    }
    if a.is_type() {
        return TypeAttribute::try_from(a).map_or_else(|_| text(), |t| Attr::Type(type_of(t.value())));
    }
    text()
}

/// The text that MLIR prints in quotes; `None` when it is not UTF-8, or has a type.
///
/// melior's `StringAttribute::value` is not for input of any kind: it reads an empty text through a null
/// pointer, drops a NUL at the end and panics on what is not UTF-8.
fn unquoted(printed: &str) -> Option<String> {
    let quoted = printed.strip_prefix('"')?.strip_suffix('"')?;
    let (mut text, mut bytes) = (Vec::new(), quoted.bytes());
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'"' => return None,
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                high => u8::from_str_radix(str::from_utf8(&[high, bytes.next()?]).ok()?, 16).ok()?,
            },
            plain => plain,
        });
    }
    String::from_utf8(text).ok()
}

/// The name that MLIR prints after `@`, in quotes where it must.
fn symbol(printed: &str) -> Option<String> {
    match printed.strip_prefix('@')? {
        "<<INVALID EMPTY SYMBOL>>" => Some(String::new()),
        quoted if quoted.starts_with('"') => unquoted(quoted),
        plain => Some(plain.to_owned()),
    }
}

fn type_of(ty: melior::ir::Type<'_>) -> Type {
    let text = || Type::Other(Arc::from(ty.to_string()));
    if ty.is_index() {
        return Type::Index;
    }
    if let Ok(int) = IntegerType::try_from(ty) {
        return if int.is_signless() { Type::Int(int.width()) } else { text() };
    }
    let dims = |rank: usize, size: &dyn Fn(usize) -> Option<u64>| (0..rank).map(size).collect::<Vec<_>>();
    if let Ok(memref) = MemRefType::try_from(ty) {
        let Some(space) = memref.memory_space().and_then(space) else { return text() };
        let Some(layout) = layout(memref) else { return text() };
        let dims = dims(memref.rank(), &|i| memref.dim_size(i).ok().and_then(static_size));
        let elem = Box::new(type_of(memref.element()));
        return Type::MemRef(Shaped { elem, dims, space, layout });
    }
    if let Ok(tensor) = RankedTensorType::try_from(ty) {
        let Some(space) = tensor.encoding().and_then(space) else { return text() };
        let dims = dims(tensor.rank(), &|i| tensor.dim_size(i).ok().and_then(static_size));
        return Type::Tensor(Shaped::new(type_of(tensor.element()), dims, space));
    }
    text()
}

fn static_size(size: melior::ir::r#type::DimSize) -> Option<u64> {
    match size {
        melior::ir::r#type::DimSize::Static(n) => Some(n),
        melior::ir::r#type::DimSize::Dynamic => None,
    }
}

fn space(attribute: Attribute<'_>) -> Option<Space> {
    Space::from_name(&unquoted(&attribute.to_string())?)
}

/// Dense or a rank-1 slice; any other layout is not ours to look into.
fn layout(memref: MemRefType<'_>) -> Option<Layout> {
    let text = memref.to_string();
    if text.contains("affine_map") {
        return None;
    }
    if !text.contains("strided<") {
        return Some(Layout::Identity);
    }
    let (strides, offset) = memref.strides_and_offset();
    (strides == [1]).then(|| Layout::Slice(u64::try_from(offset).ok()))
}

fn location(location: Location<'_>) -> Loc {
    if location.is_file_line_col_range() {
        let file = identifier(location.file_line_col_range_filename());
        let line = location.file_line_col_range_start_line() as u32;
        return Loc::new(file, line, location.file_line_col_range_start_column() as u32);
    }
    if location.is_fused() && location.fused_num_locations() > 0 {
        return self::location(location.fused_location(0));
    }
    if location.is_name() {
        return self::location(location.name_child_location());
    }
    if location.is_call_site() {
        return self::location(location.call_site_callee());
    }
    Loc::UNKNOWN
}

/// MLIR calls text in memory "-"; people know it by the name of its file.
pub(crate) fn in_file(loc: &Loc, file: &Arc<str>) -> Loc {
    match loc.parts() {
        Some(("-", line, column)) => Loc::new(Arc::clone(file), line, column),
        _ => loc.clone(),
    }
}

/// The place a diagnostic of MLIR points at.
pub(crate) fn diagnostic_location(diagnostic: &melior::diagnostic::Diagnostic<'_>) -> Loc {
    location(diagnostic.location())
}
