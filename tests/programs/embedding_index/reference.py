#!/usr/bin/env python3
"""Reference semantics of `embedding_index`: plain Python on lists, no dependency.

    python3 reference.py --nasty > cases/embedding_index.jsonl
    python3 reference.py --seed 7 --count 300
"""
import argparse, json, random, sys

def i32(x):
    return (x + (1 << 31)) % (1 << 32) - (1 << 31)

def run(inputs, attrs):
    last = len(inputs["table"]) - 1
    rows = [i32(i32(id * attrs["scale"]) + attrs["offset"]) for id in inputs["ids"]]
    rows = [min(max(row, 0), last) for row in rows]
    return {"row_index": rows, "values": [inputs["table"][row] for row in rows]}

def case(name, ids, rows=8, scale=1, offset=0, table=None, words=None):
    c = {"name": name, "inputs": {"ids": ids, "table": [7 * k - 3 for k in range(rows)] if table is None else table},
         "attrs": {"scale": scale, "offset": offset}}
    if words:
        c["error_mentions"] = words
    else:
        c["outputs"] = run(c["inputs"], c["attrs"])
    return c

def random_case(r, n):
    some = [0, 1, -1, 2, 64, -64, 65535, 2147483647, -2147483648]
    ids = [r.choice(some) if r.random() < .2 else r.randrange(-5, 600) for _ in range(r.choice([0, 1, 2, 63, 64, 65, 300]))]
    table = [r.choice(some) for _ in range(r.choice([1, 2, 100, 500]))]
    return case(f"random_{n}", ids, 0, r.choice(some), r.choice(some), table)

def nasty_cases():
    big = 2147483647
    return [
        case("as_they_are", [0, 3, 7, 1]), case("a_shard", [10, 17, 12, 9, 18], 8, 1, -10),
        case("scaled", [0, 1, 2, 3], 8, 2, 1), case("every_id_in_row_zero", [5, 6, 7], 8, 0, 0),
        case("below_and_above", [-1, -100, 8, 100], 8), case("no_tokens", []), case("one_token", [3]),
        case("one_row", [0, 1, 2, -1], 1), case("backwards", [0, 1, 2, 3, 7], 8, -1, 7),
        case("products_that_wrap", [big, 65536, 1 << 30, -big - 1], 8, 65537, 3),
        case("sums_that_wrap", [big, big - 1, 0], 8, 1, big), case("least_times_minus_one", [-big - 1], 8, -1, 0),
        case("largest_values", [0, 1], 2, 1, 0, [big, -big - 1]),
        case("more_than_a_round_of_cores", list(range(200)), 150, 1, -20),
        case("no_rows", [1], 0, words=["table", "1", "0"]),
        case("no_rows_no_tokens", [], 0, words=["table", "1", "0"]),
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
