"""The last proof in a state file, and the note that it held, without the store itself (`connectors.sqlite_state`).

Runs in front of every `sync` and stands on the standard library.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sync.proof import Proof, read_proof

_ANEW = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
"""A link in the note's place is somebody else's file: nothing is written through it."""


def recall_proof(state: Path) -> Proof | None:
    """The proof in this state file; None where there is none."""
    try:
        address = f"{state.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=1)) as database:
            row = database.execute("SELECT document FROM meta WHERE name = 'proof'").fetchone()
    except sqlite3.Error:
        return None
    return read_proof(row[0]) if row else None


def confirm_proof(state: Path, proof: Proof, now: datetime) -> bool:
    """Note that a run was left out now, which counts as a good one; False where the proof is no longer the last.

    The note is a file `NAME.left_out` beside the state `NAME.sqlite`: a commit waits for the disk for a tenth of the
    whole run, and a note lost with the power costs nothing, since a run that is not left out comes at least once a day.
    """
    if recall_proof(state) != proof:
        return False
    try:
        with os.fdopen(os.open(_note_of(state), _ANEW, 0o600), "w") as note:
            note.write(now.isoformat())
    except OSError:
        return False
    return True


def last_left_out(state: Path) -> datetime | None:
    """When a run was last left out; None where none was, or the note cannot be read."""
    try:
        noted = datetime.fromisoformat(_note_of(state).read_text("ascii"))
    except (OSError, ValueError):
        return None
    return noted if noted.tzinfo else None


def _note_of(state: Path) -> Path:
    return state.with_suffix(".left_out")
