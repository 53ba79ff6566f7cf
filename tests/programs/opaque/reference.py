#!/usr/bin/env python3
"""Reference semantics of `opaque`: plain Python on lists, no dependency. `x` and `y` are two arrays here.

    python3 reference.py --nasty > cases/opaque.jsonl
    python3 reference.py --seed 7 --count 300
"""
import argparse, json, random, sys
from itertools import accumulate

def i32(x):
    return (x + (1 << 31)) % (1 << 32) - (1 << 31)

def run(inputs):
    x, y, lens = inputs["x"], inputs["y"], inputs["lens"]
    sums = [i32(s) for s in accumulate(lens)]
    picked = [sums[k] for k in lens]
    return {"before": x, "after": x, "y": [i32(4 * v) for v in y], "sums": sums, "picked": picked, "back": picked}

def case(name, x, y, lens, words=None):
    c = {"name": name, "inputs": {"x": x, "y": y, "lens": lens}, "attrs": {}}
    if words:
        c["error_mentions"] = words
    else:
        c["outputs"] = run(c["inputs"])
    return c

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

def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--seed", type=int, default=0); a.add_argument("--count", type=int, default=100)
    a.add_argument("--generation"); a.add_argument("--max-tokens", type=int, default=1 << 30)
    a.add_argument("--nasty", action="store_true", help="print the cases that are kept")
    a = a.parse_args(); r = random.Random(a.seed)
    for c in nasty_cases() if a.nasty else [random_case(r, n) for n in range(a.count)]:
        json.dump(c, sys.stdout, separators=(",", ":")); print()

if __name__ == "__main__":
    main()
