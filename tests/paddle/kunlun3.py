#!/usr/bin/env python3
"""The sources for Kunlun XPU3 as custom ops of a real Paddle: builds each program's, calls it as its callers do, compares.

    python kunlun3.py --emitted DIR --build DIR --out FILE.jsonl [--xpuc PROGRAM] [--only NAME...] [--modes MODE...] [--self-test]

Run it with a Python that has paddlepaddle (CPU) and g++ on the path. README.md says what is called and compared.
Every program, mode and choice of flags has a process of its own, forked from a server that has imported paddle for its mode.
"""
import argparse
import concurrent.futures
import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from kunlun3_calls import perform
from kunlun3_sources import Libraries, ProgramError, read_cases, read_program, read_sources, run
from observe import MODES, clean

HERE = Path(__file__).resolve().parent
# Python and Paddle never free all that they have, and Paddle frees some of it with the wrong `delete`. A short stack of each
# allocation and less memory that waits to be used again take a third of the time in the kernel.
SANITIZER_OPTIONS = {"ASAN_OPTIONS": "detect_leaks=0:alloc_dealloc_mismatch=0:malloc_context_size=2:quarantine_size_mb=32",
                     "UBSAN_OPTIONS": "print_stacktrace=1",
                     # Each tensor is an allocation of its own, so that what is beyond it is nobody's.
                     "FLAGS_use_system_allocator": "1"}
# While Paddle builds a program of PIR an exception ends the process: of attributes of another type, and of a tensor in place
# with no dimensions.
PADDLE_ABORTS = re.compile(
    r"SIGABRT: (\(InvalidType\).* must be |\(OutOfRange\) Integer value|\(InvalidArgument\) The number of output dtypes )")
# What callers of a published op rely on: how many inputs, tensors in place and attributes, and which outputs come first.
PUBLISHED = {"get_infer_param/inplace": (4, 22, 2, ["slot_mapping_enc", "slot_mapping_dec"])}
# The case of the op's own published test, which all programs of that op have.
PUBLISHED_CASE = "published_example"
# The program that mistakes are planted in.
SELF_TEST = "get_padding_offset/"
PROGRAM_SECONDS = 300
# Calls of one program, mode and choice of flags that may end their process before the rest is given up.
MOST_CRASHES = 100


# --- the server of a mode ----------------------------------------------------------------------------

def serve(mode):
    """Imports paddle, then forks a child for every request on the standard input."""
    replies = os.dup(1)
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import numpy  # noqa: F401
    import paddle  # noqa: F401
    from paddle.utils import cpp_extension  # noqa: F401

    def say(**facts):
        os.write(replies, (json.dumps(facts) + "\n").encode())

    for line in sys.stdin:
        with tempfile.TemporaryFile() as output:
            pid = os.fork()
            if pid == 0:
                try:
                    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                    os.dup2(output.fileno(), 1)
                    os.dup2(output.fileno(), 2)
                    signal.alarm(PROGRAM_SECONDS)
                    perform(mode, json.loads(line), say)
                    say(done=True)
                except BaseException as error:
                    say(failed=clean(f"{type(error).__name__}: {error}"))
                finally:
                    os._exit(0)
            status = os.waitpid(pid, 0)[1]
            output.seek(0)
            printed = output.read().decode(errors="replace")
        ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
        summary = re.search(r"SUMMARY: (AddressSanitizer: .*)", printed)
        say(end=ended, printed=clean(summary.group(1) if summary else printed[-20000:]))


# --- the parent -----------------------------------------------------------------------------------

class Server:
    """A process that has imported paddle for one mode."""

    def __init__(self, mode, sanitizers):
        environment = dict(os.environ, **SANITIZER_OPTIONS, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1",
                           GLOG_v="0", FLAGS_enable_pir_api="0" if mode == "legacy" else "1")
        if "address" in sanitizers:
            # Its library has to be there before all others.
            files = [subprocess.run(["g++", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
                     for name in ("libasan.so", "libstdc++.so.6")]
            environment["LD_PRELOAD"] = " ".join(files)
        self.lock = threading.Lock()
        self.process = subprocess.Popen([sys.executable, "-W", "ignore", __file__, "--serve", mode], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, request):
        """What the child said, and how it ended."""
        with self.lock:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            said = []
            for line in self.process.stdout:
                said.append(json.loads(line))
                if "end" in said[-1]:
                    return said
        raise RuntimeError("a server ended")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def call_all(server, request):
    """Every call of a request: (name, outcome, detail). A call that ends the process is a failure, and the next goes on."""
    request, calls = dict(request, **{"from": 0}), []
    for _ in range(MOST_CRASHES):
        said = server.ask(request)
        last = None
        for fact in said:
            if "outcome" in fact:
                calls.append((fact["name"], fact["outcome"], fact["detail"]))
                last = None
            elif "at" in fact:
                last = fact
            elif "failed" in fact:
                calls.append((last["name"] if last else "load", "differs", fact["failed"]))
                if last is None:
                    return calls
        if said[-2:-1] and said[-2].get("done"):
            return calls
        if last is None:
            calls.append(("load", "crash", f"{said[-1]['end']}: {said[-1]['printed']}"))
            return calls
        if not any("failed" in fact for fact in said):
            calls.append((last["name"], "crash", f"{said[-1]['end']}: {said[-1]['printed']}"))
        request["from"] = last["at"] + 1
    calls.append(("the rest", "crash", f"given up after {MOST_CRASHES} crashes"))
    return calls


def fail(record, outcome, detail, call):
    """Adds a failure, beside others of the same kind."""
    for failure in record["failures"]:
        if (failure["outcome"], failure["detail"]) == (outcome, detail):
            failure["calls"].append(call)
            return
    record["failures"].append({"outcome": outcome, "detail": detail, "calls": [call]})


def choices(spec, cases):
    """The cases by the flags that they are made with: those attributes that are no attributes of the op."""
    flags = [item["name"] for item in spec["scalars"] if item["dtype"] == "bool"]
    groups = {}
    for case in cases:
        groups.setdefault(tuple(bool(case["attrs"].get(name, False)) for name in flags), []).append(case)
    return [(dict(zip(flags, values)), group) for values, group in groups.items()]


def call_program(server, mode, name, library, spec, cases, bad=True):
    record = {"program": name, "mode": mode, "cases": len(cases), "equal": 0, "refused": 0, "no_tensor": 0,
              "bad": 0, "bad_refused": 0, "bad_aborted": 0, "bad_taken": [], "bad_lost": 0, "failures": []}
    # What bad calls are variations of: the call that expects most of the op.
    largest = max((case for case in cases if "error_mentions" not in case), key=lambda case: len(json.dumps(case["outputs"])) < 4000
                  and len(json.dumps(case["inputs"])), default=None)
    digests, started = {}, time.monotonic()
    for flags, group in choices(spec, cases):
        request = {"library": str(library), "spec": spec, "flags": flags, "cases": group,
                   "published": PUBLISHED.get(name), "bad": largest if bad and largest in group else None}
        for call, outcome, detail in call_all(server, request):
            aborted = call.startswith("bad: ") and mode == "pir" and bool(PADDLE_ABORTS.match(detail or ""))
            if outcome in ("differs", "crash") and not aborted:
                fail(record, outcome, detail, " ".join([call, *(name for name, value in flags.items() if value)]))
            if call.startswith("bad: "):
                record["bad"] += 1
                record["bad_refused"] += outcome == "refused"
                record["bad_aborted"] += aborted
                record["bad_lost"] += outcome == "lost"
                if outcome == "taken":
                    record["bad_taken"].append(call.removeprefix("bad: "))
            elif outcome == "equal" and detail:
                digests[json.dumps(flags) + call] = detail
                record["equal"] += 1
                if call.removesuffix(", sizes unknown") == PUBLISHED_CASE:
                    record["published"] = record.get("published", 0) + 1
            else:
                record["refused"] += outcome == "refused"
                record["no_tensor"] += outcome == "no tensor"
    if name.startswith("get_infer_param/") and bad and record.get("published", 0) != (1 if mode == "eager" else 2):
        fail(record, "differs", "expected the published values", PUBLISHED_CASE)
    record["seconds"] = round(time.monotonic() - started, 1)
    return record, digests


# --- mistakes that have to be found ---------------------------------------------------------------------

# What is planted in which file, and a word of what is said of it.
PLANTED = {
    "InferShape": ("cc", re.compile(r"(InferShape\((?:(?!^}).)*?B \+ )1", re.S | re.M), r"\g<1>2", "inferred ["),
    "InferDtype": ("cc", re.compile(r"(InferDtype\((?:(?!^}).)*?DataType::INT)64", re.S | re.M), r"\g<1>32", "inferred int32"),
    "a value": ("cc", re.compile(r"return \{(\w+),"), r"\1 = paddle::full({\1.numel()}, 7, \1.dtype(), place);\n  return {\1,", "expected "),
    "a type that is not checked": ("cc", re.compile(r"CheckTensor\(input_ids,[^;]*;"), "", "taken"),
}


def plant(sources, what):
    end, pattern, new, _ = PLANTED[what]
    text, count = pattern.subn(new, sources[end], count=1)
    if not count:
        raise ProgramError(f"{what}: nowhere to plant it")
    return {**sources, end: text}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=Path, default=HERE.parent / "programs", help="the folder of the programs")
    parser.add_argument("--emitted", type=Path, required=True, help="the sources: a folder OP/PROGRAM for each program")
    parser.add_argument("--xpuc", type=Path, help="writes the sources there first")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only programs whose OP/PROGRAM contains one of these")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--build", type=Path, required=True, help="where libraries are kept between runs")
    parser.add_argument("--out", type=Path, help="the JSON lines to write, beside the standard output")
    parser.add_argument("--jobs", type=int, default=2, help="how many things at a time")
    parser.add_argument("--self-test", action="store_true", help="mistakes planted in one program too, which have to be found")
    parser.add_argument("--sanitize", default="address,undefined", help="sanitizers of the host code, with commas between")
    options = parser.parse_args()
    started = time.monotonic()

    def report(text):
        print(f"[{time.monotonic() - started:6.1f} s] {text}", file=sys.stderr, flush=True)

    programs = {}
    for path in sorted(options.programs.glob("*/*.mlir")):
        name = f"{path.parent.name}/{path.stem}"
        if (path.parent / f"cases/{path.stem}.jsonl").exists() and (not options.only or any(part in name for part in options.only)):
            programs[name] = path
    if not programs:
        parser.error("no such program")
    options.build.mkdir(parents=True, exist_ok=True)
    sanitizers = options.sanitize.split(",")
    libraries = Libraries(options.build.resolve(), sanitizers)
    report(f"paddlepaddle {libraries.paddle.version}, {len(programs)} programs")
    servers = {mode: Server(mode, sanitizers) for mode in options.modes}
    out = options.out.open("w") if options.out else None
    failed = []

    def write(record):
        for file in filter(None, (sys.stdout, out)):
            print(json.dumps(record), file=file, flush=True)

    def prepare(name, planted, after):
        folder = options.emitted / name
        spec = read_program(programs[name])
        if after:
            after.result()
        elif options.xpuc:
            folder.mkdir(parents=True, exist_ok=True)
            run([str(options.xpuc), "compile", str(programs[name]), "--target", "kunlun3", "-o", str(folder)], name)
        sources = read_sources(folder, spec["op"])
        return libraries.build(spec["op"], plant(sources, planted) if planted else sources)

    def call(name, library, planted, mode):
        spec, cases = read_program(programs[name]), list(read_cases(programs[name].parent, programs[name].stem))
        if planted:
            return call_program(servers[mode], mode, name, library, spec, cases, bad=PLANTED[planted][3] == "taken")
        return call_program(servers[mode], mode, name, library, spec, cases)

    def judge(name, planted, made):
        """Holds what the modes gave against each other, or against what was planted."""
        if planted:
            said = [failure["detail"] for record, _ in made for failure in record["failures"]]
            record = {"program": name, "planted": planted, "found": sum(PLANTED[planted][3] in detail for detail in said)}
            write(record)
            report(f"{name}, planted {planted}: " + ("found" if record["found"] else f"NOT FOUND among {said}"))
            if not record["found"]:
                failed.append(name)
            return
        eager = next((digests for record, digests in made if record["mode"] == "eager"), {})
        for record, digests in made:
            for called, value in digests.items():
                if eager.get(called.removesuffix(", sizes unknown")) not in (None, value):
                    fail(record, "differs", "other values than in eager mode", called)
            if record["failures"]:
                failed.append(name)
            write(record)
            failures = sum(len(failure["calls"]) for failure in record["failures"])
            report(f"{name} {record['mode']}: {record['equal']} equal, {record['refused']} refused, {record['bad_refused']} of "
                   f"{record['bad']} bad refused" + f", {PUBLISHED_CASE} equal" * bool(record.get("published"))
                   + f", {failures} FAILED" * bool(failures))

    # The longest first, so that no processor waits at the end.
    order = sorted(programs, key=lambda name: -programs[name].stat().st_size)
    wanted = [(name, None) for name in order]
    if options.self_test:
        wanted += [(name, planted) for name in programs if name.startswith(SELF_TEST) for planted in PLANTED]
    try:
        with contextlib.ExitStack() as stack:
            builders = stack.enter_context(concurrent.futures.ThreadPoolExecutor(options.jobs))
            # A server makes one call at a time.
            callers = {mode: stack.enter_context(concurrent.futures.ThreadPoolExecutor(1)) for mode in options.modes}
            built = {}
            for name, planted in wanted:
                # Mistakes are planted in what the program itself has written before.
                built[name, planted] = builders.submit(prepare, name, planted, built.get((name, None)))
            calls = {job: [callers[mode].submit(lambda job=job, mode=mode: call(job[0], built[job].result(), job[1], mode))
                           for mode in options.modes if not job[1] or mode != "legacy"] for job in wanted}
            for job in wanted:
                try:
                    judge(*job, [made.result() for made in calls[job]])
                except (ProgramError, OSError, subprocess.SubprocessError) as error:
                    failed.append(job[0])
                    record = {"program": job[0], "mode": "build", "failures": []}
                    fail(record, "differs", str(error), "build")
                    write(record)
                    report(f"{job[0]}: NOT BUILT: {error}")
    finally:
        for server in servers.values():
            server.close()
        if out:
            out.close()
    report("done")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        sys.exit(main())
