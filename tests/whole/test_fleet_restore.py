"""A fleet whose database was lost and came back out of a backup of the day before (docs/fleet.md, "Backup")."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from conftest import NOW
from fleet_kills import HEAD, MASTER, SETTINGS, shown_by
from msgspec.structs import replace
from postgres_server import OWNER, WORKER, migrated
from servers import radicale
from source_contract import outside

from connectors.outside import Outside
from connectors.postgres.connecting import Connect, connect_to
from sync.config import parse_settings
from sync.fleet.opening import open_hosted
from sync.fleet.profiles import open_feed, put_profile, put_upload
from sync.fleet.secrets import parse_master_keys, put_secret, secrets_of
from sync.fleet.work import sync_profile
from sync.protocols import Target

DAY = timedelta(days=1)
FIRST = "Acme,Analyst,Dana Reed,dana@acme.example,2027-01-04,sent\n"
SECOND = "Bolt,Analyst,Lee Park,lee@bolt.example,2027-01-04,sent\n"
FEED = 'type = "ics"\npath = "feed"'
MASTERS = parse_master_keys(MASTER)


def test_a_fleet_out_of_yesterdays_dump_goes_on_and_its_calendars_stay_quiet(tmp_path: Path) -> None:
    """The day after the dump a lead was added and synced: the calendar knows of it and the restored memory does not."""
    with migrated() as server, radicale(tmp_path) as calendars:
        url = calendars.make_calendar("ann")
        settings = {
            "ann": SETTINGS.format(owner="k3x9", target=f'type = "caldav"\nuser = "ann"\nurl = "{url}"'),
            "bob": SETTINGS.format(owner="b0b7", target=FEED),
        }

        def bring(database: str, sheet: str) -> None:
            with connect_to(server.address(OWNER, database=database))() as owner:
                for name, text in settings.items():
                    put_profile(owner, name, text, period=DAY, now=NOW)
                    put_upload(owner, name, "leads.csv", sheet.encode())

        def world(connect: Connect, name: str) -> Outside:
            return replace(outside(tmp_path), secret=secrets_of(connect, MASTERS, name))

        def work(database: str, now: datetime) -> dict[str, Target]:
            connect = connect_to(server.address(WORKER, database=database))
            assert [sync_profile(connect, name, outside=world(connect, name), now=now) for name in settings] == [0, 0]
            return {
                name: open_hosted(parse_settings(text, hosted=True), world(connect, name), connect, name)[1]
                for name, text in settings.items()
            }

        bring("postgres", HEAD + FIRST)
        with server.connect(OWNER) as owner:
            open_feed(owner, "bob", token="t")
            put_secret(owner, MASTERS, "secret", tenant="firm", profile="ann", name="target")
        work("postgres", NOW)
        dump = tmp_path / "dump"
        subprocess.run([server.binaries / "pg_dump", "-Fc", "-f", dump, server.address("admin")], check=True)
        bring("postgres", HEAD + FIRST + SECOND)
        lost = work("postgres", NOW + DAY)
        shown = {name: shown_by(target) for name, target in lost.items()}
        etags = {uid: event.etag for uid, event in lost["ann"].observe({}).events.items()}

        with server.connect("admin") as admin:
            admin.execute(f"CREATE DATABASE restored OWNER {OWNER}")
        restored = server.address("admin", database="restored")
        subprocess.run([server.binaries / "pg_restore", "-d", restored, dump], check=True)
        bring("restored", HEAD + FIRST + SECOND)
        back = work("restored", NOW + DAY + timedelta(hours=1))
        assert {name: shown_by(target) for name, target in back.items()} == shown
        assert {uid: event.etag for uid, event in back["ann"].observe({}).events.items()} == etags, "nothing is written"
        assert any("Bolt" in str(held) for held in shown["ann"])
