"""Whom the calendar's certificate is trusted by: `[target] ca_file`, else the usual variables, else the system.

One mapping, the environment that connectors are handed, tells it to every way of asking: runs, discovery and Digest.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

from sync.errors import ConfigError

VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""The first that is set counts. Programs that know them trust nobody else than the authorities in that file."""

_CERTIFICATE = b"-----BEGIN"


def trusting(environ: Mapping[str, str], ca_file: str, *, folder: Path) -> Mapping[str, str]:
    """The environment with this file of authorities in it, taken from the configuration's folder; as it is for none."""
    if not ca_file:
        return environ
    path = folder / ca_file
    _check(path, "[target] ca_file")
    return {**environ, VARIABLES[0]: str(path)}


def authorities_in(environ: Mapping[str, str]) -> str | None:
    """The file of authorities the environment names. Raises `ConfigError` for one that holds none."""
    for name in VARIABLES:
        if path := environ.get(name):
            _check(Path(path), name)
            return path
    return None


def _check(path: Path, name: str) -> None:
    if path.is_dir() and name in VARIABLES:  # a folder of hashed certificates
        return
    why = "holds no certificate (PEM)"
    try:
        with path.open("rb") as file:  # read as a whole only once, where it is used: a system's own is large
            if _CERTIFICATE in file.read(1_000_000):
                return
    except OSError:
        why = "cannot be read"
    raise ConfigError(f"{name} names {path}, which {why}; name the file of your authority's certificate")


def make_context(authorities: str | None) -> ssl.SSLContext:
    """What a connection is checked by."""
    if authorities and Path(authorities).is_dir():
        return ssl.create_default_context(capath=authorities)
    return ssl.create_default_context(cafile=authorities)
