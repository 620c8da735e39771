"""Why a row was not read."""

from typing import NamedTuple

from schemas.errors import PledgeWatchError


class RowRefused(PledgeWatchError):  # noqa: N818 - a refusal is an answer about one row, not a fault of ours
    """A row that cannot be read; `reason` is a closed word the summary counts by.

    Operator action: mend the row, or the mapping's table or format the message names.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Refusal(NamedTuple):
    """A refused row: the line (from 1) it begins on, the reason's word, and what people are told."""

    line: int
    reason: str
    detail: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}: {self.detail}"
