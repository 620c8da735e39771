"""`python -m tests.plain_engine --histories N [--seed S]`: both engines on generated histories; they must agree."""

import argparse
import os
import sys
import time
import traceback

from tests.plain_engine.comparing import disagreement, report
from tests.plain_engine.generate import history

EVERY = 10_000


def main(arguments):
    """The exit code: 0 where the engines agree, 1 where they do not."""
    options = _options(arguments)
    os.nice(10)
    began, differing, number = time.monotonic(), 0, 0
    for number, seed in enumerate(range(options.seed, options.seed + options.histories), 1):
        told = _told(seed)
        if told is not None:
            differing += 1
            print(told, flush=True)
        if number % EVERY == 0 or differing >= options.most:
            print(_sentence(number, differing, began), flush=True)
        if differing >= options.most:
            break
    print(_sentence(number, differing, began))
    return 1 if differing else 0


def _told(seed):
    """The disagreement on a seed's history, or the fall of an engine; None where they agree."""
    try:
        return None if disagreement(history(seed)) is None else report(history(seed))
    except Exception:
        return f"history {seed}: an engine fell over\n{traceback.format_exc()}"


def _sentence(number, differing, began):
    return f"{number:,} histories, {differing} disagreements, {time.monotonic() - began:.0f} s"


def _options(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.plain_engine", description=__doc__)
    parser.add_argument("--histories", type=int, default=100_000, help="how many (default: 100,000)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--most", type=int, default=5, help="disagreements after which it ends (default: 5)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
