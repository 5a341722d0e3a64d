"""Boosted trees: a lead walks down each of them; what it finds at the ends adds up to its score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.qualify.prediction.fields import OTHER, Field


@dataclass(frozen=True)
class Node:
    """A question, or an end (`field` is -1).

    Up to `limit` goes left; where `limit` is None, whatever is known does. `value` is what a lead can expect from here
    on: at an end, what it gets.
    """

    value: float
    field: int = -1
    limit: float | None = None
    unknown_left: bool = False
    left: int = 0
    right: int = 0

    def goes_left(self, value: float | None) -> bool:
        """Whether a lead with this value goes left."""
        if value is None:
            return self.unknown_left
        return self.limit is None or value <= self.limit

    def document(self) -> list[Any]:
        """As plain data, short: there are thousands of them."""
        if self.field < 0:
            return [self.value]
        return [self.value, self.field, self.limit, int(self.unknown_left), self.left, self.right]

    @classmethod
    def of(cls, kept: Sequence[Any]) -> "Node":
        """The node that `document` made."""
        if len(kept) == 1:
            return cls(float(kept[0]))
        value, field, limit, unknown_left, left, right = kept
        return cls(
            value=float(value),
            field=int(field),
            limit=None if limit is None else float(limit),
            unknown_left=bool(unknown_left),
            left=int(left),
            right=int(right),
        )


@dataclass(frozen=True)
class Forest:
    """All trees; `base` is where every lead begins, and each tree's first node says what it adds on average."""

    base: float
    trees: tuple[tuple[Node, ...], ...]

    def contributions(self, fields: Sequence[Field], values: Sequence[Any]) -> list[float]:
        """What each field adds to, or takes from, the average: the steps that were taken because of it."""
        numbers = [number_of(field, value) for field, value in zip(fields, values, strict=True)]
        added = [0.0] * len(fields)
        for tree in self.trees:
            node = tree[0]
            while node.field >= 0:
                following = tree[node.left if node.goes_left(numbers[node.field]) else node.right]
                added[node.field] += following.value - node.value
                node = following
        return added

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {"base": self.base, "trees": [[node.document() for node in tree] for tree in self.trees]}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Forest":
        """The forest that `document` describes."""
        trees = tuple(tuple(Node.of(node) for node in tree) for tree in document["trees"])
        return cls(float(document["base"]), trees)


def number_of(field: Field, value: Any) -> float | None:
    """What a tree compares: an amount as it is, anything else by its bucket. None: not known."""
    if field.kind == "number":
        return value if isinstance(value, float) else None
    bucket = field.bucket(value)
    return float(bucket) if bucket >= OTHER else None
