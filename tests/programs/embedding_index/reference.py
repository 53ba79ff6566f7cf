#!/usr/bin/env python3
"""Reference semantics of `embedding_index`: plain Python on lists, no dependency.

    python3 reference.py --nasty > cases/embedding_index.jsonl
    python3 reference.py --seed 7 --count 300
"""
import sys
sys.path.append(sys.path[0] + "/../..")
from references import expect, i32, main

def run(inputs, attrs):
    last = len(inputs["table"]) - 1
    rows = [i32(i32(id * attrs["scale"]) + attrs["offset"]) for id in inputs["ids"]]
    rows = [min(max(row, 0), last) for row in rows]
    return {"row_index": rows, "values": [inputs["table"][row] for row in rows]}

def case(name, ids, rows=8, scale=1, offset=0, table=None, words=None):
    c = {"name": name, "inputs": {"ids": ids, "table": [7 * k - 3 for k in range(rows)] if table is None else table},
         "attrs": {"scale": scale, "offset": offset}}
    return expect(c, words, run)

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

if __name__ == "__main__":
    main(__doc__, random_case, nasty_cases)
