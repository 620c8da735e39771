"""Alertmanager (v2) as a mirror of what is open: it follows the alerts, and tells whom it is set up to tell.

Alertmanager forgets what is not posted again, so what is open is posted again and again; `endsAt` says until when it
believes us. What is open no longer is posted with its end for a while, should a post have been lost. After a restart
the open alerts come from the store as ever; what was resolved meanwhile ends by its last `endsAt`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import httpx
from pydantic import Field, model_validator

from alerting.alert import ALARMING, Alert
from alerting.channels.channel import ChannelSettings
from alerting.channels.posting import Poster
from alerting.channels.summary import about
from alerting.channels.webhook import HttpUrl
from alerting.fields import Duration, Secret
from schemas.announcements import Announcement
from schemas.times import MINUTE, format_time

_AT_ONCE = 500
"""Alerts in one post."""
_WARNINGS = frozenset({"at-risk", "un-resourced", "unverifiable"})
_LABELS = ("standard", "borough", "ward", "grade", "line", "team", "subject", "feed", "topic")
Labels = tuple[tuple[str, str], ...]
A = TypeVar("A", bound="AlertmanagerSettings")


class AlertmanagerSettings(ChannelSettings):
    """`kind: alertmanager`. No step of a ladder: it is not a way to reach one person."""

    kind: Literal["alertmanager"]
    url: HttpUrl = Field(description="without /api/v2")
    every: Duration = Field(MINUTE, description="how often what is open is posted again")
    hold: Duration = Field(10 * MINUTE, description="how long Alertmanager keeps an alert we say no more of")
    resend: Duration = Field(5 * MINUTE, description="how long a resolved alert is posted again")
    labels: dict[str, str] = Field({}, description="labels that every alert has beside its own")
    user: str | None = None
    password: Secret | None = None
    token: Secret | None = None

    @model_validator(mode="after")
    def _fit(self: A) -> A:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password are given together or not at all")
        if self.user is not None and self.token is not None:
            raise ValueError("either user and password, or a token")
        if self.hold <= 2 * self.every:
            raise ValueError("hold must be more than twice every: one post may be lost")
        return self


class Alertmanager:
    """The mirror in one Alertmanager; `words` are an alert in a line, `page` is where more is to be read of it."""

    def __init__(
        self,
        settings: AlertmanagerSettings,
        words: Callable[[Alert], str],
        page: Callable[[str], str] | None = None,
    ) -> None:
        self.settings = settings
        self._words, self._page = words, page
        auth = None
        if settings.user is not None and settings.password is not None:
            auth = httpx.BasicAuth(settings.user, settings.password.read())
        token = settings.token.read() if settings.token else None
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._poster = Poster(settings.timeout, auth)
        self._posted: dict[Labels, dict[str, Any]] = {}
        self._ended: dict[Labels, tuple[int, dict[str, Any]]] = {}

    async def mirror(self, alerts: Sequence[Alert], now: int) -> None:
        """Posts the open `alerts` and, for a while, what was open before; ChannelError where that failed.

        `now` is the wall's time in ms, Alertmanager's own: not that of a scaled clock. What is told by rate alone
        (call-answering) the caller leaves out; exercises, old news and what a situation speaks for we leave out.
        """
        posted = {self._labels(alert): self._post_of(alert, now) for alert in alerts if _is_its_own(alert)}
        self._end(set(self._posted) - set(posted), now)
        self._posted = posted
        for labels in posted:
            self._ended.pop(labels, None)
        await self._send([*posted.values(), *(post for _, post in self._ended.values())], now)

    async def close(self) -> None:
        """Closes the connections."""
        await self._poster.close()

    def _end(self, gone: set[Labels], now: int) -> None:
        for labels in gone:
            self._ended[labels] = now, {**self._posted[labels], "endsAt": format_time(now)}
        self._ended = {
            labels: (since, post)
            for labels, (since, post) in self._ended.items()
            if now - since <= self.settings.resend
        }

    async def _send(self, posts: Sequence[Mapping[str, Any]], now: int) -> None:
        url = f"{self.settings.url.rstrip('/')}/api/v2/alerts"
        for first in range(0, len(posts), _AT_ONCE):
            body = json.dumps(posts[first : first + _AT_ONCE]).encode()
            await self._poster.post(url, body, self._headers, now)

    def _post_of(self, alert: Alert, now: int) -> dict[str, Any]:
        notes = {
            "summary": self._words(alert),
            "stage": alert.stage,
            "state": alert.state,
            "acknowledged_by": alert.acknowledged.data.by if alert.acknowledged else "",
            "assignee": alert.assignee or "",
        }
        return {
            "labels": dict(self._labels(alert)),
            "annotations": {name: value for name, value in notes.items() if value},
            "startsAt": format_time(min(alert.raised_at, now)),
            "endsAt": format_time(now + self.settings.hold),
            **({"generatorURL": self._page(alert.id)} if self._page else {}),
        }

    def _labels(self, alert: Alert) -> Labels:
        """What makes an alert the same in Alertmanager; a worse one is another, or nobody would hear of it."""
        known = about(alert)
        labels = {
            **self.settings.labels,
            "alertname": "PledgeWatch",
            "alert": alert.id,
            "kind": alert.kind,
            "severity": "warning" if alert.stage in _WARNINGS else "critical",
            **{name: str(known[name]) for name in _LABELS if known.get(name)},
        }
        return tuple(sorted(labels.items()))


def _is_its_own(alert: Alert) -> bool:
    """Whether an alert is told of by itself: live, of now, in need of somebody, and not part of a situation."""
    news = alert.latest
    cohort = news.data.cohort if isinstance(news, Announcement) else "live"
    return (
        alert.open
        and alert.stage in ALARMING
        and alert.situation is None
        and not alert.late
        and cohort == "live"
        and alert.kind != "digest"
    )
