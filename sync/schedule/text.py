"""Titles, moves and texts of all touches, filled from the sheet and from nothing else.

A title begins with what differs and ends with what to do: a month view shows some twenty letters. Where a firm has
several open rows, the role comes first, without the words that all of them begin with; where rows have one role, too,
the person does.
Everything that comes from the sheet is bounded and stripped of control characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from sync.memory import TouchMemory
from sync.messages.moves import choose_move, choose_turn, open_moves, sensible_moves
from sync.messages.names import both_said, initials
from sync.messages.remarks import name_alone
from sync.models import Lead, Person, Texts, TouchClass
from sync.reading.organisations import firm_named
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.description import Moves, describe, describe_alone, is_elsewhere
from sync.schedule.drafts import Draft, Planned, SharedDraft
from sync.schedule.ledger import day_counted, is_over, over_day, was_deleted
from sync.schedule.letters import group_of, recipient, write_message
from sync.schedule.people import ASKED, join_names
from sync.schedule.reasons import tell_reasons
from sync.schedule.view import View


class Apart(NamedTuple):
    """What a title puts in front where a firm has several rows: before a person's name, and before the firm alone."""

    role: str = ""
    person: str = ""


APART = Apart()
NAMELESS = dict.fromkeys(("who", "whom", "plain", "firm", "lead", "discreet"), "")
"""The names in an event that is about many leads: it has a list instead."""


def write_texts(
    drafts: Iterable[Draft], events: Iterable[SharedDraft], cases: Iterable[Case], *, view: View, texts: Texts
) -> None:
    """Fill in what every draft says, and every event that names many leads. Chooses the moves on the way (R-003-7)."""
    if any(pause.last >= view.today for pause in view.settings.pause):
        texts = max(texts, Texts.NAMED)  # what a pause does not move is told by its title
    by_lead: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_lead.setdefault(draft.case.lead.key, []).append(draft)
    firsts = tell_apart(cases)
    for key, own in by_lead.items():
        own.sort(key=lambda draft: (draft.day, draft.step, draft.uid))
        _write_lead(key, own, firsts.get(key, APART), view, texts=texts)
    for event in events:
        _name(event, NAMELESS, view)
        if texts is Texts.WHOLE or event.published:
            do = _text_for("do", event, view)
            event.description = describe_alone(event, do, facts={**NAMELESS, **event.facts}, view=view)


def _write_lead(key: str, drafts: Sequence[Draft], apart: Apart, view: View, *, texts: Texts) -> None:
    """What the touches of one lead say, in the order of their days."""
    asking = [draft for draft in drafts if draft.kind in ASKED]
    if asking:
        planned = frozenset(draft.round for draft in asking if draft.kind is TouchClass.ASKING)
        used = [move for move, _ in used_moves(key, view, planned=planned)]
        ladder = [draft for draft in asking if draft.kind is TouchClass.ASKING]
        _choose_moves(asking[0].case.lead, ladder, used, _last_turn(key, view))
    firsts: dict[tuple[object, ...], Draft] = {}
    known: dict[str, Mapping[str, str]] = {}
    for draft in drafts:
        first = firsts.setdefault((draft.rule.audience, draft.person, draft.lead_key), draft)
        if texts is Texts.SHOWN and not draft.published:
            continue
        facts = known.get(first.uid) or known.setdefault(first.uid, _names(first, apart, view))
        _name(draft, facts, view)
        draft.who, draft.url = facts["plain"], web_link(draft.case.lead.url)
        if texts is Texts.WHOLE or draft.published:
            _describe(draft, asking, facts, view, whole=texts is Texts.WHOLE)


def _name(draft: Planned, names: Mapping[str, str], view: View) -> None:
    """What it is called, with all details and with those that its calendar shows, and why it stands on its day."""
    draft.summary = _title(draft, names, view)
    if view.settings.target.details != "full":
        draft.discreet = names["discreet"] or view.say("title.none")
    draft.reasons = tell_reasons(draft.reason, view)


def _describe(draft: Draft, asking: Iterable[Draft], facts: Mapping[str, str], view: View, *, whole: bool) -> None:
    """The whole text. `asking` are the touches of its lead that ask, it among them or not."""
    told, target = {**facts, **draft.facts}, view.settings.target
    if draft.is_alone:
        draft.description = describe_alone(draft, _text_for("do", draft, view), facts=told, view=view)
        return
    shown = target.drafts and target.details == "full"
    message = write_message(draft, view=view) if shown or whole else None
    if message is not None:
        draft.subject, draft.mail, draft.letter = message.subject, recipient(draft).email.strip(), message.whole
    moving = draft.move and not draft.tentative
    draft.description = describe(
        draft,
        message if shown else None,
        later=", ".join(view.tell(step.day) for step in asking if step.tentative) if moving else "",
        done=known_moves(draft.case.lead.key, view) if draft.move else (),
        facts=told,
        view=view,
    )


def _names(draft: Draft, apart: Apart, view: View) -> Mapping[str, str]:
    """The recipient and the firm, as the sheet spells them, for titles (`who`, `firm`) and for sentences (`whom`)."""
    lead, people = draft.case.lead, group_of(draft) or (draft.person,)
    name, declined = _called(people, lead, view)
    short = initials(people[0].name) if view.settings.target.details == "short" else ""
    firm = clean(firm_named(lead.company))
    label = clean(lead.label) if firm else _without_firm(lead, view)
    elsewhere = is_elsewhere(draft, lead)
    own = "" if elsewhere or draft.lead_key != lead.key else firm
    plain = ", ".join(dict.fromkeys(part for part in (name, own) if part)) or label
    role, person = apart if draft.lead_key == lead.key else APART
    before = f"{role}, " if role else ""
    telling = f"{before}{person}, " if person else before
    about = view.say("title.about", who=name, lead=firm) if elsewhere and firm and name and draft.move else plain
    return {
        "who": before + about,
        "whom": f"{declined} ({own})" if name and own and name != own else declined or plain,
        "plain": plain,
        "firm": (firm if elsewhere else telling + firm) if firm else label,
        "lead": telling + firm if telling and firm else label,
        "discreet": view.say("title.short", initials=short) if short else "",
    }


def _without_firm(lead: Lead, view: View) -> str:
    """What a row without a firm is called, or with one that is not named: by who is in it and the role."""
    who = both_said(clean(lead.contact.name or lead.contact.email), view.advice.language)[0]
    return ", ".join(filter(None, (who, clean(lead.role)))) or clean(lead.label)


def _called(people: Sequence[Person], lead: Lead, view: View) -> tuple[str, str]:
    """The people as a sentence names them, and declined; an agency by its whole name."""
    agency = lead.agency.strip()
    names = [
        (clean(agency),) * 2
        if agency and one.name == agency
        else both_said(clean(one.name or one.email), view.advice.language)
        for one in people
    ]
    if len(names) == 1:
        return names[0]
    plain, declined = (clean(join_names(said, view.say)) for said in zip(*names, strict=True))
    return plain, declined


def _title(draft: Planned, names: Mapping[str, str], view: View) -> str:
    title = view.say(_text_for("title", draft, view), **{**names, **draft.facts}).strip()
    return view.say("title.late", title=title) if draft.late else title


def _text_for(part: str, draft: Planned, view: View) -> str:
    """The key of this rule's text; the one for the touch's manner where there is such a text."""
    key = f"{part}.{draft.rule.id}"
    special = view.advice.wording.varied.get(key)
    if special is None:
        return key
    return next((f"{key}-{manner}" for manner in _manners(draft) if manner in special), key)


def _manners(draft: Planned) -> Iterator[str]:
    """What is special about this touch of its rule, the most telling first."""
    if draft.critical:
        yield "critical"
    if isinstance(draft, Draft):
        if draft.case.lead.is_customer:
            yield "customer"
        yield "one"
        if draft.is_nameless:
            yield "nameless"
        if draft.lead_key != draft.case.lead.key:
            yield "several"
        if draft.rule.id == "R-000-5" and draft.case.lead.plan_on is None:
            yield "research"
    elif isinstance(draft, SharedDraft):
        if draft.to_customers:
            yield f"{draft.party}_customers" if draft.party else "customers"
        if draft.party:
            yield draft.party
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


# --- rows of one firm ----------------------------------------------------------------------------------------


def tell_apart(cases: Iterable[Case]) -> Mapping[str, Apart]:
    """By lead, what tells it from the other open rows of its firm; nothing where no other row is like it."""
    firms: dict[str, list[Case]] = {}
    for case in cases:
        if case.lead.company and not case.stage.closed and case.lead.interested:
            firms.setdefault(case.organisation, []).append(case)
    found: dict[str, Apart] = {}
    for rows in firms.values():
        if len(rows) < 2:
            continue
        roles = Counter(clean(case.lead.role) for case in rows)
        people = Counter((clean(case.lead.role), clean(case.lead.contact.name)) for case in rows)
        shared = _shared_words(role for role in roles if role)
        for case in rows:
            role, person = clean(case.lead.role), clean(case.lead.contact.name)
            words = role.split() if len(roles) > 1 else []
            alike = roles[role] > people[role, person]
            found[case.lead.key] = Apart(" ".join(words[shared:] or words), name_alone(person) if alike else "")
    return found


def _shared_words(roles: Iterable[str]) -> int:
    """How many words all of them begin with, where these alone would fill what a month view shows."""
    alike = takewhile(lambda words: len({*words}) == 1, zip(*map(str.split, roles), strict=False))
    common = [words[0] for words in alike]
    return len(common) if len(" ".join(common)) > 12 else 0


# --- moves ---------------------------------------------------------------------------------------------------


def _choose_moves(lead: Lead, asking: Iterable[Draft], used: list[str], turn: int) -> None:
    """Each asking touch brings something that was not used yet and says it in another way than the one before; what was
    chosen once stays while that holds."""
    moves = open_moves(lead)
    for draft in asking:
        known = draft.memory
        draft.turn = turn = choose_turn(turn, known.turn if known else None)
        draft.pool = sensible_moves(moves, rule=draft.rule.id, on=draft.day)
        draft.move = choose_move(draft.pool, used, known.move if known else "")
        used.append(draft.move)


def _last_turn(key: str, view: View) -> int:
    """In which way the last ask of this lead that is over was said; -1 where there is none.

    What was taken out ahead of its day was said in no way, even where that day was to come behind one that was.
    """
    over = [
        (day, record.step, record.turn)
        for record in view.records.of(key)
        if record.turn is not None and (day := over_day(record)) is not None
        if not (was_deleted(record) and record.reacted_on is not None and record.reacted_on < day)
    ]
    return max(over, default=(None, 0, -1))[2]


def used_moves(key: str, view: View, *, planned: AbstractSet[int] = frozenset()) -> Moves:
    """Moves of this lead's asking touches that are over, oldest first: also of those that are only taken as done or as
    missed, and of those whose day went by while the lead went on, since nobody knows whether they were not sent after
    all. A round that is `planned` again, in its own place or the sheet's, is not among them.
    """
    over = [
        (day, record.step, record.move)
        for record in view.records.of(key)
        if record.move
        and (is_over(record) or (record.round not in planned and _went_by(record, view)))
        and (day := day_counted(record)) is not None
    ]
    return tuple((move, on) for on, _, move in sorted(over))


def _went_by(record: TouchMemory, view: View) -> bool:
    """Whether its event stood in the calendar on a day that has passed, and was not taken out before that day."""
    stood = view.records.stood_on(record)
    if not record.published or stood is None:
        return False
    return record.offers > 1 or (stood < view.today and not view.is_gone(record.uid))


def known_moves(key: str, view: View) -> Moves:
    """Those of them that are known to be done."""
    known = {(on, record.move) for record in view.records.of(key) if (on := record.done_on) and not record.assumed}
    return tuple((move, on) for move, on in used_moves(key, view) if (on, move) in known) if known else ()
