"""Examples as columns of numbers: 200,000 of them with 25 facts take some 40 MB."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from services.qualify.prediction.examples import Example

Kind = Literal["number", "text", "flag", "list"]
Rows = NDArray[np.intp]
#: Different wordings that are told apart; a fact with more is free text, and what comes later is one wording.
MOST_WORDINGS = 5_000
_NONE = -1
_BEYOND = "…"


@dataclass
class Column:
    """One fact of all examples. Not known: NaN among numbers, -1 among all others."""

    kind: Kind
    numbers: "array[float]" = field(default_factory=lambda: array("d"))
    codes: "array[int]" = field(default_factory=lambda: array("i"))
    wordings: dict[Any, int] = field(default_factory=dict)

    def append(self, value: Any) -> None:
        """The fact of one more example."""
        if self.kind == "number":
            self.numbers.append(value if isinstance(value, float) else float("nan"))
        else:
            self.codes.append(_NONE if value is None else self._code(value))

    def _code(self, value: Any) -> int:
        if self.kind == "flag":
            return int(value is True)
        if value not in self.wordings and len(self.wordings) >= MOST_WORDINGS:
            value = (_BEYOND,) if self.kind == "list" else _BEYOND
        return self.wordings.setdefault(value, len(self.wordings))

    @property
    def values(self) -> NDArray[Any]:
        """All of them, without a copy."""
        if self.kind == "number":
            return np.frombuffer(self.numbers, dtype=np.float64)
        return np.frombuffer(self.codes, dtype=np.int32)

    def pad(self, length: int) -> None:
        """Examples that came before this fact was first seen do not know it."""
        while len(self.numbers if self.kind == "number" else self.codes) < length:
            self.append(None)


@dataclass
class Table:
    """All examples, oldest or newest in any order: `begun` tells."""

    columns: dict[str, Column] = field(default_factory=dict)
    won: "array[int]" = field(default_factory=lambda: array("b"))
    begun: "array[float]" = field(default_factory=lambda: array("d"))
    closed: "array[float]" = field(default_factory=lambda: array("d"))
    #: In how many examples a fact was known only when the lead closed.
    only_later: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, examples: Iterable[Example]) -> "Table":
        """A table of these."""
        table = cls()
        for example in examples:
            table.append(example)
        return table

    def append(self, example: Example) -> None:
        """One more example."""
        for name in example.facts.keys() - self.columns.keys():
            if (kind := _kind(example.facts[name])) is not None:
                self.columns[name] = Column(kind)
                self.columns[name].pad(len(self.won))
        for name, column in self.columns.items():
            column.append(example.facts.get(name))
        self.won.append(example.won)
        self.begun.append(example.begun_at.timestamp())
        self.closed.append(example.closed_at.timestamp())
        self.only_later.update(example.only_later)

    def __len__(self) -> int:
        return len(self.won)

    @property
    def outcomes(self) -> NDArray[np.int8]:
        """1 for won, 0 for lost."""
        return np.frombuffer(self.won, dtype=np.int8)

    @property
    def oldest_first(self) -> Rows:
        """The rows by the time at which the leads began."""
        return np.argsort(np.frombuffer(self.begun, dtype=np.float64), kind="stable")


def _kind(value: Any) -> Kind | None:
    match value:
        case bool():
            return "flag"
        case float():
            return "number"
        case str():
            return "text"
        case tuple():
            return "list"
    return None
