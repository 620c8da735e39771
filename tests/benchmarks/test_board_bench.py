"""The board's bench runs to its end, and fails where a viewer was not shown something. No figure is asserted."""

import re
from pathlib import Path

import pytest

from benchmarks.board import Plan, delays, run, tell
from benchmarks.processes import BenchError

SMALL = Plan(clocks=200, viewers=6, rate=10.0, seconds=4.0)


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.slow
def test_a_small_bench_tells_every_figure(bootstrap: str, tmp_path: Path) -> None:
    told: list[str] = []
    tell(SMALL, run(SMALL, tmp_path), told.append)
    page = "\n".join(told)
    assert re.search(r"^200 open clocks, 6 viewers of \d screens, \d+ changes a second$", page, re.M)
    assert re.search(r"^from the ledger to the screen: p50 \d+ ms, p99 \d+ ms .* 8 probes", page, re.M)
    assert re.search(r"^board at \d+% of a core and \d+ MB", page, re.M)


def test_half_of_the_viewers_watch_the_wall_and_the_others_a_borough() -> None:
    screens = Plan(10_000, 200, 50.0, 60.0).screens
    assert (sum(screens.values()), screens["wall"], len(screens)) == (200, 100, 41)


def test_each_sighting_counts_where_the_probe_was_to_be_seen() -> None:
    probes = {0: (10.0, "Camden"), 1: (20.0, "Barnet")}
    seen = [("wall", {"0": 10.25, "1": 20.5}, 9), ("wall&borough=Barnet", {"1": 21.0}, 9)]
    assert list(delays(probes, seen)) == [250.0, 500.0, 1000.0]
    with pytest.raises(BenchError, match="never saw probe 0"):
        list(delays(probes, [("wall", {"1": 20.5}, 9)]))
