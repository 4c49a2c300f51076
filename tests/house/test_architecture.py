"""docs/architecture.md names every module in the table of its room, and each call as the code has it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOMS = {text.partition("/`")[0]: text for text in re.split(r"^### `", PAGE, flags=re.M)[1:]}
CALL = re.compile(r"`([\w.]+)\((.*?)\)(?: -> (.+?))?`")


def modules(room: str) -> dict[str, Path]:
    return {path.stem: path for path in (ROOT / room).glob("*.py") if path.stem != "__init__"}


def listed(room: str) -> list[tuple[list[str], str]]:
    """The rows of the room's table of modules: the modules named, and what they are called as."""
    table = ROOMS[room].partition("| module | what stands there |")[2].split("\n\n")[0]
    cells = [re.split(r"(?<!\\) \| ?", line) for line in table.splitlines()[2:]]
    return [(re.findall(r"`(\w+)`", first), last.replace("\\|", "|")) for first, _, last, *_ in cells]


def called(path: Path, name: str) -> tuple[list[str], bool, str] | None:
    """What a function or method takes, in order and with the star; whether some may be left out; what it returns."""
    *owner, name = name.split(".")
    body = ast.parse(path.read_text("utf-8")).body
    for one in owner:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == one), [])
    found = next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == name), None)
    if found is None:
        return None
    first = [*found.args.posonlyargs, *found.args.args][bool(owner) :]
    needed = [one.arg for one in first[: len(first) - len(found.args.defaults)]]
    named = zip(found.args.kwonlyargs, found.args.kw_defaults, strict=True)
    only = [one.arg for one, default in named if default is None]
    more = len(needed) + len(only) < len(first) + len(found.args.kwonlyargs)
    result = ast.unparse(found.returns) if found.returns else ""
    star = ["*" + (found.args.vararg.arg if found.args.vararg else "")] if found.args.vararg or only else []
    return [*needed, *star, *only], more, result


@pytest.mark.parametrize("room", sorted({*ROOMS, *(
    path.parent.relative_to(ROOT).as_posix() for top in ("sync", "connectors") for path in (ROOT / top).rglob("*.py")
)}))  # fmt: skip
def test_every_module_has_its_words(room: str) -> None:
    named = [name for names, _ in listed(room) for name in names]
    assert sorted(named) == sorted(modules(room))


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_what_is_called_is_called_so(room: str) -> None:
    for names, calls in listed(room):
        for name, given, result in CALL.findall(calls):
            found = next(filter(None, (called(modules(room)[one], name) for one in names)), None)
            assert found is not None, f"{names} of {room} has no {name}"
            needed, more, returned = found
            assert [one for one in given.split(", ") if one] == [*needed, *(["..."] if more else [])], f"{room}: {name}"
            assert result == ("" if returned == "None" else returned), f"{room}: {name}"


def test_every_place_it_names_is_there() -> None:
    for place in set(re.findall(r"`((?:sync|connectors|mappings|docs|tests)/[\w/.*]*)`", PAGE)):
        known = place.replace("NAME", "*").replace("xx", "*")
        assert list(ROOT.glob(known)), place


def test_the_commands_stand_with_their_modules() -> None:
    from sync.cli import COMMANDS

    table = ROOMS["sync/cli"].partition("| command | module |")[2].split("\n\n")[0]
    told = {
        command: re.findall(r"`(\w+)`", last)
        for first, last in (line[2:-2].split(" | ") for line in table.splitlines()[2:])
        for command in re.findall(r"`(\w+)`", first)
    }
    assert told == {command: [place.partition(":")[0]] for command, (_, place) in COMMANDS.items()}


def test_every_file_of_words_and_advice_stands_in_its_table_with_a_module_that_is_there() -> None:
    table = PAGE.partition("## What is data")[2].partition("\n## ")[0]
    rows = [line[2:-2].split(" | ") for line in table.splitlines() if line.startswith("| `")]
    named = {name for first, *_ in rows for name in re.findall(r"`(.+?)`", first)}
    data = (path for path in (ROOT / "mappings").rglob("*") if path.suffix in (".toml", ".html"))
    as_named = {re.sub(r"(^|[.])(?:[a-z]{2})(?=[.]toml)", r"\1xx", path.name) for path in data}
    assert {name.rpartition("/")[2] for name in named} - {"NAME.toml"} == as_named - {
        path.name for path in (ROOT / "mappings" / "exports").iterdir()
    }
    for place in re.findall(r"`((?:sync|connectors)/[\w/]+\.py)`", table):
        assert (ROOT / place).exists(), place
