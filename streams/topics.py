"""The topics an installation needs: made and verified with kafka-python's admin client."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import PledgeWatchError
from schemas.events import INPUT_TOPICS
from schemas.times import DAY
from streams.connection import Connection, UnreachableError

LEDGER = "clock-ledger"
ALERTS = "breach-alerts"
ACTIONS = "alert-actions"
DEAD_LETTERS = "dead-letters"
KEPT = 70 * DAY
"""How long records stay: nine ISO weeks and the one before, so that a quarter's week can be re-judged."""
ADMIN_TIMEOUT_MS = 10_000
ASK_WITHIN_MS = 3_000


class TopicsError(PledgeWatchError):
    """The topics are not what the workers need.

    Operator action: run what the message names; a wrong partition count needs new topics.
    """


@dataclass(frozen=True)
class TopicSpec:
    """One topic: its partitions are those of the input topics, its settings as Kafka spells them."""

    name: str
    configs: dict[str, str] = field(default_factory=dict)


_KEPT = {"cleanup.policy": "delete", "retention.ms": str(KEPT)}
# Kafka's own time: a feed that sends old timestamps would have its records deleted, and `verify` asks when a record
# could be read, which is later than it was sent where the broker was away.
_FED = _KEPT | {"message.timestamp.type": "LogAppendTime"}
_COMPACTED = {"cleanup.policy": "compact"}
_LEDGER = _COMPACTED | {
    # Small segments and an eager cleaner: a take-over reads what compaction leaves.
    "segment.bytes": str(64 * 1024 * 1024),
    "min.cleanable.dirty.ratio": "0.1",
    # A tombstone outlives any reader that is down for a week.
    "delete.retention.ms": str(7 * DAY),
}
TOPICS: dict[str, TopicSpec] = {
    spec.name: spec
    for spec in (
        *(TopicSpec(name, _FED) for name in INPUT_TOPICS),
        TopicSpec(LEDGER, _LEDGER),
        TopicSpec(ALERTS, _KEPT),
        TopicSpec(ACTIONS, _KEPT),
        TopicSpec(DEAD_LETTERS, _KEPT),
        TopicSpec("reference", _COMPACTED),
    )
}
"""Every topic of an installation, by name."""


def create(connection: Connection, partitions: int, replication: int) -> list[str]:
    """Makes what is missing and mends settings; returns what was done, a line each.

    TopicsError where a topic stands with other partitions: keys would land elsewhere, so it is never grown.
    """
    with _admin(connection) as admin:
        present = _present(admin)
        _refuse_other_counts(present, partitions)
        missing = [spec for name, spec in TOPICS.items() if name not in present]
        _make(admin, missing, partitions, replication)
        made = [f"created {spec.name} with {partitions} partitions" for spec in missing]
        mended = [_mend(admin, name) for name in _with_other_settings(admin, set(present))]
        if made or mended:
            _wait_until_seen(admin, partitions)
        return made + mended


def check(connection: Connection, partitions: int | None = None) -> list[str]:
    """What differs from the topics needed, a line each; None takes the partition count of the first topic."""
    with _admin(connection) as admin:
        present = _present(admin)
        wanted = partitions or present.get(INPUT_TOPICS[0], 0)
        missing = [f"{name} is missing" for name in TOPICS if name not in present]
        counts = _other_counts(present, wanted)
        settings = [
            f"{name}: {key} is {found}, not {TOPICS[name].configs[key]}"
            for name, differing in _with_other_settings(admin, set(present)).items()
            for key, found in differing.items()
        ]
        return missing + counts + settings


def require(connection: Connection) -> int:
    """The partition count of the input topics; TopicsError, with what to run, where a topic is wrong."""
    differences = check(connection)
    if differences:
        listed = "\n  ".join(differences)
        raise TopicsError(
            f"the topics on {connection.bootstrap} are not what a worker needs:\n  {listed}\n"
            "Run `pledgewatch topics create` (a wrong partition count needs new topics), then start again."
        )
    with _admin(connection) as admin:
        return _present(admin)[INPUT_TOPICS[0]]


def identity(connection: Connection, topic: str) -> str:
    """Kafka's own id of a topic, which one made anew does not share; empty where the brokers do not say."""
    try:
        with _admin(connection, ASK_WITHIN_MS) as admin:
            (found,) = admin.describe_topics([topic])
    except (UnreachableError, TopicsError):
        return ""
    return "" if found["error_code"] else str(found.get("topic_id") or "")


@contextlib.contextmanager
def _admin(connection: Connection, within_ms: int = ADMIN_TIMEOUT_MS) -> Iterator[Any]:
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    timeouts = {"bootstrap_timeout_ms": within_ms, "request_timeout_ms": within_ms}
    try:
        admin = KafkaAdminClient(**connection.asyncio_options(), **timeouts)
    except (KafkaError, OSError, ValueError) as failed:
        raise UnreachableError(f"no Kafka at {connection.bootstrap}: {failed}") from None
    try:
        yield admin
    except KafkaError as failed:
        raise TopicsError(f"Kafka at {connection.bootstrap} refused: {failed}") from None
    finally:
        admin.close()


def _present(admin: Any) -> dict[str, int]:
    """The topics that exist, with their partition counts."""
    found = admin.describe_topics(list(TOPICS))
    return {each["name"]: len(each["partitions"]) for each in found if each["error_code"] == 0}


def _other_counts(present: dict[str, int], wanted: int) -> list[str]:
    return [
        f"{name} has {count} partitions, not {wanted}" for name, count in present.items() if count != wanted
    ]


def _refuse_other_counts(present: dict[str, int], partitions: int) -> None:
    wrong = _other_counts(present, partitions)
    if wrong:
        listed = "\n  ".join(wrong)
        raise TopicsError(
            f"these topics exist with other partitions:\n  {listed}\n"
            "A partition count is fixed for life: give theirs with --partitions, or start new topics."
        )


def _make(admin: Any, missing: list[TopicSpec], partitions: int, replication: int) -> None:
    if not missing:
        return
    # With three copies two must have a write before it counts; with fewer, one.
    in_sync = {"min.insync.replicas": "2" if replication >= 3 else "1"}
    answer = admin.create_topics(
        {
            spec.name: {
                "num_partitions": partitions,
                "replication_factor": replication,
                "configs": spec.configs | in_sync,
            }
            for spec in missing
        },
        raise_errors=False,
    )
    refused = [f"{each['name']}: {each['error_message']}" for each in answer["topics"] if each["error_code"]]
    if refused:
        raise TopicsError("Kafka would not create these topics:\n  " + "\n  ".join(refused))


def _wait_until_seen(admin: Any, partitions: int) -> None:
    """The controller says yes before the brokers know: whoever starts next shall find what was made."""
    deadline = time.monotonic() + ADMIN_TIMEOUT_MS / 1000
    while time.monotonic() < deadline:
        present = _present(admin)
        all_there = len(present) == len(TOPICS) and not _other_counts(present, partitions)
        if all_there and not _with_other_settings(admin, set(present)):
            return
        time.sleep(0.05)
    raise TopicsError(
        "the topics were made, but the brokers do not show them yet: run `pledgewatch topics check`"
    )


def _with_other_settings(admin: Any, names: set[str]) -> dict[str, dict[str, str]]:
    """Of the topics named, those with a setting that is not ours, and what it is instead."""
    from kafka.admin import ConfigResource

    wanted = [TOPICS[name] for name in TOPICS if name in names]
    if not wanted:
        return {}
    resources = [ConfigResource("TOPIC", spec.name, configs=dict.fromkeys(spec.configs)) for spec in wanted]
    found = admin.describe_configs(resources, config_filter="all")["topic"]
    differing = {spec.name: _differing(spec, found[spec.name]) for spec in wanted}
    return {name: settings for name, settings in differing.items() if settings}


def _differing(spec: TopicSpec, found: dict[str, Any]) -> dict[str, str]:
    return {
        key: str(found[key]["value"])
        for key, wanted in spec.configs.items()
        if str(found[key]["value"]) != wanted
    }


def _mend(admin: Any, name: str) -> str:
    from kafka.admin import ConfigResource

    admin.alter_configs([ConfigResource("TOPIC", name, configs=TOPICS[name].configs)])
    return f"set the settings of {name}"
