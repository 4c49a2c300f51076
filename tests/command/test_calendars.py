"""Calendars by name, number, mail address and address: understood, or refused with what is right."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.setup.calendars import in_words, list_services, recognise_calendar
from sync.setup.questions import load_phrases


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("1", "iCloud (Apple)"),
        (" iCloud ", "iCloud (Apple)"),
        ("APPLE", "iCloud (Apple)"),
        ("https://www.icloud.com/calendar/", "iCloud (Apple)"),
        ("ann@me.com", "iCloud (Apple)"),
        ("google", "Google Calendar"),
        ("https://calendar.google.com/calendar/u/0/r", "Google Calendar"),
        ("ann@gmail.com", "Google Calendar"),
        ("outlook", "Outlook, Microsoft 365, Exchange"),
        ("https://outlook.live.com/calendar/0/view/month", "Outlook, Microsoft 365, Exchange"),
        ("app.fastmail.com/calendar", "Fastmail"),
        ("https://cloud.example.org/index.php/apps/calendar/timeGridWeek/now", "Nextcloud"),
        ("https://calendar.zoho.eu/zc/nav", "Zoho"),
        ("follow ups.ics", "A file on this machine, to open or to subscribe to (.ics)"),
        ("https://dav.example.org/ann/", "Another calendar: its CalDAV address"),
    ],
)
def test_whatever_people_write_for_it(text: str, title: str) -> None:
    assert recognise_calendar(text).service.title == title


def test_an_address_says_what_is_known_already() -> None:
    assert recognise_calendar("ann@me.com").user == "ann@me.com"
    assert recognise_calendar("https://cloud.example.org/apps/calendar/").url == (
        "https://cloud.example.org/remote.php/dav/"
    )
    assert recognise_calendar("https://dav.example.org/ann/").url == "https://dav.example.org/ann/"
    assert recognise_calendar("https://calendar.zoho.eu/zc/nav").host == "calendar.zoho.eu"
    assert recognise_calendar("https://www.icloud.com/calendar/").url == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("webcal://p01.example.com/published/2/abc", "only be read"),
        ("https://calendar.google.com/calendar/ical/x/basic.ics", "only be read"),
        ("99", "a number of the list"),
        ("my calendar", "a number of the list"),
        ("ann@example.org", "is not known"),
    ],
)
def test_what_cannot_be_written_into_is_refused_with_what_can(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        recognise_calendar(text)


def test_addresses_are_made_of_host_and_user() -> None:
    services = list_services()
    assert services["nextcloud"].address(host="cloud.example.org") == "https://cloud.example.org/remote.php/dav/"
    assert services["nextcloud"].address(host="https://cloud.example.org/x") == (
        "https://cloud.example.org/remote.php/dav/"
    )
    assert services["synology"].address(host="nas.example:5001", user="ann") == "https://nas.example:5001/caldav/ann/"
    assert services["gmx"].address(user="a b@gmx.de") == "https://caldav.gmx.net/begenda/dav/a%20b@gmx.de/"
    assert services["radicale"].address(host="http://127.0.0.1:5232/ann/") == "http://127.0.0.1:5232/ann/"
    with pytest.raises(ConfigError, match="no address of a server"):
        services["nextcloud"].address(host="my cloud")


@pytest.mark.parametrize(("name", "service"), list_services().items())
def test_every_calendar_says_what_a_person_needs(name: str, service: object) -> None:
    entry = list_services()[name]
    if entry.feed:
        assert not entry.url
        return
    assert entry.url.startswith(("https://", "{host}"))
    assert entry.password
    assert entry.make
    assert bool(entry.host) == ("{host}" in entry.url)
    assert entry.user or name == "google"


def test_the_page_about_calendars_names_the_same_addresses() -> None:
    page = (Path(__file__).parents[2] / "docs" / "calendars.md").read_text("utf-8")
    for name, service in list_services().items():
        if service.url.startswith("https://") and name not in ("google", "nextcloud"):
            assert service.url in page, name


def test_a_german_is_told_of_every_calendar_in_german() -> None:
    """Every field that is a sentence is said anew; a name, and what is no sentence, stays."""
    said = load_phrases("de").calendars
    fields = ("host", "user", "password", "make", "cannot")
    for name, service in list_services().items():
        told = in_words(service, said)
        assert told.names == service.names
        for field in fields:
            english, german = getattr(service, field), getattr(told, field)
            assert bool(english) == bool(german), (name, field)
            assert not english or english != german, (name, field)
    assert said.keys() <= list_services().keys()


def test_a_german_names_a_calendar_as_the_list_does() -> None:
    assert recognise_calendar("Google Kalender").service is list_services()["google"]
    assert recognise_calendar("Synology Kalender").service is list_services()["synology"]


def test_the_german_dialogue_says_du() -> None:
    """As the events do; "Sie" is left to what is written to others."""
    text = files("mappings").joinpath("conversation.de.toml").read_text("utf-8")
    assert not re.findall(r".*\b(?:Sie|Ihnen|Ihr|Ihre[mnrs]?)\b.*", text)
