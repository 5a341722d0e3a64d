"""What is told when a person's data is erased, and what of an event may outlive its person."""

import dataclasses
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from shared.contracts.event import Event, contract
from shared.contracts.people import Bant, Consent, Owner, Person


@contract
class PassedOn:
    """What a third party was given before the erasure: they are to be told."""

    #: Id of the dealer, or what the other side is: "the recipient's mail server", "print house".
    to: str
    #: webhook, email, post, …
    by: str
    #: What it was: lead, reminder, the name of a piece, a print job.
    what: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DataErased(Event):
    """One room's word that a person's data is gone from it. Each room declares its own."""

    erasure_id: UUID
    #: Rows removed or blanked, by table.
    removed: dict[str, int]
    #: What is kept, and why.
    kept: dict[str, str]
    passed_on: list[PassedOn] = field(default_factory=list)
    erased_at: datetime


#: Texts that say nothing of the person: names out of the company's own files, of our own states, of its own people.
KEPT_TEXTS = frozenset(
    {
        "source", "channel", "medium", "campaign", "products", "resolution", "origin", "dialect",
        "kind", "site", "tactic", "previous_campaign",
        "rule", "rules_version", "version", "programme", "step", "piece", "items", "occasion", "purpose",
        "owner_id", "previous_owner_id", "territory", "delivery", "key", "job_id", "currency", "outcome",
        "rank", "decision", "clock", "status", "told",
    }
)  # fmt: skip
#: Values that are the person's own throughout.
PERSONAL = frozenset({Person, Bant, Consent})
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Stands in required texts for what was there.
ERASED = "erased"


def scrubbed(declared: type, raw: Mapping[str, Any]) -> dict[str, Any]:
    """`raw`, the data of a contract, with nothing left of the person: ids, times, figures and our own names remain.

    A text is blanked unless it is known to be harmless; so is a field that this release does not know.
    """
    hints = get_type_hints(declared)
    return {
        spec.name: _scrubbed(hints[spec.name], raw[spec.name], spec.name, declared in PERSONAL)
        for spec in dataclasses.fields(declared)
        if spec.name in raw
    }


def _scrubbed(hint: Any, value: Any, name: str, personal: bool) -> Any:
    inner, optional = _without_none(hint)
    if value is None or inner is UUID:
        return value
    if dataclasses.is_dataclass(inner):
        return value if inner is Owner else scrubbed(inner, value)  # type: ignore[arg-type]
    if get_origin(inner) is list:
        (part,) = get_args(inner)
        if dataclasses.is_dataclass(part):
            return [scrubbed(part, one) for one in value]  # type: ignore[arg-type]
        return value if name in KEPT_TEXTS or part is UUID else []
    if get_origin(inner) is dict:
        return {key: one for key, one in value.items() if _is_number(one)} if name == "removed" else {}
    if personal and optional:
        return None
    if inner in (str, Any):
        return value if name in KEPT_TEXTS else None if optional else ERASED
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (member for member in get_args(hint) if member is not type(None))
        return inner, True
    return hint, hint is Any


def ids_in(raw: Mapping[str, Any]) -> Iterable[str]:
    """The UUIDs that an event's data names at its top: of persons, leads, inquiries and all else."""
    for name, value in raw.items():
        if name.endswith("_id") and _is_uuid(value):
            yield value
        elif name.endswith("_ids") and isinstance(value, list):
            yield from filter(_is_uuid, value)
    # An inquiry is named inside the response that it became.
    response = raw.get("response")
    if isinstance(response, Mapping) and _is_uuid(response.get("inquiry_id")):
        yield response["inquiry_id"]


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 36 and _UUID.fullmatch(value) is not None
