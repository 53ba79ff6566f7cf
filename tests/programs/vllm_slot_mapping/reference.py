#!/usr/bin/env python3
"""Reference semantics of `vllm_slot_mapping`: plain Python on lists, no dependency.

    python3 reference.py --nasty > cases/vllm_slot_mapping.jsonl
    python3 reference.py --seed 7 --count 300
"""
import sys
sys.path.append(sys.path[0] + "/../..")
from references import expect, i32, main

def run(inputs, attrs):
    slots, bs = [], attrs["block_size"]
    starts = inputs["query_start_loc"]
    for request, row in enumerate(inputs["block_table"]):
        for token in range(starts[request], starts[request + 1]):
            position = inputs["positions"][token]
            slots.append(i32(row[position // bs] * bs + position % bs))
    return {"slot_mapping": slots}

def case(name, lens, columns, bs, context=None, ids=None, capacity=None, words=None, **change):
    """Requests with `lens` new tokens each, behind `context` tokens that they have already."""
    context = context or [0] * len(lens)
    ids = ids or [[r * columns + c for c in range(columns)] for r in range(len(lens))]
    starts = [sum(lens[:r]) for r in range(len(lens) + 1)]
    positions = [context[r] + i for r, n in enumerate(lens) for i in range(n)]
    c = {"name": name, "inputs": {"positions": positions, "query_start_loc": starts, "block_table": ids},
         "attrs": {"block_size": bs}}
    for key, value in change.items():
        c["attrs" if key == "block_size" else "inputs"][key] = value
    if capacity is not None:
        c["attrs"]["capacity"] = capacity
    return expect(c, words, run)

def random_case(r, n):
    bs, columns = r.choice([1, 2, 16, 48, 64, 128]), r.choice([1, 2, 3, 8, 33])
    lens = [r.choice([0, 1, 1, 1, 2, r.randint(0, min(60, bs * columns))]) for _ in range(r.choice([1, 2, 3, 5, 17, 64]))]
    lens = [min(n, bs * columns) for n in lens]
    context = [r.randint(0, bs * columns - n) for n in lens]
    ids = list(range(len(lens) * columns)); r.shuffle(ids)
    ids = [ids[k * columns:(k + 1) * columns] for k in range(len(lens))]
    capacity = r.choice([None, sum(lens), sum(lens) + 1, sum(lens) + 500])
    return case(f"random_{n}", lens, columns, bs, context, ids, capacity)

def nasty_cases():
    big = 2147483647
    return [
        case("prefill_and_decode", [5, 1, 3], 4, 4, [0, 9, 6]),
        case("no_tokens", [0, 0, 0], 2, 16),
        case("no_tokens_no_room", [0], 2, 16, capacity=0),
        case("empty_rows_between", [0, 2, 0, 0, 3, 0], 3, 2, [1, 0, 2, 0, 3, 6]),
        case("blocks_of_one", [3, 4], 8, 1, [2, 4]),
        case("blocks_of_48", [50, 1, 97], 3, 48, [47, 143, 0]),
        case("last_position_of_the_table", [1, 1], 2, 64, [127, 64]),
        case("one_column", [64], 1, 64),
        case("exactly_full", [4, 4], 2, 4, capacity=8),
        case("one_too_many", [4, 4], 2, 4, capacity=7, words=["slot_mapping", "capacity", "7", "8"]),
        case("block_ids_that_wrap", [2, 2], 2, 64, ids=[[big, 0], [-1, -big - 1]]),
        case("huge_blocks", [3], 1, big, [big - 3], ids=[[0]]),
        case("many_requests", [1] * 70, 2, 16, [k % 32 for k in range(70)]),
        case("one_long_request", [200], 5, 48, [17]),
        case("block_size_zero", [1], 1, 16, words=["block_size", "0"], block_size=0),
        case("position_behind_the_table", [1], 2, 16, words=["positions", "2"], positions=[32]),
        case("position_negative", [1], 2, 16, words=["positions", "-1"], positions=[-1]),
        case("lod_begins_late", [2], 2, 16, words=["query_start_loc", "1"], query_start_loc=[1, 2]),
        case("lod_ends_early", [2], 2, 16, words=["query_start_loc", "1", "2"], query_start_loc=[0, 1]),
        case("lod_falls", [1, 1, 1], 2, 16, words=["query_start_loc", "2", "1"], query_start_loc=[0, 2, 1, 3]),
        case("lod_of_another_batch", [1, 1], 2, 16, words=["query_start_loc", "3", "4"], query_start_loc=[0, 1, 2, 2]),
    ]

if __name__ == "__main__":
    main(__doc__, random_case, nasty_cases)
