"""`judge`, the workers' /metrics, PromQL and SQL count the same clocks alike, however they are counted."""

from collections import Counter
from statistics import NormalDist
from time import time

import pytest

from tests.numbers.another_pack import page_of_another_pack
from tests.numbers.counting import WINDOWS, by, in_weeks, in_window, minutes_of, still_open
from tests.numbers.metrics import summed
from tests.numbers.panels import BOROUGH, answer, asked, choices, named, unanswered
from tests.numbers.run import ALL, SOON
from tests.numbers.stories import AWKWARD

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

KINDS = ("standard", "borough", "verdict", "reason", "cohort")
OF_WEEKS = ("standard", "verdict", "cohort", "week")
BOROUGHS = 'borough:pledge_clocks:sum{borough!="other"}'
HAND_OVERS = ("pledgewatch-itself", "Hand-overs", "B")
NOT_OF_THIS_RUN = {
    HAND_OVERS: "how long a hand-over takes is shown once there is another",
    (
        "pledgewatch-borough",
        "Kept in the last ${window:text}",
        "D",
    ): "each promise of the Pledge has a target",
    ("pledgewatch-wall", "Kept in the last hour", "D"): "each promise of the Pledge has a target",
    ("pledgewatch-week", "Kept in $week", "D"): "each promise of the Pledge has a target",
    ("pledgewatch-wall", "Kept in the last hour", "F"): "in the last hour all of them had clocks",
}
"""The questions that have no answer here, and why."""


def clocks(run, window):
    """What `judge` says of the clocks that fell due in a window; `live` or all."""
    return in_window(run.clocks, window, run.now())


def calls(run, window):
    return [each for each in clocks(run, window) if each.outcome and each.cohort == "live"]


def rates(judged, *names):
    """(met, judged) of live clocks by these of their fields, where there are any."""
    live = [each for each in judged if each.cohort == "live" and each.verdict in ("met", "breached")]
    met = by([each for each in live if each.verdict == "met"], *names)
    return {key: (met[key], number) for key, number in by(live, *names).items()}


def shares(judged, *names):
    return {key: met / number for key, (met, number) in rates(judged, *names).items()}


def intervals(judged, *names):
    """Wilson's, for 95 %."""
    return {key: wilson(*rate) for key, rate in rates(judged, *names).items()}


def wilson(met, number):
    z, share = NormalDist().inv_cdf(0.975), met / number
    middle, spread = (
        share + z * z / 2 / number,
        z * (share * (1 - share) / number + (z / 2 / number) ** 2) ** 0.5,
    )
    return max(0, (middle - spread) / (1 + z * z / number)), min(1, (middle + spread) / (1 + z * z / number))


def over_time(run, expr, since):
    """The values of an expression second by second, since a moment (Unix seconds)."""
    (series,) = run.prometheus.query_range(expr, since, run.now() / 1000, 1)
    return [int(float(value)) for _, value in series["values"]]


@pytest.mark.parametrize("window", WINDOWS)
class TestWindows:
    def test_the_workers_show_what_judge_counts(self, run, window):
        counted = by(clocks(run, window), *KINDS)
        assert len(counted) > 20
        assert summed(run.shown(), "pledge_clocks", *KINDS, window=window) == counted

    def test_the_rules_add_up_to_what_judge_counts(self, run, window):
        for level, names in {"borough": KINDS, "standard": (KINDS[0], *KINDS[2:])}.items():
            found = run.asked(f'{level}:pledge_clocks:sum{{window="{window}"}}', *names)
            assert +Counter(found) == by(clocks(run, window), *names)

    def test_shares_are_of_what_was_judged(self, run, window):
        for level, names in {"borough": KINDS[:2], "standard": KINDS[:1]}.items():
            where = f'{{window="{window}"}}'
            wanted = rates(clocks(run, window), *names)
            judged = run.asked(f"{level}:pledge_judged:sum{where}", *names)
            assert +Counter(judged) == {key: number for key, (_, number) in wanted.items()}
            assert run.asked(f"{level}:pledge_kept:ratio{where}", *names) == shares(
                clocks(run, window), *names
            )

    def test_each_share_has_its_interval(self, run, window):
        wanted = intervals(clocks(run, window), "standard")
        for number, end in enumerate(("low", "high")):
            found = run.asked(f'standard:pledge_kept_{end}:ratio{{window="{window}"}}', "standard")
            assert found == pytest.approx({key: ends[number] for key, ends in wanted.items()}, abs=1e-12)

    def test_calls_are_counted_in_five_ways(self, run, window):
        counted = by(calls(run, window), "line", "outcome")
        assert len(counted) == 10
        assert summed(run.shown(), "pledge_calls", "line", "outcome", window=window) == counted
        found = run.asked(f'line:pledge_calls:sum{{window="{window}"}}', "line", "outcome")
        assert +Counter(found) == counted
        found = run.asked(f'line:pledge_calls_kept:ratio{{window="{window}"}}', "line", "way")
        assert found == five_ways(counted)


def five_ways(counted):
    """The five shares of each line, as semantics.md has them (C3)."""
    found = {}
    for line in ("999", "other"):
        within, late, at_once, in_time, gone_late = (
            counted[line, outcome]
            for outcome in ("in", "late", "abandoned_5s", "abandoned_in", "abandoned_late")
        )
        offered = within + late + at_once + in_time + gone_late
        found[line, "1"] = (within + at_once + in_time) / offered
        found[line, "2"] = within / (within + late)
        found[line, "3"] = within / offered
        found[line, "4"] = within / (within + late + gone_late)
        found[line, "5"] = (within + at_once) / offered
    return found


@pytest.mark.parametrize("window", WINDOWS)
def test_the_register_holds_what_judge_counts_in_a_window(run, window):
    due = minutes_of(window, run.now())
    found = run.told(
        """
        SELECT standard, coalesce(nullif(borough, ''), 'other'), verdict, reason, cohort, outcome, count(*)
        FROM verdicts WHERE counted AND due_at >= to_timestamp(:first) AND due_at < to_timestamp(:end)
        GROUP BY 1, 2, 3, 4, 5, 6
        """,
        first=due.start * 60,
        end=due.stop * 60,
    )
    assert Counter({row[:-1]: row[-1] for row in found}) == by(clocks(run, window), *KINDS, "outcome")


def test_the_register_holds_what_judge_counts_in_all_weeks(run):
    """Of weeks that the workers no longer keep as well."""
    found = run.told(
        """
        SELECT standard, coalesce(nullif(borough, ''), 'other'), verdict, reason, cohort, outcome, week, count(*)
        FROM verdicts WHERE counted GROUP BY 1, 2, 3, 4, 5, 6, 7
        """
    )
    assert Counter({row[:-1]: row[-1] for row in found}) == by(run.clocks, *KINDS, "outcome", "week")


class TestWeeks:
    def test_the_workers_and_the_rules_show_what_judge_counts(self, run):
        counted = by(in_weeks(run.clocks, run.now()), *OF_WEEKS)
        assert len({week for *_, week in counted}) == 9
        assert summed(run.shown(), "pledge_week_clocks", *OF_WEEKS) == counted
        assert +Counter(run.asked("week:pledge_clocks:sum", *OF_WEEKS)) == counted

    def test_each_week_has_its_share_and_its_interval(self, run):
        kept = in_weeks(run.clocks, run.now())
        assert run.asked("week:pledge_kept:ratio", "standard", "week") == shares(kept, "standard", "week")
        wanted = intervals(kept, "standard", "week")
        for number, end in enumerate(("low", "high")):
            found = run.asked(f"week:pledge_kept_{end}:ratio", "standard", "week")
            assert found == pytest.approx({key: ends[number] for key, ends in wanted.items()}, abs=1e-12)


def test_the_open_clocks_are_those_without_a_stop(run):
    wanted = still_open(run.judged, run.by_id, run.now())
    shown = summed(run.shown(), "pledge_open_clocks", "standard", "borough", "stage")
    assert _late_or_not(shown) == wanted
    assert _late_or_not(run.asked("borough:pledge_open_clocks:sum", "standard", "borough", "stage")) == wanted
    assert {stage for *_, stage in shown} == {"running", "at-risk", "breached"}
    rows = run.told(
        """
        SELECT standard, coalesce(nullif(borough, ''), 'other'), stage, count(*) FROM open_clocks GROUP BY 1, 2, 3
        """
    )
    assert Counter({row[:-1]: row[-1] for row in rows}) == shown


def _late_or_not(shown):
    """`judge` knows no stage before the breach."""
    found = Counter()
    for (standard, borough, stage), number in shown.items():
        found[standard, borough, stage.replace("at-risk", "running")] += int(number)
    return +found


def test_nothing_was_counted_twice_while_partitions_moved(run):
    """Meanwhile live clocks fell due: there were ever more of them, and never more than there are now."""
    shown = over_time(run, 'sum(standard:pledge_clocks:sum{window="7d"})', run.joined)
    assert max(shown) == shown[-1] == len(clocks(run, "7d"))
    assert run.before == shown[0] < shown[-1]
    assert len(shown) > 5


def test_every_question_of_every_dashboard_has_an_answer(run):
    """For some choice of its variables; those that have none here are shown to have one below."""
    assert unanswered(run) == NOT_OF_THIS_RUN.keys()


def test_the_boroughs_to_choose_from_are_those_with_clocks(run):
    """`other` is no borough: `label_values` of the borough dashboard leaves it out."""
    found = {labels for (labels,) in run.asked(f"group by (borough) ({BOROUGHS})", "borough")}
    assert found == {each.borough for each in clocks(run, "7d")} - {"other"}
    assert AWKWARD in found


def test_what_could_not_be_read_is_seen(run):
    """The first of its kind, too: counters begin with zeros."""
    letters = run.asked(
        "sum by (topic, reason) (round(increase(pledge_dead_letters_total[1h]))) > 0", "topic", "reason"
    )
    assert letters.keys() == {("call-answer", "not-json")}
    taken_back = run.asked(
        "sum by (standard) (round(increase(pledge_corrections_total[1h]))) > 0", "standard"
    )
    assert taken_back.keys() == {("attend-immediate",)}


def test_a_healthy_run_alarms_nobody_of_the_service(run):
    """But of the record that could not be read."""
    alerts = run.asked('group by (alertname) (ALERTS{concerns="service"})', "alertname")
    assert alerts.keys() == {("PledgeDeadLetters",)}


@pytest.fixture(scope="module")
def survivor(run):
    """kill -9 of the worker that joined: the first has all partitions again."""
    died = time()
    run.workers[1].kill()
    run.place.wait_for("the first has all again", lambda: run.workers[0].taken_over() == ALL, SOON)
    run.workers[1:] = []
    run.evaluated()
    return died


def test_who_is_left_shows_the_same_numbers(run, survivor):
    for window in WINDOWS:
        counted = by(clocks(run, window), *KINDS)
        assert summed(run.shown(), "pledge_clocks", *KINDS, window=window) == counted
        assert +Counter(run.asked(f'borough:pledge_clocks:sum{{window="{window}"}}', *KINDS)) == counted


def test_meanwhile_nothing_was_counted_twice(run, survivor):
    """Partitions that nobody has are missing from the figures, and the wall says how many."""
    shown = over_time(run, 'sum(standard:pledge_clocks:sum{window="7d"})', survivor)
    assert max(shown) == shown[-1] == len(clocks(run, "7d"))
    assert max(over_time(run, "installation:pledge_partitions_missing:count", survivor)) == 2


def test_hand_overs_show_how_long_they_took(run, survivor):
    questions = asked(run, next(iter(choices(run))))
    (question,) = [each for each in questions if named(each) == HAND_OVERS]
    assert answer(run, question)


def test_a_promise_without_a_target_and_one_without_clocks_are_shown(run):
    """By a page that the workers' own collector made, of a pack that has such a promise."""
    with page_of_another_pack(BOROUGH, run.now()) as (address, week):
        run.scrape_these({"pledgewatch-worker": [address]})
        chosen = {"borough": BOROUGH, "standard": "", "week": week, "window": "24h"}
        wanted = NOT_OF_THIS_RUN.keys() - {HAND_OVERS}
        found = {named(each) for each in asked(run, chosen) if named(each) in wanted and answer(run, each)}
    assert found == wanted
