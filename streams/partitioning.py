"""Which partition a subject belongs to: murmur2, as every Kafka client but librdkafka's default spreads keys."""

import struct

_M = 0x5BD1E995
_MASK = 0xFFFFFFFF
_SEED = 0x9747B28C


def murmur2(key: bytes) -> int:
    """Kafka's 32-bit hash of a key."""
    length = len(key)
    h = _SEED ^ length
    whole = length & ~3
    for k in struct.unpack_from(f"<{length >> 2}I", key):
        k = k * _M & _MASK
        h = (h * _M ^ (k ^ k >> 24) * _M) & _MASK
    if length != whole:
        h = ((h ^ int.from_bytes(key[whole:], "little")) * _M) & _MASK
    h = ((h ^ (h >> 13)) * _M) & _MASK
    return h ^ (h >> 15)


def partition_of(subject: str, partitions: int) -> int:
    """The partition of a subject among so many."""
    return (murmur2(subject.encode()) & 0x7FFFFFFF) % partitions
