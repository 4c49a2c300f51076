"""The command that prints rules whole: rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import sync
from sync.cli.options import Config
from sync.cli.output import say
from sync.cli.places import find_config
from sync.errors import OK, ConfigError

if TYPE_CHECKING:
    from sync.advice import Advice, Rule
    from sync.rulebook import Made

PLAIN = """
timezone = "UTC"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "followups.ics"
"""
"""Where nobody has a configuration yet the rules are told as they come."""
ROOMS = ("schedule", "messages", "reconcile")
"""Where what a rule says is done."""


def rules(
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="The id of a rule, such as R-001-1, or of an article, such as R-001.")
    ] = "",
    config: Config = None,
) -> int:
    """Show the advice: every rule in a line, or one whole. Where it comes from, its numbers with yours, its words."""
    from sync.rulebook import choose_rules, tell_rule, tell_rules

    advice = _load(config)
    chosen = choose_rules(advice, rule)
    if len(chosen) > 1:
        lines = [*tell_rules(chosen)]
    else:
        lines = [line for one in chosen for line in tell_rule(one, advice, find_made(one))]
    for line in lines:
        say(line)
    return OK


def _load(config: Path | None) -> Advice:
    """The advice with the numbers of the configuration given or found; without any as it comes."""
    from sync.advice import load_advice
    from sync.cli.profiles import open_profile
    from sync.config import parse_settings

    try:
        path = find_config(config)
    except ConfigError:
        return load_advice(parse_settings(PLAIN))
    profile = open_profile(path)
    return load_advice(profile.settings, wording=profile.wording, mapping=profile.mapping)


def find_made(rule: Rule) -> Made:
    """The function of a rule, and every other line of the core, or check of a rule, that names it or its texts."""
    from sync.rulebook import Made, find_definition, find_names
    from sync.schedule import advice, registry

    assert advice.ARTICLES
    root = Path(sync.__file__).parent.parent
    named = tuple(
        f"{path.relative_to(root).as_posix()}:{number}"
        for room in ROOMS
        for path in sorted((root / "sync" / room).rglob("*.py"))
        for number in find_names(rule, path.read_text("utf-8"))
    )
    data = (root / "mappings" / "rules.toml").read_text("utf-8")
    checks = {n for n, line in enumerate(data.splitlines(), 1) if line.startswith("check = ")}
    named += tuple(f"mappings/rules.toml:{number}" for number in find_names(rule, data) if number in checks)
    entry = next((entry for entry in registry.ENTRIES if rule.id in entry.ids), None)
    if entry is None:
        places = (place.split(":") for place in rule.kept_by)
        kept = (f"{file}:{find_definition(name, (root / file).read_text('utf-8'))}" for file, name in places)
        return Made(named_in=named, kept_in=tuple(kept))
    path, number = Path(entry.make.__code__.co_filename), entry.make.__code__.co_firstlineno
    place, when = f"{path.relative_to(root).as_posix()}:{number}", (entry.make.__doc__ or "").partition("\n")[0]
    return Made(when, place, tuple(name for name in named if name != place))
