"""The layers hold: the core is pure, connectors import the core, nobody imports a connector but the registry."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection
from graphlib import TopologicalSorter
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

import connectors
from sync.config import SourceSettings, StateSettings, TargetSettings

ROOT = Path(__file__).parents[2]
CORE = sorted(path for path in (ROOT / "sync").rglob("*.py"))
CONNECTORS = sorted((ROOT / "connectors").rglob("*.py"))
IMPURE = ROOT / "sync" / "cli"
FLEET = ROOT / "sync" / "fleet"
"""The outermost layer, beside the command line."""
FLEET_COMMANDS = IMPURE / "fleet.py"
CORE_LIBRARIES = {"msgspec", "pydantic", "holidays", "tomli", "tomlkit"}
SCREENS = ROOT / "sync" / "render"
SCREEN_LIBRARIES = {"rich"}
CORE_FORBIDDEN = {"os", "io", "socket", "subprocess", "random", "time", "locale", "sqlite3", "urllib", "http", "ssl"}
PURE_PARTS = {"urllib.parse"}
FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path) if name not in PURE_PARTS}


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_is_pure(path: Path) -> None:
    if {IMPURE, FLEET} & set(path.parents):
        return
    allowed = set(sys.stdlib_module_names) | CORE_LIBRARIES | {"sync"}
    if path.parent == SCREENS:
        allowed |= SCREEN_LIBRARIES
    assert tops(path) <= allowed - CORE_FORBIDDEN
    assert not any(name.startswith("connectors") for name in imports(path))


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_opens_nothing(path: Path) -> None:
    if {IMPURE, FLEET} & set(path.parents):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN_CALLS, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", CONNECTORS, ids=lambda path: str(path.relative_to(ROOT)))
def test_connectors_know_neither_command_line_nor_advice(path: Path) -> None:
    banned = ("sync.cli", "sync.run", "sync.render")
    assert not any(name.startswith(banned) for name in imports(path))
    assert not any(name.startswith("sync.schedule") for name in imports(path))


def test_no_module_imports_one_that_imports_it() -> None:
    """Not in a roundabout way either, nor inside a function or for types alone."""
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in [*CORE, *CONNECTORS]}
    own = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    TopologicalSorter({name: imports(path) & own.keys() - {name} for name, path in own.items()}).prepare()


def test_a_database_server_is_spoken_to_by_its_own_state_store_only() -> None:
    """It comes with `followup[fleet]`; nobody else needs it installed (the registry imports it when it is named)."""
    registry = ROOT / "connectors" / "__init__.py"
    theirs = {registry, ROOT / "connectors" / "postgres_state.py", *(ROOT / "connectors" / "postgres").glob("*.py")}
    theirs |= {*FLEET.glob("*.py"), FLEET_COMMANDS}
    for path in [*CORE, *CONNECTORS]:
        if path not in theirs:
            assert not tops(path) & {"psycopg", "psycopg_pool"}, path
            assert not any(name.startswith("connectors.postgres") for name in imports(path)), path


def test_nobody_imports_the_fleet_but_its_commands() -> None:
    for path in {*CORE, *CONNECTORS} - {FLEET_COMMANDS}:
        assert FLEET in path.parents or not any(name.startswith("sync.fleet") for name in imports(path)), path


def test_values_stand_on_the_standard_library_and_msgspec() -> None:
    for name in ("models.py", "errors.py", "memory.py", "reconcile/identity.py"):
        assert tops(ROOT / "sync" / name) <= set(sys.stdlib_module_names) | {"msgspec", "sync"}


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize(
    ("registry", "section"),
    [(connectors.SOURCES, SourceSettings), (connectors.TARGETS, TargetSettings),
     (connectors.STATES.keys() - {"postgres"}, StateSettings), (connectors.PROOFS, StateSettings)],
)  # fmt: skip
def test_settings_name_exactly_the_connectors_there_are(registry: Collection[str], section: type[BaseModel]) -> None:
    """But for the state in a database, which programs open and no seeker's own file names."""
    assert set(get_args(section.model_fields["type"].annotation)) == set(registry)
