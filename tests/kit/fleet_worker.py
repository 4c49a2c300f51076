"""A worker as `followup fleet work` is one, that writes down when it held which profile: for tests that kill it.

Called with the file for its notes, then the options of `fleet work`. Each note is one line, `+ PROFILE NANOSECONDS` or
`- PROFILE NANOSECONDS`, written between the lock's taking and its release, on the clock that all processes share.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.postgres_state import PostgresState
from sync.cli import run_command


def note_locks(path: str) -> None:
    """Have every run of this process noted in the file."""
    notes = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    real = PostgresState.lock

    def note(sign: str, profile: str) -> None:
        os.write(notes, f"{sign} {profile} {time.monotonic_ns()}\n".encode())

    @contextmanager
    def lock(self: PostgresState) -> Iterator[None]:
        with real(self):
            note("+", self.profile)
            try:
                yield
            finally:
                note("-", self.profile)

    PostgresState.lock = lock  # type: ignore[method-assign]


if __name__ == "__main__":
    note_locks(sys.argv[1])
    sys.exit(run_command(["fleet", "work", *sys.argv[2:]]))
