"""As much of JSON Schema as the schema of the scenario files uses; an unknown keyword is an error."""

import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
SILENT = {
    "$schema",
    "$comment",
    "$defs",
    "$ref",
    "description",
    "default",
    "required",
    "additionalProperties",
}
KEYWORDS = {
    "type": lambda value, wanted, _: isinstance(value, TYPES[wanted]),
    "enum": lambda value, wanted, _: value in wanted,
    "const": lambda value, wanted, _: value == wanted,
    "pattern": lambda value, wanted, _: re.search(wanted, value) is not None,
    "minLength": lambda value, wanted, _: len(value) >= wanted,
    "minItems": lambda value, wanted, _: len(value) >= wanted,
    "anyOf": lambda value, wanted, root: any(fits(value, each, root) for each in wanted),
    "items": lambda value, wanted, root: all(fits(each, wanted, root) for each in value),
    "propertyNames": lambda value, wanted, root: all(fits(each, wanted, root) for each in value),
    "properties": lambda value, wanted, root: all(
        fits(each, wanted[key], root) for key, each in value.items() if key in wanted
    ),
}


def fits(value, schema, root):
    """Whether a value is as its schema (a part of `root`) has it."""
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    checks = sorted(set(schema) - SILENT, key=lambda key: key != "type")
    return all(KEYWORDS[key](value, schema[key], root) for key in checks) and _keys_fit(value, schema, root)


def _keys_fit(value, schema, root):
    if not isinstance(value, dict):
        return True
    others = [each for key, each in value.items() if key not in schema.get("properties", {})]
    allowed = schema.get("additionalProperties", True)
    fine = allowed if isinstance(allowed, bool) else all(fits(each, allowed, root) for each in others)
    return set(schema.get("required", ())) <= set(value) and (fine or not others)
