"""Whether a task has been told to end."""

import asyncio


def ending() -> bool:
    """Whether the current task was cancelled: asked by whatever goes round for ever and speaks to Redis.

    On Python 3.11 `asyncio.wait_for`, by which the Redis client sends, may swallow a cancellation that comes just as
    it is done.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
