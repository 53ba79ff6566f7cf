#!/usr/bin/env python3
"""Reference semantics of `vllm_slot_mapping_cp`: plain Python on lists, no dependency.

It deals the tokens of each request out to the ranks one by one, as they would be written, rather than by a formula.

    python3 reference.py --nasty > cases/vllm_slot_mapping_cp.jsonl
    python3 reference.py --seed 7 --count 300
"""
import sys
sys.path.append(sys.path[0] + "/../..")
from references import expect, i32, main

def place(position, bs, size, interleave):
    """Which rank has a position, in which column of its table, and where in that block."""
    turn, within = divmod(position, interleave)
    stored = turn // size * interleave + within          # tokens that the rank has before this one
    return turn % size, stored // bs, stored % bs

def run(inputs, attrs):
    bs, slots, starts = attrs["block_size"], [], inputs["query_start_loc"]
    for request, row in enumerate(inputs["block_table"]):
        for token in range(starts[request], starts[request + 1]):
            rank, column, offset = place(inputs["positions"][token], bs, attrs["cp_size"], attrs["interleave"])
            slots.append(i32(row[column] * bs + offset) if rank == attrs["cp_rank"] else -1)
    return {"slot_mapping": slots}

def case(name, lens, columns, bs, size, rank, interleave=1, context=None, ids=None, capacity=None, words=None, **change):
    context = context or [0] * len(lens)
    ids = ids or [[r * columns + c for c in range(columns)] for r in range(len(lens))]
    starts = [sum(lens[:r]) for r in range(len(lens) + 1)]
    positions = [context[r] + i for r, n in enumerate(lens) for i in range(n)]
    c = {"name": name, "inputs": {"positions": positions, "query_start_loc": starts, "block_table": ids},
         "attrs": {"block_size": bs, "cp_size": size, "cp_rank": rank, "interleave": interleave}}
    c["attrs"].update(change)
    if capacity is not None:
        c["attrs"]["capacity"] = capacity
    return expect(c, words, run)

def random_case(r, n):
    bs = r.choice([1, 2, 16, 48, 64])
    interleave = r.choice([k for k in (1, 2, 3, 4, 16, 48) if bs % k == 0])
    size = r.choice([1, 2, 3, 4, 8]); rank = r.randrange(size)
    columns = r.choice([1, 2, 3, 8]); room = bs * size * columns
    lens = [min(room, r.choice([0, 1, 1, 2, r.randint(0, 60)])) for _ in range(r.choice([1, 2, 3, 5, 17, 64]))]
    context = [r.randint(0, room - n) for n in lens]
    ids = list(range(len(lens) * columns)); r.shuffle(ids)
    ids = [ids[k * columns:(k + 1) * columns] for k in range(len(lens))]
    capacity = r.choice([None, sum(lens), sum(lens) + 1, sum(lens) + 500])
    return case(f"random_{n}", lens, columns, bs, size, rank, interleave, context, ids, capacity)

def nasty_cases():
    big = 2147483647
    return [
        case("two_ranks_first", [6, 1, 3], 3, 2, 2, 0, context=[0, 7, 5]),
        case("two_ranks_second", [6, 1, 3], 3, 2, 2, 1, context=[0, 7, 5]),
        case("one_rank_is_no_parallelism", [5, 2], 4, 4, 1, 0, context=[3, 0]),
        case("three_ranks_blocks_of_48", [150, 1], 2, 48, 3, 2, context=[20, 200]),
        case("interleave_of_a_block", [120], 2, 16, 4, 3, 16, context=[1]),
        case("interleave_of_three", [100, 40], 2, 48, 2, 1, 3, context=[0, 150]),
        case("no_token_is_local", [1, 1, 1], 2, 16, 8, 7, context=[0, 1, 2]),
        case("no_tokens", [0, 0], 2, 16, 2, 1),
        case("no_tokens_no_room", [0], 2, 16, 2, 1, capacity=0),
        case("empty_rows_between", [0, 3, 0, 2, 0], 2, 1, 4, 2, context=[0, 5, 0, 6, 0]),
        case("last_position_of_the_table", [1, 1], 2, 48, 2, 1, context=[191, 190]),
        case("exactly_full", [4, 4], 2, 4, 2, 0, capacity=8),
        case("one_too_many", [4, 4], 2, 4, 2, 0, capacity=7, words=["slot_mapping", "capacity", "7", "8"]),
        case("block_ids_that_wrap", [8], 2, 2, 2, 0, ids=[[big, -big - 1]]),
        case("a_virtual_block_of_all", [3], 1, 715827882, 3, 1, 1, context=[big - 4], ids=[[0]]),
        case("many_requests", [2] * 70, 2, 16, 2, 0, 4, context=[k % 60 for k in range(70)]),
        case("block_size_zero", [1], 1, 16, 2, 0, words=["block_size", "0"], block_size=0),
        case("cp_size_zero", [1], 1, 16, 2, 0, words=["cp_size", "0"], cp_size=0),
        case("rank_outside", [1], 1, 16, 2, 0, words=["cp_rank", "2"], cp_rank=2),
        case("rank_negative", [1], 1, 16, 2, 0, words=["cp_rank", "-1"], cp_rank=-1),
        case("interleave_zero", [1], 1, 16, 2, 0, words=["interleave", "0"], interleave=0),
        case("interleave_splits_a_block", [1], 1, 16, 2, 0, words=["interleave", "1"], interleave=3),
        case("virtual_block_too_large", [1], 1, 16, 2, 0, words=["block_size * cp_size"], block_size=1 << 30, cp_size=2),
    ]

if __name__ == "__main__":
    main(__doc__, random_case, nasty_cases)
