"""What events say: every text by its key, in a language and with a person's own texts in place of ours.

Placeholders are `{name}`, nothing else is interpreted. A text that does not exist is an error that names the nearest.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from sync import toml
from sync.errors import ConfigError
from sync.texts import PLACEHOLDER, Wording, flatten, read_mapping

MAX_TEXT = 2_000
"""No single text of a wording file is longer."""


def shipped_languages() -> tuple[str, ...]:
    """The languages there is a wording for, by its files: `en`, `de`."""
    names = (path.name for path in files("mappings").iterdir())
    return tuple(sorted(name.split(".")[1] for name in names if name.startswith("wording.")))


@lru_cache(maxsize=64)
def load_wording(language: str, own: str, advice: tuple[tuple[str, str], ...]) -> Wording:
    """The texts of the language with the user's own; what a language leaves out, and the rules' advice, in English.

    Raises `ConfigError` for a language there is no wording for, and for a text that may not take a shipped one's place.
    """
    try:
        texts = flatten(toml.loads(read_mapping("wording.en.toml")))
        texts |= {f"advice.{rule_id}": said for rule_id, said in advice}
        if language != "en":
            texts |= _own_texts(read_mapping(f"wording.{language}.toml"), texts, f"wording.{language}.toml")
    except FileNotFoundError:
        raise ConfigError(f"language = {language!r}: there is no wording for it; use en or wording = FILE") from None
    return Wording(MappingProxyType(texts | _own_texts(own, texts, "wording")))


def _own_texts(text: str, known: Mapping[str, str], name: str) -> dict[str, str]:
    """Texts that take the place of shipped ones: only known keys, only the placeholders the shipped text has.

    A text that counts (`{count}`, `{days}`) may have a `-single` of its own, also where the shipped one needs none.
    """
    try:
        tables = {key: value for key, value in toml.loads(text).items() if key != "draft"}
    except toml.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not a valid wording file: {error}") from None
    for table, texts in tables.items():
        check_kinds({table: texts}, f"{name}: ")
        for key in (key for key, value in texts.items() if isinstance(value, dict)) if isinstance(texts, dict) else ():
            close = nearest(table, {"draft": "", **dict.fromkeys(one.partition(".")[0] for one in known)})
            raise ConfigError(f"{name}: there is no table [{table}.{key}]{close}")
    own = flatten(tables)
    for key, value in own.items():
        plural = known.get(key.removesuffix("-single"), "")
        counts = "{count}" in plural or "{days}" in plural
        shipped = f"{plural} {known.get(key, '')}".strip() if counts else known.get(key)
        if shipped is None:
            raise ConfigError(f"{name}: there is no text {key!r}" + nearest(key, known))
        for unknown in sorted(set(PLACEHOLDER.findall(value)) - set(PLACEHOLDER.findall(shipped))):
            raise ConfigError(f"{name}: {key} may not use {{{unknown}}}; the shipped text is {shipped!r}")
        if len(value) > MAX_TEXT:
            raise ConfigError(f"{name}: {key} is longer than {MAX_TEXT} characters")
    return own


def check_kinds(table: Mapping[str, object], place: str) -> None:
    """Raises `ConfigError` for what is no text in tables of texts; `place` is said before a key."""
    for key, value in table.items():
        if isinstance(value, dict):
            check_kinds(value, f"{place}{key}.")
        elif not isinstance(value, str):
            raise ConfigError(f"{place}{key} is {value!r} and no text; put it into quotes")


def nearest(name: str, known: Mapping[str, object]) -> str:
    """A question that names what was probably meant; empty where nothing is near."""
    near = get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
