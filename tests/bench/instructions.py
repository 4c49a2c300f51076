"""Machine instructions of whole runs, counted by valgrind: they do not depend on how busy the machine is.

    python tests/bench/instructions.py [--python PYTHON] [LEADS ...]

The configuration and the sheet are the bench's, the server is the one in memory; PYTHON is that of another environment
that followup is installed in (never editable), to compare with. Prints millions of instructions for every step.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import NOW, write_sheet
from contestants import ROOT, Corpus, followup, make_environment
from serving import serve

FEED = """
timezone = "America/New_York"
holidays = "US"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "out.ics"
[state]
path = "state.sqlite"
"""


def count(command: Sequence[str], place: Path) -> float:
    """Millions of instructions of this command, run in this folder."""
    environment = {**os.environ, "BENCH_PASSWORD": "secret", "HOME": str(place), "PYTHONWARNINGS": "ignore"}
    environment |= {"PYTHONHASHSEED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # every run would compile our modules anew
    counted = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={place / 'profile'}", *command]
    done = subprocess.run(counted, cwd=place, env=environment, capture_output=True, text=True, check=True)
    return int(re.findall(r"Collected : (\d+)", done.stderr)[0]) / 1e6


def runs_into_a_server(python: Path, folder: Path, leads: int) -> Iterator[tuple[str, float]]:
    """First push, the run after it, one without a change, and 10 changed, 5 removed, 5 added."""
    contestant = followup(python, NOW)
    with serve("memory", folder) as server:
        place = folder / "followup"
        place.mkdir()
        contestant.prepare(place, server.make_calendar("corpus"))
        for name, changed in (("first push", False), ("run after it", False), ("no change", False), ("10+5+5", True)):
            corpus = Corpus(folder / "leads.csv", folder)
            write_sheet(corpus.sheet, leads, changed=changed)
            if name in ("first push", "10+5+5"):
                contestant.present(place, corpus)
            yield name, count([str(python), *contestant.sync(place, "", None, corpus)], place)


def runs_into_a_file(python: Path, folder: Path, leads: int) -> Iterator[tuple[str, float]]:
    """A sheet into a new calendar file, and the second run without a change after it."""
    folder.mkdir()
    (folder / "followup.toml").write_text(FEED)
    write_sheet(folder / "leads.csv", leads, changed=False)
    command = [str(python), str(python.parent / "followup"), "sync", "--now", NOW]
    for name in ("into a file", "run after it", "no change"):
        yield name, count(command, folder)


def planning(python: Path, leads: int) -> float:
    """What one more lead costs: reading and planning twice so many, less what once so many takes."""
    engine = str(Path(__file__).parent / "engine.py")
    with tempfile.TemporaryDirectory() as folder:
        one, two = (count([str(python), engine, str(leads * n), "1", "0"], Path(folder)) for n in (1, 2))
    return (two - one) / leads


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--python", type=Path)
    asked.add_argument("leads", type=int, nargs="*", default=[25])
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        python = chosen.python or make_environment(Path(folder) / "environment", str(ROOT))
        for leads in chosen.leads:
            for name, spent in runs_into_a_server(python, Path(tempfile.mkdtemp(dir=folder)), leads):
                print(f"{leads} leads, {name}: {spent:.0f}", flush=True)
        for name, spent in runs_into_a_file(python, Path(folder) / "file", 100):
            print(f"100 leads into a file, {name}: {spent:.0f}", flush=True)
        print(f"planning a lead: {planning(python, 200):.2f}")


if __name__ == "__main__":
    main()
