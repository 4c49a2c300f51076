"""The Google Calendar target over real sockets: the contract, every refusal, lost answers, what a user does there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google_calendars import CalendarOfGoogle, Refused, breaches
from google_emulator import HTML_502, Fault, GoogleEmulator, running_google
from google_schema import document, needs_folder
from msgspec.structs import replace
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
from connectors.google.events import google_id, uid_of
from connectors.google.login import APP_CREATED, CALENDAR_NAMES, READ_SHEETS
from connectors.google_calendar import GoogleCalendar
from connectors.outside import Outside
from sync.config import Settings, parse_settings
from sync.errors import CredentialsError, LoginTo, NoCalendarError, TargetError
from sync.models import Event, Observation, Outcome, RemoteEvent, Result
from sync.protocols import Target
from sync.reconcile.identity import make_uid

ME = "user@example.com"


@pytest.fixture
def google() -> Iterator[GoogleEmulator]:
    with running_google(refresh_tokens={"made-up-refresh": (APP_CREATED, READ_SHEETS)}) as emulator:
        yield emulator


@needs_folder
def test_the_check_itself_finds_what_google_does_not_have(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    put(target, make_event())
    asked = [
        ("events.list", "", {"colour": ["1"], "maxResults": ["0"], "showDeleted": ["yes"], "syncToken": ["1", "2"]}),
        ("events.insert", "", {"sendUpdates": ["nobody"]}),
    ]
    sent: list[tuple[str, dict[str, Any]]] = [
        ("events.patch", {"sequence": "0"}),
        ("events.insert", {"start": {"date": "2027-01-04"}}),
        ("events.delete", {"id": "x"}),
    ]
    answered = [("Events", {"items": [{"made": "up"}]})]
    google.v3.asked += asked
    google.v3.sent += sent
    google.v3.answered += answered
    found = breaches(google.v3, document("calendar"))
    for noted, more in ((google.v3.asked, asked), (google.v3.sent, sent), (google.v3.answered, answered)):
        del noted[-len(more) :]
    assert found == [
        "events.list: colour is no parameter",
        "events.list: maxResults=0 is not what it takes",
        "events.list: showDeleted=yes is not what it takes",
        "events.list: syncToken is said twice",
        "events.insert: sendUpdates=nobody is not what it takes",
        "events.patch: $.sequence: '0' is no integer",
        "events.insert: $.end: missing",
        "events.delete: takes no body",
        "$.items[0].made: unknown",
    ]


@pytest.fixture
def calendar(google: GoogleEmulator) -> CalendarOfGoogle:
    return google.v3.add(roles={ME: "owner"})


def login_text(google: GoogleEmulator) -> str:
    return json.dumps(
        {
            "type": "authorized_user",
            "client_id": "made-up",
            "client_secret": "made-up",
            "refresh_token": "made-up-refresh",
            "token_uri": f"{google.root}/token",
            "scopes": [APP_CREATED, READ_SHEETS],
        }
    )


@pytest.fixture
def outside(google: GoogleEmulator, tmp_path: Path) -> Outside:
    return outside_for(tmp_path, secret=lambda name: login_text(google) if name == "google" else "")


def settings_for(google: GoogleEmulator, calendar: CalendarOfGoogle) -> Settings:
    return parse_settings(
        f"""
        owner = "{OWNER}"
        timezone = "America/New_York"
        [source]
        type = "csv"
        path = "leads.csv"
        [target]
        type = "google_calendar"
        calendar = "{calendar.id}"
        api_root = "{google.root}"
        """
    )


@pytest.fixture
def target(google: GoogleEmulator, calendar: CalendarOfGoogle, outside: Outside) -> Iterator[GoogleCalendar]:
    opened = open_target(settings_for(google, calendar), outside)
    assert isinstance(opened, GoogleCalendar)
    yield opened
    opened.close()


class TestContract(TargetContract):
    @pytest.fixture
    def target(self, google: GoogleEmulator, calendar: CalendarOfGoogle, outside: Outside) -> Iterator[Target]:
        yield open_target(settings_for(google, calendar), outside)


def put(target: Target, event: Event) -> RemoteEvent:
    """The event in the calendar, as it lies there."""
    assert apply(target, create(event))[event.uid].result is Result.DONE
    return target.observe({}).events[event.uid]


def held(calendar: CalendarOfGoogle, event: Event) -> dict[str, Any]:
    return calendar.events[google_id(event.uid)]


def calls(google: GoogleEmulator, method: str) -> int:
    return sum(asked[0] == f"events.{method}" for asked in google.v3.asked)


# --- what is sent --------------------------------------------------------------------------------------------


def test_an_event_is_private_takes_no_time_and_rings_only_as_we_say(
    target: GoogleCalendar, calendar: CalendarOfGoogle
) -> None:
    put(target, make_event())
    made = held(calendar, make_event())
    assert (made["transparency"], made["visibility"], made["colorId"]) == ("transparent", "private", "7")
    assert made["reminders"] == {"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]}
    silent = make_event("silent", alarm=None)
    put(target, silent)
    assert held(calendar, silent)["reminders"] == {"useDefault": False, "overrides": []}


def test_nobody_is_ever_mailed(google: GoogleEmulator, target: GoogleCalendar) -> None:
    base = put(target, make_event())
    apply(target, update(make_event(summary="new"), base))
    apply(target, delete(target.observe({}).events[base.uid]))
    writes = [query for method, _, query in google.v3.asked if method != "events.list"]
    assert [query.get("sendUpdates") for query in writes] == [["none"]] * 3


def test_an_identity_is_reversible_and_in_googles_alphabet() -> None:
    uid = make_event().uid
    assert set(google_id(uid)) <= set("0123456789abcdefghijklmnopqrstuv")
    assert uid_of(google_id(uid), OWNER) == uid
    assert uid_of(google_id(uid), "zz9z") is None
    assert uid_of("abc123", OWNER) is None
    assert uid_of("not base32hex!", OWNER) is None


def test_a_hundred_events_take_two_requests(google: GoogleEmulator, target: GoogleCalendar) -> None:
    events = [make_event(f"lead{number}") for number in range(100)]
    before = len(google.requests)
    outcomes = list(target.apply([create(event) for event in events], observed=target.observe({}), deadline=NOW))
    assert {outcome.result for outcome in outcomes} == {Result.DONE}
    asked = [request for request in google.requests[before:] if "token" not in request]
    assert [request.partition("?")[0].rpartition("/")[2] for request in asked] == ["events", "v3", "v3"]


def test_a_run_without_a_change_is_one_request(google: GoogleEmulator, target: GoogleCalendar) -> None:
    base = put(target, make_event())
    before = len(google.requests)
    assert target.observe({base.uid: base}).events == {base.uid: base}
    assert len(google.requests) - before == 1


def test_a_listing_in_pages_is_one_listing(google: GoogleEmulator, target: GoogleCalendar) -> None:
    google.v3.page = 7
    events = [make_event(f"lead{number}") for number in range(25)]
    apply(target, *map(create, events))
    assert len(target.observe({}).events) == 25


# --- what a user does ----------------------------------------------------------------------------------------


def test_a_deletion_is_seen_and_an_event_that_was_moved_is_read(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    gone, moved = put(target, make_event("gone")), put(target, make_event("moved"))
    google.v3.remove(calendar, google_id(gone.uid))
    later = {"dateTime": "2027-01-20T15:00:00-05:00", "timeZone": "America/New_York"}
    end = {"dateTime": "2027-01-20T15:30:00-05:00", "timeZone": "America/New_York"}
    google.v3.edit(calendar, google_id(moved.uid), start=later, end=end, summary="✓ done")
    seen = target.observe({gone.uid: gone, moved.uid: moved}).events
    assert set(seen) == {moved.uid}
    assert seen[moved.uid].snapshot.start == datetime(2027, 1, 20, 20, 0, tzinfo=UTC)
    assert seen[moved.uid].snapshot.summary == "✓ done"


def test_an_edit_between_look_and_write_is_never_overwritten(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    one, other = put(target, make_event("one")), put(target, make_event("other"))
    for base in (one, other):
        google.v3.edit(calendar, google_id(base.uid), summary="theirs")
    outcomes = apply(target, update(make_event("one", summary="ours"), one), delete(other), observed=target.observe({}))
    assert {outcome.result for outcome in outcomes.values()} == {Result.REFUSED}
    assert held(calendar, make_event("one"))["summary"] == "theirs"
    assert held(calendar, make_event("other"))["status"] == "confirmed"


def test_what_the_user_set_stays_when_we_write(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    name = google_id(base.uid)
    reminders = {
        "useDefault": False,
        "overrides": [{"method": "popup", "minutes": 10}, {"method": "email", "minutes": 60}],
    }
    google.v3.edit(
        calendar, name, colorId="3", visibility="public", transparency="opaque", location="Cafe", reminders=reminders
    )
    seen = target.observe({}).events[base.uid]
    apply(target, update(make_event(alarm=timedelta(minutes=20)), seen))
    after = calendar.events[name]
    assert (after["colorId"], after["visibility"], after["transparency"]) == ("3", "public", "opaque")
    assert after["location"] == "Cafe"
    assert after["reminders"]["overrides"] == [{"method": "popup", "minutes": 20}, {"method": "email", "minutes": 60}]


def test_a_note_written_in_googles_editor_is_text_and_stays(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    name = google_id(base.uid)
    html = calendar.events[name]["description"].replace("&", "&amp;").replace("\n", "<br>") + "<br>called &amp; waits"
    google.v3.edit(calendar, name, description=html)
    seen = target.observe({}).events[base.uid]
    assert seen.snapshot.description == base.snapshot.description + "\ncalled & waits"
    apply(target, update(make_event(summary="new"), seen))
    assert calendar.events[name]["description"].endswith("\ncalled & waits")


def test_an_alarm_the_user_chose_is_read_as_theirs(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 45}]}
    google.v3.edit(calendar, google_id(base.uid), reminders=reminders)
    assert target.observe({}).events[base.uid].snapshot.our_alarm == timedelta(minutes=45)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"recurrence": ["RRULE:FREQ=WEEKLY"]}, "it was made recurring"),
        ({"attendees": [{"email": "ann@example.org"}]}, "somebody was invited to it"),
    ],
)
def test_hands_off(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar, fields: dict[str, Any], said: str
) -> None:
    base = put(target, make_event())
    google.v3.edit(calendar, google_id(base.uid), **fields)
    assert target.observe({}).events[base.uid].snapshot.hands_off == said


@pytest.mark.parametrize(
    "start", [{"dateTime": "soon"}, {"date": "0000-00-00"}, {}, {"dateTime": "2027-01-01T09:00:00"}]
)
def test_an_event_that_cannot_be_read_is_there_and_not_gone(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar, start: dict[str, str]
) -> None:
    base = put(target, make_event())
    calendar.events[google_id(base.uid)]["start"] = start
    del google
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("google_calendars.GoogleCalendars._shown", lambda self, calendar, held: dict(held))
        seen = target.observe({base.uid: base})
    assert seen.events == {}
    assert set(seen.unreadable) == {base.uid}


def test_foreign_events_are_not_ours(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    copied = {**held(calendar, make_event()), "id": "copied000"}
    calendar.events["copied000"] = copied
    assert set(target.observe({}).events) == {base.uid}


def test_another_followups_events_are_told_like_over_caldav(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    put(target, make_event())
    for number, owner in enumerate(("zz9z", "zz9z", "yy8y")):
        theirs = make_uid(owner, "acme|welder", "R-001-1", round=number)
        calendar.events[google_id(theirs)] = {**held(calendar, make_event()), "id": google_id(theirs)}
    google.v3.remove(calendar, google_id(theirs))
    calendar.events["dentist0"] = {**held(calendar, make_event()), "id": "dentist0"}
    seen = target.observe({})
    assert (dict(seen.others), seen.foreign) == ({"zz9z": 2}, 1)


# --- only what changed since ---------------------------------------------------------------------------------


def look(target: GoogleCalendar, last: Observation, known: Mapping[str, RemoteEvent] | None = None) -> Observation:
    """The look of a later run, which remembers the last one."""
    target.resume(last.bookmark)
    return target.observe(last.events if known is None else known)


def bodies(google: GoogleEmulator) -> int:
    """How many events the last listing held."""
    return len(next(answer for schema, answer in reversed(google.v3.answered) if schema == "Events")["items"])


def test_a_calendar_that_did_not_change_is_not_listed_again(google: GoogleEmulator, target: GoogleCalendar) -> None:
    for number in range(3):
        put(target, make_event(f"lead{number}"))
    first = target.observe({})
    asked = calls(google, "list")
    later = look(target, first)
    assert (later.events, later.bookmark) == (first.events, first.bookmark)
    assert (bodies(google), calls(google, "list") - asked) == (0, 1)


def test_only_what_changed_comes_back(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    moved, gone, kept = (put(target, make_event(name)) for name in ("moved", "gone", "kept"))
    first = target.observe({})
    google.v3.edit(calendar, google_id(moved.uid), summary="theirs")
    google.v3.remove(calendar, google_id(gone.uid))
    new = make_event("new")
    apply(target, create(new))
    later = look(target, first)
    assert {uid: remote.snapshot.summary for uid, remote in later.events.items()} == {
        moved.uid: "theirs", kept.uid: kept.snapshot.summary, new.uid: new.summary,
    }  # fmt: skip
    assert bodies(google) == 3
    assert look(target, later).events == later.events == target.observe({}).events
    assert bodies(google) == 4


@pytest.mark.parametrize("trouble", ["too old", "no token of Google's", "a copy is missing", "another copy", "damaged"])
def test_a_bookmark_that_does_not_fit_costs_one_more_listing(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar, trouble: str
) -> None:
    for number in range(3):
        put(target, make_event(f"lead{number}"))
    first = target.observe({})
    known = dict(first.events)
    uid = next(iter(known))
    if trouble == "too old":
        calendar.oldest_token = 99
    elif trouble == "no token of Google's":
        first = replace(first, bookmark=first.bookmark.replace("made-up-", "?"))
    elif trouble == "a copy is missing":
        del known[uid]
    elif trouble == "another copy":
        known[uid] = replace(known[uid], etag='"1"')
    else:
        first = replace(first, bookmark="{")
    assert look(target, first, known).events == target.observe({}).events


def test_an_event_that_cannot_be_read_is_looked_at_in_every_run(
    calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    broken, whole = put(target, make_event("broken")), put(target, make_event("whole"))
    calendar.events[google_id(broken.uid)]["start"] = {}
    first = target.observe({})
    later = look(target, first)
    assert set(later.unreadable) == {broken.uid}
    assert set(later.events) == {whole.uid}


def test_a_calendar_that_is_gone_is_no_stale_bookmark(google: GoogleEmulator, target: GoogleCalendar) -> None:
    put(target, make_event())
    first = target.observe({})
    google.v3.calendars.clear()
    with pytest.raises(TargetError, match="Google knows no calendar"):
        look(target, first)


# --- what goes wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_a_lost_answer_is_found_to_be_done(google: GoogleEmulator, target: GoogleCalendar, action: str) -> None:
    base = put(target, make_event("old"))
    change = {
        "create": create(make_event("new")),
        "update": update(make_event("old", summary="new"), base),
        "delete": delete(base),
    }[action]  # fmt: skip
    observed = target.observe({})
    google.answered_then_lost = 1
    [outcome] = target.apply([change], observed=observed, deadline=NOW)
    assert outcome.result is Result.DONE, outcome
    assert calls(google, "insert") == (2 if action == "create" else 1)


def test_a_lost_batch_is_looked_at_event_by_event(google: GoogleEmulator, target: GoogleCalendar) -> None:
    events = [make_event(f"lead{number}") for number in range(5)]
    observed = target.observe({})
    google.answered_then_lost = 1
    outcomes = list(target.apply([create(event) for event in events], observed=observed, deadline=NOW))
    assert {outcome.result for outcome in outcomes} == {Result.DONE}
    assert calls(google, "insert") == 5


def test_an_outage_leaves_everything_unknown_and_ends_soon(google: GoogleEmulator, target: GoogleCalendar) -> None:
    events = [make_event(f"lead{number}") for number in range(60)]
    observed = target.observe({})
    google.faults.append(Fault("calendar/v3", 502, HTML_502, times=1000))
    before = len(google.requests)
    outcomes = list(target.apply([create(event) for event in events], observed=observed, deadline=NOW))
    assert [outcome.result for outcome in outcomes] == [Result.UNKNOWN] * 50 + [Result.HELD] * 10
    assert len(google.requests) - before < 10


def test_a_create_never_overwrites_what_lies_under_its_id(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    google.v3.edit(calendar, google_id(base.uid), summary="theirs")
    outcome = apply(target, create(make_event()))[base.uid]
    assert (outcome.result, outcome.remote and outcome.remote.snapshot.summary) == (Result.UNKNOWN, "theirs")


def test_an_id_used_before_is_restored(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    google.v3.remove(calendar, google_id(base.uid))
    outcome = apply(target, create(make_event(summary="again")))[base.uid]
    assert outcome.result is Result.DONE
    assert target.observe({}).events == {base.uid: outcome.remote}
    assert held(calendar, make_event())["status"] == "confirmed"


def test_an_event_deleted_meanwhile_is_gone(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    observed = target.observe({})
    google.v3.remove(calendar, google_id(base.uid))
    google.v3.refuse.append(("delete", Refused(410, "deleted"), 1))
    [outcome] = target.apply([delete(base)], observed=observed, deadline=NOW)
    assert outcome.result is Result.DONE
    assert calls(google, "get") == 1, "Google says 410, and shows it as deleted"


REFUSALS = [
    pytest.param(403, "rateLimitExceeded", Result.HELD, "limit of requests", True, id="rate"),
    pytest.param(403, "userRateLimitExceeded", Result.HELD, "limit of requests", True, id="user rate"),
    pytest.param(429, "rateLimitExceeded", Result.HELD, "limit of requests", True, id="429"),
    pytest.param(403, "quotaExceeded", Result.HELD, "quota", True, id="quota"),
    pytest.param(403, "calendarUsageLimits", Result.HELD, "no more new events", True, id="usage"),
    pytest.param(403, "forbiddenForNonOrganizer", Result.REFUSED, "organizer", False, id="organizer"),
    pytest.param(400, "invalid", Result.REFUSED, "refuses this event", False, id="invalid"),
    pytest.param(412, "conditionNotMet", Result.REFUSED, "changed meanwhile", False, id="412"),
    pytest.param(404, "notFound", Result.REFUSED, "no longer there", False, id="404"),
    pytest.param(410, "deleted", Result.REFUSED, "no longer there", False, id="410"),
]


@pytest.mark.parametrize(("status", "reason", "result", "said", "waits"), REFUSALS)
def test_every_refusal_has_its_outcome(
    google: GoogleEmulator, target: GoogleCalendar, status: int, reason: str, result: Result, said: str, waits: bool
) -> None:
    base = put(target, make_event())
    google.v3.refuse.append(("patch", Refused(status, reason), 9))
    changes = [update(make_event(summary="new"), base), create(make_event("other"))]
    outcomes = {one.uid: one for one in target.apply(changes, observed=target.observe({}), deadline=NOW)}
    outcome = outcomes[base.uid]
    assert (outcome.result, said in outcome.message) == (result, True), outcome
    assert (outcome.not_before is not None) is waits
    assert outcome.rejected is (reason in ("forbiddenForNonOrganizer", "invalid"))
    assert outcomes[make_event("other").uid].result is Result.DONE, "one refusal is no other event's"


def test_a_create_into_a_calendar_that_is_gone_ends_the_run(google: GoogleEmulator, target: GoogleCalendar) -> None:
    observed = target.observe({})
    google.v3.calendars.clear()
    outcomes: list[Outcome] = []
    with pytest.raises(NoCalendarError, match=r"Google knows no calendar .* it was deleted, or"):
        outcomes.extend(target.apply([create(make_event(f"l{n}")) for n in range(60)], observed=observed, deadline=NOW))
    assert [outcome.result for outcome in outcomes] == [Result.HELD] * 60
    assert calls(google, "insert") == 50


@pytest.mark.parametrize("refused", [Refused(404, "notFound"), Refused(410, "deleted")], ids=["404", "410"])
def test_a_deletion_that_finds_nothing_is_not_believed_at_once(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar, refused: Refused
) -> None:
    base = put(target, make_event())
    google.v3.refuse.append(("delete", refused, 1))
    assert apply(target, delete(base))[base.uid].result is Result.UNKNOWN
    assert held(calendar, make_event())["status"] == "confirmed"


def test_where_everything_is_refused_no_event_is_to_blame(google: GoogleEmulator, target: GoogleCalendar) -> None:
    google.v3.refuse.append(("insert", Refused(400, "invalid"), 99))
    outcomes = apply(target, *(create(make_event(f"l{n}")) for n in range(3))).values()
    assert [(one.result, one.rejected) for one in outcomes] == [(Result.REFUSED, False)] * 3


def test_an_event_refused_while_no_other_is_written_is_not_to_blame(
    google: GoogleEmulator, target: GoogleCalendar
) -> None:
    """The heartbeat goes last and alone: whatever made Google refuse it once, the next run sends it again."""
    base = put(target, make_event())
    google.v3.refuse.append(("patch", Refused(400, "invalid"), 1))
    outcome = apply(target, update(make_event(summary="new"), base))[base.uid]
    assert (outcome.result, outcome.rejected) == (Result.REFUSED, False)


def test_an_event_refused_in_a_later_portion_is_to_blame_where_others_were_taken(
    google: GoogleEmulator, target: GoogleCalendar
) -> None:
    base = put(target, make_event("last"))
    changes = [*(create(make_event(f"l{n}")) for n in range(50)), update(make_event("last", summary="new"), base)]
    google.v3.refuse.append(("patch", Refused(400, "invalid"), 1))
    assert [one.uid for one in apply(target, *changes).values() if one.rejected] == [base.uid]


def test_a_refusal_that_names_no_reason_is_tried_again(google: GoogleEmulator, target: GoogleCalendar) -> None:
    base = put(target, make_event())
    google.faults.append(Fault(google_id(base.uid), 400, {"error": "text"}))
    outcome = apply(target, update(make_event(summary="new"), base))[base.uid]
    assert (outcome.result, outcome.rejected) == (Result.UNKNOWN, False)


@pytest.mark.parametrize("times", [1, 99])
def test_a_detour_in_place_of_an_answer_is_an_outage(
    google: GoogleEmulator, target: GoogleCalendar, times: int
) -> None:
    """An outage sends everybody to a login page."""
    observed = target.observe({})
    page = {"Location": "https://accounts.google.com/ServiceLogin"}
    google.faults.append(Fault("/batch/", 302, "", page, times=times))
    changes = [create(make_event(f"l{n}")) for n in range(3)]
    outcomes = list(target.apply(changes, observed=observed, deadline=NOW))
    assert {outcome.result for outcome in outcomes} == {Result.UNKNOWN}


@pytest.mark.parametrize("body", [{"error": "text"}, {"error": {"errors": 5, "message": [], "details": {}}}, [1], None])
def test_a_refusal_in_an_odd_form_is_a_refusal(google: GoogleEmulator, target: GoogleCalendar, body: object) -> None:
    google.faults.append(Fault("/events", 403, body, times=9))
    with pytest.raises(CredentialsError, match="may not write into this calendar"):
        target.observe({})


@pytest.mark.parametrize("items", [5, None, {}, [5], [None], ["x"]])
def test_a_listing_in_an_odd_form_is_none(google: GoogleEmulator, target: GoogleCalendar, items: object) -> None:
    google.faults.append(Fault("/events", 200, {"kind": "calendar#events", "items": items}, times=9))
    with pytest.raises(TargetError, match="a page that is not data"):
        target.observe({})


@pytest.mark.parametrize(
    "odd",
    [
        {"start": "x"}, {"start": None}, {"end": 7}, {"extendedProperties": []},
        {"extendedProperties": {"private": None}}, {"reminders": 3},
        {"reminders": {"overrides": [1]}}, {"reminders": {"overrides": None}}, {"source": None},
        {"attendees": 5}, {"recurrence": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_an_event_in_an_odd_form_is_there_and_not_gone(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar, odd: dict[str, object]
) -> None:
    base, whole = put(target, make_event()), put(target, make_event("whole"))
    items = [held(calendar, make_event()) | odd, held(calendar, make_event("whole"))]
    google.faults.append(Fault("/events", 200, {"kind": "calendar#events", "items": items}))
    seen = target.observe({base.uid: base, whole.uid: whole})
    assert (set(seen.unreadable), set(seen.events)) == ({base.uid}, {whole.uid})


RIGHTS = [
    pytest.param("insufficientPermissions", "tick every box", LoginTo.GOOGLE, id="scope"),
    pytest.param("accessNotConfigured", "press Enable", None, id="switched off"),
    pytest.param("requiredAccessLevel", f"{ME} the right Make changes", None, id="read-only"),
    pytest.param("something new", "may not write", None, id="unknown"),
]


@pytest.mark.parametrize(("reason", "said", "login"), RIGHTS)
def test_a_missing_right_ends_the_run_with_its_cure(
    google: GoogleEmulator, target: GoogleCalendar, reason: str, said: str, login: LoginTo | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(target._api, "who", ME)
    observed = target.observe({})
    google.v3.refuse.append(("insert", Refused(403, reason), 999))
    outcomes: list[Outcome] = []
    with pytest.raises(CredentialsError, match="nothing more was written") as caught:
        outcomes.extend(target.apply([create(make_event(f"l{n}")) for n in range(60)], observed=observed, deadline=NOW))
    assert (said in str(caught.value), caught.value.login) == (True, login)
    assert calls(google, "insert") == 50, "after the first portion nothing more is asked"


def test_a_calendar_that_is_not_there_names_who_asked(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    google.v3.calendars.clear()
    with pytest.raises(TargetError, match=r"knows no calendar .* for the Google account you logged in with"):
        target.observe({})


def test_an_expired_token_is_replaced_once(google: GoogleEmulator, target: GoogleCalendar) -> None:
    put(target, make_event())
    google._tokens.clear()
    assert len(target.observe({}).events) == 1
    google.refresh_tokens.clear()
    google._tokens.clear()
    with pytest.raises(CredentialsError, match="run `followup login google` again") as caught:
        target.observe({})
    assert caught.value.login is LoginTo.GOOGLE


def test_a_token_that_ends_before_a_batch_is_replaced_and_nothing_is_written_twice(
    google: GoogleEmulator, target: GoogleCalendar
) -> None:
    observed = target.observe({})
    google._tokens.clear()
    outcomes = list(target.apply([create(make_event(f"l{n}")) for n in range(5)], observed=observed, deadline=NOW))
    assert {outcome.result for outcome in outcomes} == {Result.DONE}
    assert len(target.observe({}).events) == 5


def test_half_a_listing_is_no_listing(google: GoogleEmulator, target: GoogleCalendar) -> None:
    google.v3.page = 2
    apply(target, *(create(make_event(f"lead{number}")) for number in range(5)))
    google.faults.append(Fault("pageToken=2", 502, HTML_502, times=100))
    with pytest.raises(TargetError, match="out of order"):
        target.observe({})


def test_what_a_listing_leaves_out_is_asked_for(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    calendar.left_out.add(google_id(base.uid))
    seen = target.observe({base.uid: base})
    assert set(seen.events) == {base.uid}
    assert seen.notes[0].key == "event.left_out_by_google"


def test_after_the_deadline_nothing_is_begun(google: GoogleEmulator, target: GoogleCalendar) -> None:
    observed = target.observe({})
    [outcome] = target.apply([create(make_event())], observed=observed, deadline=NOW - timedelta(seconds=1))
    assert (outcome.result, outcome.message) == (Result.HELD, "the run's time was up")
    assert calls(google, "insert") == 0


def test_a_calendar_on_a_later_page_of_the_list_is_found(
    google: GoogleEmulator, calendar: CalendarOfGoogle, outside: Outside
) -> None:
    for number in range(5):
        google.v3.add(f"{number}@made.up", summary="My own", roles={ME: "owner"}, made_by_app=False)
    google.v3.calendars[calendar.id] = google.v3.calendars.pop(calendar.id)
    google.v3.page = 2
    google.refresh_tokens["made-up-refresh"] = (APP_CREATED, CALENDAR_NAMES)
    login = json.loads(login_text(google)) | {"scopes": [APP_CREATED, CALENDAR_NAMES]}
    asking = replace(outside, secret=lambda name: json.dumps(login) if name == "google" else "")
    [found] = list_calendars(settings_for(google, calendar), asking)
    assert (found.url, found.ours) == (calendar.id, True)


def test_a_calendar_of_our_own_is_made(google: GoogleEmulator, target: GoogleCalendar) -> None:
    made = target.make_calendar("Follow-ups")
    assert google.v3.calendars[made.url].summary == "Follow-ups"
    assert google.v3.calendars[made.url].zone == "America/New_York"


def test_a_day_becomes_an_hour_and_an_hour_a_day(target: GoogleCalendar) -> None:
    event = make_event()
    base = put(target, event)
    day = event.start.date() if isinstance(event.start, datetime) else event.start
    whole = replace(event, start=day, end=day + timedelta(days=1), alarm=timedelta(hours=-9))
    for wanted in (whole, event):
        outcome = apply(target, update(wanted, base))[event.uid]
        assert outcome.remote is not None
        base = outcome.remote
        assert (base.snapshot.start, base.snapshot.our_alarm) == (wanted.start, wanted.alarm)


def test_a_sequence_is_never_below_googles(
    google: GoogleEmulator, calendar: CalendarOfGoogle, target: GoogleCalendar
) -> None:
    base = put(target, make_event())
    google.v3.edit(calendar, google_id(base.uid), sequence=7)
    seen = target.observe({}).events[base.uid]
    change = replace(update(make_event(summary="new"), seen), stamp=make_stamp(seen.snapshot.sequence + 1))
    assert apply(target, change)[base.uid].result is Result.DONE


def test_a_probe_says_what_the_calendar_does_and_leaves_nothing(target: GoogleCalendar) -> None:
    target._api.who = ME
    findings = target.probe()
    assert [finding.text for finding in findings if not finding.good] == []
    assert [finding.name for finding in findings] == [
        "round_trip", "kinds", "silence", "identity", "listing", "update_guard", "delete_guard", "changes", "deletion",
        "restore", "batch", "account",
    ]  # fmt: skip
    assert target.observe({}).events == {}


@pytest.mark.parametrize(
    ("habit", "name", "said"),
    [
        pytest.param("forgets_links", "round_trip", "changes what is written: link", id="a field is lost"),
        pytest.param("mixes_days", "kinds", "mixes up whole days and hours", id="an hour stays beside the day"),
        pytest.param("rings_by_itself", "silence", "puts its own alarm", id="its default rings"),
        pytest.param("takes_twins", "identity", "takes one id twice", id="one id twice"),
        pytest.param("lists_late", "listing", "does not list at once", id="a late listing"),
        pytest.param("ignores_etags", "update_guard", "takes a stale write", id="a stale write"),
        pytest.param("ignores_etags", "delete_guard", "deletes in spite of", id="a stale deletion"),
        pytest.param("keeps_no_token", "changes", "every look is a whole one", id="no sync token"),
        pytest.param("hides_deletions", "changes", "every look is a whole one", id="a deletion is not told"),
        pytest.param("lists_deleted", "deletion", "still lists what was deleted", id="a deleted event is listed"),
        pytest.param("burns_ids", "restore", "keeps deleted events deleted", id="an id is used up for ever"),
        pytest.param("takes_no_batch", "batch", "does not take several changes", id="no several writes"),
    ],
)
def test_a_probe_tells_habits_that_google_is_not_known_for(
    google: GoogleEmulator, target: GoogleCalendar, habit: str, name: str, said: str
) -> None:
    google.v3.habits.add(habit)
    [finding] = (finding for finding in target.probe() if finding.name == name)
    assert not finding.good
    assert said in finding.text


def test_a_probe_with_a_login_that_has_no_address_says_so(target: GoogleCalendar) -> None:
    [finding] = (finding for finding in target.probe() if finding.name == "account")
    assert (finding.good, finding.text) == (False, "Google does not tell whose login this is.")


def test_where_several_changes_are_not_taken_at_once_they_are_sent_one_by_one(
    google: GoogleEmulator, target: GoogleCalendar
) -> None:
    google.v3.habits.add("takes_no_batch")
    events = [make_event(f"lead{number}") for number in range(5)]
    assert {outcome.result for outcome in apply(target, *map(create, events)).values()} == {Result.DONE}
    assert calls(google, "insert") == 5


def test_a_probe_that_may_not_write_ends_with_the_cure(google: GoogleEmulator, target: GoogleCalendar) -> None:
    google.v3.refuse.append(("insert", Refused(403, "requiredAccessLevel"), 1))
    with pytest.raises(CredentialsError, match="may not write into this calendar"):
        target.probe()
