"""Which machines a stranger's address may lead to: a host of many seekers is no way into its own network.

A name is resolved once, every address it has is looked at, and the connection goes to one that was looked at: a name
that leads elsewhere the next moment gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from sync.errors import ConfigError

MayReach = Callable[[str], bool]
"""Whether a numeric address may be spoken to."""
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 write them (RFC 6052)."""


def is_public(address: str) -> bool:
    """Whether this numeric address is one of the open internet: not private, loopback, link-local or the like."""
    try:
        found = ip_address(address)
    except ValueError:  # an IPv6 address with a zone is one of a single link
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in TRANSLATED:
            inner = ip_address(found.packed[-4:])  # type: ignore[assignment]
        if inner is not None and not is_public(str(inner)):
            return False
        if found.ipv4_mapped:
            return True
    return found.is_global and not found.is_multicast


def connect_where_allowed(may_reach: MayReach, place: tuple[str, int], *given: Any) -> socket.socket:
    """As `socket.create_connection`, to addresses that may be spoken to. Raises `ConfigError` if one is no such."""
    host, port = place
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = list(dict.fromkeys(str(address) for address in found))
    for address in addresses:
        if not may_reach(address):
            raise ConfigError(f"{host} leads to {address}, which is not on the open internet; put a public address")
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), *given)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), *given)
