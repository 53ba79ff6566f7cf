//! Proof of the rules, at 8 bits.
//!
//! Both sides of a row are computed by an evaluator that shares no code with the passes (`eval`), under facts that
//! the row's own side condition accepts. Element-wise rows see every value of every variable; rows about
//! whole arrays see arrays of up to three elements. Both sides must give the same, an error at run time included.
//! Of `RANGES` a condition must accept some, or the row counts as one that never fires.

mod eval;
mod sums;
mod wrong;

use super::facts::{Facts, Graph, range};
use super::lang::{Node, Op, Ty, Upstream};
use super::rules::{self, Row};
use egg::{ENodeOrVar, Id, Language, PatternAst, Subst, Var};
use eval::{Env, Value, eval};
use std::collections::BTreeMap;
use xpuc_dialect::dim::Dim;
use xpuc_dialect::ops::Kind;

/// Values at which things go wrong.
const EDGES: [i64; 14] = [-128, -127, -64, -3, -2, -1, 0, 1, 2, 3, 7, 64, 126, 127];

/// Ranges that a variable is known to be in.
const RANGES: [(i64, i64); 22] = [
    (-128, 127),
    (0, 127),
    (0, 0),
    (1, 1),
    (2, 2),
    (3, 3),
    (4, 4),
    (7, 7),
    (127, 127),
    (-1, -1),
    (-3, -3),
    (-4, -4),
    (0, 1),
    (0, 3),
    (1, 5),
    (0, 30),
    (10, 30),
    (-5, 5),
    (-30, 30),
    (-20, -1),
    (-128, -1),
    (64, 127),
];

/// Rules whose right side gives a value where the left side is an error at run time. An op that nobody uses may go
/// with its error (`dialect/SPEC.md`); the other way round would stop programs that ran.
const DROP_ERRORS: [&str; 4] = ["extract-insert", "extract-past-insert", "slot-mapping", "slot-pad"];

/// Environments tried for a row about whole arrays.
const SAMPLES: u64 = 4000;

/// How often the sides of a row were compared, or where they differ.
fn check(row: &Row) -> Result<u64, String> {
    let left = rules::parse(row.rule.left).ast;
    let right = rules::parse(row.rule.right).ast;
    let sides = [&left, &right];
    let vars = egg::Pattern::new(left.clone()).vars();
    if sides.iter().all(|side| is_elementwise(side)) {
        lanes(row, &vars, sides)
    } else {
        arrays(row, &vars, sides)
    }
}

fn compare(row: &Row, [left, right]: [&PatternAst<Node>; 2], env: &Env) -> Result<u64, String> {
    let (Some(x), Some(y)) = (eval(left, env), eval(right, env)) else { return Ok(0) };
    if x == y {
        return Ok(1);
    }
    if x.is_none() && DROP_ERRORS.contains(&row.rule.name) {
        return Ok(0);
    }
    let values: Vec<String> = env.iter().map(|(var, value)| format!("{var} = {value:?}")).collect();
    Err(format!(
        "{}: {} is {x:?}, {} is {y:?}, for {}",
        row.rule.name,
        row.rule.left,
        row.rule.right,
        values.join(", ")
    ))
}

fn ops(ast: &PatternAst<Node>) -> impl Iterator<Item = &Node> {
    ast.as_ref().iter().filter_map(|node| if let ENodeOrVar::ENode(node) = node { Some(node) } else { None })
}

/// Whether an element of the result depends on the same element of the operands only.
fn is_elementwise(ast: &PatternAst<Node>) -> bool {
    ops(ast).all(|node| match node.op {
        Op::Constant(..) | Op::Compare(_) | Op::Xpu(Kind::Select | Kind::Constant) => true,
        Op::Upstream(Upstream::Select, _) => true,
        op => op.binary().is_some(),
    })
}

/// Element-wise rows: every variable is one element of 8 bits.
fn lanes(row: &Row, vars: &[Var], sides: [&PatternAst<Node>; 2]) -> Result<u64, String> {
    let masks = masks(sides[0]);
    let choices: Vec<Vec<(i64, i64)>> = vars
        .iter()
        .map(|var| match () {
            () if masks.contains(var) => vec![(0, 1), (0, 0), (1, 1)],
            () if row.rule.condition.is_empty() => vec![(-128, 127)],
            () => RANGES.to_vec(),
        })
        .collect();
    let mut checked = 0;
    for_each(&choices, &mut |ranges: &[(i64, i64)]| {
        let bits = |var: &Var| if masks.contains(var) { 1 } else { 8 };
        let facts = |i: usize| (Ty::Int(bits(&vars[i])), ranges[i], Vec::new());
        if !holds(row, vars, &facts) {
            return Ok(());
        }
        let mut values: Vec<Vec<i64>> = ranges.iter().map(|(low, high)| (*low..=*high).collect()).collect();
        // The first two variables take every value; the others, when there are too many, the edges.
        for values in values.iter_mut().skip(2).filter(|values| values.len() > 64) {
            values.retain(|value| EDGES.contains(value));
        }
        for_each(&values, &mut |values: &[i64]| {
            let env: Env = vars.iter().copied().zip(values.iter().map(|v| Value::Scalar(*v))).collect();
            checked += compare(row, sides, &env)?;
            Ok(())
        })
    })?;
    Ok(checked)
}

/// Rows about whole arrays: sampled, as there are too many.
fn arrays(row: &Row, vars: &[Var], sides: [&PatternAst<Node>; 2]) -> Result<u64, String> {
    let kinds = kinds(sides[0]);
    let mut rng = Rng(0x9E37_79B9_7F4A_7C15);
    let mut checked = 0;
    for _ in 0..SAMPLES {
        let size = 1 + rng.below(3) as i64;
        let mut env = Env::new();
        for var in vars {
            let value = match kinds.get(var) {
                Some(Shape::Index) => {
                    Value::Scalar(if rng.below(3) > 0 { size } else { rng.below(4) as i64 })
                }
                Some(Shape::Scalar) => Value::Scalar(rng.value()),
                Some(Shape::Lod) => {
                    let mut sum = 0;
                    let mut lod: Vec<i64> = vec![0];
                    for _ in 0..rng.below(3) {
                        sum += rng.below(3) as i64;
                        lod.push(sum);
                    }
                    Value::Array(lod)
                }
                _ => {
                    let length = if rng.below(2) == 0 { size } else { 1 + rng.below(3) as i64 };
                    let small = rng.below(3) > 0;
                    let element = |rng: &mut Rng| if small { rng.below(4) as i64 } else { rng.value() };
                    Value::Array((0..length).map(|_| element(&mut rng)).collect())
                }
            };
            env.insert(*var, value);
        }
        let facts = |i: usize| match (&env[&vars[i]], kinds.get(&vars[i])) {
            (Value::Scalar(value), Some(Shape::Index)) => (Ty::Index, (*value, *value), Vec::new()),
            (Value::Scalar(value), _) => (Ty::Int(8), (*value, *value), Vec::new()),
            (Value::Array(all), _) => {
                let low = all.iter().copied().min().unwrap_or(0);
                let high = all.iter().copied().max().unwrap_or(0);
                (Ty::Tensor(8, 1), (low, high), vec![all.len() as i64])
            }
        };
        // What the condition reads off the terms is put into the environment.
        if row.rule.name == "slot-pad" {
            let var = |name: &str| name.parse::<Var>().ok();
            let last = var("?lod").and_then(|lod| env[&lod].elements().last().copied());
            if let (Some(n), Some(last)) = (var("?n"), last) {
                env.insert(n, Value::Scalar(last));
            }
        } else if !holds(row, vars, &facts) {
            continue;
        }
        checked += compare(row, sides, &env)?;
    }
    Ok(checked)
}

/// Whether the row's own condition accepts these facts: types, ranges, sizes.
fn holds(row: &Row, vars: &[Var], facts: &dyn Fn(usize) -> (Ty, (i64, i64), Vec<i64>)) -> bool {
    if row.rule.condition.is_empty() {
        return true;
    }
    let mut graph = Graph::new(Facts::default());
    let mut subst = Subst::default();
    for (i, var) in vars.iter().enumerate() {
        let (ty, range, dims) = facts(i);
        let class = graph.add(Node::new(Op::Leaf(i as u32), ty, []));
        let mut data = graph[class].data.clone();
        data.range = range;
        data.dims = dims.iter().map(|n| graph.analysis.sizes.of(&Dim::constant(*n))).collect();
        if ty.is_scalar() && range.0 == range.1 {
            data.scalar = Some(graph.analysis.sizes.constant(range.0));
        }
        graph.set_analysis_data(class, data);
        subst.insert(*var, class);
    }
    graph.rebuild();
    (row.condition)(&graph, &subst)
}

/// What a variable stands for, by where it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Index,
    Scalar,
    Lod,
}

fn kinds(ast: &PatternAst<Node>) -> BTreeMap<Var, Shape> {
    let mut kinds = BTreeMap::new();
    for node in ops(ast) {
        let shapes: &[Option<Shape>] = match node.op {
            Op::Xpu(Kind::Constant) => &[Some(Shape::Scalar), Some(Shape::Index)],
            Op::Xpu(Kind::Range) => &[Some(Shape::Scalar), Some(Shape::Scalar), Some(Shape::Index)],
            Op::Xpu(Kind::Expand) => &[Some(Shape::Lod), Some(Shape::Index)],
            Op::Position => &[None, Some(Shape::Lod), Some(Shape::Index)],
            Op::Page => {
                &[None, Some(Shape::Lod), None, Some(Shape::Scalar), Some(Shape::Scalar), Some(Shape::Index)]
            }
            Op::Xpu(Kind::SlotMapping) => &[
                None,
                Some(Shape::Lod),
                None,
                None,
                Some(Shape::Scalar),
                Some(Shape::Scalar),
                Some(Shape::Scalar),
                Some(Shape::Index),
            ],
            Op::Upstream(Upstream::ExtractSlice, _) => &[None, Some(Shape::Index), Some(Shape::Index)],
            Op::Upstream(Upstream::InsertSlice, _) => &[None, None, Some(Shape::Index), Some(Shape::Index)],
            // A factor or summand that nothing else says more about.
            op if op.binary().is_some() => &[Some(Shape::Scalar), Some(Shape::Scalar)],
            _ => &[],
        };
        for (child, shape) in node.children().iter().zip(shapes) {
            if let (ENodeOrVar::Var(var), Some(shape)) = (&ast[*child], shape) {
                kinds.entry(*var).or_insert(*shape);
            }
        }
    }
    kinds
}

/// Variables that choose: 0 or 1.
fn masks(ast: &PatternAst<Node>) -> Vec<Var> {
    let select = |node: &&Node| matches!(node.op, Op::Xpu(Kind::Select) | Op::Upstream(Upstream::Select, _));
    let first = |node: &Node| if let ENodeOrVar::Var(var) = ast[node.children[0]] { Some(var) } else { None };
    ops(ast).filter(select).filter_map(first).collect()
}

/// Calls `each` with every choice of one element a list.
fn for_each<T: Copy>(
    lists: &[Vec<T>],
    each: &mut impl FnMut(&[T]) -> Result<(), String>,
) -> Result<(), String> {
    let mut at = vec![0; lists.len()];
    if lists.iter().any(Vec::is_empty) {
        return Ok(());
    }
    let mut choice: Vec<T> = lists.iter().map(|list| list[0]).collect();
    loop {
        each(&choice)?;
        let Some(i) = (0..lists.len()).find(|i| at[*i] + 1 < lists[*i].len()) else { return Ok(()) };
        at[i] += 1;
        at[..i].fill(0);
        for j in 0..=i {
            choice[j] = lists[j][at[j]];
        }
    }
}

/// xorshift64*; tests must not depend on another crate's stream.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    fn value(&mut self) -> i64 {
        EDGES[self.below(EDGES.len() as u64) as usize]
    }
}

#[test]
fn every_rule_holds_and_fires() {
    let mut defects = Vec::new();
    for row in rules::rows() {
        match check(&row) {
            Ok(0) => defects.push(format!("{}: its condition never holds", row.rule.name)),
            Ok(_) => {}
            Err(counterexample) => defects.push(counterexample),
        }
    }
    assert!(defects.is_empty(), "{}", defects.join("\n"));
}

#[test]
fn ranges_contain_every_value() {
    use xpuc_dialect::ops::Binary;
    let ranges = [(-128, 127), (-128, -128), (-3, 2), (0, 9), (5, 5), (1, 127), (-1, -1), (100, 127)];
    for op in Binary::ALL {
        for x in ranges {
            for y in ranges {
                let Some((low, high)) = range::exact(op, x, y, 8) else { continue };
                for a in x.0..=x.1 {
                    for b in y.0..=y.1 {
                        if let Some(value) = eval::binary(op, a, b) {
                            assert!(low <= value && value <= high, "{a} {} {b} is {value}", op.as_str());
                        }
                    }
                }
            }
        }
    }
}

/// The class of a scalar of 8 bits that nothing is known of.
fn leaf(graph: &mut Graph, index: u32) -> Id {
    graph.add(Node::new(Op::Leaf(index), Ty::Int(8), []))
}
