"""`pledgewatch demo`, as a user runs it, and `pledgewatch verify` of what it recorded."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from figures.wilson import wilson
from pledgewatch.cli import run
from pledgewatch.demo.reckoning import Kept, rate_in_words

DEMO = [sys.executable, "-m", "pledgewatch", "demo", "--headless"]


class Ran(NamedTuple):
    """A demo that has ended: its folder, what it printed, its metrics half-way, how it ended."""

    folder: Path
    out: str
    metrics: str
    code: int


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("demo") / "run"
    command = [*DEMO, "--seconds", "40", "--seed", "7", "--record", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        assert demo.stdout is not None
        out = demo.stdout.readline() + demo.stdout.readline()
        url = re.search(r"http://\S+/metrics", out)
        assert url is not None, out
        time.sleep(25)
        metrics = urllib.request.urlopen(url[0], timeout=10).read().decode()
        rest, _ = demo.communicate(timeout=90)
    return Ran(folder, out + rest, metrics, demo.returncode)


@pytest.mark.slow
def test_a_recorded_run_is_verified_without_a_difference(
    ran: Ran, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran.code == 0, ran.out
    code = run(["verify", str(ran.folder)])
    assert (code, capsys.readouterr().out.splitlines()[-1]) == (0, "no difference")


@pytest.mark.slow
def test_forty_seconds_bring_twenty_breaches_of_calls_and_of_incidents(ran: Ran) -> None:
    lines = (ran.folder / "said.jsonl").read_text().splitlines()
    said = [json.loads(line) for line in lines]
    breached = Counter(each["data"]["standard"] for each in said if each["type"] == "clock.breached")
    assert breached.total() >= 20
    assert breached["call-999"] + breached["call-non-emergency"] > 0
    assert breached["attend-immediate"] + breached["attend-priority"] > 0
    assert len({each["id"] for each in said}) == len(said)


@pytest.mark.slow
def test_the_first_breach_comes_within_fifteen_seconds(ran: Ran) -> None:
    first = re.search(r"the first breach ([\d.]+) s after starting", ran.out)
    assert first is not None
    assert float(first[1]) < 15


@pytest.mark.slow
def test_the_run_serves_metrics_and_ends_with_a_summary(ran: Ran) -> None:
    assert "pledge_clocks{" in ran.metrics
    assert re.search(r"call-999\s+\d+", ran.out)
    assert f"pledgewatch verify {ran.folder}" in ran.out.replace("\n", "")


@pytest.mark.slow
def test_an_interrupt_ends_it_in_order(tmp_path: Path) -> None:
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        while "BREACHED" not in demo.stdout.readline():
            assert demo.poll() is None
        demo.send_signal(signal.SIGINT)
        out, complaints = demo.communicate(timeout=30)
    assert (demo.returncode, complaints) == (0, "")
    assert "the first breach" in out


def test_a_folder_that_holds_a_recording_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events.jsonl").write_text("precious")
    assert run(["demo", "--seconds", "5", "--headless", "--record", str(tmp_path)]) == 2
    assert "holds a recording already (events.jsonl)" in capsys.readouterr().err
    assert (tmp_path / "events.jsonl").read_text() == "precious"


@pytest.mark.parametrize(
    ("met", "breached", "words"),
    [(0, 0, "-"), (27, 3, "90.0 %"), (26, 3, "26 of 29 (74-96 %)"), (1, 0, "1 of 1 (21-100 %)")],
)
def test_of_few_clocks_no_bare_percentage_is_shown(met: int, breached: int, words: str) -> None:
    assert rate_in_words(Kept("call-999", met, breached, 0, 0, 0)) == words


def test_the_interval_holds_the_share() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)  # as published for 8 of 10
