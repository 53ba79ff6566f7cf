"""Calls of one op in one mode, in a process that has imported paddle for it, for kunlun3.py."""
import itertools
import os
import re

from observe import clean, digest, dtype_name

# Elements of a buffer with a capacity beyond those that a case expects, unless the case says otherwise.
SPARE = 37
POISON = 0xDB
# Attributes that Paddle takes for some number of its own before an op sees them, or does not survive.
PADDLE_TAKES = {("legacy", "a bool"), ("legacy", "None"), ("pir", "far too large")}
# The executor of PIR keeps an exception's message only if it is Paddle's own (EnforceNotMet); of others this is left.
MUTE = "RuntimeError: std::exception"


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
        self.programs = {}
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
        feed = {name: array for name, array in tensors.items() if isinstance(array, self.numpy.ndarray)}
        try:
            if known:
                program, found, inferred, executor = self.static_program(tensors, attrs, True)
            else:
                # One program for all sizes, as its callers have.
                key = repr((attrs, [(name, array.ndim, str(array.dtype)) for name, array in feed.items()]))
                if key not in self.programs:
                    self.programs[key] = self.static_program(tensors, attrs, False)
                program, found, inferred, executor = self.programs[key]
            results = executor.run(program, feed=feed, fetch_list=list(found.values()), return_numpy=False)
        except Differs:
            raise
        except Exception as error:
            raise Refused(clean(f"{type(error).__name__}: {error}")) from None
        return {name: self.numpy.array(value).copy() for name, value in zip(found, results)}, inferred

    def static_program(self, tensors, attrs, known):
        """A program of one call, its outputs, what is inferred of them, and what runs it."""
        paddle, program, given = self.paddle, self.paddle.static.Program(), []
        with paddle.static.program_guard(program, paddle.static.Program()):
            for name, array in tensors.items():
                if isinstance(array, self.numpy.ndarray):
                    array = paddle.static.data(name, list(array.shape) if known else [-1] * array.ndim, str(array.dtype))
                given.append(array)
            found = self.named(self.call(*given, *attrs))
        inferred = {name: {"shape": list(value.shape), "dtype": dtype_name(value.dtype)} for name, value in found.items()}
        return program, found, inferred, paddle.static.Executor(paddle.CPUPlace())

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
