"""The one run behind every command."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sync.cli.options import parse_now
from sync.cli.places import find_config
from sync.cli.profiles import Profile, open_profile, opened_target

if TYPE_CHECKING:
    from connectors.evidence import Inquiry
    from sync.run import Report


def run_once(config: Path | None, now: str, *, write: bool, **options: Any) -> Report:
    """One run of the configuration given or found."""
    return run_profile(open_profile(find_config(config)), now, write=write, **options)


def run_profile(profile: Profile, now: str, *, write: bool, inquiry: Inquiry | None = None, **options: Any) -> Report:
    """One run. After an inquiry it leaves a proof behind if the next run could be left out."""
    from connectors import open_source, open_state
    from connectors.evidence import gather_evidence
    from sync.protocols import KeepsProof
    from sync.quiet import sentences_of
    from sync.run import run
    from sync.summary import done_line
    from sync.texts import load_screens

    settings, started = profile.settings, parse_now(now)
    if settings.holidays:
        spare_other_countries()
    begun = (inquiry and inquiry.begun) or datetime.now(UTC)
    outside = replace(profile.outside, begun=begun, login_refused=bool(inquiry and inquiry.login_refused))
    profile = replace(profile, outside=outside)
    source, store = open_source(settings, profile.outside), open_state(settings, profile.outside)
    with opened_target(profile) as target:
        prove = gather_evidence(settings, source, target, config=profile.path, inquiry=inquiry) if inquiry else None
        report = run(
            settings,
            source=source,
            target=target,
            store=store,
            now=started,
            deadline=begun + timedelta(seconds=settings.limits.run_seconds),
            write=write,
            wording=profile.wording,
            mapping=profile.mapping,
            **options,
        )
    if prove and report.quiet_until and isinstance(store, KeepsProof):
        said = done_line(report.plan, report.outcomes, load_screens(settings.language))
        proof = prove(
            made_at=started, until=report.quiet_until, said=said, told=sentences_of(report, settings.language)
        )
        store.keep_proof(proof, run_at=started)
    return report


def spare_other_countries() -> None:
    """Let `holidays` import the country it is asked for and not all 250, a sixth of the time a run needs to start.

    It loads countries one by one when they are asked for, but from a package that imports every one of them when it is
    itself imported; an empty package in its place leaves that out. A command has its process for itself, so it may.
    """
    from importlib.util import find_spec, module_from_spec

    found = find_spec("holidays.countries")
    if found is not None:
        sys.modules.setdefault("holidays.countries", module_from_spec(found))
