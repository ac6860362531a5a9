"""By which names and addresses this machine can be reached on its own network."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_NAME = 63  # characters, of one label of a DNS name

# Documentation addresses: choosing a route to them sends nothing, and tells our own address on that route.
_NOWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


@dataclass(frozen=True, slots=True)
class Reachable:
    names: tuple[str, ...]
    addresses: tuple[Address, ...]

    def hosts(self) -> tuple[str, ...]:
        """As written in a URL: IPv6 in brackets."""
        return (*self.names, *(in_url(a) for a in self.addresses))


def in_url(address: Address) -> str:
    return f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)


def here() -> Reachable:
    """localhost, the host name (also as `.local`), loopback and the addresses on the local network."""
    host = socket.gethostname().lower()
    names = ["localhost"]
    for name in (host, f"{host.split('.')[0]}.local"):
        if name not in names and _is_dns_name(name):
            names.append(name)
    addresses: list[Address] = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    for found in (*_resolved(host), *_routed()):
        if found not in addresses and not found.is_link_local:
            addresses.append(found)
    return Reachable(tuple(names), tuple(addresses))


def lan(reachable: Reachable) -> Address | None:
    """The address to type into a phone on the same network; None when there is only loopback."""
    outside = [a for a in reachable.addresses if not a.is_loopback]
    return min(outside, key=lambda a: a.version, default=None)


def _is_dns_name(name: str) -> bool:
    return bool(name) and len(name) <= LONGEST_NAME and all(c.isascii() and (c.isalnum() or c in "-.") for c in name)


def _resolved(host: str) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _routed() -> list[Address]:
    found: list[Address] = []
    for family, nowhere in _NOWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((nowhere, 9))
                found.append(ipaddress.ip_address(probe.getsockname()[0]))
        except OSError:
            continue
    return found
