"""What a conversation may look at: this computer's zone, files, sheets, calendars (`sync.setup.conversation.World`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.cli.profiles import Profile, make_profile, read_sheet
from sync.errors import ConfigError, FollowupError
from sync.models import CalendarInfo, Observation, Stage, Table
from sync.setup.settings_file import Setup, write_settings
from sync.setup.sheets import Understood

if TYPE_CHECKING:
    from sync.run import Report
    from sync.setup.google import Granted

SHEETS = (".csv", ".xlsx", ".ods", ".tsv")
NOBODY = "init"
"""The owner of a look: no event is of this one."""


class Computer(Struct, frozen=True):
    """This computer, for settings that lie, or will lie, in the file `config`."""

    config: Path
    now: datetime

    @property
    def zone(self) -> str:
        """The zone this computer is set to, by its name in the IANA database: Windows has names of its own."""
        import logging
        import warnings

        from tzlocal import get_localzone_name

        logging.getLogger("tzlocal").addHandler(logging.NullHandler())  # what it says is for whoever set the zone
        with warnings.catch_warnings(action="ignore"):
            try:
                return get_localzone_name() or "UTC"
            except (LookupError, ValueError):  # a name that is none, or two settings that contradict each other
                return "UTC"

    @property
    def likely_sheet(self) -> str:
        """The only sheet in this folder, else the usual name."""
        found = [path.name for path in sorted(Path().iterdir()) if path.suffix.lower() in SHEETS]
        return found[0] if len(found) == 1 else "leads.csv"

    @property
    def keyring_opens_by_itself(self) -> bool | None:
        """On macOS and Windows the session's keyring is open for jobs, too; elsewhere it is often locked."""
        from connectors.password import keyring_works

        return (sys.platform in ("darwin", "win32")) if keyring_works() else None

    def beside(self, path: str) -> str:
        """The file as the configuration names it: relative to the configuration's folder."""
        given = Path(self._clean(path))
        return str(given) if given.is_absolute() else os.path.relpath(given, self.config.resolve().parent)

    def _clean(self, path: str) -> str:
        from sync.setup.places import clean_path

        return clean_path(path, home=str(Path.home()), windows=os.name == "nt")

    # --- the sheet ---------------------------------------------------------------------------------------------

    def open_sheet(self, text: str, tab: str) -> tuple[Mapping[str, str], Table]:
        """The sheet's keys and the sheet, read: what is wrong with it is said before the next question."""
        from sync.setup.places import recognise_source

        keys = dict(recognise_source(text if "://" in text and not text.startswith("file:") else self._clean(text)))
        if "path" in keys:
            keys["path"] = self.beside(keys["path"])
        keys |= {"tab": tab} if tab else {}
        nowhere = {"type": "ics", "path": "followups.ics"}
        return keys, self.read_sheet(self.profile(Setup(NOBODY, "UTC", keys, nowhere)))

    def read_sheet(self, profile: Profile) -> Table:
        """The sheet of a configuration; one without any row is none."""
        from connectors import open_source

        table = open_source(profile.settings, profile.outside).read()
        if not any(row.values for row in table.rows):
            raise ConfigError(f"{table.name} is empty: its first row should name the columns")
        return table

    def understand(self, setup: Setup, table: Table) -> Understood:
        """How the table is read with these settings."""
        return Understood(*read_sheet(table, self.profile(setup), now=self.now))

    def stage_of(self, text: str) -> Stage | None:
        """The stage that somebody means by this word, in whatever language."""
        from sync.reading.cells import spaced
        from sync.reading.vocabulary import load_vocabulary

        form = spaced(text.replace("_", " "))
        by_name = {spaced(stage.value.replace("_", " ")): stage for stage in Stage}
        return by_name.get(form) or load_vocabulary().stages.get(form)

    # --- the calendar ------------------------------------------------------------------------------------------

    def list_calendars(self, target: Mapping[str, str | Sequence[str]], secret: str) -> Sequence[CalendarInfo]:
        """The calendars of the account."""
        from connectors import list_calendars

        profile = self._at(target, secret)
        return list_calendars(profile.settings, profile.outside)

    def make_calendar(self, target: Mapping[str, str | Sequence[str]], secret: str, name: str) -> CalendarInfo:
        """A new calendar of this name."""
        from connectors import make_calendar

        profile = self._at(target, secret)
        return make_calendar(profile.settings, profile.outside, name)

    @property
    def google_client(self) -> str:
        """The text of an OAuth client that an organisation laid ready."""
        from sync.cli.places import google_client

        path = google_client()
        return path.read_text("utf-8") if path else ""

    def read_google_client(self, path: str) -> str:
        """The text of a client file that a person downloaded."""
        from connectors.google.login import check_client
        from sync.cli.profiles import read_text

        text = read_text(Path(self._clean(path)), "the file")
        check_client(text)
        return text

    def open_page(self, address: str) -> bool:
        """Open a page in the browser there is."""
        from sync.cli.opening import open_page

        return open_page(address)

    def log_in_to_google(self, client: str, *, every_calendar: bool) -> Granted:
        """One agreement in the browser."""
        from connectors.google.login import EVERY_CALENDAR, EVERYTHING, log_in, parse_login, seconds_left
        from sync.setup.google import Granted

        login = log_in(client, scopes=(*EVERYTHING, EVERY_CALENDAR) if every_calendar else EVERYTHING)
        left = seconds_left(login)
        return Granted(parse_login(login, origin="").who, login, self.now + timedelta(seconds=left) if left else None)

    @property
    def google_account(self) -> str:
        """Whose login lies in followup's own folder."""
        from connectors.google.login import kept_account
        from sync.cli.places import logins_folder

        return kept_account(logins_folder())

    def keep_google_login(self, granted: Granted) -> None:
        """Keep it in followup's own folder."""
        from connectors.google.login import keep_login
        from sync.cli.places import logins_folder

        keep_login(granted.login, logins_folder())

    @property
    def remembered_google_calendars(self) -> Sequence[str]:
        """Those that the states on this computer tell of; one that cannot be read tells of none."""
        from contextlib import suppress

        from connectors.sqlite_state import SqliteState
        from sync.cli.places import state_path

        found = []
        for path in sorted(state_path(NOBODY).parent.glob("*.sqlite")):
            with suppress(FollowupError):
                kind, _, calendar = SqliteState(path).load().runs.target.partition(":")
                found += [calendar] if kind == "google_calendar" else []
        return found

    def look_at(self, target: Mapping[str, str | Sequence[str]], secret: str) -> Observation:
        """What lies in one calendar or file."""
        from sync.cli.profiles import opened_target

        with opened_target(self._at(target, secret)) as calendar:
            return calendar.observe({})

    def _at(self, target: Mapping[str, str | Sequence[str]], secret: str) -> Profile:
        """A profile for a look at a calendar, whatever the sheet."""
        setup = Setup(NOBODY, "UTC", {"type": "csv", "path": "leads.csv"}, target)
        return self.profile(setup, secret=secret)

    def profile(self, setup: Setup, *, secret: str = "") -> Profile:
        """These answers as settings."""
        return make_profile(write_settings(setup), self.config, secret=secret)

    # --- what comes of it --------------------------------------------------------------------------------------

    def preview(self, setup: Setup, table: Table) -> Report:
        """What a first run with these settings would do, without touching any calendar."""
        from connectors.memory import MemorySource, MemoryState, MemoryTarget
        from sync.run import run

        profile = self.profile(setup)
        target = profile.settings.target.model_copy(update={"heartbeat_days": 0})
        return run(
            profile.settings.model_copy(update={"target": target}),
            source=MemorySource(table),
            target=MemoryTarget(),
            store=MemoryState(),
            now=self.now,
            deadline=self.now + timedelta(minutes=5),
            write=False,
            wording=profile.wording,
            mapping=profile.mapping,
        )
