"""What an event says: title and description, filled from the sheet and from nothing else (seed rules, section 8).

Everything that comes from the sheet is bounded and stripped of control characters; links are built from validated,
percent-encoded parts. No text holds a quantity that depends on the moment of the run, nor the row's number, so that
an unchanged event stays unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from urllib.parse import quote, urlsplit

from sync.models import Lead, Person, TouchClass
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft
from sync.schedule.plain_text import clean

MOVES = ("resume", "referral", "fact", "organisation")
"""Ways to bring something new (R-003-8). `meet` belongs to the touch about a trip alone."""

_ELSEWHERE = ("sender", "referrer", "references")
"""Those who are not at the lead's firm themselves: they are told which lead it is about."""
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}")


def write_texts(drafts: Sequence[Draft], *, desk: Desk) -> dict[str, tuple[str, str, str]]:
    """Title, description and recipient of every draft by uid. Chooses the moves on the way (R-003-7)."""
    by_lead: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.case is not None:
            by_lead.setdefault(draft.case.lead.key, []).append(draft)
    for own in by_lead.values():
        own.sort(key=lambda draft: (draft.day, draft.step, draft.uid))
        _choose_moves(own, desk)
    texts: dict[str, tuple[str, str, str]] = {}
    told: Told = {}
    for draft in drafts:
        siblings = by_lead.get(draft.case.lead.key, []) if draft.case is not None else []
        lines = _lines(draft, siblings, told, desk)
        texts[draft.uid] = (title_of(draft, desk=desk), "\n".join(lines), who_of(draft))
    return texts


def who_of(draft: Draft) -> str:
    """The recipient and the firm, as the sheet spells them."""
    if draft.case is None:
        return ""
    lead = draft.case.lead
    name = clean(draft.person.name or draft.person.email)
    firm = "" if draft.rule.audience in ("referrer", "references") else clean(lead.company)
    return ", ".join(dict.fromkeys(part for part in (name, firm) if part)) or clean(lead.label)


def initials(name: str) -> str:
    """`A. R.` for Ana Reed."""
    return " ".join(f"{word[0].upper()}." for word in clean(name).split()[:3] if word[0].isalpha())


def title_of(draft: Draft, *, desk: Desk) -> str:
    """The event's title."""
    lead = draft.case.lead if draft.case else None
    channel = desk.say(f"channel.{draft.channel}") if desk.advice.wording.has(f"channel.{draft.channel}") else ""
    facts = {"who": who_of(draft), "lead": clean(lead.label) if lead else "", "channel": channel, **draft.facts}
    title = desk.say(_text_for("title", draft, desk), **facts).strip()
    if draft.rule.trigger in ("applied", "unanswered") and lead is not None and not draft.person.party:
        title = desk.say("title.nameless", title=title)
    return desk.say("title.late", title=title) if draft.late else title


def _text_for(part: str, draft: Draft, desk: Desk) -> str:
    """The key of this rule's text; the one for the touch's manner where there is such a text."""
    key = f"{part}.{draft.rule.id}"
    special = (f"{key}-{manner}" for manner in _manners(draft))
    return next((name for name in special if desk.advice.wording.has(name)), key)


def _manners(draft: Draft) -> Iterator[str]:
    """What is special about this touch of its rule, the most telling first."""
    if draft.critical:
        yield "critical"
    if draft.late:
        yield "late"
    if draft.case is not None:
        yield "one"
        if draft.rule.trigger == "interview" and not draft.case.lead.problem:
            yield "empty"
        if draft.rule.trigger == "planned" and draft.case.lead.plan_on is None:
            yield "research"
    if draft.rule.channel == "phone" and draft.channel != "phone":
        yield "written"


def brief_of(draft: Draft, *, desk: Desk) -> str:
    """The title that tells no names: the recipient's initials; without a recipient's name the bare word."""
    letters = initials(draft.person.name)
    return desk.say("title.short", initials=letters) if letters else desk.say("title.none")


def web_link(url: str) -> str:
    """The address where it is an http(s) one; else nothing."""
    bare = clean(url, limit=2000)
    try:
        parts = urlsplit(bare)
    except ValueError:
        return ""
    return quote(bare, safe=":/?#[]@!$&'()*+,;=%~-._") if parts.scheme in ("http", "https") and parts.netloc else ""


# --- moves ---------------------------------------------------------------------------------------------------


def _choose_moves(drafts: Iterable[Draft], desk: Desk) -> None:
    """Each asking touch brings something that was not used yet; two in a row never the same."""
    asks = [draft for draft in drafts if draft.kind is TouchClass.ASKING and draft.case is not None]
    if not asks or asks[0].case is None:
        return
    used = [move for move, _ in used_moves(asks[0].case.lead.key, desk)]
    for draft in asks:
        pool = ("meet",) if draft.rule.trigger == "travel" else MOVES
        given = draft.memory.move if draft.memory else ""
        fresh = [move for move in pool if move not in used] or [move for move in pool if move not in used[-1:]]
        draft.move = given if given in pool and given not in used[-1:] else (*fresh, *pool)[0]
        used.append(draft.move)


def used_moves(key: str, desk: Desk) -> list[tuple[str, date]]:
    """Moves of this lead's earlier asking touches and when they were done, in that order."""
    records = desk.by_lead.get(key, ())
    done = sorted((record.done_on, record.step, record.move) for record in records if record.move and record.done_on)
    return [(move, on) for on, _, move in done]


# --- the description -----------------------------------------------------------------------------------------


Told = dict[tuple[str, str, Person, str, bool], tuple[tuple[str, ...], tuple[str, ...]]]
"""Lines that all touches to one person share, written once: before and after the moves."""


def _lines(draft: Draft, siblings: Sequence[Draft], told: Told, desk: Desk) -> Iterator[str]:
    say = desk.say
    yield say("line.why", rule=draft.rule.id, advice=draft.rule.advice)
    yield say("line.reason", reason="; ".join(dict.fromkeys(draft.reason)))
    if draft.deadline is not None:
        yield say("line.due", day=desk.advice.wording.moment(draft.deadline))
    if "lines" in draft.facts:
        yield from draft.facts["lines"].split("\n")
    if "leads" in draft.facts:
        yield say("line.leads", leads=clean(draft.facts["leads"], limit=4000))
    if draft.case is not None and draft.rule.audience != "self":
        lead = draft.case.lead
        shared = (lead.key, draft.rule.audience, draft.person, draft.channel, draft.kind is TouchClass.ASKING)
        if shared not in told:
            told[shared] = tuple(_about(draft, lead, desk)), tuple(_how(draft, lead, desk))
        before, after = told[shared]
        yield from before
        if draft.rule.trigger in ("interview", "waiting") and lead.problem:
            yield say("line.problem", problem=clean(lead.problem))
        if draft.kind is TouchClass.ASKING:
            yield from _moves_lines(draft, lead, desk)
        yield from after
    yield from _what_to_do(draft, desk)
    if draft.kind is TouchClass.ASKING and not draft.tentative:
        later = [sibling.day for sibling in siblings if sibling.tentative and sibling.kind is TouchClass.ASKING]
        if later:
            yield say("line.later", days=", ".join(desk.tell(day) for day in later))


def _about(draft: Draft, lead: Lead, desk: Desk) -> Iterator[str]:
    say, missing = desk.say, desk.say("missing")
    yield say("line.who", who=who_of(draft))
    if draft.channel:
        yield say(
            "line.channel", channel=say(f"channel.{draft.channel}"), why=say(f"channel.{_why_channel(draft, lead)}")
        )
    if draft.person != lead.contact and draft.rule.audience in _ELSEWHERE and draft.key == lead.key:
        yield say("line.about", lead=", ".join(part for part in (clean(lead.contact.name), clean(lead.label)) if part))
    yield say("line.position", position=clean(lead.role) or missing)
    known = lead.how_known or lead.source or (lead.referrer if draft.rule.audience != "referrer" else "")
    yield say("line.known", known=clean(known) or missing)
    yield say("line.history", history=_history(lead, desk) or missing)
    if draft.rule.audience == "interviewers" and (
        names := [p.name for p in lead.interviewers if p.name and not p.email]
    ):
        yield say("line.address_missing", names=clean("; ".join(names)))


def _how(draft: Draft, lead: Lead, desk: Desk) -> Iterator[str]:
    if desk.advice.wording.has(f"courtesy.{draft.channel}"):
        yield desk.say("line.courtesy", text=desk.say(f"courtesy.{draft.channel}"))
    yield from _links(draft, lead, desk)


def _moves_lines(draft: Draft, lead: Lead, desk: Desk) -> Iterator[str]:
    say = desk.say
    yield say("line.new", move=say(f"move.{draft.move}"))
    done = used_moves(lead.key, desk)
    used = {draft.move, *(move for move, _ in done)}
    rest = [say(f"move.{move}") for move in MOVES if move not in used]
    if rest:
        yield say("line.unused", moves=" | ".join(rest))
    if done:
        yield say("line.used", moves=" | ".join(f"{say(f'move.{move}')} {desk.tell(on)}" for move, on in done))
    yield say("line.ask")
    if draft.step in (2, 3) and draft.channel != "phone" and _PHONE.fullmatch(draft.person.phone.strip()):
        yield say("line.call", phone=clean(draft.person.phone))


def _what_to_do(draft: Draft, desk: Desk) -> Iterator[str]:
    if desk.advice.wording.has(key := _text_for("do", draft, desk)):
        yield desk.say(key)
    if draft.rule.trigger == "received" and draft.case is not None and (promised := draft.case.lead.promised_on):
        yield desk.say("line.promise", day=desk.tell(desk.days.at_or_before(promised)))


def _why_channel(draft: Draft, lead: Lead) -> str:
    if draft.person != lead.contact:
        return "default"
    if lead.channel == draft.channel:
        return "row"
    if lead.last_inbound_channel == draft.channel:
        return "last"
    return "rule" if draft.rule.channel == draft.channel else "default"


def _history(lead: Lead, desk: Desk) -> str:
    """The last contacts, oldest first: what every message builds on (R-003-14)."""
    say = desk.say
    sent = lead.last_outbound_channel if desk.advice.wording.has(f"channel.{lead.last_outbound_channel}") else ""
    found = [
        (lead.applied_on, "history.applied", ""),
        (lead.meeting_on, "history.met", ""),
        (lead.interview_at, "history.interview", ""),
        (lead.last_inbound, "history.answered", ""),
        (lead.last_outbound, "history.sent", say(f"channel.{sent}") if sent else say("history.message")),
    ]
    past = sorted((desk.day_of(day), key, channel) for day, key, channel in found if day is not None)
    return "; ".join(say(key, day=desk.tell(day), channel=channel) for day, key, channel in past)


def _links(draft: Draft, lead: Lead, desk: Desk) -> Iterator[str]:
    mail, phone = draft.person.email.strip(), draft.person.phone.strip()
    if _MAIL.fullmatch(mail) and draft.channel != "phone":
        key = "line.subject" if lead.role else "line.subject_plain"
        subject = quote(desk.say(key, role=clean(lead.role)), safe="")
        yield desk.say("line.mail", link=f"mailto:{quote(mail, safe='@')}?subject={subject}")
    if _PHONE.fullmatch(phone):
        digits = ("+" if phone.startswith("+") else "") + re.sub(r"\D", "", phone)
        yield desk.say("line.phone", link=f"tel:{digits}")
