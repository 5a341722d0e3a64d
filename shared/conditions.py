"""Conditions that a manager can read and write, checked when they are loaded.

`employees >= 100 and state in ["IA", "IL"]`. The language is rule-engine's: comparisons, and/or/not, in, arithmetic, no
calls into Python. A name that is not among the declared facts, or a comparison of the wrong types, fails on load.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import rule_engine

FactType = Literal["text", "number", "flag", "date", "list"]

_TYPES = {
    "text": rule_engine.DataType.STRING,
    "number": rule_engine.DataType.FLOAT,
    "flag": rule_engine.DataType.BOOLEAN,
    "date": rule_engine.DataType.DATETIME,
    "list": rule_engine.DataType.ARRAY(rule_engine.DataType.STRING),
}


class ConditionError(ValueError):
    """A condition cannot be used: its syntax, a name or a type is wrong. The message says which and what is near."""


@dataclass(frozen=True)
class Condition:
    """One checked condition."""

    text: str
    names: frozenset[str]
    _rule: rule_engine.Rule

    @classmethod
    def parse(cls, text: str, facts: Mapping[str, FactType]) -> "Condition":
        """Checks `text` against the declared facts. Raises ConditionError."""
        types = {name: _TYPES[kind] for name, kind in facts.items()}
        context = rule_engine.Context(type_resolver=rule_engine.type_resolver_from_dict(types), default_value=None)
        try:
            rule = rule_engine.Rule(text, context=context)
        except rule_engine.errors.SymbolResolutionError as error:
            near = f", did you mean {error.suggestion!r}?" if getattr(error, "suggestion", None) else ""
            raise ConditionError(f"{text!r}: there is no fact {error.symbol_name!r}{near}") from error
        except rule_engine.errors.EngineError as error:
            raise ConditionError(f"{text!r}: {error.message}") from error
        return cls(text, frozenset(rule.context.symbols), rule)

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether the condition is true of `facts`. A missing fact makes the comparison that reads it false."""
        try:
            return bool(self._rule.matches(facts))
        except rule_engine.errors.EngineError:
            return False
