"""A mapping by its path or its shipped name, checked before any row is read."""

from importlib.resources import as_file, files
from pathlib import Path

from feeds.importing.checking import faults_of
from feeds.importing.columns import check_texts
from feeds.importing.mapping import Mapping
from schemas.documents import Document, DocumentError, read_yaml
from schemas.errors import PledgeWatchError


class UnknownMapping(PledgeWatchError):  # noqa: N818 - it names what is wrong
    """No mapping of that name is shipped and no such file exists.

    Operator action: give one of the names the message lists, or the path of a YAML file.
    """


def shipped() -> list[str]:
    """The names of the mappings that come with PledgeWatch, in order."""
    names = (entry.name for entry in files("feeds.mappings").iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def find_mapping(named: str) -> tuple[Document, Mapping]:
    """The mapping at a path or of a shipped name; DocumentError with file and line where it is wrong."""
    if named in shipped():
        with as_file(files("feeds.mappings") / f"{named}.yaml") as path:
            return read_mapping(path)
    path = Path(named)
    if not path.is_file():
        raise UnknownMapping(f"{named}: no such file, and no such shipped mapping ({', '.join(shipped())})")
    return read_mapping(path)


def read_mapping(path: Path) -> tuple[Document, Mapping]:
    """The mapping at `path` and the document it stands in, whose lines errors name."""
    document = read_yaml(path)
    mapping = document.into(Mapping)
    check_texts(document)
    faults = faults_of(mapping)
    if faults:
        raise DocumentError("\n".join(str(document.error(at, message)) for at, message in faults))
    return document, mapping
