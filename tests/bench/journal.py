"""How far the inquiries of a run have come, read from the rooms' databases by connections that are not counted."""

from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import psycopg

from deploy import ROOMS
from deploy.stack import Stack

#: Pieces that answer an inquiry at once.
ANSWERS = ("acknowledgement", "repeat-acknowledgement")

_FAR = """
SELECT (SELECT count(*) FROM inquiry_fact WHERE outcome IS NOT NULL),
       (SELECT count(*) FROM inquiry_fact WHERE outcome = 'responded'),
       count(*) FILTER (WHERE registered_at IS NOT NULL),
       count(*) FILTER (WHERE score IS NOT NULL),
       count(*) FILTER (WHERE owner_id IS NOT NULL),
       (SELECT count(*) FROM journal WHERE room = 'fulfillment' AND type IN ('piece_sent', 'piece_failed')
           AND body ->> 'piece' = ANY(%s)),
       (SELECT count(*) FROM journal)
FROM lead_fact
"""

#: From the moment at which the gateway took the inquiry to the moment at which a room decided or recorded.
_WAYS = """
SELECT later.type, extract(epoch FROM min(later.time) - min(begun.received_at))
FROM (SELECT (body ->> 'lead_id')::uuid AS lead_id, min((body ->> 'received_at')::timestamptz) AS received_at
      FROM journal WHERE room = 'capture' AND type = 'inquiry_received' AND body ->> 'outcome' = 'registered'
      GROUP BY 1) AS begun
JOIN journal AS later USING (lead_id)
WHERE begun.received_at >= %s AND later.type = ANY(%s)
  AND (later.type <> 'piece_sent' OR later.body ->> 'piece' = ANY(%s))
GROUP BY later.type, lead_id
"""


@dataclass(frozen=True)
class Progress:
    """Counts since the instance began."""

    accounted: int
    repeats: int
    leads: int
    scored: int
    owned: int
    answered: int
    events: int
    unsent: int
    open_effects: int

    def is_through(self, inquiries: int) -> bool:
        """Whether `inquiries` are registered, scored, owned and answered, and the journal says so."""
        return (
            self.accounted >= inquiries
            and self.leads == self.scored == self.owned
            and self.answered >= self.leads + self.repeats
        )

    @property
    def is_settled(self) -> bool:
        """Whether nothing is planned or unpublished any more."""
        return not self.unsent and not self.open_effects


class Looker:
    """Connections to all rooms' databases."""

    def __init__(self, stack: Stack) -> None:
        self._rooms = {
            room: psycopg.connect(stack.database_url(room).replace("+psycopg", ""), autocommit=True) for room in ROOMS
        }
        self.administrator = psycopg.connect(stack.database.admin_url().replace("+psycopg", ""), autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in (*self._rooms.values(), self.administrator):
            connection.close()

    @property
    def backends(self) -> set[int]:
        """Pids of the server's processes that serve us."""
        return {connection.info.backend_pid for connection in (*self._rooms.values(), self.administrator)}

    def progress(self) -> Progress:
        """How far everything is."""
        far = self._one("analytics", _FAR, [list(ANSWERS)])
        unsent = sum(self._one(room, "SELECT count(*) FROM outbox")[0] for room in ROOMS)
        planned = "SELECT count(*) FROM effect WHERE state IN ('planned', 'claimed')"
        return Progress(*far, unsent, sum(self._one(room, planned)[0] for room in ROOMS))

    def ways(self, since: Any) -> dict[str, list[float]]:
        """Seconds from the request to each kind of event, for leads whose inquiry came in after `since`."""
        kinds = ["lead_registered", "lead_scored", "lead_assigned", "lead_delivered", "piece_sent"]
        found: dict[str, list[float]] = {kind: [] for kind in kinds}
        for kind, seconds in self._rooms["analytics"].execute(_WAYS, [since, kinds, list(ANSWERS)]):
            found[kind].append(float(seconds))
        return found

    def kinds(self) -> dict[str, int]:
        """Events in the journal by room and type."""
        query = "SELECT room || '.' || type, count(*) FROM journal GROUP BY 1 ORDER BY 2 DESC"
        return dict(self._rooms["analytics"].execute(query).fetchall())

    def written(self) -> Counter[str]:
        """Transactions committed and bytes of log written by all rooms so far."""
        query = """
            SELECT sum(xact_commit), pg_current_wal_lsn() - '0/0'::pg_lsn
            FROM pg_stat_database WHERE datname = ANY(%s)
        """
        names = [connection.info.dbname for connection in self._rooms.values()]
        commits, log = self.administrator.execute(query, [names]).fetchone() or (0, 0)
        return Counter({"commits": int(commits), "wal_bytes": int(log)})

    def rows(self) -> Counter[str]:
        """Rows inserted, updated or deleted so far, by room and table."""
        query = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
        return Counter(
            {f"{room}.{table}": int(n) for room, one in self._rooms.items() for table, n in one.execute(query)}
        )

    def now(self) -> Any:
        """The server's clock, which is the rooms' own on this machine."""
        return self._one("analytics", "SELECT clock_timestamp()")[0]

    def _one(self, room: str, query: str, values: list[Any] | None = None) -> tuple[Any, ...]:
        found = self._rooms[room].execute(query, values).fetchone()
        assert found is not None
        return found
