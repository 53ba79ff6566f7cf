#!/usr/bin/env python3
"""Reference semantics of `opaque`: plain Python on lists, no dependency. `x` and `y` are two arrays here.

    python3 reference.py --nasty > cases/opaque.jsonl
    python3 reference.py --seed 7 --count 300
"""
import sys
from itertools import accumulate
sys.path.append(sys.path[0] + "/../..")
from references import expect, i32, main

def run(inputs, _):
    x, y, lens = inputs["x"], inputs["y"], inputs["lens"]
    sums = [i32(s) for s in accumulate(lens)]
    picked = [sums[k] for k in lens]
    return {"before": x, "after": x, "y": [i32(4 * v) for v in y], "sums": sums, "picked": picked, "back": picked}

def case(name, x, y, lens, words=None):
    c = {"name": name, "inputs": {"x": x, "y": y, "lens": lens}, "attrs": {}}
    return expect(c, words, run)

def random_case(r, n):
    size = r.choice([0, 1, 2, 17, 64, 65, 200])
    some = lambda: r.choice([0, 1, -1, r.randrange(1000), 2147483647, -2147483648])
    return case(f"random_{n}", [some() for _ in range(size)], [some() for _ in range(size)],
                [r.randrange(size) for _ in range(size)])

def nasty_cases():
    big = 2147483647
    return [
        case("three", [1, 2, 3], [4, 5, 6], [2, 1, 0]), case("one", [5], [6], [0]), case("none", [], [], []),
        case("all_the_same", [1, 2, 3, 4], [0] * 4, [3] * 4), case("values_that_wrap", [big, 1, -big], [big, -big - 1, 1 << 30], [0, 1, 2]),
        case("as_many_as_cores", list(range(64)), [1] * 64, list(range(63, -1, -1))),
        case("one_more_than_cores", list(range(65)), [1] * 65, [64] * 65),
        case("many", [3] * 300, [-2] * 300, [(7 * k) % 300 for k in range(300)]),
        case("zeros", [0, 0], [0, 0], [0, 0]), case("negative", [-1, -2], [-3, -4], [1, 1]),
        case("another_batch", [1, 2], [3, 4, 5], [0, 1], ["y", "2", "3"]),
    ]

if __name__ == "__main__":
    main(__doc__, random_case, nasty_cases)
