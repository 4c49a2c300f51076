"""Connecting a calendar by asking: which one, who you are there, which of its calendars, where the password is kept.

The password is tried as soon as it is given. Which of an account's calendars it is, is asked in `choosing`; for Google,
which has a login instead of a password, in `google_calendars`.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from sync.errors import ConfigError, CredentialsError, FollowupError
from sync.models import CalendarInfo
from sync.setup.calendars import CalendarService, Meant, in_words, list_services, recognise_calendar, refuse_login
from sync.setup.choosing import Accounts, Connection, Target, choose_calendar, recognise_owner
from sync.setup.google_calendars import take_google
from sync.setup.places import explain_target
from sync.setup.questions import TRIES, Interview, Question, pick, something

FEED_NAME = "followups.ics"
PASSWORD_FILE = "followup-password"  # noqa: S105 - the name of a file


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
        return take_google(talk, accounts, meant, wanted.calendar)
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
    owner = recognise_owner(talk, accounts, target, "")
    return Connection({**target, "details": "short" if hosted else "full"}, owner=owner)


def _take_account(talk: Interview, accounts: Accounts, meant: Meant, wanted: Wanted) -> Connection | None:
    service = meant.service
    talk.say("password_kind", what=service.password)
    host = meant.host
    if service.host and not (meant.url or host):
        host = talk.ask(Question(service.host).of_login, _place)
    user = (
        wanted.user
        or meant.user
        or talk.ask(talk.pose("user", what=service.user).of_login, _mail_address if service.mail else something)
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
    connection = choose_calendar(talk, accounts, service, Connection(target, secret), found)
    return connection and _keep(talk, accounts, connection)


def _log_in(talk: Interview, accounts: Accounts, target: Target) -> tuple[Sequence[CalendarInfo] | None, str]:
    """The account's calendars and the password that opens it; None where it cannot be opened."""
    question = talk.pose("password").of_login
    for _ in range(TRIES):
        secret = talk.ask(replace(question, secret=True), str if talk.asks else something)
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
    question = talk.pose("keep", proposal=str(names.index(proposal) + 1), above=rows).of_login
    chosen = talk.ask(question, lambda text: _one_of(names, text))
    if chosen == "command":
        command = talk.ask(talk.pose("command").of_login, _split)
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


def _place(text: str) -> str:
    refuse_login(text)
    return something(text)


def _mail_address(text: str) -> str:
    if "@" not in text.strip().strip("@"):
        raise ConfigError(f"{text!r} is no mail address: it has an @ in it, such as dana@example.com")
    return text
