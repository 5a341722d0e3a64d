"""Reads the conditions and names that every section of rules.yml has."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from services.qualify.company_entry import Entry
from shared.conditions import Condition, ConditionError, FactType

Declared = Mapping[str, FactType]
ALWAYS = "true"


def condition(entry: Entry, facts: Declared, default: str | None = None) -> Condition:
    """The condition in `when`. Raises CompanyError."""
    text = entry.take("when", str) if default is None else entry.take("when", str, default)
    try:
        return Condition.parse(text, facts)
    except ConditionError as error:
        raise entry.error(f"when: {error}") from error


def chosen(entry: Entry, field: str, value: str, allowed: Iterable[str]) -> str:
    """The value of a field of which only some are allowed. Raises CompanyError with a suggestion."""
    allowed = tuple(allowed)
    if value in allowed:
        return value
    near = get_close_matches(str(value), allowed, 1)
    hint = f", did you mean {near[0]!r}?" if near else ""
    raise entry.error(f"{field} {value!r} is not one of {', '.join(allowed)}{hint}")


def unlike(root: Entry, section: str, names: Iterable[str], word: str) -> None:
    """Refuses a name that is there twice."""
    names = list(names)
    for name in names:
        if names.count(name) > 1:
            raise root.error(f"{section}: {word} {name!r} is there twice")
