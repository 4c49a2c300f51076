"""Which of an account's calendars: one that is there, or a new one; and whose follow-ups lie in it already.

A calendar of its own is proposed, and made where the server lets us; one that holds the person's own events is warned
about. Events of an earlier followup are gone on with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from sync.errors import ConfigError, FollowupError
from sync.models import CalendarInfo, Observation
from sync.setup.calendars import CalendarService
from sync.setup.google import GoogleAccess
from sync.setup.places import pick_calendar
from sync.setup.questions import Interview, something

OWN_NAME = "Follow-ups"

Target = Mapping[str, str | Sequence[str]]


class Accounts(GoogleAccess, Protocol):
    """What setting up may do with calendars. The password is the one that was just given."""

    def list_calendars(self, target: Target, secret: str) -> Sequence[CalendarInfo]:
        """The calendars of the account. Raises `CredentialsError`, `TargetError`."""

    def make_calendar(self, target: Target, secret: str, name: str) -> CalendarInfo:
        """A new calendar of this name. Raises `TargetError` where the server makes none."""

    def look_at(self, target: Target, secret: str) -> Observation:
        """What lies in one calendar or file: whose follow-ups, how much else. Raises as a run would."""

    @property
    def remembered_google_calendars(self) -> Sequence[str]:
        """Ids of the calendars at Google into which runs on this computer have written."""

    def beside(self, path: str) -> str:
        """A file as the configuration names it."""

    @property
    def keyring_opens_by_itself(self) -> bool | None:
        """Whether a job can read this machine's keyring; None where there is no keyring."""


class Connection(Struct, frozen=True):
    """A calendar to write into. `owner` is the earlier followup to go on as; `kept` says how the password is kept."""

    target: Target
    secret: str = ""
    owner: str = ""
    fresh: bool = False
    """A calendar that was just made: nobody else sees it."""


def choose_calendar(
    talk: Interview,
    accounts: Accounts,
    service: CalendarService,
    account: Connection,
    found: Sequence[CalendarInfo],
    *,
    proposal: str = "",
) -> Connection:
    """One of the account's calendars, or a new one; the one of our usual name is proposed unless another is."""
    if found:
        talk.say("found")
    for number, info in enumerate(found, 1):
        trouble = talk.phrase("unusable", trouble=info.trouble) if info.trouble else ""
        talk.say("found_row", number=number, name=info.name, trouble=trouble)
    named = next((info.name for info in found if info.name.casefold() == OWN_NAME.casefold() and not info.trouble), "")
    if not (proposal or named):
        talk.say("new_calendar")
    proposal = proposal or named or OWN_NAME
    while True:
        answer = talk.ask(
            talk.pose("which", proposal=proposal), something, given=str(account.target.get("calendar", ""))
        )
        chosen = pick_calendar(found, answer)
        if chosen is None and not _is_listed(found, answer):
            chosen = _make(talk, accounts, service, account, answer)
            if chosen is not None:
                return replace(account, target=_at(account.target, chosen.url), fresh=True)
        elif chosen is None:
            talk.say("wrong", error=f"{answer!r}")
        elif (connection := _take_existing(talk, accounts, account, chosen)) is not None:
            return connection
        proposal = ""
        account = replace(account, target={key: value for key, value in account.target.items() if key != "calendar"})


def _at(target: Target, url: str) -> Target:
    if target["type"] == "google_calendar":
        return {**target, "calendar": url}
    return {key: value for key, value in target.items() if key != "calendar"} | {"url": url}


def _is_listed(found: Sequence[CalendarInfo], answer: str) -> bool:
    """Whether this names one of the calendars, if perhaps not clearly: then none of that name is made."""
    number = answer.isascii() and answer.isdigit()
    return number or any(info.name.casefold() == answer.casefold() for info in found)


def _make(
    talk: Interview, accounts: Accounts, service: CalendarService, account: Connection, name: str
) -> CalendarInfo | None:
    try:
        if not service.makes:
            raise ConfigError(f"{service.title}: {name!r}")
        made = accounts.make_calendar(account.target, account.secret, name)
    except FollowupError as error:
        talk.say("not_made", error=error, how=service.make)
        return None
    talk.say("is_made", name=name)
    return made


def _take_existing(talk: Interview, accounts: Accounts, account: Connection, chosen: CalendarInfo) -> Connection | None:
    """The connection to a calendar that is there, or None where the person would rather have another."""
    target = _at(account.target, chosen.url)
    try:
        seen = accounts.look_at(target, account.secret)
    except FollowupError as error:
        talk.say("wrong", error=error)
        return None
    if seen.foreign:
        talk.say("main_warning", name=chosen.name, count=seen.foreign)
        if not talk.agree(talk.pose("main", proposal=talk.phrases.no[0], name=chosen.name)):
            return None
    talk.say("uses", name=chosen.name)
    owner = _offer_owner(talk, seen)
    others = talk.agree(talk.pose("seen", proposal=talk.phrases.no[0])) if not owner else False
    return replace(account, target={**target, "details": "short" if others else "full"}, owner=owner)


def recognise_owner(talk: Interview, accounts: Accounts, target: Target, secret: str) -> str:
    """The earlier followup whose events lie there; a file that is not ours says what it is when it is written."""
    try:
        return _offer_owner(talk, accounts.look_at(target, secret))
    except FollowupError as error:
        if not talk.asks:
            raise
        talk.say("wrong", error=error)
        return ""


def _offer_owner(talk: Interview, seen: Observation) -> str:
    if not seen.others:
        return ""
    owner = min(seen.others, key=lambda one: (-seen.others[one], one))
    about = talk.phrase("owners", count=seen.others[owner], owner=owner)
    if talk.agree(talk.pose("owner", proposal=talk.phrases.yes[0], above=(about,))):
        talk.say("owner_kept", owner=owner)
        return owner
    talk.say("owner_other")
    return ""
