"""Announcements in words, as the engine makes them."""

import json
from pathlib import Path

import pytest

from alerting.telling import tell
from clocks.announcing import announcement
from pledgewatch.judging import announcements
from pledgewatch.reading import Intake, read_by_recording
from schemas.announcements import Announcement
from standards.loader import load_pack
from tests.cli.events import event, written

CREATED = event("+0s", "incident.created", "CAD-1", grade="I", borough="Hackney", ward="Dalston")
CALLED = event("+0s", "call.presented", "CALL-1", line="999", borough="Camden")


def _told(tmp_path: Path, *lines: bytes) -> list[str]:
    pack = load_pack("met-pledge-2009")
    events = read_by_recording(str(written(tmp_path / "e.jsonl", *lines)), Intake("e"))
    said = [found for found in announcements(events, pack, settle=0) if found.news]
    news = [json.dumps(announcement(found, pack, settle=0)) for found in said]
    return [str(tell(Announcement.model_validate_json(text), pack.zone)) for text in news]


def test_a_breach_says_what_where_and_that_nobody_is_coming(tmp_path: Path) -> None:
    told = _told(tmp_path, CREATED)
    assert told[:3] == [
        "24 Oct 20:02:00  NO UNIT     immediate incident CAD-1 in Dalston, Hackney: no unit is assigned; "
        "to be attended within 12m",
        "24 Oct 20:09:00  at risk     immediate incident CAD-1 in Dalston, Hackney: not yet attended, "
        "due 12m after its start",
        "24 Oct 20:12:00  BREACHED    immediate incident CAD-1 in Dalston, Hackney: not attended within 12m, "
        "no unit assigned",
    ]


def test_a_breach_names_the_units_on_their_way(tmp_path: Path) -> None:
    told = _told(tmp_path, CREATED, event("+1m", "unit.dispatched", "CAD-1", unit="GD21"))
    assert told[-1].endswith("not attended within 12m, GD21 on the way")


def test_a_stop_after_the_breach_says_by_how_much(tmp_path: Path) -> None:
    told = _told(tmp_path, CALLED, event("+12s500ms", "call.answered", "CALL-1"))
    assert told == [
        "24 Oct 20:00:10  BREACHED    999 call CALL-1 in Camden: not answered within 10s",
        "24 Oct 20:00:12  late        999 call CALL-1 in Camden: answered after 12s, 2s 500ms late",
    ]


def test_what_is_taken_back_says_how_late_the_evidence_was(tmp_path: Path) -> None:
    told = _told(tmp_path, CALLED, event("+9s", "call.answered", "CALL-1", seen="+1m"))
    assert told[-1] == (
        "24 Oct 20:01:00  taken back  999 call CALL-1 in Camden: answered in time, after 9s, recorded 51s late"
    )


def test_promises_in_days_and_months_say_until_when(tmp_path: Path) -> None:
    told = _told(
        tmp_path,
        event("+0s", "crime.recorded", "CASE-1", borough="Camden"),
        event("+24h", "victim.updated", "CASE-1"),
        event("+0s", "ward.month_opened", "WARD-1", month="2009-11", borough="Camden"),
    )
    assert told[1:] == [
        "21 Nov 16:44:59  at risk     ward meeting WARD-1 in Camden: not yet held, due 30 Nov 2009 23:59:59",
        "25 Nov 19:00:00  BREACHED    victim's case CASE-1 in Camden, round 2: not updated by 25 Nov 2009 19:00:00",
        "30 Nov 23:59:59  BREACHED    ward meeting WARD-1 in Camden: not held by 30 Nov 2009 23:59:59",
    ]


def test_an_appointment_kept_late_says_by_how_much(tmp_path: Path) -> None:
    told = _told(
        tmp_path,
        event("+0s", "appointment.requested", "APPT-1", borough="Camden"),
        event("+49h", "appointment.kept", "APPT-1"),
    )
    assert told == [
        "26 Oct 07:00:00  at risk     appointment APPT-1 in Camden: not yet kept, due 2d after its start",
        "26 Oct 19:00:00  BREACHED    appointment APPT-1 in Camden: not kept within 2d",
        "26 Oct 20:00:00  late        appointment APPT-1 in Camden: kept after 2d 1h, 1h late",
    ]


def test_old_news_says_how_old(tmp_path: Path) -> None:
    news = Announcement.model_validate(
        {
            "specversion": "1.0",
            "id": "1",
            "source": "pledgewatch",
            "type": "clock.breached",
            "subject": "CALL-1/call-999",
            "time": "2009-10-24T19:00:10.000Z",
            "recordedtime": "2009-10-24T20:00:10.000Z",
            "data": {
                "standard": "call-999",
                "pack": "met-pledge-2009",
                "pack_version": 1,
                "subject": "CALL-1",
                "verdict": "breached",
                "revision": 1,
                "late": True,
            },
        }
    )
    assert str(tell(news, load_pack("met-pledge-2009").zone)).endswith(" [old news: 1h ago]")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            [
                event("+0s", "incident.created", "CAD-1", grade="I"),
                event("+1m", "incident.cancelled", "CAD-1", seen="+13m"),
            ],
            "taken back  immediate incident CAD-1: does not count: it was cancelled in time",
        ),
        (
            [
                event("+0s", "call.presented", "CALL-1", line="101", exercise=True),
                event("+31s", "call.answered", "CALL-1"),
            ],
            "call CALL-1 (exercise): not answered within 30s",
        ),
        (
            [event("+0s", "message.received", "MSG-1", team="Dalston SNT")],
            "message MSG-1: not answered within 1d",
        ),
    ],
)
def test_each_kind_of_clock_has_its_words(tmp_path: Path, lines: list[bytes], words: str) -> None:
    assert any(words in told for told in _told(tmp_path, *lines))
