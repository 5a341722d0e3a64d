"""The private broker and database that tests and the local stack run on."""

import psycopg
import pytest

from deploy.stack import Broker, Database


def libpq(url: str) -> str:
    return url.replace("+psycopg", "")


def test_a_role_enters_its_own_database_and_no_other(database: Database) -> None:
    capture, router = database.ensure_room("capture"), database.ensure_room("router")
    other = capture.rsplit("/", 1)[0] + "/" + router.rsplit("/", 1)[1]

    psycopg.connect(libpq(capture)).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(libpq(other))


def test_a_virtual_host_does_not_see_the_queues_of_another(broker: Broker) -> None:
    from kombu import Connection

    first, second = broker.vhost("first"), broker.vhost("second")
    with Connection(first) as connection:
        connection.default_channel.queue_declare("mine", durable=True, auto_delete=False)
    with Connection(second) as connection, pytest.raises(connection.channel_errors, match="no queue"):
        connection.default_channel.queue_declare("mine", passive=True)
