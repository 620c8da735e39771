"""The planted faults still fit the code; that they are noticed is what `make planted` shows."""

import subprocess
from pathlib import Path

import pytest

from tests.planted.faults import FAULTS, PATCHES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.patch)
def test_a_fault_still_applies(fault):
    checked = subprocess.run(
        ["git", "apply", "--check", "-C1", str(fault.path)], cwd=ROOT, capture_output=True
    )

    assert checked.returncode == 0, checked.stderr.decode()


def test_every_patch_is_planted():
    assert {path.stem for path in PATCHES.glob("*.patch")} == {fault.patch for fault in FAULTS}
