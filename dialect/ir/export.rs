//! Rust IR to MLIR: one walk.

use super::{Attr, Attrs, BlockId, Func, Layout, Loc, Module, OpId, Shaped, Type, ValueId};
use melior::Context;
use melior::ir::attribute::{
    ArrayAttribute, BoolAttribute, DenseI32ArrayAttribute, DenseI64ArrayAttribute, DictionaryAttribute,
    FlatSymbolRefAttribute, IntegerAttribute, StringAttribute, TypeAttribute,
};
use melior::ir::operation::{OperationBuilder, OperationMutLike};
use melior::ir::r#type::FunctionType;
use melior::ir::{
    Attribute, Block, BlockLike, BlockRef, Identifier, Location, Operation, Region, RegionLike, Value,
};
use rustc_hash::FxHashMap as HashMap;

/// Why a module cannot be written back: a defect of a pass, never of the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// A type whose text MLIR does not read.
    #[error("type {text} is not one that MLIR reads")]
    Type {
        /// The text.
        text: String,
    },
    /// An attribute whose text MLIR does not read.
    #[error("attribute {text} is not one that MLIR reads")]
    Attribute {
        /// The text.
        text: String,
    },
    /// An operation uses a value that does not come before it.
    #[error("{op} at {loc} uses a value that is not defined before it")]
    Undefined {
        /// Name of the operation.
        op: String,
        /// Where it was written.
        loc: Loc,
    },
    /// MLIR refused to make the operation.
    #[error("{op} at {loc} cannot be built")]
    Operation {
        /// Name of the operation.
        op: String,
        /// Where it was written.
        loc: Loc,
    },
}

/// Writes a module into an MLIR context.
///
/// With `spaces` off, memory spaces are left out: the conversion to LLVM takes integer spaces only.
pub fn export<'c>(
    context: &'c Context,
    module: &Module,
    spaces: bool,
) -> Result<melior::ir::Module<'c>, ExportError> {
    let writer = Writer { context, spaces };
    let mut out = melior::ir::Module::new(Location::unknown(context));
    for func in &module.funcs {
        out.body().append_operation(writer.function(func)?);
    }
    for op in &module.attrs.signatures {
        let built = OperationBuilder::new(&op.name, writer.location(&op.loc))
            .add_attributes(&writer.attributes(&op.attrs)?)
            .build()
            .map_err(|_| ExportError::Operation { op: op.name.to_string(), loc: op.loc.clone() })?;
        out.body().append_operation(built);
    }
    for (name, attr) in &module.attrs.attrs {
        let attr = writer.attribute(attr)?;
        out.as_operation_mut().set_attribute(name, attr);
    }
    Ok(out)
}

struct Writer<'c> {
    context: &'c Context,
    spaces: bool,
}

type Values<'c> = HashMap<ValueId, Value<'c, 'c>>;
type Blocks<'c> = HashMap<BlockId, BlockRef<'c, 'c>>;

impl<'c> Writer<'c> {
    fn function(&self, func: &Func) -> Result<Operation<'c>, ExportError> {
        let inputs = self.types(&func.arg_types())?;
        let results = self.types(&func.result_types)?;
        let ty = FunctionType::new(self.context, &inputs, &results);
        let mut attrs = vec![
            (self.id("sym_name"), StringAttribute::new(self.context, &func.name).into()),
            (self.id("function_type"), TypeAttribute::new(ty.into()).into()),
        ];
        for (name, sets) in [("arg_attrs", &func.arg_attrs), ("res_attrs", &func.result_attrs)] {
            if sets.iter().any(|set| !set.is_empty()) {
                let sets = sets
                    .iter()
                    .map(|set| Ok(DictionaryAttribute::new(self.context, &self.attributes(set)?).into()))
                    .collect::<Result<Vec<Attribute<'c>>, ExportError>>()?;
                attrs.push((self.id(name), ArrayAttribute::new(self.context, &sets).into()));
            }
        }
        attrs.extend(self.attributes(&func.attrs)?);
        let region = Region::new();
        self.region(func, &func.body, &region, &mut Values::default(), &mut Blocks::default())?;
        OperationBuilder::new("func.func", self.location(&func.loc))
            .add_attributes(&attrs)
            .add_regions([region])
            .build()
            .map_err(|_| ExportError::Operation {
                op: format!("func.func @{}", func.name),
                loc: func.loc.clone(),
            })
    }

    fn region(
        &self,
        func: &Func,
        blocks: &[BlockId],
        region: &Region<'c>,
        values: &mut Values<'c>,
        made: &mut Blocks<'c>,
    ) -> Result<(), ExportError> {
        for id in blocks {
            let args = &func.block(*id).args;
            let types = args.iter().map(|v| self.ty(func.ty(*v))).collect::<Result<Vec<_>, _>>()?;
            let location = self.location(&func.loc);
            let block = Block::new(&types.into_iter().map(|ty| (ty, location)).collect::<Vec<_>>());
            let block: BlockRef<'c, 'c> = region.append_block(block);
            for (index, arg) in args.iter().enumerate() {
                if let Ok(value) = block.argument(index) {
                    values.insert(*arg, value.into());
                }
            }
            made.insert(*id, block);
        }
        for id in blocks {
            let block = made[id];
            for op in &func.block(*id).ops {
                self.operation(func, *op, block, values, made)?;
            }
        }
        Ok(())
    }

    fn operation(
        &self,
        func: &Func,
        id: OpId,
        block: BlockRef<'c, 'c>,
        values: &mut Values<'c>,
        made: &mut Blocks<'c>,
    ) -> Result<(), ExportError> {
        let op = func.op(id);
        let undefined = || ExportError::Undefined { op: op.name.to_string(), loc: op.loc.clone() };
        let operands = op
            .operands
            .iter()
            .map(|v| values.get(v).copied().ok_or_else(undefined))
            .collect::<Result<Vec<_>, _>>()?;
        let results = op.results.iter().map(|v| self.ty(func.ty(*v))).collect::<Result<Vec<_>, _>>()?;
        let regions = op
            .regions
            .iter()
            .map(|blocks| {
                let region = Region::new();
                self.region(func, blocks, &region, values, made)?;
                Ok(region)
            })
            .collect::<Result<Vec<_>, ExportError>>()?;
        // SAFETY: `made` holds references to blocks owned by regions of the function under
        // construction, which outlive this call; `Block::from_raw` borrows them only for the call
        // below and `forget` gives ownership back without freeing.
        let successors: Vec<Block<'c>> = op
            .successors
            .iter()
            .filter_map(|b| made.get(b))
            .map(|b| unsafe { Block::from_raw(b.to_raw()) })
            .collect();
        let built = OperationBuilder::new(&op.name, self.location(&op.loc))
            .add_operands(&operands)
            .add_results(&results)
            .add_attributes(&self.attributes(&op.attrs)?)
            .add_regions_vec(regions)
            .add_successors(&successors.iter().collect::<Vec<_>>())
            .build();
        successors.into_iter().for_each(std::mem::forget);
        let built =
            built.map_err(|_| ExportError::Operation { op: op.name.to_string(), loc: op.loc.clone() })?;
        let built = block.append_operation(built);
        for (index, result) in op.results.iter().enumerate() {
            let value = built
                .result(index)
                .map_err(|_| ExportError::Operation { op: op.name.to_string(), loc: op.loc.clone() })?;
            values.insert(*result, value.into());
        }
        Ok(())
    }

    fn id(&self, name: &str) -> Identifier<'c> {
        Identifier::new(self.context, name)
    }

    fn attributes(&self, attrs: &Attrs) -> Result<Vec<(Identifier<'c>, Attribute<'c>)>, ExportError> {
        attrs.iter().map(|(name, value)| Ok((self.id(name), self.attribute(value)?))).collect()
    }

    fn attribute(&self, attr: &Attr) -> Result<Attribute<'c>, ExportError> {
        let context = self.context;
        Ok(match attr {
            Attr::Unit => Attribute::unit(context),
            Attr::Bool(value) => BoolAttribute::new(context, *value).into(),
            Attr::Int(value, ty) => IntegerAttribute::new(self.ty(ty)?, *value).into(),
            Attr::Str(text) => StringAttribute::new(context, text).into(),
            Attr::Symbol(name) => FlatSymbolRefAttribute::new(context, name).into(),
            Attr::I64s(values) => DenseI64ArrayAttribute::new(context, values).into(),
            Attr::I32s(values) => DenseI32ArrayAttribute::new(context, values).into(),
            Attr::Type(ty) => TypeAttribute::new(self.ty(ty)?).into(),
            Attr::Array(list) => {
                let list = list.iter().map(|a| self.attribute(a)).collect::<Result<Vec<_>, _>>()?;
                ArrayAttribute::new(context, &list).into()
            }
            Attr::Dict(entries) => {
                let entries = entries.iter().map(|(name, value)| Ok((self.id(name), self.attribute(value)?)));
                let entries = entries.collect::<Result<Vec<_>, ExportError>>()?;
                DictionaryAttribute::new(context, &entries).into()
            }
            Attr::Other(text) => Attribute::parse(context, text)
                .ok_or_else(|| ExportError::Attribute { text: text.to_string() })?,
        })
    }

    fn types(&self, types: &[Type]) -> Result<Vec<melior::ir::Type<'c>>, ExportError> {
        types.iter().map(|ty| self.ty(ty)).collect()
    }

    fn ty(&self, ty: &Type) -> Result<melior::ir::Type<'c>, ExportError> {
        let text = match ty {
            Type::Index => return Ok(melior::ir::Type::index(self.context)),
            Type::Int(bits) => return Ok(melior::ir::r#type::IntegerType::new(self.context, *bits).into()),
            Type::MemRef(shaped) if !self.spaces => without_space(shaped),
            _ => ty.to_string(),
        };
        melior::ir::Type::parse(self.context, &text).ok_or(ExportError::Type { text })
    }

    fn location(&self, loc: &Loc) -> Location<'c> {
        match loc.parts() {
            Some((file, line, column)) => Location::new(self.context, file, line as usize, column as usize),
            None => Location::unknown(self.context),
        }
    }
}

fn without_space(shaped: &Shaped) -> String {
    let dims: String =
        shaped.dims.iter().map(|d| d.map_or_else(|| "?x".to_owned(), |n| format!("{n}x"))).collect();
    let layout = match shaped.layout {
        Layout::Identity => String::new(),
        Layout::Slice(None) => ", strided<[1], offset: ?>".to_owned(),
        Layout::Slice(Some(offset)) => format!(", strided<[1], offset: {offset}>"),
    };
    format!("memref<{dims}{}{layout}>", shaped.elem)
}
