"""The command stats: what came of a search so far, in numbers. Reads the sheet and the memory of the last run."""

from __future__ import annotations

from msgspec import to_builtins

from sync.cli.console import open_console
from sync.cli.folders import View, show_each
from sync.cli.options import Config, Every, Json, NoColor, Now, parse_now
from sync.cli.profiles import Profile, read_sheet


def stats(
    config: Config = None, every: Every = None, now: Now = "", json: Json = False, no_color: NoColor = False
) -> int:  # fmt: skip
    """Show who answers, how long it takes, where leads wait. Only what the sheet shows or you said; nothing guessed."""
    moment = parse_now(now)

    def look(profile: Profile) -> View:
        from connectors import open_source, open_state
        from sync.advice import load_advice
        from sync.render.numbers import show_stats
        from sync.stats import make_stats

        settings = profile.settings
        memory = open_state(settings, profile.outside).load()
        leads, _ = read_sheet(open_source(settings, profile.outside).read(), profile, memory, now=moment)
        found = make_stats(
            leads.leads,
            memory,
            today=moment.astimezone(settings.zone).date(),
            zone=settings.zone,
            touching=load_advice(settings, wording=profile.wording).touching,
        )
        return View(lambda: show_stats(open_console(no_color), found), {"schema": 1, **to_builtins(found)})

    return show_each(config, every, look, what="stats", json=json)
