"""What tests may ask for: a private broker, a private PostgreSQL, and fresh, migrated databases of rooms.

Both servers start only when a test asks, once per session, and stop with it. AMQP_URI and DATABASE_URL point
to existing servers instead.
"""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.stack import Broker, Database
from deploy.stack.instance import REPOSITORY, Instance
from deploy.stack.process import end, leftovers
from tests.requirements_report import RequirementsReport

INSTANCES = REPOSITORY / ".leadbus"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--requirements",
        action="store_true",
        help="after the run, list which requirements a passing test proves",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--requirements"):
        config.pluginmanager.register(RequirementsReport())


@pytest.fixture(scope="session")
def test_instance() -> Iterator[Instance]:
    """The folder of this session's servers; what killed sessions left behind is cleared first."""
    for folder in INSTANCES.glob("test-*"):
        _remove_if_orphaned(folder)
    instance = Instance(INSTANCES / f"test-{os.getpid()}")
    yield instance
    instance.remove()


@pytest.fixture(scope="session")
def broker(test_instance: Instance) -> Iterator[Broker]:
    """A RabbitMQ of this session: `broker.uri`, `broker.vhost(name)`, `broker.restart()`, `broker.kill()`."""
    with Broker(test_instance) as running:
        yield running


@pytest.fixture
def vhost(broker: Broker) -> str:
    """The AMQP URI of a virtual host that only this test uses (costs a second)."""
    return broker.vhost(f"test-{uuid.uuid4().hex[:10]}")


@pytest.fixture(scope="session")
def database(test_instance: Instance) -> Iterator[Database]:
    """A PostgreSQL of this session. Not durable: tests that crash a database start their own."""
    prefix = f"leadbus_test{os.getpid()}_" if os.environ.get("DATABASE_URL") else "leadbus_"
    with Database(test_instance, durable=False, prefix=prefix) as running:
        yield running


@pytest.fixture(scope="session")
def room_template(database: Database) -> Iterator[Callable[[str], str]]:
    """Makes, once per session and room, a migrated database that others are copied from; gives its name."""
    made: dict[str, str] = {}

    def template(room: str) -> str:
        if room not in made:
            name = f"{database.prefix}template_{room}"
            database.ensure_role(room)
            database.drop(name)
            _migrate(room, database.create(name, room))
            made[room] = name
        return made[room]

    yield template
    for room, name in made.items():
        database.drop(name)
        if os.environ.get("DATABASE_URL"):  # our own server goes as a whole
            database.drop_role(room)


@pytest.fixture
def room_database(database: Database, room_template: Callable[[str], str]) -> Iterator[Callable[[str], str]]:
    """`room_database("capture")` gives the URL of a fresh, migrated database, dropped after the test."""
    made: list[str] = []

    def fresh(room: str) -> str:
        template = room_template(room)
        made.append(f"{database.prefix}{room}_{uuid.uuid4().hex[:10]}")
        return database.create(made[-1], room, template)

    yield fresh
    for name in made:
        database.drop(name)


def _migrate(room: str, url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.migrate", room],
        env=os.environ | {"LEADBUS_DATABASE_URL": url},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.fail(f"migrating {room} failed:\n{done.stdout}{done.stderr}", pytrace=False)


def _remove_if_orphaned(folder: Path) -> None:
    owner = folder.name.removeprefix("test-")
    if owner.isdigit() and Path(f"/proc/{owner}").exists():
        return
    if (folder / "state.json").exists():
        instance = Instance(folder)
        end(leftovers(instance))
        instance.remove()
    else:
        shutil.rmtree(folder, ignore_errors=True)
