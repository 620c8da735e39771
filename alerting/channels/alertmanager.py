"""Alertmanager (v2) as a mirror of what is open: it follows the alerts, and tells whom it is set up to tell.

Alertmanager forgets what is not posted again, so what is open is posted again and again; `endsAt` says until when it
believes us. What is open no longer is posted with its end for a while, should a post have been lost. After a restart
the open alerts come from the store as ever; what was resolved meanwhile ends by its last `endsAt`.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import httpx
from pydantic import Field, model_validator

from alerting.alert import ALARMING, Alert
from alerting.channels.channel import ChannelSettings
from alerting.channels.posting import Poster
from alerting.channels.summary import about
from alerting.channels.webhook import HttpUrl
from alerting.fields import Secret
from schemas.announcements import Announcement
from schemas.fields import Duration
from schemas.times import MINUTE, format_time

_AT_ONCE = 500
"""Alerts in one post, and alerts put into words in one go."""
_WARNINGS = frozenset({"at-risk", "un-resourced", "unverifiable"})
_LABELS = ("standard", "borough", "ward", "grade", "line", "team", "subject", "feed", "topic")
Labels = tuple[tuple[str, str], ...]
Post = dict[str, Any]
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
        if self.hold < 3 * self.every:
            raise ValueError("hold must be at least three times every: a post may be lost")
        return self


@dataclass
class _Kept:
    """A post as it was last made; `ended` and `sent` in ms, None where that has not happened."""

    post: Post
    ended: int | None = None
    sent: int | None = None

    def is_due(self, now: int, every: int) -> bool:
        return self.sent is None or now - self.sent >= every


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
        self._kept: dict[Labels, _Kept] = {}

    async def mirror(self, alerts: Sequence[Alert], now: int) -> None:
        """Posts what of the open `alerts` is new, has changed or is due again, and the ends of what was open before.

        `now` is the wall's time in ms, Alertmanager's own: not that of a scaled clock. What is told by rate alone
        (call-answering) the caller leaves out; exercises, old news and what a situation speaks for we leave out.
        ChannelError where posting failed: what was not taken is posted the next time.
        """
        posts: dict[Labels, Post] = {}
        for number, alert in enumerate(alerts):
            if _is_its_own(alert):
                posts[self._labels(alert)] = self._post_of(alert, now)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)  # very many alerts must not hold up the rest of the desk
        self._keep(posts, now)
        due = [kept for kept in self._kept.values() if kept.is_due(now, self.settings.every)]
        for first in range(0, len(due), _AT_ONCE):
            await self._send(due[first : first + _AT_ONCE], now)

    async def close(self) -> None:
        """Closes the connections."""
        await self._poster.close()

    def _keep(self, posts: Mapping[Labels, Post], now: int) -> None:
        for labels, post in posts.items():
            before = self._kept.get(labels)
            if before is None or before.ended is not None or before.post != post:
                self._kept[labels] = _Kept(post)
        for labels, kept in list(self._kept.items()):
            if labels not in posts and kept.ended is None:
                self._kept[labels] = _Kept(kept.post, ended=now)
            elif kept.ended is not None and now - kept.ended > self._remembered(kept):
                del self._kept[labels]

    def _remembered(self, kept: "_Kept") -> int:
        """How long after its end (ms); an end that was never posted, until Alertmanager forgets by itself."""
        return self.settings.hold if kept.sent is None else self.settings.resend

    async def _send(self, due: Sequence["_Kept"], now: int) -> None:
        holds = now + self.settings.hold
        posts = [{**kept.post, "endsAt": format_time(kept.ended or holds)} for kept in due]
        url = f"{self.settings.url.rstrip('/')}/api/v2/alerts"
        await self._poster.post(url, json.dumps(posts).encode(), self._headers, now)
        for kept in due:
            kept.sent = now

    def _post_of(self, alert: Alert, now: int) -> Post:
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
