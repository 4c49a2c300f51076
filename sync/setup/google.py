"""A login at Google for somebody who has none: the pages of its console one after another, then one agreement.

An organisation's own client makes the pages vanish: then there is only the agreement. Each step that can be checked is
checked when it is taken: the client file, the login, and whether it will last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Protocol

from msgspec import Struct

from sync import toml
from sync.errors import FollowupError
from sync.setup.questions import Interview, Question

TRIES = 3
"""Agreements that are tried before something else is to be named."""


class Page(Struct, frozen=True):
    """One page of Google's console."""

    name: str
    address: str
    for_sheet: bool = False
    """Only who keeps a private Google Sheet needs it."""


class Granted(Struct, frozen=True):
    """A login that was just given, as text to be kept. `ends` is set where Google takes it back: an app in Testing."""

    who: str
    login: str
    ends: datetime | None = None

    def __repr__(self) -> str:
        return f"Granted({self.who!r})"  # never the login


class GoogleAccess(Protocol):
    """What setting up may do about a login at Google."""

    @property
    def google_client(self) -> str:
        """The text of the OAuth client that is there: an organisation's own; empty where there is none."""

    def read_google_client(self, path: str) -> str:
        """The text of the client file at this path. Raises `ConfigError` for a file of another kind."""

    def open_page(self, address: str) -> bool:
        """Open it in a browser; False where there is none, and the address is to be read."""

    def log_in_to_google(self, client: str, *, every_calendar: bool) -> Granted:
        """One agreement in the browser: for calendars of our own, or for every one. Raises `CredentialsError`."""

    @property
    def google_account(self) -> str:
        """Whose login is kept; empty where there is none, or where it does not say."""

    def keep_google_login(self, granted: Granted) -> None:
        """Keep it for later runs. Raises `CredentialsError`."""


def list_pages(*, sheet: bool) -> tuple[Page, ...]:
    """The pages in their order; `sheet`: a sheet is to be read with that login, too."""
    found = toml.loads(files("mappings").joinpath("google_console.toml").read_text("utf-8"))
    return tuple(page for page in (Page(**page) for page in found["page"]) if sheet or not page.for_sheet)


def offer_google_login(
    talk: Interview, google: GoogleAccess, *, every_calendar: bool = False, sheet: bool = False
) -> bool:
    """Lead somebody to a login, if they like. False: there is none after it."""
    client, pages = google.google_client, list_pages(sheet=sheet)
    above = () if client else (talk.phrase("google_why", count=len(pages)),)
    question = talk.pose("google_now", proposal=talk.phrases.yes[0], above=above)
    if not talk.agree(_aside(question)):
        return False
    client = client or _walk_through(talk, google, pages)
    if not client:
        return False
    for _ in range(TRIES):
        talk.say("google_agree")
        try:
            granted = google.log_in_to_google(client, every_calendar=every_calendar)
            if not _is_meant(talk, google.google_account, granted.who):
                continue
            google.keep_google_login(granted)
        except FollowupError as error:
            talk.say("wrong", error=error)
            if not talk.agree(_aside(talk.pose("google_retry", proposal=talk.phrases.yes[0]))):
                return False
            continue
        talk.say("google_in", who=granted.who)
        if granted.ends is not None:
            talk.say("google_testing", day=granted.ends.date())
        return True
    return False


def _is_meant(talk: Interview, before: str, who: str) -> bool:
    """Whether this account is the right one: what followup made in the account of before, another does not reach."""
    if not before or before == who:
        return True
    return talk.agree(_aside(talk.pose("google_other", proposal=talk.phrases.no[0], who=who, before=before)))


def _walk_through(talk: Interview, google: GoogleAccess, pages: Sequence[Page]) -> str:
    """Page after page; returns the client that comes out of the last one, or nothing where somebody turned back."""
    for number, page in enumerate(pages, 1):
        talk.say("google_page", number=number, count=len(pages), what=talk.phrase(f"google_{page.name}"))
        if not google.open_page(page.address):
            talk.say("google_address", address=page.address)
        if page is not pages[-1]:
            talk.ask(_aside(talk.pose("google_done")), str)
    return talk.ask(_aside(talk.pose("google_client")), lambda path: path and google.read_google_client(path))


def _aside(question: Question) -> Question:
    """A question about the login, which is none of the ten."""
    return Question(question.text, question.proposal, question.above, question.secret, counts=False)
