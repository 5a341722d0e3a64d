"""Keys of companies: read once in a transaction, filed at its end."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, cast, select, text
from sqlalchemy.orm import Session

from services.capture.models import CompanyKey

_INFO = "companies"
# The first word on a key holds: of two processes that bring one at once, both go on with an id of their own making,
# which is the same unless they know further keys of it.
_FILE = text(
    "INSERT INTO company_key (key, company_id) SELECT * FROM unnest(:keys, :ids) ON CONFLICT DO NOTHING"
).bindparams(bindparam("keys", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Uuid)))


def load(session: Session, keys: Collection[str]) -> dict[str, UUID]:
    """The companies of these keys. Costs no query for keys that were asked for before in this transaction."""
    asked, known, _ = _book(session)
    wanted = sorted(set(keys) - asked)
    if wanted:
        asked.update(wanted)
        query = select(CompanyKey.key, CompanyKey.company_id).where(CompanyKey.key == any_(cast(wanted, ARRAY(Text))))
        known.update((row.key, row.company_id) for row in session.execute(query))
    return {key: known[key] for key in keys if key in known}


def note(session: Session, found: Mapping[str, UUID]) -> None:
    """These keys are these companies' from now on."""
    _, known, fresh = _book(session)
    known.update(found)
    fresh.update(found)


def file(session: Session) -> None:
    """Stores what was noted."""
    _, _, fresh = _book(session)
    if fresh:
        keys, ids = zip(*sorted(fresh.items()), strict=True)
        session.execute(_FILE, {"keys": list(keys), "ids": list(ids)})
        fresh.clear()


def _book(session: Session) -> tuple[set[str], dict[str, UUID], dict[str, UUID]]:
    book: tuple[set[str], dict[str, UUID], dict[str, UUID]] = session.info.setdefault(_INFO, (set(), {}, {}))
    return book
