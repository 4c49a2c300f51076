"""Every line of the pages about faults and servers is shown by tests: each row names some, and those exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sync.reading.vocabulary import load_vocabulary

TESTS = Path(__file__).parents[1]
NAME = re.compile(r"`(test_\w+\.py|\w+_contract\.py)?(?:::)?(test_\w+)?(?:\[(\w+)\])?`")
UNNAMED = "test_caldav_habits.py"
"""The file of the tests that `docs/servers.md` names without one."""


def named_tests(document: str) -> list[str]:
    """The last cells of all rows of all tables whose last column is called `test`."""
    found, listing = [], False
    for line in (TESTS.parent / "docs" / document).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if cells and listing and not re.fullmatch("-+", cells[-1]):
            found.append(cells[-1])
        listing = bool(cells) and (listing or cells[-1] == "test")
    return found


def sources(file: str) -> tuple[str, set[str]]:
    """The text of a test file, and the names of its tests."""
    text = next(TESTS.rglob(file)).read_text("utf-8")
    return text, {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("document", ["faults.md", "servers.md"])
def test_every_row_names_tests_that_exist(document: str) -> None:
    rows = named_tests(document)
    assert len(rows) > 25
    switches, _ = sources("stub_server.py")
    for row in rows:
        names = [NAME.fullmatch(name) for name in re.findall("`[^`]+`", row)]
        assert names, f"a row without a test: {row}"
        file = UNNAMED
        for name in names:
            assert name, f"no name of a test: {row}"
            file = name[1] or file
            text, functions = sources(file)
            assert name[2] is None or name[2] in functions, f"{file} has no {name[2]}"
            assert name[3] is None or f'"{name[3]}"' in text + switches, f"nothing is called {name[3]}: {row}"


def test_the_page_about_the_sheet_names_the_words_of_every_closed_column() -> None:
    told = (TESTS.parent / "docs" / "sheet.md").read_text("utf-8")
    words = load_vocabulary().words
    for name in ("lead_kind", "contact_kind", "channel", "plan"):
        (line,) = [line for line in told.splitlines() if line.startswith(f"| `{name}`")]
        assert not [word for word in {*words[name].values()} if f"`{word}`" not in line], name


def test_no_docstring_sends_to_a_paper_that_is_not_here() -> None:
    root, paper = TESTS.parent, re.compile(r"\bDESIGN \d|\b[a-z]+-(?:facts|rules) \d|\((?:C\d+|promise \d)")
    files = [file for folder in ("sync", "connectors", "tests", "mappings") for file in (root / folder).rglob("*.py")]
    assert len(files) > 300
    assert [file for file in files if paper.search(file.read_text("utf-8"))] == []
