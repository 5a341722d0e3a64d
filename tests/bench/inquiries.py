"""The inquiries of the benchmark: those of the demo's partner, one per person, as finished HTTP requests."""

import random
from collections.abc import Sequence
from dataclasses import replace

from deploy.demo import formats
from deploy.demo.people import Inquirer, inquirers

SEED = 20261122
#: Stands in a finished request where every sending of it has a number of its own: the same twice would be one inquiry.
TURN = b"0000000000000000"


def people(first: int, count: int) -> list[Inquirer]:
    """`count` different persons, numbered from `first`. The same numbers give the same persons."""
    rng = random.Random(SEED + first)
    # Ten digits that no two of them share, so that nobody is taken for somebody else.
    return [
        replace(one, number=first + place, email=_address(one, first + place), phone=_phone(first + place))
        for place, one in enumerate(inquirers(rng, count))
    ]


def _address(one: Inquirer, number: int) -> str:
    return f"{one.last.encode('ascii', 'ignore').decode().replace(' ', '').lower()}.{number}@farm{number}.example"


def _phone(number: int) -> str:
    return f"(515) {200 + number // 10_000 % 700}-{number % 10_000:04}"


def requests(first: int, count: int, keys: Sequence[str]) -> list[bytes]:
    """Finished HTTP/1.1 requests, spread over the API keys: one sender may come 100 times a second only."""
    rng = random.Random(SEED)
    return [
        _on_the_wire(formats.partner_json(one, rng), keys[place % len(keys)])
        for place, one in enumerate(people(first, count))
    ]


def _on_the_wire(request: formats.Request, key: str) -> bytes:
    head = (
        f"POST {request.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {request.content_type}\r\nIdempotency-Key: {TURN.decode()}\r\n"
        f"Content-Length: {len(request.body)}\r\n\r\n"
    )
    return head.encode() + request.body
