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
from sync.cli.profiles import read_text, words_of
from sync.errors import OK, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
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
    say = words_of(settings).say
    if not first:
        if remove:
            raise ConfigError(say("pause.from_missing"))
        for one in sorted(settings.pause, key=lambda one: one.first):
            typer.echo(_shown(one, settings))
        if not settings.pause:
            typer.echo(say("pause.none"))
        return OK
    begin = _day(first, "FROM", say)
    if remove:
        changed, one = _take_out(text, settings, begin, path)
        said = say("pause.taken_out", pause=_shown(one, settings))
    else:
        end = _day(last, "TO", say) if last else None
        if end is None:
            raise ConfigError(say("pause.to_missing", first=begin, last=begin + A_WEEK))
        if end < parse_now(now).astimezone(settings.zone).date():
            raise ConfigError(say("pause.passed", last=end))
        if end < begin:
            raise ConfigError(say("pause.backwards", first=begin, last=end))
        if end - begin > LONGEST_PAUSE:
            raise ConfigError(say("pause.long", first=begin, last=end))
        if known := next((one for one in settings.pause if one.first <= end and begin <= one.last), None):
            facts = {"pause": _shown(known, settings), "day": known.first}
            raise ConfigError(say("pause.overlaps", first=begin, last=end, **facts))
        changed = _add(text, begin, end, " ".join(reason.split()))
        stamp = words_of(settings).stamp
        said = say("pause.made", first=stamp(begin), last=stamp(end))
    _parse(changed, path)
    try:
        _write(path, changed)
    except OSError as error:
        raise ConfigError(say("pause.unwritten", config=path, why=error.strerror)) from None
    typer.echo(f"{said} {say('pause.next')}")
    return OK


def _read(path: Path) -> tuple[str, Settings]:
    read_text(path, "configuration")  # says what is wrong with a file that cannot be read
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
    say = words_of(settings).say
    one = next((one for one in settings.pause if one.first == first), None)
    if one is None:
        known = "".join(f"\n  {_shown(other, settings)}" for other in settings.pause) or say("pause.not_one")
        raise ConfigError(say("pause.unknown", first=first, known=known))
    rest = tuple(other for other in settings.pause if other is not one)
    for table in _TABLE.finditer(text):
        above = text[: table.start()]
        changed = (above[: -len(_gap(above))] if _gap(above) else above) + text[table.end() :]
        if _parse(changed, path) == settings.model_copy(update={"pause": rest}):
            return changed, one
    raise ConfigError(say("pause.by_hand", first=first, config=path.name))


def _gap(above: str) -> str:
    """The blank line that stands before a table."""
    return next((end for end in ("\r\n", "\n") if above.endswith(end + end)), "")


def _write(path: Path, text: str) -> None:
    from connectors.whole_file import replace_file

    replace_file(path, text.encode("utf-8"))


def _shown(one: Pause, settings: Settings) -> str:
    from sync.safe_text import clean

    words = words_of(settings)
    days = words.say("pause.days", first=words.stamp(one.first), last=words.stamp(one.last))
    return days + (f" ({clean(one.reason)})" if one.reason else "")


def _day(text: str, what: str, say: Callable[..., str]) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(say("words.no_day", what=what, text=repr(text), cure=say("words.write_day"))) from None
