"""What a row says: what happened when, when it was recorded, when it became known; and what was said before."""

from typing import Any

from agents.register_rows import Rows
from clocks.replaying import next_moment, play, play_until
from clocks.shard import Shard
from register.store import Row, Taken
from schemas.facts import Event
from schemas.times import DAY, HOUR, MINUTE, SECOND
from tests.agents.test_board_ledger import T0
from tests.clocks.histories import PACK
from tests.register.ledger import event

CAD, CALL, MSG = "CAD-1", "CALL-1", "MSG-1"
CREATED = event(CAD, "incident.created", T0, grade="I", borough="Camden", ward="Kilburn", category="Robbery")


def told(*events: Event, until: int | None = None) -> Taken:
    """What the register makes of the ledger once all of it was recorded, and time had come so far."""
    shard = Shard(PACK, forgets=False)
    for each in sorted(events, key=lambda each: each.fact.recorded):
        list(play(shard, [each]))
    while (moment := next_moment(shard)) is not None and (until is None or moment <= until):
        play_until(shard, moment)
    rows = Rows(PACK)
    for name in dict.fromkeys(each.subject for each in events):
        rows.take(name, shard.save(name))
    return rows.taken()


def said(*events: Event, until: int | None = None) -> list[Row]:
    return [
        row for row in told(*events, until=until).verdicts if row["kind"] not in ("at-risk", "un-resourced")
    ]


def some(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


MOMENTS = ("happened_at", "recorded_at", "known_at")


def test_a_breach_happens_at_its_deadline_and_a_late_arrival_when_it_came() -> None:
    due, arrived = T0 + 12 * MINUTE, T0 + 20 * MINUTE
    breach, stopped = said(CREATED, event(CAD, "unit.arrived", arrived, recorded=arrived + 90_000, unit="A1"))
    assert some(breach, "kind", "verdict", "counted", "evidence") == {
        "kind": "verdict",
        "verdict": "breached",
        "counted": False,
        "evidence": [],
    }
    assert (breach["happened_at"], breach["recorded_at"]) == (due, due)
    assert breach["stop_at"] is breach["elapsed_ms"] is breach["keyed_late_ms"] is None
    assert some(stopped, "kind", "verdict", "counted", "corrects") == {
        "kind": "stopped",
        "verdict": "breached",
        "counted": True,
        "corrects": "",
    }
    assert some(stopped, "happened_at", "stop_at", "elapsed_ms", "keyed_late_ms", "called_off") == {
        "happened_at": arrived,
        "stop_at": arrived,
        "elapsed_ms": 20 * MINUTE,
        "keyed_late_ms": 90_000,
        "called_off": False,
    }
    assert stopped["known_at"] == arrived + 90_000
    assert len(stopped["evidence"]) == 2


def test_an_arrival_that_was_keyed_late_takes_the_breach_back() -> None:
    arrived, keyed = T0 + 10 * MINUTE, T0 + 30 * MINUTE
    breach, met = said(CREATED, event(CAD, "unit.arrived", arrived, recorded=keyed, unit="A1"))
    assert [each["counted"] for each in (breach, met)] == [False, True]
    assert some(met, "verdict", "corrects", "happened_at", "recorded_at", "keyed_late_ms") == {
        "verdict": "met",
        "corrects": "breached",
        "happened_at": arrived,
        "recorded_at": keyed,
        "keyed_late_ms": 20 * MINUTE,
    }
    assert breach["happened_at"] == T0 + 12 * MINUTE


def test_a_downgrade_close_to_the_deadline_shows_as_such() -> None:
    regraded, keyed = T0 + 11 * MINUTE + 30 * SECOND, T0 + 11 * MINUTE + 40 * SECOND
    rows = said(
        CREATED, event(CAD, "incident.regraded", regraded, recorded=keyed, grade="S"), until=T0 + 30 * MINUTE
    )
    (row,) = (each for each in rows if each["standard"] == "attend-immediate")
    assert some(row, "verdict", "reason", "counted", "first_grade", "grade", "regrades", "regraded_at") == {
        "verdict": "excluded",
        "reason": "regraded",
        "counted": True,
        "first_grade": "I",
        "grade": "S",
        "regrades": 1,
        "regraded_at": regraded,
    }
    assert row["due_at"] - row["happened_at"] == 30 * SECOND
    assert row["recorded_at"] == keyed
    assert row["stop_at"] is None


def test_a_superseded_exclusion_still_says_when_it_happened() -> None:
    cancelled = event(CAD, "incident.cancelled", T0 + MINUTE, recorded=T0 + 2 * MINUTE, reason="a mistake")
    reopened = event(CAD, "incident.reopened", T0 + 5 * MINUTE)
    excluded, breach = said(CREATED, cancelled, reopened)
    assert (excluded["reason"], excluded["happened_at"]) == ("cancelled", T0 + MINUTE)
    assert (breach["verdict"], breach["corrects"], breach["counted"]) == ("breached", "excluded", True)


def test_a_clock_that_never_ran_counts_no_more() -> None:
    withdrawn = event(CAD, "event.withdrawn", T0 + HOUR, event=CREATED.fact.id)
    breach, never = said(CREATED, withdrawn)
    assert some(never, "verdict", "reason", "corrects", "counted", "happened_at", "due_at", "day") == {
        "verdict": "excluded",
        "reason": "never-ran",
        "corrects": "breached",
        "counted": False,
        "happened_at": T0 + HOUR,
        "due_at": None,
        "day": "",
    }
    assert not breach["counted"]


def test_a_call_given_up_late_is_called_off_and_tells_how_it_ended() -> None:
    presented = event(CALL, "call.presented", T0, line="999", borough="Brent")
    _, row = said(presented, event(CALL, "call.abandoned", T0 + 14_000))
    assert some(
        row, "verdict", "outcome", "called_off", "elapsed_ms", "line", "borough", "keyed_late_ms"
    ) == {
        "verdict": "breached",
        "outcome": "abandoned_late",
        "called_off": True,
        "elapsed_ms": 14_000,
        "line": "999",
        "borough": "Brent",
        "keyed_late_ms": 0,
    }


def test_what_is_found_now_counts_though_nothing_new_was_said() -> None:
    """An earlier arrival that is keyed later changes no verdict, but the duration that the figures show."""
    first = event(CAD, "unit.arrived", T0 + 9 * MINUTE, unit="A1")
    earlier = event(CAD, "unit.arrived", T0 + 7 * MINUTE, recorded=T0 + 30 * MINUTE, unit="A2")
    (row,) = said(CREATED, first, earlier)
    assert some(row, "verdict", "happened_at", "elapsed_ms", "keyed_late_ms", "known_at") == {
        "verdict": "met",
        "happened_at": T0 + 7 * MINUTE,
        "elapsed_ms": 7 * MINUTE,
        "keyed_late_ms": 23 * MINUTE,
        "known_at": T0 + 9 * MINUTE,
    }


def test_days_and_weeks_are_local() -> None:
    summer_midnight = 1_255_993_200_000  # 2009-10-19T23:00Z, when it is the 20th in London
    presented = event(CALL, "call.presented", summer_midnight - 10_000, line="999")
    (row,) = said(presented)
    assert some(row, "due_at", "day", "week") == {
        "due_at": summer_midnight,
        "day": "2009-10-20",
        "week": "2009-W43",
    }


def test_a_message_is_its_new_owners() -> None:
    received = event(MSG, "message.received", T0, team="Kilburn SNT", channel="e-mail", probe=True)
    taken = told(received, event(MSG, "message.redirected", T0 + HOUR, to="desk"), until=T0 + 2 * DAY)
    (row,) = (each for each in taken.verdicts if each["counted"])
    assert some(row, "team", "channel", "cohort") == {"team": "desk", "channel": "e-mail", "cohort": "probe"}
    (still_open,) = taken.open_clocks
    assert some(still_open, "stage", "team", "due_at") == {
        "stage": "breached",
        "team": "desk",
        "due_at": T0 + DAY,
    }


def test_an_open_clock_tells_what_a_supervisor_asks() -> None:
    flagged = event(CAD, "incident.flagged", T0 + 1, vulnerable=True)
    events = [
        CREATED,
        flagged,
        event(CAD, "incident.chased", T0 + 2),
        event(CAD, "unit.dispatched", T0 + 3, unit="A1"),
    ]
    (row,) = told(*events, until=T0 + 10 * MINUTE).open_clocks
    assert row == {
        "clock": "CAD-1/attend-immediate",
        "subject": CAD,
        "standard": "attend-immediate",
        "stage": "at-risk",
        "start_at": T0,
        "due_at": T0 + 12 * MINUTE,
        "breach_at": T0 + 12 * MINUTE + 1,
        "at_risk_at": T0 + 9 * MINUTE,
        "unresourced_at": None,
        "units": 1,
        "chased": 1,
        "flags": "vulnerable",
        "cohort": "live",
        "borough": "Camden",
        "ward": "Kilburn",
        "grade": "I",
        "first_grade": "I",
        "category": "Robbery",
        "line": "",
        "team": "",
        "channel": "",
        "area": "",
    }


def test_stages_are_revisions_and_none_of_them_counts() -> None:
    rows = told(CREATED, until=T0 + 12 * HOUR).verdicts
    assert [(row["revision"], row["kind"], row["counted"]) for row in rows] == [
        (1, "un-resourced", False),
        (2, "at-risk", False),
        (3, "verdict", True),
        (4, "un-resourced", False),
    ]
    assert [row["happened_at"] - T0 for row in rows[:3]] == [2 * MINUTE, 9 * MINUTE, 12 * MINUTE]
