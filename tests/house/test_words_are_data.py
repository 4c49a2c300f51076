"""What a person reads stands in `mappings/`, in every shipped language with the same facts."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def texts_of(name: str) -> dict[str, str]:
    document = tomllib.loads(files("mappings").joinpath(name).read_text("utf-8"))
    flat = {key: text for key, text in document.items() if isinstance(text, str)}
    tables = {table: texts for table, texts in document.items() if isinstance(texts, dict)}
    return flat | {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}


@pytest.mark.parametrize("name", ["screens", "remarks"])
def test_german_has_every_text_with_its_facts(name: str) -> None:
    english, german = texts_of(f"{name}.en.toml"), texts_of(f"{name}.de.toml")
    assert german.keys() == english.keys()
    lost = {
        key: set(PLACEHOLDER.findall(text)) ^ set(PLACEHOLDER.findall(german[key])) for key, text in english.items()
    }
    assert not {key: slots for key, slots in lost.items() if slots}


def sentences_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The first argument of each `Problem(`, `Note(` and `Fault(` that is a sentence, with its line."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("Problem", "Note", "Fault")
        ):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "reason")):
                text = argument.value if isinstance(argument, ast.Constant) else ""
                if (isinstance(text, str) and " " in text) or (
                    isinstance(argument, ast.JoinedStr) and " " in ast.unparse(argument)
                ):
                    yield ast.unparse(argument), node.lineno


def test_no_problem_and_no_note_is_a_sentence_in_code() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in (ROOT / "sync").rglob("*.py")
        for text, line in sentences_in(ast.parse(path.read_text("utf-8")))
    }
    assert not found


def test_every_fault_has_its_sentence() -> None:
    """And no sentence about a cell is there for nothing."""
    told = {key.removeprefix("cell.") for key in texts_of("remarks.en.toml") if key.startswith("cell.")}
    made = {
        node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
        for path in (ROOT / "sync").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault"
    } - {""}
    undated = {f"undated{week}{such}" for week in ("", "_week", "_part", "_month") for such in ("", "_such_as")}
    assert {key.removesuffix("-single") for key in told} == made | undated


def test_every_reason_of_a_column_has_its_sentence() -> None:
    told = {key.removeprefix("why.") for key in texts_of("remarks.en.toml") if key.startswith("why.")}
    mappings = ROOT / "mappings"
    shipped = [mappings / "columns.toml", *(mappings / "exports").glob("*.toml")]
    given = {reason for path in shipped for reason in tomllib.loads(path.read_text("utf-8")).get("unused", {})}
    grammar = (mappings / "headers" / "grammar.toml").read_text("utf-8")
    given |= set(re.findall(r'^why = "(.+)"$', grammar, re.MULTILINE))
    assert given <= told
