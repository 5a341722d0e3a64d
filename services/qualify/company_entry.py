"""One entry of the rules file: hands out its fields, checked, and says where a mistake stands."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, TypeVar, cast

import yaml

from shared.company_file import CompanyError

T = TypeVar("T")
#: The fields by one of which an entry of a list is known.
NAMES = ("rule", "name", "segment", "overlay", "process", "stage")
#: Bytes that a file may have, and values in it, those counted again for which an alias stands.
LONGEST, MOST_VALUES = 1_000_000, 100_000
_NEEDED: Any = object()
_WORDS = {str: "a text", int: "a whole number", dict: "a mapping", list: "a list", date: "a date like 2026-09-28"}


class Located(dict[Any, Any]):
    """A mapping that remembers on which line of its file it stands, and each of its fields."""

    line: int = 0
    lines: dict[str, int]


class Entry:
    """A mapping in the file; `name` says where it stands, for example `rules.yml: points "field-day"`."""

    def __init__(self, name: str, values: Any) -> None:
        self.name = name
        self._line = values.line if isinstance(values, Located) else 0
        self._lines = values.lines if isinstance(values, Located) else {}
        if not isinstance(values, dict):
            raise self.error(f"is {values!r}, not a mapping")
        self._values = dict(values)
        self._read: set[str] = set()

    def error(self, problem: str) -> CompanyError:
        """The error to raise about this entry: on the line of the first field that `problem` names, or of the entry."""
        named = (self._lines[word] for word in re.findall(r"[\w-]+", problem) if word in self._lines)
        line = next(named, self._line)
        file, _, place = self.name.partition(": ")
        where = f"{file}, line {line}" if line else file
        return CompanyError(": ".join(part for part in (where, place, problem) if part))

    def take(self, field: str, kind: type[T], default: Any = _NEEDED) -> T:
        """The value of a field, of this kind."""
        self._read.add(field)
        value = self._values.get(field, default)
        if value is _NEEDED:
            raise self.error(f"{field} is missing")
        # YAML's true is an int to Python; nobody means it as a number.
        if value is not default and (not isinstance(value, kind) or isinstance(value, bool)):
            raise self.error(f"{field} is {value!r}, not {_WORDS[kind]}")
        return cast(T, value)

    def has(self, field: str) -> bool:
        """Whether the field is there."""
        return field in self._values

    def says(self, field: str, word: str) -> bool:
        """Whether the field is this very word."""
        if self._values.get(field) != word:
            return False
        self._read.add(field)
        return True

    def texts(self, field: str) -> list[str]:
        """One text, or a list of them."""
        self._read.add(field)
        value = self._values.get(field)
        texts: list[Any] = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text for text in texts):
            raise self.error(f"{field} is {value!r}, not a text or a list of texts")
        return texts

    def flag(self, field: str, default: bool) -> bool:
        """Yes or no."""
        self._read.add(field)
        value = self._values.get(field, default)
        if not isinstance(value, bool):
            raise self.error(f"{field} is {value!r}, not true or false")
        return value

    def amount(self, field: str) -> Decimal:
        """A sum of money."""
        self._read.add(field)
        try:
            amount = Decimal(str(self._values[field]))
        except InvalidOperation:
            amount = Decimal("nan")
        if not amount.is_finite() or amount < 0:
            raise self.error(f"{field} is {self._values[field]!r}, not an amount")
        return amount

    def entry(self, field: str) -> "Entry":
        """The mapping in a field."""
        return Entry(f"{self.name}: {field}", self.take(field, dict))

    def fields(self) -> Iterator[str]:
        """The names of all fields, where they are the company's own."""
        for field in self._values:
            if not isinstance(field, str):
                raise self.error(f"{field!r} is not a name; put it in quotes")
            yield field

    def listed(self, field: str) -> list["Entry"]:
        """The mappings of a list, each named by its rule, or by its place; none when the field is left out."""
        entries = self.take(field, list, [])
        return [
            Entry(f"{self.name}: {field} {_title(values, place)}", values) for place, values in enumerate(entries, 1)
        ]

    def done(self) -> None:
        """Refuses fields that nobody read: most of them are misspelt."""
        for field in self._values:
            if field not in self._read:
                near = get_close_matches(str(field), self._read, 1)
                raise self.error(f"unknown field {field!r}" + (f", did you mean {near[0]!r}?" if near else ""))


def _title(values: Any, place: int) -> str:
    name = next((values[name] for name in NAMES if values.get(name)), None) if isinstance(values, dict) else None
    return f'"{name}"' if name else f"number {place}"


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that is there twice (YAML would silently drop the first), and keeps the lines."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """As ever, after looking at the keys."""
        keys: set[Any] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                # Merging grows without bounds where what is merged is merged itself.
                raise yaml.constructor.ConstructorError(None, None, "<< cannot be used here", key.start_mark)
            if isinstance(key.value, str) and key.value in keys:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there twice", node.start_mark)
            keys.add(key.value if isinstance(key.value, str) else id(key))
        return super().construct_mapping(node, deep)

    def located(self, node: Any) -> Iterator[Located]:
        """A mapping with the line of each field. Filled after it is handed out: that is how anchors are resolved."""
        found = Located()
        found.line = node.start_mark.line + 1
        found.lines = {key.value: key.start_mark.line + 1 for key, _ in node.value if isinstance(key.value, str)}
        yield found
        found.update(self.construct_mapping(node))


StrictLoader.add_constructor("tag:yaml.org,2002:map", StrictLoader.located)


def parsed(text: bytes, file: str) -> object:
    """The YAML in `text`. Raises CompanyError with the line where it ends to be YAML."""
    if len(text) > LONGEST:
        raise CompanyError(f"{file}: has {len(text):,} bytes, more than {LONGEST:,}")
    try:
        found = yaml.load(text, StrictLoader)
        values = _values_in(found, {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}, line {mark.line + 1}" if mark else file
        raise CompanyError(f"{where}: not YAML: {getattr(error, 'problem', None) or error}") from error
    except ValueError as error:
        # A date like 2026-13-45, a number of a thousand digits.
        raise CompanyError(f"{file}: holds a value that cannot be read: {error}") from error
    except RecursionError:
        raise CompanyError(f"{file}: has too many levels within each other") from None
    if values > MOST_VALUES:
        raise CompanyError(f"{file}: has more than {MOST_VALUES:,} values, counted with what its aliases stand for")
    return found


def _values_in(value: object, counted: dict[int, int]) -> int:
    """How many values there are, as often as aliases name them: a few lines can stand for millions."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) in counted:
        return counted[id(value)]
    # What holds itself has no end.
    counted[id(value)] = MOST_VALUES + 1
    parts = value.values() if isinstance(value, dict) else value
    counted[id(value)] = 1 + sum(_values_in(part, counted) for part in parts)
    return counted[id(value)]
