"""What the ledger no longer tells: of subjects that were forgotten (S8) there are only the announcements."""

from collections.abc import Collection, Mapping

from clocks.forgetting import Recollection, forgotten_at, lives
from clocks.history import UNREAD
from clocks.judging import judge
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import Told
from schemas.events import OF_SOURCES, kind_of


def note_forgotten(recorded: Recorded, held: Collection[str], told: Mapping[str, list[Told]]) -> None:
    """Notes which subjects were rightly forgotten, and takes their announcements for all that was said of them.

    `held` are the subjects of the ledger, `told` is what `breach-alerts` carries of each clock. One that came back
    after it was forgotten is noted apart: its announcements are of two histories, told under the same names.
    """
    for subject, history in _histories(recorded).items():
        found = lives(kind_of(subject), history, recorded.pack)
        if len(found) > 1:
            recorded.returned.add(subject)
        elif subject not in held and found and _is_forgotten(subject, history, recorded):
            recorded.forgotten.add(subject)
    for clock, news in told.items():
        if clock.partition("/")[0] in recorded.forgotten:
            recorded.say(news)


def _histories(recorded: Recorded) -> dict[str, Recollection]:
    histories: dict[str, Recollection] = {}
    for subject, _, fact, _ in recorded.events:
        if fact.type not in UNREAD and fact.type not in OF_SOURCES:
            histories.setdefault(subject, Recollection()).add(fact)
    return histories


def _is_forgotten(subject: str, history: Recollection, recorded: Recorded) -> bool:
    kind = kind_of(subject)
    findings = judge(kind, history, recorded.pack).findings
    moment = forgotten_at(kind, history, findings, recorded.pack)
    return moment is not None and moment < recorded.at_most
