"""Whether what is shown can be believed: said loudly where it cannot, and never by a number without its age."""

from dataclasses import dataclass

from board.sources import Sources
from board.view import Health, Written
from board.wording import MARKS, Mark

STALE_AFTER = 10.0
"""How old the figures may be, in seconds of the wall; while somebody writes them they are at most one old."""


@dataclass(frozen=True)
class Warning:  # noqa: A001 - it is what people call it
    """What a viewer must know before believing a figure; `since` in ms."""

    key: str
    mark: Mark
    title: str
    words: str
    since: int | None = None


@dataclass(frozen=True)
class Trust:
    """How the figures are known."""

    health: Health
    written: int | None
    warnings: tuple[Warning, ...]

    @property
    def mark(self) -> Mark:
        """The watch, in a word; of old figures it is not known."""
        old = any(each.key in ("view", "ledger") for each in self.warnings)
        return MARKS["unknown" if old else self.health.watch]


async def trust(sources: Sources) -> Trust:
    """How far the view and the alerts can be believed now."""
    written, health = await sources.view.written(), await sources.view.health()
    found = [
        *_of_view(written, sources.now()),
        *(_of_watch(health) if written else ()),
        *_of_alerts(await sources.alerts.built()),
    ]
    return Trust(health, written.at if written else None, tuple(found))


def _of_view(written: Written | None, now: int) -> list[Warning]:
    if written is None:
        words = "They are being made from the ledger. Nothing below can be believed until this line is gone."
        return [Warning("view", MARKS["dead"], "No figures yet", words)]
    if written.age(now) > STALE_AFTER:
        words = "Nobody writes new ones: see whether “pledgewatch board” runs and Kafka answers."
        return [Warning("view", MARKS["dead"], "The figures are old", words, written.at)]
    return []


def _of_watch(health: Health) -> list[Warning]:
    found = []
    if health.ledger == "away":
        words = "Kafka cannot be reached. What is below is what was known then."
        found.append(Warning("ledger", MARKS["dead"], "Nothing new is heard", words, health.read_at))
    elif health.ledger == "catching-up":
        words = "What is below is not yet all there is."
        found.append(Warning("ledger", MARKS["late"], "Catching up", words, health.read_at))
    if health.unreadable:
        words = (
            f"{health.unreadable} of the ledger's records are not counted below: see the log of the board."
        )
        found.append(Warning("unreadable", MARKS["late"], "Some of the ledger cannot be read", words))
    if health.watch != "alive":
        mark = MARKS[health.watch]
        found.append(Warning("watch", mark, mark.word, _sentence(health.evidence), health.since))
    return found


def _of_alerts(built: bool) -> list[Warning]:
    if built:
        return []
    words = "Some may be missing, and nobody is told anything until it is done."
    return [Warning("alerts", MARKS["late"], "The alerts are being read again", words)]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
