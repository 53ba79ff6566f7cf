#!/usr/bin/env python3
"""What Paddle does with the custom ops in `ops/`: builds each, runs it in three modes, prints what happened.

    python observe.py --build DIR --out FILE.jsonl [--ops DIR] [--only NAME...] [--jobs N]

Run it with a Python that has paddlepaddle (CPU) and g++ on the path. README.md describes the directives and the output.
Every call happens in a process of its own, forked from a server that has imported paddle once for its mode.
"""
import argparse
import ast
import concurrent.futures
import hashlib
import importlib.util
import json
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from pathlib import Path

MODES = ("eager", "pir", "legacy")
HEADER = "paddle/extension.h"
VALUES_SHOWN = 16
TEXT_LINES = 6
TEXT_CHARS = 900
CALL_SECONDS = 60
COMPILE_SECONDS = 300


# --- directives -----------------------------------------------------------------------------------

DTYPES = {"bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"}
FILLS = ("arange", "zeros", "ones")
MARKS = ("grad", "grad2", "after")
TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z_]\w*|[\[\],;=])')


class DirectiveError(Exception):
    """A `//@` line that observe.py cannot read."""


class Reader:
    """The tokens of one call."""

    def __init__(self, text):
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise DirectiveError(f"cannot read {text[at:]!r}")
            self.tokens.append(match.group(1))
            at = match.end()
        self.at = 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, expected=None):
        token = self.peek()
        if token is None or (expected and token != expected):
            raise DirectiveError(f"expected {expected or 'more'}, found {token or 'the end'}")
        self.at += 1
        return token

    def arguments(self):
        found = []
        while self.peek() is not None:
            name = self.take()
            self.take("=")
            found.append((name, self.value()))
            if self.peek() is not None:
                self.take(";")
        return found

    def value(self):
        token = self.take()
        if token == "[":
            items = []
            while self.peek() != "]":
                items.append(self.value())
                if self.peek() != "]":
                    self.take(",")
            self.take("]")
            return items
        if token in DTYPES:
            return self.tensor(token)
        try:
            return ast.literal_eval(token)
        except (ValueError, SyntaxError):
            raise DirectiveError(f"{token!r} is no value") from None

    def tensor(self, dtype):
        self.take("[")
        shape = []
        while self.peek() != "]":
            shape.append(int(self.take()))
            if self.peek() != "]":
                self.take(",")
        self.take("]")
        values, marks = [], []
        while self.peek() not in (None, ";", ",", "]"):
            token = self.take()
            if token in MARKS:
                marks.append(token)
            else:
                values.append(token)
        size = 1
        for dim in shape:
            size *= dim
        if len(values) == 1 and values[0] in FILLS:
            fill = values[0]
            numbers = list(range(size)) if fill == "arange" else [int(fill == "ones")] * size
        else:
            numbers = [ast.literal_eval(value) for value in values]
        if len(numbers) != size:
            raise DirectiveError(f"{dtype}{shape} has {size} elements, not {len(numbers)}")
        return {"tensor": dtype, "shape": shape, "values": numbers, "marks": marks}


def read_directives(path):
    """The calls and the expected codes that a file states."""
    text = path.read_text()
    calls, expect = [], None
    for line in re.findall(r"^//@[ \t]*(.*)$", text, re.M):
        key, _, rest = line.partition(":")
        words = key.split()
        if words == ["expect"]:
            expect = [code.strip() for code in rest.split(",")]
        elif words and words[0] == "call":
            label = words[words.index("as") + 1] if "as" in words else ""
            op = words[1] if len(words) > 1 and words[1] != "as" else only_op(path, text)
            calls.append({"op": op, "label": label, "arguments": Reader(rest).arguments()})
        elif words != ["unseen"]:
            raise DirectiveError(f"{path.name}: unknown directive {line!r}")
    if not calls or expect is None:
        raise DirectiveError(f"{path.name}: needs a call and what to expect")
    return calls, expect


def only_op(path, text):
    ops = sorted(set(re.findall(r"^\s*PD_BUILD_OP\((\w+)\)", text, re.M)))
    if len(ops) != 1:
        raise DirectiveError(f"{path.name}: a call must name its op where a file does not have just one")
    return ops[0]


# --- building -------------------------------------------------------------------------------------

class Builder:
    """Compiles each source into a shared library, kept in a folder under the hash of all that goes into it."""

    def __init__(self, folder, extra_flags):
        self.folder = folder
        paddle = Path(importlib.util.find_spec("paddle").submodule_search_locations[0])
        version = re.search(r"full_version\s*=\s*'([^']*)'", (paddle / "version/__init__.py").read_text()).group(1)
        self.version = version
        self.header = paddle / "include" / HEADER
        self.includes = [paddle / "include", paddle / "include/third_party", sysconfig.get_paths()["include"]]
        # What cpp_extension and setuptools pass, less optimization and pybind11; no op here uses it, and it is three quarters of the
        # time that compiling takes.
        self.flags = ["-std=c++17", "-O0", "-DNDEBUG", "-fPIC", "-w", "-DPADDLE_WITH_CUSTOM_KERNEL", "-DPADDLE_NO_PYTHON",
                      *extra_flags]
        self.link = [f"-L{paddle / 'base'}", f"-L{paddle / 'libs'}", "-Wl,--no-as-needed", "-l:libpaddle.so", "-Wl,--as-needed",
                     f"-Wl,-rpath,{paddle / 'libs'}", f"-Wl,-rpath,{paddle / 'base'}"]
        if shutil.which("ld.gold"):
            self.link.append("-fuse-ld=gold")
        compiler = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
        self.key = digest(version, compiler, str(paddle), *self.flags)
        self.precompiled = folder / f"header-{self.key}"

    def compiler(self, *arguments):
        includes = [part for folder in self.includes for part in ("-isystem", str(folder))]
        # The folder of the precompiled header comes first, so that `#include "paddle/extension.h"` finds it.
        return ["g++", *self.flags, "-I", str(self.precompiled), *includes, *map(str, arguments)]

    def precompile(self):
        target = self.precompiled / f"{HEADER}.gch"
        if target.exists():
            return
        copy = self.precompiled / HEADER
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.header, copy)
        partial = target.with_suffix(f".{os.getpid()}.tmp")
        subprocess.run(self.compiler("-x", "c++-header", copy, "-o", partial), check=True, timeout=COMPILE_SECONDS)
        partial.rename(target)

    def build(self, source):
        """The library, or the compiler's first errors."""
        name = f"{source.stem}-{digest(self.key, source.read_text())}"
        library, refused = self.folder / f"{name}.so", self.folder / f"{name}.err"
        if refused.exists():
            return None, refused.read_text()
        if not library.exists():
            with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
                parts = [Path(scratch) / "op.o", Path(scratch) / "op.so"]
                for step in (self.compiler("-c", source, "-o", parts[0]),
                             ["g++", "-shared", str(parts[0]), "-o", str(parts[1]), *self.link]):
                    done = subprocess.run(step, capture_output=True, text=True, timeout=COMPILE_SECONDS)
                    if done.returncode:
                        text = compiler_errors(done.stderr, source)
                        refused.write_text(text)
                        return None, text
                parts[1].rename(library)
        return library, None


def digest(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def compiler_errors(stderr, source):
    """The errors without the folders that their files are in."""
    lines = [line for line in stderr.splitlines() if re.search(r"(error|undefined reference|required from here)", line)]
    lines = [line for line in lines if "error" in line] or lines
    return "\n".join(re.sub(r"(/[\w.+-]+)+/", "", line) for line in lines[:TEXT_LINES])


# --- running, in a process of its own ------------------------------------------------------------

def perform(mode, library, call, say):
    """Loads the library and makes one call; `say` records each stage as it begins, and what is known so far."""
    import numpy
    import paddle
    from paddle.utils.cpp_extension import extension_utils, load_op_meta_info_and_register_op

    say(stage="load")
    load_op_meta_info_and_register_op(library)
    op = call["op"]
    names = {}
    # The wrapper that `paddle.utils.cpp_extension.load` would have written to a file.
    exec(compile(extension_utils._custom_api_content(op), f"{op}.py", "exec"), names)
    inputs, attrs, outputs = extension_utils.parse_op_info(op)
    bare = [name.split("@")[0] for name in outputs]
    marked, given = {}, dict(call["arguments"])

    def array(spec):
        return numpy.array(spec["values"], dtype=spec["tensor"]).reshape(spec["shape"])

    def arguments(make):
        def convert(name, value):
            if isinstance(value, dict):
                tensor = make(name, value)
                for mark in value["marks"]:
                    marked.setdefault(mark, {})[name] = tensor
                return tensor
            if isinstance(value, list):
                return [convert(f"{name}_{i}", item) for i, item in enumerate(value)]
            return value

        missing = [name for name in (declared.split("@")[0] for declared in inputs + attrs) if name not in given]
        if missing:
            raise DirectiveError(f"the call of {op} gives no {', '.join(missing)}")
        return [convert(name, given[name]) for name in (declared.split("@")[0] for declared in inputs + attrs)]

    def named(result):
        results = result if len(outputs) != 1 else [result]
        flat = {}
        for name, item in zip(bare, results if isinstance(results, (list, tuple)) else [results]):
            for i, part in enumerate(item) if isinstance(item, (list, tuple)) else [(None, item)]:
                flat[name if i is None else f"{name}[{i}]"] = part
        return flat

    def further(flat, gradients):
        """What else the call asks for: gradients of the sum of the outputs, and inputs read again after the op."""
        found = {}
        wanted = {**marked.get("grad", {}), **marked.get("grad2", {})}
        if wanted:
            floats = [value for value in flat.values() if "float" in dtype_name(value.dtype)]
            found.update({f"{name}@GRAD": value for name, value in zip(wanted, gradients(floats, list(wanted.values())))})
        if "grad2" in marked:
            first = [found[f"{name}@GRAD"] for name in marked["grad2"]]
            for value in first:
                value.stop_gradient = False
            second = gradients(first, list(marked["grad2"].values()))
            found.update({f"{name}@GRAD@GRAD": value for name, value in zip(marked["grad2"], second)})
        for name, value in marked.get("after", {}).items():
            found[f"{name} after"] = paddle.assign(value)
        return found

    if mode == "eager":
        say(stage="run")

        def make(name, spec):
            tensor = paddle.to_tensor(array(spec), place=paddle.CPUPlace())
            tensor.stop_gradient = not {"grad", "grad2"} & set(spec["marks"])
            return tensor

        flat = named(names[op](*arguments(make)))
        flat.update(further(flat, lambda of, by: paddle.grad(of, by, create_graph=True, allow_unused=True)))
        say(real={name: shown(value) for name, value in flat.items()})
        return

    say(stage="build")
    paddle.enable_static()
    program, feed = paddle.static.Program(), {}
    with paddle.static.program_guard(program, paddle.static.Program()):
        def make(name, spec):
            feed[name] = array(spec)
            variable = paddle.static.data(name, spec["shape"], spec["tensor"])
            variable.stop_gradient = not {"grad", "grad2"} & set(spec["marks"])
            return variable

        flat = named(names[op](*arguments(make)))
        say(inferred={name: None if value is None else {"shape": list(value.shape), "dtype": dtype_name(value.dtype)}
                      for name, value in flat.items()})
        flat.update(further({name: value for name, value in flat.items() if value is not None}, paddle.static.gradients))
    say(stage="run")
    fetched = {name: value for name, value in flat.items() if value is not None}
    executor = paddle.static.Executor(paddle.CPUPlace())
    results = executor.run(program, feed=feed, fetch_list=list(fetched.values()), return_numpy=False)
    real = {name: None for name in flat}
    for name, value in zip(fetched, results):
        real[name] = shown(value)
    say(real=real)


def dtype_name(dtype):
    name = str(dtype).rsplit(".", 1)[-1].lower()
    return {"fp16": "float16", "fp32": "float32", "fp64": "float64", "bf16": "bfloat16"}.get(name, name)


def shown(tensor):
    import numpy

    if tensor is None or (hasattr(tensor, "_is_initialized") and not tensor._is_initialized()):
        return None
    values = numpy.array(tensor)
    return {"shape": list(values.shape), "dtype": str(values.dtype), "values": values.reshape(-1)[:VALUES_SHOWN].tolist()}


def serve(mode):
    """Imports paddle, then forks a child for every request on the standard input."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import numpy  # noqa: F401
    import paddle  # noqa: F401
    from paddle.utils import cpp_extension  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        replies.write(json.dumps(in_child(mode, request, replies.fileno())) + "\n")
        replies.flush()


def nothing_yet(stage):
    """An observation in which nothing has happened; a stage more is known with each line that the child says."""
    return {"stage": stage, "outcome": None, "signal": None, "text": "", "inferred": {}, "real": {}}


def in_child(mode, request, replies):
    started = time.monotonic()
    receiver, sender = os.pipe()
    with tempfile.TemporaryFile() as output:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(receiver)
                os.close(replies)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)

                def say(**facts):
                    os.write(sender, (json.dumps(facts) + "\n").encode())

                try:
                    perform(mode, request["library"], request["call"], say)
                    say(outcome="ok")
                    status = 0
                except BaseException as error:
                    say(outcome="exception", text=clean(f"{type(error).__name__}: {error}"))
            finally:
                os._exit(status)
        os.close(sender)
        said, late = b"", False
        while True:
            late = not select.select([receiver], [], [], max(0, started + request["seconds"] - time.monotonic()))[0]
            if late:
                break
            chunk = os.read(receiver, 1 << 16)
            if not chunk:
                break
            said += chunk
        os.close(receiver)
        if late:
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        output.seek(0)
        printed = output.read().decode(errors="replace")
    result = nothing_yet("load")
    for line in said.decode().splitlines():
        result.update(json.loads(line))
    if late:
        result["outcome"] = "timeout"
    elif os.WIFSIGNALED(status):
        result.update(outcome="signal", signal=signal.Signals(os.WTERMSIG(status)).name, text=clean(printed))
    elif result["outcome"] is None:
        result.update(outcome="exit", text=clean(printed))
    return result


NOISE = re.compile(
    r"^(-+|C\+\+ Traceback.*|No stack trace in paddle.*|Error Message Summary:|FatalError: `?Process.*|\d+ +\S.*|\[(TimeInfo|SignalInfo):.*"
    r"|terminate called.*|.*Warning: .*|warnings\.warn.*|[WIE]\d{4} .*|\*\*\* Check failure.*|@ +\S+ .*|\[\S+:\d+\]|\[operator < .*)?$")


def clean(text):
    """The lines of a message that say what is wrong."""
    # Before the message of an op in a static program: where that op was made.
    text = re.sub(r"In user code:\n.*\n\n\s*", "", text, flags=re.S)
    text = re.sub(r"[ \t]*\(at \S+:\d+\)", "", text)
    if "Error Message Summary:" in text:
        before, _, summary = text.partition("Error Message Summary:")
        message = [line for line in summary.splitlines() if not NOISE.match(line.strip())]
        lead = before.strip().split(":", 1)[0] if re.match(r"\w+(Error|Exception): ", before) else ""
        text = (f"{lead}: " if lead else "") + "\n".join(message or before.splitlines())
    lines = [line.rstrip() for line in text.splitlines() if not NOISE.match(line.strip())]
    text = "\n".join(lines[:TEXT_LINES])
    text = re.sub(r"^(\s*what\(\):\s*|F\d{4} \S+ +\d+ \S+\] )", "", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "0x...", text)
    text = re.sub(r"(/[\w.+-]+){2,}/", "", text)
    return text.strip()[:TEXT_CHARS]


# --- the parent -----------------------------------------------------------------------------------

class Server:
    """A process that has imported paddle for one mode."""

    def __init__(self, mode):
        environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", GLOG_v="0",
                           FLAGS_enable_pir_api="0" if mode == "legacy" else "1")
        command = [sys.executable, "-W", "ignore", __file__, "--serve", mode]
        self.lock = threading.Lock()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, library, call):
        with self.lock:
            self.process.stdin.write(json.dumps({"library": str(library), "call": call, "seconds": CALL_SECONDS}) + "\n")
            self.process.stdin.flush()
            reply = self.process.stdout.readline()
        if not reply:
            raise RuntimeError("a server ended")
        return json.loads(reply)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ops", type=Path, default=here / "ops", help="the folder of the sources")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only files whose name contains one of these")
    parser.add_argument("--build", type=Path, required=True, help="where libraries are kept between runs")
    parser.add_argument("--out", type=Path, required=True, help="the JSON lines to write")
    parser.add_argument("--jobs", type=int, default=2, help="how many things at a time")
    parser.add_argument("--cxxflags", default="", help="more flags for the compiler, such as -O2")
    options = parser.parse_args()

    sources = sorted(options.ops.glob("*.cc"))
    if options.only:
        sources = [path for path in sources if any(name in path.stem for name in options.only)]
    if not sources:
        parser.error("no such source")
    directives = {source: read_directives(source) for source in sources}
    options.build.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()

    def report(text):
        print(f"[{time.monotonic() - started:6.1f} s] {text}", file=sys.stderr)

    builder = Builder(options.build.resolve(), options.cxxflags.split())
    report(f"paddlepaddle {builder.version}, {len(sources)} files")
    servers = {mode: Server(mode) for mode in MODES}
    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            builder.precompile()
            built = dict(zip(sources, pool.map(builder.build, sources)))
            report(f"built {sum(library is not None for library, _ in built.values())} of {len(sources)}")
            tasks = [(source, call, mode) for source in sources for call in directives[source][0] for mode in MODES]

            def observe(task):
                source, call, mode = task
                library, errors = built[source]
                record = {"file": source.name, "op": call["op"], "call": call["label"], "mode": mode}
                if library is None:
                    return {**record, **nothing_yet("compile"), "outcome": "exception", "text": errors}
                return {**record, **servers[mode].ask(library, call)}

            summary = []
            with options.out.open("w") as out:
                for record in pool.map(observe, tasks):
                    out.write(json.dumps(record) + "\n")
                    out.flush()
                    summary.append(f"{record['mode']} {record['signal'] or record['outcome']} ({record['stage']})")
                    if len(summary) == len(MODES):
                        report(f"{record['op']}{' as ' * bool(record['call'])}{record['call']}: {', '.join(summary)}")
                        summary = []
    finally:
        for server in servers.values():
            server.close()
    report("done")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        main()
