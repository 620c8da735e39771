"""Tables of a pydantic model's fields, from its JSON Schema: name, kind, whether it must be there, what it is."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

HEAD = ("| field | kind | required | |", "|---|---|---|---|")
_KINDS = {"boolean": "true or false", "integer": "whole number", "number": "number", "object": "object"}


def fields_table(model: type[BaseModel]) -> list[str]:
    """The fields of a model as the lines of a Markdown table; empty where it has none."""
    rows = list(_rows(model))
    return [*HEAD, *rows, ""] if rows else []


def doc_of(model: type) -> str:
    """A model's docstring on one line."""
    return " ".join((model.__doc__ or "").split())


def _rows(model: type[BaseModel]) -> Iterator[str]:
    schema = model.model_json_schema(by_alias=True)
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        must = "yes" if name in required else ""
        yield f"| `{name}` | {kind_of(field)} | {must} | {_words(field)} |"


def kind_of(field: dict[str, Any]) -> str:
    """What a field may hold, in words."""
    if "anyOf" in field:
        return " or ".join(
            dict.fromkeys(kind_of(each) for each in field["anyOf"] if each.get("type") != "null")
        )
    if "const" in field or "enum" in field:
        return " or ".join(f"`{value}`" for value in field.get("enum") or [field["const"]])
    if field.get("type") == "array":
        return "list of texts" if field.get("items") == {"type": "string"} else "list"
    if "$ref" in field:
        return "object"
    return _text(field) if field.get("type") == "string" else _KINDS[field["type"]]


def _text(field: dict[str, Any]) -> str:
    if field.get("format") == "date-time":
        return "time"
    if "pattern" in field:
        return f"text like `{field['pattern'].replace('|', chr(92) + '|')}`"
    return f"text of at most {field['maxLength']}" if "maxLength" in field else "text"


def _words(field: dict[str, Any]) -> str:
    return str(field.get("description", "")).replace("\n", " ").replace("|", "\\|")
