"""The keys that a part of a document may have, told to whoever wrote another one."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def meant(wrong: str, right: Iterable[str]) -> str:
    """A question after the word that is most like the wrong one, to end a message with; empty where none is."""
    near = get_close_matches(wrong, list(right), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def keys_beside(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """The keys that `model` has where `location` leads, its last step aside; none where it leads out of it."""
    kinds: list[Any] = [model]
    for step in location[:-1]:
        kinds = [below for kind in kinds for below in _below(kind, step)]
    models = [kind for kind in kinds if _is_model(kind)]
    return list(dict.fromkeys(name for each in models for name in _fields(each)))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _below(kind: Any, step: int | str) -> list[Any]:
    """The types of what stands at one step below a type."""
    if _is_model(kind):
        fields = _fields(kind)
        # Of a choice told apart by a word, pydantic names that word as a step.
        chosen = step not in fields and any(step in get_args(each) for each in fields.values())
        return [kind] if chosen else _plain(fields.get(str(step)))
    if get_origin(kind) in (list, dict, tuple):
        return _plain(get_args(kind)[-1])
    return []


def _plain(kind: Any) -> list[Any]:
    """A type without what is around it: the members of a union, what is annotated."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [each for member in get_args(kind) for each in _plain(member)]
    return [kind]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
