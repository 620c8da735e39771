"""The JSON Schema of scenario files, from the models that read them: for editors and for other engines."""

import json
from typing import Any

from pledgewatch.conform.document import ScenarioDocument

_OPENING = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$comment": "Made from pledgewatch/conform/document.py by `make docs`; change it there.",
}


def page() -> str:
    """The whole schema, as JSON text."""
    schema = _untitled(ScenarioDocument.model_json_schema(mode="validation"))
    return json.dumps(_OPENING | schema, indent=2, ensure_ascii=False) + "\n"


def _untitled(part: Any) -> Any:
    """Without the titles pydantic makes of field names; a property of that name stays."""
    if isinstance(part, list):
        return [_untitled(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _untitled(each) for key, each in part.items() if not (key == "title" and isinstance(each, str))
    }
