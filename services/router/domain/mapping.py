"""Which value of a lead package goes into which field of somebody else's form."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from services.router.domain.package import BANT, CONTACT

ADDRESS = ("lines", "city", "state", "postcode", "country")
#: What a path may name. A star stands for any name: questions are the company's own.
PATHS = frozenset(
    {
        "lead_id", "assignment_id", "comments", "owner.id", "owner.name", "answers.*", "links.*",
        *(f"contact.{name}" for name in CONTACT if name != "address"),
        *(f"contact.address.{name}" for name in ADDRESS),
        *(f"initiative.{name}" for name in ("campaign", "source", "channel", "medium", "received_at")),
        *(f"interest.{name}" for name in ("products", "message")),
        *(f"qualification.{name}" for name in ("rank", "score", "potential_value", "because")),
        *(f"qualification.bant.{name}" for name in BANT),
        *(f"assignment.{name}" for name in
          ("occasion", "territory", "because", "assigned_at", "clock", "due_at", "status")),
        *(f"previous.{name}" for name in ("registered_at", "campaign", "resolution")),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Mapped:
    """Where the value of one field comes from: a path of the lead package, or always the same text."""

    path: str | None = None
    constant: Any = None
    #: Instead of nothing.
    default: Any = None
    #: Longer texts are cut, as a field of the far side holds no more.
    longest: int | None = None

    def value(self, document: Mapping[str, Any]) -> Any:
        """The value for a lead; None where nothing is known. Lists become one text."""
        found = self.constant if self.path is None else look_up(document, self.path)
        if isinstance(found, list | tuple):
            found = ", ".join(str(one) for one in found if one not in (None, ""))
        if found in (None, ""):
            found = self.default
        return found[: self.longest] if self.longest and isinstance(found, str) else found


def problem_with(path: str) -> str | None:
    """What is wrong with a path; None when it can be used."""
    head, _, name = path.partition(".")
    if path in PATHS or (name and f"{head}.*" in PATHS):
        return None
    near = get_close_matches(path, PATHS, 1)
    return f"there is no {path!r}{f', did you mean {near[0]!r}?' if near else ''}"


def look_up(document: Mapping[str, Any], path: str) -> Any:
    """What stands at a path, like contact.address.city; None where there is nothing."""
    head, _, rest = path.partition(".")
    found = document.get(head) if isinstance(document, Mapping) else None
    if not rest:
        return found
    if isinstance(found, Mapping) and rest in found:
        return found[rest]
    return look_up(found, rest) if isinstance(found, Mapping) else None


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names with dots become objects inside objects; what has no value is left out."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        *path, last = name.split(".")
        place = made
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return made
