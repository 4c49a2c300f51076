"""What an event says, for somebody who reads it on a phone in ten seconds.

In this order, a line without content left out: what to do; where to reach them, exactly as in the sheet; the message;
what to look at before it is sent. Under a rule of dashes the small print, for which alone no event is written again:
what comes next, why this day, the advice, what is new and what was used, the history, a link that opens the message,
the rule's id.
No text holds a quantity that depends on the moment of the run, nor the row's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sync.messages.message import Message, mail_link
from sync.models import Lead
from sync.reconcile.marker_lines import SMALL_PRINT
from sync.safe_text import clean
from sync.schedule.drafts import Draft, Planned
from sync.schedule.letters import group_of, is_to_agency, recipient
from sync.schedule.people import has_number_only, join_names, knows_interviewers
from sync.schedule.quarters import at
from sync.schedule.view import View

MORNING = time(6)
"""Before it is night, whatever the day is called."""
END_OF_DAY = (23, 59)
"""The hour of a deadline that is a day."""
CHECKS = 3
"""Things to look at before sending, at most."""

ELSEWHERE = frozenset(("sender", "promised", "referrer", "references"))
"""Those who are not at the lead's firm themselves: they are told which lead it is about."""

Moves = tuple[tuple[str, date], ...]
"""Moves made before, each with its day, the oldest first."""


def describe(
    draft: Draft, message: Message | None, *, later: str, done: Moves, facts: Mapping[str, str], view: View
) -> str:
    """The whole text of a touch that reaches somebody. `later` are the days that follow."""
    return _together(
        [*_first_lines(draft, facts, view)],
        _message_lines(message, view),
        [*_check_lines(draft, message, view)],
        small=[*_why(draft, later, view), *_about_them(draft, message, done, view), *_name_rule(draft, view)],
    )


def describe_alone(draft: Planned, do: str, *, facts: Mapping[str, str], view: View) -> str:
    """The whole text of what one does alone. `do` is the key of what that is."""
    lines = [view.say(do, **facts)] if view.advice.wording.has(do) else []
    lines += draft.facts.get("lines", "").splitlines()
    lines += (f"- {name}" for name in draft.facts.get("leads", "").splitlines())
    return _together(lines, small=[*_why(draft, "", view), *_name_rule(draft, view)])


def _together(*blocks: Sequence[str], small: Sequence[str]) -> str:
    return "\n\n".join("\n".join(lines) for lines in (*blocks, (SMALL_PRINT, *small)) if lines)


def _first_lines(draft: Draft, facts: Mapping[str, str], view: View) -> Iterator[str]:
    """What to do, and where to reach them."""
    lead = draft.case.lead
    act = f"act.{draft.channel if view.advice.wording.has(f'act.{draft.channel}') else 'email'}"
    if draft.deadline is not None:
        yield _by_when(act, draft, draft.deadline, facts["whom"], view)
    else:
        yield view.say(act, who=facts["whom"])
    if draft.lead_key == lead.key and is_elsewhere(draft, lead):
        contact = "" if draft.person == lead.contact else clean(lead.contact.name)
        yield view.say("act.about", lead=", ".join(part for part in (contact, clean(lead.label)) if part))
    yield from _reach(draft, lead, view)


def is_elsewhere(draft: Draft, lead: Lead) -> bool:
    """Whether it goes to somebody who is not at the lead's firm, so that the firm is what it is about."""
    return is_to_agency(draft) or (draft.rule.audience in ELSEWHERE and draft.person != lead.contact)


def _by_when(act: str, draft: Draft, deadline: datetime, whom: str, view: View) -> str:
    """What to do and by when; what could not be done in time any more is done now. Nobody writes letters at night: what
    is due then is due the evening before.
    """
    begins = draft.start if isinstance(draft.start, datetime) else None
    if begins is not None and begins > deadline:
        return view.say(f"{act}-overdue", who=whom, day=view.tell(view.day_of(deadline)))
    here, hours = deadline.astimezone(view.zone), view.settings.message_hours
    if here.time() < MORNING:
        evening = at(here.date() - timedelta(days=1), hours.end, view.zone)
        deadline = evening if begins is not None and begins < evening else deadline
    due = view.tell(here.date()) if (here.hour, here.minute) == END_OF_DAY else view.tell_moment(deadline)
    return view.say(f"{act}-due", who=whom, day=due)


def _reach(draft: Draft, lead: Lead, view: View) -> Iterator[str]:
    """Addresses and numbers as they stand in the sheet, each on a line of its own; or how to get one."""
    people = group_of(draft) or (draft.person,)
    mails = [clean(person.email) for person in people if person.email.strip()]
    phones = [clean(person.phone) for person in people if person.phone.strip()]
    call = draft.channel == "phone"
    yield from (*phones, *mails) if draft.channel in ("phone", "text") else (*mails, *phones)
    if (call and phones) or (not call and mails) or draft.channel not in ("phone", "email"):
        return
    column = "contact_phone" if call else "contact_email"
    if draft.person == lead.contact and _has_its_own(column, lead):
        known = clean(lead.columns[column])
        yield view.say("act.no_number" if call else "act.no_address", column=known)
    elif not group_of(draft):
        yield view.say("act.look_up_number" if call else "act.look_up")


def _has_its_own(column: str, lead: Lead) -> bool:
    """Whether the sheet has a column for just that: no address belongs under `Phone`, where somebody put one once."""
    header = lead.columns.get(column)
    others = (
        lead.columns.get(other) for other in ("contact_name", "contact_email", "contact_phone") if other != column
    )
    return header is not None and header not in others


def _message_lines(message: Message | None, view: View) -> list[str]:
    if message is None:
        return []
    if message.kind == "call":
        lines = [view.say("message.say"), message.text]
        if message.voicemail:
            lines += ["", view.say("message.voicemail"), " ".join(message.voicemail)]
        return lines
    subject = [view.say("message.subject", subject=message.subject), ""] if message.subject else []
    return [*subject, message.text]


def _check_lines(draft: Draft, message: Message | None, view: View) -> Iterator[str]:
    """At most three things that belong to this very message."""
    checks = [*_checks(draft, message, view)][:CHECKS]
    if checks:
        yield view.say({"phone": "check.spoken", "in_person": "check.in_person"}.get(draft.channel, "check.written"))
        yield from (f"- {check}" for check in checks)


def _checks(draft: Draft, message: Message | None, view: View) -> Iterator[str]:
    say, rule, lead = view.say, draft.rule.id, draft.case.lead
    group = group_of(draft)
    if draft.is_nameless:
        yield say("check.nameless")
    if rule == "R-002-1" and draft.channel == "phone":
        yield say("check.prepare")
        yield say("check.hard")
        return
    if len(group) > 1:
        names = clean(join_names([person.name or person.email for person in group], say))
        yield say("check.everyone" if draft.rule.audience == "interviewers" else "check.references", names=names)
    if rule == "R-001-4" and draft.late:
        yield say("check.idea")
    if rule == "R-001-6" and not knows_interviewers(lead):
        yield say("check.interviewers")
    if rule == "R-004-6" and not lead.problem:
        yield say("check.problem")
    if missing := [person.name for person in group if person.name and not person.email]:
        yield say("check.address", names=clean(join_names(missing, say)))
    if draft.move == "resume":
        yield say("check.resume" if message is None or message.kind == "mail" else "check.resume_ready")
    if draft.channel not in ("phone", "in_person") and len(group) < 2:
        yield from _spelling(draft, lead, view)
    if message is not None and message.blanks:
        yield say("check.blank")
    if draft.rule.check:
        yield view.say_about(lead, draft.rule.check)
    if draft.step in (2, 3) and draft.move and draft.channel != "phone" and draft.person.phone.strip():
        yield say("check.call")


def _spelling(draft: Draft, lead: Lead, view: View) -> Iterator[str]:
    name = clean(draft.person.name)
    if name and name != clean(lead.agency):
        yield view.say("check.name", name=name)
    elif firm := name or clean(lead.company):
        yield view.say("check.firm", name=firm)


def _why(draft: Planned, later: str, view: View) -> Iterator[str]:
    """What comes next, why this day, and the advice."""
    say, rule = view.say, draft.rule
    if later:
        yield say("small.later", days=later)
    if draft.reasons:
        yield say("small.why", reason="; ".join(arithmetic(draft.reasons)))
    written = rule.channel == "phone" and draft.channel != "phone"
    selling = isinstance(draft, Draft) and draft.case.lead.is_customer
    special = f"small.{rule.id}-{'written' if written else 'customer' if selling else ''}"
    yield say(special) if view.advice.wording.has(special) else rule.advice


def _about_them(draft: Draft, message: Message | None, done: Moves, view: View) -> Iterator[str]:
    """The channel, what is new and what was used, the history, and a link that opens the message."""
    say, rule, lead = view.say, draft.rule, draft.case.lead
    if draft.person == lead.contact and (why := _why_channel(draft, lead)):
        yield say(f"small.why_channel_{why}", channel=say(f"channel.{draft.channel}"))
    if rule.id == "R-001-12":
        yield say("small.patience")
    if draft.move:
        yield from _moves(draft, done, view)
    if lead.problem and rule.hangs_on == "interview_at":
        yield say("small.problem", problem=clean(lead.problem))
    if history := _history(draft, lead, view):
        yield say("small.history", history=history)
    mail = recipient(draft).email.strip()
    if message is not None and message.kind == "mail" and (link := mail_link(mail, message.subject, message.text)):
        yield say("small.mail", link=link)


def _name_rule(draft: Planned, view: View) -> Iterator[str]:
    if draft.rule.id.startswith("R-"):
        yield view.say("small.rule", rule=draft.rule.id)


def _moves(draft: Draft, done: Moves, view: View) -> Iterator[str]:
    """What is new this time, what is left, and what was used when (R-003-7, R-003-8)."""
    say, used = view.say, {draft.move, *(move for move, _ in done)}
    yield say("small.new", move=say(f"move.{draft.move}"))
    if rest := [say(f"move.{move}") for move in draft.pool if move not in used]:
        yield say("small.unused", moves=", ".join(rest))
    if done:
        told = (f"{say(f'move.{move}')} ({view.tell(on)})" for move, on in done)
        yield say("small.used", moves=", ".join(told))


def _why_channel(draft: Draft, lead: Lead) -> str:
    if lead.channel == draft.channel:
        return "row"
    if lead.last_inbound_channel == draft.channel:
        return "last"
    return "number" if draft.channel in ("phone", "text") and has_number_only(draft.person) else ""


def _history(draft: Draft, lead: Lead, view: View) -> str:
    """The last contacts before this one, oldest first: what every message builds on (R-003-14)."""
    first = lead.applied_on
    if lead.is_customer and lead.last_outbound is not None and first == view.day_of(lead.last_outbound):
        first = None  # one message, and not an application and a message
    known = (
        (first, "history.applied"),
        (lead.meeting_on, "history.met"),
        (lead.interview_at, "history.interview"),
        (lead.last_inbound, "history.answered"),
        (lead.last_outbound, "history.sent"),
    )
    past = [(day, key) for moment, key in known if moment is not None and (day := view.day_of(moment)) <= draft.day]
    if not past:
        return ""
    sent = f"channel.{lead.last_outbound_channel}"
    message = view.say(sent if view.advice.wording.has(sent) else "history.message")
    return "; ".join([view.say_about(lead, key, day=view.tell(day), channel=message) for day, key in sorted(past)])


def arithmetic(reasons: Iterable[str]) -> Sequence[str]:
    """How a date came about in at most two sentences: what it counts from, and what decided it in the end.

    The whole chain stands in `explain`.
    """
    said = list(dict.fromkeys(reasons))
    return said if len(said) <= 2 else (said[0], said[-1])
