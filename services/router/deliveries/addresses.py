"""Which network addresses a request on behalf of a company file may go to."""

import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address

#: Not covered by `is_global`, or covered wrongly: addresses that lead into our own network by a detour.
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64: any IPv4 address, ours included
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",
    )
)


class AddressRefused(ValueError):
    """The name leads to an address that is not on the public internet."""


class NameUnknown(OSError):
    """The name cannot be resolved now."""


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Every address of `host`, each checked. Raises AddressRefused or NameUnknown.

    One private address among public ones refuses them all: who mixes them is trying something.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameUnknown(f"{host} cannot be resolved") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        for address in addresses:
            if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise AddressRefused(f"{host} leads to {address}, which is not a public address")
    return addresses


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is on the public internet."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if not address.is_global or address.is_multicast:
        return False
    return not any(address in network for network in _REFUSED if network.version == address.version)
