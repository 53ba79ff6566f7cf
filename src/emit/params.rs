//! What a launch hands to its kernel, and what the kernel makes of it.

use super::EmitError;
use super::body::{Array, Body, Place, elem};
use super::expr::{Expr, Ty};
use super::facts::Sizes;
use super::names::{Names, identifier};
use super::range::Range;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use xpuc_dialect::ir::{Func, OpId, ValueId};
use xpuc_dialect::ops::Kind;

/// A parameter of a kernel and of its wrapper.
#[derive(Debug, Clone)]
pub(super) struct Param {
    pub(super) name: String,
    pub(super) kind: ParamKind,
    /// What the op passes.
    pub(super) argument: Expr,
}

#[derive(Debug, Clone)]
pub(super) enum ParamKind {
    /// The first element of an array, and its sizes as parameters or numbers.
    Pointer { elem: Ty, written: bool, dims: Vec<Expr> },
    /// A number.
    Scalar(Ty),
}

impl Param {
    /// `const int* x`.
    pub(super) fn declared(&self) -> String {
        match &self.kind {
            ParamKind::Pointer { elem, written, .. } => {
                let constant = if *written { "" } else { "const " };
                format!("{constant}{}* {}", elem.name(), self.name)
            }
            ParamKind::Scalar(ty) => format!("{} {}", ty.name(), self.name),
        }
    }
}

/// What stands for an argument of the kernel's function: what the launch gives, or what it is inside.
#[derive(Debug, Clone)]
pub(super) enum Given {
    Array(Array),
    Scalar(Expr, Range),
}

/// A launch, and all that its kernel is written from.
#[derive(Debug, Clone)]
pub(super) struct Launch {
    /// The kernel's function.
    pub(super) kernel: String,
    pub(super) clusters: i64,
    pub(super) cores: i64,
    pub(super) params: Vec<Param>,
    /// What stands for each argument of the function in its body.
    pub(super) inside: Vec<Given>,
    /// Ranges of sizes, by what the op calls them.
    pub(super) sizes: HashMap<String, Range>,
}

impl Launch {
    /// What the kernel knows of the sizes of its arguments.
    pub(super) fn sizes(&self, func: &Func) -> Sizes {
        let mut sizes = Sizes::default();
        for (arg, inside) in func.args()[2..].iter().zip(&self.inside) {
            let Given::Array(array) = inside else { continue };
            for (axis, dim) in array.dims.iter().enumerate() {
                let param = self.params.iter().find(|param| param.name == dim.text);
                let range = param.and_then(|param| self.sizes.get(&param.argument.text));
                sizes.extend(range.map(|range| ((*arg, axis), *range)));
            }
        }
        sizes
    }
}

/// What a kernel uses of its arguments.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pointers: HashSet<usize>,
    written: HashSet<usize>,
    dims: HashSet<(usize, usize)>,
    scalars: HashSet<usize>,
}

impl Uses {
    /// Whether the function writes the array that is its argument at a position.
    pub(super) fn writes(&self, position: usize) -> bool {
        self.written.contains(&position)
    }

    /// Adds what a function uses.
    pub(super) fn add(&mut self, func: &Func) {
        let position: HashMap<ValueId, usize> =
            func.args().iter().enumerate().map(|(i, v)| (*v, i)).collect();
        // Views are of the argument that they are made from.
        let mut of: HashMap<ValueId, usize> = position.clone();
        for id in func.walk() {
            let op = func.op(id);
            let rank = |value: ValueId| func.ty(value).shaped().map_or(0, |shaped| shaped.rank());
            for operand in &op.operands {
                if let Some(at) = position.get(operand).filter(|_| func.ty(*operand).is_scalar()) {
                    self.scalars.insert(*at);
                }
            }
            // A transfer of a core reads one side and writes the other.
            if Kind::of(op) == Some(Kind::Copy) {
                let sides: Vec<Option<usize>> = op.operands.iter().map(|v| of.get(v).copied()).collect();
                self.pointers.extend(sides.iter().flatten());
                self.written.extend(sides.last().copied().flatten());
            }
            let Some((memref, at)) = op
                .operands
                .iter()
                .find_map(|v| func.ty(*v).memref().and_then(|_| of.get(v)).map(|at| (*v, *at)))
            else {
                continue;
            };
            match &*op.name {
                "memref.dim" => {
                    let axis = func.constant(op.operands[1]).and_then(|axis| usize::try_from(axis).ok());
                    let root = func.args()[at];
                    match axis {
                        // Sizes of slices are operands; those of casts are those of what is cast.
                        Some(axis) if rank(root) == rank(memref) => self.dims.extend([(at, axis)]),
                        _ => self.dims.extend((0..rank(root)).map(|axis| (at, axis))),
                    }
                }
                "memref.load" | "memref.store" => {
                    self.pointers.insert(at);
                    if &*op.name == "memref.store" {
                        self.written.insert(at);
                    }
                    self.dims.extend((1..rank(memref)).map(|axis| (at, axis)));
                }
                name if name.starts_with("memref.") => {
                    of.extend(op.results.iter().map(|result| (*result, at)));
                    if name == "memref.collapse_shape" {
                        self.dims.extend((0..rank(memref)).map(|axis| (at, axis)));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The parameters of a kernel of which `uses` is used, and what its arguments are inside.
pub(super) fn params(func: &Func, uses: &Uses, given: &[Given], flow: &[Range]) -> (Vec<Param>, Vec<Given>) {
    let mut made = Made { names: Names::default(), params: Vec::new(), known: HashMap::default() };
    let mut inside = Vec::new();
    for (number, given) in given.iter().enumerate() {
        // The first two are the cluster and the core.
        let at = number + 2;
        inside.push(match given {
            Given::Scalar(expr, _) if !uses.scalars.contains(&at) => {
                Given::Scalar(expr.clone(), flow[number])
            }
            Given::Scalar(expr, range) => {
                let ty = match func.ty(func.args()[at]) {
                    // The op makes sure that it fits.
                    xpuc_dialect::ir::Type::Index => Ty::Int,
                    ty => elem(ty),
                };
                Given::Scalar(made.scalar(expr, ty, "n"), *range)
            }
            Given::Array(array) => {
                let used = uses.pointers.contains(&at);
                let wanted = array.pointer.text.split(['.', ' ', '(']).next().unwrap_or("buffer");
                let wanted = identifier(wanted.strip_suffix("_data").unwrap_or(wanted));
                let position = used.then(|| made.pointer(array, &wanted, uses.written.contains(&at)));
                let mut dims = Vec::new();
                for (axis, dim) in array.dims.iter().enumerate() {
                    dims.push(if uses.dims.contains(&(at, axis)) {
                        made.scalar(dim, Ty::Int, &format!("{wanted}_size"))
                    } else {
                        dim.clone()
                    });
                }
                let mut pointer = Expr::name(wanted, Ty::Int);
                if let Some(position) = position {
                    pointer = Expr::name(made.params[position].name.clone(), Ty::Int);
                    // Only sizes that the wrapper knows can be checked there.
                    let inside_dims: Vec<Expr> = dims
                        .iter()
                        .enumerate()
                        .filter(|(axis, dim)| uses.dims.contains(&(at, *axis)) || is_number(dim))
                        .map(|(_, dim)| dim.clone())
                        .collect();
                    let all = inside_dims.len() == dims.len();
                    if let ParamKind::Pointer { dims: checked, .. } = &mut made.params[position].kind {
                        *checked = if all { inside_dims } else { Vec::new() };
                    }
                }
                Given::Array(Array { pointer, at: None, dims, elem: array.elem })
            }
        });
    }
    (made.params, inside)
}

fn is_number(expr: &Expr) -> bool {
    expr.text.chars().all(|c| c.is_ascii_digit())
}

struct Made {
    names: Names,
    params: Vec<Param>,
    /// What the op passes already, by its text and type.
    known: HashMap<(String, &'static str), Expr>,
}

impl Made {
    fn scalar(&mut self, argument: &Expr, ty: Ty, wanted: &str) -> Expr {
        if is_number(argument) || argument.text.starts_with('-') && argument.is_plain() {
            return argument.clone();
        }
        let key = (argument.text.clone(), ty.name());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let name = argument.text.strip_prefix("FLAGS_").unwrap_or(&argument.text);
        let name = if argument.is_plain() {
            name.strip_suffix(super::wanted::NARROW).unwrap_or(name)
        } else {
            wanted
        };
        let name = self.names.fresh(name);
        let inside = Expr::name(name.clone(), ty);
        self.params.push(Param { name, kind: ParamKind::Scalar(ty), argument: argument.clone() });
        self.known.insert(key, inside.clone());
        inside
    }

    fn pointer(&mut self, array: &Array, wanted: &str, written: bool) -> usize {
        let name = self.names.fresh(wanted);
        let kind = ParamKind::Pointer { elem: array.elem, written, dims: Vec::new() };
        self.params.push(Param { name, kind, argument: array.pointer.clone() });
        self.params.len() - 1
    }
}

/// Ranges of the sizes that the op knows at a launch, by what it calls them: one name is one size.
pub(super) fn sizes(body: &Body<'_>, call: OpId) -> HashMap<String, Range> {
    let mut sizes: HashMap<String, Range> = HashMap::default();
    for (value, range) in body.facts.sizes(call) {
        let Some(name) = body.scalars.get(value).filter(|expr| expr.is_plain()) else { continue };
        let known = sizes.entry(name.text.clone()).or_insert(*range);
        *known = known.meet(*range);
    }
    sizes
}

/// What a launch gives, from its call in the op's function.
pub(super) fn given(body: &mut Body<'_>, call: OpId) -> Result<Vec<Given>, EmitError> {
    debug_assert_eq!(body.place, Place::Op);
    let op = body.func.op(call);
    let mut given = Vec::new();
    for (number, operand) in op.operands.iter().enumerate().skip(2) {
        given.push(if body.func.ty(*operand).memref().is_some() {
            Given::Array(body.array(*operand, op)?)
        } else {
            let expr = body.take(*operand);
            Given::Scalar(body.plain(expr, "n"), body.facts.operand(call, number))
        });
    }
    Ok(given)
}
