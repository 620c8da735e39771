"""Both engines on the same case: the only place that knows the real one, by what it shows to everyone."""

from itertools import groupby

from pledgewatch.conform.scenario import Entry, Outcome
from schemas.documents import read_yaml
from tests.plain_engine.engine import Engine
from tests.plain_engine.packs import read_packs


def plainly(case):
    """What the plain engine makes of a case, in the form in which the real one's outcome comes."""
    engine = Engine(read_packs(read_yaml(case.path).value["pack"]))
    for recorded, together in groupby(case.events, key=lambda event: event.fact.recorded):
        engine.pass_to(recorded - 1)
        engine.fold([(event.subject, _plain(event.fact)) for event in together])
        engine.pass_to(recorded)
    while case.until is None and (ahead := engine.next_moment()) is not None:
        engine.pass_to(ahead)
    if case.until is not None:
        engine.pass_to(case.until)
    return _outcome(engine)


def _plain(fact):
    return {
        "source": fact.source,
        "id": fact.id,
        "type": fact.type,
        "time": fact.time,
        "recorded": fact.recorded,
        "data": dict(fact.data),
    }


def _outcome(engine):
    corrected = {each["clock"]: each["corrects"] for each in engine.said}
    verdicts = engine.clocks()
    return Outcome(
        said=_sorted(_entry(each, each["at"], each["when"]) for each in engine.said),
        stages=_sorted(_entry(each, each["at"], each["at"]) for each in engine.stages),
        verdicts=tuple(
            Entry(None, name, values | {"corrects": corrected.get(name)})
            for name, values in sorted(verdicts.items())
        ),
        ended=engine.now,
    )


def _entry(values, about, when):
    rest = {key: value for key, value in values.items() if key not in ("at", "when", "clock")}
    return Entry(about, values["clock"], rest, when)


def _sorted(entries):
    return tuple(sorted(entries, key=lambda entry: (entry.when, entry.clock)))
