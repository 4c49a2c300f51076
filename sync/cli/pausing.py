"""The command that writes a pause into the configuration, lists them and takes one out.

It adds `[[pause]]` tables at the end of the file and takes out only such as look like its own; every other byte stays.
What comes of it is read before it is written.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import Config, Now, parse_now
from sync.cli.places import find_config
from sync.cli.profiles import read_text
from sync.errors import OK, ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from sync.config import Pause, Settings

A_WEEK = timedelta(days=6)
"""From the first day of a pause to the last one that is proposed."""
_TABLE = re.compile(r"^\[\[pause\]\][ \t]*\r?\n(?:[ \t]*(?:from|to|reason)[ \t]*=[^\r\n]*(?:\r?\n|$))*", re.MULTILINE)


def pause(
    first: Annotated[str, typer.Argument(metavar="FROM", help="Its first day; without it the pauses are listed.")] = "",
    last: Annotated[str, typer.Argument(metavar="TO", help="Its last day.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What for; follow-ups that move say so.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take out the pause that begins on FROM.")] = False,
    config: Config = None,
    now: Now = "",
) -> int:
    """Take days off: nothing new begins on them. Interviews and deadlines stay."""
    from sync.config import LONGEST_PAUSE

    path = find_config(config)
    text, settings = _read(path)
    if not first:
        if remove:
            raise ConfigError("say on which day it begins: followup pause FROM --remove; followup pause lists them")
        for one in sorted(settings.pause, key=lambda one: one.first):
            typer.echo(_shown(one))
        if not settings.pause:
            typer.echo("There is no pause. followup pause FROM TO makes one.")
        return OK
    begin = _day(first, "FROM")
    if remove:
        changed, one = _take_out(text, settings, begin, path)
        said = f"Taken out: {_shown(one)}."
    else:
        end = _day(last, "TO") if last else None
        if end is None:
            raise ConfigError(f"say its last day, too: followup pause {begin} {begin + A_WEEK}")
        if end < parse_now(now).astimezone(settings.zone).date():
            raise ConfigError(f"a pause until {end} has passed; give days to come")
        if end < begin:
            raise ConfigError(f"it ends on {end}, before it begins on {begin}; give its first day first")
        if end - begin > LONGEST_PAUSE:
            raise ConfigError(f"{begin} to {end} is longer than a year; put the leads on hold in the sheet instead")
        if known := next((one for one in settings.pause if one.first <= end and begin <= one.last), None):
            take_out = f"take that one out first: followup pause {known.first} --remove"
            raise ConfigError(f"{begin} to {end} would overlap with the pause {_shown(known)}; {take_out}")
        changed = _add(text, begin, end, " ".join(reason.split()))
        said = f"Paused: {begin:%a} {begin} to {end:%a} {end}."
    _parse(changed, path)
    _write(path, changed)
    typer.echo(f"{said} The next followup sync moves what is to move; followup plan shows it.")
    return OK


def _read(path: Path) -> tuple[str, Settings]:
    read_text(path, "the configuration")  # says what is wrong with a file that cannot be read
    text = path.read_bytes().decode("utf-8")
    return text, _parse(text, path)


def _parse(text: str, path: Path) -> Settings:
    from sync.config import parse_settings

    return parse_settings(text, name=path.name)


def _add(text: str, first: date, last: date, reason: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = ["[[pause]]", f"from = {first}", f"to = {last}"]
    lines += [f"reason = {json.dumps(reason, ensure_ascii=False)}"] if reason else []
    gap = "" if text.endswith("\n") else end
    return text + gap + end + end.join(lines) + end


def _take_out(text: str, settings: Settings, first: date, path: Path) -> tuple[str, Pause]:
    one = next((one for one in settings.pause if one.first == first), None)
    if one is None:
        known = "".join(f"\n  {_shown(other)}" for other in settings.pause) or " none"
        raise ConfigError(f"no pause begins on {first}; there are:{known}")
    rest = tuple(other for other in settings.pause if other is not one)
    for table in _TABLE.finditer(text):
        above = text[: table.start()]
        changed = (above[: -len(_gap(above))] if _gap(above) else above) + text[table.end() :]
        if _parse(changed, path) == settings.model_copy(update={"pause": rest}):
            return changed, one
    raise ConfigError(f"the pause from {first} is written in a way of your own; take it out of {path.name} by hand")


def _gap(above: str) -> str:
    """The blank line that stands before a table."""
    return next((end for end in ("\r\n", "\n") if above.endswith(end + end)), "")


def _write(path: Path, text: str) -> None:
    from connectors.whole_file import replace_file

    try:
        replace_file(path, text.encode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}; nothing was changed") from None


def _shown(one: Pause) -> str:
    from sync.safe_text import clean

    return f"{one.first:%a} {one.first} to {one.last:%a} {one.last}" + (f" ({clean(one.reason)})" if one.reason else "")


def _day(text: str, what: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{what} {text!r} is no day; write it as 2027-01-18") from None
