"""The register's tables. Times are UTC; in Python they are ms since 1970-01-01T00:00Z, as everywhere."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from schemas.times import as_datetime, milliseconds


class Moment(TypeDecorator[int]):
    """An instant: `timestamptz` in PostgreSQL, UTC without saying so in SQLite, ms in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Ms as a datetime."""
        if value is None:
            return None
        moment = as_datetime(value)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        """A datetime as ms."""
        if value is None:
            return None
        return milliseconds(value if value.tzinfo else value.replace(tzinfo=UTC))


METADATA = MetaData()


def _told() -> list[Column[Any]]:
    """What is known of a clock beside its times; empty where it does not apply."""
    names = ("borough", "ward", "grade", "first_grade", "category", "line", "team", "channel", "area")
    return [Column(name, String, nullable=False, server_default="") for name in names]


VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("clock", String, primary_key=True, comment="subject/standard, with #round of a recurring promise"),
    Column(
        "first_about_at",
        Moment,
        primary_key=True,
        comment="what its first revision is about: a number used again is another clock",
    ),
    Column("revision", Integer, primary_key=True, comment="from 1, in the order in which they were said"),
    Column("subject", String, nullable=False),
    Column("standard", String, nullable=False),
    Column("kind", String, nullable=False, comment="verdict, at-risk, un-resourced, stopped or open-again"),
    Column("verdict", String, nullable=False, comment="running, met, breached, excluded or unverifiable"),
    Column("reason", String, nullable=False, server_default=""),
    Column("outcome", String, nullable=False, server_default="", comment="how a call ended (C3)"),
    Column("corrects", String, nullable=False, server_default="", comment="the verdict that it takes back"),
    Column(
        "counted",
        Boolean,
        nullable=False,
        comment="whether the figures count the clock by it: the last word on its verdict, where it is judged",
    ),
    Column(
        "happened_at", Moment, nullable=False, comment="of what it tells: the stop, the end, the deadline"
    ),
    Column(
        "recorded_at", Moment, nullable=False, comment="when that was recorded; of a deadline, when it passed"
    ),
    Column("known_at", Moment, nullable=False, comment="when it was said"),
    Column("start_at", Moment),
    Column("due_at", Moment),
    Column("stop_at", Moment),
    Column("elapsed_ms", BigInteger, comment="from start to stop"),
    Column("keyed_late_ms", BigInteger, comment="from the stop until it was recorded"),
    Column("called_off", Boolean, nullable=False, comment="it stopped without what was promised"),
    Column(
        "day", String, nullable=False, server_default="", comment="the local day of its due, 2009-10-24 (N1)"
    ),
    Column(
        "week", String, nullable=False, server_default="", comment="the local ISO week of its due, 2009-W43"
    ),
    Column("cohort", String, nullable=False, comment="live, probe (M3) or exercise (M8)"),
    *_told(),
    Column("regrades", Integer, nullable=False, server_default=text("0")),
    Column("regraded_at", Moment, comment="the last time"),
    Column("pack", String, nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("rules", Integer, nullable=False, comment="the version of the rules that judged it last"),
    Column(
        "evidence",
        JSON().with_variant(JSONB(), "postgresql"),
        nullable=False,
        comment="the ids of the events that the last word on the verdict rests on; else empty",
    ),
    Index("verdicts_counted_by_due", "due_at", "standard", "borough", postgresql_where=text("counted")),
    Index("verdicts_counted_by_week", "week", "standard", "borough", postgresql_where=text("counted")),
    Index("verdicts_by_known", "known_at"),
    Index("verdicts_by_subject", "subject"),
    comment="Every revision of every clock; rows with `counted` are the clocks as they stand",
)

OPEN_CLOCKS = Table(
    "open_clocks",
    METADATA,
    Column("clock", String, primary_key=True),
    Column("subject", String, nullable=False, index=True),
    Column("standard", String, nullable=False),
    Column("stage", String, nullable=False, comment="running, at-risk or breached"),
    Column("start_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False, index=True),
    Column("breach_at", Moment, nullable=False, comment="the first moment at which it is breached"),
    Column("at_risk_at", Moment),
    Column(
        "unresourced_at", Moment, comment="when the lack of a unit is to be said; null where there is none"
    ),
    Column("units", Integer, nullable=False, comment="how many are assigned"),
    Column("chased", Integer, nullable=False, comment="how often somebody called again"),
    Column("flags", String, nullable=False, server_default="", comment="vulnerable, ward_priority"),
    Column("cohort", String, nullable=False),
    *_told(),
    comment="The clocks that wait for their stop",
)

POSITIONS = Table(
    "positions",
    METADATA,
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False, comment="what was read before it is in the tables"),
    Column(
        "topic_id",
        String,
        nullable=False,
        server_default="",
        comment="Kafka's: a topic made anew has another",
    ),
    comment="How far the ledger has been read, written in the transaction of what was read",
)
