"""TOML as everything here reads it: by tomli, which is Python's own tomllib compiled and takes a third of the work.

A run reads 200 kB of it. Where tomli is not there, tomllib reads the same; only one of them is ever loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tomllib as library
else:
    try:
        import tomli as library
    except ModuleNotFoundError:
        import tomllib as library

TOMLDecodeError = library.TOMLDecodeError


def loads(text: str) -> dict[str, Any]:
    """The document. Raises `TOMLDecodeError`, also where brackets nest deeper than Python follows."""
    try:
        return library.loads(text)
    except RecursionError:
        raise TOMLDecodeError("its brackets nest too deeply", "", 0) from None


@cache
def shipped(name: str) -> Mapping[str, Any]:
    """The document of this name in `mappings/`, for those of which several read parts: it is read once."""
    from importlib.resources import files  # a run without a change reads none

    return loads(files("mappings").joinpath(name).read_text("utf-8"))
