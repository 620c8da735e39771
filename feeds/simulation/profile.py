"""Profiles by name or path: a city's numbers as strict YAML, whole, or as what differs from another."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from feeds.simulation.parameters import Profile
from schemas.documents import Document, DocumentError, read_yaml

PROFILES = Path(__file__).parent / "profiles"
DEFAULT = "london"
BASED_ON = "based_on"


@cache
def load_profile(name_or_path: str | Path = DEFAULT) -> Profile:
    """The profile of that name, or of the YAML file at that path; DocumentError, with the line, if it is wrong."""
    document = read_yaml(_path(name_or_path, Path()))
    return replace(document, value=_whole(document, [document.path])).into(Profile)


def names() -> list[str]:
    """The profiles that come with the project."""
    return sorted(path.stem for path in PROFILES.glob("*.yaml"))


def _path(name_or_path: str | Path, folder: Path) -> Path:
    text = str(name_or_path)
    if "/" in text or "\\" in text or text.endswith((".yaml", ".yml")):
        return folder / name_or_path
    if text not in names():
        raise DocumentError(
            f"there is no profile {text!r}: give one of {', '.join(names())}, or a path ending in .yaml"
        )
    return PROFILES / f"{text}.yaml"


def _whole(document: Document, seen: list[Path]) -> Any:
    """The document's value, over that of what it is based on."""
    own = document.value
    if not isinstance(own, dict) or BASED_ON not in own:
        return own
    base = _path(str(own[BASED_ON]), document.path.parent)
    if base in seen:
        raise document.error([BASED_ON], "based_on: the profiles are based on each other")
    rest = {key: each for key, each in own.items() if key != BASED_ON}
    return _over(_whole(read_yaml(base), [*seen, base]), rest)


def _over(base: Any, own: Any) -> Any:
    """Own values over the base's, key by key; a list replaces a list."""
    if not isinstance(base, dict) or not isinstance(own, dict):
        return own
    return base | {key: _over(base.get(key), each) for key, each in own.items()}
