#!/usr/bin/env python3
"""Reference semantics of `vllm_block_table_gather`: plain Python on lists, no dependency.

    python3 reference.py --nasty > cases/vllm_block_table_gather.jsonl
    python3 reference.py --seed 7 --count 300
"""
import sys
sys.path.append(sys.path[0] + "/../..")
from references import expect, i32, main

def run(inputs, attrs):
    bs, tables, starts = attrs["block_size"], inputs["block_tables"], inputs["query_start_loc"]
    columns = len(tables[0])
    rows, slots = [], []
    for request, state in enumerate(inputs["idx_mapping"]):
        rows.append([-1] * columns if state < 0 else tables[state])
        for token in range(starts[request], starts[request + 1]):
            position = inputs["positions"][token]
            slots.append(-1 if state < 0 else i32(tables[state][position // bs] * bs + position % bs))
    return {"input_block_table": rows, "slot_mapping": slots}

def case(name, states, idx, lens, columns, bs, context=None, ids=None, capacity=None, words=None, **change):
    context = context or [0] * len(lens)
    ids = ids or [[s * columns + c for c in range(columns)] for s in range(states)]
    starts = [sum(lens[:r]) for r in range(len(lens) + 1)]
    positions = [context[r] + i for r, n in enumerate(lens) for i in range(n)]
    c = {"name": name, "attrs": {"block_size": bs},
         "inputs": {"block_tables": ids, "idx_mapping": idx, "query_start_loc": starts, "positions": positions}}
    c["attrs"].update(change)
    if capacity is not None:
        c["attrs"]["capacity"] = capacity
    return expect(c, words, run)

def random_case(r, n):
    bs, columns, states = r.choice([1, 2, 16, 48, 64]), r.choice([1, 2, 3, 8, 33]), r.choice([1, 2, 5, 64])
    batch = r.choice([1, 2, 3, 5, 17, 64])
    idx = [r.choice([-1, r.randrange(states), r.randrange(states)]) for _ in range(batch)]
    room = bs * columns
    lens = [min(room, r.choice([0, 1, 1, 2, r.randint(0, 50)])) for _ in idx]
    context = [r.randint(0, room - n) for n in lens]
    ids = list(range(states * columns)); r.shuffle(ids)
    ids = [ids[k * columns:(k + 1) * columns] for k in range(states)]
    capacity = r.choice([None, sum(lens), sum(lens) + 1, sum(lens) + 500])
    return case(f"random_{n}", states, idx, lens, columns, bs, context, ids, capacity)

def nasty_cases():
    big = 2147483647
    return [
        case("reordered", 4, [2, 0, 3], [3, 1, 2], 4, 4, [0, 9, 14]),
        case("a_state_twice", 2, [1, 1], [2, 2], 3, 2, [0, 4]),
        case("filled_up", 3, [1, -1, -1], [4, 1, 0], 2, 16, [5, 0, 0]),
        case("all_filled_up", 3, [-1, -1], [1, 1], 2, 16),
        case("filled_up_between", 3, [-1, 2, -1, 0], [2, 3, 0, 1], 2, 2, [0, 1, 0, 3]),
        case("no_tokens", 2, [1, 0], [0, 0], 3, 16),
        case("no_tokens_no_room", 2, [1, 0], [0, 0], 3, 16, capacity=0),
        case("one_of_everything", 1, [0], [1], 1, 1),
        case("blocks_of_48", 3, [2, 1], [100, 44], 3, 48, [40, 100]),
        case("filled_up_positions_anywhere", 2, [-1, 1], [1, 1], 2, 16, [31, 31]),
        case("more_states_than_requests", 64, [63], [5], 2, 64, [120]),
        case("more_requests_than_states", 1, [0] * 40, [1] * 40, 5, 16, [2 * k for k in range(40)]),
        case("exactly_full", 2, [1, 0], [4, 4], 2, 4, capacity=8),
        case("one_too_many", 2, [1, 0], [4, 4], 2, 4, capacity=7, words=["slot_mapping", "capacity", "7", "8"]),
        case("block_ids_that_wrap", 2, [1, 0], [2, 2], 1, 64, ids=[[big], [-big - 1]]),
        case("block_size_negative", 1, [0], [1], 1, 16, words=["block_size", "-16"], block_size=-16),
    ]

if __name__ == "__main__":
    main(__doc__, random_case, nasty_cases)
