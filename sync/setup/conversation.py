"""The whole conversation of `followup init`, from the sheet to the settings. Pure: what it may look at comes in.

At most ten questions, the login of an account aside: sheet (and tab), zone and holidays, calendar (and whether others
see it), what is not clear in the sheet, old rows, how one signs, the timer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from sync.config import WEEKDAYS, check_zone
from sync.errors import ConfigError, FollowupError, PrivateSheetError
from sync.models import Table
from sync.moments import zone_names
from sync.reading.headers import spoken_language
from sync.schedule.business_days import BusinessDays
from sync.setup.choosing import Accounts, Connection
from sync.setup.connecting import Wanted, connect
from sync.setup.google import offer_google_login
from sync.setup.google_calendars import keep_connected
from sync.setup.preview import OLD_AFTER_DAYS, count_old
from sync.setup.questions import Interview, pick
from sync.setup.settings_file import Setup
from sync.setup.sheets import Sheets, Understood
from sync.setup.understanding import understand
from sync.wording import shipped_languages

_COUNTRY_ZONES = {
    "Cuba": "America/Havana", "Egypt": "Africa/Cairo", "Eire": "Europe/Dublin", "GB": "Europe/London",
    "GB-Eire": "Europe/London", "Hongkong": "Asia/Hong_Kong", "Iceland": "Atlantic/Reykjavik", "Iran": "Asia/Tehran",
    "Israel": "Asia/Jerusalem", "Jamaica": "America/Jamaica", "Japan": "Asia/Tokyo", "Libya": "Africa/Tripoli",
    "NZ": "Pacific/Auckland", "PRC": "Asia/Shanghai", "Poland": "Europe/Warsaw", "Portugal": "Europe/Lisbon",
    "ROC": "Asia/Taipei", "ROK": "Asia/Seoul", "Singapore": "Asia/Singapore", "Turkey": "Europe/Istanbul",
}  # fmt: skip
"""Countries that the time zone database calls zones, each with the zone of its capital."""
TIMER = 1
ME = 1


class Options(Struct, frozen=True):
    """What was given on the command line."""

    source: str = ""
    tab: str = ""
    timezone: str = ""
    holidays: str = ""
    target: str = ""
    user: str = ""
    calendar: str = ""


class World(Accounts, Sheets, Protocol):
    """What setting up may look at."""

    @property
    def zone(self) -> str:
        """The zone this computer is set to: offered, never taken in silence."""

    @property
    def likely_sheet(self) -> str:
        """A sheet that lies in this folder."""

    def open_sheet(self, text: str, tab: str) -> tuple[Mapping[str, str], Table]:
        """The `[source]` keys for what somebody wrote, and the sheet. Raises what a run would."""


class Agreed(Struct, frozen=True):
    """What a conversation ended with."""

    setup: Setup
    understood: Understood
    table: Table
    connection: Connection


def converse(talk: Interview, world: World, options: Options, *, owner: str, language: str) -> Agreed:
    """From nothing to the settings."""
    question = talk.pose("sheet", proposal=world.likely_sheet)
    source, table = talk.ask(question, lambda text: _open(talk, world, text, options.tab), given=options.source)
    source, table = _choose_tab(talk, world, source, table, options)
    zone, holidays = _ask_zone(talk, world, options)
    connection = connect(talk, world, Wanted(options.target, options.user, options.calendar))
    setup = Setup(connection.owner or owner, zone, source, connection.target, holidays, language=language)
    setup, seen = understand(talk, world, setup, table, reserve=ME + TIMER)
    setup = _speak_as_sheet(talk, setup, seen)
    setup = _ask_old(talk, world, setup, seen)
    return Agreed(_ask_me(talk, setup), seen, table, connection)


def _speak_as_sheet(talk: Interview, setup: Setup, seen: Understood) -> Setup:
    """The events in the language of the sheet's headers, if there are words in it: so are its people, it is likely."""
    language = spoken_language([column.header for column in seen.columns])
    if language == setup.language or language not in shipped_languages():
        return setup
    talk.say("language", language=language, other=setup.language)
    return replace(setup, language=language)


def _open(talk: Interview, world: World, text: str, tab: str) -> tuple[Mapping[str, str], Table]:
    """The sheet; whoever has no login for a private one is led to it."""
    try:
        return world.open_sheet(text, tab)
    except PrivateSheetError as error:
        if not talk.asks:
            raise
        talk.say("wrong", error=error)
        if not offer_google_login(talk, world, sheet=True):
            raise
    return world.open_sheet(text, tab)


def continue_with(talk: Interview, world: World, setup: Setup, table: Table) -> tuple[Setup, Understood]:
    """From settings that are there: only what is new in the sheet is asked, and where a lost calendar is."""
    setup = replace(setup, target=keep_connected(talk, world, setup.target))
    setup, seen = understand(talk, world, setup, table, reserve=TIMER)
    return (setup if setup.me or not talk.asks or "[me]" in setup.base else _ask_me(talk, setup)), seen


def _choose_tab(
    talk: Interview, world: World, source: Mapping[str, str], table: Table, options: Options
) -> tuple[Mapping[str, str], Table]:
    """One of several tabs; the one whose columns are understood best is proposed."""
    if len(table.tabs) < 2 or options.tab:
        return source, table
    text = source.get("path") or source["sheet"]
    best = max(table.tabs, key=lambda tab: (_known_columns(world, source, text, tab), -table.tabs.index(tab)))
    rows = [talk.phrase("pick_row", number=number, header=tab, cells="") for number, tab in enumerate(table.tabs, 1)]
    question = talk.pose("tab", proposal=best, above=(talk.phrase("tabs"), *rows))

    def take(answer: str) -> tuple[Mapping[str, str], Table]:
        chosen = pick(table.tabs, answer)
        if not chosen:
            raise ConfigError(f"{answer!r} is none of them")
        return world.open_sheet(text, chosen)

    return talk.ask(question, take)


def _known_columns(world: World, source: Mapping[str, str], text: str, tab: str) -> int:
    try:
        keys, table = world.open_sheet(text, tab)
        nowhere = Setup("init", "UTC", keys, {"type": "ics", "path": "followups.ics"})
        return len(world.understand(nowhere, table).leads.mapped)
    except FollowupError:
        return 0


def _ask_zone(talk: Interview, world: World, options: Options) -> tuple[str, str]:
    zone = world.zone
    country = holidays_of_zone(zone)
    question = talk.pose("zone", proposal=f"{zone} {country}".strip(), above=(talk.phrase("zone_hint"),))
    given = f"{options.timezone} {options.holidays or '-'}" if options.timezone else ""
    return talk.ask(question, lambda text: _take_zone(text, zone, country), given=given)


def _take_zone(text: str, zone: str, country: str) -> tuple[str, str]:
    """Zone and holidays out of `Europe/Berlin DE-BY`; what is not said stays as proposed, another zone has its own.

    A country that is the name of a zone too (`GB`, `Eire`) says whose holidays they are, beside a zone and alone.
    """
    words = [word for word in re.split(r"[\s,;]+", text.strip()) if word]
    zones = [word for word in words if _is_for_zone(word) and not _is_country(word)]
    zones = [word for word in zones if "/" in word] or zones
    chosen = ""
    for word in zones:
        try:
            chosen = check_zone(word)
        except ValueError as error:
            raise ConfigError(f"{error} (zones look like America/New_York)") from None
    codes = [_code_of(word) for word in words if word not in zones]
    if not chosen:
        own = next((_COUNTRY_ZONES[word] for word in words if _is_country(word)), "")
        chosen = own if own and holidays_of_zone(own) != country else check_zone(zone)
    if not codes:
        codes = [country if chosen == zone else holidays_of_zone(chosen)]
    code = "" if "-" in codes else codes[0]
    _check_holidays(code)
    return chosen, code


def _is_for_zone(word: str) -> bool:
    return word in zone_names() or "/" in word or not re.fullmatch(r"[A-Za-z]{2,3}(-\w{1,4})?|-", word)


def _is_country(word: str) -> bool:
    return word in _COUNTRY_ZONES


def _code_of(word: str) -> str:
    if _is_country(word):
        return holidays_of_zone(_COUNTRY_ZONES[word])
    return word if word == "-" else word.upper()


def _check_holidays(code: str) -> None:
    BusinessDays((code,) if code else (), extra=(), workdays=WEEKDAYS, year=2026, language="en")


def holidays_of_zone(zone: str) -> str:
    """The code of the public holidays of the country a zone lies in; empty where none are known."""
    for line in files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8").splitlines():
        country, _, rest = line.partition("\t")
        if not line.startswith("#") and rest.split("\t")[1] == zone:
            try:
                _check_holidays(country)
            except ConfigError:
                return ""
            return country
    return ""


def _ask_old(talk: Interview, world: World, setup: Setup, seen: Understood) -> Setup:
    """Whether rows without a date of the last months are left out, where there are some."""
    day: date = world.now.date() - timedelta(days=OLD_AFTER_DAYS)
    old = count_old(seen.leads.leads, day)
    if not old or not talk.room(ME + TIMER):
        return setup
    about = talk.phrase("old_about", count=old, all=len(seen.leads.leads), day=day)
    leave = talk.agree(talk.pose("old", proposal=talk.phrases.no[0], above=(about,)))
    return replace(setup, ignore_before=day) if leave else setup


def _ask_me(talk: Interview, setup: Setup) -> Setup:
    return replace(setup, me=talk.ask(talk.pose("me"), take_me))


def take_me(text: str) -> Mapping[str, str]:
    """Name, telephone and a line out of `Ann Lee; +1 555 0100; data analyst`, in any order but the name's."""
    parts: Sequence[str] = [part.strip() for part in text.split(";") if part.strip()]
    if not parts:
        return {}
    name, *rest = parts
    found = {"name": name}
    for part in rest:
        kind = "phone" if re.fullmatch(r"[+\d][\d\s()/.x-]{4,}", part) and "phone" not in found else "line"
        found[kind] = f"{found[kind]}; {part}" if kind in found else part
    limits = {"name": 80, "phone": 40, "line": 120}
    for kind, value in found.items():
        if len(value) > limits[kind]:
            raise ConfigError(f"{value!r} is too long ({limits[kind]} letters at most)")
    return found
