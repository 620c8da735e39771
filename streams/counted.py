"""What a worker counted as it went, as families of metrics."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from prometheus_client.core import Metric

from clocks.saying import AT_RISK, UNRESOURCED, VERDICT
from schemas.errors import REFUSALS
from schemas.events import INPUT_TOPICS
from streams.families import counter, histogram
from streams.observed import DELAY_EDGES, Histogram, Observed


def counted(observed: Observed, standards: Iterable[str]) -> Iterator[Metric]:
    """Every family of them, each once; `standards` are the pack's."""
    # A counter that begins with its first event hides it from rates: each begins with zeros.
    dead = dict.fromkeys(product(INPUT_TOPICS, REFUSALS), 0) | observed.dead_letters
    yield counter("pledge_dead_letters", "Records that could not be read or judged.", "topic reason", dead)
    dropped = _each(dict.fromkeys(INPUT_TOPICS, 0) | observed.dropped_fields)
    yield counter("pledge_dropped_fields", "Data fields nobody knows, left out.", "topic", dropped)
    corrections = _each(dict.fromkeys(standards, 0) | observed.corrections)
    yield counter("pledge_corrections", "Verdicts taken back by later evidence.", "standard", corrections)
    yield counter("pledge_events", "Records folded.", "", {(): observed.events})
    yield counter("pledge_transactions", "Groups committed.", "", {(): observed.groups})
    yield counter(
        "pledge_hand_overs", "Partitions taken over, read from the ledger.", "", {(): observed.hand_overs}
    )
    yield counter(
        "pledge_hand_over_seconds", "Time that took, all told.", "", {(): observed.hand_over_seconds}
    )
    yield histogram(
        "pledge_duration_seconds",
        "From start to stop of clocks that stopped live.",
        "standard",
        observed.durations,
    )
    delays = {
        kind: observed.delays.get(kind, Histogram(DELAY_EDGES)) for kind in (VERDICT, AT_RISK, UNRESOURCED)
    }
    yield histogram(
        "pledge_announce_delay_seconds", "From due and settle to its announcement.", "kind", delays
    )


def _each(numbers: Mapping[str, int]) -> dict[tuple[str], int]:
    """Of one label."""
    return {(label,): number for label, number in numbers.items()}
