"""Who a touch goes to, and by which channel.

With an agency on the row the asking touch goes to the agency: the employer's staff are never bypassed to.
Channel, the first that is known: the row's own `channel`, the one they last used, the rule's (a call only with a
number), mail. Whoever is known by a number alone cannot be sent a mail: an ask is then a call, what has a deadline a
text, since a call never leaves the contact's hours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sync.advice import Rule
from sync.messages.names import read_name
from sync.models import CUSTOMER, Lead, Person, TouchClass
from sync.reading.people import names_person
from sync.schedule.cases import Case

NOBODY = Person()
ASKED = (TouchClass.ASKING, TouchClass.ONCE_EXEMPT)
"""Touches that want something of them: with an agency on the row they go to the agency."""


def teller(lead: Lead) -> Person | None:
    """Whoever gave the information: the referrer, a source that is somebody, else the contact of a lead that is no
    plain application. Nobody is thanked for the name that is their own."""
    told = lead.referrer.strip() or (lead.source.strip() if names_person(lead.source) else "")
    if told:
        return lead.contact if _same_name(Person(name=told), lead.contact) else Person(name=told)
    plain = lead.lead_kind in ("posting", CUSTOMER) and bool(lead.role or lead.applied_on)
    own = lead.lead_kind == "connection"
    return None if plain or own or not lead.contact.party else lead.contact


def recipients(rule: Rule, case: Case) -> list[tuple[Person, str]]:
    """Everybody the rule addresses in this lead, each with the party of its identity (empty for a single one)."""
    lead = case.lead
    match rule.audience:
        case "sender":
            told = teller(lead)
            return [(told, "")] if told else []
        case "promised":
            return [(Person(name=lead.referrer.strip()) if lead.referrer.strip() else lead.contact, "")]
        case "referrer":
            return [(Person(name=lead.referrer.strip()), "")] if lead.referrer.strip() else []
        case "agency":
            return [(agency_person(lead), "")] if lead.agency.strip() else []
        case "interviewers" if not knows_interviewers(lead):
            return []
        case "interviewers" | "references":
            group = group_named(lead, rule.audience)
            if rule.each and group:
                return [(person, person.party) for person in group]
            return [(_together(group) or lead.contact, "")]
        case "arranger":
            return [(agency_person(lead) if lead.agency.strip() else lead.contact, "")]
        case "self" | "none":
            return [(NOBODY, "")]
        case _:
            return [(asked_person(lead) if rule.kind in ASKED else lead.contact, "")]


def group_named(lead: Lead, audience: str) -> tuple[Person, ...]:
    """The interviewers or references of the row; the row's contact among them with the address that is known."""
    group = lead.interviewers if audience == "interviewers" else lead.reference_names
    contact = lead.contact
    return tuple(
        contact if person == Person(name=person.name) and _same_name(person, contact) else person for person in group
    )


def knows_interviewers(lead: Lead) -> bool:
    """Whether the row names anybody who was in the interview. Behind an agency its recruiter was not, nor is a firm of
    which nobody is named to be written to."""
    if lead.interviewers or not lead.agency.strip():
        return True
    return bool(lead.contact.party) and lead.contact_kind != "recruiter"


def _same_name(one: Person, other: Person) -> bool:
    """With and without a title, `Weber, Jan` like `Jan Weber`."""
    said = read_name(one.name).bare.casefold()
    return bool(said) and said == read_name(other.name).bare.casefold()


def asked_person(lead: Lead) -> Person:
    """Who an asking touch goes to."""
    return agency_person(lead) if lead.agency.strip() else lead.contact


def agency_person(lead: Lead) -> Person:
    """The recruiter where the contact is one, else the firm."""
    return lead.contact if lead.contact_kind == "recruiter" else Person(name=lead.agency.strip())


def channel_for(rule: Rule, case: Case, person: Person) -> str:
    """The channel of a touch; empty for the seeker's own."""
    lead = case.lead
    if rule.audience in ("self", "none"):
        return ""
    if person is not lead.contact:
        return "email"
    own = rule.channel if rule.channel != "phone" or person.phone else ""
    if rule.id == "sheet" and lead.follow_up_channel:
        return lead.follow_up_channel
    if rule.channel == "same":
        return lead.last_inbound_channel or _default_channel(rule, person)
    return lead.channel or lead.last_inbound_channel or own or _default_channel(rule, person)


def has_number_only(person: Person) -> bool:
    """Whether a number is all that is known of how to reach somebody."""
    return bool(person.phone.strip()) and not person.email.strip()


def _default_channel(rule: Rule, person: Person) -> str:
    if not has_number_only(person):
        return "email"
    return "text" if rule.kind is TouchClass.OBLIGATION else "phone"


def join_names(names: Sequence[str], say: Callable[..., str]) -> str:
    """Several names as a sentence has them: `Dana Reed, Cy Moss and Ute Kern`."""
    return say("and", names=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else "".join(names)


def _together(group: tuple[Person, ...]) -> Person | None:
    """Several people as the recipients of one event: their names in a row, the first one's address."""
    if not group:
        return None
    names = ", ".join(person.name or person.email for person in group)
    return Person(name=names, email=group[0].email, phone=group[0].phone)
