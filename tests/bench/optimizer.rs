//! How long the optimizer takes, pass by pass: the published op, and programs of more and more slot mappings.
//!
//! `./x bench` prints a table, the growth of each row and which goals are missed; `target/criterion/` then holds
//! `optimizer.csv`, `optimizer.svg`, and criterion's own report in `report/index.html`. Parsing, printing and MLIR's
//! verifier are not measured.

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use plotters::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use xpuc::dialect::ir::Module;
use xpuc::passes::infer_shapes::Facts;
use xpuc::passes::pass::{Pass, PassCx};
use xpuc::passes::registry;
use xpuc::passes::simplify::Steps;
use xpuc::{Phase, Session, Target};

/// Slot mappings in a program.
const CHAINS: [u64; 6] = [1, 3, 10, 30, 100, 300];

/// Rows of the table: passes, and all of the optimizer with the checks between them.
const ROWS: [&str; 8] = ["raise", "infer-shapes", "simplify", SEARCH, "offload", "plan", "lower", "whole"];

/// The row of the e-graph alone: saturation and extraction, a part of `simplify`.
const SEARCH: &str = "e-graph";

/// The longest that something should take, in milliseconds.
const GOALS: [(&str, f64); 3] = [("e-graph/inplace", 1.0), ("e-graph/1", 0.1), ("whole/300", 80.0)];

/// The largest exponent of growth that counts as linear.
const LINEAR: f64 = 1.2;

/// Chains from which on growth is fitted: below, what a pass does once shows.
const FITTED: u64 = 10;

/// Milliseconds by benchmark, `row/n` or `row/program`.
type Times = BTreeMap<String, f64>;

/// A program before the first pass.
fn parsed(source: &str) -> (PassCx, Module) {
    let session = Session::new();
    let target = Target::find("virtual").expect("a target");
    let module = session.parse(source, "bench.mlir").expect("a module");
    let verified = session.verify(module).expect("a program");
    (PassCx::new(target.device), verified.module().clone())
}

/// The passes after verification, in order.
fn passes() -> Vec<&'static dyn Pass> {
    let phases = Phase::ALL.into_iter().filter(|phase| *phase > Phase::Verify);
    phases.flat_map(Phase::passes).filter_map(|name| registry::find(name)).collect()
}

fn optimize(cx: &mut PassCx, module: &Module) -> Module {
    let passes = passes();
    let first = passes[0].run(cx, module).expect("the next form");
    passes[1..].iter().fold(first, |module, pass| pass.run_owned(cx, module).expect("the next form"))
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

/// Measures every row on one program.
fn rows(c: &mut Criterion, times: &mut Times, program: &str, size: u64, source: &str) {
    let (start, module) = parsed(source);
    let (mut cx, mut before) = (start.clone(), module.clone());
    for pass in passes() {
        if pass.name() == "simplify" {
            let func = before.funcs.iter().find(|func| func.entry().is_some()).expect("a program");
            let shapes = Facts::of(func).expect("sizes");
            let prepare = || Steps::import(func, &shapes);
            timed(c, times, (SEARCH, program, size), prepare, |steps| {
                steps.search().map(drop).expect("terms")
            });
        }
        if ROWS.contains(&pass.name()) {
            let run = |cx: &mut PassCx, module: &Module| pass.run(cx, module).expect("the next form");
            measure(c, times, (pass.name(), program, size), (&cx, &before), run);
        }
        before = pass.run(&mut cx, &before).expect("the next form");
    }
    measure(c, times, ("whole", program, size), (&start, &module), optimize);
}

/// One benchmark of a pass.
fn measure(
    c: &mut Criterion,
    times: &mut Times,
    name: (&str, &str, u64),
    (cx, module): (&PassCx, &Module),
    run: impl Fn(&mut PassCx, &Module) -> Module,
) {
    timed(c, times, name, || cx.clone(), |cx| run(cx, black_box(module)));
}

/// One benchmark of a step on what is prepared for it; its time is that of the fastest sample, since what else the
/// machine does only adds to it.
fn timed<T, R>(
    c: &mut Criterion,
    times: &mut Times,
    (row, program, size): (&str, &str, u64),
    prepare: impl Fn() -> T,
    step: impl Fn(&mut T) -> R,
) {
    let mut samples: Vec<f64> = Vec::new();
    let mut group = c.benchmark_group(row);
    group.throughput(Throughput::Elements(size)).sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    group.bench_function(BenchmarkId::from_parameter(program), |b| {
        b.iter_custom(|times| {
            let mut all = Duration::ZERO;
            for _ in 0..times {
                let mut prepared = prepare();
                let start = Instant::now();
                let after = step(&mut prepared);
                all += start.elapsed();
                black_box(after);
            }
            samples.push(all.as_secs_f64() * 1e3 / times as f64);
            all
        });
    });
    group.finish();
    if let Some(least) = samples.into_iter().min_by(f64::total_cmp) {
        times.insert(format!("{row}/{program}"), least);
    }
}

/// The slope of a row in the plot: how time grows with the number of chains.
fn exponent(times: &Times, row: &str) -> Option<f64> {
    let points: Vec<(f64, f64)> =
        points(times, row).into_iter().filter(|(n, _)| *n >= FITTED as f64).collect();
    let logs: Vec<(f64, f64)> = points.iter().map(|(n, time)| (n.ln(), time.ln())).collect();
    let count = logs.len() as f64;
    let (x, y) = logs.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a / count, y + b / count));
    let (xy, xx) =
        logs.iter().fold((0.0, 0.0), |(xy, xx), (a, b)| (xy + (a - x) * (b - y), xx + (a - x) * (a - x)));
    (logs.len() > 1).then_some(xy / xx)
}

/// Chains and milliseconds.
fn points(times: &Times, row: &str) -> Vec<(f64, f64)> {
    let time = |n: u64| Some((n as f64, *times.get(&format!("{row}/{n}"))?));
    CHAINS.into_iter().filter_map(time).collect()
}

/// The table and the goals that are missed.
fn table(times: &Times) -> String {
    let mut text = format!("\n{:14}{:>10}", "ms", "inplace");
    for n in CHAINS {
        let _ = write!(text, "{n:>10}");
    }
    text += "  exponent\n";
    let mut missed = String::new();
    for row in ROWS {
        let _ = write!(text, "{row:14}");
        for column in ["inplace".to_owned()].into_iter().chain(CHAINS.map(|n| n.to_string())) {
            let _ = match times.get(&format!("{row}/{column}")) {
                Some(time) => write!(text, "{time:>10.3}"),
                None => write!(text, "{:>10}", "-"),
            };
        }
        if let Some(exponent) = exponent(times, row) {
            let _ = write!(text, "{exponent:>10.2}");
            if exponent > LINEAR {
                let _ = writeln!(missed, "MISSED {row}: grows as n^{exponent:.2}, goal n^{LINEAR}");
            }
        }
        text += "\n";
    }
    for (name, goal) in GOALS {
        if let Some(time) = times.get(name).filter(|time| **time > goal) {
            let _ = writeln!(missed, "MISSED {name}: {time:.3} ms, goal {goal} ms");
        }
    }
    text + &missed
}

fn csv(times: &Times) -> String {
    let lines = times.iter().filter_map(|(name, time)| {
        let (row, program) = name.split_once('/')?;
        Some(format!("{row},{program},{time:.4}\n"))
    });
    std::iter::once("pass,program,ms\n".to_owned()).chain(lines).collect()
}

/// Both axes logarithmic: what is linear has slope 1.
fn plot(times: &Times, file: &Path) -> Result<(), Box<dyn Error>> {
    let all = || ROWS.iter().flat_map(|row| points(times, row)).map(|(_, time)| time);
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(0.0, f64::max));
    let root = SVGBackend::new(file, (900, 600)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Time of each pass by number of slot mappings", ("sans-serif", 20))
        .margin(15)
        .x_label_area_size(45)
        .y_label_area_size(70)
        .build_cartesian_2d((1f64..300f64).log_scale(), (low..high).log_scale())?;
    chart.configure_mesh().x_desc("slot mappings").y_desc("ms").draw()?;
    for (index, row) in ROWS.iter().enumerate() {
        let color = Palette99::pick(index).to_rgba();
        let line = points(times, row);
        chart.draw_series(line.iter().map(|point| Circle::new(*point, 3, color.filled())))?;
        let label = exponent(times, row).map_or_else(|| (*row).to_owned(), |e| format!("{row} (n^{e:.2})"));
        chart
            .draw_series(LineSeries::new(line, color.stroke_width(2)))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the table is what a benchmark is run for")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    let mut times = Times::new();
    for name in ["functional", "host_slots", "inplace"] {
        let source = std::fs::read_to_string(format!("tests/programs/get_infer_param/{name}.mlir"))?;
        rows(&mut criterion, &mut times, name, 1, &source);
    }
    for n in CHAINS {
        rows(&mut criterion, &mut times, &n.to_string(), n, &chains(n));
    }
    criterion.final_summary();
    println!("{}", table(&times));
    // target/release/deps/optimizer-...
    let program = std::env::current_exe()?;
    if let Some(target) =
        program.ancestors().nth(3).filter(|_| ROWS.iter().any(|row| points(&times, row).len() > 1))
    {
        let folder = target.join("criterion");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("optimizer.csv"), csv(&times))?;
        plot(&times, &folder.join("optimizer.svg"))?;
        println!("written: {}", folder.join("optimizer.{csv,svg}").display());
    }
    Ok(())
}
