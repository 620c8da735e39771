"""Playing a case: as it is written, doubled, through restarts, and in other orders (SCENARIOS)."""

import random
from collections.abc import Callable, Iterator
from itertools import groupby, zip_longest

from clocks.forgetting import Recollection, lives
from clocks.replaying import next_moment, play, play_until
from clocks.saying import AT_RISK, NEVER_RAN, UNRESOURCED, VERDICT, Said
from clocks.shard import NOT_KEPT, Shard
from clocks.standard import Pack
from clocks.subject import Subject
from clocks.views import ClockView, views
from pledgewatch.conform.scenario import Case, Entries, Entry, Outcome
from schemas.errors import PledgeWatchError
from schemas.events import KIND_TOPICS, kind_of
from schemas.facts import Event

SHUFFLES = 4
"""How many seeded orders a case is judged in, beside the reversed one."""

MOST_MOMENTS = 2_000
"""How many deadlines and stages are played out before an engine is taken to go on for ever."""


class FallsError(PledgeWatchError):
    """The engine could not play a case to its end.

    Operator action: none, the engine is at fault.
    """


class NeverEndsError(FallsError):
    """The engine has always something more to say.

    Operator action: give the case an `until`; where it has nothing that recurs, the engine is at fault.
    """


def as_written(case: Case) -> Outcome:
    """Each instant's events folded together, then what is due (T3)."""
    return _straight(case, case.events)


def doubled(case: Case) -> Outcome:
    """The same with each event handed over twice."""
    return _straight(case, [event for event in case.events for _ in range(2)])


def one_by_one(case: Case) -> Outcome:
    """Each event folded alone, which may say things between the events of one instant."""
    return _stepwise(case, alone=True, reborn=lambda shard, _: ([], shard))


def restored(case: Case) -> Outcome:
    """As written, with all that is known saved and restored after every instant and every firing."""
    return _stepwise(case, alone=False, reborn=_Ledger(case).reborn)


def restored_one_by_one(case: Case) -> Outcome:
    """The same after every single event."""
    return _stepwise(case, alone=True, reborn=_Ledger(case).reborn)


def in_another_order(case: Case, order: int, ended: int) -> Outcome:
    """All events folded in some order before any time passes, then time played to `ended` (ms); 0 is reversed.

    What was recorded after a subject was forgotten is another history of it, and goes by itself (S8).
    """
    said: list[Said] = []
    views: list[ClockView] = []
    for events in _histories(case):
        events.reverse()
        if order:
            random.Random(order).shuffle(events)  # noqa: S311 - a seeded order, not a secret
        shard = Shard(case.pack, case.feeds, forgets=False)
        said += [each for event in events for each in shard.fold([event])] + play_until(shard, ended)
        views += shard.clocks()
    return _outcome(views, said, ended)


def _histories(case: Case) -> list[list[Event]]:
    """The events of every subject's first history, then those of every second, and so on."""
    by_subject: dict[str, list[Event]] = {}
    for event in case.events:
        by_subject.setdefault(event.subject, []).append(event)
    split = [_split(name, events, case.pack) for name, events in by_subject.items()]
    return [[event for events in each for event in events] for each in zip_longest(*split, fillvalue=[])]


def _split(name: str, events: list[Event], pack: Pack) -> list[list[Event]]:
    history = Recollection()
    for event in events:
        if event.fact.type not in NOT_KEPT:
            history.add(event.fact)
    found = lives(kind_of(name), history, pack) if len(history) else [history]
    if found == [history]:
        return [events]
    return [[Event(name, "", fact) for fact in life] for life in found]


def _straight(case: Case, events: list[Event]) -> Outcome:
    parted: list[ClockView] = []
    shard = Shard(case.pack, case.feeds, parting=_parting(parted))
    said = list(play(shard, events))
    if case.until is not None:
        said += play_until(shard, case.until)
    for moment in _moments_ahead(case, lambda: shard):
        said += play_until(shard, moment)
    return _ended(shard, said, parted)


def _moments_ahead(case: Case, shard: Callable[[], Shard]) -> Iterator[int]:
    """The moments to be played out, one after the other; NeverEndsError where there are too many."""
    if case.until is not None:
        return
    for _ in range(MOST_MOMENTS):
        moment = next_moment(shard())
        if moment is None:
            return
        yield moment
    raise NeverEndsError(f"time never ends: {MOST_MOMENTS} moments were played out, and more lie ahead")


class _Ledger:
    """What a worker would have written: each changed subject's latest record."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._records: dict[str, bytes | None] = {}

    def reborn(self, shard: Shard, parted: list[ClockView]) -> tuple[list[Said], Shard]:
        """A new shard from the records, at the old one's time; it must have nothing to say."""
        for name in shard.take_changed():
            self._records[name] = shard.save(name)
        fresh = Shard(self._case.pack, self._case.feeds, parting=_parting(parted))
        for name, record in self._records.items():
            if record is not None:
                fresh.restore(name, record)
        return [each for kind in KIND_TOPICS for each in fresh.advance(kind, shard.time(kind))], fresh


Reborn = Callable[[Shard, list[ClockView]], tuple[list[Said], Shard]]


def _stepwise(case: Case, *, alone: bool, reborn: Reborn) -> Outcome:
    parted: list[ClockView] = []
    shard, said = Shard(case.pack, case.feeds, parting=_parting(parted)), []

    def take(step: Step) -> None:
        nonlocal shard, said
        said += step(shard)
        again, shard = reborn(shard, parted)
        said += again

    for step in _steps(case, alone):
        take(step)
    for moment in _moments_ahead(case, lambda: shard):
        take(_until(moment))
    return _ended(shard, said, parted)


Step = Callable[[Shard], list[Said]]


def _steps(case: Case, alone: bool) -> Iterator[Step]:
    """The steps of a case: time passes, events are folded, what is due fires."""
    for instant, group in groupby(case.events, key=lambda event: event.fact.recorded):
        together = list(group)
        yield _until(instant - 1)
        for part in [[event] for event in together] if alone else [together]:
            yield _folding(part)
        yield _until(instant)
    if case.until is not None:
        yield _until(case.until)


def _until(moment: int) -> Step:
    return lambda shard: play_until(shard, moment)


def _folding(events: list[Event]) -> Step:
    return lambda shard: shard.fold(events)


def _parting(parted: list[ClockView]) -> Callable[[str, Subject], None]:
    return lambda name, subject: parted.extend(views(name, subject))


def _ended(shard: Shard, said: list[Said], parted: list[ClockView]) -> Outcome:
    """How a shard was left, and those it had to forget on the way."""
    ended = max(shard.time(kind) for kind in KIND_TOPICS)
    for failure in shard.take_failures():  # a worker would go on, its clocks unverifiable
        raise FallsError(f"{failure.subject} cannot be judged: {failure.error!r}")
    return _outcome([*parted, *shard.clocks()], said, ended)


def _outcome(views: list[ClockView], said: list[Said], ended: int) -> Outcome:
    corrected = {each.clock: each.corrects for each in said if each.kind == VERDICT}
    return Outcome(
        said=_by_time(_change(each) for each in said if each.kind == VERDICT),
        stages=_by_time(_stage(each) for each in said if each.kind in (AT_RISK, UNRESOURCED)),
        verdicts=tuple(sorted((_clock(view, corrected) for view in views), key=_clock_of)),
        ended=ended,
    )


def comparable(verdicts: Entries) -> Entries:
    """Final verdicts as any order of the events gives them: what was said on the way is left out."""
    ran = [each for each in verdicts if each.values["reason"] != NEVER_RAN]
    return tuple(
        Entry(None, each.clock, {key: value for key, value in each.values.items() if key != "corrects"})
        for each in ran
    )


def _by_time(entries: Iterator[Entry]) -> Entries:
    return tuple(sorted(entries, key=lambda entry: (entry.when, entry.clock)))


def _clock_of(entry: Entry) -> str:
    return entry.clock


def _change(said: Said) -> Entry:
    values = {
        "verdict": said.verdict,
        "corrects": said.corrects,
        "reason": said.reason,
        "due": said.due,
        "stop": said.stop,
        "elapsed": said.elapsed,
        "skew": said.skew,
        "cohort": said.cohort,
    }
    return Entry(said.about, said.clock, values, said.said_at)


def _stage(said: Said) -> Entry:
    """A stage is said at its moment, or when the evidence that brought it was recorded."""
    return Entry(said.said_at, said.clock, {"stage": said.kind}, said.said_at)


def _clock(view: ClockView, corrected: dict[str, str | None]) -> Entry:
    found = view.finding
    values = {
        "verdict": view.verdict,
        "reason": view.reason,
        "due": found.due if found else None,
        "stop": found.stop if found else None,
        "elapsed": found.elapsed if found else None,
        "skew": found.skew if found else False,
        "corrects": corrected.get(view.clock),
        "cohort": view.cohort,
    }
    return Entry(None, view.clock, values)
