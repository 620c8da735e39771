"""`pledgewatch conform`: runs scenario files and says which hold."""

from pathlib import Path

import click

from pledgewatch.conform.playing import FallsError
from pledgewatch.conform.reading import read_cases, scenario_files
from pledgewatch.conform.running import run
from pledgewatch.conform.scenario import Case
from pledgewatch.conform.timeline import story
from schemas.errors import PledgeWatchError

HOLD, DIFFER, UNREADABLE = 0, 1, 2
BUNDLED = Path(__file__).resolve().parents[2] / "conformance"
"""The scenario files that come with the project, in a checkout and where it is installed."""


class Tally:
    """What a run of files came to."""

    def __init__(self) -> None:
        self.files = self.cases = self.failed = self.unreadable = 0

    @property
    def code(self) -> int:
        """The exit code: unreadable files outrank failing cases."""
        if self.unreadable:
            return UNREADABLE
        return DIFFER if self.failed else HOLD

    def sentence(self) -> str:
        """How it went, in one line."""
        held = f"{self.cases - self.failed} of {self.cases} cases in {_files_of(self.files)} hold"
        unread = f"; {_files_of(self.unreadable)} could not be read" if self.unreadable else ""
        return f"{held}, each also doubled, restored and reordered{unread}"


def _files_of(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


@click.command("conform")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("-v", "--verbose", is_flag=True, help="Name every case, not only those that fail.")
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], verbose: bool) -> None:
    """Run scenario files (or folders of them) against the engine: events in, verdicts out.

    Without PATH it runs those that come with PledgeWatch. Exit code 0: all hold; 1: some do not; 2: a file
    cannot be read.
    """
    tally = Tally()
    for path in _files(paths, tally):
        for case in _cases(path, tally):
            _judge(case, tally, verbose)
    click.echo(tally.sentence())
    context.exit(tally.code)


def _files(paths: tuple[Path, ...], tally: Tally) -> list[Path]:
    found: list[Path] = []
    for path in paths or (BUNDLED,):
        try:
            found += scenario_files([path])
        except PledgeWatchError as wrong:
            _complain(wrong, tally)
    return found


def _cases(path: Path, tally: Tally) -> list[Case]:
    try:
        cases = read_cases(path)
    except PledgeWatchError as wrong:
        _complain(wrong, tally)
        return []
    tally.files += 1
    return cases


def _judge(case: Case, tally: Tally, verbose: bool) -> None:
    tally.cases += 1
    try:
        result = run(case)
    except FallsError as fallen:
        tally.failed += 1
        click.echo(f"FAILS {case.path}:{case.line}: {case.rule}: {case.name}\n    {fallen}\n")
        return
    if result.failed:
        tally.failed += 1
        click.echo(story(result) + "\n")
    elif verbose:
        click.echo(f"holds {case.path}:{case.line}: {case.rule}: {case.name}")


def _complain(wrong: PledgeWatchError, tally: Tally) -> None:
    tally.unreadable += 1
    click.echo(f"pledgewatch: {wrong}", err=True)
