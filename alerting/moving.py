"""What a transaction changes of the indexes, gathered first so that each key of Redis is written once."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from alerting.indexing import Facet, Index


class Moves:
    """Alerts on their way from where they were found to where they are found now."""

    def __init__(self, key: Callable[..., str]) -> None:
        """`key` makes a key of the store's of its parts."""
        self._key = key
        self._added: defaultdict[str, set[str]] = defaultdict(set)
        self._removed: defaultdict[str, set[str]] = defaultdict(set)
        self._scored: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._unscored: defaultdict[str, set[str]] = defaultdict(set)

    def move(self, alert_id: str, before: Index | None, after: Index | None) -> None:
        """An alert moves; None where it is found nowhere."""
        old: frozenset[Facet] = before.facets if before else frozenset()
        new: frozenset[Facet] = after.facets if after else frozenset()
        for facet in old - new:
            self._removed[self._key("by", *facet)].add(alert_id)
        for facet in new - old:
            self._added[self._key("by", *facet)].add(alert_id)
        for key in self._scores(before).keys() - self._scores(after).keys():
            self._unscored[key].add(alert_id)
        for key, score in self._scores(after).items():
            self._scored[key][alert_id] = score

    def write(self, pipe: Any) -> None:
        """Gives the transaction what was gathered."""
        for key, ids in self._removed.items():
            pipe.srem(key, *ids)
        for key, ids in self._added.items():
            pipe.sadd(key, *ids)
        for key, ids in self._unscored.items():
            pipe.zrem(key, *ids)
        for key, scores in self._scored.items():
            pipe.zadd(key, scores)

    def _scores(self, index: Index | None) -> dict[str, int]:
        """The sorted sets that an alert stands in, and as what. What moved is due to be looked at."""
        if index is None:
            return {}
        # After a rebuild all are due: what is open is looked at first.
        scores = {self._key("rank"): index.rank, self._key("next"): 0 if index.open else 1}
        if index.storm:
            scores[self._key("raised", *index.storm)] = index.raised_at
        return scores
