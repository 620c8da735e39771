"""The errors people are shown."""


class PledgeWatchError(Exception):
    """The root of our errors: the message says what, where, and what to do.

    Operator action: read the message; the command line prints it and exits with 2.
    """


REFUSALS = (
    "not-json",
    "not-cloudevent",
    "unknown-type",
    "missing-field",
    "bad-field",
    "bad-time",
    "bad-subject",
    "wrong-kind",
    "wrong-topic",
    "wrong-partition",
    "time-in-future",
    "too-late",
    "judge-failed",
)
"""Every reason why a record goes to `dead-letters`: docs/running-it.md#dead-letters."""


class Refused(PledgeWatchError):  # noqa: N818 - a refusal is an answer to the sender, not a fault of ours
    """A record that cannot be taken; `reason` is a closed word that is also the metric's label.

    Operator action: find the record in `dead-letters`, mend its sender, send it again.
    """

    def __init__(self, reason: str, field: str, detail: str) -> None:
        super().__init__(f"{reason}: {field}: {detail}" if field else f"{reason}: {detail}")
        self.reason = reason
        self.field = field
        self.detail = detail
