"""Google Calendar over CalDAV, against a facade with Google's habits over a real Radicale."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google_caldav import CALENDAR_ID, EVENTS, GoogleCaldav, error_xml, google_calendar
from google_emulator import HTML_502, Fault, GoogleEmulator, running_google
from msgspec.structs import replace
from servers import Server, radicale
from target_contract import (
    NOW,
    OWNER,
    TargetContract,
    apply,
    create,
    delete,
    make_event,
    make_stamp,
    outside_for,
    update,
)

from connectors import list_calendars, open_target
from connectors.caldav_server import CaldavServer
from connectors.dav.server_profiles import choose_profile
from connectors.google.address import events_url
from connectors.google.calendar import open_calendar
from connectors.google.login import CALENDAR, READ_SHEETS
from connectors.http_transport import HttpTransport
from connectors.outside import Outside
from sync.config import Settings, parse_settings
from sync.errors import ConfigError, CredentialsError, FollowupError, TargetError
from sync.models import CalendarInfo, Result
from sync.protocols import Target

URL = f"https://apidata.googleusercontent.com{EVENTS}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture
def google() -> Iterator[GoogleEmulator]:
    with running_google(refresh_tokens={"made-up-refresh": (CALENDAR, READ_SHEETS)}) as emulator:
        yield emulator


@pytest.fixture
def facade(google: GoogleEmulator, server: Server) -> Iterator[GoogleCaldav]:
    with google_calendar(google, server) as running:
        yield running


def stored_login(google: GoogleEmulator, *scopes: str) -> str:
    return json.dumps(
        {
            "type": "authorized_user",
            "client_id": "made-up",
            "client_secret": "made-up",
            "refresh_token": "made-up-refresh",
            "token_uri": f"{google.root}/token",
            "scopes": scopes or (CALENDAR, READ_SHEETS),
        }
    )


@pytest.fixture
def outside(google: GoogleEmulator, tmp_path: Path) -> Outside:
    login = stored_login(google)
    return outside_for(tmp_path, secret=lambda name: login if name == "google" else "")


def settings_for(root: str, *, url: str = URL, more: str = "") -> Settings:
    return parse_settings(
        f"""
owner = "{OWNER}"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "{url}"
api_root = "{root}"
{more}
"""
    )


@pytest.fixture
def target(facade: GoogleCaldav, outside: Outside) -> CaldavServer:
    opened = open_target(settings_for(facade.root), outside)
    assert isinstance(opened, CaldavServer)
    return opened


class TestContract(TargetContract):
    """Google Calendar is a target like any other, where Google keeps what we write."""

    @pytest.fixture
    def target(self, facade: GoogleCaldav, outside: Outside) -> Target:
        return open_target(settings_for(facade.root), outside)


# --- Google's habits -----------------------------------------------------------------------------------------


def test_what_google_loses_is_no_change(facade: GoogleCaldav, target: CaldavServer) -> None:
    facade.lossy = True
    event = make_event()
    assert apply(target, create(event))[event.uid].result is Result.DONE
    snapshot = target.observe({}).events[event.uid].snapshot
    assert (snapshot.summary, snapshot.url, snapshot.categories) == (event.summary, "", ())


def test_no_alarm_is_written_out_so_that_the_default_does_not_ring(facade: GoogleCaldav, target: CaldavServer) -> None:
    event = make_event(alarm=None)
    apply(target, create(event))
    text = facade.stored(f"{EVENTS}{event.uid}.ics").text
    assert "ACTION:NONE" in text
    assert "-PT30M" not in text
    assert target.abilities.silent_means_default_alarm


def test_creates_send_no_if_none_match_but_look_first(facade: GoogleCaldav, target: CaldavServer) -> None:
    event = make_event()
    apply(target, create(event))
    facade.requests.clear()
    outcome = apply(target, create(replace(event, summary="another")), observed=target.observe({}))[event.uid]
    assert outcome.result is Result.UNKNOWN
    assert facade.writes == []


def test_a_new_etag_for_no_reason_changes_nothing_and_is_noticed(facade: GoogleCaldav, target: CaldavServer) -> None:
    event = make_event()
    apply(target, create(event))
    before = target.observe({}).events
    facade.etag_age += 1
    after = target.observe(before).events
    assert after[event.uid].snapshot == before[event.uid].snapshot
    assert after[event.uid].etag != before[event.uid].etag


def test_an_update_that_google_finds_too_old_is_repaired_once(facade: GoogleCaldav, target: CaldavServer) -> None:
    """Google answers 409 unless SEQUENCE is greater and DTSTAMP newer than what it holds, shown or not."""
    event = make_event()
    apply(target, create(event))
    base = target.observe({}).events[event.uid]
    facade.hidden_sequence = 1
    facade.requests.clear()
    outcome = apply(target, update(replace(event, summary="moved"), base), observed=target.observe({}))[event.uid]
    assert outcome.result is Result.DONE
    assert outcome.remote is not None
    assert (outcome.remote.snapshot.summary, outcome.remote.snapshot.sequence) == ("moved", 2)
    assert len(facade.writes) == 2


def test_a_clock_that_is_behind_the_servers_is_repaired(facade: GoogleCaldav, target: CaldavServer) -> None:
    event = make_event()
    late = replace(create(event), stamp=make_stamp(written=NOW + timedelta(days=2)))
    apply(target, late)
    base = target.observe({}).events[event.uid]
    outcome = apply(target, update(replace(event, summary="moved"), base))[event.uid]
    assert outcome.result is Result.DONE
    assert "DTSTAMP:20270113T140001Z" in facade.stored(f"{EVENTS}{event.uid}.ics").text


def test_a_refusal_that_stays_is_reported_and_the_rest_goes_on(facade: GoogleCaldav, target: CaldavServer) -> None:
    stuck, other = make_event("acme"), make_event("bolt")
    apply(target, create(stuck), create(other))
    events = target.observe({}).events
    facade.hidden_sequence = 99
    facade.requests.clear()
    outcomes = apply(
        target,
        update(replace(stuck, summary="moved"), events[stuck.uid]),
        delete(events[other.uid]),
        observed=target.observe({}),
    )
    assert outcomes[stuck.uid].result is Result.REFUSED
    assert "refuses the update (409" in outcomes[stuck.uid].message
    assert outcomes[other.uid].result is Result.DONE
    assert [method for method, _ in facade.writes] == ["PUT", "PUT", "DELETE"]


def test_a_burnt_uid_is_refused_not_forced(facade: GoogleCaldav, target: CaldavServer) -> None:
    event = make_event()
    apply(target, create(event))
    apply(target, delete(target.observe({}).events[event.uid]))
    assert apply(target, create(event))[event.uid].result is Result.REFUSED


@pytest.mark.parametrize("code", ["rateLimitExceeded", "quotaExceeded", "userRateLimitExceeded"])
def test_a_quota_stops_all_writes_until_later(facade: GoogleCaldav, target: CaldavServer, code: str) -> None:
    first, second = make_event("acme"), make_event("bolt")
    facade.faults.append(Fault("PUT", 403, error_xml(code), times=9))
    outcomes = apply(target, create(first), create(second))
    assert {outcome.result for outcome in outcomes.values()} == {Result.HELD}
    assert {outcome.not_before for outcome in outcomes.values()} == {NOW + timedelta(hours=2)}
    assert len(facade.writes) == 1


def test_an_api_that_is_switched_off_is_no_quota(facade: GoogleCaldav, target: CaldavServer) -> None:
    facade.faults.append(Fault("PROPFIND", 403, error_xml("accessNotConfigured"), times=9))
    with pytest.raises(CredentialsError, match=r"CalDAV API is switched off.*press Enable"):
        target.observe({})


def test_the_first_upload_is_paced_nearest_first(facade: GoogleCaldav, outside: Outside) -> None:
    profile = choose_profile("auto", "apidata.googleusercontent.com")
    assert profile.creates_per_run == 100
    url, login = open_calendar(settings_for(facade.root), outside)
    transport = HttpTransport(url, login, environ={}, clock=outside.clock)
    slow = replace(profile, creates_per_run=3)
    target = CaldavServer(transport, url, owner=OWNER, profile=slow, outside=outside, login=login)
    start = datetime(2027, 1, 18, 9, 0, tzinfo=UTC)
    events = [
        make_event(f"lead{day}", start=start + timedelta(days=day), end=start + timedelta(days=day, minutes=15))
        for day in range(5)
    ]
    outcomes = apply(target, *(create(event) for event in reversed(events)))
    held = [event.uid for event in events if outcomes[event.uid].result is Result.HELD]
    assert held == [event.uid for event in events[3:]]
    assert outcomes[held[0]].message == "2 more follow in the next runs"
    transport.close()


# --- address and login ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "calendar"),
    [
        pytest.param(URL, "", id="the right one"),
        pytest.param(URL.rstrip("/"), "", id="without the slash"),
        pytest.param(URL.replace("@", "%40"), "", id="encoded"),
        pytest.param(URL.replace("events/", "user"), "", id="the principal, which answers nothing"),
        pytest.param(f"https://www.google.com/calendar/dav/{CALENDAR_ID}/events", "", id="the old address"),
        pytest.param("https://apidata.googleusercontent.com/caldav/v2/", CALENDAR_ID, id="the server and an id"),
    ],
)
def test_addresses_that_mean_the_events(url: str, calendar: str) -> None:
    assert events_url(url, calendar) == URL


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("https://calendar.google.com/calendar/ical/x/private-1/basic.ics", "only be read", id="a feed"),
        pytest.param("https://calendar.google.com/calendar/u/0/r", "names no Google calendar", id="the web page"),
        pytest.param("https://apidata.googleusercontent.com/caldav/v2/..%2F..%2Fx/events", "names no", id="a climb"),
    ],
)
def test_addresses_that_mean_nothing(url: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        events_url(url)


def test_the_principal_is_rewritten_on_the_way(facade: GoogleCaldav, outside: Outside) -> None:
    opened = open_target(settings_for(facade.root, url=URL.replace("events/", "user")), outside)
    assert opened.observe({}).events == {}


@pytest.mark.parametrize(
    "more",
    ['user = "me@example.com"', 'password_env = "SECRET"', 'password_command = ["pass", "x"]'],
    ids=["user", "environment", "command"],
)
def test_a_password_is_refused_with_advice(facade: GoogleCaldav, outside: Outside, more: str) -> None:
    with pytest.raises(ConfigError, match=r"takes no password.*followup login google"):
        open_target(settings_for(facade.root, more=more), outside)
    assert facade.requests == []


@pytest.mark.parametrize(
    ("scopes", "sentence"),
    [
        pytest.param(None, "needs a login", id="no login"),
        pytest.param((READ_SHEETS,), "does not include the calendar", id="a login for sheets"),
    ],
)
def test_a_login_that_does_not_do(
    google: GoogleEmulator, tmp_path: Path, scopes: tuple[str, ...] | None, sentence: str
) -> None:
    login = stored_login(google, *scopes) if scopes else ""
    with pytest.raises(CredentialsError, match=sentence):
        open_target(settings_for(google.root), outside_for(tmp_path, secret=lambda _: login))


def test_a_revoked_token_is_one_sentence(facade: GoogleCaldav, target: CaldavServer) -> None:
    facade.google._tokens.clear()
    with pytest.raises(CredentialsError, match="refuses the login"):
        target.observe({})


# --- the list ------------------------------------------------------------------------------------------------


def test_calendars_with_their_addresses(google: GoogleEmulator, outside: Outside) -> None:
    google.calendars += [
        {"id": "zoo@group.calendar.google.com", "summary": "Zoo", "accessRole": "reader", "timeZone": "Europe/Berlin"},
        {"id": CALENDAR_ID, "summary": "Jobs\x1b[0m", "accessRole": "owner", "timeZone": "America/New_York"},
    ]
    url = "https://apidata.googleusercontent.com/caldav/v2/"
    assert list_calendars(settings_for(google.root, url=url), outside) == (
        CalendarInfo("Jobs [0m", URL),
        CalendarInfo(
            "Zoo",
            "https://apidata.googleusercontent.com/caldav/v2/zoo@group.calendar.google.com/events/",
            "it is read-only for you",
        ),
    )


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        pytest.param(Fault("calendarList", 403, "accessNotConfigured"), CredentialsError, "press Enable", id="off"),
        pytest.param(Fault("calendarList", 502, HTML_502, times=9), TargetError, "status 502", id="502"),
        pytest.param(Fault("calendarList", 200, "<html>", times=9), TargetError, "not data", id="a page"),
    ],
)
def test_the_list_fails_in_one_sentence(
    google: GoogleEmulator, outside: Outside, fault: Fault, kind: type[FollowupError], sentence: str
) -> None:
    google.faults.append(fault)
    with pytest.raises(kind, match=sentence):
        list_calendars(settings_for(google.root), outside)


def test_the_probe_answers_what_is_open_about_google(facade: GoogleCaldav, target: CaldavServer) -> None:
    facade.lossy = True
    findings = {finding.name: finding for finding in target.probe()}
    assert "drops: link, categories" in findings["keeps"].text
    assert "looks before each write" in findings["create_guard"].text
    assert "refuses updates that are not marked as newer" in findings["renewal"].text
    assert findings["silence"].good
    assert target.observe({}).events == {}


def test_the_probe_of_a_google_that_keeps_everything_says_so(target: CaldavServer) -> None:
    findings = {finding.name: finding for finding in target.probe()}
    assert (findings["keeps"].good, findings["keeps"].text) == (True, "It keeps all that followup writes.")


def test_the_probe_of_a_google_that_takes_older_marks_and_rings_by_itself_says_both(
    facade: GoogleCaldav, target: CaldavServer
) -> None:
    facade.habits = {"takes_older", "rings_in_spite"}
    findings = {finding.name: finding for finding in target.probe()}
    assert "takes updates whatever their marks" in findings["renewal"].text
    assert "adds an alarm to events that should have none" in findings["silence"].text


def test_the_probe_with_a_right_that_does_not_reach_ends_with_what_it_means(
    facade: GoogleCaldav, target: CaldavServer
) -> None:
    facade.faults.append(Fault("PUT", 403, error_xml("insufficientPermissions", "global"), times=9))
    with pytest.raises(TargetError, match="does not take events into this calendar"):
        target.probe()
    assert [method for method, _ in facade.writes] == ["PUT", "PUT"]
