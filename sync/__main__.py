"""The console script, and `python -m sync`: what holds for the whole process is said before anything is imported."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line."""
    gc.set_threshold(200_000)  # what a run makes lives as long as the run: looking for garbage oftener finds none
    from sync import cli

    cli.main()


if __name__ == "__main__":
    main()
