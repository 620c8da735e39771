"""The page of the rules: their texts from `conformance/rules/`, and under each the scenarios that show it."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pledgewatch.conform.document import CaseDocument, Compared, ScenarioDocument, StageLine
from pledgewatch.conform.reading import scenario_files
from pledgewatch.conform.rules import Chapter, Rule, read_chapters
from schemas.documents import read_document

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
_OPENING = """# What the clocks mean

The rules that make a response-standards monitor more than a stopwatch. They are numbered; the code, the tests and
the [scenario files](scenarios.md) name them by number. Under each rule stand the scenarios that show it, each case
with the verdicts it ends in and the side it shows of a boundary, and the tests that prove what no scenario can show.
A rule is added or changed with a scenario, before it is in the code. This page is made by `make docs` from
`conformance/rules/` and the scenario files; change it there.

Some rules are written but **not built yet**; each says so. An event that such a rule would read is accepted, checked
and kept, and starts no clock.
"""

Scenarios = dict[Path, ScenarioDocument]


def page(conformance: Path = CONFORMANCE) -> str:
    """The whole page, as Markdown."""
    scenarios = {path: read_document(path, ScenarioDocument) for path in scenario_files([conformance])}
    shown = {path.relative_to(conformance): scenario for path, scenario in scenarios.items()}
    return "\n".join([_OPENING, *_chapters(read_chapters(conformance), shown)])


def _chapters(chapters: list[Chapter], scenarios: Scenarios) -> Iterator[str]:
    for chapter in chapters:
        yield f"## {chapter.chapter}\n"
        if chapter.text:
            yield chapter.text
        for rule in chapter.rules:
            yield f"**{rule.rule}.** {rule.text}"
            yield from _proof(rule, scenarios)


def _proof(rule: Rule, scenarios: Scenarios) -> Iterator[str]:
    shown = {path: each for path, each in scenarios.items() if each.rule == rule.rule}
    if shown:
        cases = sum(len(each.cases) for each in shown.values())
        yield f"<details><summary>{rule.rule} shown by {_counted(cases, 'case')}</summary>\n"
        for path, scenario in shown.items():
            yield from _file(path, scenario)
        yield "\n</details>\n"
    if rule.tests:
        yield f"<details><summary>{rule.rule} proven by {_counted(len(rule.tests), 'test')}</summary>\n"
        yield from map(_test, rule.tests)
        yield "\n</details>\n"


def _file(path: Path, scenario: ScenarioDocument) -> Iterator[str]:
    yield f"- [{path.as_posix()}](../conformance/{path.as_posix()}): {scenario.about}"
    for case in scenario.cases:
        yield f"  - {case.case}: {_ending(case)}{_sides(case)}"


def _sides(case: CaseDocument) -> str:
    """Which sides of which boundaries the case shows: "due of a 999 call: at"."""
    return "".join(f" · {name}: {', '.join(sides)}" for name, sides in case.shows.items())


def _test(test: str) -> str:
    path, _, name = test.partition("::")
    return f"- [{path}](../{path}): {name.removeprefix('test_').replace('_', ' ')}"


def _ending(case: CaseDocument) -> str:
    """The verdicts a case ends in, else what is said on the way; equal neighbours once."""
    told = [case.verdicts, case.said, case.stages]
    lines: list[Compared | StageLine] = next(([*each] for each in told if each is not None), [])
    return ", ".join(word for word, _ in groupby(map(_word, lines))) or "no clock"


def _word(line: Compared | StageLine) -> str:
    if isinstance(line, StageLine):
        return f"*{line.stage}*"
    return f"*{line.verdict}* ({line.reason})" if line.reason else f"*{line.verdict}*"


def _counted(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number} {word}s"
