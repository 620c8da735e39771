"""A pack's promises in words, with where they were read, for those who tell a clock's story."""

from schemas.stories import Promise
from standards.document import PackDocument


def promises(pack: PackDocument) -> dict[str, Promise]:
    """Each standard's promise by the standard's id."""
    return {
        standard.id: Promise(
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
        for standard in pack.standards
    }
