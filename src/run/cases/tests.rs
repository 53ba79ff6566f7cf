use super::*;

/// What is read from these lines, errors as the user sees them.
fn read(lines: &str) -> Vec<Result<Case, String>> {
    Cases::new("f.jsonl", lines.as_bytes()).map(|case| case.map_err(|error| error.to_string())).collect()
}

/// The only case of a file.
#[track_caller]
fn one(line: &str) -> Case {
    match <[_; 1]>::try_from(read(line)) {
        Ok([Ok(case)]) => case,
        other => panic!("expected one case: {other:?}"),
    }
}

/// The defect of a file of one line.
#[track_caller]
fn defect(line: &str) -> String {
    match <[_; 1]>::try_from(read(line)) {
        Ok([Err(error)]) => error,
        other => panic!("expected one defect: {other:?}"),
    }
}

/// The case `c` with the input `x`, as given.
fn input(x: &str) -> Result<Tensor, String> {
    let case = one(&format!(r#"{{"name": "c", "inputs": {{"x": {x}}}, "attrs": {{}}}}"#));
    let mut arguments = case.arguments.map_err(|errors| errors.defects())?;
    Ok(arguments.inputs.remove("x").expect("the only input"))
}

fn attr_of(a: &str) -> Result<Attr, String> {
    let case = one(&format!(r#"{{"name": "c", "inputs": {{}}, "attrs": {{"a": {a}}}}}"#));
    case.arguments.map(|arguments| arguments.attrs["a"]).map_err(|errors| errors.defects())
}

#[test]
fn a_whole_case() {
    let case = one(
        r#"{"name": "c", "generation": "inplace", "inputs": {"x": [1, -2], "y": []}, "attrs": {"n": -64, "on": true},
            "outputs": {"z": [[1, 2, 3]]}, "error_mentions": ["x", "5"], "comment": {"ignored": [0.5]}}"#
            .replace('\n', " ")
            .as_str(),
    );
    let tensor = |dims: &[usize], data: &[i64]| Tensor { dims: dims.into(), data: data.into() };
    assert_eq!(
        case,
        Case {
            name: "c".into(),
            at: Location { file: "f.jsonl".into(), line: 1 },
            generation: Some("inplace".into()),
            arguments: Ok(Arguments {
                inputs: [("x".into(), tensor(&[2], &[1, -2])), ("y".into(), tensor(&[0], &[]))].into(),
                attrs: [("n".into(), Attr::Int(-64)), ("on".into(), Attr::Flag(true))].into(),
            }),
            outputs: Some([("z".into(), tensor(&[1, 3], &[1, 2, 3]))].into()),
            error_mentions: Some(vec!["x".into(), "5".into()]),
        }
    );
}

#[test]
fn optional_fields() {
    let case = one(r#"{"name": "c", "inputs": {}, "attrs": {}}"#);
    assert_eq!((case.generation, case.outputs, case.error_mentions), (None, None, None));
}

#[test]
fn blank_lines_count_but_are_no_cases() {
    let empty = r#""inputs": {}, "attrs": {}}"#;
    let cases = read(&format!("\n{{\"name\": \"a\", {empty}\r\n  \n{{\"name\": \"b\", {empty}"));
    let lines: Vec<_> = cases.into_iter().map(|case| case.map(|case| (case.name, case.at.line))).collect();
    assert_eq!(lines, [Ok(("a".into(), 2)), Ok(("b".into(), 4))]);
    assert_eq!(read(""), []);
}

#[test]
fn nested_lists_give_the_rank() {
    for (text, dims, data) in [
        ("[]", vec![0], vec![]),
        ("[5]", vec![1], vec![5]),
        ("[[], []]", vec![2, 0], vec![]),
        ("[[]]", vec![1, 0], vec![]),
        ("[[1, 2, 3], [4, 5, 6]]", vec![2, 3], vec![1, 2, 3, 4, 5, 6]),
        ("[[[1], [2]]]", vec![1, 2, 1], vec![1, 2]),
        ("[2147483647, -2147483648]", vec![2], vec![2147483647, -2147483648]),
    ] {
        assert_eq!(input(text), Ok(Tensor { dims, data }), "{text}");
    }
}

#[test]
fn ill_typed_tensors() {
    for (text, message) in [
        ("5", "inputs.x: expected a list of 32-bit integers, found 5"),
        ("null", "inputs.x: expected a list of 32-bit integers, found null"),
        ("[0, 1, 2, 0.5]", "inputs.x[3]: expected a 32-bit integer, found 0.5"),
        ("[1.0]", "inputs.x[0]: expected a 32-bit integer, found 1.0"),
        ("[2147483648]", "inputs.x[0]: expected a 32-bit integer, found 2147483648"),
        ("[-2147483649]", "inputs.x[0]: expected a 32-bit integer, found -2147483649"),
        ("[18446744073709551615]", "inputs.x[0]: expected a 32-bit integer, found 18446744073709551615"),
        ("[true]", "inputs.x[0]: expected a 32-bit integer, found true"),
        (r#"["a"]"#, r#"inputs.x[0]: expected a 32-bit integer, found "a""#),
        ("[[1, 2], [3, {}]]", "inputs.x[1][1]: expected a 32-bit integer, found an object"),
        ("[1, [2]]", "inputs.x[1]: expected a 32-bit integer, found a list of 1 element"),
        ("[[1, 2], [3]]", "inputs.x[1]: expected 2 elements as in inputs.x[0], found a list of 1 element"),
        ("[[1], 2]", "inputs.x[1]: expected 1 element as in inputs.x[0], found 2"),
        ("[[], [1]]", "inputs.x[1]: expected 0 elements as in inputs.x[0], found a list of 1 element"),
        (
            "[[[1], [2]], [[3], []]]",
            "inputs.x[1][1]: expected 1 element as in inputs.x[0][0], found a list of 0 elements",
        ),
    ] {
        assert_eq!(input(text), Err(message.into()), "{text}");
    }
}

#[test]
fn attributes() {
    assert_eq!(attr_of("-1"), Ok(Attr::Int(-1)));
    assert_eq!(attr_of("false"), Ok(Attr::Flag(false)));
    for (text, found) in [
        ("0.5", "0.5"),
        (r#""64""#, r#""64""#),
        ("3000000000", "3000000000"),
        ("null", "null"),
        ("[1]", "a list of 1 element"),
    ] {
        let message = format!("attrs.a: expected a 32-bit integer, true or false, found {found}");
        assert_eq!(attr_of(text), Err(message));
    }
}

#[test]
fn a_case_that_cannot_be_run_keeps_its_name_and_expectations() {
    let lines = r#"{"name": "bad", "inputs": {"x": [[1], []], "y": [1], "z": [""]}, "attrs": {"n": []}, "error_mentions": ["x"]}
                   {"name": "good", "inputs": {}, "attrs": {}}"#;
    let [Ok(bad), Ok(good)] = &read(lines)[..] else { panic!("two cases") };
    assert_eq!((bad.name.as_str(), bad.error_mentions.as_deref()), ("bad", Some(&["x".to_owned()][..])));
    assert_eq!(
        bad.arguments.as_ref().unwrap_err().to_string(),
        "f.jsonl:1: case 'bad': inputs.x[1]: expected 1 element as in inputs.x[0], found a list of 0 elements; \
         inputs.z[0]: expected a 32-bit integer, found \"\"; \
         attrs.n: expected a 32-bit integer, true or false, found a list of 0 elements"
    );
    assert_eq!(good.arguments, Ok(Arguments::default()));
}

#[test]
fn lines_that_are_no_case() {
    for (line, message) in [
        (
            "{",
            "f.jsonl:1:1: expected one JSON object on this line, found a syntax error: EOF while parsing an object",
        ),
        (
            r#"{"name": "c"} x"#,
            "f.jsonl:1:15: expected one JSON object on this line, found a syntax error: trailing characters",
        ),
        ("[1, 2]", "f.jsonl:1: expected one JSON object on this line, found a list of 2 elements"),
        ("{}", "f.jsonl:1: expected a field 'name', found none"),
        (r#"{"name": 5}"#, "f.jsonl:1: name: expected a string, found 5"),
        (r#"{"name": "c"}"#, "f.jsonl:1: case 'c': expected a field 'inputs', found none"),
        (r#"{"name": "c", "inputs": {}}"#, "f.jsonl:1: case 'c': expected a field 'attrs', found none"),
        (
            r#"{"name": "c", "inputs": []}"#,
            "f.jsonl:1: case 'c': inputs: expected an object of tensors, found a list of 0 elements",
        ),
        (
            r#"{"name": "c", "inputs": {}, "attrs": null}"#,
            "f.jsonl:1: case 'c': attrs: expected an object of integers and flags, found null",
        ),
        (
            r#"{"name": "c", "generation": true}"#,
            "f.jsonl:1: case 'c': generation: expected a string, found true",
        ),
        (
            r#"{"name": "c", "error_mentions": ["x", 5]}"#,
            "f.jsonl:1: case 'c': error_mentions: expected a list of strings, found 5",
        ),
        (
            r#"{"name": "c", "inputs": {}, "attrs": {}, "outputs": 1}"#,
            "f.jsonl:1: case 'c': outputs: expected an object of tensors, found 1",
        ),
        (
            r#"{"name": "c", "inputs": {}, "attrs": {}, "outputs": {"a": [1], "b": [1, 0.5], "c": 1}}"#,
            "f.jsonl:1: case 'c': outputs.b[1]: expected a 32-bit integer, found 0.5; \
             outputs.c: expected a list of 32-bit integers, found 1",
        ),
    ] {
        assert_eq!(defect(line), message, "{line}");
    }
}

#[test]
fn not_utf8() {
    let error = Cases::new("f.jsonl", &b"{\"name\": \"\xff\"}"[..]).next().expect("a line").unwrap_err();
    assert!(matches!(error, CasesError::NotJson { .. }), "{error:?}");
}

#[test]
fn every_defect_of_a_file_is_found() {
    let found = read("1\n{\"name\": \"c\", \"inputs\": {}, \"attrs\": {}}\n\nnope");
    let [Err(first), Ok(_), Err(last)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(first, "f.jsonl:1: expected one JSON object on this line, found 1");
    assert_eq!(
        last,
        "f.jsonl:4:2: expected one JSON object on this line, found a syntax error: expected ident"
    );
}

#[test]
fn a_file_that_cannot_be_opened() {
    let error = Cases::open(Path::new("no/such.jsonl")).unwrap_err();
    assert!(error.to_string().starts_with("no/such.jsonl: cannot open: "), "{error}");
}

#[test]
fn a_reader_that_fails_ends_the_cases() {
    struct Failing;
    impl io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let found: Vec<_> =
        Cases::new("f", BufReader::new(Failing)).map(|case| case.unwrap_err().to_string()).collect();
    assert_eq!(found, ["f:1: cannot read: unplugged"]);
}
