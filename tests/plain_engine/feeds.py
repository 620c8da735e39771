"""S6: what was heard of each feed, and when it could not be known whether anything had happened."""

KIND_TOPICS = {"CALL": ("call-answer",), "CAD": ("dispatch", "arrival"), "MSG": ("snt-message",)}
OTHERS = ("pledge-contact",)


class Ears:
    """What has been heard of the feeds that are named; each a dict of source, topic, silence, boroughs and skew."""

    def __init__(self, feeds):
        self.feeds = feeds
        self.heard, self.through, self.outages = {}, {}, {}

    def hear(self, event):
        """A record: a sign of life, a promise, or an outage declared."""
        feed = (event["source"], event["topic"])
        if event["type"] == "source.outage":
            self.outages.setdefault(feed, []).append(event)
            return
        self.heard.setdefault(feed, []).append(event["recorded"])
        through = event["data"].get("through") if event["type"] == "source.heartbeat" else None
        if through is not None:
            promised = min(through, event["recorded"])
            self.through[feed] = max(self.through.get(feed, 0), promised)

    def moments(self):
        """When each feed falls silent if nothing more is heard of it."""
        named = {(feed["source"], feed["topic"]): feed["silence"] for feed in self.feeds}
        return [max(records) + named[feed] + 1 for feed, records in self.heard.items() if feed in named]

    def hidden_since(self, kind, start, due, now):
        """Since when (ms) it is known that a due cannot be judged, the earliest of its feeds; None: it can be."""
        since = (self._hidden(feed, due, now) for feed in self._depended_on(kind, start))
        return min((each for each in since if each is not None), default=None)

    def _depended_on(self, kind, start):
        borough = start["data"].get("borough")
        topics = KIND_TOPICS.get(kind, OTHERS)
        of_borough = [
            feed for feed in self.feeds if feed["topic"] in topics and borough in (feed["boroughs"] or ())
        ]
        return of_borough or [
            feed
            for feed in self.feeds
            if (feed["source"], feed["topic"]) == (start["source"], start["topic"])
            and (not feed["boroughs"] or borough is None)
        ]

    def _hidden(self, feed, due, now):
        name = (feed["source"], feed["topic"])
        if self.through.get(name, -1) >= due:
            return None
        if self._in_outage(name, due):
            return due
        records = self.heard.get(name, [])
        before = max((each for each in records if each <= due), default=None)
        after = min((each for each in records if each > due), default=now)
        if before is None or before == due or after - before <= feed["silence"]:
            return None
        return before + feed["silence"] + 1

    def _in_outage(self, name, due):
        latest = {}
        for event in sorted(self.outages.get(name, []), key=_standing):
            if event["recorded"] <= due:
                latest[event["id"]] = event["data"]
        return any(data["from"] <= due < data["until"] for data in latest.values())


def _standing(outage):
    """Of two declared at one instant, the one that begins later stands, then the one that ends later (S6)."""
    return outage["recorded"], outage["data"]["from"], outage["data"]["until"]


def skew_of(event, feeds, pack):
    """T7: how far before the start a stop may lie: what its feed declares, else the pack's."""
    declared = [
        feed["skew"]
        for feed in feeds
        if (feed["source"], feed["topic"]) == (event["source"], event["topic"]) and feed["skew"] is not None
    ]
    return declared[0] if declared else pack["skew"]
