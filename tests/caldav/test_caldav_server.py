"""The CalDAV target on real servers: the contract, strangers' events, and how few requests it needs."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from servers import USER, Server, radicale, xandikos
from target_contract import (
    DEADLINE,
    OWNER,
    TargetContract,
    apply,
    as_found,
    create,
    delete,
    make_event,
    outside_for,
    update,
)

from connectors import list_calendars, make_calendar, open_target
from connectors.caldav_server import CaldavServer
from connectors.dav.digest_transport import CaldavTransport
from connectors.dav.server_profiles import ServerProfile
from connectors.http_transport import Answer, HttpTransport, Login, Transport
from connectors.ical.reading import parse, says_the_same
from connectors.ical.writing import serialise
from sync.config import Settings, parse_settings
from sync.errors import ConfigError, TargetError
from sync.models import CalendarInfo, Observation, Result
from sync.protocols import Target

SERVERS = {"radicale": radicale, "xandikos": xandikos}
LOGIN = Login(USER, "secret")
NUMBERS = itertools.count()
FOREIGN = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//me//EN\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTAMP:20270101T000000Z\r\n"
    b"DTSTART:20270118T100000Z\r\nDTEND:20270118T110000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class CountingTransport:
    """The real transport, with a list of what went through it."""

    def __init__(self, url: str) -> None:
        self.sent: list[tuple[str, str]] = []
        self._inner = HttpTransport(url, LOGIN, environ={}, clock=lambda: datetime.now(UTC))

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        self.sent.append((method, path))
        return self._inner.send(method, path, headers=headers, body=body)

    def open(self) -> None:
        self._inner.open()

    def close(self) -> None:
        self._inner.close()

    def count(self) -> dict[str, int]:
        """How often each method was sent since the last time."""
        methods = [method for method, _ in self.sent]
        self.sent.clear()
        return {method: methods.count(method) for method in dict.fromkeys(methods)}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def url(server: Server) -> str:
    return server.make_calendar(f"cal{next(NUMBERS)}")


@pytest.fixture
def transport(url: str) -> Iterator[CountingTransport]:
    counting = CountingTransport(url)
    yield counting
    counting.close()


def target_at(transport: Transport, url: str, folder: Path, **profile: Any) -> CaldavServer:
    """A target in real time, since the server is real."""
    outside = outside_for(folder, clock=lambda: datetime.now(UTC), sleep=time.sleep)
    return CaldavServer(transport, url, owner=OWNER, profile=ServerProfile(**profile), outside=outside, login=LOGIN)


@pytest.fixture
def target(transport: CountingTransport, url: str, tmp_path: Path) -> CaldavServer:
    return target_at(transport, url, tmp_path, window=1)


class TestCaldavServer(TargetContract):
    @pytest.fixture
    def target(self, transport: CountingTransport, url: str, tmp_path: Path) -> Target:
        return target_at(transport, url, tmp_path)


class TestOverCaldavsClient(TargetContract):
    @pytest.fixture
    def target(self, url: str, tmp_path: Path) -> Iterator[Target]:
        transport = CaldavTransport(url, LOGIN, environ={}, clock=lambda: datetime.now(UTC), auth_type="basic")
        yield target_at(transport, url, tmp_path)
        transport.close()


def test_few_requests(target: CaldavServer, transport: CountingTransport) -> None:
    events = [make_event(f"lead{n}") for n in range(20)]
    outcomes = apply(target, *map(create, events))
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert transport.count() == {"PROPFIND": 1, "PUT": 20, "REPORT": 1}
    known = {uid: outcome.remote for uid, outcome in outcomes.items() if outcome.remote}
    observed = target.observe(known)
    assert observed.events == known
    assert transport.count() == {"PROPFIND": 1}
    changes = [update(replace(event, summary="new"), known[event.uid]) for event in events[:10]]
    changes += [delete(known[event.uid]) for event in events[10:15]]
    changes += [create(make_event(f"more{n}")) for n in range(5)]
    outcomes = apply(target, *changes, observed=observed)
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert transport.count() == {"PUT": 15, "GET": 5, "DELETE": 5, "REPORT": 1}, "a look before each delete"


def test_a_server_that_is_known_to_guard_deletes_is_not_looked_at_before(
    target: CaldavServer, transport: CountingTransport
) -> None:
    target.heed(target.probe())
    known = apply(target, create(make_event()))
    transport.count()
    base = next(outcome.remote for outcome in known.values() if outcome.remote)
    observed = target.observe({base.uid: base})
    assert apply(target, delete(base), observed=observed)[base.uid].result is Result.DONE
    assert "GET" not in transport.count()


@pytest.mark.parametrize("alarm", [None, timedelta(0), timedelta(minutes=10)], ids=str)
def test_what_comes_back_says_what_was_sent_and_is_not_parsed_again(
    target: CaldavServer, alarm: timedelta | None
) -> None:
    event = make_event(alarm=alarm)
    change = create(event)
    assert change.stamp is not None
    remote = apply(target, change)[event.uid].remote
    assert remote is not None
    assert says_the_same(serialise(event, change.stamp).decode(), remote.raw)
    assert remote.snapshot == parse(remote.raw, event.uid)
    assert remote.ours_alone


@pytest.mark.parametrize("alone", [True, False])
def test_what_is_ours_alone_is_written_anew_and_all_else_is_merged(target: CaldavServer, alone: bool) -> None:
    event = make_event()
    remote = apply(target, create(event))[event.uid].remote
    assert remote is not None
    base = replace(remote, raw=remote.raw.replace("END:VEVENT", "X-OTHER:x\r\nEND:VEVENT"), ours_alone=alone)
    written = apply(target, update(replace(event, summary="y"), base))[event.uid].remote
    assert written is not None
    assert written.snapshot.summary == "y"
    assert ("X-OTHER:x" in written.raw, written.ours_alone) == (not alone, alone)


@pytest.mark.parametrize(
    "theirs", [pytest.param((), id="ours alone"), pytest.param(("mine",), id="with the user's own")]
)
def test_an_update_is_remembered_as_it_is_read(
    target: CaldavServer, server: Server, url: str, theirs: tuple[str, ...]
) -> None:
    event = make_event()
    apply(target, create(event))
    path = url.removeprefix(server.root) + f"{event.uid}.ics"
    for name in theirs:
        line = f"CATEGORIES:{name}\r\nEND:VEVENT".encode()
        raw = server.send("GET", path).body.replace(b"END:VEVENT", line)
        assert server.send("PUT", path, raw, Content_Type="text/calendar").status in (201, 204)
    seen = target.observe({}).events[event.uid]
    assert not seen.ours_alone
    remote = apply(target, update(replace(event, summary="x"), seen))[event.uid].remote
    assert remote is not None
    assert remote.snapshot == parse(remote.raw, event.uid)
    assert set(remote.snapshot.categories) == {*event.categories, *theirs}


def test_a_foreign_event_is_listed_and_nothing_else(
    target: CaldavServer, transport: CountingTransport, server: Server, url: str
) -> None:
    path = url.removeprefix(server.root) + "dentist.ics"
    assert server.send("PUT", path, FOREIGN, Content_Type="text/calendar").status == 201
    event = make_event()
    outcome = apply(target, create(event))[event.uid]
    assert outcome.remote is not None
    assert set(target.observe({}).events) == {event.uid}
    apply(target, delete(outcome.remote))
    assert not [sent for sent in transport.sent if "dentist" in sent[1]]
    assert b"SUMMARY:Dentist" in server.send("GET", path).body


def test_a_users_edit_is_seen_and_never_overwritten(target: CaldavServer, server: Server, url: str) -> None:
    event = make_event()
    outcome = apply(target, create(event))[event.uid]
    assert outcome.remote is not None
    path = url.removeprefix(server.root) + f"{event.uid}.ics"
    raw = server.send("GET", path).body.replace(b"20270118T09", b"20270119T09")
    assert server.send("PUT", path, raw, Content_Type="text/calendar").status in (201, 204)
    refused = apply(target, update(replace(event, summary="x"), outcome.remote))[event.uid]
    assert (refused.result, refused.rejected) == (Result.REFUSED, False)
    kept = apply(target, delete(outcome.remote))[event.uid]
    assert kept.result is Result.REFUSED
    seen = target.observe({event.uid: outcome.remote}).events[event.uid]
    assert seen.snapshot.start.day == 19  # the user's drag
    assert apply(target, update(replace(event, summary="x"), seen))[event.uid].result is Result.DONE


def test_a_users_delete_is_a_proven_absence(target: CaldavServer, server: Server, url: str) -> None:
    event = make_event()
    outcome = apply(target, create(event))[event.uid]
    assert outcome.remote is not None
    assert server.send("DELETE", url.removeprefix(server.root) + f"{event.uid}.ics").status in (200, 204)
    assert target.observe({event.uid: outcome.remote}).events == {}
    assert apply(target, update(event, outcome.remote))[event.uid].result is Result.REFUSED
    assert target.observe({}).events == {}


def test_a_calendar_that_is_gone_is_no_empty_calendar(target: CaldavServer, server: Server, url: str) -> None:
    assert server.send("DELETE", url.removeprefix(server.root)).status in (200, 204)
    with pytest.raises(TargetError, match="there is no calendar at"):
        target.observe({})
    outcome = next(iter(target.apply([create(make_event())], observed=_nothing(), deadline=DEADLINE)))
    assert outcome.result in (Result.REFUSED, Result.HELD)


def test_a_create_whose_answer_was_lost_is_adopted(target: CaldavServer) -> None:
    event = make_event()
    before = target.observe({})
    first = apply(target, create(event), observed=before)[event.uid]
    again = apply(target, create(event), observed=before)[event.uid]
    assert again.result is Result.DONE
    assert again.remote == as_found(first.remote)


def _nothing() -> Observation:
    return Observation({})


def settings_for(url: str, **target: str) -> Settings:
    lines = "\n".join(f'{key} = "{value}"' for key, value in {"url": url, "user": USER, **target}.items())
    head = f'owner = "{OWNER}"\ntimezone = "America/New_York"\n[source]\ntype = "csv"\npath = "x.csv"\n'
    return parse_settings(f'{head}[target]\ntype = "caldav"\n{lines}\n')


def test_calendars_are_found_from_the_servers_address(server: Server, url: str, tmp_path: Path) -> None:
    found = list_calendars(settings_for(server.root), outside_for(tmp_path))
    assert CalendarInfo(url.rstrip("/").rpartition("/")[2], url) in found


def test_a_calendar_is_found_by_its_exact_name(server: Server, url: str, tmp_path: Path) -> None:
    name = url.rstrip("/").rpartition("/")[2]
    target = open_target(settings_for(server.root, calendar=name), outside_for(tmp_path))
    assert target.identity == url
    with pytest.raises(ConfigError, match=f"no calendar called '{name.upper()}'; found: .*'{name}'"):
        open_target(settings_for(server.root, calendar=name.upper()), outside_for(tmp_path))


def test_a_new_calendar_has_the_address_the_server_gave_it(server: Server, tmp_path: Path) -> None:
    made = make_calendar(settings_for(server.root), outside_for(tmp_path), "Follow-ups")
    assert made.name == "Follow-ups" or server.kind == "xandikos"
    new = open_target(settings_for(made.url), outside_for(tmp_path))
    assert new.observe({}).events == {}
    assert server.send("DELETE", made.url.removeprefix(server.root)).status in (200, 204)


def test_probe_leaves_nothing_behind(target: CaldavServer, server: Server, url: str) -> None:
    findings = target.probe()
    assert [finding.name for finding in findings if not finding.good] == (["at_once"] * (server.kind == "xandikos"))
    tried = {"writes", "keeps", "etag", "create_guard", "update_guard", "delete_guard"}
    assert tried | {"silence", "renewal", "at_once", "deletes"} == {f.name for f in findings}
    listing = server.send("PROPFIND", url.removeprefix(server.root), Depth="1")
    assert b".ics" not in listing.body
