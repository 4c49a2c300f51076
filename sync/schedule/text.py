"""What an event says: title and description, filled from the sheet and from nothing else (seed rules, section 8).

Everything that comes from the sheet is bounded and stripped of control characters; links are built from validated,
percent-encoded parts. No text holds a quantity that depends on the moment of the run, nor the row's number, so that
an unchanged event stays unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


Moves = tuple[tuple[str, date], ...]
"""Moves made before, each with its day, the oldest first."""


class _Stock(NamedTuple):
    """Lines that many leads have in common, each written once."""

    news: Callable[[str, Moves], Sequence[str]]
    """What is new, for a move and the moves made before it."""
    channel: Callable[[str, str], str]
    """A channel and why it is that one."""
    courtesy: Callable[[str], Sequence[str]]
    """What is polite on a channel."""
    subject: Callable[[str], str]
    """The subject of a mail about a role, as it stands in a link."""


class _Recipient(NamedTuple):
    """What all touches of a lead to one person have in common, written once: names, lines before and after the moves.

    Empty lines for the seeker alone. `facts` are what every title may name.
    """

    who: str
    brief: str
    facts: Mapping[str, str]
    before: Sequence[str]
    after: Sequence[str]


def write_texts(drafts: Iterable[Draft], *, desk: Desk) -> None:
    """Fill in what every draft says. Chooses the moves on the way (R-003-7)."""
    by_lead: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_lead.setdefault(draft.case.lead.key if draft.case else draft.uid, []).append(draft)
    stock = _Stock(
        news=cache(partial(_news, desk=desk)),
        channel=cache(partial(_channel, desk=desk)),
        courtesy=cache(partial(_courtesy, desk=desk)),
        subject=cache(partial(_subject, desk=desk)),
    )
    for key, own in by_lead.items():
        own.sort(key=lambda draft: (draft.day, draft.step, draft.uid))
        _write_lead(own, used_moves(key, desk), stock, desk)


def _write_lead(drafts: Sequence[Draft], done: Moves, stock: _Stock, desk: Desk) -> None:
    """What the touches of one lead say, in the order of their days; or one touch of the seeker's own."""
    asking = [draft for draft in drafts if draft.kind is TouchClass.ASKING]
    _choose_moves(asking, done)
    later = ", ".join(desk.tell(draft.day) for draft in asking if draft.tentative)
    known: dict[tuple[object, ...], _Recipient] = {}
    for draft in drafts:
        address = draft.rule.audience, draft.rule.channel, draft.person, draft.channel, draft.key
        to = known.get(address) or known.setdefault(address, _address(draft, stock, desk))
        lines = _lines(draft, to, desk, news=stock.news(draft.move, done) if draft.move else ())
        if later and draft.move and not draft.tentative:
            lines.append(desk.say("line.later", days=later))
        draft.title, draft.brief, draft.who = _title(draft, to, desk), to.brief, to.who
        draft.description = "\n".join(lines)


def _address(draft: Draft, stock: _Stock, desk: Desk) -> _Recipient:
    wording, who, letters = desk.advice.wording, _who(draft), initials(draft.person.name)
    brief = desk.say("title.short", initials=letters) if letters else desk.say("title.none")
    channel = desk.say(f"channel.{draft.channel}") if wording.has(f"channel.{draft.channel}") else ""
    lead = draft.case.lead if draft.case else None
    facts = {"who": who, "lead": clean(lead.label) if lead else "", "channel": channel}
    if lead is None or draft.rule.audience == "self":
        return _Recipient(who, brief, facts, (), ())
    after = [*stock.courtesy(draft.channel), *_links(draft, lead, stock, desk)]
    return _Recipient(who, brief, facts, [*_about(draft, lead, who, stock, desk)], after)


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
    title = desk.say(_text_for("title", draft, desk), **{**to.facts, **draft.facts}).strip()
    if draft.rule.trigger in ("applied", "unanswered") and draft.case is not None and not draft.person.party:
        title = desk.say("title.nameless", title=title)
    return desk.say("title.late", title=title) if draft.late else title


def _text_for(part: str, draft: Draft, desk: Desk) -> str:
    """The key of this rule's text; the one for the touch's manner where there is such a text."""
    key = f"{part}.{draft.rule.id}"
    special = desk.advice.wording.varied.get(key)
    if special is None:
        return key
    return next((f"{key}-{manner}" for manner in _manners(draft) if manner in special), key)


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


def _choose_moves(asking: Iterable[Draft], done: Moves) -> None:
    """Each asking touch, and no other, brings something that was not used yet; two in a row never the same."""
    used = [move for move, _ in done]
    for draft in asking:
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


def _lines(draft: Draft, to: _Recipient, desk: Desk, *, news: Sequence[str]) -> list[str]:
    say, rule, lead = desk.say, draft.rule, draft.case.lead if draft.case else None
    lines = [desk.advice.why[rule.id], say("line.reason", reason="; ".join(dict.fromkeys(draft.reason)))]
    if draft.deadline is not None:
        lines.append(say("line.due", day=desk.tell_moment(draft.deadline)))
    if "lines" in draft.facts:
        lines.append(draft.facts["lines"])
    if "leads" in draft.facts:
        lines.append(say("line.leads", leads=clean(draft.facts["leads"], limit=4000)))
    lines += to.before
    if lead is not None and lead.problem and rule.trigger in ("interview", "waiting"):
        lines.append(say("line.problem", problem=clean(lead.problem)))
    if draft.move:
        lines += news
        if draft.step in (2, 3) and draft.channel != "phone" and _PHONE.fullmatch(draft.person.phone.strip()):
            lines.append(say("line.call", phone=clean(draft.person.phone)))
    lines += to.after
    if desk.advice.wording.has(key := _text_for("do", draft, desk)):
        lines.append(say(key))
    if lead is not None and lead.promised_on and rule.trigger == "received":
        lines.append(say("line.promise", day=desk.tell(desk.days.at_or_before(lead.promised_on))))
    return lines


def _news(move: str, done: Moves, *, desk: Desk) -> Sequence[str]:
    """What is new this time, what was not used yet, and what was used when (R-003-7, R-003-8)."""
    say, used = desk.say, {move, *(move for move, _ in done)}
    lines = [say("line.new", move=say(f"move.{move}"))]
    if rest := [say(f"move.{other}") for other in MOVES if other not in used]:
        lines.append(say("line.unused", moves=" | ".join(rest)))
    if done:
        lines.append(
            say("line.used", moves=" | ".join(f"{say(f'move.{other}')} {desk.tell(on)}" for other, on in done))
        )
    return [*lines, say("line.ask")]


def _about(draft: Draft, lead: Lead, who: str, stock: _Stock, desk: Desk) -> Iterator[str]:
    say, theirs = desk.say, draft.person == lead.contact
    yield say("line.who", who=who)
    if draft.channel:
        yield stock.channel(draft.channel, _why_channel(draft, lead) if theirs else "default")
    if not theirs and draft.rule.audience in _ELSEWHERE and draft.key == lead.key:
        yield say("line.about", lead=", ".join(part for part in (clean(lead.contact.name), clean(lead.label)) if part))
    yield say("line.position", position=clean(lead.role) or say("missing"))
    known = lead.how_known or lead.source or (lead.referrer if draft.rule.audience != "referrer" else "")
    yield say("line.known", known=clean(known) or say("missing"))
    yield say("line.history", history=_history(lead, desk) or say("missing"))
    if draft.rule.audience == "interviewers" and (
        names := [p.name for p in lead.interviewers if p.name and not p.email]
    ):
        yield say("line.address_missing", names=clean("; ".join(names)))


def _channel(channel: str, why: str, *, desk: Desk) -> str:
    return desk.say("line.channel", channel=desk.say(f"channel.{channel}"), why=desk.say(f"channel.{why}"))


def _why_channel(draft: Draft, lead: Lead) -> str:
    """Why the lead's contact is reached by this channel."""
    if lead.channel == draft.channel:
        return "row"
    if lead.last_inbound_channel == draft.channel:
        return "last"
    return "rule" if draft.rule.channel == draft.channel else "default"


def _history(lead: Lead, desk: Desk) -> str:
    """The last contacts, oldest first: what every message builds on (R-003-14)."""
    known = (
        (lead.applied_on, "history.applied"),
        (lead.meeting_on, "history.met"),
        (lead.interview_at, "history.interview"),
        (lead.last_inbound, "history.answered"),
        (lead.last_outbound, "history.sent"),
    )
    sent = f"channel.{lead.last_outbound_channel}"
    message = sent if desk.advice.wording.has(sent) else "history.message"
    past = sorted((desk.day_of(moment), key) for moment, key in known if moment is not None)
    return "; ".join(desk.say(key, day=desk.tell(day), channel=desk.say(message)) for day, key in past)


def _courtesy(channel: str, *, desk: Desk) -> Sequence[str]:
    if not desk.advice.wording.has(f"courtesy.{channel}"):
        return ()
    return (desk.say("line.courtesy", text=desk.say(f"courtesy.{channel}")),)


def _subject(role: str, *, desk: Desk) -> str:
    return quote(desk.say("line.subject" if role else "line.subject_plain", role=clean(role)), safe="")


def _links(draft: Draft, lead: Lead, stock: _Stock, desk: Desk) -> Iterator[str]:
    mail, phone = draft.person.email.strip(), draft.person.phone.strip()
    if draft.channel != "phone" and _MAIL.fullmatch(mail):
        link = f"mailto:{quote(mail, safe='@')}?subject={stock.subject(lead.role)}"
        yield desk.say("line.mail", link=link)
    if _PHONE.fullmatch(phone):
        digits = ("+" if phone.startswith("+") else "") + re.sub(r"\D", "", phone)
        yield desk.say("line.phone", link=f"tel:{digits}")
