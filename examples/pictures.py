"""The pictures of the documentation, made anew from the examples: `make pictures`.

`plan.svg` and `agenda.svg` are what `followup plan` and `followup agenda` print. `event.svg` is one event
of the feed as its file says it. `calendar.png` shows the same follow-ups in Thunderbird; where that is not installed,
the picture stays as it is.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from icalendar import Calendar
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text
from thunderbird import PROGRAM, take_picture

HERE = Path(__file__).parent
PICTURES = HERE.parent / "docs" / "pictures"
NOW = "2027-01-05T08:30:00-05:00"
COLUMNS = 80
PHONE = 50
"""Letters in a line of a phone."""
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


def draw_event(name: str, feed: Path, *, title: str) -> None:
    """Keep one event of the feed, as its file says it, on a screen as wide as a phone's."""
    events = Calendar.from_ical(feed.read_bytes()).walk("VEVENT")
    event = next(event for event in events if str(event["SUMMARY"]) == title)
    start = event["DTSTART"].dt
    lines = [(f"{start:%A} {start.day} {start:%B}, {start:%H:%M}", "dim"), ("", "")]
    for paragraph in str(event["DESCRIPTION"]).splitlines():
        kind = "link" if "@" in paragraph and " " not in paragraph else "plain"
        if "mailto:" in paragraph:
            paragraph, kind = paragraph.partition("?")[0] + "…", "link"
        lines += [(line, kind) for line in textwrap.wrap(paragraph, PHONE) or [""]]
    head = [(line, "title") for line in textwrap.wrap(title, PHONE - 18)]
    rows, y = [], 34
    for line, kind in [*head, *lines]:
        rows.append(f'<text x="18" y="{y}" class="{kind}">{escape(line)}</text>')
        y += 24 if kind == "title" else 19
    style = (
        "text{font:13.5px sans-serif;fill:#222;white-space:pre}.title{font-size:18px;font-weight:bold}"
        ".dim{fill:#777}.link{fill:#1a66c9;text-decoration:underline}"
    )
    frame = f'<rect x="1" y="1" width="388" height="{y + 8}" rx="22" fill="#fff" stroke="#bbb" stroke-width="2"/>'
    size = f'width="390" height="{y + 10}" viewBox="0 0 390 {y + 10}"'
    body = "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f"<style>{style}</style>", frame, *rows])
    (PICTURES / f"{name}.svg").write_text(f"{body}\n</svg>\n", "utf-8")
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
        feed = folder / "out" / "followups.ics"
        draw_event("event", feed, title="Dana Reed, Brightwater Labs: follow up")
        shutil.copy(feed, folder / "first.ics")
        for day in ("01-12", "01-13"):  # nothing is done: what had its day is missed
            run([*followup, "sync", "--now", NOW.replace("01-05", day)], folder)
        later = NOW.replace("01-05", "01-14")
        draw("agenda", "followup agenda", run([*followup, "agenda", "--now", later], folder), lines=48)
        if shutil.which(PROGRAM) is None:
            print(
                "docs/pictures/calendar.png stays as it is: Thunderbird is not installed (apt-get install thunderbird)"
            )
            return
        (PICTURES / "calendar.png").write_bytes(
            take_picture(folder / "first.ics", date(2027, 1, 4), zone="America/New_York")
        )
        print("docs/pictures/calendar.png")


if __name__ == "__main__":
    main()
