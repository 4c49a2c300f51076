"""Google's published documents, where they lie beside the project, and whether a value keeps to them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("FOLLOWUP_GOOGLE_DATA", Path(__file__).parents[3] / "shared" / "data" / "google"))
DOCUMENTS = {"sheets": "sheets.v4.json", "calendar": "calendar.v3.json"}

needs_folder = pytest.mark.skipif(
    not (FOLDER / "recorded-answers.jsonl").exists(),
    reason=f"Google's recorded answers are not at {FOLDER}; set FOLLOWUP_GOOGLE_DATA",
)


def has_documents() -> bool:
    """Whether Google's published documents are at hand."""
    return all((FOLDER / name).exists() for name in DOCUMENTS.values())


@cache
def document(name: str) -> Mapping[str, Any]:
    """The discovery document of an interface."""
    found: Mapping[str, Any] = json.loads((FOLDER / DOCUMENTS[name]).read_text("utf-8"))
    return found


def question_violations(query: Mapping[str, list[str]], entry: Mapping[str, Any]) -> Iterator[str]:
    """Where the parameters of a request break those of its method: unknown, repeated, of a wrong kind."""
    parameters = entry.get("parameters", {})
    for name, values in query.items():
        known = parameters.get(name)
        if known is None:
            if name != "fields":  # every method takes it
                yield f"{name} is no parameter"
            continue
        if len(values) > 1 and not known.get("repeated"):
            yield f"{name} is said twice"
        for value in values:
            if not _is_of_kind(value, known):
                yield f"{name}={value} is not what it takes"
    for name, known in parameters.items():
        if known.get("required") and known["location"] == "query" and name not in query:
            yield f"{name} is missing"


def _is_of_kind(text: str, known: Mapping[str, Any]) -> bool:
    if known["type"] == "boolean":
        return text in ("true", "false")
    if known["type"] == "integer":
        return text.isdigit() and int(known.get("minimum", 0)) <= int(text) <= int(known.get("maximum", 2**31 - 1))
    return text in known.get("enum", [text])


def body_violations(body: Any, method: str, entry: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    """Where what is sent breaks the schema of its method: also fields that this method needs and that are missing."""
    name = entry.get("request", {}).get("$ref")
    if name is None:
        yield "takes no body"
        return
    yield from violations(body, name, schemas)
    for field, known in schemas[name]["properties"].items():
        if method in known.get("annotations", {}).get("required", ()) and field not in body:
            yield f"$.{field}: missing"


def violations(value: Any, name: str, schemas: Mapping[str, Any]) -> Iterator[str]:
    """Where a value breaks the schema of this name: unknown fields, wrong types, words of no enumeration."""
    return _violations(value, schemas[name], schemas, "$")


def _violations(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any], where: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"]]
    kind = schema.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            yield f"{where}: no object"
            return
        known = schema.get("properties", {})
        for name, item in value.items():
            below = known.get(name, schema.get("additionalProperties"))
            if below is None:
                yield f"{where}.{name}: unknown"
            else:
                yield from _violations(item, below, schemas, f"{where}.{name}")
    elif kind == "array":
        for index, item in enumerate(value):
            yield from _violations(item, schema["items"], schemas, f"{where}[{index}]")
    elif kind == "string" and not (isinstance(value, str) and value in schema.get("enum", [value])):
        yield f"{where}: {value!r} is no such word"
    elif kind == "integer" and (not isinstance(value, int) or isinstance(value, bool)):
        yield f"{where}: {value!r} is no integer"
    elif kind == "number" and not isinstance(value, int | float):
        yield f"{where}: {value!r} is no number"
    elif kind == "boolean" and not isinstance(value, bool):
        yield f"{where}: {value!r} is no boolean"
