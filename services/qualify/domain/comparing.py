"""What a draft changes, rule by rule, in plain words. Works on the parsed text: no field can be forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["added", "removed", "changed", "moved"]
#: By which of its fields an entry of a list is known.
NAMES = ("rule", "name", "segment", "overlay", "process", "stage")
_NOTHING: Any = object()
#: How a manager says it; every other field is named.
_SAID = {
    "points": "counts {after} points instead of {before}",
    "when": "holds when {after}; before, when {before}",
    "because": "says “{after}” instead of “{before}”",
}


@dataclass(frozen=True)
class Change:
    """One difference. `section` is the field of the file, `entry` the rule or part in it that differs."""

    section: str
    entry: str
    kind: Kind
    words: str

    def __str__(self) -> str:
        """One sentence: `points "owner": counts 20 points instead of 15`."""
        place = f'{self.section} "{self.entry}"' if self.entry else self.section
        return f"{place}: {self.words}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Everything that differs, in the order of the new text; empty when both say the same."""
    return [change for section in _ordered(before, after) for change in _section(section, before, after)]


def _section(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = before.get(section, _NOTHING), after.get(section, _NOTHING)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in _ordered(old, new):
            yield from _compared(section, name, old.get(name, _NOTHING), new.get(name, _NOTHING))
    elif _are_named(old) and _are_named(new):
        yield from _listed(section, _by_name(old), _by_name(new))
    else:
        yield from _compared(section, "", old, new)


def _listed(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in _ordered(old, new):
        yield from _compared(section, name, old.get(name, _NOTHING), new.get(name, _NOTHING))
    stayed_before = [name for name in old if name in new]
    stayed_after = [name for name in new if name in old]
    if stayed_before != stayed_after:
        words = f"asked in another order: {', '.join(stayed_after)}; before: {', '.join(stayed_before)}"
        yield Change(section, "", "moved", words)


def _compared(section: str, entry: str, old: Any, new: Any) -> Iterator[Change]:
    if old is _NOTHING:
        yield Change(section, entry, "added", f"is new: {_told(_unnamed(new))}")
    elif new is _NOTHING:
        yield Change(section, entry, "removed", f"is gone; it was {_told(_unnamed(old))}")
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for path, one, other in _leaves(old, new):
            yield Change(section, entry, "changed", _worded(path, one, other))
    elif old != new or type(old) is not type(new):
        yield Change(section, entry, "changed", _worded("", old, new))


def _leaves(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The fields that differ, however deep."""
    for name in _ordered(old, new):
        one, other = old.get(name, _NOTHING), new.get(name, _NOTHING)
        here = f"{path}: {name}" if path else str(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _leaves(one, other, here)
        elif one != other or type(one) is not type(other):
            yield here, one, other


def _worded(path: str, old: Any, new: Any) -> str:
    if old is _NOTHING:
        return f"{path} is new: {_told(new)}"
    if new is _NOTHING:
        return f"{path} is gone; it was {_told(old)}"
    pattern = _SAID.get(path)
    if pattern:
        return pattern.format(before=_told(old), after=_told(new))
    if isinstance(old, list) and isinstance(new, list):
        gains, loses = [each for each in new if each not in old], [each for each in old if each not in new]
        parts = [f"{verb} {_told(those)}" for verb, those in (("gains", gains), ("loses", loses)) if those]
        return f"{path + ' ' if path else ''}{' and '.join(parts) or 'has another order: ' + _told(new)}"
    return f"{path + ' ' if path else ''}is {_told(new)} instead of {_told(old)}"


def _told(value: Any) -> str:
    """A value as it would be read aloud."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name} {_told(each)}" for name, each in value.items()) or "nothing"
        case list() | tuple():
            return ", ".join(map(_told, value)) or "nothing"
    return str(value)


def _are_named(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(_name(each) for each in value)


def _by_name(entries: Sequence[Any]) -> dict[str, Any]:
    return {_name(entry): entry for entry in entries}


def _name(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return ""
    return next((str(entry[field]) for field in NAMES if entry.get(field)), "")


def _unnamed(entry: Any) -> Any:
    """An entry without the field by which it is known, which stands before it anyway."""
    name = _name(entry)
    return {field: value for field, value in entry.items() if not (field in NAMES and value == name)} if name else entry


def _ordered(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names of both: those of the new one first."""
    return [*new, *(name for name in old if name not in new)]
