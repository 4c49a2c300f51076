"""`followup.toml`, written from a person's answers, with comments. The same answers give the same text.

A guess that was shown and accepted is written down, field by field, so that it never changes by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct


class Setup(Struct, frozen=True):
    """The answers. `source` and `target` hold the keys of their tables.

    `statuses` are the user's words whose stage was told, `words` those that stay unknown.
    """

    owner: str
    timezone: str
    source: Mapping[str, str]
    target: Mapping[str, str]
    holidays: str = ""
    columns: Mapping[str, str] = {}
    statuses: Mapping[str, str] = {}
    words: Sequence[str] = ()
    ignore_before: date | None = None


def write_settings(setup: Setup) -> str:
    """The text of `followup.toml`, with comments for a person. The same answers give the same text."""
    lines = [
        "# Settings of followup, written by `followup init`. Change what you like; `followup check` tests it.",
        "",
        f"owner = {_quoted(setup.owner)}  # marks our events as ours; never change it once events exist",
        f"timezone = {_quoted(setup.timezone)}",
        f"holidays = {_quoted(setup.holidays)}"
        if setup.holidays
        else '# holidays = "US"  # country, or country and state ("US-NY", "DE-BY"): no follow-ups on public holidays',
        'work_hours = "09:00-17:30"',
        f"ignore_before = {_quoted(setup.ignore_before.isoformat())}"
        if setup.ignore_before
        else '# ignore_before = "2026-09-01"  # rows whose newest date is older make no events',
        "",
        "[source]",
        *(f"{key} = {_quoted(value)}" for key, value in setup.source.items()),
        "",
        "# Which column is read as what. A field with an empty header is not read.",
        "[source.columns]",
        *(f"{name} = {_quoted(header)}" for name, header in setup.columns.items()),
        "",
        "# What your own status words mean: idea, sent, in_touch, assessment, interview, offer, accepted, rejected,",
        "# withdrawn, no_answer or on_hold.",
        "[source.statuses]",
        *(f"{_quoted(word)} = {_quoted(stage)}" for word, stage in setup.statuses.items()),
        *(f'# {_quoted(word)} = "on_hold"' for word in setup.words),
        "",
        "[target]",
        *(f"{key} = {_quoted(value)}" for key, value in setup.target.items()),
        *_password_lines(setup.target),
    ]
    return "\n".join(lines) + "\n"


def _password_lines(target: Mapping[str, str]) -> list[str]:
    if target["type"] != "caldav":
        return []
    return [
        "# The password never stands here. Keep it in the system's keyring, or name a command that prints it:",
        '# password_command = ["pass", "show", "calendar"]',
    ]


def _quoted(text: str) -> str:
    """A TOML string: its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
