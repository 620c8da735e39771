"""The kinds of value a setting may have: how text becomes one, and what else it may have been."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.times import SECOND, format_duration, parse_duration

_SECONDS = re.compile(r"\d{1,9}(\.\d+)?")


@dataclass(frozen=True)
class Kind:
    """`read` takes what a flag, a variable or a file gave, and raises ValueError where it will not do."""

    name: str
    metavar: str
    read: Callable[[Any], Any]
    show: Callable[[Any], str] = str


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be text, and not empty")
    return value.strip()


def _list(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError("must be text, its parts separated by commas")
    read = tuple(part.strip() for part in parts if part.strip())
    if not read:
        raise ValueError("must name at least one")
    return read


def _whole(value: Any, least: int, most: int) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return int(text)


def _duration(value: Any) -> int:
    text = "" if isinstance(value, bool) else str(value)
    if _SECONDS.fullmatch(text):
        return round(float(text) * SECOND)
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError("must be a duration, such as 1s, 500ms or 1h30m, or a number of seconds") from None


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise ValueError("must be true or false")
    return bool(value == "true")


def _file(value: Any) -> str:
    path = Path(_text(value))
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return str(path)


def choice(*choices: str) -> Kind:
    """One of a few words, in any case."""
    known = {word.lower(): word for word in choices}

    def read(value: Any) -> str:
        word = known.get(value.lower()) if isinstance(value, str) else None
        if word is None:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return word

    return Kind(f"one of {', '.join(choices)}", "|".join(choices), read)


def without_password(url: str) -> str:
    """An address as it may be shown: without who, and without options, either of which may hold a password."""
    scheme, found, rest = url.partition("?")[0].partition("://")
    return f"{scheme}{found}{rest.rpartition('@')[2]}"


TEXT = Kind("text", "TEXT", _text)
ADDRESS = Kind("text", "TEXT", _text, without_password)
LIST = Kind("list", "TEXT,…", _list, ",".join)
NUMBER = Kind("whole number", "NUMBER", lambda value: _whole(value, 1, 1_000_000))
PORT = Kind("port", "PORT", lambda value: _whole(value, 0, 65_535))
DURATION = Kind("duration", "DURATION", _duration, format_duration)
FLAG = Kind("true or false", "true|false", _flag)
FILE = Kind("file", "FILE", _file)
