"""TOML as everything here reads it: by tomli, which is Python's own tomllib compiled and takes a third of the work.

A run reads 200 kB of it. Where tomli is not there, tomllib reads the same; only one of them is ever loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tomllib import TOMLDecodeError, loads
else:
    try:
        from tomli import TOMLDecodeError, loads
    except ModuleNotFoundError:
        from tomllib import TOMLDecodeError, loads

__all__ = ["TOMLDecodeError", "loads"]
