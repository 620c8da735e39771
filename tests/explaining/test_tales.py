"""Stories compared with files, word for word; `python -m tests.explaining` writes them anew."""

import pytest

from tests.explaining.tales import FOLDER, TALES, file_of, told


@pytest.mark.parametrize("case", TALES, ids=lambda case: case.name)
def test_a_tale_is_told_as_it_is_written(case):
    assert told(case) == file_of(case).read_text(encoding="utf-8")


def test_every_story_that_is_kept_belongs_to_a_tale():
    assert set(FOLDER.glob("*.txt")) == {file_of(case) for case in TALES}
