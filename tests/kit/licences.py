"""`docs/licences.md`, out of what the installed packages say of themselves: `make licences`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path(__file__).parents[2] / "docs" / "licences.md"
HEAD = """# Licences

followup itself is under the [MIT licence](../LICENSE). It brings along none of the programs below; `pip` installs them
beside it, each under its own licence. Made by `make licences` from what the installed packages say of themselves, on
Linux with Python 3.11; other systems and newer Pythons need a few more or fewer.

| package | licence | for |
| --- | --- | --- |
"""
LONGEST = 60
"""Letters of a licence's name; some packages put the whole text there."""


def licence_of(package: Distribution) -> str:
    """The licence as the package names it: its expression, else its classifiers, else what stands as its licence."""
    told = package.metadata
    if "License-Expression" in told:  # asked first: importlib_metadata, once it is imported, raises for what is missing
        return str(told["License-Expression"])
    classifiers = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    named = [one for one in classifiers if one != "OSI Approved"]
    if named:
        return ", ".join(sorted(named))
    text = str(told["License"]).strip() if "License" in told else ""
    assert text and "\n" not in text and len(text) <= LONGEST, f"{package.name} names no licence: look, and say so here"
    return text


def needed_by(name: str) -> Iterator[Distribution]:
    """The packages that this one needs here to run."""
    for text in distribution(name).requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            try:
                yield distribution(wanted.name)
            except PackageNotFoundError:
                continue


def rows() -> Mapping[str, str]:
    """A line of the table for each package that followup needs here, by its name."""
    whose: dict[str, set[str]] = {}
    found: dict[str, Distribution] = {}
    left = ["followup"]
    while left:
        above = left.pop()
        for package in needed_by(above):
            name = canonicalize_name(package.name)
            whose.setdefault(name, set()).add(canonicalize_name(above))
            if name not in found:
                found[name] = package
                left.append(name)
    return {
        name: f"| {name} | {licence_of(found[name])} | {', '.join(sorted(whose[name]))} |" for name in sorted(found)
    }


if __name__ == "__main__":
    PAGE.write_text(HEAD + "\n".join(rows().values()) + "\n", "utf-8")
