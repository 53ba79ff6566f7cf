use super::tests::*;
use super::*;
use std::time::Instant;

fn report(name: &str, case: &Case, nodes: u64) {
    let mut best = f64::MAX;
    let mut r = None;
    let reps = 5;
    for _ in 0..reps {
        let t = Instant::now();
        r = Some(case.extract(nodes));
        best = best.min(t.elapsed().as_secs_f64());
        if best > 0.3 {
            break;
        }
    }
    let n: usize = case.graph.total_number_of_nodes();
    match r.unwrap() {
        Ok(f) => {
            case.check(&f);
            println!(
                "{name:40} classes {:6} nodes {:6} cost {:8} lb {:8} gap {:5} explored {:6}  {:9.3} ms",
                case.graph.number_of_classes(),
                n,
                f.cost(),
                f.lower_bound(),
                f.gap(),
                f.explored(),
                best * 1e3
            );
        }
        Err(e) => println!("{name}: {e}"),
    }
}

/// op ladder: each step on host or device, h2d/d2h cycles
fn ladder(n: usize, seed: u64) -> Case {
    let mut rng = Rng(seed);
    let mut c = Case::default();
    let mut host = vec![];
    let mut dev = vec![];
    for i in 0..n {
        let (h, d) = (c.class(), c.class());
        if i < 3 {
            if i % 2 == 0 {
                c.put(h, 0, &[]);
            } else {
                c.put(d, 0, &[]);
            }
        } else {
            let a = rng.below(i as u64) as usize;
            let b = if rng.chance(70) { i - 1 } else { rng.below(i as u64) as usize };
            let (ch, cd) = (1 + rng.below(10), 1 + rng.below(10));
            let (ha, hb, da, db) = (host[a], host[b], dev[a], dev[b]);
            c.put(h, ch, &[ha, hb]);
            c.put(d, cd, &[da, db]);
        }
        c.put(h, 10, &[d]); // d2h
        c.put(d, 10, &[h]); // h2d
        host.push(h);
        dev.push(d);
    }
    c.graph.rebuild();
    c.roots = vec![host[n - 1], dev[n / 2], host[n / 3]];
    c
}

fn chains(n: usize, len: usize) -> Case {
    let mut c = Case::default();
    let mut roots = vec![];
    for _ in 0..n {
        let mut prev = c.node(1, &[]);
        for l in 0..len {
            let x = c.node(2, &[prev]);
            let y = c.node(1, &[prev]);
            let z = c.node(1 + l as u64 % 2, &[y]);
            c.graph.union(x, z);
            prev = x;
        }
        roots.push(prev);
    }
    c.graph.rebuild();
    c.roots = roots;
    c
}

fn facility(clients: usize, fac: usize, per: usize, seed: u64) -> Case {
    let mut rng = Rng(seed);
    let mut c = Case::default();
    let f: Vec<Id> = (0..fac)
        .map(|_| {
            let w = 5 + rng.below(20);
            c.node(w, &[])
        })
        .collect();
    let mut roots = vec![];
    for _ in 0..clients {
        let k = c.class();
        for _ in 0..per {
            let x = f[rng.below(fac as u64) as usize];
            let w = 1 + rng.below(6);
            c.put(k, w, &[x]);
        }
        roots.push(k);
    }
    c.graph.rebuild();
    c.roots = roots;
    c
}

fn rand_big(n: u64, nodes: u64, kids: u64, local: u64, back: u64, seed: u64, multi: u64) -> Case {
    let mut rng = Rng(seed);
    let mut c = Case::default();
    let ids: Vec<Id> = (0..n).map(|_| c.class()).collect();
    for at in 0..n {
        let k = if rng.chance(multi) { 1 + rng.below(nodes) } else { 1 };
        for _ in 0..k {
            let mut ks = vec![];
            for _ in 0..1 + rng.below(kids) {
                if rng.chance(back) && at > 0 {
                    ks.push(ids[(at - 1 - rng.below(local.min(at))) as usize]);
                } else if at + 1 < n {
                    let w = (n - at - 1).min(local);
                    ks.push(ids[(at + 1 + rng.below(w)) as usize]);
                }
            }
            let w = 1 + rng.below(20);
            c.put(ids[at as usize], w, &ks);
        }
        if rng.chance(10) {
            let w = 20 + rng.below(40);
            c.put(ids[at as usize], w, &[]);
        }
    }
    c.graph.rebuild();
    c.roots = vec![ids[0]];
    c
}

#[test]
#[ignore = "bench"]
fn bench() {
    {
        for (n, l) in [(100, 1), (300, 1), (1000, 1), (300, 10), (1000, 10)] {
            report(&format!("chains {n}x{l}"), &chains(n, l), 10_000);
        }
        for n in [50, 100, 150, 300, 500] {
            for s in 1..6 {
                report(&format!("ladder {n} s{s}"), &ladder(n, s), 10_000);
            }
        }
        for (a, b, p) in [(20, 10, 3), (40, 20, 3), (60, 30, 4), (100, 50, 4), (200, 60, 5)] {
            for s in 1..3 {
                report(&format!("facility {a} {b} {p} s{s}"), &facility(a, b, p, s), 10_000);
            }
        }
        for (n, nodes, kids, local, back, multi) in [
            (300, 2, 2, 20, 0, 20),
            (300, 3, 2, 20, 5, 30),
            (300, 3, 3, 300, 0, 50),
            (300, 4, 2, 50, 20, 100),
            (3000, 2, 2, 50, 0, 20),
            (3000, 3, 2, 20, 5, 30),
            (10000, 2, 2, 50, 0, 10),
            (10000, 3, 2, 20, 2, 30),
            (10000, 3, 2, 20, 10, 50),
            (10000, 3, 3, 100, 10, 100),
        ] {
            for s in 1..3 {
                report(
                    &format!("rand {n} {nodes} {kids} {local} b{back} m{multi} s{s}"),
                    &rand_big(n, nodes, kids, local, back, s, multi),
                    10_000,
                );
            }
        }
    }
}

egg::define_language! {
    enum M { "+" = Add([Id; 2]), "*" = Mul([Id; 2]), "-" = Sub([Id; 2]), "/" = Div([Id; 2]), "<<" = Shl([Id; 2]), Num(i32), Sym(egg::Symbol), }
}

#[test]
#[ignore = "bench"]
fn math() {
    use egg::{RecExpr, Runner, rewrite as rw};
    let rules: Vec<egg::Rewrite<M, ()>> = vec![
        rw!("ca"; "(+ ?a ?b)" => "(+ ?b ?a)"),
        rw!("cm"; "(* ?a ?b)" => "(* ?b ?a)"),
        rw!("aa"; "(+ (+ ?a ?b) ?c)" => "(+ ?a (+ ?b ?c))"),
        rw!("am"; "(* (* ?a ?b) ?c)" => "(* ?a (* ?b ?c))"),
        rw!("dist"; "(* ?a (+ ?b ?c))" => "(+ (* ?a ?b) (* ?a ?c))"),
        rw!("fac"; "(+ (* ?a ?b) (* ?a ?c))" => "(* ?a (+ ?b ?c))"),
        rw!("s1"; "(- (+ ?a ?b) ?b)" => "?a"),
        rw!("s2"; "?a" => "(- (+ ?a x) x)"),
        rw!("z"; "(+ ?a 0)" => "?a"),
        rw!("o"; "(* ?a 1)" => "?a"),
        rw!("o1"; "?a" => "(* ?a 1)"),
        rw!("sh"; "(* ?a 2)" => "(<< ?a 1)"),
        rw!("db"; "(+ ?a ?a)" => "(* ?a 2)"),
    ];
    let e: RecExpr<M> =
        "(+ (* (+ a b) (+ c d)) (+ (* (+ a b) e) (+ (* c (+ a b)) (- (* a 2) (* b (+ c e))))))"
            .parse()
            .unwrap();
    for it in 1..8 {
        let mut r = Runner::default()
            .with_iter_limit(it)
            .with_node_limit(40_000)
            .with_time_limit(std::time::Duration::from_secs(60))
            .with_expr(&e)
            .run(&rules);
        r.egraph.rebuild();
        let cost = |_: &EGraph<M, ()>, _: Id, n: &M| match n {
            M::Add(_) | M::Sub(_) => 3,
            M::Mul(_) => 7,
            M::Div(_) => 30,
            M::Shl(_) => 2,
            _ => 1,
        };
        let t = Instant::now();
        let f = extract(&r.egraph, &r.roots, cost, Limits { nodes: 10_000 }).unwrap();
        println!(
            "math it {it} classes {} nodes {} cost {} lb {} explored {} {:.3} ms",
            r.egraph.number_of_classes(),
            r.egraph.total_number_of_nodes(),
            f.cost(),
            f.lower_bound(),
            f.explored(),
            t.elapsed().as_secs_f64() * 1e3
        );
    }
}

#[test]
#[ignore = "bench"]
fn modes() {
    {
        let mode = 0;
        let mut line = format!("mode {mode:2} ");
        let mut run = |name: &str, cases: Vec<Case>| {
            let t = Instant::now();
            let (mut ex, mut gap) = (0, 0);
            for c in &cases {
                let f = c.extract(30000).unwrap();
                ex += f.explored();
                gap += f.gap();
            }
            line += &format!("| {name} ex {ex:6} gap {gap:5} {:7.1} ms ", t.elapsed().as_secs_f64() * 1e3);
        };
        run("lad100", (1..16).map(|s| ladder(100, s)).collect());
        run("lad150", (1..11).map(|s| ladder(150, s)).collect());
        run("lad300", (1..4).map(|s| ladder(300, s)).collect());
        run("fac40", (1..11).map(|s| facility(40, 20, 3, s)).collect());
        run("fac60", (1..6).map(|s| facility(60, 30, 4, s)).collect());
        run("rnd", (1..11).map(|s| rand_big(300, 4, 2, 50, 20, s, 100)).collect());
        run(
            "rnd3",
            (1..11).map(|s| rand_big(200, 3, 3, 40, 5, s, 100)).filter(|c| c.extract(0).is_ok()).collect(),
        );
        println!("{line}");
    }
}
