"""What happened of an alert, line by line: everything that can be done has words."""

import pytest

from alerting.messages.history import done, history
from schemas.actions import ACTION_TYPES
from tests.alerting.entries import act
from tests.alerting.tellings import ACKNOWLEDGED, BREACH, LONDON, RISK, folded

TOLD = {"step": "s", "channel": "mail", "to": "Insp Shah", "about": "a", "stage": "breached"}
DONE = {
    "alert.acknowledged": ({"by": "Insp Shah", "note": "on it"}, "acknowledged by Insp Shah: on it"),
    "alert.assigned": ({"by": "Insp Shah", "to": "PS Lee"}, "assigned to PS Lee by Insp Shah"),
    "alert.snoozed": (
        {"by": "Insp Shah", "until": "2009-10-24T20:00:00Z"},
        "left alone until 24 Oct 21:00:00 by Insp Shah",
    ),
    "alert.commented": ({"by": "Insp Shah", "note": "no car free"}, "Insp Shah said: no car free"),
    "alert.handed_over": (
        {"by": "Insp Shah", "to": "Insp Baker", "handover": "h", "note": "two open"},
        "handed over to Insp Baker by Insp Shah: two open",
    ),
    "alert.closed": ({"by": "Insp Shah"}, "closed by Insp Shah"),
    "alert.retried": ({"by": "Insp Shah", "step": "s"}, "Insp Shah had a message tried again"),
    "alert.escalated": (
        {"rung": 1, "role": "chief", "to": ["CI Gray"], "because": "unacknowledged for 5m"},
        "went up to chief (CI Gray): unacknowledged for 5m",
    ),
    "alert.notified": (TOLD, "Insp Shah was told by mail"),
    "alert.parked": ({**TOLD, "problem": "no address"}, "Insp Shah could not be told by mail: no address"),
    "situation.opened": ({"kind": "storm", "words": "6 in 5m", "policy": "p"}, "6 in 5m"),
    "situation.joined": ({"situation": "storm/1"}, "told as part of storm/1"),
    "situation.closed": ({"because": "quiet for 15m"}, "over: quiet for 15m"),
}


def test_there_is_nothing_to_do_without_words() -> None:
    assert set(DONE) == set(ACTION_TYPES)


@pytest.mark.parametrize("type_", sorted(DONE))
def test_what_was_done_is_told(type_: str) -> None:
    data, words = DONE[type_]
    assert done(act(type_, "+20m", **data), LONDON) == words  # type: ignore[arg-type]


def test_a_rung_with_nobody_on_duty_says_so() -> None:
    nobody = act("alert.escalated", "+20m", rung=1, role="chief", because="unacknowledged for 5m")
    assert done(nobody, LONDON) == "went up to chief (nobody on duty): unacknowledged for 5m"


def test_it_is_told_as_it_became_known_whatever_came_first() -> None:
    lines = history(folded(ACKNOWLEDGED, BREACH, RISK), LONDON)
    assert [line.when for line in lines] == ["24 Oct 20:09:00", "24 Oct 20:12:00", "24 Oct 20:13:00"]
    assert lines[-1].words == "acknowledged by Insp Shah: on it"
