"""Roles and databases of a PostgreSQL server, through its administrator."""

from typing import Any

import psycopg
from psycopg import sql


class Administration:
    """What the administrator of a server does. `url` is theirs, with `postgresql://`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def ensure_role(self, role: str, password: str) -> None:
        """A role that may log in with `password`, and no more."""
        with self._connect() as server:
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
                # An administrator who is no superuser must be a member to make the role an owner.
                server.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
            server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))

    def drop_role(self, role: str) -> None:
        with self._connect() as server:
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

    def has(self, database: str) -> bool:
        with self._connect() as server:
            found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        return found is not None

    def create(self, database: str, owner: str, template: str | None = None) -> None:
        """A database that only `owner` may enter, copied from `template` when one is named."""
        name, role = sql.Identifier(database), sql.Identifier(owner)
        source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        with self._connect() as server:
            server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role) + source)
        self.close_to_public(database)

    def close_to_public(self, *databases: str) -> None:
        """Nobody but their owners and the administrator may connect to `databases`."""
        names = sql.SQL(", ").join(map(sql.Identifier, databases))
        with self._connect() as server:
            server.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(names))

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected."""
        with self._connect() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)
