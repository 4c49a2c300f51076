"""Answers of WebDAV servers, in the shapes that real ones give them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.dav.answers import (
    NotDavError,
    clean_etag,
    find_uid_body,
    is_calendar_data,
    is_rate_limit,
    multiget_body,
    preconditions,
    read_rows,
    reason_of,
    wants_digest,
)
from connectors.http_transport import Answer, wait_asked

NOW = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)


def rows_of(inside: str) -> list[tuple[object, ...]]:
    body = (
        f'<?xml version="1.0"?><multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{inside}</multistatus>'
    )
    return [
        (row.href, row.status, row.etag, row.data, row.truncated) for row in read_rows(Answer(207, {}, body.encode()))
    ]


def test_an_answer_without_a_body_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.dav.answers._parse_safely", None)
    assert preconditions(Answer(201, {}, b"")) == frozenset()
    assert reason_of(Answer(404, {}, b"\r\n")) == "404 Not Found"


@pytest.mark.parametrize(
    ("inside", "row"),
    [
        pytest.param(
            '<response><href>/c/x.ics</href><propstat><prop><getetag>"1"</getetag></prop>'
            "<status>HTTP/1.1 200 OK</status></propstat></response>",
            ("/c/x.ics", 200, '"1"', None, False),
            id="plain",
        ),
        pytest.param(
            '<response><href>/c/x.ics</href><propstat><prop><getetag>"1"</getetag></prop>'
            "<status>HTTP/1.1 200 OK</status></propstat><propstat><prop><getetag/></prop>"
            "<status>HTTP/1.1 404 Not Found</status></propstat></response>",
            ("/c/x.ics", 200, '"1"', None, False),
            id="iCloud's second part with empty values",
        ),
        pytest.param(
            "<response><href>/c/x.ics</href><propstat><prop><C:calendar-data><![CDATA[BEGIN:VCALENDAR]]></C:calendar-data>"
            "</prop><status>HTTP/1.1 200 OK</status></propstat></response>",
            ("/c/x.ics", 200, "", "BEGIN:VCALENDAR", False),
            id="iCloud's CDATA, no etag",
        ),
        pytest.param(
            "<response><href>/c/</href><status>HTTP/1.1 404 Not Found</status></response>",
            ("/c/", 404, "", None, False),
            id="Xandikos about a calendar that is missing",
        ),
        pytest.param(
            "<response><href>/c/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>",
            ("/c/", 507, "", None, True),
            id="truncated",
        ),
        pytest.param(
            "<response><href>/c/</href><error><number-of-matches-within-limits/></error></response>",
            ("/c/", 200, "", None, True),
            id="truncated in other words",
        ),
        pytest.param(
            "<response><href> /c/x.ics\n</href><propstat><prop><getetag/></prop>"
            "<status>HTTP/1.1 403 Forbidden</status></propstat></response>",
            ("/c/x.ics", 403, "", None, False),
            id="a row we may not read",
        ),
    ],
)
def test_rows(inside: str, row: tuple[object, ...]) -> None:
    assert rows_of(inside) == [row]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(200, {}, b"<multistatus xmlns='DAV:'/>"), id="another status"),
        pytest.param(Answer(207, {}, b"<html><body>log in</body></html>"), id="a page with 207"),
        pytest.param(Answer(207, {}, b"<!DOCTYPE html><html></html>"), id="a page with a doctype"),
        pytest.param(Answer(207, {}, b"<multistatus xmlns='DAV:'><response>"), id="cut off"),
        pytest.param(Answer(207, {}, b""), id="empty"),
        pytest.param(
            Answer(207, {}, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><multistatus xmlns="DAV:">&a;</multistatus>'),
            id="entities",
        ),
    ],
)
def test_no_listing(answer: Answer) -> None:
    with pytest.raises(NotDavError):
        read_rows(answer)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "120"}, timedelta(minutes=2)),
        ({"retry-after": "Mon, 11 Jan 2027 14:00:30 GMT"}, timedelta(seconds=30)),
        ({"retry-after": "Mon, 11 Jan 2027 13:00:00 GMT"}, timedelta(0)),
        ({"retry-after": "99999999999"}, timedelta(hours=2)),
        ({"retry-after": "soon"}, None),
    ],
)
def test_wait_asked(headers: dict[str, str], wait: timedelta | None) -> None:
    assert wait_asked(Answer(503, headers), NOW) == wait


def test_preconditions_are_names() -> None:
    body = (
        b'<d:error xmlns:d="DAV:"><C:no-uid-conflict xmlns:C="urn:x"><d:href>/y</d:href></C:no-uid-conflict></d:error>'
    )
    assert "no-uid-conflict" in preconditions(Answer(409, {}, body))
    assert preconditions(Answer(409, {}, b"<html/>")) == frozenset()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(403, {}, b"<html><title>Oh\x1b[31m no</title> Apache/2.4.52 at x Port 443"), "403 Forbidden"),
        (Answer(403, {}, b'<d:error xmlns:d="DAV:"><d:need-privileges/></d:error>'), "403 need-privileges"),
        (Answer(403, {}, b'<d:error xmlns:d="DAV:"><d:call_0800_now/></d:error>'), "403 Forbidden"),
        (Answer(599, {}, b"your account is locked, visit http://evil.example"), "599"),
    ],
)
def test_a_reason_never_repeats_what_a_server_writes_on_its_pages(answer: Answer, reason: str) -> None:
    assert reason_of(answer) == reason


@pytest.mark.parametrize(
    ("text", "etag"),
    [
        (' "1" ', '"1"'),
        ('W/"1"', 'W/"1"'),
        ("%22a%22", "%22a%22"),
        ('"a\nX-Evil: 1"', ""),
        ('"ü"', ""),
        ("x" * 501, ""),
    ],
)
def test_etags_that_can_be_sent_back(text: str, etag: str) -> None:
    assert clean_etag(text) == etag


def test_who_asks_for_what() -> None:
    assert is_rate_limit(Answer(429))
    assert not is_rate_limit(Answer(403, {}, b"no"))
    assert wants_digest(Answer(401, {"www-authenticate": 'Digest realm="x"'}))
    assert not wants_digest(Answer(401, {"www-authenticate": 'Basic realm="x", Digest realm="x"'}))
    assert is_calendar_data("\ufeffBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert not is_calendar_data("<html>BEGIN:VCALENDAR END:VCALENDAR")


def test_bodies_escape_what_they_carry() -> None:
    assert b"/a&amp;b/&lt;x&gt;.ics" in multiget_body(["/a&b/<x>.ics"])
    assert b'name="UID"' in find_uid_body("x") and b">x&lt;y<" in find_uid_body("x<y")
