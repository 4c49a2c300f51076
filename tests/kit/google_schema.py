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
