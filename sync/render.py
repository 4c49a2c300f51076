"""Plan, agenda and explanation as text for a person: readable without colour and at 80 columns.

Everything here turns values into lines on a given console; nothing is decided. Text from the sheet is printed as text,
never as markup, and carries no control characters to the terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync.agenda import LATE, NEXT, TODAY, WAITING, Agenda
from sync.counting import counted
from sync.messages.letter import blanks_in
from sync.models import Action, Change, Finding, Lead, Moment, Note, Plan, Problem, Touch
from sync.moments import day_of
from sync.overview import Seeker, headline, name_some, rest_of, tell_last_run
from sync.reading.columns import Column
from sync.safe_text import plain
from sync.summary import result_word, summary_line
from sync.work_log import Contact, contact_rows

RESULT_STYLES = {0: "green", 1: "bold red", 3: "yellow", 4: "bold red", 7: "bold red", 8: "yellow"}
"""How loud an exit code is shown; those that pass by themselves are plain red."""
SAID_ONE_BY_ONE = 3
"""So many cells of a column with the same trouble stand one by one; more of them are one line."""
FIRST_LINES = 2
"""Of an event's text, where it is shown before there is any."""
AGENDA_STYLES = {LATE: "bold red", TODAY: "bold yellow", NEXT: "bold", WAITING: "dim"}
SIGNS = {Action.CREATE: ("+", "green"), Action.UPDATE: ("~", "yellow"), Action.DELETE: ("-", "red")}


def show_plan(console: Console, plan: Plan, *, all_notes: bool = False) -> None:
    """What sync would do and why, then the problems, then what else there is to say."""
    zone = ZoneInfo(plan.timezone)
    now = plan.now.astimezone(zone)
    console.print(Text(f"Plan of {now:%a} {now.day} {now:%b %Y}, {now:%H:%M}, {plan.timezone}", style="bold"))
    writes = sorted(plan.writes, key=lambda change: (str(change.start), change.uid))
    if writes:
        _show_changes(console, writes, zone, plan.now)
    console.print()
    console.print(Text(summary_line(plan)))
    if plan.held:
        console.print(Text(plain(plan.held), style="bold red"))
    show_problems(console, plan.problems)
    show_notes(console, plan.notes, limit=None if all_notes else 12)


def show_profiles(console: Console, ended: Mapping[str, tuple[int, str]]) -> None:
    """Exit code and last line of each configuration of `sync --all`, the failed ones last, where the eye ends."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold", max_width=30)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    for name, (code, said) in sorted(ended.items(), key=lambda item: (item[1][0] != 0, item[0])):
        grid.add_row(plain(name), Text(result_word(code), style=RESULT_STYLES.get(code, "red")), said)
    console.print(grid)
    good = sum(code == 0 for code, _ in ended.values())
    console.print(Text(f"\n{good} of {counted(len(ended), 'configuration')} done.", style="bold"))


def show_overview(console: Console, seekers: Sequence[Seeker], zone: tzinfo | None) -> None:
    """Who needs somebody, first; each with what is late, due today, and what else is to be known."""
    console.print(Text(headline(seekers), style="bold"))
    for seeker in seekers:
        console.print()
        style = "red" if seeker.trouble or seeker.is_stale else "yellow" if seeker.late else "bold"
        console.print(Text.assemble((plain(seeker.name), style), f"  last good run: {tell_last_run(seeker, zone)}"))
        for word, due in (("late", seeker.late), ("today", seeker.today)):
            if due:
                console.print(Text(f"  {word} ({len(due)}): {plain(name_some(due))}"))
        if rest := rest_of(seeker):
            console.print(Text(f"  {plain(rest)}"))


def _show_changes(console: Console, changes: Sequence[Change], zone: ZoneInfo, now: datetime) -> None:
    """Day by day, the day as a heading: what is late or due today meets the eye first."""
    today = now.astimezone(zone).date()
    for day, group in groupby(changes, key=lambda change: change.start and day_of(change.start, zone)):
        console.print()
        if day is not None:
            console.print(Text.assemble((day_name(day, today), _urgency(day, today)), (_distance(day, today), "dim")))
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=1)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_column(justify="right", style="dim", no_wrap=True, overflow="ellipsis", max_width=20)
        for change in group:
            sign, style = SIGNS[change.action]
            body = Text(plain(change.summary))
            if why := _why(change):
                body.append(f"\n{plain(why)}", style="dim")
            grid.add_row(Text(sign, style=style), _hour(change.start, zone), body, plain(change.row or ""))
        console.print(grid)


def _why(change: Change) -> str:
    if change.action is not Action.UPDATE:
        return change.reason
    return f"changes {', '.join(change.fields)}" + (f": {change.reason}" if change.reason else "")


def day_name(day: date, today: date) -> str:
    """A day as a person says it; the year only where it is another than today's."""
    return f"{day:%a} {day.day:2} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def _distance(day: date, today: date) -> str:
    ahead = (day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return "  " + near.get(ahead, f"in {ahead} days" if ahead > 0 else f"{-ahead} days ago")


def _urgency(day: date, today: date) -> str:
    """Red for what has passed, yellow for today, bright for the week ahead, calm for the rest."""
    ahead = (day - today).days
    return "bold red" if ahead < 0 else "bold yellow" if ahead == 0 else "bold" if ahead <= 7 else "bold dim"


def _hour(moment: Moment | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}" if isinstance(moment, datetime) else "     "


def show_problems(console: Console, problems: Sequence[Problem], *, each: bool = False) -> None:
    """Every cell that could not be understood, with its place; the same of many in one column once, unless `each`."""
    if not problems:
        return
    console.print()
    console.print(Text(f"{counted(len(problems), 'cell')} could not be read:", style="bold yellow"))
    same = Counter((problem.column, problem.reason) for problem in problems)
    said: set[tuple[str, str]] = set()
    for problem in problems:
        kind = (problem.column, problem.reason)
        more = same[kind] - 1 if not each and same[kind] > SAID_ONE_BY_ONE else 0
        if more and kind in said:
            continue
        said.add(kind)
        place = f"{problem.row}, {problem.column}" if problem.column else problem.row
        value = f" “{_short(problem.value)}”" if problem.value else ""
        so_are = f" (and {more} more cells of this column; followup check lists them)" if more else ""
        console.print(Padding(Text(plain(f"{place}:{value} {problem.reason}{so_are}")), (0, 0, 0, 2)))


def show_notes(console: Console, notes: Sequence[Note], *, limit: int | None) -> None:
    """Remarks without a change."""
    if not notes:
        return
    console.print()
    console.print(Text("Notes:", style="bold"))
    for note in notes[:limit]:
        place = " ".join(part for part in (note.row, note.lead) if part)
        rule = f" [{note.rule}]" if note.rule else ""
        console.print(Padding(Text(plain((f"{place}: " if place else "") + note.reason + rule)), (0, 0, 0, 2)))
    if limit is not None and len(notes) > limit:
        console.print(Text(f"  and {len(notes) - limit} more; see them all with --verbose", style="dim"))


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """What trying out a calendar found: what is well, and what wants attention."""
    for finding in findings:
        mark, style = ("ok  ", "green") if finding.good else ("note", "yellow")
        console.print(Text.assemble("  ", (mark, style), "  ", plain(finding.text)))


def show_columns(console: Console, columns: Sequence[Column]) -> None:
    """How the columns of a sheet are read, with the reason and the cells of the first rows."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("column", "is read as", "because", "first cells"):
        grid.add_column(head, overflow="fold")
    for column in columns:
        cells = " | ".join(_short(cell, 20) for cell in column.samples[:3]) or "(empty)"
        texts = (_short(column.header, 30), column.field or "(not read)", column.reason, cells)
        grid.add_row(*(Text(plain(text), style="" if column.field else "dim") for text in texts))
    console.print(grid)


def show_first(console: Console, changes: Sequence[Change], timezone: str, *, head: str) -> None:
    """The first follow-ups that would be created, as the calendar will show them."""
    zone = ZoneInfo(timezone)
    console.print()
    console.print(Text(head, style="bold"))
    for change in changes:
        console.print(Padding(Text(plain(f"{when(change.start, zone)}  {change.summary}")), (0, 0, 0, 2)))
        lines = change.event.description.splitlines() if change.event else []
        for line in [line for line in lines if line.strip()][:FIRST_LINES]:
            console.print(Padding(Text(plain(line), style="dim"), (0, 0, 0, 6)))


def show_contacts(console: Console, contacts: Sequence[Contact]) -> None:
    """The record of contacts, oldest first."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("date", "employer", "person", "method", "position", "result", "known by"):
        grid.add_column(head, overflow="fold")
    for row in contact_rows(contacts):
        grid.add_row(*(Text(plain(cell)) for cell in row.values()))
    console.print(grid)


def show_agenda(console: Console, agenda: Agenda, *, leads: Sequence[Lead] = ()) -> None:
    """What is due: late, today, the next days, and who is waited for until when; with what the row says."""
    plan = agenda.plan
    zone = ZoneInfo(plan.timezone)
    facts = {lead.key: facts_of(lead) for lead in leads}
    shown = False
    for group in agenda.groups:
        if group.touches:
            if shown:
                console.print()
            shown = True
            console.print(Text(f"{group.title} ({len(group.touches)})", style=AGENDA_STYLES[group.key]))
            console.print(_touch_grid(group.touches, zone, now=plan.now, facts=facts))
    if not shown:
        console.print("Nothing is due.")
    for note in plan.unreadable:
        console.print(Text(f"\n{plain(note.reason)}", style="yellow"))


def show_drafts(console: Console, touches: Sequence[Touch], labels: Sequence[str], zone: ZoneInfo) -> None:
    """Messages ready to be copied: to whom, by which way and when, the text, and what is left to fill in."""
    for label in labels if not touches else ():
        console.print(Text(plain(f"{label}: nothing is to be written; `followup explain` says why")))
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


def _touch_grid(touches: Iterable[Touch], zone: ZoneInfo, *, now: datetime, facts: Mapping[str, str]) -> Table:
    today = now.astimezone(zone).date()
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=1)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", style="dim", no_wrap=True, overflow="ellipsis", max_width=20)
    for touch in touches:
        day = day_of(touch.start, zone)
        start = Text.assemble((day_name(day, today), _urgency(day, today)), " ", _hour(touch.start, zone))
        body = Text(plain(touch.summary))
        if touch.deadline is not None:
            late = touch.deadline < now
            deadline = touch.deadline.astimezone(zone)
            due = f"\ndue by {day_name(deadline.date(), today)} {deadline:%H:%M}"
            due += f", {_ago(now - touch.deadline)} late" if late else ""
            body.append(due, style="red" if late else "dim")
        if said := facts.get(touch.lead_key):
            body.append(f"\n{plain(said)}", style="dim")
        if day <= today and touch.description:
            body.append(f"\n{_first_paragraph(touch.description)}", style="dim")
        grid.add_row("", start, body, plain(touch.row or ""))
    return grid


def _first_paragraph(description: str) -> str:
    """What to do, and the address or number, each on its line."""
    return "\n".join(plain(line) for line in description.partition("\n\n")[0].split("\n"))


def show_explanation(console: Console, plan: Plan, leads: Sequence[Lead]) -> None:
    """Every date of these leads: rule, arithmetic, what moved it, what is suppressed and why."""
    zone = ZoneInfo(plan.timezone)
    for lead in leads:
        console.print(Text(plain(f"{lead.label}  ({lead.row})"), style="bold"))
        console.print(Padding(Text(plain(facts_of(lead))), (0, 0, 0, 2)))
        touches = [touch for touch in plan.schedule if touch.lead_key == lead.key]
        for touch in touches:
            flags = [
                word
                for word, on in (
                    ("tentative", touch.tentative),
                    ("not yet in the calendar", not touch.published),
                    ("moved by you", touch.pinned),
                )
                if on
            ]
            head = f"{when(touch.start, zone)}  {plain(touch.summary)}  [{touch.rule}]" + (
                f" ({', '.join(flags)})" if flags else ""
            )
            console.print(Padding(Text(head), (1, 0, 0, 2)))
            for sentence in touch.reason:
                console.print(Padding(Text(plain(sentence), style="dim"), (0, 0, 0, 6)))
        notes = [note for note in plan.notes if note.row == lead.row]
        problems = [problem for problem in plan.problems if problem.row == lead.row]
        for text in [
            *(f"{note.reason}" + (f" [{note.rule}]" if note.rule else "") for note in notes),
            *(f"{problem.column} “{_short(problem.value)}”: {problem.reason}" for problem in problems),
        ]:
            console.print(Padding(Text(plain(text)), (1 if not touches else 0, 0, 0, 2)))
        if not touches and not notes and not problems:
            console.print("  nothing is planned for this lead")
        console.print()


def show_left_out(console: Console, rows: Mapping[str, Sequence[str]], cells: Mapping[str, str]) -> None:
    """Rows that are no lead of their own: what stands in them, and why nothing is planned for them."""
    for row, reasons in rows.items():
        console.print(Text(plain(f"{row}: left out"), style="bold"))
        console.print(Padding(Text(plain(_short(cells[row], 200)), style="dim"), (0, 0, 0, 2)))
        for reason in reasons:
            console.print(Padding(Text(plain(reason)), (0, 0, 0, 2)))
        console.print()


def show_rows(console: Console, leads: Sequence[Lead], *, limit: int) -> None:
    """What was understood of each row."""
    console.print()
    console.print(Text("Understood:", style="bold"))
    for lead in leads[:limit]:
        console.print(Padding(Text(plain(f"{lead.row} {lead.label}: {facts_of(lead)}")), (0, 0, 0, 2)))
    if len(leads) > limit:
        console.print(Text(f"  and {len(leads) - limit} more", style="dim"))


_FACTS = {
    "received_at": "came in",
    "applied_on": "applied",
    "last_inbound": "they wrote",
    "last_outbound": "you wrote",
    "under_consideration_on": "under consideration",
    "meeting_on": "meeting",
    "interview_at": "interview",
    "offer_on": "offer",
    "promised_on": "you promised",
    "follow_up_on": "follow up",
    "they_decide_by": "they decide by",
    "travel_on": "travel",
    "closes_on": "closes",
}
"""Days of a lead as a person says them."""


def facts_of(lead: Lead) -> str:
    """What a row was understood to say, in one line: stage, its words, and the days in their order of time."""
    stage = lead.stage.value.replace("_", " ") + ("" if lead.stage_known else ", as it seems")
    words = f" (“{_short(lead.status_text)}”)" if lead.status_text else ""
    days = [f"{word} {_day_and_hour(moment)}" for name, word in _FACTS.items() if (moment := getattr(lead, name))]
    return "; ".join([stage + words, *days])


def _day_and_hour(moment: Moment) -> str:
    hour = f" {moment:%H:%M}" if isinstance(moment, datetime) else ""
    return f"{moment:%a} {moment.day} {moment:%b} {moment.year}{hour}"


def when(moment: Moment | None, zone: ZoneInfo) -> str:
    """A start as a person reads it, in the seeker's zone, always of one width."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"
    return f"{moment:%a %Y-%m-%d}      "


def _stamp(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"


def _ago(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
