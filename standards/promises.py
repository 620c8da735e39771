"""The packs' promises in words, with where they were read, for those who tell a clock's story."""

from pathlib import Path

from schemas.stories import Promise
from standards.document import PackDocument, StandardDocument
from standards.loader import read_packs

Promises = dict[tuple[str, int, str], Promise]
"""By pack, its version, and the standard's id."""


def promises(named: str | Path) -> Promises:
    """The promises of the packs that `load_pack` would load; DocumentError where one cannot be read."""
    return {
        (pack.id, pack.version, standard.id): _promise(pack, standard)
        for pack in read_packs(named)
        for standard in pack.standards
    }


def _promise(pack: PackDocument, standard: StandardDocument) -> Promise:
    return Promise(
        standard=standard.id,
        title=standard.title,
        sentence=standard.sentence,
        limit=standard.limit.sentence,
        pack=pack.id,
        pack_version=pack.version,
        pack_title=pack.title,
        source=standard.limit.source.url,
        note=standard.limit.source.note,
    )
