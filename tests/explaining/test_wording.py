"""Words for everything there is: no type of event, no reason and no effect is told by its bare name."""

import pytest

from clocks.history import STARTS
from explaining.happenings import KEPT_BY, in_words, named
from explaining.headlines import ENDED
from explaining.rules import REASON_RULES, START_RULES, STOP_RULES
from schemas.cloudevent import KINDS
from schemas.events import OF_SOURCES, TYPES
from schemas.facts import Fact
from schemas.reasons import REASONS
from schemas.times import duration_in_words

DATA = {
    "call.presented": {"line": "999"},
    "incident.created": {"grade": "I"},
    "incident.regraded": {"grade": "S"},
    "incident.merged": {"into": "CAD-2"},
    "incident.absorbed": {"child": "CAD-2", "since": 0},
    "incident.released": {"child": "CAD-2"},
    "message.redirected": {"to": "desk"},
    "message.responded": {"kind": "reply"},
    "appointment.made": {"for": 0},
    "ward.month_opened": {"month": "2009-10"},
    "event.withdrawn": {"event": "c-1"},
    **{
        f"unit.{what}": {"unit": "GD21"}
        for what in ("dispatched", "stood_down", "diverted", "arrived", "staged")
    },
}
"""What must be told of each type for its words."""


@pytest.mark.parametrize("name", sorted(set(TYPES) - OF_SOURCES))
def test_every_event_has_its_words_and_its_name(name):
    fact = Fact("cad", "c-1", name, 0, 0, DATA.get(name, {}))

    assert in_words(fact) != name
    assert "." not in named(fact)


def test_every_start_every_stop_and_every_reason_has_its_rule():
    assert set(START_RULES) == set(STARTS)
    assert set(STOP_RULES) == set(ENDED)
    assert set(REASONS) <= set(REASON_RULES)
    assert set(KEPT_BY) == set(KINDS)
    assert {kind for kind, _, _ in KEPT_BY.values()} <= set(STOP_RULES)


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0 s"),
        (1, "1 ms"),
        (999, "999 ms"),
        (1_000, "1 s"),
        (15_001, "15.001 s"),
        (59_999, "59.999 s"),
        (60_000, "1 min"),
        (72_999, "1 min 12 s"),
        (3_600_000, "1 h"),
        (86_400_000, "1 day"),
        (2 * 86_400_000 + 3_605_000, "2 days 1 h 5 s"),
    ],
)
def test_a_duration_is_said_as_people_say_it(ms, words):
    assert duration_in_words(ms) == words
