"""The messages of one lead, for whoever wants to write now: `followup draft`. Needs a sheet, and no calendar.

A message is the one its event carries. What the user did in the calendar since the last run is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from sync.advice import load_advice
from sync.config import Settings
from sync.errors import ConfigError
from sync.memory import Memory
from sync.messages.message import blanks_in, mail_link
from sync.models import Abilities, Lead, Leads, Table, Texts, Touch
from sync.moments import day_of
from sync.reading.leads import read_again
from sync.schedule.make import make_schedule

SCHEMA = 1


def plan_messages(
    table: Table, *, settings: Settings, memory: Memory, now: datetime, wording: str = "", mapping: str = ""
) -> tuple[Leads, tuple[Touch, ...]]:
    """The leads of a sheet, and their touches to somebody else, each with its message, in the order of their dates."""
    advice = load_advice(settings, wording=wording, mapping=mapping)
    leads = read_again(table, settings=settings, vocabulary=advice.vocabulary, memory=memory, now=now)
    abilities = Abilities(reactions=settings.target.type == "caldav")
    schedule, _ = make_schedule(
        leads, settings=settings, advice=advice, memory=memory, now=now, abilities=abilities, texts=Texts.WHOLE
    )
    return leads, tuple(touch for touch in schedule.touches if touch.draft)


def choose_messages(
    touches: Sequence[Touch], leads: Sequence[Lead], *, on: date | None, settings: Settings
) -> tuple[Touch, ...]:
    """The next message of each of these leads, or those of the day asked for. Raises `ConfigError` for a wrong day."""
    chosen: list[Touch] = []
    days: list[str] = []
    for lead in leads:
        own = [touch for touch in touches if touch.row == lead.row]
        days += [f"{day_of(touch.start, settings.zone)}" for touch in own]
        if on is None:
            chosen += own[:1]
        else:
            chosen += [touch for touch in own if day_of(touch.start, settings.zone) == on]
    if on is not None and not chosen:
        known = f"; there are messages on {', '.join(sorted(set(days)))}" if days else "; there is none at all"
        raise ConfigError(f"--touch {on}: no message is planned for that day{known}")
    return tuple(sorted(chosen, key=lambda touch: (str(touch.start), touch.uid)))


def drafts_json(touches: Sequence[Touch], settings: Settings) -> str:
    """The document of `draft --json`. Ends with a line break."""
    drafts = [
        {
            "lead": touch.lead,
            "row": touch.row,
            "rule": touch.rule,
            "date": f"{day_of(touch.start, settings.zone)}",
            "channel": touch.channel,
            "who": touch.who,
            "address": touch.mail or None,
            "subject": touch.subject,
            "draft": touch.draft,
            "blanks": list(blanks_in(touch.draft)),
            "link": link_of(touch) or None,
        }
        for touch in touches
    ]
    return json.dumps({"schema": SCHEMA, "drafts": drafts}, ensure_ascii=False, indent=1) + "\n"


def link_of(touch: Touch) -> str:
    """The link that opens this message in a mail program; empty for what is no mail or has no address."""
    return mail_link(touch.mail, touch.subject, touch.draft) if touch.channel == "email" else ""
