"""Plants every small fault that mutmut can make in clocks/, and tells which no test notices: `make mutate`.

Each survivor is to be argued in argued.yaml, by what it changes, not by its number: the numbers move with the code.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import yaml
from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

MUTANTS = Path("mutants")
ARGUED = Path(__file__).with_name("argued.yaml")
CORES = os.cpu_count() or 1


class Change(NamedTuple):
    """What a mutant changes: where, and the lines without their indents."""

    where: str
    was: str
    now: str


def main(only: list[str]) -> int:
    """Run the mutants whose names begin so (`clocks.shard`), or all; 0 where every survivor is argued."""
    create()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        found = run(only or ["clocks."], Path(folder))
    counts = Counter(found.values())
    survivors = {name: change_of(name) for name, result in found.items() if result == "survived"}
    argued = read_argued()
    unargued = {name: change for name, change in survivors.items() if change not in argued}
    for name, change in unargued.items():
        print(f"\n{name}\n  {change.where}\n  - {change.was}\n  + {change.now}")
    told = ", ".join(f"{number} {result}" for result, number in sorted(counts.items()))
    print(f"\n{len(found)} mutants: {told}; {len(survivors) - len(unargued)} of the survivors are argued")
    gone = argued - set(survivors.values()) if not only else set()
    for change in sorted(gone):
        print(f"argued, but no survivor: {change.where}: {change.was} -> {change.now}")
    return 1 if unargued or not found else 0


def create() -> None:
    """Have mutmut write the mutants, and what their tests need, to a folder of their own."""
    MUTANTS.mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(CORES)


def run(only: list[str], folder: Path) -> dict[str, str]:
    """What became of each mutant; a process a core."""
    outputs = [folder / f"{share}.txt" for share in range(CORES)]
    processes = [_start(share, output, only) for share, output in enumerate(outputs)]
    codes = [process.wait() for process in processes]
    if any(codes):
        sys.exit("the tests cannot be run on the mutants")
    lines = [line for output in outputs for line in output.read_text().splitlines()]
    return dict(line.split(" ", 1) for line in lines)


def _start(share: int, output: Path, only: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-p", "tests.mutation.planting", "-q"]
    chosen = [*config().pytest_add_cli_args, *config().pytest_add_cli_args_test_selection]
    asked = {
        "PYTHONPATH": ".",
        "MUTATION_SHARE": str(share),
        "MUTATION_SHARES": str(CORES),
        "MUTATION_OUTPUT": str(output),
        "MUTATION_ONLY": ",".join(only),
    }
    return subprocess.Popen(
        [*command, *chosen], cwd=MUTANTS, env=os.environ | asked, stdout=subprocess.DEVNULL
    )


def change_of(name: str) -> Change:
    """What a mutant changes."""
    lines = get_diff_for_mutant(name).splitlines()[2:]
    was, now = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    where = name.partition("__mutmut")[0].replace(".x_", ".").replace(".xǁ", ".").replace("ǁ", ".")
    return Change(where, was, now)


def read_argued() -> set[Change]:
    """The survivors that may live; why is said beside them."""
    return {
        Change(each["in"], each["was"], now)
        for argument in yaml.safe_load(ARGUED.read_text())
        for each in argument["mutants"]
        for now in each["now"]
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
