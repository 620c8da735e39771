"""What is verified of subjects that the ledger no longer has, because they were forgotten (S8)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pledgewatch.judging import announcements
from pledgewatch.reading import Intake, read_by_recording
from pledgewatch.verifying.comparing import Comparison, compare
from pledgewatch.verifying.forgotten import note_forgotten
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.story import summary
from pledgewatch.verifying.told import Told, of_said
from standards.loader import load_pack
from tests.cli.events import at, event, written

CLOCK = "CALL-1/call-999"
ONCE = [
    event("+0s", "call.presented", "CALL-1", line="999", borough="Ealing"),
    event("+1m", "call.answered", "CALL-1"),
    event("+0s", "call.presented", "CALL-2", line="999", borough="Ealing"),
    event("+5s", "call.answered", "CALL-2"),
]
AGAIN = [*ONCE, event("+20d", "call.presented", "CALL-1", line="999", id="again")]
HELD = at("+8d1m")
"""The last moment at which CALL-1 is held."""
Verified = Callable[..., Comparison]


@pytest.fixture
def verified(tmp_path: Path) -> Verified:
    """Compares an empty ledger with what judging again says, where all or some of the news was announced."""

    def verify(events: list[bytes], until: int, leave_out: str = "") -> Comparison:
        pack = load_pack("met-pledge-2009")
        read = list(read_by_recording(str(written(tmp_path / "e.jsonl", *events)), Intake("e")))
        recorded = Recorded(pack, 1_000, until, until, grace=1_000, events=read, whole=True)
        told: dict[str, list[Told]] = {}
        for said in announcements(read, pack, until, 1_000):
            if said.news and said.news != leave_out:
                told.setdefault(said.clock, []).append(of_said(said))
        recorded.alerts = {clock: [each.revision for each in news] for clock, news in told.items()}
        note_forgotten(recorded, (), told)
        return compare(recorded)

    return verify


def _problems(found: Comparison) -> list[str]:
    return [difference.problem for difference in found.differences]


def test_what_was_announced_of_a_forgotten_subject_is_enough(verified: Verified) -> None:
    found = verified(ONCE, HELD + 1)

    assert (_problems(found), found.clocks, found.said) == ([], 1, 2)


def test_news_of_a_forgotten_subject_that_nobody_heard_is_a_difference(verified: Verified) -> None:
    found = verified(ONCE, HELD + 1, leave_out="clock.stopped")

    assert _problems(found) == ["it stands as breached, and should as breached"]


def test_one_that_is_missing_and_not_yet_to_be_forgotten_is_a_difference(verified: Verified) -> None:
    assert [each.clock for each in verified(ONCE, HELD).differences] == [CLOCK]


def test_one_that_came_back_is_left_out_and_told(verified: Verified) -> None:
    found = verified(AGAIN, at("+30d"))

    assert (_problems(found), found.returned, found.clocks) == ([], 1, 0)
    assert "left out: 1 subjects that came back after they were forgotten" in list(summary(found))
