"""Whether every address that leads would go to may be called."""

import ipaddress
import socket
from collections.abc import Iterator

from services.router.deliveries import posting
from services.router.deliveries.addresses import is_public
from services.router.deliveries.wire import Wire
from services.router.domain.delivery import CsvBySftp, Delivery
from services.router.domain.rules import Rules


def problems(rules: Rules, *, allow_private: bool) -> Iterator[tuple[str, str, str, str | None]]:
    """Owner, way, address, and what is wrong with it (None: nothing), of every way; names are resolved now."""
    for owner in rules.owners.values():
        for way in owner.deliveries:
            yield owner.owner_id, way.way, way.goes_to, problem_with(way, allow_private=allow_private)


def problem_with(way: Delivery, *, allow_private: bool) -> str | None:
    """Why a way would not be used now; None when it would."""
    try:
        for url in way.urls:
            Wire(allow_private).check(url)
        if isinstance(way, CsvBySftp):
            posting.checked_addresses(way.host, way.port, allow_private=allow_private)
    except (posting.NeverSent, posting.NotSent) as error:
        return str(error)
    return None


def inner_address(host: str) -> str | None:
    """The address that a host names in figures, whatever the way of writing, when it is not a public one.

    Without asking anybody: names are resolved when they are used.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        try:
            # As connect() would read it: 2130706433, 0x7f.1, 017700000001.
            address = ipaddress.ip_address(socket.inet_aton(host))
        except OSError:
            return "localhost" if host == "localhost" or host.endswith(".localhost") else None
    return None if is_public(address) else str(address)
