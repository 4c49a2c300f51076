"""One command for a whole folder of seekers: `--all DIR`. Nobody's failure hides another's result.

A command says what it finds out about one profile, as a `View`; it is the same `View` with and without `--all`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from json import dumps
from pathlib import Path
from typing import TypeVar

import typer
from msgspec import Struct

from sync.cli.output import say
from sync.cli.places import find_config
from sync.cli.profiles import Profile, open_profile, open_profiles
from sync.errors import BUG, OK, ConfigError, FollowupError, worst

AT_ONCE = 8
"""Profiles that are asked at once: most of a run is waiting for somebody's server."""

Found = TypeVar("Found")


class Failure(Struct, frozen=True):
    """Why nothing is known of a profile: one sentence, or the traceback of a bug of ours."""

    exit_code: int
    sentence: str

    @property
    def line(self) -> str:
        """The same in one line; of a traceback, what it ends with."""
        lines = self.sentence.strip().splitlines() or [""]
        return f"a fault of followup itself: {lines[-1]}" if self.exit_code == BUG else " ".join(self.sentence.split())


class View(Struct, frozen=True):
    """What a command found out about one profile: shown to a person by `show`, written for scripts as `document`.

    `show` is None where there is nothing to show. `failure` is what went wrong after the rest was found out.
    """

    show: Callable[[], None] | None
    document: object = None
    exit_code: int = OK
    failure: FollowupError | None = None


def ask_each(folder: Path, ask: Callable[[Profile], Found]) -> dict[str, Found | Failure]:
    """What `ask` finds out about each configuration of a folder, in the order of their names."""
    opened = open_profiles(folder)

    def take(name: str) -> Found | Failure:
        profile = opened[name]
        if not isinstance(profile, Profile):
            return Failure(profile.exit_code, str(profile))
        try:
            return ask(profile)
        except FollowupError as error:
            return Failure(error.exit_code, str(error))
        except Exception:  # noqa: BLE001 - a bug met with one seeker must not hide the others
            import traceback

            return Failure(BUG, traceback.format_exc())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(opened, pool.map(take, opened), strict=True))


def show_each(
    config: Path | None, every: Path | None, look: Callable[[Profile], View], *, what: str = "", json: bool = False
) -> int:
    """Show the view of one configuration, or of all in a folder under their names; returns the worst exit code.

    `what` is the key of each document in the JSON of a folder.
    """
    if every is None:
        return _show_one(look(open_profile(find_config(config))), json=json)
    check_alone(config)
    found = ask_each(every, look)
    if json:
        sys.stdout.write(to_json(_document(found, what)))
    elif any(isinstance(view, View) and view.show for view in found.values()):
        _show_all(found)
    return tell_failures(found)


def tell_failures(found: Mapping[str, object]) -> int:
    """Say on stderr what went wrong with whom; returns the worst exit code of all."""
    for name, one in found.items():
        if isinstance(one, Failure):
            say(f"{name}: {one.sentence}", err=True)
        elif isinstance(one, View) and one.failure is not None:
            say(f"{name}: {one.failure}", err=True)
    return worst(map(_code_of, found.values()))


def check_alone(config: Path | None) -> None:
    """Raises `ConfigError` where a folder and one configuration are asked for at once."""
    if config is not None:
        raise ConfigError("--all runs a whole folder; --config is for one configuration")


def to_json(document: object) -> str:
    """A document for scripts, with every letter that could turn a line or steer a terminal as an escape."""
    from sync.safe_text import plain_json

    return plain_json(dumps(document, ensure_ascii=False, indent=1)) + "\n"


def _show_one(view: View, *, json: bool) -> int:
    if view.show and json:
        sys.stdout.write(to_json(view.document))
    elif view.show:
        view.show()
    if view.failure is not None:
        raise view.failure
    return view.exit_code


def _show_all(found: Mapping[str, View | Failure]) -> None:
    """Each under its name; of those that failed the sentence comes afterwards, on stderr."""
    first = True
    for name, view in found.items():
        if isinstance(view, View) and view.show:
            say(name if first else f"\n{name}")
            typer.echo("-" * min(len(name), 60))
            sys.stdout.flush()
            view.show()
            first = False


def _document(found: Mapping[str, View | Failure], what: str) -> Mapping[str, object]:
    from sync.summary import SCHEMA, result_word

    profiles = []
    for name, view in found.items():
        code = _code_of(view)
        trouble = view.sentence if isinstance(view, Failure) else str(view.failure or "")
        profiles.append({
            "config": name,
            "exit_code": code,
            "result": result_word(code),
            "messages": [trouble] if trouble else [],
            what: view.document if isinstance(view, View) else None,
        })  # fmt: skip
    return {"schema": SCHEMA, "exit_code": worst(map(_code_of, found.values())), "profiles": profiles}


def _code_of(one: object) -> int:
    if isinstance(one, View):
        return worst([one.exit_code, one.failure.exit_code if one.failure is not None else OK])
    return one.exit_code if isinstance(one, Failure) else OK
