"""Who is who for good: the UID of an event. Changing anything here duplicates the events of every user.

A UID is `fu-<owner>-<32 hex>`, also the resource's file name. The hash takes owner, lead key, rule, party, round and
generation, **never a date, a title or a row number**: moving an event or sorting the sheet keeps its UID. Generation
rises whenever a deleted event is to exist again: servers remember deleted UIDs, so none is used twice.

Events that are not about one lead use a fixed key in the lead key's place:

    self               triage, review, decide, find names, more, heartbeat
    agency:<key>       regular touch with a staffing firm (R-001-13)
    referrer:<key>     progress notes to a referrer (R-001-7)
"""

from __future__ import annotations

import re
from hashlib import sha256

SELF = "self"

UID_FORM = re.compile(r"fu-([a-z0-9]{4,24})-[0-9a-f]{32}")


def make_uid(owner: str, lead_key: str, rule: str, *, party: str = "", round: int = 0, generation: int = 0) -> str:
    """The UID of one touch. The same six facts give the same UID on every machine, after every loss of state."""
    facts = f"{owner}\x1f{lead_key}\x1f{rule}\x1f{party}\x1f{round}\x1f{generation}"
    return f"fu-{owner}-{sha256(facts.encode()).hexdigest()[:32]}"


def is_ours(uid: str, owner: str) -> bool:
    """Whether an event carries this owner's mark. The full match: a longer UID that begins like ours is foreign."""
    match = UID_FORM.fullmatch(uid)
    return match is not None and match[1] == owner


def owner_of(uid: str) -> str:
    """Whose event of followup this is; empty for anybody else's."""
    match = UID_FORM.fullmatch(uid)
    return match[1] if match else ""


def is_shared_key(lead_key: str) -> bool:
    """Whether a key stands for something else than one lead: the seeker, an agency, a referrer."""
    return lead_key == SELF or lead_key.startswith(("agency:", "referrer:"))
