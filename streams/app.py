"""The Faust app of a watch process: its settings, and the whole order of things at a glance."""

import asyncio
import logging
from typing import Any

import faust
from faust.app.base import BootStrategy

from schemas.events import INPUT_TOPICS
from streams.assignment import Assignment
from streams.connection import Connection
from streams.transport import BatchTransport

MAX_POLL_RECORDS = 1_000
"""Records of one poll: some 15 ms of folding before others get their turn."""
COMMIT_SECONDS = 1.0
SESSION_SECONDS = 10.0
log = logging.getLogger(__name__)


class _ConsumerOnly(BootStrategy):  # type: ignore[misc]
    """No Faust producer, no web: we write by transactions of our own, and serve /metrics ourselves."""

    enable_kafka_producer = False
    enable_web = False


class WatchApp(faust.App):  # type: ignore[misc]
    """Faust for the group, the assignor and the commits; everything else is ours."""

    BootStrategy = _ConsumerOnly
    assignment: Assignment

    def _new_transport(self) -> BatchTransport:
        transport = BatchTransport(self.conf.broker_consumer, self, self.loop)
        transport.listener = self.assignment
        return transport

    def _create_directories(self) -> None:
        """Faust keeps its tables on disk; we have none."""

    async def _producer_flush(self, logger: Any) -> None:
        """There is no Faust producer to flush."""


def build_app(
    connection: Connection,
    app_id: str,
    partitions: int,
    assignment: Assignment,
    session_seconds: float = SESSION_SECONDS,
) -> WatchApp:
    """The app: fetch (1) hands batches to their lanes, the group's changes take partitions over (7).

    Each lane folds (2-4), writes (5) and acknowledges (6); one task sleeps to the earliest deadline of all.
    """
    app = WatchApp(app_id, **_settings(connection, partitions, session_seconds))
    app.assignment = assignment
    raw = faust.Schema(key_type=None, value_type=None, key_serializer="raw", value_serializer="raw")
    inputs = app.topic(*INPUT_TOPICS, schema=raw)

    @app.agent(inputs, name="watch")  # type: ignore[untyped-decorator]
    async def watch(stream: Any) -> None:
        async for event in stream.noack().events():
            assignment.deliver(event)

    @app.on_partitions_revoked.connect  # type: ignore[untyped-decorator]
    async def revoked(sender: Any, revoked: Any, **_: Any) -> None:
        await assignment.revoked(revoked)

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def assigned(sender: Any, assigned: Any, **_: Any) -> None:
        await assignment.assigned(assigned)

    async def ask(tps: Any) -> Any:
        return await app.consumer.ask_ends(tps)

    assignment.ask = ask
    assignment.generation = lambda: int(app.consumer_generation_id)
    return app


def _settings(connection: Connection, partitions: int, session_seconds: float) -> dict[str, Any]:
    return {
        "broker": [f"kafka://{server}" for server in connection.servers],
        "broker_credentials": _credentials(connection),
        "loop": asyncio.get_running_loop(),
        "topic_partitions": partitions,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        # Without standbys and tables Faust would not spread the topics' partitions alike.
        "table_standby_replicas": 1,
        "consumer_auto_offset_reset": "earliest",
        "broker_check_crcs": connection.check_crcs,
        "broker_max_poll_records": MAX_POLL_RECORDS,
        "broker_commit_interval": COMMIT_SECONDS,
        "broker_session_timeout": session_seconds,
        "broker_heartbeat_interval": session_seconds / 5,
        # Revoked partitions finish by streams/lanes.py; Faust's own wait collects garbage in a loop.
        "stream_wait_empty": False,
        "web_enabled": False,
    }


def _credentials(connection: Connection) -> Any:
    context = connection.ssl_context
    if connection.security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=connection.sasl_user,
            password=connection.sasl_password,
            mechanism=connection.sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None
