"""Who is who for good: these UIDs stand in people's calendars, so no line of this table may ever change (DESIGN 6)."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, person, settings_for, when

from sync.models import Stage
from sync.reconcile.identity import make_uid

LEADS = (
    a_lead(2, key="a", role="Clerk", applied_on=date(2027, 1, 12), contact=person(), follow_ups_done=0),
    a_lead(
        3, key="b", company="Beta", received_at=when("2027-01-13 08:00"), referrer="Lou Ames",
        contact=person("Bo Lind", phone="+1 555 0101"),
    ),
    a_lead(
        4, key="c", company="Gamma", agency="Harnham", stage=Stage.INTERVIEW, interview_at=when("2027-01-20 14:00"),
        interviewers=(person("Ann Lee", "ann@gamma.example"),), references_given_on=date(2027, 1, 22),
        reference_names=(person("Ray Orr", "ray@orr.example"),),
    ),
    a_lead(5, key="d", company="Delta", stage=Stage.OFFER, offer_on=date(2027, 1, 13)),
    a_lead(
        6, key="e", company="Eta", meeting_on=date(2027, 1, 12), contact_kind="network",
        contact=person("Eve Fox", "eve@eta.example"), last_inbound=when("2027-01-13 08:10"),
        last_inbound_channel="text", promised_on=date(2027, 1, 21), travel_on=date(2027, 2, 10), city="Boston",
    ),
    a_lead(7, key="f", company="Theta", applied_on=date(2027, 1, 13), under_consideration_on=date(2027, 1, 13)),
    a_lead(8, key="g", company="Iota", follow_up_on=date(2027, 1, 25)),
    a_lead(9, key="h", company="Kappa", stage=Stage.ON_HOLD),
    a_lead(10, key="i", company="Lambda"),
    a_lead(11, key="j", company="Mu", role="Editor", plan="research"),
    a_lead(12, key="k", company="Nu", applied_on=date(2026, 7, 1)),
)  # fmt: skip

IDENTITIES = [
    ("R-000-2", "b", "", 0, "fu-k3x9-4976c4d73fc651c3779ff6b1b89caf4d"),
    ("R-000-3", "e", "", 1, "fu-k3x9-d241c8d2c79cb9a944eb659e99def9eb"),
    ("R-000-4", "self", "", 1, "fu-k3x9-18931a181cd22a74f5f2b903f66b2deb"),
    ("R-000-5", "j", "", 0, "fu-k3x9-878ea7b013d2868c07b17f291e7324f6"),
    ("R-001-1", "a", "", 1, "fu-k3x9-40e7edbb1c6987b7fa42da0f93b6ffb0"),
    ("R-001-2", "c", "", 1, "fu-k3x9-12a8087d225260a2c6a1191cb04bcf08"),
    ("R-001-4", "c", "", 1, "fu-k3x9-85ad54c4ccfa077f3b7ec085a9f49cbe"),
    ("R-001-6", "c", "", 1, "fu-k3x9-44eadb306e723d25a766a99bf867cb47"),
    ("R-001-8", "c", "", 0, "fu-k3x9-7a11b5eb25594ce86fd2b17b03e9d29a"),
    ("R-001-9", "d", "", 0, "fu-k3x9-4e45dddd24eedd1bd5a694b11007a3e7"),
    ("R-001-11", "e", "", 1, "fu-k3x9-db2712d922a2d9ef4e9d06575b6622fd"),
    ("R-001-12", "a", "", 2, "fu-k3x9-69fa84ca01727e240dfaa93b574c3d6f"),
    ("R-001-12", "a", "", 3, "fu-k3x9-aefaa9fa50c3a54164c1364387e7ec67"),
    ("R-001-12", "a", "", 4, "fu-k3x9-40275de9d6d8aa1c43d5e314cc1ef029"),
    ("R-001-13", "agency:harnham", "", 1, "fu-k3x9-14893402308cf6d6580eef5c248224aa"),
    ("R-001-14", "self", "", 1, "fu-k3x9-7543fbd1fdeef4cc7c3256ffda999178"),
    ("R-002-1", "b", "", 0, "fu-k3x9-523f7753cc1ffb00807fd4710d74ae07"),
    ("R-003-1", "a", "", 0, "fu-k3x9-6ebd6d326dcebe39c37850aeacb72936"),
    ("R-003-1", "c", "waiting", 10, "fu-k3x9-dc123523313125b2bdc80c88475c017d"),
    ("R-003-1", "h", "on_hold", 1, "fu-k3x9-dc1e065b2e1c0af6122a90e8c9354cbe"),
    ("R-003-2", "e", "", 1, "fu-k3x9-42fa5e21b32c74a4634d3f476722b57d"),
    ("R-003-3", "e", "", 1, "fu-k3x9-e2635a226b9602ff9d710d7ffb4ff744"),
    ("R-003-15", "f", "", 1, "fu-k3x9-adcbb94cc922bbac098e35ed1423e059"),
    ("R-003-16", "e", "", 0, "fu-k3x9-361cd6b430cc023e3faec31aa466e0e2"),
    ("R-004-4", "c", "", 11, "fu-k3x9-a50267237c385b52c31055b33b7d83fb"),
    ("R-004-4", "f", "", 2, "fu-k3x9-29ab7da96a574d11d94d8d64a5d9cce5"),
    ("R-004-6", "c", "", 1, "fu-k3x9-22f67ae08d92bbd21efb7ec1633af270"),
    ("sheet", "g", "", 50, "fu-k3x9-7098ce0cc5704c6999be3c247ad5cdca"),
    ("triage", "self", "", 1, "fu-k3x9-aad617c616b772a25459126887ab0dc1"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "key", "party", "round", "uid"), IDENTITIES)
def test_each_rule_keeps_its_identity(rule: str, key: str, party: str, round: int, uid: str) -> None:
    assert make_uid("k3x9", key, rule, party=party, round=round) == uid


def test_the_schedule_gives_these_identities() -> None:
    seeker = Seeker()
    schedule = seeker.run("2027-01-13 08:40", LEADS)
    made = {(t.rule, t.lead_key, t.party, t.round, t.uid) for t in schedule.touches}
    assert set(IDENTITIES) <= made
    assert all(touch.generation == 0 for touch in schedule.touches)


def test_a_later_generation_is_another_event() -> None:
    assert make_uid("k3x9", "a", "R-001-1", round=1, generation=1) == "fu-k3x9-e661d95b88dc9dd60932efbf8a31db17"


def test_one_event_per_person_takes_the_address_as_party() -> None:
    seeker = Seeker(settings_for(tables='[rules."R-001-4"]\neach = true'))
    seeker.run("2027-01-13 08:40", LEADS)
    assert seeker.find("R-001-4").party == "ann@gamma.example"


def test_a_title_a_date_or_a_row_number_changes_no_identity() -> None:
    """The seeker corrects the date by a day and sorts the sheet."""
    seeker, moved = Seeker(), Seeker()
    seeker.run("2027-01-13 08:40", LEADS[0])
    moved.run("2027-01-13 08:40", a_lead(9, key="a", company="Acme Ltd", role="Clerk", applied_on=date(2027, 1, 11)))
    assert moved.find("R-001-1").uid == seeker.find("R-001-1").uid
