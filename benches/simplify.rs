//! How long `simplify` takes: the published op, one slot mapping, and programs of more and more of them.
//!
//! `./x bench` writes plots to `target/criterion/report/index.html` and the raw numbers beside them.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;
use xpuc::dialect::ir::{Func, Module};
use xpuc::passes::infer_shapes::Facts;
use xpuc::passes::pass::{Pass, PassCx};
use xpuc::passes::simplify::{Simplify, Steps};
use xpuc::{Session, Target};

/// Slot mappings in a program.
const CHAINS: [u64; 6] = [1, 3, 10, 30, 100, 300];

/// A program in value form.
fn values(source: &str) -> (PassCx, Module) {
    let session = Session::new();
    let target = Target::find("virtual").expect("a target");
    let mut cx = PassCx::new(target.device);
    let module = session.parse(source, "bench.mlir").expect("a module");
    let verified = session.verify(module).expect("a program");
    let raised = session.raise(&mut cx, &verified).expect("values");
    let shaped = session.shape(&mut cx, &raised).expect("sizes");
    (cx, shaped.module().clone())
}

/// As many slot mappings, each of a table of its own.
fn chains(n: u64) -> String {
    let (d, mut args, mut body) = ("memref<?xi32, \"device\">", String::new(), String::new());
    for i in 0..n {
        let _ = write!(
            args,
            "%t{i}: {d} {{xpu.shape = [\"M{i}\"]}}, %out{i}: {d} {{xpu.shape = [\"T{i}\"], xpu.noalias}}, "
        );
        let _ = write!(
            body,
            r#"
  %n{i} = memref.dim %out{i}, %c0 : {d}
  %row{i} = "xpu.alloc"(%n{i}) : (index) -> {d}
  %first{i} = "xpu.alloc"(%n{i}) : (index) -> {d}
  %pos{i} = "xpu.alloc"(%n{i}) : (index) -> {d}
  %idx{i} = "xpu.alloc"(%n{i}) : (index) -> {d}
  %page{i} = "xpu.alloc"(%n{i}) : (index) -> {d}
  "xpu.expand"(%lod, %row{i}) : ({d}, {d}) -> ()
  "xpu.gather"(%lod, %row{i}, %first{i}) : ({d}, {d}, {d}) -> ()
  "xpu.range"(%zero, %one, %pos{i}) : (i32, i32, {d}) -> ()
  "xpu.broadcast_sub"(%pos{i}, %first{i}, %pos{i}) : ({d}, {d}, {d}) -> ()
  "xpu.gather"(%start, %row{i}, %first{i}) : ({d}, {d}, {d}) -> ()
  "xpu.broadcast_add"(%first{i}, %pos{i}, %pos{i}) : ({d}, {d}, {d}) -> ()
  "xpu.gather"(%map, %row{i}, %idx{i}) : ({d}, {d}, {d}) -> ()
  "xpu.broadcast_mul"(%idx{i}, %columns, %idx{i}) : ({d}, i32, {d}) -> ()
  "xpu.broadcast_floordiv"(%pos{i}, %bs, %page{i}) : ({d}, i32, {d}) -> ()
  "xpu.broadcast_add"(%idx{i}, %page{i}, %idx{i}) : ({d}, {d}, {d}) -> ()
  "xpu.gather"(%t{i}, %idx{i}, %page{i}) : ({d}, {d}, {d}) -> ()
  "xpu.broadcast_mul"(%page{i}, %bs, %page{i}) : ({d}, i32, {d}) -> ()
  "xpu.broadcast_mod"(%pos{i}, %bs, %pos{i}) : ({d}, i32, {d}) -> ()
  "xpu.broadcast_add"(%page{i}, %pos{i}, %out{i}) : ({d}, {d}, {d}) -> ()"#
        );
    }
    format!(
        r#"func.func @chains({args}%lod: {d} {{xpu.shape = ["R + 1"]}}, %start: {d} {{xpu.shape = ["R"]}},
    %map: {d} {{xpu.shape = ["R"]}}, %columns: i32 {{xpu.name = "columns"}}, %bs: i32 {{xpu.name = "bs"}}) {{
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  "xpu.require"(%bs, %one) {{predicate = "sge", message = "bs"}} : (i32, i32) -> (){body}
  return
}}"#
    )
}

/// The whole pass, its e-graph part (import, search, export), and the search alone (saturation, extraction).
fn simplify(c: &mut Criterion) {
    for name in ["functional", "host_slots", "inplace"] {
        let path = format!("tests/programs/get_infer_param/{name}.mlir");
        let source = std::fs::read_to_string(path).expect("the published op");
        let (cx, module) = values(&source);
        c.bench_function(&format!("simplify/{name}"), |b| {
            b.iter(|| Simplify.run(&mut cx.clone(), black_box(&module)));
        });
        steps(c, name, &module.funcs[0]);
    }
    let (_, chain) = values(&chains(1));
    steps(c, "chain", &chain.funcs[0]);
    let mut group = c.benchmark_group("simplify/chains");
    for n in CHAINS {
        let (cx, module) = values(&chains(n));
        group.throughput(Throughput::Elements(n)).sample_size(20);
        group.bench_with_input(BenchmarkId::from_parameter(n), &n, |b, _| {
            b.iter(|| Simplify.run(&mut cx.clone(), black_box(&module)));
        });
    }
    group.finish();
}

fn steps(c: &mut Criterion, name: &str, func: &Func) {
    let shapes = Facts::of(func).expect("sizes");
    let import = || Steps::import(black_box(func), &shapes);
    c.bench_function(&format!("e-graph/{name}"), |b| {
        b.iter_with_large_drop(|| {
            let mut steps = import();
            let found = steps.search().expect("terms");
            steps.export(&found).expect("a function")
        });
    });
    c.bench_function(&format!("search/{name}"), |b| {
        b.iter_batched_ref(import, Steps::search, BatchSize::SmallInput);
    });
}

criterion_group!(benches, simplify);
criterion_main!(benches);
