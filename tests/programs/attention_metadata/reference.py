#!/usr/bin/env python3
"""Reference semantics of `attention_metadata`: plain Python on lists, no dependency.

    python3 reference.py --nasty > cases/attention_metadata.jsonl
    python3 reference.py --seed 7 --count 300
"""
import sys
sys.path.append(sys.path[0] + "/../..")
from references import expect, i32, main

ARRAYS = "seq_lens_q context_lens block_counts request_ids adapter_ids draft_lens seeds flags".split()

def lod(lens):
    sums = [0]
    for n in lens:
        sums.append(i32(sums[-1] + n))
    return sums

def run(inputs, _):
    both = [q + c for q, c in zip(inputs["seq_lens_q"], inputs["context_lens"])]
    return {"metadata": [v for name in ARRAYS for v in inputs[name]],
            "cu_seqlens_q": lod(inputs["seq_lens_q"]), "cu_seqlens_k": lod(both)}

def case(name, batch, words=None, **change):
    inputs = {name: [1000 * k + r for r in range(batch)] for k, name in enumerate(ARRAYS)}
    inputs.update(change)
    c = {"name": name, "inputs": inputs, "attrs": {}}
    return expect(c, words, run)

def random_case(r, n):
    batch = r.choice([0, 1, 2, 3, 5, 17, 64, 300])
    some = lambda: r.choice([0, 1, r.randrange(4096), r.randrange(-5, 5), 2147483647, -2147483648])
    inputs = {name: [some() for _ in range(batch)] for name in ARRAYS}
    inputs["seq_lens_q"] = [r.choice([0, 1, r.randrange(4096)]) for _ in range(batch)]
    inputs["context_lens"] = [r.choice([0, r.randrange(100000)]) for _ in range(batch)]
    return case(f"random_{n}", batch, **inputs)

def nasty_cases():
    big = 2147483647
    return [
        case("three_requests", 3), case("one_request", 1), case("no_requests", 0),
        case("as_many_as_cores", 64), case("one_more_than_cores", 65), case("many_requests", 200),
        case("no_tokens", 4, seq_lens_q=[0] * 4, context_lens=[0] * 4),
        case("empty_rows", 5, seq_lens_q=[0, 3, 0, 2, 0]),
        case("largest_values", 2, seeds=[big, -big - 1], flags=[-1, 0], draft_lens=[-big - 1, big]),
        case("largest_length", 1, seq_lens_q=[big], context_lens=[0]),
        case("largest_together", 2, seq_lens_q=[1, 0], context_lens=[big - 1, 0]),
        case("sums_that_wrap", 3, seq_lens_q=[big, big, 5], context_lens=[0, 0, 7]),
        case("too_long", 2, ["seq_lens_q", "context_lens"], seq_lens_q=[2, 2], context_lens=[big - 2, big - 1]),
        case("negative_length", 2, ["seq_lens_q", "-1"], seq_lens_q=[1, -1]),
        case("negative_context", 2, ["context_lens", "-7"], context_lens=[0, -7]),
        case("another_batch", 3, ["flags", "3", "2"], flags=[1, 2]),
    ]

if __name__ == "__main__":
    main(__doc__, random_case, nasty_cases)
