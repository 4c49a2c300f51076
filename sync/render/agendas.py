"""What is due, and the messages that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.agenda import LATE, NEXT, TODAY, WAITING, Agenda
from sync.messages.message import blanks_in
from sync.models import Change, Lead, Touch
from sync.moments import day_of
from sync.pauses import tell_pause
from sync.render.days import ENGLISH, day_name, hour_of, length_of, urgency
from sync.render.leads import facts_of
from sync.safe_text import plain
from sync.texts import Wording

AGENDA_STYLES = {LATE: "bold red", TODAY: "bold yellow", NEXT: "bold", WAITING: "dim"}


def show_agenda(console: Console, agenda: Agenda, *, leads: Sequence[Lead] = (), words: Wording = ENGLISH) -> None:
    """What is due: late, today, the next days, and who is waited for until when; with what the row says."""
    plan = agenda.plan
    zone = ZoneInfo(plan.timezone)
    for pause in agenda.pauses:
        console.print(Text(tell_pause(pause, day_of(plan.now, zone), words), style="bold"))
    if agenda.pauses:
        console.print()
    facts = {lead.key: facts_of(lead, words) for lead in leads}
    shown = False
    for group in agenda.groups:
        if group.touches:
            if shown:
                console.print()
            shown = True
            console.print(
                Text(
                    f"{words.say(f'agenda.{group.key}', days=agenda.days)} ({len(group.touches)})",
                    style=AGENDA_STYLES[group.key],
                )
            )
            console.print(_touch_grid(group.touches, zone, now=plan.now, facts=facts, words=words))
    if agenda.missed:
        if shown:
            console.print()
        shown = True
        _show_missed(console, agenda.missed, zone, now=plan.now, words=words)
    if not shown:
        console.print(Text(words.say("agenda.nothing")))
    for note in plan.unreadable:
        console.print(Text(f"\n{plain(note.reason)}", style="yellow"))


def _show_missed(console: Console, missed: Sequence[Change], zone: ZoneInfo, *, now: datetime, words: Wording) -> None:
    today = now.astimezone(zone).date()
    console.print(Text(f"{words.say('agenda.missed')} ({len(missed)})", style="dim"))
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=1)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", style="dim", no_wrap=True, overflow="ellipsis", max_width=20)
    for change in missed:
        assert change.start is not None
        day = day_name(day_of(change.start, zone), today, words)
        grid.add_row("", day, plain(change.summary), plain(change.row or ""))
    console.print(grid)
    last = day_of(missed[0].start, zone) if missed[0].start else today
    console.print(Text(words.say("agenda.undone", day=last), style="dim"))


def _touch_grid(
    touches: Iterable[Touch], zone: ZoneInfo, *, now: datetime, facts: Mapping[str, str], words: Wording
) -> Table:
    today = now.astimezone(zone).date()
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=1)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", style="dim", no_wrap=True, overflow="ellipsis", max_width=20)
    for touch in touches:
        day = day_of(touch.start, zone)
        start = Text.assemble((day_name(day, today, words), urgency(day, today)), " ", hour_of(touch.start, zone))
        body = Text(plain(touch.summary))
        if touch.deadline is not None:
            late = touch.deadline < now
            deadline = touch.deadline.astimezone(zone)
            due = words.say(
                "agenda.due_late" if late else "agenda.due",
                day=day_name(deadline.date(), today, words),
                time=f"{deadline:%H:%M}",
                span=length_of(now - touch.deadline, words),
            )
            body.append(f"\n{due}", style="red" if late else "dim")
        if said := facts.get(touch.lead_key):
            body.append(f"\n{plain(said)}", style="dim")
        if day <= today and touch.description:
            body.append(f"\n{_first_paragraph(touch.description)}", style="dim")
        grid.add_row("", start, body, plain(touch.row or ""))
    return grid


def _first_paragraph(description: str) -> str:
    """What to do, and the address or number, each on its line."""
    return "\n".join(plain(line) for line in description.partition("\n\n")[0].split("\n"))


def show_drafts(console: Console, touches: Sequence[Touch], labels: Sequence[str], zone: ZoneInfo) -> None:
    """Messages ready to be copied: to whom, by which way and when, the text, and what is left to fill in."""
    for label in labels if not touches else ():
        console.print(Text(plain(f'{label}: nothing is to be written; followup explain "{label}" says why')))
    for number, touch in enumerate(touches):
        if number:
            console.print(Text("\n" + "-" * 40 + "\n"))
        day = day_of(touch.start, zone)
        reach = f" <{touch.mail}>" if touch.mail else ""
        head = f"{day:%a} {day.day} {day:%b %Y}, {touch.channel.replace('_', ' ')}, to {touch.who}{reach}"
        console.print(Text(plain(head), style="bold"))
        console.print(Text(plain(f"{touch.lead}  ({touch.row})"), style="dim"))
        console.print()
        if touch.subject:
            console.print(Text(plain(f"Subject: {touch.subject}")))
            console.print()
        for line in touch.draft.split("\n"):
            console.print(Text(plain(line)), soft_wrap=True)
        if blanks := blanks_in(touch.draft):
            console.print()
            console.print(Text(plain(f"To fill in: {', '.join(blanks)}"), style="yellow"))
