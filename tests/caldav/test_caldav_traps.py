"""What the installed `caldav` does where we go around it.

None of this is wrong by itself; it is why object traffic goes through a transport of our own. A test that fails after
an update of caldav says that a trap was closed or changed: look at it, then decide.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import caldav
import niquests
import pytest
from caldav.lib import error as errors
from lxml.etree import XMLSyntaxError
from niquests import _constant as niquests_constants
from servers import xandikos
from target_contract import NOW, make_event, make_stamp
from transport_contract import Told, told

from connectors.dav.digest_transport import open_client
from connectors.http_transport import READ_SECONDS, HttpTransport, Login
from connectors.ical.writing import serialise

__all__ = ["told"]

PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"
DATA = serialise(make_event(), make_stamp()).decode()
EMPTY = b'<?xml version="1.0"?><multistatus xmlns="DAV:"/>'
INNER_404 = (
    b'<?xml version="1.0"?><multistatus xmlns="DAV:"><response><href>/cal/</href>'
    b"<status>HTTP/1.1 404 Not Found</status></response></multistatus>"
)
INNER_201 = INNER_404.replace(b"404 Not Found", b"201 Created").replace(b"/cal/", b"/cal/x.ics")


NO_UID_CONFLICT = (
    b'<?xml version="1.0"?><d:error xmlns:d="DAV:">'
    b'<C:no-uid-conflict xmlns:C="urn:ietf:params:xml:ns:caldav"/></d:error>'
)


def a_client(url: str, **options: Any) -> caldav.DAVClient:
    return caldav.DAVClient(
        url=url, username="ann", password="x", auth_type="basic", enable_rfc6764=False, **{"timeout": 5, **options}
    )


@pytest.fixture
def client(told: Told) -> Iterator[caldav.DAVClient]:
    made = a_client(f"{told.url}/cal/")
    yield made
    made.close()


@pytest.fixture
def event(client: caldav.DAVClient, told: Told) -> Any:
    return caldav.Event(client, url=f"{told.url}/cal/x.ics", data=DATA, parent=client.calendar(url=f"{told.url}/cal/"))


def methods(told: Told) -> list[str]:
    return [method for method, *_ in told.seen]


@pytest.mark.parametrize("status", [200, 500, 503])
def test_load_takes_any_page_for_the_event(client: caldav.DAVClient, told: Told, status: int) -> None:
    lonely = caldav.Event(client, url=f"{told.url}/cal/x.ics")
    told.say(status, PAGE, Content_Type="text/html")
    lonely.load(multiget_fallback=False)
    assert "Please log in" in lonely.data


def test_save_takes_a_login_page_for_success(event: Any, told: Told) -> None:
    told.say(200, PAGE, Content_Type="text/html")
    event.save(raw_data=DATA.encode(), precondition="etag", increase_seqno=False)
    assert methods(told) == ["PUT"]


def test_delete_takes_a_login_page_for_success(event: Any, told: Told) -> None:
    told.say(200, PAGE, Content_Type="text/html")
    event.delete(if_match='"1"')
    assert methods(told) == ["DELETE"]


def test_plain_save_sends_a_failed_put_again_when_vobject_is_installed(event: Any, told: Told) -> None:
    pytest.importorskip("vobject")
    for _ in range(3):
        told.say(500)
    with pytest.raises(errors.DAVError):
        event.save()
    assert methods(told) == ["PUT", "PUT"]


def test_plain_save_sends_it_once_without_vobject(event: Any, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vobject", None)
    told.say(500)
    with pytest.raises(errors.DAVError):
        event.save()
    assert methods(told) == ["PUT"]


def test_save_of_raw_data_sends_one(event: Any, told: Told) -> None:
    told.say(500)
    with pytest.raises(errors.DAVError):
        event.save(raw_data=DATA.encode(), precondition="etag", increase_seqno=False)
    assert methods(told) == ["PUT"]


def test_save_raises_though_a_multistatus_says_created(event: Any, told: Told) -> None:
    for _ in range(2):
        told.say(207, INNER_201, Content_Type="application/xml")
    with pytest.raises(errors.PutError):
        event.save(raw_data=DATA.encode())


def test_save_without_overwriting_searches_first(event: Any, told: Told) -> None:
    told.say(207, EMPTY, Content_Type="application/xml")
    told.say(201)
    event.save(raw_data=DATA.encode(), no_overwrite=True, precondition="etag")
    assert methods(told) == ["REPORT", "PUT"]
    assert told.seen[1][2]["If-None-Match"] == "*"


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [(301, "PUT", b""), (302, "GET", b""), (303, "GET", b""), (307, "PUT", DATA.encode()), (308, "PUT", DATA.encode())],
)
def test_put_follows_redirects(client: caldav.DAVClient, told: Told, status: int, method: str, body: bytes) -> None:
    told.say(status, Location=f"{told.url}/other.ics")
    told.say(200, PAGE)
    answer = client.put(f"{told.url}/cal/x.ics", DATA.encode(), {})
    assert answer.status == 200
    assert (told.seen[1][0], told.seen[1][3]) == (method, body)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_loses_the_login(client: caldav.DAVClient, told: Told, status: int) -> None:
    told.say(status, Location=f"{told.url.replace('127.0.0.1', 'localhost')}/other.ics")
    told.say(204)
    client.put(f"{told.url}/cal/x.ics", DATA.encode(), {})
    assert ["Authorization" in headers for _, _, headers, _ in told.seen] == [True, False]


def test_ours_follows_none(told: Told) -> None:
    transport = HttpTransport(told.url, Login("ann", "x"), environ={}, clock=lambda: NOW)
    told.say(301, Location=f"{told.url}/other.ics")
    assert transport.send("PUT", "/cal/x.ics", headers={}, body=DATA.encode()).status == 301
    transport.close()
    assert len(told.seen) == 1


def test_a_failed_sync_report_becomes_a_full_listing(client: caldav.DAVClient, told: Told) -> None:
    calendar = client.calendar(url=f"{told.url}/cal/")
    told.say(500)
    for _ in range(4):
        told.say(207, EMPTY, Content_Type="application/xml")
    calendar.get_objects_by_sync_token("token")
    assert len(told.seen) > 1


def test_a_failed_sync_report_is_an_error_where_the_listing_is_forbidden(client: caldav.DAVClient, told: Told) -> None:
    told.say(500)
    with pytest.raises(errors.ReportError):
        client.calendar(url=f"{told.url}/cal/").get_objects_by_sync_token("token", disable_fallback=True)
    assert methods(told) == ["REPORT"]


@pytest.mark.parametrize(("name", "body"), [("a missing calendar", INNER_404), ("an empty answer", EMPTY)])
def test_children_of_nothing_are_an_empty_list(client: caldav.DAVClient, told: Told, name: str, body: bytes) -> None:
    told.say(207, body, Content_Type="application/xml")
    assert client.calendar(url=f"{told.url}/cal/").children() == []


def test_events_of_an_empty_answer_are_an_empty_list(client: caldav.DAVClient, told: Told) -> None:
    for _ in range(3):
        told.say(207, EMPTY, Content_Type="application/xml")
    assert client.calendar(url=f"{told.url}/cal/").get_events() == []


@pytest.mark.parametrize(
    ("status", "body", "kind", "error"),
    [
        pytest.param(200, PAGE, "text/html", (AttributeError, TypeError), id="login page"),
        pytest.param(207, INNER_404[:80], "application/xml", XMLSyntaxError, id="half an answer"),
    ],
)
def test_events_of_nonsense_raise_what_they_like(
    client: caldav.DAVClient, told: Told, status: int, body: bytes, kind: str, error: Any
) -> None:
    for _ in range(3):
        told.say(status, body, Content_Type=kind)
    with pytest.raises(error):
        client.calendar(url=f"{told.url}/cal/").get_events()


def test_a_dropped_connection_is_no_dav_error(client: caldav.DAVClient, told: Told) -> None:
    told.answers += [b""] * 5
    with pytest.raises(niquests.exceptions.ConnectionError) as raised:
        client.put(f"{told.url}/cal/x.ics", DATA.encode(), {})
    assert not isinstance(raised.value, errors.DAVError)


def test_a_calendar_missing_on_xandikos_is_told_by_one_call_of_two(tmp_path: Path) -> None:
    with xandikos(tmp_path) as server, closing(a_client(server.root)) as client:
        missing = client.calendar(url=f"{server.root}{server.home}nowhere/")
        assert missing.children() == []
        with pytest.raises(errors.NotFoundError):
            missing.get_events()


def test_silence_is_no_dav_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        with closing(a_client(url, timeout=0.1)) as client, pytest.raises(niquests.exceptions.ReadTimeout) as raised:
            client.put(f"{url}x.ics", DATA.encode(), {})
    assert not isinstance(raised.value, errors.DAVError)


def test_without_a_timeout_it_is_half_a_minute_for_reads_and_two_for_writes(told: Told) -> None:
    with closing(a_client(told.url, timeout=None)) as client:
        assert client.timeout is None
    assert (niquests_constants.READ_DEFAULT_TIMEOUT, niquests_constants.WRITE_DEFAULT_TIMEOUT) == (30, 120)


def test_ours_sets_the_timeout_and_leaves_waiting_to_the_run(told: Told) -> None:
    with closing(open_client(told.url, Login("ann", "x"), environ={})) as client:
        assert (client.timeout, client.rate_limit_handle) == (READ_SECONDS, False)


@pytest.mark.parametrize("status", [401, 403])
def test_both_refusals_are_one_error_with_a_status(client: caldav.DAVClient, told: Told, status: int) -> None:
    for _ in range(3):
        told.say(status)
    with pytest.raises(errors.AuthorizationError) as raised:
        client.put(f"{told.url}/cal/x.ics", DATA.encode(), {})
    assert raised.value.status == status


def test_a_uid_conflict_is_a_refusal_that_names_it(client: caldav.DAVClient, told: Told) -> None:
    told.say(403, NO_UID_CONFLICT, Content_Type="application/xml")
    with pytest.raises(errors.AuthorizationError) as raised:
        client.put(f"{told.url}/cal/x.ics", DATA.encode(), {})
    assert raised.value.preconditions == ["{urn:ietf:params:xml:ns:caldav}no-uid-conflict"]


@pytest.mark.parametrize(
    ("status", "kind"), [(412, errors.ETagMismatchError), (404, errors.NotFoundError)], ids=["changed", "gone"]
)
def test_a_conditional_delete_tells_changed_from_gone(event: Any, told: Told, status: int, kind: Any) -> None:
    told.say(status)
    with pytest.raises(kind):
        event.delete(if_match='"1"')


@pytest.mark.parametrize(
    ("asked", "header"), [("auto", "If-Schedule-Tag-Match"), ("etag", "If-Match")], ids=["by default", "when told"]
)
def test_a_schedule_tag_wins_over_the_etag(client: caldav.DAVClient, told: Told, asked: str, header: str) -> None:
    lonely = caldav.Event(client, url=f"{told.url}/cal/x.ics", parent=client.calendar(url=f"{told.url}/cal/"))
    told.say(200, DATA.encode(), Content_Type="text/calendar", ETag='"1"', Schedule_Tag='"2"')
    lonely.load()
    told.say(204)
    lonely.save(raw_data=DATA.encode(), increase_seqno=False, precondition=asked)
    assert [name for name in told.seen[-1][2] if name.startswith("If-")] == [header]


def test_waiting_is_an_error_with_its_seconds(client: caldav.DAVClient, told: Told) -> None:
    told.say(503, Retry_After="7")
    with pytest.raises(errors.RateLimitError) as raised:
        client.put(f"{told.url}/cal/x.ics", DATA.encode(), {})
    assert raised.value.retry_after_seconds == 7


def test_handled_waiting_sends_even_a_put_again(told: Told) -> None:
    told.say(429)
    told.say(201)
    with closing(a_client(told.url, rate_limit_handle=True, rate_limit_default_sleep=0.01)) as client:
        assert client.put(f"{told.url}/cal/x.ics", DATA.encode(), {}).status == 201
    assert methods(told) == ["PUT", "PUT"]


@pytest.mark.parametrize("status", [404, 409, 410, 412, 413, 415, 423, 500, 503, 507])
def test_other_refusals_are_no_error_at_all(client: caldav.DAVClient, told: Told, status: int) -> None:
    told.say(status)
    assert client.put(f"{told.url}/cal/x.ics", DATA.encode(), {}).status == status


def test_save_raises_the_sequence_by_itself(event: Any, told: Told) -> None:
    told.say(204)
    event.save()
    assert b"SEQUENCE:1" in told.seen[-1][3]
    assert "SEQUENCE:0" in DATA


STAMP_LINE = "DTSTAMP:20270111T140000Z\r\n"


@pytest.mark.parametrize(
    ("old", "new", "word", "left"),
    [
        pytest.param(STAMP_LINE, "", "DTSTAMP", 1, id="no DTSTAMP"),
        pytest.param(STAMP_LINE, STAMP_LINE * 2, "DTSTAMP", 1, id="two of them"),
        pytest.param(STAMP_LINE, "DURATION:PT1H\r\n" + STAMP_LINE, "DURATION", 0, id="DURATION after DTEND"),
    ],
)
def test_reading_repairs_the_text(
    client: caldav.DAVClient, told: Told, old: str, new: str, word: str, left: int
) -> None:
    odd = DATA.replace(old, new, 1)
    lonely = caldav.Event(client, url=f"{told.url}/cal/x.ics")
    told.say(200, odd.encode(), Content_Type="text/calendar")
    lonely.load()
    assert (lonely.data.count(f"\n{word}"), odd.count(f"\n{word}") != left) == (left, True)
