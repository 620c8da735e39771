"""N5: the number that makes the difference, in a sentence."""

from pathlib import Path

import msgspec
import pytest

from clocks.standard import Pack
from pledgewatch.judging import FOREVER
from pledgewatch.what_if.comparing import Compared, WhatIf
from pledgewatch.what_if.reasons import because
from schemas.decoding import decode
from standards.loader import PACKS, load_pack
from tests.cli.events import event

MET, LATER, NATIONAL = (load_pack(name) for name in ("met-pledge-2009", "met-2012", "national-2026"))
CREATED = event("+0s", "incident.created", "CAD-1", grade="I")


def told(a: Pack, b: Pack, *lines: bytes) -> dict[str, list[str]]:
    """The sentences of each clock that differs."""
    found = WhatIf(a, b).compared(map(decode, lines), FOREVER)
    return {each.clock: because(each) for each in found if each.differing}


def differing(a: Pack, b: Pack, *lines: bytes) -> list[Compared]:
    found = WhatIf(a, b).compared(map(decode, lines), FOREVER)
    return [each for each in found if each.differing]


@pytest.mark.parametrize(
    ("arrives", "verdicts", "differs"),
    [
        ("+12m", ("met", "met"), ("due",)),
        ("+12m1ms", ("breached", "met"), ("verdict", "due")),
        ("+15m", ("breached", "met"), ("verdict", "due")),
        ("+15m1ms", ("breached", "breached"), ("due",)),
    ],
)
def test_a_verdict_differs_between_the_two_dues_and_nowhere_else(
    arrives: str, verdicts: tuple[str, str], differs: tuple[str, ...]
) -> None:
    (found,) = differing(MET, LATER, CREATED, event(arrives, "unit.arrived", "CAD-1", unit="GD21"))
    assert found.a is not None
    assert found.b is not None
    assert (found.a.verdict, found.b.verdict) == verdicts
    assert found.differing == differs


def test_a_longer_limit_is_told_with_when_the_clock_stopped() -> None:
    assert told(MET, LATER, CREATED, event("+14m31s", "unit.arrived", "CAD-1", unit="GD21")) == {
        "CAD-1/attend-immediate": [
            "attend-immediate is within 12m in met-pledge-2009, within 15m in met-2012; it stopped after 14m 31s"
        ]
    }


def test_what_never_stopped_or_was_called_off_is_told_so() -> None:
    limits = "attend-immediate is within 12m in met-pledge-2009, within 15m in met-2012; "
    assert told(MET, LATER, CREATED) == {"CAD-1/attend-immediate": [f"{limits}nothing has stopped it"]}
    assert told(MET, LATER, CREATED, event("+13m", "incident.cancelled", "CAD-1")) == {
        "CAD-1/attend-immediate": [f"{limits}it stopped after 13m"]
    }
    assert told(MET, LATER, CREATED, event("+4m", "incident.cancelled", "CAD-1")) == {
        "CAD-1/attend-immediate": [f"{limits}it was called off after 4m (incident.cancelled)"]
    }


def test_an_answer_exactly_on_its_due_is_late_where_the_limit_is_under() -> None:
    call = event("+0s", "call.presented", "CALL-1", line="999")
    assert told(MET, NATIONAL, call, event("+10s", "call.answered", "CALL-1")) == {
        "CALL-1/call-999": [
            "call-999 is within 10s in met-pledge-2009, under 10s in national-2026; it stopped after 10s"
        ]
    }
    assert told(MET, NATIONAL, call, event("+9s", "call.answered", "CALL-1")) == {}


def test_the_limit_of_the_incidents_own_area_is_told() -> None:
    rural = event("+0s", "incident.created", "CAD-1", grade="I", area="rural")
    (sentences,) = told(MET, NATIONAL, rural).values()
    assert sentences == [
        "attend-immediate is within 12m in met-pledge-2009, within 20m (rural) in national-2026; "
        "nothing has stopped it"
    ]


def test_a_promise_that_one_does_not_make_is_told() -> None:
    message = event("+0s", "message.received", "MSG-1", team="Hackney-Central")
    (found,) = differing(MET, LATER, message)
    assert found.b is None
    assert because(found) == ["snt-reply is within 1d in met-pledge-2009, not promised in met-2012"]


@pytest.mark.parametrize(
    ("start", "subject", "standard", "words"),
    [
        ("collision.reported", "RTC-1", "collision-contact", "within 10 working days"),
        ("crime.recorded", "CASE-1", "victim-update", "within a month"),
        ("ward.month_opened", "WARD-1", "ward-meeting", "by the end of the month"),
    ],
)
def test_limits_by_the_calendar_are_told_in_its_words(
    start: str, subject: str, standard: str, words: str
) -> None:
    month = {"month": "2009-10"} if subject.startswith("WARD") else {}
    (sentences,) = told(MET, LATER, event("+0s", start, subject, **month)).values()
    assert sentences == [f"{standard} is {words} in met-pledge-2009, not promised in met-2012"]


def test_another_clock_of_the_same_incident_may_decide() -> None:
    """Left after 13 min it was late by the 12 min, so no other clock started; by the 15 min it was in time (I5)."""
    found = told(MET, LATER, CREATED, event("+13m", "incident.regraded", "CAD-1", grade="S"))
    assert found["CAD-1/attend-priority"] == [
        "attend-immediate is within 12m in met-pledge-2009, within 15m in met-2012, "
        "which decides when the other clock of the same incident ends (I5, I6)"
    ]


@pytest.fixture
def own(tmp_path: Path) -> Pack:
    """The Met's Pledge, where a unit staged nearby counts as an arrival."""
    text = (PACKS / "met-pledge-2009.yaml").read_text(encoding="utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(
        text.replace("counts_staged: false", "counts_staged: true").replace("id: met-pledge-2009", "id: own")
    )
    return load_pack(path)


def test_a_unit_staged_nearby_may_make_the_difference(own: Pack) -> None:
    staged = event("+5m", "unit.staged", "CAD-1", unit="GD21")
    sentence = "a unit staged nearby counts as an arrival in own, not in met-pledge-2009 (I2)"
    assert told(MET, own, CREATED, staged) == {"CAD-1/attend-immediate": [sentence]}
    assert told(own, MET, CREATED, staged) == {"CAD-1/attend-immediate": [sentence]}


def test_so_may_how_far_a_stop_may_lie_before_its_start() -> None:
    strict = msgspec.structs.replace(MET, id="strict", skew=500)
    arrived = event("+0s", "unit.arrived", "CAD-1", unit="GD21")
    created = event("+1s", "incident.created", "CAD-1", grade="I")
    assert told(MET, strict, created, arrived) == {
        "CAD-1/attend-immediate": [
            "a stop before its start counts up to 2s in met-pledge-2009, up to 500ms in strict (T7)"
        ]
    }


def test_two_differences_that_only_together_make_it_are_both_told() -> None:
    """A second early and thirteen minutes late: only with both does the clock come out as in the other."""
    immediate = MET.standards["attend-immediate"]
    both = msgspec.structs.replace(
        MET,
        id="both",
        skew=500,
        standards=MET.standards | {"attend-immediate": msgspec.structs.replace(immediate, limit=900_000)},
    )
    created = event("+1s", "incident.created", "CAD-1", grade="I")
    arrived = event("+0s", "unit.arrived", "CAD-1", unit="GD21")
    (sentences,) = told(MET, both, created, arrived).values()
    assert len(sentences) == 2
    assert "(T7)" in sentences[1]
