"""How an alert is acted upon: Kafka first, for there it counts; then the store, so that it shows at once."""

import logging
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError

from alerting.store import AlertStore
from schemas.actions import Action
from streams.acting import ActionWriter

Act = Callable[[Action], Awaitable[None]]
log = logging.getLogger(__name__)


def acting(writer: ActionWriter, store: AlertStore) -> Act:
    """Writes an action and adds it to the store; UnreachableError where Kafka may not have it."""

    async def act(action: Action) -> None:
        await writer.write(action)
        try:
            await store.add([action])
        except RedisError as failed:
            log.warning("%s is safe in Kafka, but not yet in Redis: %s", action.id, failed)

    return act
