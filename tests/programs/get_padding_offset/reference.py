#!/usr/bin/env python3
"""Reference semantics of `get_padding_offset`: plain Python on lists, no dependency.

    python3 reference.py --nasty > cases/get_padding_offset.jsonl
    python3 reference.py --seed 7 --count 300
"""
import sys
sys.path.append(sys.path[0] + "/../..")
from references import expect, main

def run(inputs, _):
    ids, batch, lod = [], [], [0]
    for request, (row, length) in enumerate(zip(inputs["input_ids"], inputs["seq_lens"])):
        ids += row[:length]
        batch += [request] * length
        lod.append(lod[-1] + length)
    return {"ids_remove_padding": ids, "batch_id_per_token": batch, "cu_seqlens_q": lod, "cu_seqlens_k": lod}

def case(name, rows, lens, words=None):
    c = {"name": name, "inputs": {"input_ids": rows, "seq_lens": lens}, "attrs": {}}
    return expect(c, words, run)

def random_case(r, n):
    batch, width = r.choice([1, 2, 3, 5, 17, 64]), r.choice([1, 2, 7, 16, 48])
    lens = [r.choice([0, 1, width, r.randint(0, width)]) for _ in range(batch)]
    edge = [0, -1, 2147483647, -2147483648]
    rows = [[r.choice(edge) if r.random() < .1 else r.randrange(150000) for _ in range(width)] for _ in lens]
    return case(f"random_{n}", rows, lens)

def long_case(r, n):
    lens = [r.choice([0, 0, 1]) for _ in range(n)]
    return case(f"rows_{n}", [[k] for k in range(n)], lens)

def nasty_cases():
    row = lambda r, n: [100 * r + k for k in range(n)]
    rows = lambda b, n: [row(r, n) for r in range(b)]
    big = 2147483647
    return [
        case("three_requests", rows(3, 5), [2, 5, 1]),
        case("empty_rows", rows(5, 3), [0, 2, 0, 3, 0]),
        case("no_tokens", rows(3, 4), [0, 0, 0]),
        case("no_padding", rows(2, 4), [4, 4]),
        case("one_token", [[7]], [1]),
        case("one_request", [row(3, 48)], [47]),
        case("columns_of_one", rows(6, 1), [1, 0, 1, 1, 0, 1]),
        case("largest_ids", [[big, -big - 1, big], [-1, 0, 1]], [2, 3]),
        case("many_requests", rows(70, 2), [k % 3 for k in range(70)]),
        case("more_than_a_round_of_cores", rows(9, 100), [100] * 9),
        case("longer_than_the_row", rows(2, 4), [4, 5], ["seq_lens", "4", "5"]),
        case("negative", rows(2, 4), [4, -1], ["seq_lens", "-1"]),
        case("largest_length", rows(1, 4), [big], ["seq_lens", str(big)]),
        case("another_batch", rows(2, 4), [1, 2, 3], ["seq_lens", "2", "3"]),
    ]

if __name__ == "__main__":
    main(__doc__, random_case, nasty_cases, long_case)
