"""Whose a lead is, once people were merged or told apart: what both events say of it, in one form for every room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.contracts.capture import PersonsMerged, PersonsUnmerged
from shared.contracts.envelope import Envelope


@dataclass(frozen=True)
class Ownership:
    """These leads are this person's, as long as no word of a higher revision says otherwise."""

    person_id: UUID
    lead_ids: tuple[UUID, ...]
    revision: int
    #: Everybody that the event tells of, as they are known as of `revision`: by id, in JSON types.
    persons: Mapping[UUID, Mapping[str, Any]]
    #: By inquiry: the lead that it is no part of any more, and the one that it belongs to.
    moved: Mapping[str, tuple[UUID, UUID]] = field(default_factory=dict)


def ownership(envelope: Envelope) -> Ownership:
    """What an envelope of `persons_merged` or `persons_unmerged` says."""
    told: PersonsMerged | PersonsUnmerged = envelope.data
    if isinstance(told, PersonsMerged):
        persons = {told.survivor_id: envelope.raw["person"]}
        return Ownership(told.survivor_id, tuple(told.lead_ids), told.revision, persons)
    return Ownership(
        told.absorbed_id,
        tuple(told.lead_ids),
        told.revision,
        {told.survivor_id: envelope.raw["survivor"], told.absorbed_id: envelope.raw["absorbed"]},
        {inquiry: (lead, told.moved[inquiry]) for inquiry, lead in told.left.items()},
    )


def tells_of_a_merge(envelope: Envelope) -> bool:
    """Whether it is one of the two."""
    return envelope.contract in (PersonsMerged, PersonsUnmerged)


def leads_named(envelopes: Iterable[Envelope]) -> set[UUID]:
    """All leads that merges and un-merges among these envelopes speak of."""
    found: set[UUID] = set()
    for said in map(ownership, filter(tells_of_a_merge, envelopes)):
        found.update(said.lead_ids, *said.moved.values())
    return found


def persons_named(envelopes: Iterable[Envelope]) -> set[UUID]:
    """All people that merges and un-merges among these envelopes speak of."""
    found: set[UUID] = set()
    for envelope in filter(tells_of_a_merge, envelopes):
        found |= {envelope.data.survivor_id, envelope.data.absorbed_id}
    return found
