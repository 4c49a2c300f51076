"""What `sync.proof` needs to know of the outside, gathered without the pipeline: files, program, calendar, last proof.

Everything here stands on the standard library, since it runs in front of every `sync`, and what asks a server is
imported only where there is one. Nothing raises: what can't be found out is no evidence, and the run takes place and
says what is wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from connectors import PROOFS, SQLITE
from connectors.own_files import stranger_in
from sync import __version__, toml
from sync.errors import FollowupError
from sync.proof import Proof

if TYPE_CHECKING:
    from sync.config import Settings
    from sync.protocols import Source, Target


class Inquiry(Struct, frozen=True):
    """What was found out before a run: the proof that it can be left out, or what the run need not find out again."""

    proof: Proof | None = None
    revision: str = ""
    secret: str = ""
    """The calendar's password, where it was needed: it is looked up once per run."""
    edited: bool = False
    """A file differs from last time: the run will write, so the calendar's revision before it is no use."""
    begun: datetime | None = None
    """When it was asked: the run's seconds count from there."""
    login_refused: bool = False
    """The calendar refused the login: the run says so without another try."""

    def __repr__(self) -> str:
        return f"Inquiry({self.proof!r}, edited={self.edited})"  # never the password


PACKAGES = ("sync", "connectors", "mappings")
ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
"""Where Python looks for time zones before it takes those of the package tzdata."""


def inquire(
    config: Path,
    *,
    default_state: Callable[[str], Path],
    now: datetime,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
) -> Inquiry:
    """Whether a proof of the last run still holds: one request to the calendar, none for a file."""
    begun = clock()
    found = _inquire(config, default_state=default_state, now=now, environ=environ, clock=clock)
    return replace(found, begun=begun)


def _inquire(
    config: Path,
    *,
    default_state: Callable[[str], Path],
    now: datetime,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
) -> Inquiry:
    try:
        document = toml.loads(config.read_text("utf-8"))
        kept, owner = document.get("state", {}), document.get("owner")
        place, keeper = kept.get("path"), PROOFS[kept.get("type", SQLITE)]()
        state = config.resolve().parent / place if place else default_state(owner) if owner else None
        target = document.get("target", {})
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return Inquiry()  # the run says what is wrong with it
    proof = keeper.recall_proof(state) if state else None
    if state is None or proof is None or stranger_in(state, state.parent):
        return Inquiry()  # a state that others can change could send the password anywhere; the run refuses it
    inputs = digest_inputs(map(Path, proof.files))
    if inputs != proof.inputs:
        return Inquiry(edited=True)
    revision, secret = proof.revision, ""
    if proof.address:
        from connectors.dav.answers import LoginRefusedError
        from connectors.dav.revision import ask_revision
        from connectors.http_transport import Login
        from connectors.password import find_password
        from connectors.trust import trusting

        try:
            user = target.get("user", "")
            secret = find_password(
                target.get("url", ""),
                user,
                command=target.get("password_command", ()),
                variable=target.get("password_env", ""),
                file=target.get("password_file", ""),
                config=config.resolve(),
                environment=environ,
            )
            environ = trusting(environ, target.get("ca_file", ""), folder=config.resolve().parent)
        except FollowupError:
            return Inquiry()
        login = Login(user, secret)
        try:
            revision = ask_revision(proof.address, login, like=proof.revision, environ=environ, clock=clock)
        except LoginRefusedError:
            return Inquiry(secret=secret, login_refused=True)
    if proof.holds(now, inputs=inputs, revision=revision) and keeper.confirm_proof(state, proof, now):
        return Inquiry(proof, revision)
    return Inquiry(revision=revision, secret=secret)


def gather_evidence(
    settings: Settings, source: Source, target: Target, *, config: Path, inquiry: Inquiry
) -> partial[Proof] | None:
    """The beginning of the proof that a run which does and learns nothing leaves behind; what it ended with is missing.

    To be gathered before the run reads anything, so that a later change makes it differ. None where source or calendar
    have no evidence to give, or it is no use.
    """
    from sync.protocols import LiesInFiles, TellsRevision

    if inquiry.edited or not isinstance(source, LiesInFiles):
        return None
    named = {settings.wording, settings.source.mapping} - {"", "auto"}
    files = [config.resolve(), *source.files, *(config.resolve().parent / name for name in named)]
    address, revision = "", "in the file"
    if isinstance(target, LiesInFiles):
        files += target.files
    elif isinstance(target, TellsRevision) and target.revision_address:
        address, revision = target.revision_address, inquiry.revision or target.revision()
    else:
        return None
    paths = tuple(sorted(str(path.resolve()) for path in files))
    return partial(Proof, digest_inputs(map(Path, paths)), paths, address, revision) if revision else None


def digest_inputs(files: Iterable[Path]) -> str:
    """One digest of the program and of these files, by path and content; a file that is not there counts as such."""
    whole = sha256("\n".join(_program()).encode())
    for path in sorted({path.resolve() for path in files}):
        whole.update(f"\n{path}\n{_content(path)}".encode())
    return whole.hexdigest()


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return "absent"


def _program() -> Iterator[str]:
    """What decides how inputs are understood: our files, the libraries' versions, the time zones."""
    yield f"{__version__} {sys.version}"
    root = Path(__file__).parent.parent
    for package in PACKAGES:
        for folder, _, names in sorted(os.walk(root / package)):
            for name in sorted(names):
                if name.endswith((".py", ".toml")):
                    known = os.stat(f"{folder}/{name}")  # noqa: PTH116 - quick
                    yield f"{folder}/{name} {known.st_size} {known.st_mtime_ns}"
    for folder in sys.path:
        if folder.endswith("-packages"):
            yield from sorted(name for name in os.listdir(folder) if name.endswith("-info"))  # noqa: PTH208 - quick
    for folder in ZONES:
        if Path(folder).is_dir():
            yield f"{folder} {Path(folder).stat().st_mtime_ns}"
