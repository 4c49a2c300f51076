"""Connecting a calendar by asking: which one, who you are there, which of its calendars, where the password is kept.

The password is tried as soon as it is given. A calendar of its own is proposed, and made where the server lets us;
one that holds the person's own events is warned about. Events of an earlier followup are gone on with.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from sync.errors import ConfigError, CredentialsError, FollowupError, NoCalendarError
from sync.models import CalendarInfo, Observation
from sync.setup.calendars import CalendarService, Meant, in_words, list_services, recognise_calendar, refuse_login
from sync.setup.google import GoogleAccess, offer_google_login
from sync.setup.places import explain_target, pick_calendar
from sync.setup.questions import Interview, Question, pick

OWN_NAME = "Follow-ups"
FEED_NAME = "followups.ics"
PASSWORD_FILE = "followup-password"  # noqa: S105 - the name of a file
TRIES = 3
"""Passwords that are tried; then it starts again, since servers lock accounts."""

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


class Wanted(Struct, frozen=True):
    """What was said beforehand, as options."""

    target: str = ""
    user: str = ""
    calendar: str = ""


def connect(talk: Interview, accounts: Accounts, wanted: Wanted) -> Connection:
    """Ask until there is a calendar that takes follow-ups."""
    services = [in_words(service, talk.phrases.calendars) for service in list_services().values()]
    rows = [talk.phrase("calendar_row", number=number, title=one.title) for number, one in enumerate(services, 1)]
    question = talk.pose("calendar", proposal=FEED_NAME, above=(talk.phrase("calendars"), *rows) if talk.asks else ())
    given = wanted.target
    while True:
        meant = talk.ask(question, recognise_calendar, given=given)
        meant = replace(meant, service=in_words(meant.service, talk.phrases.calendars))
        found = _connect_one(talk, accounts, meant, wanted)
        if found is not None:
            return found
        given = ""


def _connect_one(talk: Interview, accounts: Accounts, meant: Meant, wanted: Wanted) -> Connection | None:
    """The calendar meant, or None where it cannot be had and another one is to be named."""
    for sentence in meant.service.cannot:
        talk.say("cannot", what=sentence)
    if meant.service.feed:
        return _take_file(talk, accounts, meant)
    if not meant.service.user:
        return _take_google(talk, accounts, meant, wanted.calendar)
    if not talk.asks:
        return Connection(_keys(meant.service, meant.url or meant.service.address(host=meant.host), wanted))
    return _take_account(talk, accounts, meant, wanted)


def _keys(service: CalendarService, url: str, wanted: Wanted) -> dict[str, str]:
    more = {"user": wanted.user, "calendar": wanted.calendar}
    return {"type": "caldav", "url": url} | {key: value for key, value in more.items() if value}


def _take_file(talk: Interview, accounts: Accounts, meant: Meant) -> Connection:
    path = accounts.beside(meant.path or FEED_NAME)
    target = {"type": "ics", "path": path}
    talk.say(explain_target(target))
    outlook = bool(meant.service.cannot)
    hosted = outlook or talk.agree(talk.pose("hosted", proposal=talk.phrases.no[0]))
    owner = _recognise_owner(talk, accounts, target, "")
    return Connection({**target, "details": "short" if hosted else "full"}, owner=owner)


def _take_google(talk: Interview, accounts: Accounts, meant: Meant, named: str) -> Connection | None:
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
                talk.ask(_login(talk.pose("google_done")), str)
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
        owner = _recognise_owner(talk, accounts, account.target, "")
        return replace(account, owner=owner)
    found = accounts.list_calendars(account.target, "")
    if found:  # such as the one that was made on another computer
        proposal = _made_before(accounts, found)
        return _choose(talk, accounts, service, Connection({"type": "google_calendar"}), found, proposal=proposal)
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
    elif not talk.agree(_login(talk.pose("google_new", proposal=talk.phrases.no[0], who=who))):
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
    if talk.agree(_login(talk.pose("google_where", proposal=talk.phrases.no[0]))):
        return keep_connected(talk, accounts, target) if offer_google_login(talk, accounts) else target
    service = list_services()["google"]
    found = _take_google(talk, accounts, Meant(in_words(service, talk.phrases.calendars)), "")
    if found is None or found.target["calendar"] == target["calendar"]:
        return target
    talk.say("google_moved")
    return {**target, "calendar": found.target["calendar"]}


def _take_account(talk: Interview, accounts: Accounts, meant: Meant, wanted: Wanted) -> Connection | None:
    service = meant.service
    talk.say("password_kind", what=service.password)
    host = meant.host
    if service.host and not (meant.url or host):
        host = talk.ask(_login(Question(service.host)), _place)
    user = (
        wanted.user
        or meant.user
        or talk.ask(_login(talk.pose("user", what=service.user)), _mail_address if service.mail else _something)
    )
    try:
        url = meant.url or service.address(host=host, user=user)
    except ConfigError as error:
        talk.say("wrong", error=error)
        return None
    target = _keys(service, url, replace(wanted, user=user))
    found, secret = _log_in(talk, accounts, target)
    if found is None:
        return None
    talk.say(explain_target(target))
    connection = _choose(talk, accounts, service, Connection(target, secret), found)
    return connection and _keep(talk, accounts, connection)


def _log_in(talk: Interview, accounts: Accounts, target: Target) -> tuple[Sequence[CalendarInfo] | None, str]:
    """The account's calendars and the password that opens it; None where it cannot be opened."""
    question = _login(talk.pose("password"))
    for _ in range(TRIES):
        secret = talk.ask(replace(question, secret=True), str if talk.asks else _something)
        if not secret:  # the way back to the question which calendar it is
            break
        try:
            found = accounts.list_calendars(target, secret)
        except CredentialsError as error:
            talk.say("wrong", error=error)
            continue
        except FollowupError as error:
            return _look_alone(talk, accounts, target, secret, error), secret
        talk.say("login_good")
        return found, secret
    return None, ""


def _look_alone(
    talk: Interview, accounts: Accounts, target: Target, secret: str, error: FollowupError
) -> Sequence[CalendarInfo] | None:
    """The address itself as the only calendar, where it is one and its account cannot be asked."""
    try:
        accounts.look_at(target, secret)
    except FollowupError:
        talk.say("wrong", error=error)
        return None
    url = str(target["url"])
    return (CalendarInfo(url.rstrip("/").rpartition("/")[2], url),)


def _choose(
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
            talk.pose("which", proposal=proposal), _something, given=str(account.target.get("calendar", ""))
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


def _recognise_owner(talk: Interview, accounts: Accounts, target: Target, secret: str) -> str:
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


def _keep(talk: Interview, accounts: Accounts, connection: Connection) -> Connection:
    """Where the password is kept, as keys of the target: the keyring needs none."""
    by_itself = accounts.keyring_opens_by_itself
    places = {"file": talk.phrase("keep_file")}
    if by_itself is not None:
        places["keyring"] = talk.phrase("keep_keyring" if by_itself else "keep_keyring_locked")
    places["command"] = talk.phrase("keep_command")
    rows = [talk.phrase("keep_row", number=number, place=place) for number, place in enumerate(places.values(), 1)]
    names = list(places)
    proposal = "keyring" if by_itself else "file"
    question = _login(talk.pose("keep", proposal=str(names.index(proposal) + 1), above=rows))
    chosen = talk.ask(question, lambda text: _one_of(names, text))
    if chosen == "command":
        command = talk.ask(_login(talk.pose("command")), _split)
        return replace(connection, target={**connection.target, "password_command": command}, secret="")
    if chosen == "file":
        return replace(connection, target={**connection.target, "password_file": PASSWORD_FILE})
    return connection


def _one_of(names: Sequence[str], text: str) -> str:
    chosen = pick(names, text)
    if not chosen:
        raise ConfigError(f"{text!r} is none of them")
    return chosen


def _split(text: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise ConfigError(f"{text!r}: {error}") from None
    if not words:
        raise ConfigError("a command is needed, such as: pass show calendar")
    return words


def _login(question: Question) -> Question:
    """A question about the account, which is none of the ten."""
    return replace(question, counts=False)


def _place(text: str) -> str:
    refuse_login(text)
    return _something(text)


def _mail_address(text: str) -> str:
    if "@" not in text.strip().strip("@"):
        raise ConfigError(f"{text!r} is no mail address: it has an @ in it, such as dana@example.com")
    return text


def _something(text: str) -> str:
    if not text.strip():
        raise ConfigError("something is needed here; Ctrl-C ends it, and nothing is written")
    return text
