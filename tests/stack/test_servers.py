"""The private broker and database that tests and the local stack run on."""

from pathlib import Path

import psycopg
import pytest
from kombu import Connection, Queue

from deploy.stack import Broker, Database


def libpq(url: str) -> str:
    return url.replace("+psycopg", "")


def test_a_role_enters_its_own_database_and_no_other(database: Database) -> None:
    capture, router = database.ensure_room("capture"), database.ensure_room("router")
    other = capture.rsplit("/", 1)[0] + "/" + router.rsplit("/", 1)[1]

    psycopg.connect(libpq(capture)).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(libpq(other))


def test_a_copy_of_a_database_has_its_tables_and_its_own_rows(database: Database) -> None:
    database.ensure_role("capture")
    with psycopg.connect(libpq(database.create("original", "capture"))) as original:
        original.execute("CREATE TABLE leads (id int)")
    first, second = (database.create(name, "capture", "original") for name in ("first", "second"))
    with psycopg.connect(libpq(first)) as connection:
        connection.execute("INSERT INTO leads VALUES (1)")
    with psycopg.connect(libpq(second)) as connection:
        rows = connection.execute("SELECT id FROM leads").fetchall()

    assert rows == []


def test_a_committed_row_survives_the_kill_of_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    tmp_path.chmod(0o755)
    with Database(tmp_path / "instance") as database:
        url = libpq(database.ensure_room("capture"))
        with psycopg.connect(url) as connection:
            fsync = connection.execute("SHOW fsync").fetchone()
            connection.execute("CREATE TABLE leads AS SELECT 7 AS id")
        database.kill()
        database.start()
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT id FROM leads").fetchone()
    database.instance.remove()

    assert fsync == ("on",)
    assert row == (7,)


def test_a_virtual_host_does_not_see_the_queues_of_another(broker: Broker) -> None:
    first, second = broker.vhost("first"), broker.vhost("second")
    with Connection(first) as connection:
        Queue("mine", durable=True)(connection.default_channel).declare()
    with Connection(second) as connection, pytest.raises(connection.channel_errors, match="no queue"):
        connection.default_channel.queue_declare("mine", passive=True)
