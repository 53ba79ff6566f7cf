//! Laws, on random dims; the examples are in `tests.rs`.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::dim;
use super::*;

/// How a random dim is built, to compute its value without dims.
#[derive(Debug, Clone)]
enum Tree {
    Constant(i64),
    Symbol(Symbol),
    Add(Box<Tree>, Box<Tree>),
    Sub(Box<Tree>, Box<Tree>),
    Mul(Box<Tree>, Box<Tree>),
    Neg(Box<Tree>),
    CeilDiv(Box<Tree>, Box<Tree>),
    Max(Box<Tree>, Box<Tree>),
}

impl Tree {
    fn dim(&self) -> Result<Dim, DimError> {
        match self {
            Self::Constant(value) => Ok(Dim::constant(*value)),
            Self::Symbol(symbol) => Ok(Dim::symbol(symbol.clone())),
            Self::Add(a, b) => a.dim()?.add(&b.dim()?),
            Self::Sub(a, b) => a.dim()?.sub(&b.dim()?),
            Self::Mul(a, b) => a.dim()?.mul(&b.dim()?),
            Self::Neg(a) => a.dim()?.neg(),
            Self::CeilDiv(a, b) => Dim::ceildiv(&a.dim()?, &b.dim()?),
            Self::Max(a, b) => Dim::max(&a.dim()?, &b.dim()?),
        }
    }

    /// None: too large, or a division by zero.
    fn value(&self, values: &BTreeMap<Symbol, i64>) -> Option<i128> {
        match self {
            Self::Constant(value) => Some((*value).into()),
            Self::Symbol(symbol) => values.get(symbol).copied().map(i128::from),
            Self::Add(a, b) => a.value(values)?.checked_add(b.value(values)?),
            Self::Sub(a, b) => a.value(values)?.checked_sub(b.value(values)?),
            Self::Mul(a, b) => a.value(values)?.checked_mul(b.value(values)?),
            Self::Neg(a) => a.value(values)?.checked_neg(),
            Self::CeilDiv(a, b) => {
                let (a, b) = (a.value(values)?, b.value(values)?);
                // The least q with q >= a/b, by its definition rather than by the rounding of `/`.
                let about = a.checked_div(b)?;
                let reaches = |q: &i128| if b > 0 { q * b >= a } else { q * b <= a };
                (about - 1..=about + 1).find(reaches)
            }
            Self::Max(a, b) => Some(a.value(values)?.max(b.value(values)?)),
        }
    }
}

const NAMES: [&str; 5] = ["A", "B", "?1", "?2", "sum(lens)"];

fn trees(names: &'static [&'static str], constants: BoxedStrategy<i64>) -> BoxedStrategy<Tree> {
    let symbol = prop::sample::select(names).prop_map(|name| {
        let dim = dim(name);
        dim.as_symbol().cloned().map_or(Tree::Constant(0), Tree::Symbol)
    });
    let leaf = prop_oneof![1 => constants.prop_map(Tree::Constant), 2 => symbol];
    let node = |inner: BoxedStrategy<Tree>| {
        (0..6, inner.clone(), inner).prop_map(|(kind, a, b)| {
            let (a, b) = (Box::new(a), Box::new(b));
            match kind {
                0 => Tree::Add(a, b),
                1 => Tree::Sub(a, b),
                2 => Tree::Mul(a, b),
                3 => Tree::Neg(a),
                4 => Tree::CeilDiv(a, b),
                _ => Tree::Max(a, b),
            }
        })
    };
    leaf.prop_recursive(4, 12, 2, move |inner| node(inner.boxed())).boxed()
}

fn small() -> BoxedStrategy<Tree> {
    trees(&NAMES, (-9..10i64).boxed())
}

fn dims() -> impl Strategy<Value = Dim> {
    small().prop_filter_map("within limits", |tree| tree.dim().ok())
}

fn assignments() -> impl Strategy<Value = BTreeMap<Symbol, i64>> {
    prop::array::uniform5(-20..20i64).prop_map(|numbers| {
        let symbols = NAMES.into_iter().filter_map(|name| dim(name).as_symbol().cloned());
        symbols.zip(numbers).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_dim_has_the_value_of_its_expression(tree in small(), values in assignments()) {
        // A division by zero may have cancelled out of the dim, but not come into it.
        if let (Ok(dim), Some(value)) = (tree.dim(), tree.value(&values)) {
            prop_assert_eq!(dim.evaluate(&values).map(i128::from), Ok(value), "{}", dim);
        }
    }

    #[test]
    fn a_printed_dim_parses_to_itself(
        tree in trees(&NAMES, prop_oneof![-9..10i64, any::<i64>(), Just(i64::MIN)].boxed()),
    ) {
        if let Ok(dim) = tree.dim() {
            prop_assert_eq!(dim.to_string().parse(), Ok(dim));
        }
    }

    #[test]
    fn any_text_is_a_dim_or_a_located_error(
        tokens in prop::collection::vec(
            prop_oneof![
                8 => prop::sample::select(vec![
                    "B", "n", "7", "64", "0", "?1", "?", "+", "-", "*", "(", ")", ",", " ", "max(",
                    "ceildiv(", "sum(lens)", "9223372036854775807", "é",
                ]).prop_map(str::to_owned),
                1 => any::<String>(),
            ],
            0..20,
        ),
    ) {
        let text = tokens.concat();
        match text.parse::<Dim>() {
            Ok(dim) => prop_assert_eq!(dim.to_string().parse(), Ok(dim)),
            Err(error) => prop_assert!((1..=text.len() + 1).contains(&error.column()), "{}", error),
        }
    }

    #[test]
    fn ring_laws(a in dims(), b in dims(), c in dims(), k in -9..10i64) {
        let laws = || -> Result<_, DimError> {
            Ok([
                (a.add(&b)?, b.add(&a)?),
                (a.mul(&b)?, b.mul(&a)?),
                (a.add(&b)?.add(&c)?, a.add(&b.add(&c)?)?),
                (a.mul(&b)?.mul(&c)?, a.mul(&b.mul(&c)?)?),
                (a.mul(&b.add(&c)?)?, a.mul(&b)?.add(&a.mul(&c)?)?),
                (a.sub(&b)?, a.add(&b.neg()?)?),
                (a.sub(&a)?, Dim::constant(0)),
                (a.mul(&Dim::constant(k))?, a.scale(k)?),
                (Dim::max(&a, &b)?, Dim::max(&b, &a)?),
                (Dim::max(&Dim::max(&a, &b)?, &c)?, Dim::max(&a, &Dim::max(&b, &c)?)?),
            ])
        };
        if let Ok(laws) = laws() {
            for (left, right) in laws {
                prop_assert_eq!(left, right);
            }
        }
    }

    #[test]
    fn known_different_dims_differ(a in dims(), k in -2..3i64, values in assignments()) {
        let Ok(b) = a.add(&Dim::constant(k)) else { return Ok(()) };
        prop_assert_eq!(a.known_different(&b), k != 0);
        if let (Ok(a), Ok(b)) = (a.evaluate(&values), b.evaluate(&values)) {
            prop_assert_eq!(a != b, k != 0);
        }
    }

    #[test]
    fn substituting_is_evaluating_first(a in dims(), b in dims(), mut values in assignments()) {
        let symbol = Symbol::unknown(1);
        if let (Ok(put_in), Ok(value)) = (a.substitute(&symbol, &b), b.evaluate(&values)) {
            let after = put_in.evaluate(&values);
            values.insert(symbol, value);
            if let (Ok(before), Ok(after)) = (a.evaluate(&values), after) {
                prop_assert_eq!(after, before, "{}", put_in);
            }
        }
    }

    #[test]
    fn unify_is_sound(pairs in prop::collection::vec((dims(), dims()), 1..6), values in assignments()) {
        let mut unifier = Unifier::new();
        let accepted: Vec<_> =
            pairs.iter().filter(|(a, b)| unifier.unify(a, b).is_ok()).collect();
        let mut values = values;
        let bound: Vec<_> = unifier.bindings().iter().map(|(s, d)| (s.clone(), d.evaluate(&values))).collect();
        for (symbol, value) in bound {
            let Ok(value) = value else { return Ok(()) };
            values.insert(symbol, value);
        }
        let same = |a: &Dim, b: &Dim| Some(a.evaluate(&values).ok()? == b.evaluate(&values).ok()?);
        if unifier.open().iter().all(|e| same(&e.expected, &e.found) == Some(true)) {
            for (a, b) in accepted {
                prop_assert_ne!(same(a, b), Some(false), "{} = {} with {:?}", a, b, unifier);
            }
        }
    }

    #[test]
    fn unify_accepts_what_has_a_solution(
        sides in prop::collection::vec(dims(), 1..5),
        one in trees(&["A", "B", "sum(lens)"], (-9..10i64).boxed()),
        two in trees(&["A", "B", "sum(lens)"], (-9..10i64).boxed()),
        shift in 0..3usize,
    ) {
        let (Ok(one), Ok(two)) = (one.dim(), two.dim()) else { return Ok(()) };
        let solution = BTreeMap::from([(Symbol::unknown(1), one), (Symbol::unknown(2), two)]);
        let mut unifier = Unifier::new();
        for (index, side) in sides.iter().enumerate() {
            let Ok(solved) = side.replace(&|s| solution.get(s)) else { continue };
            let solved = solved.unwrap_or_else(|| side.clone());
            let (a, b) = if (index + shift) % 2 == 0 { (side, &solved) } else { (&solved, side) };
            let result = unifier.unify(a, b);
            prop_assert!(result.is_ok(), "{:?} in {:?} with {:?}", result, sides, solution);
        }
        for (symbol, value) in unifier.bindings() {
            prop_assert!(!unifier.bindings().keys().any(|bound| value.mentions(bound)));
            if let (Ok(Some(value)), Some(solved)) = (value.replace(&|s| solution.get(s)), solution.get(symbol)) {
                prop_assert_eq!(&value, solved);
            }
        }
    }
}
