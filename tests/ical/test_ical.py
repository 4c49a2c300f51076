"""Events survive the way into iCalendar text and back; what others wrote into that text survives ours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from msgspec.structs import replace
from target_contract import NEW_YORK, NOW, make_event, make_stamp

from connectors.ical.feed import parse_block, serialise_block
from connectors.ical.reading import UnreadableEvent, parse, says_the_same
from connectors.ical.writing import Dialect, serialise, serialise_new, snapshot_of
from sync.models import Event
from sync.reconcile.marker_lines import our_part, tidy_line, user_part

TEXT = st.text(max_size=80) | st.sampled_from(
    ["", "a;b,c\\n\\N", "^n ^^", "BEGIN:VEVENT\nUID:evil", "\x07\r\nx", "🙂" * 20]
)
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
WALLS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)).map(lambda wall: wall.replace(second=0, microsecond=0))


@st.composite
def events(draw: st.DrawFn) -> Event:
    zone = draw(ZONES)
    wall = draw(WALLS)
    start = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
    length = timedelta(minutes=draw(st.integers(15, 600)))
    whole_day = draw(st.booleans())
    return make_event(
        start=wall.date() if whole_day else start,
        end=wall.date() + timedelta(days=1) if whole_day else (start.astimezone(UTC) + length).astimezone(start.tzinfo),
        zone=zone,
        summary=draw(TEXT),
        description=draw(TEXT),
        categories=tuple(draw(st.lists(st.text(max_size=10), max_size=3))),
        tentative=draw(st.booleans()),
        alarm=draw(st.none() | st.integers(-1000, 1000).map(lambda minutes: timedelta(minutes=minutes))),
        row=draw(TEXT),
    )


@settings(max_examples=100, deadline=None)
@given(events())
def test_what_is_written_is_read(event: Event) -> None:
    raw = serialise(event, make_stamp(3))
    assert serialise(event, make_stamp(3)) == raw
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert not any(octet < 32 and octet not in (9, 10, 13) for octet in raw)
    snapshot = parse(raw.decode(), event.uid)
    assert (snapshot.start, snapshot.end) == (_utc(event.start), _utc(event.end))
    assert type(snapshot.start) is type(event.start)
    assert snapshot.summary == (_written(event.summary) or "Follow-up")
    assert snapshot.status == ("TENTATIVE" if event.tentative else "CONFIRMED")
    assert set(snapshot.categories) == {_written(name) for name in event.categories} - {""}
    assert snapshot.our_alarm == event.alarm
    assert snapshot.sequence == 3
    assert user_part(snapshot.description) == ""
    assert parse_block(serialise_block(event, make_stamp(3)).decode(), event.uid) == snapshot
    assert snapshot_of(event, make_stamp(3)) == snapshot


@settings(max_examples=100, deadline=None)
@given(events(), st.sampled_from([Dialect(), Dialect(none_alarm=True), Dialect(utc=True)]))
def test_compiled_text_is_icalendars_own_to_the_byte(event: Event, dialect: Dialect) -> None:
    raw = serialise(event, make_stamp(3), dialect=dialect)
    assert Calendar.from_ical(raw).to_ical() == raw
    assert serialise(event, make_stamp(3), base=raw.decode(), dialect=dialect) == raw, "filled in place by icalendar"
    assert parse(raw.decode(), event.uid) == snapshot_of(event, make_stamp(3), dialect=dialect)
    assert serialise_new(event, make_stamp(3), dialect=dialect) == (raw, parse(raw.decode(), event.uid))


def _written(text: str) -> str:
    return tidy_line(text).replace("\\N", "\\n")


def _utc(moment: object) -> object:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def edited(event: Event, *lines: str, drop: str = "\0") -> str:
    """The event's text after somebody's client added lines to it."""
    text = serialise(event, make_stamp()).decode()
    kept = [line for line in text.split("\r\n") if not line.startswith(drop)]
    at = kept.index("BEGIN:VALARM") if "BEGIN:VALARM" in kept else kept.index("END:VEVENT")
    return "\r\n".join([*kept[:at], *lines, *kept[at:]])


FOREIGN_ALARM = ("BEGIN:VALARM", "ACTION:AUDIO", "UID:theirs", "TRIGGER:-PT1H", "X-MINE:1", "END:VALARM")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",), id="a client's mark"),
        pytest.param(("X-MOZ-LASTACK:20270101T000000Z",), id="Thunderbird's dismissal"),
        pytest.param(("RELATED-TO:other",), id="a relation"),
        pytest.param(("LOCATION:Cafe",), id="a place the user added"),
        pytest.param(FOREIGN_ALARM, id="the user's own alarm"),
        pytest.param(("STATUS:COMPLETED",), id="a status we never write"),
        pytest.param(("COLOR:red", "COMMENT:hello"), id="a colour and a comment"),
        pytest.param(("TRANSP:OPAQUE",), id="a time the user keeps free for it"),
        pytest.param(("CLASS:PUBLIC",), id="an event the user lets others see"),
    ],
)
def test_what_others_added_stays(lines: tuple[str, ...]) -> None:
    event = make_event()
    base = edited(event, *lines, drop=lines[0].partition(":")[0] + ":" if lines != FOREIGN_ALARM else "\0")
    moved = replace(event, start=event.start + timedelta(days=1), end=event.end + timedelta(days=1), summary="New")
    written = serialise(moved, make_stamp(1), base=base).decode()
    for line in lines:
        assert line in written
    assert parse(written, event.uid).summary == "New"
    assert parse(written, event.uid).start == moved.start
    assert parse(written, event.uid).our_alarm == event.alarm
    assert written.count("BEGIN:VALARM") == 1 + (lines == FOREIGN_ALARM)


def test_own_lines_in_the_description_stay_and_ours_are_replaced() -> None:
    event = make_event(description="first advice")
    base = serialise(event, make_stamp()).decode().replace("below this line ---", "below this line ---\\nmine")
    snapshot = parse(base, event.uid)
    assert user_part(snapshot.description) == "mine"
    written = parse(serialise(replace(event, description="second"), make_stamp(1), base=base).decode(), event.uid)
    assert (our_part(written.description), user_part(written.description)) == ("second", "mine")


def test_a_dismissed_alarm_stays_dismissed_unless_its_time_changes() -> None:
    event = make_event()
    base = (
        serialise(event, make_stamp())
        .decode()
        .replace("ACTION:DISPLAY", "ACTION:DISPLAY\r\nACKNOWLEDGED:20270118T120000Z")
    )
    assert "ACKNOWLEDGED" in serialise(replace(event, summary="x"), make_stamp(1), base=base).decode()
    later = serialise(replace(event, alarm=timedelta(hours=1)), make_stamp(1), base=base).decode()
    assert "ACKNOWLEDGED" not in later
    assert parse(later, event.uid).our_alarm == timedelta(hours=1)


def test_an_alarm_that_a_client_added_without_a_uid_outlives_ours() -> None:
    event = make_event()
    theirs = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT37M", "DESCRIPTION:Leave now", "END:VALARM")
    there = edited(event, *theirs)
    for revision, title in enumerate(("x done", "Closed: x done"), 1):
        there = serialise(replace(event, summary=title, alarm=None), make_stamp(revision), base=there).decode()
        assert (there.count("BEGIN:VALARM"), "TRIGGER:-PT37M" in there) == (1, True), "only ours is off"
        assert parse(there, event.uid).our_alarm is None, "and theirs is not taken for it"
    there = serialise(event, make_stamp(3), base=there).decode()
    assert (there.count("BEGIN:VALARM"), parse(there, event.uid).our_alarm) == (2, event.alarm)


@pytest.mark.parametrize(
    ("lines", "additions"),
    [
        ((), ()),
        (("LOCATION:Cafe Kern",), ("LOCATION:Cafe Kern",)),
        (("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT37M", "END:VALARM"), ("VALARM:0:37:00",)),
        (("BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT15M", "X-APPLE-DEFAULT-ALARM:TRUE", "END:VALARM"), ()),
        (("BEGIN:VALARM", "ACTION:NONE", "TRIGGER:-PT15M", "END:VALARM"), ()),
        (("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:PT5M", "RELATED-TO:x-alarm", "END:VALARM"), ()),
    ],
    ids=["ours alone", "a place", "an alarm", "a client's default alarm", "a silent alarm", "our alarm snoozed"],
)
def test_what_people_put_into_an_event_is_told_from_what_their_clients_do(
    lines: tuple[str, ...], additions: tuple[str, ...]
) -> None:
    event = make_event()
    assert parse(edited(event, *lines), event.uid).additions == additions


def test_our_alarm_is_known_again_where_a_server_drops_uids_of_alarms() -> None:
    event = make_event()
    bare = re.sub(r"UID:[^\r\n]*-alarm\r\n", "", serialise(event, make_stamp()).decode())
    ticked = bare.replace(f"SUMMARY:{event.summary}", f"SUMMARY:x {event.summary}")
    for there in (bare, ticked, bare.replace(f"DESCRIPTION:{event.summary}", "DESCRIPTION:This is an event reminder")):
        assert parse(there, event.uid).our_alarm == event.alarm
        assert "VALARM" not in serialise(replace(event, alarm=None), make_stamp(1), base=there).decode()


def test_no_alarm_is_written_out_where_silence_rings() -> None:
    event = make_event(alarm=None)
    assert b"VALARM" not in serialise(event, make_stamp())
    raw = serialise(event, make_stamp(), dialect=Dialect(none_alarm=True))
    assert b"ACTION:NONE" in raw
    assert parse(raw.decode(), event.uid).our_alarm is None
    assert serialise(event, make_stamp(), base=raw.decode(), dialect=Dialect(none_alarm=True)) == raw


def test_text_of_any_length_stays_small() -> None:
    raw = serialise(
        make_event(summary="🙂" * 9000, description="word " * 90_000, url="https://x/" + "a" * 9000), make_stamp()
    )
    assert len(raw) < 12_000
    assert parse(raw.decode()).summary.endswith("🙂…")


def test_utc_where_a_server_loses_zones() -> None:
    raw = serialise(make_event(), make_stamp(), dialect=Dialect(utc=True))
    assert b"DTSTART:20270118T140000Z" in raw
    assert b"VTIMEZONE" not in raw


def test_nobody_is_invited_and_nothing_repeats() -> None:
    raw = serialise(make_event(), make_stamp())
    assert not {b"ATTENDEE", b"ORGANIZER", b"RRULE", b"METHOD", b"DURATION"} & {
        line.partition(b":")[0].partition(b";")[0] for line in raw.split(b"\r\n")
    }
    for line in (
        b"TRANSP:TRANSPARENT",
        b"CLASS:PRIVATE",
        b"X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        b"DTSTAMP:20270111T140000Z",
    ):
        assert line in raw.split(b"\r\n")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        pytest.param(("RRULE:FREQ=DAILY",), "recurring", id="made recurring"),
        pytest.param(("RDATE:20270201T100000Z",), "recurring", id="a second date"),
        pytest.param(("ATTENDEE:mailto:x@example.org",), "invited", id="somebody invited"),
        pytest.param(("ORGANIZER:mailto:x@example.org",), "invited", id="an organiser"),
        pytest.param(
            ("END:VEVENT", "BEGIN:VEVENT", "UID:x", "RECURRENCE-ID:20270118T140000Z"), "recurring", id="override"
        ),
    ],
)
def test_hands_off(lines: tuple[str, ...], reason: str) -> None:
    event = make_event(alarm=None)
    assert reason in parse(edited(event, *lines), event.uid).hands_off


@pytest.mark.parametrize(
    ("changed", "start"),
    [
        pytest.param("DTSTART;VALUE=DATE:20270119", date(2027, 1, 19), id="made all-day"),
        pytest.param("DTSTART:20270119T150000Z", datetime(2027, 1, 19, 15, tzinfo=UTC), id="in UTC"),
        pytest.param(
            "DTSTART;TZID=Eastern Standard Time:20270119T100000", datetime(2027, 1, 19, 15, tzinfo=UTC), id="Windows"
        ),
        pytest.param(
            "DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20270119T100000",
            datetime(2027, 1, 19, 10, tzinfo=NEW_YORK),
            id="Evolution's zone name",
        ),
    ],
)
def test_times_as_clients_write_them(changed: str, start: object) -> None:
    event = make_event()
    raw = edited(event, changed, drop="DTSTART;TZID=America/New_York")
    assert parse(raw.replace(changed, changed.replace("\r\n", "")), event.uid).start == start


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("<html>please log in</html>", id="a login page"),
        pytest.param("", id="nothing"),
        pytest.param("BEGIN:VCALENDAR\r\n" + "X" * 1_000_000, id="too large"),
        pytest.param("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n", id="cut off"),
        pytest.param("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", id="no event"),
        pytest.param(edited(make_event(), "DTSTART:yesterday", drop="DTSTART;TZID"), id="no date"),
        pytest.param(edited(make_event(), "DTSTART:20270119T100000", drop="DTSTART;TZID"), id="floating"),
        pytest.param(
            edited(make_event(), "DTSTART;TZID=Nowhere:20270119T100000", drop="DTSTART;TZID"), id="unknown zone"
        ),
        pytest.param(edited(make_event(), drop="DTSTART;TZID"), id="no start"),
        pytest.param(edited(make_event(), "DTEND:soon", drop="DTEND"), id="broken end"),
    ],
)
def test_unreadable_is_never_taken_for_changed(raw: str) -> None:
    with pytest.raises(UnreadableEvent):
        parse(raw, make_event().uid)


def test_a_zone_defined_by_one_object_means_nothing_in_another() -> None:
    def raw(offset: str) -> str:
        zone = (
            "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
            f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        )
        text = edited(make_event(), "DTSTART;TZID=Customized Time Zone:20270119T100000", drop="DTSTART;TZID")
        return text.replace("BEGIN:VTIMEZONE", zone + "BEGIN:VTIMEZONE", 1) if offset else text

    uid = make_event().uid
    assert parse(raw("+0500"), uid).start == datetime(2027, 1, 19, 5, tzinfo=UTC)
    assert parse(raw("-0300"), uid).start == datetime(2027, 1, 19, 13, tzinfo=UTC)
    with pytest.raises(UnreadableEvent, match="time zone"):
        parse(raw(""), uid)


SENT = serialise(make_event(alarm=timedelta(0)), make_stamp()).decode()


@pytest.mark.parametrize(
    ("came_back", "same"),
    [
        pytest.param(SENT, True, id="as it was sent"),
        pytest.param(re.sub(r"\r\n ", "", SENT), True, id="unfolded"),
        pytest.param(re.sub(r"(UID:fu-[^\r]*\r\n)(.*?)(END:VEVENT)", r"\2\1\3", SENT, count=1, flags=re.DOTALL), True,
                     id="in another order"),
        pytest.param(SENT.replace("TRIGGER:P0D", "TRIGGER:PT0S"), True, id="no time at all, written differently"),
        pytest.param(SENT.replace("SUMMARY:", "SUMMARY:✓ ", 1), False, id="ticked"),
        pytest.param(SENT.replace("TRIGGER:P0D", "TRIGGER:-PT15M"), False, id="another alarm"),
        pytest.param(re.sub(r"BEGIN:VALARM.*END:VALARM\r\n", "", SENT, flags=re.DOTALL), False, id="without its alarm"),
        pytest.param(re.sub(r"(TRIGGER:P0D\r\n)(.*END:VALARM\r\n)", r"\2\1", SENT, flags=re.DOTALL), False,
                     id="a line in another component"),
        pytest.param(SENT.replace("END:VEVENT", "RRULE:FREQ=DAILY\r\nEND:VEVENT"), False, id="a line more"),
        pytest.param("", False, id="nothing"),
        pytest.param("END:VCALENDAR\r\nBEGIN:VEVENT", False, id="no calendar at all"),
    ],
)  # fmt: skip
def test_order_and_folding_say_nothing(came_back: str, same: bool, request: pytest.FixtureRequest) -> None:
    assert says_the_same(SENT, came_back) is same
    assert (came_back == SENT) is (request.node.callspec.id == "as it was sent")


@given(st.randoms())
def test_what_says_the_same_is_read_alike(shuffle: Random) -> None:
    event = component_lines(SENT)
    shuffle.shuffle(event)
    other = SENT[: SENT.index("BEGIN:VEVENT")] + "BEGIN:VEVENT\r\n" + "".join(event) + "END:VEVENT\r\nEND:VCALENDAR\r\n"
    assert says_the_same(SENT, other)
    assert parse(other) == parse(SENT)


def component_lines(text: str) -> list[str]:
    """The lines of the event, unfolded, with its alarm as one."""
    whole = re.sub(r"\r\n ", "", text)
    inside = whole[whole.index("BEGIN:VEVENT\r\n") + 14 : whole.index("END:VEVENT")]
    return re.findall(r"BEGIN:VALARM.*?END:VALARM\r\n|[^\r]*\r\n", inside, re.DOTALL)


@pytest.mark.parametrize(
    ("start", "end", "instant"),
    [
        pytest.param("DTSTART:20270119T100000", "DTEND:20270119T101500", "2027-01-19T15:00+00:00", id="winter"),
        pytest.param("DTSTART:20270719T100000", "DTEND:20270719T101500", "2027-07-19T14:00+00:00", id="summer"),
        pytest.param("DTSTART:20270314T023000", "DTEND:20270314T024500", "2027-03-14T07:30+00:00", id="in the gap"),
    ],
)
def test_a_time_without_a_zone_is_one_of_the_seekers_day(start: str, end: str, instant: str) -> None:
    """calcurse and others write a move like that; read as nothing, the move was lost in silence."""
    event = make_event()
    raw = edited(event, f"{start}\r\n{end}", drop="DTSTART;TZID=America/New_York")
    raw = re.sub(r"DTEND;TZID[^\r]*\r\n", "", raw)
    found = parse(raw, event.uid, zone=ZoneInfo("America/New_York"))
    assert found.start == datetime.fromisoformat(instant)
    assert found.end - found.start == timedelta(minutes=15)


ODD_MOMENTS = [
    ":99991231T235959Z", ":00010101T000000Z", ";VALUE=DATE:99991231", ";VALUE=DATE:00010101", ":20270230T000000Z",
    ";TZID=Nowhere/Land:20270119T100000", ";TZID=America/New_York:00010101T000000", ":20270119T246060", ":", ":never",
    ";TZID=America/New_York:99991231T235959", ";VALUE=DATE:20270119", ":20270119T100000Z", ":20270119T100000",
    ";VALUE=PERIOD:20270119T100000Z/PT1H", ";VALUE=DATE:20270119,20270120",
]  # fmt: skip
ODD_LINES = [
    *(name + value for name in ("DTSTART", "DTEND", "LAST-MODIFIED", "DTSTAMP", "CREATED") for value in ODD_MOMENTS),
    *(f"DURATION:{text}" for text in ("P999999999D", "-P1D", "PT0S", "P", "PT99999999999999999S", "P99999999W", "x")),
    *(f"SEQUENCE:{text}" for text in ("2147483647", "99999999999999999999", "-1", "x", "", "1.5")),
    "TRIGGER:-P999999999D", "TRIGGER;RELATED=END:-PT1H", "TRIGGER;VALUE=DATE-TIME:00010101T000000Z", "TRIGGER:x",
    *(f"RRULE:{text}" for text in ("FREQ=NEVER", "FREQ=DAILY;UNTIL=x", "", "FREQ=DAILY;COUNT=-1")),
    "SUMMARY;LANGUAGE=:x", "STATUS:\ufeff", "STATUS;X=1;X=2:a", "CATEGORIES:", "URL:\\", "DESCRIPTION;ALTREP=\":x",
    "BEGIN:VALARM", "END:VALARM", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:X", "UID:other", "RECURRENCE-ID:x", ":", ";=:",
    "DTEND", "ATTENDEE:mailto:\x00", "RDATE:x",
]  # fmt: skip


@given(
    lines=st.lists(st.sampled_from(ODD_LINES), max_size=6), drop=st.sets(st.sampled_from(["DTSTART", "DTEND", "UID"]))
)
@example(["DTSTART:99991231T235959Z"], {"DTSTART"})
@example(["DTEND:99991231T235959Z"], {"DTEND"})
@example(["DTSTART;VALUE=DATE:00010101"], {"DTSTART"})
@example(["DURATION:P999999999D"], {"DTEND"})
@example(["SEQUENCE:2147483647"], set())
def test_whatever_a_server_took_is_read_or_named_and_can_be_written_over(lines: list[str], drop: set[str]) -> None:
    """One event of an odd program ended every run with a traceback: reading, the next marks and merging are total."""
    event = make_event()
    kept = [
        line
        for line in serialise(event, make_stamp()).decode().split("\r\n")
        if not line.startswith(tuple(drop) or ("\0",))
    ]
    place = kept.index("BEGIN:VALARM") if "BEGIN:VALARM" in kept else -3
    raw = "\r\n".join([*kept[:place], *lines, *kept[place:]])
    for zone in (None, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")):
        try:
            found = parse(raw, event.uid, zone=zone)
        except UnreadableEvent as error:
            assert str(error)
            continue
        assert 1899 <= found.start.year <= 2201
        stamp = make_stamp().renewed(NOW, over=found.sequence)
        assert stamp.sequence < 2**31
        again = parse(serialise(event, stamp, base=raw).decode(), event.uid, zone=zone)
        assert again.summary == event.summary
