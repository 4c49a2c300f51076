"""The pictures of the documentation, made anew from the examples: `make pictures`.

`plan.svg` and `agenda.svg` are what `followup plan` and `followup agenda` print. `calendar.png` shows the same
follow-ups in Thunderbird; where that is not installed, the picture stays as it is.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text
from thunderbird import PROGRAM, take_picture

HERE = Path(__file__).parent
PICTURES = HERE.parent / "docs" / "pictures"
NOW = "2027-01-05T08:30:00-05:00"
COLUMNS = 80
CHARACTER = 12.2
"""The width of a character in rich's drawings."""
TERMINAL = {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color", "LC_ALL": "C", "PYTHONUTF8": "1"}


def run(command: list[str], folder: Path) -> str:
    """What a command prints on a terminal of our size."""
    environment = {**TERMINAL, "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def draw(name: str, command: str, printed: str, *, lines: int) -> None:
    """Keep the first lines of what a command printed as a picture of a terminal."""
    shown = printed.splitlines()
    if len(shown) > lines:
        shown = [*shown[:lines], "…"]
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
    console.print(Text.from_ansi("\n".join(line.rstrip() for line in shown)))
    svg = console.export_svg(title="", theme=MONOKAI, unique_id=name)
    svg = re.sub(r'x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*>)((?:&#160;)+)', _shifted, svg)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S).replace("Fira Code, monospace", "monospace")
    (PICTURES / f"{name}.svg").write_text(re.sub(r"[ \t]+$", "", svg, flags=re.M), "utf-8")
    print(f"docs/pictures/{name}.svg")


def _shifted(found: re.Match[str]) -> str:
    """The same text without the spaces before it, which some viewers leave out."""
    x, y, length, rest, spaces = found.groups()
    gap = len(spaces) / len("&#160;") * CHARACTER
    return f'x="{float(x) + gap:.1f}" y="{y}" textLength="{float(length) - gap:.1f}"{rest}'


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for part in ("leads.csv", "followup.toml"):
            shutil.copy(HERE / part, folder / part)
        followup = [str(Path(sys.executable).parent / "followup")]
        draw("plan", "followup plan", run([*followup, "plan", "--now", NOW], folder), lines=36)
        run([*followup, "sync", "--now", NOW], folder)
        later = NOW.replace("01-05", "01-12")
        draw("agenda", "followup agenda", run([*followup, "agenda", "--now", later], folder), lines=30)
        if shutil.which(PROGRAM) is None:
            print(
                "docs/pictures/calendar.png stays as it is: Thunderbird is not installed (apt-get install thunderbird)"
            )
            return
        feed = folder / "out" / "followups.ics"
        (PICTURES / "calendar.png").write_bytes(take_picture(feed, date(2027, 1, 4), zone="America/New_York"))
        print("docs/pictures/calendar.png")


if __name__ == "__main__":
    main()
