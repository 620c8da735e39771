"""The event loop of processes that have much to do."""

import asyncio


def use_uvloop() -> None:
    """Takes uvloop where it is installed: a platform may not have it."""
    try:
        import uvloop
    except ImportError:
        return
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
