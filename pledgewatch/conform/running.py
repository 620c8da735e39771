"""Running cases: as written against what is wanted, then in every other manner against that."""

from collections.abc import Iterator
from dataclasses import dataclass

from pledgewatch.conform import playing
from pledgewatch.conform.comparing import Comparison, compare_said, compare_verdicts
from pledgewatch.conform.scenario import Case, Entries, Outcome

AS_WRITTEN = "as written"
DOUBLED = "with every event doubled"
RESTORED = "saved and restored after every event"
REORDERED = "with the events in another order"


@dataclass(frozen=True)
class Run:
    """One manner of running a case, and how it compares."""

    manner: str
    said: Comparison
    stages: Comparison
    verdicts: Comparison

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return self.said.holds and self.stages.holds and self.verdicts.holds


@dataclass(frozen=True)
class Result:
    """All runs of one case."""

    case: Case
    runs: tuple[Run, ...]

    @property
    def failed(self) -> list[Run]:
        """The runs that do not hold, the plainest first."""
        return [run for run in self.runs if not run.holds]


def run(case: Case) -> Result:
    """Run a case in every manner."""
    plain = playing.as_written(case)
    runs = [_compared(AS_WRITTEN, (case.said, case.stages, case.verdicts), plain)]
    return Result(case, (*runs, *_other_manners(case, plain)))


def _other_manners(case: Case, plain: Outcome) -> Iterator[Run]:
    yield _same(DOUBLED, plain, playing.doubled(case))
    yield _same(RESTORED, plain, playing.restored(case))
    yield _same(RESTORED, playing.one_by_one(case), playing.restored_one_by_one(case))
    for order in range(playing.SHUFFLES + 1):
        manner = f"{REORDERED} ({f'shuffle {order}' if order else 'reversed'})"
        came = playing.comparable(playing.in_another_order(case, order, plain.ended).verdicts)
        nothing = Comparison(())
        yield Run(manner, nothing, nothing, compare_verdicts(playing.comparable(plain.verdicts), came))


def _same(manner: str, plain: Outcome, came: Outcome) -> Run:
    return _compared(manner, (plain.said, plain.stages, plain.verdicts), came)


def _compared(
    manner: str, wanted: tuple[Entries | None, Entries | None, Entries | None], came: Outcome
) -> Run:
    said, stages, verdicts = wanted
    return Run(
        manner,
        compare_said(said, came.said),
        compare_said(stages, came.stages),
        compare_verdicts(verdicts, came.verdicts),
    )
