"""What an event says: title and description, filled from the sheet and from nothing else (seed rules, section 8).

Everything that comes from the sheet is bounded and stripped of control characters; links are built from validated,
percent-encoded parts. No text holds a quantity that depends on the moment of the run, nor the row's number, so that
an unchanged event stays unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache, partial
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from sync.models import Lead, TouchClass
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft
from sync.schedule.plain_text import clean

MOVES = ("resume", "referral", "fact", "organisation")
"""Ways to bring something new (R-003-8). `meet` belongs to the touch about a trip alone."""

_ELSEWHERE = ("sender", "referrer", "references")
"""Those who are not at the lead's firm themselves: they are told which lead it is about."""
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}")


class Texts(NamedTuple):
    """What a touch says. `brief` and `bare` are the titles with details = "short" and "none"."""

    title: str
    brief: str
    bare: str
    description: str
    who: str


class _Recipient(NamedTuple):
    """What all touches of a lead to one person have in common, written once: names, lines before and after the moves.

    Empty lines for the seeker alone.
    """

    who: str
    brief: str
    channel: str
    before: tuple[str, ...]
    after: tuple[str, ...]


Moves = tuple[tuple[str, date], ...]
"""Moves made before, each with its day, the oldest first."""
News = Callable[[str, Moves], tuple[str, ...]]
"""The lines about what is new, for a move and the moves made before it."""


def write_texts(drafts: Iterable[Draft], *, desk: Desk) -> dict[str, Texts]:
    """What every draft says, by uid. Chooses the moves on the way (R-003-7)."""
    by_lead: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_lead.setdefault(draft.case.lead.key if draft.case else draft.uid, []).append(draft)
    news: News = cache(partial(_news, desk=desk))
    texts: dict[str, Texts] = {}
    for own in by_lead.values():
        own.sort(key=lambda draft: (draft.day, draft.step, draft.uid))
        texts.update(_write_lead(own, news, desk))
    return texts


def _write_lead(drafts: Sequence[Draft], news: News, desk: Desk) -> Iterator[tuple[str, Texts]]:
    """What the touches of one lead say, in the order of their days; or one touch of the seeker's own."""
    case, bare = drafts[0].case, desk.say("title.none")
    done = used_moves(case.lead.key, desk) if case else ()
    _choose_moves(drafts, done)
    later = [draft.day for draft in drafts if draft.tentative and draft.kind is TouchClass.ASKING]
    known: dict[tuple[object, ...], _Recipient] = {}
    for draft in drafts:
        address = draft.rule.audience, draft.rule.channel, draft.person, draft.channel, draft.key
        to = known.get(address) or known.setdefault(address, _address(draft, desk))
        lines = [*_lines(draft, to, desk, news=news(draft.move, done) if draft.move else ())]
        if later and draft.kind is TouchClass.ASKING and not draft.tentative:
            lines.append(desk.say("line.later", days=", ".join(map(desk.tell, later))))
        yield draft.uid, Texts(_title(draft, to, desk), to.brief, bare, "\n".join(lines), to.who)


def _address(draft: Draft, desk: Desk) -> _Recipient:
    wording, who, letters = desk.advice.wording, _who(draft), initials(draft.person.name)
    brief = wording.say("title.short", initials=letters) if letters else wording.say("title.none")
    channel = wording.say(f"channel.{draft.channel}") if wording.has(f"channel.{draft.channel}") else ""
    if draft.case is None or draft.rule.audience == "self":
        return _Recipient(who, brief, channel, (), ())
    lead = draft.case.lead
    return _Recipient(who, brief, channel, tuple(_about(draft, lead, who, desk)), tuple(_how(draft, lead, desk)))


def _who(draft: Draft) -> str:
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


def _title(draft: Draft, to: _Recipient, desk: Desk) -> str:
    lead = draft.case.lead if draft.case else None
    facts = {"who": to.who, "lead": clean(lead.label) if lead else "", "channel": to.channel, **draft.facts}
    title = desk.say(_text_for("title", draft, desk), **facts).strip()
    if draft.rule.trigger in ("applied", "unanswered") and lead is not None and not draft.person.party:
        title = desk.say("title.nameless", title=title)
    return desk.say("title.late", title=title) if draft.late else title


def _text_for(part: str, draft: Draft, desk: Desk) -> str:
    """The key of this rule's text; the one for the touch's manner where there is such a text."""
    key = f"{part}.{draft.rule.id}"
    if key not in desk.advice.wording.varied:
        return key
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


@lru_cache(maxsize=4096)
def web_link(url: str) -> str:
    """The address where it is an http(s) one; else nothing."""
    bare = clean(url, limit=2000)
    try:
        parts = urlsplit(bare)
    except ValueError:
        return ""
    return quote(bare, safe=":/?#[]@!$&'()*+,;=%~-._") if parts.scheme in ("http", "https") and parts.netloc else ""


# --- moves ---------------------------------------------------------------------------------------------------


def _choose_moves(drafts: Iterable[Draft], done: Moves) -> None:
    """Each asking touch brings something that was not used yet; two in a row never the same."""
    used = [move for move, _ in done]
    for draft in drafts:
        if draft.kind is not TouchClass.ASKING or draft.case is None:
            continue
        pool = ("meet",) if draft.rule.trigger == "travel" else MOVES
        given = draft.memory.move if draft.memory else ""
        fresh = [move for move in pool if move not in used] or [move for move in pool if move not in used[-1:]]
        draft.move = given if given in pool and given not in used[-1:] else (*fresh, *pool)[0]
        used.append(draft.move)


def used_moves(key: str, desk: Desk) -> Moves:
    """Moves of this lead's earlier asking touches and when they were done, in that order."""
    records = desk.by_lead.get(key, ())
    done = sorted((record.done_on, record.step, record.move) for record in records if record.move and record.done_on)
    return tuple((move, on) for on, _, move in done)


# --- the description -----------------------------------------------------------------------------------------


def _lines(draft: Draft, to: _Recipient, desk: Desk, *, news: Iterable[str]) -> Iterator[str]:
    say = desk.say
    yield desk.advice.why[draft.rule.id]
    yield say("line.reason", reason="; ".join(dict.fromkeys(draft.reason)))
    if draft.deadline is not None:
        yield say("line.due", day=desk.advice.wording.moment(draft.deadline))
    if "lines" in draft.facts:
        yield draft.facts["lines"]
    if "leads" in draft.facts:
        yield say("line.leads", leads=clean(draft.facts["leads"], limit=4000))
    yield from to.before
    if draft.case is not None and draft.rule.trigger in ("interview", "waiting") and draft.case.lead.problem:
        yield say("line.problem", problem=clean(draft.case.lead.problem))
    if draft.kind is TouchClass.ASKING:
        yield from news
        if draft.step in (2, 3) and draft.channel != "phone" and _PHONE.fullmatch(draft.person.phone.strip()):
            yield say("line.call", phone=clean(draft.person.phone))
    yield from to.after
    if desk.advice.wording.has(key := _text_for("do", draft, desk)):
        yield say(key)
    if draft.rule.trigger == "received" and draft.case is not None and (promised := draft.case.lead.promised_on):
        yield say("line.promise", day=desk.tell(desk.days.at_or_before(promised)))


def _news(move: str, done: Moves, *, desk: Desk) -> tuple[str, ...]:
    """What is new this time, what was not used yet, and what was used when (R-003-7, R-003-8)."""
    say, used = desk.say, {move, *(move for move, _ in done)}
    lines = [say("line.new", move=say(f"move.{move}"))]
    if rest := [say(f"move.{other}") for other in MOVES if other not in used]:
        lines.append(say("line.unused", moves=" | ".join(rest)))
    if done:
        lines.append(
            say("line.used", moves=" | ".join(f"{say(f'move.{other}')} {desk.tell(on)}" for other, on in done))
        )
    return (*lines, say("line.ask"))


def _about(draft: Draft, lead: Lead, who: str, desk: Desk) -> Iterator[str]:
    say, missing = desk.say, desk.say("missing")
    yield say("line.who", who=who)
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
