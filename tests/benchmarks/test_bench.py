"""The bench runs to its end and tells every figure. No figure is asserted: machines differ, and are busy."""

import re
from pathlib import Path

import pytest

from benchmarks.running import Plan, run

SMALL = Plan(events=3_000, rounds=1, partitions=2, rate=300.0, warm_up=3.0, seconds=12.0)


@pytest.mark.kafka
@pytest.mark.slow
def test_a_small_bench_tells_every_figure(bootstrap: str, tmp_path: Path) -> None:
    told: list[str] = []
    run(SMALL, tmp_path, told.append)
    page = "\n".join(told)
    assert re.search(r"^full job +[\d,]+ events/s", page, re.M)
    assert re.search(r"^bare loop +[\d,]+ events/s", page, re.M)
    for stage in ("decode", "judge", "encode", "write", "write wall"):
        assert re.search(rf"^us an event, {stage}: +\d+\.\d\d$", page, re.M)
    assert re.search(r"^ratio full-job/bare-loop \d\.\d\d ", page, re.M)
    assert re.search(
        r"^announce delay from due \+ settle at \d+ events/s: p50 \d+ ms, p99 \d+ ms", page, re.M
    )
