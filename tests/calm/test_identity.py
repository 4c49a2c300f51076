"""Who is who for good: these UIDs stand in people's calendars, so no line of this table may ever change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from advisor import ONE_OF_EACH, Seeker, a_lead, person, settings_for, when
from msgspec.structs import replace

from sync.advice import load_advice
from sync.models import Abilities, Stage, Touch
from sync.reconcile.heartbeat import make_heartbeat
from sync.reconcile.identity import make_uid

INTRODUCED = a_lead(
    2, key="a", company="Beta", received_at=when("2027-01-04 10:00"), referrer="Lou Ames",
    contact=person("Bo Lind", phone="+1 555 0101"), contact_zone="America/New_York",
)  # fmt: skip
CALLED = a_lead(
    3, key="b", company="Gamma", received_at=when("2027-01-13 08:00"), referrer="Lou Ames", contact=person("Cy Moss"),
    last_outbound=when("2027-01-13 08:20"),
)  # fmt: skip
SEEN = a_lead(13, key="c", company="Gamma", stage=Stage.INTERVIEW, interview_at=when("2027-01-20 14:00"))
UNWANTED = a_lead(4, key="c", company="Delta", stage=Stage.INTERVIEW, interested=False, contact=person("Di Falk"))
CROWD = [
    a_lead(number, key=f"k{number}", company=f"Firm {number}", applied_on=date(2027, 1, 13)) for number in range(5, 12)
]
EVERYTHING = '[rules]\nenable = ["R-003-13", "R-004-5", "R-005-5"]\n[limits]\ndaily_touches = 1'


def worlds() -> Iterator[Touch]:
    """Touches of every kind: an ordinary day, a neglected introduction, a crowded week, the end, and the heartbeat."""
    yield from Seeker().run("2027-01-13 08:40", ONE_OF_EACH).touches
    yield from Seeker(settings_for(tables=EVERYTHING)).run("2027-01-13 08:40", SEEN).touches
    seeker = Seeker(settings_for(tables=EVERYTHING))
    for now in ("2027-01-04 11:00", "2027-01-05 08:40", "2027-01-06 08:40", "2027-01-07 08:40", "2027-01-08 08:40"):
        yield from seeker.run(now, [INTRODUCED]).touches
    yield from seeker.run("2027-01-13 08:40", [INTRODUCED, CALLED, UNWANTED, *CROWD]).touches
    invited = replace(CALLED, stage=Stage.INTERVIEW, stage_known=True)
    yield from seeker.run("2027-01-14 08:40", [INTRODUCED, invited]).touches
    accepted = replace(CALLED, stage=Stage.ACCEPTED, stage_known=True)
    yield from seeker.run("2027-01-15 08:40", [INTRODUCED, accepted]).touches
    beat = make_heartbeat(
        seeker.memory, settings=seeker.settings, advice=load_advice(seeker.settings),
        abilities=Abilities(reactions=True), now=when("2027-01-15 08:40"),
    )  # fmt: skip
    assert beat is not None
    yield beat.touch


IDENTITIES = [
    ("R-000-2", "b", "", 0, "fu-k3x9-4976c4d73fc651c3779ff6b1b89caf4d"),
    ("R-000-3", "e", "", 1, "fu-k3x9-d241c8d2c79cb9a944eb659e99def9eb"),
    ("R-000-4", "self", "", 1, "fu-k3x9-18931a181cd22a74f5f2b903f66b2deb"),
    ("R-000-4", "b", "interview", 1, "fu-k3x9-e6b640ba0bf84b8e2f0bd6c93ffb70ee"),
    ("R-000-5", "j", "", 0, "fu-k3x9-878ea7b013d2868c07b17f291e7324f6"),
    ("R-001-1", "a", "", 1, "fu-k3x9-40e7edbb1c6987b7fa42da0f93b6ffb0"),
    ("R-001-2", "c", "", 1, "fu-k3x9-12a8087d225260a2c6a1191cb04bcf08"),
    ("R-001-4", "c", "", 1, "fu-k3x9-85ad54c4ccfa077f3b7ec085a9f49cbe"),
    ("R-001-6", "c", "", 1, "fu-k3x9-44eadb306e723d25a766a99bf867cb47"),
    ("R-001-7", "b", "", 0, "fu-k3x9-e0542f65f5cf94a76e650e7f232fe3c0"),
    ("R-001-7", "referrer:lou ames", "", 1, "fu-k3x9-bbffc677dcd0a66d8ec6aef969d55597"),
    ("R-001-8", "c", "", 0, "fu-k3x9-7a11b5eb25594ce86fd2b17b03e9d29a"),
    ("R-001-9", "d", "", 0, "fu-k3x9-4e45dddd24eedd1bd5a694b11007a3e7"),
    ("R-001-11", "e", "", 1, "fu-k3x9-db2712d922a2d9ef4e9d06575b6622fd"),
    ("R-001-12", "a", "", 2, "fu-k3x9-69fa84ca01727e240dfaa93b574c3d6f"),
    ("R-001-12", "a", "", 3, "fu-k3x9-aefaa9fa50c3a54164c1364387e7ec67"),
    ("R-001-12", "a", "", 4, "fu-k3x9-40275de9d6d8aa1c43d5e314cc1ef029"),
    ("R-001-13", "agency:harnham", "", 1, "fu-k3x9-14893402308cf6d6580eef5c248224aa"),
    ("R-001-14", "self", "", 1, "fu-k3x9-7543fbd1fdeef4cc7c3256ffda999178"),
    ("R-002-1", "b", "", 0, "fu-k3x9-523f7753cc1ffb00807fd4710d74ae07"),
    ("R-002-7", "a", "", 0, "fu-k3x9-f7054aa66fb29110995c3c176c781df9"),
    ("R-003-1", "a", "", 0, "fu-k3x9-6ebd6d326dcebe39c37850aeacb72936"),
    ("R-003-1", "a", "R-002-1", 0, "fu-k3x9-5b2bdd8abb81ec90a380098cded5faea"),
    ("R-003-1", "c", "waiting", 10, "fu-k3x9-dc123523313125b2bdc80c88475c017d"),
    ("R-003-1", "f", "waiting", 0, "fu-k3x9-0c6036c04b0b6aa5b9c7f8fd31a94131"),
    ("R-003-1", "h", "on_hold", 1, "fu-k3x9-dc1e065b2e1c0af6122a90e8c9354cbe"),
    ("R-003-2", "e", "", 1, "fu-k3x9-42fa5e21b32c74a4634d3f476722b57d"),
    ("R-003-3", "e", "", 1, "fu-k3x9-e2635a226b9602ff9d710d7ffb4ff744"),
    ("R-003-6", "k10", "", 0, "fu-k3x9-2bbb31aba9464e79b06c90d993224052"),
    ("R-003-6", "self", "", 1, "fu-k3x9-1d02233a14346edb3129b72bdc575869"),
    ("R-003-13", "self", "organisation:beta", 1, "fu-k3x9-e3abd60542113fc900e9f5baa5a91c8a"),
    ("R-003-15", "f", "", 1, "fu-k3x9-adcbb94cc922bbac098e35ed1423e059"),
    ("R-003-16", "e", "", 0, "fu-k3x9-361cd6b430cc023e3faec31aa466e0e2"),
    ("R-003-19", "b", "lou ames", 0, "fu-k3x9-3534afc7e748589f8a01b25ac8d19dda"),
    ("R-004-4", "c", "", 11, "fu-k3x9-a50267237c385b52c31055b33b7d83fb"),
    ("R-004-4", "f", "", 2, "fu-k3x9-29ab7da96a574d11d94d8d64a5d9cce5"),
    ("R-004-5", "c", "", 0, "fu-k3x9-c35f4f4b0e1018fae196e826a89edaed"),
    ("R-004-6", "c", "", 1, "fu-k3x9-22f67ae08d92bbd21efb7ec1633af270"),
    ("R-005-1", "l", "", 0, "fu-k3x9-a9200d9f38f2154b34ee264a5291387d"),
    ("R-005-2", "m", "", 1, "fu-k3x9-1fbe41973df81438c7c1bef83eb2171e"),
    ("R-005-3", "n", "", 1, "fu-k3x9-6c19da0dbe626d4a9a987fa95f80f901"),
    ("R-005-4", "o", "", 0, "fu-k3x9-239b9c2e7e41ba57b06daaef2d5fe2e6"),
    ("R-005-5", "c", "", 1, "fu-k3x9-ab0239e78ecf32f936e02c2e93f530e8"),
    ("sheet", "g", "", 50, "fu-k3x9-7098ce0cc5704c6999be3c247ad5cdca"),
    ("more", "self", "", 1, "fu-k3x9-12502ef50870b06f166b641788cde521"),
    ("triage", "self", "", 1, "fu-k3x9-aad617c616b772a25459126887ab0dc1"),
    ("heartbeat", "self", "", 0, "fu-k3x9-9c0debf2208670cafc5f3b07f412e082"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "key", "party", "round", "uid"), IDENTITIES)
def test_each_rule_keeps_its_identity(rule: str, key: str, party: str, round: int, uid: str) -> None:
    assert make_uid("k3x9", key, rule, party=party, round=round) == uid


def test_the_schedule_gives_these_identities() -> None:
    made = {(t.rule, t.lead_key, t.party, t.round, t.uid) for t in worlds() if t.generation == 0}
    assert set(IDENTITIES) <= made


def test_every_rule_that_makes_events_has_its_line() -> None:
    """A new rule gets a line in `IDENTITIES`: `make_uid` once, for good; and a lead that sets it off."""
    rules = load_advice(settings_for()).rules.values()
    told = "a line in IDENTITIES, and a lead that sets it off in ONE_OF_EACH of tests/kit/advisor.py"
    assert {rule.id for rule in rules if rule.sort == "event"} == {rule for rule, *_ in IDENTITIES}, told


def test_a_later_generation_is_another_event() -> None:
    assert make_uid("k3x9", "a", "R-001-1", round=1, generation=1) == "fu-k3x9-e661d95b88dc9dd60932efbf8a31db17"


def test_one_event_per_person_takes_the_address_as_party() -> None:
    seeker = Seeker(settings_for(tables='[rules."R-001-4"]\neach = true'))
    seeker.run("2027-01-13 08:40", ONE_OF_EACH)
    assert seeker.find("R-001-4").party == "ann@gamma.example"


def test_a_title_a_date_or_a_row_number_changes_no_identity() -> None:
    """The seeker corrects the date by a day and sorts the sheet."""
    seeker, moved = Seeker(), Seeker()
    seeker.run("2027-01-13 08:40", ONE_OF_EACH[0])
    moved.run("2027-01-13 08:40", a_lead(9, key="a", company="Acme Ltd", role="Clerk", applied_on=date(2027, 1, 11)))
    assert moved.find("R-001-1").uid == seeker.find("R-001-1").uid
