"""The register's panels on a real PostgreSQL: what they say of clocks that are known."""

from itertools import count

import psycopg
import pytest
from sqlalchemy import create_engine, make_url

from figures.calls import calls_of, five_ways
from figures.rate import Rate, interval_text, rate_text
from grafana.dashboards.sql import interval, share
from grafana.queries import Shown, queries
from register.tables import METADATA, VERDICTS
from schemas.times import DAY, MINUTE, SECOND, parse_time

MONDAY = parse_time("2026-11-16T00:00:00Z")
"""The first of 2026-W47, and the midnight that ended 2026-W46."""
UNTIL = MONDAY + 5 * DAY
LIMIT = 12 * MINUTE
NUMBERS = count()


@pytest.fixture(scope="module")
def address(postgres):
    return postgres.create("dashboards")


@pytest.fixture(scope="module")
def engine(address):
    made = create_engine(address)
    METADATA.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def register(engine):
    """Keeps rows, and answers what a panel asks."""
    with engine.begin() as connection:
        connection.execute(VERDICTS.delete())
    return Register(engine)


class Register:
    def __init__(self, engine):
        self._engine = engine

    def keep(self, *rows):
        with self._engine.begin() as connection:
            connection.execute(VERDICTS.insert(), list(rows))

    def sql(self, text):
        url = make_url(self._engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as connection:
            return connection.execute(text).fetchall()

    def panel(self, title, **variables):
        chosen = {"borough": "Camden", "week": "2026-W46", "standard": "attend-immediate", **variables}
        asked = queries(Shown(UNTIL - 63 * DAY, UNTIL, chosen))
        return self.sql(next(each.text for each in asked if each.panel == title))


def clock(verdict="met", due=MONDAY - DAY, *, took=None, **told):
    """A row of `verdicts`: an immediate incident in Camden, judged when it fell due, unless told otherwise."""
    start = due - LIMIT
    row = {
        "clock": f"CAD-{next(NUMBERS)}/attend-immediate", "subject": "CAD", "standard": "attend-immediate",
        "pack_version": 1, "rules": 2,
        "kind": "verdict", "verdict": verdict, "counted": True, "first_about_at": due, "revision": 1,
        "happened_at": due, "recorded_at": due, "known_at": due, "start_at": start, "due_at": due,
        "stop_at": None if took is None else start + took, "elapsed_ms": took, "called_off": False,
        "day": "", "week": "2026-W46" if due < MONDAY else "2026-W47", "cohort": "live", "borough": "Camden",
        "ward": "Kilburn", "grade": "I", "first_grade": "I", "reason": "", "outcome": "", "corrects": "",
        "keyed_late_ms": None, "regrades": 0, "pack": "met-pledge-2009", "evidence": [],
    }  # fmt: skip
    return row | told


def test_shares_and_intervals_read_as_those_of_pledgewatch_figures(register):
    """Every count up to 60, and those at which a rounded share would say all or none of what is not."""
    pairs = [(kept, of) for of in range(61) for kept in range(of + 1)] + [
        (1, 9999),
        (9998, 9999),
        (701, 1000),
        (12345, 54321),
    ]
    values = ", ".join(f"({kept}, {of})" for kept, of in pairs)
    found = register.sql(
        f"SELECT kept, judged, {share()}, {interval()} FROM (VALUES {values}) AS few (kept, judged)"
    )
    assert found == [
        (kept, of, rate_text(Rate(kept, of)), interval_text(Rate(kept, of))) for kept, of in pairs
    ]


def test_what_counts_is_counted_and_the_rest_stands_beside_it(register):
    register.keep(
        clock(), clock(), clock("breached"), clock("excluded", reason="on-view"), clock("unverifiable"),
        clock(cohort="probe"), clock(cohort="exercise"), clock("breached", counted=False), clock(borough="Hackney"),
    )  # fmt: skip
    (ward,) = register.panel("Promises by ward")
    assert ward == ("Kilburn", "attend-immediate", 3, 2, 1, "2 of 3", interval_text(Rate(2, 3)), 1, 1)


def test_a_week_is_shown_as_it_was_known_when_it_ended_and_as_it_is_now(register):
    late, friday = clock("breached", counted=False), MONDAY + 4 * DAY
    made_good = late | {
        "revision": 2,
        "verdict": "met",
        "corrects": "breached",
        "counted": True,
        "known_at": friday,
    }
    register.keep(late, made_good, *(clock() for _ in range(29)))
    (week,) = register.panel("${standard:text}: then and now")
    assert week == ("2026-W46", "96.7 %", "100.0 %", 30, 1)
    (revision,) = register.panel("Revisions of ${standard:text}")
    assert revision[:6] == (late["clock"], "2026-W46", "breached", "met", "", "Camden")
    assert revision[6].timestamp() * 1000 == friday


def test_what_was_corrected_before_its_week_ended_is_no_revision(register):
    late = clock("breached", counted=False)
    register.keep(late, late | {"revision": 2, "verdict": "met", "counted": True, "known_at": MONDAY - 1})
    assert register.panel("Revisions of ${standard:text}") == []


def test_what_became_known_at_midnight_after_the_week_is_a_revision(register):
    register.keep(clock("breached", known_at=MONDAY, first_about_at=MONDAY))
    ((_, _, was, verdict, *_),) = register.panel("Revisions of ${standard:text}")
    assert (was, verdict) == ("not known", "breached")


def test_five_ways_of_counting_calls_are_those_of_the_figures(register):
    ended = {"in": 860, "late": 140, "abandoned_5s": 10, "abandoned_in": 10, "abandoned_late": 40}
    verdicts = {"in": "met", "late": "breached", "abandoned_late": "breached"}
    register.keep(*(
        clock(verdicts.get(outcome, "excluded"), standard="call-999", outcome=outcome)
        for outcome, number in ended.items() for _ in range(number)
    ))  # fmt: skip
    shown = [(way, kept, of, share) for _, way, _, kept, of, share, _ in register.panel("Calls of $week")]
    assert shown == [
        (way.number, way.rate.kept, way.rate.of, rate_text(way.rate)) for way in five_ways(calls_of(ended))
    ]
    assert [share for *_, share in shown] == ["83.0 %", "86.0 %", "81.1 %", "82.7 %", "82.1 %"]


def test_a_heap_just_before_the_limit_is_worth_a_look_and_a_slope_is_not(register):
    def took(share, number, borough):
        verdict = "met" if share <= 1 else "breached"
        return [clock(verdict, took=int(share * LIMIT), borough=borough) for _ in range(number)]

    register.keep(*took(0.93, 20, "Camden"), *took(1, 50, "Camden"), *took(1.03, 10, "Camden"),
                  *took(0.93, 30, "Hackney"), *took(1, 25, "Hackney"), *took(1.03, 20, "Hackney"),
                  *took(0.93, 10, "Brent"), *took(1, 19, "Brent"))  # fmt: skip
    signs = {borough: (last, sign) for borough, _, last, _, sign in register.panel("Heaping by borough")}
    assert signs == {
        "Camden": (50, "worth a look"), "Hackney": (25, "nothing to see"), "Brent": (19, "too few to say"),
    }  # fmt: skip


def test_an_answer_at_the_very_limit_is_in_the_last_column_before_it(register):
    register.keep(clock("met", took=LIMIT), clock("breached", took=LIMIT + 1))
    columns = {up_to: (met, late) for up_to, met, late in register.panel("How much of its time each took")}
    assert columns["100 %"] == (1, 0)
    assert columns["105 %"] == (0, 1)


def test_downgrades_in_the_last_quarter_are_told_apart(register):
    def downgraded(left, number, borough):
        return [clock("excluded", reason="regraded", happened_at=MONDAY - DAY - left, borough=borough, grade="S")
                for _ in range(number)]  # fmt: skip

    register.keep(*downgraded(3 * MINUTE, 20, "Camden"), *downgraded(3 * MINUTE - SECOND, 20, "Camden"),
                  *downgraded(6 * MINUTE, 30, "Hackney"), clock(borough="Camden"))  # fmt: skip
    found = {
        borough: (number, late, sign)
        for borough, _, number, late, *_, sign in register.panel("Downgrades by borough")
    }
    assert found == {"Camden": (40, 20, "worth a look"), "Hackney": (30, 0, "nothing to see")}


def test_an_arrival_in_time_keyed_after_the_deadline_is_seen(register):
    register.keep(
        clock(took=10 * MINUTE, keyed_late_ms=2 * MINUTE),
        clock(took=10 * MINUTE, keyed_late_ms=2 * MINUTE + 1),
    )
    ((*_, in_time, made_good),) = register.panel("Keyed late, by borough")
    assert (in_time, made_good) == (2, 1)


def test_the_share_by_first_grade_and_by_last_are_told_apart(register):
    priority = {"standard": "attend-priority", "grade": "S"}
    register.keep(
        clock(), clock("breached"), clock("excluded", reason="regraded", grade="S"),
        clock("breached", **priority), clock(first_grade="S", **priority),
    )  # fmt: skip
    assert [(row[0], row[3], row[5], row[8]) for row in register.panel(
        "The same incidents by their first grade and by their last"
    )] == [("I", "1 of 3", 1, "1 of 2"), ("S", "1 of 1", 0, "1 of 2")]  # fmt: skip


def test_the_variables_find_weeks_the_latest_first_and_standards_by_their_names(register):
    register.keep(clock(), clock(due=MONDAY + DAY), clock(due=UNTIL - 70 * DAY, week="2026-W37"))
    assert register.panel("variable week") == [("2026-W47",), ("2026-W46",)]
    assert register.panel("variable standard") == [("Immediate", "attend-immediate")]


def test_what_has_not_happened_has_no_rows_and_not_a_row_of_zeros(register):
    shown = Shown(UNTIL - DAY, UNTIL, {"week": "2026-W46", "standard": "x", "borough": "x"})
    empty = {each.panel for each in queries(shown) if each.source == "register" and each.letter}
    for title in sorted(empty - {"Next to go over", "Open clocks in $borough"}):
        assert register.panel(title) == [], title
