"""The whole stack as processes, with dealers' systems beside it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.run import dealers_process
from deploy.stack import Stack
from deploy.stack.instance import REPOSITORY
from tests.e2e.outside import FarSide, Sender

#: Crashes are noticed, and failures tried again, in seconds instead of minutes.
IMPATIENT = {"LEADBUS_EFFECT_LEASE_SECONDS": "6", "LEADBUS_RETRY_SECONDS": "0.5,1,2,5,10,20"}


@pytest.fixture(scope="module")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Broker, databases, mailbox, rooms, gateway, dealers; its own databases, not shared with other modules."""
    folder = REPOSITORY / ".leadbus" / f"e2e-{os.getpid()}-{Path(request.path).stem}"
    shutil.rmtree(folder, ignore_errors=True)
    dealers = dealers_process(Stack(folder))
    environment = IMPATIENT | {"LEADBUS_WEBHOOK_STAND_IN": str(dealers.address)}
    with Stack(folder, extra=(dealers,), environment=environment) as running:
        yield running
    running.instance.remove()


@pytest.fixture(scope="module")
def sender(stack: Stack) -> Sender:
    return Sender(stack, stack.new_key("e2e", ("intake", "read", "manage")))


@pytest.fixture(scope="module")
def far_side(stack: Stack) -> FarSide:
    return FarSide(stack)
