"""What a row says, and every date of a lead with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from sync.models import Lead, Moment, Plan
from sync.render.days import ENGLISH, shorten, when
from sync.safe_text import plain
from sync.texts import Wording


def show_explanation(console: Console, plan: Plan, leads: Sequence[Lead], words: Wording = ENGLISH) -> None:
    """Every date of these leads: rule, arithmetic, what moved it, what is suppressed and why."""
    zone = ZoneInfo(plan.timezone)
    for lead in leads:
        console.print(Text(plain(f"{lead.label}  ({lead.row})"), style="bold"))
        console.print(Padding(Text(plain(facts_of(lead, words))), (0, 0, 0, 2)))
        touches = [touch for touch in plan.schedule if touch.lead_key == lead.key]
        for touch in touches:
            flags = [
                word
                for word, on in (
                    (words.say("explain.tentative"), touch.tentative),
                    (words.say("explain.unpublished"), not touch.published),
                    (words.say("explain.pinned"), touch.pinned),
                )
                if on
            ]
            head = f"{when(touch.start, zone, words)}  {plain(touch.summary)}  [{touch.rule}]" + (
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
            console.print(Text(f"  {words.say('explain.nothing')}"))
        console.print()


def show_left_out(
    console: Console, rows: Mapping[str, Sequence[str]], cells: Mapping[str, str], words: Wording = ENGLISH
) -> None:
    """Rows that are no lead of their own: what stands in them, and why nothing is planned for them."""
    for row, reasons in rows.items():
        console.print(Text(plain(words.say("explain.left_out", row=row)), style="bold"))
        console.print(Padding(Text(plain(shorten(cells[row], 200)), style="dim"), (0, 0, 0, 2)))
        for reason in reasons:
            console.print(Padding(Text(plain(reason)), (0, 0, 0, 2)))
        console.print()


_FACTS = tuple(key.removeprefix("fact.") for key in ENGLISH.texts if key.startswith("fact."))
"""Days of a lead in the order in which they are told; their words are `[fact]` in `mappings/screens.*.toml`."""


def facts_of(lead: Lead, words: Wording = ENGLISH) -> str:
    """What a row was understood to say, in one line: stage, its words, and the days in their order of time."""
    stage = words.say(f"stage.{lead.stage.value}")
    stage = stage if lead.stage_known else words.say("explain.seems", stage=stage)
    status = f" (“{shorten(lead.status_text)}”)" if lead.status_text else ""
    days = [
        f"{_fact(name, lead, words)} {', '.join(_day_and_hour(moment, words) for moment in moments)}"
        for name in _FACTS
        if (moments := _moments_of(lead, name))
    ]
    return "; ".join([stage + status, *days])


def _fact(name: str, lead: Lead, words: Wording) -> str:
    """What the day of this fact is called; of a customer's nothing is called an application."""
    special = f"fact_of_customer.{name}"
    return words.say(special if lead.is_customer and words.has(special) else f"fact.{name}")


def _moments_of(lead: Lead, name: str) -> list[Moment]:
    """The day of this fact, if there is one; of interviews every round."""
    last = getattr(lead, name)
    earlier = [known.at for known in lead.earlier_rounds] if name == "interview_at" else []
    return [*earlier, last] if last else []


def _day_and_hour(moment: Moment, words: Wording) -> str:
    hour = f" {moment:%H:%M}" if isinstance(moment, datetime) else ""
    return f"{words.day(moment)} {moment.year}{hour}"
