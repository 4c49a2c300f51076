"""What a pause leaves where it is: interviews, deadlines, and the days that the user chose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from sync.config import Pause
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.drafts import Draft
from sync.schedule.shared import in_a_line
from sync.schedule.view import View

NOTICE = timedelta(days=8)
"""A pause that begins within so many days is told by the weekly review: there is always one, written the day before."""


class Held(Struct, frozen=True):
    """What stands on a day of a pause: a touch, or an interview itself."""

    day: date
    case: Case
    draft: Draft | None = None


def held_in(pause: Pause, cases: Iterable[Case], drafts: Iterable[Draft], *, view: View) -> list[Held]:
    """Everything that stays in what is left of this pause, by its day."""
    found = [Held(draft.day, draft.case, draft) for draft in drafts if not draft.rule.busy]
    for case in cases:
        held = [one.at for one in case.lead.earlier_rounds]
        held += [case.lead.interview_at] if case.lead.interview_at is not None else []
        found += [Held(view.day_of(at), case) for at in held]
    inside = [one for one in found if max(pause.first, view.today) <= one.day <= pause.last]
    return sorted(inside, key=lambda one: (one.day, one.case.lead.key, one.draft.uid if one.draft else ""))


def name_pauses(cases: Iterable[Case], drafts: Iterable[Draft], *, view: View) -> Iterator[str]:
    """The lines of the weekly review about the pauses that begin before the next one."""
    for pause in view.settings.pause:
        if not view.today < pause.first <= view.today + NOTICE:
            continue
        held = held_in(pause, cases, drafts, view=view)
        when = {"first": view.tell(pause.first), "last": view.tell(pause.last)}
        if held:
            what = in_a_line(list(dict.fromkeys(_told(one, view) for one in held)), view)
            yield view.say("review.pause_keeps", **when, what=what)
        else:
            yield view.say("review.pause", **when)


def _told(one: Held, view: View) -> str:
    """When, for which lead, and what: a line that is cut off loses its end."""
    name = f"name.{one.draft.rule.id}" if one.draft else "name.interview"
    what = (clean(one.case.lead.label), view.say(name) if view.advice.wording.has(name) else "")
    return f"{view.tell(one.day)}: {', '.join(filter(None, what))}"
