"""`followup.toml`, written from a person's answers, with comments. The same answers give the same text.

A guess that was shown and accepted is written down, field by field, so that it never changes by itself. Settings that
are there already are brought up to date in place: every line and comment that no answer is about stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, field

ME_EXAMPLE = (
    "# Who you are, for the drafts of messages: name, telephone, a line about you.",
    "# [me]",
    '# name = "Your Name"',
)
_NOT_READ = "# Columns that are of no use here: not read, and not asked about again."
_APART = ("columns", "statuses", "year", "not_read")
"""Keys of `[source]` that are answers of their own."""


class Setup(Struct, frozen=True):
    """The answers. `source` and `target` hold the keys of their tables.

    `statuses` are the user's words whose stage was told, `words` those that stay unclear. `not_read` are headers of
    columns that are of no use. `base` is the text of the settings that the answers go into; empty where there are none.
    """

    owner: str
    timezone: str
    source: Mapping[str, str]
    target: Mapping[str, str | Sequence[str]]
    holidays: str = ""
    columns: Mapping[str, str] = {}
    statuses: Mapping[str, str] = {}
    words: Sequence[str] = ()
    not_read: Sequence[str] = ()
    ignore_before: date | None = None
    me: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    """The year of days that name none, where that had to be asked."""
    language: str = "en"
    base: str = ""


def write_settings(setup: Setup) -> str:
    """The text of `followup.toml`, with comments for a person. The same answers give the same text."""
    if setup.base:
        return _update(setup)
    lines = [
        "# Settings of followup, written by `followup init`. Change what you like; `followup check` tests it.",
        "",
        f"owner = {_quoted(setup.owner)}  # marks our events as ours; never change it once events exist",
        f"timezone = {_quoted(setup.timezone)}",
        f"holidays = {_quoted(setup.holidays)}"
        if setup.holidays
        else '# holidays = "US"  # country, or country and state ("US-NY", "DE-BY"): no follow-ups on public holidays',
        *([f"language = {_quoted(setup.language)}"] if setup.language != "en" else []),
        'work_hours = "09:00-17:30"',
        f"ignore_before = {_quoted(setup.ignore_before.isoformat())}"
        if setup.ignore_before
        else '# ignore_before = "2026-09-01"  # rows whose newest date is older make no events',
        "",
        "[source]",
        *(f"{key} = {_value(value)}" for key, value in setup.source.items()),
        *([f"year = {setup.year}"] if setup.year else []),
        *([_NOT_READ, f"not_read = {_value(setup.not_read)}"] if setup.not_read else []),
        "",
        "# Which column is read as what. A field with an empty header is not read.",
        "[source.columns]",
        *(f"{name} = {_quoted(header)}" for name, header in setup.columns.items()),
        "",
        "# What your own status words mean: idea, sent, in_touch, assessment, interview, offer, accepted, rejected,",
        "# withdrawn, no_answer or on_hold.",
        "[source.statuses]",
        *(f"{_quoted(word)} = {_quoted(stage)}" for word, stage in setup.statuses.items()),
        *(f'# {_quoted(word)} = "STAGE"' for word in setup.words),
        "",
        "[target]",
        *(f"{key} = {_value(value)}" for key, value in setup.target.items()),
        *_password_lines(setup.target),
        "",
        *(("[me]", *(f"{key} = {_quoted(value)}" for key, value in setup.me.items())) if setup.me else ME_EXAMPLE),
    ]
    return "\n".join(lines) + "\n"


def read_setup(text: str, document: Mapping[str, Any]) -> Setup:
    """The answers that settings hold already; `document` is their text parsed, and known to be right."""
    source = {key: value for key, value in document["source"].items() if key not in _APART}
    holidays = document.get("holidays", "")
    return Setup(
        owner=document.get("owner", ""),
        timezone=document["timezone"],
        source=source,
        year=document["source"].get("year"),
        not_read=tuple(document["source"].get("not_read", ())),
        target=document["target"],
        holidays=holidays if isinstance(holidays, str) else " ".join(holidays),
        columns=document["source"].get("columns", {}),
        statuses=document["source"].get("statuses", {}),
        me=document.get("me", {}),
        language=document.get("language", "en"),
        base=text,
    )


def _update(setup: Setup) -> str:
    """The settings that are there, with the answers put in their places."""
    import tomlkit
    from tomlkit.items import Table

    document: Any = tomlkit.parse(setup.base)
    for name, values in (("source", setup.source), ("target", setup.target), ("me", setup.me)):
        known = document.get(name, {})
        new = {key: value for key, value in values.items() if known.get(key) != value}
        if new:
            _put(document.setdefault(name, tomlkit.table()), new)
    if setup.year and document["source"].get("year") != setup.year:
        document["source"]["year"] = setup.year
    if list(setup.not_read) != list(document["source"].get("not_read", ())):
        document["source"]["not_read"] = list(setup.not_read)
    for name, values in (("columns", setup.columns), ("statuses", setup.statuses)):
        known = document["source"].get(name, {})
        new = {key: value for key, value in values.items() if known.get(key) != value}
        if new:
            table = document["source"].setdefault(name, tomlkit.table())
            assert isinstance(table, Table | dict)
            _put(table, new)
    return tomlkit.dumps(document)


def _put(table: Any, values: Mapping[str, str | Sequence[str]]) -> None:
    for key, value in values.items():
        table[key] = value


def _password_lines(target: Mapping[str, str | Sequence[str]]) -> list[str]:
    if target["type"] != "caldav" or "password_command" in target or "password_file" in target:
        return []
    return [
        "# The password never stands here. `followup password` keeps it in the system's keyring; or keep it in a file",
        "# that only you can read, or name a command that prints it:",
        '# password_file = "followup-password"',
        '# password_command = ["pass", "show", "calendar"]',
    ]


def _value(value: str | Sequence[str]) -> str:
    return _quoted(value) if isinstance(value, str) else f"[{', '.join(map(_quoted, value))}]"


def _quoted(text: str) -> str:
    """A TOML string: its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
