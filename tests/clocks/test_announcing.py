"""Announcements whole, field by field, as their readers on `breach-alerts` get them."""

from typing import Any

import msgspec
import pytest

from clocks.announcing import announcement, announcement_id, delay, encoded
from clocks.announcing_feeds import encoded_feed, feed_announcement
from clocks.feeds import Feed
from clocks.finding import Finding
from clocks.saying import AT_RISK, OPEN_AGAIN, STOPPED, UNRESOURCED, VERDICT, Said
from clocks.silence import BACK, SILENT, FeedNews
from schemas.times import MINUTE, SECOND
from tests.clocks.histories import PACK, ZERO

DUE = ZERO + 12 * MINUTE
FINDING = Finding(
    standard="attend-immediate",
    start=ZERO,
    due=DUE,
    breach_at=DUE + 1,
    known=ZERO + SECOND,
    verdict="met",
    stop=DUE - MINUTE,
    decided=DUE + 4 * MINUTE,
    evidence=("e1", "e2"),
)
TAKEN_BACK = Said(
    clock="CAD-1/attend-immediate",
    subject="CAD-1",
    standard="attend-immediate",
    kind=VERDICT,
    verdict="met",
    reason=None,
    about=DUE + 4 * MINUTE,
    said_at=DUE + 4 * MINUTE + 7,
    revision=2,
    corrects="breached",
    corrects_revision=1,
    finding=FINDING,
    cohort="probe",
    attributes={"borough": "Hackney"},
    news="clock.met",
    pack=PACK,
)
BREACHED = TAKEN_BACK._replace(
    verdict="breached",
    about=DUE,
    said_at=DUE + 1 + SECOND,
    revision=1,
    corrects=None,
    corrects_revision=None,
    finding=msgspec.structs.replace(FINDING, verdict=None, stop=None, decided=None, evidence=("e1",)),
    news="clock.breached",
)


def test_what_takes_a_breach_back_whole() -> None:
    assert announcement(TAKEN_BACK, PACK, settle=0) == {
        "specversion": "1.0",
        "id": "30977bd8-ad56-566c-af76-584fdcdd0a46",
        "source": "pledgewatch",
        "type": "clock.met",
        "subject": "CAD-1/attend-immediate",
        "time": "2009-10-24T22:16:00.000Z",
        "recordedtime": "2009-10-24T22:16:00.007Z",
        "datacontenttype": "application/json",
        "data": {
            "standard": "attend-immediate",
            "pack": "met-pledge-2009",
            "pack_version": PACK.version,
            "subject": "CAD-1",
            "verdict": "met",
            "reason": None,
            "start": "2009-10-24T22:00:00.000Z",
            "due": "2009-10-24T22:12:00.000Z",
            "stop": "2009-10-24T22:11:00.000Z",
            "elapsed_ms": 11 * MINUTE,
            "skew": False,
            "cohort": "probe",
            "evidence": ["e1", "e2"],
            "revision": 2,
            "corrects": announcement_id("CAD-1/attend-immediate", 1),
            "corrects_verdict": "breached",
            "evidence_late_ms": 5 * MINUTE,
            "late": False,
            "catching_up": False,
            "delay_ms": None,
            "borough": "Hackney",
        },
    }


def test_a_breach_corrects_nothing_and_tells_its_delay() -> None:
    told = announcement(BREACHED, PACK, settle=SECOND - 3, catching_up=True)["data"]
    assert {
        name: told[name] for name in ("stop", "elapsed_ms", "corrects", "corrects_verdict")
    } == dict.fromkeys(("stop", "elapsed_ms", "corrects", "corrects_verdict"))
    assert (told["evidence_late_ms"], told["delay_ms"], told["catching_up"]) == (None, 3, True)


def test_a_clock_that_never_ran_has_no_times() -> None:
    told = announcement(TAKEN_BACK._replace(finding=None, reason="never-ran"), PACK, settle=0)["data"]
    assert (told["start"], told["due"], told["stop"], told["skew"]) == (None, None, None, False)
    assert (told["reason"], told["evidence"], told["evidence_late_ms"]) == ("never-ran", [], None)


@pytest.mark.parametrize("lacking", ["stop", "decided"])
def test_how_late_its_evidence_was_takes_a_stop_and_its_recording(lacking: str) -> None:
    said = TAKEN_BACK._replace(finding=msgspec.structs.replace(FINDING, **{lacking: None}))
    assert announcement(said, PACK, settle=0)["data"]["evidence_late_ms"] is None


@pytest.mark.parametrize(
    ("said", "settle", "expected"),
    [
        (BREACHED, SECOND, 0),
        (BREACHED, SECOND - 7, 7),
        (BREACHED, 2 * SECOND, 0),  # evidence within settle said it sooner
        (BREACHED._replace(about=DUE + 5), SECOND, None),  # evidence brought it
        (BREACHED._replace(kind=OPEN_AGAIN), SECOND - 7, None),
        (BREACHED._replace(corrects="met"), SECOND - 7, None),
        (BREACHED._replace(finding=None), SECOND - 7, None),
        (BREACHED._replace(kind=STOPPED), SECOND - 7, None),
        (BREACHED._replace(kind=AT_RISK, about=DUE - MINUTE, said_at=DUE - MINUTE + 9), 5, 4),
        (BREACHED._replace(kind=UNRESOURCED, about=DUE - MINUTE, said_at=DUE - MINUTE + 9), 5, 4),
        (BREACHED._replace(kind=AT_RISK, about=DUE, said_at=DUE + 5), 5, 0),
        (BREACHED._replace(kind=AT_RISK, about=DUE, said_at=DUE + 4), 5, 0),
    ],
)
def test_the_delay_is_known_where_a_moment_fired_it(said: Said, settle: int, expected: int | None) -> None:
    assert delay(said, settle) == expected


def test_as_json_it_is_the_same() -> None:
    for catching_up in (False, True):
        told = announcement(BREACHED, PACK, settle=SECOND, catching_up=catching_up)
        assert msgspec.json.decode(encoded(BREACHED, PACK, settle=SECOND, catching_up=catching_up)) == told
    assert not msgspec.json.decode(encoded(BREACHED, PACK, settle=SECOND))["data"]["catching_up"]


FEED = Feed(source="cad/north", topic="dispatch", silence=2 * MINUTE, boroughs=("Barnet", "Enfield"))
SILENCE = FeedNews(
    FEED, SILENT, about=ZERO + 2 * MINUTE + 1, said_at=ZERO + 2 * MINUTE + 1_008, revision=3, last=ZERO
)
HEARD_AGAIN = SILENCE._replace(news=BACK, about=ZERO + 9 * MINUTE, said_at=ZERO + 9 * MINUTE + 5, revision=4)


def _of_feed(news: FeedNews, **more: Any) -> dict[str, Any]:
    return feed_announcement(news, PACK, settle=SECOND, **more)


def test_a_silence_whole() -> None:
    assert _of_feed(SILENCE) == {
        "specversion": "1.0",
        "id": announcement_id("feed/dispatch/cad/north", 3),
        "source": "pledgewatch",
        "type": "feed.silent",
        "subject": "feed/dispatch/cad/north",
        "time": "2009-10-24T22:02:00.001Z",
        "recordedtime": "2009-10-24T22:02:01.008Z",
        "datacontenttype": "application/json",
        "data": {
            "feed": "cad/north",
            "topic": "dispatch",
            "boroughs": ("Barnet", "Enfield"),
            "silence_ms": 2 * MINUTE,
            "last": "2009-10-24T22:00:00.000Z",
            "revision": 3,
            "corrects": None,
            "late": False,
            "catching_up": False,
            "delay_ms": 7,
        },
    }


def test_a_feed_that_is_back_takes_its_silence_back_and_has_no_delay() -> None:
    told = _of_feed(HEARD_AGAIN, catching_up=True)
    assert told["type"] == "feed.back"
    assert told["data"]["corrects"] == announcement_id("feed/dispatch/cad/north", 3)
    assert (told["data"]["delay_ms"], told["data"]["catching_up"]) == (None, True)


@pytest.mark.parametrize(("waited", "late"), [(PACK.page_within, False), (PACK.page_within + 1, True)])
def test_a_silence_of_long_ago_is_late(waited: int, late: bool) -> None:
    assert _of_feed(SILENCE._replace(said_at=SILENCE.about + waited))["data"]["late"] is late


def test_a_silence_told_within_settle_has_no_delay() -> None:
    assert _of_feed(SILENCE._replace(said_at=SILENCE.about + SECOND))["data"]["delay_ms"] == 0
    assert _of_feed(SILENCE._replace(said_at=SILENCE.about))["data"]["delay_ms"] == 0


def test_of_a_feed_too_it_is_the_same_as_json() -> None:
    for catching_up in (False, True):
        told = msgspec.json.decode(encoded_feed(SILENCE, PACK, settle=SECOND, catching_up=catching_up))
        whole = _of_feed(SILENCE, catching_up=catching_up)
        assert told == whole | {"data": whole["data"] | {"boroughs": ["Barnet", "Enfield"]}}
    assert not msgspec.json.decode(encoded_feed(SILENCE, PACK, settle=SECOND))["data"]["catching_up"]
