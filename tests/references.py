"""What the references of the programs share: wrap-around, how a case ends, and the command line."""
import argparse, json, random, sys

def i32(x):
    return (x + (1 << 31)) % (1 << 32) - (1 << 31)

def expect(case, words, run):
    """The case with what it comes to: an error with these words, or what the reference computes."""
    if words:
        case["error_mentions"] = words
    else:
        case["outputs"] = run(case["inputs"], case["attrs"])
    return case

def show(case):
    json.dump(case, sys.stdout, separators=(",", ":")); print()

def main(doc, random_case, nasty_cases, long_case=None):
    a = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--seed", type=int, default=0); a.add_argument("--count", type=int, default=100)
    a.add_argument("--generation"); a.add_argument("--max-tokens", type=int, default=1 << 30)
    a.add_argument("--nasty", action="store_true", help="print the cases that are kept")
    if long_case:
        a.add_argument("--rows", type=int, help="print one case of so many rows")
    a = a.parse_args(); r = random.Random(a.seed)
    if getattr(a, "rows", None) is not None:
        cases = [long_case(r, a.rows)]
    else:
        cases = nasty_cases() if a.nasty else [random_case(r, n) for n in range(a.count)]
    for c in cases:
        show(c)
