"""Strict YAML documents: read into a pydantic model, every error with its file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from schemas.errors import PledgeWatchError
from schemas.keys import keys_beside, meant

M = TypeVar("M", bound=BaseModel)
Location = Sequence[int | str]


class DocumentError(PledgeWatchError):
    """A YAML document that cannot be used.

    Operator action: mend the line the message names.
    """


@dataclass(frozen=True)
class Document:
    """A YAML document's value, and where each part of it stands."""

    path: Path
    value: Any
    root: yaml.Node

    def line(self, location: Location) -> int:
        """The line (from 1) of the deepest part of `location` that the document has.

        Not all of a location's steps are keys: pydantic also names what it chose among.
        """
        node = self.root
        for step in location:
            node = _child(node, step) or node
        return int(node.start_mark.line) + 1

    def error(self, location: Location, message: str) -> DocumentError:
        """An error that names this file and the line of `location`."""
        return DocumentError(f"{self.path}:{self.line(location)}: {message}")

    def into(self, model: type[M]) -> M:
        """The document as a model; the first errors, one a line, where it does not fit."""
        try:
            return model.model_validate(self.value)
        except ValidationError as refused:
            raise DocumentError("\n".join(self._lines(refused, model))) from None

    def _lines(self, refused: ValidationError, model: type[BaseModel]) -> list[str]:
        return [
            f"{self.path}:{self.line(_known(error['loc']))}: {_dotted(error['loc'])}: {_plainly(error, model)}"
            for error in refused.errors()[:10]
        ]


def read_document(path: Path, model: type[M]) -> M:
    """The YAML file at `path` as `model`; DocumentError with file and line where it does not fit."""
    return read_yaml(path).into(model)


def read_yaml(path: Path) -> Document:
    """The YAML file at `path`: one document, no duplicate keys, no tags, no aliases to surprise anyone."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failed:
        raise DocumentError(f"{path}: cannot be read: {failed}") from None
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> Document:
    """YAML text as a document; `path` is only named in errors."""
    try:
        return _parsed(text, path)
    except yaml.MarkedYAMLError as failed:
        line = failed.problem_mark.line + 1 if failed.problem_mark else 1
        raise DocumentError(f"{path}:{line}: {failed.problem or failed.context}") from None
    except RecursionError:
        raise DocumentError(f"{path}: it is nested too deeply to be read") from None
    except (yaml.YAMLError, ValueError) as failed:
        raise DocumentError(f"{path}: cannot be read: {' '.join(str(failed).split())}") from None


def _parsed(text: str, path: Path) -> Document:
    loader = _StrictLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise DocumentError(f"{path}:1: the document is empty")
        return Document(path, loader.construct_document(root), root)
    finally:
        loader.dispose()


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML that keeps times as text and refuses a key given twice."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    value: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key_node.start_mark)
        key = loader.construct_object(key_node, deep=True)
        if key in value:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is given twice", key_node.start_mark
            )
        value[key] = loader.construct_object(value_node, deep=True)
    return value


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _child(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None


def _known(location: Location) -> Location:
    return [step for step in location if isinstance(step, int) or not step.startswith("function-")]


def _dotted(location: Location) -> str:
    return ".".join(str(step) for step in location) or "document"


_WANTED = {
    "missing": "missing",
    "list_type": "a list is wanted, as in [one, two]",
    "bool_type": "true or false is wanted, without quotes",
    "string_type": "a text is wanted; quotes make one of a number or of yes and no",
}


def _plainly(error: Any, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        keys = keys_beside(model, error["loc"])
        return "unknown key" + (
            meant(str(error["loc"][-1]), keys) or (f"; it may be {', '.join(keys)}" if keys else "")
        )
    return _WANTED.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
