"""Two accounts of the same clocks: what was said, and what judging again says. Where they part is a difference.

A worker that reads a backlog, or a moment late, says less: a breach taken back before it could be said, a stage
that was over by then. So what was said must be true of what was known, and how each clock stands in the end must
be the same; what was overtaken is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from clocks.finding import BREACHED, EXCLUDED, MET, RUNNING, UNVERIFIABLE, Finding
from clocks.saying import AT_RISK, NEVER_RAN, STOPPED, UNRESOURCED, VERDICT
from clocks.silence import FeedNews
from pledgewatch.judging import announcements_of_all
from pledgewatch.verifying.of_feeds import feed_problems
from pledgewatch.verifying.recorded import Histories, Recorded
from pledgewatch.verifying.told import STAGES, Standing, Told, of_said, standing
from schemas.facts import Fact

_GOOD = (MET, EXCLUDED)
_SUMMED = (
    "events",
    "subjects",
    "clocks",
    "said",
    "wanted",
    "overtaken",
    "hasty",
    "unreadable",
    "lost",
    "returned",
)


@dataclass
class Difference:
    """One clock whose two accounts part: its facts, what was said, what should have been, and how they part."""

    clock: str
    problem: str
    facts: list[Fact]
    said: list[Told]
    wanted: list[Told]


@dataclass
class Comparison:
    """How much was compared, and what was found."""

    events: int = 0
    subjects: int = 0
    clocks: int = 0
    said: int = 0
    wanted: int = 0
    overtaken: int = 0
    hasty: int = 0
    unreadable: int = 0
    lost: int = 0
    returned: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def add(self, other: "Comparison") -> None:
        """Takes in another partition's."""
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.kinds += other.kinds
        self.differences += other.differences


def compare(recorded: Recorded) -> Comparison:
    """Judges the recorded events again and compares, clock by clock."""
    wanted, of_feeds = _judged_again(recorded)
    histories = Histories(recorded.in_order())
    found = Comparison(events=recorded.of_subjects(), subjects=len(histories))
    found.unreadable, found.lost = recorded.unreadable, recorded.lost
    found.returned = len(recorded.returned)
    found.differences += [
        Difference(key, problem, [], [], []) for key, problem in feed_problems(recorded, of_feeds)
    ]
    for clock in sorted({*wanted, *recorded.said, *(recorded.alerts or ())}):
        if clock.partition("/")[0] in recorded.returned:
            continue
        told = sorted(recorded.said.get(clock, []), key=lambda each: each.revision)
        account = _Account(clock, told, wanted.get(clock, []), recorded, histories)
        found.clocks += 1
        found.said += len(account.said)
        found.wanted += len(account.wanted)
        found.kinds.update(each.verdict if each.kind == VERDICT else each.kind for each in account.said)
        problem = next(account.problems(), None)  # one story a clock: the rest follows from it
        if problem is None:
            found.overtaken += account.overtaken()
            found.hasty += account.hasty()
        else:
            facts = histories.facts(clock.partition("/")[0])
            found.differences.append(Difference(clock, problem, facts, account.said, account.wanted))
    return found


def _judged_again(recorded: Recorded) -> tuple[dict[str, list[Told]], list[FeedNews]]:
    wanted: dict[str, list[Told]] = {}
    of_feeds: list[FeedNews] = []
    judged = announcements_of_all(
        recorded.in_order(), recorded.pack, recorded.at_most, recorded.settle, recorded.feeds
    )
    for said in judged:
        if isinstance(said, FeedNews):
            of_feeds.append(said)
        elif said.news or recorded.told_wholly(said.subject):
            wanted.setdefault(said.clock, []).append(of_said(said))
    return wanted, of_feeds


class _Account:
    """One clock, told twice."""

    def __init__(
        self, clock: str, said: list[Told], wanted: list[Told], recorded: Recorded, histories: Histories
    ) -> None:
        self.clock = clock
        self.said = said
        self.wanted = wanted
        self._recorded = recorded
        self._histories = histories
        self._whole = recorded.told_wholly(clock.partition("/")[0])

    def problems(self) -> Iterator[str]:
        """In what the two accounts part; nothing where they agree."""
        yield from self._said_twice()
        yield from self._untrue()
        yield from self._unsaid()
        yield from self._not_carried()

    def overtaken(self) -> int:
        """How much judging again says that was not said; all of it overtaken, where there is no problem."""
        said = {(each.kind, each.verdict) for each in self.said}
        return sum((each.kind, each.verdict) not in said for each in self.wanted)

    def _said_twice(self) -> Iterator[str]:
        revisions = Counter(each.revision for each in self.said)
        for revision, times in revisions.items():
            if times > 1:
                yield f"revision {revision} was said {times} times"
        for before, after in pairwise(self.said):
            if before.words == after.words:
                yield f"the same was said twice, as revisions {before.revision} and {after.revision}"

    def _untrue(self) -> Iterator[str]:
        """What was said and is not so, by whatever the worker can have known at the time."""
        judged = {each.words for each in self.wanted}
        for each in self.said:
            if each.words not in judged and not self._could_be_said(each) and not self._hasty(each):
                yield f"what was said as revision {each.revision} does not follow from the events"

    def hasty(self) -> int:
        """How much only the ledger heard that follows from a part of what had to be known, and was mended."""
        judged = {each.words for each in self.wanted}
        doubtful = [each for each in self.said if each.words not in judged and not self._could_be_said(each)]
        return sum(self._hasty(each) for each in doubtful)

    def _could_be_said(self, told: Told) -> bool:
        return self._follows(told, self._recorded.must_know(told))

    def _hasty(self, told: Told) -> bool:
        mended = any(each.revision > told.revision and each.kind == VERDICT for each in self.said)
        return told.news is None and mended and self._follows(told, lambda _: False)

    def _follows(self, told: Told, must_know: Callable[[Fact], bool]) -> bool:
        findings = self._histories.findings(self.clock, self._recorded.pack, must_know)
        return any(_says(finding, told) for finding in findings)

    def _unsaid(self) -> Iterator[str]:
        """How the clock stands in the end, or stood since all had to be said."""
        stands, due = standing(self.said), self._due()
        may_stand = (standing(self.wanted[:number]) for number in range(len(due), len(self.wanted) + 1))
        agreed = any(self._agrees(stands, each) for each in may_stand)
        if not agreed and not self._runs() and not self._came_and_went():
            yield f"it stands as {_words(stands)}, and should as {_words(standing(due))}"
        for kind in self._missing_stages(due):
            yield f"the stage {kind} was never said, and still holds"

    def _due(self) -> list[Told]:
        return [each for each in self.wanted if each.said_at <= self._recorded.surely]

    def _agrees(self, stands: Standing | None, wanted: Standing | None) -> bool:
        if stands == wanted:
            return True
        if stands is not None and wanted is not None and stands.verdict == wanted.verdict:
            # A verdict is not said again for another reason: which one stands is a matter of what came at once.
            return stands.verdict in (EXCLUDED, UNVERIFIABLE)
        silent = not self.said if stands is None else not self.wanted
        good = stands or wanted
        if not silent or good is None or good.verdict not in _GOOD:
            return False
        # Good news is told only of a clock there was bad news of, and all of that may have been overtaken.
        return not self._whole or good.reason == NEVER_RAN

    def _runs(self) -> bool:
        """Whether it runs in the end: then nothing stands, whatever was said, and overtaken, before."""
        final = self._histories.finding(self.clock, self._recorded.pack)
        return final is not None and final.at(self._recorded.at_most) == RUNNING

    def _came_and_went(self) -> bool:
        """Whether there is no such clock in the end, and nothing was said of it: who read it all at once saw none."""
        return not self.said and self._histories.finding(self.clock, self._recorded.pack) is None

    def _missing_stages(self, due: list[Told]) -> Iterator[str]:
        """Stages that should have been said and that nothing has overtaken."""
        wanted = {each.kind for each in due} & set(STAGES)
        final = self._histories.finding(self.clock, self._recorded.pack) if wanted else None
        if final is None or not final.open:
            return
        said = [(each.kind, each.about) for each in self.said]
        risky = AT_RISK in wanted and final.at(self._recorded.at_most) == RUNNING
        if risky and final.at_risk is not None and (AT_RISK, final.at_risk) not in said:
            yield AT_RISK
        since = final.unresourced
        lacking = UNRESOURCED in wanted and since is not None and since >= final.known
        if lacking and not any(kind == UNRESOURCED and about >= (since or 0) for kind, about in said):
            yield UNRESOURCED

    def _not_carried(self) -> Iterator[str]:
        """The ledger and `breach-alerts` are written together: each carries the other's news."""
        if self._recorded.alerts is None or self.clock.partition("/")[0] in self._recorded.forgotten:
            return
        carried = Counter(self._recorded.alerts.get(self.clock, ()))
        news = {each.revision for each in self.said if each.news is not None}
        for revision in sorted(news - carried.keys()):
            yield f"the ledger says revision {revision} was announced, and breach-alerts does not carry it"
        for revision, times in sorted(carried.items()):
            if revision not in news:
                yield f"breach-alerts carries revision {revision}, of which the ledger knows nothing"
            if times > 1:
                yield f"breach-alerts carries revision {revision} {times} times"


def _says(finding: Finding | None, told: Told) -> bool:
    """Whether a finding could have been told in these words."""
    if finding is None:
        return told.verdict == EXCLUDED and told.reason == NEVER_RAN
    if (finding.start, finding.due) != (told.start, told.due):
        return False
    if told.kind == AT_RISK:
        return finding.open and finding.at_risk == told.about
    if told.kind == UNRESOURCED:
        return finding.open and finding.unresourced is not None and finding.unresourced <= told.about
    if told.kind == STOPPED:
        return finding.verdict == BREACHED and finding.stop == told.stop
    expired = finding.verdict is None and told.verdict == BREACHED and told.said_at >= finding.breach_at
    same = finding.verdict == told.verdict and finding.reason == told.reason
    return (expired or same) and finding.stop == told.stop


def _words(stands: Standing | None) -> str:
    if stands is None:
        return "nothing said"
    return stands.verdict + (f" ({stands.reason})" if stands.reason else "")
