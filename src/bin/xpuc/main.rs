use std::io::BufReader;
use xpuc_passes::pass::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mlir = xpuc_dialect::context::Mlir::new();
    let text = std::fs::read_to_string(&a[1]).unwrap();
    let m = mlir.parse(&text, &a[1]).unwrap_or_else(|e| panic!("{e}"));
    let mut cx = PassCx::new(Grid { clusters: 12, cores: 64 });
    let m = if a[2] == "raise" { let m = xpuc_passes::raise::Raise.run(&mut cx, &m).unwrap_or_else(|e| panic!("{e}")); xpuc_passes::infer_shapes::InferShapes.run(&mut cx, &m).unwrap_or_else(|e| panic!("{e}")) } else { xpuc_passes::lower::Lower.run(&mut cx, &m).unwrap_or_else(|e| panic!("{e}")) };
    match mlir.print(&m) { Ok(t) => if a.len() < 4 { println!("{t}") }, Err(e) => panic!("{e}") }
    if a.len() > 3 {
        let t = std::time::Instant::now();
        let p = xpuc::run::Program::new(&mlir, &m, xpuc::run::machine::Options { seed: 1, fast: a.len() > 4 }).unwrap_or_else(|e| panic!("{e}"));
        println!("compile {:?}", t.elapsed());
        let t = std::time::Instant::now();
        for c in xpuc::run::cases::Cases::new("x", BufReader::new(std::fs::File::open(&a[3]).unwrap())) {
            let c = c.unwrap();
            match p.check(&c) { Ok((r, d)) => println!("{} {:?} {:?}", c.name, r.report.commands, d), Err(e) => println!("{} ERR {e}", c.name) }
        }
        println!("run {:?}", t.elapsed());
    }
}
