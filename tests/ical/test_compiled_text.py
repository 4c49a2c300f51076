"""The compiled text is icalendar's own: folding, and every value, to the byte."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Event, vDatetime, vText
from icalendar.parser import Contentline

from connectors.ical.compiled_text import CompiledText, encode_moment, encode_text, fold

LINES = st.text(st.sampled_from("ab \\^;,é☕🙂\u0301"), min_size=1, max_size=400)


@settings(max_examples=300)
@given(LINES)
def test_lines_are_folded_as_icalendar_folds(text: str) -> None:
    assert fold(text.encode()) == Contentline(text).to_ical()


@settings(max_examples=200)
@given(LINES, st.integers(1, 64))
def test_what_stands_before_a_text_takes_of_its_room(text: str, octets: int) -> None:
    before = "A" * octets
    assert before.encode() + fold(text.encode(), 74 - octets) == Contentline(before + text).to_ical()


@settings(max_examples=200)
@given(st.text(max_size=60) | st.text(st.sampled_from("\\nN;,\r\n:"), max_size=20))
def test_text_is_escaped_as_icalendar_escapes(text: str) -> None:
    assert encode_text(text) == vText(text).to_ical()


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "UTC"])
def test_equal_instants_in_two_zones_keep_their_own_wall_clock(zone: str) -> None:
    instant = datetime(2027, 1, 18, 14, tzinfo=UTC)
    moment = instant if zone == "UTC" else instant.astimezone(ZoneInfo(zone))
    assert encode_moment(moment) == vDatetime(moment).to_ical()


def test_a_template_writes_what_the_component_would() -> None:
    def component(summary: str) -> Event:
        event = Event()
        event.add("SUMMARY", summary)
        event.add("X-FIXED", "100 % sure")
        return event

    slot = ("VEVENT", "SUMMARY")
    template = CompiledText(component("first"), slots={slot: ("title", encode_text)}, values={"title": "first"})
    assert template.write({"title": "50 %, or more"}) == component("50 %, or more").to_ical()


def test_a_slot_that_icalendar_encodes_differently_is_refused() -> None:
    event = Event()
    event.add("SUMMARY", "a;b")
    slot = ("VEVENT", "SUMMARY")
    with pytest.raises(AssertionError):
        CompiledText(event, slots={slot: ("title", str.encode)}, values={"title": "a;b"})
