"""Whether a run can be left out because nothing can have changed: an exact proof, or none. Pure, standard library only.

A run is a function of its inputs: the sheet, the configuration and its files, the program, what runs remember, the
calendar, and the time. A **proof** is kept by a run that wrote nothing *and* learned nothing: with the same inputs it
would find the same memory and the same empty plan again. So the next run may be left out while all of these hold:

- *inputs*: the digest of every byte that a run reads from files, and of the program with its libraries, is the same.
  It was taken before that run read them, so an edit in between makes it differ.
- *memory*: whatever writes into the state takes the proof away in the same commit.
- *revision*: the calendar says about itself what it said before that run listed it (RFC 6578 sync-token, getctag, or
  else the digest of one listing). Asked before the listing, a change in between makes it differ. A target that is
  a file is one of the inputs.
- *time*: the engine compares the time with nothing but the day in the seeker's zone and the instants it notes down
  (`Desk.turns`). `until` is the earliest of these that lies ahead, and never later than the next midnight there: no
  answer can turn before. It also makes a full listing happen every day.
- *question*: the same command; options that ask for more than the one line (`--json`, `--yes-delete`) are never
  answered by a proof.

Any doubt - no proof, another digest, an error, a clock that went back - means "don't know", and the run takes place.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import DecodeError, Struct, json


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    """What a quiet run leaves behind. Datetimes are aware."""

    inputs: str
    files: tuple[str, ...]
    """The files whose bytes `inputs` covers."""
    address: str
    """Where the calendar's revision is asked for; empty for a target in a file."""
    revision: str
    made_at: datetime
    until: datetime
    said: str
    """The line that run ended with."""
    told: tuple[str, ...] = ()
    """What it told a human besides."""

    def covers(self, now: datetime, *, inputs: str) -> bool:
        """Whether only the calendar can have changed since."""
        return self.made_at <= now < self.until and inputs == self.inputs

    def holds(self, now: datetime, *, inputs: str, revision: str) -> bool:
        """Whether a run now would change nothing."""
        return self.covers(now, inputs=inputs) and bool(revision) and revision == self.revision

    def to_json(self) -> str:
        """The text the state keeps."""
        return json.encode(self).decode()


def read_proof(text: str) -> Proof | None:
    """The proof in this text; None where it is none, such as one of another version."""
    try:
        return json.decode(text, type=Proof)
    except DecodeError:
        return None
