"""The foundation SDK's schema: its models say the type of every field, and nothing checks them while it runs.

(The JSON Schema beside it takes "anything" for "an object", and refuses every override of a panel.)
"""

import enum
import types
import typing
from collections.abc import Iterable
from typing import Any

SIMPLE = (str, bool, int, float, type(None))


def problems(value: Any, wanted: Any, at: str = "dashboard") -> list[str]:
    """What of a model's fields, and of their fields, is not of its type, and where."""
    if wanted in (object, Any):
        return (
            _inside(value, at) if type(value).__module__.startswith("grafana_foundation_sdk.models") else []
        )
    if typing.get_origin(wanted) is not None:
        return _of_several(value, typing.get_origin(wanted), typing.get_args(wanted), at)
    if issubclass(wanted, enum.Enum):
        return _unless(value in list(wanted), value, wanted, at)
    if wanted in SIMPLE:
        right = isinstance(value, (int, float) if wanted is float else wanted)
        return _unless(right and (wanted is bool or not isinstance(value, bool)), value, wanted, at)
    if isinstance(value, dict):
        value = wanted.from_json(value)  # some the SDK leaves as they are
    return _unless(isinstance(value, wanted), value, wanted, at) or _inside(value, at)


def _of_several(value: Any, origin: Any, arguments: tuple[Any, ...], at: str) -> list[str]:
    if origin in (typing.Union, types.UnionType):
        found = [problems(value, each, at) for each in arguments]
        return min(found, key=lambda told: (any(each.startswith(f"{at}: ") for each in told), len(told)))
    if origin is typing.Literal:
        return _unless(value in arguments, value, arguments, at)
    if not isinstance(value, origin):
        return _unless(False, value, origin, at)
    each = value.items() if origin is dict else enumerate(value)
    return _all(problems(inner, arguments[-1], f"{at}[{key!r}]") for key, inner in each)


def _inside(value: Any, at: str) -> list[str]:
    hints = typing.get_type_hints(type(value))
    return _all(
        problems(getattr(value, name), hint, f"{at}.{name}")
        for name, hint in hints.items()
        if hasattr(value, name)
    )


def _unless(right: bool, value: Any, wanted: Any, at: str) -> list[str]:
    return [] if right else [f"{at}: {value!r} is no {wanted}"]


def _all(found: Iterable[list[str]]) -> list[str]:
    return [problem for each in found for problem in each]
