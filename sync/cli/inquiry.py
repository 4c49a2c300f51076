"""The question before a sync: can anything have changed? Nothing heavy is imported before it is answered."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync.cli.options import parse_now
from sync.cli.places import state_path

if TYPE_CHECKING:
    from connectors.evidence import Inquiry


def ask_first(path: Path, now: str) -> Inquiry:
    """Whether nothing can have changed since the last run (`sync.proof`) of this configuration."""
    from connectors.evidence import inquire

    return inquire(
        path, default_state=state_path, now=parse_now(now), environ=os.environ, clock=lambda: datetime.now(UTC)
    )
