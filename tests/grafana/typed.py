"""The foundation SDK's schema: its models say the type of every field, and nothing checks them while it runs.

(The JSON Schema beside it takes "anything" for "an object", and refuses every override of a panel.)
"""

import enum
import types
import typing
from typing import Any

SIMPLE = (str, bool, int, float, type(None))


def problems(value: Any, wanted: Any, at: str = "dashboard") -> list[str]:
    """What of a model's fields, and of their fields, is not of its type, and where."""
    if wanted in (object, Any):
        return _inside(value, at) if _is_model(value) else []
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        found = [problems(value, each, at) for each in arguments]
        return min(found, key=lambda told: (any(each.startswith(f"{at}: ") for each in told), len(told)))
    if origin is typing.Literal:
        return [] if value in arguments else [f"{at}: {value!r} is none of {arguments}"]
    if origin is list:
        return _not(value, list, at) or _all(
            problems(v, arguments[0], f"{at}[{i}]") for i, v in enumerate(value)
        )
    if origin is dict:
        return _not(value, dict, at) or _all(problems(v, arguments[1], f"{at}.{k}") for k, v in value.items())
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return [] if value in list(wanted) else [f"{at}: {value!r} is no {wanted.__name__}"]
    if wanted in SIMPLE:
        right = isinstance(value, (int, float)) if wanted is float else isinstance(value, wanted)
        return (
            []
            if right and (wanted is bool or not isinstance(value, bool))
            else [f"{at}: {value!r} is no {wanted}"]
        )
    if isinstance(value, dict) and hasattr(wanted, "from_json"):
        value = wanted.from_json(value)  # some the SDK leaves as they are
    return _not(value, wanted, at) or _inside(value, at)


def _not(value: Any, wanted: type, at: str) -> list[str]:
    return [] if isinstance(value, wanted) else [f"{at}: {value!r} is no {wanted.__name__}"]


def _all(found: Any) -> list[str]:
    return [problem for each in found for problem in each]


def _is_model(value: Any) -> bool:
    return type(value).__module__.startswith("grafana_foundation_sdk.models")


def _inside(value: Any, at: str) -> list[str]:
    hints = typing.get_type_hints(type(value))
    return _all(
        problems(getattr(value, name), hint, f"{at}.{name}")
        for name, hint in hints.items()
        if hasattr(value, name)
    )
