"""The telling cases, and their stories as `pledgewatch explain` writes them."""

import re
from pathlib import Path

from explaining.narrator import Question, explain
from pledgewatch.conform.reading import read_cases
from pledgewatch.conform.scenario import Case
from pledgewatch.story_text import story_text
from schemas.events import OF_SOURCES
from standards.promises import promises

FOLDER = Path(__file__).parent / "tales"
WIDTH = 100
TALES = [case for file in sorted(FOLDER.glob("*.yaml")) for case in read_cases(file)]


def file_of(case: Case) -> Path:
    """Where a tale's story is kept."""
    return FOLDER / f"{re.sub('[^a-z]+', '-', case.name.lower())}.txt"


def told(case: Case) -> str:
    """Every clock of every subject of a case."""
    known = promises(case.pack.id)
    subjects = dict.fromkeys(event.subject for event in case.events if event.fact.type not in OF_SOURCES)
    questions = [
        Question(subject, case.pack, known, case.until, case.pack.settle, case.feeds) for subject in subjects
    ]
    stories = [story for question in questions for story in explain(question, case.events)]
    return "\n\n".join(story_text(story, WIDTH) for story in stories)
