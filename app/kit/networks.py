"""Whose request it is, by its address: what one person can use at once is one network."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

_IPV6_NETWORK = 64


@lru_cache(maxsize=4_096)
def network_of(address: str) -> str:
    """Return the address, or for IPv6 its network: one guesser has all of it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, _IPV6_NETWORK), strict=False))
    return str(known)
