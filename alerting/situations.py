"""Many alerts told as one: a storm (P4), a rate, the digest of old news (T6).

What is known goes in, actions come out. It is pure, and the same for whoever reckons it: ids and times are made of
what the situation is about, not of the moment at which somebody looked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerting.alert import Alert
from alerting.case import Case
from alerting.hours import as_local, each_at, next_at
from alerting.policy import Policy, Rate, RateWindow, Storm
from alerting.steps import step_id
from alerting.telling import NAMES
from schemas.actions import (
    Action,
    Ending,
    Joining,
    Opening,
    SituationClosed,
    SituationJoined,
    SituationKind,
    SituationOpened,
)
from schemas.announcements import Announcement
from schemas.times import DAY, MINUTE, format_duration, format_time

LONGEST = 100
"""As much of a borough's name as goes into the name of a situation, which is bounded."""
STALE = MINUTE
"""How old (ms) a rate may be and still be believed."""
FEW = 30
"""Of fewer clocks than that no percentage is given (N3)."""
AT_LEAST_OPEN = 15 * MINUTE
"""For how long (ms) a situation of a rate goes on, so that one that wavers is told once."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """How many clocks of a standard were met and breached over a window, as known at a moment (ms)."""

    standard: str
    borough: str = ""
    over: RateWindow
    met: int
    breached: int
    at: int

    @property
    def counted(self) -> int:
        """How many there were."""
        return self.met + self.breached

    @property
    def words(self) -> str:
        """The counts, and a percentage where there are enough of them."""
        share = f" ({100 * self.met // self.counted} %)" if self.counted >= FEW else ""
        return f"{self.met} of {self.counted} in time{share}"


def gathered(policy: Policy, alert: Alert, related: Sequence[Alert]) -> list[Action]:
    """The situation that an alert becomes part of, if it does; what opens it first.

    `related` are the open alerts and situations of its standard and borough, itself among them or not.
    """
    if alert.situation is not None or alert.latest is None:
        return []
    case = Case(alert, policy)
    if any(refusal.why == "late" for refusal in case.refusals):
        return _into_digest(policy, case)
    return _into_storm(policy, case, related) if alert.kind == "clock" else []


def wound_up(policy: Policy, situation: Alert, members: Sequence[Alert], now: int) -> list[Action]:
    """The end of a storm or digest, if it is over by `now` (ms); `members` are all that joined it, open or not."""
    end = ends_at(policy, situation, members)
    if end is None or end > now or not situation.open:
        return []
    if situation.kind == "digest":
        return [_closed(situation, end, "told")]
    still = sum(member.open for member in members)
    return [_closed(situation, end, f"no other since; {still} of {len(members)} alerts are still open")]


def ends_at(policy: Policy, situation: Alert, members: Sequence[Alert]) -> int | None:
    """When (ms) a storm or digest is over unless more becomes known; None of what does not end by itself."""
    if situation.opening is None:
        return None
    if situation.kind == "digest":
        return digest_moment(policy, situation.raised_at)
    rule = policy.telling(situation.opening.data.policy)
    if situation.kind != "storm":
        return None
    last = max([situation.raised_at, *(moment for each in members for moment in _paging(policy, each))])
    return last + (rule.over_after if isinstance(rule, Storm) else 0)


def by_rates(
    policy: Policy, figures: Sequence[Figure], situations: Sequence[Alert], now: int
) -> list[Action]:
    """What rates open and end by `now` (ms); a figure older than a minute opens and ends nothing.

    `situations` are the open ones of kind `rate`.
    """
    known = {(each.standard, each.borough, each.over): each for each in figures if now - each.at <= STALE}
    found: list[Action] = []
    for rate in policy.rates:
        for borough in rate.boroughs or [""]:
            figure = known.get((rate.standard, borough, rate.over))
            if figure is not None:
                found += _by_rate(rate, figure, _open_one(situations, rate, borough))
    return found


def unknown_rates(policy: Policy, figures: Sequence[Figure], now: int) -> list[str]:
    """Of which rates nothing can be said at `now` (ms), for there is no figure new enough; in words."""
    known = {(each.standard, each.borough, each.over) for each in figures if now - each.at <= STALE}
    places = ((rate, borough) for rate in policy.rates for borough in rate.boroughs or [""])
    return [
        f"{rate.name}{f' in {borough}' if borough else ''}: no figure newer than {format_duration(STALE)}"
        for rate, borough in places
        if (rate.standard, borough, rate.over) not in known
    ]


def digest_moment(policy: Policy, moment: int) -> int | None:
    """When (ms) what became known at a moment is told by the digest; None without one."""
    return next_at(moment, [policy.digest.at], policy.tz) if policy.digest else None


# ---- storms --------------------------------------------------------------------------------------------------


def _into_storm(policy: Policy, case: Case, related: Sequence[Alert]) -> list[Action]:
    standard, borough = _place(case.alert)
    rule = next((each for each in policy.storms if standard in (each.standards or NAMES)), None)
    moments = _paging(policy, case.alert)
    if rule is None or not moments or not case.alert.open:
        return []
    alike = [each for each in related if each.open and _place(each) == (standard, borough)]
    going_on = [each for each in alike if each.kind == "storm"]
    if going_on:
        first = min(going_on, key=lambda each: (each.raised_at, each.id))
        return [_joined(case.alert, first.id, max(first.raised_at, moments[-1]))]
    others = [each for each in alike if each.kind == "clock" and each.situation is None]
    others = [each for each in others if each.id != case.alert.id]
    return list(_storm(policy, rule, (standard, borough), [case.alert, *others]))


def _storm(policy: Policy, rule: Storm, place: tuple[str, str], alerts: Sequence[Alert]) -> Iterator[Action]:
    """Opened at the moment at which there were too many, with all that made it so; `alerts[0]` among them."""
    paged = sorted((moment, each.id, each) for each in alerts for moment in _paging(policy, each)[-1:])
    for number in range(rule.more_than, len(paged)):
        moment = paged[number][0]
        within = [each for at, _, each in paged[: number + 1] if moment - at <= rule.within]
        if len(within) > rule.more_than and alerts[0] in within:
            standard, borough = place
            words = f"more than {rule.more_than} {NAMES[standard]}s{f' in {borough}' if borough else ''}"
            words = f"{words} within {format_duration(rule.within)}"
            subject = f"storm/{standard}/{borough[:LONGEST]}/{format_time(moment)}"
            yield _opened("storm", subject, moment, words, rule.name, place)
            yield from (_joined(each, subject, moment) for each in within)
            return


def _paging(policy: Policy, alert: Alert) -> list[int]:
    """The moments (ms) at which news of an alert was to be told, one by one."""
    return [chapter.at for run in Case(alert, policy).runs for chapter in run.chapters]


def _place(alert: Alert) -> tuple[str, str]:
    """The standard and borough of a clock or of a situation."""
    if alert.opening is not None:
        return alert.opening.data.standard, alert.opening.data.borough
    if isinstance(alert.latest, Announcement):
        data = alert.latest.data
        return data.standard, str(data.attributes.get("borough") or "")
    return "", ""


# ---- digests -------------------------------------------------------------------------------------------------


def _into_digest(policy: Policy, case: Case) -> list[Action]:
    known = next(refusal.chapter.at for refusal in case.refusals if refusal.why == "late")
    moment = digest_moment(policy, known)
    if moment is None:
        return []
    # It is dated from the digest before, for whoever opens it first is to write what everybody would.
    begun = [*each_at(known - 2 * DAY, known, [policy.digest.at], policy.tz)][-1] if policy.digest else known
    subject = f"digest/{format_time(moment)}"
    words = f"old news, gathered until {as_local(moment, policy.tz)}"
    return [
        _opened("digest", subject, begun, words, "digest", ("", "")),
        _joined(case.alert, subject, known),
    ]


# ---- rates ---------------------------------------------------------------------------------------------------


def _by_rate(rate: Rate, figure: Figure, going_on: Alert | None) -> list[Action]:
    few = figure.counted < rate.at_least
    under = not few and 100 * figure.met < rate.under * figure.counted
    if going_on is None and under:
        place = f" in {figure.borough}" if figure.borough else ""
        window = {"15m": "the last 15 min", "today": "today", "7d": "the last 7 days"}[rate.over]
        words = f"{NAMES[rate.standard]}s{place}: {figure.words} over {window}, under {rate.under} %"
        moment = figure.at // MINUTE * MINUTE
        subject = f"rate/{rate.name}/{figure.borough[:LONGEST]}/{format_time(moment)}"
        return [_opened("rate", subject, moment, words, rate.name, (rate.standard, figure.borough))]
    if going_on is not None and not under and figure.at >= going_on.raised_at + AT_LEAST_OPEN:
        return [
            _closed(going_on, figure.at, f"too few to say: {figure.words}" if few else f"now {figure.words}")
        ]
    return []


def _open_one(situations: Sequence[Alert], rate: Rate, borough: str) -> Alert | None:
    for each in situations:
        opening = each.opening.data if each.opening is not None else None
        if each.open and opening and (opening.policy, opening.borough) == (rate.name, borough):
            return each
    return None


# ---- actions -------------------------------------------------------------------------------------------------


def _opened(
    kind: SituationKind, subject: str, at: int, words: str, rule: str, place: tuple[str, str]
) -> SituationOpened:
    data = Opening(kind=kind, words=words, policy=rule, standard=place[0], borough=place[1])
    return SituationOpened(id=step_id(subject, "opened"), subject=subject, time=format_time(at), data=data)


def _joined(alert: Alert, situation: str, at: int) -> SituationJoined:
    return SituationJoined(
        id=step_id(alert.id, "joined", situation),
        subject=alert.id,
        time=format_time(at),
        data=Joining(situation=situation),
    )


def _closed(situation: Alert, at: int, because: str) -> SituationClosed:
    return SituationClosed(
        id=step_id(situation.id, "closed"),
        subject=situation.id,
        time=format_time(at),
        data=Ending(because=because),
    )
