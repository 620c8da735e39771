"""verdicts, open_clocks, positions."""

from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

_TOLD = ("borough", "ward", "grade", "first_grade", "category", "line", "team", "channel", "area")


def upgrade() -> None:
    """Makes them."""
    _verdicts()
    _open_clocks()
    _positions()


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        _text("clock", comment="subject/standard, with #round of a recurring promise"),
        _moment(
            "first_about_at", comment="what its first revision is about: a number used again is another clock"
        ),
        _number("revision", comment="from 1, in the order in which they were said"),
        _text("subject"),
        _text("standard"),
        _text("kind", comment="verdict, at-risk, un-resourced, stopped or open-again"),
        _text("verdict", comment="running, met, breached, excluded or unverifiable"),
        _words("reason"),
        _words("outcome", comment="how a call ended (C3)"),
        _words("corrects", comment="the verdict that it takes back"),
        _flag(
            "counted",
            comment="whether the figures count the clock by it: the last word on its verdict, where it is judged",
        ),
        _moment("happened_at", comment="of what it tells: the stop, the end, the deadline"),
        _moment("recorded_at", comment="when that was recorded; of a deadline, when it passed"),
        _moment("known_at", comment="when it was said"),
        _moment("start_at", nullable=True),
        _moment("due_at", nullable=True),
        _moment("stop_at", nullable=True),
        Column("elapsed_ms", BigInteger, comment="from start to stop"),
        Column("keyed_late_ms", BigInteger, comment="from the stop until it was recorded"),
        _flag("called_off", comment="it stopped without what was promised"),
        _words("day", comment="the local day of its due, 2009-10-24 (N1)"),
        _words("week", comment="the local ISO week of its due, 2009-W43"),
        _text("cohort", comment="live, probe (M3) or exercise (M8)"),
        *map(_words, _TOLD),
        Column("regrades", Integer, nullable=False, server_default=text("0")),
        _moment("regraded_at", nullable=True, comment="the last time"),
        _text("pack"),
        _number("pack_version"),
        _number("rules", comment="the version of the rules that judged it last"),
        Column(
            "evidence",
            JSON().with_variant(JSONB(), "postgresql"),
            nullable=False,
            comment="the ids of the events that the last word on the verdict rests on; else empty",
        ),
        PrimaryKeyConstraint("clock", "first_about_at", "revision"),
        comment="Every revision of every clock; rows with `counted` are the clocks as they stand",
    )
    counted: Any = {"postgresql_where": text("counted")}
    op.create_index("verdicts_counted_by_due", "verdicts", ["due_at", "standard", "borough"], **counted)
    op.create_index("verdicts_counted_by_week", "verdicts", ["week", "standard", "borough"], **counted)
    op.create_index("verdicts_by_known", "verdicts", ["known_at"])
    op.create_index("verdicts_by_subject", "verdicts", ["subject"])


def _open_clocks() -> None:
    op.create_table(
        "open_clocks",
        _text("clock"),
        _text("subject"),
        _text("standard"),
        _text("stage", comment="running, at-risk or breached"),
        _moment("start_at"),
        _moment("due_at"),
        _moment("breach_at", comment="the first moment at which it is breached"),
        _moment("at_risk_at", nullable=True),
        _moment(
            "unresourced_at",
            nullable=True,
            comment="when the lack of a unit is to be said; null where there is none",
        ),
        _number("units", comment="how many are assigned"),
        _number("chased", comment="how often somebody called again"),
        _words("flags", comment="vulnerable, ward_priority"),
        _text("cohort"),
        *map(_words, _TOLD),
        PrimaryKeyConstraint("clock"),
        comment="The clocks that wait for their stop",
    )
    op.create_index("ix_open_clocks_subject", "open_clocks", ["subject"])
    op.create_index("ix_open_clocks_due_at", "open_clocks", ["due_at"])


def _positions() -> None:
    op.create_table(
        "positions",
        _text("topic"),
        _number("partition"),
        Column("next_offset", BigInteger, nullable=False, comment="what was read before it is in the tables"),
        _words("topic_id", comment="Kafka's: a topic made anew has another"),
        PrimaryKeyConstraint("topic", "partition"),
        comment="How far the ledger has been read, written in the transaction of what was read",
    )


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, String, nullable=False, **more)


def _words(name: str, **more: Any) -> Column[Any]:
    """Text that is empty where it does not apply."""
    return Column(name, String, nullable=False, server_default="", **more)


def _number(name: str, **more: Any) -> Column[Any]:
    return Column(name, Integer, nullable=False, **more)


def _flag(name: str, **more: Any) -> Column[Any]:
    return Column(name, Boolean, nullable=False, **more)


def _moment(name: str, nullable: bool = False, **more: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable, **more)
