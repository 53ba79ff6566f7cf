//! Sums have a normal form: a polynomial over the terms that are no sums, with coefficients that wrap around.
//!
//! There are no rules for commutativity, associativity and distribution, which would make the e-graph explode.
//! Instead each round computes the form of every class that adds, subtracts or multiplies, and unites classes of
//! one form, type and shape: `a + b` and `b + a`, `(a + b) - b` and `a`, `a - a` and 0. Where the form takes fewer
//! ops than the program had, it is written out. The program's own terms stay, so a sum that nothing can be done
//! about keeps its shape. Patterns match forms too, with `sum` (`rules/README.md`).

use super::facts::sizes::Size;
use super::facts::{Data, Dims, Graph};
use super::lang::{Children, Node, Op, Ty, Upstream};
use super::rules;
use egg::{Id, Language};
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};
use std::borrow::Cow;
use xpuc_dialect::ops::{Binary, Kind};

/// Products in a form; a longer sum is a term of its own to those that use it.
const MAX_TERMS: usize = 8;

/// Factors in a product.
const MAX_FACTORS: usize = 4;

/// Factors of a product, sorted.
pub(super) type Factors = SmallVec<[Id; MAX_FACTORS]>;

/// A polynomial over classes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Sum {
    /// Products, sorted, each with its coefficient, which is not 0.
    pub(super) terms: Vec<(Factors, i64)>,
    pub(super) constant: i64,
}

impl Sum {
    fn constant(value: i64) -> Self {
        Sum { terms: Vec::new(), constant: value }
    }

    fn atom(class: Id) -> Self {
        Sum { terms: vec![(smallvec![class], 1)], constant: 0 }
    }

    /// The class, if this is one and nothing else.
    fn as_atom(&self) -> Option<Id> {
        match (self.terms.as_slice(), self.constant) {
            ([(factors, 1)], 0) if factors.len() == 1 => Some(factors[0]),
            _ => None,
        }
    }

    /// `self + factor * other`; `None` beyond the limits.
    fn plus(&self, other: &Sum, factor: i64, bits: u32) -> Option<Self> {
        let mut all = self.clone();
        all.constant = wrap(all.constant.wrapping_add(other.constant.wrapping_mul(factor)), bits);
        for (factors, coefficient) in &other.terms {
            all.insert(factors.clone(), coefficient.wrapping_mul(factor), bits);
        }
        (all.terms.len() <= MAX_TERMS).then_some(all)
    }

    fn times(&self, other: &Sum, bits: u32) -> Option<Self> {
        let mut all = Sum::constant(wrap(self.constant.wrapping_mul(other.constant), bits));
        fn parts(sum: &Sum) -> impl Iterator<Item = (&[Id], i64)> {
            let terms = sum.terms.iter().map(|(factors, coefficient)| (&factors[..], *coefficient));
            terms.chain([(&[][..], sum.constant)])
        }
        for (x, a) in parts(self) {
            for (y, b) in parts(other) {
                if x.is_empty() && y.is_empty() {
                    continue;
                }
                let mut factors: Factors = x.iter().chain(y).copied().collect();
                factors.sort_unstable();
                if factors.len() > MAX_FACTORS {
                    return None;
                }
                all.insert(factors, a.wrapping_mul(b), bits);
            }
        }
        (all.terms.len() <= MAX_TERMS).then_some(all)
    }

    fn insert(&mut self, factors: Factors, coefficient: i64, bits: u32) {
        let at = self.terms.binary_search_by(|(known, _)| known.cmp(&factors));
        let sum = wrap(at.map_or(0, |at| self.terms[at].1).wrapping_add(coefficient), bits);
        match (at, sum) {
            (Ok(at), 0) => drop(self.terms.remove(at)),
            (Ok(at), sum) => self.terms[at].1 = sum,
            (Err(_), 0) => {}
            (Err(at), sum) => self.terms.insert(at, (factors, sum)),
        }
    }

    /// Additions and multiplications that it takes to compute.
    fn ops(&self) -> usize {
        let products: usize =
            self.terms.iter().map(|(f, c)| f.len() - 1 + usize::from(!matches!(c, 1 | -1))).sum();
        let negative =
            self.constant == 0 && !self.terms.is_empty() && self.terms.iter().all(|(_, c)| *c == -1);
        let summands = self.terms.len() + usize::from(self.constant != 0 || negative);
        products + summands.saturating_sub(1)
    }
}

/// The integer of so many bits that `value` wraps around to.
pub(super) fn wrap(value: i64, bits: u32) -> i64 {
    let unused = 64 - bits.min(64);
    (value << unused) >> unused
}

/// The operands of a node that is a sum or product, and how they are combined.
fn linear(node: &Node) -> Option<(Option<Binary>, &[Id])> {
    match node.op {
        // Every element is the scalar.
        Op::Xpu(Kind::Constant) => Some((None, &node.children[..1])),
        op => op.linear().map(|op| (Some(op), node.children())),
    }
}

/// Computes every form anew and unites what has the same; how often it did.
pub(super) fn normalise(graph: &mut Graph) -> u64 {
    let mut forms = Forms { graph, of: vec![None; graph.nodes().len()] };
    let mut classes: Vec<Id> = graph.classes().filter(|c| is_sum(graph, c.id)).map(|c| c.id).collect();
    classes.sort_unstable();
    for class in &classes {
        forms.compute(*class);
    }
    let mut of = forms.of;
    let mut sums: Vec<(Id, Form)> =
        classes.into_iter().filter_map(|id| Some((id, of[usize::from(id)].take()?))).collect();
    let constant = sums.iter().any(|(_, form)| form.sum.terms.is_empty());
    let lengths = constant.then(|| Lengths::of(graph));
    let mut united = 0;
    let mut known: FxHashMap<(&Sum, Ty, Dims), Id> = FxHashMap::default();
    for (class, Form { sum, ops }) in &sums {
        let data = &graph[*class].data;
        let ty = data.ty;
        let Some(shape) = data.shape().map(Dims::from_slice) else { continue };
        let same = |graph: &Graph, id: Id| {
            let other = &graph[id].data;
            other.ty == ty && other.shape() == Some(&shape)
        };
        let twin = *known.entry((sum, ty, shape.clone())).or_insert(*class);
        united += u64::from(rules::unite(graph, *class, twin));
        if let Some(atom) = sum.as_atom() {
            if same(graph, atom) {
                united += u64::from(rules::unite(graph, *class, atom));
            }
        } else if sum.terms.is_empty() {
            united += lengths.as_ref().map_or(0, |lengths| lengths.constant(graph, *class, sum.constant));
        } else if *ops > sum.ops()
            && let Some(written) = write(graph, sum, ty)
            && same(graph, written)
        {
            united += u64::from(rules::unite(graph, *class, written));
        }
    }
    if !graph.clean {
        graph.rebuild();
        for (class, Form { sum, .. }) in &mut sums {
            *class = graph.find(*class);
            for (factors, _) in &mut sum.terms {
                factors.iter_mut().for_each(|id| *id = graph.find(*id));
            }
        }
        // Classes that became one have one form; what it is exactly, the next round says.
        sums.sort_by(|(a, x), (b, y)| (a, &x.sum).cmp(&(b, &y.sum)));
        sums.dedup_by_key(|(class, _)| *class);
    }
    graph.analysis.sums = sums.into_iter().map(|(class, form)| (class, form.sum)).collect();
    united
}

/// Writes every value that has but one as that constant; how often it did.
pub(super) fn fold(graph: &mut Graph) -> u64 {
    let single = |data: &Data| data.range.0 == data.range.1 && !data.assumed;
    let mut classes: Vec<(Id, i64)> = graph
        .classes()
        .filter(|class| single(&class.data) && class.data.literal.is_none())
        .filter(|class| !class.nodes.iter().any(|node| matches!(node.op, Op::Leaf(_))))
        .map(|class| (class.id, class.data.range.0))
        .collect();
    classes.sort_unstable();
    if classes.is_empty() {
        return 0;
    }
    let lengths = Lengths::of(graph);
    let folded: u64 = classes.into_iter().map(|(class, value)| lengths.constant(graph, class, value)).sum();
    graph.rebuild();
    folded
}

fn is_sum(graph: &Graph, class: Id) -> bool {
    graph[class].data.ty.bits() > 1 && graph[class].nodes.iter().any(|node| linear(node).is_some())
}

/// A form, and the ops that the program spends on it, shared ones counted each time.
#[derive(Debug, Clone)]
struct Form {
    sum: Sum,
    ops: usize,
}

struct Forms<'g> {
    graph: &'g Graph,
    /// By class.
    of: Vec<Option<Form>>,
}

impl Forms<'_> {
    fn known(&self, class: Id) -> Option<&Form> {
        self.of[usize::from(class)].as_ref()
    }

    /// Without recursion, as sums can be long. A class that is met within itself is a term of its own there.
    fn compute(&mut self, class: Id) {
        let mut stack = vec![class];
        let mut open: Vec<Id> = Vec::new();
        while let Some(class) = stack.last().copied() {
            if self.known(class).is_some() {
                stack.pop();
                continue;
            }
            let nodes = || self.graph[class].nodes.iter().filter_map(linear);
            if !open.contains(&class) {
                open.push(class);
                let below = nodes().flat_map(|(_, children)| children).map(|id| self.graph.find(*id));
                let new = below.filter(|id| self.known(*id).is_none() && is_sum(self.graph, *id));
                let new: Vec<Id> = new.filter(|id| !open.contains(id)).collect();
                if !new.is_empty() {
                    stack.extend(new);
                    continue;
                }
            }
            stack.pop();
            open.retain(|id| *id != class);
            let bits = self.graph[class].data.ty.bits();
            let forms = nodes().filter_map(|(op, children)| self.combine(op, children, bits));
            let own = |form: &Form| form.sum.as_atom() == Some(class);
            let forms: Vec<Form> = forms.filter(|form| !own(form)).collect();
            let ops = forms.iter().map(|form| form.ops).min().unwrap_or(0);
            let best = forms
                .into_iter()
                .map(|form| form.sum)
                .min_by(|a, b| (a.terms.len(), a).cmp(&(b.terms.len(), b)));
            self.of[usize::from(class)] = Some(Form { sum: best.unwrap_or_else(|| Sum::atom(class)), ops });
        }
    }

    fn combine(&self, op: Option<Binary>, children: &[Id], bits: u32) -> Option<Form> {
        let (x, a) = self.child(children[0]);
        let Some(op) = op else { return Some(Form { sum: x.into_owned(), ops: a }) };
        let (y, b) = self.child(children[1]);
        let sum = match op {
            Binary::Add => x.plus(&y, 1, bits),
            Binary::Sub => x.plus(&y, -1, bits),
            _ => x.times(&y, bits),
        };
        Some(Form { sum: sum?, ops: a.saturating_add(b).saturating_add(1) })
    }

    fn child(&self, id: Id) -> (Cow<'_, Sum>, usize) {
        let class = self.graph.find(id);
        if let Some(value) = self.graph[class].data.literal {
            return (Cow::Owned(Sum::constant(value)), 0);
        }
        match self.known(class) {
            Some(form) => (Cow::Borrowed(&form.sum), form.ops),
            None => (Cow::Owned(Sum::atom(class)), 0),
        }
    }
}

/// Writes a form as ops: what is added first, then what is taken away, each in the program's order.
fn write(graph: &mut Graph, sum: &Sum, ty: Ty) -> Option<Id> {
    let born = |graph: &Graph, factors: &[Id]| {
        let mut births: Factors = factors.iter().map(|id| graph[*id].data.birth).collect();
        births.sort_unstable();
        births
    };
    let mut terms: Vec<(bool, Factors, Factors, i64)> =
        sum.terms.iter().map(|(factors, c)| (*c == -1, born(graph, factors), factors.clone(), *c)).collect();
    terms.sort();
    let scalar = if ty == Ty::Index { Ty::Index } else { Ty::Int(ty.bits()) };
    let mut all: Option<Id> = None;
    for (taken, _, mut factors, coefficient) in terms {
        factors.sort_by_key(|id| graph[*id].data.birth);
        let mut product = factors[0];
        for factor in &factors[1..] {
            product = apply(graph, Binary::Mul, product, *factor)?;
        }
        if !matches!(coefficient, 1 | -1) {
            let coefficient = graph.add(Node::constant(coefficient, scalar));
            product = apply(graph, Binary::Mul, product, coefficient)?;
        }
        all = Some(match (all, taken) {
            (None, false) => product,
            (Some(all), false) => apply(graph, Binary::Add, all, product)?,
            (Some(all), true) => apply(graph, Binary::Sub, all, product)?,
            (None, true) => {
                let first = graph.add(Node::constant(sum.constant, scalar));
                apply(graph, Binary::Sub, first, product)?
            }
        });
    }
    let begun = sum.terms.iter().all(|(_, c)| *c == -1);
    if sum.constant == 0 || begun {
        return all;
    }
    let constant = graph.add(Node::constant(sum.constant, scalar));
    apply(graph, Binary::Add, all?, constant)
}

/// Adds `x op y`, on arrays or scalars.
fn apply(graph: &mut Graph, op: Binary, x: Id, y: Id) -> Option<Id> {
    let upstream = match op {
        Binary::Add => Upstream::Add,
        Binary::Sub => Upstream::Sub,
        _ => Upstream::Mul,
    };
    let scalars = [x, y].iter().all(|id| graph[*id].data.ty.is_scalar());
    let op = if scalars { Op::Upstream(upstream, 0) } else { Op::Xpu(Kind::Broadcast(op)) };
    rules::add(graph, Node { op, ty: None, children: smallvec![x, y] })
}

/// What says a size, to write a constant of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Length {
    /// An index value.
    Value(Id),
    /// A dim of a value that is there.
    Dim(Id, usize),
}

/// The first in the program to say each size: index values, and values that are no terms.
struct Lengths {
    of: FxHashMap<Size, (Id, Length)>,
}

impl Lengths {
    fn of(graph: &Graph) -> Self {
        let mut lengths = Lengths { of: FxHashMap::default() };
        for class in graph.classes() {
            let (data, id) = (&class.data, class.id);
            if data.ty == Ty::Index
                && let Some(size) = data.scalar
            {
                lengths.say(size, data.birth, Length::Value(id));
            } else if data.ty.is_tensor() && class.nodes.iter().any(|node| matches!(node.op, Op::Leaf(_))) {
                for (axis, size) in data.dims.iter().enumerate() {
                    lengths.say(*size, data.birth, Length::Dim(id, axis));
                }
            }
        }
        lengths
    }

    fn say(&mut self, size: Size, birth: Id, length: Length) {
        let known = self.of.entry(size).or_insert((birth, length));
        *known = (*known).min((birth, length));
    }

    /// Unites a class with a constant, if its shape can be said where the class was first computed.
    fn constant(&self, graph: &mut Graph, class: Id, value: i64) -> u64 {
        let data = &graph[class].data;
        let (ty, birth) = (data.ty, data.birth);
        if ty.is_scalar() {
            let made = graph.add(Node::constant(value, ty));
            return u64::from(rules::unite(graph, class, made));
        }
        let Some(shape) = data.shape().map(Dims::from_slice) else { return 0 };
        let mut children: Children = smallvec![graph.add(Node::constant(value, Ty::Int(ty.bits())))];
        for size in shape {
            let length = match (graph.analysis.sizes.known(size), self.of.get(&size)) {
                (Some(length), _) => graph.add(Node::constant(length, Ty::Index)),
                (_, Some((_, Length::Value(id)))) if graph.find(*id) == class => return 0,
                (_, Some((born, _))) if *born >= birth => return 0,
                (_, Some((_, Length::Value(id)))) => *id,
                (_, Some((_, Length::Dim(id, axis)))) => {
                    let axis = graph.add(Node::constant(*axis as i64, Ty::Index));
                    let dim =
                        graph.add(Node::new(Op::Upstream(Upstream::ValueDim, 0), Ty::Index, [*id, axis]));
                    let mut data = graph[dim].data.clone();
                    data.scalar = data.scalar.or(Some(size));
                    graph.set_analysis_data(dim, data);
                    dim
                }
                (None, None) => return 0,
            };
            children.push(length);
        }
        let made = graph.add(Node::new(Op::Xpu(Kind::Constant), ty, children));
        u64::from(rules::unite(graph, class, made))
    }
}
