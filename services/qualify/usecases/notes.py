"""What screeners wrote down of a lead, as it is kept and as it travels."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.qualify.domain.screening import VIA
from services.qualify.models import Profile
from shared.contracts.people import Note


def document(
    *, at: str, heard_at: str, by: str, screening_id: UUID, outcome: str, final: bool, text: str,
    answers: Mapping[str, str], until: date | None,
) -> dict[str, Any]:  # fmt: skip
    """What a profile keeps of one report. Only a `final` one is a word on the lead; the others are tries."""
    return {
        "at": at,
        "heard_at": heard_at,
        "via": VIA,
        "by": by,
        "screening_id": str(screening_id),
        "outcome": outcome if final else None,
        "found": outcome,
        "text": text,
        "answers": dict(answers),
        "until": until.isoformat() if until else None,
    }


def told_notes(profile: Profile) -> list[Note]:
    """All notes of the lead's screeners, oldest first."""
    kept = [(key, note) for key, note in profile.notes.items() if note["via"] == VIA]
    return [
        Note(
            note_id=UUID(key),
            by=note["by"],
            at=datetime.fromisoformat(note["at"]),
            outcome=note["found"],
            text=note["text"],
        )
        for key, note in sorted(kept, key=lambda each: (each[1]["at"], each[0]))
    ]
