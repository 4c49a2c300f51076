"""The morning page of a fleet: what each seeker's memory says, as `followup overview` does for a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from psycopg import Connection

from connectors.postgres.sentences import speak_plainly
from connectors.postgres_state import PostgresState
from sync.advice import load_advice
from sync.config import parse_settings
from sync.errors import FollowupError
from sync.overview import Seeker, look_at

ALL = "SELECT profile, settings, paused, attention FROM followup.profile ORDER BY profile"


def look_at_all(connection: Connection[Any], *, now: datetime) -> Iterator[Seeker]:
    """Every profile, a paused one with the reason as its trouble. One memory at a time is held."""
    marks: dict[str, str] = {}
    with speak_plainly():
        rows = connection.execute(ALL).fetchall()
    for profile, text, paused, attention in rows:
        if paused:
            yield Seeker(profile, trouble=f"paused: {attention}" if attention else "paused by hand")
            continue
        try:
            settings = parse_settings(text, name=profile, hosted=True)
            if settings.language not in marks:
                marks[settings.language] = load_advice(settings).wording.say("title.late", title="")
            memory = PostgresState(lambda: nullcontext(connection), profile).load()
        except FollowupError as error:
            yield Seeker(profile, trouble=" ".join(str(error).split()))
        else:
            yield look_at(profile, memory, now=now, zone=settings.zone, late_mark=marks[settings.language])
