"""How facts become what a model reads: buckets of amounts and wordings, yes and no; "not known" is one of its own."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from services.qualify.domain.facts import shown

FieldKind = Literal["number", "text", "flag", "item"]

#: Bucket of what is not known.
UNKNOWN = 0
#: Of texts: bucket of wordings that were too rare to learn from.
OTHER = 1


@dataclass(frozen=True)
class Field:
    """One fact as a model reads it.

    number: buckets between `edges`. text: one bucket per wording of `values`. flag: no, yes.
    item: whether a list holds `values[0]`.
    """

    fact: str
    kind: FieldKind
    edges: tuple[float, ...] = ()
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {value: place for place, value in enumerate(self.values, OTHER + 1)})

    @property
    def name(self) -> str:
        """For example "acres", or "products: grain-dryer"."""
        return f"{self.fact}: {self.values[0]}" if self.kind == "item" else self.fact

    @property
    def buckets(self) -> int:
        """How many buckets there are, that of the unknown included."""
        match self.kind:
            case "number":
                return len(self.edges) + 2
            case "text":
                return len(self.values) + 2
        return 3

    def bucket(self, value: Any) -> int:
        """The bucket of a plain value (see `plain`)."""
        if value is None:
            return UNKNOWN
        match self.kind:
            case "number":
                return bisect_left(self.edges, value) + 1 if isinstance(value, float) else UNKNOWN
            case "text":
                places: Mapping[str, int] = self._places  # type: ignore[attr-defined]
                return places.get(value, OTHER) if isinstance(value, str) else OTHER
            case "flag":
                return 2 if value is True else 1
        return 2 if isinstance(value, tuple) and self.values[0] in value else 1

    def label(self, bucket: int) -> str:
        """A bucket in words: "25000 to 80000", "owner", "not known"."""
        if bucket == UNKNOWN:
            return "not known"
        if self.kind == "number":
            return self._range(bucket)
        if self.kind == "text":
            return "another" if bucket == OTHER else self.values[bucket - OTHER - 1]
        return "yes" if bucket == 2 else "no"

    def told(self, value: Any) -> str:
        """A plain value as a manager reads it."""
        bucket = self.bucket(value)
        if bucket == UNKNOWN or self.kind in ("flag", "item"):
            return self.label(bucket)
        if self.kind == "number":
            return _figure(value)
        return f"{value}"[:60]

    def _range(self, bucket: int) -> str:
        if not self.edges:
            return "known"
        if bucket == 1:
            return f"up to {_figure(self.edges[0])}"
        if bucket > len(self.edges):
            return f"over {_figure(self.edges[-1])}"
        return f"over {_figure(self.edges[bucket - 2])} to {_figure(self.edges[bucket - 1])}"

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {"fact": self.fact, "kind": self.kind, "edges": list(self.edges), "values": list(self.values)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Field":
        """The field that `document` describes."""
        edges = tuple(float(edge) for edge in document["edges"])
        return cls(document["fact"], document["kind"], edges, tuple(document["values"]))


def plain(value: Any, day: date) -> float | str | bool | tuple[str, ...] | None:
    """A fact's value as models read it: amounts as floats, dates as days from `day` on."""
    match value:
        case bool() | str() | None | tuple():
            return value
        case Decimal() | int() | float():
            return float(value)
        case date():
            return float((value - day).days)
    return shown(value)


def _figure(number: float) -> str:
    return f"{number:.6g}" if abs(number) < 1e6 else f"{number:.0f}"
