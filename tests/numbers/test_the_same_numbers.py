"""`judge`, the workers' /metrics, PromQL and SQL count the same clocks alike, however they are counted."""

import pytest

from tests.numbers.counting import WINDOWS, by, in_weeks, in_window
from tests.numbers.metrics import summed

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

KINDS = ("standard", "borough", "verdict", "reason", "cohort")


@pytest.mark.parametrize("window", WINDOWS)
def test_the_workers_show_what_judge_counts(run, window):
    now = run.now()
    counted = by(in_window(run.judged(now), window, now), *KINDS)
    assert summed(run.shown(), "pledge_clocks", *KINDS, window=window) == counted
    assert len(counted) > 20


def test_the_workers_show_the_weeks_that_judge_counts(run):
    now = run.now()
    counted = by(in_weeks(run.judged(now), now), "standard", "verdict", "cohort", "week")
    assert summed(run.shown(), "pledge_week_clocks", "standard", "verdict", "cohort", "week") == counted
    assert len({week for *_, week in counted}) == 9


@pytest.mark.parametrize("window", WINDOWS)
def test_the_workers_show_how_calls_ended_as_judge_has_it(run, window):
    now = run.now()
    calls = [each for each in in_window(run.judged(now), window, now) if each.outcome and each.cohort == "live"]
    counted = by(calls, "line", "outcome")
    assert summed(run.shown(), "pledge_calls", "line", "outcome", window=window) == counted
    assert len(counted) == 10
