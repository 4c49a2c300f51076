"""Who we are to Google: a service account's key file, or a user's login, and the access token either gives.

- A **service account** is a robot with a mail address: the user shares sheet and calendar with it. No browser, no
  expiry: the right way for cron. Its key file must be 0600.
- A **user login** comes out of `log_in`, once, in a browser, with the user's own OAuth client (Google's terms forbid
  shipping one). It is kept in a 0600 file, or in the keyring where asked: a keyring is often locked when cron runs.
- `fetch_token` turns either into an access token good for an hour. It opens no browser, ever.

google-auth signs with a service account's key. We ask for tokens ourselves instead of letting its session do it: that
session starts a thread of its own that calls another Google service, and tries without our bounds.
No secret is part of a `repr`, a message or a traceback.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from connectors.google.address import is_google_calendar
from connectors.google.http import LONGEST, TIMEOUTS, Passing, Timeouts, keep_trying, plain
from connectors.http_transport import Answer, HttpTransport, NoAnswerError, wait_asked
from connectors.outside import Outside
from connectors.own_files import others_may_read
from connectors.whole_file import replace_file
from sync.config import Settings
from sync.errors import ConfigError, CredentialsError, FollowupError, LoginTo, SourceError

READ_SHEETS = "https://www.googleapis.com/auth/spreadsheets.readonly"
WRITE_SHEETS = "https://www.googleapis.com/auth/spreadsheets"
CALENDAR = "https://www.googleapis.com/auth/calendar"
"""All calendars: what CalDAV asks for, and a service account with which a calendar is shared."""
APP_CREATED = "https://www.googleapis.com/auth/calendar.app.created"
"""Only calendars that followup made: the narrowest right there is."""
EVERY_CALENDAR = "https://www.googleapis.com/auth/calendar.events"
"""Events of all calendars: for one that followup did not make."""
CALENDAR_NAMES = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
"""The names of the account's calendars: without them a calendar made on another computer is not found again."""
WHO_AM_I = ("openid", "https://www.googleapis.com/auth/userinfo.email")
"""The address of the account: without it no sentence could say with whom to share."""
EVERYTHING = (READ_SHEETS, APP_CREATED, CALENDAR_NAMES)
"""What is asked for before there is a configuration."""

TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
AUTH_URI = "https://accounts.google.com/o/oauth2/auth"
LOGIN_FILE = "google-login.json"
_KEYRING = ("followup", "google-login")

_TRUSTED_TOKEN_URI = re.compile(
    r"https://([a-z0-9-]+\.)*(googleapis|google)\.com/|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/"
)

_NAME_OF_QUOTA = re.compile(r"[\w@.:-]{1,120}", re.ASCII)


class Login(Struct, frozen=True):
    """A key or a login as kept. `who` is what sentences call it: the account's address where it has one."""

    who: str
    scopes: tuple[str, ...]
    """The rights granted to a user login; empty for a service account, which may ask for any."""
    _info: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Login({self.who!r})"  # never the key

    @property
    def quota(self) -> str:
        """Whose requests Google counts together: the project of a user's OAuth client, or the account of a robot."""
        robot = self._info.get("client_email")
        name = robot or self._info.get("client_id", "").partition("-")[0]
        return name.lower() if _NAME_OF_QUOTA.fullmatch(name) else ""

    def may(self, *scopes: str) -> bool:
        """Whether one of these rights is included."""
        return not self.scopes or any(scope in self.scopes for scope in scopes)


def find_login(credentials: str, outside: Outside) -> Login | None:
    """The login to use: the file that the settings name, else the stored one, else None. Raises `CredentialsError`."""
    if credentials:
        path = outside.folder / Path(credentials).expanduser()
        return parse_login(_read_private(path), origin=path.name)
    stored = outside.secret("google")
    return parse_login(stored, origin="the stored Google login") if stored else None


def parse_login(text: str, *, origin: str) -> Login:
    """A login out of its JSON text. Raises `CredentialsError` with what the file is instead, where that is known."""
    try:
        info = json.loads(text)
        kind = info.get("type", "") if isinstance(info, dict) else ""
    except ValueError:
        info, kind = None, ""
    if isinstance(info, dict) and ("installed" in info or "web" in info):
        raise CredentialsError(
            f"{origin} is an OAuth client, not a login; run `followup login google --client {origin}` once"
        )
    needed = {
        "service_account": ("client_email", "private_key", "private_key_id", "token_uri"),
        "authorized_user": ("client_id", "client_secret", "refresh_token"),
    }.get(kind)
    if info is None or needed is None:
        raise CredentialsError(
            f"{origin} is no Google key; use the JSON file that Google Cloud gives for a service account's key"
        )
    if missing := [name for name in needed if not isinstance(info.get(name), str)]:
        raise CredentialsError(f"{origin} is damaged: {missing[0]} is missing; download the key again")
    if not _TRUSTED_TOKEN_URI.match(info.get("token_uri", TOKEN_URI)):
        raise CredentialsError(f"{origin} would send its secret to an address that is not Google's; do not use it")
    account = info.get("client_email") or info.get("account") or "the Google account you logged in with"
    who = plain(str(account), 120)
    scopes = tuple(str(scope) for scope in info.get("scopes", ())) if kind == "authorized_user" else ()
    return Login(who, scopes, info)


def fetch_token(
    login: Login,
    *,
    scopes: Sequence[str],
    outside: Outside,
    timeouts: Timeouts = TIMEOUTS,
    failure: type[FollowupError] = SourceError,
) -> str:
    """A fresh access token for these rights. Raises `CredentialsError`, or `failure` where Google can't be reached."""
    return keep_trying(lambda: _refresh(login, scopes, outside, timeouts), outside=outside, failure=failure)


def _refresh(login: Login, scopes: Sequence[str], outside: Outside, timeouts: Timeouts) -> str:
    """One token. A user's login is exchanged by a plain form; only a service account's key has to sign anything."""
    ask = partial(_ask, outside=outside, timeouts=timeouts)
    if login._info["type"] == "authorized_user":
        return _refresh_user(login, ask)
    from google.auth.exceptions import GoogleAuthError, RefreshError
    from google.oauth2.service_account import Credentials

    try:
        credentials = Credentials.from_service_account_info(dict(login._info), scopes=list(scopes))  # type: ignore[no-untyped-call]
        credentials.refresh(ask)
    except RefreshError as error:
        raise _refused(login, str(error.args[0]) if error.args else "") from None
    except (GoogleAuthError, ValueError):
        raise CredentialsError(f"the key of {login.who} is damaged; download it again") from None
    return str(credentials.token)


def _refresh_user(login: Login, ask: Callable[..., _Answer]) -> str:
    """The form of RFC 6749, section 6. google-auth would load all of cryptography for it, a tenth of a second a run."""
    info = login._info
    names = ("client_id", "client_secret", "refresh_token")
    form = {"grant_type": "refresh_token", **{name: info[name] for name in names}}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = ask(info.get("token_uri", TOKEN_URI), "POST", urlencode(form).encode(), kind)
    told = json.loads(answer.data)
    if "access_token" in told:
        return str(told["access_token"])
    said = (told.get(name) for name in ("error", "error_subtype", "error_description"))
    raise _refused(login, ": ".join(one for one in said if isinstance(one, str)))


def _ask(
    url: str, method: str, body: bytes, headers: Mapping[str, str], *, outside: Outside, timeouts: Timeouts
) -> _Answer:
    """One request to the token service, called as google-auth calls its transports: a token, or a refusal by its name.

    Everything else is no word of Google's about this login. It leaves from here as a passing failure, so that nobody
    but us tries again.
    """
    place, parts = "Google's login service", urlsplit(url)
    wire = HttpTransport(
        f"{parts.scheme}://{parts.netloc}", None, environ=outside.environ, clock=outside.clock,
        longest=LONGEST, silence=timeouts[1],
    )  # fmt: skip
    try:
        answer = wire.send(method, parts.path, headers=headers, body=body)
    except NoAnswerError as error:
        raise Passing(f"{place} cannot be reached: {error}") from None
    finally:
        wire.close()
    if answer.status >= 500 or answer.status == 429:
        wait = wait_asked(answer, outside.clock())
        raise Passing(
            f"{place} is out of order at the moment (status {answer.status})",
            retry_after=wait.total_seconds() if wait else None,
        )
    if not _says(answer, "access_token" if answer.status < 400 else "error"):
        raise Passing(f"{place} answered with a page that is not data (a login or outage page)")
    return _Answer(answer.status, answer.headers, answer.body)


def _says(answer: Answer, name: str) -> bool:
    """Whether the answer is the object of RFC 6749, section 5, with a text under this name."""
    try:
        told = json.loads(answer.text)
    except ValueError:
        return False
    return isinstance(told, dict) and isinstance(told.get(name), str)


class _Answer(Struct, frozen=True):
    """What google-auth wants to know of an answer."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def _refused(login: Login, text: str) -> CredentialsError:
    """What the token service's refusal means, and what to do."""
    service = login._info["type"] == "service_account"
    if "reasonable timeframe" in text or "'iat'" in text:
        return CredentialsError("this computer's clock is wrong, so Google refuses the login; set the clock")
    if service and ("Signature" in text or "account not found" in text or "invalid_grant" in text):
        return CredentialsError(f"the key of {login.who} was deleted or belongs to a deleted account; make a new key")
    if "invalid_rapt" in text or "Reauthentication" in text:
        return CredentialsError(
            f"the organisation of {login.who} asks for a new login every few hours; run `followup login google` again,"
            " or use a service account, which is not asked",
            login=LoginTo.GOOGLE,
        )
    if "invalid_grant" in text:
        return CredentialsError(
            "the Google login has expired or was revoked; run `followup login google` again. If this happens every"
            ' week, the app in Google Cloud is still in "Testing": set it to "In production"',
            login=LoginTo.GOOGLE,
        )
    if "invalid_client" in text or "deleted_client" in text or "unauthorized_client" in text:
        return CredentialsError(
            "Google no longer knows the OAuth client of this login; make a new one in Google Cloud (type Desktop app)"
            " and run `followup login google` again",
            login=LoginTo.GOOGLE,
        )
    told = plain(text, 160) or "no reason given"
    return CredentialsError(f"Google refused the login of {login.who}: {told}", login=LoginTo.GOOGLE)


# --- logging in ----------------------------------------------------------------------------------------------


def wanted_scopes(settings: Settings) -> tuple[str, ...]:
    """The rights a login needs for these settings, and no more: reading only, unless more is configured."""
    sheets = (WRITE_SHEETS if settings.write_back else READ_SHEETS,) if settings.source.type == "google_sheet" else ()
    over_api = (APP_CREATED, CALENDAR_NAMES) if settings.target.type == "google_calendar" else ()
    return (*sheets, *over_api, *((CALENDAR,) if is_google_calendar(settings.target.url) else ()))


def log_in(client: str, *, scopes: Sequence[str], open_browser: bool = True, seconds: int = 300) -> str:
    """Let the user agree in a browser; returns the login as JSON text for `keep_login`.

    `client` is the text of the user's own OAuth client file. Only for a person at a terminal: the address to open is
    printed, and the answer is awaited on a free loopback port for so many seconds.
    """
    from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError

    config = _desktop_client(client)
    flow = InstalledAppFlow.from_client_config(config, [*scopes, *WHO_AM_I])
    try:
        credentials = flow.run_local_server(
            host="127.0.0.1",
            port=0,
            open_browser=open_browser,
            authorization_prompt_message="Open this address in a browser on this computer and agree:\n{url}",
            success_message="followup is logged in. You can close this page.",
            timeout_seconds=seconds,
            access_type="offline",
            prompt="consent",
        )
    except WSGITimeoutError:
        raise CredentialsError(f"nobody agreed in the browser within {seconds} seconds; try again") from None
    except Warning:
        raise CredentialsError("not every box was ticked in the browser; run it again and tick all of them") from None
    except Exception as error:  # noqa: BLE001 - oauthlib and requests raise a dozen unrelated types here
        raise CredentialsError(f"Google did not complete the login ({type(error).__name__}); try again") from None
    if not credentials.refresh_token:
        raise CredentialsError("Google gave no lasting login; remove followup from your account's apps and try again")
    return json.dumps(
        {
            "type": "authorized_user",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": credentials.refresh_token,
            "token_uri": credentials.token_uri,
            "auth_uri": config["installed"]["auth_uri"],
            "scopes": sorted(set(credentials.granted_scopes or scopes) - set(WHO_AM_I)),
            "account": _account(credentials.id_token),
            "ends_in": (flow.oauth2session.token or {}).get("refresh_token_expires_in", 0),
        }
    )


def client_of(login: Login) -> str:
    """The OAuth client that a person's login was made with, as its file's text; empty for a service account."""
    info = login._info
    if info["type"] != "authorized_user":
        return ""
    client = {"client_id": info["client_id"], "client_secret": info["client_secret"]}
    client |= {"auth_uri": info.get("auth_uri", AUTH_URI), "token_uri": info.get("token_uri", TOKEN_URI)}
    return json.dumps({"installed": client | {"redirect_uris": ["http://localhost"]}})


def seconds_left(login: str) -> int:
    """For how long Google lets this new login live; 0 where it does not end by itself. An app in Testing: a week."""
    found = json.loads(login).get("ends_in")
    return found if isinstance(found, int) and found > 0 else 0


def _account(token: str | None) -> str:
    """The mail address in the token that came with the login; empty where there is none.

    Google signed it for us over the same connection as the login itself, so only its text is read.
    """
    try:
        payload = (token or "").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return plain(str(claims["email"]), 120)
    except (IndexError, KeyError, TypeError, ValueError):
        return ""


def check_client(text: str) -> None:
    """Raises `ConfigError` for anything but an OAuth client of the type Desktop app."""
    _desktop_client(text)


def _desktop_client(text: str) -> dict[str, Any]:
    try:
        config = json.loads(text)
        client = config["installed"]
        uris = [client["token_uri"], client["auth_uri"]]
    except (ValueError, KeyError, TypeError):
        raise ConfigError(
            'this is no OAuth client of type "Desktop app"; create one in Google Cloud under APIs & Services >'
            " Credentials and download its JSON file"
        ) from None
    if not all(_TRUSTED_TOKEN_URI.match(str(uri)) for uri in uris):
        raise ConfigError("this OAuth client would send the login to an address that is not Google's; do not use it")
    return {"installed": client}


def keep_login(text: str, folder: Path, *, in_keyring: bool = False) -> str:
    """Keep the login for later runs; returns where, in words. A keyring must be open whenever cron runs."""
    if in_keyring:
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(*_KEYRING, text)
        except KeyringError:
            raise CredentialsError("this computer has no keyring that works; leave --keyring out") from None
        text = json.dumps({"type": "keyring"})
    path = folder / LOGIN_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, text.encode(), mode=0o600)
    except OSError as error:
        raise CredentialsError(f"the login cannot be kept in {path}: {error.strerror}") from None
    return "the keyring" if in_keyring else str(path)


def kept_account(folder: Path) -> str:
    """The address of the account whose login is kept; empty where there is none, or where it does not say."""
    try:
        who = parse_login(recall_login(folder), origin="").who
    except CredentialsError:
        return ""
    return who if "@" in who else ""


def recall_login(folder: Path) -> str:
    """The login as kept; empty where there is none. Raises `CredentialsError` where it is there but cannot be had."""
    path = folder / LOGIN_FILE
    if not path.exists():
        return ""
    text = _read_private(path)
    if '"keyring"' not in text:
        return text
    import keyring
    from keyring.errors import KeyringError

    try:
        kept = keyring.get_password(*_KEYRING)
    except KeyringError:
        kept = None
    if kept is None:
        raise CredentialsError(
            "the Google login lies in the keyring, which cannot be opened now; run `followup login google` again"
            " without --keyring",
            login=LoginTo.GOOGLE,
        )
    return kept


def _read_private(path: Path) -> str:
    """The text of a file that nobody else may read."""
    try:
        if others_may_read(path):
            raise CredentialsError(f"others can read {path.name}; run: chmod 600 {path}")
        if path.stat().st_size > 100_000:
            raise CredentialsError(f"{path.name} is no Google key; it is far too big")
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise CredentialsError(f"{path.name} is no Google key; it is no text") from None
    except OSError as error:
        raise CredentialsError(f"{path} cannot be read: {error.strerror}") from None
