"""How an RPC call is declared: which room answers, with what request and what reply. Both are checked on both sides."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Q = TypeVar("Q")
R = TypeVar("R")


@dataclass(frozen=True)
class Call(Generic[Q, R]):
    """One RPC method: nameko calls it `<room>.<method>` with the fields of the request as keywords."""

    room: str
    method: str
    request: type[Q]
    reply: type[R]


#: Every declared call by (room, method).
REGISTER: dict[tuple[str, str], Call[Any, Any]] = {}


def declare(room: str, method: str, request: type[Q], reply: type[R]) -> Call[Q, R]:
    """Registers a call."""
    call = Call(room, method, request, reply)
    REGISTER[room, method] = call
    return call
