"""The reference page of what a worker writes: announcements and ledger records, from the models that read them."""

from collections.abc import Iterator
from typing import cast

from pydantic import BaseModel

from clocks.judging import RULES_VERSION
from pledgewatch.docs.tables import doc_of, fields_table
from schemas.actions import ACTION_TYPES, BY_PEOPLE, Act
from schemas.announcements import Announcement, AnnouncementData, FeedAnnouncementData
from schemas.ledger import (
    CountedBy,
    LedgerClock,
    LedgerFact,
    LedgerFeed,
    LedgerFinding,
    LedgerRecord,
    LedgerRevision,
    LedgerTimes,
    LedgerWeek,
)

_OPENING = """# Announcements, actions and the ledger

Made from the models in `schemas/announcements.py`, `schemas/actions.py` and `schemas/ledger.py` by `make docs`;
change it there.

## Announcements: the topic `breach-alerts`

One CloudEvent in JSON for each piece of news. The Kafka key is the clock (`CAD-71/attend-immediate`), the partition
that of the clock's subject. The `id` is made of clock and revision, so reading one twice does no harm.
"""
_TYPES = """### Types

| type | what it says |
|---|---|
| `clock.at_risk` | three quarters of the time are gone, or what share the pack names (P1) |
| `incident.unresourced` | no unit is assigned (P1) |
| `clock.breached` | the promise is broken; or a breach that had stopped is open again |
| `clock.stopped` | a breached clock stopped, or its stop moved: how late it was |
| `clock.unverifiable` | it cannot be judged, and why |
| `clock.met`, `clock.excluded` | said only where one of the above was said of the same clock before |
| `feed.silent`, `feed.back` | nothing was heard of a feed for longer than its `silence`; it is heard again (S6) |

Beside the fields of `data` below stand the subject's attributes, those that are known. Of a call: `borough`, `line`.
Of an incident: `borough`, `ward`, `category`, `area`, `grade`, `first_grade`, `regrades` (each with `at`, `grade`,
`by`, `reason`, `before_due_ms`), `flags`, `units`, `chased`, `merged_into`. Of a message: `borough`, `ward`, `team`,
`channel`, `redirected`.
"""
_FEEDS = """### Of a feed

`feed.silent` and `feed.back` have the same envelope. Their Kafka key and `subject` are the feed's name in the ledger
(`feed/dispatch/cad/north`), their partition that of the source's name.
"""
_ACTIONS = """## Actions: the topic `alert-actions`

One CloudEvent in JSON for each thing done about an alert: by a person, or by the desk of its own accord. The Kafka
key is the alert: a clock, a feed or a situation. The same `id` again is the same action.
"""
_LEDGER = """## Ledger records: the topic `clock-ledger`

One JSON object a subject, keyed by it, the latest standing; a field that has its default is left out. Times are
milliseconds since 1970-01-01T00:00Z. A record without a value (a tombstone) says that the subject was forgotten (S8).
"""
_TALLIES = """### Counts of forgotten subjects

Beside the subjects stand, in each partition, the counts of the clocks whose subjects were forgotten there: written in
the same transaction as their tombstones, so a clock is either held or counted here, never both. The counts of a week
are dropped with the ninth week after it.
"""
_RULES = f"""`rules` is the version of the judges that wrote the record: now {RULES_VERSION}.
"""


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_OPENING, *fields_table(Announcement), _TYPES, *_told(), *_actions(), *_ledger()])


def _told() -> Iterator[str]:
    yield from _model("data", AnnouncementData)
    yield _FEEDS
    yield from _model("data of a feed", FeedAnnouncementData)


def _actions() -> Iterator[str]:
    yield _ACTIONS
    yield from fields_table(Act)
    for name, model in ACTION_TYPES.items():
        whose = "a person" if model in BY_PEOPLE else "the desk"
        yield f"### {name}\n\n{doc_of(model)} Done by {whose}.\n"
        yield from fields_table(cast(type[BaseModel], model.model_fields["data"].annotation))


def _ledger() -> Iterator[str]:
    yield _LEDGER
    yield from fields_table(LedgerRecord)
    yield _RULES
    yield f"### A fact\n\n{doc_of(LedgerFact)} A list of: {', '.join(f'`{each}`' for each in LedgerFact._fields)}.\n"
    yield from _model("A clock", LedgerClock)
    yield from _model("A finding", LedgerFinding)
    yield from _model("A revision", LedgerRevision)
    yield from _model("A feed", LedgerFeed)
    yield _TALLIES
    yield from _model("`tally/<week>`", LedgerWeek)
    yield f"{doc_of(CountedBy)} A list of: {', '.join(f'`{each}`' for each in CountedBy._fields)}.\n"
    yield from _model("`tally/times`", LedgerTimes)


def _model(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"### {title}\n\n{doc_of(model)}\n"
    yield from fields_table(model)
