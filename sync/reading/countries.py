"""The country of a contact, whose holidays are days on which nobody there is asked: `DE`, `US-NY`, `Germany`, `Japan`.

Codes and English names are those of the `holidays` library, which is only loaded where a sheet has such a column; names
in other languages stand in `mappings/statuses.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sync.reading.cells import Fault, spaced

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def read_country(text: str, *, words: Mapping[str, str]) -> str | Fault:
    """The code of the country or region in this text. `words`: codes by the names of countries."""
    country, _, region = text.strip().upper().replace("_", "-").partition("-")
    known = _regions()
    code = country if country in known else words.get(spaced(text)) or _names().get(spaced(text), "")
    if code in known and code == country:
        if not region or region in known[code]:
            return code if not region else f"{code}-{region}"
        return Fault("no_region", {"region": repr(region), "country": code})
    if code in known:
        return code
    return Fault("no_country")


@cache
def _regions() -> Mapping[str, frozenset[str]]:
    from holidays import list_supported_countries  # half a hundred milliseconds

    return {code: frozenset(regions) for code, regions in list_supported_countries(include_aliases=False).items()}


@cache
def _names() -> Mapping[str, str]:
    """English names and the codes of three letters."""
    from holidays.registry import COUNTRIES

    found: dict[str, str] = {}
    for name, code, *longer in COUNTRIES.values():
        found |= {spaced(other): code for other in (_WORDS.sub(" ", name), *longer)}
    return found
