"""The reference page of the metrics, from the families that a worker's collector yields."""

from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client.core import Metric

from agents.annotate import OUTCOMES, measured
from agents.register import Register
from alerting.delivered import DELAY_EDGES as DELIVERY_EDGES
from alerting.delivered import Delivered
from board.measured import BoardCollector
from board.now import Health
from clocks.standard import Pack
from clocks.tallies import WEEKS_KEPT, WINDOWS
from register.database import open_register
from register.store import RegisterStore
from standards.loader import DEFAULT_PACK, load_pack
from streams.metrics import BOROUGHS_SHOWN, OTHER, VERDICTS, Boroughs, Snapshot, WorkerCollector
from streams.observed import DELAY_EDGES, DURATION_EDGES, Observed

_OPENING = """# Metrics

Made from the collector in `streams/metrics.py` by `make docs`; change it there. A worker serves them at `/metrics`,
in the text format of Prometheus or OpenMetrics, whichever is asked for. What they count:
[numbers](../semantics.md#numbers).

Counts are given, never rates. While a partition moves from one worker to another, both may show it for a moment: take
the greatest a partition first, then add up. [Rules for Prometheus](../prometheus.md) do that, and make the shares:

```promql
sum by (standard, verdict, window) (
  max by (standard, borough, verdict, reason, cohort, window, partition) (pledge_clocks)
)
```
"""
_OF_DESKS = """
## Of a duty desk

`pledgewatch alerting run` serves these. Counters and histograms start at zero with the process; add up those of all
desks, but take the greatest of the two gauges, for every desk sees the same alerts. `pledge_dead_letters_total` is
theirs, too, of `breach-alerts` and `alert-actions`.
"""
_HEAD = ("| metric | kind | labels | |", "|---|---|---|---|")
_LABELS = f"""
## Labels

- `verdict`: {", ".join(f"`{verdict}`" for verdict in VERDICTS)}. `reason`: why it is excluded or unverifiable, else
  empty. `cohort`: `live`, `probe` (M3) or `exercise` (M8).
- `borough`: the first {BOROUGHS_SHOWN} names a worker meets; the rest, and the unknown, are `{OTHER}`.
- `window`: {", ".join(f"`{window}`" for window in WINDOWS)}, by when a clock fell due (N1), to the minute;
  the far end of `7d` to the hour.
- `week`: the local ISO week of the due, such as `2009-W43`; {WEEKS_KEPT} are kept.
- `line`: `999` or `{OTHER}`. `outcome`, of live calls alone (C2, C3): `in` and `late` (answered), `abandoned_5s`,
  `abandoned_in` (later, but in time), `abandoned_late`. An answer after a late abandonment is `late`.
- `stage`: `running`, `at-risk` or `breached`. `partition`, `topic`: Kafka's.
- `reason` of a dead letter: [dead letters](../running-it.md#dead-letters).
- `clock`: of which kind it is: `wall`, `scaled` or `events`.
- `kind` of an announcement: `verdict`, `at-risk`, `un-resourced`.

One zero is shown for each standard and verdict, so that a rate exists before the first breach.

## Histograms

Both count live work only: what a take-over restores is not counted again.

- `pledge_duration_seconds`, upper edges: {", ".join(map(str, DURATION_EDGES))}.
- `pledge_announce_delay_seconds`, upper edges: {", ".join(f"{edge:g}" for edge in DELAY_EDGES)}.
  Real seconds, from due + settle, of announcements that a moment fired.
"""
_OF_DELIVERY = f"""
- `channel`: its name in the policy. `outcome`: `told`, `failed` (it is tried again) or `parked` (given up).
- `pledge_delivery_delay_seconds`, upper edges: {", ".join(f"{edge:g}" for edge in DELIVERY_EDGES)}.
  Real seconds. Of news the moment to tell is when it was announced, or the end of the quiet hours that held it.
"""
_OF_BOARDS = """
## Of a board

`pledgewatch board` serves these on its own port, under any name. Several boards look at one view: take the greatest,
but add up the viewers. Where Redis is away it answers 503, so Prometheus counts it as down.
"""
_OF_A_REGISTER = """
## Of a register

`pledgewatch register run` serves these. Several registers write the same tables: take the least of the two that say
how far they are behind.
"""
_OF_THE_ANNOTATOR = f"""
## Of the annotator

`pledgewatch grafana annotate` serves these. `outcome`: {", ".join(f"`{outcome}`" for outcome in OUTCOMES)}.
"""


def page() -> str:
    """The whole page, as Markdown."""
    rows = [_row(family) for family in _families(load_pack(DEFAULT_PACK))]
    desks = [_described(each) for each in Delivered().all]
    boards = [_row(family) for family in BoardCollector(None, Health(), 0, 0).collect()]
    nothing: Any = None
    store = RegisterStore(open_register("sqlite://"))
    register = [_row(family) for family in Register(nothing, store, nothing).collect()]
    annotator = [_row(family) for family in measured({}, 0)]
    of_desks = [_OF_DESKS, *_HEAD, *desks, _OF_DELIVERY.rstrip()]
    of_boards = [_OF_BOARDS, *_HEAD, *boards, _OF_A_REGISTER, *_HEAD, *register]
    of_others = [*of_boards, _OF_THE_ANNOTATOR, *_HEAD, *annotator, ""]
    return "\n".join([_OPENING, *_HEAD, *rows, _LABELS.rstrip(), *of_desks, *of_others])


def _families(pack: Pack) -> Iterator[Metric]:
    empty = Snapshot(now=0, lanes=[], observed=Observed())
    yield from WorkerCollector(empty, pack, Boroughs()).collect()


def _row(family: Metric) -> str:
    labels = family._labelnames  # type: ignore[attr-defined]
    return _line(family.name, family.type, labels, family.documentation)


def _described(metric: Any) -> str:
    """One that counts by itself, and is not made for a scrape."""
    return _line(metric._name, metric._type, metric._labelnames, metric._documentation)


def _line(name: str, kind: str, labels: Iterable[str], words: str) -> str:
    shown = f"{name}_total" if kind == "counter" else name
    return f"| `{shown}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {words} |"
