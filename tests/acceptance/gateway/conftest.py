"""The example company's gateway on a real broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gateway.conftest import GatewayProcess, IntakeQueue

COMPANY = Path(__file__).parents[3] / "deploy" / "company"


@pytest.fixture
def queue(vhost: str) -> IntakeQueue:
    return IntakeQueue(vhost)


@pytest.fixture
def gateway(tmp_path: Path, vhost: str) -> Iterator[GatewayProcess]:
    process = GatewayProcess(tmp_path, vhost, {"LEADBUS_COMPANY": str(COMPANY)}).start()
    yield process
    process.kill()
