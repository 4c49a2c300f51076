"""Profiles of a fleet for its tests: their settings, and a firm's login that leaves an empty fleet behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from postgres_server import OWNER, Postgres

UPLOADED = """
owner = "k3x9"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "feed"
"""
"""A sheet in the database and a feed."""
ON_SERVERS = """
owner = "test"
timezone = "America/New_York"
[source]
type = "google_sheet"
sheet = "https://docs.google.com/spreadsheets/d/abc/edit#gid=0"
[target]
type = "caldav"
url = "https://calendar.example/ann/"
user = "ann"
"""
"""A sheet and a calendar elsewhere."""


@contextmanager
def a_firm(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """Who owns the tables. What was put into them is gone afterwards."""
    with server.connect(OWNER) as owner:
        yield owner
    with server.connect(OWNER) as owner:  # the server may have been killed meanwhile
        owner.execute("TRUNCATE followup.profile, followup.host, followup.release, followup.tenant CASCADE")
        owner.execute("TRUNCATE followup.memory, followup.runs, followup.set_aside CASCADE")
        owner.execute("UPDATE followup.guard SET counted_since = '-infinity'")
        owner.execute("SET search_path TO followup_queue")
        owner.execute("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers CASCADE")
