"""What a row says, and every date of a lead with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from sync.models import Lead, Moment, Plan
from sync.render.days import shorten, when
from sync.safe_text import plain


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
            *(f"{problem.column} “{shorten(problem.value)}”: {problem.reason}" for problem in problems),
        ]:
            console.print(Padding(Text(plain(text)), (1 if not touches else 0, 0, 0, 2)))
        if not touches and not notes and not problems:
            console.print("  nothing is planned for this lead")
        console.print()


def show_left_out(console: Console, rows: Mapping[str, Sequence[str]], cells: Mapping[str, str]) -> None:
    """Rows that are no lead of their own: what stands in them, and why nothing is planned for them."""
    for row, reasons in rows.items():
        console.print(Text(plain(f"{row}: left out"), style="bold"))
        console.print(Padding(Text(plain(shorten(cells[row], 200)), style="dim"), (0, 0, 0, 2)))
        for reason in reasons:
            console.print(Padding(Text(plain(reason)), (0, 0, 0, 2)))
        console.print()


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
    "references_given_on": "references named",
    "follow_up_on": "follow up",
    "they_decide_by": "they decide by",
    "they_call_at": "they call",
    "travel_on": "travel",
    "closes_on": "closes",
    "answer_by": "answer by",
}
"""Days of a lead as a person says them."""


def facts_of(lead: Lead) -> str:
    """What a row was understood to say, in one line: stage, its words, and the days in their order of time."""
    stage = lead.stage.value.replace("_", " ") + ("" if lead.stage_known else ", as it seems")
    words = f" (“{shorten(lead.status_text)}”)" if lead.status_text else ""
    days = [f"{word} {_day_and_hour(moment)}" for name, word in _FACTS.items() if (moment := getattr(lead, name))]
    return "; ".join([stage + words, *days])


def _day_and_hour(moment: Moment) -> str:
    hour = f" {moment:%H:%M}" if isinstance(moment, datetime) else ""
    return f"{moment:%a} {moment.day} {moment:%b} {moment.year}{hour}"
