"""The configuration: `followup.toml` parsed once into frozen values.

`parse_settings` takes text, so that it reads no file and no environment. Every mistake becomes one sentence that names
the key, what is wrong with it and the nearest right key. Secrets never stand in the file.
With `hosted=True` commands, variables and local paths are refused: then the text comes from somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from sync import toml
from sync.errors import ConfigError
from sync.models import Stage
from sync.moments import zone_names
from sync.safe_text import LEAVE_LOGINS_OUT, holds_login
from sync.wrong_settings import Location, sentences

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_PAUSE = timedelta(days=366)
DEFAULT_OWNER = "followup"
"""Enough for one feed on one machine; a CalDAV calendar needs an owner of its own, written by `init`."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Hours(BaseModel):
    """A daily window of wall-clock time, start included, end excluded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: time
    end: time


def _parse_hours(value: object) -> object:
    if isinstance(value, Hours):
        return value
    text = value.strip() if isinstance(value, str) else ""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)", text)
    if not match:
        raise ValueError('should look like "09:00-17:30"')
    start, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if start >= end:
        raise ValueError("should begin before it ends")
    return Hours(start=start, end=end)


def check_zone(name: str) -> str:
    """The name of a time zone that exists. Raises `ValueError` with the nearest one."""
    if name not in zone_names():
        near = get_close_matches(name, sorted(zone_names()), 1, 0.5)
        raise ValueError(f"{name[:80]!r} is no time zone" + (f"; did you mean {near[0]!r}?" if near else ""))
    return name


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


HoursField = Annotated[Hours, BeforeValidator(_parse_hours)]
ZoneName = Annotated[str, AfterValidator(check_zone)]
Strings = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class Section(BaseModel):
    """A table of the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _no_login_in_addresses(cls, value: Any) -> Any:
        """Said without the address, since it is a secret that would be said with it."""
        for key, given in value.items() if isinstance(value, dict) else ():
            if isinstance(given, str) and "://" in given and holds_login(given):
                raise ValueError(f"{key!r} holds a name or a password before its host; {LEAVE_LOGINS_OUT}")
        return value


class SourceSettings(Section):
    """Where the leads are. `columns` and `statuses` always win over the guess."""

    type: Literal["csv", "excel", "google_sheet"]
    path: str = ""
    tab: str | int = ""
    sheet: str = ""
    credentials: str = ""
    skip_hidden: bool = False
    api_root: str = ""
    mapping: str = "auto"
    date_order: Literal["auto", "ymd", "dmy", "mdy"] = "auto"
    year: int | None = Field(default=None, ge=1980, le=2099)
    columns: Mapping[str, str] = Field(default_factory=dict)
    not_read: tuple[str, ...] = ()
    """Headers of columns of which somebody said that they are of no use: not read, and not asked about again."""
    statuses: Mapping[str, Stage] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> SourceSettings:
        if self.type == "google_sheet":
            if not self.sheet:
                raise ValueError('needs "sheet", the address of the Google Sheet')
        elif not self.path:
            raise ValueError(f'needs "path", the {self.type} file')
        return self

    @field_validator("api_root")
    @classmethod
    def _loopback(cls, value: str) -> str:
        return _loopback_only(value)


class TargetSettings(Section):
    """The calendar to write into, and how its events look."""

    type: Literal["ics", "caldav", "google_calendar"]
    path: str = ""
    url: str = ""
    calendar: str = ""
    user: str = ""
    password_command: tuple[str, ...] = ()
    password_env: str = ""
    password_file: str = ""
    credentials: str = ""
    ca_file: str = ""
    """The file of an authority of one's own, which the calendar's certificate is checked by."""
    details: Literal["full", "short", "none"] = "full"
    name: str = "Follow-ups"
    cancelled_days: int = Field(default=0, ge=0, le=365)
    profile: str = "auto"
    alarm_minutes: int | Literal["none"] = 0
    style: Literal["timed", "all-day"] = "timed"
    heartbeat_days: int = Field(default=4, ge=0, le=60)
    interviews: bool = False
    """Whether interviews themselves stand in the calendar, too."""
    drafts: bool = True
    """Whether events carry the message itself, ready to be sent."""
    api_root: str = ""

    @model_validator(mode="before")
    @classmethod
    def _no_password(cls, value: Any) -> Any:
        if isinstance(value, dict) and "password" in value:
            raise ValueError(
                "a password does not belong into the file; run `followup password`, or set password_command or"
                " password_env"
            )
        return value

    @model_validator(mode="after")
    def _complete(self) -> TargetSettings:
        if self.type == "ics" and not self.path:
            raise ValueError('needs "path", the .ics file to write')
        if self.type == "google_calendar" and not self.calendar:
            raise ValueError('needs "calendar", the id of the Google calendar; `followup init` makes one')
        if self.type == "caldav" and not self.url:
            raise ValueError('needs "url", the address of the calendar or of its server')
        if self.type == "caldav" and not re.match(
            r"https://|http://(127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/]", self.url
        ):
            raise ValueError(f'"url" should begin with https:// (got {self.url[:80]!r})')
        return self

    @field_validator("api_root")
    @classmethod
    def _loopback(cls, value: str) -> str:
        return _loopback_only(value)

    @field_validator("alarm_minutes")
    @classmethod
    def _bounded_alarm(cls, value: int | str) -> int | str:
        if isinstance(value, int) and not 0 <= value <= 40320:
            raise ValueError('should be "none" or 0 to 40320 minutes (four weeks)')
        return value


def _loopback_only(value: str) -> str:
    if value and not re.match(r"https?://(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(/|$)", value):
        raise ValueError("may only name a loopback address; it is meant for tests")
    return value


class MeSettings(Section):
    """Who the seeker is, for the drafts of messages. All of it may be left out; what is empty leaves its sentence out.

    `line` says in a few words what they do: "data analyst, five years in retail".
    """

    name: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=40)
    line: str = Field(default="", max_length=120)
    greeting: Literal["full", "first"] = "full"
    """Whether a draft greets by the whole name or by the first name."""


class RuleNumbers(Section):
    """The numbers of one rule that the user set; None keeps what the rule says."""

    hours: int | None = Field(default=None, ge=0, le=24 * 366)
    days: int | None = Field(default=None, ge=0, le=366)
    business_days: int | None = Field(default=None, ge=0, le=366)
    minutes: int | None = Field(default=None, ge=0, le=7 * 24 * 60)
    intervals: tuple[Annotated[int, Field(ge=1, le=366)], ...] | None = None
    cap: int | None = Field(default=None, ge=1, le=20)
    at: time | None = None
    weekday: Weekday | None = None
    each: bool | None = None


class RulesSettings(Section):
    """Switches and numbers of single rules, by id."""

    disable: tuple[str, ...] = ()
    enable: tuple[str, ...] = ()
    numbers: Mapping[str, RuleNumbers] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_numbers(cls, value: Any) -> Any:
        """Tables named after rules stand beside the two switches in the file; keep them under `numbers`."""
        if not isinstance(value, dict):
            return value
        switches = {key: item for key, item in value.items() if key in ("disable", "enable")}
        numbers = {key: item for key, item in value.items() if key not in switches}
        for key in numbers:
            if not re.fullmatch(r"R-\d{3}-\d{1,2}", key):
                raise ValueError(f'{key[:80]!r} is neither "disable", "enable" nor a rule id such as "R-001-1"')
        return {**switches, "numbers": numbers}


class Limits(Section):
    """What one run may do at most."""

    max_delete_percent: int = Field(default=30, ge=0, le=100)
    max_delete_floor: int = Field(default=10, ge=0)
    daily_touches: int = Field(default=8, ge=0)
    run_seconds: int = Field(default=300, ge=1, le=3600)


class StateSettings(Section):
    """How and where the state is kept; no path means the platform's state folder."""

    type: Literal["sqlite"] = "sqlite"
    path: str = ""


class WriteBack(Section):
    """Columns of the sheet that followup may write into, by what is written. Off unless present."""

    next_follow_up: str = ""
    last_done: str = ""
    snoozed_to: str = ""
    what_next: str = ""

    @model_validator(mode="after")
    def _named(self) -> WriteBack:
        known = ", ".join(type(self).model_fields)
        if not self.columns:
            raise ValueError(f"names no column; say which one to fill: {known}")
        if len(set(self.columns.values())) < len(self.columns):
            raise ValueError("fills one column twice; name a column of its own for each")
        return self

    @property
    def columns(self) -> Mapping[str, str]:
        """What is written, and the header of its column."""
        return {name: header for name in type(self).model_fields if (header := getattr(self, name))}


class Pause(Section):
    """Days, both included, on which nothing new is to begin."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    reason: str = Field(default="", max_length=80)

    def holds(self, day: date) -> bool:
        """Whether this day lies in it."""
        return self.first <= day <= self.last

    @model_validator(mode="after")
    def _in_order(self) -> Pause:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}; put the earlier day into from")
        if self.last - self.first > LONGEST_PAUSE:
            raise ValueError("is longer than a year; put the leads on hold in the sheet instead")
        return self


class Settings(Section):
    """One seeker's configuration, complete and checked."""

    owner: str = Field(default=DEFAULT_OWNER, pattern=r"^[a-z0-9]{4,24}$")
    timezone: ZoneName
    holidays: Strings = ()
    extra_holidays: tuple[date, ...] = ()
    pause: tuple[Pause, ...] = ()
    work_hours: HoursField = Hours(start=time(9), end=time(17, 30))
    message_hours: HoursField = Hours(start=time(9), end=time(20))
    workdays: tuple[Weekday, ...] = Field(default=("mon", "tue", "wed", "thu", "fri"), min_length=1)
    language: str = "en"
    wording: str = ""
    ahead_days: Annotated[int, Field(ge=0, le=3660)] | Literal["all"] = 21
    ignore_before: date | None = None
    me: MeSettings = MeSettings()
    source: SourceSettings
    target: TargetSettings
    rules: RulesSettings = RulesSettings()
    limits: Limits = Limits()
    state: StateSettings = StateSettings()
    write_back: WriteBack | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        if self.target.type in ("caldav", "google_calendar") and self.owner == DEFAULT_OWNER:
            raise ValueError('"owner" is required for a calendar: 4 to 24 letters a-z and digits, yours alone')
        pauses = sorted(self.pause, key=lambda pause: pause.first)
        for one, other in pairwise(pauses):
            if other.first <= one.last:
                raise ValueError(
                    f"two pauses overlap, {one.first} to {one.last} and {other.first} to {other.last}; make one of them"
                )
        if self.write_back:
            for field, header in self.source.columns.items():
                if header in self.write_back.columns.values():
                    raise ValueError(
                        f'[write_back] would write into "{header}", which is read as {field}; name a column of its own,'
                        f" or take {field} out of [source.columns]"
                    )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The seeker's zone."""
        return ZoneInfo(self.timezone)


def parse_settings(text: str, *, name: str = "followup.toml", hosted: bool = False) -> Settings:
    """The settings in this text. Raises `ConfigError` with one sentence per mistake, each naming key and cure.

    With `hosted` the text is a stranger's: commands, variables and files of this machine are refused. Bare names stay
    as paths of source and target; they name what the host keeps for this profile, and are never opened as files.
    """
    try:
        document = toml.loads(text)
    except toml.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not valid TOML: {error}") from None
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise ConfigError(f"{name}: " + "; ".join(sentences(error, keys_beside=_keys_beside))) from None
    if hosted:
        _refuse_local(settings, name)
    return settings


_BARE = re.compile(r"(?!\.)[^/\\:~\x00-\x1f]{0,200}")
"""A name without a folder, a drive or a home."""


def _refuse_local(settings: Settings, name: str) -> None:
    local = {
        "source.path": not _BARE.fullmatch(settings.source.path),
        "source.credentials": settings.source.credentials,
        "source.api_root": settings.source.api_root,
        "target.api_root": settings.target.api_root,
        "target.path": not _BARE.fullmatch(settings.target.path),
        "target.password_command": settings.target.password_command,
        "target.password_file": settings.target.password_file,
        "target.credentials": settings.target.credentials,
        "target.ca_file": settings.target.ca_file,
        "state.path": settings.state.path,
        "wording": settings.wording,
        "target.password_env": settings.target.password_env,
    }
    for key, value in local.items():
        if value:
            raise ConfigError(f"{name}: {key} names a local file, command or variable, which is refused here")
    if settings.target.type == "caldav" and settings.target.calendar:
        raise ConfigError(f"{name}: here target.url is the calendar's own address; take target.calendar out")
    if settings.source.mapping not in ("", "auto") and re.search(r"[/\\.]", settings.source.mapping):
        raise ConfigError(f"{name}: source.mapping names a local file, which is refused here")


_SECTIONS: Mapping[str, type[BaseModel]] = {
    "me": MeSettings,
    "pause": Pause,
    "source": SourceSettings,
    "target": TargetSettings,
    "limits": Limits,
    "state": StateSettings,
    "write_back": WriteBack,
}


def _keys_beside(location: Location) -> list[str]:
    """The keys that are known where this one stands."""
    if len(location) == 1:
        return list(Settings.model_fields)
    if location[0] == "rules":
        return list(RuleNumbers.model_fields)
    section = _SECTIONS.get(str(location[0]))
    return list(section.model_fields) if section else []
