"""What every test shares: one fixed time, one zone, builders of values, the memory connectors put together."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from msgspec.structs import replace

from sync.models import Touch, TouchClass
from sync.reconcile.identity import make_uid

settings.register_profile(
    "fixed", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fixed")
"""The same examples on every machine; `make soak` draws new ones."""

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2027, 1, 4, 9, 0, tzinfo=ZONE)
OWNER = "test"


@pytest.fixture
def now() -> datetime:
    return NOW


def at(day: str, clock: str = "09:00", zone: ZoneInfo = ZONE) -> datetime:
    """A wall-clock time on a day, in the seeker's zone unless said otherwise."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


def a_touch(lead: str = "acme|analyst", day: str = "2027-01-11", **other: object) -> Touch:
    """A published asking touch at 09:00 of a day."""
    rule, round_ = str(other.get("rule", "R-001-1")), int(str(other.get("round", 1)))
    start = at(day)
    touch = Touch(
        uid=make_uid(OWNER, lead, rule, round=round_),
        rule=rule,
        kind=TouchClass.ASKING,
        lead_key=lead,
        party="",
        round=round_,
        generation=0,
        step=round_,
        lead=lead,
        row="leads.csv:2",
        start=start,
        end=start + timedelta(minutes=15),
        zone="America/New_York",
        given=start,
        deadline=None,
        summary=f"Follow up: {lead}",
        description=f"Why: {rule}",
        channel="email",
        who="",
        move="",
        tentative=False,
        published=True,
        reason=("7 days after the application",),
        hangs_on="applied_on",
        fact="2027-01-04",
    )
    return replace(touch, **other)
