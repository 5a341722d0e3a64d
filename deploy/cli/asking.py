"""Commands that ask a room what its gateway would: over the broker, with the same calls."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from deploy.cli.terminal import instance_folder
from deploy.stack import Stack, StackError

if TYPE_CHECKING:
    from shared.clock import Clock
    from shared.contracts.calls import Call
    from shared.messaging.rpc_client import RpcPool

# The broker's client and the contracts take longer to import than most commands run: only these wait for them.

SECONDS = 30.0


@contextmanager
def rooms_of(instance: str) -> Iterator["RpcPool"]:
    """The rooms of a private instance, or those behind LEADBUS_AMQP_URI."""
    from shared.messaging.rpc_client import RpcPool

    uri = os.environ.get("LEADBUS_AMQP_URI") or os.environ.get("AMQP_URI")
    if uri is None:
        stack = Stack(instance_folder(instance))
        if not stack.running:
            raise StackError(f"the instance in {stack.instance.folder} is down; start it with: leadbus up")
        uri = stack.amqp_uri
    yield RpcPool(uri, size=1, timeout_seconds=SECONDS)


def database_of(room: str, instance: str) -> "tuple[str, Clock]":
    """The database of a room of a private instance, or the one that settings name, and its business time."""
    from deploy.rooms import DatabaseNotNamed, url_of
    from shared.clock import from_setting

    try:
        return url_of(room), from_setting(os.environ.get("LEADBUS_CLOCK_FILE", ""))
    except DatabaseNotNamed:
        stack = Stack(instance_folder(instance))
        if not stack.running:
            raise StackError(f"the instance in {stack.instance.folder} is down; start it with: leadbus up") from None
        return stack.database_url(room), from_setting(str(stack.clock_file))


def ask(rooms: "RpcPool", call: "Call[Any, Any]", **fields: Any) -> Any:
    """The room's answer. Raises StackError with a sentence when it refuses or is away."""
    from shared.contracts.errors import ContractViolation, WireError
    from shared.messaging.rpc_client import RoomAway, RpcTimeout

    try:
        return rooms.call(call, **fields)
    except ContractViolation as error:
        raise StackError("; ".join(f"{name}: {_joined(said)}" for name, said in error.fields.items())) from None
    except WireError as error:
        raise StackError(str(error) or error.slug) from None
    except (RoomAway, RpcTimeout) as error:
        raise StackError(f"{call.room} does not answer: {error}") from None


def me() -> str:
    """Who runs the command."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"


def _joined(said: Any) -> str:
    return ", ".join(map(str, said)) if isinstance(said, list) else str(said)
