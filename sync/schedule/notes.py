"""What the schedule says without making an event: nothing is skipped silently (R-000-4, R-000-7).

Every open lead has a touch ahead, a decision ahead, or a note that says why not. Notes also give the date for a letter
that is not sent yet (R-001-1), the rows that share a budget (R-003-5), and what is missing or spelled two ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from sync.config import Pause
from sync.models import Asking, Note, Stage
from sync.reading.organisations import normalise_organisation
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.distances import find_limits
from sync.schedule.drafts import Draft
from sync.schedule.pause_report import held_in
from sync.schedule.review import last_sign
from sync.schedule.shared import MAX_NAMES
from sync.schedule.view import View


def make_remarks(cases: Sequence[Case], active: Sequence[Case], drafts: Sequence[Draft], *, desk: Desk) -> None:
    """Add the notes of this run."""
    busy = {draft.case.lead.key for draft in drafts}
    ignored = {case.lead.key for case in cases} - {case.lead.key for case in active}
    accepted = any(case.ends_search for case in active)
    for case in cases:
        if case.lead.key not in busy:
            desk.note("note.no_step", case, rule="R-000-7", why=_why(case, ignored, accepted, desk))
    for draft in drafts:
        if draft.is_released:
            column = clean(draft.case.lead.columns.get(draft.hangs_on, draft.hangs_on))
            desk.note("note.released", draft.case, rule=draft.rule.id, column=column)
    for case in active:
        _letter_date(case, desk)
    for pause in desk.settings.pause:
        if pause.last >= desk.today:
            _stays_in(pause, active, drafts, desk)
    if desk.ledger.never_logs and any(memory.assumed for memory in desk.ledger.touches.values()):
        desk.notes.append(Note(desk.say("note.never_logs")))
    desk.notes.extend(_shared_budgets(active, desk))
    desk.notes.extend(_spellings(active, desk))
    desk.notes.extend(_missing_lines(drafts, desk))


def _stays_in(pause: Pause, cases: Sequence[Case], drafts: Sequence[Draft], desk: Desk) -> None:
    """Name what a pause does not move: interviews, deadlines, days the user chose."""
    first, last = desk.tell(pause.first), desk.tell(pause.last)
    for held in held_in(pause, cases, drafts, view=desk):
        what = clean(held.draft.summary) if held.draft else desk.say("field.interview_at")
        desk.note("note.pause", held.case, first=first, last=last, what=what, day=desk.tell(held.day))


def _why(case: Case, ignored: set[str], accepted: bool, desk: Desk) -> str:
    lead = case.lead
    reasons = (
        (lead.key in ignored, "note.stop_before"),
        (lead.unreadable, "note.stop_unread"),
        (case.stage.closed, "note.stop_closed"),
        (lead.asking is not Asking.ALLOWED, "note.stop_unclear"),
        (not lead.interested, "note.stop_interest"),
        (lead.do_not_contact, "note.stop_contact"),
        (accepted, "note.stop_accepted"),
        (lead.key in desk.triaged or case.seen.triaged, "note.triaged"),
        (case.stage is Stage.OFFER, "note.offer"),
    )
    key = next((key for applies, key in reasons if applies), None)
    return desk.say(key) if key else desk.waiting.get(lead.key) or _how_stale(case, desk)


def _how_stale(case: Case, view: View) -> str:
    """R-000-6: a warning after some business days without a sign, stale after some days."""
    rule, since = view.advice.rules["R-000-6"], last_sign(case, view)
    stale = since + timedelta(days=rule.days or 0)
    if not rule.on or view.today < view.days.add(since, rule.business_days or 0):
        return view.say("note.done")
    key = "note.stale" if stale <= view.today else "note.going_stale"
    return view.say(key, since=view.tell(since), stale=view.tell(stale))


def _letter_date(case: Case, desk: Desk) -> None:
    """R-001-1: the date to name in a letter that is not sent yet."""
    rule, lead = desk.rule("R-001-1"), case.lead
    if rule is None or case.stage is not Stage.IDEA or lead.applied_on is not None or not lead.role:
        return
    if lead.closes_on is not None and lead.closes_on < desk.today:
        return
    if lead.interested and not lead.do_not_contact and not lead.unreadable:
        day = desk.days.at_or_after(desk.today + timedelta(days=rule.days or 0))
        desk.note("note.letter", case, rule=rule.id, day=desk.tell(day))


def _shared_budgets(cases: Iterable[Case], view: View) -> Iterator[Note]:
    groups: dict[str, list[str]] = {}
    for case in cases:
        if not case.stage.closed:
            for key in case.org_keys:
                groups.setdefault(key, []).append(case.lead.label)
    limit = find_limits(view.advice.rules).organisation
    for _, labels in sorted(groups.items()):
        if len(labels) > 1 and limit:
            yield Note(view.say("note.shared_budget", limit=limit, leads=_bounded(labels)), rule="R-003-5")


def _spellings(cases: Iterable[Case], view: View) -> Iterator[Note]:
    """R-001-5, R-003-10: one firm spelled two ways."""
    spelled: dict[str, set[str]] = {}
    for case in cases:
        name = " ".join(case.lead.company.split())
        if key := normalise_organisation(name):
            spelled.setdefault(key, set()).add(name)
    for _, names in sorted(spelled.items()):
        if len(names) > 1:
            yield Note(view.say("note.spelling", names=_bounded(names)), rule="R-001-5")


def _missing_lines(drafts: Iterable[Draft], view: View) -> Iterator[Note]:
    """R-003-4: positioning that the sheet does not give, counted by line."""
    leads = {draft.lead_key: draft.case.lead for draft in drafts if draft.rule.audience == "contact"}
    for line, missing in (
        ("position", sum(not lead.role for lead in leads.values())),
        ("known", sum(not (lead.how_known or lead.source or lead.referrer) for lead in leads.values())),
    ):
        if missing:
            yield Note(view.say("note.missing", count=missing, line=view.say(f"label.{line}")), rule="R-003-4")


def _bounded(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" (+{len(ordered) - MAX_NAMES})" if len(ordered) > MAX_NAMES else ""
    return "; ".join(clean(name) for name in ordered[:MAX_NAMES]) + more
