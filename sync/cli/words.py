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
    from sync.texts import Wording

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

    say = _say_of(config)
    if len(note) > SAID_MAX:
        raise ConfigError(say("words.long_note", count=len(note), most=SAID_MAX))
    day = _read_day(on, "--on", say) if on else None

    def word(one: Open, lead: Lead | None, today: date) -> Word:
        if day is not None and day > today:
            raise ConfigError(say("words.to_come", day=day))
        if day is not None and lead is not None and lead.applied_on is not None and day < lead.applied_on:
            raise ConfigError(say("words.before_applied", day=day, applied=lead.applied_on, row=lead.row))
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

    say = _say_of(config)
    if not to and not undo:
        raise ConfigError(say("words.no_date"))
    day = _read_day(to, "DATE", say) if to else None

    def word(one: Open, lead: Lead | None, today: date) -> Word:
        if day is not None and day < today:
            raise ConfigError(say("words.passed", day=day))
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
    words = profile.words
    say = words.say
    lead = _only_lead(report.leads, name, words)
    store = open_state(profile.settings, profile.outside)
    with store.lock():
        memory = store.load()
        if memory.lost:
            raise ConfigError(say("words.lost"))
        if undo:
            told = find_told([lead], memory, kind, zone=zone)
            one = _only_touch(
                told, touch, lead, words, none=say("words.said_nothing", kind=kind, lead=lead.label, row=lead.row)
            )
            word = Word(one.uid, WordKind.TAKEN_BACK)
        else:
            found = find_open([lead], memory, report.plan.schedule, today=today, zone=zone)
            one = _only_touch(found, touch, lead, words, none=say("words.nothing_open", lead=lead.label, row=lead.row))
            word = make(one, lead, today)
            if kind == "done" and not touch and (day := done_before(one, memory)) and (word.on or today) <= day:
                facts = {"title": one.summary, "of": one.day, "day": day, "number": lead.row_number}
                raise ConfigError(say("words.done_before", **facts))
        store.keep(add_word(memory, word))
    on = words.stamp(word.on) if word.on else ""
    typer.echo(say(f"words.{word.kind.replace(' ', '_')}", title=one.summary, of=words.stamp(one.day), day=on))
    return _offer_sync(config, now, say)


def _say_of(config: Path | None) -> Callable[..., str]:
    """How things are said to whose configuration this is."""
    return open_profile(find_config(config)).words.say


def _only_lead(leads: Leads, name: str, words: Wording) -> Lead:
    """The one lead that is meant. Raises `ConfigError` with the list where there are several."""
    found = find_leads(leads, name, words)
    exact = [lead for lead in found if name.casefold().strip() in (lead.company.casefold(), lead.label.casefold())]
    by_row = [lead for lead in found if name.strip() in (str(lead.row_number), lead.row)]
    for only in (by_row, exact):
        if len(only) == 1:
            return only[0]
    if len(found) > 1:
        listed = "".join(f"\n  {lead.row_number}  {lead.label}" for lead in found)
        raise ConfigError(words.say("words.several_leads", name=repr(name), count=len(found), listed=listed))
    return found[0]


def _only_touch(found: Sequence[Open], which: str, lead: Lead, words: Wording, *, none: str) -> Open:
    """The follow-up that is meant: the next one, or that of a day or a number of the list."""
    say = words.say
    listed = "".join(f"\n  {number}  {words.stamp(one.day)}  {one.summary}" for number, one in enumerate(found, 1))
    if not found:
        raise ConfigError(f"{none}; {say('words.explain', number=lead.row_number)}")
    if which.isascii() and which.isdigit() and len(which) < 4:
        if not 1 <= int(which) <= len(found):
            raise ConfigError(say("words.no_number", touch=which, listed=listed))
        return found[int(which) - 1]
    if which:
        day = _read_day(which, "--touch", say, "words.give_day")
        meant = [one for one in found if one.day == day]
        if not meant:
            raise ConfigError(say("words.none_that_day", lead=lead.label, day=day, listed=listed))
    else:
        ahead = [one for one in found if one.ahead]
        meant = [one for one in ahead if one.day == ahead[0].day] if ahead else []
        if not meant:
            raise ConfigError(say("words.nothing_ahead", lead=lead.label, listed=listed))
    if len(meant) > 1:
        facts = {"lead": lead.label, "count": len(meant), "day": meant[0].day, "listed": listed}
        raise ConfigError(say("words.several_touches", **facts))
    return meant[0]


def _read_day(text: str, what: str, say: Callable[..., str], cure: str = "words.write_day") -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(say("words.no_day", what=what, text=repr(text), cure=say(cure))) from None
    if day.year not in YEARS:
        raise ConfigError(say("words.odd_year", what=what, text=repr(text)))
    return day


def _offer_sync(config: Path | None, now: str, say: Callable[..., str]) -> int:
    """On a terminal ask whether to run it at once; else say that the next one does it."""
    if sys.stdin.isatty() and typer.confirm(say("words.sync_now"), default=True, err=True):
        from sync.cli.syncing import sync

        return sync(config=config, now=now)
    typer.echo(say("words.sync_later"))
    return OK
