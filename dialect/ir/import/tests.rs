//! What `import` makes of attributes.

use crate::context::Mlir;
use crate::ir::Attr;

#[test]
fn attributes_that_melior_cannot_take_keep_their_text() {
    let source = r#"
        func.func @""() attributes {
          a_empty = "", b_nul = "a\00", c_escapes = "\22\5C\C3\A9", d_latin_1 = "\E9", e_typed = "" : i32,
          f_symbol = @"a \22b", g_wide = 1267650600228229401496703205376 : i128, h_unsigned = 200 : ui8
        } {
          func.call @""() : () -> ()
          return
        }"#;
    let module = Mlir::new().parse(source, "odd.mlir").expect("valid MLIR");
    let func = module.func("").expect("a function without a name");
    let other = |text: &str| Attr::Other(text.into());
    let expected = [
        Attr::str(""),
        Attr::str("a\0"),
        Attr::str("\"\\é"),
        other(r#""\E9""#),
        other(r#""" : i32"#),
        Attr::Symbol(r#"a "b"#.into()),
        other("1267650600228229401496703205376 : i128"),
        other("200 : ui8"),
    ];
    assert_eq!(func.attrs.values().cloned().collect::<Vec<_>>(), expected);
    assert_eq!(func.op(func.walk()[0]).attrs["callee"], Attr::Symbol("".into()));
}

#[test]
fn dictionaries_keep_their_entries() {
    let source = r#"
        "xpu.signature"() {function = "f", inputs = [{name = "x", inplace, type = i32}], outputs = [],
                           attributes = [{}]} : () -> ()"#;
    let mlir = Mlir::new();
    let module = mlir.parse(source, "declared.mlir").expect("valid MLIR");
    let op = &module.attrs.signatures[0];
    let Attr::Array(inputs) = &op.attrs["inputs"] else { panic!("expected a list") };
    assert_eq!(inputs[0].entry("inplace"), Some(&Attr::Unit));
    assert_eq!(inputs[0].to_string(), r#"{inplace, name = "x", type = i32}"#);
    assert_eq!(op.attrs["attributes"], Attr::Array(vec![Attr::Dict(Vec::new())]));
    let printed = mlir.print(&module).expect("valid MLIR");
    assert!(printed.contains(r#"inputs = [{inplace, name = "x", type = i32}]"#), "{printed}");
}
