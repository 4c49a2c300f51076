"""What Google Calendar needs beside the CalDAV target: its address, a token in place of a password, its calendar list.

- The events' address is made from the calendar's id; there is no discovery that works.
- A password never works, not even an app password. One login serves sheet and calendar: `[target] credentials`, else
  the key of a Google Sheet source, else the stored login.
- What Google does differently while reading and writing stands in `dav.server_profiles` and `dav.writes`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from connectors.google.address import CALENDARS, events_url
from connectors.google.http import TIMEOUTS, Passing, keep_trying, network_failure, open_session, plain, retry_after
from connectors.google.login import APP_CREATED, CALENDAR, EVERY_CALENDAR, fetch_token, find_login
from connectors.google.login import Login as GoogleLogin
from connectors.http_transport import Login
from connectors.outside import Outside
from sync.config import Settings
from sync.errors import ConfigError, CredentialsError, LoginTo, TargetError
from sync.models import CalendarInfo

CALENDAR_LIST = "https://www.googleapis.com/calendar/v3/users/me/calendarList"


def open_calendar(settings: Settings, outside: Outside) -> tuple[str, Login]:
    """The address of the events and a login with a fresh token. Raises `ConfigError`, `CredentialsError`."""
    target = settings.target
    if target.user or target.password_command or target.password_env or target.password_file:
        raise ConfigError(
            "Google Calendar takes no password, not even an app password: remove user and password from [target] and"
            " run `followup login google`"
        )
    url = events_url(target.url, target.calendar)
    if target.api_root:
        url = target.api_root.rstrip("/") + urlsplit(url).path
    token = fetch_token(calendar_login(settings, outside), scopes=(CALENDAR,), outside=outside, failure=TargetError)
    return url, Login("", token)


def calendar_login(settings: Settings, outside: Outside) -> GoogleLogin:
    """The login for the calendar. Raises `CredentialsError` where there is none that includes calendars."""
    shared = settings.source.credentials if settings.source.type == "google_sheet" else ""
    login = find_login(settings.target.credentials or shared, outside)
    if login is None:
        raise CredentialsError("Google Calendar needs a login; run `followup login google`", login=LoginTo.GOOGLE)
    if not login.may(CALENDAR, *((APP_CREATED, EVERY_CALENDAR) if settings.target.type == "google_calendar" else ())):
        raise CredentialsError(
            "the Google login does not include the calendar; run `followup login google` again", login=LoginTo.GOOGLE
        )
    return login


def list_calendars(settings: Settings, outside: Outside) -> tuple[CalendarInfo, ...]:
    """The calendars this login can see, by name. A service account sees none until one is added to its list."""
    login, root = calendar_login(settings, outside), settings.target.api_root.rstrip("/")
    token = fetch_token(login, scopes=(CALENDAR,), outside=outside, failure=TargetError)
    url = root + urlsplit(CALENDAR_LIST).path if root else CALENDAR_LIST
    items = keep_trying(lambda: _fetch_list(url, token, outside), outside=outside, failure=TargetError)
    found = (
        CalendarInfo(
            name=plain(str(item.get("summaryOverride") or item.get("summary", "")), 100),
            url=f"{CALENDARS}/{quote(str(item.get('id', '')), safe='@')}/events/",
            trouble="" if item.get("accessRole") in ("owner", "writer") else "it is read-only for you",
        )
        for item in items
    )
    return tuple(sorted(found, key=lambda info: (info.name.casefold(), info.url)))


def _fetch_list(url: str, token: str, outside: Outside) -> list[dict[str, Any]]:
    import requests

    place = "Google Calendar"
    with open_session(outside) as session:
        try:
            headers = {"Authorization": f"Bearer {token}"}
            answer = session.get(
                url, params={"maxResults": "250"}, headers=headers, timeout=TIMEOUTS, allow_redirects=False
            )
            status = answer.status_code
            if status == 429 or status >= 500 or "LimitExceeded" in answer.text[:5000]:
                wait = retry_after(answer, outside.clock())
                raise Passing(f"{place} is out of order at the moment (status {status})", retry_after=wait)
            if status in (401, 403):
                raise CredentialsError(
                    "Google does not show this login's calendars; open"
                    " https://console.cloud.google.com/apis/library/calendar-json.googleapis.com, press Enable, and run"
                    " `followup login google` again if that does not help"
                )
            items: list[dict[str, Any]] = answer.json().get("items", [])
        except requests.RequestException as error:
            raise network_failure(error, place) from None
    return items
