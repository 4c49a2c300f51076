"""A calendar at Google: the one that is named, one that followup made before, or a new one.

Whoever has no login yet is led to one; with a login of another account it is asked before a second calendar is made.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sync.errors import ConfigError, CredentialsError, FollowupError, NoCalendarError
from sync.models import CalendarInfo
from sync.setup.calendars import CalendarService, Meant, in_words, list_services
from sync.setup.choosing import OWN_NAME, Accounts, Connection, Target, choose_calendar, recognise_owner
from sync.setup.google import offer_google_login
from sync.setup.questions import TRIES, Interview


def take_google(talk: Interview, accounts: Accounts, meant: Meant, named: str) -> Connection | None:
    """A calendar at Google: the one that was named, else one that is made; whoever has no login is led to one."""
    named = meant.calendar or named
    if not talk.asks:
        if not named:
            raise ConfigError(
                "a calendar at Google is made by asking: run `followup init` in a terminal, or give the calendar's id"
                " with --calendar"
            )
        return Connection({"type": "google_calendar", "calendar": named})
    offered = False
    for _ in range(TRIES):
        try:
            return _find_at_google(talk, accounts, meant.service, named)
        except CredentialsError as error:
            talk.say("wrong", error=error)
            if offered:
                talk.ask(talk.pose("google_done").of_login, str)
            elif not offer_google_login(talk, accounts, every_calendar=bool(named)):
                break
            offered = True
        except FollowupError as error:
            talk.say("wrong", error=error)
            break
    talk.say("google_first")
    return None


def _find_at_google(talk: Interview, accounts: Accounts, service: CalendarService, named: str) -> Connection | None:
    account = Connection({"type": "google_calendar", "calendar": named or "primary"})
    if named:
        owner = recognise_owner(talk, accounts, account.target, "")
        return replace(account, owner=owner)
    found = accounts.list_calendars(account.target, "")
    if found:  # such as the one that was made on another computer
        proposal = _made_before(accounts, found)
        return choose_calendar(
            talk, accounts, service, Connection({"type": "google_calendar"}), found, proposal=proposal
        )
    _ask_where_it_was(talk, accounts)
    made = accounts.make_calendar(account.target, "", OWN_NAME)
    talk.say("is_made", name=made.name)
    return replace(account, target={**account.target, "calendar": made.url}, fresh=True)


def _made_before(accounts: Accounts, found: Sequence[CalendarInfo]) -> str:
    """The calendar that followup made, by name or number; of several the one that holds most. Empty for none."""
    ours = [info for info in found if info.ours]
    if len(ours) > 1:
        ours.sort(key=lambda info: -_follow_ups(accounts, info))
    if not ours:
        return ""
    same = [info for info in found if info.name == ours[0].name]
    return ours[0].name if len(same) == 1 else str(found.index(ours[0]) + 1)


def _follow_ups(accounts: Accounts, info: CalendarInfo) -> int:
    """How many follow-ups lie in a calendar at Google."""
    return sum(accounts.look_at({"type": "google_calendar", "calendar": info.url}, "").others.values())


def _ask_where_it_was(talk: Interview, accounts: Accounts) -> None:
    """Before one is made: whether it is meant, where there was one that this account does not show.

    Raises `CredentialsError` where it is not.
    """
    who = accounts.google_account or "Google"
    if not accounts.remembered_google_calendars:
        talk.say("google_none", who=who)
    elif not talk.agree(talk.pose("google_new", proposal=talk.phrases.no[0], who=who).of_login):
        raise CredentialsError(talk.phrase("google_elsewhere"))


def keep_connected(talk: Interview, accounts: Accounts, target: Target) -> Target:
    """The target that is there; with another calendar where Google no longer knows the one it names.

    Then it was deleted, or this login is another account's: whoever can be asked says which.
    """
    account = {name: value for name, value in target.items() if name in ("type", "calendar", "credentials")}
    if target["type"] != "google_calendar" or not talk.asks:
        return target
    try:
        accounts.look_at(account, "")
    except NoCalendarError as error:
        talk.say("wrong", error=error)
    except FollowupError:  # a run says what that means; no other calendar helps
        return target
    else:
        return target
    if "credentials" in target:
        return target
    if talk.agree(talk.pose("google_where", proposal=talk.phrases.no[0]).of_login):
        return keep_connected(talk, accounts, target) if offer_google_login(talk, accounts) else target
    service = list_services()["google"]
    found = take_google(talk, accounts, Meant(in_words(service, talk.phrases.calendars)), "")
    if found is None or found.target["calendar"] == target["calendar"]:
        return target
    talk.say("google_moved")
    return {**target, "calendar": found.target["calendar"]}
