"""Every answer of docs/how-do-i.md works as it stands, for somebody whose leads are in the calendar since today."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import Folder

from sync.cli import run_command

ROOT = Path(__file__).parents[2]
NOW = "2027-01-05T09:00:00-05:00"
WITHOUT_NOW = {"check", "log", "rules"}
NOT_HERE = {"schedule"}
"""What would change this machine; its own tests are in test_timer.py."""
ASK = {"clear", "undo"}
BEFORE = {
    "I deleted one by mistake": ("skip Brightwater", "sync"),
    "I deleted a row by mistake": ("the row goes", "sync --yes-delete"),
}
"""What has happened before somebody asks."""


def answers() -> list[tuple[str, tuple[str, ...]]]:
    """Each question with the commands of its answer."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for part in (ROOT / "docs" / "how-do-i.md").read_text("utf-8").split("\n### ")[1:]:
        blocks = part.split("```sh example\n")[1:]
        lines = "".join(block.partition("```")[0] for block in blocks).splitlines()
        found.append((part.partition("\n")[0].strip(), tuple(line.removeprefix("followup ") for line in lines)))
    return found


def words_of(line: str) -> list[str]:
    command, *options = line.partition(" --note ")[0].split()
    note = ["--note", line.partition(" --note ")[2].strip('"')] if " --note " in line else []
    when = [] if command in WITHOUT_NOW else ["--now", NOW]
    sure = ["--yes"] if command in ASK and not {"--yes", "--list", "--dismissed"} & set(options) else []
    return [command, *options, *note, *sure, *when]


def test_there_are_the_twenty_questions_and_more() -> None:
    assert len(answers()) >= 20
    assert BEFORE.keys() <= {question for question, _ in answers()}


@pytest.mark.parametrize(("question", "lines"), [pytest.param(*one, id=one[0]) for one in answers() if one[1]])
def test_the_answer_works(
    question: str, lines: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, sheet = Folder(tmp_path), tmp_path / "leads.csv"
    rows = [row for row in (ROOT / "examples" / "leads.csv").read_text("utf-8").splitlines() if "Harbour" not in row]
    sheet.write_text("\n".join(rows) + "\n", "utf-8")
    assert folder.run("sync", now="2027-01-05T08:30:00-05:00") == 0
    for line in (*BEFORE.get(question, ()), *lines):
        if line == "the row goes":
            sheet.write_text("\n".join(row for row in rows if "Brightwater" not in row) + "\n", "utf-8")
        elif line.split()[0] not in NOT_HERE:
            capsys.readouterr()
            assert run_command([*words_of(line), "--config", str(tmp_path / "followup.toml")]) == 0, line
            said = capsys.readouterr()
            assert said.out
            assert "Nothing to change" not in said.out or not line.startswith("undo"), line
