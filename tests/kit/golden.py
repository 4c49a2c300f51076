"""Golden calendars: for each folder of tests/data/golden, the feed that its sheet and settings give, byte for byte.

`make golden` writes them anew; `test_golden.py` compares. Both go through the command line as a user would. The first
line of a case's settings says the moment it is about.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sync.cli import run_command

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
FEED = "followups.ics"


def make_feed(name: str, folder: Path) -> bytes:
    """The feed of this case, made in an empty folder."""
    for part in ("leads.csv", "followup.toml"):
        shutil.copy(GOLDEN / name / part, folder / part)
    settings = folder / "followup.toml"
    now = settings.read_text("utf-8").partition("\n")[0].removeprefix("# --now ")
    code = run_command(["sync", "--quiet", "--config", str(settings), "--now", now])
    assert code == 0, f"{name}: exit {code}"
    return (folder / FEED).read_bytes()


def main() -> None:
    for name in CASES:
        with tempfile.TemporaryDirectory() as folder:
            (GOLDEN / name / FEED).write_bytes(make_feed(name, Path(folder)))
        print(name)


if __name__ == "__main__":
    main()
