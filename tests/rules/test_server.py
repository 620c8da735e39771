"""The recording rules on a real Prometheus that scrapes a real worker's page."""

from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest

from clocks.roll import OpenClock
from clocks.settled import Key
from clocks.tallies import Counted, Tallies
from figures.calls import calls_of, five_ways
from figures.wilson import wilson
from schemas.times import MINUTE, parse_time
from standards.loader import DEFAULT_PACK, load_pack
from streams.metrics import Boroughs, LaneCopy, Snapshot, registry_of
from streams.observed import Observed
from tests.rules.pages import page_served
from tests.rules.server import Prometheus, prometheus_server

PACK = load_pack(DEFAULT_PACK)
NOW = parse_time("2009-10-23T22:30:00Z")
OUTCOMES = {"in": 860, "late": 120, "abandoned_5s": 10, "abandoned_in": 10, "abandoned_late": 20}
VERDICTS = {"in": "met", "late": "breached", "abandoned_late": "breached"}


def _page() -> bytes:
    """What a worker with two partitions shows: 1,020 calls, nine incidents in two boroughs, two still open."""
    lanes = []
    for partition in (0, 1):
        tallies = Tallies(PACK.zone)
        tallies.forget_before(NOW)
        for outcome, number in OUTCOMES.items():
            key = Key("call-999", "", VERDICTS.get(outcome, "excluded"), "", "live", outcome, "", "")
            for _ in range(number // 2):
                tallies.add(Counted(key, NOW - MINUTE))
        for verdict in ("met", "met", "breached", "met", "breached")[partition:]:
            borough = "Camden" if verdict == "met" else "Hackney"
            key = Key("attend-immediate", borough, verdict, "", "live", "", "I", "I")
            tallies.add(Counted(key, NOW - MINUTE))
        opened = OpenClock("attend-immediate", "Camden", "I", "live", "running", NOW - MINUTE, NOW, True)
        lanes.append(LaneCopy(partition, tallies, (opened,), {"dispatch": NOW}, {"dispatch": 0}))
    return generate_latest(registry_of(Snapshot(NOW, lanes, Observed()), PACK, Boroughs()))


@pytest.fixture(scope="module")
def prometheus() -> Iterator[Prometheus]:
    """One that scrapes two workers which show the same, as in a hand-over of everything at once."""
    page = _page()
    with (
        page_served(page) as old,
        page_served(page) as new,
        prometheus_server({"pledgewatch-worker": [old, new]}, interval="300ms") as running,
    ):
        running.wait_for(
            "pledge_targets", lambda found: len({each.labels["instance"] for each in found}) == 2
        )
        for last in (
            "week:pledge_kept_high:ratio",
            "line:pledge_calls_kept:ratio",
            "borough:pledge_unresourced:sum",
        ):
            running.wait_for(last)
        yield running


def test_two_partitions_are_added_up_and_their_two_owners_are_not(prometheus: Prometheus) -> None:
    assert prometheus.value('standard:pledge_judged:sum{standard="call-999", window="1h"}') == 1000
    kept = prometheus.value('standard:pledge_kept:ratio{standard="call-999", window="1h"}')
    assert kept == 0.86
    used = prometheus.value('standard:pledge_budget_used:ratio{standard="call-999", window="1h"}')
    assert used == pytest.approx(1.4)


def test_a_borough_that_kept_nothing_has_a_share_of_nought(prometheus: Prometheus) -> None:
    rates = prometheus.query('borough:pledge_kept:ratio{standard="attend-immediate", window="24h"}')
    assert {each.labels["borough"]: each.value for each in rates} == {"Camden": 1.0, "Hackney": 0.0}


def test_the_five_ways_are_those_of_the_figures(prometheus: Prometheus) -> None:
    ways = prometheus.query('line:pledge_calls_kept:ratio{line="999", window="7d"}')
    expected = {str(way.number): way.rate.kept / way.rate.of for way in five_ways(calls_of(OUTCOMES))}
    assert {each.labels["way"]: each.value for each in ways} == pytest.approx(expected)


@pytest.mark.parametrize("level", ["standard", "week"])
def test_the_intervals_are_wilsons(prometheus: Prometheus, level: str) -> None:
    where = 'standard="attend-immediate"' + (', window="1h"' if level == "standard" else "")
    low = prometheus.value(f"{level}:pledge_kept_low:ratio{{{where}}}")
    high = prometheus.value(f"{level}:pledge_kept_high:ratio{{{where}}}")
    assert (low, high) == pytest.approx(tuple(wilson(5, 9)))


def test_where_nothing_was_judged_there_is_no_share(prometheus: Prometheus) -> None:
    assert prometheus.value('standard:pledge_judged:sum{standard="snt-reply", window="1h"}') == 0
    assert prometheus.query('standard:pledge_kept:ratio{standard="snt-reply"}') == []


def test_what_waits_is_counted_by_partition_too(prometheus: Prometheus) -> None:
    assert (
        prometheus.value('standard:pledge_open_clocks:sum{standard="attend-immediate", stage="running"}') == 2
    )
    assert prometheus.value('borough:pledge_unresourced:sum{borough="Camden", grade="I"}') == 2


def test_prometheus_took_all_the_rules_and_evaluates_them_without_a_fault(prometheus: Prometheus) -> None:
    groups = prometheus.get("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["type"] for rule in rules} == {"recording", "alerting"}
    assert [rule["name"] for rule in rules if rule["health"] == "err"] == []
