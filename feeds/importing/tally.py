"""What became of an export's rows, counted; the summary people read."""

from collections import Counter
from dataclasses import dataclass, field

_DOUBTS = {
    "ambiguous": "in an hour that came twice, taken as the mapping says",
    "nonexistent": "in an hour that never was, moved on by the gap",
}


@dataclass
class Tally:
    """Counts of rows and events; every row is read, refused or left out, and none is forgotten."""

    read: int = 0
    events: int = 0
    gave_way: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """All rows below the header."""
        return self.read + self.refused.total() + self.left_out.total()

    @property
    def nothing_read(self) -> bool:
        """Whether no row was of any use, though the mapping meant none of them to be left out."""
        return not self.read and not self.left_out

    def lines(self) -> list[str]:
        """The summary, for people."""
        return [
            f"{self.rows:,} rows: {self.read:,} read, {self.refused.total():,} refused, "
            f"{self.left_out.total():,} left out; {self.events:,} events",
            *(["no row could be read"] if self.nothing_read else []),
            *(f"refused: {number:,} {reason}" for reason, number in self.refused.most_common()),
            *(f"left out: {number:,} {name}" for name, number in self.left_out.most_common()),
            *(
                [f"{self.gave_way:,} rows gave way to a newer row of the same subject"]
                if self.gave_way
                else []
            ),
            *([f"{self.repeated:,} rows were given twice"] if self.repeated else []),
            *(f"{number:,} times {_DOUBTS[doubt]}" for doubt, number in self.doubts.most_common()),
        ]
