"""Which message a touch carries, and what it may say: a planned touch into a situation and facts (`sync.messages`).

Nothing is claimed that is not known: an earlier message is named only where the sheet or a tick says that it went out,
and a call never as a message. To an agency nothing is said that was meant for the employer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync.messages.facts import about_days, about_hour, about_lead, about_me, about_person, as_fact
from sync.messages.message import KINDS, Message
from sync.messages.sentences import Situation
from sync.models import Lead, Person, Stage, TouchClass
from sync.reading.organisations import firm_named
from sync.reading.relations import relation_of
from sync.safe_text import clean
from sync.schedule.cases import Case, is_offered_since, is_only_known, wrote_their_offer
from sync.schedule.drafts import Draft
from sync.schedule.occasions import interview_zone
from sync.schedule.people import ASKED, agency_person, channel_for, group_named
from sync.schedule.referrers import first_contact
from sync.schedule.view import View

_RETURNING = ("sheet", "R-001-12", "R-004-4")
_TALKING = (Stage.IN_TOUCH, Stage.ASSESSMENT, Stage.INTERVIEW)
_WRITTEN = ("", "email", "text", "linkedin", "post")
_A_WEEK = range(7, 11)
"""Days after applying that a letter calls a week: the next working day may come behind a long weekend."""


def write_message(draft: Draft, *, view: View) -> Message | None:
    """The message of this touch; None for what one does alone."""
    case = draft.case
    if draft.is_alone:
        return None
    phrases, person = view.advice.phrases_for(case.lead), recipient(draft)
    to_agency = is_to_agency(draft)
    facts = _facts(draft, case, person, to_agency=to_agency, view=view)
    situation = Situation(
        rules=_keys(draft, case, to_agency=to_agency, view=view),
        kind=KINDS.get(draft.channel, "mail"),
        channel=draft.channel,
        move=draft.move,
        turn=draft.round if draft.kind is TouchClass.RELATION else draft.turn,
        greeting=_greeting(facts, by_first=view.settings.me.greeting == "first"),
    )
    return phrases.write(situation, facts)


def _greeting(facts: Mapping[str, str], *, by_first: bool) -> str:
    """The key of the greeting: by first name where the user wants that and there is one, else as the name says."""
    if not facts["name"] or "@" in facts["name"]:
        return "team" if facts["firm"] else "plain"
    if by_first and facts["first_name"]:
        return "first"
    return facts["form"] or "full"


def is_to_agency(draft: Draft) -> bool:
    """Whether it goes to the agency of the row, not to the firm or to anybody else."""
    lead = draft.case.lead
    return bool(lead.agency.strip()) and recipient(draft) == agency_person(lead)


def recipient(draft: Draft) -> Person:
    """Whom the message greets: of several people the first; the others are sent their own."""
    group = group_of(draft)
    return group[0] if group else draft.person


def group_of(draft: Draft) -> tuple[Person, ...]:
    """Everybody a touch to several people is for; empty where it is for one."""
    if draft.party or draft.rule.audience not in ("interviewers", "references"):
        return ()
    if draft.rule.id == "R-003-19":
        return ()
    return group_named(draft.case.lead, draft.rule.audience)


def _keys(draft: Draft, case: Case, *, to_agency: bool, view: View) -> tuple[str, ...]:
    """The keys of its texts, the most special first."""
    keys = _plain_keys(draft, case, view)
    if not to_agency:
        return keys
    phrases = view.advice.phrases_for(case.lead)
    return (*(special for key in keys if phrases.has(f"{(special := f'{key}-agency')}.mail")), *keys)


def _plain_keys(draft: Draft, case: Case, view: View) -> tuple[str, ...]:
    rule = draft.rule.id
    if rule == "sheet" and is_offered_since(case, date.min, view=view):
        return ("sheet-offer", "sheet")
    if _thanks_for_offer(draft, case, view):
        return ("R-001-9", rule)
    if rule == "R-001-11" and is_only_known(case):
        return ("R-001-11-known", rule)
    if rule == "sheet" and is_only_known(case):
        return ("R-003-3", rule)
    if rule == "sheet":
        talking = case.stage in _TALKING or case.lead.last_inbound is not None
        if not talking and case.lead.applied_on is None:
            return ("sheet",)
        rule = "R-004-4" if talking else "R-001-1" if draft.step == 1 else "R-001-12"
    if rule == "R-001-12" or (rule == "R-004-4" and draft.step > 1):
        last = draft.step >= (view.advice.rules["R-003-5"].cap or 1)
        base = rule if rule == "R-001-12" else "R-004-4-next"
        return (f"{rule}-last", base) if last else (base,)
    if rule == "R-001-7" and draft.lead_key != case.lead.key:
        return ("R-001-7-progress", rule)
    if rule == "R-001-4" and draft.late:
        return ("R-001-4-late", rule)
    return (rule,)


def _thanks_for_offer(draft: Draft, case: Case, view: View) -> bool:
    """Whether it answers their offer, be it by its own rule or, where the row has no day of it, as their message."""
    rule = draft.rule.id
    return rule == "R-001-9" or (rule == "R-001-11" and wrote_their_offer(case, view=view))


def _facts(draft: Draft, case: Case, person: Person, *, to_agency: bool, view: View) -> dict[str, str]:
    lead, language, phrases = case.lead, view.advice.language, view.advice.phrases_for(case.lead)
    whom = about_person(person, language)
    if to_agency and person.name == lead.agency.strip():
        whom = dict.fromkeys(whom, "")
    # The clock of whoever reads the letter: the contact's where that is known, else the interview's own.
    theirs = view.zone_named(lead.contact_zone) if person == lead.contact else None
    zone = theirs or interview_zone(case, view)
    days = _days(draft, lead, zone, view)
    facts = about_lead(lead, whom["name"], to_contact=person == lead.contact, language=language)
    if relation := relation_of(lead.how_known):
        facts["how_known"] = phrases.texts[f"relation.{relation}"]
    facts |= {
        **whom,
        **about_me(view.settings.me),
        **about_days(days, phrases),
        "firm": as_fact(
            lead.agency if to_agency else firm_named(lead.company) if person == lead.contact else "", "firm"
        ),
        "through": phrases.texts["word.through"] if to_agency else "",
        "week": phrases.texts["word.week"] if lead.applied_on and (draft.day - lead.applied_on).days in _A_WEEK else "",
    }
    if not firm_named(lead.company):
        facts["company"] = ""
    if to_agency:
        facts["problem"] = ""
    match draft.rule.id:
        case "R-000-2":
            kind = "posting" if lead.is_customer and person != lead.contact else lead.lead_kind
            if told := phrases.phrase(f"word.told_{kind}", facts):
                facts["told"] = told
        case "R-001-2":
            facts |= about_hour(lead.interview_at, zone, view.zone, phrases)
        case "R-001-7":
            facts |= _progress(draft, case, view)
    return facts


def _days(draft: Draft, lead: Lead, zone: ZoneInfo, view: View) -> dict[str, date | None]:
    """The dates a message may name, those of the past only once they have passed.

    A promise is kept on the day before, where its day is off. After a test the day of a round is that of the test, or
    older news than it.
    """
    promised, given = lead.promised_on, lead.references_given_on
    if promised is not None and draft.rule.id == "R-000-2":
        promised = view.days.at_or_before(promised)
    if _thanks_for_offer(draft, draft.case, view):
        ahead_of_it = (day for day in (promised, lead.answer_by) if day is not None and day >= draft.day)
        promised = next(ahead_of_it, None)
    interview = lead.interview_at
    if isinstance(interview, datetime):
        interview = interview.astimezone(zone).date()
    ahead = {
        "promised": promised,
        "call_promised": view.day_or_none(lead.they_call_at),
        "trip": lead.travel_on,
        "references_ahead": given if given is not None and given > draft.day else None,
        "interview": interview if draft.rule.time == "before" else None,
        "this_day": draft.day,
    }
    if interview is not None and interview < draft.day and lead.stage is Stage.ASSESSMENT:
        interview = None
    past = {
        "applied": lead.applied_on,
        "last_message": _last_message(draft, lead, view),
        "they_wrote": view.day_or_none(lead.last_inbound),
        "met": view.day_or_none(lead.meeting_on),
        "considered": lead.under_consideration_on,
        "references": given,
        "interview": interview,
    }
    return ahead | _newest(draft, {name: day for name, day in past.items() if day is not None and day <= draft.day})


def _newest(draft: Draft, past: Mapping[str, date]) -> dict[str, date]:
    """These days without those of messages older than the newest contact: a letter returns to that one.

    A step of the ladder returns to nothing older at all; other letters thank for an interview even behind an answer.
    """
    contacts = {name: past[name] for name in ("interview", "they_wrote", "last_message", "met") if name in past}
    newest = max(contacts.values(), default=date.min)
    told = contacts if draft.step > 1 and draft.rule.id in _RETURNING else ("last_message",)
    return {name: day for name, day in past.items() if name not in told or day >= newest}


def _last_message(draft: Draft, lead: Lead, view: View) -> date | None:
    """The day of the last message that is known to have gone out after the application."""
    known = []
    if lead.last_outbound is not None and lead.last_outbound_channel in _WRITTEN and lead.channel in _WRITTEN:
        known.append(view.day_of(lead.last_outbound))
    for record in view.records.of(lead.key):
        if not record.done_on or record.assumed or draft.channel not in _WRITTEN:
            continue
        rule = view.advice.rules.get(record.rule)
        if rule is not None and rule.kind in ASKED:
            known.append(record.done_on)
    first = lead.applied_on or date.min
    return max((day for day in known if first < day < draft.day), default=None)


def _progress(draft: Draft, case: Case, view: View) -> dict[str, str]:
    """How the person they named was reached, and where things stand."""
    if draft.lead_key != case.lead.key:
        return {"progress": as_fact(draft.facts.get("progress", ""), "progress")}
    phrases = view.advice.phrases_for(case.lead)
    facts = {"progress": phrases.texts[f"stage.{case.stage.value}"] if case.stage is not Stage.IDEA else ""}
    reached, call = first_contact(case, view=view), view.rule("R-002-1")
    if reached is not None and call is not None:
        channel = case.lead.last_outbound_channel or channel_for(call, case, case.lead.contact)
        name = "called" if channel == "phone" else "wrote" if channel in _WRITTEN else ""
        if name:
            facts |= {key: day for key, day in about_days({name: view.day_of(reached)}, phrases).items() if key == name}
    return facts


def standing(case: Case, view: View) -> str:
    """The lead and where it stands, in words for the person who referred to it; nothing where it has not begun."""
    if case.stage is Stage.IDEA:
        return ""
    phrases = view.advice.phrases_for(case.lead)
    return f"{clean(case.lead.label)} ({phrases.texts[f'stage.{case.stage.value}']})"
