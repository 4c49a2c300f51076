"""The pictures of the documentation, made anew from the examples: `make pictures`.

`plan.svg` and `agenda.svg` are what `followup plan` and `followup agenda` print. `calendar.svg` is khal, a calendar
program for the terminal that somebody else wrote, showing the follow-ups; it is left out where khal is not installed.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).parent
PICTURES = HERE.parent / "docs" / "pictures"
NOW = "2027-01-05T08:30:00-05:00"
COLUMNS = 80
CHARACTER = 12.2
"""The width of a character in rich's drawings."""
TERMINAL = {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color", "LC_ALL": "C", "PYTHONUTF8": "1"}

DAY, EVENT = "{bold}{name}, {date}{reset}", "  {calendar-color}{start-time}{reset} {title}"
KHAL = """[calendars]
[[follow-ups]]
path = {folder}/calendar
color = light blue
[locale]
local_timezone = America/New_York
default_timezone = America/New_York
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
firstweekday = 0
[sqlite]
path = {folder}/khal.db
[default]
highlight_event_days = True
"""


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
        khal = shutil.which("khal")
        if khal is None:
            print("docs/pictures/calendar.svg is left out: apt-get install khal")
            return
        (folder / "calendar").mkdir()
        (folder / "khal.conf").write_text(KHAL.format(folder=folder), "utf-8")
        base = [khal, "--color", "-c", str(folder / "khal.conf")]
        run([*base, "import", "--batch", "-a", "follow-ups", str(folder / "out" / "followups.ics")], folder)
        printed = run([*base, "calendar", "--day-format", DAY, "--format", EVENT, "2027-01-05", "21d"], folder)
        draw("calendar", "khal calendar", printed, lines=40)


if __name__ == "__main__":
    main()
