"""Programs, their cases, and libraries of their sources for Kunlun XPU3, for kunlun3.py."""
import itertools
import json
import os
import re
import subprocess
import tempfile
import threading
import tomllib
from pathlib import Path

from observe import COMPILE_SECONDS, Builder, compiler_errors, digest

HOST = Path(__file__).resolve().parent.parent / "kunlun_host/include"
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
DTYPES = {"i1": "bool", "i32": "int32", "i64": "int64"}


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

LAUNCH = re.compile(r"((?:::)?\w+(?:::\s*\w+)*(?:<[^<>]*>)?)<<<(.*?)>>>(?=\s*\()", re.S)


def rewrite(name, text):
    """Host code as g++ takes it; lines stay where they are."""
    text = LAUNCH.sub(r"KUNLUN_HOST_LAUNCH((\1), \2)", text.replace("__attribute__((global))", "__global__"))
    if "<<<" in text:
        raise ProgramError(f"{name}: a launch that is none")
    return f'#line 1 "{name}"\n{text}'


# What an op includes besides its own declarations. Precompiled it is read once, and not by every op.
COMMON = """#include "xpu/plugin.h"
#include <paddle/phi/backends/xpu/xpu_context.h>
#include "paddle/extension.h"
#include "paddle/phi/core/enforce.h"
"""
# Wrappers that dump what they are given do not use all of their parameters.
UNUSED = '#pragma GCC diagnostic ignored "-Wunused-parameter"\n'


class Libraries:
    """A library for each op: the strict host, the kernels, the wrappers and the op, each compiled by itself."""

    def __init__(self, folder, sanitizers):
        self.folder = folder
        self.paddle = Builder(folder, [])
        self.sanitizers = f"-fsanitize={','.join(sanitizers)}"
        # Lines for reports, and no more: variables and optimization take most of the time that compiling would.
        self.common = ["-g1", "-fPIC", "-fno-omit-frame-pointer", *WARNINGS, "-I", str(HOST)]
        host = [f"{file.relative_to(HOST)}\n{file.read_text()}" for file in sorted(HOST.rglob("*.h"))]
        self.key = digest(self.paddle.key, self.sanitizers, *host)
        self.locks = {"host": threading.Lock(), "common": threading.Lock()}

    def host_code(self):
        return ["-std=c++17", "-O0", "-D_GLIBCXX_ASSERTIONS", *self.common, self.sanitizers, "-fno-sanitize=vptr",
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

    def host(self):
        with self.locks["host"]:
            return self.object("host", '#include "kunlun_host/runtime.h"\n', self.host_code(), {})

    def precompiled(self):
        """A folder with what ops include in common."""
        flags = self.over_paddle()
        folder = self.folder / f"kunlun3-common-{digest(self.key, COMMON, *flags)}"
        with self.locks["common"]:
            if not (folder / "common.h.gch").exists():
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "common.h").write_text(COMMON)
                partial = folder / f"{os.getpid()}.tmp"
                run(["g++", *flags, "-x", "c++-header", str(folder / "common.h"), "-o", str(partial)], "common.h")
                partial.rename(folder / "common.h.gch")
        return folder

    def build(self, op, sources):
        """The library of the files in a folder, which `plant` may have changed."""
        aside = {f"{op}.{end}": rewrite(f"{op}.{end}", sources[end]) for end in ("h", "cpp", "cc")}
        kernels = {f"{op}.xpu": f'#line 1 "{op}.xpu"\n' + sources["xpu"]} if "xpu" in sources else {}
        # As in FastDeploy, where the declarations are part of the plugin's header.
        plugin = f'#include "xpu/plugin.h"\n#include "{op}.h"\n'
        common = ["-I", str(self.precompiled()), "-Winvalid-pch"]
        objects = [
            self.host(),
            self.object(f"{op}.cc", f'#include "common.h"\n{plugin}#include "{op}.cc"\n', [*self.over_paddle(), *common], aside),
            self.object(f"{op}.cpp", f'{UNUSED}{plugin}#include "{op}.cpp"\n', self.host_code(), aside),
            self.object(f"{op}.xpu", "".join(f'#include "{file}"\n' for file in kernels), self.kernel(), kernels, assembly=True),
        ]
        library = self.folder / f"kunlun3-{op}-{digest(*map(str, objects))}.so"
        if not library.exists():
            partial = library.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
            run(["g++", "-shared", "-Wl,-Bsymbolic", self.sanitizers, *map(str, objects), "-o", str(partial), *self.paddle.link], op)
            partial.rename(library)
        return library


def read_sources(folder, op):
    return {end: (folder / f"{op}.{end}").read_text() for end in ("h", "cpp", "cc", "xpu") if (folder / f"{op}.{end}").exists()}


def run(command, what):
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_SECONDS)
    if done.returncode:
        raise ProgramError(f"{what}: {compiler_errors(done.stderr, None) or done.stderr[-900:]}")
