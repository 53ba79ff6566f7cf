#!/usr/bin/env python3
"""Reference semantics of `get_infer_param`, all generations of it (the programs beside this file).

Plain Python on lists, slow on purpose, no dependency. `run(case)` returns every buffer the op defines.
int32 arithmetic throughout (two's complement wrap-around). Checked value by value against the published
C++ loops on 450 random cases.

    python3 reference.py --generation inplace --seed 11 --count 60 --max-tokens 1500 > cases/inplace.jsonl
    python3 reference.py --bad > cases/bad.jsonl

One JSON object a line: {"name", "generation", "inputs": {...}, "attrs": {...}, "outputs": {...}}.
A bad case has "error_mentions" (words that the message must contain, in any order) instead of "outputs".
`prefix_block_tables` holds only the elements that the op writes (row-major from element 0 of its buffer);
the rest of that buffer is left as it was. A key that is absent from "outputs" is unspecified.
`capacity` is `inplace` whose caller gives the buffer of slot_mapping_enc, with room for attrs["capacity"] tokens, or for
some more than there are; behind the tokens it is -1.
"""
import argparse, random, sys
sys.path.append(sys.path[0] + "/../..")
from references import i32, show

def slot_mapping(lod, start, batch_map, n, tables, block_size, out):
    width = len(tables[0]) if tables else 0
    flat = [v for row in tables for v in row]
    t = 0
    for b in range(n):
        for pos in range(start[b], start[b] + lod[b + 1] - lod[b]):
            block = flat[pos // block_size + batch_map[b] * width]
            out[t] = i32(block * block_size + pos % block_size)
            t += 1

def run(case):
    gen = case["generation"]
    enc, dec, now = (case["inputs"][k] for k in ("seq_lens_encoder", "seq_lens_decoder", "seq_lens_this_time"))
    tables = case["inputs"]["block_tables"]
    bs, spec = case["attrs"]["block_size"], case["attrs"]["num_speculative_tokens"]
    B = len(enc)
    z = lambda n: [0] * n
    o = {k: z(B) for k in ("encoder_batch_map decoder_batch_map encoder_batch_idx decoder_batch_idx prefix_len "
                           "decoder_context_len decoder_context_len_cache").split()}
    o.update({k: z(B + 1) for k in ("encoder_seq_lod", "decoder_seq_lod", "encoder_kv_lod")})
    ne = nd = total = gap = max_seq = max_prefix = max_kv = max_dec = 0
    for i in range(B):
        if enc[i] > 0:
            total += enc[i]
            max_seq, max_prefix = max(max_seq, enc[i]), max(max_prefix, dec[i])
            max_kv = max(max_kv, enc[i] + dec[i])
            o["encoder_batch_map"][ne], o["encoder_batch_idx"][ne] = i, i - gap
            o["prefix_len"][ne] = dec[i]
            ne += 1
            o["encoder_seq_lod"][ne] = o["encoder_seq_lod"][ne - 1] + enc[i]
            o["encoder_kv_lod"][ne] = o["encoder_kv_lod"][ne - 1] + enc[i] + dec[i]
        elif dec[i] > 0 and (gen == "functional" or now[i] > 0):
            max_dec = max(max_dec, now[i])
            o["decoder_batch_map"][nd], o["decoder_batch_idx"][nd] = i, i - gap
            o["decoder_context_len"][nd], o["decoder_context_len_cache"][nd] = dec[i] + now[i], dec[i]
            nd += 1
            o["decoder_seq_lod"][nd] = o["decoder_seq_lod"][nd - 1] + now[i]
        else:
            gap += 1
    high = 0                                     # decoder_seq_lod's tail repeats its last value (for graph capture)
    for i in range({"functional": 0, "host_slots": B}.get(gen, B + 1)):
        high = max(high, o["decoder_seq_lod"][i])
        o["decoder_seq_lod"][i] = high
    width = -(-max_kv // bs)
    prefix = [-1] * (ne * width)
    if max_prefix > 0:
        for i in range(ne):
            n = -(-(o["encoder_kv_lod"][i + 1] - o["encoder_kv_lod"][i]) // bs)
            prefix[i * width:i * width + n] = tables[o["encoder_batch_map"][i]][:n]
    else:
        width = -1
    o["prefix_block_tables"] = prefix
    o["len_info_cpu"] = [ne, nd, total, max_seq, max_kv, width, max_dec][:6 if gen == "functional" else 7]
    for k in [k for k in o if k not in ("prefix_block_tables", "len_info_cpu")]:
        o[k + "_cpu"] = list(o[k])
    if gen == "functional":
        return o
    o["slot_mapping_enc"] = [-1] * total
    o["slot_mapping_dec"] = [-1] * (B * (1 + spec))
    for part in ("encoder", "decoder"):          # host_slots leaves the buffer of a splice that is off unwritten
        if gen == "host_slots" and not case["attrs"][part + "_splice"]:
            del o["slot_mapping_" + part[:3]]
    if case["attrs"]["encoder_splice"]:
        slot_mapping(o["encoder_seq_lod"], o["prefix_len"], o["encoder_batch_map"], ne, tables, bs, o["slot_mapping_enc"])
    if case["attrs"]["decoder_splice"]:
        slot_mapping(o["decoder_seq_lod"], o["decoder_context_len_cache"], o["decoder_batch_map"], nd, tables, bs, o["slot_mapping_dec"])
    return o

def published_example():
    """The example in the op's own published test."""
    return {"name": "published_example", "generation": "inplace",
            "inputs": {"seq_lens_encoder": [100, 0, 0, 0, 300], "seq_lens_decoder": [0, 5, 0, 25, 64],
                       "seq_lens_this_time": [100, 1, 0, 1, 300],
                       "block_tables": [[r * 8 + c for c in range(8)] for r in range(5)]},
            "attrs": {"block_size": 64, "num_speculative_tokens": 0, "encoder_splice": True, "decoder_splice": True}}

def random_case(r, n):
    B = r.choice([1, 1, 2, 3, 5, 8, 16, 33, 64, 128, 256])
    bs = r.choice([1, 2, 16, 48, 64, 64, 64, 128])
    spec = r.choice([0, 0, 0, 1, 2, 4])
    N = r.choice([1, 2, 8, 33, 128])
    cap = bs * N
    p_enc, p_dec = r.choice([(0, 1), (1, 0), (.3, .6), (.5, .5), (.1, .1), (0, 0), (.05, .9)])
    prefix = r.random() < .5
    enc, dec, now = [], [], []
    for _ in range(B):
        x = r.random()
        if x < p_enc and cap >= 1:
            e = r.randint(1, min(cap, 700)); enc.append(e); now.append(e)
            dec.append(r.randint(0, min(cap - e, 400)) if prefix else 0)
        elif x < p_enc + p_dec and cap >= 2:
            k = r.randint(1, min(1 + spec, cap - 1))
            enc.append(0); now.append(k); dec.append(r.randint(1, cap - k))
        elif r.random() < .3:                    # a stopped slot: has a context but runs no token now
            enc.append(0); now.append(0); dec.append(r.randint(0, cap))
        else:
            enc.append(0); now.append(0); dec.append(0)
    ids = list(range(B * N)); r.shuffle(ids)
    return {"name": f"random_{n}", "generation": "inplace",
            "inputs": {"seq_lens_encoder": enc, "seq_lens_decoder": dec, "seq_lens_this_time": now,
                       "block_tables": [ids[i * N:(i + 1) * N] for i in range(B)]},
            "attrs": {"block_size": bs, "num_speculative_tokens": spec,
                      "encoder_splice": r.random() < .85, "decoder_splice": r.random() < .85}}

def bad_cases():
    """Inputs that break the op's contract, one defect each; the published op corrupts memory on most of them."""
    def case(name, words, **change):
        c = published_example(); c["name"] = "bad_" + name; c["error_mentions"] = words
        for k, v in change.items():
            c["attrs" if k in c["attrs"] else "inputs"][k] = v
        return c
    t = published_example()["inputs"]["block_tables"]
    return [
        case("batch_size_differs", ["seq_lens_decoder", "5", "4"], seq_lens_decoder=[0, 5, 0, 25]),
        case("this_time_too_long", ["seq_lens_this_time", "5", "6"], seq_lens_this_time=[100, 1, 0, 1, 300, 0]),
        case("too_few_table_rows", ["block_tables", "5", "4"], block_tables=t[:4]),
        case("ragged_table", ["block_tables"], block_tables=t[:4] + [t[4][:7]]),
        case("block_size_zero", ["block_size", "0"], block_size=0),
        case("block_size_negative", ["block_size", "-64"], block_size=-64),
        case("speculative_negative", ["num_speculative_tokens", "-1"], num_speculative_tokens=-1),
        case("negative_encoder_length", ["seq_lens_encoder", "-100"], seq_lens_encoder=[-100, 0, 0, 0, 300]),
        case("negative_decoder_length", ["seq_lens_decoder", "-5"], seq_lens_decoder=[0, -5, 0, 25, 64]),
        case("prompt_exceeds_table", ["block_tables", "8"], seq_lens_encoder=[100, 0, 0, 0, 500]),
        case("decode_exceeds_table", ["block_tables", "8"], seq_lens_decoder=[0, 512, 0, 25, 64]),
        case("more_tokens_than_slots", ["slot_mapping_dec", "num_speculative_tokens"], seq_lens_this_time=[100, 4, 0, 4, 300]),
        case("sum_overflows_int32", ["2147483647"], seq_lens_encoder=[2147483647, 0, 0, 0, 300]),
        case("not_an_integer", ["seq_lens_encoder"], seq_lens_encoder=[100, 0, 0, 0.5, 300]),
    ]

def batch(r, B, bs, prefix, spec, splices):
    """Rows with few tokens, on both sides."""
    N = 4 if bs > 1 else 24
    enc, dec, now = [], [], []
    for i in range(B):
        kind = r.choice("eedds") if B > 2 else "ed"[i % 2]
        e = r.randint(1, 8) if kind == "e" else 0
        k = r.randint(1, 1 + spec) if kind == "d" else 0
        enc.append(e); now.append(e or k)
        dec.append(r.randint(1, 9) if kind == "d" or kind == "e" and prefix else 0)
    ids = list(range(B * N)); r.shuffle(ids)
    return {"name": f"batch_{B}_{bs}_{prefix}_{spec}_{splices}", "inputs": {
                "seq_lens_encoder": enc, "seq_lens_decoder": dec, "seq_lens_this_time": now,
                "block_tables": [ids[i * N:(i + 1) * N] for i in range(B)]},
            "attrs": {"block_size": bs, "num_speculative_tokens": spec,
                      "encoder_splice": splices[0], "decoder_splice": splices[1]}}

def batches():
    """A grid of batches: rows x block size x (cached prefixes, draft tokens, splices)."""
    r = random.Random(7431)
    for B in (1, 2, 5, 17, 64, 256):
        for bs in (1, 16, 48, 64, 128):
            for prefix in (False, True):
                for spec, splices in ((0, (True, True)), (2, (True, True)), (0, (True, False)), (1, (False, True)), (0, (False, False))):
                    yield batch(r, B, bs, prefix, spec, splices)

def some_capacity(r, case):
    """Room for exactly the tokens, for a few more, or for as many as the runner thinks fit."""
    spare = r.choice([None, None, 0, 1, 63])
    if spare is not None:
        case["attrs"]["capacity"] = sum(case["inputs"]["seq_lens_encoder"]) + spare
    return case

def capacity_cases():
    """Around the capacity of the encoder's slots."""
    def case(name, capacity, words=None, splice=True, **lens):
        c = published_example(); c["name"] = name
        c["inputs"].update({"seq_lens_" + k: v for k, v in lens.items()})
        c["attrs"].update(capacity=capacity, encoder_splice=splice)
        if words:
            c["error_mentions"] = words
        return c
    decode = dict(encoder=[0] * 5, decoder=[7, 5, 0, 25, 64], this_time=[1, 1, 0, 1, 1])
    nothing = dict(encoder=[0] * 5, decoder=[0] * 5, this_time=[0] * 5)
    ones = dict(encoder=[0, 0, 1, 0, 0], decoder=[0] * 5, this_time=[0, 0, 1, 0, 0])
    return [
        case("exactly_full", 400), case("one_to_spare", 401), case("a_lot_to_spare", 9000),
        case("one_too_many", 399, ["slot_mapping_enc", "capacity", "399", "400"]),
        case("no_room", 0, ["slot_mapping_enc", "capacity", "0", "400"]),
        case("no_tokens_no_room", 0, **decode), case("no_tokens", 5, **decode),
        case("nothing_at_all", 3, **nothing), case("nothing_no_room", 0, **nothing),
        case("one_token_full", 1, **ones), case("one_token_no_room", 0, ["slot_mapping_enc", "0", "1"], **ones),
        case("splice_off", 450, splice=False), case("splice_off_full", 400, splice=False),
        case("splice_off_too_many", 399, ["slot_mapping_enc", "399"], splice=False),
    ]

def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--generation", choices=["functional", "host_slots", "inplace", "capacity"], default="inplace")
    a.add_argument("--seed", type=int, default=0); a.add_argument("--count", type=int, default=100)
    a.add_argument("--max-tokens", type=int, default=1 << 30, help="leave out cases with more prompt tokens")
    a.add_argument("--bad", action="store_true", help="print the inputs that must be refused")
    a.add_argument("--batches", action="store_true", help="print a grid of batches, for counting commands")
    a.add_argument("--rows", type=int, help="print one case of so many rows")
    a.add_argument("--nasty", action="store_true", help="print cases around the capacity")
    a = a.parse_args(); r = random.Random(a.seed)
    cases = bad_cases() if a.bad else [published_example()] + [random_case(r, n) for n in range(a.count)]
    if a.batches:
        cases = list(batches())
    elif a.rows is not None:
        cases = [batch(r, a.rows, 16, True, 1, (True, True))]
    elif a.generation == "capacity" and not a.bad:
        cases = capacity_cases() if a.nasty else [some_capacity(r, c) for c in cases]
    for c in cases:
        c["generation"] = a.generation
        if "error_mentions" in c and not a.bad:
            show(c)
            continue
        if sum(c["inputs"]["seq_lens_encoder"]) > a.max_tokens and not a.bad:
            continue
        if not a.bad:
            c["outputs"] = run(c)
        show(c)

if __name__ == "__main__":
    main()
