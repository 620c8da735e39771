"""The reference page of the events, from the models that check them at the border."""

from collections.abc import Iterator
from typing import Any

from pledgewatch.docs.tables import doc_of, fields_table
from schemas.cloudevent import CloudEvent, Data, StartData
from schemas.events import INPUT_TOPICS, TYPES, EventType

_OPENING = """# Events

Made from the models in `schemas/` by `make docs`; change it there. What the rules make of the events:
[what the clocks mean](../semantics.md).

An event is one [CloudEvents 1.0](https://cloudevents.io) object in JSON. Its Kafka key is its `subject`, hashed
with murmur2 (with librdkafka: `partitioner=murmur2_random`).

```json
{"specversion": "1.0", "id": "cad-71-3", "source": "cad-north", "type": "unit.arrived", "subject": "CAD-71",
 "time": "2009-10-24T22:26:03+01:00", "recordedtime": "2009-10-24T22:26:05+01:00", "data": {"unit": "GD21"}}
```
"""
_ENVELOPE = """## The envelope

`type` and `subject` are given with each type below, and are required. `time` is when it happened, `recordedtime`
when it was recorded; left out, that is the same. Both are RFC 3339 with an offset, of the years 1970 to 2199. Other
fields of the envelope are ignored. Fields of `data` that are not listed are dropped and counted; a field that is
`null` is as good as absent. Where a type lists no data, `data` may be left out. `source` and `id` together tell one
event from another (S1).
"""
_NO_DATA = "No data.\n"


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_OPENING, _ENVELOPE, *fields_table(CloudEvent), *_topics()])


def _topics() -> Iterator[str]:
    own = [each for each in TYPES.values() if len(each.topics) == 1]
    for topic in INPUT_TOPICS:
        yield f"## {topic}\n"
        yield from _types([each for each in own if topic in each.topics])
    yield "## Every topic\n"
    yield from _types([each for each in TYPES.values() if len(each.topics) > 1])


def _types(types: list[EventType]) -> Iterator[str]:
    for each in types:
        yield f"### {each.name}\n"
        yield f"{doc_of(each.model)} {_subject(each)}\n"
        yield from _data(each.model)


def _subject(event_type: EventType) -> str:
    if not event_type.kinds:
        return "Subject: the source."
    return f"Subject: {', '.join(f'`{kind}-…`' for kind in event_type.kinds)}."


def _data(model: type[CloudEvent]) -> Iterator[str]:
    data: Any = model.model_fields["data"].annotation
    table = fields_table(data)
    if not table:
        yield _NO_DATA
        return
    if data not in (Data, StartData):
        yield f"{doc_of(data)}\n"
    yield from table
