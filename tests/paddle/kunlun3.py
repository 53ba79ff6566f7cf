#!/usr/bin/env python3
"""The sources for Kunlun XPU3 as custom ops of a real Paddle: builds each program's, calls it as its callers do, compares.

    python kunlun3.py --emitted DIR --build DIR --out FILE.jsonl [--xpuc PROGRAM] [--only NAME...] [--modes MODE...]

Run it with a Python that has paddlepaddle (CPU) and g++ on the path. README.md says what is called and compared.
Every program, mode and choice of flags has a process of its own, forked from a server that has imported paddle for its mode.
"""
import argparse
import concurrent.futures
import itertools
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
import tomllib
from pathlib import Path

from observe import COMPILE_SECONDS, MODES, Builder, clean, compiler_errors, digest, dtype_name

HERE = Path(__file__).resolve().parent
HOST = HERE.parent / "kunlun_host/include"
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
# Python and Paddle never free all that they have, and Paddle frees some of it with the wrong `delete`.
SANITIZER_OPTIONS = {"ASAN_OPTIONS": "detect_leaks=0:alloc_dealloc_mismatch=0", "UBSAN_OPTIONS": "print_stacktrace=1",
                     # Each tensor is an allocation of its own, so that what is beyond it is nobody's.
                     "FLAGS_use_system_allocator": "1"}
DTYPES = {"i1": "bool", "i32": "int32", "i64": "int64"}
# Elements of a buffer with a capacity beyond those that a case expects, unless the case says otherwise.
SPARE = 37
POISON = 0xDB
# Attributes that Paddle takes for some number of its own before an op sees them, or does not survive.
PADDLE_TAKES = {("legacy", "a bool"), ("legacy", "None"), ("pir", "far too large")}
# While Paddle builds a program of PIR an exception ends the process: of attributes of another type, and of a tensor in place
# with no dimensions.
PADDLE_ABORTS = re.compile(
    r"SIGABRT: (\(InvalidType\).* must be |\(OutOfRange\) Integer value|\(InvalidArgument\) The number of output dtypes )")
# The executor of PIR keeps an exception's message only if it is Paddle's own (EnforceNotMet); of others this is left.
MUTE = "RuntimeError: std::exception"
# What callers of a published op rely on: how many inputs, tensors in place and attributes, and which outputs come first.
PUBLISHED = {"get_infer_param/inplace": (4, 22, 2, ["slot_mapping_enc", "slot_mapping_dec"])}
PROGRAM_SECONDS = 300
# Calls of one program, mode and choice of flags that may end their process before the rest is given up.
MOST_CRASHES = 100


# --- what a program is ----------------------------------------------------------------------------

class ProgramError(Exception):
    """A program or a case that cannot be read."""


def read_program(path):
    """Arguments and results of the first function with a body."""
    text = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
    aliases = dict(re.findall(r"^(!\w+)\s*=\s*(memref<.*>)\s*$", text, re.M))
    found = re.search(r"func\.func @(\w+)\((.*?)\) \{\n", text, re.S)
    if not found:
        raise ProgramError(f"{path}: no function")
    op, signature = found.groups()
    arguments, _, results = signature.partition(") -> (")

    def parse(text, head):
        for kind, attributes in re.findall(head + r"([^{}]*?)\s*\{([^{}]*)\}", text):
            name = re.search(r'xpu\.name = "(\w+)"', attributes).group(1)
            kind = aliases.get(kind, kind)
            memref = re.match(r"memref<((?:[?\d]+x)*)(i\d+)", kind)
            shape = re.search(r"xpu\.shape = \[([^\]]*)\]", attributes)
            shape = re.findall(r'"([^"]*)"', shape.group(1)) if shape else []
            pad = re.search(r"xpu\.pad = (-?\d+)", attributes)
            if memref and len(shape) != memref.group(1).count("x"):
                raise ProgramError(f"{path}: {name}: expected a size for each dimension")
            yield {"name": name, "dtype": DTYPES[memref.group(2) if memref else kind], "tensor": bool(memref), "shape": shape,
                   "output": "xpu.output" in attributes, "pad": int(pad.group(1)) if pad else None}

    arguments = list(parse(arguments, r"%\w+: "))
    return {"op": op,
            "tensors": [item for item in arguments if item["tensor"]],
            "scalars": [item for item in arguments if not item["tensor"]],
            "results": list(parse(results, r"(?:^|,)\s*"))}


def read_cases(folder, program):
    """Its own, those that it shares, and those that it refuses."""
    shared = folder / "programs.toml"
    shared = tomllib.loads(shared.read_text()).get(program, {}) if shared.exists() else {}
    for name in [program, *shared.get("cases", [])]:
        for line in (folder / f"cases/{name}.jsonl").read_text().splitlines():
            if line.strip():
                yield json.loads(line)
    bad = folder / "cases/bad.jsonl"
    for line in bad.read_text().splitlines() if bad.exists() else []:
        case = json.loads(line)
        if case["generation"] == program:
            yield case


# --- building -------------------------------------------------------------------------------------

LAUNCH = re.compile(r"((?:::)?\w+(?:::\w+)*(?:<[^<>]*>)?)<<<(.*?)>>>(?=\s*\()", re.S)


def rewrite(path):
    """Host code as g++ takes it; lines stay where they are."""
    text = path.read_text().replace("__attribute__((global))", "__global__")
    text = LAUNCH.sub(r"KUNLUN_HOST_LAUNCH((\1), \2)", text)
    if "<<<" in text:
        raise ProgramError(f"{path}: a launch that is none")
    return f'#line 1 "{path.name}"\n{text}'


class Libraries:
    """A library for each op: the strict host, the kernels, the wrappers and the op, each compiled by itself."""

    def __init__(self, folder, sanitizers):
        self.folder = folder
        self.paddle = Builder(folder, [])
        self.sanitizers = f"-fsanitize={','.join(sanitizers)}"
        self.common = ["-g", "-fPIC", "-fno-omit-frame-pointer", *WARNINGS, "-I", str(HOST)]
        host = [f"{file.relative_to(HOST)}\n{file.read_text()}" for file in sorted(HOST.rglob("*.h"))]
        self.key = digest(self.paddle.key, self.sanitizers, *host)
        self.lock = threading.Lock()

    def host_code(self):
        return ["-std=c++17", "-O1", "-D_GLIBCXX_ASSERTIONS", *self.common, self.sanitizers, "-fno-sanitize=vptr",
                "-fno-sanitize-recover=all"]

    def over_paddle(self):
        headers = [part for include in self.paddle.includes for part in ("-isystem", str(include))]
        return [*self.host_code(), "-DPADDLE_WITH_CUSTOM_KERNEL", "-DPADDLE_NO_PYTHON", *headers]

    def kernel(self):
        return ["-std=c++11", "-Og", *self.common, "-fno-inline", "-fno-exceptions", "-fsanitize=thread,undefined",
                "-fno-sanitize-recover=all"]

    def object(self, name, text, flags, aside, assembly=False):
        """Compiles a text, with files beside it; kept under its hash."""
        key = digest(self.key, text, *flags, *itertools.chain(*sorted(aside.items())))
        target = self.folder / f"kunlun3-{name}-{key}.{'s' if assembly else 'o'}"
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
                for file, content in aside.items():
                    (Path(scratch) / file).write_text(content)
                (Path(scratch) / "all.cpp").write_text(text)
                run(["g++", *flags, f"-I{scratch}", "-S" if assembly else "-c", f"{scratch}/all.cpp", "-o", f"{scratch}/out"], name)
                Path(scratch, "out").rename(target)
        return target

    def build(self, op, sources):
        aside = {f"{op}.{end}": rewrite(sources / f"{op}.{end}") for end in ("h", "cpp", "cc")}
        kernels = {f"{op}.xpu": f'#line 1 "{op}.xpu"\n' + (sources / f"{op}.xpu").read_text()} if (sources / f"{op}.xpu").exists() else {}
        # As in FastDeploy, where the declarations are part of the plugin's header.
        plugin = f'#include "xpu/plugin.h"\n#include "{op}.h"\n'
        # Wrappers that dump what they are given do not use all of their parameters.
        unused = '#pragma GCC diagnostic ignored "-Wunused-parameter"\n'
        with self.lock:
            objects = [self.object("host", '#include "kunlun_host/runtime.h"\n', self.host_code(), {})]
        objects += [
            self.object(f"{op}.cc", f'{plugin}#include "{op}.cc"\n', self.over_paddle(), aside),
            self.object(f"{op}.cpp", f'{unused}{plugin}#include "{op}.cpp"\n', self.host_code(), aside),
            self.object(f"{op}.xpu", "".join(f'#include "{file}"\n' for file in kernels), self.kernel(), kernels, assembly=True),
        ]
        library = self.folder / f"kunlun3-{op}-{digest(*map(str, objects))}.so"
        if not library.exists():
            partial = library.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
            run(["g++", "-shared", "-Wl,-Bsymbolic", self.sanitizers, *map(str, objects), "-o", str(partial), *self.paddle.link], op)
            partial.rename(library)
        return library


def run(command, what):
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_SECONDS)
    if done.returncode:
        raise ProgramError(f"{what}: {compiler_errors(done.stderr, None) or done.stderr[-900:]}")


# --- calls, in a process of their own -----------------------------------------------------------------

class Differs(Exception):
    """What a call should not have done."""


class Refused(Exception):
    """The op, or Paddle before it, refused a call."""


def dims_of(value):
    dims = []
    while isinstance(value, list):
        dims.append(len(value))
        value = value[0] if value else None
    return dims


def evaluate(size, symbols):
    try:
        return int(eval(size, {"__builtins__": {}}, symbols))
    except NameError:
        return 0


def poison(numpy, dtype):
    return numpy.frombuffer(bytes([POISON]) * numpy.dtype(dtype).itemsize, dtype)[0]


class Caller:
    """One op in one mode."""

    def __init__(self, mode, library, spec):
        import numpy
        import paddle
        from paddle.base import core
        from paddle.utils.cpp_extension import extension_utils, load_op_meta_info_and_register_op

        self.numpy, self.paddle, self.mode, self.spec = numpy, paddle, mode, spec
        self.op = spec["op"]
        load_op_meta_info_and_register_op(library)
        names = {}
        # The wrapper that `paddle.utils.cpp_extension.load` would have written to a file.
        exec(compile(extension_utils._custom_api_content(self.op), f"{self.op}.py", "exec"), names)
        self.call = names[self.op]
        self.inputs, attrs, self.outputs = extension_utils.parse_op_info(self.op)
        self.place_of = {self.outputs[out]: self.inputs[at]
                         for out, at in core.eager._get_custom_operator_inplace_map(self.op).items()}
        self.attrs = [item for item in spec["scalars"] if item["name"] in attrs]
        self.flags = [item["name"] for item in spec["scalars"] if item["name"] not in attrs]
        if mode != "eager":
            paddle.enable_static()

    # What a call should look like.

    def check_declaration(self, published):
        spec = self.spec
        written = [name for name in self.inputs if name in self.place_of.values()]
        for what, expected, found in (
            ("inputs", [item["name"] for item in spec["tensors"]], self.inputs),
            ("attributes", [item["name"] for item in spec["scalars"] if item["dtype"] != "bool"], [item["name"] for item in self.attrs]),
            ("outputs", [item["name"] for item in spec["results"]] + [f"{name}_out" for name in written], self.outputs),
            ("outputs in place", [], [item["name"] for item in spec["tensors"] if item["output"] and item["name"] not in written]),
            ("results not in place", [], [item["name"] for item in spec["results"] if item["name"] in self.place_of]),
        ):
            if expected != found:
                raise Differs(f"{what}: expected {expected}, found {found}")
        if published:
            found = [len(self.inputs) - len(written), len(written), len(self.attrs), self.outputs[:len(published[3])]]
            if list(published) != found:
                raise Differs(f"expected inputs, tensors in place, attributes and first outputs {list(published)}, found {found}")

    # Arguments.

    def array(self, value, dtype):
        """The tensor that a case's value stands for; what is no integer of the type keeps a type that can hold it."""
        array = self.numpy.array(value)
        if array.size == 0:
            return self.numpy.zeros(dims_of(value), dtype)
        if array.dtype == self.numpy.int64:
            bounds = self.numpy.iinfo("int32" if dtype == "bool" else dtype)
            if bounds.min <= array.min() and array.max() <= bounds.max:
                return array.astype(dtype)
        return array.astype("float32") if array.dtype == self.numpy.float64 else array

    def arguments(self, case):
        """Name and array of each tensor, and the attributes. Buffers of the caller are poisoned."""
        np, given, symbols = self.numpy, {}, dict(case["attrs"])
        for item in self.spec["tensors"]:
            if item["name"] in case["inputs"]:
                given[item["name"]] = self.array(case["inputs"][item["name"]], item["dtype"])
                for size, found in zip(item["shape"], given[item["name"]].shape):
                    if size.isidentifier():
                        symbols.setdefault(size, found)
        buffers = [item for item in self.spec["tensors"] if item["name"] not in given]
        capacities = {}
        for item in buffers:
            expected = dims_of((case.get("outputs") or {}).get(item["name"], []))
            for size, needed in itertools.zip_longest(item["shape"], expected, fillvalue=0):
                if isinstance(size, str) and size.isidentifier() and size not in symbols:
                    capacities[size] = max(needed, capacities.get(size, 0))
        for symbol, needed in capacities.items():
            symbols[symbol] = case["attrs"].get("capacity", needed + SPARE)
        for item in buffers:
            sizes = [max(0, evaluate(size, symbols)) for size in item["shape"]]
            given[item["name"]] = np.full(sizes, poison(np, item["dtype"]), item["dtype"])
        return {name: given[name] for name in self.inputs}, [case["attrs"].get(item["name"]) for item in self.attrs]

    # Calls.

    def run(self, tensors, attrs, known=True):
        """Arrays of the outputs by name, and what a static program infers of them."""
        if self.mode == "eager":
            return self.run_eager(tensors, attrs)
        return self.run_static(tensors, attrs, known)

    def eager_tensor(self, name, array):
        if name in self.place_of.values():
            tensor = self.paddle.empty(list(array.shape), str(array.dtype))
            if array.size:
                tensor.set_value(array)
            return tensor
        return self.paddle.to_tensor(array, place=self.paddle.CPUPlace())

    def run_eager(self, tensors, attrs):
        given = {name: self.eager_tensor(name, array) if isinstance(array, self.numpy.ndarray) else array
                 for name, array in tensors.items()}
        addresses = {name: tensor.data_ptr() for name, tensor in given.items() if hasattr(tensor, "data_ptr") and tensor.size}
        try:
            outs = self.call(*given.values(), *attrs)
        except Exception as error:
            raise self.refused(error, given, tensors) from None
        found = self.named(outs)
        for name, place in self.place_of.items():
            if place in addresses and found[name].data_ptr() != addresses[place]:
                raise Differs(f"{name}: expected the memory of {place}, found other")
            if not self.numpy.array_equal(found[name].numpy(), given[place].numpy()):
                raise Differs(f"{name}: expected what the caller's {place} holds, found something else")
        for name, array in tensors.items():
            if isinstance(array, self.numpy.ndarray) and name not in self.place_of.values() \
                    and not self.numpy.array_equal(given[name].numpy(), array):
                raise Differs(f"{name}: an input was written")
        return {name: tensor.numpy().copy() for name, tensor in found.items()}, {}

    def refused(self, error, given, tensors):
        text = clean(f"{type(error).__name__}: {error}")
        touched = [name for name in self.place_of.values()
                   if isinstance(tensors.get(name), self.numpy.ndarray) and hasattr(given.get(name), "numpy")
                   and not self.numpy.array_equal(given[name].numpy(), tensors[name])]
        return Differs(f"refused, but {', '.join(touched)} changed: {text}") if touched else Refused(text)

    def named(self, outs):
        outs = outs if isinstance(outs, (list, tuple)) else [outs]
        if len(outs) != len(self.outputs):
            raise Differs(f"expected {len(self.outputs)} outputs, found {len(outs)}")
        return dict(zip(self.outputs, outs))

    def run_static(self, tensors, attrs, known):
        paddle, feed = self.paddle, {}
        program = paddle.static.Program()
        try:
            with paddle.static.program_guard(program, paddle.static.Program()):
                given = []
                for name, array in tensors.items():
                    if isinstance(array, self.numpy.ndarray):
                        feed[name] = array
                        shape = list(array.shape) if known else [-1] * array.ndim
                        array = paddle.static.data(name, shape, str(array.dtype))
                    given.append(array)
                found = self.named(self.call(*given, *attrs))
                inferred = {name: {"shape": list(value.shape), "dtype": dtype_name(value.dtype)} for name, value in found.items()}
            executor = paddle.static.Executor(paddle.CPUPlace())
            results = executor.run(program, feed=feed, fetch_list=list(found.values()), return_numpy=False)
        except Differs:
            raise
        except Exception as error:
            raise Refused(clean(f"{type(error).__name__}: {error}")) from None
        return {name: self.numpy.array(value).copy() for name, value in zip(found, results)}, inferred

    # Cases.

    def check(self, case, known=True):
        """Whether it was refused, and a digest of all outputs."""
        try:
            tensors, attrs = self.arguments(case)
        except ValueError as error:
            if case.get("error_mentions"):
                return "no tensor", None
            raise Differs(f"arguments: {error}") from None
        words = case.get("error_mentions")
        try:
            found, inferred = self.run(tensors, attrs, known)
        except Refused as refusal:
            if words is None:
                raise Differs(f"refused: {refusal}") from None
            return self.said(refusal, words), None
        if words is not None:
            raise Differs("expected to be refused, found to be taken")
        self.compare_inferred(inferred, found)
        self.compare(case, tensors, found)
        return "equal", digest(*(f"{name} {value.dtype} {value.shape} {value.tobytes().hex()}" for name, value in sorted(found.items())))

    def said(self, refusal, words):
        """Whether a refusal says what it should."""
        if str(refusal) == MUTE:
            raise Differs(f"refused without a message: {refusal}")
        missing = [word for word in words if word not in str(refusal)]
        if missing:
            raise Differs(f"refused without {missing}: {refusal}")
        return "refused"

    def compare(self, case, tensors, found):
        pads = {item["name"]: item["pad"] for item in self.spec["tensors"]}
        dtypes = {item["name"]: item["dtype"] for item in self.spec["tensors"] + self.spec["results"]}
        by_name = {self.place_of.get(name, name): value for name, value in found.items()}
        for name, value in by_name.items():
            if str(value.dtype) != dtypes[name]:
                raise Differs(f"{name}: expected {dtypes[name]}, found {value.dtype}")
            if name in tensors and tensors[name].shape != value.shape:
                raise Differs(f"{name}: expected the sizes {tensors[name].shape} of its buffer, found {value.shape}")
        for item in self.spec["results"]:
            if item["name"] not in case["outputs"]:
                # Nobody says what it holds, and nobody poisons a result.
                by_name[item["name"]][...] = 0
        for name, expected in case["outputs"].items():
            if name not in by_name:
                raise Differs(f"{name}: expected an output, found none")
            value, dims, pad = by_name[name], dims_of(expected), pads.get(name)
            wanted, flat = self.numpy.array(expected, value.dtype).reshape(-1), value.reshape(-1)
            leading = len(dims) == 1 and value.ndim > 1 and wanted.size <= flat.size
            padded = pad is not None and len(dims) == value.ndim and dims[0] <= value.shape[0] and dims[1:] == list(value.shape[1:])
            if not leading and not padded and dims != list(value.shape):
                raise Differs(f"{name}: expected sizes {dims}, found {list(value.shape)}")
            if name not in tensors:
                # Behind the expected elements too.
                flat[wanted.size:] = 0
            rest = pad if pad is not None else poison(self.numpy, value.dtype) if name in tensors else 0
            wanted = self.numpy.concatenate([wanted, self.numpy.full(flat.size - wanted.size, rest, value.dtype)])
            wrong = self.numpy.flatnonzero(wanted != flat)
            if wrong.size:
                raise Differs(f"{name}[{wrong[0]}]: expected {wanted[wrong[0]]}, found {flat[wrong[0]]} ({wrong.size} differ)")

    def compare_inferred(self, inferred, found):
        for name, guess in inferred.items():
            real = found[name]
            if guess["dtype"] != str(real.dtype):
                raise Differs(f"{name}: inferred {guess['dtype']}, real {real.dtype}")
            if len(guess["shape"]) != real.ndim or any(a not in (-1, b) for a, b in zip(guess["shape"], real.shape)):
                raise Differs(f"{name}: inferred {guess['shape']}, real {list(real.shape)}")

    def check_strided(self, case, name):
        """A tensor whose elements are not side by side: every other one of another."""
        tensors, attrs = self.arguments(case)
        given = {key: self.eager_tensor(key, array) for key, array in tensors.items()}
        array = tensors[name]
        wide = self.numpy.full([*array.shape[:-1], 2 * array.shape[-1]], 7, array.dtype)
        wide[..., ::2] = array
        wide = self.paddle.to_tensor(wide)
        given[name] = wide[..., ::2]
        if given[name].is_contiguous():
            raise Differs(f"{name}: expected a view with gaps")
        try:
            found = self.named(self.call(*given.values(), *attrs))
        except Exception as error:
            return "refused", clean(f"{type(error).__name__}: {error}")
        self.compare(case, tensors, {key: value.numpy().copy() for key, value in found.items()})
        place = next((out for out, place in self.place_of.items() if place == name), None)
        if not (wide.numpy()[..., 1::2] == 7).all():
            raise Differs(f"{name}: written between its elements")
        held = wide.numpy()[..., ::2]
        if place and not self.numpy.array_equal(held, found[place].numpy()):
            # Paddle has the op write into a copy, which becomes the output. No op can notice.
            if not self.numpy.array_equal(held, array):
                raise Differs(f"{name}: expected what it held before, or the values of {place}")
            return "lost", None
        return "taken", None

    # Bad inputs.

    def bad_calls(self, case):
        """(what, tensors, attributes, whether it must be refused, words of the message)"""
        np = self.numpy
        tensors, attrs = self.arguments(case)
        uses = {}
        for item in self.spec["tensors"]:
            for symbol in set(re.findall(r"[A-Za-z_]\w*", " ".join(item["shape"]))):
                uses.setdefault(symbol, set()).add(item["name"])

        def other(name, value):
            return {**tensors, name: value}

        tried = self.spec["tensors"]
        if self.mode != "eager":
            # Of the buffers two: that each is checked is seen in eager mode, which takes a tenth of the time.
            buffers = [item["name"] for item in tried if item["output"]]
            tried = [item for item in tried if item["name"] not in buffers[1:-1]]
        for item in tried:
            name, array = item["name"], tensors[item["name"]]
            for dtype in ("int32", "int64", "float32", "uint8", "bool", "float64"):
                if dtype != item["dtype"]:
                    yield f"{name} of {dtype}", other(name, array.astype(dtype)), attrs, True, [name, dtype]
            for what, value in (("one dimension more", array.reshape(*array.shape, 1)),
                                ("a dimension before", array.reshape(1, *array.shape)),
                                ("one dimension", array.reshape(-1) if array.ndim > 1 else None),
                                ("no dimension", np.array(1, array.dtype))):
                if value is not None:
                    yield f"{name} with {what}", other(name, value), attrs, True, [name, "rank"]
            for axis, size in enumerate(item["shape"]):
                # A size that only one tensor has binds nothing else. Changed for an input it makes another call, and perhaps one
                # with content that the program's contract rules out.
                free = size.isidentifier() and uses[size] == {name}
                if free and name not in self.place_of.values():
                    continue
                shape = list(array.shape)
                for by in (1, -1, 64, -shape[axis]):
                    if by and shape[axis] + by >= 0:
                        value = np.full([n + by if i == axis else n for i, n in enumerate(shape)], 1, array.dtype)
                        if name not in self.place_of.values():
                            region = tuple(slice(0, min(a, b)) for a, b in zip(value.shape, array.shape))
                            value[region] = array[region]
                        yield f"{name} {by:+} in dimension {axis}", other(name, value), attrs, not free, ["expected", "found"]
            if self.mode == "pir" and item is not self.spec["tensors"][0]:
                # Paddle ends the process, whichever it is.
                continue
            for what, value in (("None", None), ("a list", array.tolist()), ("a number", 3), ("text", "no such name"), ("a float", 0.5),
                                ("a list of tensors", "tensors")):
                if value == "tensors":
                    value = [self.paddle.zeros([1], "int32")] if self.mode == "eager" else None
                if what == "None" or value is not None:
                    yield f"{name} is {what}", other(name, value), attrs, True, []
            if self.mode == "eager":
                yield f"{name} is nothing yet", other(name, self.paddle.Tensor()), attrs, True, []
        for index, item in enumerate(self.attrs):
            for what, value in (("text", "x"), ("None", None), ("a list", [1]), ("a fraction", 0.5), ("a whole float", 64.0),
                                ("too large", 1 << 31), ("far too large", 1 << 70), ("a tensor's worth", np.zeros([2], "int32")),
                                ("a bool", True)):
                if (self.mode, what) in PADDLE_TAKES:
                    continue
                changed = [value if i == index else old for i, old in enumerate(attrs)]
                yield f"{item['name']} is {what}", tensors, changed, True, []
        yield "all tensors are None", dict.fromkeys(tensors), attrs, True, []
        yield "the last argument is missing", tensors if attrs else dict(list(tensors.items())[:-1]), attrs[:-1], True, []
        yield "the first tensor is missing", dict(list(tensors.items())[1:]), attrs, True, []
        yield "no arguments", {}, [], True, []
        yield "one argument more", tensors, [*attrs, 1], True, []
        yield "everything is empty", {name: np.zeros([0] * array.ndim, array.dtype) for name, array in tensors.items()}, attrs, False, []

    def check_bad(self, call):
        what, tensors, attrs, must, words = call
        try:
            self.run(tensors, attrs)
        except Refused as refusal:
            return self.said(refusal, words), str(refusal)
        if must:
            raise Differs("expected to be refused, found to be taken")
        return "taken", None


def perform(mode, request, say):
    """Makes the calls from `request["from"]` on; each is announced first, so that whoever reads knows where it ended."""
    os.environ.update({name: str(value).lower() for name, value in request["flags"].items()})
    caller = Caller(mode, request["library"], request["spec"])
    cases = request["cases"]
    known = [True] if mode == "eager" else [True, False]
    calls = [("declaration", lambda: (caller.check_declaration(request["published"]), ("equal", None))[1])]
    for case in cases:
        for sizes in known:
            calls.append((case["name"] + ("" if sizes else ", sizes unknown"), lambda case=case, sizes=sizes: caller.check(case, sizes)))
    if request["bad"] is not None:
        for call in caller.bad_calls(request["bad"]):
            calls.append((f"bad: {call[0]}", lambda call=call: caller.check_bad(call)))
        for name in caller.inputs if mode == "eager" else []:
            calls.append((f"bad: {name} with gaps", lambda name=name: caller.check_strided(request["bad"], name)))
    for index, (name, call) in enumerate(calls):
        if index >= request["from"]:
            say(at=index, name=name)
            try:
                outcome, detail = call()
                say(at=index, name=name, outcome=outcome, detail=detail)
            except Differs as difference:
                say(at=index, name=name, outcome="differs", detail=str(difference))


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


def call_program(server, mode, name, library, spec, cases):
    record = {"program": name, "mode": mode, "cases": len(cases), "equal": 0, "refused": 0, "no_tensor": 0,
              "bad": 0, "bad_refused": 0, "bad_aborted": 0, "bad_taken": [], "bad_lost": 0, "failures": []}
    # What bad calls are variations of: the call that expects most of the op.
    largest = max((case for case in cases if "error_mentions" not in case), key=lambda case: len(json.dumps(case["outputs"])) < 4000
                  and len(json.dumps(case["inputs"])), default=None)
    digests, started = {}, time.monotonic()
    for flags, group in choices(spec, cases):
        request = {"library": str(library), "spec": spec, "flags": flags, "cases": group,
                   "published": PUBLISHED.get(name), "bad": largest if largest in group else None}
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
            else:
                record["refused"] += outcome == "refused"
                record["no_tensor"] += outcome == "no tensor"
    record["seconds"] = round(time.monotonic() - started, 1)
    return record, digests


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
    failed = 0

    def write(record):
        for file in filter(None, (sys.stdout, out)):
            print(json.dumps(record), file=file, flush=True)

    def prepare(name):
        sources = options.emitted / name
        if options.xpuc:
            sources.mkdir(parents=True, exist_ok=True)
            run([str(options.xpuc), "compile", str(programs[name]), "--target", "kunlun3", "-o", str(sources)], name)
        spec = read_program(programs[name])
        return spec, list(read_cases(programs[name].parent, programs[name].stem)), libraries.build(spec["op"], sources)

    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool, concurrent.futures.ThreadPoolExecutor(options.jobs) as callers:
            ready = {name: pool.submit(prepare, name) for name in programs}
            for name in programs:
                try:
                    spec, cases, library = ready[name].result()
                except (ProgramError, OSError, subprocess.SubprocessError) as error:
                    failed += 1
                    record = {"program": name, "mode": "build", "failures": []}
                    fail(record, "differs", str(error), "build")
                    write(record)
                    report(f"{name}: NOT BUILT: {error}")
                    continue
                made = callers.map(lambda mode: call_program(servers[mode], mode, name, library, spec, cases), options.modes)
                eager = None
                for record, digests in made:
                    if record["mode"] == "eager":
                        eager = digests
                    for call, value in digests.items() if eager is not None else ():
                        if eager.get(call.removesuffix(", sizes unknown")) not in (None, value):
                            fail(record, "differs", "other values than in eager mode", call)
                    failed += bool(record["failures"])
                    write(record)
                    failures = sum(len(failure["calls"]) for failure in record["failures"])
                    report(f"{name} {record['mode']}: {record['equal']} equal, {record['refused']} refused, {record['bad_refused']} of "
                           f"{record['bad']} bad refused" + f", {failures} FAILED" * bool(failures))
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
