use std::io::BufReader;
use xpuc::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let s = Session::new();
    let text = std::fs::read_to_string(&a[1]).unwrap();
    let o = Options { opt: if a[2] == "none" { Opt::None } else { Opt::Full }, target: Target::find("virtual").unwrap(), until: Phase::from_name(&a[3]).unwrap() };
    let c = compile(&s, &text, &a[1], &o).unwrap_or_else(|e| panic!("{e}"));
    if a.len() < 5 { println!("{}", s.print(c.module().unwrap()).unwrap_or_else(|e| panic!("{e}"))); 
      for r in &c.phases { eprintln!("{:?} {:?}", r.phase, r.time); }
      for r in &c.cx.rules { eprintln!("{r:?}"); } for r in &c.cx.stats { eprintln!("{r:?}"); }  for r in &c.cx.remarks { eprintln!("{r}"); } for r in &c.cx.in_place { eprintln!("{r:?}"); } }
    if a.len() > 4 {
        let t = std::time::Instant::now();
        let p = xpuc::run::Program::new(&s, c.lowered().unwrap(), xpuc::run::machine::Options { seed: 1, fast: a.len() > 5 }).unwrap_or_else(|e| panic!("{e}"));
        println!("compile {:?}", t.elapsed());
        let t = std::time::Instant::now();
        for c in xpuc::run::cases::Cases::new("x", BufReader::new(std::fs::File::open(&a[4]).unwrap())) {
            let c = c.unwrap();
            match p.check(&c) { Ok((r, d)) => println!("{} {:?} {:?}", c.name, r.report.commands, d), Err(e) => println!("{} ERR {e}", c.name) }
        }
        println!("run {:?}", t.elapsed());
    }
}
