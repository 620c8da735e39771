"""The tiles that say how a share stands to its target, on a real Prometheus with the project's own rules."""

from collections.abc import Iterator

import pytest

from figures.rate import ABOVE, BELOW, FEW, TOO_FEW, UNDECIDED, Rate
from figures.wilson import Z95
from grafana.dashboards import shares
from grafana.dashboards.shares import by_word, coded, of_borough, of_standards, of_weeks, standings
from grafana.dashboards.watching import BEHIND, NOW_WATCHED, SILENT, UNWATCHED
from tests.rules.pages import page_served
from tests.rules.server import Prometheus, prometheus_server

RATES = [
    (Rate(kept, of), target)
    for of in (1, 29, 30, 31, 100, 1000)
    for kept in sorted({0, of // 2, int(0.85 * of), int(0.9 * of), int(0.95 * of), of})
    for target in (80, 90)
]
WORDS = {ABOVE: shares.ABOVE, BELOW: shares.BELOW, UNDECIDED: shares.CLOSE, TOO_FEW: shares.TOO_FEW}
WITHOUT_TARGET, NOT_JUDGED = "no-target", "not-judged"
HERE = 'window="1h", borough="Camden"'
EVERY = 'standard=~".+"'


def name(number: int) -> str:
    """Of the made-up standard that has this rate."""
    return f"standard-{number}"


def page() -> str:
    """What a worker would show of them, all in Camden; a partition is shown twice, as while it moves."""
    lines = ["pledge_partitions 1", 'pledge_partition_time_seconds{topic="dispatch", partition="0"} 1e9']
    lines += ['pledge_time_seconds{clock="wall"} 1000000007', "pledge_clock_speed 1"]
    for standard, rate, target in [
        *((name(number), *each) for number, each in enumerate(RATES)), (WITHOUT_TARGET, Rate(30, 40), None),
        (NOT_JUDGED, Rate(0, 0), 90),
    ]:  # fmt: skip
        for verdict, number in (("met", rate.kept), ("breached", rate.of - rate.kept)):
            told = f'standard="{standard}", verdict="{verdict}", cohort="live"'
            lines.append(
                f'pledge_clocks{{{told}, borough="Camden", reason="", window="1h", partition="0"}} {number}'
            )
            lines.append(f'pledge_week_clocks{{{told}, week="2026-W47", partition="0"}} {number}')
        if target is not None:
            lines.append(f'pledge_targets{{standard="{standard}"}} {target / 100}')
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def prometheus() -> Iterator[Prometheus]:
    shown = page().encode()
    with (
        page_served(shown) as old,
        page_served(shown) as new,
        prometheus_server({"pledgewatch-worker": [old, new]}) as server,
    ):
        server.wait_for(f"{NOW_WATCHED} == 2")
        for group in ("week", "standard"):  # each is evaluated at moments of its own
            server.wait_for(f"{group}:pledge_kept_high:ratio")
        server.wait_for(
            "topic:pledge_behind_seconds:max and on () installation:pledge_partitions_missing:count"
        )
        yield server


def test_few_and_the_interval_are_those_of_the_figures():
    assert shares.FEW == FEW
    assert shares.Z == Z95


@pytest.mark.parametrize("counted", [of_standards('window="1h"'), of_weeks('week="2026-W47"'), of_borough(HERE)],
                         ids=["standards", "weeks", "a borough"])  # fmt: skip
def test_every_share_stands_as_the_figures_say_and_once(prometheus, counted):
    found = {}
    for word, expression in by_word(counted, EVERY).items():
        for sample in prometheus.query(expression):
            assert sample.labels["standard"] not in found
            found[sample.labels["standard"]] = word
    expected = {name(number): WORDS[rate.against(target)] for number, (rate, target) in enumerate(RATES)}
    assert found == expected | {WITHOUT_TARGET: shares.FREE}


def test_tiles_have_the_share_its_counts_and_its_target_and_few_have_none(prometheus):
    found = {}
    for each in standings(of_standards('window="1h"'), EVERY, "none yet"):
        query = each.query.build()
        for sample in prometheus.query(query.expr):
            told = query.legend_format
            for label, value in sample.labels.items():
                told = told.replace("{{" + label + "}}", value)
            found[sample.labels["standard"]] = (told, sample.value if each.shown else each.word)
    many = RATES.index((Rate(850, 1000), 90))
    few = RATES.index((Rate(14, 29), 90))
    assert found[name(many)] == (f"{name(many)} · below 90 %: 850 of 1000", 0.85)
    assert found[name(few)] == (f"{name(few)} · 14 of 29", "too few to say")
    assert found[WITHOUT_TARGET] == (f"{WITHOUT_TARGET} · 30 of 40", 0.75)
    assert found[NOT_JUDGED] == (NOT_JUDGED, "none yet")
    assert len(found) == len(RATES) + 2


def test_the_state_of_each_over_time_is_its_place_in_the_list_of_words(prometheus):
    codes = {each.labels["standard"]: each.value for each in prometheus.query(coded(of_borough(HERE), EVERY))}
    words = [*shares.COLOURS]
    expected = {
        name(number): words.index(WORDS[rate.against(target)]) for number, (rate, target) in enumerate(RATES)
    }
    assert codes == expected | {WITHOUT_TARGET: words.index(shares.FREE)}


def test_a_wall_that_sees_a_worker_says_none_and_one_that_sees_none_says_nothing(prometheus):
    at_risk = f'sum(standard:pledge_open_clocks:sum{{stage="at-risk"}}) or 0 * {NOW_WATCHED}'
    assert prometheus.value(at_risk) == 0
    assert prometheus.value(UNWATCHED) == 0
    assert prometheus.value(SILENT) == 0
    assert prometheus.value(BEHIND) == 7
    prometheus.scrape({"pledgewatch-worker": []})
    prometheus.wait_for(NOW_WATCHED, lambda found: not found)
    assert prometheus.value(at_risk) is None
    prometheus.wait_for(f"({UNWATCHED}) == 1")
