"""The pages tell the truth: commands in them are run, settings in them are read, links in them lead somewhere.

A block of commands (```sh) is run as it stands, in an empty folder with the examples; one that cannot be run in a test
says so (```sh example). A block of settings (```toml) is read as a piece of followup.toml.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import licences
import pytest

from sync.advice import load_advice
from sync.config import Settings, parse_settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
BASE = """owner = "k3x9"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "followups.ics"
"""
SETTINGS = BASE + '[state]\npath = "state.sqlite"\n'


def blocks(path: Path, language: str) -> Iterator[tuple[str, str]]:
    """The fenced blocks of this language: what stands after it, and the text."""
    fence = rf"^( *)```{language}\b *(\S*)\n(.*?)^\1```"
    for found in re.finditer(fence, path.read_text("utf-8"), re.M | re.S):
        yield found[2], textwrap.dedent(found[3])


def of_all_pages(language: str) -> list[Any]:
    return [
        pytest.param(mark, text, id=f"{path.stem}-{number}")
        for path in PAGES
        for number, (mark, text) in enumerate(blocks(path, language), 1)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where somebody stands who reads the pages: the examples, their settings, a folder of other people's."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("out"))
    sheet = (ROOT / "examples" / "leads.csv").read_text("utf-8")
    (tmp_path / "seekers").mkdir()
    for place, owner in ((tmp_path, "reader"), (tmp_path / "seekers", "anna")):
        (place / "leads.csv").write_text(sheet, "utf-8")
        name = "followup.toml" if place == tmp_path else f"{owner}.toml"
        (place / name).write_text(SETTINGS.replace("k3x9", owner), "utf-8")
    return tmp_path


@pytest.mark.parametrize("path", [path for path in PAGES if any(not mark for mark, _ in blocks(path, "sh"))],
                         ids=lambda path: path.stem)  # fmt: skip
def test_commands_run_as_they_stand(path: Path, folder: Path) -> None:
    if any("followup init" in text for _, text in blocks(path, "sh")):
        (folder / "followup.toml").unlink()
    for mark, text in blocks(path, "sh"):
        if mark:
            assert mark == "example"
            continue
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", text],
            cwd=folder,
            env={**os.environ, "HOME": str(folder), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(("mark", "text"), of_all_pages("toml"))
def test_settings_are_read(mark: str, text: str) -> None:
    piece = tomllib.loads(text)
    if mark:
        load_advice(parse_settings(BASE), **{mark: text})  # "wording" and "mapping" are files of their own
        return
    document = tomllib.loads(BASE)
    for key, value in piece.items():
        if key not in Settings.model_fields:  # a single line to be added to [source]
            document["source"][key] = value
        elif isinstance(value, dict) and "type" not in value:
            document[key] = {**document.get(key, {}), **value}
        else:
            document[key] = value
    Settings.model_validate(document)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        place, _, anchor = link.partition("#")
        if re.match(r"https?://|mailto:", link):
            continue
        target = (path.parent / place) if place else path
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.M)
            assert anchor in {re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_speak_to_people(path: Path) -> None:
    assert not re.findall(r"/(?:tmp|work)/|TODO|FIXME", path.read_text("utf-8"))


def test_the_readme_names_its_two_commands_and_every_page() -> None:
    text = ROOT.joinpath("README.md").read_text("utf-8")
    assert ("example", "make demo\nmake test\n") in blocks(ROOT / "README.md", "sh")
    made = re.findall(r"^(\w+):", ROOT.joinpath("Makefile").read_text("utf-8"), re.M)
    assert {"demo", "test"} <= set(made)
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= set(re.findall(r"\]\(([^)#]+)", text))


def test_the_examples_do_not_grow_old(folder: Path) -> None:
    """The clock comes in as an argument: what is shown for the made-up leads is the same on every day of every year."""
    commands = [line for mark, text in blocks(ROOT / "README.md", "sh") if not mark for line in text.splitlines()]
    assert len(commands) > 5
    days = {re.search(r" --now (\S+)$", line)[1] for line in commands}  # type: ignore[index]
    assert len(days) == 1
    demo = ROOT.joinpath("examples", "demo.py").read_text("utf-8")
    assert datetime.fromisoformat(re.search(r'^NOW = "(.+)"', demo, re.M)[1]) == datetime.fromisoformat(days.pop())  # type: ignore[index]
    assert all('"--now", NOW' in line for line in demo.splitlines() if re.search(r'followup\("', line))


def test_the_page_about_licences_names_every_package() -> None:
    page = licences.PAGE.read_text("utf-8").splitlines()
    stale = [row for row in licences.rows().values() if row not in page]
    assert not stale, "make licences"
