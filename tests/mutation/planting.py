"""A pytest plugin: after the tests are collected, a fork for each mutant, in which its code is the original's.

mutmut makes the mutants; run by itself it starts pytest anew for each and asks at every call of every function which
mutant is on, and needs most of a day. Here what killed the mutants nearby is tried first, then the quickest tests.

What functions made while they were imported (a closure in a table) no longer changes: such a mutant survives.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import mutmut.mutation.trampoline as mutmut_trampoline
import pytest

CPU_SECONDS = 45
"""All tests take less than half of it; a mutant that takes longer runs in a circle."""
MEMORY = 6 << 30
REMEMBERED = 12
"""Killers remembered of each function and of each module."""
SURVIVED, KILLED = 0, 1
_WORDS = {SURVIVED: "survived", KILLED: "killed"}

_Function = Callable[..., Any]
_made: list[tuple[dict[str, Any], _Function]] = []


def _keep(mutants: dict[str, Any], is_classmethod: bool = False) -> Callable[[_Function], _Function]:
    """In place of mutmut's decorator: the function itself stays, its mutants are noted."""

    def noted(function: _Function) -> _Function:
        _made.append((mutants, function))
        return function

    return noted


mutmut_trampoline.wrap_in_trampoline = _keep


class Mutant(NamedTuple):
    """A function, and the one whose code may take its place."""

    original: Any
    mutated: Any

    def plant(self) -> None:
        """Put the code in place, for whoever holds the function."""
        mutated = getattr(self.mutated, "__func__", self.mutated)
        for part in ("__code__", "__defaults__", "__kwdefaults__"):
            setattr(self.original, part, getattr(mutated, part))


def all_mutants() -> dict[str, Mutant]:
    """By their names, MODULE.FUNCTION__mutmut_N."""
    return {
        f"{original.__module__}.{name}": Mutant(original, mutated)
        for mutants, original in _made
        for name, mutated in sorted(mutants.items())
        if name != "_mutmut_orig"
    }


class Runner:
    """Runs the collected tests in forks, in the order in which they may be hoped to fail."""

    def __init__(self, session: pytest.Session, scratch: Path) -> None:
        self._session = session
        self._scratch = scratch
        self._took: dict[str, float] = {}
        self._killers: dict[str, list[str]] = {}

    def unmutated(self) -> bool:
        """Whether the tests pass as they stand; how long each takes is noted on the way."""
        passed = self._forked("", None) == SURVIVED
        self._took = json.loads(self._scratch.read_text())
        return passed

    def run(self, name: str, mutant: Mutant) -> str:
        """What becomes of a mutant: killed, survived, or too long at it."""
        result = self._forked(name, mutant)
        if result == KILLED:
            self._remember(name, self._scratch.read_text())
        return _WORDS.get(result, "too long")

    def _forked(self, name: str, mutant: Mutant | None) -> int:
        child = os.fork()
        if child == 0:
            result = KILLED
            try:
                result = self._in_the_child(name, mutant)
            finally:
                os._exit(result)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _in_the_child(self, name: str, mutant: Mutant | None) -> int:
        _silence()
        if mutant is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 10))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            mutant.plant()
        took = {}
        for item in self._ordered(name):
            self._scratch.write_text(item.nodeid)
            began = time.monotonic()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            took[item.nodeid] = time.monotonic() - began
            if self._session.testsfailed:
                return KILLED
        self._scratch.write_text(json.dumps(took))
        return SURVIVED

    def _ordered(self, name: str) -> list[pytest.Item]:
        known = [killer for near in _near(name) for killer in self._killers.get(near, ())]
        rank = {killer: place for place, killer in reversed(list(enumerate(known)))}
        module = name.split(".")[1] if name else ""

        def hope(item: pytest.Item) -> tuple[int, bool, float]:
            other = module not in item.nodeid.partition("::")[0]
            return rank.get(item.nodeid, len(rank)), other, self._took.get(item.nodeid, 0.0)

        return sorted(self._session.items, key=hope)

    def _remember(self, name: str, killer: str) -> None:
        for near in _near(name):
            others = [each for each in self._killers.get(near, []) if each != killer]
            self._killers[near] = [killer, *others][:REMEMBERED]


def _near(name: str) -> tuple[str, str]:
    """A mutant's function and module."""
    function = name.partition("__mutmut")[0]
    return function, function.rpartition(".")[0]


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Every mutant of this process's share, a line each into its file."""
    share, of = int(os.environ["MUTATION_SHARE"]), int(os.environ["MUTATION_SHARES"])
    output = Path(os.environ["MUTATION_OUTPUT"])
    runner = Runner(session, output.with_suffix(".scratch"))
    if not runner.unmutated():
        sys.exit("the tests fail as they stand")
    wanted = os.environ["MUTATION_ONLY"].split(",")
    with output.open("w") as file:
        for number, (name, mutant) in enumerate(sorted(all_mutants().items())):
            if number % of == share and name.startswith(tuple(wanted)):
                file.write(f"{name} {runner.run(name, mutant)}\n")
                file.flush()
    return True
