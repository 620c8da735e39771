"""Step 7: fence, then ask, then restore; and a shard that is still the ledger's state is kept."""

import json

from streams.takeover import take_over


class Parts:
    """A writer and a reader that log what is asked of them."""

    def __init__(self, end: int = 10) -> None:
        self.log: list[str] = []
        self.ledger_end = end
        self.end: int | None = None

    async def start(self) -> None:
        self.log.append("fence")

    async def stop(self) -> None:
        self.log.append("stop")


class Reader:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def end(self) -> int:
        self._parts.log.append("ask end")
        return self._parts.ledger_end

    async def read(self, end: int, restore) -> int:
        self._parts.log.append(f"read to {end}")
        restore("CALL-1", json.dumps({}).encode())
        return 1


async def taken(parts: Parts, held_end: int | None):
    restored: list[str] = []
    found = await take_over(
        parts,  # type: ignore[arg-type]
        Reader(parts),  # type: ignore[arg-type]
        held_end,
        lambda key, value: restored.append(key),
        lambda: parts.log.append("empty the shard"),
    )
    return found, restored


async def test_the_old_owner_is_fenced_before_the_ledger_is_read() -> None:
    # Restoring first would miss what the old owner commits in between.
    parts = Parts()
    found, restored = await taken(parts, held_end=None)
    assert parts.log == ["fence", "ask end", "empty the shard", "read to 10"]
    assert restored == ["CALL-1"]
    assert (found.records, found.kept) == (1, False)


async def test_a_shard_that_is_the_ledgers_state_is_kept() -> None:
    parts = Parts(end=10)
    found, restored = await taken(parts, held_end=10)
    assert parts.log == ["fence", "ask end"]
    assert restored == []
    assert found.kept


async def test_a_shard_that_somebody_wrote_past_is_read_anew() -> None:
    parts = Parts(end=12)
    found, _ = await taken(parts, held_end=10)
    assert parts.log == ["fence", "ask end", "empty the shard", "read to 12"]
    assert not found.kept


async def test_the_writer_knows_where_the_ledger_ended() -> None:
    parts = Parts(end=7)
    await taken(parts, held_end=None)
    assert parts.end == 7
