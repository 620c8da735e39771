"""The rules as data (`conformance/rules/`): chapters, numbers, texts, and what proves each of them."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from pledgewatch.conform.document import Strict, Text
from schemas.documents import read_document

RULES = "rules"
"""The folder of the rules beside the scenarios; its files are no scenarios."""

RuleName = Annotated[str, Field(pattern=r"^[A-Z]\d{1,2}$")]


class Rule(Strict):
    """One numbered rule.

    `boundaries`: by name, the sides of which scenarios of the rule must show each (as `shows` of their cases says).
    `tests` prove what no scenario can show, as `path::name`.
    """

    rule: RuleName
    text: Text
    boundaries: dict[Text, Annotated[tuple[Text, ...], Field(min_length=2)]] = Field({})
    tests: tuple[Text, ...] = ()


class Chapter(Strict):
    """One chapter of the rules, opened by a text of its own if it has one."""

    chapter: Text
    text: str = ""
    rules: tuple[Rule, ...] = ()


def read_chapters(conformance: Path) -> list[Chapter]:
    """The chapters in their order; DocumentError with file and line where one cannot be read."""
    return [read_document(file, Chapter) for file in sorted((conformance / RULES).glob("*.yaml"))]
