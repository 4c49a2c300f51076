"""The commands that answer a follow-up without a calendar: done, snooze, skip (`sync.reconcile.words`)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.completing import LeadNamed
from sync.cli.lookup import find_leads
from sync.cli.options import Config, Now, parse_now
from sync.cli.places import find_config
from sync.cli.profiles import open_profile
from sync.cli.runs import run_profile
from sync.errors import OK, ConfigError

if TYPE_CHECKING:
    from sync.memory import Word, WordKind
    from sync.models import Lead, Leads
    from sync.reconcile.words import Open

Which = Annotated[
    str, typer.Option("--touch", metavar="DATE", help="The follow-up of this day instead of the next one, or a number.")
]
Undo = Annotated[bool, typer.Option("--undo", help="Take back what you said.")]
SAID_MAX = 500
"""Characters of a note."""
YEARS = range(1990, 2100)


def done(
    lead: LeadNamed,
    on: Annotated[str, typer.Option(metavar="DATE", help="The day you did it; else today.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What came of it, for followup log.")] = "",
    touch: Which = "",
    undo: Undo = False,
    config: Config = None,
    now: Now = "",
) -> int:
    """Say that the next follow-up of a lead is done. As a tick in the calendar does, for feeds too."""
    from sync.memory import Word, WordKind

    if len(note) > SAID_MAX:
        raise ConfigError(f"--note has {len(note)} characters; give at most {SAID_MAX}")
    day = _read_day(on, "--on") if on else None

    def word(one: Open, lead: Lead | None, today: date) -> Word:
        if day is not None and day > today:
            raise ConfigError(f"--on {day} is still to come; give the day on which you did it, today at the latest")
        if day is not None and lead is not None and lead.applied_on is not None and day < lead.applied_on:
            raise ConfigError(f"--on {day} is before you applied on {lead.applied_on} ({lead.row}); give a later day")
        return Word(one.uid, WordKind.DONE, on=day or today, note=" ".join(note.split()))

    return _say(lead, WordKind.DONE, word, touch=touch, undo=undo, config=config, now=now)


def snooze(
    lead: LeadNamed,
    to: Annotated[str, typer.Argument(metavar="DATE", help="The day to move it to, such as 2027-01-18.")] = "",
    touch: Which = "",
    undo: Undo = False,
    config: Config = None,
    now: Now = "",
) -> int:
    """Move the next follow-up of a lead to another day. As a drag in the calendar does, for feeds too."""
    from sync.memory import Word, WordKind

    if not to and not undo:
        raise ConfigError("say the day to move it to: followup snooze LEAD 2027-01-18")
    day = _read_day(to, "DATE") if to else None

    def word(one: Open, lead: Lead | None, today: date) -> Word:
        if day is not None and day < today:
            raise ConfigError(f"{day} has passed; give today or a later day")
        return Word(one.uid, WordKind.SNOOZE, on=day)

    return _say(lead, WordKind.SNOOZE, word, touch=touch, undo=undo, config=config, now=now)


def skip(lead: LeadNamed, touch: Which = "", undo: Undo = False, config: Config = None, now: Now = "") -> int:
    """Leave out the next follow-up of a lead. As deleting it from the calendar does, for feeds too."""
    from sync.memory import Word, WordKind

    def word(one: Open, lead: Lead | None, today: date) -> Word:
        return Word(one.uid, WordKind.SKIP)

    return _say(lead, WordKind.SKIP, word, touch=touch, undo=undo, config=config, now=now)


def _say(
    name: str,
    kind: WordKind,
    make: Callable[[Open, Lead | None, date], Word],
    *,
    touch: str,
    undo: bool,
    config: Path | None,
    now: str,
) -> int:
    """Find the follow-up that is meant, keep the word for the next run, and offer that run."""
    from connectors import open_state
    from sync.memory import Word, WordKind
    from sync.reconcile.words import add_word, done_before, find_open, find_told

    profile = open_profile(find_config(config))
    zone, today = profile.settings.zone, parse_now(now).astimezone(profile.settings.zone).date()
    report = run_profile(profile, now, write=False)
    lead = _only_lead(report.leads, name)
    store = open_state(profile.settings, profile.outside)
    with store.lock():
        memory = store.load()
        if memory.lost:
            raise ConfigError("what earlier runs remembered cannot be read; run followup sync first, which mends it")
        if undo:
            told = find_told([lead], memory, kind, zone=zone)
            one = _only_touch(told, touch, lead, none=f"with followup {kind} you said nothing about")
            word = Word(one.uid, WordKind.TAKEN_BACK)
        else:
            found = find_open([lead], memory, report.plan.schedule, today=today, zone=zone)
            one = _only_touch(found, touch, lead, none="nothing stands in the calendar for")
            word = make(one, lead, today)
            if kind == "done" and not touch and (day := done_before(one, memory)) and (word.on or today) <= day:
                raise ConfigError(
                    f"you said that the follow-up before “{one.summary}” of {one.day} was done on {day}. To say another"
                    f" day or a note for that one, take it back first: followup done {lead.row_number} --undo;"
                    f" to say that this one is done, too, add --touch {one.day}"
                )
        store.keep(add_word(memory, word))
    typer.echo(f"{_SAID[word.kind]}: “{one.summary}” of {one.day:%a %Y-%m-%d}{_to(word)}.")
    return _offer_sync(config, now)


_SAID = {"done": "Done", "snooze": "Snoozed", "skip": "Skipped", "taken back": "Taken back"}


def _to(word: Word) -> str:
    said = {"snooze": ", to", "done": ", on"}.get(word.kind)
    return f"{said} {word.on:%a %Y-%m-%d}" if said else ""


def _only_lead(leads: Leads, name: str) -> Lead:
    """The one lead that is meant. Raises `ConfigError` with the list where there are several."""
    found = find_leads(leads, name)
    exact = [lead for lead in found if name.casefold().strip() in (lead.company.casefold(), lead.label.casefold())]
    by_row = [lead for lead in found if name.strip() in (str(lead.row_number), lead.row)]
    for only in (by_row, exact):
        if len(only) == 1:
            return only[0]
    if len(found) > 1:
        listed = "".join(f"\n  {lead.row_number}  {lead.label}" for lead in found)
        raise ConfigError(f"{name!r} is {len(found)} leads; nothing is written. Give the row number:{listed}")
    return found[0]


def _only_touch(found: Sequence[Open], which: str, lead: Lead, *, none: str) -> Open:
    """The follow-up that is meant: the next one, or that of a day or a number of the list."""
    listed = "".join(f"\n  {number}  {one.day:%a %Y-%m-%d}  {one.summary}" for number, one in enumerate(found, 1))
    if not found:
        raise ConfigError(f"{none} {lead.label} ({lead.row}); followup explain {lead.row_number} shows what is planned")
    if which.isascii() and which.isdigit() and len(which) < 4:
        if not 1 <= int(which) <= len(found):
            raise ConfigError(f"--touch {which} is none of these:{listed}")
        return found[int(which) - 1]
    if which:
        day = _read_day(which, "--touch", "give the number of one or its day, such as 2027-01-18")
        meant = [one for one in found if one.day == day]
        if not meant:
            raise ConfigError(f"{lead.label} has no follow-up on {day}; give the day or the number of one:{listed}")
    else:
        ahead = [one for one in found if one.ahead]
        meant = [one for one in ahead if one.day == ahead[0].day] if ahead else []
        if not meant:
            raise ConfigError(f"nothing of {lead.label} is ahead; say with --touch which one you mean:{listed}")
    if len(meant) > 1:
        raise ConfigError(
            f"{lead.label} has {len(meant)} follow-ups on {meant[0].day}; nothing is written."
            f" Give the number with --touch:{listed}"
        )
    return meant[0]


def _read_day(text: str, what: str, cure: str = "write it as 2027-01-18") -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{what} {text!r} is no day; {cure}") from None
    if day.year not in YEARS:
        raise ConfigError(f"{what} {text!r} is not in these years; write it as 2027-01-18")
    return day


def _offer_sync(config: Path | None, now: str) -> int:
    """On a terminal ask whether to run it at once; else say that the next one does it."""
    if sys.stdin.isatty() and typer.confirm("Bring the calendar up to date now?", default=True, err=True):
        from sync.cli.syncing import sync

        return sync(config=config, now=now)
    typer.echo("The next followup sync brings it into the calendar; followup plan shows how.")
    return OK
