"""Keys, logins and where they are kept; the browser part against a token service on loopback."""

from __future__ import annotations

import json
import threading
import webbrowser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest
from google_emulator import AUTH, HTML_502, Fault, GoogleEmulator, running_google
from msgspec.structs import replace

from connectors.google.address import is_google_calendar
from connectors.google.login import (
    CALENDAR,
    LOGIN_FILE,
    READ_SHEETS,
    WRITE_SHEETS,
    Login,
    fetch_token,
    find_login,
    keep_login,
    log_in,
    parse_login,
    recall_login,
    wanted_scopes,
)
from connectors.outside import Outside
from sync.config import parse_settings
from sync.errors import ConfigError, CredentialsError, LoginTo

USER = {
    "type": "authorized_user",
    "client_id": "made-up-client",
    "client_secret": "made-up-client-secret",
    "refresh_token": "made-up-refresh-token",
    "scopes": [READ_SHEETS],
}
SERVICE = {
    "type": "service_account",
    "client_email": "robot@made-up.iam.gserviceaccount.com",
    "private_key": "made-up-key",
    "private_key_id": "k1",
    "token_uri": "https://oauth2.googleapis.com/token",
}


@pytest.fixture
def google() -> Iterator[GoogleEmulator]:
    with running_google(refresh_tokens={"made-up-refresh-token": (READ_SHEETS,)}) as emulator:
        yield emulator


def outside_in(folder: Path, *, stored: str = "") -> Outside:
    return Outside(
        folder=folder,
        clock=lambda: datetime(2026, 10, 1, tzinfo=UTC),
        sleep=lambda _: None,
        secret=lambda name: stored if name == "google" else "",
    )


def write_key(folder: Path, text: str, *, mode: int = 0o600) -> None:
    (folder / "key.json").write_text(text)
    (folder / "key.json").chmod(mode)


# --- key files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("not json", "is no Google key", id="no JSON"),
        pytest.param("[1, 2]", "is no Google key", id="a list"),
        pytest.param('{"type": "external_account"}', "is no Google key", id="another kind of key"),
        pytest.param(
            '{"installed": {}}', r"OAuth client, not a login; run `followup login google", id="an OAuth client"
        ),
        pytest.param(json.dumps(SERVICE | {"private_key": None}), "private_key is missing", id="a damaged key"),
        pytest.param(
            json.dumps(SERVICE | {"token_uri": "https://google.com.example.com/token"}),
            "not Google's",
            id="a key that sends its secret elsewhere",
        ),
        pytest.param(
            json.dumps(SERVICE | {"token_uri": "http://oauth2.googleapis.com/token"}), "not Google's", id="no TLS"
        ),
    ],
)
def test_files_that_are_no_key(tmp_path: Path, text: str, sentence: str) -> None:
    write_key(tmp_path, text)
    with pytest.raises(CredentialsError, match=sentence) as caught:
        find_login("key.json", outside_in(tmp_path))
    assert "made-up-key" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644], ids=oct)
def test_a_key_that_others_can_read_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    write_key(tmp_path, json.dumps(SERVICE), mode=mode)
    with pytest.raises(CredentialsError, match="chmod 600"):
        find_login("key.json", outside_in(tmp_path))


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="cannot be read"):
        find_login("key.json", outside_in(tmp_path))


def test_a_broken_private_key_shows_nothing_of_itself(tmp_path: Path) -> None:
    login = parse_login(json.dumps(SERVICE), origin="key.json")
    with pytest.raises(CredentialsError, match="is damaged") as caught:
        fetch_token(login, scopes=(READ_SHEETS,), outside=outside_in(tmp_path))
    assert "made-up-key" not in str(caught.value)


def test_the_file_of_the_settings_beats_the_stored_login(tmp_path: Path) -> None:
    write_key(tmp_path, json.dumps(SERVICE))
    outside = outside_in(tmp_path, stored=json.dumps(USER))
    named, stored = find_login("key.json", outside), find_login("", outside)
    assert named is not None
    assert named.who == SERVICE["client_email"]
    assert stored is not None
    assert stored.who == "the Google account you logged in with"
    assert find_login("", outside_in(tmp_path)) is None


def test_rights() -> None:
    user = parse_login(json.dumps(USER), origin="")
    assert user.may(READ_SHEETS, WRITE_SHEETS)
    assert not user.may(CALENDAR)
    assert parse_login(json.dumps(SERVICE), origin="").may(CALENDAR)


@pytest.mark.parametrize("info", [USER, SERVICE], ids=["user", "service"])
def test_no_secret_in_a_repr(info: dict[str, Any]) -> None:
    shown = repr(parse_login(json.dumps(info), origin="key.json"))
    assert not any(secret in shown for secret in ("made-up-key", "made-up-client-secret", "made-up-refresh-token"))


# --- tokens --------------------------------------------------------------------------------------------------


def user_login(google: GoogleEmulator, **changes: str) -> Login:
    return parse_login(json.dumps(USER | {"token_uri": f"{google.root}/token"} | changes), origin="")


def test_a_user_login_gives_a_token(google: GoogleEmulator, tmp_path: Path) -> None:
    token = fetch_token(user_login(google), scopes=(READ_SHEETS,), outside=outside_in(tmp_path))
    assert google.who(token) == ("user@example.com", (READ_SHEETS,))


def test_an_expired_login_explains_the_seven_days(google: GoogleEmulator, tmp_path: Path) -> None:
    google.refresh_tokens.clear()
    with pytest.raises(CredentialsError, match=r'run `followup login google` again.*every week.*"In production"'):
        fetch_token(user_login(google), scopes=(READ_SHEETS,), outside=outside_in(tmp_path))
    assert google.requests == ["POST /token"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param({"error": "deleted_client"}, "no longer knows the OAuth client", id="client deleted"),
        pytest.param({"error": "invalid_client"}, "no longer knows the OAuth client", id="client unknown"),
        pytest.param(
            {"error": "invalid_grant", "error_subtype": "invalid_rapt"},
            "asks for a new login every few hours",
            id="rapt",
        ),
        pytest.param({"error": "access_denied\x1b[31m"}, r"refused the login of .*: access_denied \[31m", id="else"),
    ],
)
def test_refusals(google: GoogleEmulator, tmp_path: Path, answer: object, sentence: str) -> None:
    google.faults.append(Fault("/token", 400, answer))
    with pytest.raises(CredentialsError, match=sentence) as caught:
        fetch_token(user_login(google), scopes=(READ_SHEETS,), outside=outside_in(tmp_path))
    assert "\x1b" not in str(caught.value)
    assert caught.value.login is LoginTo.GOOGLE


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("/token", 302, "", {"Location": "https://accounts.google.com/ServiceLogin"}), id="a detour"),
        pytest.param(Fault("/token", 200, HTML_502), id="a page"),
        pytest.param(Fault("/token", 200, {}), id="no token"),
        pytest.param(Fault("/token", 200, ["made up"]), id="a list"),
        pytest.param(Fault("/token", 403, "<html>Sorry</html>"), id="a page that refuses"),
        pytest.param(Fault("/token", 400, {"error": {"code": 400}}), id="a refusal that names nothing"),
        pytest.param(Fault("/token", cut=True), id="cut off"),
        pytest.param(Fault("/token", 503, HTML_502, {"Retry-After": "7"}), id="out of order"),
    ],
)
def test_a_token_that_fails_once_is_asked_for_again(google: GoogleEmulator, tmp_path: Path, fault: Fault) -> None:
    google.faults.append(fault)
    slept: list[float] = []
    outside = replace(outside_in(tmp_path), sleep=slept.append)
    assert fetch_token(user_login(google), scopes=(READ_SHEETS,), outside=outside)
    assert len(slept) == 1
    assert slept[0] == 7 or fault.status != 503


# --- the browser ---------------------------------------------------------------------------------------------


class Browser:
    """A user who agrees to some scopes, or to what is asked."""

    def __init__(self, *, agreed: tuple[str, ...] | None = None) -> None:
        self.agreed, self.asked = agreed, {"scope": [""]}
        self.answer: threading.Thread | None = None

    def open(self, url: str, **_: object) -> None:
        self.asked = parse_qs(urlsplit(url).query)
        scopes = self.asked["scope"][0] if self.agreed is None else " ".join(self.agreed)
        code = "code:" + scopes.replace(AUTH, "")
        query = urlencode({"state": self.asked["state"][0], "code": code, "scope": scopes})
        back = f"{self.asked['redirect_uri'][0]}?{query}"
        self.answer = threading.Thread(target=lambda: urlopen(back, timeout=10).close())
        self.answer.start()


def client_file(root: str) -> str:
    return json.dumps(
        {
            "installed": {
                "client_id": "made-up-client",
                "client_secret": "made-up-client-secret",
                "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                "token_uri": f"{root}/token",
            }
        }
    )


def log_in_with(browser: Browser, google: GoogleEmulator, monkeypatch: pytest.MonkeyPatch, *scopes: str) -> str:
    monkeypatch.setattr(webbrowser, "get", lambda _: browser)
    # The token service has no TLS here; Google's has.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    try:
        return log_in(client_file(google.root), scopes=scopes, seconds=10)
    finally:
        if browser.answer:
            browser.answer.join()


def test_logging_in_asks_for_a_lasting_login_on_loopback(
    google: GoogleEmulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    browser = Browser()
    text = log_in_with(browser, google, monkeypatch, READ_SHEETS, CALENDAR)
    assert browser.asked["access_type"] == ["offline"]
    assert browser.asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert parse_login(text, origin="").scopes == (CALENDAR, READ_SHEETS)
    assert parse_login(text, origin="").who == "user@example.com", "whom to share with can be said"
    google.refresh_tokens["made-up-refresh"] = (READ_SHEETS, CALENDAR)
    assert fetch_token(parse_login(text, origin=""), scopes=(), outside=outside_in(tmp_path))


def test_a_box_left_unticked_is_said(google: GoogleEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CredentialsError, match="not every box was ticked"):
        log_in_with(Browser(agreed=(CALENDAR,)), google, monkeypatch, READ_SHEETS, CALENDAR)


def test_nobody_agrees(google: GoogleEmulator) -> None:
    with pytest.raises(CredentialsError, match="nobody agreed in the browser"):
        log_in(client_file(google.root), scopes=(READ_SHEETS,), open_browser=False, seconds=0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{}", id="nothing in it"),
        pytest.param(json.dumps({"web": {}}), id="a web client"),
        pytest.param(json.dumps(SERVICE), id="a service account"),
        pytest.param(client_file("https://example.com"), id="a client that sends the login elsewhere"),
    ],
)
def test_clients_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="OAuth client"):
        log_in(text, scopes=(READ_SHEETS,), seconds=0)


# --- keeping it ----------------------------------------------------------------------------------------------


def test_a_login_is_kept_for_the_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "followup"
    assert recall_login(folder) == ""
    keep_login("first", folder)
    keep_login("second", folder)
    assert recall_login(folder) == "second"
    assert (folder / LOGIN_FILE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [LOGIN_FILE]


def test_a_kept_login_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keep_login(json.dumps(USER), tmp_path)
    (tmp_path / LOGIN_FILE).chmod(0o644)
    with pytest.raises(CredentialsError, match="chmod 600"):
        recall_login(tmp_path)


def test_a_keyring_that_is_shut_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring.core, "_keyring_backend", Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(CredentialsError, match="no keyring that works"):
        keep_login("secret", tmp_path, in_keyring=True)
    keep_login('{"type": "keyring"}', tmp_path)
    with pytest.raises(CredentialsError, match="cannot be opened now"):
        recall_login(tmp_path)


# --- how much to ask for -------------------------------------------------------------------------------------

ICS = '[target]\ntype = "ics"\npath = "out.ics"\n'
GOOGLE = '[target]\ntype = "caldav"\nurl = "https://apidata.googleusercontent.com/caldav/v2/me/events/"\n'
WRITE_BACK = '[write_back]\nnext_follow_up = "Next"\n'


@pytest.mark.parametrize(
    ("more", "scopes"),
    [
        pytest.param(ICS, (READ_SHEETS,), id="reading only"),
        pytest.param(ICS + WRITE_BACK, (WRITE_SHEETS,), id="write-back"),
        pytest.param(GOOGLE, (READ_SHEETS, CALENDAR), id="the calendar too"),
    ],
)
def test_no_more_rights_than_needed(more: str, scopes: tuple[str, ...]) -> None:
    sheet = '[source]\ntype = "google_sheet"\nsheet = "made-up-sheet-0001"\n'
    assert wanted_scopes(parse_settings(f'owner = "k3x9"\ntimezone = "Europe/Berlin"\n{sheet}{more}')) == scopes


@pytest.mark.parametrize(
    ("url", "is_google"),
    [
        pytest.param("https://apidata.googleusercontent.com/caldav/v2/me/events/", True, id="today's address"),
        pytest.param("https://www.google.com/calendar/dav/me/events", True, id="the old address"),
        pytest.param("https://google.com.example.com/", False, id="a look-alike"),
        pytest.param("https://caldav.icloud.com/", False, id="somebody else"),
    ],
)
def test_google_calendars(url: str, is_google: bool) -> None:
    assert is_google_calendar(url) is is_google
