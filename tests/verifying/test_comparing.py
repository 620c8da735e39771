"""The ledger's account against judging again: all that was said, not its news alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pledgewatch.judging import announcements
from pledgewatch.reading import Intake, read_by_recording
from pledgewatch.verifying.comparing import Comparison, compare
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import Told, of_said
from schemas.times import format_time
from standards.loader import load_pack
from tests.cli.events import at, event, written

CLOCK = "CAD-1/attend-immediate"
EVENTS = [
    event("+0s", "incident.created", "CAD-1", grade="I", borough="Ealing"),
    event("+1m", "unit.dispatched", "CAD-1", unit="EV44"),
    event("+4m", "unit.arrived", "CAD-1", unit="EV44"),
    event("+8m", "incident.cancelled", "CAD-1", reason="hoax"),
]


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    """An incident attended in time and then cancelled, with all that the engine says of it."""
    pack = load_pack("met-pledge-2009")
    events = list(read_by_recording(str(written(tmp_path / "e.jsonl", *EVENTS)), Intake("e")))
    found = Recorded(pack, 1_000, at("+1h"), at("+1h"), grace=1_000, events=events, whole=True)
    found.say(of_said(said) for said in announcements(events, pack, at("+1h"), 1_000))
    found.alerts = {}
    return found


def _problems(found: Comparison) -> list[str]:
    return [difference.problem for difference in found.differences]


def test_the_whole_account_agrees(recorded: Recorded) -> None:
    found = compare(recorded)
    assert (_problems(found), found.overtaken, found.hasty) == ([], 0, 0)


def _hasty(recorded: Recorded, news: str | None) -> list[Told]:
    """What a worker notes that reads the cancellation before the arrival that lies waiting."""
    met = recorded.said[CLOCK][-1]
    excluded = met._replace(verdict="excluded", reason="cancelled", about=at("+8m"), stop=None, news=news)
    later = at("+9m")
    return [excluded._replace(said_at=later), met._replace(revision=met.revision + 1, said_at=later)]


def test_what_only_the_ledger_heard_too_soon_is_counted(recorded: Recorded) -> None:
    recorded.said[CLOCK][-1:] = _hasty(recorded, None)
    found = compare(recorded)
    assert (_problems(found), found.hasty) == ([], 1)


def test_what_people_heard_too_soon_is_a_difference(recorded: Recorded) -> None:
    recorded.said[CLOCK][-1:] = _hasty(recorded, "clock.excluded")
    assert "does not follow from the events" in _problems(compare(recorded))[0]


def test_what_came_to_kafka_too_late_was_not_to_be_known(recorded: Recorded) -> None:
    recorded.said[CLOCK][-1:] = _hasty(recorded, "clock.excluded")
    recorded.alerts = {CLOCK: [each.revision for each in recorded.said[CLOCK] if each.news]}
    recorded.arrivals = {("cad/test", "CAD-1-unit.arrived-+4m"): at("+10m")}
    assert _problems(compare(recorded)) == []


def _drop(told: list[Told]) -> None:
    told.clear()


@pytest.mark.parametrize(("falsify", "words"), [(_drop, "it stands as nothing said, and should as met")])
def test_good_news_unsaid_is_a_difference_in_the_ledger(
    recorded: Recorded, falsify: Callable[[list[Told]], None], words: str
) -> None:
    falsify(recorded.said[CLOCK])
    assert _problems(compare(recorded)) == [words]


def test_the_ledger_and_the_announcements_carry_each_others_news(recorded: Recorded) -> None:
    news = [each.revision for each in recorded.said[CLOCK] if each.news]
    recorded.alerts = {CLOCK: [*news, 9]}
    assert "breach-alerts carries revision 9, of which the ledger knows nothing" in _problems(
        compare(recorded)
    )


CHILD = {
    "child": "CAD-2",
    "since": format_time(at("+1m")),
    "grade": "S",
    "child_due": format_time(at("+61m")),
}
ABSORBED = [
    event("+0s", "incident.created", "CAD-1", grade="R", borough="Ealing"),
    event("+7m", "incident.absorbed", "CAD-1", **CHILD),
    event("+8m", "incident.closed", "CAD-1", resolution="no-attendance-required"),
    event("+19m", "incident.released", "CAD-1", child="CAD-2"),
]


def test_a_clock_that_came_and_went_in_what_was_read_at_once_need_not_be_told_of(tmp_path: Path) -> None:
    pack = load_pack("met-pledge-2009")
    events = list(read_by_recording(str(written(tmp_path / "e.jsonl", *ABSORBED)), Intake("e")))
    assert [said.verdict for said in announcements(events, pack, at("+2h"), 1_000)] == ["excluded"]
    recorded = Recorded(pack, 1_000, at("+2h"), at("+2h"), grace=1_000, events=events, whole=True)
    assert (_problems(compare(recorded)), compare(recorded).overtaken) == ([], 1)
