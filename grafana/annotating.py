"""Annotations in Grafana: written so that once, twice or after a crash come to the same.

Grafana itself is the memory: each annotation carries a tag that names it, and is looked for by that before it is
written.
"""

from typing import Any, NamedTuple
from urllib.parse import quote

from grafana.breaches import OURS, Annotation
from grafana.server import Grafana

REMEMBERED = 50_000
"""Annotations whose numbers are remembered, those written last; others are looked for by their tag."""


class _Held(NamedTuple):
    """An annotation as Grafana has it."""

    number: int
    annotation: Annotation


class Annotations:
    """The annotations of one Grafana that are ours; it blocks."""

    def __init__(self, grafana: Grafana) -> None:
        self._grafana, self._api = grafana, grafana.face.annotations
        self._known: dict[str, _Held] = {}

    def check(self) -> None:
        """GrafanaError where annotations cannot even be read."""
        self._grafana.ask("reading annotations", lambda: self._api.get_annotation(tags=[OURS], limit=1))

    def write(self, name: str, wanted: Annotation | None) -> str:
        """Makes what is named by the tag `name` as it is wanted: `added`, `changed`, `removed` or `unchanged`.

        GrafanaError where that cannot be had: then it is looked for again the next time.
        """
        held = self._known.pop(name, None) or self._find(name)
        if wanted is None:
            return self._removed(name, held)
        if held is None:
            return self._keep(name, _Held(self._add(name, wanted), wanted), "added")
        if _same(held.annotation, wanted):
            return self._keep(name, held, "unchanged")
        self._change(name, held.number, wanted)
        return self._keep(name, _Held(held.number, wanted), "changed")

    def _keep(self, name: str, held: _Held, outcome: str) -> str:
        self._known[name] = held
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return outcome

    def _find(self, name: str) -> _Held | None:
        # grafana-api puts tags into the address as they are: a # would end it.
        tags = [quote(each, safe="") for each in (OURS, name)]
        found = self._grafana.ask(
            f"looking for {name}",
            lambda: [_held(each) for each in self._api.get_annotation(tags=tags) if name in each["tags"]],
        )
        held = sorted(found, key=lambda each: each.number)
        # Two who wrote at the same moment: one is enough.
        for spare in held[1:]:
            self._remove(name, spare.number)
        return held[0] if held else None

    def _add(self, name: str, wanted: Annotation) -> int:
        return self._grafana.ask(
            f"adding {name}",
            lambda: int(
                self._api.add_annotation(
                    time_from=wanted.start, time_to=wanted.end, tags=list(wanted.tags), text=wanted.text
                )["id"]
            ),
        )

    def _change(self, name: str, number: int, wanted: Annotation) -> None:
        self._grafana.ask(
            f"changing {name}",
            lambda: self._api.partial_update_annotation(
                number, time_from=wanted.start, time_to=wanted.end, tags=list(wanted.tags), text=wanted.text
            ),
        )

    def _removed(self, name: str, held: _Held | None) -> str:
        if held is None:
            return "unchanged"
        self._remove(name, held.number)
        return "removed"

    def _remove(self, name: str, number: int) -> None:
        self._grafana.ask(f"removing {name}", lambda: self._api.delete_annotations_by_id(number))


def _held(found: dict[str, Any]) -> _Held:
    start = int(found["time"])
    end = int(found.get("timeEnd") or start)
    return _Held(int(found["id"]), Annotation(start, end, found["text"], tuple(found["tags"])))


def _same(held: Annotation, wanted: Annotation) -> bool:
    return (held.start, held.end, held.text, sorted(held.tags)) == (
        wanted.start,
        wanted.end,
        wanted.text,
        sorted(wanted.tags),
    )
