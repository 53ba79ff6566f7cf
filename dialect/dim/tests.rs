//! Examples; the laws that hold for all dims are in `laws.rs`.

use std::collections::BTreeMap;

use super::*;

pub(super) fn dim(text: &str) -> Dim {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    match text.parse::<Dim>() {
        Ok(dim) => panic!("{text} is taken for {dim}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn prints_canonically() {
    for (text, printed) in [
        ("7", "7"),
        ("B - B", "0"),
        ("1 + B", "B + 1"),
        ("B*3", "3*B"),
        ("B*(num_speculative_tokens + 1)", "B*num_speculative_tokens + B"),
        ("sum( seq_lens_encoder )", "sum(seq_lens_encoder)"),
        ("ceildiv(B, 64)*2 - 1", "2*ceildiv(B, 64) - 1"),
        ("1 - B*B - -2*A", "-B*B + 2*A + 1"),
        ("(A + B)*(A - B)", "A*A - B*B"),
        ("--B - 007", "B - 7"),
        ("-9223372036854775808*B", "-9223372036854775808*B"),
        ("B + 9223372036854775807 - 9223372036854775807", "B"),
        ("C - 9223372036854775807 - 1", "C + -9223372036854775808"),
        ("?3 + ?12*B", "?12*B + ?3"),
        ("max(lens)", "max(lens)"),
        ("max(64, max(B, 3), B, A)", "max(A, B, 64)"),
        ("max(B, B) + max(2, 3)", "B + 3"),
        ("ceildiv(max_kv_len, block_size)", "ceildiv(max_kv_len, block_size)"),
        ("ceildiv(ceildiv(sum(s), 64) + 64, 64)", "ceildiv(ceildiv(sum(s), 64), 64) + 1"),
        ("ceildiv(64*B + C + 65, 64)", "B + ceildiv(C + 1, 64) + 1"),
        ("ceildiv(C - 1, 64)", "ceildiv(C + 63, 64) - 1"),
        ("ceildiv(7, 2) + ceildiv(-7, 2) + ceildiv(7, -2) + ceildiv(-7, -2)", "2"),
        ("ceildiv(B, 1)", "B"),
    ] {
        assert_eq!(dim(text).to_string(), printed, "{text}");
        assert_eq!(dim(printed), dim(text));
    }
}

#[test]
fn parse_errors_say_where_and_what() {
    for (text, message) in [
        ("", "column 1: expected a number, a name or '(', found end of text"),
        ("(B+1", "column 5: expected ')' or an operator, found end of text"),
        ("B + ", "column 5: expected a number, a name or '(', found end of text"),
        ("2B", "column 2: expected an operator or the end, found 'B'"),
        ("B 7", "column 3: expected an operator or the end, found '7'"),
        ("B + é", "column 5: expected a number, a name or '(', found 'é'"),
        ("é", "column 1: expected a number, a name or '(', found 'é'"),
        ("B\n*\t\0", "column 5: expected a number, a name or '(', found '\\0'"),
        ("B)", "column 2: expected an operator or the end, found ')'"),
        ("ceildiv(B)", "column 10: expected ',' and one more argument, or an operator, found ')'"),
        ("ceildiv(B, 2, 3)", "column 13: expected ')' or an operator, found ','"),
        ("max(B + 1)", "column 10: expected ',' and one more argument, or an operator, found ')'"),
        ("1 + B(n + 1)", "column 5: expected 'ceildiv', 'max' or a function of one tensor's name, found 'B'"),
        ("?x", "column 1: expected '?' and a number of at most 32 bits, found '?'"),
        ("?4294967296", "column 1: expected '?' and a number of at most 32 bits, found '?'"),
        (
            "9223372036854775808",
            "column 1: expected an integer of at most 64 bits, found '9223372036854775808'",
        ),
        (
            "B*2 + B*9223372036854775807",
            "column 5: expected a coefficient of `B` that fits in 64 bits, found a larger one",
        ),
        ("B*ceildiv(n, 1 - 1)", "column 3: expected a divisor other than zero, found ceildiv(n, 0)"),
    ] {
        assert_eq!(refused(text), message, "{text}");
    }
}

#[test]
fn hostile_text_is_refused() {
    let sum: Vec<String> = (0..200).map(|i| format!("x{i}")).collect();
    for (text, part) in [
        ("(".repeat(MAX_TEXT), "column 33: expected at most 32 levels of parentheses"),
        ("max(".repeat(1000), "column 129: expected at most 32 levels"),
        ("-".repeat(MAX_TEXT), "found end of text"),
        ("B+".repeat(MAX_TEXT), "column 4097: expected the end"),
        ("B".repeat(MAX_TEXT + 1), "found 4097 bytes"),
        (vec!["(a + b + c + d)"; 200].join("*"), "bytes when printed"),
        (vec!["(a + b)"; 500].join("*"), "bytes when printed"),
        (format!("({0})*({0})", sum.join("+")), "at most 256 terms, found 20100"),
        (format!("max({}", sum.join(",")), "expected ')' or an operator"),
        (vec!["B"; 2000].join("*") + "*", "expected a number"),
    ] {
        let error = refused(&text);
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn built_dims_stay_within_limits() -> Result<(), DimError> {
    let (mut deep, mut wide) = (dim("B"), dim("B"));
    let too_deep = (0..=MAX_DEPTH).try_for_each(|_| {
        deep = Dim::ceildiv(&deep, &dim("C"))?;
        Ok(())
    });
    assert_eq!(too_deep, Err(DimError::TooDeep { found: MAX_DEPTH + 1 }));
    assert_eq!(dim(&deep.to_string()), deep);
    let doubled = (0..MAX_DEPTH).try_for_each(|_| {
        wide = Dim::max(&wide.add(&dim("1"))?, &wide.add(&dim("2"))?)?;
        Ok(())
    });
    assert!(matches!(doubled, Err(DimError::TooLong { .. })), "{doubled:?}");
    let power = (0..MAX_TEXT).try_fold(dim("B"), |power, _| power.mul(&dim("B")));
    assert_eq!(power, Err(DimError::TooLong { found: MAX_TEXT + 1 }));
    let most = dim("9223372036854775807*B");
    assert_eq!(most.add(&dim("B")), Err(DimError::Overflow { term: "B".to_owned() }));
    assert_eq!(most.scale(i64::MIN).and(Ok(())), Err(DimError::Overflow { term: "B".into() }));
    let least = dim("-9223372036854775808*B*C");
    assert_eq!(least.neg(), Err(DimError::Overflow { term: "B*C".into() }));
    let ratio = Dim::ceildiv(&Dim::constant(i64::MIN), &Dim::constant(-1));
    assert_eq!(ratio, Err(DimError::Overflow { term: "1".into() }));
    for name in ["", "7", "2B", "B C", "é", "?1", "B("] {
        let error = Symbol::named(name).err();
        assert_eq!(error, Some(DimError::BadName { name: name.to_owned() }));
    }
    let sum = |c| dim(&(0..16).map(|i| format!("{c}{i}")).collect::<Vec<_>>().join("+"));
    let widest = sum('a').mul(&sum('b'))?;
    assert_eq!(widest.terms().count(), MAX_TERMS);
    assert_eq!(widest.add(&dim("1")), Err(DimError::TooManyTerms { found: MAX_TERMS + 1 }));
    assert!(Symbol::named(&"B".repeat(MAX_TEXT)).is_ok());
    assert!(Symbol::named(&"B".repeat(MAX_TEXT + 1)).is_err());
    assert!(Symbol::of_tensor("sum", &"B".repeat(MAX_TEXT)).is_err());
    assert!(Symbol::of_tensor("ceildiv", "x").is_err());
    assert_eq!(Dim::symbol(Symbol::of_tensor("sum", "x")?), dim("sum(x)"));
    Ok(())
}

#[test]
fn questions() -> Result<(), DimError> {
    assert_eq!(dim("7").as_const(), Some(7));
    assert_eq!(Dim::default().as_const(), Some(0));
    assert_eq!(dim("B").as_const(), None);
    assert!(dim("B - B").is_zero());
    assert_eq!(dim("?3").as_symbol(), Some(&Symbol::unknown(3)));
    assert!(["2*B", "B*B", "B + 1", "0", "1"].iter().all(|t| dim(t).as_symbol().is_none()));
    assert!(dim("B + 1").known_different(&dim("B")));
    assert!(dim("2").known_different(&dim("0")));
    assert!(!dim("B").known_different(&dim("C")));
    assert!(!dim("B").known_different(&dim("2*B + 1")));
    let all = dim("B*ceildiv(max(?1, 4), sum(lens))");
    let names: Vec<&str> = all.symbols().into_iter().map(Symbol::as_str).collect();
    let expected = ["?1", "B", "ceildiv(max(?1, 4), sum(lens))", "max(?1, 4)", "sum(lens)"].to_vec();
    assert_eq!(names, expected);
    assert!(all.has_unknowns() && all.mentions(&Symbol::unknown(1)));
    assert!(!all.mentions(&Symbol::named("lens")?), "a tensor's name is no dimension");
    Ok(())
}

#[test]
fn evaluate_and_substitute() -> Result<(), DimError> {
    let b = Symbol::named("B")?;
    let values = |b_is| BTreeMap::from([(b.clone(), b_is)]);
    assert_eq!(dim("ceildiv(B, 64)*2 - 1").evaluate(&values(65)), Ok(3));
    assert_eq!(dim("max(B, 3)*B - B").evaluate(&values(2)), Ok(4));
    let error = dim("B + sum(B)").evaluate(&values(1)).map_err(|e| e.to_string());
    assert_eq!(error, Err("expected a value for `sum(B)`, found none".to_owned()));
    assert_eq!(dim("B*B*B - B*B*B").evaluate(&values(i64::MAX)), Ok(0));
    assert_eq!(dim("ceildiv(B*B, B)").evaluate(&values(i64::MIN)), Ok(i64::MIN));
    for large in ["B*B", "B*B*B", "ceildiv(B*B, 3)"] {
        let error = dim(large).evaluate(&values(i64::MIN));
        assert_eq!(error, Err(EvalError::Overflow { dim: dim(large) }));
    }
    let by_zero = dim("ceildiv(7, B)").evaluate(&values(0)).map_err(|e| e.to_string());
    let message = "expected a divisor other than zero, found zero in `ceildiv(7, B)`";
    assert_eq!(by_zero, Err(message.to_owned()));

    let sum = dim("B*B + max(B, C) + sum(B)");
    assert_eq!(sum.substitute(&b, &dim("C + 1"))?.to_string(), "C*C + 2*C + max(C, C + 1) + sum(B) + 1");
    assert_eq!(sum.substitute(&b, &dim("C"))?, dim("C*C + C + sum(B)"));
    let whole = Symbol::of_tensor("sum", "B")?;
    assert_eq!(sum.substitute(&whole, &dim("7"))?, dim("B*B + max(B, C) + 7"));
    assert!(dim("ceildiv(C, B)").substitute(&b, &dim("0")).is_err());
    Ok(())
}

fn unify(equations: &[(&str, &str)]) -> (Unifier, Vec<String>) {
    let mut unifier = Unifier::new();
    let results = equations.iter().map(|(a, b)| match unifier.unify(&dim(a), &dim(b)) {
        Ok(dim) => dim.to_string(),
        Err(mismatch) => mismatch.to_string(),
    });
    let results = results.collect();
    (unifier, results)
}

#[test]
fn unify_binds_refuses_or_waits() {
    for (equations, results, open) in [
        (
            &[("B", "B"), ("?1", "B + 1"), ("?2", "?1"), ("B + 1", "?2")][..],
            &["B", "B + 1", "B + 1", "B + 1"][..],
            0,
        ),
        // Of two unknowns the newer is bound, whatever the side.
        (&[("?1", "?2"), ("?3", "?1"), ("?3*?2", "?1*?1")], &["?1", "?1", "?1*?1"], 0),
        (&[("B", "C")], &["expected size B, found C"], 0),
        (&[("?1 + 1", "?1")], &["expected size ?1 + 1, found ?1"], 0),
        (&[("?1", "B"), ("?1 + 1", "B")], &["B", "expected size B + 1, found B"], 0),
        (&[("B*n + B", "?1 + B"), ("?1", "B*n")], &["B*n + B", "B*n"], 0),
        (&[("B", "?1 + ?2")], &["B"], 0),
        (&[("max(?1, 4)", "max(B, 4)")], &["max(?1, 4)"], 1),
        (&[("max(?1, 4)", "max(B, 4)"), ("max(?1, 4)", "max(B, 4)")], &["max(?1, 4)", "max(?1, 4)"], 1),
        (&[("max(?1, 4)", "max(B, 4)"), ("?1", "B")], &["max(?1, 4)", "B"], 0),
        (&[("?1", "max(?1, 4)")], &["?1"], 1),
        (&[("2*?1", "B"), ("B", "2*?1")], &["2*?1", "B"], 2),
        // Putting 0 into the open equation is no dim: it stays open.
        (&[("ceildiv(B, ?1)", "B"), ("?1", "0")], &["ceildiv(B, ?1)", "0"], 1),
        // The second contradicts the first, so it is the one that is refused.
        (&[("?1*?1", "4"), ("?1", "3"), ("?1", "2")], &["?1*?1", "expected size 9, found 4", "2"], 0),
    ] {
        let (unifier, found) = unify(equations);
        assert_eq!(found, results, "{equations:?}");
        assert_eq!(unifier.open().len(), open, "{equations:?}");
    }
    assert_eq!(unify(&[("?1", "B"), ("C + ?2", "?1")]).0.resolve(&dim("?2*?1")), dim("B*B - B*C"));
}

#[test]
fn factored_puts_the_common_part_in_front() {
    for (text, factored) in [
        ("B*n + B", "B*(1+n)"),
        ("B*(2*n - 1)", "B*(-1+2*n)"),
        ("B*B*C + B*C", "B*C*(1+B)"),
        ("B + 1", "B + 1"),
        ("B*C", "B*C"),
        ("0", "0"),
        ("B - B*n", "B*(1-n)"),
    ] {
        let dim: Dim = text.parse().unwrap();
        assert_eq!(dim.factored().to_string(), factored, "{text}");
        assert_eq!(dim.factored().to_string().parse::<Dim>().unwrap(), dim);
    }
}
