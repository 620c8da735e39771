"""What the tests of the shipped mappings share: a synthetic export, imported."""

from pathlib import Path

from feeds.importing.finding import find_mapping
from feeds.importing.importing import Importer
from feeds.importing.reading import open_export
from schemas.decoding import decode

DATA = Path(__file__).parents[1] / "data"


class Shipped:
    """An export in tests/data, by a shipped mapping: facts by subject, refusals and tally."""

    def __init__(self, mapping: str, export: str) -> None:
        document, read = find_mapping(mapping)
        self.refusals = []
        importer = Importer(document, read, self.refusals.append)
        with open_export(str(DATA / export), read.file) as opened:
            self.events = [decode(line) for line in importer.events(opened)]
        self.tally = importer.tally

    def facts(self, subject: str) -> list:
        return [event.fact for event in self.events if event.subject == subject]

    def types(self, subject: str) -> set[str]:
        return {fact.type for fact in self.facts(subject)}

    def fact(self, subject: str, type_: str):
        (found,) = [fact for fact in self.facts(subject) if fact.type == type_]
        return found

    def reasons(self) -> dict[int, str]:
        return {refusal.line: refusal.reason for refusal in self.refusals}
