"""The simulated world with what the tests of privacy ask of it: a person in every room, an erasure, and a search."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import func, select, text

from services.capture.usecases import privacy
from shared.contracts.calls import CertificateReply, EraseReply, EraseRequest
from shared.database.plumbing import FAILED_MESSAGE, OUTBOX
from shared.messaging.inbox import handle_batch
from tests.integration.capture.steps import BROWSER, steps
from tests.simulation.world import POLICY, Crash, Dials, World

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
SECRET = "a secret of the private house, long enough"
FORM = "application/x-www-form-urlencoded"

#: Who is to be forgotten: words that stand nowhere else.
ANN = {
    "first_name": "Annelore",
    "last_name": "Quandtberg",
    "email": "annelore.quandtberg@quandthof.example",
    "phone": "+1 515 555 0187",
    "company": "Quandthof Farms",
    "street": "4711 Zwetschgen Road",
    "city": "Ames",
    "state": "IA",
    "zip": "50010",
    "product": "grain-dryer",
    "budget": "250000",
    "role": "owner",
    "timing": "now",
    "need": "mein Trockner brummelt",
    "industry": "crop",
    "interest": "literature",
    "message": "Bitte rufen Sie Annelore an, der Trockner brummelt.",
    "job_title": "Hofmarschallin",
    "utm_source": "newsletter",
    "gclid": "clickquandt123",
}
#: By any of these she would be known; in the alphabet of a dump, in lower case.
TRACES = (
    "annelore", "quandt", "5155550187", "515 555 0187", "zwetschgen", "brummel", "hofmarschall", "203.0.113.77",
    "mozilla/quandt",
)  # fmt: skip


class House(World):
    """All rooms; nothing crashes unless a test wants it."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.calm()

    def calm(self) -> None:
        """Good weather."""
        self.dials = self.far_side.dials = Dials(0, 0, 0, 0, 0)

    def inquires(self, person: dict[str, str] = ANN, *, address: str = "203.0.113.77", **over: str) -> None:
        """Somebody inquires, from this network address."""
        self.send(
            "json", "partner-agrimag", json.dumps({**person, **over}).encode(), "application/json",
            remote_address=address,
        )  # fmt: skip

    def follows(self, visitor: str, *events: Mapping[str, Any]) -> None:
        """Somebody looks at pages of the site."""
        sent = steps(visitor, *events)
        self.send("activity", sent.intake.source, sent.body, "application/json", headers=dict(BROWSER))

    def fills_form(self, fields: dict[str, str], **over: object) -> None:
        """Somebody fills the contact form in."""
        self.send("form", "website-contact", urlencode(fields).encode(), FORM, **over)

    def sends_list(self, rows: Iterable[str]) -> None:
        """The trade show's list is uploaded."""
        self.send("csv", "farm-progress-list", "\r\n".join(rows).encode(), "text/csv")

    def person_id(self, email: str = ANN["email"]) -> UUID:
        """Who is known by this address."""
        with self.players["capture"].engine.connect() as connection:
            found = connection.execute(text("SELECT id FROM person WHERE email = :email"), {"email": email}).scalar()
        assert isinstance(found, UUID)
        return found

    def erase(self, person_id: UUID) -> EraseReply:
        """The person is forgotten at the front desk; the others hear of it."""
        with self.players["capture"].uow.begin() as tx:
            request = EraseRequest(person_id=person_id, reason="asked by letter", by="front office")
            return privacy.erase(tx, request, secret=SECRET)

    def erase_at_last(self, person_id: UUID) -> EraseReply:
        """The same in a storm: asked again after every crash."""
        while True:
            try:
                return self.erase(person_id)
            except Crash:
                self.players["capture"].engine.dispose()

    def storm(self) -> None:
        """Messages are repeated, processes die, the far side is busy."""
        self.dials = self.far_side.dials = Dials()

    def steps_of_all(self, number: int) -> None:
        """Something happens somewhere, this often."""
        for _ in range(number):
            self.pass_time(timedelta(minutes=5))
            self.step()

    def relay_all(self, room: str) -> None:
        """Everything in the room's outbox goes out."""
        while self.number(room, select(func.count()).select_from(OUTBOX)):
            self.relay(self.players[room])

    def hear_erasures_first(self) -> None:
        """Every room hears of erasures before anything else that is on its way."""
        for player in self.players.values():
            first = [one for one in player.mail if b'"type":"person_erased"' in one[1].body]
            for hearing, message in first:
                handle_batch(hearing, player.uow, [message], POLICY)
            player.mail = [one for one in player.mail if one not in first]

    def failures(self, room: str) -> list[str]:
        """Why messages of a room are kept as failed."""
        with self.players[room].engine.connect() as connection:
            return list(connection.execute(select(FAILED_MESSAGE.c.error)).scalars())

    def certificate(self, erasure_id: UUID) -> CertificateReply:
        """What every room said."""
        with self.players["capture"].uow.begin() as tx:
            return privacy.certificate(tx, erasure_id)

    def traces(self, letters: Path, words: Iterable[str] = TRACES) -> dict[str, list[str]]:
        """Where any of the words stands: by room and table, in every column of every row; and in the letters."""
        found = {
            f"{room}.{table}": sorted({word for word in words if any(word in row for row in rows)})
            for room in self.players
            for table, rows in self.dump(room).items()
        }
        for path in letters.glob("**/*") if letters.exists() else ():
            said = b"".join(_contents(path)).decode("utf-8", "replace").lower() if path.is_file() else ""
            found[f"print folder: {path.name}"] = [word for word in words if word in said]
        return {place: seen for place, seen in found.items() if seen}

    def dump(self, room: str) -> dict[str, list[str]]:
        """Every row of every table of a room's database as text, in lower case."""
        with self.players[room].engine.connect() as connection:
            tables = connection.execute(
                text("SELECT relname, oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            ).all()
            return {table.relname: self._rows(connection, table.relname) for table in tables}

    def _rows(self, connection: object, table: str) -> list[str]:
        columns = connection.execute(  # type: ignore[attr-defined]
            text(
                "SELECT attname, atttypid = 'bytea'::regtype AS is_bytes FROM pg_attribute "
                "WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped"
            ),
            {"table": f'"{table}"'},
        ).all()
        shown = ", ".join(
            f"encode(\"{column.attname}\", 'escape')" if column.is_bytes else f'CAST("{column.attname}" AS text)'
            for column in columns
        )
        rows = connection.execute(text(f"SELECT concat_ws(' | ', {shown}) FROM \"{table}\"")).scalars()  # type: ignore[attr-defined]
        return [row.replace("%40", "@").lower() for row in rows]


def _contents(path: Path) -> Iterable[bytes]:
    yield path.name.encode()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    else:
        yield path.read_bytes()
