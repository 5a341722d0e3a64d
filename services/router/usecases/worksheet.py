"""An owner's open leads as a table: downloaded, filled in anywhere, sent back; a verdict for each row."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from uuid import UUID

from services.router import store
from services.router.domain import package
from services.router.domain.rules import Rules
from services.router.domain.status import ACTIONS, Action
from services.router.models import Lead, Person
from services.router.usecases.knowledge import ordered_responses
from services.router.usecases.loading import preload_leads
from services.router.usecases.reporting import entry_for
from services.router.usecases.saying import Word, say
from shared.contracts import calls
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from shared.database.unit_of_work import Transaction

#: What is known, and what is to be filled in.
KNOWN = ("lead", "name", "company", "phone", "email", "city", "products", "status", "due")
ASKED = ("new status", "amount", "currency", "reason", "lost to", "until", "at", "evidence", "note")
MOST_ROWS = 2000
#: How people write a status who do not know our names for it.
_NAMES: dict[str, tuple[Action, Mapping[str, str]]] = {
    "sold": ("won", {}),
    "accepted": ("accept", {}),
    "declined": ("decline", {}),
    "in contact": ("contacted", {}),
    "in contact and in process": ("contacted", {}),
    "appointment set": ("appointment", {}),
    "quote": ("quoted", {}),
    "no interest": ("lost", {"reason": "no interest"}),
    "returned": ("return", {}),
}


def worksheet(tx: Transaction, owner_id: str, *, rules: Rules) -> calls.WorksheetReply:
    """The owner's open leads, due first, with empty columns. Raises NotFound."""
    if owner_id not in rules.owners:
        raise NotFound(f"owner {owner_id}")
    leads = store.open_leads_of(tx.session, owner_id)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*KNOWN, *ASKED])
    for lead in leads:
        person = tx.session.get(Person, lead.person_id)
        table.writerow([_safe(cell) for cell in _known(lead, person.document if person else {})] + [""] * len(ASKED))
    return calls.WorksheetReply(owner_id=owner_id, leads=len(leads), csv=text.getvalue())


def take_filled(tx: Transaction, request: calls.FilledSheetRequest, *, rules: Rules) -> calls.FilledSheetReply:
    """Says for each row what was filled in. The same sheet a second time changes nothing.

    Raises ContractViolation when it is no such table, and NotFound for an owner that nobody knows.
    """
    if request.owner_id not in rules.owners:
        raise NotFound(f"owner {request.owner_id}")
    rows = list(_rows(request.csv))
    preload_leads(tx, [lead_id for row in rows if (lead_id := _lead_id(row)) is not None], rules=rules)
    verdicts = [_one(tx, number, row, request, rules) for number, row in enumerate(rows, 2)]
    return calls.FilledSheetReply(rows=verdicts)


def _one(
    tx: Transaction, number: int, row: Mapping[str, str], request: calls.FilledSheetRequest, rules: Rules
) -> calls.RowVerdict:
    name = row.get("lead", "")
    word = _word(row, request.by)
    if word is None:
        return calls.RowVerdict(row=number, lead=name, outcome="empty")
    lead_id = _lead_id(row)
    try:
        if isinstance(word, str):
            raise NotAllowed(word)
        if lead_id is None:
            raise NotAllowed("The first column must hold the lead's id, as it was downloaded.")
        lead, entry = entry_for(tx, lead_id, request.owner_id)
        done = say(tx, lead, entry, word, rules=rules)
    except NotFound:
        return calls.RowVerdict(row=number, lead=name, outcome="refused", because="You have no such lead.")
    except NotAllowed as error:
        return calls.RowVerdict(row=number, lead=name, outcome="refused", because=str(error))
    except ContractViolation as error:
        because = "; ".join(f"{field}: {' '.join(problems)}" for field, problems in error.fields.items())
        return calls.RowVerdict(row=number, lead=name, outcome="refused", because=because)
    outcome = "changed" if done.changed else "repeated"
    return calls.RowVerdict(row=number, lead=name, outcome=outcome, status=done.status, because=done.because)


def _rows(text: str) -> Iterable[dict[str, str]]:
    text = text.lstrip("\ufeff")
    head = text.partition("\n")[0]
    # Excel writes what the country's own lists have between their items.
    delimiter = max(",;\t", key=head.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        names = {name.strip().casefold(): name for name in reader.fieldnames or () if name}
        if not {"lead", "new status"} <= names.keys():
            raise ContractViolation("FilledSheet", {"csv": ["The columns 'lead' and 'new status' are needed."]})
        rows = [{plain: (row.get(name) or "").strip() for plain, name in names.items()} for row in reader]
    except csv.Error as error:
        raise ContractViolation("FilledSheet", {"csv": [f"Not a table: {error}."]}) from error
    if len(rows) > MOST_ROWS:
        raise ContractViolation("FilledSheet", {"csv": [f"{MOST_ROWS} rows at most."]})
    return rows


def _word(row: Mapping[str, str], by: str) -> Word | str | None:
    """What was filled in; None where nothing was, a sentence where it makes no sense."""
    said = " ".join(row.get("new status", "").casefold().replace("_", " ").split())
    filled = {name.replace(" ", "_"): row.get(name, "") for name in ASKED[1:] if row.get(name)}
    if not said:
        return "There is no new status in this row." if filled else None
    named = said.replace(" ", "_")
    action, more = (named, {}) if named in ACTIONS else _NAMES.get(said, (None, {}))
    if action is None:
        return f"There is no status {said!r}; there are {', '.join(ACTIONS)}."
    fields = {**more, **filled}
    content = repr((row.get("lead"), action, sorted(fields.items())))
    key = f"csv/{hashlib.sha256(content.encode()).hexdigest()[:32]}"
    return Word(action, fields, via="csv", by=by, key=key)


def _lead_id(row: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(row.get("lead", ""))
    except ValueError:
        return None


def _known(lead: Lead, person: Mapping[str, object]) -> list[str]:
    address = person.get("address")
    city = address.get("city") if isinstance(address, dict) else None
    shown = [person.get(name) for name in ("name", "company", "phone", "email")]
    products = ", ".join(package.products(ordered_responses(lead)))
    due = lead.due_at.strftime("%Y-%m-%d %H:%M UTC") if lead.due_at else ""
    return [str(lead.lead_id), *(str(value or "") for value in (*shown, city)), products, str(lead.status), due]


def _safe(cell: str) -> str:
    # A prospect's name that begins so would be a formula in a spreadsheet.
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
