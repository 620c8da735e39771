"""The runner notices an engine that minds repetition, restarts or order: here are engines that do."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from clocks.judging import JUDGES
from clocks.shard import Shard
from pledgewatch.conform import playing
from pledgewatch.conform.command import DIFFER, command
from pledgewatch.conform.reading import read_cases
from pledgewatch.conform.running import AS_WRITTEN, DOUBLED, REORDERED, RESTORED, run
from pledgewatch.conform.timeline import story

SCENARIO = """
about: A call answered late, recorded out of order
rule: S2
pack: met-pledge-2009
start: "2009-10-24T10:00:00+01:00"
cases:
  - case: the answer is recorded first
    events:
      - {at: +8s, seen: +8s, type: call.answered, subject: CALL-1}
      - {at: +0s, seen: +9s, type: call.presented, subject: CALL-1, line: "999"}
"""


class CountsTwice(Shard):
    """Takes an event that comes again for another one."""

    def fold(self, events, said_at=None):
        events = list(events)
        said = super().fold(events, said_at)
        repeated = len(events) != len({event.fact.id for event in events})
        return said * 2 if repeated else said


class Forgets(Shard):
    """Comes back from a restart without what it knew."""

    def restore(self, name, value):
        pass


class MindsOrder(Shard):
    """Has no use for an event that was recorded before the last one it saw."""

    last = 0

    def fold(self, events, said_at=None):
        events = [event for event in events if event.fact.recorded >= self.last]
        self.last = max([self.last, *(event.fact.recorded for event in events)])
        return super().fold(events, said_at)


@pytest.fixture
def case(tmp_path: Path):
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO)
    return read_cases(file)[0]


def failed(case) -> set[str]:
    return {each.manner.split(" (")[0] for each in run(case).failed}


def test_the_engine_itself_minds_nothing(case):
    assert failed(case) == set()


@pytest.mark.parametrize(
    ("engine", "manner"), [(CountsTwice, DOUBLED), (Forgets, RESTORED), (MindsOrder, REORDERED)]
)
def test_an_engine_that_minds_is_found_out(case, monkeypatch, engine, manner):
    monkeypatch.setattr(playing, "Shard", engine)

    assert failed(case) == {manner}


def test_the_story_names_the_manner_that_failed(case, monkeypatch):
    monkeypatch.setattr(playing, "Shard", Forgets)

    told = story(run(case))

    assert f"    {RESTORED}; pack met-pledge-2009" in told
    assert AS_WRITTEN not in told
    assert "CALL-1/call-999" in told


class NeverEnds(Shard):
    """Always has one more moment to come."""

    def next_moment(self, kind):
        return self.time(kind) + 1


def test_an_engine_that_never_ends_is_a_failure_and_not_a_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(playing, "Shard", NeverEnds)
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO)

    result = CliRunner().invoke(command, [str(file)])

    assert result.exit_code == DIFFER
    assert f"FAILS {file}:7: S2: the answer is recorded first\n    time never ends" in result.stdout


def test_an_engine_that_falls_over_a_subject_fails_the_case(tmp_path, monkeypatch):
    def judge_nothing(facts, pack):
        raise ZeroDivisionError("no pack, no judgement")

    monkeypatch.setitem(JUDGES, "CALL", judge_nothing)
    path = tmp_path / "s2-order.yaml"
    path.write_text(SCENARIO)
    done = CliRunner().invoke(command, [str(path)])

    assert done.exit_code == DIFFER
    assert "CALL-1 cannot be judged: ZeroDivisionError" in done.output
