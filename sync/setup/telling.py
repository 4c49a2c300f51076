"""What `init` says it understood of a sheet: what comes of its rows, what rests and why, and what was left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator

from sync.models import Leads, Stage
from sync.setup.questions import Interview
from sync.setup.sheets import Understood

SOME = 3
"""So many statuses and rows are named."""


def _reasons_to_rest(talk: Interview, leads: Leads, busy: Container[str]) -> Iterator[str]:
    """Why nothing is planned for the others, each reason with how many rest for it."""
    waiting = {row for status in leads.unclear for row in status.waiting}
    took = next((lead.row for lead in leads.leads if lead.stage is Stage.ACCEPTED and not lead.is_customer), "")
    reasons = Counter(
        "closed"
        if lead.stage.closed
        else "accepted"
        if took and lead.row not in waiting
        else "waiting"
        if lead.row in waiting
        else "asked_not"
        if lead.do_not_contact or not lead.interested
        else "quiet"
        for lead in leads.leads
        if lead.key not in busy
    )
    for reason in ("closed", "accepted", "waiting", "asked_not", "quiet"):
        if reasons[reason]:
            yield talk.phrase(f"rest_{reason}", count=reasons[reason], row=took)


def tell_understood(talk: Interview, seen: Understood, planned: Iterable[str]) -> None:
    """In one block: how many rows are understood, what comes of them, and what was left."""
    leads = seen.leads
    keys = set(planned)
    busy = sum(lead.key in keys for lead in leads.leads)
    whole = len(leads.leads) + len(leads.silent_rows)
    talk.say("understood", read=len(leads.leads), rows=talk.counted(whole, "row"))
    waiting = [status for status in leads.unclear if status.waiting]
    why = ", ".join(_reasons_to_rest(talk, leads, keys))
    if busy:
        talk.say("planned" if why else "planned_all", count=busy, why=why)
    else:
        talk.say("resting" if why else "nothing_planned", why=why)
    if waiting:
        rows = sum(len(status.waiting) for status in waiting)
        words = ", ".join(f"“{status.text}”" for status in waiting[:SOME])
        told = words + (", ..." if len(waiting) > SOME else "")
        talk.say("waiting_1" if len(waiting) == 1 else "waiting_n", rows=talk.counted(rows, "row"), words=told)
    unread = [column.header for column in seen.columns if not column.field and column.samples]
    if unread:
        talk.say("left_columns", headers=", ".join(unread))
    if leads.silent_rows:
        reasons = {problem.row: problem.reason for problem in reversed(leads.problems)}
        first = leads.silent_rows[0]
        named = f"{first} ({reasons.get(first, '')})" if first in reasons else first
        more = ", ".join(leads.silent_rows[1:SOME]) + (", ..." if len(leads.silent_rows) > SOME else "")
        talk.say("left_rows", rows=f"{named}, {more}" if more else named)
    if leads.problems:
        talk.say("problems", count=talk.counted(len(leads.problems), "cell"))
