"""Build the wheel, install it into a clean environment, run the example with it, check who owns our package names."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWNERS = """
from importlib.metadata import packages_distributions
owners = packages_distributions()
wrong = {name: owners.get(name) for name in ("sync", "connectors", "mappings") if owners.get(name) != ["followup"]}
raise SystemExit(f"these packages are not ours alone: {wrong}" if wrong else 0)
"""


def call(*command: str | Path, cwd: Path) -> None:
    subprocess.run([str(word) for word in command], cwd=cwd, check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", ROOT, cwd=folder)
        (wheel,) = (folder / "dist").glob("*.whl")
        call(sys.executable, "-m", "venv", folder / "clean", cwd=folder)
        python = folder / "clean" / "bin" / "python"
        quiet = ("--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt")
        call(python, "-m", "pip", "install", *quiet, wheel, cwd=folder)
        call(python, "-c", OWNERS, cwd=folder)
        shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("out"))
        command = (folder / "clean" / "bin" / "followup", "sync", "--config", "examples/followup.toml")
        call(*command, "--now", "2027-01-05T08:30:00-05:00", cwd=folder)
        events = (folder / "examples" / "out" / "followups.ics").read_text("utf-8").count("BEGIN:VEVENT")
        if events < 5:
            sys.exit(f"the installed wheel wrote {events} events for the example")
        print(f"wheel: {wheel.name} installs cleanly, owns its names and writes {events} events")


if __name__ == "__main__":
    main()
