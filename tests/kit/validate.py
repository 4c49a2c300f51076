"""Proof by strangers: parsers that others wrote read the golden calendars and must see what we see (`make validate`).

Each must take every file, find the same events with the same titles and the same number of alarms, at the same
instants to the second, and have nothing to say against it. Zones lie in the files, so a parser in C and one in
JavaScript that bring no time zone database prove our VTIMEZONEs. A parser that is not to be had here is named with the
reason and left out; with fewer than four nothing is proven, which is a failure.

What is let pass, and why:
- METHOD:PUBLISH without ORGANIZER (RFC 5546 3.2.1 wants one): servers mail the people they find there, so none is
  written, and calendar programs read the feed without.
- node-ical keeps no alarms, so they are not compared there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from golden import CASES, FEED, GOLDEN

from connectors.ical.feed import parse_block, split_feed

HERE = Path(__file__).parent
READERS = HERE / "strangers"
HOME = Path(sys.prefix) / "strangers"
"""Where the parsers are installed: beside our own environment, thrown away with it."""
ENOUGH = 4
LET_PASS = ("icalrestriction_check", "Failed iTIP restrictions for ORGANIZER property")

Seen = Mapping[str, Mapping[str, Any]]
"""By uid: start, end, summary, and alarms (a count, or the instants at which they ring)."""


class NotHere(Exception):
    """A parser that cannot be had on this machine."""


@dataclass(frozen=True)
class Stranger:
    """A parser: how to get the command that prints what it reads."""

    name: str
    prepare: Callable[[], list[str]]
    alarms: bool = True


def works(command: list[str]) -> bool:
    """Whether this machine has the program and it does that."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def in_php() -> list[str]:
    if not works(["php", "-r", "require 'Sabre/VObject/autoload.php';"]):
        raise NotHere("apt-get install php-cli php-sabre-vobject")
    return ["php", str(READERS / "read.php")]


def in_node(package: str, script: str) -> Callable[[], list[str]]:
    def prepare() -> list[str]:
        HOME.mkdir(exist_ok=True)
        if not (HOME / "node_modules" / package).exists():
            run(["npm", "install", "--silent", "--no-save", "--prefix", str(HOME), "ical.js", "node-ical"])
        return ["node", str(READERS / script)]

    return prepare


def in_python(script: str) -> Callable[[], list[str]]:
    def prepare() -> list[str]:
        python = HOME / "python" / "bin" / "python"
        if not python.exists():
            run([sys.executable, "-m", "venv", str(HOME / "python")])
            run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "ical", "ics"])
        return [str(python), str(READERS / script)]

    return prepare


def in_c() -> list[str]:
    HOME.mkdir(exist_ok=True)
    program = HOME / "read_libical"
    if not works(["cc", "-o", str(program), str(READERS / "read_libical.c"), "-lical"]):
        raise NotHere("apt-get install gcc libical-dev")
    return [str(program)]


STRANGERS = (
    Stranger("sabre/vobject", in_php),
    Stranger("libical", in_c),
    Stranger("ical.js", in_node("ical.js", "read_icaljs.mjs")),
    Stranger("node-ical", in_node("node-ical", "read_node_ical.cjs"), alarms=False),
    Stranger("ical (Python)", in_python("read_ical.py")),
    Stranger("ics (Python)", in_python("read_ics.py")),
)


def run(command: list[str]) -> str:
    """What the command prints. Raises `NotHere` with its last line if it is not to be had."""
    try:
        environment = {**os.environ, "TZ": "UTC"}
        environment.pop("PYTHONPATH", None)
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=HOME, env=environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHere(f"{command[0]}: {error}") from None
    if done.returncode:
        raise NotHere(f"{Path(command[0]).name}: {(done.stderr.strip().splitlines() or ['no word why'])[-1]}")
    return done.stdout


def read_ours(path: Path) -> Seen:
    """The events of a feed as we read them ourselves."""
    seen = {}
    for uid, block in split_feed(path.read_bytes()):
        event = parse_block(block.decode(), uid)
        seen[uid] = {
            "start": as_text(event.start),
            "end": as_text(event.end),
            "summary": event.summary,
            "alarms": block.count(b"BEGIN:VALARM"),
        }
    return seen


def as_text(moment: object) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(moment)


def read_theirs(command: list[str], paths: list[Path]) -> Mapping[str, Mapping[str, Any]]:
    """By path: `events` and `wrong`, what the parser has against the file."""
    output = run([*command, *map(str, paths)])
    if not output.startswith("="):
        return dict(json.loads(output))
    answer: dict[str, Any] = {}
    for line in output.splitlines():
        first, *rest = line.split("\t")
        if first == "=":
            page = answer[rest[0]] = {"events": {}, "wrong": []}
        elif first == "!":
            page["wrong"].append(rest[0])
        else:
            start, end, alarms, summary = rest
            title = bytes.fromhex(summary).decode()
            page["events"][first] = {"start": start, "end": end, "summary": title, "alarms": int(alarms)}
    return answer


def differences(stranger: Stranger, command: list[str], paths: list[Path]) -> list[str]:
    """Everything this parser sees otherwise."""
    found = []
    theirs = read_theirs(command, paths)
    for path in paths:
        page, ours = theirs[str(path)], read_ours(path)
        wrong = [word for word in page["wrong"] if not word.startswith(LET_PASS)]
        found += [f"{path.parent.name}: {word}" for word in wrong]
        if page["events"].keys() != ours.keys():
            found.append(f"{path.parent.name}: {len(page['events'])} events, ours {len(ours)}")
        for uid in sorted(ours.keys() & page["events"].keys()):
            event = page["events"][uid]
            for field, value in ours[uid].items():
                given = event[field]
                if field == "alarms" and isinstance(given, list):
                    given = len(given)
                if given != value and (field != "alarms" or stranger.alarms):
                    found.append(f"{path.parent.name}: {uid} {field} {given!r}, ours {value!r}")
    return found


def main() -> int:
    paths = [GOLDEN / name / FEED for name in CASES]
    events = sum(len(read_ours(path)) for path in paths)
    agreeing, failed = 0, False
    HOME.mkdir(exist_ok=True)
    for stranger in STRANGERS:
        try:
            found = differences(stranger, stranger.prepare(), paths)
        except NotHere as reason:
            print(f"  left out   {stranger.name}: {reason}")
            continue
        failed = failed or bool(found)
        agreeing += not found
        print(f"  {'DIFFERS' if found else 'agrees':<10} {stranger.name}: {len(paths)} files, {events} events")
        for sentence in found[:10]:
            print(f"             {sentence}")
    print(f"{agreeing} parsers agree with us.")
    return int(failed or agreeing < ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
